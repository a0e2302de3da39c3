import { Type } from 'typebox';

import { NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Order, Package, Unit } from '../state/model.js';
import {
  addPackage,
  arrangePackage,
  isShipped,
  liveUnits,
  packageOfUnit,
  rememberLook,
} from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';
import { refuseFulfilment } from './fulfilment-error.js';
import {
  mustBeFreeTrackingNumber,
  mustBeShippable,
  mustBeTrackingNumber,
  mustHaveInvoice,
  providerFor,
} from './shipping-rules.js';

/** TikTok: Mark Package As Shipped 202309. Only US, UK, EU and JP; without named lines the whole order. */
export const markShippedRoute = shopRoute({
  method: 'POST',
  path: '/fulfillment/{version}/orders/{order_id}/packages',
  versions: ['202309'],
  scopes: ['seller.fulfillment.basic'],
  query: NoQuery,
  body: Type.Object({
    order_line_item_ids: Type.Optional(Type.Array(Type.String())),
    tracking_number: Type.String({ minLength: 1 }),
    shipping_provider_id: Type.String({ minLength: 1 }),
  }),
  handle: ({ world, shop, params, body, requestId, nowSec }) => {
    if (shop.region.shipping !== 'mark') throw refuseFulfilment(21008106);
    const order = world.orders.get(params['order_id'] ?? '');
    if (order === undefined || order.shopId !== shop.id) throw refuseFulfilment(21011029);
    mustBeShippable(shop, order);
    mustHaveInvoice(order);
    if (order.shippingType !== 'SELLER') throw refuseFulfilment(21011004);
    const units = unitsToShip(shop, order, body.order_line_item_ids ?? []);
    const provider = providerFor(shop, order, body.shipping_provider_id);
    mustBeTrackingNumber(world, provider, body.tracking_number);
    mustBeFreeTrackingNumber(world, shop, order, body.tracking_number);

    rememberLook(world, order, nowSec);
    const pack = packageFor(world, shop, order, units, nowSec);
    const shipment = {
      trackingNumber: body.tracking_number,
      providerId: provider.id,
      providerName: provider.name,
    };
    arrangePackage(world, pack, { ...shipment, via: 'api', requestId }, nowSec);
    return {
      order_id: order.id,
      order_line_item_ids: units.map((unit) => unit.id),
      package_id: pack.id,
      warning: { message: '' },
    };
  },
});

function unitsToShip(shop: Shop, order: Order, ids: readonly string[]): Unit[] {
  if (ids.length === 0) return allUnits(shop, order);
  const units = [...new Set(ids)].map((id) => {
    const unit = order.units.find((candidate) => candidate.id === id);
    if (unit === undefined) throw refuseFulfilment(21011029);
    return unit;
  });
  if (units.some((unit) => unit.cancelled !== undefined)) throw refuseFulfilment(21011041);
  if (units.some((unit) => isShipped(packageOfUnit(shop, unit)))) throw refuseFulfilment(21011020);
  return units;
}

/** Without names the call means the whole order, so it is refused once parts of it have gone their own way. */
function allUnits(shop: Shop, order: Order): Unit[] {
  const live = liveUnits(order);
  const open = live.filter((unit) => !isShipped(packageOfUnit(shop, unit)));
  if (open.length === 0) throw refuseFulfilment(21011020);
  const packages = new Set(open.map((unit) => unit.packageId));
  if (open.length < live.length || packages.size > 1) throw refuseFulfilment(21011048);
  return open;
}

/** A split made packages before shipping: then the units named must be exactly one of them. */
function packageFor(world: World, shop: Shop, order: Order, units: readonly Unit[], nowSec: number): Package {
  const existing = new Set(units.map((unit) => packageOfUnit(shop, unit)));
  const [only] = existing;
  if (only === undefined && existing.size === 1) {
    const all = units.length === liveUnits(order).length;
    return addPackage(world, shop, [order], units, all ? 'DEFAULT' : 'SPLIT', nowSec);
  }
  const packed = order.units.filter((unit) => unit.cancelled === undefined && unit.packageId === only?.id);
  if (existing.size > 1 || only === undefined || packed.length !== units.length)
    throw refuseFulfilment(21011012);
  return only;
}
