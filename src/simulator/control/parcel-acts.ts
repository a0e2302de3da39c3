import {
  combineOrders,
  leaversOf,
  splitIntoGroups,
  splitsByPiece,
  takeOut,
  whyNotSplit,
} from '../fulfilment/regroup.js';
import { correctTracking } from '../fulfilment/tracking.js';
import { ApiError } from '../gateway/api-error.js';
import type { Order, Package, Unit } from '../state/model.js';
import { changeOrder, isShipped, liveUnits, ordersOf, shopOf } from '../state/order-machine.js';
import { salesWarehouses } from '../state/stock.js';
import type { World } from '../state/world.js';
import type { ActSpec } from './act-spec.js';
import { ControlError, found } from './control-error.js';

type ParcelAct = Extract<
  ActSpec,
  {
    type:
      | 'seller_combine'
      | 'seller_uncombine'
      | 'seller_split'
      | 'seller_corrects_tracking'
      | 'seller_uploads_invoice'
      | 'package_leaves_from';
  }
>;

const byHand = { via: 'seller_center' } as const;

/** What the seller does to parcels before they are shipped. Throws a ControlError (409) when they do not allow it. */
export function performParcelAct(world: World, order: Order, act: ParcelAct): void {
  const nowSec = world.clock.nowSec();
  switch (act.type) {
    case 'seller_combine':
      return combine(world, order, act.orderIds, nowSec);
    case 'seller_uncombine':
      return uncombine(world, order, act.orderIds, nowSec);
    case 'seller_split':
      return split(world, order, act.groups, nowSec);
    case 'seller_corrects_tracking':
      return correct(world, order, act);
    case 'seller_uploads_invoice':
      return changeOrder(world, order, nowSec, () => {
        order.invoice = 'INVOICE_UPLOADED';
      });
    case 'package_leaves_from':
      return leaveFrom(world, order, act, nowSec);
  }
}

function refuse(order: Order, why: string): ControlError {
  return new ControlError(409, `order ${order.id} is ${order.status}: ${why}`);
}

function combine(world: World, order: Order, ids: readonly string[], nowSec: number): void {
  const shop = shopOf(world, order);
  const others = [...new Set(ids)].map((id) => found(world.orders.get(id), `order ${id}`));
  const orders = [order, ...others.filter((other) => other !== order)];
  if (orders.length < 2) throw refuse(order, 'a combination needs another order');
  for (const one of orders) {
    if (one.shopId !== shop.id || one.buyerId !== order.buyerId)
      throw refuse(one, 'only orders of one buyer in one shop are combined');
    if (one.status !== 'AWAITING_SHIPMENT') throw refuse(one, 'only what awaits shipment is combined');
    if (one.packageIds.some((id) => shop.packages.get(id)?.tag !== 'DEFAULT'))
      throw refuse(one, 'it is split or combined already');
  }
  combineOrders(world, shop, orders, byHand, nowSec);
}

function uncombine(world: World, order: Order, ids: readonly string[] | undefined, nowSec: number): void {
  const shop = shopOf(world, order);
  const pack = packagesOf(world, order).find(({ tag }) => tag === 'COMBINE');
  if (pack === undefined || pack.status !== 'TO_FULFILL')
    throw refuse(order, 'it is in no combined package that waits');
  const inside = ordersOf(world, pack);
  const leaving = ids === undefined ? inside : inside.filter(({ id }) => ids.includes(id));
  for (const leaver of leaversOf(world, pack, leaving)) takeOut(world, shop, pack, leaver, byHand, nowSec);
}

function split(world: World, order: Order, groups: readonly (readonly string[])[], nowSec: number): void {
  const shop = shopOf(world, order);
  const reason = whyNotSplit(shop, order);
  if (reason !== '') throw refuse(order, reason);
  const live = liveUnits(order);
  const units = groups.map((ids) => ids.map((id) => found(unitNamed(live, id), `unit ${id}`)));
  const named = units.flat();
  const rest = live.filter((unit) => !named.includes(unit));
  const parts = rest.length === 0 ? units : [...units, rest];
  if (new Set(named).size < named.length || parts.length < 2)
    throw refuse(order, 'a split makes two packages at least, and each piece is in one of them');
  if (!splitsByPiece(shop) && !keepsSkusTogether(parts))
    throw refuse(order, 'all pieces of a SKU stay together in this market');
  splitIntoGroups(world, shop, order, units, byHand, nowSec);
}

function unitNamed(units: readonly Unit[], id: string): Unit | undefined {
  return units.find((unit) => unit.id === id);
}

function keepsSkusTogether(parts: readonly (readonly Unit[])[]): boolean {
  const skus = parts.map((units) => new Set(units.map(({ sku }) => sku.id)));
  const all = skus.flatMap((set) => [...set]);
  return new Set(all).size === all.length;
}

function correct(
  world: World,
  order: Order,
  { packageId, trackingNumber, providerId }: Extract<ParcelAct, { type: 'seller_corrects_tracking' }>,
): void {
  const [pack, ...more] = packagesOf(world, order)
    .filter((each) => isShipped(each))
    .filter(({ id }) => packageId === undefined || id === packageId);
  if (pack === undefined || more.length > 0) throw refuse(order, 'it has not one such shipped package');
  const info = { tracking_number: trackingNumber, shipping_provider_id: providerId ?? pack.providerId };
  try {
    correctTracking(world, shopOf(world, order), pack, info, byHand);
  } catch (error) {
    if (error instanceof ApiError) throw refuse(order, error.message);
    throw error;
  }
}

function leaveFrom(
  world: World,
  order: Order,
  { packageId, warehouseId }: Extract<ParcelAct, { type: 'package_leaves_from' }>,
  nowSec: number,
): void {
  if (!salesWarehouses(shopOf(world, order)).some(({ id }) => id === warehouseId))
    throw new ControlError(400, `warehouse ${warehouseId} is none of the shop's for sales`);
  const packages = packagesOf(world, order).filter(({ id }) => packageId === undefined || id === packageId);
  if (packages.length === 0) throw refuse(order, 'it has no such package');
  changeOrder(world, order, nowSec, () => {
    for (const pack of packages) Object.assign(pack, { warehouseId, updatedSec: nowSec });
  });
}

function packagesOf(world: World, order: Order): Package[] {
  const { packages } = shopOf(world, order);
  return order.packageIds.flatMap((id) => packages.get(id) ?? []);
}
