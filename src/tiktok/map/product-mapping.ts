import type { ShopProduct, ShopSku, WarehouseStock } from '../../domain/product.js';
import type {
  WireProduct,
  WireSku,
  WireSkuInventory,
  WireSkuPrice,
  WireStock,
  WireWarehouseStock,
} from '../wire/product-wire.js';
import {
  amountOrNull,
  asRecord,
  listOf,
  requiredText,
  requiredTime,
  textOf,
  textOrNull,
} from '../wire/read.js';

/** @throws UnreadableError without an id or a time of change: such a product cannot be told from an older one */
export function mapProduct(wire: WireProduct): ShopProduct {
  return {
    productId: requiredText(wire.id, 'id'),
    title: textOf(wire.title),
    status: requiredText(wire.status, 'status'),
    updatedAt: requiredTime(wire.update_time ?? wire.create_time, 'update_time'),
    skus: listOf(wire.skus).map((sku) => mapSku(asRecord(sku) ?? {})),
  };
}

function mapSku(wire: WireSku): ShopSku {
  const skuId = requiredText(wire.id, 'skus.id');
  const price: WireSkuPrice | null = asRecord(wire.price);
  return {
    skuId,
    sellerSku: textOrNull(wire.seller_sku) ?? skuId,
    // Older answers know no status of a SKU: there it is as live as its product.
    status: textOrNull(asRecord(wire.status_info)?.['status']) ?? 'NORMAL',
    price: amountOrNull(price?.tax_exclusive_price, 'price') ?? amountOrNull(price?.sale_price, 'price'),
    currency: textOrNull(price?.currency),
    stock: listOf(wire.inventory).map((entry) => mapInventory(asRecord(entry) ?? {})),
  };
}

function mapInventory(wire: WireSkuInventory): WarehouseStock {
  return {
    warehouseId: requiredText(wire.warehouse_id, 'inventory.warehouse_id'),
    quantity: countOf(wire.quantity),
  };
}

/** A SKU's stock as inventory search shows it. */
export interface SkuStock {
  skuId: string;
  stock: ShownStock[];
}

/** What TikTok shows of a SKU in one warehouse. */
interface ShownStock extends WarehouseStock {
  /** Ordered and not on its way yet; such pieces are not in `quantity`, which is what can be sold. */
  committed: number;
}

export function mapStock(wire: WireStock): SkuStock {
  return {
    skuId: requiredText(wire.id, 'id'),
    stock: listOf(wire.warehouse_inventory).map((entry) => {
      const warehouse: WireWarehouseStock = asRecord(entry) ?? {};
      return {
        warehouseId: requiredText(warehouse.warehouse_id, 'warehouse_id'),
        quantity: countOf(warehouse.available_quantity),
        committed: countOf(warehouse.committed_quantity),
      };
    }),
  };
}

/** TikTok shows a stock that was oversold as a negative number; there is nothing there. */
function countOf(value: unknown): number {
  const count = Number(textOrNull(value) ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}
