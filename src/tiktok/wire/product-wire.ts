import type { Wire } from './wire.js';

/** A product of product search 202502 and of product detail 202309. */
export type WireProduct = Wire<'id' | 'title' | 'status' | 'create_time' | 'update_time' | 'skus'>;

export type WireSku = Wire<'id' | 'seller_sku' | 'price' | 'inventory' | 'status_info'>;

/** Local sellers see `tax_exclusive_price`, cross-border sellers `sale_price`. */
export type WireSkuPrice = Wire<'currency' | 'tax_exclusive_price' | 'sale_price'>;

/** `quantity` is a number here. */
export type WireSkuInventory = Wire<'warehouse_id' | 'quantity'>;

/** Of inventory search; quantities are numbers. */
export type WireStock = Wire<'id' | 'seller_sku' | 'warehouse_inventory'>;

export type WireWarehouseStock = Wire<'warehouse_id' | 'available_quantity' | 'committed_quantity'>;

/** An entry of `data.errors` of an update that went well otherwise. */
export type WireItemError = Wire<'code' | 'message' | 'detail'>;

export type WireItemErrorDetail = Wire<'sku_id' | 'extra_errors'>;

export type WireExtraError = Wire<'code' | 'message' | 'warehouse_id'>;
