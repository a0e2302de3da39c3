import type { CategoryAttribute } from '../categories/category-model.js';
import type { Content, ContentSku, SalesAttribute } from '../state/content.js';
import type { BodySalesAttribute, BodySku, ListingBody } from './listing-body.js';

/** An attribute that a SKU may name: one of the category, or one that the product's seller has made. */
interface KnownAttribute {
  id: string;
  name: string;
  values: { id: string; name: string }[];
  /** A SKU of the product has it: only then a name alone means it. */
  isUsed: boolean;
}

/**
 * The SKUs that a call names, in place of all that the product had: TikTok keeps none that is not in the list, and one without
 * an id is a new one even where it looks like one that is there. Ids that TikTok makes are still ''.
 */
export function resolveSkus(
  body: ListingBody,
  base: Content | undefined,
  offered: readonly CategoryAttribute[],
): ContentSku[] {
  if (body.skus === undefined) return base?.skus ?? [];
  const known = knownAttributes(base, offered);
  return body.skus.map((sku) => resolveSku(sku, known));
}

function resolveSku(sku: BodySku, known: readonly KnownAttribute[]): ContentSku {
  return {
    id: sku.id ?? '',
    sellerSku: sku.seller_sku ?? '',
    salesAttributes: (sku.sales_attributes ?? []).map((given) => resolveAttribute(given, known)),
    externalSkuId: sku.external_sku_id,
    identifierCode:
      sku.identifier_code === undefined
        ? undefined
        : { code: sku.identifier_code.code ?? '', type: sku.identifier_code.type ?? '' },
    extraCodes: sku.extra_identifier_codes ?? [],
    unitCount: sku.sku_unit_count,
    externalUrls: sku.external_urls ?? [],
    preSale:
      sku.pre_sale === undefined
        ? undefined
        : {
            type: sku.pre_sale.type ?? '',
            handlingDays: sku.pre_sale.fulfillment_type?.handling_duration_days,
            releaseDate: sku.pre_sale.fulfillment_type?.release_date,
          },
    fees: (sku.fees ?? []).map((fee) => ({
      type: fee.type ?? '',
      amount: fee.amount ?? '',
      additionalAttribute: fee.additional_attribute,
    })),
    weight: sku.sku_weight,
    dimensions: sku.sku_dimensions,
  };
}

/** TikTok: where both are given, the id comes before the name. */
function resolveAttribute(given: BodySalesAttribute, known: readonly KnownAttribute[]): SalesAttribute {
  const attribute =
    given.id === undefined
      ? known.find(({ name, isUsed }) => isUsed && name === given.name)
      : known.find(({ id }) => id === given.id);
  const value =
    given.value_id === undefined
      ? attribute?.values.find(({ name }) => name === given.value_name)
      : attribute?.values.find(({ id }) => id === given.value_id);
  return {
    id: attribute?.id ?? given.id ?? '',
    name: attribute?.name ?? given.name ?? '',
    valueId: value?.id ?? given.value_id ?? '',
    valueName: value?.name ?? given.value_name ?? '',
    image: given.sku_img?.uri,
    moreImages: (given.supplementary_sku_images ?? []).map(({ uri }) => uri),
  };
}

/** Those of the category, and those of the product's present SKUs. UNCONFIRMED: a value is found by its name as well. */
function knownAttributes(base: Content | undefined, offered: readonly CategoryAttribute[]): KnownAttribute[] {
  const known = new Map<string, KnownAttribute>();
  for (const { id, name, type, values } of offered) {
    if (type === 'SALES_PROPERTY') known.set(id, { id, name, values: [...values], isUsed: false });
  }
  for (const { salesAttributes } of base?.skus ?? []) {
    for (const { id, name, valueId, valueName } of salesAttributes) {
      const own = known.get(id) ?? { id, name, values: [], isUsed: true };
      own.isUsed = true;
      known.set(id, own);
      if (!own.values.some((value) => value.id === valueId))
        own.values.push({ id: valueId, name: valueName });
    }
  }
  return [...known.values()];
}

/** Names of the product attributes and of their values, as the category has them. */
export function resolveAttributes(
  content: Content,
  base: Content | undefined,
  offered: readonly CategoryAttribute[],
): Content {
  const attributes = content.attributes.map(({ id, name, values }) => {
    const known = offered.find((one) => one.id === id);
    const before = base?.attributes.find((one) => one.id === id);
    const choices = [...(known?.values ?? []), ...(before?.values ?? [])];
    return {
      id,
      name: known?.name ?? before?.name ?? name,
      values: values.map((given) => {
        const value =
          given.id === ''
            ? choices.find((one) => one.name === given.name)
            : choices.find((one) => one.id === given.id);
        // The id comes before the name: one that nobody knows has none.
        return value ?? (given.id === '' ? given : { id: given.id, name: '' });
      }),
    };
  });
  return { ...content, attributes };
}
