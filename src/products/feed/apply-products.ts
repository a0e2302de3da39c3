import type { FeedWork } from '../../imports/feed-kind.js';
import type { BulkTx } from '../../store/bulk-transaction.js';

interface Context extends Pick<FeedWork, 'importId' | 'now'> {
  connectionId: number;
  companyId: number;
  /** A file, whose products are listed by it; a call is none. */
  isFeed: boolean;
}

/** Writes what findProducts has found, with one statement for the products and one for the SKUs. */
export async function applyProducts(tx: BulkTx, context: Context): Promise<void> {
  const { connectionId, companyId, importId, now, isFeed } = context;
  await tx.execute(
    `DELETE FROM wanted_skus s USING product_changes c JOIN wanted_products p ON p.connection_id = $1
       AND p.product_key = c.product_key AND p.deleted_n IS NOT NULL
     WHERE s.connection_id = $1 AND s.product_key = c.product_key`,
    [connectionId],
  );
  await tx.execute(
    `INSERT INTO wanted_products AS p (connection_id, company_id, product_key, name, fields, arrivals, conflicts, source_hash,
       last_feed, row_number, import_id, version, updated_at)
     SELECT $1, $2, product_key, name, fields, arrivals, conflicts, CASE WHEN $5 THEN hash END, CASE WHEN $5 THEN $3::int END, CASE WHEN $5 THEN row_number END, $3, nextval('product_version_seq'), $4
     FROM product_changes
     ON CONFLICT (connection_id, product_key) DO UPDATE SET fields = excluded.fields, arrivals = excluded.arrivals,
       conflicts = excluded.conflicts,
       source_hash = CASE WHEN excluded.import_id >= p.import_id AND excluded.last_feed >= coalesce(p.last_feed, 0)
         THEN excluded.source_hash END,
       row_number = CASE WHEN excluded.last_feed >= coalesce(p.last_feed, 0) THEN excluded.row_number ELSE p.row_number END,
       last_feed = GREATEST(p.last_feed, excluded.last_feed), import_id = GREATEST(p.import_id, excluded.import_id),
       name = CASE WHEN p.deleted_n IS NULL THEN p.name ELSE excluded.name END, deleted_n = NULL,
       version = CASE WHEN (SELECT is_changed FROM product_changes c WHERE c.product_key = p.product_key)
         THEN excluded.version ELSE p.version END,
       updated_at = CASE WHEN (SELECT is_changed FROM product_changes c WHERE c.product_key = p.product_key)
         THEN excluded.updated_at ELSE p.updated_at END`,
    [connectionId, companyId, importId, now, isFeed],
  );
  await tx.execute(
    `INSERT INTO wanted_skus AS s (connection_id, company_id, sku_key, sku, product_key, position, fields, arrivals,
       is_removed, import_id, updated_at)
     SELECT $1, $2, sku_key, sku, product_key, position, fields, arrivals, is_removed, $3, $4 FROM sku_changes
     ON CONFLICT (connection_id, sku_key) DO UPDATE SET product_key = excluded.product_key,
       position = excluded.position, fields = excluded.fields, arrivals = excluded.arrivals, is_removed = excluded.is_removed,
       import_id = GREATEST(s.import_id, excluded.import_id), updated_at = excluded.updated_at`,
    [connectionId, companyId, importId, now],
  );
  await tx.execute(
    `UPDATE wanted_products p SET last_feed = $2, row_number = s.row_number FROM product_same s
     WHERE p.connection_id = $1 AND p.product_key = s.product_key AND p.last_feed < $2`,
    [connectionId, importId],
  );
}
