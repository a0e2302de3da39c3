import { Type } from 'typebox';

import { NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Sku } from '../state/model.js';
import { stockSeen } from '../state/past-stock.js';
import { availableOf, committedOf, runningPromotion } from '../state/stock.js';
import type { Shop, World } from '../state/world.js';
import { refuseProduct } from './product-error.js';

type Wire = Record<string, unknown>;

const MOST_PRODUCTS = 100;
const MOST_SKUS = 600;

/**
 * TikTok: Inventory Search 202309. SKU ids take precedence over product ids. UNCONFIRMED: ids that the shop does not
 * have are left out; a call with none at all is refused with 12052910.
 */
export const searchInventoryRoute = shopRoute({
  method: 'POST',
  path: '/product/{version}/inventory/search',
  versions: ['202309'],
  scopes: ['seller.product.basic'],
  query: NoQuery,
  body: Type.Object({
    product_ids: Type.Optional(Type.Array(Type.String())),
    sku_ids: Type.Optional(Type.Array(Type.String())),
  }),
  handle: ({ world, shop, body }) => {
    const { product_ids: productIds = [], sku_ids: skuIds = [] } = body;
    if (productIds.length > MOST_PRODUCTS) throw refuseProduct(12019120);
    if (skuIds.length > MOST_SKUS) throw refuseProduct(12019015);
    if (productIds.length === 0 && skuIds.length === 0) throw refuseProduct(12052910);
    const skus = skuIds.length > 0 ? bySku(shop, skuIds) : byProduct(shop, productIds);
    return {
      inventory: [...new Set(skus.map(({ productId }) => productId))].map((id) => ({
        product_id: id,
        skus: skus.filter(({ productId }) => productId === id).map((sku) => renderInventory(world, sku)),
      })),
    };
  },
});

function bySku(shop: Shop, ids: readonly string[]): Sku[] {
  return [...new Set(ids)].flatMap((id) => shop.catalogue.sku(id) ?? []);
}

function byProduct(shop: Shop, ids: readonly string[]): Sku[] {
  return [...new Set(ids)].flatMap((id) => shop.catalogue.product(id)?.skus ?? []);
}

function renderInventory(world: World, sku: Sku): Wire {
  const stock = stockSeen(world, sku);
  const available = availableOf({ stock });
  const promotion = runningPromotion(sku, world.clock.nowSec());
  const inCampaign = Math.min(promotion?.quantity ?? 0, available);
  return {
    id: sku.id,
    seller_sku: sku.sellerSku,
    total_available_quantity: available,
    total_committed_quantity: committedOf({ stock }),
    warehouse_inventory: stock.map((row) => ({
      warehouse_id: row.warehouseId,
      available_quantity: row.available,
      committed_quantity: row.committed,
    })),
    total_available_inventory_distribution: {
      campaign_inventory:
        promotion === undefined ? [] : [{ quantity: inCampaign, campaign_name: promotion.name }],
      creator_inventory: [],
      in_shop_inventory: { quantity: available - inCampaign },
    },
  };
}
