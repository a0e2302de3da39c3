import { changeStatus } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import { enqueueEffect } from '../sync/effects/outbox.js';

/** Name of the effect; what it does is in cancel-order-effect.ts. */
export const CANCEL_ORDER = 'cancel-order';

export interface CancelPayload {
  acknowledgementKey: number;
}

/**
 * Asks TikTok for the cancellation, in the transaction that stores it. The same document sent again after a refusal is an
 * effect of its own; in any other state it is the same effect, which stays as it is. The caller holds the order's lock.
 * @returns outbox entry to wake after the commit
 */
export async function enqueueCancel(
  tx: Tx,
  { head, record }: { head: Pick<DocumentHead, 'key'>; record: OrderRecord },
): Promise<bigint> {
  const { companyId, connectionId } = record;
  const { tiktokOrderId } = record.order;
  const payload: CancelPayload = { acknowledgementKey: head.key };
  await changeStatus(tx, { companyId, keys: [head.key], type: 'acknowledgement', to: StatusCode.processing });
  for (let time = 1; ; time++) {
    const { id, created, state } = await enqueueEffect(tx, {
      companyId,
      connectionId,
      effect: CANCEL_ORDER,
      naturalKey: `${tiktokOrderId}:${head.key}.${time}`,
      // The one that shipments of the order use: they never overtake each other.
      orderingKey: `order:${tiktokOrderId}`,
      documentKey: head.key,
      payload,
      lane: 'urgent',
    });
    if (created || state !== 'refused') return id;
  }
}

/** What TikTok has cancelled. */
export interface CancelledOrder {
  /** Oldest first; empty when TikTok shows the pieces as cancelled, but not by which cancellation. */
  cancelIds: string[];
  /** How it came about, for the history. */
  how: 'request-approved' | 'cancelled' | 'cancelled-already';
}
