import { audit } from '../../audit/audit.js';
import type { AuditAction } from '../../audit/audit-actions.js';
import type { Actor } from '../../companies/actor.js';
import { allow } from '../../companies/permissions.js';
import type { Connection } from '../../connections/connection.js';
import { recordEvents } from '../../documents/document-store.js';
import { bulkTransaction, type BulkTx } from '../../store/bulk-transaction.js';
import type { Database } from '../../store/database.js';
import { DAY_MS } from '../../kernel/time.js';
import { announceImports } from '../../imports/announce-imports.js';
import { nextImportId, refuseHeld } from '../../imports/import-store.js';
import { forgetHeldRows } from '../feed/held-rows.js';
import { INVENTORY_FEED, inventoryFeed } from '../feed/inventory-feed.js';
import type { InventoryDeps } from '../inventory-deps.js';
import { countUnsendable, sentenceOfUnsendable, sumOf, type Unsendable } from './unsendable.js';
import { lockInventory } from './inventory-lock.js';
import { standingOf } from '../../domain/shop.js';

/** What a ZeroOut has set to 0. */
interface ZeroedItems {
  items: number;
  unsendable: Unsendable;
}

/**
 * The panic button: every item of the connection becomes a single 0 that means all its warehouses, sent at once, also while
 * an operator has paused the connection. No brake; and whatever arrived before, held feeds too, raises nothing again.
 */
export async function zeroOut(deps: InventoryDeps, connection: Connection, by: Actor): Promise<ZeroedItems> {
  const values = [connection.id, deps.clock.now()];
  const items = await change(deps, { connection, by }, 'inventory.zeroed', async (tx, number) => {
    await tx.query(
      'UPDATE inventory_states SET zero_n = $3, zero_at = $2, zero_pending = true WHERE connection_id = $1',
      [...values, number],
    );
    const count = await tx.execute(
      `UPDATE inventory_items SET quantity = 0, warehouse = NULL, warehouses = NULL, count_n = $3, counted_at = $2,
         version = nextval('inventory_version_seq'), unsent_since = coalesce(unsent_since, $2), resend = true,
         due_at = CASE WHEN merchant_sku IS NOT NULL THEN $2::timestamptz END, updated_at = $2
       WHERE connection_id = $1`,
      [...values, number],
    );
    return count;
  });
  await deps.inventoryChanged?.(connection.id, { urgent: true, by });
  // Counted once the push is under way: it looks at everything that TikTok has, and a panic button waits for nothing.
  const zeroed = { items, unsendable: await countUnsendable(deps.db, connection) };
  await record(deps, { connection, by }, sentenceOfZeroOut(connection, zeroed));
  return zeroed;
}

/** What becomes of a ZeroOut, for people: it must not sound as if something were done that is not. */
export function sentenceOfZeroOut({ status }: Connection, { items, unsendable }: ZeroedItems): string {
  const done = `${items} quantities were set to 0`;
  const sent = items - sumOf(unsendable);
  const rest = sentenceOfUnsendable(unsendable);
  if (sent === 0) return `${done}; nothing is sent to TikTok.${rest}`;
  const which = sent === items ? 'they' : `${sent} of them`;
  switch (status) {
    case 'needs_reauthorization':
      return (
        `${done}. TikTok cannot be reached before the connection is authorised again; ${which} are sent first of all ` +
        `then. Until then TikTok goes on selling: set the stock to 0 in Seller Center.${rest}`
      );
    case 'paused':
      return `${done}, and ${which} are being sent although the connection is paused.${rest}`;
    case 'active':
      return `${done}, and ${which} are being sent.${rest}`;
    default:
      return `${done}. The connection ${standingOf(status)}, so nothing is sent to TikTok.`;
  }
}

/** Everything is sent again, whatever TikTok was sent before. @returns what becomes of it, for people */
export async function resendAll(deps: InventoryDeps, connection: Connection, by: Actor): Promise<string> {
  const count = await change(deps, { connection, by }, 'inventory.resent', (tx) =>
    tx.execute(
      `UPDATE inventory_items SET version = nextval('inventory_version_seq'), resend = true,
         unsent_since = coalesce(unsent_since, $2)
       WHERE connection_id = $1 AND merchant_sku IS NOT NULL`,
      [connection.id, deps.clock.now()],
    ),
  );
  await record(deps, { connection, by }, `All ${count} matched items are to be sent again`);
  await deps.inventoryChanged?.(connection.id, { urgent: false, by });
  const unsendable = await countUnsendable(deps.db, connection);
  return `${count - unsendable.missing - unsendable.ambiguous} items are sent again with the next push.${sentenceOfUnsendable(unsendable)}`;
}

/**
 * Removes all items, and feeds that wait to be confirmed; matches stay, and nothing is sent: TikTok keeps what it was sent
 * last. A file that arrived before brings no item back. @returns how many
 */
export async function deleteItems(deps: InventoryDeps, connection: Connection, by: Actor): Promise<number> {
  let refused: number[] = [];
  const count = await change(deps, { connection, by }, 'inventory.items-removed', async (tx, number) => {
    const reason = 'It was held, and all items were removed since.';
    const which = { connectionId: connection.id, kind: INVENTORY_FEED };
    refused = await refuseHeld(tx, { ...which, reason, by, now: deps.clock.now() });
    await forgetHeldRows(tx, refused);
    await tx.query('UPDATE inventory_states SET deleted_n = $2 WHERE connection_id = $1', [
      connection.id,
      number,
    ]);
    return tx.execute('DELETE FROM inventory_items WHERE connection_id = $1', [connection.id]);
  });
  await announceImports({ ...deps, feedKinds: [inventoryFeed(deps)] }, refused);
  await record(
    deps,
    { connection, by },
    `All ${count} items were removed; nothing is sent to TikTok for that`,
  );
  return count;
}

/**
 * Drops all matches, those of auto match included; items stay and wait for new ones. A matching file that arrived before
 * brings none back. @returns how many
 */
export async function deleteMatches(deps: InventoryDeps, connection: Connection, by: Actor): Promise<number> {
  const count = await change(deps, { connection, by }, 'inventory.matches-removed', async (tx, number) => {
    await tx.query('UPDATE inventory_states SET unmatched_n = $2 WHERE connection_id = $1', [
      connection.id,
      number,
    ]);
    await tx.execute(
      `UPDATE inventory_items SET merchant_sku = NULL, matched_by = NULL, unsent_since = NULL, due_at = NULL,
         resend = false, updated_at = $2
       WHERE connection_id = $1 AND merchant_sku IS NOT NULL`,
      [connection.id, deps.clock.now()],
    );
    return tx.execute('DELETE FROM sku_matches WHERE connection_id = $1', [connection.id]);
  });
  await record(deps, { connection, by }, `All ${count} matches of SKUs were dropped`);
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

/** Does the work as the only writer, with a number behind those of all files that have arrived. @returns how many rows */
async function change(
  deps: InventoryDeps,
  { connection: { id, companyId, settings }, by }: { connection: Connection; by: Actor },
  action: AuditAction,
  work: (tx: BulkTx, number: number) => Promise<number>,
): Promise<number> {
  allow(by, 'operate', companyId);
  return bulkTransaction(deps.db, async (tx) => {
    await lockInventory(deps, tx, { id, companyId, caseSensitive: settings.caseSensitiveSkus });
    const count = await work(tx, await nextImportId(tx));
    const subject = `inventory of connection ${id}`;
    await audit(tx, by, [{ action, subject, companyId, connectionId: id, after: { count } }]);
    return count;
  });
}

async function record(
  { db }: InventoryDeps,
  { connection, by }: { connection: Connection; by: Actor },
  summary: string,
): Promise<void> {
  const { id: connectionId, companyId } = connection;
  await db.transaction((tx) =>
    recordEvents(tx, by, [{ companyId, connectionId, event: 'inventory-changed-by-hand', summary }]),
  );
}
