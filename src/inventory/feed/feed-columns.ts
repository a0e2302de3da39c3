import { AppError, type ErrorDetail } from '../../kernel/errors.js';

/** How the cells of a column that only informs are read; a cell that does not fit is left out, and its row goes on. */
export type DetailKind = 'text' | 'number' | 'whole' | 'date';

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
const MOST_COLUMNS = 1_000;
const LONGEST_HEADER_IN_TEXTS = 60;

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
const WITHOUT_MEANING = new Set(['supplierid', 'merchantid', 'lastupdate']);

const hints: Record<string, string> = {
  price: 'Price is not a column of inventory feeds; the column Cost is the price that TikTok gets',
  sku: 'SKU is not a column of inventory feeds; SupplierSKU is',
};

/**
 * Finds the columns of a feed or matching file by its header: any order, any case, blanks in names do not count, unknown
 * ones are ignored with a warning.
 * @throws AppError invalid-document without a column SupplierSKU, or when a column stands there twice
 */
export function readColumns(headers: readonly string[]): FeedColumns {
  if (headers.length > MOST_COLUMNS) throw badHeader(`has more than ${MOST_COLUMNS} columns`);
  const indexes = new Map<string, number>();
  const twice: ErrorDetail[] = [];
  for (const [index, header] of headers.entries()) {
    const key = squeezed(header);
    if (key === '') continue;
    if (indexes.has(key)) twice.push({ field: shortened(header), message: 'stands in the header twice' });
    indexes.set(key, index);
  }
  if (twice.length > 0)
    throw new AppError('invalid-document', 'The header of the file is not clear.', { details: twice });
  const supplierSku = indexes.get('suppliersku');
  if (supplierSku === undefined) throw badHeader('has no column SupplierSKU');

  const known = new Set(['suppliersku', ...WITHOUT_MEANING]);
  const take = (name: string): number | null => {
    const key = name.toLowerCase();
    known.add(key);
    return indexes.get(key) ?? null;
  };
  const columns = {
    count: headers.length,
    headers: headers.map((header) => shortened(header)),
    supplierSku,
    merchantSku: take('MerchantSKU'),
    quantity: take('Quantity'),
    cost: take('Cost'),
    warehouses: warehouseColumns(take),
    details: detailColumns(take),
  };
  const warnings = [...indexes].flatMap(([key, index]) =>
    known.has(key)
      ? []
      : [hints[key] ?? `The column ${shortened(headers[index]!)} is not known and was ignored`],
  );
  return { ...columns, warnings };
}

function warehouseColumns(take: (name: string) => number | null): WarehouseColumns[] {
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

function detailColumns(take: (name: string) => number | null): DetailColumn[] {
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

/** `Lead Time` is `LeadTime`. */
function squeezed(header: string): string {
  return header.replaceAll(/[\s\u00a0\ufeff]+/g, '').toLowerCase();
}

function shortened(header: string): string {
  return header
    .replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '')
    .trim()
    .slice(0, LONGEST_HEADER_IN_TEXTS);
}

function badHeader(what: string): AppError {
  return new AppError('invalid-document', `The file ${what}.`, {
    details: [
      {
        field: 'SupplierSKU',
        message: `the header ${what}`,
        next: 'The first row names the columns, such as SupplierSKU,Quantity,Cost',
      },
    ],
  });
}
