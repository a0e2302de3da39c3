import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Test } from 'tap';
import { createCallBudget } from '../../src/sync/budgets/budgets.js';
import type { LearningPace } from '../../src/sync/budgets/budget-speed.js';
import { defaultRates, scaledRates, type CallRate } from '../../src/sync/budgets/call-rates.js';
import type { BudgetedCall } from '../../src/tiktok/client.js';
import { openDatabase } from '../../src/store/database.js';
import { startShop } from '../orders/shop.js';
import { testDatabaseUrl } from '../support/database.js';

const url = await testDatabaseUrl(t);
const db = openDatabase({ url, prismaConnections: 12 });
/** As after a restart: nothing of the first one's memory is left. */
const elsewhere = openDatabase({ url, prismaConnections: 2 });
t.teardown(() => Promise.all([db.close(), elsewhere.close()]));

const WRITE = 'POST /product/202309/products/{product_id}/inventory/update';
const call = (shopId: string, more: Partial<BudgetedCall> = {}): BudgetedCall => ({
  appKey: 'app',
  shopId,
  endpoint: WRITE,
  lane: 'urgent',
  ...more,
});
const rowOf = (shopId: string) => db.prisma.budget.findFirstOrThrow({ where: { shopId } });
const budget = createCallBudget({ db: db.prisma });

/** A window of calls goes by in which the rate was used, as a part of what it allows, and the next call is made. */
async function pass(shopId: string, used: number, seconds = 31): Promise<number> {
  await db.prisma.$executeRaw`
    UPDATE budgets SET counted_since = counted_since - ${seconds}::float8 * interval '1 second',
      refilled_at = refilled_at - ${seconds}::float8 * interval '1 second',
      throttled_at = throttled_at - ${seconds}::float8 * interval '1 second',
      blocked_until = blocked_until - ${seconds}::float8 * interval '1 second',
      counted = ceil(${used}::float8 * rate * ${seconds}::float8) WHERE shop_id = ${shopId}`;
  await budget.take(call(shopId));
  return (await rowOf(shopId)).rate;
}

await t.test(
  "a rate that is used rises step by step up to TikTok's old limit, and never above it",
  async (t) => {
    await budget.take(call('rising'));
    t.equal((await rowOf('rising')).rate, 2, 'a shop of which nothing is known begins as TikTok advises');
    t.equal(await pass('rising', 1), 2.5);
    t.equal(await pass('rising', 0.9), 3);
    let rate = 0;
    for (let window = 0; window < 100; window++) rate = await pass('rising', 1);
    t.equal(rate, 50);
  },
);

await t.test('a rate that nobody needed teaches nothing', async (t) => {
  await budget.take(call('idle'));
  t.equal(await pass('idle', 0.5), 2);
  t.equal(await pass('idle', 0, 24 * 3_600), 2);
  t.equal(await pass('idle', 1), 2.5);
  t.equal(await pass('idle', 0.5), 2.5, 'nor is it forgotten');
});

await t.test('what was learnt survives a restart', async (t) => {
  await budget.take(call('kept'));
  for (let window = 0; window < 36; window++) await pass('kept', 1);
  t.equal((await rowOf('kept')).rate, 20);
  const anew = createCallBudget({ db: elsewhere.prisma });
  await anew.take(call('kept'));
  await db.prisma
    .$executeRaw`UPDATE budgets SET tokens = 0, refilled_at = clock_timestamp() WHERE shop_id = 'kept'`;
  const began = performance.now();
  for (let made = 0; made < 30; made++) await anew.take(call('kept'));
  const tookMs = performance.now() - began;
  t.ok(
    tookMs >= 1_200 && tookMs < 12_000,
    `thirty calls at 20 a second instead of 2: ${Math.round(tookMs)} ms`,
  );
});

await t.test('a refused rate is neither reached again nor tried before an hour of quiet', async (t) => {
  await budget.take(call('refused'));
  for (let window = 0; window < 8; window++) await pass('refused', 1);
  t.equal((await rowOf('refused')).rate, 6);
  await budget.throttled(call('refused'), 0);
  t.match(await rowOf('refused'), { rate: 3, refusedRate: 6 });
  const rates: number[] = [];
  for (let window = 0; window < 60; window++) rates.push(await pass('refused', 1));
  t.equal(rates[0], 3.5, 'it is approached by steps');
  t.equal(rates.at(-1), 5.4, 'and kept off');
  for (let window = 0; window < 60; window++) await pass('refused', 1);
  t.ok((await rowOf('refused')).rate > 6, 'after the hour more is tried');
});

await t.test('a refusal of what TikTok advises is soon forgotten', async (t) => {
  await budget.take(call('trouble'));
  for (let wave = 0; wave < 4; wave++) {
    await budget.throttled(call('trouble'), 0);
    await pass('trouble', 0, 2);
  }
  t.ok((await rowOf('trouble')).rate < 0.3);
  await pass('trouble', 0, 310);
  t.equal(await pass('trouble', 0, 120), 2);
});

await t.test(
  'calls that were under way together halve the rate once, however late they are refused',
  async (t) => {
    const together = await Promise.all([1, 2, 3, 4].map(() => budget.take(call('wave'))));
    const [first, ...others] = together;
    await budget.throttled(call('wave'), 0, first);
    t.equal((await rowOf('wave')).rate, 1);
    await sleep(1_200);
    for (const grant of others) await budget.throttled(call('wave'), 0, grant);
    t.equal((await rowOf('wave')).rate, 1);
    await budget.throttled(call('wave'), 0, await budget.take(call('wave')));
    const { rate } = await rowOf('wave');
    t.ok(rate < 0.6, `a call that was granted afterwards halves it again: ${rate}`);
  },
);

await t.test('after a refusal no more come at once than the refused rate allows in a second', async (t) => {
  await budget.take(call('burst'));
  await budget.throttled(call('burst'), 0);
  await pass('burst', 0, 60);
  await budget.take(call('burst'));
  const began = performance.now();
  await budget.take(call('burst'));
  t.ok(performance.now() - began > 200, 'the third has to wait, although five were saved up before');
});

await t.test('a fifth stays with the urgent lane at a learnt rate too', async (t) => {
  await budget.take(call('lanes'));
  for (let window = 0; window < 36; window++) await pass('lanes', 1);
  // Ten calls are half a second's worth; nobody refills them here.
  const left = db.prisma.$executeRaw`
    UPDATE budgets SET tokens = 3, refilled_at = clock_timestamp() + interval '1 minute' WHERE shop_id = 'lanes'`;
  await left;
  await budget.take(call('lanes', { lane: 'background' }));
  const began = performance.now();
  await Promise.all([1, 2].map(() => budget.take(call('lanes'))));
  t.ok(performance.now() - began < 30_000);
  const { tokens } = await rowOf('lanes');
  t.ok(tokens < 0.01, `${tokens}`);
});

await t.test('an operator moves the start and slows the limit, but does not raise it', (t) => {
  t.match(scaledRates(defaultRates, 4), {
    read: { perSecond: 20, limit: 50 },
    write: { perSecond: 8, limit: 50 },
  });
  t.match(scaledRates(defaultRates, 0.5), { write: { perSecond: 1, advised: 1.5, limit: 25 } });
  t.match(scaledRates(defaultRates, 100).write, { perSecond: 200, limit: 200 }, 'unless he asks for it');
  t.end();
});

/** Windows short enough to learn within a test. */
const quick: LearningPace = { window: 0.5, memory: 3_600, shortMemory: 300 };

interface Load {
  /** Answers of TikTok's in order: true for a call that it took. */
  taken: boolean[];
  rate: number;
  refusedRate: number | null;
}

/** Eight callers want as much as they can get from a simulator that takes `perSecond`, until `enough`. */
async function load(
  t: Test,
  limits: { perSecond: number; burst: number; retryAfterSec: number },
  rate: CallRate,
  enough: (load: Load) => boolean,
): Promise<Load> {
  const learning = createCallBudget({ db: db.prisma }, { read: rate, write: rate }, { pace: quick });
  const shop = await startShop(t, db, { simulator: { rateLimits: limits }, budget: learning });
  shop.simulator.control.setRateLimits({ enabled: true });
  const state: Load = { taken: [], rate: 0, refusedRate: null };
  const deadline = Date.now() + 60_000;
  const caller = async (): Promise<void> => {
    while (!enough(state) && Date.now() < deadline) {
      await shop.api.listWarehouses().then(
        () => state.taken.push(true),
        ({ tiktokCode }: { tiktokCode?: string }) => tiktokCode && state.taken.push(false),
      );
      const row = await db.prisma.budget.findFirst({ where: { shopId: shop.shopId } });
      if (row) Object.assign(state, { rate: row.rate, refusedRate: row.refusedRate });
      // Blocked for longer than a caller is patient.
      if (row?.blockedUntil && row.blockedUntil > new Date()) await sleep(100);
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  return state;
}

// These three mostly wait, each for a TikTok of its own.
t.jobs = 3;
void t.test(
  'a TikTok that takes much is learnt to its limit without one refusal',
  { buffered: true },
  async (t) => {
    const { taken, rate } = await load(
      t,
      { perSecond: 50, burst: 50, retryAfterSec: 1 },
      { perSecond: 6, burst: 3, limit: 18 },
      (state) => state.rate >= 18,
    );
    t.equal(rate, 18);
    t.notOk(taken.includes(false));
  },
);

for (const retryAfterSec of [1, 0]) {
  const how = retryAfterSec > 0 ? 'says how long to wait' : 'does not say how long to wait';
  void t.test(
    `a TikTok that takes little and ${how} is found out and lived with`,
    { buffered: true },
    async (t) => {
      const { taken, rate, refusedRate } = await load(
        t,
        { perSecond: 9, burst: 9, retryAfterSec },
        { perSecond: 6, burst: 3, limit: 50 },
        (state) => state.refusedRate !== null && state.taken.length >= 150,
      );
      t.ok(refusedRate && refusedRate >= 6, `refused at ${refusedRate}`);
      t.ok(rate <= 0.9 * (refusedRate ?? 0), `lived with ${rate}`);
      t.ok(rate >= 2.9, 'not starved');
      const refusals = taken.filter((isTaken) => !isTaken).length;
      t.ok(refusals > 0 && refusals <= 16, `${refusals} of ${taken.length} refused`);
    },
  );
}
