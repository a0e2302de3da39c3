import t from 'tap';
import { connectionGate } from '../../src/connections/connection-gate.js';
import { getConnection } from '../../src/connections/connection-store.js';
import { noteShopLimit } from '../../src/connections/note-shop-limit.js';
import { checkShopLimits } from '../../src/doctor/budget-check.js';
import { firstObstacle } from '../../src/kernel/gate.js';
import { createCallBudget } from '../../src/sync/budgets/budgets.js';
import { listShopLimits } from '../../src/sync/budgets/shop-limits.js';
import { openDatabase } from '../../src/store/database.js';
import { startShop, type TestShop } from '../orders/shop.js';
import { testDatabaseUrl } from '../support/database.js';

t.setTimeout(120_000);
const url = await testDatabaseUrl(t);
const db = openDatabase({ url, prismaConnections: 6 });
t.teardown(() => db.close());
const rate = { perSecond: 10_000, burst: 10_000 };
const budget = createCallBudget(
  { db: db.prisma },
  { read: rate, write: rate },
  { tell: ({ shopId }, limit) => noteShopLimit(db, { environment: 'simulator', shopId }, limit) },
);

const callsOf = (shop: TestShop) => shop.simulator.control.requests().length;
const eventsOf = async ({ companyId }: TestShop, typeId: number) =>
  (await db.prisma.event.findMany({ where: { companyId, typeId } })).map(({ summary }) => summary);
/** Times of the database's clock go by. */
async function pass(shop: TestShop, seconds: number): Promise<void> {
  await db.prisma.$executeRaw`
    UPDATE shop_limits SET blocked_until = blocked_until - ${seconds}::float8 * interval '1 second',
      refilled_at = refilled_at - ${seconds}::float8 * interval '1 second',
      said_at = said_at - ${seconds}::float8 * interval '1 second' WHERE shop_id = ${shop.shopId}`;
}

await t.test(
  'a test shop whose hour is used up is called no more until the hour is over, then slower',
  async (t) => {
    const [test, real] = [await startShop(t, db, { budget }), await startShop(t, db, { budget })];
    const { control } = test.simulator;
    control.setClock({ now: '2026-11-30T10:05:00Z', frozen: true });
    control.patchShop(test.shopId, { isTest: true });
    control.setBehaviour({ testShopCallsPerHour: 3 });
    for (let call = 0; call < 3; call++) await test.api.getOrders(['1']).catch(() => undefined);
    const before = callsOf(test);
    const refused = await test.pull();
    t.match(refused, { outcome: 'throttled' });
    t.equal(callsOf(test), before + 1, 'TikTok has said so once');
    const again = await Promise.all(
      (['pull-orders', 'pull-cancellations', 'pull-returns', 'pull-catalogue'] as const).map((flow) =>
        test.pull({ flow }),
      ),
    );
    t.strictSame(
      again.map(({ outcome }) => outcome),
      ['throttled', 'throttled', 'throttled', 'throttled'],
    );
    t.equal(callsOf(test), before + 1, 'no call of any kind has left since');
    t.match(
      (again[1]!.error as Error).message,
      /calls of this hour are used up for \d+ minutes: TikTok lets test shops/,
    );
    t.match(await eventsOf(test, 86), [/has used up its calls of this hour, as test shops do/]);
    t.match(await checkShopLimits(db), [{ state: 'warn', detail: /as it does with test shops/ }]);

    const begun = performance.now();
    t.match(await real.pull(), { outcome: /^(done|nothing-to-do)$/ });
    t.ok(performance.now() - begun < 10_000, 'another shop is not held up');
    t.equal((await listShopLimits(db.prisma, { shopId: real.shopId })).length, 0);

    control.setClock({ advanceSeconds: 3_600 });
    await pass(test, 3_600);
    control.setBehaviour({ testShopCallsPerHour: 1_000 });
    t.match(await test.pull(), { outcome: /^(done|nothing-to-do)$/ }, 'it goes on by itself');
    const [limit] = await listShopLimits(db.prisma, { shopId: test.shopId });
    t.equal(limit?.callsPerHour, 1_000);
  },
);

await t.test(
  'an inactive shop is told once, asked once in half an hour, and goes on by itself',
  async (t) => {
    const shop = await startShop(t, db, { budget });
    const { control } = shop.simulator;
    control.addOrder(shop.shopId, { lines: [{ sellerSku: 'TEE', quantity: 1 }], paidMinutesAgo: 120 });
    control.patchShop(shop.shopId, { isInactive: true });
    const refused = await shop.pull();
    t.match(refused, { outcome: 'paused' });
    const before = callsOf(shop);
    for (const flow of ['pull-orders', 'pull-cancellations', 'pull-catalogue'] as const)
      t.match(await shop.pull({ flow }), { outcome: 'paused' });
    t.equal(callsOf(shop), before, 'no call has left');
    t.match(await eventsOf(shop, 84), [/refuses all calls of .*: the seller or the shop is inactive/]);
    const row = await db.prisma.connection.findUniqueOrThrow({ where: { id: shop.connection.id } });
    t.match(row, { status: 'active', statusReason: /seller or the shop is inactive/ });
    t.match((await checkShopLimits(db)).at(-1), { state: 'warn', detail: /shop is inactive/ });

    const connection = await getConnection(db.prisma, { id: shop.connection.id });
    t.match(
      firstObstacle([connectionGate('Shipments')], { connection }),
      { outcome: 'wait', reason: /inactive/, next: /Seller Center/ },
      'documents are stored and wait, with the reason',
    );

    await pass(shop, 1_801);
    t.match(await shop.pull(), { outcome: 'paused' });
    t.equal(callsOf(shop), before + 1, 'one call finds out');
    t.equal((await eventsOf(shop, 84)).length, 1, 'nothing new');
    control.patchShop(shop.shopId, { isInactive: false });
    await pass(shop, 1_801);
    t.match(await shop.pull(), { outcome: 'done' });
    t.match(await eventsOf(shop, 85), [/TikTok takes the calls of .* again/]);
    const after = await db.prisma.connection.findUniqueOrThrow({ where: { id: shop.connection.id } });
    t.equal(after.statusReason, null);
  },
);

await t.test('product calls say it in another code, which means the same', async (t) => {
  const shop = await startShop(t, db, { budget });
  shop.simulator.control.patchShop(shop.shopId, { isInactive: true });
  await t.rejects(shop.api.searchProducts({ pageSize: 1 }), { code: 'connection-not-ready' });
  t.match(await listShopLimits(db.prisma, { shopId: shop.shopId }), [{ kind: 'inactive' }]);
});
