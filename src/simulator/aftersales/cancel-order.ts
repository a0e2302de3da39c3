import { Type } from 'typebox';

import { NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { orderForSeller, scopes, versions } from './aftersales-call.js';
import { refuseAftersales } from './aftersales-error.js';
import { cancelNow, type Cause } from './cancel-machine.js';
import { mustBeWhole, sellerCannotCancel, sellerReason } from './cancel-rules.js';
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
    const reason = sellerReason(shop, order, body.cancel_reason);
    const units = unitsNamed(order, body);
    mustBeWhole(shop, order, units, reason.key);
    const cause: Cause = { user: 'SELLER', reason, source: { via: 'api', requestId } };
    const item = cancelNow(world, order, units, cause, nowSec);
    return { cancel_id: item.id, cancel_status: cancelStatusText(world, item) };
  },
});
