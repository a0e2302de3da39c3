import { posix } from 'node:path';
import { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { AppError, messageOf } from '../kernel/errors.js';
import { createStringTable, type StringTable } from './string-table.js';
import { LONGEST_ROW, readAll, type TableHandlers } from './table.js';
import { createXmlReader, type XmlHandlers, type XmlReader } from './xml-reader.js';

/** A workbook is a zip: these keep a small file from becoming a huge one in memory or in time. */
const LARGEST_SHEET_BYTES = 1_073_741_824;
const LARGEST_PART_BYTES = 1_048_576;
const LARGEST_STRINGS_BYTES = 67_108_864;
const MOST_ENTRIES = 10_000;
/** Of those that can be a part that is read; further ones are not looked at. */
const LONGEST_ENTRY_HEAD = 4_096;
const MOST_STRINGS = 4_000_000;
const MOST_COLUMNS = 1_000;
/** The last row that a spreadsheet has. */
const LAST_ROW = 1_048_576;
/** Of a spreadsheet; so far out it may have colours, but no values. */
const LAST_COLUMN = 16_384;
/** Cells that are written, and those that a row is filled up with. */
const MOST_CELLS = 30_000_000;
/** Digits that a spreadsheet keeps of a number; the rest is noise of binary fractions. */
const SIGNIFICANT_DIGITS = 15;

/**
 * Reads the first sheet of an XLSX workbook row by row; only its table of shared texts is held in memory. After each
 * piece it yields, so that whoever takes the rows can let others take their turn.
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

function sheetHandlers(strings: StringTable, handlers: TableHandlers): XmlHandlers {
  const fields: string[] = [];
  let width = 0;
  let filled = 0;
  let rowNumber = 0;
  let column = 0;
  let cells = 0;
  let type = 'n';
  let text = '';
  let isText = false;
  let phonetic = 0;

  function startRow(given: string | undefined): void {
    rowNumber = given === undefined ? rowNumber + 1 : Number(given);
    if (!Number.isInteger(rowNumber) || rowNumber < 1 || rowNumber > LAST_ROW)
      throw refused(`The sheet has a row without a number from 1 to ${LAST_ROW}.`);
    column = -1;
    filled = 0;
    fields.length = 0;
  }

  function startCell(reference: string | undefined, given: string | undefined): void {
    count(1);
    column = reference === undefined ? column + 1 : columnOf(reference);
    if (column >= LAST_COLUMN) throw refused(`The sheet has more than ${LAST_COLUMN} columns.`);
    type = given ?? 'n';
    text = '';
  }

  function endCell(): void {
    const value = valueOf(type, text, strings);
    if (value === '') return;
    if (column >= MOST_COLUMNS) throw refused(`The sheet has more than ${MOST_COLUMNS} columns.`);
    count(Math.max(0, column - fields.length));
    while (fields.length < column) fields.push('');
    fields[column] = value;
    filled = Math.max(filled, column + 1);
  }

  /** A sheet has no cells where nothing stands: rows are filled up to the width of the header. */
  function endRow(): void {
    if (filled === 0) return;
    if (width === 0) width = filled;
    const columns = Math.max(width, filled);
    count(columns - fields.length);
    while (fields.length < columns) fields.push('');
    handlers.row(fields, columns, rowNumber);
  }

  function count(more: number): void {
    cells += more;
    if (cells > MOST_CELLS) throw refused(`The sheet has more than ${MOST_CELLS} cells.`);
  }

  return {
    opened(name, attributes) {
      if (name === 'row') startRow(attributes['r']);
      else if (name === 'c') startCell(attributes['r'], attributes['t']);
      else if (name === 'rPh') phonetic += 1;
      isText = name === 'v' || (name === 't' && phonetic === 0);
    },
    text(part) {
      if (isText && text.length <= LONGEST_ROW) text += part;
    },
    closed(name) {
      isText = false;
      if (name === 'c') endCell();
      else if (name === 'row') endRow();
      else if (name === 'rPh') phonetic -= 1;
    },
  };
}

function valueOf(type: string, text: string, strings: StringTable): string {
  if (type === 's') return text === '' ? '' : strings.get(Number(text));
  if (type !== 'n' || text === '') return text;
  const number = Number(text);
  return Number.isFinite(number) ? String(Number(number.toPrecision(SIGNIFICANT_DIGITS))) : text;
}

/** `AB12` is column 27, counted from 0. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,4}/.exec(reference)?.[0] ?? 'A')
    column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
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

function notAWorkbook(why?: string): AppError {
  return refused('The file cannot be read as an XLSX workbook.', why);
}

function refused(message: string, cause?: string): AppError {
  return new AppError('invalid-document', message, {
    details: [{ field: 'file', message, next: 'Save it as CSV (UTF-8) and send that' }],
    ...(cause === undefined ? {} : { cause }),
  });
}
