import type { Actor } from '../companies/actor.js';
import { storedActor, type ActorColumns } from '../companies/actor-columns.js';
import { Prisma, type Tx } from '../store/database.js';
import type { Finding, FindingLevel } from './current-row.js';
import type { ImportRecord } from './import.js';

export interface StoredImport extends Omit<ImportRecord, 'bytes' | 'by'>, ActorColumns {
  bytes: bigint;
}

export const importColumns = Prisma.sql`id, company_id AS "companyId", connection_id AS "connectionId", kind, state, format,
  file_name AS "fileName", sha256, bytes, dry_run AS "dryRun", counts, warnings, groups, layout, complete, reason, received_at AS "receivedAt",
  finished_at AS "finishedAt", actor_kind AS "actorKind", actor_id AS "actorId", actor_name AS "actorName",
  actor_via AS "actorVia"`;

/** Null also for another company's. */
export async function findImport(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ImportRecord | null> {
  const rows = await tx.$queryRaw<StoredImport[]>`
    SELECT ${importColumns} FROM imports WHERE id = ${id} AND company_id = ${companyId}`;
  return rows[0] ? toRecord(rows[0]) : null;
}

/** For the program itself, whichever company's it is. */
export async function getImport(tx: Tx, id: number): Promise<ImportRecord | null> {
  const rows = await tx.$queryRaw<StoredImport[]>`SELECT ${importColumns} FROM imports WHERE id = ${id}`;
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

export async function listFindings(tx: Tx, importId: number): Promise<Finding[]> {
  const rows = await tx.importFinding.findMany({
    where: { importId },
    orderBy: { position: 'asc' },
  });
  return rows.map(
    ({ rowNumber, columnName: column, columnLetter: letter, value, message, next, level, sku, rowText }) => ({
      level: level as FindingLevel,
      at: {
        row: rowNumber,
        ...(column === null ? {} : { column }),
        ...(letter === null ? {} : { letter }),
      },
      value,
      message,
      next,
      ...(sku === null ? {} : { sku }),
      ...(rowText === null ? {} : { rowText }),
    }),
  );
}

/** Imports whose consequences and events are still to be written, locked; others that do the same skip them. */
export async function lockUnannounced(
  tx: Tx,
  { kinds, ids, limit }: { kinds: readonly string[]; ids?: readonly number[] | undefined; limit: number },
): Promise<ImportRecord[]> {
  const rows = await tx.$queryRaw<StoredImport[]>`
    SELECT ${importColumns} FROM imports 
    WHERE announced_at IS NULL AND state NOT IN ('receiving', 'received') AND kind = ANY(${[...kinds]}::text[])
      AND (${ids === undefined}::boolean OR id = ANY(${[...(ids ?? [])]}::int[]))
    ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
  return rows.map((row) => toRecord(row));
}

/** Connections with an import of the kind whose consequences may not have been drawn, and who acted on its last one. */
export async function findUnfollowed(
  tx: Tx,
  { kind, ids }: { kind: string; ids?: readonly number[] | undefined },
): Promise<{ companyId: number; connectionId: number; by: Actor | null }[]> {
  const rows = await tx.import.findMany({
    where: { announcedAt: null, kind, state: 'applied', ...(ids && { id: { in: [...ids] } }) },
    select: {
      companyId: true,
      connectionId: true,
      actorKind: true,
      actorId: true,
      actorName: true,
      actorVia: true,
    },
    orderBy: { id: 'desc' },
    distinct: ['connectionId'],
  });
  return rows.map(({ companyId, connectionId, ...actor }) => ({
    companyId,
    connectionId,
    by: storedActor(actor),
  }));
}

export async function markAnnounced(tx: Tx, ids: readonly number[], now: Date): Promise<void> {
  await tx.import.updateMany({ where: { id: { in: [...ids] } }, data: { announcedAt: now } });
}

export function toRecord({ actorKind, actorId, actorName, actorVia, ...row }: StoredImport): ImportRecord {
  return { ...row, bytes: Number(row.bytes), by: storedActor({ actorKind, actorId, actorName, actorVia }) };
}
