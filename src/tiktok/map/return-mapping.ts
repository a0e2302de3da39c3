import type {
  NextAction,
  RefundAmounts,
  ReturnRecordEntry,
  ReturnStage,
  ReturnType,
  ReturnUnit,
  ShopReturn,
} from '../../domain/return.js';
import {
  amountOrNull,
  asRecord,
  isTrue,
  listOf,
  requiredText,
  requiredTime,
  textOf,
  textOrNull,
  timeOrNull,
  UnreadableError,
} from '../wire/read.js';
import type {
  WireRefundAmount,
  WireReturn,
  WireReturnLineItem,
  WireReturnRecord,
} from '../wire/return-wire.js';

const types: Readonly<Record<string, ReturnType>> = {
  RETURN_AND_REFUND: 'return-and-refund',
  REFUND: 'refund',
  REPLACEMENT: 'replacement',
};

/** TikTok's reference lists the first spelling of each; its pages use the others as well. */
const stages: Readonly<Record<string, ReturnStage>> = {
  RETURN_OR_REFUND_REQUEST_PENDING: 'requested',
  REPLACEMENT_REQUEST_PENDING: 'requested',
  REQUEST_PENDING: 'requested',
  AWAITING_BUYER_RESPONSE: 'offered',
  AWAITING_BUYER_SHIP: 'awaiting-goods',
  BUYER_SHIPPED_ITEM: 'goods-under-way',
  REFUND_OR_RETURN_REQUEST_REJECT: 'rejected',
  REPLACEMENT_REQUEST_REJECT: 'rejected',
  REQUEST_REJECTED: 'rejected',
  REJECT_RECEIVE_PACKAGE: 'goods-rejected',
  RECEIVE_REJECTED: 'goods-rejected',
  RETURN_OR_REFUND_REQUEST_SUCCESS: 'refunding',
  REPLACEMENT_REQUEST_REFUND_SUCCESS: 'refunding',
  REQUEST_SUCCESS: 'refunding',
  RETURN_OR_REFUND_REQUEST_COMPLETE: 'completed',
  REPLACEMENT_REQUEST_COMPLETE: 'completed',
  RETURN_OR_REFUND_REQUEST_CANCEL: 'closed',
  RETURN_OR_REFUND_REQUEST_CANCELLED: 'closed',
  RETURN_OR_REFUND__REQUEST_CANCELLED: 'closed',
  RETURN_OR_REFUND_CANCEL: 'closed',
  REPLACEMENT_REQUEST_CANCEL: 'closed',
  REPLACEMENT_REQUEST_CANCELLED: 'closed',
};

/** What the search takes for requests that are not over: the spellings that TikTok's reference lists. */
export const openStatuses: readonly string[] = [
  'RETURN_OR_REFUND_REQUEST_PENDING',
  'REPLACEMENT_REQUEST_PENDING',
  'AWAITING_BUYER_RESPONSE',
  'AWAITING_BUYER_SHIP',
  'BUYER_SHIPPED_ITEM',
  'REFUND_OR_RETURN_REQUEST_REJECT',
  'REJECT_RECEIVE_PACKAGE',
  'REPLACEMENT_REQUEST_REJECT',
];

/**
 * A request of TikTok's in our words; words that TikTok adds are kept beside `other` and `unknown`.
 *
 * @throws UnreadableError when an id, the status, a time or all pieces are missing
 */
export function mapReturn(wire: WireReturn): ShopReturn {
  const typeText = textOf(wire.return_type);
  const statusText = requiredText(wire.return_status, 'return_status');
  const partial = asRecord(wire.partial_refund);
  return {
    returnId: requiredText(wire.return_id, 'return_id'),
    tiktokOrderId: requiredText(wire.order_id, 'order_id'),
    type: types[typeText] ?? 'other',
    typeText,
    stage: stages[statusText] ?? 'unknown',
    statusText,
    role: textOf(wire.role),
    reason: textOrNull(wire.return_reason),
    reasonText: textOrNull(wire.return_reason_text),
    arbitration: textOrNull(wire.arbitration_status),
    nextActions: listOf(wire.seller_next_action_response).flatMap(mapNextAction),
    refund: mapRefund(wire.refund_amount),
    units: mapUnits(wire),
    trackingNumber: textOrNull(wire.return_tracking_number),
    providerId: textOrNull(wire.return_provider_id),
    providerName: textOrNull(wire.return_provider_name),
    shipmentType: textOrNull(wire.shipment_type),
    handoverMethod: textOrNull(wire.handover_method),
    returnMethod: textOrNull(wire.return_method),
    shippingDocument: textOrNull(wire.return_shipping_document_type),
    warehouseAddress: textOrNull(asRecord(wire.return_warehouse_address)?.['full_address']),
    buyerMayKeepItem: isTrue(wire.can_buyer_keep_item),
    previousReturnId: textOrNull(wire.pre_return_id),
    nextReturnId: textOrNull(wire.next_return_id),
    isCombined: isTrue(wire.is_combined_return),
    combinedReturnId: textOrNull(wire.combined_return_id),
    proposedType: textOrNull(wire.seller_proposed_return_type),
    partialRefund: partial && {
      currency: textOrNull(partial['currency']),
      amount: amountOrNull(partial['amount'], 'partial_refund.amount'),
    },
    buyerRejectedOffer: isTrue(wire.buyer_rejected_partial_refund),
    createdAt: requiredTime(wire.create_time, 'create_time'),
    updatedAt: requiredTime(wire.update_time, 'update_time'),
  };
}

function mapNextAction(wire: unknown): NextAction[] {
  const record = asRecord(wire) ?? {};
  const action = textOrNull(record['action']);
  return action === null ? [] : [{ action, deadline: timeOrNull(record['deadline']) }];
}

function mapUnits(wire: WireReturn): ReturnUnit[] {
  const items = listOf(wire.return_line_items);
  if (items.length === 0) throw new UnreadableError('return_line_items is missing');
  return items.map((item) => mapUnit(asRecord(item) ?? {}));
}

function mapUnit(item: WireReturnLineItem): ReturnUnit {
  return {
    returnUnitId: requiredText(item.return_line_item_id, 'return_line_items.return_line_item_id'),
    unitId: textOf(item.order_line_item_id),
    skuId: requiredText(item.sku_id, 'return_line_items.sku_id'),
    merchantSku: textOf(item.seller_sku),
    productName: textOf(item.product_name),
    skuName: textOf(item.sku_name),
    imageUrl: textOrNull(asRecord(item.product_image)?.['url']),
    refund: mapRefund(item.refund_amount),
  };
}

function mapRefund(value: unknown): RefundAmounts | null {
  const wire: WireRefundAmount | null = asRecord(value);
  if (!wire) return null;
  const amount = (name: keyof WireRefundAmount) => amountOrNull(wire[name], `refund_amount.${name}`);
  return {
    currency: textOrNull(wire.currency),
    total: amount('refund_total'),
    subTotal: amount('refund_subtotal'),
    shippingFee: amount('refund_shipping_fee'),
    tax: amount('refund_tax'),
    retailDeliveryFee: amount('retail_delivery_fee'),
    buyerServiceFee: amount('buyer_service_fee'),
  };
}

export function mapReturnRecord(wire: WireReturnRecord): ReturnRecordEntry {
  return {
    role: textOf(wire.role),
    description: textOrNull(wire.description),
    reasonText: textOrNull(wire.reason_text),
    note: textOrNull(wire.note),
    imageUrls: urlsOf(wire.images),
    videoUrls: urlsOf(wire.videos),
    createdAt: timeOrNull(wire.create_time),
  };
}

function urlsOf(list: unknown): string[] {
  return listOf(list)
    .map((entry) => textOrNull(asRecord(entry)?.['url']))
    .filter((url) => url !== null);
}
