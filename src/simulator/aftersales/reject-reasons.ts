import { Type } from 'typebox';

import { NoBody } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Reason } from '../state/aftersales-model.js';
import type { Shop, World } from '../state/world.js';
import { cancelOfShop, returnOfShop, scopes, versions } from './aftersales-call.js';
import { rejectCancelReasons } from './cancel-reasons.js';
import { rejectReturnReasons } from './return-reasons.js';

/** TikTok: Get Reject Reasons 202309. */
export const rejectReasonsRoute = shopRoute({
  method: 'GET',
  path: '/return_refund/{version}/reject_reasons',
  versions,
  scopes,
  query: Type.Object({
    return_or_cancel_id: Type.String({ minLength: 1 }),
    locale: Type.Optional(Type.String()),
  }),
  body: NoBody,
  handle: ({ world, shop, query }) => ({
    reasons: reasonsFor(world, shop, query.return_or_cancel_id).map(({ key, text }) => ({ name: key, text })),
  }),
});

function reasonsFor(world: World, shop: Shop, id: string): Reason[] {
  if (!world.returns.has(id)) {
    cancelOfShop(world, shop, id);
    return rejectCancelReasons(shop.region.code);
  }
  return rejectReturnReasons(shop.region.code, returnOfShop(world, shop, id).status);
}
