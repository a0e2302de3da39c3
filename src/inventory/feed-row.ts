import { COPY_NULL, copyText } from './copy-text.js';
import { cell, createCurrentRow, type CurrentRow, type LeftOutCells, type RowError } from './current-row.js';
import { readCost, readDetail, readQuantity, readSku } from './feed-cells.js';
import type { FeedColumns } from './feed-columns.js';
import { readStock } from './feed-stock.js';
import { foldSku } from './sku.js';

export interface FeedRowReader {
  /** One row as a line for COPY; null when the row is blank or was reported. */
  read(fields: readonly string[], count: number, rowNumber: number): string | null;
  /** A row that could not even be cut into fields. */
  refuse(rowNumber: number, message: string, next: string): void;
  leftOut: LeftOutCells;
}

interface ReaderOptions {
  columns: FeedColumns;
  caseSensitive: boolean;
  report: (error: RowError) => void;
}

const NO_STOCK = `${COPY_NULL}\t${COPY_NULL}\t${COPY_NULL}`;

/**
 * Rows of a feed: row number, key of the SKU, SKU (null when it is its own key), quantity, warehouse, warehouses, cost,
 * details. Called millions of times: a row of plain cells becomes a line without an object in between.
 */
export function createFeedRowReader({ columns, caseSensitive, report }: ReaderOptions): FeedRowReader {
  return createReader({ columns, caseSensitive, report }, (row, start) => {
    const cost = readCost(row, columns.cost);
    if (cost === null) return null;
    const stock = stockText(row, columns);
    if (stock === null) return null;
    if (stock === NO_STOCK && cost === '') {
      const next = 'Give at least one of the two';
      return row.refuse(columns.quantity ?? columns.cost, 'neither a quantity nor a cost is given', next);
    }
    return `${start}${stock}\t${cost === '' ? COPY_NULL : cost}\t${detailsText(row, columns)}\n`;
  });
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
  { columns, caseSensitive, report }: ReaderOptions,
  readRest: (row: CurrentRow, start: string) => string | null,
): FeedRowReader {
  const leftOut: LeftOutCells = new Map();
  const row = createCurrentRow(columns, report, leftOut);

  function read(fields: readonly string[], count: number, rowNumber: number): string | null {
    row.fields = fields;
    row.rowNumber = rowNumber;
    if (count !== columns.count) {
      if (isBlank(fields, count)) return null;
      const message = `has ${count} columns where the header has ${columns.count}`;
      return row.refuse(null, message, 'Put values that hold the separator or a quote in quotes');
    }
    if (fields[columns.supplierSku] === '' && isBlank(fields, count)) return null;
    const sku = readSku(row, columns.supplierSku, 'Every row needs its SupplierSKU');
    if (sku === null) return null;
    const key = foldSku(sku, caseSensitive);
    return readRest(
      row,
      `${numberText(rowNumber)}\t${copyText(key)}\t${key === sku ? COPY_NULL : copyText(sku)}\t`,
    );
  }

  function refuse(rowNumber: number, message: string, next: string): void {
    row.rowNumber = rowNumber;
    row.refuse(null, message, next);
  }

  return { read, refuse, leftOut };
}

const LAST_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));

/**
 * V8 remembers the texts of the last many thousand numbers. Of a file with millions of rows they live just long enough to
 * be taken for lasting ones, and so pile up; thousands and rest are remembered too, but are few.
 */
function numberText(rowNumber: number): string {
  return `${Math.floor(rowNumber / 1_000)}${LAST_DIGITS[rowNumber % 1_000]}`;
}

function stockText(row: CurrentRow, columns: FeedColumns): string | null {
  if (columns.warehouses.length === 0) {
    const text = cell(row, columns.quantity);
    if (text === '') return NO_STOCK;
    const quantity = readQuantity(row, columns.quantity, text);
    return quantity === null ? null : `${quantity}\t${COPY_NULL}\t${COPY_NULL}`;
  }
  const stock = readStock(row, columns);
  if (stock === 'refused') return null;
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
