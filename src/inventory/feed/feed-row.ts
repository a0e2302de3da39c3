import { cell, type CurrentRow } from '../../imports/current-row.js';
import { readCost, readDetail, readQuantity } from '../../imports/cells.js';
import { COPY_NULL, copyText } from '../../imports/copy-text.js';
import type { TableOptions } from '../../imports/feed-kind.js';
import type { Numbers } from '../../imports/numbers.js';
import type { RepeatSieve } from '../../imports/repeat-sieve.js';
import { createRowReader, type RowReader } from '../../imports/row-reader.js';
import type { FeedColumns } from './feed-columns.js';
import { readStock } from './feed-stock.js';

interface FeedRowReader extends RowReader {
  /** Rows that were read without a quantity, and without a price. */
  without: { quantity: number; cost: number };
}

interface ReaderOptions extends Pick<TableOptions, 'caseSensitive' | 'report' | 'numbers'> {
  columns: FeedColumns;
  /** Takes the keys of the rows that are taken. */
  sieve: RepeatSieve;
}

const NO_STOCK = `${COPY_NULL}\t${COPY_NULL}\t${COPY_NULL}`;

/** Rows of a feed: row number, key of the SKU, SKU (null when it is its own key), quantity, warehouse, warehouses, cost, details. */
export function createFeedRowReader(options: ReaderOptions): FeedRowReader {
  const { columns, numbers } = options;
  const without = { quantity: 0, cost: 0 };
  const { quantity, cost: price, warehouses } = columns;
  const matters = [
    quantity,
    price,
    ...columns.prices,
    ...warehouses.flatMap((one) => [one.code, one.quantity]),
  ];
  const reader = createRowReader({ ...options, matters }, (row, start) => {
    const cost = readCost(row, columns.cost, numbers);
    const stock = stockText(row, columns, numbers);
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

function stockText(row: CurrentRow, columns: FeedColumns, numbers: Numbers): string {
  if (columns.warehouses.length === 0) {
    const text = cell(row, columns.quantity);
    const quantity = text === '' ? null : readQuantity(row, columns.quantity, { text, numbers });
    return quantity === null ? NO_STOCK : `${quantity}\t${COPY_NULL}\t${COPY_NULL}`;
  }
  const stock = readStock(row, columns, numbers);
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
