import { Type } from 'typebox';

import { badParameter } from '../gateway/api-error.js';
import { NoBody } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { contentOf } from '../listing/content-of.js';
import type { Content } from '../state/content.js';
import type { Product } from '../state/product.js';
import type { Shop, World } from '../state/world.js';
import { productOfShop } from './find-product.js';
import { refuseProduct } from './product-error.js';
import { renderContent } from './render-content.js';

/**
 * TikTok: Get Product 202309. Shows what is live unless another version is asked for, so an edit that is still under review is not
 * in it, and none of the SKUs that it adds.
 */
export const productDetailRoute = shopRoute({
  method: 'GET',
  path: '/product/{version}/products/{product_id}',
  versions: ['202309'],
  scopes: ['seller.product.basic'],
  query: Type.Object({
    return_under_review_version: Type.Optional(Type.Boolean()),
    return_draft_version: Type.Optional(Type.Boolean()),
    locale: Type.Optional(Type.String()),
  }),
  body: NoBody,
  handle: ({ world, shop, params, query }) => {
    const product = productOfShop(world, shop, params['product_id'] ?? '');
    // TikTok: "all properties of a product, except those in the FREEZE or DELETED status". UNCONFIRMED: the codes.
    if (world.behaviour.goneProducts === 'refused') {
      if (product.status === 'DELETED') throw refuseProduct(12052032);
      if (product.status === 'FREEZE') throw refuseProduct(12052901);
    }
    const wantsDraft = query.return_draft_version === true;
    const wantsReview = query.return_under_review_version === true;
    // TikTok: mutually exclusive. UNCONFIRMED: the code.
    if (wantsDraft && wantsReview) {
      throw badParameter('ReturnDraftVersion and ReturnUnderReviewVersion are mutually exclusive.');
    }
    return renderContent(world, shop, product, wanted(world, shop, product, wantsDraft, wantsReview));
  },
});

/** UNCONFIRMED: a draft that is not there gives the product itself, and so does a product in its first review. */
function wanted(
  world: World,
  shop: Shop,
  product: Product,
  wantsDraft: boolean,
  wantsReview: boolean,
): Content {
  const live = contentOf(world, shop, product);
  if (wantsDraft) return product.draft ?? live;
  if (!wantsReview) return live;
  if (product.review === undefined && product.audit !== 'AUDITING') throw refuseProduct(12052547);
  return product.review ?? live;
}
