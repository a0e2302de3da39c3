import type { Product, ProductStatus } from '../state/product.js';
import type { Shop, World } from '../state/world.js';
import { refuseProduct, type ProductCode } from './product-error.js';

/** The product of this shop, or the code that tells what is wrong with the id. */
export function findProduct(world: World, shop: Shop, id: string): Product | ProductCode {
  const product = shop.catalogue.product(id);
  if (product !== undefined) return product;
  const elsewhere = [...world.shops.values()].some((other) => other.catalogue.product(id) !== undefined);
  return elsewhere ? 12052048 : 12052032;
}

/** Throws 12052048 for another shop's product, 12052032 for an unknown one. */
export function productOfShop(world: World, shop: Shop, id: string): Product {
  const found = findProduct(world, shop, id);
  if (typeof found === 'number') throw refuseProduct(found);
  return found;
}

/** For what TikTok allows with live products only. Throws 12052901 when it is not one. */
export function liveProductOfShop(world: World, shop: Shop, id: string): Product {
  const product = productOfShop(world, shop, id);
  if (product.status !== 'ACTIVATE') throw refuseProduct(12052901);
  return product;
}

/** For a change of stock. Throws 12052901 where the product's status forbids it. */
export function stockedProductOfShop(world: World, shop: Shop, id: string): Product {
  if (world.behaviour.stockUpdates === 'live') return liveProductOfShop(world, shop, id);
  const product = productOfShop(world, shop, id);
  const refused = world.behaviour.stockUpdates === 'not_frozen' ? gone : unsettled;
  if (refused.has(product.status)) throw refuseProduct(12052901);
  return product;
}

const gone: ReadonlySet<ProductStatus> = new Set(['FREEZE', 'DELETED']);
/** Those, and products that no audit has let through. */
const unsettled: ReadonlySet<ProductStatus> = new Set([...gone, 'PENDING', 'FAILED']);

const MORE_SKUS = new Set(['BR', 'DE', 'ES', 'FR', 'GB', 'IE', 'IT', 'JP', 'MX', 'US']);

/** TikTok: at most 300 SKUs per product in BR, EU, JP, MX, UK and US, 100 elsewhere. */
export function skuLimit(shop: Shop): number {
  return MORE_SKUS.has(shop.region.code) ? 300 : 100;
}

/**
 * What inventory and price update check about the list of SKUs as a whole. Throws 12052902, 12052050 or 12052553.
 */
export function checkSkuList(shop: Shop, skus: readonly { id: string }[]): void {
  if (skus.length === 0) throw refuseProduct(12052902);
  if (skus.length > skuLimit(shop)) throw refuseProduct(12052050);
  if (new Set(skus.map(({ id }) => id)).size < skus.length) throw refuseProduct(12052553);
}
