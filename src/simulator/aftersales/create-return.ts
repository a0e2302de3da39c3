import { Type, type Static } from 'typebox';

import { NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { returnTypes, type ReturnCase } from '../state/aftersales-model.js';
import type { Order, Unit } from '../state/model.js';
import { liveUnits } from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';
import { IdempotencyQuery, orderForSeller, scopes, versions } from './aftersales-call.js';
import { refuseAftersales } from './aftersales-error.js';
import { amountOf } from './answer-return.js';
import { isForeignCancelReason, isSellerCancelReason } from './cancel-reasons.js';
import { namedPieces, unitsNamed } from './named-pieces.js';
import { once } from './once.js';
import { refundsFor, renderRefund, sumOf, totalOf } from './refund.js';
import { openReturn, record, startSellerReturn, type ReturnRequest } from './return-machine.js';
import { sellerReturnReason } from './return-reasons.js';
import { cannotReturn } from './return-rules.js';

const shipping = {
  shipment_type: Type.Optional(Type.Enum(['PLATFORM', 'BUYER_ARRANGE'])),
  handover_method: Type.Optional(Type.Enum(['DROP_OFF', 'PICKUP'])),
};

const NewReturn = Type.Object({
  order_id: Type.String({ minLength: 1 }),
  ...namedPieces,
  return_reason: Type.String({ minLength: 1 }),
  return_type: Type.Enum([...returnTypes]),
  refund_total: Type.Optional(Type.String()),
  currency: Type.Optional(Type.String()),
  ...shipping,
});
type NewReturn = Static<typeof NewReturn>;

/** TikTok: Create Return 202309: the seller gives money back, or asks for the goods first. */
export const createReturnRoute = shopRoute({
  method: 'POST',
  path: '/return_refund/{version}/returns',
  versions,
  scopes: [...scopes, 'seller.fulfillment.basic'],
  query: IdempotencyQuery,
  body: NewReturn,
  handle: ({ world, shop, query, body, requestId, nowSec }) => {
    const order = orderForSeller(world, shop, body.order_id);
    const { idempotency_key: idempotencyKey } = query;
    return once(world, ['create', order.id], idempotencyKey, () => {
      const item = createReturn(world, shop, order, body, nowSec);
      record(world, item, 'return_created', '', { via: 'api', requestId, idempotencyKey }, nowSec);
      return { return_id: item.id, return_status: item.status };
    });
  },
});

function createReturn(world: World, shop: Shop, order: Order, body: NewReturn, nowSec: number): ReturnCase {
  const reason = sellerReturnReason(body.return_reason);
  if (reason === undefined) throw refuseAftersales(25001014);
  const units = unitsToReturn(world, shop, order, body);
  const refundMinor = refundWanted(shop, order, units, body);
  const input: ReturnRequest = { type: body.return_type, role: 'SELLER', reason };
  if (body.shipment_type !== undefined) input.shipmentType = body.shipment_type;
  if (body.handover_method !== undefined) input.handoverMethod = body.handover_method;
  const item = openReturn(world, order, units, input, nowSec);
  startSellerReturn(world, item, refundMinor, nowSec);
  return item;
}

function unitsToReturn(world: World, shop: Shop, order: Order, body: NewReturn): Unit[] {
  const units = unitsNamed(order, body);
  for (const unit of units) {
    const refusal = cannotReturn(world, shop, order, unit, body.return_type);
    if (refusal !== undefined) throw refuseAftersales(refusal);
  }
  if (units.length === 0) throw refuseAftersales(25001051);
  return units;
}

/** All that was paid for the pieces, or the part of it that the call names. */
function refundWanted(shop: Shop, order: Order, units: readonly Unit[], body: NewReturn): number {
  const allMinor = totalOf(sumOf(refundsFor(order, units, false)));
  if (body.refund_total === undefined) return allMinor;
  const { currency = shop.region.currency, refund_total: amount } = body;
  const wantedMinor = amountOf(shop, { currency, amount });
  if (wantedMinor > allMinor) throw refuseAftersales(25005005);
  return wantedMinor;
}

/** UNCONFIRMED: the code; the call documents no other for its parameters. */
function isKnownReason({
  request_type: type,
  reason_name: key,
}: {
  request_type: string;
  reason_name: string;
}): boolean {
  if (type !== 'CANCEL') return sellerReturnReason(key) !== undefined;
  return isSellerCancelReason(key) || isForeignCancelReason(key);
}

/** TikTok: Calculate Refund 202309: what a cancellation or return would pay back. */
export const calculateRefundRoute = shopRoute({
  method: 'POST',
  path: '/return_refund/{version}/refunds/calculate',
  versions,
  scopes,
  query: NoQuery,
  body: Type.Object({
    order_id: Type.String({ minLength: 1 }),
    request_type: Type.Enum(['CANCEL', ...returnTypes]),
    reason_name: Type.String({ minLength: 1 }),
    ...namedPieces,
    ...shipping,
  }),
  handle: ({ world, shop, body }) => {
    const order = orderForSeller(world, shop, body.order_id);
    if (!isKnownReason(body)) throw refuseAftersales(25001001);
    const units = unitsNamed(order, body);
    const whole = body.request_type === 'CANCEL' && units.length === liveUnits(order).length;
    const { buyer_service_fee: _, ...amount } = renderRefund(
      sumOf(refundsFor(order, units, whole)),
      shop.region.currency,
    );
    return { order_refund_amount: amount };
  },
});
