import { Type, type Static } from 'typebox';

import { NoBody, NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { orderOfShop } from '../orders/order-detail.js';
import type { Package } from '../state/model.js';
import { changeOrder, isShipped, ordersOf, recordEffect, useTrackingNumber } from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';
import { refuseFulfilment } from './fulfilment-error.js';
import { packageOfShop } from './packages.js';
import { mustBeFreeTrackingNumber, mustBeTrackingNumber, providerFor } from './shipping-rules.js';

/** TikTok: once per order, within 72 hours of shipping. */
const CORRECTION_WINDOW_SEC = 72 * 3600;

const ShippingInfo = Type.Object({
  tracking_number: Type.String({ minLength: 1 }),
  shipping_provider_id: Type.String({ minLength: 1 }),
});
type ShippingInfo = Static<typeof ShippingInfo>;

/** TikTok: Update Shipping Info 202309. UNCONFIRMED: an order of several packages needs the call by package. */
export const updateOrderShippingRoute = shopRoute({
  method: 'POST',
  path: '/fulfillment/{version}/orders/{order_id}/shipping_info/update',
  versions: ['202309'],
  scopes: ['seller.logistics'],
  query: NoQuery,
  body: ShippingInfo,
  handle: ({ world, shop, params, body, requestId }) => {
    const order = world.orders.get(params['order_id'] ?? '');
    if (order === undefined || order.shopId !== shop.id) throw refuseFulfilment(21011028);
    if (order.status === 'CANCELLED') throw refuseFulfilment(21011041);
    const shipped = order.packageIds.flatMap((id) => shop.packages.get(id) ?? []).filter(isShipped);
    const [only] = shipped;
    if (only === undefined) throw refuseFulfilment(21011043);
    if (shipped.length > 1) throw refuseFulfilment(21011048);
    correctTracking(world, shop, only, body, { via: 'api', requestId });
    return {};
  },
});

/** TikTok: Update Package Shipping Info 202309. */
export const updatePackageShippingRoute = shopRoute({
  method: 'POST',
  path: '/fulfillment/{version}/packages/{package_id}/shipping_info/update',
  versions: ['202309'],
  scopes: ['seller.fulfillment.basic'],
  query: NoQuery,
  body: ShippingInfo,
  handle: ({ world, shop, params, body, requestId }) => {
    const pack = packageOfShop(shop, params['package_id'] ?? '');
    if (pack.status === 'CANCELLED') throw refuseFulfilment(21011042);
    if (!isShipped(pack)) throw refuseFulfilment(21011043);
    correctTracking(world, shop, pack, body, { via: 'api', requestId });
    return {};
  },
});

// UNCONFIRMED: which of 21011030 and 21011049 to 21011052 stands for state, window and "only once".
export function correctTracking(
  world: World,
  shop: Shop,
  pack: Package,
  info: ShippingInfo,
  made: Parameters<typeof recordEffect>[4],
): void {
  const nowSec = world.clock.nowSec();
  const orders = ordersOf(world, pack);
  const [first] = orders;
  if (first === undefined || first.shippingType !== 'SELLER') throw refuseFulfilment(21011004);
  if (pack.status === 'COMPLETED') throw refuseFulfilment(21011030);
  if (nowSec > (pack.shippedSec ?? nowSec) + CORRECTION_WINDOW_SEC) throw refuseFulfilment(21011049);
  if (pack.corrections > 0) throw refuseFulfilment(21011050);
  const provider = providerFor(shop, first, info.shipping_provider_id);
  mustBeTrackingNumber(world, provider, info.tracking_number);
  if (info.tracking_number !== pack.trackingNumber) {
    mustBeFreeTrackingNumber(world, shop, first, info.tracking_number);
  }
  for (const order of orders) {
    changeOrder(world, order, nowSec, () => {
      Object.assign(pack, {
        trackingNumber: info.tracking_number,
        providerId: provider.id,
        providerName: provider.name,
      });
      pack.updatedSec = nowSec;
    });
    useTrackingNumber(shop, info.tracking_number, order.id);
    recordEffect(world, 'tracking_corrected', order, pack, made);
  }
  pack.corrections++;
}

/** TikTok: Get Tracking 202309. Milliseconds here, newest first. */
export const trackingRoute = shopRoute({
  method: 'GET',
  path: '/fulfillment/{version}/orders/{order_id}/tracking',
  versions: ['202309'],
  scopes: ['seller.logistics'],
  query: NoQuery,
  body: NoBody,
  handle: ({ world, shop, params }) => {
    const order = orderOfShop(world, shop, params['order_id'] ?? '');
    const events = order.packageIds.flatMap((id) => shop.packages.get(id) ?? []).flatMap(eventsOf);
    // Of one second the later step comes first: the sort keeps the order that it finds.
    const newest = events.toReversed();
    return { tracking: newest.toSorted((a, b) => b.update_time_millis - a.update_time_millis) };
  },
});

interface TrackingEvent {
  description: string;
  update_time_millis: number;
}

function eventsOf(pack: Package): TrackingEvent[] {
  const steps = [
    ['Your package is being prepared for shipment.', pack.shippedSec],
    ['Your package was picked up by the carrier.', pack.collectedSec],
    ['Your package was delivered!', pack.deliveredSec],
  ] as const;
  return steps.flatMap(([description, sec]) =>
    sec === undefined ? [] : [{ description, update_time_millis: sec * 1000 }],
  );
}
