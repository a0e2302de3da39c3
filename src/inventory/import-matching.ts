import { AppError } from '../errors.js';
import { bulkTransaction, type BulkTx } from '../store/bulk-transaction.js';
import { announceImports } from './announce-imports.js';
import { applyMatches, createMatchRows, settleMatchRows } from './apply-matching.js';
import { MOST_ROW_ERRORS, type ImportRecord } from './import.js';
import type { FeedRequest } from './import-feed.js';
import { insertImport, nextImportId } from './import-store.js';
import type { InventoryDeps } from './inventory-deps.js';
import { lockInventory } from './inventory-lock.js';
import { recordRefusal } from './refused-imports.js';
import { stageRows } from './stage-rows.js';

/**
 * Takes in a matching file: which SKU in TikTok the ERP's SKU is. Matches that the file does not name stay.
 * @throws AppError invalid-document when the file as a whole cannot be read; conflict as for a feed
 */
export async function importMatching(deps: InventoryDeps, request: FeedRequest): Promise<ImportRecord> {
  const { connection, dryRun } = request;
  let record: ImportRecord;
  try {
    record = await bulkTransaction(deps.db, (tx) => takeIn(deps, tx, request));
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-document') {
      await recordRefusal(deps, { ...request, kind: 'matching' }, error);
    }
    throw error;
  }
  await announceImports(deps);
  if (!dryRun) await deps.inventoryChanged?.(connection.id, { urgent: false });
  return record;
}

async function takeIn(deps: InventoryDeps, tx: BulkTx, request: FeedRequest): Promise<ImportRecord> {
  const { connection, source, dryRun, receivedAt } = request;
  const { id: connectionId, companyId } = connection;
  const caseSensitive = connection.settings.caseSensitiveSkus;
  const table = await createMatchRows(tx);
  const staged = await stageRows(tx, source, { kind: 'matching', table, caseSensitive });
  await lockInventory(deps, tx, { id: connectionId, companyId, caseSensitive });
  const importId = await nextImportId(tx);
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
    counts: { rows, errors, ...counts, unchanged: rows - errors - counts.added - counts.changed, ...row },
    warnings: staged.warnings,
    reason: null,
    receivedAt,
    finishedAt: deps.clock.now(),
  };
  const report = [...staged.errors, ...lost.errors].slice(0, MOST_ROW_ERRORS);
  await insertImport(tx, record, report);
  return record;
}
