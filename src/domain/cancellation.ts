import type { DecimalString } from '../kernel/money.js';

/** How a cancellation came about; `other` for what TikTok adds. */
export type CancellationType = 'cancel' | 'buyer-request' | 'other';

export type CancellationRole = 'buyer' | 'seller' | 'system' | 'operator' | 'other';

/** `executed`: the pieces are cancelled, the refund may still be running. `withdrawn`: also rejected, or closed. */
export type CancellationStatus = 'pending' | 'executed' | 'withdrawn' | 'unknown';

/** A cancellation as TikTok knows it: one that was carried out, or a buyer's request that waits for an answer. */
export interface ShopCancellation {
  cancelId: string;
  /** TikTok's order id. */
  orderId: string;
  type: CancellationType;
  /** TikTok's own word: CANCEL, BUYER_CANCEL, ... */
  typeText: string;
  role: CancellationRole;
  roleText: string;
  status: CancellationStatus;
  /** TikTok's own word: CANCELLATION_REQUEST_PENDING, ... */
  statusText: string;
  /** The reason's key, such as `ecom_order_to_ship_canceled_reason_no_longer_needed`. */
  reason: string | null;
  /** The reason in words for people, in the language of the shop. */
  reasonText: string | null;
  unitIds: string[];
  skus: { skuId: string; merchantSku: string; quantity: number }[];
  currency: string | null;
  refundTotal: DecimalString | null;
  createdAt: Date | null;
  updatedAt: Date;
  /** While the seller must answer: after this time TikTok approves by itself. */
  answerBy: Date | null;
}
