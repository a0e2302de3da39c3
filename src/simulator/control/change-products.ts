import { addProduct } from '../seeds/build-product.js';
import type { Sku, Warehouse } from '../state/model.js';
import { contentOf } from '../listing/content-of.js';
import { parseMinor } from '../state/money.js';
import type { Product } from '../state/product.js';
import { setPrice, setProductStatus, setStock, type ChangeSource } from '../state/product-machine.js';
import { stockIn } from '../state/stock.js';
import { makeDefault } from '../state/warehouses.js';
import type { Shop, World } from '../state/world.js';
import { ControlError } from './control-error.js';
import type { NewProduct, ProductPatch, SkuPatch, WarehousePatch } from './product-schema.js';

const byHand: ChangeSource = { via: 'seller_center', requestId: '' };

/** Throws a RangeError for an amount that is none in the shop's currency, a ControlError for an unknown warehouse. */
export function createProduct(world: World, shop: Shop, input: NewProduct): Product {
  const { createdMinutesAgo = 0, skus, draftTitle, reviewTitle, ...rest } = input;
  const minor = (amount: string): number => parseMinor(amount, shop.region.currency);
  for (const { stock } of skus) if (typeof stock === 'object') knownWarehouses(shop, Object.keys(stock));
  const product = addProduct(world, shop, {
    ...rest,
    createdSec: Math.floor(world.clock.nowSec() - createdMinutesAgo * 60),
    skus: skus.map(({ price, listPrice, ...sku }) => ({
      ...sku,
      ...(price === undefined ? {} : { priceMinor: minor(price) }),
      ...(listPrice === undefined ? {} : { listPriceMinor: minor(listPrice) }),
    })),
  });
  setVersion(world, shop, product, 'draft', draftTitle);
  setVersion(world, shop, product, 'review', reviewTitle);
  return product;
}

export function patchProduct(world: World, shop: Shop, product: Product, patch: ProductPatch): Product {
  if (patch.status !== undefined) setProductStatus(world, shop, product, patch.status, byHand);
  if (patch.audit !== undefined) product.audit = patch.audit;
  if (patch.isNotForSale !== undefined) product.isNotForSale = patch.isNotForSale;
  if (patch.editLock === null) delete product.editLock;
  else if (patch.editLock !== undefined) product.editLock = patch.editLock;
  if (patch.title !== undefined) rename(product, patch.title);
  setVersion(world, shop, product, 'draft', patch.draftTitle);
  setVersion(world, shop, product, 'review', patch.reviewTitle);
  shop.catalogue.touch(product, world.clock.nowSec());
  world.changed();
  return product;
}

/** A version that differs from the live one in its title alone. */
function setVersion(
  world: World,
  shop: Shop,
  product: Product,
  version: 'draft' | 'review',
  title: string | null | undefined,
): void {
  if (title === null) delete product[version];
  else if (title !== undefined) product[version] = { ...contentOf(world, shop, product), title };
}

function rename(product: Product, title: string): void {
  product.title = title;
  if (product.content !== undefined) product.content = { ...product.content, title };
  for (const sku of product.skus) sku.productName = title;
}

/** What the seller does in Seller Center: no promotion and no limit holds the seller back here. */
export function patchSku(world: World, shop: Shop, sku: Sku, patch: SkuPatch): void {
  const nowSec = world.clock.nowSec();
  const { price, stock, backorder, promotion, deactivatedBy, sellerSku, stockLock } = patch;
  knownWarehouses(shop, Object.keys({ ...stock, ...backorder }));
  if (price !== undefined) {
    setPrice(world, shop, sku, { priceMinor: parseMinor(price, shop.region.currency) }, byHand);
  }
  if (stock !== undefined) {
    const quantities = Object.entries(stock).map(([warehouseId, quantity]) => ({ warehouseId, quantity }));
    setStock(world, shop, sku, quantities, byHand);
  }
  if (backorder !== undefined) {
    const quantities = Object.entries(backorder).map(([warehouseId, quantity]) => ({
      warehouseId,
      quantity: stockIn(sku, warehouseId)?.available ?? 0,
      backorder: quantity,
    }));
    setStock(world, shop, sku, quantities, byHand);
  }
  if (stockLock === null) delete sku.stockLock;
  else if (stockLock !== undefined) sku.stockLock = stockLock;
  if (promotion === null) delete sku.promotion;
  else if (promotion !== undefined) {
    const { name = 'Flash sale', quantity = 0, endsInSeconds, discount = 'fixed_price' } = promotion;
    sku.promotion = { name, quantity, endsSec: nowSec + endsInSeconds, discount };
  }
  if (deactivatedBy === null) delete sku.deactivatedBy;
  else if (deactivatedBy !== undefined) sku.deactivatedBy = deactivatedBy;
  if (sellerSku !== undefined) shop.catalogue.renameSku(sku, sellerSku);
  const product = shop.catalogue.product(sku.productId);
  if (product?.content !== undefined && sellerSku !== undefined) {
    const skus = product.content.skus.map((known) => (known.id === sku.id ? { ...known, sellerSku } : known));
    product.content = { ...product.content, skus };
  }
  const isEdit = deactivatedBy !== undefined || sellerSku !== undefined;
  if (product !== undefined) shop.catalogue.touch(product, isEdit ? nowSec : undefined);
  world.changed();
}

export function patchWarehouse(
  world: World,
  shop: Shop,
  warehouse: Warehouse,
  patch: WarehousePatch,
): Warehouse {
  if (patch.name !== undefined) warehouse.name = patch.name;
  if (patch.regionCode !== undefined) warehouse.regionCode = patch.regionCode;
  if (patch.effectStatus !== undefined) warehouse.effectStatus = patch.effectStatus;
  if (patch.isDefault === true) makeDefault(shop, warehouse);
  world.changed();
  return warehouse;
}

function knownWarehouses(shop: Shop, ids: readonly string[]): void {
  const unknown = ids.find((id) => !shop.warehouses.some((warehouse) => warehouse.id === id));
  if (unknown !== undefined) throw new ControlError(400, `warehouse ${unknown} is not one of the shop's`);
}
