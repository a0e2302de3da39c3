import { Decimal } from 'decimal.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCsvBytesReader } from '../formats/csv-bytes.js';
import { foreignFormat } from '../formats/foreign-format.js';
import { JsonNumber } from '../formats/json.js';
import { readUntrustedJson } from '../formats/safe-json.js';
import { inSlices } from '../formats/slices.js';
import type { TableHandlers } from '../formats/table.js';
import { bytesOfMark, createTextDecoding, type TextEncoding } from '../formats/text-encoding.js';
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

/** @throws AppError invalid-document for a file without content, or too much JSON */
export function sourceOfFile(
  content: BlobReader,
  { format, encoding, bytes }: FileFacts,
  { jsonLimitBytes = LARGEST_JSON_BYTES }: { jsonLimitBytes?: number | undefined } = {},
): TableSource {
  if (bytes === 0) throw emptyFile();
  if (format === 'xlsx') {
    return { bytes, warnings: [], decimalSign: '.', read: (handlers) => readXlsx(content, handlers) };
  }
  if (format === 'json') {
    if (bytes > jsonLimitBytes) throw tooMuchJson(jsonLimitBytes);
    return { bytes, warnings: [], decimalSign: '.', read: (handlers) => readJson(content, handlers) };
  }
  const warnings =
    encoding === 'windows-1252'
      ? [
          'The file is not UTF-8; it was read as Windows-1252. Save it as CSV UTF-8 to be sure of special characters',
        ]
      : [];
  return {
    bytes,
    warnings,
    decimalSign: null,
    read: (handlers) => readCsv(content, encoding ?? 'utf-8', handlers),
  };
}

async function* readCsv(
  content: BlobReader,
  encoding: TextEncoding,
  handlers: TableHandlers,
): AsyncGenerator<void> {
  const reader = createCsvBytesReader(encoding, handlers);
  let isFirst = true;
  for await (const chunk of content.pieces()) {
    if (isFirst) refuseForeign(chunk, encoding);
    for (let at = isFirst ? bytesOfMark(chunk, encoding) : 0; at < chunk.length; at += PIECE_BYTES) {
      reader.write(chunk.subarray(at, at + PIECE_BYTES));
      // A chunk is many pieces, and nobody else would come to its turn between them.
      yield nextTurn();
    }
    isFirst = false;
  }
  reader.end();
}

/** Of a file that is no table a reader of CSV could only say that it finds no header. */
function refuseForeign(chunk: Buffer, encoding: TextEncoding): void {
  const start = chunk.subarray(0, FOREIGN_BYTES);
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

async function* readJson(content: BlobReader, handlers: TableHandlers): AsyncGenerator<void> {
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
