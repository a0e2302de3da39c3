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

/**
 * What shops, marketplaces and warehouses call the columns in their own exports, beside Logicbroker's names, which go first.
 * Of several the first one counts: what can be sold before what lies there.
 */
const SKU_NAMES = [
  'SupplierSKU',
  'SellerSKU',
  'VariantSKU',
  'ItemSKU',
  'ProductSKU',
  'SKU',
  'ProductCode/SKU',
  'ItemNumber',
  'ItemCode',
  'ArticleNumber',
  'Artikelnummer',
  'Артикул',
] as const;
const QUANTITY_NAMES = [
  'Quantity',
  'Qty',
  'Available',
  'Available (not editable)',
  'AvailableQuantity',
  'QuantityAvailable',
  'VariantInventoryQty',
  'InventoryQuantity',
  'InventoryLevel',
  'CurrentStock',
  'CurrentStockLevel',
  'StockQuantity',
  'StockLevel',
  'Stock',
  'OnHand',
  'OnHand (current)',
  'QuantityOnHand',
  'Bestand',
];
/**
 * Any of them may be the price that TikTok is to show. The purchase price is called `Cost` in some systems and `Cost per item`
 * in Shopify's: with two of these nobody but the seller knows which is which.
 */
const PRICE_NAMES = ['Cost', 'Price', 'VariantPrice', 'RegularPrice', 'SalePrice', 'SellingPrice', 'Preis'];
const WAREHOUSE_NAMES = ['Location', 'WarehouseName', 'WarehouseCode', 'WarehouseLocation', 'LocationName'];

/**
 * Finds the columns of a feed by its header.
 * @throws AppError invalid-document as inventoryColumns, and without a column that says something of the SKU
 */
export function readColumns(headers: readonly string[]): FeedColumns {
  const columns = inventoryColumns(headers);
  if (columns.quantity === null && columns.cost === null && columns.warehouses.length === 0) {
    throw new AppError('invalid-document', 'The file has neither a column Quantity nor Cost.', {
      details: [
        { field: 'Quantity', message: 'a feed has SupplierSKU and Quantity, Cost or both' },
        ...columns.warnings.map((message) => ({ field: 'file', message })),
      ],
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
  const prices = header.candidates(PRICE_NAMES);
  const columns = {
    count: header.count,
    headers: header.headers,
    supplierSku: header.need(...SKU_NAMES),
    merchantSku: header.take('MerchantSKU'),
    quantity: header.take(...QUANTITY_NAMES),
    cost: prices.length === 1 ? prices[0]!.index : null,
    warehouses: warehouseColumns(header),
    details: detailColumns(header),
  };
  for (const name of WITHOUT_MEANING) header.take(name);
  const names = prices.map((one) => one.header).join(', ');
  return {
    ...columns,
    warnings: [
      ...(prices.length > 1
        ? [
            `No price was taken: ${names} may each be the price that TikTok is to show. Leave one of them in the file`,
          ]
        : []),
      ...header.unknown(),
    ],
  };
}

function warehouseColumns({ take }: Header): WarehouseColumns[] {
  const found: WarehouseColumns[] = [];
  for (let nth = 1; nth <= MOST_WAREHOUSES; nth++) {
    const prefix = `Warehouse${nth === 1 ? '' : nth}`;
    const next = nth === 1 ? 'NextAvailable' : `${prefix}NextAvailable`;
    const columns = {
      nth,
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
