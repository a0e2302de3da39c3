import type { Actor } from '../companies/actor.js';
import { actorColumns } from '../companies/actor-columns.js';
import { readerOf } from '../store/bulk-reader.js';
import type { BulkTx } from '../store/bulk-transaction.js';
import { fromNow, onDatabaseClock } from '../store/database-clock.js';
import type { Database, SqlTx, Tx } from '../store/database.js';
import type { TextEncoding } from '../formats/encoding-names.js';
import { HOUR_MS, MINUTE_MS } from '../kernel/time.js';
import type { Finding } from './current-row.js';
import { importColumns, toRecord, type StoredImport } from './find-imports.js';
import { MOST_FINDINGS, type ImportCounts, type ImportRecord } from './import.js';
import type { StoredFile } from './store-file.js';

/** Draws the numbers of files whose first bytes were accepted, one for each connection. @returns them by connection */
export async function insertReceiving(
  { prisma }: Pick<Database, 'prisma'>,
  connections: readonly { id: number; companyId: number }[],
  { kind, via, by, receivedAt }: { kind: string; via: string; by: Actor; receivedAt: Date },
): Promise<ReadonlyMap<number, { id: number; receivedAt: Date }>> {
  const { actorKind, actorId, actorName, actorVia } = actorColumns(by);
  const rows = await prisma.$queryRaw<{ id: number; connectionId: number; receivedAt: Date }[]>`
    INSERT INTO imports (company_id, connection_id, kind, via, state, received_at, finished_at,
      actor_kind, actor_id, actor_name, actor_via)
    SELECT company_id, connection_id, ${kind}, ${via}, 'receiving', ${onDatabaseClock(receivedAt)}, ${onDatabaseClock(receivedAt)},
      ${actorKind}, ${actorId}, ${actorName}, ${actorVia}
    FROM unnest(${connections.map(({ companyId }) => companyId)}::int[], ${connections.map(({ id }) => id)}::int[])
      AS given (company_id, connection_id)
    RETURNING id, connection_id AS "connectionId", received_at AS "receivedAt"`;
  return new Map(rows.map(({ connectionId, ...arrival }) => [connectionId, arrival]));
}

/** A number behind those of all files that have arrived, for what is done by hand. */
export async function nextImportId(tx: SqlTx | BulkTx): Promise<number> {
  const reader = '$queryRaw' in tx ? tx : readerOf(tx);
  const [row] = await reader.$queryRaw<{ id: number }[]>`SELECT nextval('imports_id_seq')::int AS id`;
  return row!.id;
}

/**
 * Ties the stored file to the records that were noted for it: they are read whatever happens from here on. Also one that was
 * given up for lost meanwhile.
 * @returns how many are still there
 */
export async function markReceived(
  { prisma }: Pick<Database, 'prisma'>,
  { ids, file, dryRun, complete, readAfterMs }: ReceivedFile,
): Promise<number> {
  const { id, companyId, sha256, bytes } = file.blob;
  return prisma.$executeRaw`
    UPDATE imports SET state = 'received', blob_id = ${id}, sha256 = ${sha256}, bytes = ${bytes}, format = ${file.format},
      encoding = ${file.encoding}, file_name = ${storable(file.name)}, dry_run = ${dryRun}, complete = ${complete}, reason = NULL, announced_at = NULL,
      read_at = ${fromNow(readAfterMs)}
    WHERE id = ANY(${[...ids]}::int[]) AND company_id = ${companyId}
      AND (state = 'receiving' OR (state = 'refused' AND sha256 IS NULL))`;
}

/** A stored file, by the encoding by which it is to be read. */
export interface ReceivedAs extends Pick<StoredFile, 'blob' | 'name' | 'format'> {
  encoding: TextEncoding | null;
}

interface ReceivedFile {
  ids: readonly number[];
  file: ReceivedAs;
  dryRun: boolean;
  complete: boolean | null;
  /** How long a worker leaves it to whoever has received it. */
  readAfterMs: number;
}

/** A file that nobody has read yet. */
export interface ReceivedImport extends ImportRecord {
  blobId: bigint;
  encoding: TextEncoding | null;
}

/** Until then a worker takes a file that is being read for one that waits for its turn; its lock says better. */
const READING_MS = MINUTE_MS;

/** Counts one more attempt. @returns null when it was read already, or is gone */
export async function beginReading(
  { prisma }: Pick<Database, 'prisma'>,
  importId: number,
): Promise<ReceivedImport | null> {
  const [row] = await prisma.$queryRaw<(StoredImport & Pick<ReceivedImport, 'blobId' | 'encoding'>)[]>`
    UPDATE imports SET attempts = attempts + 1, read_at = ${fromNow(READING_MS)}
    WHERE id = ${importId} AND state = 'received'
    RETURNING ${importColumns}, blob_id AS "blobId", encoding`;
  if (!row) return null;
  const { blobId, encoding, ...stored } = row;
  return { ...toRecord(stored), blobId, encoding };
}

/** Keeps every other reader away until the transaction ends. @returns whether it is still to be read */
export async function lockReceived(tx: BulkTx, importId: number): Promise<boolean> {
  const rows = await tx.query('SELECT FROM imports WHERE id = $1 AND state = $2 FOR UPDATE', [
    importId,
    'received',
  ]);
  return rows.length > 0;
}

/** The one that waits longest of those that are due and that nobody reads; nobody else is given it for a while. */
export async function claimDue(
  { prisma }: Pick<Database, 'prisma'>,
  kinds: readonly string[],
): Promise<{ id: number; attempts: number } | null> {
  const [row] = await prisma.$queryRaw<{ id: number; attempts: number }[]>`
    UPDATE imports SET read_at = ${fromNow(READING_MS)} WHERE id = (
      SELECT id FROM imports WHERE state = 'received' AND read_at <= clock_timestamp() AND kind = ANY(${[...kinds]}::text[])
      ORDER BY read_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, attempts`;
  return row ?? null;
}

/** What was begun had only to wait. */
export async function waitAgain(tx: Tx, importId: number): Promise<void> {
  await tx.import.updateMany({
    where: { id: importId, state: 'received', attempts: { gt: 0 } },
    data: { attempts: { decrement: 1 } },
  });
}

const NOT_READ_YET = { in: ['receiving', 'received'] };

/** Nothing was said by these after all. */
export async function deleteUnread(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.import.deleteMany({ where: { id: { in: [...ids] }, state: NOT_READ_YET } });
}

/** Ends those of them that nobody has read. */
export async function refuseUnread(
  tx: Tx,
  { ids, reason, now }: { ids: readonly number[]; reason: string; now: Date },
): Promise<void> {
  await tx.import.updateMany({
    where: { id: { in: [...ids] }, state: NOT_READ_YET },
    data: { state: 'refused', reason, finishedAt: now, blobId: null },
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

/**
 * Makes the record of a received file what became of it, with the first findings, in the transaction of the rows themselves.
 * Its content is needed no more. Of one that somebody else has ended nothing is changed.
 */
export async function finishImport(
  tx: BulkTx,
  { id, state, counts, warnings, groups, layout, complete, reason, finishedAt }: ImportRecord,
  findings: readonly Finding[] = [],
): Promise<void> {
  const count = await tx.execute(
    `UPDATE imports SET state = $2, counts = $3, warnings = $4, reason = $5, finished_at = $6, blob_id = NULL,
       announced_at = NULL, groups = $7, layout = $8, complete = $9 WHERE id = $1 AND state = 'received'`,
    [
      id,
      state,
      JSON.stringify(counts),
      JSON.stringify(warnings),
      reason,
      finishedAt,
      JSON.stringify(groups),
      layout,
      complete,
    ],
  );
  if (count === 0 || findings.length === 0) return;
  const rows = findings.slice(0, MOST_FINDINGS).map(({ at, ...finding }, position) => ({
    ...finding,
    rowNumber: at.row,
    column: at.column,
    letter: at.letter,
    position,
  }));
  await tx.query(
    `INSERT INTO import_findings (import_id, position, row_number, column_name, column_letter, value, message, next, level, sku,
       row_text)
     SELECT $1, position, "rowNumber", "column", letter, value, message, next, level, sku, "rowText"
     FROM json_to_recordset($2) AS given (position int, "rowNumber" int, "column" text, letter text, value text, message text,
       next text, level text, sku text, "rowText" text)`,
    [id, JSON.stringify(rows)],
  );
}

/** A name that the sender made up, without what no column holds. */
function storable(name: string | null): string | null {
  return name && name.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '');
}

/** Says what became of a held feed. `by`: who has decided it, whom its event names from now on. */
export async function endHeld(
  tx: BulkTx,
  end: {
    importId: number;
    state: 'applied' | 'refused';
    reason: string | null;
    counts: Partial<ImportCounts>;
    by: Actor;
    now: Date;
  },
): Promise<void> {
  await tx.query(
    `UPDATE imports SET state = $2, reason = $3, counts = counts || $4, finished_at = $5, announced_at = NULL,
       actor_kind = $6, actor_id = $7, actor_name = $8, actor_via = $9
     WHERE id = $1`,
    [end.importId, end.state, end.reason, JSON.stringify(end.counts), end.now, ...actorValues(end.by)],
  );
}

function actorValues(by: Actor): (string | null)[] {
  const { actorKind, actorId, actorName, actorVia } = actorColumns(by);
  return [actorKind, actorId, actorName, actorVia];
}

/** Refuses all feeds of the connection and kind that are held. @returns their numbers, for the rows that were kept of them */
export async function refuseHeld(
  tx: BulkTx,
  {
    connectionId,
    kind,
    reason,
    by,
    now,
  }: { connectionId: number; kind: string; reason: string; by: Actor; now: Date },
): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `UPDATE imports SET state = 'refused', reason = $3, finished_at = $4, announced_at = NULL,
       actor_kind = $5, actor_id = $6, actor_name = $7, actor_via = $8
     WHERE connection_id = $1 AND kind = $2 AND state = 'held' RETURNING id`,
    [connectionId, kind, reason, now, ...actorValues(by)],
  );
  return rows.map(({ id }) => id);
}

/** Files of the connection and kind that wait for somebody to decide, oldest first. */
export async function listHeld(
  tx: BulkTx,
  { connectionId, kind }: { connectionId: number; kind: string },
): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    "SELECT id FROM imports WHERE connection_id = $1 AND kind = $2 AND state = 'held' ORDER BY id LIMIT 10",
    [connectionId, kind],
  );
  return rows.map(({ id }) => id);
}

/** @returns null when the connection has no such import */
export async function lockHeld(
  tx: BulkTx,
  { importId, connectionId }: { importId: number; connectionId: number },
): Promise<{ state: string; receivedAt: Date } | null> {
  const [row] = await tx.query<{ state: string; receivedAt: Date }>(
    `SELECT state, received_at AS "receivedAt" FROM imports WHERE id = $1 AND connection_id = $2 FOR UPDATE`,
    [importId, connectionId],
  );
  return row ?? null;
}

/** Reports of files that nobody asks about any more. */
export async function deleteOldImports(tx: Tx, before: Date): Promise<number> {
  const { count } = await tx.import.deleteMany({
    where: { receivedAt: { lt: before }, state: { notIn: ['held', 'receiving', 'received'] } },
  });
  return count;
}
