import { Prisma, type Tx } from '../store/database.js';
import type { Fields } from './content/product-fields.js';
import type { RowConflict } from './feed/grouped-product.js';

/** What is wanted of one SKU. */
export interface StoredSku {
  skuKey: string;
  sku: string;
  /** Order within the product. */
  position: number;
  fields: Fields;
  /** To be taken off the listing. */
  isRemoved: boolean;
  tiktokSkuId: string | null;
  updatedAt: Date;
}

/** What is wanted of a product, with its SKUs in their order. */
export interface StoredProduct {
  productKey: string;
  name: string;
  fields: Fields;
  conflicts: RowConflict[];
  lastFeed: number | null;
  rowNumber: number | null;
  version: bigint;
  updatedAt: Date;
  findings: unknown[];
  isCompliant: boolean | null;
  checkedVersion: bigint | null;
  askedVersion: bigint | null;
  tiktokProductId: string | null;
  link: string | null;
  confirmedAt: Date | null;
  /** Number of the file or call that said the Action. */
  actionImport: number;
  skus: StoredSku[];
}

export interface ProductFilter {
  connectionId: number;
  /** The newest feed that names it. */
  feed?: number;
  isCompliant?: boolean;
  productKeys?: readonly string[];
}

interface Page {
  page: number;
  pageSize: number;
}

const columns = Prisma.sql`product_key AS "productKey", name, fields, conflicts, last_feed AS "lastFeed",
  row_number AS "rowNumber", version, updated_at AS "updatedAt", findings, is_compliant AS "isCompliant",
  checked_version AS "checkedVersion", asked_version AS "askedVersion", tiktok_product_id AS "tiktokProductId", link,
  confirmed_at AS "confirmedAt", coalesce((arrivals->>'Action')::int, 0) AS "actionImport"`;

export function conditionOf({ connectionId, feed, isCompliant, productKeys }: ProductFilter): Prisma.Sql {
  const parts = [Prisma.sql`connection_id = ${connectionId}`, Prisma.sql`deleted_n IS NULL`];
  if (feed !== undefined) parts.push(Prisma.sql`last_feed = ${feed}`);
  if (isCompliant !== undefined) {
    parts.push(
      isCompliant
        ? Prisma.sql`is_compliant AND checked_version = version`
        : Prisma.sql`NOT coalesce(is_compliant AND checked_version = version, false)`,
    );
  }
  if (productKeys) parts.push(Prisma.sql`product_key = ANY(${[...productKeys]}::text[])`);
  return Prisma.join(parts, ' AND ');
}

/** In the order of their keys. */
export async function listProducts(
  tx: Tx,
  filter: ProductFilter,
  { page, pageSize }: Page,
): Promise<StoredProduct[]> {
  return select(tx, filter, Prisma.sql`ORDER BY product_key LIMIT ${pageSize} OFFSET ${page * pageSize}`);
}

/** Those after a key: for walks over all of them. */
export async function listProductsAfter(
  tx: Tx,
  filter: ProductFilter,
  { after, limit }: { after: string; limit: number },
): Promise<StoredProduct[]> {
  return select(tx, filter, Prisma.sql`AND product_key > ${after} ORDER BY product_key LIMIT ${limit}`);
}

/** All of these keys that are there, by key. */
export async function findProductsByKey(
  tx: Tx,
  connectionId: number,
  productKeys: readonly string[],
): Promise<ReadonlyMap<string, StoredProduct>> {
  const products = await select(tx, { connectionId, productKeys }, Prisma.empty);
  return new Map(products.map((product) => [product.productKey, product]));
}

async function select(tx: Tx, filter: ProductFilter, rest: Prisma.Sql): Promise<StoredProduct[]> {
  const products = await tx.$queryRaw<Omit<StoredProduct, 'skus'>[]>`
    SELECT ${columns} FROM wanted_products WHERE ${conditionOf(filter)} ${rest}`;
  return withSkus(tx, filter.connectionId, products);
}

export async function countProducts(tx: Tx, filter: ProductFilter): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM wanted_products WHERE ${conditionOf(filter)}`;
  return row?.count ?? 0;
}

export async function findProduct(
  tx: Tx,
  { connectionId, productKey }: { connectionId: number; productKey: string },
): Promise<StoredProduct | null> {
  return (await findProductsByKey(tx, connectionId, [productKey])).get(productKey) ?? null;
}

/** The product that a SKU is of; null for a SKU that is not known. */
export async function findProductOfSku(
  tx: Tx,
  { connectionId, skuKey }: { connectionId: number; skuKey: string },
): Promise<StoredProduct | null> {
  const sku = await tx.wantedSku.findUnique({ where: { connectionId_skuKey: { connectionId, skuKey } } });
  return sku && findProduct(tx, { connectionId, productKey: sku.productKey });
}

/** SKUs in their order, with their products. */
export async function listSkus(
  tx: Tx,
  { connectionId, parentKey, isListed, isCompliant }: SkuFilter,
  { page, pageSize }: Page,
): Promise<{ rows: { skuKey: string; productKey: string }[]; total: number }> {
  const parts = [Prisma.sql`s.connection_id = ${connectionId}`, Prisma.sql`p.deleted_n IS NULL`];
  if (parentKey !== undefined) parts.push(Prisma.sql`s.product_key = ${parentKey}`);
  if (isListed !== undefined)
    parts.push(isListed ? Prisma.sql`s.tiktok_sku_id IS NOT NULL` : Prisma.sql`s.tiktok_sku_id IS NULL`);
  if (isCompliant !== undefined)
    parts.push(
      Prisma.sql`coalesce(p.is_compliant AND p.checked_version = p.version, false) = ${isCompliant}`,
    );
  const from = Prisma.sql`FROM wanted_skus s JOIN wanted_products p USING (connection_id, product_key)
    WHERE ${Prisma.join(parts, ' AND ')}`;
  const rows = await tx.$queryRaw<{ skuKey: string; productKey: string }[]>`
    SELECT s.sku_key AS "skuKey", s.product_key AS "productKey" ${from}
    ORDER BY s.sku_key LIMIT ${pageSize} OFFSET ${page * pageSize}`;
  const [count] = await tx.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total ${from}`;
  return { rows, total: count?.total ?? 0 };
}

export interface SkuFilter {
  connectionId: number;
  parentKey?: string;
  isListed?: boolean;
  isCompliant?: boolean;
}

async function withSkus(
  tx: Tx,
  connectionId: number,
  products: readonly Omit<StoredProduct, 'skus'>[],
): Promise<StoredProduct[]> {
  if (products.length === 0) return [];
  const skus = await tx.wantedSku.findMany({
    where: { connectionId, productKey: { in: products.map(({ productKey }) => productKey) } },
    orderBy: [{ position: 'asc' }, { skuKey: 'asc' }],
  });
  const byProduct = new Map<string, StoredSku[]>();
  for (const { productKey, fields, ...sku } of skus) {
    const list = byProduct.get(productKey) ?? [];
    byProduct.set(productKey, list);
    const { skuKey, sku: name, position, isRemoved, tiktokSkuId, updatedAt } = sku;
    list.push({ skuKey, sku: name, position, isRemoved, tiktokSkuId, updatedAt, fields: fields as Fields });
  }
  return products.map((product) => ({ ...product, skus: byProduct.get(product.productKey) ?? [] }));
}

/**
 * Says of checked products what was found, unless they have changed since, or are changed just now: then they are checked anew.
 * @returns of how many it was said
 */
export async function noteChecked(
  tx: Tx,
  connectionId: number,
  checked: readonly {
    productKey: string;
    version: bigint;
    isCompliant: boolean;
    findings: readonly object[];
  }[],
  now: Date,
): Promise<number> {
  if (checked.length === 0) return 0;
  const rows = checked.map(({ version, ...each }) => ({ ...each, version: String(version) }));
  return tx.$executeRaw`
    UPDATE wanted_products p SET findings = g.findings, is_compliant = g."isCompliant", checked_version = g.version,
      checked_at = ${now}
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS g ("productKey" text, version bigint, "isCompliant" boolean,
      findings jsonb)
    WHERE p.connection_id = ${connectionId} AND p.product_key = g."productKey" AND p.version = g.version
      AND p.product_key IN (SELECT l.product_key FROM wanted_products l WHERE l.connection_id = ${connectionId}
        AND l.product_key = ANY(${rows.map(({ productKey }) => productKey)}::text[]) FOR NO KEY UPDATE SKIP LOCKED)`;
}

/** Nothing has left of which nobody knows yet what became of it. */
const noCreate = Prisma.sql`NOT EXISTS (SELECT FROM product_pushes s WHERE s.connection_id = wanted_products.connection_id
  AND s.product_key = wanted_products.product_key AND s.create_key IS NOT NULL)`;

/** Takes back the drafts of a feed that are in TikTok neither now nor by what was asked. @returns how many, and how many stay */
export async function deleteDraftsOfFeed(
  tx: Tx,
  { connectionId, feed, importId }: { connectionId: number; feed: number; importId: number },
): Promise<{ deleted: number; kept: number }> {
  const keys = await tx.$queryRaw<{ productKey: string }[]>`
    UPDATE wanted_products SET deleted_n = ${importId}, asked_version = NULL, source_hash = NULL, fields = '{}', arrivals = '{}'
    WHERE connection_id = ${connectionId} AND last_feed = ${feed} AND deleted_n IS NULL AND tiktok_product_id IS NULL
      AND ${noCreate}
    RETURNING product_key AS "productKey"`;
  await deleteSkus(
    tx,
    connectionId,
    keys.map(({ productKey }) => productKey),
  );
  const kept = await countProducts(tx, { connectionId, feed });
  return { deleted: keys.length, kept };
}

/** Takes a draft back. @returns whether it was one */
export async function deleteDraft(
  tx: Tx,
  { connectionId, productKey, importId }: { connectionId: number; productKey: string; importId: number },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE wanted_products SET deleted_n = ${importId}, asked_version = NULL, source_hash = NULL, fields = '{}', arrivals = '{}'
    WHERE connection_id = ${connectionId} AND product_key = ${productKey} AND deleted_n IS NULL
      AND tiktok_product_id IS NULL AND ${noCreate}`;
  if (count > 0) await deleteSkus(tx, connectionId, [productKey]);
  return count > 0;
}

async function deleteSkus(tx: Tx, connectionId: number, productKeys: readonly string[]): Promise<void> {
  await tx.wantedSku.deleteMany({ where: { connectionId, productKey: { in: [...productKeys] } } });
}
