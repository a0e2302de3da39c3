import { endArbitration, startArbitration, takeOver } from '../aftersales/arbitration.js';
import {
  approveRequest,
  cancelNow,
  closeRequest,
  completeCancel,
  rejectRequest,
  requestCancellation,
} from '../aftersales/cancel-machine.js';
import { cancelReasonNamed } from '../aftersales/cancel-reasons.js';
import { buyerMayCancel } from '../aftersales/cancel-rules.js';
import {
  answerOffer,
  approveReturn,
  closeReturn,
  completeReturn,
  deliverBack,
  openReturn,
  rejectReturn,
  sendBack,
} from '../aftersales/return-machine.js';
import { returnReasonNamed } from '../aftersales/return-reasons.js';
import { cannotReturn, decisionRefused, isRunning, isWithPlatform } from '../aftersales/return-rules.js';
import {
  rejections,
  type CancelCase,
  type Decision,
  type Rejection,
  type ReturnCase,
  type ReturnStatus,
} from '../state/aftersales-model.js';
import { cancelsOf, openRequestOf, returnsOf } from '../state/cases.js';
import type { CancelUser, Order, Unit } from '../state/model.js';
import { parseMinor } from '../state/money.js';
import { liveUnits, shopOf } from '../state/order-machine.js';
import type { World } from '../state/world.js';
import type { AftersalesAct } from './act-spec.js';
import { ControlError } from './control-error.js';

type ActOf<K extends AftersalesAct['type']> = Extract<AftersalesAct, { type: K }>;

/** Does the act now. Throws a ControlError (409) when the order, cancellation or return does not allow it. */
export function performAftersalesAct(world: World, order: Order, act: AftersalesAct): void {
  const nowSec = world.clock.nowSec();
  switch (act.type) {
    case 'buyer_cancel':
      return buyerCancels(world, order, act, nowSec);
    case 'buyer_withdraws_cancel':
      return closeRequest(world, requestOf(world, order, act), 'withdrawn', nowSec);
    case 'seller_approves_cancel':
      return approveRequest(world, requestOf(world, order, act), { via: 'seller_center' }, nowSec);
    case 'seller_rejects_cancel':
      return rejectRequest(world, requestOf(world, order, act), { via: 'seller_center' }, nowSec);
    case 'seller_cancel':
      return cancelBy(world, order, 'SELLER', act, nowSec);
    case 'system_cancel':
      return cancelBy(world, order, 'SYSTEM', act, nowSec);
    case 'operator_cancel':
      return cancelBy(world, order, 'OPERATOR', act, nowSec);
    case 'buyer_opens_return':
      return buyerOpensReturn(world, order, act, nowSec);
    case 'refund_completes':
      return completeRefunds(world, order, act, nowSec);
    default:
      return actOnReturn(world, returnOf(world, order, act), act, nowSec);
  }
}

function impossible(order: Order, act: AftersalesAct): ControlError {
  return new ControlError(409, `order ${order.id} is ${order.status}: ${act.type} is not possible`);
}

function chosenUnits(order: Order, act: AftersalesAct & { unitIds?: string[] }): Unit[] {
  const live = liveUnits(order);
  const { unitIds } = act;
  const units = unitIds === undefined ? live : live.filter(({ id }) => unitIds.includes(id));
  if (units.length === 0) throw impossible(order, act);
  return units;
}

function buyerCancels(world: World, order: Order, act: ActOf<'buyer_cancel'>, nowSec: number): void {
  const possible = buyerMayCancel(order, nowSec);
  if (possible === 'no' || openRequestOf(world, order) !== undefined) throw impossible(order, act);
  const reason = cancelReasonNamed(act.reason ?? 'No longer needed', 'buyer');
  const units = chosenUnits(order, act);
  if (act.atOnce ?? possible === 'at_once') {
    cancelNow(world, order, units, { user: 'BUYER', reason, source: { via: 'buyer' } }, nowSec);
  } else {
    requestCancellation(world, order, units, reason, nowSec);
  }
}

function cancelBy(
  world: World,
  order: Order,
  user: Exclude<CancelUser, 'BUYER'>,
  act: ActOf<'seller_cancel' | 'system_cancel' | 'operator_cancel'>,
  nowSec: number,
): void {
  const units = chosenUnits(order, act);
  if (order.status === 'COMPLETED') throw impossible(order, act);
  const isSeller = user === 'SELLER';
  const words = act.reason ?? (isSeller ? 'Out of stock' : 'Order cancelled by system');
  const reason = cancelReasonNamed(words, isSeller ? 'seller' : 'platform');
  const source = { via: isSeller ? 'seller_center' : 'platform' } as const;
  cancelNow(world, order, units, { user, reason, source }, nowSec);
}

function requestOf(world: World, order: Order, act: AftersalesAct): CancelCase {
  const request = openRequestOf(world, order);
  if (request === undefined) throw impossible(order, act);
  return request;
}

function buyerOpensReturn(
  world: World,
  order: Order,
  act: ActOf<'buyer_opens_return'>,
  nowSec: number,
): void {
  const { returnType = 'RETURN_AND_REFUND', note, shipmentType, handoverMethod } = act;
  const kind = returnType === 'EXCHANGE' || returnType === 'ABNORMAL_RETURN' ? returnType : undefined;
  const type = typesBehind[returnType];
  const shop = shopOf(world, order);
  const units = chosenUnits(order, act);
  const asked = kind === 'ABNORMAL_RETURN' ? 'REFUND' : type;
  if (units.some((unit) => cannotReturn(world, shop, order, unit, asked) !== undefined))
    throw impossible(order, act);
  const usual = usualReasons[returnType];
  const input = {
    type,
    role: kind === 'ABNORMAL_RETURN' ? 'SYSTEM' : 'BUYER',
    reason: returnReasonNamed(act.reason ?? usual, type),
    ...(kind === undefined ? {} : { kind }),
    ...(note === undefined ? {} : { note }),
    ...(shipmentType === undefined ? {} : { shipmentType }),
    ...(handoverMethod === undefined ? {} : { handoverMethod }),
  } as const;
  const item = openReturn(world, order, units, input, nowSec);
  // The goods are on their way back already: nobody has to grant that.
  if (kind === 'ABNORMAL_RETURN')
    sendBack(world, item, parcelOf(world, item, { type: 'buyer_ships_return' }), nowSec);
}

/** UNCONFIRMED: an exchange is answered like a replacement, a parcel that comes back like a return. */
const typesBehind = {
  REFUND: 'REFUND',
  RETURN_AND_REFUND: 'RETURN_AND_REFUND',
  REPLACEMENT: 'REPLACEMENT',
  EXCHANGE: 'REPLACEMENT',
  ABNORMAL_RETURN: 'RETURN_AND_REFUND',
} as const;

const usualReasons = {
  REFUND: 'Package not received',
  RETURN_AND_REFUND: 'Wrong product was sent',
  REPLACEMENT: 'Wrong product was sent',
  EXCHANGE: 'Wrong product was sent',
  ABNORMAL_RETURN: 'Package could not be delivered',
} as const;

function completeRefunds(world: World, order: Order, act: AftersalesAct, nowSec: number): void {
  const cancels = cancelsOf(world, order).filter(({ status }) => status === 'CANCELLATION_REQUEST_SUCCESS');
  const returns = returnsOf(world, order).filter(
    ({ status }) => status === 'RETURN_OR_REFUND_REQUEST_SUCCESS',
  );
  if (cancels.length + returns.length === 0) throw impossible(order, act);
  for (const item of cancels) completeCancel(world, item, nowSec);
  for (const item of returns) completeReturn(world, item, nowSec);
}

function returnOf(world: World, order: Order, act: AftersalesAct & { returnId?: string }): ReturnCase {
  const { returnId } = act;
  const found = returnsOf(world, order).findLast((item) =>
    returnId === undefined ? isRunning(item) : item.id === returnId,
  );
  if (found === undefined) throw impossible(order, act);
  return found;
}

function actOnReturn(
  world: World,
  item: ReturnCase,
  act: ActOf<
    | 'buyer_ships_return'
    | 'carrier_delivers_return'
    | 'buyer_withdraws_return'
    | 'buyer_answers_offer'
    | 'seller_answers_return'
    | 'buyer_opens_arbitration'
    | 'platform_decides'
    | 'platform_takes_over'
  >,
  nowSec: number,
): void {
  const must = (allowed: boolean): void => {
    if (!allowed)
      throw new ControlError(409, `return ${item.id} is ${item.status}: ${act.type} is not possible`);
  };
  switch (act.type) {
    case 'buyer_ships_return':
      must(item.status === 'AWAITING_BUYER_SHIP');
      return sendBack(world, item, parcelOf(world, item, act), nowSec);
    case 'carrier_delivers_return':
      must(item.status === 'BUYER_SHIPPED_ITEM' && item.parcel?.deliveredSec === undefined);
      return deliverBack(world, item, nowSec);
    case 'buyer_withdraws_return':
      must(isRunning(item) && item.status !== 'RETURN_OR_REFUND_REQUEST_SUCCESS');
      return closeReturn(
        world,
        item,
        { role: 'BUYER', description: 'Customer withdrew the request' },
        nowSec,
      );
    case 'buyer_answers_offer':
      must(item.status === 'AWAITING_BUYER_RESPONSE');
      return answerOffer(world, item, act.accept, nowSec);
    case 'seller_answers_return':
      must(decisionRefused(world, item, act.decision) === undefined);
      return sellerAnswers(world, item, act, nowSec);
    case 'buyer_opens_arbitration':
      must(refusedStatuses.includes(item.status) && !isWithPlatform(item));
      return startArbitration(world, item, nowSec);
    case 'platform_decides':
      must(isRunning(item) && isWithPlatform(item));
      return endArbitration(world, item, act.result, nowSec);
    case 'platform_takes_over':
      must(isRunning(item) && !item.takenOver && item.status !== 'RETURN_OR_REFUND_REQUEST_SUCCESS');
      return takeOver(world, item, nowSec);
  }
}

const refusedStatuses: readonly ReturnStatus[] = [
  'REFUND_OR_RETURN_REQUEST_REJECT',
  'REJECT_RECEIVE_PACKAGE',
  'REPLACEMENT_REQUEST_REJECT',
];

function parcelOf(world: World, item: ReturnCase, act: ActOf<'buyer_ships_return'>) {
  const shop = shopOf(world, item);
  const providers = shop.deliveryOptions.flatMap((option) => option.providers);
  const provider =
    act.providerName === undefined ? providers[0] : providers.find(({ name }) => name === act.providerName);
  return {
    trackingNumber: act.trackingNumber ?? `RET${item.id}`,
    providerId: provider?.id ?? '',
    providerName: act.providerName ?? provider?.name ?? '',
  };
}

function sellerAnswers(
  world: World,
  item: ReturnCase,
  act: ActOf<'seller_answers_return'>,
  nowSec: number,
): void {
  const source = { via: 'seller_center' } as const;
  const { decision } = act;
  if (isRejection(decision)) {
    const reason = { key: act.reason ?? '', text: act.reason ?? '' };
    return rejectReturn(world, item, decision, { reason, note: '' }, source, nowSec);
  }
  const terms = {
    ...(act.buyerKeepsItem === undefined ? {} : { buyerKeepsItem: act.buyerKeepsItem }),
    ...(act.partialRefund === undefined
      ? {}
      : { partialRefundMinor: amountOf(world, item, act.partialRefund) }),
  };
  approveReturn(world, item, decision, terms, source, nowSec);
}

function amountOf(world: World, item: ReturnCase, amount: string): number {
  try {
    return parseMinor(amount, shopOf(world, item).region.currency);
  } catch (error) {
    throw error instanceof RangeError ? new ControlError(400, error.message) : error;
  }
}

function isRejection(decision: Decision): decision is Rejection {
  return rejections.some((rejection) => rejection === decision);
}
