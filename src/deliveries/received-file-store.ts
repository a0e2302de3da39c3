import { createHash } from 'node:crypto';
import { actorColumns, storedActor } from '../companies/actor-columns.js';
import { systemActor, type Actor } from '../companies/actor.js';
import { Prisma, type Tx } from '../store/database.js';
import type { FileContents, FileFormat, FileLine, FileState, ReceivedFile } from './received-file.js';

const columns = Prisma.sql`
  id, company_id AS "companyId", kind, via, format, file_name AS "fileName", state, dry_run AS "dryRun", columns, bytes, documents,
  taken, refused, results, reason, received_at AS "receivedAt", finished_at AS "finishedAt"`;

const LONGEST_NAME = 200;

export interface NewFile {
  companyId: number;
  by: Actor;
  kind: FileContents;
  via: string;
  format: FileFormat;
  name: string | null;
  dryRun?: boolean;
  /** Columns of the file by the path that each is. */
  columns?: Record<string, string>;
  /** Null: it is announced, and comes later. */
  bytes: Buffer | null;
  /** Where it lay on a server of the sender's: together with its content it comes once. */
  remote?: string;
  /** When a worker reads it, should nobody else have done so. */
  readAt: Date;
  now: Date;
}

/** Keeps a file before it is read: from here on it is read whatever happens. */
export async function insertFile(tx: Tx, file: NewFile): Promise<number> {
  const row = await tx.documentFile.create({
    data: {
      companyId: file.companyId,
      kind: file.kind,
      via: file.via,
      format: file.format,
      fileName: file.name?.slice(0, LONGEST_NAME) ?? null,
      remote: file.remote ?? null,
      state: file.bytes ? 'received' : 'created',
      dryRun: file.dryRun ?? false,
      columns: file.columns ?? {},
      ...(file.bytes && {
        content: new Uint8Array(file.bytes),
        bytes: file.bytes.length,
        sha256: hashOf(file.bytes),
      }),
      readAt: file.bytes ? file.readAt : null,
      receivedAt: file.now,
      ...actorColumns(file.by),
    },
    select: { id: true },
  });
  return row.id;
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes of a file that was announced. @returns whether it still waited for them */
export async function addBytes(
  tx: Tx,
  {
    companyId,
    id,
    bytes,
    name,
    readAt,
  }: { companyId: number; id: number; bytes: Buffer; name: string | null; readAt: Date },
): Promise<boolean> {
  const { count } = await tx.documentFile.updateMany({
    where: { companyId, id, state: 'created' },
    data: {
      content: new Uint8Array(bytes),
      bytes: bytes.length,
      sha256: hashOf(bytes),
      ...(name !== null && { fileName: name.slice(0, LONGEST_NAME) }),
      state: 'received',
      readAt,
    },
  });
  return count > 0;
}

export async function findFile(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ReceivedFile | null> {
  const [row] = await tx.$queryRaw<ReceivedFile[]>`
    SELECT ${columns} FROM document_files WHERE company_id = ${companyId} AND id = ${id}`;
  return row ?? null;
}

/** A file that is to be read, for one reader: nobody else has it for `forMs`. Null when it was read, or somebody has it. */
export async function claimFile(
  tx: Tx,
  { id, now, forMs }: { id: number; now: Date; forMs: number },
): Promise<{ file: ReceivedFile; bytes: Buffer; attempts: number; by: Actor } | null> {
  const [row] = await tx.$queryRaw<(ReceivedFile & ClaimedRow)[]>`
    UPDATE document_files SET attempts = attempts + 1, read_at = ${new Date(now.getTime() + forMs)}
    WHERE id = ${id} AND state = 'received'
    RETURNING ${columns}, content, attempts, actor_kind AS "actorKind", actor_id AS "actorId", actor_name AS "actorName",
      actor_via AS "actorVia"`;
  if (!row?.content) return null;
  const { content, attempts, actorKind, actorId, actorName, actorVia, ...file } = row;
  const by = storedActor({ actorKind, actorId, actorName, actorVia }) ?? systemActor('files', 'sweep');
  return { file, bytes: Buffer.from(content), attempts, by };
}

interface ClaimedRow {
  content: Uint8Array | null;
  attempts: number;
  actorKind: string | null;
  actorId: string | null;
  actorName: string | null;
  actorVia: string | null;
}

/** Files that nobody reads: of a process that has ended. */
export async function dueFiles(tx: Tx, now: Date): Promise<number[]> {
  const rows = await tx.documentFile.findMany({
    where: { state: 'received', readAt: { lte: now } },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: 100,
  });
  return rows.map(({ id }) => id);
}

const MOST_LINES = 2_000;

/** What became of it; its bytes go, but those of a dry run, which can be applied. Documents that were not taken come first where there are too many. */
export async function finishFile(
  tx: Tx,
  outcome: { id: number; state: FileState; lines: readonly FileLine[]; reason: string | null; now: Date },
): Promise<void> {
  const { id, state, lines, reason, now } = outcome;
  const bad = lines.filter(({ Errors }) => Errors !== undefined);
  const kept = [...bad, ...lines.filter(({ Errors }) => Errors === undefined)].slice(0, MOST_LINES);
  await tx.documentFile.update({
    where: { id },
    data: {
      state,
      reason,
      ...(state !== 'tried' && { content: null }),
      readAt: null,
      finishedAt: now,
      documents: lines.length,
      taken: lines.length - bad.length,
      refused: bad.length,
      results: JSON.parse(JSON.stringify(kept)) as object[],
    },
  });
}

/** The bytes of a dry run, for the one that applies it: they are gone with this. Null: they are not kept any more. */
export async function takeTriedBytes(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<Buffer | null> {
  const [row] = await tx.$queryRaw<{ content: Uint8Array | null }[]>`
    SELECT content FROM document_files WHERE company_id = ${companyId} AND id = ${id} AND state = 'tried' FOR UPDATE`;
  if (!row?.content) return null;
  await tx.documentFile.update({ where: { id }, data: { content: null } });
  return Buffer.from(row.content);
}

/** What a file and its documents were called, and said: gone with its age. @returns how many files */
export async function wipeOldFiles(
  tx: Tx,
  { companyId, before, limit }: { companyId: number; before: Date; limit: number },
): Promise<number> {
  return tx.$executeRaw`
    UPDATE document_files SET file_name = NULL, results = '[]', content = NULL,
      reason = CASE WHEN reason IS NOT NULL THEN 'Removed with the report.' END
    WHERE id IN (SELECT id FROM document_files
      WHERE company_id = ${companyId} AND received_at < ${before} AND state <> 'received'
        AND (file_name IS NOT NULL OR results <> '[]' OR content IS NOT NULL OR reason <> 'Removed with the report.')
      ORDER BY id LIMIT ${limit}::int)`;
}
