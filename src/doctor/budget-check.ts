import type { Database } from '../store/database.js';
import { toIsoSeconds } from '../kernel/time.js';
import { findSlowBudgets } from '../sync/budgets/list-budgets.js';
import { describeShopLimit, listShopLimits } from '../sync/budgets/shop-limits.js';
import { ok, warn, type Finding } from './finding.js';

/** Shops that TikTok lets call less often than it advises. */
export async function checkBudgets({ prisma }: Pick<Database, 'prisma'>): Promise<Finding> {
  const slow = await findSlowBudgets(prisma);
  const [slowest] = slow;
  if (!slowest) return ok('budgets', 'TikTok takes the calls of all shops');
  const { shopId, endpoint, ratePerSecond } = slowest;
  return warn(
    'budgets',
    `TikTok has refused ${slow.length} kinds of calls as too many within the hour; the slowest is ${endpoint} of shop ${shopId} with ${ratePerSecond.toFixed(1)} a second.`,
    'Nothing to do: they get faster again by themselves. If it stays so, see what else calls TikTok for this shop with the same app.',
  );
}

/** Shops of which TikTok has said that it takes few calls, or none. */
export async function checkShopLimits({ prisma }: Pick<Database, 'prisma'>): Promise<Finding[]> {
  const limits = await listShopLimits(prisma);
  if (limits.length === 0) return [ok('shops', 'TikTok has refused no shop as a whole')];
  return limits.map((limit) => {
    const { text, next } = describeShopLimit(limit);
    return warn('shops', `shop ${limit.shopId}, since ${toIsoSeconds(limit.since)}: ${text}`, next);
  });
}
