import { createRecogniser, type FileFormat } from '../formats/recognise.js';
import { fileTooLarge } from '../http/uploads.js';
import type { StoredBlob } from '../store/blobs/blob.js';
import { createBlobWriter } from '../store/blobs/blob-writer.js';
import type { ImportDeps } from './import-deps.js';

/** A file whose bytes are stored. Until a row refers to it, it lasts for BLOB_GRACE_MS. */
export type StoredFile = FileFormat & {
  blob: StoredBlob;
  /** As the sender calls it; not to be trusted. */
  name: string | null;
};

/**
 * Stores a file while it comes in: hashed, recognised and written at the same time, so that a slow or huge one costs neither
 * memory nor a connection to the store, and one that breaks off has changed nothing.
 * @param isJson its sender says so; else its content tells what it is
 * @throws AppError body-too-large, storage-full; whatever `content` throws
 */
export async function storeFile(
  { db, fileLimitBytes = Infinity }: Pick<ImportDeps, 'db' | 'fileLimitBytes'>,
  content: AsyncIterable<Buffer>,
  { companyId, name, isJson = false }: { companyId: number; name: string | null; isJson?: boolean },
): Promise<StoredFile> {
  const writer = createBlobWriter(db, { companyId });
  const recogniser = createRecogniser();
  let bytes = 0;
  try {
    for await (const piece of content) {
      bytes += piece.length;
      if (bytes > fileLimitBytes) throw fileTooLarge(fileLimitBytes);
      recogniser.push(piece);
      await writer.write(piece);
    }
    const format = isJson ? ({ format: 'json', encoding: 'utf-8' } as const) : recogniser.finding();
    return { blob: await writer.finish(), name, ...format };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
