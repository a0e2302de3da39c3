import type { Wire } from './wire.js';

/** A request of return search 202309. */
export type WireReturn = Wire<
  | 'return_id'
  | 'order_id'
  | 'return_type'
  | 'return_status'
  | 'arbitration_status'
  | 'role'
  | 'return_reason'
  | 'return_reason_text'
  | 'shipment_type'
  | 'handover_method'
  | 'return_tracking_number'
  | 'return_provider_name'
  | 'return_provider_id'
  | 'pre_return_id'
  | 'next_return_id'
  | 'can_buyer_keep_item'
  | 'create_time'
  | 'update_time'
  | 'seller_next_action_response'
  | 'return_line_items'
  | 'refund_amount'
  | 'return_shipping_document_type'
  | 'return_method'
  | 'is_combined_return'
  | 'combined_return_id'
  | 'seller_proposed_return_type'
  | 'partial_refund'
  | 'buyer_rejected_partial_refund'
  | 'return_warehouse_address'
>;

/** One per piece. */
export type WireReturnLineItem = Wire<
  | 'return_line_item_id'
  | 'order_line_item_id'
  | 'sku_id'
  | 'sku_name'
  | 'product_name'
  | 'seller_sku'
  | 'product_image'
  | 'refund_amount'
>;

export type WireRefundAmount = Wire<
  | 'currency'
  | 'refund_total'
  | 'refund_subtotal'
  | 'refund_shipping_fee'
  | 'refund_tax'
  | 'retail_delivery_fee'
  | 'buyer_service_fee'
>;

/** An entry of Get Return Records 202309. */
export type WireReturnRecord = Wire<
  'role' | 'description' | 'reason_text' | 'note' | 'images' | 'videos' | 'create_time'
>;
