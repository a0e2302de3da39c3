import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { demoApp } from '../../src/simulator/options.js';
import { startRedis } from '../jobs/redis.js';
import { connectShop, harborGoods } from '../support/connect-shop.js';
import { openDoor, type Door } from '../support/door.js';
import { createErp, type Erp } from '../support/erp.js';
import { freePort, startProcess, type ServiceProcess } from '../support/service-process.js';
import { openServiceWorld, TEST_APPLICATION, type ServiceWorld } from '../support/service-world.js';
import { until } from '../support/waiting.js';

const WAITS = 'the database does not answer yet; the start waits for it';
/** A job that was at work when its connection broke is given to somebody else after a minute at most. */
const RECOVERS_WITHIN_MS = 100_000;

// Each has a service, a database and a TikTok of its own, and mostly waits for them.
t.jobs = 3;

interface Place extends ServiceWorld {
  url: string;
  erp: Erp;
  /** In front of the database. */
  door: Door;
  start(more?: Record<string, string>): ServiceProcess;
}

async function openPlace(t: Test, redisUrl: string | null = null): Promise<Place> {
  const world = await openServiceWorld(t, { redisUrl });
  const door = await openDoor(t, world.databaseUrl);
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  world.simulator.control.putApp(demoApp(`${url}/connections/callback`));
  const environment = { ...world.environment, DATABASE_URL: door.urlOf(world.databaseUrl), PORT: port };
  const start: Place['start'] = (more) =>
    startProcess(t, { ...environment, LEASE_SECONDS: '10', BEAT_SECONDS: '5', ...more });
  return { ...world, url, door, start, erp: createErp(url, world.key) };
}

function serves({ url }: Place): Promise<boolean> {
  return fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The API takes a request for every flow, and the worker answers them all. */
async function works({ db, erp }: Place): Promise<void> {
  const { rows } = await db.pool.query<{ at: Date }>('SELECT now() AS at');
  const allRan = async (): Promise<boolean> => {
    await erp.triggerAll().catch(() => undefined);
    await db.pool.query(
      'UPDATE flows SET claimed_until = NULL, next_attempt_at = LEAST(next_attempt_at, now())',
    );
    const { rowCount } = await db.pool.query(
      'SELECT 1 FROM flows WHERE last_success_at IS NULL OR last_success_at <= $1',
      [rows[0]?.at],
    );
    return rowCount === 0;
  };
  await until('a run of every flow', allRan, RECOVERS_WITHIN_MS, 500);
}

void t.test(
  'a start waits for its database, says so, and serves and works when it is there',
  { buffered: true },
  async (t) => {
    const place = await openPlace(t);
    await place.door.set('closed');
    const started = place.start();
    await until('the first complaint', () => started.lines.some((line) => line.includes(WAITS)), 30_000);
    await place.door.set('silent');
    await sleep(500);
    await place.door.set('open');
    await until('the api', () => serves(place), RECOVERS_WITHIN_MS, 100);
    await connectShop(place, harborGoods);
    await works(place);
    started.signal('SIGTERM');
    t.equal(await started.ended, 0);
  },
);

void t.test('a start that is told to end while it waits ends in order', { buffered: true }, async (t) => {
  const place = await openPlace(t);
  await place.door.set('closed');
  const started = place.start();
  await until('the first complaint', () => started.lines.some((line) => line.includes(WAITS)), 30_000);
  started.signal('SIGTERM');
  t.equal(await started.ended, 0);
  t.notOk(started.lines.some((line) => line.includes('Could not start')));
});

void t.test(
  'nobody ends because his connections are cut again and again, and all go on',
  { buffered: true },
  async (t) => {
    const place = await openPlace(t);
    const started = place.start();
    const cut = async (): Promise<void> => {
      await place.db.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name <> $1 AND pid <> pg_backend_pid()`,
        [TEST_APPLICATION],
      );
    };
    /** Every 20 ms, from the first connection of a start on: as often in the middle of something as in between. */
    const cutFor = async (seconds: number): Promise<void> => {
      for (const end = Date.now() + seconds * 1_000; Date.now() < end; await sleep(20)) await cut();
    };
    await until(
      'the first connection',
      async () => started.lines.length > 0 || (await hasVisitors(place)),
      30_000,
    );
    await cutFor(2);
    await until('the api', () => serves(place), RECOVERS_WITHIN_MS, 100);
    await connectShop(place, harborGoods);

    const stop = new AbortController();
    const answers = new Set<number>();
    const asking = Array.from({ length: 4 }, async () => {
      while (!stop.signal.aborted) {
        await place.erp.triggerAll().catch(() => undefined);
        const answer = await fetch(`${place.url}/api/v3/Orders`, { headers: { SubscriptionKey: place.key } });
        await answer.text();
        answers.add(answer.status);
      }
    });
    await cutFor(3);
    stop.abort();
    await Promise.all(asking);
    await works(place);
    t.ok(started.running(), started.lines.slice(-5).join('\n'));
    t.same(
      [...answers].filter((status) => status !== 200 && status !== 503),
      [],
      'what it cannot do, it says',
    );
    started.signal('SIGTERM');
    t.equal(await started.ended, 0);
  },
);

async function hasVisitors({ db }: Place): Promise<boolean> {
  const { rowCount } = await db.pool.query(
    'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name <> $1',
    [TEST_APPLICATION],
  );
  return rowCount !== 0;
}

void t.test(
  'a process whose database is silent ends in time, and in order',
  { buffered: true },
  async (t) => {
    const place = await openPlace(t);
    const started = place.start({ SHUTDOWN_SECONDS: '2' });
    await until('the api', () => serves(place), RECOVERS_WITHIN_MS, 100);
    await connectShop(place, harborGoods);
    await place.door.set('silent');
    const asked = place.erp.triggerAll().catch(() => undefined);
    await sleep(1_500);
    started.signal('SIGINT');
    // SHUTDOWN_SECONDS and ten more: what takes longer ends itself with code 1.
    t.equal(await started.ended, 0, started.lines.slice(-3).join('\n'));
    await asked;
  },
);

void t.test(
  'the API serves while Redis is away, and the worker begins when it is there',
  { buffered: true },
  async (t) => {
    const redis = await startRedis(t);
    if (redis) {
      const place = await openPlace(t, redis.url);
      await redis.kill();
      const started = place.start();
      await until(
        'the api',
        () => started.lines.some((line) => line.includes('"listening"')),
        RECOVERS_WITHIN_MS,
        100,
      );
      await connectShop(place, harborGoods);
      t.ok(await startRedis(t, redis.port));
      await works(place);
      started.signal('SIGTERM');
      t.equal(await started.ended, 0);
    } else t.pass('no redis-server on the PATH');
  },
);
