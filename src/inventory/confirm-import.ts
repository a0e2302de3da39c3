import type { Connection } from '../connections/connection.js';
import { AppError } from '../errors.js';
import { bulkTransaction, type BulkTx } from '../store/bulk-transaction.js';
import { announceImports } from './announce-imports.js';
import { findChanges, type FeedContext } from './apply-feed.js';
import { apply } from './import-feed.js';
import { createFeedRows, dropFeedRows } from './feed-rows.js';
import type { InventoryDeps } from './inventory-deps.js';
import { lockInventory } from './inventory-lock.js';

/**
 * Applies a feed that the brake has held: somebody says that it is meant so.
 * @throws AppError not-found; rule-violated when it is not held (any more)
 */
export async function confirmImport(
  deps: InventoryDeps,
  { connection, importId }: { connection: Connection; importId: number },
): Promise<void> {
  await bulkTransaction(deps.db, async (tx) => {
    const { id: connectionId, companyId } = connection;
    const { caseSensitiveSkus: caseSensitive, autoMatch, ignoreUnmatched } = connection.settings;
    await lockInventory(deps, tx, { id: connectionId, companyId, caseSensitive });
    await requireHeld(tx, { connectionId, importId });
    const feedRows = await createFeedRows(tx, importId);
    await tx.execute(
      `INSERT INTO ${feedRows} (row_number, sku_key, supplier_sku, quantity, warehouse, warehouses, cost, details)
       SELECT row_number, CASE WHEN $2 THEN supplier_sku ELSE fold_sku(supplier_sku) END, supplier_sku,
         quantity, warehouse, warehouses, cost, details
       FROM inventory_held_rows WHERE import_id = $1`,
      [importId, caseSensitive],
    );
    const now = deps.clock.now();
    const context: FeedContext = {
      connectionId,
      companyId,
      importId,
      feedRows,
      autoMatch,
      ignoreUnmatched,
      now,
    };
    await findChanges(tx, context);
    await apply(tx, connection, context);
    await dropFeedRows(tx, feedRows);
    await tx.query('DELETE FROM inventory_held_rows WHERE import_id = $1', [importId]);
    await tx.query(
      `UPDATE inventory_imports SET state = 'applied', reason = NULL, finished_at = $2, announced_at = NULL WHERE id = $1`,
      [importId, now],
    );
  });
  await announceImports(deps);
  await deps.inventoryChanged?.(connection.id, { urgent: false });
}

async function requireHeld(
  tx: BulkTx,
  { connectionId, importId }: { connectionId: number; importId: number },
): Promise<void> {
  const [row] = await tx.query<{ state: string }>(
    'SELECT state FROM inventory_imports WHERE id = $1 AND connection_id = $2',
    [importId, connectionId],
  );
  if (!row) throw new AppError('not-found', `There is no import ${importId}.`);
  if (row.state === 'held') return;
  throw new AppError(
    'rule-violated',
    `Import ${importId} does not wait to be confirmed: it is ${row.state}.`,
    {
      details: [{ field: 'ImportId', message: `is ${row.state}`, next: 'Only a held feed can be confirmed' }],
    },
  );
}
