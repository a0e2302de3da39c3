import { createHash } from 'node:crypto';
import type { DecimalString } from '../kernel/money.js';

/** TikTok's product statuses, with the numbers that its retired API had for them. */
const legacyProductStatus: Readonly<Record<string, number>> = {
  DRAFT: 1,
  PENDING: 2,
  FAILED: 3,
  ACTIVATE: 4,
  SELLER_DEACTIVATED: 5,
  PLATFORM_DEACTIVATED: 6,
  FREEZE: 7,
  DELETED: 8,
};

export const LIVE = 'ACTIVATE';
export const DELETED = 'DELETED';
/** A SKU's own status when its product is shown without it: an edit has removed it. */
export const REMOVED = 'REMOVED';

/** A product as TikTok shows it, as far as stock and prices need it. */
export interface ShopProduct {
  productId: string;
  title: string;
  /** See legacyProductStatus; the list is open. */
  status: string;
  updatedAt: Date;
  /** All SKUs that it has. */
  skus: ShopSku[];
}

export interface ShopSku {
  skuId: string;
  /** The seller's own SKU; TikTok's id of the SKU where the seller gave none. */
  sellerSku: string;
  /** `NORMAL` or `DEACTIVATED`; the list is open. */
  status: string;
  price: DecimalString | null;
  currency: string | null;
  stock: WarehouseStock[];
}

export interface WarehouseStock {
  warehouseId: string;
  quantity: number;
}

/** A SKU of the mirror. */
export interface MirrorSku {
  skuId: string;
  productId: string;
  sellerSku: string;
  productStatus: string;
  skuStatus: string;
  price: DecimalString | null;
  currency: string | null;
  /** Where it is stocked, with what TikTok showed then; committed pieces where the answer told them. */
  warehouses: { id: string; quantity: number; committed?: number }[];
  /** Null where nobody asked for it. */
  readAt: Date | null;
}

/** A place where a shop keeps stock. */
export interface MirrorWarehouse {
  warehouseId: string;
  name: string;
  /** `SALES_WAREHOUSE` or `RETURN_WAREHOUSE` */
  type: string;
  /** `ENABLED`, `DISABLED` or `RESTRICTED` */
  effectStatus: string;
  isDefault: boolean;
}

/** As people know it: `ACTIVATE (4)`. */
export function productStatusText(status: string): string {
  const number = legacyProductStatus[status];
  return number === undefined ? status : `${status} (${number})`;
}

/**
 * Of everything that decides whether and how a SKU can be sent. Quantities and prices stay out: they change with every
 * order and every push, and nothing has to be decided anew for them.
 */
export function fingerprintOf(product: ShopProduct, sku: ShopSku): string {
  const warehouseIds = sku.stock.map(({ warehouseId }) => warehouseId).toSorted();
  const facts = [product.productId, product.status, sku.sellerSku, sku.status, sku.currency, warehouseIds];
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 22);
}

/** A shop, as the mirror and what was sent are kept by. */
export interface ShopKey {
  environment: string;
  shopId: string;
}
