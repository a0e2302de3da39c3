import { somebody } from '../support/actors.js';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { commandActor } from '../../src/companies/actor.js';
import { findConnection } from '../../src/connections/connection-store.js';
import { announceImports } from '../../src/imports/announce-imports.js';
import { confirmImport, refuseImport } from '../../src/imports/confirm-import.js';
import { feedKindsOf } from '../../src/compose/feed-kinds.js';
import type { ImportDeps } from '../../src/imports/import-deps.js';
import { migrateQueueStore } from '../../src/jobs/queues.js';
import { readImport } from '../../src/imports/read-import.js';
import { receive } from '../../src/imports/receive.js';
import { resumeImports } from '../../src/imports/resume-imports.js';
import { systemClock } from '../../src/kernel/time.js';
import { openDatabase } from '../../src/store/database.js';
import { sweepBlobs } from '../../src/store/blobs/sweep-blobs.js';
import { answers } from '../compose/end-at-any-moment.js';
import { beginUpload } from '../inventory/slow-upload.js';
import { itemsOf } from '../inventory/files.js';
import { recordingLog } from '../support/logs.js';
import { testApi } from '../support/api.js';
import { createSeller, type Seller } from '../support/builders.js';
import { testDatabaseUrl } from '../support/database.js';
import { freePort, startProcess } from '../support/service-process.js';
import { until } from '../support/waiting.js';
import type { ReceiveOrder } from './receiver.js';

const url = await testDatabaseUrl(t);
const db = openDatabase({ url });
t.teardown(() => db.close());
const inventory = { db, clock: systemClock, log: recordingLog() };
const deps: ImportDeps = { ...inventory, feedKinds: feedKindsOf(inventory) };

const FEED = 'SupplierSKU,Quantity\nA,5\nB,7\n';

async function startReceiver(
  t: Test,
  { companyId, connectionId }: Seller,
  reads: boolean,
): Promise<{ child: ChildProcess; line: () => Promise<string> }> {
  const order: ReceiveOrder = { databaseUrl: url, companyId, connectionId, text: FEED, reads };
  const script = fileURLToPath(new URL('receiver.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => String((await lines.next()).value) };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const stateOf = async (id: number) => (await db.prisma.import.findUniqueOrThrow({ where: { id } })).state;

/** A minute later, as far as files that wait are concerned. */
async function aMinuteLater(): Promise<void> {
  await db.prisma.import.updateMany({ where: { state: 'received' }, data: { readAt: new Date(0) } });
}

/** What the history says about the shop's files, and who it was. */
const told = async ({ connectionId }: Pick<Seller, 'connectionId'>) =>
  (await db.prisma.event.findMany({ where: { connectionId }, orderBy: { id: 'asc' } })).map(
    ({ actorName, summary }) => `${actorName ?? 'nobody'}: ${summary}`,
  );

const quantities = async (connectionId: number) =>
  Object.fromEntries(
    (await db.prisma.inventoryItem.findMany({ where: { connectionId } })).map((item) => [
      item.supplierSku,
      item.quantity,
    ]),
  );

async function received({ companyId, connectionId }: Seller, text = FEED, feedKind = 'feed') {
  const content = Readable.from([Buffer.from(text)]);
  return receive(deps, content, {
    by: somebody,
    companyId,
    connectionId,
    feedKind,
    via: 'test',
    name: 'stock.csv',
  });
}

await t.test(
  'a file that was received survives the kill of its process, and another one reads it',
  async (t) => {
    const seller = await createSeller(db);
    const { child, line } = await startReceiver(t, seller, false);
    const id = Number(await line());
    await kill(child);
    t.equal(await stateOf(id), 'received');
    t.same(await quantities(seller.connectionId), {});
    t.equal(await resumeImports(deps), 1);
    t.equal(await stateOf(id), 'applied');
    t.same(await quantities(seller.connectionId), { A: 5, B: 7 });
    t.equal(await resumeImports(deps), 0, 'once');
    t.same(await told(seller), [`tester: Inventory feed ${id}: 2 rows, 2 new, 0 changed, 0 with errors`]);
  },
);

await t.test(
  'a process that is killed while it reads has done nothing, and another one begins anew',
  async (t) => {
    const seller = await createSeller(db);
    const { child, line } = await startReceiver(t, seller, true);
    const id = Number(await line());
    t.equal(await line(), 'applied');
    t.same(await quantities(seller.connectionId), {});
    await kill(child);
    for (let tries = 0; tries < 200 && (await stateOf(id)) === 'received'; tries++) {
      await aMinuteLater();
      await resumeImports(deps);
      await pause(20);
    }
    t.equal(await stateOf(id), 'applied');
    t.same(await quantities(seller.connectionId), { A: 5, B: 7 });
  },
);

await t.test('an upload whose API is killed before it was read is taken in by a worker', async (t) => {
  const api = await testApi(t, db);
  const { connectionId, companyId, partnerId } = api.seller;
  const port = await freePort();
  await migrateQueueStore(url);
  const service = startProcess(t, {
    DATABASE_URL: url,
    ROLE: 'api',
    PORT: String(port),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
  });
  await until('the service', () => answers(`http://127.0.0.1:${port}/health/ready`), 60_000, 50);
  // Somebody works on the shop's items, so that the service has to wait in the middle of its work.
  let release = (): void => undefined;
  const held = db.transaction(
    async (tx) => {
      await tx.$executeRaw`INSERT INTO inventory_states (connection_id, company_id) VALUES (${connectionId}, ${companyId})`;
      await new Promise<void>((resolve) => (release = resolve));
    },
    { timeoutMs: 60_000 },
  );
  const answer = fetch(`http://127.0.0.1:${port}/api/v3/Inventory/${partnerId}`, {
    method: 'POST',
    headers: { subscriptionkey: api.key, 'content-type': 'text/csv' },
    body: FEED,
  }).then(
    ({ status }) => status,
    () => 'broken off',
  );
  const states = async () =>
    (await db.prisma.import.findMany({ where: { connectionId } })).map(({ state }) => state);
  await until('the file', async () => (await states()).includes('received'), 60_000);
  t.same(await states(), ['received'], service.lines.slice(-3).join('\n'));
  service.signal('SIGKILL');
  await service.ended;
  t.equal(await answer, 'broken off', 'nobody was told that it is in');
  release();
  await held;
  for (let tries = 0; tries < 200 && (await states()).includes('received'); tries++) {
    await aMinuteLater();
    await resumeImports(deps);
    await pause(20);
  }
  t.same(await states(), ['applied']);
  t.match((await itemsOf(api)).get('A'), { Quantity: 5 });
  t.match(
    await told(api.seller),
    [/^primary API key: Inventory feed \d+: 2 rows/],
    'who has sent it is told',
  );
});

await t.test(
  'whoever has brought a file is told of it, though the service died before it could tell',
  async (t) => {
    const seller = await createSeller(db);
    await readImport(deps, await received(seller));
    const bad = await received(seller, 'SupplierSKU,Colour\nA,red\n');
    await t.rejects(readImport(deps, bad), { code: 'invalid-document' });
    const before = await told(seller);
    await db.prisma.event.deleteMany({ where: { connectionId: seller.connectionId } });
    const own = { where: { connectionId: seller.connectionId } };
    await db.prisma.import.updateMany({ ...own, data: { announcedAt: null } });
    t.equal(await announceImports(deps), 2);
    t.same(await told(seller), before);
    t.match(before, [/^tester: .* 2 rows/, /^tester: .* was refused/]);
    await db.prisma.event.deleteMany({ where: { connectionId: seller.connectionId } });
    const nobody = { actorKind: null, actorId: null, actorName: null, actorVia: null };
    await db.prisma.import.updateMany({ ...own, data: { announcedAt: null, ...nobody } });
    await announceImports(deps);
    t.match(
      await told(seller),
      [/^imports-announced: /, /^imports-announced: /],
      'of files of former versions',
    );
  },
);

await t.test('a held file names whoever decides on it, and not whoever has brought it', async (t) => {
  const settings = { spikeBrakePercent: 10 };
  const seller = await createSeller(db);
  await db.prisma.connection.update({ where: { id: seller.connectionId }, data: { settings } });
  const connection = (await findConnection(db.prisma, { id: seller.connectionId }))!;
  await readImport(deps, await received(seller));
  for (const decide of [confirmImport, refuseImport]) {
    const { record } = await readImport(
      deps,
      await received(seller, 'SupplierSKU,Quantity\nA,5000\nB,7000\n'),
    );
    t.equal(record.state, 'held');
    const by = commandActor('chief');
    await decide(deps, { connection, record, by });
    const [held, decided] = (await told(seller)).slice(-2);
    t.match(held, /^tester: .* waits to be confirmed/);
    t.match(decided, /^chief: /);
    await db.prisma.event.deleteMany({ where: { summary: decided!.slice('chief: '.length) } });
    await db.prisma.import.update({ where: { id: record.id }, data: { announcedAt: null } });
    await announceImports(deps);
    t.equal((await told(seller)).at(-1), decided, 'also where the service died before it could tell');
    await readImport(deps, await received(seller, 'SupplierSKU,Quantity\nA,5\nB,7\n'));
  }
});

await t.test('of two that read the same file one does it, and both know what became of it', async (t) => {
  const seller = await createSeller(db);
  const id = await received(seller);
  const [one, other] = await Promise.all([readImport(deps, id), readImport(deps, id)]);
  t.same(one.record.counts, other.record.counts);
  t.same(await quantities(seller.connectionId), { A: 5, B: 7 });
  const bad = await received(seller, 'Colour\nred\n');
  const results = await Promise.allSettled([readImport(deps, bad), readImport(deps, bad)]);
  t.same(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  t.equal(await stateOf(bad), 'refused');
});

await t.test('whatever way a file comes, it is ordered by when it began to arrive', async (t) => {
  const api = await testApi(t, db);
  const { connectionId } = api.seller;
  const slow = await beginUpload(db, api, 'SupplierSKU,Quantity\nA,1\n');
  const id = await received(api.seller, 'SupplierSKU,Quantity\nA,2\n');
  t.ok(id > slow.id);
  t.equal(await resumeImports(deps), 1);
  t.match((await slow.finish('C,3\n')).json.Imports[0].Counts, { Superseded: 1, Added: 1 });
  t.same(await quantities(connectionId), { A: 2, C: 3 });
  t.match(await db.prisma.import.findUnique({ where: { id } }), { via: 'test', fileName: 'stock.csv' });
});

await t.test('a file that a worker cannot take is refused, recorded and told of', async (t) => {
  const seller = await createSeller(db);
  const id = await received(seller, 'SupplierSKU,Colour\nA,red\n');
  t.equal(await resumeImports(deps), 1);
  t.match(await db.prisma.import.findUnique({ where: { id } }), { state: 'refused', blobId: null });
  const [event] = await db.prisma.event.findMany({ where: { connectionId: seller.connectionId } });
  t.match(event, { summary: /was refused/, details: /neither a column Quantity nor Cost/ });
});

await t.test(
  'a file at which the service fails each time is given up at last, and its seller is told',
  async (t) => {
    const seller = await createSeller(db);
    const failing: ImportDeps = {
      ...deps,
      feedKinds: deps.feedKinds.map((kind) => ({
        ...kind,
        find: () => Promise.reject(new TypeError('a mistake in the program')),
      })),
    };
    const id = await received(seller);
    for (let minute = 0; minute < 7; minute++) {
      await aMinuteLater();
      await resumeImports(failing);
    }
    t.match(await db.prisma.import.findUnique({ where: { id } }), {
      state: 'refused',
      reason: /failed each of 5 times/,
      blobId: null,
    });
    t.equal(await db.prisma.event.count({ where: { connectionId: seller.connectionId } }), 1);
  },
);

await t.test('what only has to wait is never given up', async (t) => {
  const seller = await createSeller(db);
  const { companyId, connectionId } = seller;
  const busy: ImportDeps = { ...deps, feedKinds: feedKindsOf({ ...inventory, lockPatienceMs: 5 }) };
  const id = await received(seller);
  let release = (): void => undefined;
  const held = db.transaction(
    async (tx) => {
      await tx.$executeRaw`INSERT INTO inventory_states (connection_id, company_id) VALUES (${connectionId}, ${companyId})`;
      await new Promise<void>((resolve) => (release = resolve));
    },
    { timeoutMs: 60_000 },
  );
  for (let minute = 0; minute < 7; minute++) {
    await aMinuteLater();
    t.equal(await resumeImports(busy), 1);
  }
  t.equal(await stateOf(id), 'received');
  release();
  await held;
  await aMinuteLater();
  await resumeImports(busy);
  t.same(await quantities(connectionId), { A: 5, B: 7 });
});

await t.test('a file that breaks off has changed nothing, and its record says so', async (t) => {
  const { companyId, connectionId } = await createSeller(db);
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('SupplierSKU,Quantity\nA,5\n');
    throw new Error('the other side hung up');
  }
  const options = { by: somebody, companyId, connectionId, feedKind: 'feed', via: 'test', name: null };
  await t.rejects(receive(deps, broken(), options), /hung up/);
  const [record] = await db.prisma.import.findMany({ where: { connectionId } });
  t.match(record, { state: 'refused', reason: /did not arrive whole: the other side hung up/ });
  t.equal(await db.prisma.blob.count({ where: { companyId } }), 0);
  const [event] = await db.prisma.event.findMany({ where: { connectionId } });
  t.match(event, { summary: /was refused/ });
});

await t.test('a file goes only to a shop of its own company', async (t) => {
  const [one, other] = [await createSeller(db), await createSeller(db)];
  await t.rejects(received({ ...one, connectionId: other.connectionId }), { code: 'not-found' });
  t.equal(await db.prisma.import.count({ where: { connectionId: other.connectionId } }), 0);
});

await t.test('the bytes of a file go once it was read', async (t) => {
  const seller = await createSeller(db);
  const { companyId } = seller;
  const id = await received(seller);
  await sweepBlobs(db, { graceMs: 0 });
  t.equal(await db.prisma.blob.count({ where: { companyId } }), 1, 'not before');
  await readImport(deps, id);
  await sweepBlobs(db, { graceMs: 0 });
  t.equal(await db.prisma.blob.count({ where: { companyId } }), 0);
});
