import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import type { Database } from '../database.js';
import type { BlobReference } from './blob.js';

/** A stored content, to be read as often and in whatever order one likes. It holds two chunks in memory. */
export interface BlobReader {
  bytes: number;
  /**
   * The bytes from `start` up to `end` (left out), in pieces; the next one is fetched while one is worked on. A piece is
   * valid for as long as anybody holds it.
   * @throws Error when the content is gone: nothing refers to it any more
   */
  pieces(start?: number, end?: number): AsyncGenerator<Buffer, void, undefined>;
}

const inflate = promisify(inflateRaw);
/** Number of chunks that stay in memory: a reader that jumps, as a zip reader does, returns to the same ones. */
const AT_HAND = 2;

/**
 * Opens a stored content. `reference` is what a row says: id and company together, so that a number that somebody made up
 * opens nothing of another company.
 * @returns null when it is not there, not yet whole, or another company's
 */
export async function openBlob(
  db: Pick<Database, 'sqlTransaction'>,
  { id, companyId }: BlobReference,
): Promise<BlobReader | null> {
  const [blob] = await db.sqlTransaction(
    (tx) => tx.$queryRaw<{ bytes: bigint; chunkBytes: number }[]>`
      SELECT bytes, chunk_bytes AS "chunkBytes" FROM blobs
      WHERE id = ${id} AND company_id = ${companyId} AND sha256 IS NOT NULL`,
  );
  if (!blob) return null;
  const { chunkBytes } = blob;
  const bytes = Number(blob.bytes);
  const atHand = new Map<number, Promise<Buffer>>();

  function chunk(position: number): Promise<Buffer> {
    const known = atHand.get(position);
    if (known) return known;
    const read = readChunk(db, id, position);
    read.catch(() => atHand.delete(position));
    for (const oldest of atHand.keys()) {
      if (atHand.size < AT_HAND) break;
      atHand.delete(oldest);
    }
    atHand.set(position, read);
    return read;
  }

  return {
    bytes,
    async *pieces(start = 0, end = bytes) {
      const until = Math.min(end, bytes);
      for (let at = start; at < until;) {
        const position = Math.floor(at / chunkBytes);
        const whole = await chunk(position);
        const next = (position + 1) * chunkBytes;
        if (next < until) void chunk(position + 1);
        yield whole.subarray(at - position * chunkBytes, until - position * chunkBytes);
        at = next;
      }
    },
  };
}

async function readChunk(
  db: Pick<Database, 'sqlTransaction'>,
  id: bigint,
  position: number,
): Promise<Buffer> {
  const [row] = await db.sqlTransaction(
    (tx) => tx.$queryRaw<{ content: Buffer; isPacked: boolean }[]>`
      SELECT content, is_packed AS "isPacked" FROM blob_chunks WHERE blob_id = ${id} AND position = ${position}`,
  );
  if (!row) throw new Error(`Blob ${id} has no chunk ${position} any more.`);
  return row.isPacked ? inflate(row.content) : row.content;
}
