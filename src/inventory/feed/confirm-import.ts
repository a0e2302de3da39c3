import type { Connection } from '../../connections/connection.js';
import { AppError } from '../../kernel/errors.js';
import { bulkTransaction, type BulkTx } from '../../store/bulk-transaction.js';
import { announceImports } from './announce-imports.js';
import { feedContextOf } from './feed-context.js';
import { dropFeedRows } from './feed-rows.js';
import { findChanges } from './find-changes.js';
import { countsOf, finishFeed } from './finish-feed.js';
import { forgetHeldRows, takeHeldRows } from './held-rows.js';
import type { ImportCounts } from './import.js';
import { endHeld } from './import-store.js';
import type { InventoryDeps } from '../inventory-deps.js';
import { lockInventory } from '../items/inventory-lock.js';

/**
 * Applies a feed that the brake has held: somebody says that it is meant so. It counts from when it arrived, so that what
 * came later stays.
 * @returns what was changed, and of how many SKUs something newer counts
 * @throws AppError not-found; rule-violated when it is not held (any more)
 */
export async function confirmImport(
  deps: InventoryDeps,
  { connection, importId }: { connection: Connection; importId: number },
): Promise<Partial<ImportCounts>> {
  const done = await bulkTransaction(deps.db, async (tx) => {
    const receivedAt = await lockHeld(deps, tx, { connection, importId });
    const { caseSensitiveSkus } = connection.settings;
    const held = await takeHeldRows(tx, importId, caseSensitiveSkus);
    const now = deps.clock.now();
    const context = await feedContextOf(tx, connection, { importId, receivedAt, ...held, now });
    const changes = await findChanges(tx, context);
    const outcome = await finishFeed(tx, connection, { context, changes });
    await dropFeedRows(tx, held.feedRows);
    await forgetHeldRows(tx, importId);
    const counts = { ...countsOf(changes), unmatched: outcome.totals.unmatched };
    await endHeld(tx, { importId, state: 'applied', reason: null, counts, now });
    return { ...outcome, counts };
  });
  await announceImports(deps);
  if (done.toSend) await deps.inventoryChanged?.(connection.id, { urgent: done.toZero });
  return done.counts;
}

/**
 * Forgets a feed that the brake has held: it was a mistake. Zeros that were let through stay.
 * @throws AppError not-found; rule-violated when it is not held (any more)
 */
export async function refuseImport(
  deps: InventoryDeps,
  { connection, importId }: { connection: Connection; importId: number },
): Promise<void> {
  await bulkTransaction(deps.db, async (tx) => {
    await lockHeld(deps, tx, { connection, importId });
    await forgetHeldRows(tx, importId);
    const reason = 'It was held, and was refused by hand.';
    await endHeld(tx, { importId, state: 'refused', reason, counts: {}, now: deps.clock.now() });
  });
  await announceImports(deps);
}

/** @returns when the held feed arrived */
async function lockHeld(
  deps: InventoryDeps,
  tx: BulkTx,
  { connection, importId }: { connection: Connection; importId: number },
): Promise<Date> {
  const { id: connectionId, companyId, settings } = connection;
  await lockInventory(deps, tx, { id: connectionId, companyId, caseSensitive: settings.caseSensitiveSkus });
  const [row] = await tx.query<{ state: string; receivedAt: Date }>(
    `SELECT state, received_at AS "receivedAt" FROM imports WHERE id = $1 AND connection_id = $2`,
    [importId, connectionId],
  );
  if (!row) throw new AppError('not-found', `There is no import ${importId}.`);
  if (row.state === 'held') return row.receivedAt;
  throw new AppError(
    'rule-violated',
    `Import ${importId} does not wait to be confirmed or refused: it is ${row.state}.`,
    {
      details: [
        {
          field: 'ImportId',
          message: `is ${row.state}`,
          next: 'Only a held feed can be confirmed or refused',
        },
      ],
    },
  );
}
