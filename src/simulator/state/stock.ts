import type { Order, Promotion, Sku, Stock, Unit, Warehouse } from './model.js';
import type { Shop } from './world.js';

/** What all warehouses of the SKU have for sale together. */
export function availableOf(sku: Sku): number {
  return sku.stock.reduce((sum, stock) => sum + stock.available, 0);
}

export function committedOf(sku: Sku): number {
  return sku.stock.reduce((sum, stock) => sum + stock.committed, 0);
}

export function stockIn(sku: Sku, warehouseId: string): Stock | undefined {
  return sku.stock.find((stock) => stock.warehouseId === warehouseId);
}

/** The promotion that runs now: one whose time is over no longer locks anything. */
export function runningPromotion(sku: Sku, nowSec: number): Promotion | undefined {
  return sku.promotion !== undefined && sku.promotion.endsSec > nowSec ? sku.promotion : undefined;
}

/** Warehouses that sell, the default one first. */
export function salesWarehouses(shop: Shop): Warehouse[] {
  return shop.warehouses
    .filter((warehouse) => warehouse.type === 'SALES_WAREHOUSE' && warehouse.effectStatus === 'ENABLED')
    .toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
}

export function defaultWarehouse(shop: Shop): Warehouse | undefined {
  return salesWarehouses(shop)[0] ?? shop.warehouses.find((warehouse) => warehouse.isDefault);
}

/** The first warehouse that has all of the lines; undefined when none has. */
export function warehouseFor(
  shop: Shop,
  lines: readonly { sku: Sku; quantity: number }[],
): Warehouse | undefined {
  const wanted = new Map<Sku, number>();
  for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  return salesWarehouses(shop).find(({ id }) =>
    [...wanted].every(([sku, quantity]) => (stockIn(sku, id)?.available ?? 0) >= quantity),
  );
}

/**
 * A new order takes its pieces out of what can be sold. It never goes below zero: TikTok sells nothing that is not
 * there, only a generated load of orders may ask for more.
 */
export function commitStock(shop: Shop, order: Order): void {
  for (const [sku, quantity] of quantities(order, order.units)) {
    const stock = stockIn(sku, order.warehouseId);
    if (stock === undefined) continue;
    stock.available = Math.max(0, stock.available - quantity);
    stock.committed += quantity;
    refill(stock);
    touchProduct(shop, sku);
  }
}

/** Shipped pieces have left the house; cancelled ones can be sold again. */
export function releaseStock(shop: Shop, order: Order, units: readonly Unit[], to: 'buyer' | 'shelf'): void {
  for (const [sku, quantity] of quantities(order, units)) {
    const stock = stockIn(sku, order.warehouseId);
    if (stock === undefined) continue;
    stock.committed = Math.max(0, stock.committed - quantity);
    if (to === 'shelf') stock.available += quantity;
    touchProduct(shop, sku);
  }
}

/** TikTok: back-ordered pieces become sellable by themselves once what is in stock is sold out. */
function refill(stock: Stock): void {
  if (stock.available > 0 || stock.backorder === undefined) return;
  stock.available = stock.backorder;
  delete stock.backorder;
}

/** Goods in TikTok's own warehouses are not the seller's stock. */
function quantities(order: Order, units: readonly Unit[]): Map<Sku, number> {
  const bySku = new Map<Sku, number>();
  if (order.fulfillmentType === 'FULFILLMENT_BY_TIKTOK') return bySku;
  for (const { sku } of units) bySku.set(sku, (bySku.get(sku) ?? 0) + 1);
  return bySku;
}

/** UNCONFIRMED: an order moves the stock of a product, but not its time of last change. */
function touchProduct(shop: Shop, sku: Sku): void {
  const product = shop.catalogue.product(sku.productId);
  if (product !== undefined) shop.catalogue.touch(product);
}
