import type { Connection } from '../connections/connection.js';
import { findConnection } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import { openBlob } from '../store/blobs/blob-reader.js';
import { bulkTransaction, type BulkTx } from '../store/bulk-transaction.js';
import { announceImports } from './announce-imports.js';
import type { Finding } from './current-row.js';
import { addToGroups } from './finding-groups.js';
import type { HeaderKnowledge } from './find-header.js';
import { keepQuestion } from './keep-question.js';
import type { LayoutQuestion } from './layout-question.js';
import { readLayouts } from './layout-store.js';
import type { Applied, FeedKind, FeedWork, FoundChanges, StagedRows, Tried, Wake } from './feed-kind.js';
import { kindOf, type ImportDeps } from './import-deps.js';
import { MOST_FINDINGS, type ImportCounts, type ImportRecord, type ImportState } from './import.js';
import { getImport } from './find-imports.js';
import { beginReading, finishImport, listHeld, lockReceived, type ReceivedImport } from './import-store.js';
import { endRefused, nothingTaken } from './refused-imports.js';
import { stageRows } from './stage-rows.js';
import { sourceOfFile, type TableSource } from './table-source.js';

/** What an import did, and beside its counts what the next push would send (dry runs). */
export interface ImportResult {
  record: ImportRecord;
  wouldSend: Record<string, number> | null;
}

interface Outcome {
  state: ImportState;
  counts: Partial<ImportCounts>;
  findings: readonly Finding[];
  errorCount?: number | undefined;
  warnings: readonly string[];
  reason: string | null;
  wouldSend?: Record<string, number> | null | undefined;
  wake?: Wake | null | undefined;
}

interface Read extends ImportResult {
  wake: Wake | null;
  findings: readonly Finding[];
}

/**
 * Reads a received file: all its good values go in or, when it breaks off, none. Bad ones are reported and stop nobody. One
 * transaction does all of it and ends the import, so that a process that dies has done nothing; its lock on the import keeps
 * a second reader away. Of one that somebody else has read meanwhile this answers the record. Whoever has it read, the history
 * names the actor who brought it.
 * @throws AppError invalid-document when the file as a whole cannot be read, or has no row that can be taken; that is
 * recorded too. conflict when the shop's file before takes too long: the import stays received then
 */
export async function readImport(deps: ImportDeps, importId: number): Promise<ImportResult> {
  const received = await beginReading(deps.db, importId);
  if (!received) return alreadyRead(deps, importId);
  const kind = kindOf(deps, received.kind);
  const connection = await connectionOf(deps, received);
  let result: Read | null;
  const asked: { question: LayoutQuestion | null } = { question: null };
  const asks = (question: LayoutQuestion): void => {
    asked.question = question;
  };
  try {
    const source = await sourceOf(deps, received);
    result = await bulkTransaction(deps.db, (tx) =>
      takeIn(deps, tx, { kind, connection, received, source, asks }),
    );
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-document') {
      if (asked.question) await keepQuestion(deps, kind, received, asked.question);
      await endRefused(deps, received, error);
    }
    throw error;
  }
  if (!result) return alreadyRead(deps, importId);
  if (asked.question) await keepQuestion(deps, kind, received, asked.question);
  const { record, wake } = result;
  if (record.state === 'applied') await kind.committed?.(record);
  await announceImports(deps, [importId]);
  if (record.state === 'refused') throw nothingTaken(kind, record, result.findings);
  if (wake) await kind.wake?.(connection.id, { ...wake, ...(record.by && { by: record.by }) });
  return result;
}

/** @throws AppError as for whoever has read it, when it was refused */
async function alreadyRead({ db }: ImportDeps, importId: number): Promise<ImportResult> {
  const record = await getImport(db.prisma, importId);
  if (!record) throw new AppError('not-found', `There is no import ${importId}.`);
  if (record.state !== 'refused') return { record, wouldSend: null };
  throw new AppError('invalid-document', record.reason ?? 'The file was refused.', {
    details: [{ field: 'file', message: `is import ${importId}, which was refused` }],
  });
}

/** @throws AppError invalid-document when it was closed since */
async function connectionOf(deps: ImportDeps, received: ReceivedImport): Promise<Connection> {
  const { companyId, connectionId } = received;
  const connection = await findConnection(deps.db.prisma, { companyId, id: connectionId });
  if (connection) return connection;
  const error = new AppError('invalid-document', 'The shop is not connected any more.');
  await endRefused(deps, received, error);
  throw error;
}

async function sourceOf(deps: ImportDeps, received: ReceivedImport): Promise<TableSource> {
  const { blobId: id, companyId } = received;
  const content = await openBlob(deps.db, { id, companyId });
  if (!content) throw new Error(`The content of import ${received.id} is gone.`);
  const { takesXml } = kindOf(deps, received.kind);
  return sourceOfFile(content, received, { ...deps, takesXml });
}

interface Reading {
  kind: FeedKind;
  connection: Connection;
  received: ReceivedImport;
  source: TableSource;
  asks: (question: LayoutQuestion) => void;
}

/** Null when somebody else has read it meanwhile. */
async function takeIn(deps: ImportDeps, tx: BulkTx, reading: Reading): Promise<Read | null> {
  const { kind, connection, received, source, asks } = reading;
  if (!(await lockReceived(tx, received.id))) return null;
  const known = await knowledgeOf(tx, kind, connection);
  const table = await kind.createTable(tx, received.id);
  // Read before the lock: a feed that is being parsed keeps nobody waiting.
  const staged = await stageRows(tx, source, {
    kind,
    table,
    caseSensitive: connection.settings.caseSensitiveSkus,
    known,
    asks,
  });
  await kind.lock(tx, connection);
  const { id: importId, receivedAt } = received;
  const isComplete = kind.canBeComplete === true && (received.complete ?? connection.settings.completeFeeds);
  const now = deps.clock.now();
  const work: FeedWork = { connection, importId, receivedAt, table, isComplete, staged, now };
  const outcome = await decide(tx, reading, work);
  addToGroups(staged.groups, outcome.findings);
  if (kind.brake) {
    const held = await listHeld(tx, { connectionId: connection.id, kind: kind.code });
    for (const id of held)
      staged.warnings.push(
        `${kind.label} ${id} is still held, and is not replaced by this file: confirm or refuse it`,
      );
  }
  await kind.dropTable?.(tx, table);
  const record = await recordOf(deps, tx, reading, { outcome, staged, isComplete });
  const findings = [...staged.findings, ...outcome.findings].slice(0, MOST_FINDINGS);
  await finishImport(tx, record, findings);
  return { record, findings, wouldSend: outcome.wouldSend ?? null, wake: outcome.wake ?? null };
}

async function knowledgeOf(tx: BulkTx, kind: FeedKind, connection: Connection): Promise<HeaderKnowledge> {
  const { code, fields = [] } = kind;
  const names = (await kind.names?.(tx, connection)) ?? [];
  if (fields.length === 0) return { code, fields, names, layouts: new Map() };
  const layouts = await readLayouts(tx, { companyId: connection.companyId, feedKind: code });
  return { code, fields, names, layouts };
}

/** What becomes of a feed whose rows are in their table. */
async function decide(tx: BulkTx, { kind, received: { dryRun } }: Reading, work: FeedWork): Promise<Outcome> {
  const { staged } = work;
  if (kind.needsGoodRow && staged.staged === 0 && !dryRun) {
    const reason =
      staged.errorCount > 0 ? 'None of its rows can be taken.' : 'It has no rows below its header.';
    return { state: 'refused', counts: {}, findings: [], warnings: [], reason };
  }
  const found = await kind.find(tx, work);
  const outcome = { ...found, reason: null };
  if (found.isOver) return { ...outcome, state: dryRun ? 'tried' : 'applied' };
  const braked = (await kind.brake?.(tx, work, found)) ?? null;
  if (dryRun) {
    const { counts, wouldSend } = await tryOut(tx, kind, { work, found });
    return {
      ...outcome,
      state: 'tried',
      counts: { ...found.counts, ...counts },
      reason: braked?.reason ?? null,
      wouldSend,
    };
  }
  const applied: Applied = braked ? await braked.hold() : await kind.apply(tx, work, found);
  return {
    ...outcome,
    state: braked ? 'held' : 'applied',
    counts: { ...found.counts, ...applied.counts },
    reason: braked ? (applied.reason ?? braked.reason) : (applied.reason ?? null),
    wake: applied.wake,
  };
}

/** Done for real, looked at, and undone. */
async function tryOut(
  tx: BulkTx,
  kind: FeedKind,
  { work, found }: { work: FeedWork; found: FoundChanges },
): Promise<Tried> {
  await tx.query('SAVEPOINT tried');
  const tried: Tried = kind.tryOut
    ? await kind.tryOut(tx, work, found)
    : { counts: (await kind.apply(tx, work, found)).counts ?? {} };
  await tx.query('ROLLBACK TO SAVEPOINT tried');
  return tried;
}

async function recordOf(
  deps: ImportDeps,
  tx: BulkTx,
  { kind, connection, received }: Reading,
  { outcome, staged, isComplete }: { outcome: Outcome; staged: StagedRows; isComplete: boolean },
): Promise<ImportRecord> {
  const standing = await kind.standing?.(tx, connection, outcome.counts);
  return {
    ...received,
    state: outcome.state,
    counts: {
      rows: staged.staged + staged.errorCount,
      errors: staged.errorCount + (outcome.errorCount ?? 0),
      warned: staged.warnedCount,
      ...outcome.counts,
      ...standing,
    },
    warnings: [...staged.warnings, ...outcome.warnings],
    reason: outcome.reason,
    layout: staged.layout,
    complete: isComplete || received.complete,
    groups: staged.groups,
    finishedAt: deps.clock.now(),
  };
}
