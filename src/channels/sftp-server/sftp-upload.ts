import type { ByteShare } from './held-bytes.js';

const FIRST_BYTES = 65_536;
/** Clients write in order, a few pieces ahead of each other at most. */
const MOST_GAPS = 256;

/** A file as a client writes it. */
export interface Upload {
  size(): number;
  /** What is held for it, in bytes. */
  held(): number;
  /** @returns false where it does not fit; the file is never whole then */
  write(offset: number, data: Buffer): boolean;
  /** Its bytes; null where pieces are missing: what has a hole is never taken for the whole. */
  whole(): Buffer | null;
}

/** @param start what was written before, for a client that goes on with a file: its bytes are copied */
export function createUpload(share: ByteShare, largestBytes: number, start?: Buffer): Upload {
  let bytes = Buffer.alloc(0);
  let size = 0;
  let isBroken = false;
  /** What has come, as pieces that do not touch each other, in order. */
  let pieces: [from: number, to: number][] = [];

  function grow(to: number): boolean {
    if (to <= bytes.length) return true;
    const length = Math.min(Math.max(to, bytes.length * 2, FIRST_BYTES), largestBytes);
    if (!share.take(length - bytes.length)) return false;
    const larger = Buffer.alloc(length);
    bytes.copy(larger, 0, 0, size);
    bytes = larger;
    return true;
  }

  function note(from: number, to: number): void {
    const apart = pieces.filter(([a, b]) => b < from || a > to);
    const touching = pieces.filter(([a, b]) => b >= from && a <= to);
    const merged: [number, number] = [
      Math.min(from, ...touching.map(([a]) => a)),
      Math.max(to, ...touching.map(([, b]) => b)),
    ];
    pieces = [...apart, merged].toSorted(([a], [b]) => a - b);
  }

  const upload: Upload = {
    size: () => size,
    held: () => bytes.length,
    write(offset, data) {
      const end = offset + data.length;
      const fits = Number.isSafeInteger(end) && end <= largestBytes && grow(end);
      if (!fits || pieces.length > MOST_GAPS) {
        isBroken = true;
        return false;
      }
      data.copy(bytes, offset);
      size = Math.max(size, end);
      if (data.length > 0) note(offset, end);
      return true;
    },
    whole() {
      const isWhole = size === 0 || (pieces.length === 1 && pieces[0]?.[0] === 0);
      return isWhole && !isBroken ? bytes.subarray(0, size) : null;
    },
  };
  if (start) upload.write(0, start);
  return upload;
}
