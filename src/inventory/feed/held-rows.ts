import type { BulkTx } from '../../store/bulk-transaction.js';
import type { FeedContext, FeedRowsFacts } from './feed-context.js';
import { createFeedRows, dropFeedRows } from './feed-rows.js';

const COLUMNS = 'row_number, sku_key, supplier_sku, quantity, warehouse, warehouses, cost, details';

/** Keeps all rows of a feed, unchanged ones too: what they say counts from the time when the feed arrived. */
export async function holdRows(tx: BulkTx, { importId, feedRows }: FeedContext): Promise<void> {
  await tx.execute(
    `INSERT INTO inventory_held_rows (import_id, ${COLUMNS})
     SELECT $1, row_number, sku_key, coalesce(supplier_sku, sku_key), quantity, warehouse, warehouses, cost, details
     FROM ${feedRows}`,
    [importId],
  );
}

/** Puts held rows back into a table of a feed. */
export async function takeHeldRows(
  tx: BulkTx,
  importId: number,
  caseSensitive: boolean,
): Promise<{ feedRows: string; facts: FeedRowsFacts }> {
  const feedRows = await createFeedRows(tx, importId);
  await tx.execute(
    `INSERT INTO ${feedRows} (${COLUMNS})
     SELECT row_number, CASE WHEN $2 THEN supplier_sku ELSE fold_sku(supplier_sku) END, supplier_sku,
       quantity, warehouse, warehouses, cost, details
     FROM inventory_held_rows WHERE import_id = $1`,
    [importId, caseSensitive],
  );
  return { feedRows, facts: { ...(await countRows(tx, feedRows)), suspects: null } };
}

export async function forgetHeldRows(tx: BulkTx, importIds: readonly number[]): Promise<void> {
  await tx.query('DELETE FROM inventory_held_rows WHERE import_id = ANY($1::int[])', [importIds]);
}

/**
 * Makes a feed of the zeros among the changes that were found, warehouse by warehouse, and does `work` with it.
 */
export async function withZeros<T>(
  tx: BulkTx,
  context: FeedContext,
  work: (zeros: FeedContext) => Promise<T>,
): Promise<T> {
  const feedRows = 'zero_rows';
  await tx.execute(
    `CREATE TEMP TABLE ${feedRows} ON COMMIT DROP AS
     SELECT row_number, sku_key, supplier_sku, 0 AS quantity, cells->0->>'code' AS warehouse,
       CASE WHEN warehouses IS NOT NULL THEN cells END AS warehouses, NULL::numeric AS cost, NULL::jsonb AS details
     FROM (
       SELECT *, CASE WHEN warehouses IS NULL THEN jsonb_build_array(jsonb_build_object('code', warehouse)) ELSE
         (SELECT jsonb_agg(cell ORDER BY place) FROM jsonb_array_elements(warehouses) WITH ORDINALITY AS c (cell, place)
           WHERE cell->>'quantity' = '0') END AS cells
       FROM changed_rows WHERE quantity = 0 OR (quantity > 0 AND warehouses IS NOT NULL)
     ) said WHERE cells IS NOT NULL`,
  );
  const facts = { ...(await countRows(tx, feedRows)), suspects: [] };
  const done = await work({ ...context, feedRows, facts });
  await dropFeedRows(tx, feedRows);
  return done;
}

async function countRows(tx: BulkTx, table: string): Promise<Pick<FeedRowsFacts, 'staged' | 'without'>> {
  const [row] = await tx.query<{ staged: number; quantity: number; cost: number }>(
    `SELECT count(*)::int AS staged, count(*) FILTER (WHERE quantity IS NULL)::int AS quantity,
       count(*) FILTER (WHERE cost IS NULL)::int AS cost FROM ${table}`,
  );
  const { staged, ...without } = row!;
  return { staged, without };
}
