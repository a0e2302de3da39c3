import { AppError } from '../../kernel/errors.js';
import type { DetailKind } from '../../imports/cells.js';
import { readHeader, squeezed, type Header } from '../../imports/header.js';
import type { FeedField } from '../../imports/file-layout.js';
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
  warehouses: WarehouseColumns[];
  details: DetailColumn[];
  warnings: string[];
  /** What the sender has to choose. */
  choices: FieldChoice[];
}

export const MOST_WAREHOUSES = 25;
/** Columns that are about one warehouse each; a shop of TikTok's has a few dozen at most. */
const MOST_WIDE = 100;
/** The header of such a column: the name of the warehouse stands behind it. */
const QUANTITY_IN = 'Quantity in';

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

const SKU_FIELD: FeedField = {
  name: 'SupplierSKU',
  meaning: "the ERP's SKU",
  aliases: SKU_NAMES,
  hints: [
    'sku',
    'articlen',
    'artikeln',
    'artnr',
    'itemn',
    'itemcode',
    'productcode',
    'артикул',
    '货号',
    '商品番号',
  ],
  looksLike: 'sku',
  isNeeded: true,
};

/** What columns of a feed of quantities and prices may mean. */
export const inventoryFields: readonly FeedField[] = [
  SKU_FIELD,
  {
    name: 'Quantity',
    meaning: 'pieces that can be sold',
    aliases: QUANTITY_NAMES,
    hints: [
      'qty',
      'quant',
      'stock',
      'bestand',
      'onhand',
      'menge',
      'lager',
      'cantidad',
      'estoque',
      'остат',
      '库存',
      '在庫',
    ],
    looksLike: 'whole',
  },
  {
    name: 'Cost',
    meaning: 'the price that TikTok is to show',
    aliases: PRICE_NAMES,
    hints: ['preis', 'prix', 'precio', 'prezzo', 'preço', 'цена', '价格', '価格'],
    isChosen: true,
  },
  { name: 'Warehouse', meaning: 'the warehouse of the row', aliases: WAREHOUSE_NAMES },
  { name: QUANTITY_IN, meaning: 'pieces in one warehouse, which is named behind it', ofEach: true },
  ...Object.keys(detailKinds).map((name) => ({ name, meaning: 'kept and shown again' })),
];

/** What columns of a matching file may mean. */
export const matchingFields: readonly FeedField[] = [
  SKU_FIELD,
  {
    name: 'MerchantSKU',
    meaning: 'the seller SKU in TikTok',
    hints: ['merchantsku', 'tiktoksku', 'tiktok', 'channelsku', 'marketplacesku'],
    isNeeded: true,
  },
];

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
