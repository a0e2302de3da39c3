import type { Content } from '../state/content.js';

type Wire = Record<string, unknown>;

/** TikTok: what create and edits answer of the product, among it the ids that TikTok has made. */
export function listingAnswer(productId: string, content: Content): Wire {
  return {
    product_id: productId,
    skus: content.skus.map(({ id, sellerSku, salesAttributes, externalSkuId, fees }) => ({
      id,
      ...(sellerSku === '' ? {} : { seller_sku: sellerSku }),
      ...(salesAttributes.length === 0
        ? {}
        : { sales_attributes: salesAttributes.map((one) => ({ id: one.id, value_id: one.valueId })) }),
      ...(externalSkuId === undefined ? {} : { external_sku_id: externalSkuId }),
      ...(fees.length === 0
        ? {}
        : {
            fees: fees.map(({ type, amount, additionalAttribute }) => ({
              type,
              amount,
              ...(additionalAttribute === undefined ? {} : { additional_attribute: additionalAttribute }),
            })),
          }),
    })),
  };
}
