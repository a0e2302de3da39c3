import { pullOrdersFlow } from '../../src/orders/order-flow.js';
import { productFlows } from '../../src/compose/product-flows.js';
import t from 'tap';
import { commandActor, systemActor, type Actor } from '../../src/companies/actor.js';
import { AppError } from '../../src/kernel/errors.js';
import { checkFlows, flowList, subjectKindOf } from '../../src/sync/flows/flow-catalogue.js';
import { connectionOf, connectionSubject } from '../../src/sync/subjects/connection-subject.js';
import { ensureFlows, listFlows, type FlowHandler } from '../../src/sync/flows/flows.js';
import { changeFlow, requestRun } from '../../src/sync/flows/request-run.js';
import { LeaseLost } from '../../src/sync/lease.js';
import { runFlow, type RunFlowDeps } from '../../src/sync/flows/run-flow.js';
import { nextDue } from '../../src/sync/flows/schedule.js';
import type { Tx } from '../../src/store/database.js';
import { MINUTE_MS } from '../../src/kernel/time.js';
import { erpOf } from '../support/actors.js';
import { latch, until } from '../support/waiting.js';
import { world } from './world.js';

const w = await world(t);
const idle: FlowHandler = async () => ({ counts: {} });

function deps(handler: FlowHandler, more: Partial<RunFlowDeps> = {}): RunFlowDeps {
  return {
    ...w,
    flows: productFlows,
    handlers: new Map<string, FlowHandler>([['pull-orders', handler]]),
    ...more,
  };
}

const flowRow = (id: bigint) => w.db.prisma.flow.findUniqueOrThrow({ where: { id } });
const runsOf = (flowId: bigint) => w.db.prisma.run.findMany({ where: { flowId }, orderBy: { id: 'asc' } });

await t.test('a start with a flow that lacks lane, handler or schedule is refused', (t) => {
  const flow = pullOrdersFlow;
  const handlers = new Map<string, FlowHandler>([...productFlows.keys()].map((name) => [name, idle]));
  checkFlows(handlers, productFlows);
  t.throws(() => checkFlows(new Map(), productFlows), {
    code: 'configuration-invalid',
    message: /no handler/,
  });
  t.throws(() => checkFlows(handlers, flowList([{ ...flow, lane: 'none' as never }])), {
    message: /no lane/,
  });
  t.throws(() => checkFlows(handlers, flowList([{ ...flow, schedule: 'often' }])), {
    message: /schedule/,
  });
  t.end();
});

await t.test('a connection keeps its own second within the minute, a whole schedule apart', (t) => {
  const flow = pullOrdersFlow;
  const seconds = new Set<number>();
  for (let id = 1; id <= 200; id++) {
    const first = nextDue(flow.schedule, flow, connectionOf(id), new Date('2026-11-23T12:00:00Z'));
    const second = nextDue(flow.schedule, flow, connectionOf(id), first);
    t.equal(second.getTime() - first.getTime(), 15 * MINUTE_MS);
    t.equal(first.getUTCMinutes() % 15, 0);
    seconds.add(first.getUTCSeconds());
  }
  t.ok(seconds.size > 40, 'spread over the minute');
  t.end();
});

await t.test('two runners, one lease: the second finds nothing to do', async (t) => {
  const { flowId } = await w.connect();
  const entered = latch();
  const leave = latch();
  const first = runFlow(
    deps(async () => {
      entered.open();
      await leave.opened;
      return { counts: { exported: 2, unchanged: 5 } };
    }),
    flowId,
  );
  await entered.opened;
  t.equal((await runFlow(deps(idle), flowId)).outcome, 'not-due');
  leave.open();
  t.same(await first, { outcome: 'done', counts: { exported: 2, unchanged: 5 } });
  t.equal((await runFlow(deps(idle), flowId)).outcome, 'not-due', 'and it is not due again before its time');
  const row = await flowRow(flowId);
  t.ok(row.nextAttemptAt > w.clock.now());
  t.same(
    (await runsOf(flowId)).map((run) => [run.outcome, run.counts]),
    [['done', { exported: 2, unchanged: 5 }]],
  );
});

await t.test('a run without effect leaves no row in the runs', async (t) => {
  const { flowId } = await w.connect();
  t.equal(
    (
      await runFlow(
        deps(async () => ({ counts: { exported: 0, unchanged: 9 } })),
        flowId,
      )
    ).outcome,
    'nothing-to-do',
  );
  t.same(await runsOf(flowId), []);
  t.equal((await flowRow(flowId)).lastOutcome, 'nothing-to-do');
});

await t.test(
  'a run that lost its lease can write nothing, and its successor goes on from the last page',
  async (t) => {
    const { flowId } = await w.connect();
    const entered = latch();
    const leave = latch();
    const attempts: string[] = [];
    const zombie = runFlow(
      deps(async (run) => {
        await w.db.transaction((tx) => run.saveProgress(tx, { cursor: { page: 1 } }));
        entered.open();
        await leave.opened;
        const writes = [(tx: Tx) => run.guard(tx), (tx: Tx) => run.saveProgress(tx, { cursor: { page: 2 } })];
        for (const write of writes) {
          await w.db
            .transaction(write)
            .then(() => attempts.push('written'))
            .catch((error: unknown) => attempts.push(error instanceof LeaseLost ? 'refused' : String(error)));
        }
        return { counts: { exported: 1 } };
      }),
      flowId,
    );
    await entered.opened;
    // As after a long pause of the whole process: the lease has run out and somebody else takes over.
    await w.db.prisma.flow.update({ where: { id: flowId }, data: { leaseUntil: new Date(0) } });
    let seen: unknown;
    const successor = await runFlow(
      deps(async (run) => {
        seen = run.cursor;
        await w.db.transaction((tx) =>
          run.saveProgress(tx, { cursor: null, watermark: new Date('2026-11-23T11:00:00Z') }),
        );
        return { counts: { exported: 7 } };
      }),
      flowId,
    );
    leave.open();
    t.same(seen, { page: 1 });
    t.equal(successor.outcome, 'done');
    t.equal((await zombie).outcome, 'lease-lost');
    t.same(attempts, ['refused', 'refused']);
    const row = await flowRow(flowId);
    t.equal(row.cursor, null);
    t.same(
      (await runsOf(flowId)).map((run) => run.counts),
      [{ exported: 7 }],
    );
  },
);

await t.test('a heartbeat keeps a long run alone, and tells it when the lease is gone', async (t) => {
  const { flowId } = await w.connect();
  const entered = latch();
  let signal: AbortSignal | undefined;
  const run = runFlow(
    deps(
      async (flow) => {
        signal = flow.signal;
        entered.open();
        await new Promise((resolve) => {
          flow.signal.addEventListener('abort', resolve, { once: true });
        });
        throw new Error('stopped');
      },
      { leaseMs: 400 },
    ),
    flowId,
  );
  await entered.opened;
  const { leaseUntil } = await flowRow(flowId);
  await until('renewal', async () => ((await flowRow(flowId)).leaseUntil ?? 0) > (leaseUntil ?? 0));
  t.equal(signal?.aborted, false);
  await w.db.prisma.flow.update({ where: { id: flowId }, data: { leaseToken: { increment: 1 } } });
  t.equal((await run).outcome, 'lease-lost');
  t.equal(signal?.aborted, true);
});

await t.test('the watermark never goes back', async (t) => {
  const { flowId } = await w.connect();
  await runFlow(
    deps(async (run) => {
      await w.db.transaction((tx) => run.saveProgress(tx, { watermark: new Date('2026-11-23T11:30:00Z') }));
      await w.db.transaction((tx) => run.saveProgress(tx, { watermark: new Date('2026-11-23T11:00:00Z') }));
      return { counts: {} };
    }),
    flowId,
  );
  t.same((await flowRow(flowId)).watermark, new Date('2026-11-23T11:30:00Z'));
});

await t.test("a run that was asked for is its asker's, and the next one the schedule's", async (t) => {
  const { connectionId, flowId } = await w.connect();
  const names: string[] = [];
  const run = (outcome?: Error) =>
    runFlow(
      deps(
        async ({ by }) => {
          names.push(`${by.kind} ${by.name} ${by.via}`);
          if (outcome) throw outcome;
          return { counts: { exported: 1 } };
        },
        { recordEvents: async (_tx, by) => void names.push(`told by ${by.name}`) },
      ),
      flowId,
    );
  const ask = (by?: Actor) =>
    requestRun(w.db.prisma, {
      companyId: w.companyId,
      connectionId,
      name: 'pull-orders',
      now: w.clock.now(),
      by,
    });
  await run();
  await ask(commandActor('anna'));
  await ask(commandActor('bert'));
  await ask(systemActor('push-inventory', 'flow'));
  await ask();
  await run();
  w.clock.pass(60 * MINUTE_MS);
  await run();
  await ask(erpOf(w.companyId));
  await run(new Error('no network'));
  w.clock.pass(60 * MINUTE_MS);
  await run();
  t.same(names, [
    'system pull-orders flow',
    'person bert cli',
    'system pull-orders flow',
    'key primary API key api',
    'told by primary API key',
    'system pull-orders flow',
  ]);
});

await t.test("who asks while a run is at work names the run that answers, not this one's end", async (t) => {
  const { connectionId, flowId } = await w.connect();
  const names: string[] = [];
  const choice = { companyId: w.companyId, connectionId, name: 'pull-orders', now: w.clock.now() };
  await runFlow(
    deps(async ({ by }) => {
      names.push(by.name);
      if (names.length === 1) await requestRun(w.db.prisma, { ...choice, by: commandActor('anna') });
      if (names.length === 2) await requestRun(w.db.prisma, choice);
      return { counts: {} };
    }),
    flowId,
  );
  t.same(names, ['pull-orders', 'anna', 'pull-orders']);
});

await t.test('a request made while a run is at work is never swallowed', async (t) => {
  const { flowId } = await w.connect();
  let turns = 0;
  const report = await runFlow(
    deps(async () => {
      turns++;
      if (turns <= 2)
        await requestRun(w.db.prisma, {
          flows: productFlows,
          companyId: w.companyId,
          flowId,
          now: w.clock.now(),
        });
      return { counts: { exported: 1 } };
    }),
    flowId,
  );
  t.equal(turns, 3, 'once more after each request');
  t.equal(report.outcome, 'done');
  const row = await flowRow(flowId);
  t.equal(row.requestedSeen, row.requested);
  t.equal(row.leaseUntil, null);
});

await t.test(
  'requests from many sides at the very end of runs all get a run that began after them',
  async (t) => {
    const { flowId } = await w.connect();
    let requested = 0;
    let answered = 0;
    const handler: FlowHandler = async () => {
      const atStart = requested;
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      answered = atStart;
      return { counts: {} };
    };
    const click = async (): Promise<void> => {
      await requestRun(w.db.prisma, {
        flows: productFlows,
        companyId: w.companyId,
        flowId,
        now: w.clock.now(),
      });
      requested++;
      await runFlow(deps(handler), flowId);
    };
    await Promise.all(Array.from({ length: 20 }, click));
    await runFlow(deps(handler), flowId);
    t.equal(answered, 20);
    const row = await flowRow(flowId);
    t.equal(row.requestedSeen, 20);
  },
);

await t.test('an attempt after a failure is never later than the schedule', async (t) => {
  const { flowId } = await w.connect();
  await w.db.prisma.flow.update({ where: { id: flowId }, data: { failures: 9, schedule: '*/5 * * * *' } });
  await runFlow(
    deps(async () => {
      throw new AppError('tiktok-unavailable', 'TikTok had an internal error.');
    }),
    flowId,
  );
  t.ok((await flowRow(flowId)).nextAttemptAt.getTime() - w.clock.now().getTime() <= 6 * MINUTE_MS);
});

await t.test('a request also runs a flow that is switched off, and needs an active connection', async (t) => {
  const { flowId, connectionId } = await w.connect();
  await changeFlow(
    w.db.prisma,
    { flows: productFlows, companyId: w.companyId, flowId, now: w.clock.now() },
    { enabled: false },
  );
  w.clock.pass(60 * MINUTE_MS);
  t.equal((await runFlow(deps(idle), flowId)).outcome, 'not-due');
  const choice = {
    flows: productFlows,
    companyId: w.companyId,
    connectionId,
    name: 'pull-orders',
    now: w.clock.now(),
  } as const;
  t.match(await requestRun(w.db.prisma, choice), { flowId, lane: 'urgent' });
  t.equal((await runFlow(deps(idle), flowId)).outcome, 'nothing-to-do');
  await w.db.prisma.connection.update({
    where: { id: connectionId },
    data: { status: 'needs_reauthorization' },
  });
  await t.rejects(requestRun(w.db.prisma, choice), { code: 'connection-not-ready' });
  await t.rejects(requestRun(w.db.prisma, { ...choice, companyId: w.companyId + 1 }), {
    code: 'not-found',
  });
});

await t.test(
  'a flow that keeps failing backs off, is told of once, and starts afresh after a success',
  async (t) => {
    const { flowId } = await w.connect();
    const before = w.events.length;
    const failing = deps(async () => {
      throw new AppError('tiktok-unavailable', 'TikTok had an internal error.', {
        details: [{ message: 'TikTok had an internal error.', next: 'Nothing to do.' }],
      });
    });
    const waits: number[] = [];
    await changeFlow(
      w.db.prisma,
      { flows: productFlows, companyId: w.companyId, flowId, now: w.clock.now() },
      { schedule: '0 0 * * *' },
    );
    await w.db.prisma.flow.update({ where: { id: flowId }, data: { nextAttemptAt: w.clock.now() } });
    for (let i = 0; i < 5; i++) {
      t.equal((await runFlow(failing, flowId)).outcome, 'failed');
      const { nextAttemptAt } = await flowRow(flowId);
      waits.push((nextAttemptAt.getTime() - w.clock.now().getTime()) / MINUTE_MS);
      w.clock.at = nextAttemptAt;
    }
    t.same(waits.slice(0, 3), [1, 2, 5]);
    t.ok(
      waits.every((wait) => wait > 0 && wait <= 15),
      'never later than the schedule',
    );
    t.equal(w.events.length - before, 1);
    t.match(w.events.at(-1), {
      event: 'flow-failed',
      summary: /PullOrders failed/,
      details: /Nothing to do/,
    });
    t.equal((await runsOf(flowId)).length, 5);
    await runFlow(deps(idle), flowId);
    t.match(await flowRow(flowId), { failures: 0, lastError: null, lastOutcome: 'nothing-to-do' });
  },
);

await t.test('what a bug throws is logged but not stored, since it may quote a row', async (t) => {
  const { flowId } = await w.connect();
  const report = await runFlow(
    deps(async () => {
      throw new TypeError('cannot read Jane Doe, 5 Main Street');
    }),
    flowId,
  );
  t.equal(report.outcome, 'failed');
  t.notMatch(
    JSON.stringify(await runsOf(flowId), (_key, value) => (typeof value === 'bigint' ? '' : value)),
    /Jane/,
  );
  t.match(w.log.lines.at(-1), { level: 'error', message: 'flow run' });
});

await t.test('a throttled flow comes back when TikTok said, without counting as a failure', async (t) => {
  const { flowId } = await w.connect();
  const report = await runFlow(
    deps(async () => {
      throw new AppError('tiktok-throttled', 'Too many requests.', { retryAfterMs: 42_000 });
    }),
    flowId,
  );
  t.equal(report.outcome, 'throttled');
  t.match(await flowRow(flowId), {
    failures: 0,
    lastOutcome: 'throttled',
    nextAttemptAt: new Date(w.clock.now().getTime() + 42_000),
  });
  t.same(await runsOf(flowId), []);
});

await t.test(
  'dead credentials pause a flow with one event; it goes on by itself when the connection is back',
  async (t) => {
    const { flowId, connectionId } = await w.connect();
    const before = w.events.length;
    const dead = deps(async () => {
      throw new AppError('needs-reauthorization', 'Connect the shop again.');
    });
    for (let i = 0; i < 3; i++) {
      t.equal((await runFlow(dead, flowId)).outcome, 'paused');
      w.clock.at = (await flowRow(flowId)).nextAttemptAt;
    }
    t.equal(w.events.length - before, 1);
    t.equal((await runsOf(flowId)).length, 1);
    const status = (to: string) =>
      w.db.prisma.connection.update({ where: { id: connectionId }, data: { status: to } });
    await status('needs_reauthorization');
    t.equal((await runFlow(deps(idle), flowId)).outcome, 'not-due');
    const choice = { flows: productFlows, companyId: w.companyId, flowId, now: w.clock.now() };
    await t.rejects(requestRun(w.db.prisma, choice), {
      code: 'connection-not-ready',
      message: 'The connection needs re-authorisation: nothing runs on it now.',
    });
    await status('active');
    t.equal((await runFlow(deps(idle), flowId)).outcome, 'nothing-to-do');
  },
);

await t.test('a run is stopped between two pages and goes on where it was', async (t) => {
  const { flowId } = await w.connect();
  const stop = new AbortController();
  const page: FlowHandler = async (run) => {
    const done = ((run.cursor as { page?: number } | null)?.page ?? 0) + 1;
    await w.db.transaction(async (tx) => {
      await run.guard(tx);
      await run.saveProgress(tx, { cursor: done < 5 ? { page: done } : null });
    });
    if (done === 2) stop.abort();
    return { counts: { exported: 1 }, more: done < 5 };
  };
  t.same(await runFlow(deps(page), flowId, stop.signal), { outcome: 'interrupted', counts: { exported: 2 } });
  t.same((await flowRow(flowId)).nextAttemptAt, w.clock.now(), 'due at once');
  t.same(await runFlow(deps(page), flowId), { outcome: 'done', counts: { exported: 3 } });
  t.equal((await flowRow(flowId)).cursor, null);
});

await t.test('a schedule of its own counts for a connection, and a bad one is refused', async (t) => {
  const { flowId, connectionId } = await w.connect();
  const choice = { flows: productFlows, companyId: w.companyId, flowId, now: w.clock.now() };
  await t.rejects(changeFlow(w.db.prisma, choice, { schedule: 'often' }), { code: 'invalid-request' });
  await changeFlow(w.db.prisma, choice, { schedule: '20 3 * * *' });
  const [flow] = await listFlows(w.db.prisma, {
    flows: productFlows,
    companyId: w.companyId,
    connectionId,
    now: w.clock.now(),
  });
  t.match(flow, { schedule: '20 3 * * *', running: false, flow: { jobName: 'PullOrders' } });
  t.equal(flow?.nextAttemptAt.toISOString().slice(11, 16), '03:20');
});

await t.test('ensuring flows again changes nothing but what is due', async (t) => {
  const { flowId, connectionId } = await w.connect();
  await runFlow(deps(idle), flowId);
  const { nextAttemptAt } = await flowRow(flowId);
  await ensureFlows(w.db.prisma, { flows: productFlows, now: w.clock.now() });
  t.same((await flowRow(flowId)).nextAttemptAt, nextAttemptAt);
  await ensureFlows(w.db.prisma, { flows: productFlows, connectionId, now: w.clock.now() });
  t.same((await flowRow(flowId)).nextAttemptAt, w.clock.now(), 'an activated connection is pulled at once');
  const ofShops = [...productFlows.values()].filter((flow) => subjectKindOf(flow) === connectionSubject);
  t.equal(await w.db.prisma.flow.count({ where: { connectionId } }), ofShops.length);
});
