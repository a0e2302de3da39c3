import type { PushFacts } from '../rules/push-facts.js';
import { isPriceTold, planOf, priceOf } from '../rules/push-decisions.js';
import type { ItemDrift } from '../rules/push-item.js';

/** What TikTok shows otherwise and nothing known explains; null: nothing. A drift that is known keeps its time. */
export function driftOf(facts: PushFacts): ItemDrift | null {
  const { item, sku, shop } = facts;
  const stock = (planOf(facts)?.warehouses ?? []).flatMap(({ warehouseId, wanted, has, decision }) =>
    decision === 'told' && has !== null ? [{ warehouseId, has, wanted }] : [],
  );
  const wantedPrice = priceOf(facts);
  const price =
    isPriceTold(facts) && wantedPrice?.ok && sku?.price
      ? { has: sku.price, wanted: wantedPrice.amount }
      : null;
  if (stock.length === 0 && price === null) return null;
  const since =
    item.drift && sameDrift(item.drift, { stock, price }) ? item.drift.since : shop.now.toISOString();
  return { since, stock, price };
}

/**
 * What the push puts right by itself although nobody said anything new: somebody has set more pieces in TikTok than the
 * seller has (setting healDrift). It is told like a drift.
 */
export function loweredBy(facts: PushFacts): ItemDrift['stock'] {
  const { item, sent } = facts;
  const isOrdinary = item.unsentSince !== null || item.resend || sent.stockDoubts.length > 0;
  if (isOrdinary) return [];
  return (planOf(facts)?.warehouses ?? []).flatMap(({ warehouseId, wanted, has, decision, cell }) =>
    decision === 'send' && has !== null && cell.n <= item.lookedN ? [{ warehouseId, has, wanted }] : [],
  );
}

/** Whether both say the same of TikTok, whenever it was found. */
export function sameDrift(
  a: Pick<ItemDrift, 'stock' | 'price'> | null,
  b: Pick<ItemDrift, 'stock' | 'price'> | null,
): boolean {
  return printOf(a) === printOf(b);
}

/** Without the order of members, which the store does not keep. */
function printOf(drift: Pick<ItemDrift, 'stock' | 'price'> | null): string {
  const { stock = [], price = null } = drift ?? {};
  const quantities = stock.map(({ warehouseId, has, wanted }) => [warehouseId, has, wanted]);
  return JSON.stringify([quantities, price && [price.has, price.wanted]]);
}

/** One line of an event. */
export function driftText({ stock, price }: Pick<ItemDrift, 'stock' | 'price'>): string {
  return [
    ...stock.map(
      ({ warehouseId, has, wanted }) => `${has} pieces instead of ${wanted} in warehouse ${warehouseId}`,
    ),
    ...(price ? [`price ${price.has} instead of ${price.wanted}`] : []),
  ].join(', ');
}
