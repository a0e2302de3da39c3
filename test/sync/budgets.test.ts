import t from 'tap';
import { createCallBudget } from '../../src/sync/budgets/budgets.js';
import type { BudgetedCall } from '../../src/tiktok/client.js';
import { openDatabase } from '../../src/store/database.js';
import { testDatabaseUrl } from '../support/database.js';

const url = await testDatabaseUrl(t);
/** Three processes that share nothing but the database. */
const processes = [1, 2, 3].map(() => openDatabase({ url, prismaConnections: 4 }));
t.teardown(() => Promise.all(processes.map((db) => db.close())));
const [db] = processes as [(typeof processes)[0], ...typeof processes];

const call = (shopId: string, more: Partial<BudgetedCall> = {}): BudgetedCall => ({
  appKey: 'app',
  shopId,
  endpoint: 'GET /order/202507/orders',
  lane: 'urgent',
  ...more,
});
const rowOf = (shopId: string) => db.prisma.budget.findFirstOrThrow({ where: { shopId } });
/** How long a call that is refused has to wait. */
const waitOf = (taken: Promise<unknown>): Promise<number> =>
  taken.then(
    () => 0,
    ({ retryAfterMs }: { retryAfterMs: number }) => retryAfterMs,
  );
/** Moves a shop's times into the past, as if that much time had gone by. */
const age = (shopId: string, seconds: number) => db.prisma.$executeRaw`
  UPDATE budgets SET refilled_at = refilled_at - ${seconds}::float8 * interval '1 second',
    counted_since = counted_since - ${seconds}::float8 * interval '1 second',
    throttled_at = throttled_at - ${seconds}::float8 * interval '1 second',
    blocked_until = blocked_until - ${seconds}::float8 * interval '1 second' WHERE shop_id = ${shopId}`;

await t.test('many callers in several processes never exceed the rate, and all get their turn', async (t) => {
  const rate = { perSecond: 40, burst: 10 };
  const budgets = processes.map(({ prisma }) =>
    createCallBudget({ db: prisma }, { read: rate, write: rate }),
  );
  const granted: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: 70 }, async (_, i) => {
      await budgets[i % budgets.length]?.take(call('busy'));
      granted.push(performance.now() - began);
    }),
  );
  t.equal(granted.length, 70);
  // A grant is seen here a little after the database gave it, so that windows are judged from the start of all.
  for (const [i, at] of granted.toSorted((a, b) => a - b).entries()) {
    t.ok(i + 1 <= rate.burst + rate.perSecond * (at / 1000) + 1, `call ${i + 1} after ${Math.round(at)} ms`);
  }
});

await t.test(
  'a wait beyond the patience of the lane is refused with its length, and holds nobody up',
  async (t) => {
    const rate = { perSecond: 0.05, burst: 1 };
    const budget = createCallBudget({ db: db.prisma }, { read: rate, write: rate });
    await budget.take(call('slow'));
    const began = performance.now();
    await t.rejects(budget.take(call('slow')), { code: 'tiktok-throttled', retry: 'later' });
    const waitMs = await waitOf(budget.take(call('slow')));
    t.ok(waitMs > 15_000 && waitMs <= 20_000);
    t.ok(performance.now() - began < 10_000);
  },
);

await t.test('a part of the burst is kept for the urgent lane', async (t) => {
  const rate = { perSecond: 0.01, burst: 10 };
  const budget = createCallBudget({ db: db.prisma }, { read: rate, write: rate });
  const background = call('reserve', { lane: 'background' });
  for (let i = 0; i < 8; i++) await budget.take(background);
  await t.rejects(budget.take(background), { code: 'tiktok-throttled' });
  await budget.take(call('reserve'));
  await budget.take(call('reserve'));
  await t.rejects(budget.take(call('reserve')), { code: 'tiktok-throttled' });
});

await t.test('a burst of one still lets the background through', async () => {
  const rate = { perSecond: 1, burst: 1 };
  await createCallBudget({ db: db.prisma }, { read: rate, write: rate }).take(
    call('tiny', { lane: 'background' }),
  );
});

await t.test('a throttled shop is blocked for as long as TikTok said, another one is not', async (t) => {
  const budget = createCallBudget({ db: db.prisma });
  const other = createCallBudget({ db: processes[1]?.prisma ?? db.prisma });
  await budget.throttled(call('throttled'), 30_000);
  const began = performance.now();
  const waitMs = await waitOf(other.take(call('throttled')));
  t.ok(waitMs > 25_000 && waitMs <= 30_000, 'also in another process');
  await other.take(call('unbothered'));
  await other.take(call('throttled', { endpoint: 'GET /authorization/202309/shops' }));
  t.ok(performance.now() - began < 20_000);
  await age('throttled', 31);
  await other.take(call('throttled'));
});

await t.test('a wave of refusals halves the rate once; quiet brings it back', async (t) => {
  const rate = { perSecond: 8, burst: 8 };
  const budget = createCallBudget({ db: db.prisma }, { read: rate, write: rate });
  await Promise.all(Array.from({ length: 6 }, () => budget.throttled(call('wave'), 100)));
  t.equal((await rowOf('wave')).rate, 4);
  await age('wave', 5);
  await budget.throttled(call('wave'), null);
  const { rate: halved } = await rowOf('wave');
  t.ok(halved >= 2 && halved < 2.3, `half of what five quiet seconds had brought back: ${halved}`);
  /** Tokens that half a second brings now. */
  const refilled = async (): Promise<number> => {
    const [before] = await db.prisma.$queryRaw<{ at: Date }[]>`
      UPDATE budgets SET tokens = 0, refilled_at = clock_timestamp() - interval '0.5 second'
      WHERE shop_id = 'wave' RETURNING refilled_at AS at`;
    await budget.take(call('wave'));
    const { tokens, refilledAt } = await rowOf('wave');
    return ((tokens + 1) / (refilledAt.getTime() - (before?.at.getTime() ?? 0))) * 500;
  };
  await age('wave', 12);
  const soon = await refilled();
  t.ok(soon >= 1.4 && soon < 2, `a tenth of the full rate after ten quiet seconds: ${soon}`);
  await age('wave', 600);
  const later = await refilled();
  t.ok(later >= 3.9 && later < 4.1, `the full rate in the end: ${later}`);
});

await t.test('reads, writes and single endpoints have rates of their own', async (t) => {
  const budget = createCallBudget(
    { db: db.prisma },
    {
      read: { perSecond: 5, burst: 10 },
      write: { perSecond: 2, burst: 5 },
      endpoints: { 'GET /logistics/202309/warehouses': { perSecond: 1, burst: 3 } },
    },
  );
  const ceilingOf = async (endpoint: string): Promise<number> => {
    await budget.take(call('kinds', { endpoint }));
    return (await db.prisma.budget.findFirstOrThrow({ where: { shopId: 'kinds', endpoint } })).ceiling;
  };
  t.equal(await ceilingOf('GET /order/202507/orders'), 5);
  t.equal(await ceilingOf('POST /order/202309/orders/search'), 5);
  t.equal(await ceilingOf('POST /fulfillment/202309/orders/{order_id}/packages'), 2);
  t.equal(await ceilingOf('GET /logistics/202309/warehouses'), 1);
});
