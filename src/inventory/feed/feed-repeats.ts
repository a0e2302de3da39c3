import type { BulkTx } from '../../store/bulk-transaction.js';
import type { Finding } from '../../imports/current-row.js';
import type { FeedContext } from './feed-context.js';
import { withParallelQuery } from './feed-rows.js';

/** Overridden rows that a report lists; further ones are counted. */
const MOST_LISTED = 1_000;

export interface Repeats {
  /** SKUs that stand in more than one row. */
  keys: number;
  /** Rows of them. */
  rows: number;
  /** Rows of which a later row says a value anew. */
  overridden: number;
  /** The first of them. */
  listed: Finding[];
}

/** The cells that a row (or item) has, as a list. */
export const cellsOf = (quantity: string, warehouse: string, warehouses: string): string =>
  `CASE WHEN ${quantity} IS NULL THEN '[]'::jsonb ELSE coalesce(${warehouses},
     jsonb_build_array(jsonb_build_object('code', ${warehouse}, 'quantity', ${quantity}))) END`;

/** Codes that differ in the case of A to Z only mean the same; no code is a cell of its own. */
export const cellKeyOf = (cell: string): string => `coalesce(fold_sku(${cell}->>'code'), '')`;

/**
 * Makes one row of the rows that name one SKU, in the temporary table `repeated_rows`: rows that name different
 * warehouses say different things, and of what is said twice the last row counts.
 */
export async function joinRepeats(tx: BulkTx, { feedRows, facts }: FeedContext): Promise<Repeats> {
  const { suspects } = facts;
  const none = { keys: 0, rows: 0, overridden: 0, listed: [] };
  if (suspects?.length === 0) return none;
  await withParallelQuery(tx, () =>
    tx.execute(
      `CREATE TEMP TABLE suspected_rows ON COMMIT DROP AS SELECT * FROM ${feedRows} WHERE sku_key ${
        suspects === null
          ? `IN (SELECT sku_key FROM ${feedRows} GROUP BY sku_key HAVING count(*) > 1)`
          : '= ANY ($1::text[])'
      }`,
      suspects === null ? [] : [suspects],
    ),
  );
  if (suspects !== null) await tx.execute(FREE_THE_INNOCENT);
  const [found] = await tx.query<{ keys: number; rows: number }>(
    'SELECT count(DISTINCT sku_key)::int AS keys, count(*)::int AS rows FROM suspected_rows',
  );
  if (!found || found.rows === 0) {
    await tx.query('DROP TABLE suspected_rows');
    return none;
  }
  await markLast(tx);
  await tx.execute(JOINED_ROWS);
  const overridden = await listOverridden(tx);
  await tx.query('ANALYZE repeated_rows (sku_key); DROP TABLE suspected_rows; DROP TABLE said_cells');
  return { ...found, ...overridden };
}

/** What stands there once is no repeat, though it was suspected. */
const FREE_THE_INNOCENT = `
  DELETE FROM suspected_rows s USING (SELECT sku_key FROM suspected_rows GROUP BY sku_key HAVING count(*) = 1) once
  WHERE s.sku_key = once.sku_key`;

/** Every cell that the rows name, with whether no later row names it. */
async function markLast(tx: BulkTx): Promise<void> {
  await tx.execute(
    `CREATE TEMP TABLE said_cells ON COMMIT DROP AS
     SELECT s.sku_key, s.row_number, c.place, c.cell, row_number() OVER (
       PARTITION BY s.sku_key, ${cellKeyOf('c.cell')} ORDER BY s.row_number DESC, c.place DESC) = 1 AS is_last,
       first_value(s.row_number) OVER (
       PARTITION BY s.sku_key, ${cellKeyOf('c.cell')} ORDER BY s.row_number DESC, c.place DESC) AS by_row
     FROM suspected_rows s
     CROSS JOIN LATERAL jsonb_array_elements(${cellsOf('s.quantity', 's.warehouse', 's.warehouses')})
       WITH ORDINALITY AS c (cell, place)`,
  );
  await tx.query('ANALYZE said_cells');
}

const JOINED_ROWS = `
  CREATE TEMP TABLE repeated_rows ON COMMIT DROP AS
  SELECT r.row_number, r.sku_key, r.supplier_sku, c.quantity, c.cells->0->>'code' AS warehouse,
    CASE WHEN jsonb_array_length(c.cells) > 1 OR c.cells->0 ?| '{nextAvailableQuantity,nextAvailableDate}' THEN c.cells
      END AS warehouses,
    r.cost, d.details
  FROM (
    SELECT sku_key, max(row_number) AS row_number, (array_agg(supplier_sku ORDER BY row_number DESC))[1] AS supplier_sku,
      (array_agg(cost ORDER BY row_number DESC) FILTER (WHERE cost IS NOT NULL))[1] AS cost
    FROM suspected_rows GROUP BY sku_key
  ) r
  LEFT JOIN (
    SELECT sku_key, jsonb_agg(cell ORDER BY row_number, place) AS cells,
      LEAST(2147483647, sum((cell->>'quantity')::bigint))::int AS quantity
    FROM said_cells WHERE is_last GROUP BY sku_key
  ) c USING (sku_key)
  LEFT JOIN (
    SELECT s.sku_key, jsonb_object_agg(one.name, one.value ORDER BY s.row_number) AS details
    FROM suspected_rows s CROSS JOIN LATERAL jsonb_each(s.details) AS one (name, value) GROUP BY s.sku_key
  ) d USING (sku_key)`;

/** A price that stands in all rows of a SKU is none that is said anew. */
async function listOverridden(tx: BulkTx): Promise<Pick<Repeats, 'overridden' | 'listed'>> {
  await tx.execute(
    `CREATE TEMP TABLE overridden_rows ON COMMIT DROP AS
     SELECT row_number, max(by_row) AS by_row, bool_or(is_stock) AS is_stock, max(value) AS value FROM (
       SELECT row_number, by_row, true AS is_stock, concat_ws(': ', cell->>'code', cell->>'quantity') AS value
       FROM said_cells WHERE NOT is_last
       UNION ALL
       SELECT s.row_number, r.row_number, false, s.cost::text
       FROM suspected_rows s JOIN repeated_rows r USING (sku_key) WHERE s.cost <> r.cost
     ) said GROUP BY row_number`,
  );
  const [row] = await tx.query<{ overridden: number }>(
    'SELECT count(*)::int AS overridden FROM overridden_rows',
  );
  const rows = await tx.query<{ rowNumber: number; byRow: number; isStock: boolean; value: string }>(
    `SELECT row_number AS "rowNumber", by_row AS "byRow", is_stock AS "isStock", value FROM overridden_rows
     ORDER BY row_number LIMIT ${MOST_LISTED}`,
  );
  await tx.query('DROP TABLE overridden_rows');
  const listed = rows.map(({ rowNumber, byRow, isStock, value }) => ({
    level: 'overridden' as const,
    at: { row: rowNumber, column: isStock ? 'Quantity' : 'Cost' },
    value: value.slice(0, 100),
    message: `is said again in row ${byRow}, which counts`,
    next: 'Give each SKU once, or one row for each of its warehouses',
  }));
  return { overridden: row!.overridden, listed };
}
