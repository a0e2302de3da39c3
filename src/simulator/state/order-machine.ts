import { renderOrder } from '../orders/render-order.js';
import { closeByShipping } from './cases.js';
import type { Cancellation, Effect, Order, OrderStatus, Package, Unit } from './model.js';
import { limitOfStatus } from './order-limits.js';
import { releaseStock } from './stock.js';
import { tellOrder, tellPackages } from '../webhooks/tell.js';
import type { Shop, World } from './world.js';

export const HOLD_SEC = 3600;
const PREVIOUS_KEPT = 5000;

export function shopOf(world: World, order: { shopId: string }): Shop {
  const shop = world.shops.get(order.shopId);
  if (shop === undefined) throw new Error(`order of unknown shop ${order.shopId}`);
  return shop;
}

export function liveUnits(order: Order): Unit[] {
  return order.units.filter((unit) => unit.cancelled === undefined);
}

export function packageOfUnit(shop: Shop, unit: Unit): Package | undefined {
  return unit.packageId === undefined ? undefined : shop.packages.get(unit.packageId);
}

/** Arranged or further on its way. */
export function isShipped(pack: Package | undefined): boolean {
  return pack !== undefined && pack.status !== 'TO_FULFILL' && pack.status !== 'CANCELLED';
}

/** The only way an order changes: remembers the former look, then moves status and time of last change. */
export function changeOrder(world: World, order: Order, atSec: number, change: () => void): void {
  const shop = shopOf(world, order);
  const before = order.status;
  rememberLook(world, order, atSec);
  change();
  order.status = statusAfter(shop, order, atSec);
  watchLimit(world, order, atSec);
  shop.book.touch(order, atSec);
  world.changed();
  if (order.status !== before) tellOrder(world, shop, order, atSec);
}

/**
 * Waits for the limit of the order's status. One that was over already when the order came into the status is no limit: such
 * orders are made in that state, for tests and demonstrations.
 */
export function watchLimit(world: World, order: Order, atSec: number): void {
  const isSellers = order.fulfillmentType === 'FULFILLMENT_BY_SELLER';
  const dueSec = isSellers ? limitOfStatus(world.behaviour, order) : undefined;
  if (dueSec === order.limitSec) return;
  order.limitSec = dueSec;
  if (dueSec !== undefined && dueSec > atSec)
    world.due.add({ dueSec, kind: 'limit_over', orderId: order.id });
}

/** For the fault `stale_read`. Several changes in one second are one step: the look before the first of them stays. */
export function rememberLook(world: World, order: Order, atSec: number): void {
  const kept = world.previousOrders;
  if (kept.get(order.id)?.atSec === atSec) return;
  kept.delete(order.id);
  kept.set(order.id, { atSec, wire: renderOrder(world, shopOf(world, order), order, '202507') });
  const [oldest] = kept.keys();
  if (kept.size > PREVIOUS_KEPT && oldest !== undefined) kept.delete(oldest);
}

/** TikTok: Orders overview. The status follows from the units and their packages. */
function statusAfter(shop: Shop, order: Order, atSec: number): OrderStatus {
  if (order.status === 'COMPLETED' || order.status === 'CANCELLED') return order.status;
  const live = liveUnits(order);
  const last = order.units.at(-1);
  if (live.length === 0) {
    order.cancellation ??= last?.cancelled ?? { reason: '', user: 'SYSTEM', atSec };
    return 'CANCELLED';
  }
  const packages = live.map((unit) => packageOfUnit(shop, unit));
  const shipped = packages.filter(isShipped);
  if (shipped.length === 0) return order.status;
  if (shipped.length < live.length) return 'PARTIALLY_SHIPPING';
  if (packages.every((pack) => pack?.status === 'COMPLETED')) return 'DELIVERED';
  if (packages.every((pack) => pack?.status === 'COMPLETED' || pack?.status === 'FULFILLING'))
    return 'IN_TRANSIT';
  return 'AWAITING_COLLECTION';
}

export function payOrder(world: World, order: Order, atSec: number): void {
  const endsSec = holdEndSec(shopOf(world, order), order, atSec);
  changeOrder(world, order, atSec, () => {
    order.paidSec = atSec;
    order.holds = endsSec !== undefined;
    order.status = order.holds ? 'ON_HOLD' : 'AWAITING_SHIPMENT';
  });
  if (endsSec === undefined) openPackage(world, order, atSec);
  else holdUntil(world, order, endsSec);
}

/** Until when a paid order is held: the hour of remorse where the market has it, a pre-order until its release. */
export function holdEndSec(shop: Shop, order: Order, paidSec: number): number | undefined {
  const remorseSec = shop.region.holds ? paidSec + HOLD_SEC : 0;
  const releaseSec = order.orderType === 'PRE_ORDER' ? (order.releaseSec ?? 0) : 0;
  const endsSec = Math.max(remorseSec, releaseSec);
  return endsSec > paidSec ? endsSec : undefined;
}

export function holdUntil(world: World, order: Order, dueSec: number): void {
  world.due.add({ dueSec, kind: 'hold_ends', orderId: order.id });
}

export function endHold(world: World, order: Order, atSec: number): void {
  changeOrder(world, order, atSec, () => {
    order.status = 'AWAITING_SHIPMENT';
  });
  openPackage(world, order, atSec);
}

/** Outside US, UK, EU and JP, and wherever TikTok ships, the package exists before it is shipped. */
export function openPackage(world: World, order: Order, atSec: number): void {
  const shop = shopOf(world, order);
  const early = shop.region.shipping === 'package' || order.shippingType === 'TIKTOK';
  if (!early || order.packageIds.length > 0) return;
  addPackage(world, shop, [order], liveUnits(order), 'DEFAULT', atSec);
}

export function addPackage(
  world: World,
  shop: Shop,
  orders: readonly Order[],
  units: readonly Unit[],
  tag: Package['tag'],
  atSec: number,
): Package {
  const pack: Package = {
    id: world.ids.next('package'),
    shopId: shop.id,
    orderIds: orders.map((order) => order.id),
    status: 'TO_FULFILL',
    tag,
    createdSec: atSec,
    updatedSec: atSec,
    trackingNumber: '',
    providerId: '',
    providerName: '',
    corrections: 0,
  };
  shop.packages.set(pack.id, pack);
  for (const unit of units) unit.packageId = pack.id;
  for (const order of orders) order.packageIds.push(pack.id);
  return pack;
}

/** Takes a package that was replaced out of its orders; the package itself stays readable as CANCELLED. */
export function retirePackage(world: World, pack: Package, atSec: number): void {
  pack.status = 'CANCELLED';
  pack.updatedSec = atSec;
  for (const orderId of pack.orderIds) {
    const order = world.orders.get(orderId);
    if (order !== undefined) order.packageIds = order.packageIds.filter((id) => id !== pack.id);
  }
}

export interface Shipment {
  trackingNumber: string;
  providerId: string;
  providerName: string;
  via: Effect['via'];
  requestId: string;
}

/** Arranges the package: its orders become AWAITING_COLLECTION or PARTIALLY_SHIPPING. */
export function arrangePackage(world: World, pack: Package, shipment: Shipment, atSec: number): void {
  const shop = shopOf(world, pack);
  for (const order of ordersOf(world, pack)) {
    changeOrder(world, order, atSec, () => {
      pack.status = 'PROCESSING';
      pack.trackingNumber = shipment.trackingNumber;
      pack.providerId = shipment.providerId;
      pack.providerName = shipment.providerName;
      pack.shippedSec = atSec;
      pack.updatedSec = atSec;
      order.shippedSec = atSec;
      closeByShipping(world, order, atSec);
    });
    if (world.behaviour.committedEnds === 'arrangement') leaveStock(world, order, pack);
    recordEffect(world, 'shipped', order, pack, { via: shipment.via, requestId: shipment.requestId });
    useTrackingNumber(shop, shipment.trackingNumber, order.id);
  }
  pack.leftStock = world.behaviour.committedEnds === 'arrangement';
}

function leaveStock(world: World, order: Order, pack: Package): void {
  const packed = liveUnits(order).filter((unit) => unit.packageId === pack.id);
  releaseStock(world, shopOf(world, order), order, packed, 'buyer');
}

/** States of before the switch do not say it: then a package left the stock with its arrangement. */
function hasLeftStock(pack: Package | undefined): boolean {
  return pack?.leftStock ?? isShipped(pack);
}

export function useTrackingNumber(shop: Shop, trackingNumber: string, orderId: string): void {
  const users = shop.trackingNumbers.get(trackingNumber) ?? new Set<string>();
  shop.trackingNumbers.set(trackingNumber, users.add(orderId));
}

/** Who did something, and by which call. */
export interface Source {
  via: Effect['via'];
  requestId?: string;
  idempotencyKey?: string | undefined;
}

export function recordEffect(
  world: World,
  kind: Effect['kind'],
  order: Order,
  pack: Package | undefined,
  source: Source,
): void {
  const packed = order.units
    .filter((unit) => pack !== undefined && unit.packageId === pack.id && unit.cancelled === undefined)
    .map((unit) => unit.id);
  pushEffect(world, kind, order, source, {
    packageId: pack?.id ?? '',
    unitIds: packed,
    trackingNumber: pack?.trackingNumber ?? '',
    providerId: pack?.providerId ?? '',
  });
}

/** The same for what happens to cancellations and returns. `atSec` counts: it may have become due before now. */
export function recordAnswer(
  world: World,
  kind: Effect['kind'],
  order: Order,
  source: Source,
  about: { atSec: number; caseId: string; unitIds: string[]; decision?: string },
): void {
  pushEffect(world, kind, order, source, about);
}

function pushEffect(
  world: World,
  kind: Effect['kind'],
  order: Order,
  source: Source,
  details: Partial<Effect>,
): void {
  world.effects.push({
    seq: world.effects.length + 1,
    atSec: world.clock.nowSec(),
    kind,
    via: source.via,
    shopId: order.shopId,
    orderId: order.id,
    packageId: '',
    unitIds: [],
    trackingNumber: '',
    providerId: '',
    requestId: source.requestId ?? '',
    caseId: '',
    decision: '',
    idempotencyKey: source.idempotencyKey ?? '',
    ...details,
  });
}

export function ordersOf(world: World, pack: Package): Order[] {
  return pack.orderIds.flatMap((id) => world.orders.get(id) ?? []);
}

export function collectPackage(world: World, pack: Package, atSec: number): void {
  movePackage(world, pack, 'FULFILLING', atSec);
}

export function deliverPackage(world: World, pack: Package, atSec: number): void {
  movePackage(world, pack, 'COMPLETED', atSec);
}

function movePackage(world: World, pack: Package, to: 'FULFILLING' | 'COMPLETED', atSec: number): void {
  const leaves = !hasLeftStock(pack);
  pack.leftStock = true;
  for (const order of ordersOf(world, pack)) {
    if (leaves) leaveStock(world, order, pack);
    changeOrder(world, order, atSec, () => {
      pack.status = to;
      pack.updatedSec = atSec;
      pack.collectedSec ??= atSec;
      order.collectedSec ??= atSec;
      if (to === 'COMPLETED') pack.deliveredSec = atSec;
    });
    if (order.status === 'DELIVERED') order.deliveredSec = atSec;
  }
}

export function completeOrder(world: World, order: Order, atSec: number): void {
  changeOrder(world, order, atSec, () => {
    order.status = 'COMPLETED';
    order.completedSec = atSec;
  });
}

/** Marks pieces as cancelled and closes packages that have become empty. The order is CANCELLED only when no live unit is left. */
export function cancelUnits(
  world: World,
  order: Order,
  units: readonly Unit[],
  cancelled: Cancellation,
): void {
  const shop = shopOf(world, order);
  const inHouse = units.filter((unit) => !hasLeftStock(packageOfUnit(shop, unit)));
  releaseStock(world, shop, order, inHouse, 'shelf');
  changeOrder(world, order, cancelled.atSec, () => {
    for (const unit of units) unit.cancelled = cancelled;
    for (const pack of order.packageIds.flatMap((id) => shop.packages.get(id) ?? []))
      closeIfEmpty(world, pack, cancelled.atSec);
  });
  const changed = order.packageIds.flatMap((id) => shop.packages.get(id) ?? []);
  const scType = 'PARTLY_CANCEL_SPLIT';
  const via =
    cancelled.user === 'SELLER' ? 'seller_center' : cancelled.user === 'BUYER' ? 'buyer' : 'platform';
  if (liveUnits(order).length > 0)
    tellPackages(world, shop, changed, { scType, via, atSec: cancelled.atSec });
}

function closeIfEmpty(world: World, pack: Package, atSec: number): void {
  const inUse = ordersOf(world, pack).some((order) =>
    liveUnits(order).some((unit) => unit.packageId === pack.id),
  );
  if (inUse || pack.status === 'CANCELLED') return;
  pack.status = 'CANCELLED';
  pack.updatedSec = atSec;
}
