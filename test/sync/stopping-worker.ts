import { productFlows } from '../../src/compose/product-flows.js';
/**
 * A worker process of its own that delivers effects, for tests that stop it with SIGSTOP: what is sent for the shops of
 * STOPS waits at the point that is named there, until the process is continued (SIGCONT).
 */
import { openQueues } from '../../src/jobs/queues.js';
import { startWorker } from '../../src/jobs/worker.js';
import { openDatabase } from '../../src/store/database.js';
import type { CallBudget } from '../../src/tiktok/client.js';
import { systemClock } from '../../src/kernel/time.js';
import { stopper, stoppingDoor, tellingLog } from '../support/stopping.js';
import { wireUp } from '../shipments/wiring.js';
import { stopTimes, STOP_LEASE_MS, type StopPoint } from './stop-points.js';

const { DATABASE_URL: url = '', REDIS_URL: redisUrl, SIMULATOR_URL: simulatorUrl = '' } = process.env;
const { SEALING_KEY: key = '', STOPS: stopsText = '{}' } = process.env;
/** By the shop's id and by its cipher. */
const stops = JSON.parse(stopsText) as Record<string, StopPoint>;

const arrive = stopper(stops);

const stoppingBudget = (own: CallBudget): CallBudget => ({
  ...own,
  async take(call) {
    const isWrite = !call.endpoint.startsWith('GET ') && !call.endpoint.endsWith('/search');
    if (isWrite) await arrive(call.shopId, 'before the budget');
    await own.take(call);
    if (isWrite) await arrive(call.shopId, 'before the check');
  },
});
const door = stoppingDoor({
  clock: systemClock,
  answerTimeoutMs: stopTimes.answerTimeoutMs,
  simulatorUrl,
  before: (cipher) => arrive(cipher, 'before the door'),
  after: (cipher) => arrive(cipher, 'before the answer is stored'),
});
const log = tellingLog('outbox entry taken over by another delivery');
const db = openDatabase({ url, prismaConnections: 12 });
const { effects } = wireUp({
  db,
  clock: systemClock,
  door,
  simulatorUrl,
  key: Buffer.from(key, 'hex'),
  budget: stoppingBudget,
});
// The successor is started before it is needed: what a start takes is not what is tested.
if (process.env['WAITS'] === 'true') {
  console.log('stands by');
  await new Promise((resolve) => process.stdin.once('data', resolve));
}
const queues = openQueues({ redisUrl, databaseUrl: url, prefix: 'stop', consumes: true, log });
const worker = await startWorker(
  {
    db,
    clock: systemClock,
    log,
    handlers: new Map(),
    effects,
    recordEvents: async () => undefined,
    flows: productFlows,
    keepMonths: 12,
    leaseMs: STOP_LEASE_MS,
    times: stopTimes,
    queues,
  },
  { concurrency: { urgent: 60, background: 1, outgoing: 1 }, beatSeconds: 1 },
);
process.once('SIGTERM', () => {
  void worker
    .close(2_000)
    .then(() => queues.close())
    .finally(() => process.exit(0));
});
console.log('ready');
