import type { Connection } from '../connections/connection.js';
import { AppError } from '../errors.js';
import { bulkTransaction, type BulkTx } from '../store/bulk-transaction.js';
import { refreshStatistics } from '../store/table-statistics.js';
import { announceImports } from './announce-imports.js';
import {
  applyChanges,
  findChanges,
  forgetOlderChanges,
  noteUnchanged,
  type FeedContext,
  type FeedCounts,
} from './apply-feed.js';
import { feedBrake } from './feed-brake.js';
import { createFeedRows, dropFeedRows } from './feed-rows.js';
import type { ImportCounts, ImportRecord, ImportState } from './import.js';
import { insertImport, nextImportId, replaceHeld } from './import-store.js';
import { lockInventory } from './inventory-lock.js';
import type { InventoryDeps } from './inventory-deps.js';
import { recordRefusal } from './refused-imports.js';
import { stageRows, type StagedRows } from './stage-rows.js';
import type { TableSource } from './table-source.js';

export interface FeedRequest {
  connection: Connection;
  source: TableSource;
  /** Reports what would change, and changes nothing. */
  dryRun: boolean;
  receivedAt: Date;
}

/** What an import did, and beside its counts what the next push would send (dry runs). */
export interface ImportResult {
  record: ImportRecord;
  wouldSend: Record<string, number> | null;
}

/**
 * Takes in a feed: all good rows of it or, when it breaks off, none. Bad rows are reported and stop nobody. The
 * transaction is PostgreSQL's own (COPY), with one statement for all rows that changed and one for all new ones.
 * @throws AppError invalid-document when the file as a whole cannot be read; that is recorded too. conflict when the
 * shop's file before takes too long
 */
export async function importFeed(deps: InventoryDeps, request: FeedRequest): Promise<ImportResult> {
  const { connection, dryRun } = request;
  let result: ImportResult & { toSend: number };
  try {
    result = await bulkTransaction(deps.db, (tx) => takeIn(deps, tx, request));
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-document') {
      await recordRefusal(deps, { ...request, kind: 'feed' }, error);
    }
    throw error;
  }
  if (result.record.state === 'applied')
    await refreshStatistics(deps.db, 'inventory-items', result.record.counts.added ?? 0);
  await announceImports(deps);
  if (!dryRun && result.toSend > 0 && result.record.state === 'applied') {
    await deps.inventoryChanged?.(connection.id, { urgent: false });
  }
  return result;
}

async function takeIn(
  deps: InventoryDeps,
  tx: BulkTx,
  request: FeedRequest,
): Promise<ImportResult & { toSend: number }> {
  const { connection, source, dryRun } = request;
  const { caseSensitiveSkus: caseSensitive, autoMatch, ignoreUnmatched } = connection.settings;
  const importId = await nextImportId(tx);
  const feedRows = await createFeedRows(tx, importId);
  // Read before the lock: a feed that is being parsed keeps nobody waiting.
  const staged = await stageRows(tx, source, { kind: 'feed', table: feedRows, caseSensitive });
  await lockInventory(deps, tx, { id: connection.id, companyId: connection.companyId, caseSensitive });
  const context: FeedContext = {
    connectionId: connection.id,
    companyId: connection.companyId,
    importId,
    feedRows,
    autoMatch,
    ignoreUnmatched,
    now: deps.clock.now(),
  };
  const changes = await findChanges(tx, context);
  const brake = await askBrake(tx, connection, changes);
  let state: ImportState = brake === null ? 'applied' : 'held';
  let wouldSend: Record<string, number> | null = null;
  if (dryRun) {
    state = 'tried';
    wouldSend = await tryChanges(deps, tx, context);
  } else {
    await replaceHeld(tx, connection.id);
    if (brake === null) await apply(tx, connection, context);
  }
  await dropFeedRows(tx, feedRows);
  const counts = await countsOf(tx, connection.id, staged, changes);
  const record = recordOf(deps, request, { id: context.importId, state, counts, staged, reason: brake });
  await insertImport(tx, record, staged.errors);
  if (state === 'held') await holdRows(tx, context.importId);
  return { record, wouldSend, toSend: changes.toSend };
}

/** The last steps of a feed that goes in, whether at once or after it was confirmed. */
export async function apply(tx: BulkTx, { settings }: Connection, context: FeedContext): Promise<void> {
  await applyChanges(tx, context);
  if (settings.latestFeedOnly) await forgetOlderChanges(tx, context);
  const everyCount = true;
  if (everyCount || settings.clearAfterDays > 0) await noteUnchanged(tx, context, { everyCount });
}

/** Why the feed waits; null when it goes in. */
async function askBrake(
  tx: BulkTx,
  { id, settings }: Connection,
  counts: FeedCounts,
): Promise<string | null> {
  const percent = settings.spikeBrakePercent;
  if (percent === 0 || counts.zeroed + counts.multiplied === 0) return null;
  const [row] = await tx.query<{ selling: number }>(
    'SELECT count(*)::int AS selling FROM inventory_items WHERE connection_id = $1 AND quantity > 0',
    [id],
  );
  const outcome = feedBrake.decide({ counts, selling: row!.selling, percent });
  return outcome.outcome === 'pass'
    ? null
    : `${outcome.reason} ${outcome.outcome === 'wait' ? outcome.next : ''}`.trim();
}

/** Done for real, looked at, and undone. */
async function tryChanges(
  deps: InventoryDeps,
  tx: BulkTx,
  context: FeedContext,
): Promise<Record<string, number> | null> {
  if (!deps.previewPush) return null;
  await tx.query('SAVEPOINT tried');
  await applyChanges(tx, context);
  const preview = await deps.previewPush(tx, context.connectionId);
  await tx.query('ROLLBACK TO SAVEPOINT tried');
  return preview;
}

async function holdRows(tx: BulkTx, importId: number): Promise<void> {
  await tx.execute(
    `INSERT INTO inventory_held_rows (import_id, row_number, sku_key, supplier_sku, quantity, cost, warehouse, warehouses,
       details)
     SELECT $1, row_number, sku_key, supplier_sku, quantity, cost, warehouse, warehouses, details FROM changed_rows`,
    [importId],
  );
}

async function countsOf(
  tx: BulkTx,
  connectionId: number,
  { staged, errorCount }: StagedRows,
  changes: FeedCounts,
): Promise<ImportCounts> {
  const [row] = await tx.query<{ unmatched: number }>(
    'SELECT count(*)::int AS unmatched FROM inventory_items WHERE connection_id = $1 AND merchant_sku IS NULL',
    [connectionId],
  );
  const { added, changed, ignored } = changes;
  return {
    rows: staged + errorCount,
    errors: errorCount,
    added,
    changed,
    zeroed: changes.zeroed,
    multiplied: changes.multiplied,
    ignored,
    unchanged: staged - added - changed - ignored,
    unmatched: row!.unmatched,
  };
}

function recordOf(
  deps: InventoryDeps,
  { connection, source, dryRun, receivedAt }: FeedRequest,
  outcome: {
    id: number;
    state: ImportState;
    counts: ImportCounts;
    staged: StagedRows;
    reason: string | null;
  },
): ImportRecord {
  const { id, state, counts, staged, reason } = outcome;
  const { format, fileName, sha256, bytes } = source;
  return {
    id,
    companyId: connection.companyId,
    connectionId: connection.id,
    kind: 'feed',
    state,
    format,
    fileName,
    sha256,
    bytes,
    dryRun,
    counts,
    warnings: staged.warnings,
    reason,
    receivedAt,
    finishedAt: deps.clock.now(),
  };
}
