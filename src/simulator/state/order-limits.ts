import type { Order } from './model.js';
import type { Behaviour } from '../options.js';

const DAY = 86_400;

/** The times that an order prints, in seconds. What a buyer waits for knowingly (release, making) moves them all. */
interface OrderLimits {
  shipBySec: number;
  scanBySec: number;
  shippingDueSec: number;
  collectionDueSec: number;
  deliverBySec: number;
  deliveryDueSec: number;
}

/** UNCONFIRMED: the numbers of days, which TikTok sets by market and seller, and that business days count as days. */
export function limitsOf(order: Order): OrderLimits {
  const paidSec = order.paidSec ?? order.createdSec;
  const fromSec = Math.max(paidSec, order.releaseSec ?? 0) + (order.handling?.days ?? 0) * DAY;
  return {
    shipBySec: fromSec + 3 * DAY,
    scanBySec: fromSec + 4 * DAY,
    shippingDueSec: fromSec + 5 * DAY,
    collectionDueSec: fromSec + 6 * DAY,
    deliverBySec: fromSec + 9 * DAY,
    deliveryDueSec: fromSec + 14 * DAY,
  };
}

/** When TikTok acts by itself on an order that stays in this status; undefined where it never does. */
export function limitOfStatus(behaviour: Behaviour, order: Order): number | undefined {
  if (behaviour.deadlines === 'printed') return undefined;
  const limits = limitsOf(order);
  switch (order.status) {
    case 'UNPAID':
      return order.createdSec + behaviour.unpaidSec;
    case 'AWAITING_SHIPMENT':
    case 'PARTIALLY_SHIPPING':
      return limits.shippingDueSec;
    case 'AWAITING_COLLECTION':
      return limits.collectionDueSec;
    case 'IN_TRANSIT':
      return limits.deliveryDueSec;
    case 'DELIVERED':
      return (order.deliveredSec ?? order.updatedSec) + behaviour.afterSalesSec;
    default:
      return undefined;
  }
}
