import { Type } from 'typebox';

import { NoBody, NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { ExternalReference, Order } from '../state/model.js';
import type { Shop, World } from '../state/world.js';
import { orderOfShop } from './order-detail.js';

const versions = ['202406'];
const platform = Type.String({ minLength: 1 });

/** TikTok: Add External Order References 202406. In this call's errors `code` is a string. */
export const addReferencesRoute = shopRoute({
  method: 'POST',
  path: '/order/{version}/orders/external_orders',
  versions,
  scopes: ['seller.order.ext_ref.write'],
  query: NoQuery,
  body: Type.Object({
    orders: Type.Array(
      Type.Object({
        id: Type.String(),
        external_order: Type.Object({
          id: Type.String({ minLength: 1 }),
          platform,
          line_items: Type.Array(Type.Object({ id: Type.String(), origin_id: Type.String() })),
        }),
      }),
      { minItems: 1, maxItems: 100 },
    ),
  }),
  handle: ({ world, shop, body }) => {
    const errors = body.orders.flatMap(({ id, external_order: reference }) => {
      const order = world.orders.get(id);
      if (order === undefined || order.shopId !== shop.id) {
        const detail = { order_id: id, external_order: { id: reference.id, platform: reference.platform } };
        return [
          {
            code: '21008111',
            message: 'The order or package does not belong to the current seller.',
            detail,
          },
        ];
      }
      setReference(order, reference);
      return [];
    });
    world.changed();
    return errors.length === 0 ? {} : { errors };
  },
});

function setReference(order: Order, reference: ExternalReference): void {
  const others = (order.externalReferences ?? []).filter((known) => known.platform !== reference.platform);
  order.externalReferences = [...others, reference];
}

/** TikTok: Get External Order References 202406. */
export const getReferencesRoute = shopRoute({
  method: 'GET',
  path: '/order/{version}/orders/{order_id}/external_orders',
  versions,
  scopes: ['seller.order.ext_ref.read'],
  query: Type.Object({ platform }),
  body: NoBody,
  handle: ({ world, shop, params, query }) => {
    const order = orderOfShop(world, shop, params['order_id'] ?? '');
    return {
      external_orders: (order.externalReferences ?? []).filter((known) => known.platform === query.platform),
    };
  },
});

/** TikTok: Search Order By External Order Reference 202406. */
export const searchByReferenceRoute = shopRoute({
  method: 'POST',
  path: '/order/{version}/orders/external_order_search',
  versions,
  scopes: ['seller.order.ext_ref.read'],
  query: Type.Object({ platform, external_order_id: Type.String({ minLength: 1 }) }),
  body: NoBody,
  handle: ({ world, shop, query }) => ({
    orders: ordersReferring(
      world,
      shop,
      (known) => known.platform === query.platform && known.id === query.external_order_id,
    ),
  }),
});

function ordersReferring(
  world: World,
  shop: Shop,
  matches: (reference: ExternalReference) => boolean,
): object[] {
  return shop.book.sorted('create_time').flatMap((order) => {
    const reference = order.externalReferences?.find(matches);
    return reference === undefined ? [] : [{ id: order.id, external_order: reference }];
  });
}
