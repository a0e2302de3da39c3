import { Decimal } from 'decimal.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isUtf8 } from 'node:buffer';
import { createByteSample } from '../formats/byte-sample.js';
import { createCsvBytesReader } from '../formats/csv-bytes.js';
import { readingsOf } from '../formats/encoding-readings.js';
import { foreignFormat } from '../formats/foreign-format.js';
import { JsonNumber } from '../formats/json.js';
import { readUntrustedJson } from '../formats/safe-json.js';
import { createRecogniser } from '../formats/recognise.js';
import { inSlices } from '../formats/slices.js';
import { readAll, type TableHandlers } from '../formats/table.js';
import { createXmlRows, createXmlSurvey } from '../formats/xml-table.js';
import { encodingNamed, type TextEncoding } from '../formats/encoding-names.js';
import { bytesOfMark, createTextDecoding } from '../formats/text-encoding.js';
import { gunzipped, isGzip, tableInZip, type UnpackedFile } from '../formats/unpack.js';
import { readXlsx } from '../formats/xlsx-reader.js';
import { AppError } from '../kernel/errors.js';
import type { DecimalSign } from './numbers.js';
import type { BlobReader } from '../store/blobs/blob-reader.js';

/** Rows of a file, whatever its format; can be read more than once. */
export interface TableSource {
  bytes: number;
  /** Remarks about the file before a row is read. */
  warnings: string[];
  /** What stands before the decimals in a format whose numbers are typed; null where only the file itself can tell. */
  decimalSign: DecimalSign | null;
  /** Hands over all rows, the header first; yields after each piece for the taker to empty what it gathered. */
  read(handlers: TableHandlers): AsyncIterable<void>;
}

const PIECE_BYTES = 65_536;
/** By so much of its start a file of another kind is told. */
const FOREIGN_BYTES = 4_096;
/** Different names that the items of a body have: each item gets a cell for each of them. */
const MOST_NAMES = 1_000;
/** Between two turns of the process. */
const ITEMS_AT_ONCE = 1_000;
const MOST_EXPONENT = 20;
const CELLS_AT_ONCE = 20_000;

/** What is known of a file beside its content. */
interface FileFacts {
  format: string | null;
  encoding: TextEncoding | null;
  bytes: number;
}

/** JSON is in memory as a whole while it is read. */
const LARGEST_JSON_BYTES = 10_485_760;

/** What can be read as often as one likes, from its beginning. */
type Content = Pick<UnpackedFile, 'pieces'>;

interface SourceLimits {
  jsonLimitBytes?: number | undefined;
  /** XML is read: products come so, from shops and for price comparison. */
  takesXml?: boolean | undefined;
}

/**
 * @throws AppError invalid-document for a file without content, too much JSON, an archive that holds no single table, and a text
 * of which nobody but its sender knows the encoding
 */
export async function sourceOfFile(
  content: BlobReader,
  { format, encoding, bytes }: FileFacts,
  limits: SourceLimits = {},
): Promise<TableSource> {
  if (bytes === 0) throw emptyFile();
  if (format === 'xlsx') {
    const inner = await tableInZip(content);
    return inner ? sourceOfPacked(inner, encoding, limits) : sourceOfWorkbook(content);
  }
  if (format === 'json') return sourceOfJson(content, bytes, limits);
  const start = await startOf(content);
  if (isGzip(start)) return sourceOfPacked(gunzipped(content), encoding, limits);
  return sourceOfText(content, { bytes, start, encoding }, limits);
}

function sourceOfWorkbook(content: BlobReader): TableSource {
  const { bytes } = content;
  const warnings: string[] = [];
  const remark = (text: string): void => void warnings.push(text);
  return { bytes, warnings, decimalSign: '.', read: (handlers) => readXlsx(content, handlers, remark) };
}

function sourceOfJson(
  content: Content,
  bytes: number,
  { jsonLimitBytes = LARGEST_JSON_BYTES }: SourceLimits,
): TableSource {
  if (bytes > jsonLimitBytes) throw tooMuchJson(jsonLimitBytes);
  return { bytes, warnings: [], decimalSign: '.', read: (handlers) => readJson(content, handlers) };
}

/** What is in an archive is recognised as a file is that comes by itself, which takes a look at all of it. */
async function sourceOfPacked(
  inner: UnpackedFile,
  said: TextEncoding | null,
  limits: SourceLimits,
): Promise<TableSource> {
  const recogniser = createRecogniser();
  let bytes = 0;
  for await (const piece of inner.pieces()) {
    recogniser.push(piece);
    bytes += piece.length;
  }
  if (bytes === 0) throw emptyFile();
  const { format, encoding } = recogniser.finding();
  if (format === 'xlsx') throw packedWorkbook();
  if (format === 'json') return sourceOfJson(inner, bytes, limits);
  return sourceOfText(inner, { bytes, start: await startOf(inner), encoding: said ?? encoding }, limits);
}

async function sourceOfText(
  content: Content,
  { bytes, start, encoding }: { bytes: number; start: Buffer; encoding: TextEncoding | null },
  { takesXml = false }: SourceLimits,
): Promise<TableSource> {
  if (takesXml && isXml(start)) return sourceOfXml(content, bytes, xmlEncoding(start) ?? encoding ?? 'utf-8');
  refuseForeign(start, encoding ?? 'windows-1252');
  if (encoding === null) throw await unknownEncoding(content);
  const warnings =
    encoding === 'windows-1252'
      ? [
          'The file is not UTF-8; it was read as Windows-1252. Save it as CSV UTF-8 to be sure of special characters, or say its encoding (?encoding=)',
        ]
      : [];
  return { bytes, warnings, decimalSign: null, read: (handlers) => readCsv(content, encoding, handlers) };
}

async function startOf(content: Content): Promise<Buffer> {
  for await (const piece of content.pieces()) return piece.subarray(0, FOREIGN_BYTES);
  return Buffer.alloc(0);
}

/** Asks the sender, with what the file says in each of the encodings that it may have. */
async function unknownEncoding(content: Content): Promise<AppError> {
  const sample = createByteSample();
  for await (const piece of content.pieces()) {
    if (!isUtf8(piece)) sample.push(piece);
    if (sample.isFull) break;
  }
  const details = readingsOf(sample.lines()).map(({ encoding, sample: text }) => ({
    field: 'encoding',
    message: `as ${encoding} it reads: ${printableText(text)}`,
    next: `If that is right, send it again with ?encoding=${encoding}`,
  }));
  const message = 'The file is not UTF-8, and nothing in it tells which other encoding it has.';
  return new AppError('invalid-document', message, {
    details: [
      ...details,
      { field: 'encoding', message: 'has to be said', next: 'Or save the file as CSV UTF-8' },
    ],
  });
}

function printableText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '\ufffd');
}

function packedWorkbook(): AppError {
  return new AppError('invalid-document', 'The file is a packed workbook.', {
    details: [{ field: 'file', message: 'is a workbook in an archive', next: 'Send the XLSX file itself' }],
  });
}

async function* readCsv(
  content: Content,
  encoding: TextEncoding,
  handlers: TableHandlers,
): AsyncGenerator<void> {
  const reader = createCsvBytesReader(encoding, handlers);
  let isFirst = true;
  for await (const chunk of content.pieces()) {
    for (let at = isFirst ? bytesOfMark(chunk, encoding) : 0; at < chunk.length; at += PIECE_BYTES) {
      reader.write(chunk.subarray(at, at + PIECE_BYTES));
      // A chunk is many pieces, and nobody else would come to its turn between them.
      yield nextTurn();
    }
    isFirst = false;
  }
  reader.end();
}

const XML_START = /^\uFEFF?\s*<(?:\?xml\b|rss\b|feed\b|products?\b|catalog\b|shop\b|yml_catalog\b)/i;

/** Not a workbook in XML, and not a web page: those are told as what they are. */
function isXml(start: Buffer): boolean {
  const text = createTextDecoding('utf-8').write(start);
  return XML_START.test(text) && !/schemas-microsoft-com:office|<html\b/i.test(text);
}

function xmlEncoding(start: Buffer): TextEncoding | null {
  const named = /^\s*<\?xml[^<>]{0,200}\sencoding=["']([\w.-]{1,40})["']/i.exec(
    start.toString('latin1'),
  )?.[1];
  return named === undefined ? null : encodingNamed(named);
}

/** The names of its elements first: a table has its columns before its rows. */
async function sourceOfXml(content: Content, bytes: number, encoding: TextEncoding): Promise<TableSource> {
  const survey = createXmlSurvey();
  await readAll(readXml(content, encoding, survey));
  const table = survey.table();
  if (!table) throw noXmlRows('has no elements such as item, entry, product or offer');
  return {
    bytes,
    warnings: [],
    decimalSign: '.',
    read: (handlers) => readXml(content, encoding, createXmlRows(table, handlers)),
  };
}

async function* readXml(
  content: Content,
  encoding: TextEncoding,
  reader: { write(text: string): void; close(): void },
): AsyncGenerator<void> {
  const decoding = createTextDecoding(encoding);
  for await (const chunk of content.pieces()) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const text = decoding.write(chunk.subarray(at, at + PIECE_BYTES));
      asXml(() => reader.write(text));
      yield nextTurn();
    }
  }
  asXml(() => {
    reader.write(decoding.end());
    reader.close();
  });
}

/** @throws AppError invalid-document for whatever the reader finds wrong */
function asXml(read: () => void): void {
  try {
    read();
  } catch (error) {
    throw noXmlRows((error as Error).message.slice(0, 200));
  }
}

function noXmlRows(message: string): AppError {
  return new AppError('invalid-document', 'The XML cannot be read.', {
    details: [
      { field: 'file', message: printableText(message), next: 'Correct it, or send the products as CSV' },
    ],
  });
}

/** Of a file that is no table a reader of CSV could only say that it finds no header. */
function refuseForeign(start: Buffer, encoding: TextEncoding): void {
  const foreign = foreignFormat(start, createTextDecoding(encoding).write(start));
  if (!foreign) return;
  throw new AppError(
    'invalid-document',
    `The file is ${foreign.what}, and not a table that can be read here.`,
    {
      details: [{ field: 'file', message: `is ${foreign.what}`, next: foreign.next }],
    },
  );
}

async function* readJson(content: Content, handlers: TableHandlers): AsyncGenerator<void> {
  const decoding = createTextDecoding('utf-8');
  let text = '';
  for await (const chunk of content.pieces()) {
    text += decoding.write(chunk);
    yield;
  }
  const { kept } = await inSlices(readUntrustedJson((text + decoding.end()).replace(/^\uFEFF/, '')));
  yield* readItems(itemsOfBody(kept), handlers);
}

/** Items of any of the columns' names. */
async function* readItems(items: readonly unknown[], handlers: TableHandlers): AsyncGenerator<void> {
  const columns = new Map<string, number>();
  const names: string[] = [];
  let work = 0;
  for (const item of items) {
    for (const name of isPlain(item) ? Object.keys(item) : []) {
      if (columns.has(name.toLowerCase())) continue;
      columns.set(name.toLowerCase(), names.push(name) - 1);
      if (names.length > MOST_NAMES) throw tooManyNames();
    }
    if (++work % ITEMS_AT_ONCE === 0) yield nextTurn();
  }
  handlers.row(names, names.length, 0);
  const rowsAtOnce = Math.max(1, Math.min(ITEMS_AT_ONCE, Math.floor(CELLS_AT_ONCE / names.length)));
  for (const [index, item] of items.entries()) {
    if (isPlain(item)) handlers.row(fieldsOf(item, columns), columns.size, index + 1);
    else handlers.problem('no-item', index + 1);
    if ((index + 1) % rowsAtOnce === 0) yield nextTurn();
  }
}

/** Items spell their names as they like, each for itself. */
function fieldsOf(item: Record<string, unknown>, columns: ReadonlyMap<string, number>): string[] {
  const fields = Array.from({ length: columns.size }, () => '');
  for (const [name, value] of Object.entries(item)) fields[columns.get(name.toLowerCase())!] = textOf(value);
  return fields;
}

/**
 * The items of a JSON body: a list, or a list named `data`, which is how Logicbroker's description calls the body.
 * @throws AppError invalid-document
 */
export function itemsOfBody(kept: unknown): unknown[] {
  const list = isPlain(kept)
    ? Object.entries(kept).find(([name]) => name.toLowerCase() === 'data')?.[1]
    : kept;
  if (Array.isArray(list) && list.length > 0) return list;
  throw new AppError('invalid-document', 'The body has no items.', {
    details: [
      {
        field: 'body',
        message: 'must be a list of items, or {"data": [...]}; larger amounts go as a CSV file',
      },
    ],
  });
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof JsonNumber) return /e/i.test(value.text) ? withoutExponent(value.text) : value.text;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `1.999e1` is 19.99; one that is far too large or small stays as it is, and is refused. */
function withoutExponent(text: string): string {
  const number = new Decimal(text);
  return Math.abs(number.e) > MOST_EXPONENT ? text : number.toFixed();
}

function tooManyNames(): AppError {
  return new AppError('invalid-document', 'The items have too many different members.', {
    details: [{ field: 'body', message: `has items with more than ${MOST_NAMES} different names in all` }],
  });
}

function tooMuchJson(limit: number): AppError {
  return new AppError('invalid-document', 'The file has too much JSON.', {
    details: [{ field: 'file', message: `has more than ${limit} bytes`, next: 'Send it as CSV (UTF-8)' }],
  });
}

export function emptyFile(): AppError {
  return new AppError('invalid-document', 'The file is empty.', {
    details: [{ field: 'file', message: 'has no rows', next: 'The first row names the columns' }],
  });
}
