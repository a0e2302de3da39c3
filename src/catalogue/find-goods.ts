import type { Goods } from '../domain/bundle.js';
import type { ShopKey } from '../domain/product.js';
import type { SqlTx } from '../store/database.js';

/** Title and list price of SKUs, by TikTok's id of the SKU; those that the mirror does not have are left out. */
export async function findGoods(
  tx: SqlTx,
  { environment, shopId }: ShopKey,
  skuIds: readonly string[],
): Promise<ReadonlyMap<string, Goods>> {
  if (skuIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<(Goods & { skuId: string })[]>`
    SELECT s.sku_id AS "skuId", p.title, trim_scale(s.price)::text AS price
    FROM catalog_skus s JOIN catalog_products p USING (environment, shop_id, product_id)
    WHERE s.environment = ${environment} AND s.shop_id = ${shopId} AND s.sku_id = ANY(${skuIds}::text[])`;
  return new Map(rows.map(({ skuId, ...goods }) => [skuId, goods]));
}
