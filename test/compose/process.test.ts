import { connectionSubject } from '../../src/sync/subjects/connection-subject.js';
import { subjectKindOf } from '../../src/sync/flows/flow-catalogue.js';
import { productFlows } from '../../src/compose/product-flows.js';
import t from 'tap';
import { compose } from '../../src/compose/compose.js';
import { readinessOf } from '../../src/compose/readiness.js';
import { loadConfig } from '../../src/config/config.js';
import { openQueues } from '../../src/jobs/queues.js';
import { openDatabase } from '../../src/store/database.js';
import { recordingLog } from '../support/logs.js';
import { testApi } from '../support/api.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { openServiceWorld } from '../support/service-world.js';

await t.test(
  'who asks whether the service is ready learns which part is not, and not where it is',
  async (t) => {
    const gone = openDatabase({
      url: 'postgresql://harbor_user:hunter2@127.0.0.1:1/harbor_orders',
      applicationName: 'test',
    });
    const log = recordingLog();
    const queues = openQueues({
      redisUrl: 'redis://:hunter3@127.0.0.1:1',
      databaseUrl: '',
      consumes: false,
      log,
    });
    t.teardown(async () => {
      await queues.close();
      await gone.close();
    });
    await t.rejects(
      gone.pool.query('SELECT 1'),
      { message: /127\.0\.0\.1:1/ },
      'what PostgreSQL’s driver says',
    );
    const { app } = await testApi(t, await testDatabase(t), { readiness: () => readinessOf(gone, queues) });
    const answer = await app.inject('/health/ready');
    t.equal(answer.statusCode, 503);
    t.same(
      answer.json().checks.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok]),
      [
        ['postgresql', false],
        ['queue on redis', false],
      ],
    );
    t.notMatch(answer.body, /127\.0|:1\b|hunter|harbor|ECONN/i);
    t.equal((await app.inject('/health/live')).statusCode, 200, 'the process itself is well');
  },
);

await t.test('a connection from before a flow existed has it when a worker has started', async (t) => {
  const { db, environment } = await openServiceWorld(t);
  const [old, closed] = [await createSeller(db, 'Old'), await createSeller(db, 'Gone')];
  const setStatus = (id: number, status: string) =>
    db.prisma.connection.update({ where: { id }, data: { status } });
  // Paused, so that nothing runs and moves what is looked at.
  await setStatus(old.connectionId, 'paused');
  await setStatus(closed.connectionId, 'closed');
  await db.prisma.flow.deleteMany();
  const known = {
    connectionId: old.connectionId,
    subjectId: old.connectionId,
    name: 'pull-orders',
    lane: 'urgent',
    schedule: '5 5 * * *',
    enabled: false,
    nextAttemptAt: new Date('2100-01-01T00:00:00Z'),
  };
  await db.prisma.flow.create({ data: known });

  const config = loadConfig({ ...environment, ROLE: 'worker' });
  const worker = await compose({ config, log: recordingLog() });
  t.teardown(() => worker.close());
  await worker.start();
  const flows = await db.prisma.flow.findMany({ orderBy: { name: 'asc' } });
  t.same(
    flows.map(({ connectionId, name, lane }) => ({ connectionId, name, lane })),
    [...productFlows.values()]
      .filter((flow) => subjectKindOf(flow) === connectionSubject)
      .map(({ name, lane }) => ({ connectionId: old.connectionId, name, lane }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    'all that shops have; a closed connection has none',
  );
  t.match(
    flows.find(({ name }) => name === 'pull-orders'),
    known,
    'the one that was there stays as it was set',
  );
  t.ok(
    flows.every(({ name, nextAttemptAt }) => name === 'pull-orders' || nextAttemptAt <= new Date()),
    'the new ones are due',
  );
});
