import { Type } from 'typebox';

import { shopRoute } from '../gateway/route.js';
import { factsOf } from './facts-of.js';
import { listingCheck } from './check-content.js';
import { ListingBody } from './listing-body.js';

/**
 * TikTok: Check Product Listing 202309. Tells what a create would be told, as far as this call knows it; nothing is made and
 * nothing counts. The diagnoses, which are deprecated, are left out.
 */
export const checkListingRoute = shopRoute({
  method: 'POST',
  path: '/product/{version}/products/listing_check',
  versions: ['202309'],
  scopes: ['seller.product.basic', 'seller.product.optimize'],
  query: Type.Object({ is_diagnosis_required: Type.Optional(Type.Boolean()) }),
  body: ListingBody,
  handle: ({ world, shop, body }) => {
    const { warnings, problems } = listingCheck(
      factsOf({ world, shop, call: 'check', body, isDraft: false }),
    );
    return {
      check_result: problems.length === 0 ? 'PASS' : 'FAILED',
      fail_reasons: problems,
      ...(warnings.length === 0
        ? {}
        : { warnings: { message: warnings.map(({ message }) => message).join(' ') } }),
    };
  },
});
