import type { ShownValues } from '../../catalogue/catalogue-store.js';
import type { ShopApi } from '../../tiktok/shop-api.js';
import { SKUS_PER_STOCK_SEARCH } from '../../tiktok/product-calls.js';
import { HOUR_MS, type Clock } from '../../kernel/time.js';
import { withRead, type PushFacts } from '../rules/push-facts.js';
import type { StockRead } from '../rules/stock-read.js';

/**
 * What TikTok shows of SKUs now. `at` is the moment before each call, so that what is read is at least that new. SKUs that
 * TikTok does not know are missing.
 * @throws TikTokError when TikTok cannot be asked
 */
export async function readStock(
  { api, clock }: { api: Pick<ShopApi, 'searchStock'>; clock: Clock },
  skuIds: readonly string[],
): Promise<Map<string, StockRead>> {
  const reads = new Map<string, StockRead>();
  for (let start = 0; start < skuIds.length; start += SKUS_PER_STOCK_SEARCH) {
    const at = clock.now();
    for (const { skuId, stock } of await api.searchStock(skuIds.slice(start, start + SKUS_PER_STOCK_SEARCH)))
      reads.set(skuId, {
        at,
        warehouses: stock.map(({ warehouseId: id, quantity: available, committed }) => ({
          id,
          available,
          committed,
        })),
      });
  }
  return reads;
}

/** The same facts with a newer read, which also says where the SKU is stocked. */
export function rereadFacts(facts: PushFacts, read: StockRead): PushFacts {
  const { sku } = facts;
  // UNCONFIRMED: an answer without any warehouse says nothing about where the SKU is stocked.
  if (!sku || read.warehouses.length === 0) return withRead(facts, read);
  const warehouses = read.warehouses.map(({ id, available: quantity }) => ({ id, quantity }));
  return { ...withRead(facts, read), sku: { ...sku, warehouses }, resolvedStock: undefined };
}

/** Whether buyers order it just now, so that a read grows old within seconds. */
export function sellsNow({ pieces }: PushFacts, now: Date): boolean {
  const since = now.getTime() - HOUR_MS;
  return pieces.some(
    ({ bornAt, cancelledAt }) =>
      bornAt.getTime() >= since || (cancelledAt !== null && cancelledAt.getTime() >= since),
  );
}

/** Reads as the mirror keeps them. */
export function shownBy(reads: ReadonlyMap<string, StockRead>): ShownValues[] {
  return [...reads].map(([skuId, { warehouses }]) => ({
    skuId,
    price: null,
    stock: warehouses.map(({ id, available: quantity, committed }) => ({
      id,
      quantity,
      ...(committed === null ? {} : { committed }),
    })),
  }));
}
