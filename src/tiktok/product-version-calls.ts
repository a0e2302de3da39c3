import type { Listing } from '../domain/shop-listing.js';
import { endpoints } from './endpoints.js';
import { mapListing } from './map/shop-listing-mapping.js';
import { readData, type ShopCall } from './shop-call.js';
import { TikTokError } from './tiktok-errors.js';

export interface ProductVersionCalls {
  /**
   * A product as it was edited last: the version under review where there is one, since SKUs that wait for their review are
   * missing from the one that is live, and an edit that was made of that would lose them.
   * @throws TikTokError refused for a product that TikTok does not have (any more)
   */
  readLatestListing(productId: string): Promise<Listing>;
}

/** There is no version under review. */
const NO_REVIEW = '12052547';

export function createProductVersionCalls(call: ShopCall): ProductVersionCalls {
  return {
    async readLatestListing(productId) {
      const endpoint = endpoints.getProduct;
      const ids = { product_id: productId };
      try {
        const answer = await call({ endpoint, ids, query: { return_under_review_version: 'true' } });
        return readData(answer, 'read', mapListing);
      } catch (error) {
        if (!(error instanceof TikTokError) || error.tiktokCode !== NO_REVIEW) throw error;
        return readData(await call({ endpoint, ids }), 'read', mapListing);
      }
    },
  };
}
