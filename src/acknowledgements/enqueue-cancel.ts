import type { DocumentHead } from '../documents/document.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import { enqueueAllAgain } from '../sync/effects/enqueue-again.js';
import type { NewEffect } from '../sync/effects/outbox.js';

/** Name of the effect; what it does is in cancel-order-effect.ts. */
export const CANCEL_ORDER = 'cancel-order';

export interface CancelPayload {
  acknowledgementKey: number;
}

/** An acknowledgement that cancels, and its order. */
interface Cancelling {
  head: Pick<DocumentHead, 'key'>;
  record: OrderRecord;
}

/**
 * Asks TikTok for cancellations, in the transaction that stores them: see `enqueueAgain`. The caller holds the locks of the
 * orders.
 * @returns outbox entries to wake after the commit
 */
export async function enqueueCancels(tx: Tx, cancels: readonly Cancelling[]): Promise<bigint[]> {
  return enqueueAllAgain(tx, cancels.map(cancelEffect));
}

function cancelEffect({ head, record }: Cancelling): NewEffect {
  const { companyId, connectionId } = record;
  const { tiktokOrderId } = record.order;
  const payload: CancelPayload = { acknowledgementKey: head.key };
  return {
    companyId,
    connectionId,
    effect: CANCEL_ORDER,
    naturalKey: `${tiktokOrderId}:${head.key}`,
    // The one that shipments of the order use: they never overtake each other.
    orderingKey: `order:${tiktokOrderId}`,
    documentKey: head.key,
    payload,
    lane: 'urgent',
  };
}

/** What TikTok has cancelled. */
export interface CancelledOrder {
  /** Oldest first; empty when TikTok shows the pieces as cancelled, but not by which cancellation. */
  cancelIds: string[];
  /** How it came about, for the history. */
  how: 'request-approved' | 'cancelled' | 'cancelled-already';
}
