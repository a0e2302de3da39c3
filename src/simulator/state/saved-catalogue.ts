import type { Catalogue } from './catalogue.js';
import type { Sku } from './model.js';
import type { Product } from './product.js';
import { productsOf, type ProductBatch } from './product-batch.js';
import { defaultWarehouse } from './stock.js';
import type { Shop } from './world.js';

/** A catalogue as plain JSON: batches as they were asked for, and every product that no batch makes as it is. */
export interface SavedCatalogue {
  batches: ProductBatch[];
  products: Product[];
}

export function saveCatalogue(catalogue: Catalogue): SavedCatalogue {
  return {
    batches: [...catalogue.batches],
    products: [...catalogue.all()].filter((product) => !product.pristine).map(copyOf),
  };
}

export function restoreCatalogue(catalogue: Catalogue, saved: SavedCatalogue): void {
  const changed = new Set(saved.products.map(({ id }) => id));
  const products = saved.products.map(copyOf);
  for (const batch of saved.batches) {
    catalogue.batches.push(batch);
    for (const product of productsOf(batch)) if (!changed.has(product.id)) products.push(product);
  }
  for (const product of products.toSorted((a, b) => a.seq - b.seq)) catalogue.add(product);
}

/** A saved state is a picture: what happens later must not show in it. */
function copyOf(product: Product): Product {
  const { retired, ...rest } = product;
  // Versions of the content are never changed, only replaced.
  return {
    ...rest,
    skus: product.skus.map(copyOfSku),
    ...(retired === undefined ? {} : { retired: retired.map(copyOfSku) }),
  };
}

function copyOfSku(sku: Sku): Sku {
  return { ...sku, stock: sku.stock.map((stock) => ({ ...stock })) };
}

/** A SKU as it was saved before there were products with stock. */
export type OldSku = Omit<Sku, 'stock'>;

const OLD_QUANTITY = 1000;

/** Each SKU of an old state becomes a live product, last changed long ago. */
export function adoptOldSkus(shop: Shop, skus: readonly OldSku[]): void {
  const warehouse = defaultWarehouse(shop);
  const stock =
    warehouse === undefined ? [] : [{ warehouseId: warehouse.id, available: OLD_QUANTITY, committed: 0 }];
  for (const [index, sku] of skus.entries()) {
    if (shop.catalogue.product(sku.productId) !== undefined) continue;
    const ofProduct = skus.filter(({ productId }) => productId === sku.productId);
    shop.catalogue.add({
      id: sku.productId,
      seq: index,
      title: sku.productName,
      status: 'ACTIVATE',
      audit: 'APPROVED',
      createdSec: 0,
      updatedSec: 0,
      skus: ofProduct.map((old) => ({ ...old, stock: structuredClone(stock) })),
      pristine: false,
    });
  }
}
