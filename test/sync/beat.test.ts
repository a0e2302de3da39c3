import { productFlows } from '../../src/compose/product-flows.js';
import t from 'tap';
import { connectionSubject } from '../../src/sync/subjects/connection-subject.js';
import { subjectRows } from '../../src/sync/subjects/subject-kind.js';
import { beat, type BeatDeps, type DueWork, type Wake } from '../../src/sync/beat.js';
import { type FlowHandler } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { keepHouse } from '../../src/sync/housekeeping.js';
import { effectRegistry, enqueueEffect, type EffectDefinition } from '../../src/sync/effects/outbox.js';
import { runFlow } from '../../src/sync/flows/run-flow.js';
import { readSyncStats } from '../../src/sync/flows/sync-stats.js';
import { MINUTE_MS } from '../../src/kernel/time.js';
import { world } from './world.js';

const w = await world(t, { prismaConnections: 12 });
const ship: EffectDefinition = {
  name: 'ship',
  lane: 'urgent',
  resendSafe: false,
  send: async () => null,
  readBack: async () => ({ state: 'not-done' }),
  settle: async () => undefined,
};
const effects = effectRegistry([ship]);

function beatDeps(more: Partial<BeatDeps> = {}): BeatDeps & { woken: DueWork[] } {
  const woken: DueWork[] = [];
  return {
    ...w,
    flows: productFlows,
    effects,
    woken,
    wake: async (work) => void woken.push(...work),
    ...more,
  };
}
const idsOf = (deps: { woken: DueWork[] }, kind: Wake['kind']) =>
  deps.woken.filter((wake) => wake.kind === kind).map((wake) => wake.id);
const forgetClaims = async (): Promise<void> => {
  await w.db.prisma.flow.updateMany({ data: { claimedUntil: null } });
  await w.db.prisma.outboxEntry.updateMany({ data: { claimedUntil: null } });
};
const handlers = new Map<string, FlowHandler>([['pull-orders', async () => ({ counts: {} })]]);
const closeAll = () => w.db.prisma.connection.updateMany({ data: { status: 'closed' } });

await t.test('what is due is handed out once, however many beats look at the same time', async (t) => {
  const flows = await Promise.all(Array.from({ length: 25 }, () => w.connect()));
  const deps = beatDeps({ batchSize: 4 });
  const reports = await Promise.all(Array.from({ length: 5 }, () => beat(deps)));
  t.equal(
    reports.reduce((sum, report) => sum + report.flows, 0),
    25,
  );
  t.same(new Set(idsOf(deps, 'flow')), new Set(flows.map((flow) => flow.flowId)));
  t.same(await beat(deps), { flows: 0, outbox: 0 }, 'nothing is left');
  t.match(deps.woken[0], { kind: 'flow', lane: 'urgent' });
  await closeAll();
});

await t.test(
  'what was handed out and lost with the queue is handed out again when the claim has ended',
  async (t) => {
    const { flowId } = await w.connect();
    const lostDeps = beatDeps({
      wake: async () => {
        throw new Error('the queue is gone');
      },
    });
    await t.rejects(beat(lostDeps), /queue is gone/);
    await w.db.prisma.flow.update({ where: { id: flowId }, data: { claimedUntil: new Date(0) } });
    const deps = beatDeps();
    await beat(deps);
    t.same(idsOf(deps, 'flow'), [flowId]);
    const row = await w.db.prisma.flow.findUniqueOrThrow({ where: { id: flowId } });
    t.ok(
      (row.claimedUntil?.getTime() ?? Infinity) < Date.now() + MINUTE_MS,
      'claims end before the next beat',
    );
    await closeAll();
  },
);

await t.test('only flows that are due, on, known and of active connections are handed out', async (t) => {
  const due = await w.connect();
  const paused = await w.connect('paused');
  const later = await w.connect();
  const running = await w.connect();
  const off = await w.connect();
  const clicked = await w.connect();
  const foreign = await w.connect();
  const change = (id: bigint, data: object) => w.db.prisma.flow.update({ where: { id }, data });
  await change(later.flowId, { nextAttemptAt: new Date(w.clock.at.getTime() + MINUTE_MS) });
  await change(running.flowId, { leaseUntil: new Date(Date.now() + MINUTE_MS) });
  await change(off.flowId, { enabled: false });
  await change(clicked.flowId, { enabled: false, nextAttemptAt: new Date(w.clock.at.getTime() + MINUTE_MS) });
  await change(foreign.flowId, { name: 'of-another-version' });
  await requestRun(w.db.prisma, {
    flows: productFlows,
    companyId: w.companyId,
    flowId: clicked.flowId,
    now: w.clock.now(),
  });
  const deps = beatDeps();
  await beat(deps);
  t.same(new Set(idsOf(deps, 'flow')), new Set([due.flowId, clicked.flowId]));
  await w.db.prisma.connection.update({ where: { id: paused.connectionId }, data: { status: 'active' } });
  const again = beatDeps();
  await beat(again);
  t.same(idsOf(again, 'flow'), [paused.flowId], 'a connection that is active again goes on by itself');
  await closeAll();
});

await t.test(
  'of each order only the first effect is handed out; what a crash left behind is too',
  async (t) => {
    const { connectionId } = await w.connect();
    const enqueue = async (naturalKey: string, orderingKey: string, data: object = {}): Promise<bigint> => {
      const wanted = {
        companyId: w.companyId,
        connectionId,
        effect: 'ship',
        payload: {},
        lane: 'urgent',
      } as const;
      const { id } = await enqueueEffect(w.db.prisma, { ...wanted, naturalKey, orderingKey });
      await w.db.prisma.outboxEntry.update({
        where: { id },
        data: { nextAttemptAt: w.clock.now(), ...data },
      });
      return id;
    };
    const first = await enqueue('1', 'order 1');
    await enqueue('2', 'order 1');
    const crashed = await enqueue('3', 'order 2', { state: 'sending', leaseUntil: new Date(0) });
    await enqueue('4', 'order 3', { state: 'sending', leaseUntil: new Date(Date.now() + MINUTE_MS) });
    await enqueue('5', 'order 4', { state: 'done' });
    await enqueue('6', 'order 5', { effect: 'of-another-version' });
    const waits = await enqueue('7', 'order 6', { state: 'needs_person' });
    const behind = await enqueue('8', 'order 6');
    const deps = beatDeps();
    await beat(deps);
    t.same(new Set(idsOf(deps, 'outbox')), new Set([first, crashed, behind]));
    t.notOk(idsOf(deps, 'outbox').includes(waits));

    const stats = await readSyncStats(w.db.prisma, w.clock.now(), productFlows);
    t.same(stats.outbox, [
      { state: 'needs_person', lane: 'urgent', count: 1 },
      { state: 'pending', lane: 'urgent', count: 4 },
      { state: 'sending', lane: 'urgent', count: 2 },
    ]);
    t.equal(stats.flows.due, 1);
    await w.db.prisma.outboxEntry.deleteMany();
    await closeAll();
  },
);

await t.test('stats show how far behind the flows are', async (t) => {
  const { flowId } = await w.connect();
  w.clock.pass(90_000);
  const behind = await readSyncStats(w.db.prisma, w.clock.now(), productFlows);
  t.match(behind, { flows: { due: 1, running: 0 } });
  t.equal(Math.round(behind.oldestDueFlowSeconds), 90);
  await runFlow({ flows: productFlows, ...w, handlers }, flowId);
  t.match(await readSyncStats(w.db.prisma, w.clock.now(), productFlows), {
    flows: { due: 0 },
    oldestDueFlowSeconds: 0,
    outbox: [],
    oldestUnsettledSeconds: 0,
  });
  await closeAll();
});

await t.test(
  'ten thousand shops due in one minute are handed out in order, and an idle beat is cheap',
  async (t) => {
    await w.db.prisma.$executeRaw`
    WITH made AS (
      INSERT INTO connections (company_id, name, environment, status)
      SELECT ${w.companyId}, 'Shop ' || n, 'simulator', 'active' FROM generate_series(1, 10000) n RETURNING id
    ) INSERT INTO flows (subject_id, connection_id, name, lane, next_attempt_at)
      SELECT id, id, 'pull-orders', 'urgent', ${w.clock.now()}::timestamptz - random() * interval '1 minute' FROM made`;
    await forgetClaims();
    const deps = beatDeps();
    t.same(await beat(deps), { flows: 10_000, outbox: 0 });
    t.equal(new Set(deps.woken.map((wake) => wake.id)).size, 10_000);
    await w.db.prisma
      .$executeRaw`UPDATE flows SET next_attempt_at = ${new Date(w.clock.at.getTime() + MINUTE_MS)}`;
    await w.db.prisma.$executeRaw`VACUUM ANALYZE flows, connections`;
    const plan = await w.db.prisma.$queryRaw<{ 'QUERY PLAN': string }[]>`
    EXPLAIN SELECT f.id
    FROM flows f JOIN ${subjectRows([connectionSubject])} s ON s.kind = f.subject_kind AND s.id = f.subject_id
    WHERE s.runs AND f.next_attempt_at <= ${w.clock.now()} AND (f.enabled OR f.requested > f.requested_seen)`;
    t.match(
      plan.map((row) => row['QUERY PLAN']).join('\n'),
      /flows_due_idx/,
      'only what is due is looked at',
    );
    await closeAll();
  },
);

await t.test(
  'housekeeping makes months ahead, drops old ones, and goes on after a task that fails',
  async (t) => {
    const { prisma } = w.db;
    await prisma.$executeRaw`SELECT ensure_month_partitions('2025-01-15Z'::timestamptz, 0)`;
    const old = new Date('2025-01-20T00:00:00Z');
    await prisma.run.create({
      data: { startedAt: old, flowId: 1n, companyId: w.companyId, outcome: 'done', counts: {} },
    });
    const stray = new Date('2024-06-01T00:00:00Z');
    await prisma.run.create({
      data: { startedAt: stray, flowId: 1n, companyId: w.companyId, outcome: 'done', counts: {} },
    });
    const swept: string[] = [];
    const done = await keepHouse({
      ...w,
      effects,
      flows: productFlows,
      keepMonths: 13,
      sweeps: [
        { name: 'broken', run: () => Promise.reject(new Error('no')) },
        { name: 'render', run: async () => swept.push('render') },
      ],
    });
    t.match(done, { 'months-dropped': 3, render: 1 });
    t.notOk('broken' in done);
    t.same(swept, ['render']);
    t.equal(await prisma.run.count({ where: { startedAt: { lte: old } } }), 0);
    const next = await prisma.$queryRaw<
      { made: boolean }[]
    >`SELECT to_regclass('runs_202702') IS NOT NULL AS made`;
    t.same(next, [{ made: true }]);
    t.same(
      await keepHouse({ ...w, effects, flows: productFlows, keepMonths: 13 }).then(
        (again) => again['months-dropped'],
      ),
      0,
    );
  },
);

await t.test('effects that no version here knows are told of', async (t) => {
  const { connectionId } = await w.connect();
  await enqueueEffect(w.db.prisma, {
    companyId: w.companyId,
    connectionId,
    effect: 'fly',
    naturalKey: '1',
    orderingKey: '1',
    payload: {},
    lane: 'urgent',
  });
  const done = await keepHouse({ ...w, effects, flows: productFlows, keepMonths: 13 });
  t.equal(done['unknown-effects'], 1);
  t.match(w.log.lines.at(-1), { level: 'error', facts: { effect: 'fly', count: 1 } });
});
