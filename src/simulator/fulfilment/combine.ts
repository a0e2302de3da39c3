import { Type } from 'typebox';

import { pageToken, readPageToken } from '../gateway/page-token.js';
import { NoBody, NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Order, Package } from '../state/model.js';
import { ordersOf } from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';
import { refuseFulfilment } from './fulfilment-error.js';
import { packageOfShop } from './packages.js';
import { combineOrders, leaversOf, takeOut } from './regroup.js';

const scopes = ['seller.fulfillment.package.write'];
const versions = ['202309'];

/** A proposal to put the orders of one buyer into one parcel. Its id is the first of the packages. */
interface Draft {
  id: string;
  orders: Order[];
}

/** TikTok: Search Combinable Packages 202309. */
export const combinablePackagesRoute = shopRoute({
  method: 'GET',
  path: '/fulfillment/{version}/combinable_packages/search',
  versions,
  scopes,
  query: Type.Object({
    page_size: Type.Integer({ minimum: 1, maximum: 50 }),
    page_token: Type.Optional(Type.String()),
  }),
  body: NoBody,
  handle: ({ world, shop, query }) => {
    const drafts = draftsOf(world, shop);
    const bound = [shop.id, 'combinable', query.page_size];
    const from =
      query.page_token === undefined ? 0 : Number(readPageToken(world.secret, bound, query.page_token));
    const to = from + query.page_size;
    return {
      combinable_packages: drafts.slice(from, to).map(renderDraft),
      next_page_token: to < drafts.length ? pageToken(world.secret, bound, to) : '',
      total_count: drafts.length,
    };
  },
});

/** TikTok: Combine Package 202309. */
export const combinePackagesRoute = shopRoute({
  method: 'POST',
  path: '/fulfillment/{version}/packages/combine',
  versions,
  scopes,
  query: NoQuery,
  body: Type.Object({
    combinable_packages: Type.Array(
      Type.Object({ id: Type.String({ minLength: 1 }), order_ids: Type.Optional(Type.Array(Type.String())) }),
      { minItems: 1 },
    ),
  }),
  handle: ({ world, shop, body, requestId, nowSec }) => {
    const packages: object[] = [];
    const errors: object[] = [];
    for (const wanted of body.combinable_packages) {
      const draft = draftsOf(world, shop).find(({ id }) => id === wanted.id);
      const orders = draft?.orders.filter((order) => wanted.order_ids?.includes(order.id) ?? true) ?? [];
      if (orders.length < 2) {
        const detail = { package_id: wanted.id };
        errors.push({ code: 10007014, message: 'fulfillment not allow combine package', detail });
        continue;
      }
      const pack = combineOrders(world, shop, orders, { via: 'api', requestId }, nowSec);
      packages.push({ id: pack.id, order_ids: pack.orderIds });
    }
    return errors.length === 0 ? { packages } : { packages, errors };
  },
});

/** TikTok: Uncombine Packages 202309. The named orders (all by default) get packages of their own again. */
export const uncombinePackagesRoute = shopRoute({
  method: 'POST',
  path: '/fulfillment/{version}/packages/{package_id}/uncombine',
  versions,
  scopes,
  query: NoQuery,
  body: Type.Object({ order_ids: Type.Optional(Type.Array(Type.String())) }),
  handle: ({ world, shop, params, body, requestId, nowSec }) => {
    const pack = packageOfShop(shop, params['package_id'] ?? '');
    if (pack.tag !== 'COMBINE' || pack.status !== 'TO_FULFILL') throw refuseFulfilment(21011005);
    const inside = ordersOf(world, pack);
    const leaving =
      body.order_ids === undefined ? inside : inside.filter(({ id }) => body.order_ids?.includes(id));
    if (leaving.length < (body.order_ids?.length ?? 1)) throw refuseFulfilment(21011029);
    const own = leaversOf(world, pack, leaving).map((order) =>
      takeOut(world, shop, pack, order, { via: 'api', requestId }, nowSec),
    );
    return { packages: own.map(({ id, orderIds }) => ({ id, order_ids: orderIds })) };
  },
});

function draftsOf(world: World, shop: Shop): Draft[] {
  const byBuyer = new Map<string, { first: Package; orders: Order[] }>();
  for (const pack of shop.packages.values()) {
    const [order] = ordersOf(world, pack);
    if (order === undefined || pack.status !== 'TO_FULFILL' || pack.tag !== 'DEFAULT') continue;
    if (order.status !== 'AWAITING_SHIPMENT') continue;
    const key = JSON.stringify([
      order.buyerId,
      order.warehouseId,
      order.deliveryOptionId,
      order.address.fullAddress,
    ]);
    const group = byBuyer.get(key) ?? { first: pack, orders: [] };
    group.orders.push(order);
    byBuyer.set(key, group);
  }
  const groups = [...byBuyer.values()].filter(({ orders }) => orders.length > 1);
  return groups.map(({ first, orders }) => ({ id: first.id, orders }));
}

function renderDraft({ id, orders }: Draft): object {
  return { id, order_ids: orders.map((order) => order.id) };
}
