import { returnsOf } from '../state/cases.js';
import type { Order, Unit } from '../state/model.js';
import { completeOrder, isShipped, liveUnits, packageOfUnit, shopOf } from '../state/order-machine.js';
import type { World } from '../state/world.js';
import { cancelNow } from './cancel-machine.js';
import { cancelReasonNamed } from './cancel-reasons.js';
import { isRunning } from './return-rules.js';

const DAY = 86_400;

/**
 * What TikTok does when an order has not moved on in time: it cancels what is not paid, shipped, scanned or delivered,
 * and completes what was delivered long enough ago. UNCONFIRMED: of an order that moved on in part, only the rest.
 */
export function settleLimit(world: World, order: Order, atSec: number): void {
  const status = (unit: Unit): string | undefined => packageOfUnit(shopOf(world, order), unit)?.status;
  switch (order.status) {
    case 'UNPAID':
      return cancel(world, order, () => true, 'system_cancel_unpaid_time_out', atSec);
    case 'AWAITING_SHIPMENT':
    case 'PARTIALLY_SHIPPING':
      return cancel(
        world,
        order,
        (unit) => !isShipped(packageOfUnit(shopOf(world, order), unit)),
        'system_cancel_order_reason_shipping_timeout',
        atSec,
      );
    case 'AWAITING_COLLECTION':
      return cancel(
        world,
        order,
        (unit) => status(unit) === 'PROCESSING',
        'system_cancel_order_untracked',
        atSec,
      );
    case 'IN_TRANSIT':
      return cancel(
        world,
        order,
        (unit) => status(unit) !== 'COMPLETED',
        'system_cancel_order_exceed_edt_not_arrive',
        atSec,
      );
    case 'DELIVERED':
      return complete(world, order, atSec);
    default:
      return undefined;
  }
}

function cancel(
  world: World,
  order: Order,
  isLate: (unit: Unit) => boolean,
  reason: string,
  atSec: number,
): void {
  const late = liveUnits(order).filter(isLate);
  if (late.length === 0) return;
  const cause = { user: 'SYSTEM', reason: cancelReasonNamed(reason, 'platform') } as const;
  cancelNow(world, order, late, { ...cause, source: { via: 'platform' } }, atSec);
}

/** The after-sales period lasts as long as something is asked for in it. */
function complete(world: World, order: Order, atSec: number): void {
  if (!returnsOf(world, order).some(isRunning)) return completeOrder(world, order, atSec);
  order.limitSec = atSec + DAY;
  world.due.add({ dueSec: order.limitSec, kind: 'limit_over', orderId: order.id });
}
