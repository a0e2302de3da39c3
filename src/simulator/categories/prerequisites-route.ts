import { NoBody, NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { isEuropean } from '../state/routes.js';
import type { Shop, World } from '../state/world.js';
import { quotaLeft } from './listing-quota.js';
import { listingOf } from './listing-world.js';

/** TikTok's items, in its own spelling. */
export const prerequisiteItems = [
  'SHOP_STATUS',
  'SHOP_TAX',
  'PICKUP_WAREHOUSE',
  'RETURN_WAREHOUSE',
  'DELIVERY_OPTION',
  'SHIPPING_TEMPLATE',
  'PRODUCT_QUANTITY_LIMIT',
  'EXTENDED_PRODUCER_RESPONSIBILITY',
  'BANk_ACCOUNT',
  'CONTACT_INFO',
] as const;

/** TikTok: Check Listing Prerequisites 202312 (202309 too). Takes no category. */
export const prerequisitesRoute = shopRoute({
  method: 'GET',
  path: '/product/{version}/prerequisites',
  versions: ['202309', '202312'],
  scopes: ['seller.product.basic'],
  query: NoQuery,
  body: NoBody,
  handle: ({ world, shop }) => ({
    check_results: prerequisiteItems
      .filter((item) => item !== 'EXTENDED_PRODUCER_RESPONSIBILITY' || isEuropean(shop.region.code))
      .map((item) => {
        const reasons = failuresOf(world, shop, item);
        return {
          check_item: item,
          is_failed: reasons.length > 0,
          ...(reasons.length === 0 ? {} : { fail_reasons: reasons }),
        };
      }),
  }),
});

function failuresOf(world: World, shop: Shop, item: (typeof prerequisiteItems)[number]): string[] {
  const set = listingOf(shop).failedItems.filter((failed) => failed.item === item);
  return [...set.flatMap(({ reasons }) => reasons), ...foundOut(world, shop, item)];
}

/** What follows from the shop's own state. Only the first text is TikTok's, from its reference. */
function foundOut(world: World, shop: Shop, item: string): string[] {
  const has = (type: string): boolean =>
    shop.warehouses.some((warehouse) => warehouse.type === type && warehouse.effectStatus === 'ENABLED');
  if (item === 'RETURN_WAREHOUSE' && !has('RETURN_WAREHOUSE')) {
    return [
      "Couldn't publish this product as you haven't set the return warehouse for your shop. Add the return warehouse information on TikTok Shop Seller Center first and try again.",
    ];
  }
  if (item === 'PICKUP_WAREHOUSE' && !has('SALES_WAREHOUSE'))
    return ["Couldn't publish this product as your shop has no pickup warehouse."];
  if (item === 'DELIVERY_OPTION' && shop.deliveryOptions.length === 0)
    return ["Couldn't publish this product as your shop has no delivery option."];
  if (item === 'PRODUCT_QUANTITY_LIMIT' && quotaLeft(world, shop) === 0)
    return ["You've reached the limit of products that you can list today."];
  return [];
}
