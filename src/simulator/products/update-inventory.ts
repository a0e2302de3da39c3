import { Type, type Static } from 'typebox';

import { NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Sku, StockLock, Warehouse } from '../state/model.js';
import { setStock } from '../state/product-machine.js';
import { runningPromotion, stockIn } from '../state/stock.js';
import type { Shop, World } from '../state/world.js';
import { checkSkuList, stockedProductOfShop } from './find-product.js';
import { productError, type ItemError, type ProductCode } from './product-error.js';

const Entry = Type.Object({
  warehouse_id: Type.Optional(Type.String()),
  quantity: Type.Integer(),
  backorder_quantity: Type.Optional(Type.Integer()),
  handling_time: Type.Optional(Type.Integer()),
});
const SkuInventory = Type.Object({ id: Type.String(), inventory: Type.Array(Entry) });

const MOST_PIECES = 99_999;

const lockCodes = { auction: 12052371, combo: 12052850, shared: 12052921 } as const satisfies Record<
  StockLock,
  ProductCode
>;

/** An error inside `extra_errors`, at a warehouse where there is one to blame. */
interface ExtraError extends ItemError {
  warehouse_id?: string;
}

/**
 * TikTok: Update Inventory 202309. A SKU is taken as a whole or not at all; what is wrong with one
 * SKU stands in `data.errors` under code 0 and stops no other.
 */
export const updateInventoryRoute = shopRoute({
  method: 'POST',
  path: '/product/{version}/products/{product_id}/inventory/update',
  versions: ['202309'],
  scopes: ['seller.product.write'],
  query: NoQuery,
  body: Type.Object({ skus: Type.Array(SkuInventory) }),
  handle: ({ world, shop, params, body, requestId }) => {
    const product = stockedProductOfShop(world, shop, params['product_id'] ?? '');
    checkSkuList(shop, body.skus);
    const errors = body.skus.flatMap((given) => {
      const sku = product.skus.find(({ id }) => id === given.id);
      const extra =
        sku === undefined ? [productError(12052556)] : takeSku(world, shop, sku, given, requestId);
      if (extra.length === 0) return [];
      return [{ ...productError(12052990), detail: { sku_id: given.id, extra_errors: extra } }];
    });
    return errors.length === 0 ? {} : { errors };
  },
});

function takeSku(
  world: World,
  shop: Shop,
  sku: Sku,
  given: Static<typeof SkuInventory>,
  requestId: string,
): ExtraError[] {
  if (sku.stockLock !== undefined) return [productError(lockCodes[sku.stockLock])];
  const entries = namedEntries(sku, given.inventory);
  if (!Array.isArray(entries)) return [entries];
  const errors: ExtraError[] = entries.flatMap((entry) => {
    const code = wrongWarehouse(world, shop, sku, entry.warehouseId) ?? wrongQuantity(world, sku, entry);
    return code === undefined ? [] : [{ warehouse_id: entry.warehouseId, ...productError(code) }];
  });
  const left = leftOut(shop, sku, entries);
  if (left.length > 0 && world.behaviour.leftOutWarehouse === 'refused') errors.push(...left);
  errors.push(...fallsTogether(world, sku, entries));
  if (errors.length > 0) return errors;
  const emptied =
    world.behaviour.leftOutWarehouse === 'zero'
      ? left.map(({ warehouse_id: warehouseId }) => ({ warehouseId, quantity: 0 }))
      : [];
  const set = [...entries, ...emptied].map((entry) => ({ ...entry, quantity: sellable(world, sku, entry) }));
  setStock(world, shop, sku, set, { via: 'api', requestId });
  return [];
}

/** What an update makes sellable. Below zero: more pieces are ordered than it says there are. */
function sellable(world: World, sku: Sku, entry: Pick<NamedEntry, 'warehouseId' | 'quantity'>): number {
  if (world.behaviour.updateSets === 'available') return entry.quantity;
  return entry.quantity - (stockIn(sku, entry.warehouseId)?.committed ?? 0);
}

/** With `promotionHolds` set to sku: the warehouses may move against each other, their sum may not fall. */
function fallsTogether(world: World, sku: Sku, entries: readonly NamedEntry[]): ItemError[] {
  if (world.behaviour.promotionHolds === 'warehouse' || !isHeld(world, sku)) return [];
  const change = entries.reduce(
    (sum, entry) => sum + sellable(world, sku, entry) - (stockIn(sku, entry.warehouseId)?.available ?? 0),
    0,
  );
  return change < 0 ? [productError(12052393)] : [];
}

function isHeld(world: World, sku: Sku): boolean {
  return runningPromotion(sku, world.clock.nowSec()) !== undefined;
}

interface NamedEntry {
  warehouseId: string;
  quantity: number;
  backorder: number | undefined;
  handlingDays: number | undefined;
}

/** TikTok: the warehouse may be left out where the SKU has a single one. */
function namedEntries(sku: Sku, entries: readonly Static<typeof Entry>[]): NamedEntry[] | ItemError {
  const [only, ...others] = sku.stock;
  if (entries.length === 0 || only === undefined) return productError(12019022);
  const named = entries.map((entry) => ({
    warehouseId: entry.warehouse_id ?? (others.length === 0 ? only.warehouseId : ''),
    quantity: entry.quantity,
    backorder: entry.backorder_quantity,
    handlingDays: entry.handling_time,
  }));
  if (named.some(({ warehouseId }) => warehouseId === '')) return productError(12019028);
  const distinct = new Set(named.map(({ warehouseId }) => warehouseId));
  return distinct.size < named.length ? productError(12052037) : named;
}

function wrongWarehouse(world: World, shop: Shop, sku: Sku, id: string): ProductCode | undefined {
  const warehouse = warehouseOf(shop, id);
  if (warehouse === undefined) {
    const elsewhere = [...world.shops.values()].some((other) => warehouseOf(other, id) !== undefined);
    return elsewhere ? 12052530 : 12052097;
  }
  if (warehouse.type !== 'SALES_WAREHOUSE') return 12052532;
  if (warehouse.effectStatus !== 'ENABLED') return 12052531;
  // TikTok: "Do not omit any or add unrelated warehouses."
  return stockIn(sku, id) === undefined ? 12052533 : undefined;
}

function wrongQuantity(world: World, sku: Sku, entry: NamedEntry): ProductCode | undefined {
  if (entry.quantity < 0 || (entry.backorder ?? 0) < 0) return 12019024;
  const least = world.behaviour.zeroQuantity === 'accepted' ? 0 : 1;
  if (entry.quantity < least || entry.quantity > MOST_PIECES) return 12052055;
  if ((entry.backorder ?? 0) > MOST_PIECES) return 12052055;
  const quantity = sellable(world, sku, entry);
  // UNCONFIRMED which code this is; in Seller Center the number "must exceed locked".
  if (quantity < 0) return 12052055;
  const isLocked = world.behaviour.promotionHolds === 'warehouse' && isHeld(world, sku);
  return isLocked && quantity < (stockIn(sku, entry.warehouseId)?.available ?? 0) ? 12052393 : undefined;
}

/** UNCONFIRMED: a warehouse that is disabled can neither be given nor be missed. */
function leftOut(
  shop: Shop,
  sku: Sku,
  entries: readonly NamedEntry[],
): (ItemError & { warehouse_id: string })[] {
  return sku.stock
    .filter(({ warehouseId }) => !entries.some((entry) => entry.warehouseId === warehouseId))
    .filter(({ warehouseId }) => warehouseOf(shop, warehouseId)?.effectStatus === 'ENABLED')
    .map(({ warehouseId }) => ({ warehouse_id: warehouseId, ...productError(12019028) }));
}

function warehouseOf(shop: Shop, id: string): Warehouse | undefined {
  return shop.warehouses.find((warehouse) => warehouse.id === id);
}
