import type { DecimalString } from '../kernel/money.js';
import type { BundleOfLine } from './bundle.js';
import type { OrderAmounts } from './order-amounts.js';
import type { OrderKind, UnitKind } from './order-peculiarities.js';

/**
 * An order as TikTok Shop shows it, in this program's own words. Pure data: `tiktok/map` makes it from the wire,
 * `documents/` renders it for the ERP. Ids and money are strings, times are Dates in UTC.
 */
export interface ShopOrder {
  tiktokOrderId: string;
  status: OrderStatus;
  fulfillment: 'seller' | 'tiktok' | 'other';
  /** Who provides the label: `seller` ships with an own carrier, `tiktok` is TikTok Shipping. */
  shipping: 'seller' | 'tiktok' | 'other';
  /** TikTok: order_type; a word that nobody knows yet stays as it is. */
  orderType: string;
  kind: OrderKind;
  isOnHoldOrder: boolean;
  isSample: boolean;
  /** The buyer has asked for a cancellation that the seller has not answered yet. */
  buyerRequestsCancel: boolean;
  createdAt: Date;
  paidAt: Date | null;
  /** TikTok's own time of the last change; the only order in time that we trust between two reads. */
  updatedAt: Date;
  /** Ship by (TikTok: rts_sla_time), the limit for handing over the tracking number. */
  shipBy: Date | null;
  /** The carrier must have scanned by then (TikTok: tts_sla_time). */
  collectBy: Date | null;
  /** TikTok cancels the order by itself when it was not shipped by then (TikTok: shipping_due_time). */
  autoCancelAt: Date | null;
  deliverBy: Date | null;
  cancelReason: string | null;
  currency: string;
  amounts: OrderAmounts;
  recipient: Recipient | null;
  taxpayer: Taxpayer | null;
  buyerEmail: string | null;
  buyerMessage: string | null;
  sellerNote: string | null;
  paymentMethod: string | null;
  deliveryOptionId: string | null;
  deliveryOptionName: string | null;
  warehouseId: string | null;
  packageIds: string[];
  /** Where its packages really leave from, by package id, as far as that was read; null: TikTok does not tell. */
  packageWarehouses?: Record<string, string | null>;
  /** How TikTok puts it together with other orders; left out for orders that were stored before that was read. */
  sharing?: {
    /** It is in one package with other orders (TikTok: split_or_combine_tag COMBINED). */
    isCombined: boolean;
    /** TikTok recommends to send the orders of this group under one number (auto_combine_group_id, US). */
    groupId: string | null;
  };
  units: OrderUnit[];
}

/**
 * What an order shares its parcel with others by; null when it travels alone. A combined package ships as a whole, a group
 * is a recommendation.
 */
export function parcelKeyOf({ status, sharing, units }: ShopOrder): string | null {
  if (status === 'CANCELLED' || !sharing) return null;
  const ids = new Set(units.filter(({ cancelled }) => !cancelled).map(({ packageId }) => packageId));
  const [packageId] = ids;
  if (sharing.isCombined && ids.size === 1 && packageId) return `package:${packageId}`;
  return sharing.groupId === null ? null : `group:${sharing.groupId}`;
}

/** Who the buyer is to the tax office. Personal. */
export interface Taxpayer {
  /** Brazil: the buyer's tax number. */
  cpf: string | null;
  cpfName: string | null;
}

/** TikTok's order states with the codes of its retired 202212 API, which older documents use. */
export const orderStatusCodes = {
  UNPAID: 100,
  ON_HOLD: 105,
  AWAITING_SHIPMENT: 111,
  AWAITING_COLLECTION: 112,
  PARTIALLY_SHIPPING: 114,
  IN_TRANSIT: 121,
  DELIVERED: 122,
  COMPLETED: 130,
  CANCELLED: 140,
} as const;

const lifeCycle: readonly string[] = [
  'UNPAID',
  'ON_HOLD',
  'AWAITING_SHIPMENT',
  'PARTIALLY_SHIPPING',
  'AWAITING_COLLECTION',
  'IN_TRANSIT',
  'DELIVERED',
  'COMPLETED',
  'CANCELLED',
];

/** Above 0 when `a` comes after `b` in the life of an order, 0 when it is the same or nobody knows. */
export function compareStages(a: OrderStatus, b: OrderStatus): number {
  const [stageOfA, stageOfB] = [lifeCycle.indexOf(a), lifeCycle.indexOf(b)];
  return stageOfA < 0 || stageOfB < 0 ? 0 : stageOfA - stageOfB;
}

/** Null for a state that the retired API did not have. */
export function legacyStatusCode(status: string): number | null {
  return Object.hasOwn(orderStatusCodes, status) ? orderStatusCodes[status as KnownOrderStatus] : null;
}

type KnownOrderStatus = keyof typeof orderStatusCodes;
/** TikTok adds states without notice; an unknown one is kept as it is and never treated as shippable. */
export type OrderStatus = KnownOrderStatus | (string & {});

/** Ascending order of TikTok's ids: numbers of up to 19 digits, more than a double holds, so the shorter one is smaller. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Personal data of the buyer. `masked` tells that TikTok has replaced parts of it by asterisks. */
export interface Recipient {
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  /** Japan: the same in katakana. */
  firstNameLocal?: string;
  lastNameLocal?: string;
  phone: string | null;
  fullAddress: string | null;
  addressDetail: string | null;
  addressLines: string[];
  city: string | null;
  state: string | null;
  /** Level L3 of TikTok's district list, or the level that is named so. */
  district: string | null;
  /** Level L4 of TikTok's district list; in the UK the post town. */
  town: string | null;
  postalCode: string | null;
  /** Two letters. */
  regionCode: string | null;
  districts: { level: string; levelName: string; name: string }[];
  dropOffLocation: string | null;
  masked: boolean;
}

/** One piece. TikTok lists every piece as a line item of its own, without a quantity. */
export interface OrderUnit {
  /** TikTok: line_items[].id */
  unitId: string;
  productId: string;
  skuId: string;
  /** TikTok: seller_sku. May be empty when the seller gave none. */
  merchantSku: string;
  productName: string;
  skuName: string;
  isGift: boolean;
  kind: UnitKind;
  originalPrice: DecimalString | null;
  salePrice: DecimalString | null;
  sellerDiscount: DecimalString | null;
  platformDiscount: DecimalString | null;
  taxes: { type: string; amount: DecimalString; rate: DecimalString | null }[];
  displayStatus: string;
  cancelled: boolean;
  cancelReason: string | null;
  cancelledBy: string | null;
  packageId: string | null;
  trackingNumber: string | null;
  shippingProviderId: string | null;
  shippingProviderName: string | null;
  shippedAt: Date | null;
}

/**
 * One line of the order document: equal units put together. Grouping and numbering freeze at export, so that
 * `lineNumber` stays valid for everything the ERP sends back.
 */
export interface OrderLine {
  /** `1`, `2`, ... in order of first appearance. */
  lineNumber: string;
  productId: string;
  skuId: string;
  merchantSku: string;
  /** The ERP's own SKU; the merchant SKU itself as long as no matching file says otherwise. */
  supplierSku: string;
  /** The same by a match that came after the ERP had fetched the document, which keeps what it had. */
  lateSku?: string | null;
  productName: string;
  skuName: string;
  isGift: boolean;
  originalPrice: DecimalString | null;
  salePrice: DecimalString | null;
  /** All units of the line, in ascending order of id; of a bundle's lines those of the bundle. */
  unitIds: string[];
  /** Pieces of its goods that were not cancelled at export. */
  quantity: number;
  /** Present when it is a part of a virtual bundle that is broken up. */
  bundle?: BundleOfLine | null;
}

/** What the seller adds to the orders of a shop: an attribute of the order, or of the line with this number. */
export interface AddedAttribute {
  name: string;
  value: string;
  line?: string;
}

/** Ways in which a document can name its order; each is null where the document is silent. */
export interface OrderReference {
  linkKey: string | null;
  partnerPo: string | null;
  sourceKey: string | null;
}

/** How a line of the ERP's document says which line of the order it is about. */
export interface LineName {
  /** Place in the ERP's document, for messages. */
  path: string;
  lineNumber: string | null;
  supplierSku: string | null;
  merchantSku: string | null;
}

/** A piece as we hold it: what TikTok shows, and which shipment of ours claims it. */
export interface StoredUnit {
  unitId: string;
  /** Null for pieces that were cancelled before the export or appeared after it. */
  lineNumber: string | null;
  skuId: string;
  displayStatus: string;
  cancelled: boolean;
  packageId: string | null;
  trackingNumber: string | null;
  shippedAt: Date | null;
  /** Document key of the shipment that claims it. */
  shipmentKey: number | null;
}

/** A buyer's request to cancel that the seller has not answered. */
export interface CancelRequest {
  /** TikTok's id of the request. */
  cancelId: string;
  /** TikTok's key of the reason. */
  reason: string | null;
  /** The reason for people, in the shop's language. */
  reasonText: string | null;
  requestedAt: Date | null;
  /** TikTok approves the request by itself when it is not answered until then. */
  answerBy: Date | null;
  unitIds: string[];
}
