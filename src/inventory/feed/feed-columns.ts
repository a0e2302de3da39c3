import { AppError } from '../../kernel/errors.js';
import type { DetailKind } from '../../imports/cells.js';
import { readHeader, squeezed, type Header } from '../../imports/header.js';
import { detailKinds, PRICE_NAMES, QUANTITY_NAMES, SKU_NAMES, WAREHOUSE_NAMES } from './inventory-fields.js';
import type { FieldChoice } from '../../imports/layout-question.js';

interface DetailColumn {
  /** As the API shows it. */
  name: string;
  kind: DetailKind;
  index: number;
}

interface WarehouseColumns {
  /** 1 to 25; behind them the columns that are about one warehouse each. */
  nth: number;
  code: number | null;
  /** Of a column that is about this warehouse in every row. */
  always: string | null;
  quantity: number | null;
  nextAvailableQuantity: number | null;
  nextAvailableDate: number | null;
}

/** Where the columns of one file stand. */
export interface FeedColumns {
  /** Columns of the header: every row must have as many. */
  count: number;
  /** As the file writes them, for reports. */
  headers: string[];
  supplierSku: number;
  merchantSku: number | null;
  quantity: number | null;
  cost: number | null;
  /** Those that may be the price, where there are several. */
  prices: number[];
  warehouses: WarehouseColumns[];
  details: DetailColumn[];
  warnings: string[];
  /** What the sender has to choose. */
  choices: FieldChoice[];
}

export const MOST_WAREHOUSES = 25;
/** Columns that are about one warehouse each; a shop of TikTok's has a few dozen at most. */
const MOST_WIDE = 100;

/** Good names that say nothing here: numbers of companies, and what this service itself fills in. */
const WITHOUT_MEANING = ['SupplierID', 'MerchantID', 'LastUpdate'];

/**
 * Finds the columns of a feed by its header.
 * @throws AppError invalid-document as inventoryColumns, and without a column that says something of the SKU
 */
export function readColumns(headers: readonly string[], warehouses: readonly string[] = []): FeedColumns {
  const columns = inventoryColumns(headers, warehouses);
  if (columns.quantity === null && columns.cost === null && columns.warehouses.length === 0) {
    throw new AppError('invalid-document', 'The file has neither a column Quantity nor Cost.', {
      details: [
        { field: 'Quantity', message: 'a feed has SupplierSKU and Quantity, Cost or both' },
        ...columns.choices.map(({ candidates }) => ({ field: 'Cost', message: textOfChoice(candidates) })),
        ...columns.warnings.map((message) => ({ field: 'file', message })),
      ],
    });
  }
  return columns;
}

/**
 * Finds all columns that a file about inventory may have, such as one that was exported here; unknown ones are ignored with a
 * warning.
 * @param warehouses names, ids and codes of the shop's, each of which may be the header of a column with what lies there
 * @throws AppError invalid-document without a column SupplierSKU, or when a column stands there twice
 */
export function inventoryColumns(
  headers: readonly string[],
  warehouses: readonly string[] = [],
): FeedColumns {
  const header = readHeader(headers, 'SupplierSKU,Quantity,Cost');
  const prices = header.candidates(PRICE_NAMES);
  const columns = {
    count: header.count,
    headers: header.headers,
    supplierSku: header.need(...SKU_NAMES),
    merchantSku: header.take('MerchantSKU'),
    quantity: header.take(...QUANTITY_NAMES),
    cost: prices.length === 1 ? prices[0]!.index : null,
    prices: prices.length === 1 ? [] : prices.map(({ index }) => index),
    warehouses: warehouseColumns(header),
    details: detailColumns(header),
  };
  for (const name of WITHOUT_MEANING) header.take(name);
  const candidates = prices.map((one) => one.header);
  const choices = prices.length > 1 ? [{ field: 'Cost', candidates }] : [];
  const wide = wideColumns(header, warehouses);
  const isLong = columns.warehouses.some(({ code }) => code !== null);
  const both = isLong && wide.length > 0 ? [textOfBoth(wide)] : [];
  return {
    ...columns,
    warehouses: isLong ? columns.warehouses : [...columns.warehouses, ...wide],
    choices,
    warnings: [...choices.map((choice) => textOfChoice(choice.candidates)), ...both, ...header.unknown()],
  };
}

function textOfChoice(candidates: readonly string[]): string {
  return `No price was taken: ${candidates.join(', ')} may each be the price that TikTok is to show`;
}

function textOfBoth(wide: readonly WarehouseColumns[]): string {
  const names = wide.map(({ always }) => always).join(', ');
  return `The rows name a warehouse each, so that the columns of warehouses (${names}) were ignored`;
}

/** `Quantity in EAST`, and columns that bear the name of one of the shop's warehouses. */
function wideColumns(header: Header, warehouses: readonly string[]): WarehouseColumns[] {
  const known = new Map(warehouses.map((name) => [squeezed(name), name]));
  const found: WarehouseColumns[] = [];
  for (const { header: text, index } of header.others()) {
    const named = /^quantity in\s+(.+)$/i.exec(text)?.[1] ?? known.get(squeezed(text));
    if (named === undefined || found.length === MOST_WIDE) continue;
    header.know(text);
    const nth = MOST_WAREHOUSES + found.length + 1;
    const nothing = { code: null, nextAvailableQuantity: null, nextAvailableDate: null };
    found.push({ nth, ...nothing, always: named, quantity: index });
  }
  return found;
}

function warehouseColumns({ take }: Header): WarehouseColumns[] {
  const found: WarehouseColumns[] = [];
  for (let nth = 1; nth <= MOST_WAREHOUSES; nth++) {
    const prefix = `Warehouse${nth === 1 ? '' : nth}`;
    const next = nth === 1 ? 'NextAvailable' : `${prefix}NextAvailable`;
    const columns = {
      nth,
      always: null,
      code: nth === 1 ? take(prefix, ...WAREHOUSE_NAMES) : take(prefix),
      quantity: take(`${prefix}Quantity`),
      nextAvailableQuantity: take(`${next}Quantity`),
      nextAvailableDate: take(`${next}Date`),
    };
    if (columns.code !== null || columns.quantity !== null) found.push(columns);
    else if (nth === 1 && (columns.nextAvailableQuantity ?? columns.nextAvailableDate) !== null)
      found.push(columns);
  }
  return found;
}

function detailColumns({ take }: Header): DetailColumn[] {
  const found = Object.entries(detailKinds).flatMap(([name, kind]) => {
    const index = take(name);
    return index === null ? [] : [{ name, kind, index }];
  });
  // Files say Description; the API's item has the word only with whose it is.
  const description = take('Description');
  const isTaken = found.some(({ name }) => name === 'SupplierDescription');
  if (description !== null && !isTaken) {
    found.push({ name: 'SupplierDescription', kind: 'text', index: description });
  }
  return found;
}
