import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { testApi, type TestApi } from '../support/api.js';
import { workbook } from '../inventory/files.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const ROW = 'SKU-0001,1\n';

/** What is left of files that did not come to their end. */
async function nothingIsLeft(): Promise<boolean> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(20)) {
    if ((await db.prisma.blob.count({ where: { sha256: null } })) === 0) return true;
  }
  return false;
}

const bodies = {
  form: {
    type: 'multipart/form-data; boundary=b',
    start:
      '--b\r\nContent-Disposition: form-data; name="file"; filename="f.csv"\r\n\r\nSupplierSKU,Quantity\n',
    end: '\r\n--b--\r\n',
  },
  file: { type: 'text/csv', start: 'SupplierSKU,Quantity\n', end: '' },
};
type Kind = keyof typeof bodies;

function headOf({ key, seller }: TestApi, kind: Kind, length: number): string {
  return (
    `POST /api/v3/Inventory/${seller.partnerId} HTTP/1.1\r\nHost: x\r\nSubscriptionKey: ${key}\r\n` +
    `Content-Type: ${bodies[kind].type}\r\nContent-Length: ${length}\r\n\r\n`
  );
}

await t.test('a sender that hangs up, at whatever moment, leaves no file and no error', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'connector-hang-up-'));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  t.teardown(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(folder, { recursive: true });
  });
  const api = await testApi(t, db);
  const { port } = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
  const rows = ROW.repeat(20_000);
  for (const kind of ['form', 'file'] as const) {
    const { start, end } = bodies[kind];
    const whole = start + rows + end;
    const head = headOf(api, kind, whole.length);
    const parts = [10, head.length, head.length + start.length / 2, head.length + start.length + 50_000];
    for (const at of [...parts, head.length + whole.length - 1, head.length + whole.length]) {
      for (const waitMs of [0, 1, 3, 10]) {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write((head + whole).slice(0, at));
        await pause(waitMs);
        socket.destroy();
      }
    }
  }
  t.ok(await nothingIsLeft());
  t.same(await readdir(folder), []);
  for (const deadline = Date.now() + 20_000; api.app.server.listening && Date.now() < deadline;) {
    const count = await new Promise<number>((resolve) =>
      api.app.server.getConnections((_error, open) => resolve(open)),
    );
    if (count === 0) break;
    await pause(20);
  }
  t.same(
    api.log.lines.filter(({ level }) => level === 'error' || level === 'warn'),
    [],
  );
});

await t.test(
  'a full disk is no fault of the sender: 507 with Retry-After, and the next file is taken',
  async (t) => {
    const api = await testApi(t, db);
    const { url, headers } = await listenFor(api);
    const send = (kind: Kind, rows: string) => {
      const { type, start, end } = bodies[kind];
      return fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
        body: start + rows + end,
      });
    };
    await db.prisma.$executeRawUnsafe(`
      CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$`);
    await db.prisma.$executeRawUnsafe(
      'CREATE TRIGGER no_room BEFORE INSERT ON blob_chunks FOR EACH ROW EXECUTE FUNCTION no_room()',
    );
    for (const kind of ['form', 'file', 'form'] as const) {
      const answer = await send(kind, ROW.repeat(150_000));
      t.equal(answer.status, 507, kind);
      t.ok(Number(answer.headers.get('retry-after')) > 0);
      t.match(await answer.json(), { Body: [{ Reason: 'storage-full' }] });
    }
    await db.prisma.$executeRawUnsafe('DROP FUNCTION no_room() CASCADE');
    t.ok(await nothingIsLeft());
    t.equal((await send('form', ROW)).status, 200);
    t.match(
      api.log.lines.find(({ level }) => level === 'error')?.facts,
      { cause: { code: '53100' } },
      'an operator is told',
    );
  },
);

await t.test('no file needs the folder for temporary files, which may be missing', async (t) => {
  const before = process.env['TMPDIR'];
  t.teardown(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  const api = await testApi(t, db);
  const { url, headers } = await listenFor(api);
  process.env['TMPDIR'] = join(tmpdir(), 'connector-no-such-folder');
  const sheet = workbook([
    ['SupplierSKU', 'Quantity'],
    ['SKU-0001', 2],
  ]);
  for (const body of [`SupplierSKU,Quantity\n${ROW}`, Buffer.from(sheet)]) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'text/csv' },
      body,
    });
    t.equal(answer.status, 200);
  }
});

async function listenFor(api: TestApi) {
  const origin = await api.app.listen({ host: '127.0.0.1', port: 0 });
  return { url: `${origin}/api/v3/Inventory/${api.seller.partnerId}`, headers: { SubscriptionKey: api.key } };
}
