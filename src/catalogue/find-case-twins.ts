import { LIVE, REMOVED, type ShopKey } from '../domain/product.js';
import type { SqlTx } from '../store/database.js';

/**
 * Seller SKUs that TikTok has beside the given ones and that differ from them in case only: those that are live, and those
 * that are spelled as in `spelled`, live or not. Given ones without such a twin are left out.
 */
export async function findCaseTwins(
  tx: SqlTx,
  { environment, shopId }: ShopKey,
  sellerSkus: readonly string[],
  spelled: readonly string[] = [],
): Promise<ReadonlyMap<string, string[]>> {
  if (sellerSkus.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ sku: string; twins: string[] }[]>`
    SELECT given.sku, array_agg(DISTINCT s.seller_sku) AS twins
    FROM unnest(${sellerSkus}::text[]) AS given (sku)
    JOIN catalog_skus s ON s.environment = ${environment} AND s.shop_id = ${shopId}
      AND s.seller_key = fold_sku(given.sku) AND s.seller_sku <> given.sku AND s.sku_status <> ${REMOVED}
      AND (s.product_status = ${LIVE} OR s.seller_sku = ANY(${spelled}::text[]))
    GROUP BY given.sku`;
  return new Map(rows.map(({ sku, twins }) => [sku, twins.toSorted()]));
}
