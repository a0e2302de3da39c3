import type { Listing } from '../domain/shop-listing.js';
import { endpoints } from './endpoints.js';
import { mapListing } from './map/shop-listing-mapping.js';
import { productConcernOf } from './product-error-rules.js';
import { readData, type ShopCall } from './shop-call.js';
import { TikTokError } from './tiktok-errors.js';

export interface ProductVersionCalls {
  /**
   * A product as it was edited last: the version under review where there is one, since SKUs that wait for their review are
   * missing from the one that is live, and an edit that was made of that would lose them. Null only on TikTok's word that it
   * does not have the product (any more).
   * @throws TikTokError refused for one that TikTok has and does not show, such as a frozen one
   */
  readLatestListing(productId: string): Promise<Listing | null>;
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
        if (!(error instanceof TikTokError)) throw error;
        if (error.tiktokCode === NO_REVIEW) return readLive(productId);
        return nullIfGone(error);
      }
    },
  };

  async function readLive(productId: string): Promise<Listing | null> {
    try {
      return readData(
        await call({ endpoint: endpoints.getProduct, ids: { product_id: productId } }),
        'read',
        mapListing,
      );
    } catch (error) {
      return nullIfGone(error);
    }
  }
}

function nullIfGone(error: unknown): null {
  if (error instanceof TikTokError && productConcernOf(error.tiktokCode) === 'product-gone') return null;
  throw error;
}
