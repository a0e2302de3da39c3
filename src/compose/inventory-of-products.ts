import type { InventoryDeps } from '../inventory/inventory-deps.js';
import { tellItems } from '../inventory/feed/tell-items.js';
import type { InventoryOfProducts } from '../products/push/tell-stock.js';

/** Products say quantities and prices; what becomes of them is up to the inventory. */
export function inventoryOfProducts(deps: InventoryDeps): InventoryOfProducts {
  return {
    tell: (tx, connection, items) => tellItems(deps, tx, connection, items),
    changed: async (connectionId, options) => deps.inventoryChanged?.(connectionId, options),
  };
}
