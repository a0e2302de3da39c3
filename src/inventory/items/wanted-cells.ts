/**
 * What the seller said last of an item, and when. Files are numbered as their first byte is accepted (`n`, the number of
 * the import; `at`, that time), and a cell, which is one warehouse code of one item, or its price, takes only a value with
 * a number that is not smaller than its own.
 *
 * - One cell, plainly: `quantity` in `warehouse` (null: no code), `warehouses` null.
 * - Otherwise `warehouses` has the cells: `[{code, quantity, n, at, nextAvailableQuantity?, nextAvailableDate?}]`, `n` a
 *   number, `at` ISO 8601 in UTC; `quantity` is their sum, `warehouse` the first code. Of two with the same `n` the later one
 *   was said later. Cells of rows from before files were numbered have neither: then the item's own count.
 * - A 0 without a code stands alone with the cells that were said after it: it means 0 in all warehouses.
 *
 * A feed that names (nearly) all items with unchanged values does not rewrite their rows: its number and time stand in
 * `inventory_states.named_n`, `named_at` and `named_cost_n`, and count for every plain item that is not `is_apart`. So what
 * counts is read by the fragments below: `i` is the item, `w` its row of `inventory_states` (may be missing).
 */
const COUNT_N = `CASE WHEN i.quantity IS NULL THEN 0 WHEN i.is_apart OR i.warehouses IS NOT NULL THEN i.count_n
  ELSE GREATEST(i.count_n, w.named_n) END`;
const COUNTED_AT = `CASE WHEN i.quantity IS NOT NULL AND NOT i.is_apart AND i.warehouses IS NULL
  AND w.named_n > i.count_n THEN w.named_at ELSE i.counted_at END`;
const COST_N = `CASE WHEN i.cost IS NULL THEN 0 WHEN i.is_apart THEN i.cost_n
  ELSE GREATEST(i.cost_n, w.named_cost_n) END`;

/** For statements on a connection of its own. */
export const effectiveSql = { countN: COUNT_N, countedAt: COUNTED_AT, costN: COST_N };
