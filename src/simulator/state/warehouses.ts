import type { Warehouse } from './model.js';
import type { Shop, World } from './world.js';

interface WarehouseInput {
  name: string;
  type?: Warehouse['type'];
  isDefault?: boolean;
  /** All SKUs get so many pieces in it; none is assigned to it when left out. */
  assignToAll?: number;
}

export function addWarehouse(world: World, shop: Shop, input: WarehouseInput): Warehouse {
  const [like] = shop.warehouses;
  const warehouse: Warehouse = {
    id: world.ids.next('warehouse'),
    entityId: world.ids.next('warehouse'),
    name: input.name,
    type: input.type ?? 'SALES_WAREHOUSE',
    subType: like?.subType ?? 'DOMESTIC_WAREHOUSE',
    isDefault: false,
    effectStatus: 'ENABLED',
  };
  shop.warehouses.push(warehouse);
  if (input.isDefault === true) makeDefault(shop, warehouse);
  if (input.assignToAll !== undefined) assignToAll(shop, warehouse, input.assignToAll);
  world.changed();
  return warehouse;
}

export function findWarehouse(shop: Shop, id: string): Warehouse | undefined {
  return shop.warehouses.find((warehouse) => warehouse.id === id);
}

/** There is one default warehouse for sales, and one for returns. */
export function makeDefault(shop: Shop, chosen: Warehouse): void {
  for (const warehouse of shop.warehouses) {
    if (warehouse.type === chosen.type) warehouse.isDefault = warehouse === chosen;
  }
}

function assignToAll(shop: Shop, { id: warehouseId }: Warehouse, available: number): void {
  for (const product of shop.catalogue.all()) {
    for (const sku of product.skus) sku.stock.push({ warehouseId, available, committed: 0 });
    shop.catalogue.touch(product);
  }
}
