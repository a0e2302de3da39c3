import { productFlows } from '../../src/compose/product-flows.js';
/**
 * A worker process of its own, for tests that kill it: pulls pages of a flow and sends one effect, and stands still where
 * HANG_AT says. What reaches the "shop" is written to the table shop_calls, outside any transaction, as a real call is.
 */
import pg from 'pg';
import { openQueues } from '../../src/jobs/queues.js';
import { startWorker } from '../../src/jobs/worker.js';
import type { FlowHandler } from '../../src/sync/flows/flows.js';
import { effectRegistry, type EffectDefinition } from '../../src/sync/effects/outbox.js';
import { openDatabase } from '../../src/store/database.js';
import { systemClock } from '../../src/kernel/time.js';

const {
  DATABASE_URL: url = '',
  REDIS_URL: redisUrl,
  HANG_AT: hangAt,
  QUEUE_PREFIX: prefix = 'test',
} = process.env;
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const log = { ...silent, child: () => log };
const db = openDatabase({ url });
const shop = new pg.Pool({ connectionString: url, max: 1 });
const PAGES = 10;

async function standStill(at: string): Promise<void> {
  if (at !== hangAt) return;
  console.log(`hangs at ${at}`);
  await new Promise(() => undefined);
}

const pull: FlowHandler = async (run) => {
  const page = ((run.cursor as { page?: number } | null)?.page ?? 0) + 1;
  // Killed after the last page and before the end of the run.
  if (page > PAGES) return { counts: {}, more: false };
  await db.transaction(async (tx) => {
    await run.guard(tx);
    await tx.$executeRaw`INSERT INTO pulled_pages (page) VALUES (${page})`;
    await standStill(`page ${page}`);
    await run.saveProgress(tx, { cursor: { page } });
  });
  return { counts: { pages: 1 }, more: page < PAGES };
};

const ship: EffectDefinition<{ parcel: string }, null> = {
  name: 'ship',
  lane: 'urgent',
  resendSafe: false,
  leavesByFence: true,
  async send({ entry, fence }) {
    await standStill('before the call');
    await fence.pass();
    await shop.query('INSERT INTO shop_calls (parcel) VALUES ($1)', [entry.payload.parcel]);
    await standStill('after the call');
    return null;
  },
  async readBack({ entry }) {
    const { rows } = await shop.query('SELECT 1 FROM shop_calls WHERE parcel = $1', [entry.payload.parcel]);
    return rows.length > 0 ? { state: 'done', result: null } : { state: 'not-done' };
  },
  settle: async () => undefined,
};

const queues = openQueues({ redisUrl, databaseUrl: url, prefix, consumes: true, log });
const worker = await startWorker(
  {
    db,
    clock: systemClock,
    log,
    handlers: new Map<string, FlowHandler>([['pull-orders', pull]]),
    effects: effectRegistry([ship]),
    recordEvents: async () => undefined,
    flows: productFlows,
    keepMonths: 12,
    leaseMs: 1_500,
    times: { answerTimeoutMs: 500, spareMs: 200, latenessMs: 1_000 },
    queues,
  },
  { concurrency: { urgent: 2, background: 1, outgoing: 1 }, beatSeconds: 1 },
);
process.once('SIGTERM', () => {
  void worker
    .close()
    .then(() => queues.close())
    .then(() => process.exit(0));
});
console.log('ready');
