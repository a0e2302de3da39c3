import type { NewEvent } from '../documents/document-store.js';
import { toIsoSeconds } from '../kernel/time.js';
import type { StoredCancellation } from './cancellation-store.js';
import type { CancelRequest } from '../domain/order.js';

/** The order's document, in whose history the lines go. */
interface Subject {
  companyId: number;
  connectionId: number;
  documentKey: number;
}

export function requestedEvent(subject: Subject, request: CancelRequest): NewEvent {
  const { cancelId, answerBy, unitIds } = request;
  const reason = request.reasonText ?? request.reason;
  return {
    ...subject,
    event: 'cancellation-requested',
    summary: `The buyer asks to cancel${reason ? `: ${reason}` : ''}; the seller has not answered yet`,
    details:
      (answerBy ? `Without an answer TikTok approves the request ${toIsoSeconds(answerBy)}. ` : '') +
      'A cancelling acknowledgement approves it; rejecting it is possible in TikTok Seller Center.',
    additional: { cancelId, unitIds, answerBy: answerBy && toIsoSeconds(answerBy) },
  };
}

export function requestClosedEvent(subject: Subject, cancelId: string, how: string): NewEvent {
  return {
    ...subject,
    event: 'cancellation-request-closed',
    summary: `The buyer's request to cancel is over: ${how}`,
    additional: { cancelId },
  };
}

/** Pieces that are cancelled, and how the ERP gets to know; null where it knows already. */
export function cancelledEvent(subject: Subject, cancellation: StoredCancellation): NewEvent | null {
  const { cancelId, unitIds, role, outcome, acknowledgementKey, reason } = cancellation;
  const by = role === 'other' ? 'TikTok' : `the ${role}`;
  const additional = { cancelId, unitIds };
  const details = reason ? { details: `Reason that TikTok gives: ${reason}` } : {};
  const summary = `${unitIds.length} piece(s) cancelled by ${by}`;
  if (outcome === 'acknowledged') {
    const told = `${summary}; acknowledgement ${acknowledgementKey} tells it`;
    return { ...subject, event: 'order-cancelled', summary: told, ...details, additional };
  }
  if (outcome !== 'seller-made') return null;
  return {
    ...subject,
    event: 'order-cancelled',
    summary: `${summary} in TikTok; no acknowledgement is made`,
    details: 'Do not ship them. The setting pullSellerCancellations has such cancellations pulled too.',
    additional,
  };
}
