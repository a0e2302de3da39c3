import type { ShopKey } from '../domain/product.js';
import type { Tx } from '../store/database.js';

/**
 * Keeps stock and prices of a product from being sent while it is changed as a whole: such a change carries the stock that was
 * read before it, and new SKUs cannot be told from lost ones until it is over.
 */
export async function holdProduct(
  tx: Tx,
  { environment, shopId }: ShopKey,
  { productId, now }: { productId: string; now: Date },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO catalog_holds (environment, shop_id, product_id, since)
    VALUES (${environment}, ${shopId}, ${productId}, ${now}) ON CONFLICT DO NOTHING`;
}

/** The change is over, and what TikTok has was read: what was decided of its SKUs meanwhile is decided anew. */
export async function releaseProduct(
  tx: Tx,
  { environment, shopId }: ShopKey,
  productId: string,
): Promise<void> {
  await tx.$executeRaw`
    WITH ended AS (
      DELETE FROM catalog_holds WHERE environment = ${environment} AND shop_id = ${shopId} AND product_id = ${productId}
      RETURNING 1
    )
    UPDATE catalog_skus SET changed_at = clock_timestamp()
    WHERE environment = ${environment} AND shop_id = ${shopId} AND product_id = ${productId} AND EXISTS (SELECT FROM ended)`;
}
