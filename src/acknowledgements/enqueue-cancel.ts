import type { DocumentHead } from '../documents/document.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import { enqueueAgain } from '../sync/effects/enqueue-again.js';

/** Name of the effect; what it does is in cancel-order-effect.ts. */
export const CANCEL_ORDER = 'cancel-order';

export interface CancelPayload {
  acknowledgementKey: number;
}

/**
 * Asks TikTok for the cancellation, in the transaction that stores it: see `enqueueAgain`. The caller holds the order's
 * lock.
 * @returns outbox entry to wake after the commit
 */
export async function enqueueCancel(
  tx: Tx,
  { head, record }: { head: Pick<DocumentHead, 'key'>; record: OrderRecord },
): Promise<bigint> {
  const { companyId, connectionId } = record;
  const { tiktokOrderId } = record.order;
  const payload: CancelPayload = { acknowledgementKey: head.key };
  return enqueueAgain(tx, {
    companyId,
    connectionId,
    effect: CANCEL_ORDER,
    naturalKey: `${tiktokOrderId}:${head.key}`,
    // The one that shipments of the order use: they never overtake each other.
    orderingKey: `order:${tiktokOrderId}`,
    documentKey: head.key,
    payload,
    lane: 'urgent',
  });
}

/** What TikTok has cancelled. */
export interface CancelledOrder {
  /** Oldest first; empty when TikTok shows the pieces as cancelled, but not by which cancellation. */
  cancelIds: string[];
  /** How it came about, for the history. */
  how: 'request-approved' | 'cancelled' | 'cancelled-already';
}
