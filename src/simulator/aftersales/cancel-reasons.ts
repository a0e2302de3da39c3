import type { Reason } from '../state/aftersales-model.js';
import type { OrderStatus } from '../state/model.js';

// TikTok: Cancel reasons. The words beside the keys are ours where the reference gives none.

const eu = ['DE', 'ES', 'FR', 'IE', 'IT'];
const sea = ['ID', 'MY', 'PH', 'SG', 'TH', 'VN'];
const all = ['US', ...sea, 'MX', 'BR', ...eu, 'JP'];
const without = (...codes: string[]): string[] => all.filter((code) => !codes.includes(code));
const onRequest = ['US', 'PH', 'MX', 'BR', ...eu, 'JP'];

interface SellerReason extends Reason {
  regions: readonly string[];
}

const paid: SellerReason[] = [
  { key: 'seller_cancel_reason_out_of_stock', text: 'Out of stock', regions: all },
  { key: 'seller_cancel_reason_wrong_price', text: 'Pricing error', regions: without('MX', 'BR') },
  {
    key: 'seller_cancel_paid_reason_address_not_deliver',
    text: 'Unable to deliver to buyer address',
    // In force since 31 August 2025: South-East Asia has it no more.
    regions: without(...sea),
  },
  {
    key: 'seller_cancel_unable_to_deliver_to_buyer_address',
    text: 'Unable to deliver to buyer address',
    // Singapore's until 31 August 2025.
    regions: [],
  },
  {
    key: 'seller_cancel_paid_reason_buyer_requested_cancellation',
    text: 'Buyer requested cancellation',
    regions: onRequest,
  },
  { key: 'seller_cancel_order_reason_potential_fraud', text: 'Potential fraud', regions: ['JP'] },
  ...british([
    ['seller_cancel_reason_out_of_stock', 'Out of stock'],
    ['seller_cancel_reason_wrong_price', 'Pricing error'],
    ['seller_cancel_paid_reason_address_not_deliver', 'Unable to deliver to buyer address'],
  ]),
];

const unpaid: SellerReason[] = [
  { key: 'seller_cancel_unpaid_reason_out_of_stock', text: 'Out of stock', regions: all },
  { key: 'seller_cancel_unpaid_reason_wrong_price', text: 'Pricing error', regions: without('MX') },
  {
    key: 'seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed',
    text: 'Buyer has not paid within the time allowed',
    regions: without('SG'),
  },
  {
    key: 'seller_cancel_unpaid_reason_buyer_requested_cancellation',
    text: 'Buyer requested cancellation',
    regions: onRequest,
  },
  ...british([
    ['seller_cancel_unpaid_reason_out_of_stock', 'Out of stock'],
    ['seller_cancel_unpaid_reason_wrong_price', 'Pricing error'],
    [
      'seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed',
      'Buyer has not paid within the time allowed',
    ],
  ]),
];

function british(reasons: readonly (readonly [key: string, text: string])[]): SellerReason[] {
  return reasons.map(([key, text]) => ({ key: `${key}_uk`, text, regions: ['GB'] }));
}

const buyerUnpaid = 'ecom_order_unpaid_canceled_reason_';
const buyerPaid = 'ecom_order_to_ship_canceled_reason_';

const buyers: Reason[] = [
  { key: `${buyerPaid}no_longer_needed`, text: 'No longer needed' },
  { key: `${buyerPaid}change_payment_method`, text: 'Need to change payment method' },
  { key: `${buyerPaid}discount_not_expected`, text: 'Discount not as expected' },
  { key: `${buyerPaid}created_by_mistakes`, text: 'Order created by mistake' },
  { key: `${buyerPaid}high_delivery_costs`, text: 'High delivery costs' },
  { key: `${buyerPaid}better_price`, text: 'Better price available' },
  { key: `${buyerPaid}wrong_delivery_info`, text: 'Wrong delivery information' },
  { key: `${buyerPaid}not_shipped_on_time`, text: 'Not shipped on time' },
  { key: `${buyerPaid}forgot_to_apply_coupons`, text: 'Forgot to apply coupons' },
  { key: `${buyerUnpaid}no_longer_needed`, text: 'No longer needed' },
  { key: `${buyerUnpaid}payment_method_not_available`, text: 'Payment method not available' },
  { key: `${buyerUnpaid}created_by_mistakes`, text: 'Order created by mistake' },
  { key: `${buyerUnpaid}better_price`, text: 'Better price available' },
  { key: `${buyerUnpaid}other`, text: 'Other' },
  { key: 'buyer_cancel_late_shipment', text: 'Late shipment' },
];

const platforms: Reason[] = [
  { key: 'platform_cancel', text: 'Order cancelled by system' },
  { key: 'package_cancel', text: 'Order cancelled by system' },
  { key: 'system_cancel_unpaid_time_out', text: 'Customer overdue to pay' },
  { key: 'system_cancel_anti_span_block', text: 'Blocked by risk control' },
  { key: 'returned_to_shipper_refused', text: 'Package refused' },
  { key: 'returned_to_shipper_other', text: 'Package returned to shipper' },
  { key: 'package_damaged', text: 'Package damaged' },
  { key: 'package_lost', text: 'Package lost' },
  { key: 'package_scrap', text: 'Package scrapped' },
  { key: 'threepl_breach', text: 'Carrier breach' },
  { key: 'system_cancel_order_reason_shipping_timeout', text: 'Shipping timed out' },
  { key: 'system_cancel_add_address_overtime', text: 'No address in time' },
  { key: 'system_cancel_order_untracked', text: 'Package untracked' },
  { key: 'system_cancel_order_exceed_edt_not_arrive', text: 'Not arrived in time' },
  { key: 'system_cancel_order_reason_potential_fraud', text: 'Potential fraud' },
  { key: 'system_cancel_order_reason_experience_related', text: 'Cancelled by customer service' },
  { key: 'operator_cancel_risk_control_block', text: 'Blocked by risk control' },
  { key: 'system_cancel_order_reason_nrr_related', text: 'Cancelled by customer service' },
];

const rejectPrefix = 'order_manage_list_action_respond_popup_reject_reason_';
const rejecting: Reason[] = [
  { key: `${rejectPrefix}invalid_cancellation_reason`, text: 'Invalid reason for cancellation' },
  { key: `${rejectPrefix}delivered`, text: 'Product is out for delivery' },
  { key: `${rejectPrefix}buyer_agree`, text: 'Have reached an agreement with the buyer' },
];
const packed: Reason = {
  key: 'seller_reject_apply_product_has_been_packed',
  text: 'Product has been packed',
};

/** What a seller may say for cancelling an order in this status and market. */
export function sellerCancelReasons(region: string, status: OrderStatus): Reason[] {
  return (status === 'UNPAID' ? unpaid : paid).filter(({ regions }) => regions.includes(region));
}

/** Only for goods that are out of stock may a part of an order be cancelled. */
export function isOutOfStock(key: string): boolean {
  return /^seller_cancel_(unpaid_)?reason_out_of_stock(_uk)?$/.test(key);
}

export function isSellerCancelReason(key: string): boolean {
  return [...paid, ...unpaid].some((reason) => reason.key === key);
}

export function isForeignCancelReason(key: string): boolean {
  return [...buyers, ...platforms].some((reason) => reason.key === key.replace(/_uk$/, ''));
}

/** What a seller may say against a buyer's request. UNCONFIRMED outside US and UK: as in the US. */
export function rejectCancelReasons(region: string): Reason[] {
  if (region !== 'GB') return [...rejecting, packed];
  return rejecting.map(({ key, text }) => ({ key: `${key}_uk`, text }));
}

/** A reason as acts name it: by key or by its words. What TikTok does not know stands for itself. */
export function cancelReasonNamed(name: string, by: 'buyer' | 'seller' | 'platform'): Reason {
  const lists = { buyer: buyers, seller: [...paid, ...unpaid], platform: platforms };
  const own = lists[by].find(({ key, text }) => key === name || text === name);
  return own === undefined ? { key: name, text: name } : { key: own.key, text: own.text };
}
