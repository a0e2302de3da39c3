import type { Wire } from './wire.js';

/** A cancellation of cancellation search 202309. */
export type WireCancellation = Wire<
  | 'cancel_id'
  | 'order_id'
  | 'cancel_type'
  | 'cancel_status'
  | 'role'
  | 'cancel_reason'
  | 'cancel_reason_text'
  | 'create_time'
  | 'update_time'
  | 'seller_next_action_response'
  | 'refund_amount'
  | 'cancel_line_items'
>;

/** One per piece. */
export type WireCancelLineItem = Wire<'order_line_item_id' | 'sku_id' | 'seller_sku'>;

export type WireNextAction = Wire<'action' | 'deadline'>;

export type WireRefund = Wire<'currency' | 'refund_total'>;

/** Reasons with which a request can be refused. */
export type WireRejectReason = Wire<'name' | 'text'>;

export type WireCancelEligibility = Wire<'request_type' | 'eligible' | 'available_reason_names'>;
