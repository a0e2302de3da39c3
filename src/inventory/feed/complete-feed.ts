import { LARGEST_QUANTITY } from '../../domain/sku.js';
import type { Finding } from '../../imports/current-row.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import type { FeedContext } from './feed-context.js';
import { cellKeyOf, cellsOf } from './feed-repeats.js';
import { defaultWarehouseNames } from './warehouse-names.js';

/** Rows that stand for what a complete file leaves out are numbered from here on: no file has so many. */
const FIRST_LEFT_OUT = 1_500_000_000;
/** Left out SKUs that a report lists; further ones are counted. */
const MOST_LISTED = 1_000;

/** What a complete file speaks of: codes of warehouses in lower case; empty: all that there is of a SKU. */
type Scope = readonly string[];

const SAID_CELLS = (rows: string): string => `
  SELECT s.sku_key, ${cellKeyOf('c.cell')} AS key FROM ${rows} s
  CROSS JOIN LATERAL jsonb_array_elements(${cellsOf('s.quantity', 's.warehouse', 's.warehouses')}) AS c (cell)`;

/** Each row names one warehouse, or none: its cells need not be unfolded. */
async function scopeOf(tx: BulkTx, rows: string): Promise<Scope> {
  const found = await tx.query<{ key: string }>(
    `SELECT DISTINCT coalesce(fold_sku(warehouse), '') AS key FROM ${rows}
     WHERE quantity IS NOT NULL AND warehouses IS NULL AND row_number < ${FIRST_LEFT_OUT}
     UNION SELECT key FROM (${SAID_CELLS(`(SELECT * FROM ${rows} WHERE warehouses IS NOT NULL AND row_number < ${FIRST_LEFT_OUT})`)}) said`,
  );
  return found.map(({ key }) => key);
}

/**
 * Adds rows of 0 for what a complete file leaves out, so that they go the way of all others: whatever arrived later keeps its
 * value, the brake counts them, a held feed keeps them. A file whose rows name no warehouse speaks of all that there is of each
 * SKU; one that names warehouses speaks of those, and leaves the others alone. A SKU that it names without a quantity that can
 * be read is not left out.
 * @returns the context with these rows
 */
export async function addLeftOut(
  tx: BulkTx,
  context: FeedContext,
  doubtful: readonly string[],
): Promise<FeedContext> {
  const { connectionId, feedRows, facts } = context;
  const scope = await scopeOf(tx, feedRows);
  if (scope.length === 0) return context;
  await tx.query(`ANALYZE ${feedRows} (sku_key)`);
  const keys = scope.includes('')
    ? await addWhole(tx, { connectionId, feedRows, doubtful })
    : await addCells(tx, {
        connectionId,
        feedRows,
        doubtful,
        scope,
        standard: await defaultWarehouseNames(tx, connectionId),
      });
  if (keys.length === 0) return context;
  const without = { ...facts.without, cost: facts.without.cost + keys.length };
  const suspects = facts.suspects && [...facts.suspects, ...(scope.includes('') ? [] : keys)];
  return { ...context, facts: { ...facts, staged: facts.staged + keys.length, without, suspects } };
}

interface Leaving {
  connectionId: number;
  feedRows: string;
  doubtful: readonly string[];
}

const COLUMNS = 'row_number, sku_key, supplier_sku, quantity, warehouse, warehouses';
const NUMBER = `(${FIRST_LEFT_OUT} + row_number() OVER (ORDER BY i.sku_key))::int`;
const OWN_NAME = 'CASE WHEN i.supplier_sku <> i.sku_key THEN i.supplier_sku END';
const NOT_NAMED = (rows: string): string => `NOT EXISTS (SELECT FROM ${rows} s WHERE s.sku_key = i.sku_key)`;

async function addWhole(tx: BulkTx, { connectionId, feedRows, doubtful }: Leaving): Promise<string[]> {
  const rows = await tx.query<{ key: string }>(
    `INSERT INTO ${feedRows} (${COLUMNS})
     SELECT ${NUMBER}, i.sku_key, ${OWN_NAME}, 0, NULL, NULL FROM inventory_items i
     WHERE i.connection_id = $1 AND i.quantity > 0 AND ${NOT_NAMED(feedRows)} AND i.sku_key <> ALL ($2::text[])
     RETURNING sku_key AS key`,
    [connectionId, doubtful],
  );
  return rows.map(({ key }) => key);
}

/** Warehouse by warehouse. What lies in the default one without a code is spoken of where that is. */
async function addCells(
  tx: BulkTx,
  {
    connectionId,
    feedRows,
    doubtful,
    scope,
    standard,
  }: Leaving & { scope: Scope; standard: readonly string[] },
): Promise<string[]> {
  const speaksOfDefault = standard.some((name) => scope.includes(name));
  const rows = await tx.query<{ key: string }>(
    `WITH said AS MATERIALIZED (${SAID_CELLS(feedRows)}),
       gone AS (
         SELECT i.sku_key, i.supplier_sku, jsonb_agg(jsonb_build_object('code', c.cell->'code', 'quantity', 0) ORDER BY c.place)
           AS cells
         FROM inventory_items i CROSS JOIN LATERAL
           jsonb_array_elements(${cellsOf('i.quantity', 'i.warehouse', 'i.warehouses')}) WITH ORDINALITY AS c (cell, place)
         WHERE i.connection_id = $1 AND i.quantity > 0 AND i.sku_key <> ALL ($2::text[])
           AND (${cellKeyOf('c.cell')} = ANY ($3::text[]) OR ($4 AND i.warehouses IS NULL AND i.warehouse IS NULL
             AND NOT EXISTS (SELECT FROM ${feedRows} s WHERE s.sku_key = i.sku_key)))
           AND (c.cell->>'quantity')::bigint > 0
           AND NOT EXISTS (SELECT FROM said WHERE said.sku_key = i.sku_key AND said.key = ${cellKeyOf('c.cell')})
           AND NOT EXISTS (SELECT FROM ${feedRows} s WHERE s.sku_key = i.sku_key AND s.quantity IS NULL)
         GROUP BY i.sku_key, i.supplier_sku)
     INSERT INTO ${feedRows} (${COLUMNS})
     SELECT ${NUMBER}, i.sku_key, ${OWN_NAME}, 0, i.cells->0->>'code',
       CASE WHEN jsonb_array_length(i.cells) > 1 THEN i.cells END
     FROM gone i RETURNING sku_key AS key`,
    [connectionId, doubtful, scope, speaksOfDefault],
  );
  return rows.map(({ key }) => key);
}

/** Of the changes that were found: those of SKUs that the file leaves out. */
export async function countLeftOut(tx: BulkTx): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM changed_rows WHERE row_number >= ${FIRST_LEFT_OUT} AND stock_changes`,
  );
  return row!.count;
}

export async function listLeftOut(tx: BulkTx): Promise<Finding[]> {
  const rows = await tx.query<{ sku: string; was: number; cells: string | null }>(
    `SELECT supplier_sku AS sku, old_quantity AS was,
       CASE WHEN by_cell THEN (SELECT string_agg(c->>'code', ', ') FROM jsonb_array_elements(
         coalesce(warehouses, jsonb_build_array(jsonb_build_object('code', warehouse, 'quantity', quantity)))) c
         WHERE c->>'quantity' = '0') END AS cells
     FROM changed_rows WHERE row_number >= ${FIRST_LEFT_OUT} AND stock_changes
     ORDER BY sku_key LIMIT ${MOST_LISTED}`,
  );
  return rows.map(({ sku, was, cells }) => ({
    level: 'left-out' as const,
    at: { row: 0, column: 'Quantity' },
    value: String(was),
    message: `is left out of the complete file and counts as 0${cells === null ? '' : ` in ${cells.slice(0, 200)}`}`,
    next: 'Put it into the file if there is something to sell',
    sku,
  }));
}

/** What arrived before a complete file, and is applied later, says only what that file has not left out. */
export async function noteComplete(
  tx: BulkTx,
  { connectionId, importId, feedRows }: FeedContext,
): Promise<void> {
  const scope = await scopeOf(tx, feedRows);
  if (scope.length === 0) return;
  await tx.execute(
    `UPDATE inventory_states SET complete_floors = complete_floors || (
       SELECT jsonb_object_agg(code, GREATEST($2::bigint, (complete_floors->>code)::bigint)) FROM unnest($3::text[]) AS code)
     WHERE connection_id = $1`,
    [connectionId, importId, scope],
  );
}

/** Whether the floor is above a cell, by its key. */
const isBelow = (key: string): string => `($1 OR ${key} = ANY ($2::text[]))`;

/** Empties what an older feed says of warehouses of which a complete one has spoken since: what that names has a newer number. */
export async function setToCompleteFloor(tx: BulkTx, { importId, floors }: FeedContext): Promise<void> {
  const codes = Object.entries(floors.complete).flatMap(([code, n]) => (n > importId ? [code] : []));
  if (codes.length === 0) return;
  await tx.execute(
    `UPDATE differing_rows d SET is_below = true,
       quantity = CASE WHEN d.warehouses IS NULL THEN 0 ELSE
         (SELECT LEAST(${LARGEST_QUANTITY}, sum((c->>'quantity')::bigint) FILTER (WHERE NOT ${isBelow(cellKeyOf('c'))}))
          FROM jsonb_array_elements(d.warehouses) c)::int END,
       warehouses = CASE WHEN d.warehouses IS NOT NULL THEN (
         SELECT jsonb_agg(CASE WHEN ${isBelow(cellKeyOf('c'))} THEN jsonb_set(c, '{quantity}', '0') ELSE c END ORDER BY place)
         FROM jsonb_array_elements(d.warehouses) WITH ORDINALITY AS e (c, place)) END
     WHERE d.quantity > 0 AND CASE WHEN d.warehouses IS NULL THEN ${isBelow("coalesce(fold_sku(d.warehouse), '')")}
       ELSE EXISTS (SELECT FROM jsonb_array_elements(d.warehouses) c WHERE ${isBelow(cellKeyOf('c'))}) END`,
    [codes.includes(''), codes],
  );
  await tx.execute('UPDATE differing_rows SET quantity = 0 WHERE quantity IS NULL AND is_below');
}
