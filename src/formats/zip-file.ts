import { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { notAWorkbook } from './workbook-refusal.js';

const MOST_ENTRIES = 10_000;
/** Of those that can be a part that is read; further ones are not looked at. */
const LONGEST_ENTRY_HEAD = 4_096;

/** A file of which any part can be had, wherever it lies. */
export interface ByteRanges {
  bytes: number;
  /** The bytes from `start` up to `end`, which is left out; fewer where the file ends before. */
  pieces(start: number, end: number): AsyncIterable<Buffer>;
}

/** The form in which the zip library asks for bytes. */
export class RangeReader extends yauzl.RandomAccessReader {
  readonly file: ByteRanges;
  failure: Error | null = null;

  constructor(file: ByteRanges) {
    super();
    this.file = file;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.watched(start, end), { objectMode: false });
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    void this.fill(buffer.subarray(offset, offset + length), position, callback);
  }

  private async fill(
    target: Buffer,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): Promise<void> {
    let count = 0;
    try {
      for await (const piece of this.watched(position, position + target.length))
        count += piece.copy(target, count);
    } catch (error) {
      callback(error as Error);
      return;
    }
    callback(null, count);
  }

  private async *watched(start: number, end: number): AsyncGenerator<Buffer> {
    try {
      yield* this.file.pieces(start, end);
    } catch (error) {
      this.failure ??= error as Error;
      throw error;
    }
  }
}

export function openZip(reader: RangeReader, bytes: number): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false };
    yauzl.fromRandomAccessReader(reader, bytes, options, (error, zip) => {
      if (error) reject(notAWorkbook());
      else resolve(zip);
    });
  });
}

export function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MOST_ENTRIES) throw notAWorkbook();
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      const head = entry.fileName.length + entry.extraFieldLength + entry.fileCommentLength;
      if (head <= LONGEST_ENTRY_HEAD) entries.set(entry.fileName.toLowerCase(), entry);
      zip.readEntry();
    });
    zip.once('end', () => resolve(entries));
    zip.once('error', () => reject(notAWorkbook()));
    zip.readEntry();
  });
}

export function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(notAWorkbook());
      else resolve(stream);
    });
  });
}
