import type { Tx } from '../../store/database.js';

type Which = { connectionId: number; productKey: string };

/** The listing of a product, once TikTok has made it; a listing that was there before stays told as such. */
export async function linkListing(
  tx: Tx,
  { connectionId, productKey }: Which,
  { productId, link, now }: { productId: string; link: 'own' | 'taken'; now: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE wanted_products SET tiktok_product_id = ${productId}, link = coalesce(link, ${link}),
      confirmed_at = coalesce(confirmed_at, ${now}::timestamptz)
    WHERE connection_id = ${connectionId} AND product_key = ${productKey}
      AND (tiktok_product_id IS NULL OR tiktok_product_id = ${productId})`;
}

interface NamedSku {
  skuId: string;
  sellerSku: string;
}

/** Which SKU of TikTok's each of ours is. */
export async function linkSkus(
  tx: Tx,
  { connectionId, productKey }: Which,
  skus: readonly NamedSku[],
): Promise<void> {
  await tx.$executeRaw`
    UPDATE wanted_skus s SET tiktok_sku_id = g."skuId"
    FROM json_to_recordset(${JSON.stringify(skus)}::json) AS g ("skuId" text, "sellerSku" text)
    WHERE s.connection_id = ${connectionId} AND s.product_key = ${productKey} AND s.sku = g."sellerSku"
      AND s.tiktok_sku_id IS DISTINCT FROM g."skuId"`;
}

/** SKUs that were to be removed, and that TikTok does not have any more. @param skus all that it has, reviewed */
export async function forgetRemoved(
  tx: Tx,
  { connectionId, productKey }: Which,
  skus: readonly NamedSku[],
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM wanted_skus s WHERE s.connection_id = ${connectionId} AND s.product_key = ${productKey} AND s.is_removed
      AND NOT EXISTS (SELECT FROM json_to_recordset(${JSON.stringify(skus)}::json) AS g ("skuId" text, "sellerSku" text)
        WHERE g."skuId" = s.tiktok_sku_id OR g."sellerSku" = s.sku)`;
}

/** A word of a feed was carried out and counts no more: whoever switches the product otherwise afterwards is not undone. */
export async function forgetAction(
  tx: Tx,
  { connectionId, productKey }: Which,
  actionImport: number,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE wanted_products SET fields = fields - 'Action', source_hash = NULL
    WHERE connection_id = ${connectionId} AND product_key = ${productKey}
      AND fields->>'Action' IN ('Activate', 'Deactivate', 'Delete', 'Recover')
      AND coalesce((arrivals->>'Action')::int, 0) <= ${actionImport}`;
}
