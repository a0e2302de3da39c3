import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Test } from 'tap';
import { until } from '../support/waiting.js';

/** The Redis of REDIS_URL_FOR_TESTS, else an own one from the `redis-server` on the PATH, else null. */
export async function testRedisUrl(t: Test): Promise<string | null> {
  const given = process.env['REDIS_URL_FOR_TESTS'];
  return given ?? (await startRedis(t))?.url ?? null;
}

/** A Redis of one's own, which can be killed; null without a `redis-server`. */
export async function startRedis(
  t: Test,
  port?: number,
): Promise<{ url: string; port: number; kill(): Promise<void> } | null> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-redis-'));
  const ownPort = port ?? (await freePort());
  const settings = ['--port', String(ownPort), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const server = spawn(
    'redis-server',
    [...settings, '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'],
    { stdio: 'ignore' },
  );
  let ended: string | null = null;
  const end = new Promise<void>((resolve) => {
    const note = (reason: string) => {
      ended ??= reason;
      resolve();
    };
    server.once('error', (error) => note(error.message));
    server.once('exit', (code) => note(`it ended with code ${code}`));
  });
  t.teardown(async () => {
    server.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  const url = `redis://127.0.0.1:${ownPort}`;
  await until('start of redis-server', async () => ended !== null || (await answers(url)));
  if (ended !== null) return null;
  return {
    url,
    port: ownPort,
    async kill() {
      server.kill('SIGKILL');
      await end;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
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
