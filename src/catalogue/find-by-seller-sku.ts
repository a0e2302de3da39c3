import { DELETED, REMOVED, type ShopKey } from '../domain/product.js';
import type { Tx } from '../store/database.js';

/** A SKU that TikTok has under a seller SKU. */
interface SkuInTikTok {
  sellerSku: string;
  skuId: string;
  productId: string;
  productStatus: string;
}

/** SKUs in TikTok, in any status but deleted, whose seller SKU is written exactly like one of these. */
export async function findBySellerSku(
  tx: Tx,
  { environment, shopId }: ShopKey,
  sellerSkus: readonly string[],
): Promise<SkuInTikTok[]> {
  if (sellerSkus.length === 0) return [];
  return tx.$queryRaw<SkuInTikTok[]>`
    SELECT s.seller_sku AS "sellerSku", s.sku_id AS "skuId", s.product_id AS "productId", s.product_status AS "productStatus"
    FROM unnest(${[...sellerSkus]}::text[]) AS given (sku)
    JOIN catalog_skus s ON s.environment = ${environment} AND s.shop_id = ${shopId} AND s.seller_key = fold_sku(given.sku)
      AND s.seller_sku = given.sku AND s.product_status <> ${DELETED} AND s.sku_status <> ${REMOVED}
    ORDER BY s.product_id, s.sku_id`;
}
