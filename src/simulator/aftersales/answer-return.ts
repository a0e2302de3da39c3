import { Type } from 'typebox';

import { badParameter } from '../gateway/api-error.js';
import { shopRoute } from '../gateway/route.js';
import { approvals, rejections, type ReturnCase } from '../state/aftersales-model.js';
import { parseMinor } from '../state/money.js';
import type { Shop } from '../state/world.js';
import { IdempotencyQuery, RejectImages, returnOfShop, scopes, versions } from './aftersales-call.js';
import { refuseAftersales } from './aftersales-error.js';
import { once } from './once.js';
import { refundOf, totalOf } from './refund.js';
import { approveReturn, rejectReturn } from './return-machine.js';
import { isRejectReturnReason, rejectReasonFor } from './return-reasons.js';
import { decisionRefused } from './return-rules.js';

const PartialRefund = Type.Object({
  currency: Type.String({ minLength: 1 }),
  amount: Type.String({ minLength: 1 }),
});

/** TikTok: Approve Return 202309. */
export const approveReturnRoute = shopRoute({
  method: 'POST',
  path: '/return_refund/{version}/returns/{return_id}/approve',
  versions,
  scopes,
  query: IdempotencyQuery,
  body: Type.Object({
    decision: Type.Enum([...approvals]),
    buyer_keep_item: Type.Optional(Type.Boolean()),
    partial_refund: Type.Optional(PartialRefund),
  }),
  handle: ({ world, shop, params, query, body, requestId, nowSec }) => {
    const item = returnOfShop(world, shop, params['return_id'] ?? '');
    const { idempotency_key: idempotencyKey } = query;
    return once(world, ['approve', item.id], idempotencyKey, () => {
      const refusal = decisionRefused(world, item, body.decision);
      if (refusal !== undefined) throw refuseAftersales(refusal);
      const terms = {
        buyerKeepsItem: body.buyer_keep_item ?? false,
        ...(body.decision === 'OFFER_PARTIAL_REFUND'
          ? { partialRefundMinor: offerOf(shop, item, body.partial_refund) }
          : {}),
      };
      approveReturn(world, item, body.decision, terms, { via: 'api', requestId, idempotencyKey }, nowSec);
      return {};
    });
  },
});

/** TikTok: an offer names less than the whole refund (25005005 otherwise), in the shop's currency. */
function offerOf(
  shop: Shop,
  item: ReturnCase,
  offer: { currency: string; amount: string } | undefined,
): number {
  if (offer === undefined) throw badParameter('PartialRefund is a required field and has not been provided.');
  const amountMinor = amountOf(shop, offer);
  if (amountMinor === 0) throw refuseAftersales(25001001);
  if (amountMinor > totalOf(refundOf(item.lines))) throw refuseAftersales(25005005);
  return amountMinor;
}

/** Minor units. Throws 25001001 for another currency or what is no amount in it. */
export function amountOf(shop: Shop, given: { currency: string; amount: string }): number {
  try {
    if (given.currency === shop.region.currency) return parseMinor(given.amount, given.currency);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw refuseAftersales(25001001);
}

/** TikTok: Reject Return 202309. */
export const rejectReturnRoute = shopRoute({
  method: 'POST',
  path: '/return_refund/{version}/returns/{return_id}/reject',
  versions,
  scopes,
  query: IdempotencyQuery,
  body: Type.Object({
    decision: Type.Enum([...rejections]),
    reject_reason: Type.String({ minLength: 1 }),
    comment: Type.Optional(Type.String()),
    images: RejectImages,
  }),
  handle: ({ world, shop, params, query, body, requestId, nowSec }) => {
    const item = returnOfShop(world, shop, params['return_id'] ?? '');
    const { idempotency_key: idempotencyKey } = query;
    return once(world, ['reject', item.id], idempotencyKey, () => {
      const refusal = decisionRefused(world, item, body.decision);
      if (refusal !== undefined) throw refuseAftersales(refusal);
      const reason = rejectReasonFor(shop.region.code, item, body.reject_reason);
      if (reason === undefined)
        throw refuseAftersales(isRejectReturnReason(body.reject_reason) ? 25001057 : 25001014);
      const words = { reason, note: body.comment ?? '' };
      rejectReturn(world, item, body.decision, words, { via: 'api', requestId, idempotencyKey }, nowSec);
      return {};
    });
  },
});
