import { createHash } from 'node:crypto';
import { DAY_MS } from '../../kernel/time.js';
import { createBlobWriter } from '../../store/blobs/blob-writer.js';
import { openBlob } from '../../store/blobs/blob-reader.js';
import { fromNow } from '../../store/database-clock.js';
import type { Database, Tx } from '../../store/database.js';
import type { MeasuredMedia } from './image-size.js';

const PREFIX = 'upload:';
const NAME = /^upload:[0-9a-f]{24}$/;
const HASH_LENGTH = 24;
/** After that nobody has wanted it for so long that its bytes are let go; TikTok keeps what it has. */
const KEEP_MS = 30 * DAY_MS;

/** An image or document that a seller has handed over. */
export interface MediaFile {
  /** As a feed names it. */
  name: string;
  fileName: string | null;
  format: string;
  width: number;
  height: number;
  bytes: number;
  usedAt: Date;
}

/** Whether a value of a feed names a file that was handed over, rather than an address. */
export function isMediaName(text: string): boolean {
  return NAME.test(text);
}

/** Keeps a content under a name that is made of it: the same content has the same name, and another one never. */
export async function keepMediaFile(
  db: Database,
  companyId: number,
  { bytes, fileName, media }: { bytes: Buffer; fileName: string | null; media: MeasuredMedia },
): Promise<MediaFile> {
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  const name = `${PREFIX}${contentHash.slice(0, HASH_LENGTH)}`;
  const writer = createBlobWriter(db, { companyId });
  await writer.write(bytes).catch(async (error: unknown) => {
    await writer.abandon();
    throw error;
  });
  const blob = await writer.finish();
  const { format, width, height } = media;
  await db.prisma.$executeRaw`
    INSERT INTO media_files (company_id, name, content_hash, file_name, format, width, height, bytes, blob_id, used_at)
    VALUES (${companyId}, ${name}, ${contentHash}, ${fileName}, ${format}, ${width}, ${height}, ${bytes.length}, ${blob.id},
      clock_timestamp())
    ON CONFLICT (company_id, name) DO UPDATE SET used_at = excluded.used_at, file_name = excluded.file_name,
      blob_id = excluded.blob_id`;
  return db.prisma.mediaFile.findUniqueOrThrow({ where: { companyId_name: { companyId, name } } });
}

/** @returns null for a name that the company does not have */
export async function readMediaFile(
  db: Database,
  companyId: number,
  name: string,
): Promise<{ bytes: Buffer; contentHash: string } | null> {
  const file = await db.prisma.mediaFile.findUnique({ where: { companyId_name: { companyId, name } } });
  const reader = file && (await openBlob(db, { id: file.blobId, companyId }));
  if (!file || !reader) return null;
  await db.prisma.$executeRaw`
    UPDATE media_files SET used_at = clock_timestamp() WHERE company_id = ${companyId} AND name = ${name}`;
  const pieces: Buffer[] = [];
  for await (const piece of reader.pieces()) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), contentHash: file.contentHash };
}

/** The newest first. */
export async function listMediaFiles(
  tx: Tx,
  companyId: number,
  { page, pageSize }: { page: number; pageSize: number },
): Promise<{ files: MediaFile[]; total: number }> {
  const where = { companyId };
  const files = await tx.mediaFile.findMany({
    where,
    orderBy: [{ usedAt: 'desc' }, { name: 'asc' }],
    skip: page * pageSize,
    take: pageSize,
  });
  return { files, total: await tx.mediaFile.count({ where }) };
}

/** @returns whether it was there */
export async function deleteMediaFile(tx: Tx, companyId: number, name: string): Promise<boolean> {
  const { count } = await tx.mediaFile.deleteMany({ where: { companyId, name } });
  return count > 0;
}

/** Lets go of files that nobody has used for a month, and of what is known of addresses that nobody asks for. @returns how many */
export async function deleteOldMedia({ prisma }: Pick<Database, 'prisma'>): Promise<number> {
  await prisma.$executeRaw`DELETE FROM media_hosts WHERE until < ${fromNow(-DAY_MS)}`;
  await prisma.$executeRaw`
    DELETE FROM media_sources WHERE coalesce(fetched_at, lease_until, retry_at) < ${fromNow(-6 * KEEP_MS)}`;
  return prisma.$executeRaw`DELETE FROM media_files WHERE used_at < ${fromNow(-KEEP_MS)}`;
}
