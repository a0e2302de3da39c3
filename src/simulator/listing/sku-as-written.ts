import type { ContentSku } from '../state/content.js';
import type { BodySku } from './listing-body.js';

/** A SKU of a version in the words of an edit, with everything but price and stock, which stay when they are left out. */
export function skuAsWritten(sku: ContentSku): BodySku {
  const { preSale } = sku;
  return {
    id: sku.id,
    ...(sku.sellerSku === '' ? {} : { seller_sku: sku.sellerSku }),
    sales_attributes: sku.salesAttributes.map(({ id, name, valueId, valueName, image, moreImages }) => ({
      id,
      name,
      value_id: valueId,
      value_name: valueName,
      ...(image === undefined ? {} : { sku_img: { uri: image } }),
      ...(moreImages.length === 0 ? {} : { supplementary_sku_images: moreImages.map((uri) => ({ uri })) }),
    })),
    ...given('external_sku_id', sku.externalSkuId),
    ...given('identifier_code', sku.identifierCode),
    extra_identifier_codes: sku.extraCodes,
    ...given('sku_unit_count', sku.unitCount),
    external_urls: sku.externalUrls,
    ...given('sku_weight', sku.weight),
    ...given('sku_dimensions', sku.dimensions),
    ...(preSale === undefined
      ? {}
      : {
          pre_sale: {
            type: preSale.type,
            fulfillment_type: {
              ...given('handling_duration_days', preSale.handlingDays),
              ...given('release_date', preSale.releaseDate),
            },
          },
        }),
    fees: sku.fees.map(({ type, amount, additionalAttribute }) => ({
      type,
      amount,
      ...given('additional_attribute', additionalAttribute),
    })),
  };
}

function given<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
}
