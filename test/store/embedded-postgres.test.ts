import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmod,
  chown,
  lchown,
  link,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import t, { type Test } from 'tap';
import {
  findEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/demo/embedded-postgres.js';
import { openToEverybody } from '../../src/demo/postgres-binaries.js';

const MODULE = new URL('../../src/demo/embedded-postgres.js', import.meta.url);
const DEADLINE_MS = 60_000;
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

interface Folders {
  folder: string;
  openIn: string;
  root: string;
}

/** Folders for one server; `name` is part of the path. */
async function folders(t: Test, name = 'data'): Promise<Folders> {
  const root = await mkdtemp(join(tmpdir(), 'connector-embedded-'));
  await chmod(root, 0o755);
  const openIn = join(root, 'open');
  // As /var/tmp is: everybody may add something.
  await mkdir(openIn);
  await chmod(openIn, 0o1777);
  t.teardown(() => rm(root, { recursive: true, force: true }));
  return { root, folder: join(root, name), openIn };
}

/** The same for root, in a folder that nobody else can pass. */
async function closedFolders(t: Test): Promise<Folders> {
  const where = await folders(t);
  const closed = join(where.root, 'closed');
  await mkdir(closed, { mode: 0o700 });
  return { ...where, folder: join(closed, 'data') };
}

/** What others may do with a server's folder and with what lies in it: pass, where its user has to, and nothing else. */
const PRIVATE = {
  folder: isRoot ? '710' : '700',
  pgdata: '700',
  'postgres-password': '600',
  'postgres.log': '600',
};

async function modesBelow(folder: string): Promise<Record<string, string>> {
  const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
  return {
    folder: await mode(folder),
    pgdata: await mode(join(folder, 'pgdata')),
    'postgres-password': await mode(join(folder, 'postgres-password')),
    'postgres.log': await mode(join(folder, 'postgres.log')),
  };
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

await t.test(
  'the folders of the server are closed to others, also those of an earlier version',
  async (t) => {
    const where = await folders(t, "seller's data é");
    const first = await startEmbeddedPostgres(where);
    await first.stop();
    t.same(await modesBelow(first.folder), PRIVATE);
    await chmod(first.folder, 0o755);
    await chmod(join(first.folder, 'postgres.log'), 0o644);
    const second = await startEmbeddedPostgres(where);
    t.teardown(() => second.stop());
    t.same(await modesBelow(second.folder), PRIVATE);
  },
);

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
    const closed = await closedFolders(t);
    const server = await startEmbeddedPostgres(closed);
    t.match(server.folder, new RegExp(`^${closed.openIn}/tiktok-shop-connector-.{6}$`));
    t.same(await query(server, 'CREATE TABLE kept AS SELECT 9 AS answer'), []);
    t.same(await modesBelow(server.folder), PRIVATE);
    t.equal(await findEmbeddedPostgres(closed), server.url);
    await server.stop();

    const second = await startEmbeddedPostgres(closed);
    t.teardown(() => second.stop());
    t.equal(second.folder, server.folder, 'it is remembered');
    t.same(await query(second, 'SELECT answer FROM kept'), [{ answer: 9 }]);
  });

  await t.test('root takes nothing that another user has prepared, and harms nothing', async (t) => {
    const closed = await closedFolders(t);
    const victim = join(closed.root, 'victim');
    await writeFile(victim, 'untouched', { mode: 0o600 });
    const formerFolder = join(closed.openIn, 'tiktok-shop-connector-0123456789ab');
    await mkdir(formerFolder);
    await symlink(victim, join(formerFolder, 'postgres-password'));
    await symlink(victim, join(formerFolder, 'postgres.log'));
    await lchown(formerFolder, NOBODY, NOBODY);
    const first = await startEmbeddedPostgres({ ...closed, formerFolder });
    await first.stop();
    t.not(first.folder, formerFolder);

    // The same for one who was there before, whose database an earlier version may have kept there.
    const used = await closedFolders(t);
    await mkdir(used.folder);
    await t.rejects(
      startEmbeddedPostgres({ ...used, formerFolder }),
      /others can have changed it.*chown root/,
    );
    await lchown(formerFolder, 0, 0);
    await chmod(formerFolder, 0o777);
    await t.rejects(startEmbeddedPostgres({ ...used, formerFolder }), /others can have changed it/);
    await chmod(formerFolder, 0o755);
    await t.rejects(startEmbeddedPostgres({ ...used, formerFolder }), /postgres-password is a link/);

    for (const name of ['postgres-password', 'postgres.log']) {
      const where = await folders(t);
      await mkdir(where.folder);
      await symlink(victim, join(where.folder, name));
      await t.rejects(startEmbeddedPostgres(where), new RegExp(`${name} is a link`));
      await rm(join(where.folder, name));
      await link(victim, join(where.folder, name));
      await t.rejects(startEmbeddedPostgres(where), new RegExp(`${name} is no plain file`));
    }
    const foreign = await folders(t);
    await mkdir(foreign.folder);
    await lchown(foreign.folder, NOBODY, NOBODY);
    await t.rejects(startEmbeddedPostgres(foreign), /belongs to user 65534, not to user 0/);
    await t.rejects(findEmbeddedPostgres(foreign), /belongs to user 65534/);
    const linked = await folders(t);
    await symlink(victim, linked.folder);
    await lchown(linked.folder, NOBODY, NOBODY);
    await t.rejects(startEmbeddedPostgres(linked), /belongs to user 65534/);
    t.equal(await readFile(victim, 'utf8'), 'untouched');
    t.equal((await stat(victim)).mode & 0o777, 0o600);
  });

  await t.test('the database of an earlier version is taken over from where it lies', async (t) => {
    const closed = await closedFolders(t);
    const former = { ...closed, formerFolder: join(closed.openIn, 'tiktok-shop-connector-0123456789ab') };
    await mkdir(former.formerFolder, { mode: 0o755 });
    // Made as that version made it: in the open, with the log that everybody could read.
    const old = await startEmbeddedPostgres({ ...closed, folder: former.formerFolder });
    await query(old, 'CREATE TABLE kept AS SELECT 10 AS answer');
    await old.stop();
    await chmod(former.formerFolder, 0o755);
    await chmod(join(former.formerFolder, 'postgres.log'), 0o644);
    await mkdir(closed.folder);

    const next = await startEmbeddedPostgres(former);
    t.teardown(() => next.stop());
    t.equal(next.folder, former.formerFolder);
    t.same(await query(next, 'SELECT answer FROM kept'), [{ answer: 10 }]);
    t.same(await modesBelow(next.folder), PRIVATE);
  });

  await t.test(
    'a folder that is gone, or that the server’s user cannot reach any more, is told',
    async (t) => {
      const closed = await closedFolders(t);
      const server = await startEmbeddedPostgres(closed);
      await server.stop();
      await rm(server.folder, { recursive: true });
      await t.rejects(startEmbeddedPostgres(closed), /held the database and is gone/);

      const where = await folders(t);
      const open = await startEmbeddedPostgres({ ...where, folder: join(where.folder, 'postgresql') });
      await open.stop();
      await chmod(where.folder, 0o700);
      await t.rejects(
        startEmbeddedPostgres({ ...where, folder: join(where.folder, 'postgresql') }),
        /cannot be reached any more/,
      );
    },
  );
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
    t.same(await modesBelow(server.folder), { ...PRIVATE, folder: '700' });
    child.kill('SIGTERM');
    await gone;
    await t.rejects(query(server, 'SELECT 1'), { code: 'ECONNREFUSED' });
  });
} else {
  t.comment('not tried, needs root in a checkout that others may read: the server as a plain user');
}
