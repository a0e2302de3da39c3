import { Type } from 'typebox';

import { badParameter } from '../gateway/api-error.js';
import { NoBody } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Sku } from '../state/model.js';
import { imageUrlOf, type Product } from '../state/product.js';
import type { Shop } from '../state/world.js';
import { productOfShop } from './find-product.js';
import { listingQuality, renderAudit, renderSku, titleOf, type ProductVersion } from './render-product.js';

type Wire = Record<string, unknown>;

/** TikTok: Get Product 202309. Deleted products are answered too, with their status. */
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
    const wantsDraft = query.return_draft_version === true;
    const wantsReview = query.return_under_review_version === true;
    // TikTok: mutually exclusive. UNCONFIRMED: the code.
    if (wantsDraft && wantsReview) {
      throw badParameter('ReturnDraftVersion and ReturnUnderReviewVersion are mutually exclusive.');
    }
    return renderDetail(shop, product, wantsDraft ? 'draft' : wantsReview ? 'review' : 'live');
  },
});

function renderDetail(shop: Shop, product: Product, version: ProductVersion): Wire {
  const title = titleOf(product, version);
  const imperial = shop.region.code === 'US';
  return {
    id: product.id,
    status: product.status,
    product_status: product.status,
    title,
    description: `<p>${escapeHtml(title)}</p>`,
    category_chains: [
      { id: '600001', parent_id: '0', local_name: 'Home Supplies', is_leaf: false },
      { id: '601226', parent_id: '600001', local_name: 'Household Goods', is_leaf: true },
    ],
    brand: { id: '7082427311584347905', name: 'Sample Brand' },
    main_images: [image(product.id)],
    package_dimensions: { length: '10', width: '8', height: '2', unit: imperial ? 'INCH' : 'CENTIMETER' },
    package_weight: { value: '0.50', unit: imperial ? 'POUND' : 'KILOGRAM' },
    skus: product.skus.map((sku) => ({
      ...renderSku(shop, sku),
      sales_attributes: product.skus.length === 1 ? [] : [variantOf(sku)],
    })),
    product_attributes: [{ id: '100392', name: 'Occasion', values: [{ id: '1001533', name: 'Everyday' }] }],
    is_cod_allowed: shop.region.shipping === 'package',
    is_not_for_sale: product.isNotForSale ?? false,
    is_pre_owned: false,
    is_replicated: false,
    minimum_order_quantity: 1,
    product_types: [],
    delivery_options: shop.deliveryOptions.map(({ id, name }) => ({ id, name, is_available: true })),
    create_time: product.createdSec,
    update_time: product.updatedSec,
    ...listingQuality(shop),
    audit: renderAudit(product),
    audit_failed_reasons: product.audit === 'FAILED' ? [failedReason()] : [],
    has_draft: product.draftTitle !== undefined,
  };
}

function variantOf(sku: Sku): Wire {
  return {
    id: '100000',
    name: 'Specification',
    value_id: sku.id,
    value_name: sku.name,
    sku_img: image(sku.id),
  };
}

function image(id: string): Wire {
  return {
    height: 600,
    width: 600,
    thumb_urls: [`https://images.example.com/${id}-300.jpeg`],
    uri: `tos-sample/${id}`,
    urls: [imageUrlOf(id)],
  };
}

function failedReason(): Wire {
  return {
    position: 'product',
    reasons: ['The listing breaks a rule.'],
    suggestions: ['Check title, description and images, then submit the product again.'],
    listing_platform: 'TIKTOK_SHOP',
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
