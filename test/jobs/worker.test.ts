import { productFlows } from '../../src/compose/product-flows.js';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { migrateQueueStore, openQueues, type Queues } from '../../src/jobs/queues.js';
import {
  startWorker,
  type RunningWorker,
  type WorkerDeps,
  type WorkerOptions,
} from '../../src/jobs/worker.js';
import { ensureFlows, type FlowHandler } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { enqueueEffect } from '../../src/sync/effects/outbox.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { systemClock } from '../../src/kernel/time.js';
import { testDatabaseUrl } from '../support/database.js';
import { openDoor } from '../support/door.js';
import { wipePostgresQueue } from '../support/wipe-queue.js';
import { latch, until } from '../support/waiting.js';
import { recordingLog } from '../support/logs.js';
import { startRedis, testRedisUrl } from './redis.js';

interface Place {
  url: string;
  redisUrl: string | undefined;
  db: Database;
  /** Throws away everything that the queue knows. */
  wipe(): Promise<unknown>;
}

const quick: WorkerOptions = { concurrency: { urgent: 2, background: 1, outgoing: 1 }, beatSeconds: 1 };

async function openPlace(t: Test, redisUrl: string | undefined): Promise<Place> {
  const url = await testDatabaseUrl(t);
  const db = openDatabase({ url });
  t.teardown(() => db.close());
  if (!redisUrl) await migrateQueueStore(url);
  const wipeRedis = async (): Promise<unknown> => {
    const client = new Redis(redisUrl ?? '');
    return client.flushall().finally(() => client.disconnect());
  };
  return { url, redisUrl, db, wipe: redisUrl ? wipeRedis : () => wipePostgresQueue(db.pool) };
}

let prefixes = 0;
/** A worker in this process with a handler of the test's. */
async function startIn(
  t: Test,
  place: Place,
  handler: FlowHandler,
  more: {
    options?: WorkerOptions;
    effects?: WorkerDeps['effects'];
    prefix?: string;
    minuteSweeps?: NonNullable<WorkerDeps['minuteSweeps']>;
  } = {},
): Promise<{ queues: Queues; worker: RunningWorker; log: ReturnType<typeof recordingLog> }> {
  const log = recordingLog();
  const prefix = more.prefix ?? `test${++prefixes}`;
  const queues = openQueues({
    redisUrl: place.redisUrl,
    databaseUrl: place.url,
    prefix,
    consumes: true,
    log,
  });
  const deps: WorkerDeps = {
    db: place.db,
    clock: systemClock,
    log,
    handlers: new Map<string, FlowHandler>([['pull-orders', handler]]),
    effects: more.effects ?? new Map(),
    recordEvents: async () => undefined,
    flows: productFlows,
    keepMonths: 12,
    queues,
    ...(more.minuteSweeps ? { minuteSweeps: more.minuteSweeps } : {}),
  };
  const worker = await startWorker(deps, more.options ?? quick);
  t.teardown(async () => {
    await worker.close(2_000);
    await queues.close();
  });
  return { queues, worker, log };
}

async function connect(db: Database): Promise<{ companyId: number; connectionId: number; flowId: bigint }> {
  const company = await db.prisma.company.create({ data: { name: 'Test company' } });
  const connection = await db.prisma.connection.create({
    data: { companyId: company.id, name: 'Test shop', environment: 'simulator', status: 'active' },
  });
  await ensureFlows(db.prisma, { flows: productFlows, connectionId: connection.id, now: new Date() });
  await db.prisma.flow.deleteMany({ where: { connectionId: connection.id, name: { not: 'pull-orders' } } });
  const flow = await db.prisma.flow.findFirstOrThrow({ where: { connectionId: connection.id } });
  return { companyId: company.id, connectionId: connection.id, flowId: flow.id };
}

async function suite(t: Test, redisUrl: string | undefined): Promise<void> {
  await t.test('the beat finds what is due, and a click is served at once', async (t) => {
    const place = await openPlace(t, redisUrl);
    const { companyId, flowId } = await connect(place.db);
    let runs = 0;
    const { queues } = await startIn(
      t,
      place,
      async () => {
        runs++;
        return { counts: { exported: 1 } };
      },
      { options: { ...quick, beatSeconds: 60 } },
    );
    await until('the first run', () => runs === 1);
    const { lane } = await requestRun(place.db.prisma, {
      flows: productFlows,
      companyId,
      flowId,
      now: new Date(),
    });
    await queues.wakeNow({ kind: 'flow', id: flowId, lane });
    await until('the run after the click', () => runs === 2, 5_000);
    t.match(await queues.health(), { ok: true, problem: null });
    t.equal(queues.store, redisUrl ? 'redis' : 'postgres');
  });

  await t.test('what cannot wait for the hour is looked at when the first worker starts', async (t) => {
    const place = await openPlace(t, redisUrl);
    let looks = 0;
    const broken = { name: 'broken', run: () => Promise.reject(new Error('no')) };
    const look = { name: 'look', run: async () => ++looks };
    const { log } = await startIn(t, place, async () => ({ counts: {} }), { minuteSweeps: [broken, look] });
    await until('the look', () => looks > 0, 5_000);
    t.match(
      log.lines.find(({ level }) => level === 'error'),
      { facts: { task: 'broken' } },
      'one that fails stops no other',
    );
  });

  await t.test('a row is on the queue once, however often it is handed out', async (t) => {
    const place = await openPlace(t, redisUrl);
    const { flowId } = await connect(place.db);
    const gate = latch();
    let calls = 0;
    const { queues } = await startIn(t, place, async () => {
      calls++;
      await gate.opened;
      return { counts: {} };
    });
    await until('the first run', () => calls === 1);
    for (let i = 0; i < 20; i++) await queues.wake([{ kind: 'flow', id: flowId, lane: 'urgent', turn: 7n }]);
    gate.open();
    const row = () => place.db.prisma.flow.findUniqueOrThrow({ where: { id: flowId } });
    await until('the end of the run', async () => (await row()).lastFinishedAt !== null);
    t.equal(calls, 1);
  });

  await t.test('a queue that is wiped in the middle of it loses nothing', async (t) => {
    const place = await openPlace(t, redisUrl);
    const pulled = new Map<number, number>();
    const gate = latch();
    const first = latch();
    const { queues } = await startIn(t, place, async (run) => {
      first.open();
      await gate.opened;
      pulled.set(run.connectionId, (pulled.get(run.connectionId) ?? 0) + 1);
      return { counts: { exported: 1 } };
    });
    const shops = await Promise.all(Array.from({ length: 12 }, () => connect(place.db)));
    await first.opened;
    const claimed = () => place.db.prisma.flow.count({ where: { claimedUntil: { not: null } } });
    await until(
      'the others to be on the queue',
      async () => (await claimed()) === 12 - quick.concurrency.urgent,
    );
    await place.wipe();
    gate.open();
    // The claims of the lost jobs end by themselves; here that is hurried.
    await place.db.prisma.flow.updateMany({ data: { claimedUntil: null } });
    await until('every shop to be pulled', () => pulled.size === 12);
    t.same(new Set(pulled.keys()), new Set(shops.map((shop) => shop.connectionId)));
    t.ok(
      [...pulled.values()].every((count) => count === 1),
      'and none twice',
    );
    t.equal((await queues.health()).ok, true);
  });

  await t.test('an urgent job does not wait behind a background lane that is full', async (t) => {
    const place = await openPlace(t, redisUrl);
    const full = latch();
    const gate = latch();
    let urgent = 0;
    const { queues } = await startIn(t, place, async (run) => {
      const { lane } = await place.db.prisma.flow.findUniqueOrThrow({ where: { id: run.flowId } });
      if (lane === 'urgent') urgent++;
      else {
        full.open();
        await gate.opened;
      }
      return { counts: {} };
    });
    for (let i = 0; i < 10; i++) {
      const { flowId } = await connect(place.db);
      await place.db.prisma.flow.update({ where: { id: flowId }, data: { lane: 'background' } });
      await queues.wakeNow({ kind: 'flow', id: flowId, lane: 'background' });
    }
    await full.opened;
    const { flowId } = await connect(place.db);
    await queues.wakeNow({ kind: 'flow', id: flowId, lane: 'urgent' });
    await until('the urgent run', () => urgent > 0, 5_000);
    gate.open();
    t.ok(urgent > 0);
  });

  await t.test(
    'closing waits for what is at work, and stops it at its next safe point after the deadline',
    async (t) => {
      const place = await openPlace(t, redisUrl);
      const { flowId } = await connect(place.db);
      const begun = latch();
      const { worker } = await startIn(t, place, async (run) => {
        begun.open();
        await new Promise((resolve) => {
          run.signal.addEventListener('abort', resolve, { once: true });
        });
        return { counts: { exported: 1 }, more: true };
      });
      await begun.opened;
      await worker.close(200);
      const row = await place.db.prisma.flow.findUniqueOrThrow({ where: { id: flowId } });
      t.equal(row.leaseUntil, null, 'let go, so that another worker goes on at once');
      t.ok(row.nextAttemptAt <= new Date());
    },
  );

  await t.test(
    'a worker that is killed in the middle of a page, or of a call, is taken over without loss',
    async (t) => {
      const place = await openPlace(t, redisUrl);
      const { db } = place;
      await db.pool.query('CREATE TABLE pulled_pages (page int); CREATE TABLE shop_calls (parcel text)');
      const { flowId, companyId, connectionId } = await connect(db);
      // Once now, and not again when the clock strikes a quarter.
      await db.prisma.flow.updateMany({ data: { schedule: '0 0 1 1 *' } });
      const flow = () => db.prisma.flow.findUniqueOrThrow({ where: { id: flowId } });
      const prefix = `kill${++prefixes}`;
      /** The queue notices within a minute by itself that a worker is dead, and a claim ends; here both are hurried. */
      const kill = async (worker: WorkerProcess): Promise<void> => {
        worker.child.kill('SIGKILL');
        await place.wipe();
        await db.prisma.flow.updateMany({ data: { claimedUntil: null } });
        await db.prisma.outboxEntry.updateMany({ data: { claimedUntil: null } });
      };

      const first = await startProcess(t, place, prefix, 'page 6');
      await first.line('hangs at page 6');
      await kill(first);

      const sendParcel = async (parcel: string): Promise<bigint> => {
        const wanted = {
          companyId,
          connectionId,
          effect: 'ship',
          naturalKey: parcel,
          orderingKey: parcel,
        } as const;
        return (await enqueueEffect(db.prisma, { ...wanted, payload: { parcel }, lane: 'urgent' })).id;
      };
      const before = await sendParcel('before');
      const second = await startProcess(t, place, prefix, 'before the call');
      await second.line('hangs at before the call');
      await kill(second);

      const after = await sendParcel('after');
      const third = await startProcess(t, place, prefix, 'after the call');
      await third.line('hangs at after the call');
      await kill(third);

      await startProcess(t, place, prefix, '');
      const state = async (id: bigint) =>
        (await db.prisma.outboxEntry.findUniqueOrThrow({ where: { id } })).state;
      await until(
        'the end of both effects',
        async () => (await state(before)) === 'done' && (await state(after)) === 'done',
        60_000,
      );
      // A worker that was killed between the last page and the end of its run leaves nothing to do to the next one.
      await until('the end of the run', async () => (await flow()).lastSuccessAt !== null, 60_000);
      const pages = await db.pool.query<{ page: number }>('SELECT page FROM pulled_pages ORDER BY page');
      t.same(
        pages.rows.map((row) => row.page),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
      const calls = await db.pool.query<{ parcel: string }>('SELECT parcel FROM shop_calls ORDER BY parcel');
      t.same(
        calls.rows.map((row) => row.parcel),
        ['after', 'before'],
      );
    },
  );
}

interface WorkerProcess {
  child: ChildProcess;
  /** Waits for the process to print this line. */
  line(text: string): Promise<void>;
}

async function startProcess(t: Test, place: Place, prefix: string, hangAt: string): Promise<WorkerProcess> {
  const program = fileURLToPath(new URL('./pages-worker.js', import.meta.url));
  const { REDIS_URL: _unset, ...env } = process.env;
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...env,
      DATABASE_URL: place.url,
      HANG_AT: hangAt,
      QUEUE_PREFIX: prefix,
      ...(place.redisUrl ? { REDIS_URL: place.redisUrl } : {}),
    },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines = new Set<string>();
  createInterface({ input: child.stdout }).on('line', (text) => lines.add(text));
  return { child, line: (text) => until(`"${text}"`, () => lines.has(text), 60_000) };
}

// Each has stores and processes of its own, and mostly waits for them.
t.jobs = 3;
void t.test('on PostgreSQL', { buffered: true }, (t) => suite(t, undefined));

const redisUrl = await testRedisUrl(t);
void t.test(
  'on Redis',
  {
    skip: redisUrl ? false : 'no redis-server on the PATH, and REDIS_URL_FOR_TESTS is not set',
    buffered: true,
  },
  (t) => suite(t, redisUrl ?? undefined),
);

void t.test(
  'a process ends soon when its Redis is killed and replaced just then',
  { buffered: true },
  async (t) => {
    const redis = await startRedis(t);
    if (redis) {
      const running = await startProcess(t, await openPlace(t, redis.url), 'replaced', 'nowhere');
      await running.line('ready');
      await redis.kill();
      const ended = once(running.child, 'exit') as Promise<[number]>;
      const startedAt = Date.now();
      running.child.kill('SIGTERM');
      t.ok(await startRedis(t, redis.port));
      t.strictSame((await ended)[0], 0);
      const seconds = (Date.now() - startedAt) / 1000;
      t.ok(seconds < 20, `ended after ${seconds} s`);
    } else t.pass('no redis-server on the PATH');
  },
);

void t.test(
  'a Redis that would forget its jobs is named',
  { skip: redisUrl ? false : 'no Redis', buffered: true },
  async (t) => {
    const queues = openQueues({
      redisUrl: redisUrl ?? '',
      databaseUrl: '',
      consumes: false,
      log: recordingLog(),
    });
    const redis = new Redis(redisUrl ?? '');
    t.teardown(async () => {
      await queues.close();
      redis.disconnect();
    });
    await redis.config('SET', 'appendonly', 'no');
    t.match(await queues.health(), { ok: true, problem: /appendonly/ });
    await redis.config('SET', 'appendonly', 'yes');
    t.match(await queues.health(), { ok: true, problem: null });
  },
);

void t.test(
  'a queue store that does not answer fails nobody who only wakes it',
  { buffered: true },
  async (t) => {
    const log = recordingLog();
    const queues = openQueues({ redisUrl: 'redis://127.0.0.1:1', databaseUrl: '', consumes: false, log });
    t.teardown(() => queues.close());
    await queues.wakeNow({ kind: 'flow', id: 1n, lane: 'urgent' });
    t.match(await queues.health(), { store: 'redis', ok: false, problem: /does not answer/ });
    t.ok(log.lines.some((line) => line.level === 'warn'));
  },
);

void t.test(
  'a queue store that does not answer holds up nobody who hands out what is due',
  { buffered: true },
  async (t) => {
    const queues = openQueues({
      redisUrl: 'redis://127.0.0.1:1',
      databaseUrl: '',
      consumes: false,
      log: recordingLog(),
    });
    t.teardown(() => queues.close());
    await t.rejects(queues.wake([{ kind: 'flow', id: 1n, lane: 'urgent', turn: 0n }]), /no answer in time/);
  },
);

void t.test(
  'queues that were opened while PostgreSQL was away work when it is back',
  { buffered: true },
  async (t) => {
    const { url } = await openPlace(t, undefined);
    const door = await openDoor(t, url);
    const log = recordingLog();
    for (const state of ['closed', 'silent'] as const) {
      await door.set(state);
      const queues = openQueues({ databaseUrl: door.urlOf(url), prefix: state, consumes: true, log });
      t.teardown(() => queues.close());
      const done: unknown[] = [];
      const consuming = queues.consume('urgent', 1, async (payload) => void done.push(payload));
      t.teardown(() => consuming.close());
      await queues.wakeNow({ kind: 'flow', id: 1n, lane: 'urgent' });
      await until('a failure', () => log.lines.some(({ message }) => message === 'queue store error'));

      await door.set('open');
      const takes = async (): Promise<boolean> => {
        await queues.wakeNow({ kind: 'flow', id: 2n, lane: 'urgent' });
        return done.length > 0;
      };
      await until('the queue to take something', takes, 15_000, 500);
      const before = log.lines.length;
      await queues.wakeNow({ kind: 'flow', id: 3n, lane: 'urgent' });
      await until('the last job', () => done.some((payload) => (payload as { id: string }).id === '3'));
      t.equal(log.lines.length, before, 'and nothing complains any more');
    }
    t.ok(log.lines.length < 200, `it was asked with pauses: ${log.lines.length} lines`);
  },
);
