import type { BulkTx } from '../store/bulk-transaction.js';
import type { Tx } from '../store/database.js';
import { Prisma } from '../store/database.js';
import type { RowError } from './current-row.js';
import type { ImportRecord } from './import.js';

/** The number of a file, drawn before its rows are written, since they name it. */
export async function nextImportId(tx: BulkTx): Promise<number> {
  const [row] = await tx.query<{ id: number }>("SELECT nextval('inventory_imports_id_seq')::int AS id");
  return row!.id;
}

/** Stores the record with its first row errors, in the transaction of the rows themselves. */
export async function insertImport(
  tx: BulkTx,
  record: ImportRecord,
  errors: readonly RowError[] = [],
): Promise<void> {
  await tx.query(
    `INSERT INTO inventory_imports (id, company_id, connection_id, kind, state, format, file_name, sha256, bytes, dry_run,
       counts, warnings, reason, received_at, finished_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
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
  const rows = errors.map((error, position) => ({ ...error, position }));
  await tx.query(
    `INSERT INTO inventory_import_errors (import_id, position, row_number, column_name, value, message, next)
     SELECT $1, position, "rowNumber", "column", value, message, next
     FROM json_to_recordset($2) AS given (position int, "rowNumber" int, "column" text, value text, message text, next text)`,
    [record.id, JSON.stringify(rows)],
  );
}

/** A name that the sender made up, without what no column holds. */
function storable(name: string | null): string | null {
  return name && name.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '');
}

/** A held feed has been overtaken: its rows are forgotten. @returns its number */
export async function replaceHeld(tx: BulkTx, connectionId: number): Promise<number | null> {
  const [row] = await tx.query<{ id: number }>(
    `UPDATE inventory_imports SET state = 'replaced' WHERE connection_id = $1 AND state = 'held' RETURNING id`,
    [connectionId],
  );
  if (!row) return null;
  await tx.query('DELETE FROM inventory_held_rows WHERE import_id = $1', [row.id]);
  return row.id;
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
    SELECT ${importColumns} FROM inventory_imports WHERE id = ${id} AND company_id = ${companyId}`;
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
      SELECT ${importColumns} FROM inventory_imports WHERE connection_id = ${connectionId}
      ORDER BY id DESC LIMIT ${pageSize} OFFSET ${page * pageSize}`,
    tx.inventoryImport.count({ where: { connectionId } }),
  ]);
  return { records: rows.map((row) => toRecord(row)), total };
}

export async function listRowErrors(tx: Tx, importId: number): Promise<RowError[]> {
  const rows = await tx.inventoryImportError.findMany({
    where: { importId },
    orderBy: { position: 'asc' },
  });
  return rows.map(({ rowNumber, columnName: column, value, message, next }) => ({
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
    SELECT ${importColumns} FROM inventory_imports WHERE announced_at IS NULL
    ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
  return rows.map((row) => toRecord(row));
}

/** Connections with a matching file whose consequences may not have been drawn. */
export async function findUnfollowedMatches(tx: Tx): Promise<{ companyId: number; connectionId: number }[]> {
  return tx.inventoryImport.findMany({
    where: { announcedAt: null, kind: 'matching', state: 'applied' },
    select: { companyId: true, connectionId: true },
    distinct: ['connectionId'],
  });
}

export async function markAnnounced(tx: Tx, ids: readonly number[], now: Date): Promise<void> {
  await tx.inventoryImport.updateMany({ where: { id: { in: [...ids] } }, data: { announcedAt: now } });
}

/** Reports of files that nobody asks about any more. */
export async function deleteOldImports(tx: Tx, before: Date): Promise<number> {
  const { count } = await tx.inventoryImport.deleteMany({
    where: { receivedAt: { lt: before }, state: { not: 'held' } },
  });
  return count;
}

function toRecord(row: StoredImport): ImportRecord {
  return { ...row, bytes: Number(row.bytes) };
}
