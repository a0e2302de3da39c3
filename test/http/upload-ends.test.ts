import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { storageError } from '../../src/http/storage-error.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const ROW = 'SKU-0001,1\n';

/** Files of uploads that this process has open. Linux tells. */
async function openUploads(): Promise<number> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((link) => link.includes('connector-upload-')).length;
}

async function noUploadIsOpen(): Promise<boolean> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(20)) {
    if ((await openUploads()) === 0) return true;
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

await t.test('a sender that hangs up, whenever he does, leaves no file and no error', async (t) => {
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
  t.ok(await noUploadIsOpen());
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
    const folder = await tinyDisk(t);
    if (folder === null) {
      t.comment('no disk can be mounted here; the words of the system are tried without one');
      return;
    }
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
    for (const kind of ['form', 'file', 'form'] as const) {
      const answer = await send(kind, ROW.repeat(150_000));
      t.equal(answer.status, 507, kind);
      t.ok(Number(answer.headers.get('retry-after')) > 0);
      t.match(await answer.json(), { Body: [{ Reason: 'storage-full' }] });
    }
    t.ok(await noUploadIsOpen());
    t.equal((await send('form', ROW)).status, 200);
    t.match(
      api.log.lines.find(({ level }) => level === 'error')?.facts,
      { cause: { code: 'ENOSPC' } },
      'an operator is told',
    );
  },
);

await t.test('a folder for files that cannot be used is a 503 with Retry-After', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'connector-no-folder-'));
  await writeFile(join(folder, 'file'), '');
  const before = process.env['TMPDIR'];
  t.teardown(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(folder, { recursive: true });
  });
  const api = await testApi(t, db);
  const { url, headers } = await listenFor(api);
  for (const place of ['missing', 'file']) {
    process.env['TMPDIR'] = join(folder, place);
    for (const { type, start, end } of Object.values(bodies)) {
      const body = start + ROW + end;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
        body,
      });
      t.equal(answer.status, 503, `${place} ${type}`);
      t.ok(Number(answer.headers.get('retry-after')) > 0);
    }
  }
  const said = (code: string) =>
    storageError(Object.assign(new Error(code), { code, errno: -1, syscall: 'write' }))?.status;
  t.same(
    ['ENOSPC', 'EDQUOT', 'EFBIG', 'EMFILE', 'ENFILE', 'EACCES', 'EIO'].map(said),
    [507, 507, 507, 503, 503, 503, 503],
  );
  t.equal(storageError(new Error('ENOSPC')), null);
});

async function listenFor(api: TestApi) {
  const origin = await api.app.listen({ host: '127.0.0.1', port: 0 });
  return { url: `${origin}/api/v3/Inventory/${api.seller.partnerId}`, headers: { SubscriptionKey: api.key } };
}

/** A disk of 1 MB as the folder for temporary files; null where nobody may mount one. */
async function tinyDisk(t: Parameters<typeof testApi>[0]): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-tiny-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    await rm(folder, { recursive: true });
    return null;
  }
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  t.teardown(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    execFileSync('umount', ['-l', folder]);
    await rm(folder, { recursive: true });
  });
  return folder;
}
