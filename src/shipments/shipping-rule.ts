import { shippingModelOf, splitGrainOf } from '../tiktok/regions.js';

/** How a shop ships, in a sentence for whoever makes up parcels. */
export function shippingRule({
  shopRegion,
  sellerType,
}: {
  shopRegion: string | null;
  sellerType: string | null;
}): string {
  const region = shopRegion ?? '';
  if (shippingModelOf(region) === null)
    return `Nothing can be shipped here for shops in ${region || 'this region'}.`;
  return splitGrainOf(region, sellerType ?? '') === 'unit'
    ? 'Any pieces may go in a parcel; one order may go in several.'
    : 'All pieces of a SKU go in one parcel; different SKUs may go in different ones.';
}
