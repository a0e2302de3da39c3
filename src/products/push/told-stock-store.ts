import type { BulkTx } from '../../store/bulk-transaction.js';
import type { Tx } from '../../store/database.js';
import type { Fields } from '../content/product-fields.js';

/** A listed product of which somebody has asked that its stock and prices count from now on. */
export interface AskedStock {
  productKey: string;
  /** What arrived later was not asked for. */
  askedN: number;
  /** Number of the file that said it last otherwise than before, and of the newest that has said the same since. */
  saidN: number | null;
  lastFeed: number | null;
  skus: AskedSku[];
}

interface AskedSku {
  sku: string;
  fields: Fields;
  arrivals: Record<string, number>;
  importId: number;
  updatedAt: string;
}

/** Products in TikTok whose stock is to be told, so many that they have at most `mostSkus`; one at least. */
export async function findAskedStock(
  tx: BulkTx,
  connectionId: number,
  mostSkus: number,
): Promise<AskedStock[]> {
  return tx.query<AskedStock & Record<string, unknown>>(
    `SELECT "productKey", "askedN", "saidN", "lastFeed", skus FROM (
       SELECT p.product_key AS "productKey", p.stock_asked_n AS "askedN", p.last_feed AS "lastFeed",
         CASE WHEN p.source_hash IS NOT NULL THEN p.import_id END AS "saidN", k.skus,
         sum(k.count) OVER (ORDER BY p.product_key) - k.count AS before
       FROM wanted_products p CROSS JOIN LATERAL (
         SELECT count(*) AS count, coalesce(jsonb_agg(jsonb_build_object('sku', s.sku, 'fields', s.fields,
           'arrivals', s.arrivals, 'importId', s.import_id, 'updatedAt', s.updated_at) ORDER BY s.position, s.sku_key), '[]') AS skus
         FROM wanted_skus s
         WHERE s.connection_id = p.connection_id AND s.product_key = p.product_key AND NOT s.is_removed) k
       WHERE p.connection_id = $1 AND p.stock_asked_n IS NOT NULL AND p.tiktok_product_id IS NOT NULL AND p.deleted_n IS NULL
       ORDER BY p.product_key LIMIT $2) asked
     WHERE before < $2`,
    [connectionId, mostSkus],
  );
}

/** When the first bytes of files arrived; of a number that no file has, the time of the file before it. */
export async function timesOfFiles(tx: BulkTx, numbers: readonly number[]): Promise<Map<number, FileTime>> {
  const rows = await tx.query<FileTime & { n: number }>(
    `SELECT g.n, i.at, coalesce(i.id = g.n, false) AS "isFile" FROM unnest($1::int[]) AS g (n) LEFT JOIN LATERAL (
       SELECT id, received_at AS at FROM imports WHERE id <= g.n AND received_at IS NOT NULL ORDER BY id DESC LIMIT 1) i ON true`,
    [[...numbers]],
  );
  return new Map(rows.map(({ n, at, isFile }) => [n, { at, isFile }]));
}

export interface FileTime {
  at: Date | null;
  /** It is a file's own time. */
  isFile: boolean;
}

/** It was told, unless more was asked for meanwhile. */
export async function noteStockTold(
  tx: BulkTx,
  connectionId: number,
  told: readonly AskedStock[],
): Promise<void> {
  await tx.execute(
    `UPDATE wanted_products p SET stock_asked_n = NULL FROM unnest($2::text[], $3::int[]) AS g (key, n)
     WHERE p.connection_id = $1 AND p.product_key = g.key AND p.stock_asked_n = g.n`,
    [connectionId, told.map(({ productKey }) => productKey), told.map(({ askedN }) => askedN)],
  );
}

/** A create leaves with the stock and the prices of this version: the inventory has nothing to say of them. */
export async function createCarriesStock(
  tx: Tx,
  { connectionId, productKey }: { connectionId: number; productKey: string },
  version: bigint,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE wanted_products SET stock_asked_n = NULL
    WHERE connection_id = ${connectionId} AND product_key = ${productKey} AND version = ${version}`;
}
