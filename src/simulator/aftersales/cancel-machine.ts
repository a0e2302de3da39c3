import type { CancelCase, Reason } from '../state/aftersales-model.js';
import { addCancel, changeCancel, openRequestOf } from '../state/cases.js';
import type { Cancellation, CancelUser, Order, Unit } from '../state/model.js';
import { cancelUnits, changeOrder, liveUnits, recordAnswer, type Source } from '../state/order-machine.js';
import type { World } from '../state/world.js';
import { refundsFor } from './refund.js';

/** Who cancels and why. */
export interface Cause {
  user: CancelUser;
  reason: Reason;
  source: Source;
}

export function orderOfCase(world: World, item: { orderId: string }): Order {
  const order = world.orders.get(item.orderId);
  if (order === undefined) throw new Error(`case of unknown order ${item.orderId}`);
  return order;
}

/** Cancels the given live units at once. The shipping fee goes back with the last of the order's units. */
export function cancelNow(
  world: World,
  order: Order,
  units: readonly Unit[],
  cause: Cause,
  atSec: number,
): CancelCase {
  const item = newCase(world, order, units, cause, atSec);
  Object.assign(item, {
    type: 'CANCEL',
    status: 'CANCELLATION_REQUEST_SUCCESS',
    dueSec: atSec + world.behaviour.refundSec,
  });
  cancelUnits(world, order, units, { reason: cause.reason.text, user: cause.user, atSec });
  addCancel(world, order, item);
  overtakeRequest(world, order, atSec);
  const unitIds = units.map(({ id }) => id);
  recordAnswer(world, 'cancelled', order, cause.source, { atSec, caseId: item.id, unitIds });
  return item;
}

/** The buyer asks; the seller has a limited time to answer, then it is granted. */
export function requestCancellation(
  world: World,
  order: Order,
  units: readonly Unit[],
  reason: Reason,
  atSec: number,
): CancelCase {
  const cause: Cause = { user: 'BUYER', reason, source: { via: 'buyer' } };
  const item = newCase(world, order, units, cause, atSec);
  item.dueSec = atSec + world.behaviour.cancelAnswerSec;
  changeOrder(world, order, atSec, () => {
    order.cancelRequestedSec = atSec;
  });
  addCancel(world, order, item);
  return item;
}

function newCase(
  world: World,
  order: Order,
  units: readonly Unit[],
  cause: Cause,
  atSec: number,
): CancelCase {
  const refunds = refundsFor(order, units, units.length === liveUnits(order).length);
  return {
    id: world.ids.next('cancel'),
    seq: ++world.caseSeq,
    shopId: order.shopId,
    orderId: order.id,
    type: 'BUYER_CANCEL',
    status: 'CANCELLATION_REQUEST_PENDING',
    // `role` has no OPERATOR: the platform's staff count as the system.
    role: cause.user === 'OPERATOR' ? 'SYSTEM' : cause.user,
    reason: cause.reason,
    createdSec: atSec,
    updatedSec: atSec,
    lines: units.map((unit, index) => ({
      id: world.ids.next('cancel_line'),
      unitId: unit.id,
      refund: refunds[index] ?? { subtotalMinor: 0, shippingMinor: 0, taxMinor: 0 },
    })),
  };
}

/** A request whose pieces are all gone has nothing left to ask for. */
function overtakeRequest(world: World, order: Order, atSec: number): void {
  const request = openRequestOf(world, order);
  if (request !== undefined && unitsOf(order, request).length === 0)
    closeRequest(world, request, 'overtaken', atSec);
}

function unitsOf(order: Order, item: CancelCase): Unit[] {
  return liveUnits(order).filter((unit) => item.lines.some(({ unitId }) => unitId === unit.id));
}

/** Grants the buyer's request: its pieces are cancelled. */
export function approveRequest(world: World, request: CancelCase, source: Source, atSec: number): void {
  const order = orderOfCase(world, request);
  const units = unitsOf(order, request);
  const cancelled: Cancellation = { reason: request.reason.text, user: 'BUYER', atSec };
  changeOrder(world, order, atSec, () => {
    order.cancelRequestedSec = undefined;
  });
  cancelUnits(world, order, units, cancelled);
  const dueSec = atSec + world.behaviour.refundSec;
  changeCancel(world, request, atSec, { status: 'CANCELLATION_REQUEST_SUCCESS', dueSec });
  const unitIds = units.map(({ id }) => id);
  recordAnswer(world, 'cancel_approved', order, source, { atSec, caseId: request.id, unitIds });
}

export function rejectRequest(world: World, request: CancelCase, source: Source, atSec: number): void {
  closeRequest(world, request, 'rejected', atSec);
  const unitIds = request.lines.map(({ unitId }) => unitId);
  const order = orderOfCase(world, request);
  recordAnswer(world, 'cancel_rejected', order, source, { atSec, caseId: request.id, unitIds });
}

export function closeRequest(
  world: World,
  request: CancelCase,
  closedBy: NonNullable<CancelCase['closedBy']>,
  atSec: number,
): void {
  const order = orderOfCase(world, request);
  changeOrder(world, order, atSec, () => {
    order.cancelRequestedSec = undefined;
  });
  changeCancel(world, request, atSec, { status: 'CANCELLATION_REQUEST_CANCEL', closedBy });
}

/** What happens by itself: nobody answered in time, or the refund has arrived. */
export function settleCancel(world: World, item: CancelCase, atSec: number): void {
  if (item.status === 'CANCELLATION_REQUEST_PENDING') approveRequest(world, item, { via: 'platform' }, atSec);
  else if (item.status === 'CANCELLATION_REQUEST_SUCCESS') completeCancel(world, item, atSec);
}

export function completeCancel(world: World, item: CancelCase, atSec: number): void {
  changeCancel(world, item, atSec, { status: 'CANCELLATION_REQUEST_COMPLETE' });
}
