import type { OrderAmounts, OrderUnit, ShopOrder } from '../../domain/order.js';
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
import type { WireItemTax, WireLineItem, WireOrder, WirePayment } from '../wire/order-wire.js';
import { mapRecipient } from './recipient-mapping.js';

/**
 * An order of TikTok's in our words. Unknown states and types are kept as they are; fields that we do not know are
 * left behind.
 *
 * @throws UnreadableError when something is missing without which the order cannot be handled: its id, status, times,
 * currency, or the id or SKU of a piece
 */
export function mapOrder(wire: WireOrder): ShopOrder {
  const tiktokOrderId = requiredText(wire.id, 'id');
  const status = canonicalStatus(requiredText(wire.status, 'status'));
  const payment: WirePayment = asRecord(wire.payment) ?? {};
  const units = mapUnits(wire, status === 'CANCELLED');
  return {
    tiktokOrderId,
    status,
    fulfillment: fulfillmentOf(textOf(wire.fulfillment_type)),
    shipping: shippingOf(textOf(wire.shipping_type)),
    orderType: textOrNull(wire.order_type) ?? 'NORMAL',
    isOnHoldOrder: isTrue(wire.is_on_hold_order),
    isSample: isTrue(wire.is_sample_order),
    buyerRequestsCancel: isTrue(wire.is_buyer_request_cancel),
    createdAt: requiredTime(wire.create_time, 'create_time'),
    paidAt: timeOrNull(wire.paid_time),
    updatedAt: requiredTime(wire.update_time, 'update_time'),
    shipBy: timeOrNull(wire.rts_sla_time),
    collectBy: timeOrNull(wire.tts_sla_time),
    autoCancelAt: timeOrNull(wire.shipping_due_time),
    deliverBy: timeOrNull(wire.delivery_due_time),
    cancelReason: textOrNull(wire.cancel_reason),
    currency: currencyOf(wire, payment),
    amounts: mapAmounts(payment),
    recipient: mapRecipient(asRecord(wire.recipient_address)),
    buyerEmail: textOrNull(wire.buyer_email),
    buyerMessage: textOrNull(wire.buyer_message),
    sellerNote: textOrNull(wire.seller_note),
    paymentMethod: textOrNull(wire.payment_method_name) ?? textOrNull(wire.payment_method_code),
    deliveryOptionId: textOrNull(wire.delivery_option_id),
    deliveryOptionName: textOrNull(wire.delivery_option_name),
    warehouseId: textOrNull(wire.warehouse_id),
    packageIds: packageIdsOf(wire),
    sharing: sharingOf(wire),
    units,
  };
}

/** TikTok's webhooks spell the last state `CANCEL`, its calls `CANCELLED`. */
function canonicalStatus(status: string): string {
  return status === 'CANCEL' ? 'CANCELLED' : status;
}

function fulfillmentOf(type: string): ShopOrder['fulfillment'] {
  if (type === 'FULFILLMENT_BY_SELLER') return 'seller';
  return type === 'FULFILLMENT_BY_TIKTOK' ? 'tiktok' : 'other';
}

export function shippingOf(type: string): ShopOrder['shipping'] {
  if (type === 'SELLER') return 'seller';
  return type === 'TIKTOK' ? 'tiktok' : 'other';
}

function currencyOf(wire: WireOrder, payment: WirePayment): string {
  const firstItem: WireLineItem = asRecord(listOf(wire.line_items)[0]) ?? {};
  return requiredText(payment.currency ?? firstItem.currency, 'payment.currency');
}

function mapAmounts(payment: WirePayment): OrderAmounts {
  const amount = (name: keyof WirePayment) => amountOrNull(payment[name], `payment.${name}`);
  return {
    total: amount('total_amount'),
    subTotal: amount('sub_total'),
    shippingFee: amount('shipping_fee'),
    tax: amount('tax'),
    sellerDiscount: amount('seller_discount'),
    platformDiscount: amount('platform_discount'),
    originalProductTotal: amount('original_total_product_price'),
    originalShippingFee: amount('original_shipping_fee'),
    shippingSellerDiscount: amount('shipping_fee_seller_discount'),
    shippingPlatformDiscount: amount('shipping_fee_platform_discount'),
    productTax: amount('product_tax'),
    shippingTax: amount('shipping_fee_tax'),
    retailDeliveryFee: amount('retail_delivery_fee'),
    buyerServiceFee: amount('buyer_service_fee'),
    smallOrderFee: amount('small_order_fee'),
  };
}

/** Absent before shipping in the US and UK, there from the start elsewhere. */
function packageIdsOf(wire: WireOrder): string[] {
  const ids = listOf(wire.packages).map((item) => textOrNull(asRecord(item)?.['id']));
  return [...new Set(ids.filter((id) => id !== null))];
}

/** TikTok: the group is `N/A` for a seller who has opted out of combining. */
function sharingOf(wire: WireOrder): NonNullable<ShopOrder['sharing']> {
  const groupId = textOrNull(wire.auto_combine_group_id);
  return {
    isCombined: /^COMBINED?$/i.test(textOf(wire.split_or_combine_tag)),
    groupId: groupId === null || /^(n\/a|0)?$/i.test(groupId.trim()) ? null : groupId,
  };
}

function mapUnits(wire: WireOrder, isOrderCancelled: boolean): OrderUnit[] {
  const items = listOf(wire.line_items);
  if (items.length === 0) throw new UnreadableError('line_items is missing');
  return items.map((item) => mapUnit(asRecord(item) ?? {}, isOrderCancelled));
}

function mapUnit(item: WireLineItem, isOrderCancelled: boolean): OrderUnit {
  const displayStatus = canonicalStatus(textOf(item.display_status));
  return {
    unitId: requiredText(item.id, 'line_items.id'),
    productId: textOf(item.product_id),
    skuId: requiredText(item.sku_id, 'line_items.sku_id'),
    merchantSku: textOf(item.seller_sku),
    productName: textOf(item.product_name),
    skuName: textOf(item.sku_name),
    isGift: isTrue(item.is_gift),
    originalPrice: amountOrNull(item.original_price, 'line_items.original_price'),
    salePrice: amountOrNull(item.sale_price, 'line_items.sale_price'),
    sellerDiscount: amountOrNull(item.seller_discount, 'line_items.seller_discount'),
    platformDiscount: amountOrNull(item.platform_discount, 'line_items.platform_discount'),
    taxes: mapTaxes(item),
    displayStatus,
    cancelled: isOrderCancelled || displayStatus === 'CANCELLED',
    cancelReason: textOrNull(item.cancel_reason),
    cancelledBy: textOrNull(item.cancel_user),
    packageId: textOrNull(item.package_id),
    trackingNumber: textOrNull(item.tracking_number),
    shippingProviderId: textOrNull(item.shipping_provider_id),
    shippingProviderName: textOrNull(item.shipping_provider_name),
    shippedAt: timeOrNull(item.rts_time),
  };
}

function mapTaxes(item: WireLineItem): OrderUnit['taxes'] {
  return listOf(item.item_tax).flatMap((listed) => {
    const tax: WireItemTax = asRecord(listed) ?? {};
    const amount = amountOrNull(tax.tax_amount, 'line_items.item_tax.tax_amount');
    if (amount === null) return [];
    const rate = amountOrNull(tax.tax_rate, 'line_items.item_tax.tax_rate');
    return [{ type: textOf(tax.tax_type), amount, rate }];
  });
}
