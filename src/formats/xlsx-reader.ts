import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { AppError, messageOf } from '../errors.js';
import { LONGEST_ROW, readAll, type TableHandlers } from './table.js';

/** A workbook is a zip: these keep a small file from becoming a huge one in memory or in time. */
const LARGEST_SHEET_BYTES = 1_073_741_824;
const LARGEST_PART_BYTES = 1_048_576;
const LARGEST_STRINGS_BYTES = 67_108_864;
const MOST_ENTRIES = 10_000;
const MOST_COLUMNS = 1_000;
/** Digits that a spreadsheet keeps of a number; the rest is noise of binary fractions. */
const SIGNIFICANT_DIGITS = 15;

/**
 * Reads the first sheet of an XLSX workbook row by row; only its table of shared texts is held in memory. After each
 * piece it yields, so that whoever takes the rows can let others take their turn.
 *
 * Cells are read as what they hold, not as they look: numbers without their format (a date is its serial number), and
 * only cells of text keep leading zeros and more than 15 digits. A formula counts as its last result.
 * @throws AppError invalid-document when it is no such workbook, or too large once unpacked
 */
export async function* readXlsx(fd: number, handlers: TableHandlers): AsyncGenerator<void> {
  const zip = await openZip(fd);
  const entries = await listEntries(zip);
  const sheet = await findFirstSheet(zip, entries);
  const strings = await readSharedStrings(zip, entries.get('xl/sharedStrings.xml'));
  const parse = createSheetParser(strings, handlers);
  yield* pieces(zip, sheet, LARGEST_SHEET_BYTES, parse);
}

function openZip(fd: number): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false };
    yauzl.fromFd(fd, options, (error, zip) => {
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
      entries.set(entry.fileName, entry);
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
  await parsePart(zip, entries.get('xl/workbook.xml'), (tag) => {
    if (localName(tag) === 'sheet') relation ??= tag.attributes['r:id'];
  });
  let target: string | undefined;
  await parsePart(zip, entries.get('xl/_rels/workbook.xml.rels'), (tag) => {
    if (localName(tag) === 'Relationship' && tag.attributes['Id'] === relation)
      target = tag.attributes['Target'];
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
  opened: (tag: SaxesTagPlain) => void,
): Promise<void> {
  if (!entry) throw notAWorkbook();
  const parser = createParser();
  parser.on('opentag', opened);
  await readAll(pieces(zip, entry, LARGEST_PART_BYTES, (text) => parser.write(text)));
}

async function readSharedStrings(zip: ZipFile, entry: Entry | undefined): Promise<string[]> {
  const strings: string[] = [];
  if (!entry) return strings;
  const parser = createParser();
  let text = '';
  let isText = false;
  let phonetic = 0;
  parser.on('opentag', (tag) => {
    const name = localName(tag);
    if (name === 'si') text = '';
    if (name === 'rPh') phonetic += 1;
    isText = name === 't' && phonetic === 0;
  });
  parser.on('text', (part) => {
    if (isText) text += part;
  });
  parser.on('closetag', (tag) => {
    const name = localName(tag);
    isText = false;
    if (name === 'rPh') phonetic -= 1;
    if (name === 'si') strings.push(text);
  });
  await readAll(pieces(zip, entry, LARGEST_STRINGS_BYTES, (part) => parser.write(part)));
  return strings;
}

function createSheetParser(strings: readonly string[], handlers: TableHandlers): (text: string) => void {
  const parser = createParser();
  const fields: string[] = [];
  let width = 0;
  let filled = 0;
  let rowNumber = 0;
  let column = 0;
  let type = 'n';
  let text = '';
  let isText = false;
  let phonetic = 0;

  parser.on('opentag', (tag) => {
    const name = localName(tag);
    if (name === 'row') startRow(tag.attributes['r']);
    else if (name === 'c') startCell(tag.attributes['r'], tag.attributes['t']);
    else if (name === 'rPh') phonetic += 1;
    isText = name === 'v' || (name === 't' && phonetic === 0);
  });
  parser.on('text', (part) => {
    if (isText && text.length <= LONGEST_ROW) text += part;
  });
  parser.on('closetag', (tag) => {
    const name = localName(tag);
    isText = false;
    if (name === 'c') endCell();
    else if (name === 'row') endRow();
    else if (name === 'rPh') phonetic -= 1;
  });

  function startRow(given: string | undefined): void {
    rowNumber = given === undefined ? rowNumber + 1 : Number(given);
    column = -1;
    filled = 0;
    fields.length = 0;
  }

  function startCell(reference: string | undefined, given: string | undefined): void {
    column = reference === undefined ? column + 1 : columnOf(reference);
    type = given ?? 'n';
    text = '';
  }

  function endCell(): void {
    const value = valueOf(type, text, strings);
    if (value === '') return;
    if (column >= MOST_COLUMNS) throw refused(`The sheet has more than ${MOST_COLUMNS} columns.`);
    while (fields.length < column) fields.push('');
    fields[column] = value;
    filled = Math.max(filled, column + 1);
  }

  /** A sheet has no cells where nothing stands: rows are filled up to the width of the header. */
  function endRow(): void {
    if (filled === 0) return;
    if (width === 0) width = filled;
    const count = Math.max(width, filled);
    while (fields.length < count) fields.push('');
    handlers.row(fields, count, rowNumber);
  }

  return (part) => parser.write(part);
}

function valueOf(type: string, text: string, strings: readonly string[]): string {
  if (type === 's') return strings[Number(text)] ?? '';
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

async function* pieces(
  zip: ZipFile,
  entry: Entry,
  limit: number,
  take: (text: string) => unknown,
): AsyncGenerator<void> {
  // The declared size is what yauzl holds the unpacked bytes against.
  if (entry.uncompressedSize > limit) throw refused('The workbook is too large once unpacked.');
  const stream = await openEntry(zip, entry);
  stream.setEncoding('utf8');
  try {
    for await (const piece of stream) {
      take(piece as string);
      yield;
    }
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

/** Entities of a document's own are the other way to make much of little: a workbook has none. */
function createParser(): SaxesParser {
  const parser = new SaxesParser();
  parser.on('doctype', () => {
    throw notAWorkbook();
  });
  parser.on('error', (error) => {
    throw error;
  });
  return parser;
}

function localName({ name }: { name: string }): string {
  return name.slice(name.indexOf(':') + 1);
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
