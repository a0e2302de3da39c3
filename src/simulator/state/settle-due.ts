import { settleCancel } from '../aftersales/cancel-machine.js';
import { settleLimit } from '../aftersales/overdue.js';
import { settleReturn } from '../aftersales/return-machine.js';
import { settleAudit } from './audit-machine.js';
import type { DueEvent } from './due-queue.js';
import { endHold } from './order-machine.js';

import type { World } from './world.js';

/** Does all that has become due, in the order of its time and stamped with that time. */
export function settleDue(world: World): void {
  const nowSec = world.clock.nowSec();
  for (let event = world.due.takeDue(nowSec); event !== undefined; event = world.due.takeDue(nowSec)) {
    settle(world, event);
  }
}

function settle(world: World, event: DueEvent): void {
  if (event.kind === 'hold_ends') {
    const order = world.orders.get(event.orderId);
    if (order?.status === 'ON_HOLD') endHold(world, order, event.dueSec);
    return;
  }
  if (event.kind === 'limit_over') {
    const order = world.orders.get(event.orderId);
    // The order has moved on when it waits for another time by now.
    if (order?.limitSec === event.dueSec) settleLimit(world, order, event.dueSec);
    return;
  }
  if (event.kind === 'audit_ends') {
    const shop = world.shops.get(event.shopId);
    if (shop !== undefined) settleAudit(world, shop, event.productId, event.dueSec);
    return;
  }
  const cancel = world.cancels.get(event.caseId);
  // Something else has happened in the meantime when the time is not the one that the case waits for.
  if (cancel?.dueSec === event.dueSec) settleCancel(world, cancel, event.dueSec);
  const item = world.returns.get(event.caseId);
  if (item?.dueSec === event.dueSec) settleReturn(world, item, event.dueSec);
}
