import { posix } from 'node:path';
import { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { AppError, messageOf } from '../kernel/errors.js';
import { createStringTable, type StringTable } from './string-table.js';
import { LONGEST_ROW, readAll, type TableHandlers } from './table.js';
import { createXmlReader, type XmlHandlers, type XmlReader } from './xml-reader.js';
import { notAWorkbook, refused } from './workbook-refusal.js';
import { sheetHandlers } from './xlsx-sheet.js';

/** A workbook is a zip: these keep a small file from becoming a huge one in memory or in time. */
const LARGEST_SHEET_BYTES = 1_073_741_824;
const LARGEST_PART_BYTES = 1_048_576;
const LARGEST_STRINGS_BYTES = 67_108_864;
const MOST_ENTRIES = 10_000;
/** Of those that can be a part that is read; further ones are not looked at. */
const LONGEST_ENTRY_HEAD = 4_096;
const MOST_STRINGS = 4_000_000;
/**
 * Reads the first sheet of an XLSX workbook row by row; only its table of shared texts is held in memory. After each
 * piece it yields, so that the taker of the rows can let other work take its turn.
 *
 * Cells are read as what they hold, not as they look: numbers without their format (a date is its serial number), and
 * only cells of text keep leading zeros and more than 15 digits. A formula counts as its last result.
 * @throws AppError invalid-document when it is no such workbook, breaks off, or is too large once unpacked
 */
export async function* readXlsx(file: ByteRanges, handlers: TableHandlers): AsyncGenerator<void> {
  const reader = new RangeReader(file);
  try {
    const zip = await openZip(reader, file.bytes);
    const entries = await listEntries(zip);
    const sheet = await findFirstSheet(zip, entries);
    const strings = await readSharedStrings(zip, entries.get('xl/sharedStrings.xml'));
    yield* pieces(zip, sheet, LARGEST_SHEET_BYTES, createXmlReader(sheetHandlers(strings, handlers)));
  } catch (error) {
    // Bytes that could not be had are no fault of the workbook.
    throw reader.failure ?? error;
  }
}

/** A file of which any part can be had, wherever it lies. */
export interface ByteRanges {
  bytes: number;
  /** The bytes from `start` up to `end`, which is left out; fewer where the file ends before. */
  pieces(start: number, end: number): AsyncIterable<Buffer>;
}

/** The form in which the zip library asks for bytes. */
class RangeReader extends yauzl.RandomAccessReader {
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

function openZip(reader: RangeReader, bytes: number): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false };
    yauzl.fromRandomAccessReader(reader, bytes, options, (error, zip) => {
      if (error) reject(notAWorkbook());
      else resolve(zip);
    });
  });
}

function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MOST_ENTRIES) throw notAWorkbook();
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      const head = entry.fileName.length + entry.extraFieldLength + entry.fileCommentLength;
      if (head <= LONGEST_ENTRY_HEAD) entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.once('end', () => resolve(entries));
    zip.once('error', () => reject(notAWorkbook()));
    zip.readEntry();
  });
}

/** The first sheet as the workbook lists them, which need not be sheet1.xml. */
async function findFirstSheet(zip: ZipFile, entries: Map<string, Entry>): Promise<Entry> {
  let relation: string | undefined;
  await parsePart(zip, entries.get('xl/workbook.xml'), (name, attributes) => {
    if (name === 'sheet') relation ??= attributes['r:id'];
  });
  let target: string | undefined;
  await parsePart(zip, entries.get('xl/_rels/workbook.xml.rels'), (name, attributes) => {
    if (name === 'Relationship' && attributes['Id'] === relation) target = attributes['Target'];
  });
  const path = target?.startsWith('/')
    ? target.slice(1)
    : posix.join('xl', target ?? 'worksheets/sheet1.xml');
  const sheet = entries.get(path);
  if (!sheet) throw notAWorkbook();
  return sheet;
}

async function parsePart(
  zip: ZipFile,
  entry: Entry | undefined,
  opened: XmlHandlers['opened'],
): Promise<void> {
  if (!entry) throw notAWorkbook();
  await readAll(pieces(zip, entry, LARGEST_PART_BYTES, createXmlReader({ opened })));
}

async function readSharedStrings(zip: ZipFile, entry: Entry | undefined): Promise<StringTable> {
  const strings = createStringTable(LONGEST_ROW);
  if (!entry) return strings;
  let text = '';
  let isText = false;
  let phonetic = 0;
  const reader = createXmlReader({
    opened(name) {
      if (name === 'si') text = '';
      if (name === 'rPh') phonetic += 1;
      isText = name === 't' && phonetic === 0;
    },
    text(part) {
      if (isText && text.length <= LONGEST_ROW) text += part;
    },
    closed(name) {
      isText = false;
      if (name === 'rPh') phonetic -= 1;
      if (name !== 'si') return;
      if (strings.size >= MOST_STRINGS) throw refused(`The workbook has more than ${MOST_STRINGS} texts.`);
      strings.add(text);
    },
  });
  await readAll(pieces(zip, entry, LARGEST_STRINGS_BYTES, reader));
  return strings;
}

async function* pieces(zip: ZipFile, entry: Entry, limit: number, reader: XmlReader): AsyncGenerator<void> {
  // The declared size is what yauzl holds the unpacked bytes against.
  if (entry.uncompressedSize > limit) throw refused('The workbook is too large once unpacked.');
  const stream = await openEntry(zip, entry);
  stream.setEncoding('utf8');
  try {
    for await (const piece of stream) {
      reader.write(piece as string);
      yield;
    }
    reader.close();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw notAWorkbook(messageOf(error));
  } finally {
    stream.destroy();
  }
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(notAWorkbook());
      else resolve(stream);
    });
  });
}
