import type { Wire } from './wire.js';

/** An order of order search 202309 and order detail 202507. */
export type WireOrder = Wire<
  | 'id'
  | 'status'
  | 'order_type'
  | 'fulfillment_type'
  | 'shipping_type'
  | 'is_on_hold_order'
  | 'is_sample_order'
  | 'is_buyer_request_cancel'
  | 'create_time'
  | 'paid_time'
  | 'update_time'
  | 'rts_sla_time'
  | 'tts_sla_time'
  | 'shipping_due_time'
  | 'delivery_due_time'
  | 'cancel_reason'
  | 'buyer_email'
  | 'buyer_message'
  | 'seller_note'
  | 'payment_method_name'
  | 'payment_method_code'
  | 'delivery_option_id'
  | 'delivery_option_name'
  | 'warehouse_id'
  | 'packages'
  | 'payment'
  | 'recipient_address'
  | 'line_items'
>;

export type WirePayment = Wire<
  | 'currency'
  | 'total_amount'
  | 'sub_total'
  | 'shipping_fee'
  | 'tax'
  | 'seller_discount'
  | 'platform_discount'
  | 'original_total_product_price'
  | 'original_shipping_fee'
  | 'shipping_fee_seller_discount'
  | 'shipping_fee_platform_discount'
  | 'product_tax'
  | 'shipping_fee_tax'
  | 'retail_delivery_fee'
  | 'buyer_service_fee'
  | 'small_order_fee'
>;

export type WireRecipient = Wire<
  | 'name'
  | 'first_name'
  | 'last_name'
  | 'phone_number'
  | 'full_address'
  | 'address_detail'
  | 'address_line1'
  | 'address_line2'
  | 'address_line3'
  | 'address_line4'
  | 'postal_code'
  | 'region_code'
  | 'post_town'
  | 'district_info'
  | 'delivery_preferences'
>;

export type WireDistrict = Wire<'address_level' | 'address_level_name' | 'address_name'>;

/** One piece: line items have no quantity. */
export type WireLineItem = Wire<
  | 'id'
  | 'product_id'
  | 'sku_id'
  | 'seller_sku'
  | 'product_name'
  | 'sku_name'
  | 'is_gift'
  | 'original_price'
  | 'sale_price'
  | 'seller_discount'
  | 'platform_discount'
  | 'currency'
  | 'item_tax'
  | 'display_status'
  | 'cancel_reason'
  | 'cancel_user'
  | 'package_id'
  | 'tracking_number'
  | 'shipping_provider_id'
  | 'shipping_provider_name'
  | 'rts_time'
>;

export type WireItemTax = Wire<'tax_type' | 'tax_amount' | 'tax_rate'>;
