import { formatMinor } from './money.js';
import type { NewPrices, NewStock } from './content.js';
import type { Sku } from './model.js';
import { auditOf, type Product, type ProductStatus } from './product.js';
import type { ProductEffect } from './product-effects.js';
import { rememberStock } from './past-stock.js';
import { refill, stockIn } from './stock.js';
import type { Shop, World } from './world.js';
import {
  tellProductAudited,
  tellProductCreated,
  tellProductEdited,
  tellProductStatus,
  tellStock,
} from '../webhooks/tell.js';

/** Who changed it, for the list of effects. */
export interface ChangeSource {
  via: ProductEffect['via'];
  requestId: string;
}

const deactivated: readonly ProductStatus[] = ['SELLER_DEACTIVATED', 'PLATFORM_DEACTIVATED'];
/** Statuses in which nothing is reviewed or drafted any more. */
const ends: readonly ProductStatus[] = ['FREEZE', 'DELETED'];

function forgetVersions(product: Product): void {
  delete product.review;
  delete product.draft;
  delete product.pendingAudit;
}

/** The only way the status changes; audit and time of last change follow. */
export function setProductStatus(
  world: World,
  shop: Shop,
  product: Product,
  status: ProductStatus,
  source: ChangeSource,
  atSec = world.clock.nowSec(),
): void {
  const before = product.status;
  product.status = status;
  // Seen live: a product that was on sale keeps what its audit has said when it is switched off.
  if (before !== 'ACTIVATE' || !deactivated.includes(status)) product.audit = auditOf(status);
  if (ends.includes(status)) forgetVersions(product);
  shop.catalogue.touch(product, atSec);
  world.productEffects.add({
    ...seen(shop, product, source, atSec),
    kind: 'status_changed',
    status: { before, after: status },
  });
  world.changed();
  tellProductStatus(world, shop, product, before, atSec);
}

type NewQuantity = Pick<NewStock, 'warehouseId' | 'quantity'> & Partial<NewStock>;

/** Sets the stock in the warehouses given; a warehouse that the SKU did not have yet is assigned to it. */
export function setStock(
  world: World,
  shop: Shop,
  sku: Sku,
  quantities: readonly NewQuantity[],
  source: ChangeSource,
): void {
  rememberStock(world, sku);
  const inventory = quantities.map(({ warehouseId, quantity, backorder, handlingDays }) => {
    let stock = stockIn(sku, warehouseId);
    if (stock === undefined) sku.stock.push((stock = { warehouseId, available: 0, committed: 0 }));
    const before = stock.available;
    stock.available = quantity;
    // TikTok: a back-order that is not mentioned stays as it is.
    if (backorder !== undefined) stock.backorder = backorder;
    if (handlingDays !== undefined) stock.handlingDays = handlingDays;
    refill(stock);
    return { warehouseId, before, after: stock.available };
  });
  recordSku(world, shop, sku, source, { kind: 'inventory_updated', inventory });
  const trigger = source.via === 'api' ? 'OPEN_API' : 'SELLER_CENTER';
  for (const change of inventory) tellStock(world, shop, sku, { ...change, trigger });
}

export function setPrice(world: World, shop: Shop, sku: Sku, price: NewPrices, source: ChangeSource): void {
  const text = (minor: number): string => formatMinor(minor, shop.region.currency);
  const before = text(sku.priceMinor);
  sku.priceMinor = price.priceMinor;
  if (price.preTaxMinor !== undefined) sku.preTaxMinor = price.preTaxMinor;
  if (price.listPriceMinor !== undefined) sku.listPriceMinor = price.listPriceMinor;
  if (price.externalListPriceMinor !== undefined) sku.externalListPriceMinor = price.externalListPriceMinor;
  recordSku(world, shop, sku, source, {
    kind: 'price_updated',
    price: { before, after: text(price.priceMinor) },
  });
}

/** Notes a change of the product as a whole. */
export function recordProduct(
  world: World,
  shop: Shop,
  product: Product,
  source: ChangeSource,
  change: Pick<ProductEffect, 'kind' | 'content' | 'audit'>,
  atSec = world.clock.nowSec(),
): void {
  world.productEffects.add({ ...seen(shop, product, source, atSec), ...change });
  world.changed();
  if (change.kind === 'product_created') tellProductCreated(world, shop, product, atSec);
  if (change.kind === 'product_audited') tellProductAudited(world, shop, product, atSec);
  if (change.kind === 'product_edited') tellProductEdited(world, shop, product, { via: source.via, atSec });
}

type SkuChange = Pick<ProductEffect, 'kind' | 'inventory' | 'price'>;

function recordSku(world: World, shop: Shop, sku: Sku, source: ChangeSource, change: SkuChange): void {
  const product = shop.catalogue.product(sku.productId);
  if (product === undefined) throw new Error(`SKU ${sku.id} has no product`);
  const atSec = world.clock.nowSec();
  shop.catalogue.touch(product, world.behaviour.stockAndPriceMoveUpdateTime ? atSec : undefined);
  world.productEffects.add({
    ...seen(shop, product, source, atSec),
    skuId: sku.id,
    sellerSku: sku.sellerSku,
    ...change,
  });
  world.changed();
}

function seen(
  shop: Shop,
  product: Product,
  source: ChangeSource,
  atSec: number,
): Pick<ProductEffect, 'atSec' | 'shopId' | 'productId' | 'via' | 'requestId'> {
  return { atSec, shopId: shop.id, productId: product.id, ...source };
}
