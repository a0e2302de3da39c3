import { createGunzip } from 'node:zlib';
import { Readable, type Duplex } from 'node:stream';
import { AppError } from '../kernel/errors.js';
import { listEntries, openEntry, openZip, RangeReader, type ByteRanges } from './zip-file.js';

/** What an archive holds: its bytes, as often as they are asked for. */
export interface UnpackedFile {
  /** As the archive calls it; null without a name. */
  name: string | null;
  pieces(): AsyncIterable<Buffer>;
}

/** A small archive must not become a huge file. */
const LARGEST_BYTES = 1_073_741_824;
const GZIP = [0x1f, 0x8b];
const WORKBOOK = /^(?:xl\/workbook\.xml|\[Content_Types\]\.xml)$/i;
const TABLE = /\.(?:csv|tsv|tab|txt)$/i;
const NOISE = /^__MACOSX\/|(?:^|\/)(?:\.|Thumbs\.db$|desktop\.ini$)|\/$/i;
const SHOWN_NAMES = 5;

/** By a file that others have and a table has not. */
const OTHERS: readonly [RegExp, string][] = [
  [/^xl\/workbook\.bin$/i, 'a binary Excel workbook (.xlsb)'],
  [/^word\//i, 'a Word document'],
  [/^ppt\//i, 'a presentation'],
  [/^content\.xml$/i, 'an OpenDocument file (.ods or the like)'],
  [/^Index\/.*\.iwa$|^Index\.zip$/i, 'a file of Apple Numbers'],
];
const SAVE_AS = 'Save it as an Excel workbook (.xlsx), or as CSV UTF-8, and send that';

export function isGzip(start: Uint8Array): boolean {
  return GZIP.every((byte, at) => start[at] === byte);
}

/** @throws AppError invalid-document, while it is read, where it is broken or too large */
export function gunzipped(file: ByteRanges): UnpackedFile {
  return {
    name: null,
    pieces: () => limited(Readable.from(file.pieces(0, file.bytes)).pipe(createGunzip())),
  };
}

/**
 * The table in a zip; null for a workbook, which is a zip of its own kind.
 * @throws AppError invalid-document for whatever else is a zip, and for one with several files
 */
export async function tableInZip(file: ByteRanges): Promise<UnpackedFile | null> {
  const reader = new RangeReader(file);
  try {
    const zip = await openZip(reader, file.bytes);
    const entries = await listEntries(zip);
    const names = [...entries.values()].map(({ fileName }) => fileName);
    const other = OTHERS.find(([pattern]) => names.some((name) => pattern.test(name)));
    if (other) throw foreign(`The file is ${other[1]}, and not a table that can be read here.`, SAVE_AS);
    if (names.some((name) => WORKBOOK.test(name.replaceAll('\\', '/')))) return null;
    const files = names.filter((name) => !NOISE.test(name));
    const [name, second] = files;
    const entry = name === undefined ? undefined : entries.get(name.toLowerCase());
    if (second !== undefined || !entry || !TABLE.test(entry.fileName)) {
      const listed = files.slice(0, SHOWN_NAMES).join(', ') || 'nothing';
      throw foreign(
        `The file is a zip that holds ${files.length > SHOWN_NAMES ? `${files.length} files: ${listed}, ...` : listed}.`,
        'Send the CSV or XLSX file in it, or a zip with one CSV file and nothing else',
      );
    }
    if (entry.uncompressedSize > LARGEST_BYTES) throw tooLarge();
    return {
      name: entry.fileName,
      async *pieces() {
        yield* limited(await openEntry(await openZip(new RangeReader(file), file.bytes), entry));
      },
    };
  } catch (error) {
    throw reader.failure ?? error;
  }
}

async function* limited(stream: Readable | Duplex): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > LARGEST_BYTES) throw tooLarge();
      yield piece;
    }
  } catch (error) {
    if (error instanceof AppError || !isBroken(error)) throw error;
    throw foreign('The packed file breaks off or is damaged.', 'Pack it again and send it whole');
  } finally {
    stream.destroy();
  }
}

/** What zlib and the reader of zips say of bytes that are wrong; the store has errors of its own. */
function isBroken(error: unknown): boolean {
  const { code = '', message } = error as { code?: string; message: string };
  return code.startsWith('Z_') || /unexpected end|invalid|too many bytes|not enough bytes/i.test(message);
}

function tooLarge(): AppError {
  return foreign('The file is too large once unpacked.', 'Send it in several files');
}

function foreign(message: string, next: string): AppError {
  return new AppError('invalid-document', message, {
    details: [{ field: 'file', message: 'cannot be read', next }],
  });
}
