import { Type } from 'typebox';

import { badParameter } from '../gateway/api-error.js';
import { pageToken, readPageToken } from '../gateway/page-token.js';
import { NoBody, NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { addressView } from '../orders/mask-address.js';
import { renderAddress } from '../orders/render-order.js';
import type { Address, Order, Package, Unit } from '../state/model.js';
import { liveUnits, ordersOf } from '../state/order-machine.js';
import { imageUrlOf } from '../state/product.js';
import { addressOf } from '../state/addresses.js';
import type { Shop, World } from '../state/world.js';
import { refuseFulfilment } from './fulfilment-error.js';

type Wire = Record<string, unknown>;

const Time = Type.Optional(Type.Integer({ minimum: 0 }));

/** TikTok: Search Package 202309. */
export const searchPackagesRoute = shopRoute({
  method: 'POST',
  path: '/fulfillment/{version}/packages/search',
  versions: ['202309'],
  scopes: ['seller.fulfillment.basic'],
  query: Type.Object({
    page_size: Type.Integer({ minimum: 1, maximum: 50 }),
    sort_field: Type.Optional(Type.Enum(['create_time', 'update_time', 'order_pay_time'])),
    sort_order: Type.Optional(Type.Enum(['ASC', 'DESC'])),
    page_token: Type.Optional(Type.String()),
  }),
  body: Type.Object({
    create_time_ge: Time,
    create_time_lt: Time,
    update_time_ge: Time,
    update_time_lt: Time,
    package_status: Type.Optional(
      Type.Enum(['PROCESSING', 'FULFILLING', 'COMPLETED', 'CANCELLED', 'TO_FULFILL']),
    ),
  }),
  handle: ({ world, shop, query, body }) => {
    const { waitingPackages } = world.behaviour;
    if (waitingPackages === 'hidden' && body.package_status === 'TO_FULFILL')
      throw badParameter(
        'PackageStatus is invalid, allowed values: PROCESSING,FULFILLING,COMPLETED,CANCELLED.',
      );
    const keyOf = sortKey(world, query.sort_field ?? 'create_time');
    const sign = query.sort_order === 'ASC' ? 1 : -1;
    const found = [...shop.packages.values()]
      .filter((pack) => waitingPackages === 'shown' || pack.status !== 'TO_FULFILL')
      .filter((pack) => body.package_status === undefined || pack.status === body.package_status)
      .filter((pack) => inRange(pack.createdSec, body.create_time_ge, body.create_time_lt))
      .filter((pack) => inRange(pack.updatedSec, body.update_time_ge, body.update_time_lt))
      .toSorted((a, b) => sign * (keyOf(a) - keyOf(b) || a.id.localeCompare(b.id)));
    const bound = [shop.id, 'packages', query.page_size, query.sort_field, query.sort_order, body];
    const from =
      query.page_token === undefined ? 0 : Number(readPageToken(world.secret, bound, query.page_token));
    const to = from + query.page_size;
    return {
      next_page_token: to < found.length ? pageToken(world.secret, bound, to) : '',
      total_count: found.length,
      packages: found.slice(from, to).map((pack) => ({
        id: pack.id,
        orders: renderOrders(world, pack),
        create_time: pack.createdSec,
        update_time: pack.updatedSec,
        status: pack.status,
        ...renderTracking(pack),
        order_line_item_ids: unitsIn(world, pack).map((unit) => unit.id),
      })),
    };
  },
});

function inRange(sec: number, from = 0, to = Infinity): boolean {
  return sec >= from && sec < to;
}

function sortKey(world: World, field: string): (pack: Package) => number {
  if (field === 'update_time') return (pack) => pack.updatedSec;
  if (field === 'order_pay_time') return (pack) => ordersOf(world, pack)[0]?.paidSec ?? 0;
  return (pack) => pack.createdSec;
}

/** TikTok: Get Package Detail 202309. */
export const packageDetailRoute = shopRoute({
  method: 'GET',
  path: '/fulfillment/{version}/packages/{package_id}',
  versions: ['202309'],
  scopes: ['seller.fulfillment.basic'],
  query: NoQuery,
  body: NoBody,
  handle: ({ world, shop, params, nowSec }) => {
    const pack = packageOfShop(shop, params['package_id'] ?? '');
    const [order] = ordersOf(world, pack);
    if (order === undefined) throw refuseFulfilment(21011028);
    return renderPackage(world, shop, pack, order, nowSec);
  },
});

export function packageOfShop(shop: Shop, id: string): Package {
  const pack = shop.packages.get(id);
  if (pack === undefined) throw refuseFulfilment(21011028);
  return pack;
}

function renderPackage(world: World, shop: Shop, pack: Package, order: Order, nowSec: number): Wire {
  const units = unitsIn(world, pack);
  const imperial = shop.region.code === 'US';
  const wire: Wire = {
    package_id: pack.id,
    orders: renderOrders(world, pack),
    package_status: pack.status,
    split_and_combine_tag: pack.tag,
    has_multi_skus: new Set(units.map((unit) => unit.sku.id)).size > 1,
    note_tag: order.buyerMessage === '' ? 'BUYER_UNNOTED' : 'BUYER_NOTED',
    ...renderTracking(pack),
    last_mile_tracking_number: pack.trackingNumber,
    shipping_type: order.shippingType,
    delivery_option_id: order.deliveryOptionId,
    delivery_option_name: shop.deliveryOptions.find(({ id }) => id === order.deliveryOptionId)?.name ?? '',
    create_time: pack.createdSec,
    update_time: pack.updatedSec,
    order_line_item_ids: units.map((unit) => unit.id),
    recipient_address: contact(order.address, addressView(order, shop.region, nowSec)),
    sender_address: contact(addressOf(shop.region, 0), 'clear'),
    weight: imperial ? { value: '1.00', unit: 'POUND' } : { value: '500', unit: 'GRAM' },
    dimension: { length: '10', width: '8', height: '2', unit: imperial ? 'INCH' : 'CM' },
  };
  // US since August 2026: the warehouse that the package really leaves from.
  if (imperial) wire['warehouse_id'] = pack.warehouseId ?? order.warehouseId;
  if (pack.handoverMethod !== undefined) wire['handover_method'] = pack.handoverMethod;
  return wire;
}

/** The package's addresses are the order's without names in parts, districts and preferences. */
function contact(address: Address, view: Parameters<typeof renderAddress>[1]): Wire {
  const all = renderAddress(address, view);
  const names = ['full_address', 'phone_number', 'name', 'postal_code', 'address_detail', 'region_code'];
  const lines = ['address_line1', 'address_line2', 'address_line3', 'address_line4'];
  return Object.fromEntries([...names, ...lines].map((name) => [name, all[name]]));
}

function renderTracking(pack: Package): Wire {
  return {
    tracking_number: pack.trackingNumber,
    shipping_provider_name: pack.providerName,
    shipping_provider_id: pack.providerId,
  };
}

function unitsIn(world: World, pack: Package): Unit[] {
  return ordersOf(world, pack).flatMap((order) =>
    liveUnits(order).filter((unit) => unit.packageId === pack.id),
  );
}

function renderOrders(world: World, pack: Package): Wire[] {
  return ordersOf(world, pack).map((order) => {
    const bySku = new Map<string, { id: string; name: string; image_url: string; quantity: number }>();
    for (const unit of liveUnits(order)) {
      if (unit.packageId !== pack.id) continue;
      const { id, name } = unit.sku;
      const row = bySku.get(id) ?? { id, name, image_url: imageUrlOf(id), quantity: 0 };
      row.quantity++;
      bySku.set(id, row);
    }
    return { id: order.id, skus: [...bySku.values()] };
  });
}
