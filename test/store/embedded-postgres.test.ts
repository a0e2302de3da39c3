import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import t, { type Test } from 'tap';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/embedded-postgres.js';
import { openToEverybody } from '../../src/store/postgres-binaries.js';

const MODULE = new URL('../../src/store/embedded-postgres.js', import.meta.url);
const DEADLINE_MS = 60_000;
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

interface Folders {
  folder: string;
  openFolder: string;
  root: string;
}

/** Folders for one server; `name` is part of the path. */
async function folders(t: Test, name = 'data'): Promise<Folders> {
  const root = await mkdtemp(join(tmpdir(), 'connector-embedded-'));
  await chmod(root, 0o755);
  t.teardown(() => rm(root, { recursive: true, force: true }));
  return { root, folder: join(root, name), openFolder: join(root, 'open') };
}

async function query(server: { url: string }, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url });
  // A server that is stopped under an idle client says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Another process that starts the server and then only waits, as a crashed program's predecessor. */
async function startInChild(
  where: Folders,
  uid?: number,
): Promise<{ child: ChildProcess; server: EmbeddedPostgres }> {
  const code = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(MODULE.href)});
    const server = await startEmbeddedPostgres(${JSON.stringify(where)});
    console.log(JSON.stringify(server));
    process.once('SIGTERM', () => server.stop().then(() => process.exit(0)));
    setInterval(() => undefined, 1000);`;
  // Without what tap hands on to every child: another user cannot write its files.
  const plain = ['-c', 'unset NODE_OPTIONS; exec "$@"', 'sh', process.execPath];
  const child = spawn('/bin/sh', [...plain, '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: tmpdir(),
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the child did not start its server')), DEADLINE_MS);
    child.once('exit', (exitCode) => reject(new Error(`the child ended with ${exitCode}`)));
    child.stdout.once('data', (data: Buffer) => {
      clearTimeout(timer);
      resolve(data.toString());
    });
  });
  return { child, server: JSON.parse(line) as EmbeddedPostgres };
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    child.once('exit', resolve);
  });
}

await t.test('what was stored is there after a stop and a second start', async (t) => {
  const where = await folders(t, "seller's data é");
  const first = await startEmbeddedPostgres(where);
  t.equal(first.adopted, false);
  await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  await t.rejects(query(first, 'SELECT 1'), { code: 'ECONNREFUSED' });

  const second = await startEmbeddedPostgres(where);
  t.teardown(() => second.stop());
  t.same(await query(second, 'SELECT answer FROM kept'), [{ answer: 42 }]);
  t.equal((await query(second, 'SHOW listen_addresses'))[0]?.['listen_addresses'], '127.0.0.1');
});

await t.test('nobody gets in without the password that the first start made', async (t) => {
  const server = await startEmbeddedPostgres(await folders(t));
  t.teardown(() => server.stop());
  const stranger = new URL(server.url);
  stranger.password = 'postgres';
  await t.rejects(query({ url: stranger.href }, 'SELECT 1'), { code: '28P01' });
});

await t.test('a server that outlived its program is adopted, with all that was committed', async (t) => {
  const where = await folders(t);
  const { child, server } = await startInChild(where);
  await query(server, 'CREATE TABLE kept AS SELECT 7 AS answer');
  const gone = ended(child);
  child.kill('SIGKILL');
  await gone;

  const next = await startEmbeddedPostgres(where);
  t.teardown(() => next.stop());
  t.equal(next.adopted, true);
  t.equal(next.url, server.url);
  t.same(await query(next, 'SELECT answer FROM kept'), [{ answer: 7 }]);
});

await t.test('a server that was killed itself starts again on its data', async (t) => {
  const where = await folders(t);
  const first = await startEmbeddedPostgres(where);
  await query(first, 'CREATE TABLE kept AS SELECT 8 AS answer');
  const [row] = await query(
    first,
    `SELECT (string_to_array(pg_read_file('postmaster.pid'), chr(10)))[1]::int AS pid`,
  );
  process.kill(Number(row?.['pid']), 'SIGKILL');

  const second = await startEmbeddedPostgres(where);
  t.teardown(() => second.stop());
  t.equal(second.adopted, false);
  t.same(await query(second, 'SELECT answer FROM kept'), [{ answer: 8 }]);
});

if (isRoot) {
  await t.test('root with a folder that is closed to others gets a server in an open one', async (t) => {
    const where = await folders(t);
    const closed = join(where.root, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const server = await startEmbeddedPostgres({ ...where, folder: join(closed, 'data') });
    t.teardown(() => server.stop());
    t.equal(server.folder, where.openFolder);
    t.same(await query(server, 'SELECT 1 AS one'), [{ one: 1 }]);
  });
} else {
  t.comment('not tried, needs root: a data folder that is closed to others');
}

if (isRoot && (await openToEverybody(fileURLToPath(new URL('.', MODULE))))) {
  await t.test('a plain user runs the server as himself', async (t) => {
    const where = await folders(t);
    await chown(where.root, NOBODY, NOBODY);
    const { child, server } = await startInChild(where, NOBODY);
    const gone = ended(child);
    t.equal(server.folder, where.folder);
    t.same(await query(server, 'SELECT 1 AS one'), [{ one: 1 }]);
    child.kill('SIGTERM');
    await gone;
    await t.rejects(query(server, 'SELECT 1'), { code: 'ECONNREFUSED' });
  });
} else {
  t.comment('not tried, needs root in a checkout that others may read: the server as a plain user');
}
