import { bulkTransaction, type BulkTx } from '../../store/bulk-transaction.js';
import { refreshStatistics } from '../../store/table-statistics.js';
import { announceImports } from './announce-imports.js';
import { applyChanges } from './apply-feed.js';
import { feedContextOf, isBeforeDeletion, isBeforeZeroOut, type FeedContext } from './feed-context.js';
import { createFeedRows, dropFeedRows } from './feed-rows.js';
import { dropChanges, findChanges, type FeedCounts } from './find-changes.js';
import { askBrake, countItems, countsOf, finishFeed, noOutcome, type FeedOutcome } from './finish-feed.js';
import { holdRows, withZeros } from './held-rows.js';
import type { ImportRecord } from './import.js';
import type { Arrival } from './import-arrivals.js';
import { finishImport } from './import-store.js';
import type { InventoryDeps } from '../inventory-deps.js';
import { lockInventory } from '../items/inventory-lock.js';
import { endRefused, nothingTaken } from './refused-imports.js';
import { stageRows, type StagedRows } from './stage-rows.js';
import type { TableSource } from './table-source.js';

export interface FeedRequest {
  /** The connection with number and time of the file. */
  arrival: Arrival;
  source: TableSource;
  /** Reports what would change, and changes nothing. */
  dryRun: boolean;
}

/** What an import did, and beside its counts what the next push would send (dry runs). */
export interface ImportResult {
  record: ImportRecord;
  wouldSend: Record<string, number> | null;
}

interface TakenIn extends ImportResult, Pick<FeedOutcome, 'toSend' | 'toZero'> {
  staged: StagedRows;
}

/**
 * Takes in a feed: all good values of it or, when it breaks off, none. Bad ones are reported and stop nobody. The
 * transaction is PostgreSQL's own (COPY), with one statement for all rows that changed and one for all new ones. Whoever
 * arrived later counts, also where it is applied first.
 * @throws AppError invalid-document when the file as a whole cannot be read, or has no row that can be taken; that is
 * recorded too. conflict when the shop's file before takes too long
 */
export async function importFeed(deps: InventoryDeps, request: FeedRequest): Promise<ImportResult> {
  const { arrival, dryRun } = request;
  let result: TakenIn;
  try {
    result = await bulkTransaction(deps.db, (tx) => takeIn(deps, tx, request));
  } catch (error) {
    await endRefused(deps, { ...request, kind: 'feed' }, error);
    throw error;
  }
  const { record, staged } = result;
  if (record.state === 'applied')
    await refreshStatistics(deps.db, 'inventory-items', record.counts.added ?? 0);
  await announceImports(deps);
  if (record.state === 'refused') throw nothingTaken(record, staged.errors);
  if (!dryRun && result.toSend) {
    await deps.inventoryChanged?.(arrival.connection.id, { urgent: result.toZero });
  }
  return result;
}

async function takeIn(deps: InventoryDeps, tx: BulkTx, request: FeedRequest): Promise<TakenIn> {
  const { arrival, source } = request;
  const { connection, importId, receivedAt } = arrival;
  const caseSensitive = connection.settings.caseSensitiveSkus;
  const feedRows = await createFeedRows(tx, importId);
  // Read before the lock: a feed that is being parsed keeps nobody waiting.
  const staged = await stageRows(tx, source, { kind: 'feed', table: feedRows, caseSensitive });
  await lockInventory(deps, tx, { id: connection.id, companyId: connection.companyId, caseSensitive });
  const now = deps.clock.now();
  const context = await feedContextOf(tx, connection, { importId, receivedAt, feedRows, facts: staged, now });
  const outcome = await decide(deps, tx, { request, context, staged });
  await dropFeedRows(tx, feedRows);
  const record = await recordOf(deps, tx, request, { outcome, staged });
  await finishImport(tx, record, [...staged.errors, ...outcome.listed]);
  return { record, staged, wouldSend: outcome.wouldSend, toSend: outcome.toSend, toZero: outcome.toZero };
}

/** What becomes of a feed whose rows are in their table. */
async function decide(
  deps: InventoryDeps,
  tx: BulkTx,
  { request, context, staged }: { request: FeedRequest; context: FeedContext; staged: StagedRows },
): Promise<FeedOutcome> {
  const { arrival, dryRun } = request;
  if (staged.staged === 0 && staged.errorCount > 0 && !dryRun) {
    return { ...noOutcome, state: 'refused', reason: 'None of its rows can be taken.' };
  }
  if (isBeforeDeletion(context)) {
    const warnings = ['All items were removed after this file had arrived: nothing of it is applied'];
    return {
      ...noOutcome,
      state: dryRun ? 'tried' : 'applied',
      counts: { superseded: staged.staged },
      warnings,
    };
  }
  const changes = await findChanges(tx, context);
  const brake = await askBrake(tx, arrival.connection, changes);
  const found = {
    ...noOutcome,
    counts: countsOf(changes),
    listed: changes.repeats.listed,
    warnings: remarksOf(context),
  };
  if (dryRun) {
    const wouldSend = await tryChanges(deps, tx, context);
    return { ...found, state: 'tried', reason: brake.reason, wouldSend };
  }
  if (brake.reason === null) {
    return {
      ...found,
      state: 'applied',
      ...(await finishFeed(tx, arrival.connection, { context, changes })),
    };
  }
  await holdRows(tx, context);
  if (!brake.letsZerosGo) return { ...found, state: 'held', reason: brake.reason };
  const zeros = await applyZeros(tx, context);
  const count = zeros.added + zeros.changed;
  const rest = count === 0 ? '' : `${count} SKUs with quantities of 0 went in at once; all else waits. `;
  return {
    ...found,
    state: 'held',
    reason: rest + brake.reason,
    toSend: zeros.toSend > 0,
    toZero: zeros.toZero > 0,
  };
}

function remarksOf(context: FeedContext): string[] {
  if (context.facts.staged === 0) return ['The file has no rows that could be taken'];
  return isBeforeZeroOut(context)
    ? ['ZeroOut came after this file had arrived: its quantities count as 0']
    : [];
}

/** The part of a held feed that nobody has to confirm. */
async function applyZeros(tx: BulkTx, context: FeedContext): Promise<FeedCounts> {
  return withZeros(tx, context, async (zeros) => {
    await dropChanges(tx);
    const changes = await findChanges(tx, zeros);
    await applyChanges(tx, zeros);
    return changes;
  });
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

async function recordOf(
  deps: InventoryDeps,
  tx: BulkTx,
  { arrival, source, dryRun }: FeedRequest,
  { outcome, staged }: { outcome: FeedOutcome; staged: StagedRows },
): Promise<ImportRecord> {
  const { connection, importId, receivedAt } = arrival;
  const { format, fileName, sha256, bytes } = source;
  const { unmatched } = outcome.totals ?? (await countItems(tx, connection.id));
  return {
    id: importId,
    companyId: connection.companyId,
    connectionId: connection.id,
    kind: 'feed',
    state: outcome.state,
    format,
    fileName,
    sha256,
    bytes,
    dryRun,
    counts: {
      rows: staged.staged + staged.errorCount,
      errors: staged.errorCount,
      warned: staged.warnedCount,
      ...outcome.counts,
      unmatched,
    },
    warnings: [...staged.warnings, ...outcome.warnings],
    reason: outcome.reason,
    receivedAt,
    finishedAt: deps.clock.now(),
  };
}
