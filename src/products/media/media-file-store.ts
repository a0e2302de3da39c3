import { AppError } from '../../kernel/errors.js';
import { DAY_MS } from '../../kernel/time.js';
import { createBlobWriter } from '../../store/blobs/blob-writer.js';
import { openBlob } from '../../store/blobs/blob-reader.js';
import { fromNow } from '../../store/database-clock.js';
import type { Database, Tx } from '../../store/database.js';
import { measureMedia } from './image-size.js';
import { LARGEST_IMAGE } from './judge-media.js';

const PREFIX = 'upload:';
const HASH_LENGTH = 24;
/** More than anything that a camera writes in front of the size. */
const BEGINNING_BYTES = 1024 * 1024;
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

/**
 * Keeps a content under a name that is made of it: the same content has the same name, and another one never. It is written to
 * the store while it comes in; only its beginning, in which its size stands, is held in memory.
 * @throws AppError invalid-document for what is neither an image nor a PDF, storage-full; whatever `content` throws
 */
export async function keepMediaFile(
  db: Database,
  companyId: number,
  content: AsyncIterable<Buffer>,
  fileName: string | null,
): Promise<{ file: MediaFile; sha256: string }> {
  const writer = createBlobWriter(db, { companyId });
  const beginning: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of content) {
      if (bytes < BEGINNING_BYTES) beginning.push(Buffer.from(piece));
      bytes += piece.length;
      await writer.write(piece);
    }
    const media = measureMedia(Buffer.concat(beginning));
    if (typeof media === 'string') throw noMedia(`is ${media}`);
    if (media.isCut && bytes <= BEGINNING_BYTES) throw noMedia('ends in the middle');
    if (media.format !== 'PDF' && bytes > LARGEST_IMAGE)
      throw noMedia('has more than the 10 MB that TikTok takes');
    const { id: blobId, sha256 } = await writer.finish();
    const name = `${PREFIX}${sha256.slice(0, HASH_LENGTH)}`;
    const { format, width, height } = media;
    await db.prisma.$executeRaw`
      INSERT INTO media_files (company_id, name, content_hash, file_name, format, width, height, bytes, blob_id, used_at)
      VALUES (${companyId}, ${name}, ${sha256}, ${storable(fileName)}, ${format}, ${width}, ${height}, ${bytes}, ${blobId},
        clock_timestamp())
      ON CONFLICT (company_id, name) DO UPDATE SET used_at = excluded.used_at, file_name = excluded.file_name,
        blob_id = excluded.blob_id`;
    const where = { companyId_name: { companyId, name } };
    return { file: await db.prisma.mediaFile.findUniqueOrThrow({ where }), sha256 };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function noMedia(message: string): AppError {
  return new AppError('invalid-document', 'The file is no use for TikTok.', {
    details: [{ field: 'file', message, next: 'Save it as JPEG, PNG, WEBP or PDF, and hand it over again' }],
  });
}

function storable(name: string | null): string | null {
  return name === null ? null : name.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '').slice(0, 200) || null;
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
