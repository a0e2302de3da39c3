import { Type } from 'typebox';

import { NoBody } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { CancelCase } from '../state/aftersales-model.js';
import type { Shop, World } from '../state/world.js';
import { cancelOfShop, IdempotencyQuery, RejectImages, scopes, versions } from './aftersales-call.js';
import { refuseAftersales, type AftersalesCode } from './aftersales-error.js';
import { approveRequest, rejectRequest } from './cancel-machine.js';
import { rejectCancelReasons } from './cancel-reasons.js';
import { isRejectReturnReason } from './return-reasons.js';
import { once } from './once.js';

/** TikTok: Approve Cancellation 202309. */
export const approveCancellationRoute = shopRoute({
  method: 'POST',
  path: '/return_refund/{version}/cancellations/{cancel_id}/approve',
  versions,
  scopes,
  query: IdempotencyQuery,
  body: NoBody,
  handle: ({ world, shop, params, query, requestId, nowSec }) => {
    const request = cancelOfShop(world, shop, params['cancel_id'] ?? '');
    const { idempotency_key: idempotencyKey } = query;
    return once(world, ['approve', request.id], idempotencyKey, () => {
      const refusal = cannotApprove(request);
      if (refusal !== undefined) throw refuseAftersales(refusal);
      approveRequest(world, request, { via: 'api', requestId, idempotencyKey }, nowSec);
      return {};
    });
  },
});

/** TikTok: Reject Cancellation 202309. */
export const rejectCancellationRoute = shopRoute({
  method: 'POST',
  path: '/return_refund/{version}/cancellations/{cancel_id}/reject',
  versions,
  scopes,
  query: IdempotencyQuery,
  body: Type.Object({
    reject_reason: Type.String({ minLength: 1 }),
    comment: Type.Optional(Type.String()),
    images: RejectImages,
  }),
  handle: ({ world, shop, params, query, body, requestId, nowSec }) => {
    const request = cancelOfShop(world, shop, params['cancel_id'] ?? '');
    const { idempotency_key: idempotencyKey } = query;
    return once(world, ['reject', request.id], idempotencyKey, () => {
      const refusal = cannotReject(world, shop, request);
      if (refusal !== undefined) throw refuseAftersales(refusal);
      mustBeRejectReason(shop, body.reject_reason);
      rejectRequest(world, request, { via: 'api', requestId, idempotencyKey }, nowSec);
      return {};
    });
  },
});

/** UNCONFIRMED: that a second approval without an idempotency key answers 25020010. */
function cannotApprove(request: CancelCase): AftersalesCode | undefined {
  if (request.type !== 'BUYER_CANCEL') return 25020004;
  if (request.status === 'CANCELLATION_REQUEST_PENDING') return undefined;
  if (request.status !== 'CANCELLATION_REQUEST_CANCEL') return 25020010;
  return request.closedBy === 'shipped' ? 25001045 : 25020009;
}

function cannotReject(world: World, shop: Shop, request: CancelCase): AftersalesCode | undefined {
  if (request.type !== 'BUYER_CANCEL') return 25020004;
  if (request.status === 'CANCELLATION_REQUEST_CANCEL') return 25011011;
  if (request.status !== 'CANCELLATION_REQUEST_PENDING') return 25020010;
  return shop.region.code === 'US' && world.behaviour.usRejectCancel === 'refused' ? 25011011 : undefined;
}

function mustBeRejectReason(shop: Shop, key: string): void {
  if (rejectCancelReasons(shop.region.code).some((reason) => reason.key === key)) return;
  throw refuseAftersales(isRejectReturnReason(key) ? 25001057 : 25001014);
}
