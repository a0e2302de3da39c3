import type { DetailKind } from '../../imports/cells.js';
import type { FeedField } from '../../imports/file-layout.js';

/** The header of such a column: the name of the warehouse stands behind it. */
const QUANTITY_IN = 'Quantity in';

/** Logicbroker: Inventory Specification; what the push has no use for is kept and shown again. */
export const detailKinds: Record<string, DetailKind> = {
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

/**
 * What shops, marketplaces and warehouses call the columns in their own exports, beside Logicbroker's names, which go first.
 * Of several the first one counts: what can be sold before what lies there.
 */
export const SKU_NAMES = [
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
export const QUANTITY_NAMES = [
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
export const PRICE_NAMES = [
  'Cost',
  'Price',
  'VariantPrice',
  'RegularPrice',
  'SalePrice',
  'SellingPrice',
  'StandardPrice',
  'YourPrice',
  'Preis',
];
export const WAREHOUSE_NAMES = [
  'Location',
  'WarehouseName',
  'WarehouseCode',
  'WarehouseLocation',
  'LocationName',
];

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
