import { bulkTransaction, type BulkTx } from '../../store/bulk-transaction.js';
import { announceImports } from '../feed/announce-imports.js';
import { applyMatches, createMatchRows, settleMatchRows } from './apply-matching.js';
import { MOST_ROW_ERRORS, type ImportRecord } from '../feed/import.js';
import type { FeedRequest } from '../feed/import-feed.js';
import { finishImport } from '../feed/import-store.js';
import type { InventoryDeps } from '../inventory-deps.js';
import { lockInventory } from '../items/inventory-lock.js';
import { endRefused } from '../feed/refused-imports.js';
import { stageRows } from '../feed/stage-rows.js';

/**
 * Takes in a matching file: which SKU in TikTok the ERP's SKU is. Matches that the file does not name stay, and so do
 * those of a file that arrived later.
 * @throws AppError invalid-document when the file as a whole cannot be read; conflict as for a feed
 */
export async function importMatching(deps: InventoryDeps, request: FeedRequest): Promise<ImportRecord> {
  const { arrival, dryRun } = request;
  let record: ImportRecord;
  try {
    record = await bulkTransaction(deps.db, (tx) => takeIn(deps, tx, request));
  } catch (error) {
    await endRefused(deps, { ...request, kind: 'matching' }, error);
    throw error;
  }
  await announceImports(deps);
  if (!dryRun) await deps.inventoryChanged?.(arrival.connection.id, { urgent: false });
  return record;
}

async function takeIn(deps: InventoryDeps, tx: BulkTx, request: FeedRequest): Promise<ImportRecord> {
  const { arrival, source, dryRun } = request;
  const { connection, importId, receivedAt } = arrival;
  const { id: connectionId, companyId } = connection;
  const caseSensitive = connection.settings.caseSensitiveSkus;
  const table = await createMatchRows(tx);
  const staged = await stageRows(tx, source, { kind: 'matching', table, caseSensitive });
  await lockInventory(deps, tx, { id: connectionId, companyId, caseSensitive });
  const lost = await settleMatchRows(tx);
  await tx.query('SAVEPOINT tried');
  const counts = await applyMatches(tx, { connectionId, companyId, importId, now: deps.clock.now() });
  const [row] = await tx.query<{ unmatched: number }>(
    'SELECT count(*)::int AS unmatched FROM inventory_items WHERE connection_id = $1 AND merchant_sku IS NULL',
    [connectionId],
  );
  if (dryRun) await tx.query('ROLLBACK TO SAVEPOINT tried');
  const errors = staged.errorCount + lost.errorCount;
  const rows = staged.staged + staged.errorCount;
  const { format, fileName, sha256, bytes } = source;
  const record: ImportRecord = {
    id: importId,
    companyId,
    connectionId,
    kind: 'matching',
    state: dryRun ? 'tried' : 'applied',
    format,
    fileName,
    sha256,
    bytes,
    dryRun,
    counts: {
      rows,
      errors,
      warned: staged.warnedCount,
      ...counts,
      unchanged: rows - errors - counts.added - counts.changed - counts.superseded,
      ...row,
    },
    warnings: staged.warnings,
    reason: null,
    receivedAt,
    finishedAt: deps.clock.now(),
  };
  const report = [...staged.errors, ...lost.errors].slice(0, MOST_ROW_ERRORS);
  await finishImport(tx, record, report);
  return record;
}
