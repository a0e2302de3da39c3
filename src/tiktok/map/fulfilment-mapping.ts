import {
  asRecord,
  isTrue,
  listOf,
  requiredText,
  textOf,
  textOrNull,
  textsOf,
  timeOrNull,
} from '../wire/read.js';
import type {
  WireMustSplitReason,
  WirePackage,
  WireSplitAttributes,
  WireSplitPackage,
} from '../wire/fulfilment-wire.js';
import { shippingOf } from './order-mapping.js';

/** A parcel as TikTok knows it. */
export interface ShopPackage {
  packageId: string;
  /** TO_FULFILL, PROCESSING (arranged), FULFILLING (with the carrier), COMPLETED, CANCELLED, or what TikTok adds. */
  status: string;
  /** DEFAULT, COMBINE, SPLIT; null where the call does not tell. */
  splitCombineTag: string | null;
  /** Null where the call does not tell. */
  shipping: 'seller' | 'tiktok' | 'other' | null;
  trackingNumber: string | null;
  shippingProviderId: string | null;
  shippingProviderName: string | null;
  deliveryOptionId: string | null;
  /** Where the parcel really leaves from; null where the call does not tell. */
  warehouseId: string | null;
  orderIds: string[];
  /** TikTok: order_line_item_ids */
  unitIds: string[];
  createdAt: Date | null;
  updatedAt: Date | null;
}

/** Whether an order can, or must, travel in several packages. */
export interface SplitAttributes {
  tiktokOrderId: string;
  canSplit: boolean;
  /** TikTok's words where it cannot be split. */
  reason: string | null;
  mustSplit: boolean;
  mustSplitReasons: { type: string; categoryId: string | null; maxCount: number | null }[];
}

/** The package that a split made for one of our groups. */
export interface SplitPackage {
  /** The group's own label, as we sent it. */
  groupId: string;
  packageId: string;
}

/** Reads both spellings: package search has `id` and `status`, package detail `package_id` and `package_status`. */
export function mapPackage(wire: WirePackage): ShopPackage {
  const shippingType = textOrNull(wire.shipping_type);
  const orderIds = listOf(wire.orders).map((order) => textOrNull(asRecord(order)?.['id']));
  return {
    packageId: requiredText(wire.package_id ?? wire.id, 'package_id'),
    status: textOf(wire.package_status ?? wire.status),
    splitCombineTag: textOrNull(wire.split_and_combine_tag),
    shipping: shippingType === null ? null : shippingOf(shippingType),
    trackingNumber: textOrNull(wire.tracking_number),
    shippingProviderId: textOrNull(wire.shipping_provider_id),
    shippingProviderName: textOrNull(wire.shipping_provider_name),
    deliveryOptionId: textOrNull(wire.delivery_option_id),
    warehouseId: textOrNull(wire.warehouse_id),
    orderIds: orderIds.filter((id) => id !== null),
    unitIds: textsOf(wire.order_line_item_ids),
    createdAt: timeOrNull(wire.create_time),
    updatedAt: timeOrNull(wire.update_time),
  };
}

export function mapSplitAttributes(wire: WireSplitAttributes): SplitAttributes {
  return {
    tiktokOrderId: requiredText(wire.order_id, 'order_id'),
    canSplit: isTrue(wire.can_split),
    reason: textOrNull(wire.reason),
    mustSplit: isTrue(wire.must_split),
    mustSplitReasons: listOf(wire.must_split_reasons).map((reason) => mapMustSplit(asRecord(reason) ?? {})),
  };
}

function mapMustSplit(wire: WireMustSplitReason): SplitAttributes['mustSplitReasons'][number] {
  const maxCount = Number(textOrNull(wire.max_count) ?? Number.NaN);
  return {
    type: textOf(wire.type),
    categoryId: textOrNull(wire.category_id),
    maxCount: Number.isNaN(maxCount) ? null : maxCount,
  };
}

export function mapSplitPackage(wire: WireSplitPackage): SplitPackage {
  return {
    groupId: requiredText(wire.splittable_group_id, 'splittable_group_id'),
    packageId: requiredText(wire.id, 'id'),
  };
}
