import type { Listing, ListingOption, ListingSku } from '../../domain/shop-listing.js';
import type { MatchedSkus } from './match-skus-of-listing.js';
import type { PlannedImage, PlannedSku } from './planned-content.js';
import { isSameMeasure, uploadsOf } from './product-changes.js';
import type { PlannedChange, PlannedUpload } from './push-plan-types.js';

interface SkuChanges {
  /** Every SKU that the listing is to have, each whole; those that TikTok has with their ids. */
  skus: Record<string, unknown>[];
  changes: PlannedChange[];
  uploads: PlannedUpload[];
  notes: string[];
  /** Why nothing may be sent. */
  blocked: { reason: string; next: string } | null;
}

/**
 * The whole list of SKUs, since TikTok deletes those that are not in it. SKUs that the feed does not know are carried along as
 * they are; only what the feed removes by name is left out.
 */
export function skuChanges(listing: Listing, { listed, added, unclear }: MatchedSkus): SkuChanges {
  const result: SkuChanges = { skus: [], changes: [], uploads: [], notes: [], blocked: null };
  result.blocked = whyNot(listing, { listed, added, unclear });
  if (result.blocked) return result;
  const order = optionOrder(listing);
  for (const { listed: own, wanted } of listed) {
    if (wanted?.isRemoved) {
      result.changes.push({ field: 'Merchant SKU', sku: wanted.sku, from: own.sellerSku, to: null });
      continue;
    }
    result.skus.push(wanted ? changedSku(own, wanted, order, result) : carriedSku(own));
  }
  for (const sku of added) result.skus.push(newSku(listing, sku, order, result));
  // An edit that names stock has to name it for all: the quantities are those of the read a moment ago. UNCONFIRMED: TikTok takes no 0
  // there, and keeps the stock of a SKU that is left out.
  if (added.length > 0)
    for (const [nth, body] of result.skus.entries()) {
      const own = listing.skus.find(({ skuId }) => skuId === body['id']);
      if (own && own.stock.length > 0 && own.stock.every(({ quantity }) => quantity > 0))
        result.skus[nth] = { ...body, inventory: stockBody(own.stock) };
    }
  return result;
}

function whyNot(listing: Listing, { listed, added, unclear }: MatchedSkus): SkuChanges['blocked'] {
  if (unclear.length > 0)
    return {
      reason: `TikTok has several SKUs that could be ${unclear.slice(0, 5).join(', ')}`,
      next: 'Give them seller SKUs of their own in Seller Center',
    };
  const isEmpty = added.length === 0 && listed.every(({ wanted }) => wanted?.isRemoved);
  if (listing.skus.length > 0 && isEmpty)
    return {
      reason: 'All SKUs of the product are to be removed, and a listing needs one',
      next: 'Delete the product with the Action Delete',
    };
  const had = optionOrder(listing);
  const kept = listed.filter(({ wanted }) => !wanted?.isRemoved);
  const wants = [...kept.flatMap(({ wanted }) => (wanted ? [wanted] : [])), ...added];
  if (had.length === 0 && wants.some(({ options }) => options.length > 0) && kept.length + added.length > 1)
    return {
      reason: 'The listing has no options, and TikTok adds none to a product that was made without',
      next: 'Send it under another Parent SKU: a new listing is made of it',
    };
  for (const { sku, options } of wants) {
    if (options.length === 0 && had.length === 0) continue;
    const names = options.map(({ name }) => name.toLowerCase());
    const missing = had.find(({ name }) => !names.includes(name.toLowerCase()));
    if (options.length === had.length && !missing) continue;
    return {
      reason: `${sku} has the options ${options.map(({ name }) => name).join(', ') || 'none'}, and the listing has ${had.map(({ name }) => name).join(', ') || 'none'}: other options would replace all its SKUs`,
      next: 'Use the options of the listing, or send it under another Parent SKU',
    };
  }
  return null;
}

/** The options of a listing, which all its SKUs have in this order. */
function optionOrder({ skus }: Listing): { id: string | null; name: string }[] {
  const most = skus.reduce<ListingSku | null>(
    (best, sku) => (best && best.options.length >= sku.options.length ? best : sku),
    null,
  );
  return (most?.options ?? []).map(({ id, name }) => ({ id, name }));
}

type Order = readonly { id: string | null; name: string }[];

/** As TikTok has it: whatever an edit leaves out of a SKU would be blank. Price and stock have calls of their own. */
function carriedSku(own: ListingSku): Record<string, unknown> {
  return {
    id: own.skuId,
    ...(own.sellerSku === '' ? {} : { seller_sku: own.sellerSku }),
    ...(own.externalId === null ? {} : { external_sku_id: own.externalId }),
    ...(own.options.length > 0 ? { sales_attributes: own.options.map((option) => optionBody(option)) } : {}),
    ...(own.code === null ? {} : { identifier_code: { ...own.code } }),
    ...(own.weight === null ? {} : { sku_weight: { ...own.weight } }),
    ...(own.dimensions === null ? {} : { sku_dimensions: { ...own.dimensions } }),
  };
}

function changedSku(
  own: ListingSku,
  wanted: PlannedSku,
  order: Order,
  result: SkuChanges,
): Record<string, unknown> {
  const { sku, images } = wanted;
  const body = carriedSku(own);
  const note = (field: string, from: string | null, to: string | null): void =>
    void result.changes.push({ field, sku, from, to });
  if (own.sellerSku !== sku) {
    note('Merchant SKU', own.sellerSku, sku);
    body['seller_sku'] = sku;
  }
  if (wanted.externalId !== undefined && wanted.externalId !== own.externalId) {
    note('External SKU Id', own.externalId, wanted.externalId);
    body['external_sku_id'] = wanted.externalId;
  }
  if (wanted.weight !== undefined && !isSameMeasure(own.weight, wanted.weight)) {
    note(
      'SKU Weight',
      own.weight && `${own.weight.value} ${own.weight.unit}`,
      `${wanted.weight.value} ${wanted.weight.unit}`,
    );
    body['sku_weight'] = { ...wanted.weight };
  }
  if (wanted.code !== null && own.code?.code !== wanted.code.code)
    result.notes.push(
      `${sku}: the code ${wanted.code.code} is not sent, since TikTok changes none after the first submission`,
    );
  const options = own.options.map((option, nth) => changedOption(option, wanted, { order, nth, note }));
  const first = options[0];
  if (first && images !== undefined && !isSameSkuImages(first, images)) {
    note('Variant Image', first.imageUri, images.map(({ url }) => url).join(' ') || null);
    result.uploads.push(...uploadsOf(images, 'ATTRIBUTE_IMAGE'));
    options[0] = {
      ...first,
      imageUri: images[0]?.uri ?? null,
      moreImageUris: images.slice(1).map(({ uri }) => uri ?? ''),
    };
  }
  if (options.length > 0) body['sales_attributes'] = options.map((option) => optionBody(option));
  return body;
}

/** Ids of the read are used again as long as the value is the same; TikTok makes one for a new value. */
function changedOption(
  option: ListingOption,
  { options }: PlannedSku,
  {
    order,
    nth,
    note,
  }: { order: Order; nth: number; note: (field: string, from: string, to: string) => void },
): ListingOption {
  const name = (order[nth]?.name ?? option.name).toLowerCase();
  const wanted = options.find((each) => each.name.toLowerCase() === name);
  if (
    !wanted ||
    wanted.value === option.valueName ||
    (wanted.valueId !== undefined && wanted.valueId === option.valueId)
  )
    return option;
  note(`Option ${nth + 1} Value`, option.valueName, wanted.value);
  return { ...option, valueId: wanted.valueId ?? null, valueName: wanted.value };
}

/** New SKUs stand in the warehouses of the others: TikTok refuses an edit that changes those. */
function newSku(
  listing: Listing,
  wanted: PlannedSku,
  order: Order,
  result: SkuChanges,
): Record<string, unknown> {
  const { sku, price, currency, code, images = [], externalId, weight } = wanted;
  result.changes.push({ field: 'Merchant SKU', sku, from: null, to: sku });
  const warehouses = [
    ...new Set(listing.skus.flatMap(({ stock }) => stock.map(({ warehouseId }) => warehouseId))),
  ];
  const quantities = new Map(wanted.stock.map(({ warehouseId, quantity }) => [warehouseId, quantity]));
  const stock =
    warehouses.length > 0
      ? warehouses.map((warehouseId) => ({ warehouseId, quantity: quantities.get(warehouseId) ?? 0 }))
      : wanted.stock;
  result.uploads.push(...uploadsOf(images, 'ATTRIBUTE_IMAGE'));
  const [main, ...more] = images;
  const options = order.map(({ id, name }, nth): ListingOption => {
    const own = wanted.options.find((each) => each.name.toLowerCase() === name.toLowerCase());
    const known = listing.skus
      .flatMap((each) => each.options)
      .find((option) => option.name === name && option.valueName === own?.value);
    return {
      id,
      name,
      valueId: own?.valueId ?? known?.valueId ?? null,
      valueName: own?.value ?? '',
      imageUri: nth === 0 ? (main?.uri ?? known?.imageUri ?? null) : null,
      moreImageUris: nth === 0 ? more.map(({ uri }) => uri ?? '') : [],
    };
  });
  return {
    seller_sku: sku,
    ...(externalId === undefined ? {} : { external_sku_id: externalId }),
    ...(options.length > 0 ? { sales_attributes: options.map((option) => optionBody(option)) } : {}),
    ...(price === null ? {} : { price: { amount: price, currency } }),
    ...(code === null ? {} : { identifier_code: { ...code } }),
    ...(weight === undefined ? {} : { sku_weight: { ...weight } }),
    inventory: stockBody(stock),
  };
}

export function optionBody({ id, name, valueId, valueName, imageUri, moreImageUris }: ListingOption): object {
  return {
    ...(id === null ? { name } : { id, name }),
    ...(valueId === null ? { value_name: valueName } : { value_id: valueId, value_name: valueName }),
    ...(imageUri === null ? {} : { sku_img: { uri: imageUri } }),
    ...(moreImageUris.length === 0
      ? {}
      : { supplementary_sku_images: moreImageUris.map((uri) => ({ uri })) }),
  };
}

export function stockBody(stock: readonly { warehouseId: string; quantity: number }[]): object[] {
  return stock.map(({ warehouseId, quantity }) => ({ warehouse_id: warehouseId, quantity }));
}

function isSameSkuImages(option: ListingOption, images: readonly PlannedImage[]): boolean {
  const uris = [...(option.imageUri === null ? [] : [option.imageUri]), ...option.moreImageUris];
  return uris.length === images.length && images.every(({ uri }, nth) => uri !== null && uri === uris[nth]);
}
