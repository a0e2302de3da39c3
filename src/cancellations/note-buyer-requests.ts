import { recordEvents } from '../documents/document-store.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrders } from '../orders/order-store.js';
import { setCancelRequests } from '../orders/order-writes.js';
import type { NoteBuyerRequests } from '../orders/pull-state.js';
import { settleOrders } from '../orders/settle-order-status.js';
import { tellMoved } from '../orders/tell-moved.js';
import { requestClosedEvent } from './cancellation-events.js';
import type { CancellationDeps } from './cancellations-deps.js';
import { readAll } from './read-cancellations.js';
import { takeCancellations } from './take-cancellations.js';

/**
 * What the order pull asks for when an order says that its buyer asks to cancel, or does no longer: the cancellations of
 * these orders are read and taken in, whatever time the pull of cancellations has come to.
 */
export function noteBuyerRequests(deps: CancellationDeps): NoteBuyerRequests {
  return async ({ connection, api, now }, orderIds, guard) => {
    const pending = new Set<string>();
    for await (const page of readAll(api, { orderIds })) {
      const readAt = page.serverTime ?? now;
      for (const { status, orderId } of page.cancellations) if (status === 'pending') pending.add(orderId);
      const moved = await deps.db.transaction(async (tx) => {
        await guard(tx);
        const context = { deps, tx, connection, readAt, moved: [] };
        await takeCancellations(context, page.cancellations);
        return context.moved;
      });
      await tellMoved(deps, connection, moved);
    }
    const over = orderIds.filter((orderId) => !pending.has(orderId));
    if (over.length === 0) return;
    await deps.db.transaction(async (tx) => {
      await guard(tx);
      const records = await lockOrders(tx, connection, over);
      const left = [...records.values()].filter(isOver);
      const { companyId } = connection;
      const orders = left.map(({ id }) => ({ orderId: id, request: null }));
      await setCancelRequests(tx, orders);
      await settleOrders(tx, { companyId, orderIds: left.map(({ id }) => id) });
      await recordEvents(
        tx,
        left.map(({ connectionId, documentKey, cancelRequest }) =>
          requestClosedEvent(
            { companyId, connectionId, documentKey },
            cancelRequest.cancelId,
            'the order shows none any more',
          ),
        ),
      );
    });
  };
}

/** Shown on the document although neither the order nor the cancellations know of it any more. */
function isOver(
  record: OrderRecord,
): record is OrderRecord & { documentKey: number; cancelRequest: NonNullable<OrderRecord['cancelRequest']> } {
  const { documentKey, cancelRequest, order } = record;
  return documentKey !== null && cancelRequest !== null && !order.buyerRequestsCancel;
}
