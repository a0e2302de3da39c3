import type { BulkTx } from '../../store/bulk-transaction.js';
import { isBeforeNamed, type FeedContext } from './feed-context.js';
import { unsent } from '../push/push-store.js';

/** Writes what `findChanges` found: two statements, however many rows. */
export async function applyChanges(tx: BulkTx, context: FeedContext): Promise<void> {
  const { connectionId, companyId, importId, now } = context;
  const isApart = isBeforeNamed(context);
  const isOfProducts = context.isOfProducts ?? false;
  await tx.query('ANALYZE changed_rows (sku_key)');
  await preferLookUps(tx);
  await tx.execute(
    `UPDATE inventory_items i SET
       supplier_sku = CASE WHEN s.changes THEN s.supplier_sku ELSE i.supplier_sku END,
       merchant_sku = s.merchant_sku,
       matched_by = s.matched_by,
       quantity = CASE WHEN s.takes_stock THEN s.new_quantity ELSE i.quantity END,
       warehouse = CASE WHEN s.takes_stock THEN s.new_warehouse ELSE i.warehouse END,
       warehouses = CASE WHEN s.takes_stock THEN s.new_warehouses ELSE i.warehouses END,
       count_n = CASE WHEN s.takes_stock THEN s.new_count_n ELSE s.old_count_n END,
       counted_at = CASE WHEN s.takes_stock THEN s.new_counted_at ELSE s.old_counted_at END,
       cost = CASE WHEN s.takes_cost THEN s.cost ELSE i.cost END,
       cost_n = CASE WHEN s.takes_cost THEN $2 ELSE s.old_cost_n END,
       is_apart = $4 OR (i.is_apart AND NOT (s.takes_stock AND (s.takes_cost OR i.cost IS NULL))),
       stock_by_products = CASE WHEN s.takes_stock THEN $5 AND (i.stock_by_products OR i.quantity IS NULL) ELSE i.stock_by_products END,
       cost_by_products = CASE WHEN s.takes_cost THEN $5 AND (i.cost_by_products OR i.cost IS NULL) ELSE i.cost_by_products END,
       details = CASE WHEN s.takes_details THEN coalesce(i.details, '{}') || s.details ELSE i.details END,
       version = CASE WHEN s.sends THEN nextval('inventory_version_seq') ELSE i.version END,
       unsent_since = CASE WHEN s.sends THEN coalesce(i.unsent_since, $3) ELSE i.unsent_since END,
       due_at = CASE WHEN s.merchant_sku IS NOT NULL AND (s.newly_matched OR NOT s.sends) THEN $3 ELSE i.due_at END,
       seen_at = $3,
       updated_at = CASE WHEN s.changes THEN $3 ELSE i.updated_at END,
       import_id = CASE WHEN s.changes THEN $2 ELSE i.import_id END
     FROM changed_rows s WHERE NOT s.is_new AND (s.changes OR s.takes_stock OR s.takes_cost)
       AND i.connection_id = $1 AND i.sku_key = s.sku_key`,
    [connectionId, importId, now, isApart, isOfProducts],
  );
  await tx.query('RESET enable_hashjoin; RESET enable_mergejoin');
  await tx.execute(
    `INSERT INTO inventory_items (connection_id, company_id, sku_key, supplier_sku, merchant_sku, matched_by, quantity,
       warehouse, warehouses, count_n, counted_at, cost, cost_n, is_apart, details, version, unsent_since, seen_at,
       updated_at, import_id, stock_by_products, cost_by_products)
     SELECT $1, $4, s.sku_key, s.supplier_sku, s.merchant_sku, s.matched_by, s.new_quantity, s.new_warehouse,
       s.new_warehouses, CASE WHEN s.takes_stock THEN s.new_count_n ELSE 0 END,
       CASE WHEN s.takes_stock THEN s.new_counted_at END, s.cost, CASE WHEN s.takes_cost THEN $2 ELSE 0 END, $5, s.details,
       nextval('inventory_version_seq'), $3, $3, $3, $2, $6 AND s.takes_stock, $6 AND s.takes_cost
     FROM changed_rows s WHERE s.is_new`,
    [connectionId, importId, now, companyId, isApart, isOfProducts],
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

/**
 * Setting latestFeedOnly: what an earlier feed changed and this one does not name is not sent any more. What arrived later
 * stays, and so does a ZeroOut.
 */
export async function forgetOlderChanges(
  tx: BulkTx,
  { connectionId, importId, feedRows, floors }: FeedContext,
): Promise<void> {
  await tx.execute(
    `UPDATE inventory_items i SET unsent_since = NULL, resend = false
     WHERE i.connection_id = $1 AND ${unsent.sql} AND GREATEST(i.count_n, i.cost_n) < $2
       AND ($3::bigint = 0 OR i.count_n <> $3)
       AND NOT EXISTS (SELECT FROM ${feedRows} s WHERE s.sku_key = i.sku_key)`,
    [connectionId, importId, floors.zeroN],
  );
}
