import { NoBody, NoQuery } from './gateway/parameters.js';
import { accountRoute, shopRoute } from './gateway/route.js';
import { cipherOf } from './state/world.js';

/** TikTok: Get Authorized Shops 202309. */
export const authorizedShopsRoute = accountRoute({
  method: 'GET',
  path: '/authorization/{version}/shops',
  versions: ['202309'],
  scopes: ['seller.authorization.info'],
  query: NoQuery,
  body: NoBody,
  handle: ({ world, app, authorization }) => ({
    shops: authorization.shopIds.flatMap((id) => {
      const shop = world.shops.get(id);
      if (shop === undefined) return [];
      const { name, code, sellerType, region } = shop;
      return [
        {
          id,
          name,
          region: region.code,
          seller_type: sellerType,
          cipher: cipherOf(world, app.appKey, shop),
          code,
        },
      ];
    }),
  }),
});

/** TikTok: Get Active Shops 202309. */
export const activeShopsRoute = accountRoute({
  method: 'GET',
  path: '/seller/{version}/shops',
  versions: ['202309'],
  scopes: ['seller.shop.info'],
  query: NoQuery,
  body: NoBody,
  handle: ({ world, authorization }) => ({
    shops: authorization.shopIds.flatMap((id) => {
      const shop = world.shops.get(id);
      return shop === undefined ? [] : [{ id, region: shop.region.code }];
    }),
  }),
});

/** TikTok: remove one shop's authorization from the app's side (202403). */
export const removeShopRoute = shopRoute({
  method: 'DELETE',
  path: '/authorization/{version}/shops',
  versions: ['202403'],
  scopes: ['seller.authorization.info'],
  query: NoQuery,
  body: NoBody,
  handle: ({ world, shop, authorization }) => {
    authorization.shopIds = authorization.shopIds.filter((id) => id !== shop.id);
    world.changed();
    return {};
  },
});
