import type { OrderReference, LineName } from './order.js';

/**
 * An acknowledgement in this program's own words. Pure data: `logicbroker/read-acknowledgement` makes it from the ERP's
 * document, `plan-acknowledgement` finds out what it does to the order.
 */
export interface AcknowledgementInput {
  /** The sender's own number, once per order. */
  acknowledgementNumber: string;
  order: OrderReference;
  /** Logicbroker: 0 acknowledge with change, 1 acknowledge, 2 reject; null where the document is silent. */
  type: number | null;
  /** ChangeReason of the header. */
  reason: string | null;
  lines: AckLine[];
}

export interface AckLine extends LineName {
  type: number | null;
  reason: string | null;
  /** Pieces; null where the line is silent. */
  accepted: number | null;
  cancelled: number | null;
  backordered: number | null;
}

/** What an acknowledgement of the ERP's does; `pulled` is one that came from TikTok. */
export type AcknowledgementKind = 'accept' | 'backorder' | 'cancel' | 'pulled';

/** `pending`: TikTok has not decided. `in_doubt`: only a person can tell whether TikTok has done it. */
export type AcknowledgementState = 'pending' | 'done' | 'refused' | 'in_doubt';

/** Which line of the order a line of the document is about, and the pieces that it cancels. */
export interface PlannedAckLine {
  path: string;
  lineNumber: string;
  unitIds: string[];
}

export interface AcknowledgementPlan {
  kind: Exclude<AcknowledgementKind, 'pulled'>;
  lines: PlannedAckLine[];
  /** The pieces that are cancelled: all that are left of the order, or none. */
  unitIds: string[];
}
