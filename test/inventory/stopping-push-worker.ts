import { productFlows } from '../../src/compose/product-flows.js';
/**
 * A worker process of its own that pushes stock, for tests that stop it with SIGSTOP: the push of a shop of STOPS waits at
 * the point that is named there, until the process is continued (SIGCONT).
 */
import { createInterface } from 'node:readline';
import type { OpenShop } from '../../src/connections/open-shop.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { pushInventory } from '../../src/inventory/push/push-inventory.js';
import { openQueues, type JobPayload, type Queues } from '../../src/jobs/queues.js';
import { startWorker } from '../../src/jobs/worker.js';
import { openDatabase } from '../../src/store/database.js';
import { wireUp } from '../shipments/wiring.js';
import { STOP_LEASE_MS, stopTimes } from '../sync/stop-points.js';
import { stopper, stoppingDoor, tellingLog } from '../support/stopping.js';
import type { PushStop } from './push-stop-points.js';

const { DATABASE_URL: url = '', REDIS_URL: redisUrl, SIMULATOR_URL: simulatorUrl = '' } = process.env;
const { SEALING_KEY: key = '', STOPS: stopsText = '{}' } = process.env;
/** By the shop's id, its cipher and its flow's id. */
const stops = JSON.parse(stopsText) as Record<string, PushStop>;

const arrive = stopper(stops);

// "later" moves the clock behind the last moment of every call that was noted before.
let aheadMs = 0;
let begin: () => void;
const begins = new Promise<void>((resolve) => (begin = resolve));
createInterface({ input: process.stdin }).on('line', (word) => {
  if (word === 'later') aheadMs += 200_000;
  if (word === 'go') begin();
});
const clock = { now: () => new Date(Date.now() + aheadMs) };

const door = stoppingDoor({
  clock,
  answerTimeoutMs: stopTimes.answerTimeoutMs,
  simulatorUrl,
  before: (cipher) => arrive(cipher, 'in the door'),
  after: (cipher) => arrive(cipher, 'before the answer is stored'),
});
const log = tellingLog('flow taken over by another run');
const db = openDatabase({ url, prismaConnections: 12 });
const { deps, effects } = wireUp({ db, clock, door, simulatorUrl, key: Buffer.from(key, 'hex') });
/** Shops of which something was sent, in whatever lane. */
const haveSent = new Set<string>();
const stoppingShop: OpenShop = async (...which) => {
  const opened = await deps.openShop(...which);
  const { api, connection } = opened;
  return {
    ...opened,
    api: {
      ...api,
      async searchStock(...call) {
        if (haveSent.has(connection.shopId)) await arrive(connection.shopId, 'between two batches');
        const answer = await api.searchStock(...call);
        await arrive(connection.shopId, 'after TikTok is read');
        return answer;
      },
      async updateStock(...call) {
        await arrive(connection.shopId, 'after the doubt is noted');
        haveSent.add(connection.shopId);
        return api.updateStock(...call);
      },
    },
  };
};
const pushDeps = { ...deps, clock, log, openShop: stoppingShop };

if (process.env['WAITS'] === 'true') {
  console.log('stands by');
  await begins;
}
const ownQueues = openQueues({ redisUrl, databaseUrl: url, prefix: 'stop', consumes: true, log });
const queues: Queues = {
  ...ownQueues,
  consume: (name, concurrency, work) =>
    ownQueues.consume(name, concurrency, async (payload) => {
      const job = payload as JobPayload;
      if (job.kind === 'flow') await arrive(job.id, 'before the lease');
      await work(payload);
    }),
};
const worker = await startWorker(
  {
    db,
    clock,
    log,
    handlers: new Map([['push-inventory', (run) => pushInventory(pushDeps, run)]]),
    effects,
    recordEvents,
    flows: productFlows,
    keepMonths: 12,
    leaseMs: STOP_LEASE_MS,
    times: stopTimes,
    queues,
  },
  { concurrency: { urgent: 20, background: 20, outgoing: 1 }, beatSeconds: 1 },
);
process.once('SIGTERM', () => {
  void worker
    .close(2_000)
    .then(() => queues.close())
    .finally(() => process.exit(0));
});
console.log('ready');
