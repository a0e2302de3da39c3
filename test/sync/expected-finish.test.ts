import t from 'tap';
import { createCallBudget } from '../../src/sync/budgets/budgets.js';
import { defaultRates, scaledRates } from '../../src/sync/budgets/call-rates.js';
import { createForecast, expectFinish, finishText } from '../../src/sync/budgets/expected-finish.js';
import { testDatabase } from '../support/database.js';

const now = new Date('2026-11-30T12:00:00Z');
const STOCK = 'POST /product/202309/products/{product_id}/inventory/update';
const PRICES = 'POST /product/202309/products/{product_id}/prices/update';
const shop = { appKey: 'app', shopId: '7494' };

await t.test('a push takes as long as its calls at a rate that rises to what is hoped for', (t) => {
  const steady = { rateNow: 2, rateHoped: 2, step: 0.5, blockedSeconds: 0 };
  t.strictSame(expectFinish(100_000, steady, now), {
    calls: 100_000,
    rateNow: 2,
    rateExpected: 2,
    seconds: 50_000,
    finishAt: new Date('2026-12-01T01:53:20Z'),
  });
  // Thirty seconds at 2, thirty at 2.5, and the other 65 calls at 3.
  t.match(expectFinish(200, { ...steady, rateHoped: 3 }, now), { rateExpected: 3, seconds: 82 });
  t.match(expectFinish(10, { ...steady, rateHoped: 50 }, now), { rateExpected: 2, seconds: 5 });
  t.match(expectFinish(10, { ...steady, blockedSeconds: 60 }, now), { seconds: 65 });
  t.match(expectFinish(0, { ...steady, blockedSeconds: 60 }, now), { seconds: 0, finishAt: now });
  t.end();
});

await t.test(
  'the forecast follows what the budget has learnt, and the slower of two budgets counts',
  async (t) => {
    const db = await testDatabase(t);
    const forecast = createForecast({ db: db.prisma }, defaultRates);
    t.equal(await forecast({ ...shop, calls: { [STOCK]: 0 } }), null, 'nothing to send');
    t.match(await forecast({ ...shop, calls: { [STOCK]: 600, [PRICES]: 30 } }), {
      calls: 600,
      rateNow: 2,
      rateExpected: 3,
      seconds: 30 + 30 + 155,
    });

    const budget = createCallBudget({ db: db.prisma });
    await budget.take({ ...shop, endpoint: STOCK, lane: 'background' });
    await db.prisma.budget.updateMany({ data: { rate: 20 } });
    t.match(await forecast({ ...shop, calls: { [STOCK]: 600, [PRICES]: 90 } }), { rateNow: 2, calls: 90 });
    t.match(await forecast({ ...shop, calls: { [STOCK]: 600 } }), {
      rateNow: 20,
      rateExpected: 20,
      seconds: 30,
    });

    await budget.throttled({ ...shop, endpoint: STOCK, lane: 'background' }, 60_000);
    const throttled = await forecast({ ...shop, calls: { [STOCK]: 600 } });
    t.match(throttled, { rateNow: 10 }, 'halved');
    t.ok(
      throttled && throttled.rateExpected > 10 && throttled.rateExpected <= 18,
      `${throttled?.rateExpected}`,
    );
    t.ok(throttled && throttled.seconds > 105 && throttled.seconds < 121, `${throttled?.seconds}`);
    t.match(
      await forecast({ ...shop, shopId: 'another', calls: { [STOCK]: 600 } }),
      { rateNow: 2 },
      'another shop is none the worse',
    );
  },
);

await t.test('a factor of the operator is in the forecast too', async (t) => {
  const db = await testDatabase(t);
  const forecast = createForecast({ db: db.prisma }, scaledRates(defaultRates, 10));
  t.match(await forecast({ ...shop, calls: { [STOCK]: 600 } }), {
    rateNow: 20,
    rateExpected: 20,
    seconds: 30,
  });
});

await t.test('people are told in one sentence', (t) => {
  const calls = { rateNow: 2, rateExpected: 3, seconds: 33_300, finishAt: new Date('2026-11-30T21:15:00Z') };
  t.equal(
    finishText({ ...calls, calls: 100_000 }),
    '100,000 calls take about 9 h 15 min, until 2026-11-30T21:15:00Z: TikTok takes 2 a second now, and up to 3 a second are expected.',
  );
  t.equal(
    finishText({ ...calls, calls: 1, rateExpected: 2, seconds: 1, finishAt: now }),
    '1 call takes about 1 s, until 2026-11-30T12:00:00Z: TikTok takes 2 a second now.',
  );
  t.match(finishText({ ...calls, calls: 9, seconds: 180_000 }), 'about 2 d 2 h');
  t.match(finishText({ ...calls, calls: 9, seconds: 60 }), 'about 1 min, until');
  t.end();
});
