import { Prisma, type Tx } from '../store/database.js';
import type { Warehouse } from '../tiktok/map/logistics-mapping.js';
import {
  DELETED,
  fingerprintOf,
  REMOVED,
  type MirrorSku,
  type MirrorWarehouse,
  type ShopKey,
  type ShopProduct,
} from '../domain/product.js';

export interface StoredPage {
  /** SKUs of which something changed that matters to the push. */
  changed: number;
  unchanged: number;
}

/**
 * Until the transaction ends: who writes the mirror of a shop shares it, so that writers do not wait for one another but
 * waitForMirror waits for them.
 */
async function shareMirror(tx: Tx, shop: ShopKey): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(${mirrorKey(shop)})::text`;
}

/**
 * Waits until nobody is writing the mirror of a shop. What was changed before the answered time can be seen from then on,
 * and what is changed afterwards has a later `changed_at`. On the database's clock.
 */
export async function waitForMirror(tx: Tx, shop: ShopKey): Promise<Date> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${mirrorKey(shop)})::text`;
  const [row] = await tx.$queryRaw<{ at: Date }[]>`
    SELECT date_trunc('milliseconds', clock_timestamp()) AS at`;
  return row?.at ?? new Date(0);
}

function mirrorKey({ environment, shopId }: ShopKey): Prisma.Sql {
  return Prisma.sql`hashtextextended(${`mirror/${environment}/${shopId}`}, 0)`;
}

/**
 * Takes a page of products in, in one statement. What TikTok has changed since (by its own time) is not overwritten by an
 * older answer. A SKU that its product is shown without was removed by an edit.
 */
export async function storeProducts(
  tx: Tx,
  shop: ShopKey,
  products: readonly ShopProduct[],
  readAt: Date,
): Promise<StoredPage> {
  if (products.length === 0) return { changed: 0, unchanged: 0 };
  const { environment, shopId } = shop;
  await shareMirror(tx, shop);
  const given = onceEach(products);
  const [row] = await tx.$queryRaw<StoredPage[]>`
    WITH page AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(productRows(given))}::json)
        AS g ("productId" text, title text, status text, "updatedAt" timestamptz)
    ), page_skus AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(skuRows(given))}::json)
        AS g ("skuId" text, "productId" text, "sellerSku" text, status text, price numeric, currency text,
          warehouses jsonb, fingerprint text)
    ), fresh AS (
      SELECT page.* FROM page LEFT JOIN catalog_products p
        ON p.environment = ${environment} AND p.shop_id = ${shopId} AND p.product_id = page."productId"
      WHERE p.product_id IS NULL OR p.tiktok_updated_at <= page."updatedAt"
    ), products AS (
      INSERT INTO catalog_products AS p (environment, shop_id, product_id, title, status, tiktok_updated_at, read_at)
      SELECT ${environment}, ${shopId}, "productId", title, status, "updatedAt", ${readAt}
      FROM page ORDER BY "productId"
      ON CONFLICT (environment, shop_id, product_id) DO UPDATE SET read_at = GREATEST(p.read_at, excluded.read_at),
        title = CASE WHEN p.tiktok_updated_at <= excluded.tiktok_updated_at THEN excluded.title ELSE p.title END,
        status = CASE WHEN p.tiktok_updated_at <= excluded.tiktok_updated_at THEN excluded.status ELSE p.status END,
        tiktok_updated_at = GREATEST(p.tiktok_updated_at, excluded.tiktok_updated_at)
    ), removed AS (
      UPDATE catalog_skus s SET sku_status = ${REMOVED}, fingerprint = ${REMOVED}, changed_at = clock_timestamp()
      FROM fresh WHERE s.environment = ${environment} AND s.shop_id = ${shopId} AND s.product_id = fresh."productId"
        AND s.sku_status <> ${REMOVED} AND NOT EXISTS (SELECT 1 FROM page_skus g WHERE g."skuId" = s.sku_id)
      RETURNING 1
    ), skus AS (
      INSERT INTO catalog_skus AS s (environment, shop_id, sku_id, product_id, seller_sku, seller_key, product_status,
        sku_status, price, currency, warehouses, fingerprint, read_at, changed_at)
      SELECT ${environment}, ${shopId}, g."skuId", g."productId", g."sellerSku", fold_sku(g."sellerSku"), fresh.status,
        g.status, g.price, g.currency, g.warehouses, g.fingerprint, ${readAt}, clock_timestamp()
      FROM page_skus g JOIN fresh USING ("productId") ORDER BY g."skuId"
      ON CONFLICT (environment, shop_id, sku_id) DO UPDATE SET product_id = excluded.product_id,
        seller_sku = excluded.seller_sku, seller_key = excluded.seller_key, product_status = excluded.product_status,
        sku_status = excluded.sku_status, price = excluded.price, currency = excluded.currency,
        warehouses = CASE WHEN s.stock_read_at > excluded.read_at THEN s.warehouses ELSE excluded.warehouses END,
        stock_read_at = GREATEST(s.stock_read_at, excluded.read_at),
        fingerprint = excluded.fingerprint, read_at = excluded.read_at,
        changed_at = CASE WHEN s.fingerprint = excluded.fingerprint THEN s.changed_at ELSE excluded.changed_at END
      RETURNING changed_at >= date_trunc('milliseconds', statement_timestamp()) AS changed
    )
    SELECT ((SELECT count(*) FROM skus WHERE changed) + (SELECT count(*) FROM removed))::int AS changed,
      (SELECT count(*) FROM skus WHERE NOT changed)::int AS unchanged`;
  return row ?? { changed: 0, unchanged: 0 };
}

/** Pages overlap when something changes while they are read, and one statement cannot write a row twice. */
function onceEach(products: readonly ShopProduct[]): ShopProduct[] {
  const newest = new Map<string, ShopProduct>();
  for (const product of products) {
    const known = newest.get(product.productId);
    if (!known || known.updatedAt <= product.updatedAt) newest.set(product.productId, product);
  }
  return [...newest.values()];
}

function productRows(products: readonly ShopProduct[]): object[] {
  return products.map(({ productId, title, status, updatedAt }) => ({
    productId,
    title: storableText(title),
    status,
    updatedAt,
  }));
}

function skuRows(products: readonly ShopProduct[]): object[] {
  const rows = products.flatMap((product) =>
    product.skus.map((sku) => ({
      skuId: sku.skuId,
      productId: product.productId,
      sellerSku: storableText(sku.sellerSku),
      status: sku.status,
      price: sku.price,
      currency: sku.currency,
      warehouses: sku.stock.map(({ warehouseId: id, quantity }) => ({ id, quantity })),
      fingerprint: fingerprintOf(product, sku),
    })),
  );
  return [...new Map(rows.map((row) => [row.skuId, row])).values()];
}

/** Without what PostgreSQL refuses in text: NUL and halves of characters. */
function storableText(text: string): string {
  return text.replaceAll(/\0|\p{Surrogate}/gu, '');
}

/** What TikTok has of a SKU, by an answer of its own. */
export interface ShownValues {
  skuId: string;
  /** Of all warehouses that it was asked for or told; null: nothing is known of the stock. */
  stock: { id: string; quantity: number; committed?: number }[] | null;
  price: string | null;
}

/**
 * Notes what TikTok has just shown or taken, without reading the products anew: quantities of the warehouses that are
 * given, the others stay. What was read later stays.
 */
export async function noteShown(
  tx: Tx,
  { environment, shopId }: ShopKey,
  values: readonly ShownValues[],
  at: Date,
): Promise<void> {
  if (values.length === 0) return;
  await tx.$executeRaw`
    UPDATE catalog_skus s SET
      warehouses = CASE WHEN g.stock IS NULL OR s.stock_read_at > ${at} THEN s.warehouses ELSE (
        SELECT coalesce(jsonb_agg(w.entry ORDER BY w.nth), '[]') FROM (
          SELECT old.entry || coalesce(new.entry, '{}') AS entry, old.nth
          FROM jsonb_array_elements(s.warehouses) WITH ORDINALITY AS old (entry, nth)
          LEFT JOIN jsonb_array_elements(g.stock) AS new (entry) ON new.entry->>'id' = old.entry->>'id'
          UNION ALL
          SELECT new.entry, 10000 + new.nth FROM jsonb_array_elements(g.stock) WITH ORDINALITY AS new (entry, nth)
          WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(s.warehouses) AS old (entry)
            WHERE old.entry->>'id' = new.entry->>'id')
        ) w) END,
      stock_read_at = CASE WHEN g.stock IS NULL THEN s.stock_read_at ELSE GREATEST(s.stock_read_at, ${at}) END,
      price = coalesce(g.price, s.price)
    FROM json_to_recordset(${JSON.stringify(values)}::json) AS g ("skuId" text, stock jsonb, price numeric)
    WHERE s.environment = ${environment} AND s.shop_id = ${shopId} AND s.sku_id = g."skuId"`;
}

/** Products that TikTok positively says it does not have. Answers how many SKUs this is news of. */
export async function markDeleted(tx: Tx, shop: ShopKey, productIds: readonly string[]): Promise<number> {
  if (productIds.length === 0) return 0;
  await shareMirror(tx, shop);
  const { environment, shopId } = shop;
  await tx.$executeRaw`
    UPDATE catalog_products SET status = ${DELETED}
    WHERE environment = ${environment} AND shop_id = ${shopId} AND product_id = ANY(${productIds}::text[])`;
  return tx.$executeRaw`
    UPDATE catalog_skus SET product_status = ${DELETED}, fingerprint = ${DELETED}, changed_at = clock_timestamp()
    WHERE environment = ${environment} AND shop_id = ${shopId} AND product_id = ANY(${productIds}::text[])
      AND product_status <> ${DELETED}`;
}

/** TikTok was asked for these, whatever it answered: a compare is not to ask again. */
export async function noteAsked(
  tx: Tx,
  { environment, shopId }: ShopKey,
  productIds: readonly string[],
  at: Date,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE catalog_products SET read_at = GREATEST(read_at, ${at})
    WHERE environment = ${environment} AND shop_id = ${shopId} AND product_id = ANY(${productIds}::text[])`;
}

/** Products that TikTok has not shown since `before`, in the order of their ids: to be asked for one by one. */
export async function findUnseen(
  db: Tx,
  { environment, shopId }: ShopKey,
  { before, limit }: { before: Date; limit: number },
): Promise<string[]> {
  const rows = await db.$queryRaw<{ productId: string }[]>`
    SELECT product_id AS "productId" FROM catalog_products
    WHERE environment = ${environment} AND shop_id = ${shopId} AND read_at < ${before} AND status <> ${DELETED}
    ORDER BY product_id LIMIT ${limit}`;
  return rows.map(({ productId }) => productId);
}

/** Warehouses as TikTok lists them now; one that is not listed stays as it was. */
export async function storeWarehouses(
  tx: Tx,
  shop: ShopKey,
  warehouses: readonly Warehouse[],
  readAt: Date,
): Promise<void> {
  const { environment, shopId } = shop;
  await shareMirror(tx, shop);
  const rows = warehouses.map(({ id, name, type, effectStatus, isDefault, address }) => ({
    id,
    name: storableText(name),
    type,
    effectStatus,
    isDefault,
    country: address?.regionCode?.slice(0, 10).toUpperCase() ?? null,
  }));
  await tx.$executeRaw`
    INSERT INTO shop_warehouses AS w (environment, shop_id, warehouse_id, name, type, effect_status, is_default, country,
      read_at, changed_at)
    SELECT ${environment}, ${shopId}, id, name, type, "effectStatus", "isDefault", country, ${readAt}, clock_timestamp()
    FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS g (id text, name text, type text, "effectStatus" text, "isDefault" boolean, country text)
    ON CONFLICT (environment, shop_id, warehouse_id) DO UPDATE SET name = excluded.name, type = excluded.type,
      effect_status = excluded.effect_status, is_default = excluded.is_default,
      country = coalesce(excluded.country, w.country), read_at = excluded.read_at,
      changed_at = CASE WHEN (w.name, w.type, w.effect_status, w.is_default)
        = (excluded.name, excluded.type, excluded.effect_status, excluded.is_default)
        THEN w.changed_at ELSE excluded.changed_at END`;
}

export async function listShopWarehouses(
  db: Tx,
  { environment, shopId }: ShopKey,
): Promise<MirrorWarehouse[]> {
  const rows = await db.shopWarehouse.findMany({
    where: { environment, shopId },
    orderBy: { warehouseId: 'asc' },
  });
  return rows.map(({ warehouseId, name, type, effectStatus, isDefault }) => ({
    warehouseId,
    name,
    type,
    effectStatus,
    isDefault,
  }));
}

/** Two letters; null for a warehouse that was never read, or that TikTok shows without an address. */
export async function countryOfWarehouse(
  db: Tx,
  { environment, shopId }: ShopKey,
  warehouseId: string,
): Promise<string | null> {
  const row = await db.shopWarehouse.findUnique({
    where: { environment_shopId_warehouseId: { environment, shopId, warehouseId } },
    select: { country: true },
  });
  return row?.country ?? null;
}

/** Seller SKUs that several live SKUs share, or that differ in case only, page by page in their order. */
export async function findDuplicates(
  db: Tx,
  { environment, shopId }: ShopKey,
  { limit, offset }: { limit: number; offset: number },
): Promise<MirrorSku[]> {
  return db.$queryRaw<MirrorSku[]>`
    WITH doubled AS (
      SELECT seller_key FROM catalog_skus
      WHERE environment = ${environment} AND shop_id = ${shopId} AND product_status = 'ACTIVATE'
        AND sku_status = 'NORMAL'
      GROUP BY seller_key HAVING count(*) > 1 ORDER BY seller_key LIMIT ${limit} OFFSET ${offset}
    )
    SELECT ${SKU_COLUMNS} FROM catalog_skus s JOIN doubled USING (seller_key)
    WHERE environment = ${environment} AND shop_id = ${shopId} AND product_status = 'ACTIVATE'
      AND sku_status = 'NORMAL'
    ORDER BY seller_key, seller_sku, sku_id`;
}

const SKU_COLUMNS = Prisma.sql`s.sku_id AS "skuId", s.product_id AS "productId", s.seller_sku AS "sellerSku",
  s.product_status AS "productStatus", s.sku_status AS "skuStatus", trim_scale(s.price)::text AS price, s.currency, s.warehouses,
  s.read_at AS "readAt"`;
