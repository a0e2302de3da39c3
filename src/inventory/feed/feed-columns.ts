import { AppError } from '../../kernel/errors.js';
import type { DetailKind } from '../../imports/cells.js';
import { readHeader, type Header } from '../../imports/header.js';

interface DetailColumn {
  /** As the API shows it. */
  name: string;
  kind: DetailKind;
  index: number;
}

interface WarehouseColumns {
  /** 1 to 25. */
  nth: number;
  code: number | null;
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
  warehouses: WarehouseColumns[];
  details: DetailColumn[];
  warnings: string[];
}

export const MOST_WAREHOUSES = 25;

/** Logicbroker: Inventory Specification; what the push has no use for is kept and shown again. */
const detailKinds: Record<string, DetailKind> = {
  UPC: 'text',
  ManufacturerSKU: 'text',
  MSRP: 'number',
  RetailPrice: 'number',
  MerchantDescription: 'text',
  SupplierDescription: 'text',
  Size: 'text',
  Color: 'text',
  Style: 'text',
  Weight: 'text',
  UOM: 'text',
  Status: 'text',
  VendorNumber: 'text',
  LeadTime: 'text',
  Custom1: 'text',
  Custom2: 'text',
  Custom3: 'text',
  Custom4: 'text',
  Custom5: 'text',
};

/** Good names that say nothing here: numbers of companies, and what this service itself fills in. */
const WITHOUT_MEANING = ['SupplierID', 'MerchantID', 'LastUpdate'];

const hints: Record<string, string> = {
  price: 'Price is not a column of inventory feeds; the column Cost is the price that TikTok gets',
  sku: 'SKU is not a column of inventory feeds; SupplierSKU is',
};

/**
 * Finds the columns of a feed by its header.
 * @throws AppError invalid-document as inventoryColumns, and without a column that says something of the SKU
 */
export function readColumns(headers: readonly string[]): FeedColumns {
  const columns = inventoryColumns(headers);
  if (columns.quantity === null && columns.cost === null && columns.warehouses.length === 0) {
    throw new AppError('invalid-document', 'The file has neither a column Quantity nor Cost.', {
      details: [{ field: 'Quantity', message: 'a feed has SupplierSKU and Quantity, Cost or both' }],
    });
  }
  return columns;
}

/**
 * Finds all columns that a file about inventory may have, such as one that was exported here; unknown ones are ignored with a
 * warning.
 * @throws AppError invalid-document without a column SupplierSKU, or when a column stands there twice
 */
export function inventoryColumns(headers: readonly string[]): FeedColumns {
  const header = readHeader(headers, 'SupplierSKU,Quantity,Cost');
  const columns = {
    count: header.count,
    headers: header.headers,
    supplierSku: header.need('SupplierSKU'),
    merchantSku: header.take('MerchantSKU'),
    quantity: header.take('Quantity'),
    cost: header.take('Cost'),
    warehouses: warehouseColumns(header),
    details: detailColumns(header),
  };
  for (const name of WITHOUT_MEANING) header.take(name);
  return { ...columns, warnings: header.unknown(hints) };
}

function warehouseColumns({ take }: Header): WarehouseColumns[] {
  const found: WarehouseColumns[] = [];
  for (let nth = 1; nth <= MOST_WAREHOUSES; nth++) {
    const prefix = `Warehouse${nth === 1 ? '' : nth}`;
    const next = nth === 1 ? 'NextAvailable' : `${prefix}NextAvailable`;
    const columns = {
      nth,
      code: take(prefix),
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
