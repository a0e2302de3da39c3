import { settleCancel } from '../aftersales/cancel-machine.js';
import { settleLimit } from '../aftersales/overdue.js';
import { settleReturn } from '../aftersales/return-machine.js';
import { settleAudit } from './audit-machine.js';
import type { DueEvent } from './due-queue.js';
import { endHold } from './order-machine.js';

import type { World } from './world.js';
import { EXPIRY_NOTICE_SEC } from './authorization-times.js';
import { tellExpiry } from '../webhooks/tell.js';

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
  if (event.kind === 'authorization_ends_soon') {
    settleExpiry(world, event.key, event.dueSec);
    return;
  }
  const cancel = world.cancels.get(event.caseId);
  // Something else has happened in the meantime when the time is not the one that the case waits for.
  if (cancel?.dueSec === event.dueSec) settleCancel(world, cancel, event.dueSec);
  const item = world.returns.get(event.caseId);
  if (item?.dueSec === event.dueSec) settleReturn(world, item, event.dueSec);
}

/** Nothing is told of an authorization that the seller has renewed or ended in the meantime. */
function settleExpiry(world: World, key: string, atSec: number): void {
  const authorization = world.authorizations.get(key);
  if (authorization === undefined || authorization.endsSec - atSec > EXPIRY_NOTICE_SEC) return;
  for (const id of authorization.shopIds) {
    const shop = world.shops.get(id);
    if (shop) tellExpiry(world, shop, authorization, atSec);
  }
}
