import type { BulkTx } from '../../store/bulk-transaction.js';
import { countOf, isBeforeZeroOut, type FeedContext } from './feed-context.js';
import { setToCompleteFloor } from './complete-feed.js';
import { cellKeyOf, cellsOf, joinRepeats, type Repeats } from './feed-repeats.js';
import { withParallelQuery } from './feed-rows.js';
import { LARGEST_QUANTITY } from '../../domain/sku.js';
import { effectiveSql } from '../items/wanted-cells.js';

export interface FeedCounts {
  added: number;
  changed: number;
  unchanged: number;
  superseded: number;
  /** Of those changed: quantities that fell to 0. */
  zeroed: number;
  /** Of those changed: quantities that rose to ten times or more. */
  multiplied: number;
  /** Of those changed: prices that fell below half or rose above double. */
  repriced: number;
  /** New SKUs without a match that are not kept (setting ignoreUnmatched). */
  ignored: number;
  /** SKUs that would fall to 0, rise tenfold or change their price much. */
  braked: number;
  /** SKUs of which TikTok lacks something now. */
  toSend: number;
  /** SKUs of which something fell to 0. */
  toZero: number;
  /** SKUs that the feed names. */
  named: number;
  /** Of those, ones of which a row has to be looked at; of the others everything stays. */
  looked: number;
  repeats: Repeats;
}

/** A quantity that grows so many times is rather a mistake than a delivery. */
const SPIKE_FACTOR = 10;
/** A price that falls below half or rises above double is rather a mistake, too. */
const PRICE_FACTOR = 2;

/**
 * An empty cell says nothing: what is stored stays. `i` is the item, `s` the row. Where several warehouses are, and where
 * a difference in TikTok or a number of its own is noted, the row is looked at closely in any case.
 */
const STOCK_DIFFERS = `s.quantity IS NOT NULL AND (i.quantity IS DISTINCT FROM s.quantity
  OR i.warehouse IS DISTINCT FROM s.warehouse OR i.warehouses IS NOT NULL OR s.warehouses IS NOT NULL)`;
const COST_DIFFERS = 's.cost IS NOT NULL AND i.cost IS DISTINCT FROM s.cost';
const DETAILS_DIFFER = `s.details IS NOT NULL AND NOT coalesce(i.details, '{}') @> s.details`;
const NEEDS_A_LOOK = `i.sku_key IS NULL OR (${STOCK_DIFFERS}) OR (${COST_DIFFERS}) OR (${DETAILS_DIFFER})
  OR ($2 AND i.merchant_sku IS NULL) OR i.is_apart OR i.drift IS NOT NULL`;

const looked = (rows: string, where: string): string => `
  SELECT s.row_number, s.sku_key, s.supplier_sku, s.quantity, s.warehouse, s.warehouses, s.cost, s.details,
    i.sku_key IS NULL AS is_new, i.quantity AS old_quantity, i.warehouse AS old_warehouse, i.warehouses AS old_warehouses,
    i.cost AS old_cost, i.merchant_sku, i.matched_by, (${DETAILS_DIFFER}) AS details_differ,
    ${effectiveSql.countN} AS old_count_n, ${effectiveSql.countedAt} AS old_counted_at, ${effectiveSql.costN} AS old_cost_n,
    s.quantity IS NOT NULL AND (s.warehouses IS NOT NULL OR i.warehouses IS NOT NULL OR (i.quantity IS NOT NULL
      AND fold_sku(i.warehouse) IS DISTINCT FROM fold_sku(s.warehouse))) AS by_cell, false AS is_below
  FROM ${rows} s LEFT JOIN inventory_items i ON i.connection_id = $1 AND i.sku_key = s.sku_key
  CROSS JOIN (VALUES ($3::bigint, $4::timestamptz, $5::bigint)) AS w (named_n, named_at, named_cost_n)
  WHERE ${where}`;

const REPRICED = `cost_changes AND old_cost > 0 AND coalesce(old_quantity, 1) > 0
  AND (cost * ${PRICE_FACTOR} < old_cost OR cost > old_cost * ${PRICE_FACTOR})`;
const ZEROED = 'takes_stock AND old_quantity > 0 AND new_quantity = 0';
const MULTIPLIED = `takes_stock AND old_quantity > 0 AND new_quantity::bigint >= old_quantity::bigint * ${SPIKE_FACTOR}`;

/** `$1`: whether prices are sent. */
const COUNTS = `
  SELECT count(*) FILTER (WHERE is_new)::int AS added,
    count(*) FILTER (WHERE NOT is_new AND changes)::int AS changed,
    count(*) FILTER (WHERE ${ZEROED})::int AS zeroed,
    count(*) FILTER (WHERE ${MULTIPLIED})::int AS multiplied,
    count(*) FILTER (WHERE $1 AND ${REPRICED})::int AS repriced,
    count(*) FILTER (WHERE (${ZEROED}) OR (${MULTIPLIED}) OR ($1 AND ${REPRICED}))::int AS braked,
    count(*) FILTER (WHERE superseded)::int AS superseded,
    count(*) FILTER (WHERE superseded AND NOT changes)::int AS late,
    count(*) FILTER (WHERE sends)::int AS "toSend",
    count(*) FILTER (WHERE zeroes AND merchant_sku IS NOT NULL)::int AS "toZero",
    count(*)::int AS looked
  FROM changed_rows`;

/**
 * Finds the SKUs of which the rows say something new, into the temporary table `changed_rows`, with what each item is
 * then to hold. Sorting a million rows to find the repeated ones would take longer than everything else: only keys that
 * the reader suspects are joined, and only rows that differ are looked at.
 */
export async function findChanges(tx: BulkTx, context: FeedContext): Promise<FeedCounts> {
  const { connectionId, autoMatch, feedRows, facts, floors } = context;
  // A million items and a little more fit into one hash table, which PostgreSQL lets be twice as large.
  await tx.query(`SET LOCAL work_mem = '96MB'`);
  const repeats = await joinRepeats(tx, context);
  const values = [connectionId, autoMatch, floors.namedN, floors.namedAt, floors.namedCostN];
  await withParallelQuery(tx, () =>
    tx.execute(
      `CREATE TEMP TABLE differing_rows ON COMMIT DROP AS ${looked(feedRows, NEEDS_A_LOOK)}`,
      values,
    ),
  );
  if (repeats.keys > 0) {
    await tx.execute('DELETE FROM differing_rows d USING repeated_rows r WHERE d.sku_key = r.sku_key');
    await tx.execute(
      `INSERT INTO differing_rows ${looked('repeated_rows', '$2::boolean IS NOT NULL')}`,
      values,
    );
    await tx.query('DROP TABLE repeated_rows');
  }
  if (isBeforeZeroOut(context)) await setToFloor(tx);
  else await setToCompleteFloor(tx, context);
  await judgeRows(tx, context);
  const ignored = context.ignoreUnmatched
    ? await tx.execute('DELETE FROM changed_rows WHERE is_new AND merchant_sku IS NULL')
    : 0;
  const [row] = await tx.query<
    Omit<FeedCounts, 'ignored' | 'repeats' | 'named' | 'unchanged'> & { late: number }
  >(COUNTS, [context.pushPrice]);
  const { late, ...counts } = row!;
  const named = facts.staged - repeats.rows + repeats.keys;
  const unchanged = named - counts.added - counts.changed - ignored - late;
  return { ...counts, ignored, named, repeats, unchanged };
}

/** Forgets what was found, to look at other rows. */
export async function dropChanges(tx: BulkTx): Promise<void> {
  await tx.query('DROP TABLE changed_rows');
}

/** ZeroOut has emptied all items that there were; whoever the older feed brings along joins them. */
async function setToFloor(tx: BulkTx): Promise<void> {
  await tx.execute(
    `UPDATE differing_rows SET warehouse = NULL, warehouses = NULL, by_cell = false,
       is_below = old_quantity IS NOT NULL AND quantity > 0,
       quantity = CASE WHEN old_quantity IS NULL THEN 0 END
     WHERE quantity IS NOT NULL`,
  );
}

/** With auto match a SKU is its own merchant SKU, unless a matching file has given that to another one. */
const AUTO_MERCHANT = `CASE WHEN $2 AND taken.sku_key IS NULL THEN coalesce(d.supplier_sku, d.sku_key) END`;

/** Behind all places that an item has. */
const BEHIND = 1_000_000;
const IN_ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

/**
 * The cells of an item (`d`) with those that the row names: each takes a value only from a file that did not arrive
 * earlier. What was there keeps its place, unless it would then stand before something that the same file says earlier. A 0
 * without a code ends whatever was said before it.
 */
const MERGED_CELLS = `
  SELECT CASE WHEN bool_and(in_order) THEN jsonb_agg(cell ORDER BY place) FILTER (WHERE is_kept)
      ELSE jsonb_agg(cell ORDER BY rank) FILTER (WHERE is_kept) END AS cells,
    LEAST(${LARGEST_QUANTITY}, sum((cell->>'quantity')::bigint) FILTER (WHERE is_kept))::int AS quantity,
    count(*) FILTER (WHERE is_kept) = 1
      AND NOT bool_or(is_kept AND cell ?| '{nextAvailableQuantity,nextAvailableDate}') AS is_plain,
    max(n) FILTER (WHERE is_kept) AS n,
    ((array_agg(cell->>'at' ORDER BY n DESC) FILTER (WHERE is_kept))[1])::timestamptz AS at,
    bool_or(is_taken AND is_kept) AS takes,
    bool_or(is_taken AND is_kept AND is_other) OR bool_or(NOT is_kept AND was IS NOT NULL) AS differs,
    bool_or(is_taken AND is_kept AND says->>'quantity' = '0' AND (was IS NULL OR was->>'quantity' <> '0'))
      OR bool_or(NOT is_kept AND was IS NOT NULL AND was->>'quantity' <> '0') AS zeroes,
    bool_or(says IS NOT NULL AND NOT (is_taken AND is_kept) AND is_other) AS is_late
  FROM (
    SELECT *, last_zero IS NULL OR (ARRAY[n, rank] >= last_zero) AS is_kept,
      NOT is_taken OR said_place >= max(said_place) FILTER (WHERE is_taken) OVER (ORDER BY place) AS in_order
    FROM (
      SELECT *, max(CASE WHEN key = '' AND cell->>'quantity' = '0' THEN ARRAY[n, rank] END) OVER () AS last_zero
      FROM (
        SELECT was, says, key, said_place, is_taken, coalesce(old_place, ${BEHIND} + said_place) AS place,
          CASE WHEN is_taken THEN ${BEHIND} + said_place ELSE old_place END AS rank,
          CASE WHEN is_taken THEN $3::bigint ELSE old_n END AS n,
          was IS NULL OR says IS NULL OR was - 'n' - 'at' <> says AS is_other,
          CASE WHEN is_taken
            THEN says || jsonb_build_object('n', $3::bigint, 'at', to_char($4::timestamptz AT TIME ZONE 'UTC', ${IN_ISO}))
            ELSE was || jsonb_build_object('n', old_n, 'at',
              coalesce(was->>'at', to_char(d.old_counted_at AT TIME ZONE 'UTC', ${IN_ISO}))) END AS cell
        FROM (
          SELECT was, says, coalesce(o.key, s.key) AS key, old_place, said_place, old_n,
            says IS NOT NULL AND (was IS NULL OR $3::bigint >= old_n) AS is_taken
          FROM (SELECT e.was, e.old_place, ${cellKeyOf('e.was')} AS key,
              coalesce((e.was->>'n')::bigint, d.old_count_n) AS old_n
            FROM jsonb_array_elements(CASE WHEN d.by_cell
                THEN ${cellsOf('d.old_quantity', 'd.old_warehouse', 'd.old_warehouses')} ELSE '[]' END)
              WITH ORDINALITY AS e (was, old_place)) o
          FULL JOIN (SELECT e.says, e.said_place, ${cellKeyOf('e.says')} AS key
            FROM jsonb_array_elements(CASE WHEN d.by_cell
                THEN ${cellsOf('d.quantity', 'd.warehouse', 'd.warehouses')} ELSE '[]' END)
              WITH ORDINALITY AS e (says, said_place)) s ON o.key = s.key
        ) joined
      ) numbered
    ) ended
  ) cells`;

/** Nearly all rows are about one cell of an item that has no other: they need no merging. */
const NOT_MERGED = `
  SELECT NULL::jsonb AS cells, NULL::int AS quantity, NULL::boolean AS is_plain, NULL::bigint AS n,
    NULL::timestamptz AS at, NULL::boolean AS takes, NULL::boolean AS differs, NULL::boolean AS zeroes,
    NULL::boolean AS is_late`;

/** What of the rows counts: a value only takes the place of one that did not arrive later. */
const judged = (cells: string, where: string): string => `
     SELECT j.*, j.is_new OR j.stock_changes OR j.cost_changes OR j.newly_matched AS sends,
       j.is_new OR j.stock_changes OR j.cost_changes OR j.newly_matched OR j.takes_details AS changes
     FROM (
       SELECT d.row_number, d.sku_key, coalesce(d.supplier_sku, d.sku_key) AS supplier_sku, d.is_new,
         d.quantity, d.warehouse, d.warehouses, d.cost, d.details, d.old_quantity, d.old_cost,
         d.by_cell, d.old_count_n, d.old_counted_at, d.old_cost_n,
         coalesce(d.merchant_sku, m.merchant_sku, ${AUTO_MERCHANT}) AS merchant_sku,
         coalesce(d.matched_by, CASE WHEN m.merchant_sku IS NOT NULL THEN 'file'
           WHEN ${AUTO_MERCHANT} IS NOT NULL THEN 'auto' END) AS matched_by,
         d.merchant_sku IS NULL AND coalesce(m.merchant_sku, ${AUTO_MERCHANT}) IS NOT NULL AS newly_matched,
         v.takes_stock,
         v.takes_stock AND CASE WHEN d.by_cell THEN c.differs
           ELSE d.quantity IS DISTINCT FROM d.old_quantity OR d.warehouse IS DISTINCT FROM d.old_warehouse END
           AS stock_changes,
         v.takes_stock AND CASE WHEN d.by_cell THEN c.zeroes
           ELSE d.quantity = 0 AND d.old_quantity IS DISTINCT FROM 0 END AS zeroes,
         CASE WHEN d.by_cell THEN c.quantity ELSE d.quantity END AS new_quantity,
         CASE WHEN d.by_cell THEN c.cells->0->>'code' ELSE d.warehouse END AS new_warehouse,
         CASE WHEN d.by_cell AND NOT c.is_plain THEN c.cells END AS new_warehouses,
         CASE WHEN d.by_cell THEN c.n ELSE $3::bigint END AS new_count_n,
         CASE WHEN d.by_cell THEN c.at ELSE $4::timestamptz END AS new_counted_at,
         v.takes_cost, v.takes_cost AND d.old_cost IS DISTINCT FROM d.cost AS cost_changes,
         d.details_differ AND $5 >= GREATEST(d.old_count_n, d.old_cost_n) AS takes_details,
         (d.quantity IS NOT NULL AND CASE WHEN d.by_cell THEN c.is_late
           ELSE NOT v.takes_stock AND d.quantity IS DISTINCT FROM d.old_quantity END)
           OR (d.cost IS NOT NULL AND NOT v.takes_cost AND d.cost IS DISTINCT FROM d.old_cost)
           OR d.is_below AS superseded
       FROM differing_rows d
       LEFT JOIN sku_matches m ON m.connection_id = $1 AND m.sku_key = d.sku_key
       LEFT JOIN sku_matches taken ON $2 AND taken.connection_id = $1 AND taken.merchant_key = d.sku_key
       CROSS JOIN LATERAL (${cells}) c
       CROSS JOIN LATERAL (SELECT
         d.quantity IS NOT NULL AND CASE WHEN d.by_cell THEN c.takes ELSE $3 >= d.old_count_n END AS takes_stock,
         d.cost IS NOT NULL AND $5 >= d.old_cost_n AS takes_cost) v
       WHERE ${where}
     ) j`;

/** Says of each row what of it counts: a value only takes the place of one that did not arrive later. */
async function judgeRows(tx: BulkTx, context: FeedContext): Promise<void> {
  const { connectionId, autoMatch, importId } = context;
  const { n, at } = countOf(context);
  await tx.execute(
    `CREATE TEMP TABLE changed_rows ON COMMIT DROP AS
     ${judged(NOT_MERGED, 'NOT d.by_cell')} UNION ALL ${judged(MERGED_CELLS, 'd.by_cell')}`,
    [connectionId, autoMatch, n, at, importId],
  );
  await tx.query('DROP TABLE differing_rows');
}
