/** A stored content. The owner of a row that refers to it reads it with the id and the company of that row. */
export interface BlobReference {
  id: bigint;
  companyId: number;
}

/** A content that was written to its end. */
export interface StoredBlob extends BlobReference {
  /** In hex. */
  sha256: string;
  bytes: number;
}

/** Bytes of each chunk but the last: what one statement carries, and what a reader holds in memory. */
export const CHUNK_BYTES = 524_288;
