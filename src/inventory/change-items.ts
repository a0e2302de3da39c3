import type { Connection } from '../connections/connection.js';
import { recordEvents } from '../documents/document-store.js';
import { bulkTransaction, type BulkTx } from '../store/bulk-transaction.js';
import type { Database } from '../store/database.js';
import { DAY_MS } from '../time.js';
import { replaceHeld } from './import-store.js';
import type { InventoryDeps } from './inventory-deps.js';
import { lockInventory } from './inventory-lock.js';

/**
 * The panic button: every quantity of the connection becomes 0 in all its warehouses and is sent at once. No brake, and a
 * feed that waits to be confirmed is dropped, since it says what was true before.
 * @returns how many items the connection has
 */
export async function zeroOut(deps: InventoryDeps, connection: Connection): Promise<number> {
  const count = await change(deps, connection, async (tx) => {
    await replaceHeld(tx, connection.id);
    return tx.execute(
      `UPDATE inventory_items SET quantity = 0,
         warehouses = CASE WHEN warehouses IS NOT NULL THEN
           (SELECT jsonb_agg(w || '{"quantity": 0}' ORDER BY nth) FROM jsonb_array_elements(warehouses)
             WITH ORDINALITY AS list (w, nth)) END,
         version = nextval('inventory_version_seq'), unsent_since = coalesce(unsent_since, $2), resend = true,
         counted_at = $2, updated_at = $2
       WHERE connection_id = $1`,
      [connection.id, deps.clock.now()],
    );
  });
  await record(deps, connection, `All ${count} quantities were set to 0`);
  await deps.inventoryChanged?.(connection.id, { urgent: true });
  return count;
}

/** Everything is sent again, whatever TikTok was sent before. @returns how many items will be */
export async function resendAll(deps: InventoryDeps, connection: Connection): Promise<number> {
  const count = await change(deps, connection, (tx) =>
    tx.execute(
      `UPDATE inventory_items SET version = nextval('inventory_version_seq'), resend = true,
         unsent_since = coalesce(unsent_since, $2)
       WHERE connection_id = $1 AND merchant_sku IS NOT NULL`,
      [connection.id, deps.clock.now()],
    ),
  );
  await record(deps, connection, `All ${count} matched items are to be sent again`);
  await deps.inventoryChanged?.(connection.id, { urgent: false });
  return count;
}

/** Removes all items; matches stay, and nothing is sent: TikTok keeps what it was sent last. @returns how many */
export async function deleteItems(deps: InventoryDeps, connection: Connection): Promise<number> {
  const count = await change(deps, connection, async (tx) => {
    await replaceHeld(tx, connection.id);
    return tx.execute('DELETE FROM inventory_items WHERE connection_id = $1', [connection.id]);
  });
  await record(deps, connection, `All ${count} items were removed; nothing is sent to TikTok for that`);
  return count;
}

/** Drops all matches, those of auto match included; items stay and wait for new ones. @returns how many */
export async function deleteMatches(deps: InventoryDeps, connection: Connection): Promise<number> {
  const count = await change(deps, connection, async (tx) => {
    await tx.execute(
      `UPDATE inventory_items SET merchant_sku = NULL, matched_by = NULL, unsent_since = NULL, resend = false,
         updated_at = $2
       WHERE connection_id = $1 AND merchant_sku IS NOT NULL`,
      [connection.id, deps.clock.now()],
    );
    return tx.execute('DELETE FROM sku_matches WHERE connection_id = $1', [connection.id]);
  });
  await record(deps, connection, `All ${count} matches of SKUs were dropped`);
  return count;
}

/** Setting clearAfterDays: items that no feed has named for so long are removed. @returns how many */
export async function clearOldItems(
  { db }: { db: Database },
  connections: readonly Connection[],
  now: Date,
): Promise<number> {
  let count = 0;
  for (const { id, settings } of connections) {
    if (settings.clearAfterDays === 0) continue;
    const before = new Date(now.getTime() - settings.clearAfterDays * DAY_MS);
    const { count: cleared } = await db.prisma.inventoryItem.deleteMany({
      where: { connectionId: id, seenAt: { lt: before }, updatedAt: { lt: before } },
    });
    count += cleared;
  }
  return count;
}

function change(
  deps: InventoryDeps,
  { id, companyId, settings }: Connection,
  work: (tx: BulkTx) => Promise<number>,
): Promise<number> {
  return bulkTransaction(deps.db, async (tx) => {
    await lockInventory(deps, tx, { id, companyId, caseSensitive: settings.caseSensitiveSkus });
    return work(tx);
  });
}

async function record({ db }: InventoryDeps, connection: Connection, summary: string): Promise<void> {
  const { id: connectionId, companyId } = connection;
  await db.transaction((tx) =>
    recordEvents(tx, [{ companyId, connectionId, event: 'inventory-changed-by-hand', summary }]),
  );
}
