import { askForProduct } from './ask-for-products.js';
import type { Actor } from '../companies/actor.js';
import type { Connection } from '../connections/connection.js';
import { nextImportId } from '../imports/import-store.js';
import type { Tx } from '../store/database.js';
import { productTrail } from './product-trail.js';
import type { ProductsDeps } from './products-deps.js';

/**
 * Takes a SKU back: a draft is forgotten, with its product when it was the last; one that is in TikTok is marked to be
 * removed there, and the last one of a listing takes the listing with it. @returns whether it was known
 */
export async function removeSku(
  { db, clock }: ProductsDeps,
  { connection, by }: { connection: Connection; by: Actor },
  skuKey: string,
): Promise<boolean> {
  const { id: connectionId } = connection;
  return db.transaction(async (tx) => {
    const sku = await tx.wantedSku.findUnique({ where: { connectionId_skuKey: { connectionId, skuKey } } });
    if (!sku) return false;
    const importId = await nextImportId(tx);
    const { productKey } = sku;
    const others = await tx.wantedSku.count({
      where: { connectionId, productKey, skuKey: { not: skuKey }, isRemoved: false },
    });
    if (sku.tiktokSkuId === null)
      await tx.wantedSku.delete({ where: { connectionId_skuKey: { connectionId, skuKey } } });
    else
      await tx.wantedSku.update({
        where: { connectionId_skuKey: { connectionId, skuKey } },
        data: { isRemoved: true, updatedAt: clock.now() },
      });
    await productTrail(tx, by, connection, { action: 'product.removed', subject: `SKU ${sku.sku}` });
    await touch(tx, { connectionId, productKey, importId, now: clock.now(), isLast: others === 0 });
    // What is in TikTok is removed there without another word.
    if (sku.tiktokSkuId !== null) await askForProduct(tx, { connectionId, productKey }, clock.now());
    return true;
  });
}

async function touch(
  tx: Tx,
  given: { connectionId: number; productKey: string; importId: number; now: Date; isLast: boolean },
): Promise<void> {
  const { connectionId, productKey, importId, now, isLast } = given;
  await tx.$executeRaw`
    UPDATE wanted_products SET source_hash = NULL, version = nextval('product_version_seq'), updated_at = ${now},
      import_id = ${importId},
      deleted_n = CASE WHEN ${isLast}::boolean AND tiktok_product_id IS NULL THEN ${importId} ELSE deleted_n END,
      fields = CASE WHEN ${isLast}::boolean AND tiktok_product_id IS NOT NULL
        THEN fields || '{"Action":"Delete"}' ELSE fields END,
      arrivals = CASE WHEN ${isLast}::boolean AND tiktok_product_id IS NOT NULL
        THEN arrivals || jsonb_build_object('Action', ${importId}::int) ELSE arrivals END
    WHERE connection_id = ${connectionId} AND product_key = ${productKey}`;
}
