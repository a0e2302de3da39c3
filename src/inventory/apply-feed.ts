import type { BulkTx } from '../store/bulk-transaction.js';
import { withParallelQuery } from './feed-rows.js';
import type { ImportCounts } from './import.js';
import { unsent } from './push-store.js';

/** What applying a feed goes by. */
export interface FeedContext {
  connectionId: number;
  companyId: number;
  importId: number;
  /** The table with its rows. */
  feedRows: string;
  autoMatch: boolean;
  ignoreUnmatched: boolean;
  now: Date;
}

export type FeedCounts = Pick<ImportCounts, 'added' | 'changed' | 'zeroed' | 'multiplied' | 'ignored'> & {
  /** SKUs of which TikTok lacks something now. */
  toSend: number;
};

/** A quantity that grows so many times is rather a mistake than a delivery. */
const SPIKE_FACTOR = 10;

/** An empty cell says nothing: what is stored stays. `i` is the item, `s` the row. */
const STOCK_DIFFERS = `s.quantity IS NOT NULL AND (i.quantity IS DISTINCT FROM s.quantity
  OR i.warehouse IS DISTINCT FROM s.warehouse OR i.warehouses IS DISTINCT FROM s.warehouses)`;
const COST_DIFFERS = 's.cost IS NOT NULL AND i.cost IS DISTINCT FROM s.cost';
const DETAILS_DIFFER = `s.details IS NOT NULL AND NOT coalesce(i.details, '{}') @> s.details`;
const DIFFERS = `i.sku_key IS NULL OR (${STOCK_DIFFERS}) OR (${COST_DIFFERS}) OR (${DETAILS_DIFFER})
  OR ($2 AND i.merchant_sku IS NULL)`;

/**
 * Finds the SKUs of which the rows say something new, into the temporary table `changed_rows`. The last row of a
 * repeated SKU wins. Sorting a million rows for that would take longer than everything else, so the few rows that differ
 * are found first, and only of their SKUs the last row is looked for: what is not its SKU's last row is dropped.
 */
export async function findChanges(tx: BulkTx, context: FeedContext): Promise<FeedCounts> {
  const { connectionId, autoMatch, feedRows } = context;
  // A million items and a little more fit into one hash table, which PostgreSQL lets be twice as large.
  await tx.query(`SET LOCAL work_mem = '96MB'`);
  await withParallelQuery(tx, () =>
    tx.execute(
      `CREATE TEMP TABLE differing_rows ON COMMIT DROP AS
       SELECT s.*, i.sku_key IS NULL AS is_new, i.quantity AS old_quantity, i.merchant_sku, i.matched_by,
         i.sku_key IS NULL OR (${STOCK_DIFFERS}) OR (${COST_DIFFERS}) AS sends
       FROM ${feedRows} s LEFT JOIN inventory_items i ON i.connection_id = $1 AND i.sku_key = s.sku_key
       WHERE ${DIFFERS}`,
      [connectionId, autoMatch],
    ),
  );
  await tx.execute(
    `DELETE FROM differing_rows d
     USING (SELECT sku_key, max(row_number) AS last FROM ${feedRows}
       WHERE sku_key IN (SELECT sku_key FROM differing_rows) GROUP BY sku_key HAVING count(*) > 1) r
     WHERE d.sku_key = r.sku_key AND d.row_number < r.last`,
  );
  await tx.execute(
    `CREATE TEMP TABLE changed_rows ON COMMIT DROP AS
     SELECT s.row_number, s.sku_key, coalesce(s.supplier_sku, s.sku_key) AS supplier_sku, s.quantity, s.warehouse,
       s.warehouses, s.cost, s.details, s.is_new, s.old_quantity,
       s.sends OR (s.merchant_sku IS NULL AND ${AUTO_MERCHANT} IS NOT NULL) AS sends,
       coalesce(s.merchant_sku, m.merchant_sku, ${AUTO_MERCHANT}) AS merchant_sku,
       coalesce(s.matched_by, CASE WHEN m.merchant_sku IS NOT NULL THEN 'file'
         WHEN ${AUTO_MERCHANT} IS NOT NULL THEN 'auto' END) AS matched_by
     FROM differing_rows s
     LEFT JOIN sku_matches m ON m.connection_id = $1 AND m.sku_key = s.sku_key
     LEFT JOIN sku_matches taken ON $2 AND taken.connection_id = $1 AND taken.merchant_key = s.sku_key`,
    [connectionId, autoMatch],
  );
  const ignored = context.ignoreUnmatched
    ? await tx.execute('DELETE FROM changed_rows WHERE is_new AND merchant_sku IS NULL')
    : 0;
  const [counts] = await tx.query<Omit<FeedCounts, 'ignored'>>(
    `SELECT count(*) FILTER (WHERE is_new)::int AS added, count(*) FILTER (WHERE NOT is_new)::int AS changed,
       count(*) FILTER (WHERE old_quantity > 0 AND quantity = 0)::int AS zeroed,
       count(*) FILTER (WHERE old_quantity > 0 AND quantity::bigint >= old_quantity::bigint * ${SPIKE_FACTOR})::int
         AS multiplied,
       count(*) FILTER (WHERE sends)::int AS "toSend"
     FROM changed_rows`,
  );
  return { ...counts!, ignored };
}

/** With auto match a SKU is its own merchant SKU, unless a matching file has given that to another one. */
const AUTO_MERCHANT = `CASE WHEN $2 AND taken.sku_key IS NULL THEN coalesce(s.supplier_sku, s.sku_key) END`;

/** Writes what `findChanges` found: two statements, however many rows. */
export async function applyChanges(tx: BulkTx, context: FeedContext): Promise<void> {
  const { connectionId, companyId, importId, now } = context;
  await tx.query('ANALYZE changed_rows (sku_key)');
  await preferLookUps(tx);
  await tx.execute(
    `UPDATE inventory_items i SET
       supplier_sku = s.supplier_sku,
       merchant_sku = s.merchant_sku,
       matched_by = s.matched_by,
       quantity = coalesce(s.quantity, i.quantity),
       warehouse = CASE WHEN s.quantity IS NULL THEN i.warehouse ELSE s.warehouse END,
       warehouses = CASE WHEN s.quantity IS NULL THEN i.warehouses ELSE s.warehouses END,
       cost = coalesce(s.cost, i.cost),
       details = CASE WHEN s.details IS NULL THEN i.details ELSE coalesce(i.details, '{}') || s.details END,
       version = CASE WHEN s.sends THEN nextval('inventory_version_seq') ELSE i.version END,
       unsent_since = CASE WHEN s.sends THEN coalesce(i.unsent_since, $3) ELSE i.unsent_since END,
       counted_at = CASE WHEN s.quantity IS NULL THEN i.counted_at ELSE $3 END,
       seen_at = $3, updated_at = $3, import_id = $2
     FROM changed_rows s WHERE NOT s.is_new AND i.connection_id = $1 AND i.sku_key = s.sku_key`,
    [connectionId, importId, now],
  );
  await tx.query('RESET enable_hashjoin; RESET enable_mergejoin');
  await tx.execute(
    `INSERT INTO inventory_items (connection_id, company_id, sku_key, supplier_sku, merchant_sku, matched_by, quantity,
       warehouse, warehouses, cost, details, version, unsent_since, counted_at, seen_at, updated_at, import_id)
     SELECT $1, $4, s.sku_key, s.supplier_sku, s.merchant_sku, s.matched_by, s.quantity, s.warehouse, s.warehouses,
       s.cost, s.details, nextval('inventory_version_seq'), $3, CASE WHEN s.quantity IS NOT NULL THEN $3::timestamptz END,
       $3, $3, $2
     FROM changed_rows s WHERE s.is_new`,
    [connectionId, importId, now, companyId],
  );
}

/** A look-up by key costs about as much as reading eight rows in their order. */
const ROWS_PER_LOOK_UP = 8;

/**
 * Few changed items are looked up one by one. PostgreSQL by itself reads the whole table for them: it takes a look-up for
 * dearer than it is where the index is in memory.
 */
async function preferLookUps(tx: BulkTx): Promise<void> {
  await tx.query(
    `SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
     WHERE (SELECT count(*) FROM changed_rows WHERE NOT is_new) * ${ROWS_PER_LOOK_UP}
       < (SELECT reltuples FROM pg_class WHERE oid = 'inventory_items'::regclass)`,
  );
}

/** Setting latestFeedOnly: what an earlier feed changed and this one does not name is not sent any more. */
export async function forgetOlderChanges(tx: BulkTx, { connectionId, feedRows }: FeedContext): Promise<void> {
  await tx.execute(
    `UPDATE inventory_items i SET unsent_since = NULL, resend = false
     WHERE i.connection_id = $1 AND ${unsent.sql}
       AND NOT EXISTS (SELECT FROM ${feedRows} s WHERE s.sku_key = i.sku_key)`,
    [connectionId],
  );
}

/**
 * Notes that the feed has named its unchanged SKUs too. Rewriting them all is what makes a feed slow, so it is done only
 * where somebody asks for it: `everyCount` for an exact time of the last count, else once in half a day.
 */
export async function noteUnchanged(
  tx: BulkTx,
  { connectionId, feedRows, now }: FeedContext,
  { everyCount }: { everyCount: boolean },
): Promise<void> {
  await tx.execute(
    `UPDATE inventory_items i SET seen_at = $2,
       counted_at = CASE WHEN s.counted THEN $2 ELSE i.counted_at END
     FROM (SELECT sku_key, bool_or(quantity IS NOT NULL) AS counted FROM ${feedRows} GROUP BY sku_key) s
     WHERE i.connection_id = $1 AND i.sku_key = s.sku_key
       AND (($3 AND s.counted AND i.counted_at < $2) OR i.seen_at < $2::timestamptz - interval '12 hours')`,
    [connectionId, now, everyCount],
  );
}
