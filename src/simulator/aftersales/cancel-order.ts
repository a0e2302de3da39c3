import { Type } from 'typebox';

import { NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { orderForSeller, scopes, versions } from './aftersales-call.js';
import { refuseAftersales } from './aftersales-error.js';
import { cancelNow } from './cancel-machine.js';
import { sellerCancelReasons } from './cancel-reasons.js';
import { mustBeSellerReason, mustBeWhole, sellerCannotCancel } from './cancel-rules.js';
import { namedPieces, unitsNamed } from './named-pieces.js';
import { cancelStatusText } from './search-cancellations.js';

/** TikTok: Cancel Order 202309. */
export const cancelOrderRoute = shopRoute({
  method: 'POST',
  path: '/return_refund/{version}/cancellations',
  versions,
  scopes,
  query: NoQuery,
  body: Type.Object({
    order_id: Type.String({ minLength: 1 }),
    ...namedPieces,
    cancel_reason: Type.String({ minLength: 1 }),
  }),
  handle: ({ world, shop, body, requestId, nowSec }) => {
    const order = orderForSeller(world, shop, body.order_id);
    const refusal = sellerCannotCancel(world, shop, order);
    if (refusal !== undefined) throw refuseAftersales(refusal);
    mustBeSellerReason(shop, order, body.cancel_reason);
    const units = unitsNamed(order, body);
    mustBeWhole(shop, order, units, body.cancel_reason);
    const known = sellerCancelReasons(shop.region.code, order.status);
    const text = known.find(({ key }) => key === body.cancel_reason)?.text ?? body.cancel_reason;
    const item = cancelNow(
      world,
      order,
      units,
      { user: 'SELLER', reason: { key: body.cancel_reason, text }, source: { via: 'api', requestId } },
      nowSec,
    );
    return { cancel_id: item.id, cancel_status: cancelStatusText(world, item) };
  },
});
