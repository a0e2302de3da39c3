import type { Reason, ReturnCase, ReturnStatus, ReturnType } from '../state/aftersales-model.js';

// TikTok: Return reasons, Refund reasons. The words beside the keys are ours where the reference gives none. Keys hold
// apostrophes and commas: they are nothing but texts.

const delivered = 'ecom_order_delivered_refund_and_return_reason_';
const returning: Reason[] = [
  { key: `${delivered}no_need`, text: 'No longer needed' },
  { key: `${delivered}not_match_description`, text: 'Product does not match the description' },
  { key: `${delivered}missing_product`, text: 'Missing product or parts' },
  { key: `${delivered}damaged`, text: 'Product is damaged' },
  { key: `${delivered}defective`, text: "Product is defective or doesn't work" },
  { key: `${delivered}wrong_product`, text: 'Wrong product was sent' },
  { key: "buyer_return_and_refund_item_doesn't_fit", text: "Item doesn't fit" },
  { key: 'buyer_return_and_refund_item_arrived_too_late', text: 'Item arrived too late' },
  {
    key: 'buyer_return_and_refund_shipping_box_damaged,_but_item_is_ok',
    text: 'Shipping box damaged, but item is OK',
  },
  {
    key: 'buyer_return_and_refund_fabric,_material_or_style_not_as_expected',
    text: 'Fabric, material or style not as expected',
  },
  {
    key: 'buyer_return_and_refund_color_or_pattern_not_as_expected',
    text: 'Color or pattern not as expected',
  },
];

const refunding: Reason[] = [
  { key: 'ecom_order_shipped_refund_reason_not_arrive_on_time', text: 'Package did not arrive on time' },
  { key: 'ecom_order_delivered_refund_reason_not_received', text: 'Package not received' },
  { key: 'ecom_order_delivered_refund_reason_damaged', text: 'Product is damaged' },
  { key: 'ecom_order_delivered_refund_reason_defective', text: "Product is defective or doesn't work" },
];

const rejectingRequest: Reason[] = [
  { key: 'reverse_reject_request_reason_1', text: 'Reason for the request is not valid' },
  { key: 'reverse_reject_request_reason_2', text: 'Change of mind is not covered' },
  { key: 'reverse_reject_request_reason_3', text: 'Product was used or broken by the buyer' },
  { key: 'reverse_reject_request_reason_4', text: 'Delivery is on schedule' },
  { key: 'reverse_reject_request_reason_5', text: 'Have reached an agreement with the buyer' },
  { key: 'seller_reject_apply_item_is_correct', text: 'Item is correct' },
  {
    key: 'seller_reject_apply_products_will_be_sent_separately',
    text: 'Products will be sent separately',
  },
  {
    key: 'seller_reject_apply_reason_is_unclear_or_lack_of_evidence',
    text: 'Reason is unclear or lacks evidence',
  },
];

const rejectingParcel: Reason[] = [
  { key: 'reverse_reject_return_parcel_reason_1', text: 'Another product was returned' },
  { key: 'reverse_reject_return_parcel_reason_2', text: 'Product is not eligible for return' },
  { key: 'reverse_reject_return_parcel_reason_3', text: 'Product or parts are missing' },
  { key: 'reverse_reject_return_parcel_reason_4', text: 'Package was not received' },
  { key: 'reverse_reject_return_parcel_reason_5', text: 'Product is damaged or used' },
];

const allRejecting = [...rejectingRequest, ...rejectingParcel];

/** What a seller may say against a return as it stands now. UNCONFIRMED outside US and UK: as in the US. */
export function rejectReturnReasons(region: string, status: ReturnStatus): Reason[] {
  const reasons = status === 'BUYER_SHIPPED_ITEM' ? rejectingParcel : rejectingRequest;
  return region === 'GB' ? reasons.map(({ key, text }) => ({ key: `${key}_uk`, text })) : reasons;
}

export function isRejectReturnReason(key: string): boolean {
  return allRejecting.some((reason) => reason.key === key.replace(/_uk$/, ''));
}

/** The reason that a rejection gives for this return, undefined when it is none of those possible now. */
export function rejectReasonFor(region: string, item: ReturnCase, key: string): Reason | undefined {
  return rejectReturnReasons(region, item.status).find((reason) => reason.key === key);
}

/** A buyer's reason as acts name it: by key or by its words. What TikTok does not know stands for itself. */
export function returnReasonNamed(name: string, type: ReturnType): Reason {
  const reasons = type === 'REFUND' ? [...refunding, ...returning] : [...returning, ...refunding];
  return reasons.find(({ key, text }) => key === name || text === name) ?? { key: name, text: name };
}

/** UNCONFIRMED: sellers who create a return name the buyers' keys, which a sample ends with `_seller`. */
export function sellerReturnReason(key: string): Reason | undefined {
  const plain = key.replace(/_seller$/, '');
  const known = [...returning, ...refunding].find((reason) => reason.key === plain);
  return known === undefined ? undefined : { key, text: known.text };
}
