import { COPY_NULL, copyText } from './copy-text.js';
import { cell, createCurrentRow, type CurrentRow, type LeftOutCells, type ReportRow } from './current-row.js';
import { readCost, readDetail, readQuantity, readSku } from './feed-cells.js';
import type { FeedColumns } from './feed-columns.js';
import { readStock } from './feed-stock.js';
import { sift, type RepeatSieve } from './repeat-sieve.js';
import { foldSku } from '../items/sku.js';

export interface FeedRowReader {
  /** One row as a line for COPY; null when the row is blank or was reported. */
  read(fields: readonly string[], count: number, rowNumber: number): string | null;
  /** A row that could not even be cut into fields. */
  refuse(rowNumber: number, message: string, next: string): void;
  leftOut: LeftOutCells;
  /** Rows that were read without a quantity, and without a price. */
  without: { quantity: number; cost: number };
}

interface ReaderOptions {
  columns: FeedColumns;
  caseSensitive: boolean;
  report: ReportRow;
  /** Takes the keys of the rows that are taken. */
  sieve?: RepeatSieve;
}

const NO_STOCK = `${COPY_NULL}\t${COPY_NULL}\t${COPY_NULL}`;

/**
 * Rows of a feed: row number, key of the SKU, SKU (null when it is its own key), quantity, warehouse, warehouses, cost,
 * details. Called millions of times: a row of plain cells becomes a line without an object in between.
 */
export function createFeedRowReader(options: ReaderOptions): FeedRowReader {
  const { columns } = options;
  const without = { quantity: 0, cost: 0 };
  const reader = createReader(options, (row, start) => {
    const cost = readCost(row, columns.cost);
    const stock = stockText(row, columns);
    if (stock === NO_STOCK && !cost) {
      if (cost === null || hasStock(row, columns)) return null;
      const next = 'Give at least one of the two';
      return row.refuse(columns.quantity ?? columns.cost, 'neither a quantity nor a cost is given', next);
    }
    if (stock === NO_STOCK) without.quantity += 1;
    if (!cost) without.cost += 1;
    return `${start}${stock}\t${cost ? cost : COPY_NULL}\t${detailsText(row, columns)}\n`;
  });
  return { ...reader, without };
}

/** Whether the row tries to say something about stock. */
function hasStock(row: CurrentRow, { quantity, warehouses }: FeedColumns): boolean {
  const cells = [quantity, ...warehouses.flatMap((one) => [one.code, one.quantity])];
  return cells.some((index) => cell(row, index) !== '');
}

/** Rows of a matching file: row number, key of the SKU, SKU (null when it is its own key), merchant SKU, its key. */
export function createMatchRowReader({ columns, caseSensitive, report }: ReaderOptions): FeedRowReader {
  return createReader({ columns, caseSensitive, report }, (row, start) => {
    const merchant = readSku(
      row,
      columns.merchantSku ?? -1,
      'Give the seller SKU that the item has in TikTok',
    );
    if (merchant === null) return null;
    return `${start}${copyText(merchant)}\t${copyText(foldSku(merchant, caseSensitive))}\n`;
  });
}

function createReader(
  { columns, caseSensitive, report, sieve }: ReaderOptions,
  readRest: (row: CurrentRow, start: string) => string | null,
): FeedRowReader {
  const leftOut: LeftOutCells = new Map();
  const row = createCurrentRow(columns, report, leftOut);

  function read(fields: readonly string[], count: number, rowNumber: number): string | null {
    row.fields = fields;
    row.rowNumber = rowNumber;
    const line = readRow(fields, count, rowNumber);
    row.close(line !== null);
    return line;
  }

  function readRow(fields: readonly string[], count: number, rowNumber: number): string | null {
    if (count !== columns.count) {
      if (isBlank(fields, count)) return null;
      const message = `has ${count} columns where the header has ${columns.count}`;
      return row.refuse(null, message, 'Put values that hold the separator or a quote in quotes');
    }
    if (fields[columns.supplierSku] === '' && isBlank(fields, count)) return null;
    const sku = readSku(row, columns.supplierSku, 'Every row needs its SupplierSKU');
    if (sku === null) return null;
    const key = foldSku(sku, caseSensitive);
    const line = readRest(
      row,
      `${numberText(rowNumber)}\t${copyText(key)}\t${key === sku ? COPY_NULL : copyText(sku)}\t`,
    );
    if (line !== null && sieve) sift(sieve, key);
    return line;
  }

  function refuse(rowNumber: number, message: string, next: string): void {
    row.rowNumber = rowNumber;
    row.refuse(null, message, next);
    row.close(false);
  }

  return { read, refuse, leftOut, without: { quantity: 0, cost: 0 } };
}

const LAST_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));

/**
 * V8 remembers the texts of the last many thousand numbers. Of a file with millions of rows they live just long enough to
 * be taken for lasting ones, and so pile up; thousands and rest are remembered too, but are few.
 */
function numberText(rowNumber: number): string {
  return `${Math.floor(rowNumber / 1_000)}${LAST_DIGITS[rowNumber % 1_000]}`;
}

function stockText(row: CurrentRow, columns: FeedColumns): string {
  if (columns.warehouses.length === 0) {
    const text = cell(row, columns.quantity);
    const quantity = text === '' ? null : readQuantity(row, columns.quantity, text);
    return quantity === null ? NO_STOCK : `${quantity}\t${COPY_NULL}\t${COPY_NULL}`;
  }
  const stock = readStock(row, columns);
  if (stock === null) return NO_STOCK;
  const { quantity, warehouse, warehouses } = stock;
  const list = warehouses === null ? COPY_NULL : copyText(JSON.stringify(warehouses));
  return `${quantity}\t${warehouse === null ? COPY_NULL : copyText(warehouse)}\t${list}`;
}

function detailsText(row: CurrentRow, columns: FeedColumns): string {
  let members = '';
  for (const { name, kind, index } of columns.details) {
    const value = readDetail(row, index, kind);
    if (value !== null) members += `${members === '' ? '' : ','}"${name}":${JSON.stringify(value)}`;
  }
  return members === '' ? COPY_NULL : copyText(`{${members}}`);
}

function isBlank(fields: readonly string[], count: number): boolean {
  for (let index = 0; index < count; index++) if (fields[index]!.trim() !== '') return false;
  return true;
}
