/** Name of the effect; what it does is in push-product-effect.ts. */
export const PUSH_PRODUCT = 'push-product';

/** Names the product and the version that is wanted; what is sent is planned when it is sent. */
export interface PushPayload {
  productKey: string;
  version: string;
}

/** Changes of one product happen one after the other: two at once delete each other's new SKUs. */
export function orderingKeyOf(productKey: string): string {
  return `product ${productKey}`;
}
