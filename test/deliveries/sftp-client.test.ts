import { randomBytes } from 'node:crypto';
import t from 'tap';
import { exchangeFiles } from '../../src/channels/sftp-client/exchange-files.js';
import { remoteServerFlows, remoteServerOf } from '../../src/deliveries/remote-server-subject.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { readX12 } from '../../src/formats/x12-reader.js';
import { HOUR_MS } from '../../src/kernel/time.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { createPublicDoor } from '../../src/outbound/public-door.js';
import { createSealer } from '../../src/store/secrets.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow, type FlowReport } from '../../src/sync/flows/run-flow.js';
import type { SubjectRun } from '../../src/sync/flows/flows.js';
import { testApi } from '../support/api.js';
import { startWorld, type ShopWorld } from '../shipments/world.js';
import { fileWorld, x12Profile, type FileWorld } from './file-world.js';
import { asn, partnerFile } from './partner-x12.js';
import { doubleHost, openSshHost, sshd, type RemoteHost } from './remote-hosts.js';
import { sftpSeller } from './sftp-seller.js';

t.setTimeout(300_000);
const world = await startWorld(t);
const { db, clock } = world;
const sealer = createSealer([{ id: 'test', bytes: randomBytes(32) }]);
const door = createPublicDoor();
t.teardown(() => door.close());
const shirt = [{ sku: 'SHIRT', quantity: 1 }];
const HEADER =
  'PartnerPO,ShipmentNumber,ShipmentLines.ItemIdentifier.SupplierSKU,ShipmentLines.Quantity,ShipmentInfos.TrackingNumber,ShipmentInfos.CarrierCode';
const csvOf = (po: string, number: string, tracking = '1Z999AA10123456784'): string =>
  `${HEADER}\n${po},${number},SHIRT,1,${tracking},UPS\n`;
const SERVERS = 'Settings/SftpServers';

interface Seller extends FileWorld {
  shop: ShopWorld;
  /** Creates a server by API. @returns its number */
  add(host: RemoteHost, more?: object): Promise<number>;
  run(id: number, options?: { anywhere?: string[]; lateMs?: number }): Promise<FlowReport>;
  server(id: number): Promise<JsonObject>;
}

async function seller(): Promise<Seller> {
  const shop = await world.connect('US');
  const own = await fileWorld(t, world, shop);
  const { companyId } = shop;
  // The API seals what the flow opens.
  const { app } = await testApi(t, db, {
    clock,
    domain: world.deps,
    webhooks: { sealer, door },
  });
  const call: FileWorld['call'] = async (method, url, body, headers = {}) => {
    const answer = await app.inject({
      method,
      url: `/api/v3/${url}`,
      headers: {
        subscriptionkey: own.key,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: body }),
    });
    return { status: answer.statusCode, text: answer.body, body: answer.json<JsonObject>() };
  };
  return {
    ...own,
    call,
    shop,
    async add(host, more = {}) {
      const answer = await call('POST', SERVERS, bodyOf(host, more));
      if (answer.status !== 200) throw new Error(answer.text);
      return Number(answer.body['Body']);
    },
    async run(id, { anywhere = ['127.0.0.1'], lateMs = 0 } = {}) {
      const late = { now: () => new Date(clock.now().getTime() + lateMs) };
      const deps = { ...own.files, clock: late, sealer, largestBytes: 100_000, anywhere };
      const name = 'exchange-files';
      const choice = {
        companyId,
        now: clock.now(),
        subject: remoteServerOf(id),
        name,
        flows: remoteServerFlows,
      };
      const { flowId } = await requestRun(db.prisma, choice);
      const handlers = new Map([[name, (run: SubjectRun) => exchangeFiles(deps, run)]]);
      const { log } = own.files;
      return runFlow({ flows: remoteServerFlows, db, clock, log, recordEvents, handlers }, flowId);
    },
    server: async (id) => (await call('GET', `${SERVERS}/${id}`)).body['Body'] as JsonObject,
  };
}

function bodyOf(host: RemoteHost, more: object = {}): object {
  return { Host: '127.0.0.1', Port: host.port, UserName: host.userName, HostKey: host.hostKey, ...more };
}

/** What the folders of a seller's server are used for. */
const exchange = ({ root }: RemoteHost, more: object = {}): object => ({
  Takes: [
    {
      Folder: `${root}/out`,
      Holds: 'Shipments',
      Pattern: '*.csv',
      ArchiveFolder: `${root}/out/done`,
      ErrorFolder: `${root}/out/bad`,
    },
  ],
  Puts: [{ Profile: 'remote', Folder: `${root}/in` }],
  ...more,
});

const PROFILE = {
  name: 'remote',
  channel: 'sftp-client',
  format: 'csv',
  documents: ['order'],
  fileName: 'order_{key}.csv',
};

/** Orders go there, shipments come from there: the same on every server. */
async function story(t: Tap, own: Seller, host: RemoteHost, id: number): Promise<void> {
  const [order, other] = [await own.shop.order(shirt), await own.shop.order(shirt)];
  host.put('/out/good.csv', csvOf(order.tiktokOrderId, 'S-1'));
  host.put(
    '/out/bad.csv',
    `${csvOf('4711', 'S-2')}${other.tiktokOrderId},S-3,SHIRT,1,1Z999AA10123456785,UPS\n`,
  );
  host.put('/out/half.csv.part', csvOf(other.tiktokOrderId, 'S-4'));
  host.put('/out/notes.txt', 'no shipments');
  const first = await own.run(id);
  t.match(first, { outcome: 'done', counts: { put: 2 } }, String(first.error));
  t.same(host.list('/in'), [`order_${order.key}.csv`, `order_${other.key}.csv`].toSorted());
  t.match(host.get(`/in/order_${order.key}.csv`), order.tiktokOrderId);
  t.equal((await own.shop.orderDocument(order)).statusCode, 200, 'what was put counts as picked up');
  t.equal(host.list('/out').length, 4, 'files are taken when they have not changed for a run');
  t.match(await own.run(id), { outcome: 'done', counts: { taken: 2, put: 0 } });
  await world.settle();
  t.equal(own.shop.effects(order).length, 1);
  t.equal(own.shop.effects(other).length, 1, 'a bad document stops no neighbour');
  t.same(host.list('/out').toSorted(), ['half.csv.part', 'notes.txt'], 'others are left alone');
  t.same(host.list('/out/done'), ['good.csv']);
  t.same(host.list('/out/bad').toSorted(), ['bad.csv', 'bad.csv.txt']);
  t.match(host.get('/out/bad/bad.csv.txt'), /1 of 2 documents.*S-2.*row 2, column PartnerPO/s);
  t.match(await own.run(id), { outcome: 'nothing-to-do' });
  t.match(await own.server(id), { LastDoneAt: String, Enabled: true });
}

type Tap = typeof t;

await t.test(
  'orders are put and shipments fetched, whole, once, and sorted by what came of them',
  async (t) => {
    const own = await seller();
    await own.setProfiles(PROFILE);
    const host = await doubleHost(t);
    await story(t as Tap, own, host, await own.add(host, { ...exchange(host), Password: 'secret' }));
  },
);

await t.test(
  "the same with OpenSSH's server, by the key of this service",
  { skip: sshd ? false : 'sshd is not installed: apt-get install openssh-server' },
  async (t) => {
    const own = await seller();
    await own.setProfiles(PROFILE);
    const double = await doubleHost(t);
    // The key is known before the server is.
    const id = await own.add(double, exchange(double));
    const host = await openSshHost(t, String((await own.server(id))['PublicKey']));
    t.equal((await own.call('PUT', `${SERVERS}/${id}`, bodyOf(host, exchange(host)))).status, 200);
    await story(t as Tap, own, host, id);
  },
);

await t.test(
  'our own SFTP server is such a server, too: X12 goes from one company to the other',
  async (t) => {
    const vendor = await sftpSeller(t, world);
    const own = await seller();
    await vendor.setProfiles(x12Profile());
    const order = await vendor.shop.order(shirt);
    const host = {
      port: vendor.port,
      hostKey: vendor.server.hostKey,
      userName: String(vendor.shop.companyId),
      root: '',
    };
    const id = await own.add(host as RemoteHost, {
      Password: vendor.key,
      Takes: [{ Folder: '/EDI/Inbound', Holds: 'EDI', ArchiveFolder: '/EDI/Archive' }],
    });
    await own.run(id);
    t.match((await own.run(id)).counts, { taken: 1 });
    const [file] = await db.prisma.documentFile.findMany({ where: { companyId: own.shop.companyId } });
    t.match(file, { via: 'sftp-client', format: 'x12', state: 'refused', reason: /no delivery profile/ });
    t.equal(
      (await vendor.shop.orderDocument(order)).statusCode,
      200,
      'moving it into Archive has picked it up',
    );
  },
);

await t.test('another host key is refused before anything secret is said, and told at once', async (t) => {
  const own = await seller();
  const [host, impostor] = [await doubleHost(t), await doubleHost(t)];
  const id = await own.add(
    { ...impostor, hostKey: host.hostKey },
    { ...exchange(host, { Puts: [] }), Password: 'secret' },
  );
  impostor.put('/out/a.csv', csvOf('1', 'S-1'));
  for (let runs = 0; runs < 3; runs++) t.equal((await own.run(id)).outcome, 'failed');
  t.same(impostor.logIns, []);
  t.match(await own.server(id), { ErrorMessage: /another host key/, FailingSince: String });
  t.match(
    (await own.events()).filter((event) => event.includes('cannot be exchanged')),
    [/^Alert .*host key/],
    'once',
  );
  t.notMatch(JSON.stringify(await own.events()), 'secret');
  const bettered = await own.call(
    'PUT',
    `${SERVERS}/${id}`,
    bodyOf(impostor, { ...exchange(host, { Puts: [] }), Password: 'secret' }),
  );
  t.equal(bettered.status, 200, bettered.text);
  t.match(await own.run(id), { outcome: 'nothing-to-do' });
});

await t.test('addresses that are not of the public Internet are refused', async (t) => {
  const own = await seller();
  const host = await doubleHost(t);
  const id = await own.add(host, exchange(host, { Puts: [] }));
  t.equal((await own.run(id, { anywhere: [] })).outcome, 'failed');
  t.match((await own.server(id))['ErrorMessage'], /public Internet/);
  t.same(host.logIns, []);
});

await t.test(
  'a server that hangs up at any point makes nobody ship twice, lose a file or read a half',
  async (t) => {
    const points = ['OPENDIR', 'READDIR', 'OPEN', 'READ', 'STAT', 'WRITE', 'CLOSE', 'RENAME'];
    const own = await seller();
    await own.setProfiles(PROFILE);
    const host = await doubleHost(t);
    const id = await own.add(host, { ...exchange(host), Password: 'secret' });
    const orders: { key: number; tiktokOrderId: string }[] = [];
    host.faults.on = () => {
      const whole = host.list('/in').filter((name) => !name.endsWith('.part'));
      for (const name of whole)
        if (!host.get(`/in/${name}`).includes('PartnerPO')) t.fail(`${name} is a half`);
    };
    for (const [at, point] of points.entries()) {
      const order = await own.shop.order(shirt);
      orders.push(order);
      host.put(`/out/${at}.csv`, csvOf(order.tiktokOrderId, `S-${at}`, `1Z999AA1012345678${at}`));
      for (let runs = 0; runs < 4; runs++) {
        host.faults.hangUpOn = runs < 2 ? [point] : [];
        await own.run(id);
      }
      t.same(
        host.list('/in').filter((name) => name.endsWith('.part')),
        [],
        point,
      );
      t.ok(host.list('/in').includes(`order_${order.key}.csv`), point);
      t.ok(host.list('/out/done').includes(`${at}.csv`), point);
    }
    await world.settle();
    for (const order of orders)
      t.equal(await world.db.prisma.document.count({ where: { parentKey: order.key, type: 'shipment' } }), 1);
    t.equal(await db.prisma.documentFile.count({ where: { companyId: own.shop.companyId } }), points.length);
  },
);

await t.test('a file that grows is not read before its writer has ended', async (t) => {
  const own = await seller();
  const host = await doubleHost(t);
  const id = await own.add(host, exchange(host, { Puts: [] }));
  const order = await own.shop.order(shirt);
  const whole = csvOf(order.tiktokOrderId, 'S-1');
  for (const length of [40, 90, whole.length]) {
    host.put('/out/slow.csv', whole.slice(0, length));
    t.match((await own.run(id)).counts, { taken: 0 });
  }
  // While it is read, its writer begins anew.
  host.faults.on = (request) => {
    if (request !== 'READ') return;
    host.faults.on = () => undefined;
    host.put('/out/slow.csv', `${whole}x`);
  };
  t.match((await own.run(id)).counts, { taken: 0 });
  host.put('/out/slow.csv', whole);
  await own.run(id);
  t.match((await own.run(id)).counts, { taken: 1 });
  await world.settle();
  t.equal(own.shop.effects(order).length, 1);
});

await t.test(
  'a file that stays where it is counts once; another one of its name counts again; one that is too large says so',
  async (t) => {
    const own = await seller();
    const host = await doubleHost(t);
    const [order, other] = [await own.shop.order(shirt), await own.shop.order(shirt)];
    const stays = { Folder: '/out', Holds: 'Shipments' };
    const id = await own.add(host, { Takes: [stays] });
    host.put('/out/today.csv', csvOf(order.tiktokOrderId, 'S-1'));
    for (let runs = 0; runs < 4; runs++) await own.run(id);
    const where = { companyId: own.shop.companyId };
    t.equal(await db.prisma.documentFile.count({ where }), 1);
    host.put('/out/today.csv', csvOf(other.tiktokOrderId, 'S-2', '1Z999AA10123456785'));
    for (let runs = 0; runs < 3; runs++) await own.run(id);
    t.equal(await db.prisma.documentFile.count({ where }), 2);
    await world.settle();
    t.same([own.shop.effects(order).length, own.shop.effects(other).length], [1, 1]);
    await own.call('PUT', `${SERVERS}/${id}`, bodyOf(host, exchange(host, { Puts: [] })));
    host.put('/out/large.csv', 'x'.repeat(100_001));
    for (let runs = 0; runs < 2; runs++) await own.run(id);
    t.match(host.get('/out/bad/large.csv.txt'), /more than 100000 bytes/);
  },
);

await t.test('feeds and X12 are fetched as they are dropped elsewhere', async (t) => {
  const own = await seller();
  await own.setProfiles(x12Profile());
  const host = await doubleHost(t);
  const order = await own.shop.order(shirt);
  const id = await own.add(host, {
    Takes: [
      { Folder: '/stock', Holds: 'Inventory', ArchiveFolder: '/stock/done' },
      { Folder: '/edi', Holds: 'EDI', ArchiveFolder: '/edi/done' },
    ],
  });
  host.put('/stock/i.csv', 'SupplierSKU,Quantity\nSHIRT,7\n');
  host.put(
    '/edi/asn.edi',
    partnerFile('SH', '856', [asn(order.tiktokOrderId, 'S-1', '1Z999AA10123456784')], 1),
  );
  await own.run(id);
  t.match((await own.run(id)).counts, { taken: 2 });
  const where = { companyId: own.shop.companyId };
  t.match(await db.prisma.import.findMany({ where }), [{ via: 'sftp-client', state: 'applied' }]);
  await world.settle();
  t.equal(own.shop.effects(order).length, 1);
  t.same([host.list('/stock/done'), host.list('/edi/done')], [['i.csv'], ['asn.edi']]);
  const answer = await db.prisma.delivery.findFirst({ where: { ...where, kind: '997' } });
  t.match(readX12(Buffer.from(answer!.content!).toString())[0]?.groups[0], { id: 'FA' });
});

await t.test('another file of a name is not overwritten, and told when it lasts', async (t) => {
  const own = await seller();
  await own.setProfiles(PROFILE);
  const host = await doubleHost(t);
  const id = await own.add(host, { ...exchange(host), Password: 'secret' });
  const order = await own.shop.order(shirt);
  host.put(`/in/order_${order.key}.csv`, 'of somebody else');
  await own.run(id);
  t.equal(host.get(`/in/order_${order.key}.csv`), 'of somebody else');
  t.equal((await own.shop.orderDocument(order)).statusCode, 100);
  t.equal((await own.events()).filter((event) => event.includes('cannot be put')).length, 0);
  await own.run(id, { lateMs: 2 * HOUR_MS });
  await own.run(id, { lateMs: 3 * HOUR_MS });
  t.match(
    (await own.events()).filter((event) => event.includes('cannot be put')),
    [/^Alert .*not overwritten/],
  );
  host.files.clear();
  t.match((await own.run(id)).counts, { put: 1 });
});

await t.test('a server that is away is told after an hour, once, and is well again by itself', async (t) => {
  const own = await seller();
  const host = await doubleHost(t, () => false);
  const id = await own.add(host, exchange(host, { Puts: [] }));
  await own.run(id);
  t.equal((await own.events()).filter((event) => event.includes('cannot be exchanged')).length, 0);
  await own.run(id, { lateMs: 2 * HOUR_MS });
  await own.run(id, { lateMs: 3 * HOUR_MS });
  t.match(
    (await own.events()).filter((event) => event.includes('cannot be exchanged')),
    [/^Alert .*does not let us in/],
  );
});

await t.test(
  'settings by API: passwords are sealed and never answered, mistakes are told, and the trail has it',
  async (t) => {
    const own = await seller();
    await own.setProfiles(PROFILE);
    const host = await doubleHost(t);
    const id = await own.add(host, { ...exchange(host), Password: 'very secret' });
    const row = await db.prisma.remoteServer.findUniqueOrThrow({ where: { id } });
    t.notMatch(JSON.stringify(row), 'very secret');
    t.notMatch(JSON.stringify(await own.server(id)), 'very secret');
    t.match((await own.server(id))['PublicKey'], /^ssh-ed25519 /);
    await own.run(id);
    t.same(host.logIns, ['password very secret']);
    const elsewhere = await doubleHost(t);
    t.equal(
      (await own.call('PUT', `${SERVERS}/${id}`, bodyOf(elsewhere, exchange(host)))).status,
      400,
      'a password goes to no other server',
    );
    for (const [more, text] of [
      [{ Host: 'https://example.com' }, /Host: must be a name/],
      [{ HostKey: 'abc' }, /HostKey: must be a public key/],
      [{ Takes: [{ Folder: '/a/../b', Holds: 'Shipments' }] }, /Takes\[0\].Folder/],
      [{ Takes: [{ Folder: '/a', Holds: 'Orders' }] }, /Takes\[0\].Holds/],
      [{ Takes: [{ Folder: '/a', Holds: 'EDI', ArchiveFolder: '/a' }] }, /another folder/],
      [{ Puts: [{ Profile: 'nobody', Folder: '/a' }] }, /Puts\[0\].Profile/],
    ] as const) {
      const answer = await own.call('POST', SERVERS, bodyOf(host, more));
      t.equal(answer.status, 400, answer.text);
      t.match(answer.text, text);
    }
    const stranger = await seller();
    for (const method of ['GET', 'PUT', 'DELETE'] as const)
      t.equal(
        (
          await stranger.call(
            method as 'GET',
            `${SERVERS}/${id}`,
            method === 'PUT' ? bodyOf(host) : undefined,
          )
        ).status,
        404,
        method,
      );
    t.equal((await own.call('DELETE' as 'GET', `${SERVERS}/${id}`)).status, 200);
    t.same((await own.call('GET', SERVERS)).body['Body'], []);
    t.equal((await db.prisma.remoteServer.findUniqueOrThrow({ where: { id } })).password, null);
    const actions = await db.prisma.auditEntry.findMany({ where: { companyId: own.shop.companyId } });
    t.ok(actions.some(({ action }) => action === 'sftp-server.created'));
    t.ok(actions.some(({ action }) => action === 'sftp-server.removed'));
    t.notMatch(JSON.stringify(actions.map(({ after }) => after)), 'very secret');
  },
);
