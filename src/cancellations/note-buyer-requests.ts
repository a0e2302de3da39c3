import { recordEvents } from '../documents/document-store.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrders } from '../orders/order-store.js';
import { setCancelRequests } from '../orders/order-writes.js';
import type { NoteBuyerRequests } from '../orders/pull-orders-deps.js';
import { settleOrders } from '../orders/settle-order-status.js';
import { readAll } from '../sync/pull/read-pages.js';
import { takeWithoutProgress } from '../sync/pull/read-now.js';
import { requestClosedEvent } from './cancellation-events.js';
import type { CancellationDeps } from './cancellations-deps.js';
import { cancellationPull } from './pull-cancellations.js';

/**
 * What the order pull asks for when an order says that its buyer asks to cancel, or does no longer: the cancellations of
 * these orders are read and taken in, whatever time the pull of cancellations has come to.
 */
export function noteBuyerRequests(deps: CancellationDeps): NoteBuyerRequests {
  return async ({ connection, api, now, by }, orderIds, guard) => {
    const pending = new Set<string>();
    const source = { connection, api };
    for await (const { items, serverTime } of readAll(cancellationPull, source, { orderIds })) {
      for (const { status, orderId } of items) if (status === 'pending') pending.add(orderId);
      const options = { deps, source, readAt: serverTime ?? now, by, begin: guard };
      await takeWithoutProgress(cancellationPull, options, items);
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
      await settleOrders(tx, { companyId, orderIds: left.map(({ id }) => id), by });
      await recordEvents(
        tx,
        by,
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
