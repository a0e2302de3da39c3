import type { BundleOfLine } from './bundle.js';
import type { DecimalString } from '../kernel/money.js';

/** `return-and-refund` is the old API's reverse type 3; `refund` (type 2) is money without goods. */
export type ReturnType = 'return-and-refund' | 'refund' | 'replacement' | 'other';

/**
 * Where a request stands, whatever its type and however TikTok spells it.
 *
 * - `requested`: the buyer has asked, nobody has answered.
 * - `offered`: the seller has offered a part of the money in Seller Center, the buyer must answer.
 * - `awaiting-goods`: agreed; the buyer must send the goods.
 * - `goods-under-way`: the buyer has sent them; they may have arrived.
 * - `rejected`, `goods-rejected`: the seller has refused in Seller Center; the buyer may call for TikTok's decision.
 * - `refunding`, `completed`: the money goes back, or the replacement is ordered.
 * - `closed`: withdrawn, too late, or refused for good.
 */
export type ReturnStage =
  | 'requested'
  | 'offered'
  | 'awaiting-goods'
  | 'goods-under-way'
  | 'rejected'
  | 'goods-rejected'
  | 'refunding'
  | 'completed'
  | 'closed'
  | 'unknown';

/** What TikTok asks the seller to do next, by its own name such as SELLER_RESPOND_RETURN. */
export interface NextAction {
  action: string;
  /** TikTok acts by itself afterwards. */
  deadline: Date | null;
}

/** Decimal strings in `currency`; null where TikTok sent none. */
export interface RefundAmounts {
  currency: string | null;
  total: DecimalString | null;
  subTotal: DecimalString | null;
  shippingFee: DecimalString | null;
  tax: DecimalString | null;
  retailDeliveryFee: DecimalString | null;
  buyerServiceFee: DecimalString | null;
}

/** One piece that goes back. TikTok has no quantities here either, and no product id. */
export interface ReturnUnit {
  /** TikTok: return_line_item_id */
  returnUnitId: string;
  /** TikTok: order_line_item_id; empty when TikTok does not tell. */
  unitId: string;
  skuId: string;
  /** TikTok: seller_sku; may be empty. */
  merchantSku: string;
  productName: string;
  skuName: string;
  imageUrl: string | null;
  refund: RefundAmounts | null;
}

/** A return or refund request as TikTok shows it, in this program's words. */
export interface ShopReturn {
  returnId: string;
  tiktokOrderId: string;
  type: ReturnType;
  /** TikTok's own word: RETURN_AND_REFUND, ... */
  typeText: string;
  stage: ReturnStage;
  /** TikTok's own word: RETURN_OR_REFUND_REQUEST_PENDING, ... */
  statusText: string;
  /** TikTok's own word for who asked: BUYER, SELLER, OPERATOR, SYSTEM. */
  role: string;
  /** Key, such as `ecom_order_delivered_refund_and_return_reason_defective`. */
  reason: string | null;
  /** The same for people, in the language of the shop. */
  reasonText: string | null;
  /** IN_PROGRESS, SUPPORT_BUYER, SUPPORT_SELLER, CLOSED; null when TikTok was never called to decide. */
  arbitration: string | null;
  nextActions: NextAction[];
  refund: RefundAmounts | null;
  units: ReturnUnit[];
  trackingNumber: string | null;
  providerId: string | null;
  providerName: string | null;
  /** PLATFORM or BUYER_ARRANGE: who buys the label. */
  shipmentType: string | null;
  /** DROP_OFF or PICKUP. */
  handoverMethod: string | null;
  /** SELLER_SHIPPED, BUYER_SHIPPED, PLATFORM_SHIPPED. */
  returnMethod: string | null;
  /** SHIPPING_LABEL or QR_CODE. */
  shippingDocument: string | null;
  /** Where the goods go. */
  warehouseAddress: string | null;
  buyerMayKeepItem: boolean;
  /** The request that this one follows, and the one that follows it. */
  previousReturnId: string | null;
  nextReturnId: string | null;
  isCombined: boolean;
  combinedReturnId: string | null;
  /** What the seller has offered in Seller Center. */
  proposedType: string | null;
  partialRefund: { currency: string | null; amount: DecimalString | null } | null;
  buyerRejectedOffer: boolean;
  createdAt: Date;
  /** TikTok's own time of the last change. */
  updatedAt: Date;
}

/** What the buyer has written and shown, from the history of the request. Personal. */
export interface BuyersWords {
  note: string | null;
  imageUrls: string[];
  videoUrls: string[];
}

/** One entry of the history of a request (TikTok: Get Return Records). */
export interface ReturnRecordEntry extends BuyersWords {
  /** As TikTok writes it: `Buyer`. */
  role: string;
  description: string | null;
  reasonText: string | null;
  createdAt: Date | null;
}

/** Equal pieces of a request; grouped and numbered as the order's lines, and frozen at import. */
export interface ReturnLine {
  /** The order's line number; own numbers where the order was never imported. */
  lineNumber: string;
  /** Null where the order could not be read. */
  productId: string | null;
  skuId: string;
  merchantSku: string;
  supplierSku: string;
  productName: string;
  skuName: string;
  salePrice: DecimalString | null;
  originalPrice: DecimalString | null;
  unitIds: string[];
  returnUnitIds: string[];
  /** Present when it is a part of a virtual bundle that is broken up. */
  bundle?: BundleOfLine | null;
}

/** Stages in the order in which a request goes through them; a later answer of TikTok's never goes back. */
const progress: readonly ReturnStage[][] = [
  ['requested'],
  ['offered'],
  // A buyer whom TikTok supports against a rejection goes on to send the goods.
  ['awaiting-goods', 'rejected'],
  ['goods-under-way'],
  ['goods-rejected'],
  ['refunding'],
  ['completed', 'closed'],
];

/** Above 0 when `a` comes after `b`, 0 when they are level or nobody knows. */
export function compareReturnStages(a: ReturnStage, b: ReturnStage): number {
  const [ofA, ofB] = [a, b].map((stage) => progress.findIndex((level) => level.includes(stage)));
  return ofA === undefined || ofB === undefined || ofA < 0 || ofB < 0 ? 0 : ofA - ofB;
}

/** Nothing follows any more that anybody could answer. */
export function isOver(stage: ReturnStage): boolean {
  return stage === 'refunding' || stage === 'completed' || stage === 'closed';
}
