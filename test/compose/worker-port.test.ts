/** A worker can be watched as an api can. */
import t from 'tap';
import { DEFAULT_WORKER_PORT, openWorkerPort } from '../../src/compose/worker-port.js';
import { createPulse } from '../../src/jobs/worker-pulse.js';
import { DEMO_APP_KEY, DEMO_APP_SECRET, DEMO_SERVICE_ID } from '../../src/simulator/options.js';
import { simulatorAppOf } from '../../src/compose/simulator-app.js';
import { loadConfig } from '../../src/config/config.js';
import { recordingLog } from '../support/logs.js';
import { harborGoods } from '../support/connect-shop.js';
import { freePort, startProcess } from '../support/service-process.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';

t.setTimeout(170_000);

interface Ready {
  status: string;
  checks: { name: string; ok: boolean }[];
}

async function ready(url: string): Promise<{ code: number; body: Ready }> {
  const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(10_000) });
  return { code: response.status, body: (await response.json()) as Ready };
}

await t.test('a worker says that it lives and works, and counts its calls to TikTok', async (t) => {
  const service = await startService(t, { roles: 'apart' });
  const port = await freePort();
  // A second worker, so that the port that is looked at is a real one of a real process.
  const url = `http://127.0.0.1:${port}`;
  const worker = startProcess(t, { ...service.environment, ROLE: 'worker', WORKER_PORT: String(port) });
  await until(
    'the worker',
    () =>
      fetch(`${url}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      ),
    60_000,
    50,
  );
  await until('readiness', async () => (await ready(url)).code === 200, 30_000, 100);
  const { body } = await ready(url);
  t.same(
    body.checks.map(({ name, ok }) => [name, ok]),
    [
      ['postgresql', true],
      ['queue on postgres', true],
      ['consumers', true],
      ['beat', true],
    ],
  );
  t.equal((await fetch(`${url}/api/v3/Orders`)).status, 404, 'and nothing else is there');
  t.equal((await fetch(`${url}/connections`)).status, 404);

  const shop = await service.connectShop(harborGoods);
  const page = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  // Two workers share the work: sooner or later this one has a pull.
  await until(
    'a pull of this worker in its metrics',
    async () => {
      await shop.pullOrders();
      return /connector_tiktok_call_seconds_count\{endpoint="POST \/order\/\d+\/orders\/search"/.test(
        await page(),
      );
    },
    90_000,
    200,
  );
  // The beat that has asked for the pull may still be under way.
  await until(
    'the end of a beat',
    async () =>
      /connector_job_seconds_count\{kind="beat",lane="urgent",outcome="ended"\} [1-9]/.test(await page()),
    30_000,
    200,
  );
  t.match(await page(), 'connector_outbox_oldest_seconds');

  // Stopped, as a process that hangs: whoever asks gets no answer, and so knows.
  worker.signal('SIGSTOP');
  await t.rejects(fetch(`${url}/health/live`, { signal: AbortSignal.timeout(1_500) }));
  worker.signal('SIGCONT');
  await until('the worker again', async () => (await ready(url)).code === 200, 60_000, 200);
  worker.signal('SIGTERM');
  t.equal(await worker.ended, 0);
});

await t.test('a worker without its database, or whose consumers have ended, is not ready', async (t) => {
  const { workerReadinessOf } = await import('../../src/compose/readiness.js');
  const db = { pool: { query: () => Promise.reject(new Error('gone')) } } as never;
  const queues = { health: async () => ({ store: 'redis', ok: true, problem: null }) } as never;
  const checks = await workerReadinessOf(db, queues, { consumers: false, beat: false });
  t.same(
    checks.map(({ name, ok }) => [name, ok]),
    [
      ['postgresql', false],
      ['queue on redis', true],
      ['consumers', false],
      ['beat', false],
    ],
  );
});

await t.test(
  'a beat that comes is regular; one that is missed again and again, or never asked for, is not',
  async (t) => {
    const pulse = createPulse(1, 20_000);
    pulse.kept(true);
    t.ok(pulse.isRegular(), 'whoever starts first finds none');
    pulse.kept(true);
    t.ok(pulse.isRegular(), 'a wiped queue loses one');
    pulse.kept(true);
    t.notOk(pulse.isRegular(), 'nobody works it off');
    pulse.beaten();
    t.ok(pulse.isRegular());
    const before = performance.now.bind(performance);
    t.teardown(() => (performance.now = before));
    performance.now = () => before() + 31_000;
    t.notOk(pulse.isRegular(), 'the queue store has not answered for long');
  },
);

await t.test('a port that was asked for has to be free; the default one is done without', async (t) => {
  const log = recordingLog();
  const deps = { log, readiness: async () => [] };
  const first = await openWorkerPort({ host: '127.0.0.1', workerPort: 0 }, deps);
  t.teardown(() => first?.server.close());
  const port = Number(new URL(first!.url).port);
  await t.rejects(openWorkerPort({ host: '127.0.0.1', workerPort: port }, deps), {
    code: 'configuration-invalid',
    message: new RegExp(`Port ${port} .*in use.*WORKER_PORT`),
  });
  const opened = await Promise.all(
    [1, 2].map(() => openWorkerPort({ host: '127.0.0.1', workerPort: null }, deps)),
  );
  for (const one of opened) if (one) t.teardown(() => one.server.close());
  t.ok(
    opened.filter((one) => one !== null).every(({ url }) => url.endsWith(`:${DEFAULT_WORKER_PORT}`)),
    'one has the port',
  );
  t.ok(opened.includes(null), 'the other works without');
});

await t.test("every role finds the simulator's own app where a simulator is allowed", async (t) => {
  const own = { appKey: DEMO_APP_KEY, appSecret: DEMO_APP_SECRET, serviceId: DEMO_SERVICE_ID };
  const key = `k:${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')}`;
  const environment = { DATABASE_URL: 'postgresql://a:b@db/c', ENCRYPTION_KEYS: key };
  for (const ROLE of ['all', 'api', 'worker']) {
    t.match(simulatorAppOf(loadConfig({ ...environment, ROLE, ALLOW_SIMULATOR: 'true' })), own);
    t.equal(simulatorAppOf(loadConfig({ ...environment, ROLE })), null, 'and nowhere else');
  }
  const given = { SIMULATOR_APP_KEY: 'a', SIMULATOR_APP_SECRET: 'b', SIMULATOR_SERVICE_ID: 'c' };
  t.match(simulatorAppOf(loadConfig({ ...environment, ...given, ALLOW_SIMULATOR: 'true' })), {
    appKey: 'a',
    appSecret: 'b',
    serviceId: 'c',
  });
});
