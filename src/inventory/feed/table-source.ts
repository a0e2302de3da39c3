import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCsvBytesReader } from '../../formats/csv-bytes.js';
import { JsonNumber } from '../../formats/json.js';
import type { TableHandlers } from '../../formats/table.js';
import { readXlsx } from '../../formats/xlsx-reader.js';
import { AppError } from '../../kernel/errors.js';
import type { ReceivedFile } from '../../http/uploads.js';

/** Rows of a file or body, whatever its format; can be read more than once. */
export interface TableSource {
  format: 'csv' | 'xlsx' | 'json';
  fileName: string | null;
  sha256: string | null;
  bytes: number;
  /** Remarks about the file before a row is read. */
  warnings: string[];
  /** Hands over all rows, the header first; yields after each piece for the taker to empty what it gathered. */
  read(handlers: TableHandlers): AsyncIterable<void>;
}

const PIECE_BYTES = 65_536;
/** Different names that the items of a body have: each item gets a cell for each of them. */
const MOST_NAMES = 1_000;
/** Between two turns of the process. */
const ITEMS_AT_ONCE = 1_000;
const CELLS_AT_ONCE = 20_000;

export function sourceOfFile(file: ReceivedFile): TableSource {
  const { fileName, sha256, bytes, encoding, head } = file;
  if (bytes === 0) throw emptyFile();
  const isZip = head.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004';
  const common = { fileName, sha256, bytes };
  if (isZip) {
    return {
      ...common,
      format: 'xlsx',
      warnings: [],
      read: (handlers) => readXlsx(file.handle.fd, handlers),
    };
  }
  const warnings =
    encoding.encoding === 'windows-1252'
      ? [
          'The file is not UTF-8; it was read as Windows-1252. Save it as CSV UTF-8 to be sure of special characters',
        ]
      : [];
  return { ...common, format: 'csv', warnings, read: (handlers) => readCsv(file, handlers) };
}

async function* readCsv({ handle, encoding }: ReceivedFile, handlers: TableHandlers): AsyncGenerator<void> {
  const reader = createCsvBytesReader(encoding.encoding, handlers);
  const stream = handle.createReadStream({
    start: encoding.bomBytes,
    autoClose: false,
    highWaterMark: PIECE_BYTES,
  });
  for await (const piece of stream) {
    reader.write(piece as Buffer);
    yield;
  }
  reader.end();
}

/** A JSON body: items of any of the columns' names. They are few enough to be in memory. */
export function sourceOfItems(items: readonly unknown[], bytes: number): TableSource {
  return {
    format: 'json',
    fileName: null,
    sha256: null,
    bytes,
    warnings: [],
    async *read(handlers) {
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
        const fields = fieldsOf(item, columns);
        handlers.row(fields, fields.length, index + 1);
        if ((index + 1) % rowsAtOnce === 0) yield nextTurn();
      }
    },
  };
}

/** Items spell their names as they like, each for itself; what is no item has no fields, and is reported. */
function fieldsOf(item: unknown, columns: ReadonlyMap<string, number>): string[] {
  if (!isPlain(item)) return [];
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
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function tooManyNames(): AppError {
  return new AppError('invalid-document', 'The items have too many different members.', {
    details: [{ field: 'body', message: `has items with more than ${MOST_NAMES} different names in all` }],
  });
}

export function emptyFile(): AppError {
  return new AppError('invalid-document', 'The file is empty.', {
    details: [{ field: 'file', message: 'has no rows', next: 'The first row names the columns' }],
  });
}
