import { somebody } from './actors.js';
import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import { createApiKey } from '../../src/companies/api-key-store.js';
import { createCompany } from '../../src/companies/company-store.js';
import { createOperator } from '../../src/companies/operator-store.js';
import { migrateQueueStore } from '../../src/jobs/queues.js';
import { startSimulator, type Simulator } from '../../src/simulator/server.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { testRedisUrl } from '../jobs/redis.js';
import { testDatabaseUrl } from './database.js';

export const password = 'correct horse battery staple';

/** Everything around the product: a database with one seller in it, a TikTok, perhaps a Redis. Nothing of it runs yet. */
export interface ServiceWorld {
  databaseUrl: string;
  redisUrl: string | null;
  /** The test's own connections, which nobody cuts. */
  db: Database;
  simulator: Simulator;
  companyId: number;
  /** The seller's API key. */
  key: string;
  operator: { login: string; password: string };
  encryptionKey: string;
  /** The environment that a process of the product is started with. */
  environment: Record<string, string>;
}

export async function openServiceWorld(
  t: Test,
  { redisUrl = null }: { redisUrl?: string | null } = {},
): Promise<ServiceWorld> {
  const databaseUrl = await testDatabaseUrl(t);
  await migrateQueueStore(databaseUrl);
  const db = openDatabase({ url: databaseUrl, applicationName: TEST_APPLICATION });
  t.teardown(() => db.close());
  const simulator = await startSimulator({ fast: true, seed: 'demo' });
  t.teardown(() => simulator.close());
  const operator = { login: 'ada', password };
  await createOperator(db.prisma, { ...operator, by: somebody });
  const seller = await createSellerWithKey(db, 'Harbor Goods LLC');
  const encryptionKey = randomBytes(32).toString('base64');
  return {
    databaseUrl,
    redisUrl,
    db,
    simulator,
    ...seller,
    operator,
    encryptionKey,
    environment: {
      DATABASE_URL: databaseUrl,
      ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
      ENCRYPTION_KEYS: `test:${encryptionKey}`,
      ALLOW_SIMULATOR: 'true',
      SIMULATOR_URL: simulator.url,
      PORT: '0',
      BEAT_SECONDS: '1',
      TIKTOK_RATE_FACTOR: '20',
      API_RATE_FACTOR: '20',
    },
  };
}

/** Name of the test's own database connections, to tell them from the product's. */
export const TEST_APPLICATION = 'scenario';

export async function createSellerWithKey(
  db: Database,
  name: string,
): Promise<{ companyId: number; key: string }> {
  const { id: companyId } = await createCompany(db.prisma, { name });
  const { key } = await createApiKey(db.prisma, { companyId, slot: 'primary', now: new Date() });
  return { companyId, key };
}

export interface QueueStore {
  name: 'PostgreSQL' | 'Redis';
  redisUrl: string | null;
  /** Why it cannot be tried here. */
  skip: string | false;
}

/** Both stores that the queue can be on. A shared Redis gives each test process a database of its own. */
export async function queueStores(t: Test): Promise<QueueStore[]> {
  const redisUrl = await testRedisUrl(t);
  const own = redisUrl === null ? null : new URL(`/${1 + (process.pid % 15)}`, redisUrl).href;
  return [
    { name: 'PostgreSQL', redisUrl: null, skip: false },
    {
      name: 'Redis',
      redisUrl: own,
      skip: own === null && 'no redis-server here; put it on the PATH or set REDIS_URL_FOR_TESTS',
    },
  ];
}
