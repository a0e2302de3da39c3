import { pricesIn, variantName, type Content, type ContentSku } from './content.js';
import type { Sku } from './model.js';
import type { Product } from './product.js';
import type { Shop, World } from './world.js';
import { tellCategory } from '../webhooks/tell.js';

/** Makes this the product's content: SKUs that are new in it go on sale with it, those that it does not have are gone. */
export function applyContent(world: World, shop: Shop, product: Product, content: Content): void {
  const before = new Map(product.skus.map((sku) => [sku.id, sku]));
  const skus = content.skus.map((wanted) => {
    const known = before.get(wanted.id);
    return known === undefined
      ? skuOf(product, content.title, wanted)
      : changedSku(shop, known, content.title, wanted);
  });
  const former = product.content?.categoryId;
  product.title = content.title;
  product.isNotForSale = content.isNotForSale;
  product.content = { ...content, skus: content.skus.map(withoutBeginning) };
  shop.catalogue.replaceSkus(product, skus);
  shop.catalogue.touch(product);
  world.changed();
  if (former !== undefined && former !== content.categoryId)
    tellCategory(world, shop, product, { before: former, after: content.categoryId });
}

/** A SKU that is not on sale yet. */
export function skuOf(product: Product, title: string, wanted: ContentSku): Sku {
  return {
    id: wanted.id,
    productId: product.id,
    productName: title,
    name: variantName(wanted),
    sellerSku: wanted.sellerSku,
    ...pricesIn(wanted.prices ?? { priceMinor: 0 }),
    stock: (wanted.stock ?? []).map(({ warehouseId, quantity, backorder, handlingDays }) => ({
      warehouseId,
      available: quantity,
      committed: 0,
      ...(backorder === undefined ? {} : { backorder }),
      ...(handlingDays === undefined ? {} : { handlingDays }),
    })),
  };
}

function changedSku(shop: Shop, sku: Sku, title: string, wanted: ContentSku): Sku {
  if (sku.sellerSku !== wanted.sellerSku) shop.catalogue.renameSku(sku, wanted.sellerSku);
  sku.productName = title;
  sku.name = variantName(wanted);
  // A draft may hold a price: it begins to count with the draft's other content.
  if (wanted.prices !== undefined) Object.assign(sku, pricesIn(wanted.prices));
  return sku;
}

/** Price and stock live outside of the versions from now on. */
function withoutBeginning({ prices: _prices, stock: _stock, ...sku }: ContentSku): ContentSku {
  return sku;
}
