import type { ListingAttributeValues, ListingDimensions, ListingMeasure } from '../../domain/shop-listing.js';
import type { MirrorWarehouse } from '../../domain/product.js';
import type { Fields } from '../content/product-fields.js';
import type { Wanted, WantedSku } from '../content/wanted.js';
import type { CheckContext } from '../checks/listing-rules.js';
import { isImperial, judgeLength, judgeWeight } from '../checks/measures.js';
import { judgeCode } from '../checks/product-code.js';
import { resolveAttributes } from '../checks/resolve-attributes.js';
import type { PlannedAction, PlannedContent, PlannedImage, PlannedSku } from './planned-content.js';
import type { PlannedUpload } from './push-plan-types.js';
import { resolveCertificates, resolveDescription, type ReadyOf } from './resolve-media.js';

/** The uri that a picture got when it was uploaded for a use; null for one that was not. */
type UriOf = (url: string, useCase: PlannedUpload['useCase']) => string | null;

interface Resolving {
  wanted: Wanted;
  /** What the feed and templates have said at all. */
  fields: Fields;
  context: CheckContext;
  /** Of the shop, with the codes by which the seller names them. */
  warehouses: readonly MirrorWarehouse[];
  warehouseCodes: Readonly<Record<string, string>>;
  uriOf: UriOf;
  /** The whole of what was uploaded, for descriptions and certificates; left out, those are planned without their images. */
  readyOf?: ReadyOf;
}

const YES = /^(true|yes|1|y)$/i;

/** What is wanted of a checked product in TikTok's ids and units. What the feed has never said stays undefined. Pure. */
export function resolveContent(given: Resolving): { content: PlannedContent; action: PlannedAction } {
  const { wanted, context, uriOf } = given;
  const { market, category, brand } = context;
  const rules = category.kind === 'rules' ? category.rules : null;
  const images = wanted.images.map((url): PlannedImage => ({ url, uri: uriOf(url, 'MAIN_IMAGE') }));
  const weight = wanted.weight && judgeWeight(wanted.weight, market).measure;
  const content: PlannedContent = {
    ...(wanted.title === null ? {} : { title: wanted.title }),
    ...descriptionOf(given),
    ...(rules === null ? {} : { categoryId: rules.categoryId, categoryVersion: market.categoryVersion }),
    ...brandOf(given, brand),
    ...(images.length === 0 ? {} : { images }),
    ...(weight === null ? {} : { weight }),
    ...dimensionsOf(given, weight),
    ...(rules === null ? {} : { attributes: attributesOf(given) }),
    ...certificatesOf(given),
    ...sizeChartOf(wanted.sizeChart, uriOf),
    ...(wanted.manufacturer === null ? {} : { manufacturerIds: idsOf(wanted.manufacturer) }),
    ...(wanted.responsiblePerson === null ? {} : { responsiblePersonIds: idsOf(wanted.responsiblePerson) }),
    ...(wanted.externalId === null ? {} : { externalId: wanted.externalId }),
    ...(wanted.cod === null || !market.isCodMarket ? {} : { isCodAllowed: YES.test(wanted.cod) }),
    ...(wanted.minimumOrder === null ? {} : { minimumOrder: Number(wanted.minimumOrder) }),
    skus: wanted.skus.map((sku) => skuOf(sku, given)),
  };
  return { content, action: actionOf(wanted.action) };
}

/** A brand that TikTok does not know, or that the feed clears, is none; one that nobody could ask for stays. */
function brandOf({ wanted, fields }: Resolving, brand: CheckContext['brand']): { brandId?: string | null } {
  if (wanted.brand !== null) {
    if (/^\d{10,30}$/.test(wanted.brand)) return { brandId: wanted.brand };
    return brand?.id == null ? {} : { brandId: brand.id };
  }
  return fields['Brand'] === null ? { brandId: null } : {};
}

function dimensionsOf(
  { wanted, context: { market } }: Resolving,
  weight: ListingMeasure | null,
): { dimensions?: ListingDimensions } {
  const { dimensions } = wanted;
  if (!dimensions?.length || !dimensions.width || !dimensions.height) return {};
  const [length, width, height] = [dimensions.length, dimensions.width, dimensions.height].map(
    (value) => judgeLength({ value, unit: dimensions.unit }, market).measure,
  );
  if (!length || !width || !height) return {};
  if (weight !== null && isImperial(weight.unit) !== isImperial(length.unit)) return {};
  return {
    dimensions: { length: length.value, width: width.value, height: height.value, unit: length.unit },
  };
}

function attributesOf({ wanted, context }: Resolving): ListingAttributeValues[] {
  if (context.category.kind !== 'rules') return [];
  const { byId } = resolveAttributes(wanted, context.category.rules);
  return [...byId.values()].map(({ attribute: { id, name }, values }) => ({ id, name, values }));
}

function descriptionOf({
  wanted,
  readyOf,
}: Resolving): Pick<PlannedContent, 'description' | 'descriptionUploads'> {
  if (wanted.description === null) return {};
  if (readyOf === undefined) return { description: wanted.description };
  const { description, uploads } = resolveDescription(wanted.description, readyOf);
  return { description, descriptionUploads: uploads };
}

function certificatesOf({
  wanted,
  context: { category },
  readyOf,
}: Resolving): Pick<PlannedContent, 'certificates' | 'certificateUploads'> {
  if (wanted.certificates.length === 0 || category.kind !== 'rules' || readyOf === undefined) return {};
  const found = resolveCertificates(wanted.certificates, category.rules.certificates, readyOf);
  return found.certificates.length === 0
    ? {}
    : { certificates: found.certificates, certificateUploads: found.uploads };
}

function sizeChartOf(text: string | null, uriOf: UriOf): Pick<PlannedContent, 'sizeChart'> {
  if (text === null) return {};
  if (/^\d+$/.test(text)) return { sizeChart: { templateId: text, image: null } };
  return { sizeChart: { templateId: null, image: { url: text, uri: uriOf(text, 'SIZE_CHART_IMAGE') } } };
}

function skuOf(sku: WantedSku, given: Resolving): PlannedSku {
  const { market } = given.context;
  const { code, options, images, price, externalId, isRemoved, tiktokSkuId } = sku;
  const verdict = code && judgeCode(code.code, code.type);
  const unit = given.wanted.weight?.unit ?? null;
  const weight = sku.weight === null ? null : judgeWeight({ value: sku.weight, unit }, market).measure;
  return {
    sku: sku.sku,
    skuId: tiktokSkuId,
    options: options.map(({ name, value }) => ({ name, value, ...builtIn(name, value, given) })),
    ...(images.length === 0
      ? {}
      : { images: images.map((url) => ({ url, uri: given.uriOf(url, 'ATTRIBUTE_IMAGE') })) }),
    price,
    currency: market.currency ?? sku.currency,
    stock: stockOf(sku, given),
    code: code && verdict?.problem === null ? { code: code.code, type: verdict.type ?? '' } : null,
    ...(externalId === null ? {} : { externalId }),
    ...(weight === null ? {} : { weight }),
    isRemoved,
  };
}

/** An option that TikTok has itself, by its id, with TikTok's value where it lists the seller's. */
function builtIn(
  name: string,
  value: string,
  { context: { category } }: Resolving,
): { id?: string; valueId?: string } {
  if (category.kind !== 'rules') return {};
  const attribute = category.rules.attributes.find(
    (each) => each.isSales && each.name.toLowerCase() === name.toLowerCase(),
  );
  if (!attribute) return {};
  const known = attribute.values.find((each) => each.name.toLowerCase() === value.toLowerCase());
  return { id: attribute.id, ...(known ? { valueId: known.id } : {}) };
}

/** By id, code or exact name; without any the default warehouse. */
function stockOf(sku: WantedSku, { warehouses, warehouseCodes }: Resolving): PlannedSku['stock'] {
  const open = warehouses.filter(
    ({ type, effectStatus }) => type === 'SALES_WAREHOUSE' && effectStatus === 'ENABLED',
  );
  const idOf = (text: string | null): string | undefined => {
    if (text === null) return (open.find(({ isDefault }) => isDefault) ?? open[0])?.warehouseId;
    const code = Object.entries(warehouseCodes).find(
      ([each]) => each.toLowerCase() === text.toLowerCase(),
    )?.[1];
    return open.find(
      ({ warehouseId, name }) => warehouseId === (code ?? text) || name.toLowerCase() === text.toLowerCase(),
    )?.warehouseId;
  };
  const named =
    sku.quantities.length > 0
      ? sku.quantities
      : [{ warehouse: sku.warehouse, quantity: sku.quantity ?? '0' }];
  return named.flatMap(({ warehouse, quantity }) => {
    const warehouseId = idOf(warehouse);
    return warehouseId === undefined ? [] : [{ warehouseId, quantity: Number(quantity) || 0 }];
  });
}

function idsOf(text: string): string[] {
  return text
    .split(/[\s,;|]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function actionOf(text: string): PlannedAction {
  const words: readonly PlannedAction[] = ['Deactivate', 'Activate', 'Delete', 'Recover'];
  return words.find((word) => word === text) ?? 'Upsert';
}
