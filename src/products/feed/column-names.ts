/** Where the value of a column goes: to all SKUs of a product, or to the one of the row. */
export type FieldScope = 'product' | 'variant';

interface ColumnName {
  field: string;
  scope: FieldScope;
  /** What shops, marketplaces and TikTok's own template call it; the first one that a file has counts. Blanks, signs and case do not. */
  names: readonly string[];
}

export const SKU_NAMES = [
  'Merchant SKU',
  'Supplier SKU',
  'Seller SKU',
  'Variant SKU',
  'Item SKU',
  'SKU',
  'Product Code/SKU',
  'Product SKU',
  'Product Id',
  'Id',
] as const;

export const PARENT_NAMES = [
  'Parent SKU',
  'Handle',
  'Item Group Id',
  'Master Product Id',
  'Product Group',
  'Parent',
];

/**
 * Any of them may be the price that TikTok is to show, and the purchase price is called `Cost` in some systems: with two of
 * these nobody but the seller knows which is which. What Shopify calls `Cost per item` never is.
 */
export const PRICE_NAMES = ['Cost', 'Price', 'Variant Price', 'Regular Price', 'Standard Price'];

/** Prices for a time are promotions in TikTok, which are made there. */
export const SALE_PRICE_NAMES = [
  'Sale Price',
  'Special Price',
  'Date sale price starts',
  'Date sale price ends',
];

/** Sources: product-feed columns of Logicbroker, Shopify, WooCommerce, Google Merchant, Amazon, Magento, BigCommerce, Akeneo, TikTok. */
export const columnNames: readonly ColumnName[] = [
  product('Title', ['Name', 'Product Name', 'Item Name', 'Display Name', 'Product Title']),
  product('Description', ['Body (HTML)', 'Product Description', 'Long Description']),
  product('Short Description', []),
  product('Category', ['TikTok Category', 'Category Id']),
  product('Category Hint', [
    'Product Category',
    'Google Product Category',
    'Google Shopping / Google Product Category',
    'Product Type',
    'Item Type',
    'Categories',
    'Category Path',
  ]),
  product('Brand', ['Brand Name', 'Vendor', 'Manufacturer Name']),
  product('Video', ['Video Url', 'Video Link', 'Product Video']),
  product('Size Chart', ['Size Chart Id', 'Size Chart Image']),
  product('Manufacturer', ['Manufacturer Id']),
  product('Responsible Person', ['Responsible Person Id', 'EU Responsible Person']),
  product('COD', ['Cash On Delivery', 'Is COD Allowed']),
  product('Delivery Options', ['Delivery', 'Delivery Option Ids']),
  product('Minimum Order', ['Minimum Order Quantity', 'Min Order Quantity']),
  product('Pre Sale Type', []),
  product('Handling Days', []),
  product('Release Date', []),
  product('External Product Id', []),
  product('Product Url', ['Link', 'Product Link', 'Website Link']),
  variant('List Price', ['MSRP', 'Variant Compare At Price', 'Manufacturer Suggested Retail Price']),
  variant('Currency', ['Price Currency']),
  variant('Quantity', [
    'Qty',
    'Variant Inventory Qty',
    'Inventory Level',
    'Current Stock Level',
    'Current Stock',
    'Stock Quantity',
    'Stock',
  ]),
  variant('Warehouse Code', ['Warehouse', 'Warehouse Id', 'Warehouse Name']),
  variant('External SKU Id', []),
  variant('Unit Count', ['SKU Unit Count']),
  variant('SKU Weight', []),
  variant('SKU Length', []),
  variant('SKU Width', []),
  variant('SKU Height', []),
  // Options of systems that have a column for each; what is the same in all SKUs of a product is an attribute of it.
  variant('Color', ['Colour', 'Color Name', 'Colour Name']),
  variant('Size', ['Size Name']),
  variant('Material', []),
  variant('Pattern', []),
];

function product(field: string, names: string[]): ColumnName {
  return { field, scope: 'product', names: [field, ...names] };
}

function variant(field: string, names: string[]): ColumnName {
  return { field, scope: 'variant', names: [field, ...names] };
}

/** Columns whose cells are addresses of pictures of the product, in the order of the pictures. A cell may hold several. */
export const IMAGE_NAMES = [
  'Image 1',
  'Image Src',
  'Main Image',
  'Image Link',
  'Main Image Url',
  'ImageUrl_0',
  'Base Image',
  'Image Url',
  'Product Image',
  ...numbered('Image', 2, 9),
  ...numbered('Image Link', 2, 9),
  ...numbered('Other Image Url', 1, 8),
  ...numbered('ImageUrl', 1, 8),
  'Additional Image Link',
  'Additional Images',
  'Images',
  'Image',
];

/** Names of which a cell on the row of a SKU is a picture of that SKU, where the file says several SKUs of a product. */
export const SKU_IMAGE_LAYOUTS = ['Image Link', 'Main Image Url', 'Base Image', 'Images', 'Image'];

export const VARIANT_IMAGE_NAMES: readonly (readonly string[])[] = [
  [
    'Variant Image',
    'Variant Image 1',
    'property_1_image',
    'property_1_image_1',
    'Swatch Image Url',
    'Variation Image',
  ],
  ...Array.from({ length: 8 }, (_, index) => [`Variant Image ${index + 2}`, `property_1_image_${index + 2}`]),
];

/** Of several the first that has a value; those that say the kind of code by their name say it in `type`. */
export const CODE_NAMES: readonly { name: string; type: string | null }[] = [
  { name: 'GTIN', type: null },
  { name: 'UPC', type: 'UPC' },
  { name: 'EAN', type: 'EAN' },
  { name: 'ISBN', type: 'ISBN' },
  { name: 'JAN', type: 'JAN' },
  { name: 'Product UPC/EAN', type: null },
  { name: 'Variant Barcode', type: null },
  { name: 'Barcode', type: null },
  { name: 'Gtin Code', type: null },
  { name: 'External Product Id', type: null },
];

export const CODE_TYPE_NAMES = ['GTIN Type', 'External Product Id Type', 'Identifier Code Type'];

/** The unit that the name of a column says, and that its numbers are meant in. */
export const WEIGHT_NAMES: readonly { name: string; unit: string | null }[] = [
  { name: 'Weight', unit: null },
  { name: 'Package Weight', unit: null },
  { name: 'Weight (kg)', unit: 'kg' },
  { name: 'Weight (g)', unit: 'g' },
  { name: 'Weight (lb)', unit: 'lb' },
  { name: 'Weight (lbs)', unit: 'lb' },
  { name: 'Weight (oz)', unit: 'oz' },
  { name: 'Variant Grams', unit: 'g' },
  { name: 'Shipping Weight', unit: null },
  { name: 'Website Shipping Weight', unit: null },
  { name: 'Parcel Weight', unit: null },
];

export const WEIGHT_UNIT_NAMES = [
  'Weight Unit',
  'Weight Unit Of Measure',
  'Website Shipping Weight Unit Of Measure',
];

export const DIMENSION_NAMES = (['Length', 'Width', 'Height'] as const).map((field) => ({
  field,
  columns: [
    { name: field, unit: null },
    { name: `Package ${field}`, unit: null },
    { name: `${field} (cm)`, unit: 'cm' },
    { name: `${field} (in)`, unit: 'in' },
    { name: `Parcel ${field}`, unit: null },
    { name: `Shipping ${field}`, unit: null },
    ...(field === 'Length' ? [{ name: 'Depth', unit: null }] : []),
  ] as readonly { name: string; unit: string | null }[],
}));

export const DIMENSION_UNIT_NAMES = ['Dimension Unit', 'Dimensions Unit', 'Size Unit'];

/** What is to happen with the product: the first that has a word. */
export const ACTION_NAMES = [
  'Action',
  'Update Delete',
  'Aimed Product Status',
  'Status',
  'Product Online',
  'Published',
];

export const IMAGE_POSITION_NAMES = ['Image Position'];

function numbered(name: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${name} ${from + index}`);
}
