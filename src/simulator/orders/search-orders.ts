import { Type, type Static } from 'typebox';

import { shopRoute } from '../gateway/route.js';
import { searchBook, timeFilters } from '../gateway/search-book.js';
import { orderStatuses, type Order } from '../state/model.js';
import type { Shop, World } from '../state/world.js';
import { visibleStatus, renderOrder } from './render-order.js';
import { asSeen } from './as-seen.js';

const Query = Type.Object({
  page_size: Type.Integer({ minimum: 1, maximum: 100 }),
  sort_order: Type.Optional(Type.Enum(['ASC', 'DESC'])),
  sort_field: Type.Optional(Type.Enum(['create_time', 'update_time'])),
  page_token: Type.Optional(Type.String()),
});

const Body = Type.Object({
  order_status: Type.Optional(Type.Enum([...orderStatuses])),
  ...timeFilters,
  shipping_type: Type.Optional(Type.Enum(['TIKTOK', 'SELLER'])),
  buyer_user_id: Type.Optional(Type.String()),
  is_buyer_request_cancel: Type.Optional(Type.Boolean()),
  warehouse_ids: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
});
type Filter = Static<typeof Body>;

/** TikTok: Get Order List 202309. */
export const searchOrdersRoute = shopRoute({
  method: 'POST',
  path: '/order/{version}/orders/search',
  versions: ['202309'],
  scopes: ['seller.order.info'],
  query: Query,
  body: Body,
  handle: ({ world, shop, query, body, twists }) => {
    shop.listedSec = world.clock.nowSec();
    const page = searchBook(world, {
      book: shop.book,
      scope: [shop.id],
      filter: body,
      tests: testsOf(world, shop, body),
      field: query.sort_field ?? 'create_time',
      descending: (query.sort_order ?? 'DESC') === 'DESC',
      pageSize: query.page_size,
      token: query.page_token,
      repeatPage: twists.repeatPage,
      testsMove: world.behaviour.orderListLagSec > 0 || shop.hasLateOrders === true,
    });
    return {
      next_page_token: page.nextToken,
      total_count: page.total,
      orders: page.rows.map((order) =>
        asSeen(world, order, twists, () => renderOrder(world, shop, order, 'search', twists.maskAddress)),
      ),
    };
  },
});

function testsOf(world: World, shop: Shop, filter: Filter): ((order: Order) => boolean)[] {
  const tests: ((order: Order) => boolean)[] = [];
  const { order_status, shipping_type, buyer_user_id, is_buyer_request_cancel, warehouse_ids } = filter;
  if (order_status !== undefined) tests.push((order) => visibleStatus(world, order) === order_status);
  if (shipping_type !== undefined) tests.push((order) => order.shippingType === shipping_type);
  if (buyer_user_id !== undefined) tests.push((order) => order.buyerId === buyer_user_id);
  if (is_buyer_request_cancel !== undefined) {
    tests.push((order) => (order.cancelRequestedSec !== undefined) === is_buyer_request_cancel);
  }
  if (warehouse_ids !== undefined && warehouse_ids.length > 0) {
    tests.push((order) => warehouse_ids.includes(order.warehouseId));
  }
  const { orderListLagSec } = world.behaviour;
  if (orderListLagSec > 0) {
    const listedSec = world.clock.nowSec() - orderListLagSec;
    tests.push((order) => order.createdSec <= listedSec);
  }
  if (shop.hasLateOrders === true) {
    const nowSec = world.clock.nowSec();
    tests.push(({ listing }) => listing === undefined || (listing.fromSec ?? Infinity) <= nowSec);
  }
  return tests;
}
