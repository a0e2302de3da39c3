import type { Reason } from '../state/aftersales-model.js';
import { openRequestOf } from '../state/cases.js';
import type { Order, Unit } from '../state/model.js';
import { HOLD_SEC, liveUnits, packageOfUnit } from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';
import { refuseAftersales, type AftersalesCode } from './aftersales-error.js';
import {
  isForeignCancelReason,
  isOutOfStock,
  isSellerCancelReason,
  sellerCancelReasons,
} from './cancel-reasons.js';

/**
 * Why the seller cannot cancel the order now, undefined when cancelling is possible. TikTok: Orders overview: sellers cancel in ON_HOLD and
 * AWAITING_SHIPMENT, US sellers also in AWAITING_COLLECTION. UNCONFIRMED for an order that is shipped in part: as for one
 * that is shipped.
 */
export function sellerCannotCancel(world: World, shop: Shop, order: Order): AftersalesCode | undefined {
  switch (order.status) {
    case 'UNPAID':
      if (world.behaviour.sellerCancelUnpaid === 'refused') return 25001003;
      break;
    case 'ON_HOLD':
    case 'AWAITING_SHIPMENT':
      break;
    case 'PARTIALLY_SHIPPING':
    case 'AWAITING_COLLECTION':
      if (shop.region.code !== 'US' || isOnItsWay(shop, order)) return 25001045;
      break;
    case 'IN_TRANSIT':
    case 'DELIVERED':
      return 25001045;
    case 'COMPLETED':
    case 'CANCELLED':
      return 25001051;
  }
  const refused = world.behaviour.sellerCancelMeetsRequest === 'refused';
  return refused && openRequestOf(world, order) !== undefined ? 25001011 : undefined;
}

function isOnItsWay(shop: Shop, order: Order): boolean {
  return liveUnits(order).some((unit) => {
    const status = packageOfUnit(shop, unit)?.status;
    return status === 'FULFILLING' || status === 'COMPLETED';
  });
}

/**
 * TikTok: Cancel reasons; the key must be a seller's for this market and status. UNCONFIRMED: which code belongs to which
 * mismatch.
 */
export function sellerReason(shop: Shop, order: Order, key: string): Reason {
  const known = sellerCancelReasons(shop.region.code, order.status).find((reason) => reason.key === key);
  if (known !== undefined) return { key, text: known.text };
  if (isSellerCancelReason(key)) throw refuseAftersales(25001021);
  throw refuseAftersales(isForeignCancelReason(key) ? 25001015 : 25001014);
}

/** TikTok: only US and UK sellers cancel a part of an order, and only what is out of stock. */
export function mustBeWhole(shop: Shop, order: Order, units: readonly Unit[], key: string): void {
  if (units.length === liveUnits(order).length) return;
  const mayBePart = shop.region.code === 'US' || shop.region.code === 'GB';
  if (!mayBePart || !isOutOfStock(key)) throw refuseAftersales(25005010);
}

/** Whether a buyer may cancel, and whether it happens at once. */
type BuyerCancel = 'at_once' | 'request' | 'no';

/** TikTok: freely before payment and in the hour of remorse, shown as ON_HOLD or not; later the seller has to answer. */
export function buyerMayCancel(order: Order, nowSec: number): BuyerCancel {
  if (order.status === 'UNPAID' || order.status === 'ON_HOLD') return 'at_once';
  if (order.status !== 'AWAITING_SHIPMENT') return 'no';
  const remorse = !order.holds && nowSec < (order.paidSec ?? order.createdSec) + HOLD_SEC;
  return remorse ? 'at_once' : 'request';
}
