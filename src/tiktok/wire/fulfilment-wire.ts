import type { Wire } from './wire.js';

/** A package of package search (`id`, `status`) and of package detail (`package_id`, `package_status`). */
export type WirePackage = Wire<
  | 'id'
  | 'package_id'
  | 'status'
  | 'package_status'
  | 'split_and_combine_tag'
  | 'shipping_type'
  | 'tracking_number'
  | 'shipping_provider_id'
  | 'shipping_provider_name'
  | 'delivery_option_id'
  | 'warehouse_id'
  | 'orders'
  | 'order_line_item_ids'
  | 'create_time'
  | 'update_time'
>;

export type WireSplitAttributes = Wire<
  'order_id' | 'can_split' | 'reason' | 'must_split' | 'must_split_reasons'
>;

/** `max_count` is text. */
export type WireMustSplitReason = Wire<'type' | 'category_id' | 'max_count'>;

export type WireSplitPackage = Wire<'splittable_group_id' | 'id'>;
