/** What a seller may have to answer, and what is paid back for one piece. Amounts are minor units. */
export interface Refund {
  subtotalMinor: number;
  shippingMinor: number;
  taxMinor: number;
  retailDeliveryMinor?: number;
  buyerServiceMinor?: number;
  /** Deposits and all other fees. */
  otherMinor?: number;
}

/** One piece within a cancellation or return, with an id of its own there. */
export interface CaseLine {
  id: string;
  unitId: string;
  refund: Refund;
}

/** A reason's key, and its words for people. */
export interface Reason {
  key: string;
  text: string;
}

/** What cancellations and returns have in common. */
export interface Case {
  id: string;
  seq: number;
  shopId: string;
  orderId: string;
  createdSec: number;
  updatedSec: number;
  /** When the next step happens by itself, such as the approval of what nobody answered. */
  dueSec?: number | undefined;
  reason: Reason;
  lines: CaseLine[];
}

type CancelStatus =
  | 'CANCELLATION_REQUEST_PENDING'
  | 'CANCELLATION_REQUEST_SUCCESS'
  | 'CANCELLATION_REQUEST_CANCEL'
  | 'CANCELLATION_REQUEST_COMPLETE';

/** In this spelling the filter of Search Cancellations lists them. */
export const cancelStatuses: readonly CancelStatus[] = [
  'CANCELLATION_REQUEST_PENDING',
  'CANCELLATION_REQUEST_SUCCESS',
  'CANCELLATION_REQUEST_CANCEL',
  'CANCELLATION_REQUEST_COMPLETE',
];

/** `CANCEL` is done as it is made; `BUYER_CANCEL` is a request that the seller answers. */
type CancelType = 'CANCEL' | 'BUYER_CANCEL';

export interface CancelCase extends Case {
  type: CancelType;
  status: CancelStatus;
  role: 'BUYER' | 'SELLER' | 'SYSTEM';
  /** How a request ended that came to nothing. `overtaken`: its pieces were cancelled in another way. */
  closedBy?: 'withdrawn' | 'rejected' | 'shipped' | 'overtaken';
}

export type ReturnType = 'REFUND' | 'RETURN_AND_REFUND' | 'REPLACEMENT';
export const returnTypes: readonly ReturnType[] = ['REFUND', 'RETURN_AND_REFUND', 'REPLACEMENT'];

export const returnStatuses = [
  'RETURN_OR_REFUND_REQUEST_PENDING',
  'REFUND_OR_RETURN_REQUEST_REJECT',
  'AWAITING_BUYER_SHIP',
  'BUYER_SHIPPED_ITEM',
  'REJECT_RECEIVE_PACKAGE',
  'AWAITING_BUYER_RESPONSE',
  'RETURN_OR_REFUND_REQUEST_SUCCESS',
  'RETURN_OR_REFUND_REQUEST_CANCEL',
  'RETURN_OR_REFUND_REQUEST_COMPLETE',
  'REPLACEMENT_REQUEST_PENDING',
  'REPLACEMENT_REQUEST_REJECT',
  'REPLACEMENT_REQUEST_REFUND_SUCCESS',
  'REPLACEMENT_REQUEST_CANCEL',
  'REPLACEMENT_REQUEST_COMPLETE',
] as const;
export type ReturnStatus = (typeof returnStatuses)[number];

export const approvals = [
  'APPROVE_REFUND',
  'APPROVE_RETURN',
  'APPROVE_RECEIVED_PACKAGE',
  'APPROVE_REPLACEMENT',
  'ISSUE_REPLACEMENT_REFUND',
  'OFFER_PARTIAL_REFUND',
] as const;
export type Approval = (typeof approvals)[number];

export const rejections = [
  'REJECT_REFUND',
  'REJECT_RETURN',
  'REJECT_RECEIVED_PACKAGE',
  'REJECT_REPLACEMENT',
] as const;
export type Rejection = (typeof rejections)[number];
export type Decision = Approval | Rejection;

export const arbitrationStatuses = ['IN_PROGRESS', 'SUPPORT_BUYER', 'SUPPORT_SELLER', 'CLOSED'] as const;
export type ArbitrationStatus = (typeof arbitrationStatuses)[number];

export type AftersalesRole = 'BUYER' | 'SELLER' | 'OPERATOR' | 'SYSTEM';
export type ShipmentType = 'PLATFORM' | 'BUYER_ARRANGE';
export type HandoverMethod = 'DROP_OFF' | 'PICKUP';

export interface ReturnParcel {
  trackingNumber: string;
  providerId: string;
  providerName: string;
  deliveredSec?: number;
}

export interface ReturnEvent {
  role: AftersalesRole;
  description: string;
  reasonText: string;
  note: string;
  atSec: number;
}

export interface ReturnCase extends Case {
  type: ReturnType;
  status: ReturnStatus;
  role: AftersalesRole;
  shipmentType: ShipmentType;
  handoverMethod: HandoverMethod;
  parcel?: ReturnParcel;
  /** The seller leaves the goods to the buyer. */
  buyerKeepsItem: boolean;
  /** What the seller offered in place of the whole amount, in minor units. */
  partialRefundMinor?: number;
  offerRejected: boolean;
  arbitration?: ArbitrationStatus;
  /** The platform's customer service decides now; the seller cannot any more. */
  takenOver: boolean;
  previousId?: string;
  nextId?: string;
  /** What kind it really is, where the documents have no `return_type` for it. */
  kind?: 'EXCHANGE' | 'ABNORMAL_RETURN';
  /** What happened, oldest first. */
  events: ReturnEvent[];
}
