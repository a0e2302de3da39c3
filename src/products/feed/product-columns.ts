import { readHeader, type Header } from '../../imports/header.js';
import { attributeField, certificateField, MOST_OPTIONS, optionField } from '../content/product-fields.js';
import {
  ACTION_NAMES,
  CODE_NAMES,
  CODE_TYPE_NAMES,
  columnNames,
  DIMENSION_NAMES,
  DIMENSION_UNIT_NAMES,
  IMAGE_NAMES,
  IMAGE_POSITION_NAMES,
  PARENT_NAMES,
  PRICE_NAMES,
  SALE_PRICE_NAMES,
  SKU_IMAGE_LAYOUTS,
  SKU_NAMES,
  VARIANT_IMAGE_NAMES,
  WEIGHT_NAMES,
  WEIGHT_UNIT_NAMES,
  type FieldScope,
} from './column-names.js';

/** A column whose cells are values of one field. */
interface ValueColumn {
  index: number;
  field: string;
  scope: FieldScope;
}

interface UnitColumn {
  index: number;
  /** That the name of the column says. */
  unit: string | null;
}

/** Where the columns of one file stand. */
export interface ProductColumns {
  count: number;
  headers: string[];
  sku: number;
  parent: number | null;
  /** Number of the row's own that other rows may name as their parent (WooCommerce). */
  ownId: number | null;
  /** Says what the row is: a parent, a SKU of it, or a product of its own. */
  rowType: number | null;
  values: ValueColumn[];
  prices: { index: number; currency: string | null }[];
  images: { index: number; isOfSku: boolean }[];
  imagePosition: number | null;
  variantImages: (number | null)[];
  /** Name and value in cells of their own. */
  options: { name: number | null; value: number }[];
  /** The same of WooCommerce, where parents list all values and single products have attributes. */
  attributePairs: { name: number; value: number }[];
  codes: { index: number; type: string | null }[];
  codeType: number | null;
  weights: UnitColumn[];
  weightUnit: number | null;
  dimensions: { field: string; columns: UnitColumn[] }[];
  dimensionUnit: number | null;
  actions: { index: number; name: string }[];
  /** Magento: `sku=…,color=…|sku=…`, and `name=value,…` */
  variations: number | null;
  packedAttributes: number | null;
  /** TikTok's own bulk template: rows of explanations stand below its header. */
  isTemplate: boolean;
  warnings: string[];
}

const TITLE_NAMES = columnNames.find(({ field }) => field === 'Title')!.names;
const EXAMPLE = 'Merchant SKU,Parent SKU,Title,Description,Category,Image 1,Cost,Weight';
const MOST_ATTRIBUTE_PAIRS = 30;
/** `name-en_US`, `description-en_US-mobile` */
const LOCALE = /^([\p{L}\d_ ]{1,60})-[a-z]{2}_[A-Z]{2}(?:-[a-z\d_]{1,40})?$/u;
const PRICE_OF_CURRENCY = /^price-([A-Z]{3})$/;
const ATTRIBUTE = /^attribute[: ](.{1,200})$/i;
/** WooCommerce has names and values of attributes in columns of their own. */
const NUMBERED_ATTRIBUTE = /^attribute \d{1,2} (?:name|value|visible|global|default)/i;
const TEMPLATE_ATTRIBUTE = /^product_property\/(\d{1,30})$/i;
const CERTIFICATE = /^certificate:\s*(\d{1,30})(\s+expires)?$/i;
const TEMPLATE_CERTIFICATE = /^qualification\/(\d{1,30})$/i;
const WAREHOUSE = /^(?:warehouse_quantity|quantity)[/:]\s*(.{1,100})$/i;

/**
 * Finds the columns of a file about products by its header, whichever shop or marketplace has made it.
 * @throws AppError invalid-document without a column for the SKU, or when a column that is needed stands there twice
 */
export function readProductColumns(given: readonly string[]): ProductColumns {
  const currencies = given.map((header) => PRICE_OF_CURRENCY.exec(header.trim())?.[1] ?? null);
  const header = readHeader(
    given.map((name) => LOCALE.exec(name.trim())?.[1] ?? name),
    EXAMPLE,
  );
  const sku = skuColumn(header);
  const isTemplate = header.take('property_name_1') !== null && header.take('product_name') !== null;
  const priced = pricesOf(header, currencies);
  const ignored = header.candidates(SALE_PRICE_NAMES).map((one) => one.header);
  const codes = codesOf(header);
  const values = [...plainValues(header), ...dynamicValues(given, header)];
  const columns = {
    count: header.count,
    sku,
    parent: header.take(...PARENT_NAMES),
    ownId: numberColumn(header, sku),
    rowType: header.take('parent_child', 'Type', 'Product Type') ?? null,
    values: values.filter(({ index }) => index !== sku),
    prices: priced.columns,
    images: imagesOf(header),
    imagePosition: header.take(...IMAGE_POSITION_NAMES),
    variantImages: VARIANT_IMAGE_NAMES.map((names) => header.take(...names)),
    options: optionsOf(header),
    attributePairs: attributePairsOf(header),
    ...codes,
    weights: unitColumns(header, WEIGHT_NAMES),
    weightUnit: header.take(...WEIGHT_UNIT_NAMES),
    dimensions: DIMENSION_NAMES.map(({ field, columns: names }) => ({
      field,
      columns: unitColumns(header, names),
    })),
    dimensionUnit: header.take(...DIMENSION_UNIT_NAMES),
    actions: header.candidates(ACTION_NAMES).map(({ header: name, index }) => ({ name, index })),
    variations: header.take('configurable_variations'),
    packedAttributes: header.take('additional_attributes'),
    isTemplate,
  };
  return {
    ...columns,
    headers: given.map((name) => shortened(name)),
    warnings: [
      ...priced.warnings,
      ...(ignored.length > 0
        ? [`${ignored.join(', ')}: prices for a time are promotions, which are made in Seller Center`]
        : []),
      ...header.unknown(),
    ],
  };
}

/** `Id` alone is a SKU only in a file whose other columns are understood: many shops number their rows so. */
function skuColumn(header: Header): number {
  const [first, ...others] = SKU_NAMES;
  const sku = header.take(first, ...others);
  const isId = sku !== null && /^id$/i.test(header.headers[sku]!.trim());
  if (sku === null || (isId && header.candidates(TITLE_NAMES).length === 0))
    return header.need('Merchant SKU', 'Supplier SKU', 'Seller SKU');
  return sku;
}

/** WooCommerce's `ID` stands beside the SKU. */
function numberColumn(header: Header, sku: number): number | null {
  const id = header.take('ID');
  return id === sku ? null : id;
}

function plainValues({ take }: Header): ValueColumn[] {
  const hasCodeType = take('External Product Id Type') !== null;
  return columnNames.flatMap(({ field, scope, names }) =>
    names.flatMap((name) => {
      if (hasCodeType && name === 'External Product Id') return [];
      const index = take(name);
      return index === null ? [] : [{ index, field, scope }];
    }),
  );
}

/** Columns that say in their name which attribute, certificate or warehouse they are about. */
function dynamicValues(given: readonly string[], { take }: Header): ValueColumn[] {
  return given.flatMap((name, index): ValueColumn[] => {
    const field = dynamicField(name.trim());
    if (field === null) return [];
    take(name);
    return [{ index, field, scope: field.startsWith('Quantity:') ? 'variant' : 'product' }];
  });
}

function dynamicField(name: string): string | null {
  const own = NUMBERED_ATTRIBUTE.test(name) ? undefined : ATTRIBUTE.exec(name)?.[1];
  const attribute = own ?? TEMPLATE_ATTRIBUTE.exec(name)?.[1];
  if (attribute !== undefined) return attributeField(attribute.trim());
  const certificate = CERTIFICATE.exec(name);
  if (certificate) return certificateField(certificate[1]!, certificate[2] !== undefined);
  const template = TEMPLATE_CERTIFICATE.exec(name);
  if (template) return certificateField(template[1]!);
  const warehouse = WAREHOUSE.exec(name);
  return warehouse ? `Quantity:${warehouse[1]!.trim()}` : null;
}

function pricesOf(
  header: Header,
  currencies: readonly (string | null)[],
): { columns: ProductColumns['prices']; warnings: string[] } {
  const found = header.candidates(PRICE_NAMES);
  const byCurrency = currencies.flatMap((currency, index) =>
    currency === null ? [] : [{ index, currency }],
  );
  for (const { index } of byCurrency) header.take(header.headers[index]!);
  if (found.length === 1) return { columns: [{ index: found[0]!.index, currency: null }], warnings: [] };
  if (found.length === 0) return { columns: byCurrency, warnings: [] };
  const names = found.map((one) => one.header).join(', ');
  return {
    columns: [],
    warnings: [
      `No price was taken: ${names} may each be the price that TikTok is to show. Leave one of them in the file`,
    ],
  };
}

function imagesOf(header: Header): ProductColumns['images'] {
  return IMAGE_NAMES.flatMap((name) => {
    const index = header.take(name);
    return index === null ? [] : [{ index, isOfSku: SKU_IMAGE_LAYOUTS.includes(name) }];
  });
}

function optionsOf({ take }: Header): ProductColumns['options'] {
  return Array.from({ length: MOST_OPTIONS }, (_, nth) => nth).flatMap((nth) => {
    const value = take(optionField(nth, 'Value'), `property_value_${nth + 1}`);
    const name = take(optionField(nth, 'Name'), `property_name_${nth + 1}`);
    return value === null ? [] : [{ name, value }];
  });
}

function attributePairsOf({ take }: Header): ProductColumns['attributePairs'] {
  const pairs: ProductColumns['attributePairs'] = [];
  for (let nth = 1; nth <= MOST_ATTRIBUTE_PAIRS; nth++) {
    const name = take(`Attribute ${nth} name`);
    const value = take(`Attribute ${nth} value(s)`, `Attribute ${nth} values`, `Attribute ${nth} value`);
    if (name !== null && value !== null) pairs.push({ name, value });
  }
  return pairs;
}

function codesOf(header: Header): Pick<ProductColumns, 'codes' | 'codeType'> {
  const codeType = header.take(...CODE_TYPE_NAMES);
  const codes = CODE_NAMES.flatMap(({ name, type }) => {
    // Only with a kind of code beside it, as Amazon has it; else it is an id of the seller's.
    if (name === 'External Product Id' && header.take('External Product Id Type') === null) return [];
    const index = header.take(name);
    return index === null ? [] : [{ index, type }];
  });
  return { codes, codeType };
}

function unitColumns(header: Header, names: readonly { name: string; unit: string | null }[]): UnitColumn[] {
  return names.flatMap(({ name, unit }) => {
    const index = header.take(name);
    return index === null ? [] : [{ index, unit }];
  });
}

function shortened(name: string): string {
  return name
    .replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '')
    .trim()
    .slice(0, 60);
}
