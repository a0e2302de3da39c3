import type { EventTypeName } from '../documents/event-types.js';
import { HOUR_MS, toIsoSeconds } from '../kernel/time.js';
import type { DocumentType } from '../logicbroker/document-types.js';

/** In the order in which deadlines of the same time are listed. */
export const deadlineKinds = [
  'cancellation-request',
  'order-ship',
  'refund-request',
  'return-answer',
] as const;
export type DeadlineKind = (typeof deadlineKinds)[number];

/** Something that TikTok waits for until a time: a row of the view `open_deadlines`. */
export interface Deadline {
  kind: DeadlineKind;
  companyId: number;
  connectionId: number;
  /** Company number of the TikTok shop. */
  partnerId: number;
  /** The row of the order, cancellation or return, by kind. */
  subjectId: bigint;
  /** As TikTok has set it. */
  dueAt: Date;
  /** The document that the seller acts on: the order, or the return. */
  key: number;
  documentType: DocumentType;
  linkKey: string;
  partnerPo: string | null;
  /** OrderNumber, TikTok's id of the cancellation, or ReturnNumber. */
  reference: string;
  statusCode: number;
  /** Pieces that are not shipped yet; null where it is not about shipping. */
  openPieces: number | null;
  /** The seller has acted, and TikTok has not taken it yet. */
  underWay: boolean;
  /** What TikTok asks about a return, by its own name; null where it cannot be answered here. */
  nextAction: string | null;
  /** When TikTok cancels an order that is still not shipped, where it says so. */
  cancelledAt: Date | null;
}

/** Hours before a deadline at which a warning is given; 0 when it has passed. The most urgent first. */
const thresholdHours = [0, 4, 24] as const;
export type ThresholdHours = (typeof thresholdHours)[number];

const eventNames: Record<DeadlineKind, { near: EventTypeName; missed: EventTypeName }> = {
  'order-ship': { near: 'order-deadline', missed: 'order-deadline-missed' },
  'cancellation-request': { near: 'cancellation-deadline', missed: 'cancellation-deadline-missed' },
  'return-answer': { near: 'return-deadline', missed: 'return-deadline-missed' },
  'refund-request': { near: 'return-deadline', missed: 'return-deadline-missed' },
};

/** The event that warns of it. */
export function eventOf({ kind }: Deadline, threshold: ThresholdHours): EventTypeName {
  return threshold === 0 ? eventNames[kind].missed : eventNames[kind].near;
}

/** A deadline counts as passed from its own time on. */
export function isOverdue({ dueAt }: Pick<Deadline, 'dueAt'>, now: Date): boolean {
  return dueAt <= now;
}

/** With two decimals; negative when it has passed. */
export function hoursLeft({ dueAt }: Pick<Deadline, 'dueAt'>, now: Date): number {
  return Math.round(((dueAt.getTime() - now.getTime()) / HOUR_MS) * 100) / 100;
}

/** One line for the history. */
export function summaryOf(deadline: Deadline, threshold: ThresholdHours): string {
  const left = threshold === 0 ? 'that time has passed' : `less than ${threshold} hours are left`;
  return `${words[deadline.kind].subject(deadline)} by ${toIsoSeconds(deadline.dueAt)}: ${left}.`;
}

/** The next step, in the words of the API. */
export function whatToDo(deadline: Deadline): string {
  const { next, underWay } = words[deadline.kind];
  return deadline.underWay ? underWay(deadline) : next(deadline);
}

/** What TikTok does when nothing has happened by then. */
export function atDeadline(deadline: Deadline): string {
  return words[deadline.kind].atDeadline(deadline);
}

type Words = Record<'subject' | 'next' | 'underWay' | 'atDeadline', (deadline: Deadline) => string>;

/** UNCONFIRMED: that every late order counts as a late dispatch, and that TikTok always approves an unanswered return. */
const words: Record<DeadlineKind, Words> = {
  'order-ship': {
    subject: ({ reference, openPieces }) => `Order ${reference}: ${piecesOf(openPieces)} must be shipped`,
    next: ({ key, openPieces }) => `Ship ${piecesOf(openPieces)}: POST Orders/${key}/Shipments.`,
    underWay: ({ key }) =>
      `Shipments of all that is left are stored, and TikTok has not confirmed them yet: look at GET Orders/${key}/Shipments.`,
    atDeadline: ({ cancelledAt }) =>
      cancelledAt
        ? `TikTok counts it as a late dispatch, and cancels what is not shipped by ${toIsoSeconds(cancelledAt)}.`
        : 'TikTok counts it as a late dispatch, and may cancel the order later.',
  },
  'cancellation-request': {
    subject: ({ reference }) => `The buyer's cancellation request ${reference} must be answered`,
    next: () =>
      'To approve it, POST Acknowledgements with the quantities as QuantityCancelled. Shipping the order rejects it.',
    underWay: () =>
      'Your cancellation is stored, and TikTok has not confirmed it yet: look at GET Acknowledgements.',
    atDeadline: () => 'TikTok approves the request by itself: the pieces are cancelled and refunded.',
  },
  'return-answer': {
    subject: ({ reference }) => `Return ${reference} must be answered`,
    next: returnAnswers,
    underWay: ({ key }) =>
      `Your answer is stored, and TikTok has not confirmed it yet: look at GET Returns/${key}/Explain.`,
    atDeadline: () => 'TikTok approves it by itself.',
  },
  'refund-request': {
    subject: ({ reference }) => `The buyer's request ${reference} on the order must be answered`,
    next: ({ key }) => `Answer it in TikTok Seller Center; GET Orders/${key}/Explain has the request.`,
    underWay: () => 'Look at it in TikTok Seller Center.',
    atDeadline: () => 'TikTok decides by itself: as a rule the buyer is refunded.',
  },
};

/** TikTok: seller_next_action_response. */
function returnAnswers({ key, nextAction }: Deadline): string {
  switch (nextAction) {
    case 'SELLER_RESPOND_RETURN':
      return `Accept the request: PUT Returns/${key}/Status/600. Reject it in TikTok Seller Center.`;
    case 'SELLER_RESPOND_RECEIVE_PACKAGE':
    case 'SELLER_RESPOND_REFUND':
      return `Confirm the goods, which refunds the buyer: PUT Returns/${key}/Status/1000. Reject them in TikTok Seller Center.`;
    default:
      return 'Answer it in TikTok Seller Center.';
  }
}

function piecesOf(count: number | null): string {
  return count === 1 ? '1 piece' : `${count ?? 0} pieces`;
}
