import type { Delivery } from '../../deliveries/delivery.js';
import type { ReceivedFile } from '../../deliveries/received-file.js';
import { Prisma, type Tx } from '../../store/database.js';

const columns = Prisma.sql`d.id, d.company_id AS "companyId", d.connection_id AS "connectionId", d.profile, d.channel, d.format,
  d.kind, d.document_key AS "documentKey", d.document_version AS "documentVersion", d.file_name AS "fileName", d.state, d.bytes,
  d.sha256, d.interchange_control AS "interchangeControl", d.group_control AS "groupControl", d.group_id AS "groupId", d.partner,
  d.attempts, d.next_at AS "nextAt", d.last_error AS "lastError", d.failing_since AS "failingSince", d.sent_at AS "sentAt",
  d.answered_at AS "answeredAt", d.created_at AS "createdAt"`;

interface DeliveryFilter {
  companyIds: readonly number[];
  state: string;
  profile: string;
  before: bigint | null;
  limit: number;
}

/** Files on their way to sellers, the newest first. */
export async function deliveryRows(tx: Tx, filter: DeliveryFilter): Promise<Delivery[]> {
  const { companyIds, state, profile, before, limit } = filter;
  const parts = [Prisma.sql`d.company_id = ANY(${[...companyIds]}::int[])`];
  if (state !== '') parts.push(Prisma.sql`d.state = ${state}`);
  if (profile !== '') parts.push(Prisma.sql`d.profile = ${profile}`);
  if (before !== null) parts.push(Prisma.sql`d.id < ${before}`);
  return tx.$queryRaw<Delivery[]>`
    SELECT ${columns} FROM deliveries d WHERE ${Prisma.join(parts, ' AND ')} ORDER BY d.id DESC LIMIT ${limit}::int`;
}

/** Null: there is none in these companies. */
export async function deliveryOf(
  tx: Tx,
  companyIds: readonly number[],
  id: bigint,
): Promise<Delivery | null> {
  const [row] = await tx.$queryRaw<Delivery[]>`
    SELECT ${columns} FROM deliveries d WHERE d.company_id = ANY(${[...companyIds]}::int[]) AND d.id = ${id}`;
  return row ?? null;
}

/** A file that came, without what it says. */
type FileRow = Omit<ReceivedFile, 'results' | 'columns'>;

interface FileFilter {
  companyIds: readonly number[];
  kind: string;
  state: string;
  before: number | null;
  limit: number;
}

/** Files of documents that sellers have sent, the newest first. */
export async function fileRows(
  tx: Tx,
  { companyIds, kind, state, before, limit }: FileFilter,
): Promise<FileRow[]> {
  const rows = await tx.documentFile.findMany({
    where: {
      companyId: { in: [...companyIds] },
      ...(kind !== '' && { kind }),
      ...(state !== '' && { state }),
      ...(before !== null && { id: { lt: before } }),
    },
    select: {
      id: true,
      companyId: true,
      kind: true,
      via: true,
      format: true,
      fileName: true,
      state: true,
      dryRun: true,
      bytes: true,
      documents: true,
      taken: true,
      refused: true,
      reason: true,
      receivedAt: true,
      finishedAt: true,
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows as FileRow[];
}

/** Whose file it is. Null: there is none in these companies. */
export async function companyOfFile(
  tx: Tx,
  companyIds: readonly number[],
  id: number,
): Promise<{ companyId: number } | null> {
  return tx.documentFile.findFirst({
    where: { id, companyId: { in: [...companyIds] } },
    select: { companyId: true },
  });
}
