import t from 'tap';
import { checkBudgets } from '../../src/doctor/budget-check.js';
import { createLogger } from '../../src/telemetry/logging.js';
import { createMetrics } from '../../src/telemetry/metrics.js';
import { createCallBudget } from '../../src/sync/budgets/budgets.js';
import { listBudgets, readRefusedBudgets } from '../../src/sync/budgets/list-budgets.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const budget = createCallBudget({ db: db.prisma });
const ORDERS = 'POST /order/202309/orders/search';
const STOCK = 'POST /product/202309/products/{product_id}/inventory/update';
const call = (shopId: string, endpoint: string) => ({
  appKey: 'app',
  shopId,
  endpoint,
  lane: 'urgent' as const,
});
const metrics = createMetrics(
  { refusedBudgets: () => readRefusedBudgets(db.prisma) },
  createLogger({ level: 'silent', form: 'json' }),
);

await t.test('a shop that TikTok never refused is shown with its rates, and nobody is warned', async (t) => {
  await budget.take(call('calm', STOCK));
  await budget.take(call('calm', ORDERS));
  t.strictSame(await listBudgets(db.prisma, { appKey: 'app', shopId: 'calm' }), [
    { endpoint: ORDERS, ratePerSecond: 5, refusedRate: null, refusedAt: null, blockedUntil: null },
    { endpoint: STOCK, ratePerSecond: 2, refusedRate: null, refusedAt: null, blockedUntil: null },
  ]);
  t.strictSame(await listBudgets(db.prisma, { appKey: 'app', shopId: 'nobody' }), []);
  t.match(await checkBudgets(db), { state: 'ok' });
  t.notMatch(await metrics.text(), /connector_tiktok_budgets_refused\{/);
});

await t.test('a refusal is seen on the shop, by the doctor and in the metrics', async (t) => {
  await budget.throttled(call('slow', STOCK), 60_000);
  const [row] = await listBudgets(db.prisma, { appKey: 'app', shopId: 'slow' });
  t.match(row, { endpoint: STOCK, ratePerSecond: 1, refusedRate: 2, refusedAt: Date, blockedUntil: Date });
  const finding = await checkBudgets(db);
  t.match(finding, { state: 'warn', next: /by themselves/ });
  t.match(finding.detail, `${STOCK} of shop slow with 1.0 a second`);
  const text = await metrics.text();
  t.match(text, `connector_tiktok_budgets_refused{endpoint="${STOCK}"} 1`);
  t.match(text, `connector_tiktok_budget_slowest_per_second{endpoint="${STOCK}"} 1`);
});

await t.test('what quiet has brought back by now is shown, not what was written last', async (t) => {
  await db.prisma.$executeRaw`UPDATE budgets SET throttled_at = throttled_at - interval '10 minutes',
    blocked_until = blocked_until - interval '10 minutes', counted_since = counted_since - interval '10 minutes'`;
  const [row] = await listBudgets(db.prisma, { appKey: 'app', shopId: 'slow' });
  t.match(row, { ratePerSecond: 2, refusedRate: 2, blockedUntil: null });
  t.match(await checkBudgets(db), { state: 'ok' });
});
