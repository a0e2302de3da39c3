import type { Order, Package, Unit } from '../state/model.js';
import {
  addPackage,
  changeOrder,
  isShipped,
  liveUnits,
  ordersOf,
  packageOfUnit,
  recordEffect,
  rememberLook,
  retirePackage,
  type Source,
} from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';
import { tellPackages } from '../webhooks/tell.js';

/** Puts the orders into one package, in place of those that they had. */
export function combineOrders(
  world: World,
  shop: Shop,
  orders: readonly Order[],
  source: Source,
  atSec: number,
): Package {
  for (const order of orders) rememberLook(world, order, atSec);
  const former = orders.flatMap((order) => order.packageIds).flatMap((id) => shop.packages.get(id) ?? []);
  for (const pack of former) retirePackage(world, pack, atSec);
  const combined = addPackage(world, shop, orders, orders.flatMap(liveUnits), 'COMBINE', atSec);
  for (const order of orders) {
    changeOrder(world, order, atSec, () => {});
    recordEffect(world, 'combined', order, combined, source);
  }
  tellPackages(world, shop, [combined], { scType: 'COMBINE', via: source.via, atSec });
  return combined;
}

/** Gives the order a package of its own again. */
export function takeOut(
  world: World,
  shop: Shop,
  pack: Package,
  order: Order,
  source: Source,
  atSec: number,
): Package {
  rememberLook(world, order, atSec);
  pack.orderIds = pack.orderIds.filter((id) => id !== order.id);
  if (pack.orderIds.length === 0) pack.status = 'CANCELLED';
  pack.updatedSec = atSec;
  order.packageIds = order.packageIds.filter((id) => id !== pack.id);
  const own = addPackage(world, shop, [order], liveUnits(order), 'DEFAULT', atSec);
  changeOrder(world, order, atSec, () => {});
  recordEffect(world, 'uncombined', order, own, source);
  tellPackages(world, shop, [pack, own], { scType: 'CANCEL_COMBINE', via: source.via, atSec });
  return own;
}

/** Those that leave when these are to leave: a parcel of one order is not a combination any more. */
export function leaversOf(world: World, pack: Package, leaving: readonly Order[]): readonly Order[] {
  const inside = ordersOf(world, pack);
  return inside.length - leaving.length < 2 ? inside : leaving;
}

/** Gives each group of units a package of its own; units in no group stay in the package they are in. */
export function splitIntoGroups(
  world: World,
  shop: Shop,
  order: Order,
  groups: readonly (readonly Unit[])[],
  source: Source,
  atSec: number,
): Package[] {
  const taken = new Set(groups.flat());
  const rest = liveUnits(order).filter((unit) => !taken.has(unit));
  const packages: Package[] = [];
  changeOrder(world, order, atSec, () => {
    const former = order.packageIds.flatMap((id) => shop.packages.get(id) ?? []);
    for (const units of groups) packages.push(addPackage(world, shop, [order], units, 'SPLIT', atSec));
    for (const pack of former) {
      if (rest.length === 0) retirePackage(world, pack, atSec);
      else Object.assign(pack, { tag: 'SPLIT', updatedSec: atSec });
    }
  });
  for (const pack of packages) recordEffect(world, 'split', order, pack, source);
  tellPackages(world, shop, packages, { scType: 'SPLIT', via: source.via, atSec });
  return packages;
}

/** TikTok: by piece in the US, UK, EU and JP and with cross-border sellers of Mexico, by SKU elsewhere. */
export function splitsByPiece(shop: Shop): boolean {
  const isMexican = shop.region.code === 'MX' && shop.sellerType === 'CROSS_BORDER';
  return shop.region.shipping === 'mark' || isMexican;
}

/** Why the order cannot be split, in TikTok's words; empty when it can be. */
export function whyNotSplit(shop: Shop, order: Order): string {
  const live = liveUnits(order);
  if (order.status === 'CANCELLED') return 'Order has been canceled';
  if (order.fulfillmentType !== 'FULFILLMENT_BY_SELLER') return 'Order is fulfilled by the platform';
  if (order.status !== 'AWAITING_SHIPMENT') return 'Order status does not allow split';
  if (live.some((unit) => isShipped(packageOfUnit(shop, unit)))) return 'Order has been shipped';
  if (order.packageIds.some((id) => shop.packages.get(id)?.tag !== 'DEFAULT'))
    return 'Order has been split or combined';
  const parts = splitsByPiece(shop) ? live.length : new Set(live.map((unit) => unit.sku.id)).size;
  return parts < 2 ? 'Order has only one item' : '';
}
