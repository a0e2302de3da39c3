import type { Order, Promotion, Sku, Stock, Unit, Warehouse } from './model.js';
import { rememberStock } from './past-stock.js';
import type { Shop, World } from './world.js';
import { tellStock } from '../webhooks/tell.js';

/** What all warehouses of the SKU have for sale together. */
export function availableOf(sku: { stock: readonly Stock[] }): number {
  return sku.stock.reduce((sum, stock) => sum + stock.available, 0);
}

export function committedOf(sku: { stock: readonly Stock[] }): number {
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
export function commitStock(world: World, shop: Shop, order: Order): void {
  takeStock(world, shop, order, order.units);
}

function takeStock(world: World, shop: Shop, order: Order, units: readonly Unit[]): void {
  for (const [sku, quantity] of quantities(order, units)) {
    const stock = stockIn(sku, order.warehouseId);
    if (stock === undefined) continue;
    rememberStock(world, sku);
    const before = stock.available;
    stock.available = Math.max(0, stock.available - quantity);
    stock.committed += quantity;
    refill(stock);
    touchProduct(world, shop, sku);
    const { warehouseId, available: after } = stock;
    tellStock(world, shop, sku, { warehouseId, before, after, trigger: 'ORDER' });
  }
}

/** Shipped pieces have left the house; cancelled ones can be sold again. */
export function releaseStock(
  world: World,
  shop: Shop,
  order: Order,
  units: readonly Unit[],
  to: 'buyer' | 'shelf',
): void {
  for (const [sku, quantity] of quantities(order, units)) {
    const stock = stockIn(sku, order.warehouseId);
    if (stock === undefined) continue;
    rememberStock(world, sku);
    const before = stock.available;
    stock.committed = Math.max(0, stock.committed - quantity);
    if (to === 'shelf') stock.available += quantity;
    touchProduct(world, shop, sku);
    const { warehouseId, available: after } = stock;
    tellStock(world, shop, sku, { warehouseId, before, after, trigger: 'ORDER_RELEASE' });
  }
}

/**
 * TikTok lets US packages leave from another warehouse than the order's. UNCONFIRMED: the pieces are then taken there,
 * and given back where they were.
 */
export function moveStock(world: World, shop: Shop, order: Order, units: readonly Unit[], to: string): void {
  releaseStock(world, shop, order, units, 'shelf');
  order.warehouseId = to;
  takeStock(world, shop, order, units);
}

/** TikTok: back-ordered pieces become sellable by themselves once what is in stock is sold out. */
export function refill(stock: Stock): void {
  if (stock.available > 0 || stock.backorder === undefined) return;
  stock.available = stock.backorder;
  delete stock.backorder;
}

/** Goods in TikTok's own warehouses are not the seller's stock. */
function quantities(order: Order, units: readonly Unit[]): Map<Sku, number> {
  const bySku = new Map<Sku, number>();
  if (order.fulfillmentType === 'FULFILLMENT_BY_TIKTOK') return bySku;
  const add = (sku: Sku, count: number): void => {
    bySku.set(sku, (bySku.get(sku) ?? 0) + count);
  };
  for (const { sku, parts = [] } of units) {
    // UNCONFIRMED: a sold bundle takes its parts off the shelf, and one off its own number as well.
    add(sku, 1);
    for (const part of parts) add(part.sku, part.count);
  }
  return bySku;
}

function touchProduct(world: World, shop: Shop, sku: Sku): void {
  const product = shop.catalogue.product(sku.productId);
  const atSec = world.behaviour.ordersMoveUpdateTime ? world.clock.nowSec() : undefined;
  if (product !== undefined) shop.catalogue.touch(product, atSec);
}
