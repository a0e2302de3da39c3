import { isWarehouseCode, readDetail, readQuantity } from '../../imports/cells.js';
import { cell, printable, type CurrentRow } from '../../imports/current-row.js';
import { foldSku, LARGEST_QUANTITY } from '../../domain/sku.js';
import type { Numbers } from '../../imports/numbers.js';
import type { FeedColumns } from './feed-columns.js';
import type { WarehouseStock } from '../../domain/stock.js';

/** What a row says about stock. */
export interface Stock {
  quantity: number;
  /** The first or only one. */
  warehouse: string | null;
  /** All of them, where one column would not hold it. */
  warehouses: WarehouseStock[] | null;
}

type WarehouseColumns = FeedColumns['warehouses'][number];

/**
 * Quantities of warehouses go before the column Quantity, which is then their sum whatever it says: sending a total to
 * one warehouse would sell what lies in another. A warehouse that was refused (and reported) leaves the others as they
 * are, and never lets the total in for them. Null: the row says nothing about stock.
 */
export function readStock(row: CurrentRow, columns: FeedColumns, numbers: Numbers): Stock | null {
  const total = cell(row, columns.quantity);
  if (columns.warehouses.length === 0) return totalOnly(row, columns, { text: total, numbers });
  const named = columns.warehouses.filter((one) => one.always === null && cell(row, one.code) !== '').length;
  const found: WarehouseStock[] = [];
  let isRefused = false;
  for (const warehouse of columns.warehouses) {
    const stock = readWarehouse(row, columns, { warehouse, named, total, numbers });
    if (stock === 'refused') isRefused = true;
    else if (stock) takeLast(row, found, stock, warehouse);
  }
  const [first] = found;
  if (!first) return isRefused ? null : totalOnly(row, columns, { text: total, numbers });
  const sum = found.reduce((whole, { quantity }) => whole + quantity, 0);
  const isPlain = found.length === 1 && Object.keys(first).length === 2;
  return {
    quantity: Math.min(sum, LARGEST_QUANTITY),
    warehouse: first.code,
    warehouses: isPlain ? null : found,
  };
}

/** Of a warehouse that stands in the row twice the last mention counts. */
function takeLast(
  row: CurrentRow,
  found: WarehouseStock[],
  stock: WarehouseStock,
  { code }: WarehouseColumns,
): void {
  const key = keyOf(stock);
  const before = found.findIndex((other) => keyOf(other) === key);
  if (before !== -1) {
    found.splice(before, 1);
    row.remark(code, 'stands in this row twice: the last quantity counts', 'Give each warehouse once');
  }
  found.push(stock);
}

/** Codes that differ in the case of A to Z only are one. */
function keyOf({ code }: WarehouseStock): string | null {
  return code === null ? null : foldSku(code, false);
}

function totalOnly(
  row: CurrentRow,
  columns: FeedColumns,
  total: { text: string; numbers: Numbers },
): Stock | null {
  if (total.text === '') return null;
  const quantity = readQuantity(row, columns.quantity, total);
  return quantity === null ? null : { quantity, warehouse: null, warehouses: null };
}

function readWarehouse(
  row: CurrentRow,
  columns: FeedColumns,
  {
    warehouse,
    named,
    total,
    numbers,
  }: { warehouse: WarehouseColumns; named: number; total: string; numbers: Numbers },
): WarehouseStock | null | 'refused' {
  const own = cell(row, warehouse.quantity);
  if (warehouse.always !== null)
    return readWide(row, warehouse, { code: warehouse.always, text: own, numbers });
  const code = cell(row, warehouse.code);
  // A row with one warehouse, or none, may give its quantity in the column Quantity.
  const takesTotal = own === '' && warehouse.nth === 1 && (code === '' ? named === 0 : named === 1);
  const text = takesTotal ? total : own;
  if (text === '') {
    if (code === '' || (named === 1 && total === '')) return null;
    const message = `warehouse ${printable(code)} has no quantity`;
    return refused(row, warehouse.code, message, 'Give each warehouse its quantity');
  }
  if (code === '' && named > 0) {
    return refused(row, warehouse.quantity, 'is a quantity without a warehouse', 'Name the warehouse');
  }
  if (!isWarehouseCode(code)) {
    return refused(row, warehouse.code, 'is not a warehouse code', 'At most 100 characters on one line');
  }
  const quantity = readQuantity(row, takesTotal ? columns.quantity : warehouse.quantity, { text, numbers });
  if (quantity === null) return 'refused';
  return { code: code === '' ? null : code, quantity, ...nextAvailable(row, warehouse) };
}

/** Shopify writes so where an item is not kept. */
const NOT_KEPT = /^not stocked$/i;

/** A cell of a column that is about one warehouse; an empty one says nothing. */
function readWide(
  row: CurrentRow,
  { quantity: index }: WarehouseColumns,
  { code, text, numbers }: { code: string; text: string; numbers: Numbers },
): WarehouseStock | null | 'refused' {
  if (text === '' || NOT_KEPT.test(text)) return null;
  const quantity = readQuantity(row, index, { text, numbers });
  return quantity === null ? 'refused' : { code, quantity };
}

function nextAvailable(
  row: CurrentRow,
  warehouse: WarehouseColumns,
): Pick<WarehouseStock, 'nextAvailableQuantity' | 'nextAvailableDate'> {
  const quantity = readDetail(row, warehouse.nextAvailableQuantity, 'whole');
  const date = readDetail(row, warehouse.nextAvailableDate, 'date');
  return {
    ...(quantity === null ? {} : { nextAvailableQuantity: Number(quantity) }),
    ...(date === null ? {} : { nextAvailableDate: date }),
  };
}

function refused(row: CurrentRow, index: number | null, message: string, next: string | null): 'refused' {
  row.refuse(index, message, next);
  return 'refused';
}
