import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DEMO_APP_KEY, DEMO_APP_SECRET, DEMO_SERVICE_ID } from '../../src/simulator/options.js';

const DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 15_000;

/** What all processes of a run seal and open tokens with. */
export const encryptionKey = { id: 'bench', bytes: randomBytes(32) };

const running = new Set<ChildProcess>();

/** What `npm start` and the image give Node. */
const shippedFlags = flagsOf(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
/** What the image tells the C library. */
const shippedMalloc = mallocOf(readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8'));

function flagsOf(packageJson: string): string[] {
  const { scripts } = JSON.parse(packageJson) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((part) => part.startsWith('--'));
}

function mallocOf(dockerfile: string): Record<string, string> {
  const [, name, value] = /^ENV (MALLOC_ARENA_MAX)=(\d+)$/m.exec(dockerfile) ?? [];
  if (!name || !value) throw new Error('The Dockerfile does not set MALLOC_ARENA_MAX.');
  return { [name]: value };
}

export interface Running {
  /** Resident memory of the process itself, in MiB. */
  residentMiB(): number;
  /** The most that it ever was. Linux only. */
  peakMiB(): number;
  stop(): Promise<void>;
}

/** The product as it is shipped, in a process of its own. Logs go nowhere, but are written. */
export function startProduct(
  role: 'api' | 'worker' | 'all',
  { databaseUrl, env = {} }: { databaseUrl: string; env?: Record<string, string> },
): Running {
  return startNode([...shippedFlags, fileURLToPath(new URL('../../src/main.js', import.meta.url))], {
    ROLE: role,
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: `${encryptionKey.id}:${encryptionKey.bytes.toString('base64')}`,
    ALLOW_SIMULATOR: 'true',
    // Nobody is there, unless the benchmark says where its simulator is.
    SIMULATOR_URL: 'http://127.0.0.1:9',
    SIMULATOR_APP_KEY: DEMO_APP_KEY,
    SIMULATOR_APP_SECRET: DEMO_APP_SECRET,
    SIMULATOR_SERVICE_ID: DEMO_SERVICE_ID,
    API_RATE_FACTOR: '10000',
    TIKTOK_RATE_FACTOR: '10000',
    ...env,
  });
}

export function startNode(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...shippedMalloc, ...env },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return { residentMiB: () => residentMiB(child), peakMiB: () => peakMiB(child), stop: () => stop(child) };
}

/** For a run that ends early. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(stop));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(late);
}

function residentMiB({ pid }: ChildProcess): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024;
}

function peakMiB({ pid }: ChildProcess): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}

/** Waits until `url` answers with 200. @returns milliseconds since `since` */
export async function firstAnswer(
  url: string,
  { headers = {}, since = performance.now() }: { headers?: Record<string, string>; since?: number } = {},
): Promise<number> {
  const deadline = since + DEADLINE_MS;
  for (;;) {
    const response = await fetch(url, { headers }).catch(() => null);
    await response?.arrayBuffer();
    if (response?.ok) return performance.now() - since;
    if (performance.now() > deadline) throw new Error(`${url} does not answer (${response?.status}).`);
    await pause(2);
  }
}

/** Asks until the answer is true. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  { everyMs = 20, deadlineMs = 120_000 } = {},
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await pause(everyMs);
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
