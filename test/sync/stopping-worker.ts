/**
 * A worker process of its own that delivers effects, for tests that stop it with SIGSTOP: what is sent for the shops of
 * STOPS waits at the point that is named there, until the process is continued (SIGCONT).
 */
import { openQueues } from '../../src/jobs/queues.js';
import { startWorker } from '../../src/jobs/worker.js';
import { openDatabase } from '../../src/store/database.js';
import type { CallBudget } from '../../src/tiktok/client.js';
import { createHttpDoor, type HttpDoor } from '../../src/outbound/http-door.js';
import { systemClock } from '../../src/kernel/time.js';
import { recordingLog } from './world.js';
import { wireUp } from '../shipments/wiring.js';
import { stopTimes, STOP_LEASE_MS, type StopPoint } from './stop-points.js';

const { DATABASE_URL: url = '', REDIS_URL: redisUrl, SIMULATOR_URL: simulatorUrl = '' } = process.env;
const { SEALING_KEY: key = '', STOPS: stopsText = '{}' } = process.env;
/** By the shop's id and by its cipher. */
const stops = JSON.parse(stopsText) as Record<string, StopPoint>;

let isContinued = false;
const waiting: (() => void)[] = [];
process.on('SIGCONT', () => {
  isContinued = true;
  console.log('continued');
  for (const goOn of waiting) goOn();
});
async function arrive(shop: string, point: StopPoint): Promise<void> {
  if (stops[shop] !== point || isContinued) return;
  console.log(`waits ${point}`);
  await new Promise<void>((resolve) => waiting.push(resolve));
}

const stoppingBudget = (own: CallBudget): CallBudget => ({
  ...own,
  async take(call) {
    const isWrite = !call.endpoint.startsWith('GET ') && !call.endpoint.endsWith('/search');
    if (isWrite) await arrive(call.shopId, 'before the budget');
    await own.take(call);
    if (isWrite) await arrive(call.shopId, 'before the check');
  },
});
const ownDoor = createHttpDoor({ clock: systemClock, answerTimeoutMs: stopTimes.answerTimeoutMs });
const door: HttpDoor = {
  ...ownDoor,
  async send(request) {
    const isWrite = request.leaveBefore !== undefined;
    const cipher = new URL(request.target, simulatorUrl).searchParams.get('shop_cipher') ?? '';
    if (isWrite) await arrive(cipher, 'before the door');
    const answer = await ownDoor.send(request);
    if (isWrite) await arrive(cipher, 'before the answer is stored');
    return answer;
  },
};

const recording = recordingLog();
const log = {
  ...recording,
  warn(facts: object, message = '') {
    if (message === 'outbox entry taken over by another delivery') console.log('lease lost');
  },
  error(facts: { err?: unknown }, message = '') {
    console.log(`error ${message} ${String(facts.err)}`);
  },
};
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
    keepMonths: 12,
    leaseMs: STOP_LEASE_MS,
    times: stopTimes,
    queues,
  },
  { concurrency: { urgent: 60, background: 1 }, beatSeconds: 1 },
);
process.once('SIGTERM', () => {
  void worker
    .close(2_000)
    .then(() => queues.close())
    .finally(() => process.exit(0));
});
console.log('ready');
