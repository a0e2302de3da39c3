import type { Database } from '../store/database.js';
import type { StoredProduct, StoredSku } from './product-store.js';

const PRODUCTS_AT_ONCE = 250;

/**
 * The products of a connection that have changed since they were checked, in the order of their keys, in batches; the next
 * batch is read while one is worked on. Straight on the driver: of many thousand rows the reading is what costs.
 */
export async function* walkUnchecked(
  { pool }: Pick<Database, 'pool'>,
  connectionId: number,
): AsyncGenerator<CheckableProduct[]> {
  let next = readBatch(pool, connectionId, '');
  for (;;) {
    const batch = await next;
    const last = batch.at(-1);
    if (!last) return;
    const isEnd = batch.length < PRODUCTS_AT_ONCE;
    if (!isEnd) {
      next = readBatch(pool, connectionId, last.productKey);
      // Awaited in the next turn; a consumer that ends early never comes there.
      next.catch(() => undefined);
    }
    yield batch;
    if (isEnd) return;
  }
}

/** Of a stored product what checks look at. */
export type CheckableProduct = Pick<
  StoredProduct,
  'productKey' | 'name' | 'fields' | 'conflicts' | 'rowNumber' | 'version' | 'tiktokProductId' | 'skus'
>;

type Row = Omit<CheckableProduct, 'skus' | 'version'> & { version: string };

async function readBatch(
  pool: Database['pool'],
  connectionId: number,
  after: string,
): Promise<CheckableProduct[]> {
  // An image that was refused may have been mended behind its address, which changes nothing of the product.
  const { rows } = await pool.query<Row>(
    `SELECT product_key AS "productKey", name, fields, conflicts, row_number AS "rowNumber", version::text,
       tiktok_product_id AS "tiktokProductId"
     FROM wanted_products
     WHERE connection_id = $1 AND product_key > $2 AND deleted_n IS NULL AND (checked_version IS DISTINCT FROM version
       OR NOT is_compliant AND checked_at < clock_timestamp() - interval '10 minutes'
         AND findings @> '[{"rule": "image-refused"}]')
     ORDER BY product_key LIMIT ${PRODUCTS_AT_ONCE}`,
    [connectionId, after],
  );
  if (rows.length === 0) return [];
  const skus = await pool.query<StoredSku & { productKey: string }>(
    `SELECT product_key AS "productKey", sku_key AS "skuKey", sku, position, fields, is_removed AS "isRemoved",
       tiktok_sku_id AS "tiktokSkuId", updated_at AS "updatedAt"
     FROM wanted_skus WHERE connection_id = $1 AND product_key = ANY($2::text[]) ORDER BY position, sku_key`,
    [connectionId, rows.map(({ productKey }) => productKey)],
  );
  const byProduct = new Map<string, StoredSku[]>(rows.map(({ productKey }) => [productKey, []]));
  for (const sku of skus.rows) byProduct.get(sku.productKey)?.push(sku);
  return rows.map(({ version, ...row }) => ({
    ...row,
    version: BigInt(version),
    skus: byProduct.get(row.productKey) ?? [],
  }));
}
