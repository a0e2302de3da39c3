import { findStandingOf } from '../../deliveries/shopify/shopify-orders.js';
import { toIsoSeconds } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';

/** How an order stands with the Shopify store of its shop, as Explain shows it; empty where the shop has none. */
export async function explainShopify(
  { db }: { db: Database },
  which: { companyId: number; orderKey: number },
): Promise<object[]> {
  const standing = await findStandingOf(db.prisma, which);
  if (!standing) return [];
  const { state, reason, nextAt, shopifyName, domain, storeState, storeReason } = standing;
  const isResting = storeState !== 'on';
  const isOpen = state === null || state === 'waiting' || state === 'sending';
  return [
    {
      Channel: 'Shopify',
      Place: domain,
      State: state ?? 'not asked for',
      Number: shopifyName ?? undefined,
      Reason: (isResting && isOpen ? (storeReason ?? `The store is ${storeState}.`) : reason) ?? undefined,
      NextAttemptAt: nextAt && isOpen ? toIsoSeconds(nextAt) : undefined,
    },
  ];
}
