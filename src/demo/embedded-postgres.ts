import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { chown, lchown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { AppError, messageOf } from '../kernel/errors.js';
import { findPostgresBinaries, serverUser, type PostgresBinaries } from './postgres-binaries.js';
import { findPlace, takePlace, type PostgresPlace } from './postgres-place.js';
import { openOwnLog, ownPath, readOwnFile, writeNewFile } from './private-folder.js';
import { runProgram } from './run-program.js';

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 20_000;

interface EmbeddedPostgresOptions extends PostgresPlace {
  /** Off only where losing the data on a power cut does not matter: tests and benchmarks. */
  durable?: boolean;
  /** Further server settings, `name=value`. */
  settings?: string[];
  /** Breaks the start off; nothing of it runs on. */
  stop?: AbortSignal;
}

export interface EmbeddedPostgres {
  /** Of the superuser, to the database `postgres`; other databases of this server: replace the path. */
  url: string;
  /** Where the data really is. */
  folder: string;
  /** True when a server that a crashed start had left behind was taken over. */
  adopted: boolean;
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL from the binaries that npm installed: loopback only, own random password, own process group
 * (so that Ctrl-C reaches it only through us, after the connections were closed).
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = serverUser();
  const folder = await takePlace(options, user);
  const binaries = await findPostgresBinaries(folder, user);
  const data = join(folder, 'pgdata');
  options.stop?.throwIfAborted();
  const password = await initialise(folder, data, binaries, options.stop);
  const running = await liveServer(data, password, user?.uid);
  if (running) return { ...running, folder, adopted: true };
  const port = await freePort();
  options.stop?.throwIfAborted();
  const child = await launch(binaries, data, port, options);
  const pid = child.pid;
  const url = urlOf(port, password);
  try {
    await waitUntilReady(url, child, join(folder, 'postgres.log'), options.stop);
  } catch (error) {
    await stopServer(pid);
    throw error;
  }
  child.unref();
  return { url, folder, adopted: false, stop: () => stopServer(pid) };
}

/**
 * The URL of a server that another process has started on these folders, or null. Leaves it alone: it is for commands that
 * look at a running program.
 */
export async function findEmbeddedPostgres(options: PostgresPlace): Promise<string | null> {
  const folder = await findPlace(options);
  if (folder === null) return null;
  const password = await readOwnFile(join(folder, 'postgres-password'));
  const running = password === null ? null : await liveServer(join(folder, 'pgdata'), password);
  return running?.url ?? null;
}

function urlOf(port: number, password: string): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}

/** Makes the cluster on the first start. Answers the superuser's password. */
async function initialise(
  folder: string,
  data: string,
  binaries: PostgresBinaries,
  stop?: AbortSignal,
): Promise<string> {
  const passwordFile = join(folder, 'postgres-password');
  const known = await readOwnFile(passwordFile);
  await ownPath(data, binaries.user?.uid);
  const complete = await stat(join(data, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (known && complete) return known;
  if (complete) {
    throw new AppError(
      'configuration-invalid',
      `The database in ${data} has lost its password file ${passwordFile}. Put it back, or remove the folder to start again.`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  // Gets its name last: a start that was ended before that, in whatever way, begins again from nothing.
  const unfinished = `${data}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (binaries.user) await lchown(unfinished, binaries.user.uid, binaries.user.gid);
  await runInitdb(unfinished, password, binaries, stop);
  await rm(passwordFile, { force: true });
  await writeNewFile(passwordFile, password);
  await rm(data, { recursive: true, force: true });
  await rename(unfinished, data);
  return password;
}

async function runInitdb(
  data: string,
  password: string,
  binaries: PostgresBinaries,
  stop?: AbortSignal,
): Promise<void> {
  const handover = await mkdtemp(join(tmpdir(), 'pg-init-'));
  const handoverFile = join(handover, 'password');
  try {
    await writeFile(handoverFile, password, { mode: 0o600 });
    if (binaries.user) {
      await chown(handover, binaries.user.uid, binaries.user.gid);
      await chown(handoverFile, binaries.user.uid, binaries.user.gid);
    }
    const settings = [
      '--auth=scram-sha-256',
      '--username=postgres',
      '--encoding=UTF8',
      '--no-locale',
      `--pwfile=${handoverFile}`,
    ];
    await runProgram(binaries.initdb, ['-D', data, ...settings], { ...binaries.user, cwd: tmpdir() }, stop);
  } catch (cause) {
    throw new AppError(
      'configuration-invalid',
      `The embedded PostgreSQL could not make its data folder ${data}: ${messageOf(cause)}`,
      { cause },
    );
  } finally {
    await rm(handover, { recursive: true, force: true });
  }
}

/** A server on this data folder that still runs, left behind by a start that was killed. */
async function liveServer(
  data: string,
  password: string,
  uid?: number,
): Promise<{ url: string; stop(): Promise<void> } | null> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid || !port || !isAlive(pid) || !(await runsAs(pid, uid))) return null;
  const url = urlOf(port, password);
  const deadline = Date.now() + START_DEADLINE_MS;
  while (isAlive(pid)) {
    const answer = await ask(url);
    if (answer === 'ready') return { url, stop: () => stopServer(pid) };
    if (answer === 'refused' && Date.now() > deadline) break;
    if (answer === 'foreign') break;
    await pause(100);
  }
  // The number belongs to another program by now: the file is stale and PostgreSQL will say so itself if it is not.
  return null;
}

async function launch(
  binaries: PostgresBinaries,
  data: string,
  port: number,
  options: EmbeddedPostgresOptions,
): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=100',
    'timezone=UTC',
    'log_timezone=UTC',
    ...(options.durable === false ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
    ...(options.settings ?? []),
  ];
  const log = await openOwnLog(join(dirname(data), 'postgres.log'));
  try {
    return spawn(binaries.postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      ...binaries.user,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: tmpdir(),
    });
  } finally {
    await log.close();
  }
}

async function waitUntilReady(
  url: string,
  child: ChildProcess,
  log: string,
  stop?: AbortSignal,
): Promise<void> {
  let failure: string | null = null;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code) => (failure = `it ended with code ${code}`));
  const deadline = Date.now() + START_DEADLINE_MS;
  while ((await ask(url)) !== 'ready') {
    stop?.throwIfAborted();
    if (failure || Date.now() > deadline) {
      throw new AppError(
        'configuration-invalid',
        `The embedded PostgreSQL did not start (${failure ?? 'no answer in time'}). Its log: ${log}`,
      );
    }
    await pause(20);
  }
}

async function ask(url: string): Promise<'ready' | 'refused' | 'foreign'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    // 28P01: somebody else's server answered on that port.
    return (error as { code?: string }).code === '28P01' ? 'foreign' : 'refused';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Fast shutdown (SIGINT): open transactions are rolled back, nothing committed is lost. */
async function stopServer(pid: number | undefined): Promise<void> {
  if (!pid || !isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (isAlive(pid) && Date.now() < deadline) await pause(20);
  if (isAlive(pid)) process.kill(pid, 'SIGQUIT');
}

/** What the server's user has written into its file must not make root stop another program. */
async function runsAs(pid: number, uid: number | undefined): Promise<boolean> {
  if (uid === undefined || process.platform !== 'linux') return true;
  const found = await stat(`/proc/${pid}`).catch(() => null);
  return found?.uid === uid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
