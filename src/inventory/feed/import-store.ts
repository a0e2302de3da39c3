import type { BulkTx } from '../../store/bulk-transaction.js';
import { onDatabaseClock } from '../../store/database-clock.js';
import { Prisma, type Database, type Tx } from '../../store/database.js';
import { HOUR_MS } from '../../kernel/time.js';
import type { FindingLevel, RowError } from './current-row.js';
import { MOST_ROW_ERRORS, type ImportCounts, type ImportKind, type ImportRecord } from './import.js';

/** Draws the numbers of files whose first bytes were accepted, one for each connection. @returns them by connection */
export async function insertReceiving(
  { prisma }: Pick<Database, 'prisma'>,
  connections: readonly { id: number; companyId: number }[],
  { kind, receivedAt }: { kind: ImportKind; receivedAt: Date },
): Promise<ReadonlyMap<number, { id: number; receivedAt: Date }>> {
  const rows = await prisma.$queryRaw<{ id: number; connectionId: number; receivedAt: Date }[]>`
    INSERT INTO imports (company_id, connection_id, kind, state, received_at, finished_at)
    SELECT company_id, connection_id, ${kind}, 'receiving', ${onDatabaseClock(receivedAt)}, ${onDatabaseClock(receivedAt)}
    FROM unnest(${connections.map(({ companyId }) => companyId)}::int[], ${connections.map(({ id }) => id)}::int[])
      AS given (company_id, connection_id)
    RETURNING id, connection_id AS "connectionId", received_at AS "receivedAt"`;
  return new Map(rows.map(({ connectionId, ...arrival }) => [connectionId, arrival]));
}

/** A number behind those of all files that have arrived, for what is done to all items by hand. */
export async function nextImportId(tx: BulkTx): Promise<number> {
  const [row] = await tx.query<{ id: number }>("SELECT nextval('imports_id_seq')::int AS id");
  return row!.id;
}

/** Nothing was said by these after all. */
export async function deleteReceiving(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.import.deleteMany({ where: { id: { in: [...ids] }, state: 'receiving' } });
}

export async function refuseReceiving(
  tx: Tx,
  { ids, reason, now }: { ids: readonly number[]; reason: string; now: Date },
): Promise<void> {
  await tx.import.updateMany({
    where: { id: { in: [...ids] }, state: 'receiving' },
    data: { state: 'refused', reason, finishedAt: now },
  });
}

/** Longer than any upload may take: what is on the way since then was lost with its server. */
const LONGEST_UPLOAD_MS = 2 * HOUR_MS;

/** Ends the records of files whose server died while they came in. @returns how many */
export async function endLostImports(tx: Tx, now: Date): Promise<number> {
  const { count } = await tx.import.updateMany({
    where: { state: 'receiving', receivedAt: { lt: new Date(now.getTime() - LONGEST_UPLOAD_MS) } },
    data: {
      state: 'refused',
      reason: 'The service was stopped while the file came in; nothing of it was taken. Send it again.',
      finishedAt: now,
    },
  });
  return count;
}

/** Makes the record of a file what became of it, with the first findings, in the transaction of the rows themselves. */
export async function finishImport(
  tx: BulkTx,
  record: ImportRecord,
  errors: readonly RowError[] = [],
): Promise<void> {
  await tx.query(
    `INSERT INTO imports (id, company_id, connection_id, kind, state, format, file_name, sha256, bytes, dry_run,
       counts, warnings, reason, received_at, finished_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, format = excluded.format, file_name = excluded.file_name,
       sha256 = excluded.sha256, bytes = excluded.bytes, dry_run = excluded.dry_run, counts = excluded.counts,
       warnings = excluded.warnings, reason = excluded.reason, finished_at = excluded.finished_at, announced_at = NULL`,
    [
      record.id,
      record.companyId,
      record.connectionId,
      record.kind,
      record.state,
      record.format,
      storable(record.fileName),
      record.sha256,
      record.bytes,
      record.dryRun,
      JSON.stringify(record.counts),
      JSON.stringify(record.warnings),
      record.reason,
      record.receivedAt,
      record.finishedAt,
    ],
  );
  if (errors.length === 0) return;
  const rows = errors.slice(0, MOST_ROW_ERRORS).map((error, position) => ({ ...error, position }));
  await tx.query(
    `INSERT INTO import_findings (import_id, position, row_number, column_name, value, message, next, level)
     SELECT $1, position, "rowNumber", "column", value, message, next, level
     FROM json_to_recordset($2) AS given (position int, "rowNumber" int, "column" text, value text, message text, next text,
       level text)`,
    [record.id, JSON.stringify(rows)],
  );
}

/** A name that the sender made up, without what no column holds. */
function storable(name: string | null): string | null {
  return name && name.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '');
}

/** Says what became of a held feed. */
export async function endHeld(
  tx: BulkTx,
  end: {
    importId: number;
    state: 'applied' | 'refused';
    reason: string | null;
    counts: Partial<ImportCounts>;
    now: Date;
  },
): Promise<void> {
  await tx.query(
    `UPDATE imports SET state = $2, reason = $3, counts = counts || $4, finished_at = $5, announced_at = NULL
     WHERE id = $1`,
    [end.importId, end.state, end.reason, JSON.stringify(end.counts), end.now],
  );
}

/** Refuses all feeds of the connection that are held. */
export async function refuseAllHeld(
  tx: BulkTx,
  { connectionId, reason, now }: { connectionId: number; reason: string; now: Date },
): Promise<void> {
  await tx.query(
    `WITH ended AS (
       UPDATE imports SET state = 'refused', reason = $2, finished_at = $3, announced_at = NULL
       WHERE connection_id = $1 AND state = 'held' RETURNING id
     ) DELETE FROM inventory_held_rows h USING ended WHERE h.import_id = ended.id`,
    [connectionId, reason, now],
  );
}

interface StoredImport extends Omit<ImportRecord, 'bytes'> {
  bytes: bigint;
}

const importColumns = Prisma.sql`id, company_id AS "companyId", connection_id AS "connectionId", kind, state, format,
  file_name AS "fileName", sha256, bytes, dry_run AS "dryRun", counts, warnings, reason, received_at AS "receivedAt",
  finished_at AS "finishedAt"`;

/** Null also for another company's. */
export async function findImport(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ImportRecord | null> {
  const rows = await tx.$queryRaw<StoredImport[]>`
    SELECT ${importColumns} FROM imports WHERE id = ${id} AND company_id = ${companyId}`;
  return rows[0] ? toRecord(rows[0]) : null;
}

/** Newest first. */
export async function listImports(
  tx: Tx,
  filter: { connectionId: number; page: number; pageSize: number },
): Promise<{ records: ImportRecord[]; total: number }> {
  const { connectionId, page, pageSize } = filter;
  const [rows, total] = await Promise.all([
    tx.$queryRaw<StoredImport[]>`
      SELECT ${importColumns} FROM imports WHERE connection_id = ${connectionId}
      ORDER BY id DESC LIMIT ${pageSize} OFFSET ${page * pageSize}`,
    tx.import.count({ where: { connectionId } }),
  ]);
  return { records: rows.map((row) => toRecord(row)), total };
}

export async function listRowErrors(tx: Tx, importId: number): Promise<RowError[]> {
  const rows = await tx.importFinding.findMany({
    where: { importId },
    orderBy: { position: 'asc' },
  });
  return rows.map(({ rowNumber, columnName: column, value, message, next, level }) => ({
    level: level as FindingLevel,
    rowNumber,
    column,
    value,
    message,
    next,
  }));
}

/** Imports whose consequences and events are still to be written, locked; others that do the same skip them. */
export async function lockUnannounced(tx: Tx, limit: number): Promise<ImportRecord[]> {
  const rows = await tx.$queryRaw<StoredImport[]>`
    SELECT ${importColumns} FROM imports WHERE announced_at IS NULL AND state <> 'receiving'
    ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
  return rows.map((row) => toRecord(row));
}

/** Connections with a matching file whose consequences may not have been drawn. */
export async function findUnfollowedMatches(tx: Tx): Promise<{ companyId: number; connectionId: number }[]> {
  return tx.import.findMany({
    where: { announcedAt: null, kind: 'matching', state: 'applied' },
    select: { companyId: true, connectionId: true },
    distinct: ['connectionId'],
  });
}

export async function markAnnounced(tx: Tx, ids: readonly number[], now: Date): Promise<void> {
  await tx.import.updateMany({ where: { id: { in: [...ids] } }, data: { announcedAt: now } });
}

/** Reports of files that nobody asks about any more. */
export async function deleteOldImports(tx: Tx, before: Date): Promise<number> {
  const { count } = await tx.import.deleteMany({
    where: { receivedAt: { lt: before }, state: { not: 'held' } },
  });
  return count;
}

function toRecord(row: StoredImport): ImportRecord {
  return { ...row, bytes: Number(row.bytes) };
}
