import { Type } from 'typebox';

import { NoQuery } from '../gateway/parameters.js';
import { shopRoute, type ApiRoute, type Method } from '../gateway/route.js';
import type { Product, ProductStatus } from '../state/product.js';
import { submitForAudit } from '../state/audit-machine.js';
import { setProductStatus, type ChangeSource } from '../state/product-machine.js';
import type { Shop, World } from '../state/world.js';
import { findProduct } from './find-product.js';
import { productError, refuseProduct, type ItemError, type ProductCode } from './product-error.js';

const MOST_PRODUCTS = 20;

interface StatusCall {
  method: Method;
  path: string;
  scope: string;
  from: readonly ProductStatus[];
  /** The product is as the call wants it already. */
  changesNothing?: (world: World, product: Product) => boolean;
  change: (world: World, shop: Shop, product: Product, source: ChangeSource) => void;
  /** How this call tells what is wrong with one product. */
  errorOf: (id: string, code: ProductCode) => ItemError & { detail: object };
}

function statusRoute(call: StatusCall): ApiRoute {
  return shopRoute({
    method: call.method,
    path: call.path,
    versions: ['202309'],
    scopes: [call.scope],
    query: NoQuery,
    body: Type.Object({
      product_ids: Type.Array(Type.String(), { minItems: 1 }),
      listing_platforms: Type.Optional(Type.Array(Type.Enum(['TIKTOK_SHOP', 'TOKOPEDIA']))),
    }),
    handle: ({ world, shop, body, requestId }) => {
      if (body.product_ids.length > MOST_PRODUCTS) throw refuseProduct(12019120);
      const errors = [...new Set(body.product_ids)].flatMap((id) => {
        const found = findProduct(world, shop, id);
        if (typeof found === 'number') return [call.errorOf(id, found)];
        if (call.changesNothing?.(world, found) === true) return [];
        if (!call.from.includes(found.status)) return [call.errorOf(id, 12052901)];
        call.change(world, shop, found, { via: 'api', requestId });
        return [];
      });
      return errors.length === 0 ? {} : { errors };
    },
  });
}

const plainError: StatusCall['errorOf'] = (id, code) => ({
  ...productError(code),
  detail: { product_id: id },
});

function becomes(status: ProductStatus): StatusCall['change'] {
  return (world, shop, product, source) => setProductStatus(world, shop, product, status, source);
}

/** TikTok: Activate Product 202309. Alone of the four it wraps what is wrong in `extra_errors`. */
export const activateProductsRoute = statusRoute({
  method: 'POST',
  path: '/product/{version}/products/activate',
  scope: 'seller.product.basic',
  from: ['SELLER_DEACTIVATED', 'PLATFORM_DEACTIVATED'],
  changesNothing: ({ behaviour }, { status }) =>
    status === 'ACTIVATE' && behaviour.activateLive === 'no_change',
  change: submitForAudit,
  errorOf: (id, code) => ({
    ...productError(12052990),
    detail: { product_id: id, extra_errors: [productError(code)] },
  }),
});

/** TikTok: Deactivate Products 202309. */
export const deactivateProductsRoute = statusRoute({
  method: 'POST',
  path: '/product/{version}/products/deactivate',
  scope: 'seller.product.basic',
  from: ['ACTIVATE'],
  change: becomes('SELLER_DEACTIVATED'),
  errorOf: plainError,
});

/** TikTok: Recover Products 202309. */
export const recoverProductsRoute = statusRoute({
  method: 'POST',
  path: '/product/{version}/products/recover',
  scope: 'seller.product.delete',
  from: ['DELETED'],
  change: becomes('SELLER_DEACTIVATED'),
  errorOf: plainError,
});

/** TikTok: Delete Products 202309, all but frozen ones. */
export const deleteProductsRoute = statusRoute({
  method: 'DELETE',
  path: '/product/{version}/products',
  scope: 'seller.product.delete',
  from: ['DRAFT', 'PENDING', 'FAILED', 'ACTIVATE', 'SELLER_DEACTIVATED', 'PLATFORM_DEACTIVATED'],
  change: becomes('DELETED'),
  errorOf: plainError,
});
