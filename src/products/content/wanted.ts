import { splitAddresses } from './addresses.js';
import { lengthUnitOf, weightUnitOf } from './units.js';
import {
  attributeOf,
  certificateOf,
  imageField,
  MOST_IMAGES,
  MOST_OPTIONS,
  optionField,
  variantImageField,
  type Fields,
} from './product-fields.js';

interface WantedMeasure {
  value: string;
  unit: string | null;
}

export interface WantedSku {
  skuKey: string;
  sku: string;
  /** What tells it from the other SKUs of the product, in the same order for all of them. */
  options: { name: string; value: string }[];
  images: string[];
  price: string | null;
  currency: string | null;
  listPrice: string | null;
  quantity: string | null;
  warehouse: string | null;
  /** By code or id of the warehouse. */
  quantities: { warehouse: string; quantity: string }[];
  code: { code: string; type: string | null } | null;
  weight: string | null;
  externalId: string | null;
  /** To be taken off the listing. */
  isRemoved: boolean;
  tiktokSkuId: string | null;
}

/** What a product is to be in TikTok, once feed and templates have said their parts. */
export interface Wanted {
  name: string;
  title: string | null;
  /** HTML. */
  description: string | null;
  category: string | null;
  categoryHint: string | null;
  brand: string | null;
  /** Addresses; the first is the main one. */
  images: string[];
  video: string | null;
  weight: WantedMeasure | null;
  dimensions: {
    length: string | null;
    width: string | null;
    height: string | null;
    unit: string | null;
  } | null;
  /** By name or id of the attribute, as the feed writes them. */
  attributes: { name: string; value: string }[];
  certificates: { id: string; files: string[]; expires: string | null }[];
  /** Id of a template, or an address of a picture. */
  sizeChart: string | null;
  manufacturer: string | null;
  responsiblePerson: string | null;
  cod: string | null;
  minimumOrder: string | null;
  preSaleType: string | null;
  externalId: string | null;
  url: string | null;
  /** `Upsert`, `Deactivate`, `Activate`, `Delete` or `Recover` */
  action: string;
  skus: WantedSku[];
}

interface Source {
  name: string;
  fields: Fields;
  skus: readonly {
    skuKey: string;
    sku: string;
    fields: Fields;
    isRemoved: boolean;
    tiktokSkuId: string | null;
  }[];
}

/** Options of files that have a column for each, in the order in which TikTok's shops show them. */
const IMPLICIT = ['Color', 'Size', 'Material', 'Pattern'] as const;
const TAG = /<[a-z!/]/i;

/** @param shopCurrency picks the price where the feed has one for each currency */
export function wantedOf({ name, fields, skus }: Source, shopCurrency: string | null): Wanted {
  const text = (field: string): string | null => fields[field] || null;
  const optionNames = optionNamesOf(skus.filter(({ isRemoved }) => !isRemoved));
  return {
    name,
    title: text('Title'),
    description: htmlOf(text('Description') ?? text('Short Description')),
    category: text('Category'),
    categoryHint: text('Category Hint'),
    brand: text('Brand'),
    images: listOf(MOST_IMAGES, (nth) => fields[imageField(nth)]),
    video: text('Video'),
    weight: measureOf(text('Weight'), text('Weight Unit')),
    dimensions: dimensionsOf(fields),
    attributes: [...attributesOf(fields), ...sharedOptions(skus, optionNames)],
    certificates: certificatesOf(fields),
    sizeChart: text('Size Chart'),
    manufacturer: text('Manufacturer'),
    responsiblePerson: text('Responsible Person'),
    cod: text('COD'),
    minimumOrder: text('Minimum Order'),
    preSaleType: text('Pre Sale Type'),
    externalId: text('External Product Id'),
    url: text('Product Url'),
    action: text('Action') ?? 'Upsert',
    skus: skus.map((sku) => skuOf(sku, optionNames, shopCurrency)),
  };
}

function skuOf(
  { skuKey, sku, fields, isRemoved, tiktokSkuId }: Source['skus'][number],
  optionNames: readonly OptionSource[],
  shopCurrency: string | null,
): WantedSku {
  const text = (field: string): string | null => fields[field] || null;
  const ofCurrency = shopCurrency === null ? null : text(`Cost ${shopCurrency}`);
  return {
    skuKey,
    sku,
    options: optionNames.flatMap((source) => {
      const option = source(fields);
      return option === null ? [] : [option];
    }),
    images: listOf(MOST_IMAGES, (nth) => fields[variantImageField(nth)]),
    price: text('Cost') ?? ofCurrency,
    currency: text('Currency'),
    listPrice: text('List Price'),
    quantity: text('Quantity'),
    warehouse: text('Warehouse Code'),
    quantities: Object.entries(fields).flatMap(([field, quantity]) =>
      field.startsWith('Quantity:') && quantity ? [{ warehouse: field.slice(9), quantity }] : [],
    ),
    code: fields['GTIN'] ? { code: fields['GTIN'], type: text('GTIN Type') } : null,
    weight: text('SKU Weight'),
    externalId: text('External SKU Id'),
    isRemoved,
    tiktokSkuId,
  };
}

type OptionSource = (fields: Fields) => { name: string; value: string } | null;

/** Options by name and value; where no SKU has any, the columns that differ between the SKUs. */
function optionNamesOf(skus: readonly { fields: Fields }[]): OptionSource[] {
  const explicit = Array.from({ length: MOST_OPTIONS }, (_, nth) => nth).filter((nth) =>
    skus.some(({ fields }) => fields[optionField(nth, 'Value')]),
  );
  if (explicit.length > 0)
    return explicit.map((nth) => (fields) => {
      const value = fields[optionField(nth, 'Value')];
      return value ? { name: fields[optionField(nth, 'Name')] || `Option ${nth + 1}`, value } : null;
    });
  if (skus.length < 2) return [];
  return IMPLICIT.filter((name) => new Set(skus.map(({ fields }) => fields[name] ?? '')).size > 1)
    .slice(0, MOST_OPTIONS)
    .map((name) => (fields) => (fields[name] ? { name, value: fields[name] } : null));
}

/** What is the same for all SKUs is an attribute of the product. */
function sharedOptions(
  skus: Source['skus'],
  optionNames: readonly OptionSource[],
): { name: string; value: string }[] {
  const [first] = skus;
  if (!first) return [];
  const used = new Set(optionNames.map((source) => source(first.fields)?.name));
  return IMPLICIT.flatMap((name) => {
    const value = first.fields[name];
    const isShared = value && skus.every(({ fields }) => fields[name] === value);
    return isShared && !used.has(name) ? [{ name, value }] : [];
  });
}

function attributesOf(fields: Fields): { name: string; value: string }[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    const name = attributeOf(field);
    return name === null || !value ? [] : [{ name, value }];
  });
}

function certificatesOf(fields: Fields): Wanted['certificates'] {
  return Object.entries(fields).flatMap(([field, value]) => {
    const certificate = certificateOf(field);
    if (!certificate || certificate.isExpiry || !value) return [];
    const files = splitAddresses(value);
    return [{ id: certificate.id, files, expires: fields[`${field} Expires`] || null }];
  });
}

function measureOf(value: string | null, unit: string | null): WantedMeasure | null {
  return value === null ? null : { value, unit: unit && (weightUnitOf(unit) ?? unit.toUpperCase()) };
}

function dimensionsOf(fields: Fields): Wanted['dimensions'] {
  const { Length: length = null, Width: width = null, Height: height = null } = fields;
  if (!length && !width && !height) return null;
  const unit = fields['Dimension Unit'] || null;
  return { length, width, height, unit: unit && (lengthUnitOf(unit) ?? unit.toUpperCase()) };
}

function listOf(most: number, at: (nth: number) => string | null | undefined): string[] {
  return Array.from({ length: most }, (_, nth) => at(nth)).filter((value): value is string => Boolean(value));
}

/** Plain text becomes paragraphs, so that its lines stay lines. */
function htmlOf(text: string | null): string | null {
  if (text === null || TAG.test(text)) return text;
  return text
    .replaceAll('\r', '')
    .split('\n\n')
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('');
}
