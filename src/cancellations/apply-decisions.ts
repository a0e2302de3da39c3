import { recordEvents, type NewEvent } from '../documents/document-store.js';
import { cancelledBeforeImport, CANCELLED_GATE, isCancelledPieceByPiece } from '../orders/order-gates.js';
import { withCancellation } from '../orders/order-changes.js';
import type { OrderRecord } from '../orders/order-record.js';
import {
  cancelUnits,
  keepOut,
  markCancellationAcknowledged,
  setCancelRequests,
} from '../orders/order-writes.js';
import { markPiecesCancelled } from '../orders/piece-store.js';
import { settleOrders } from '../orders/settle-order-status.js';
import { hurryEffects } from '../sync/effects/outbox.js';
import { cancelledEvent, requestClosedEvent, requestedEvent } from './cancellation-events.js';
import { findKnownCancellations } from './cancellation-store.js';
import type { CancelRequest } from '../domain/order.js';
import type { Decided, TakeContext } from './take-context.js';

/** A decision about an order that the ERP has. */
type OnOrder = Decided & { record: OrderRecord & { documentKey: number } };

const TOLD = ['acknowledged', 'ours', 'told'];

/** Brings the orders, whose rows are locked, in line with what was decided about their cancellations. */
export async function applyDecisions(context: TakeContext, decided: readonly Decided[]): Promise<void> {
  const { tx, connection, by } = context;
  const { companyId } = connection;
  const onOrders = decided.filter(
    (each): each is OnOrder => each.record?.companyId === companyId && each.record.documentKey !== null,
  );
  await cancelPieces(context, onOrders);
  await cancelInLedger(context, decided);
  const requests = requestsOf(onOrders);
  await setCancelRequests(tx, requests);
  await keepOutOfErp(context, decided);
  const orderIds = [...new Set(onOrders.map(({ record }) => record.id))];
  await settleOrders(tx, { companyId, orderIds, by });
  await recordEvents(
    tx,
    by,
    onOrders.flatMap((each) => eventsOf(each)),
  );
}

/** What TikTok has cancelled is cancelled, whoever made it; shipments that wait with such pieces are looked at now. */
async function cancelPieces({ deps, tx }: TakeContext, decided: readonly OnOrder[]): Promise<void> {
  const executed = decided.filter(({ row }) => row.status === 'executed');
  await cancelUnits(
    tx,
    executed.map(({ record, row }) => ({ orderId: record.id, unitIds: row.unitIds })),
  );
  await markCancellationAcknowledged(
    tx,
    executed.filter(({ row }) => TOLD.includes(row.outcome)).map(({ record }) => record.id),
  );
  const shipmentKeys = executed.flatMap(({ record, row }) =>
    record.units.flatMap((unit) => (row.unitIds.includes(unit.unitId) ? (unit.shipmentKey ?? []) : [])),
  );
  await hurryEffects(tx, { documentKeys: [...new Set(shipmentKeys)], now: deps.clock.now() });
}

/**
 * The ledger of pieces has those of orders that the ERP has never seen too. UNCONFIRMED: a cancellation without a request
 * is carried out when it is made; of one that was asked for, the last change is the best that is known.
 */
async function cancelInLedger(
  { tx, connection, moved }: TakeContext,
  decided: readonly Decided[],
): Promise<void> {
  const executed = decided.filter(({ row }) => row.status === 'executed');
  const pieces = executed.flatMap(({ shown, row }) => {
    const at = (shown.type === 'cancel' ? shown.createdAt : null) ?? shown.updatedAt;
    return row.unitIds.map((unitId) => ({ unitId, at, by: row.role }));
  });
  moved.push(...(await markPiecesCancelled(tx, connection, pieces)));
}

/** Requests that are new on their order, and those that are over. */
function requestsOf(decided: readonly OnOrder[]): { orderId: bigint; request: CancelRequest | null }[] {
  const requests = new Map<bigint, CancelRequest | null>();
  for (const { record, row } of decided) {
    if (row.outcome === 'pending') requests.set(record.id, requestOf(row));
    else if (record.cancelRequest?.cancelId === row.cancelId) requests.set(record.id, null);
  }
  return [...requests].map(([orderId, request]) => ({ orderId, request }));
}

function requestOf(row: OnOrder['row']): CancelRequest {
  const { cancelId, reason, reasonText, requestedAt, answerBy, unitIds } = row;
  return { cancelId, reason, reasonText, requestedAt, answerBy, unitIds };
}

/** Orders that wait for their hold and are cancelled as a whole: from here on Explain says so. */
async function keepOutOfErp({ tx, connection }: TakeContext, decided: readonly Decided[]): Promise<void> {
  const waiting = decided.flatMap(({ record, row }) =>
    record?.state === 'waiting' && row.status === 'executed' ? [record] : [],
  );
  if (waiting.length === 0) return;
  const ids = waiting.map(({ order }) => order.tiktokOrderId);
  const known = await findKnownCancellations(tx, connection, ids);
  await keepOut(
    tx,
    waiting.flatMap(({ id, order }) => {
      const cancellation = known.get(order.tiktokOrderId);
      if (!cancellation || !isCancelledPieceByPiece(withCancellation(order, cancellation))) return [];
      return [{ orderId: id, gate: CANCELLED_GATE, reason: cancelledBeforeImport(cancellation) }];
    }),
  );
}

function eventsOf({ known, record, row }: OnOrder): NewEvent[] {
  const { companyId, connectionId, documentKey } = record;
  const subject = { companyId, connectionId, documentKey };
  const events: NewEvent[] = [];
  if (row.outcome === 'pending' && record.cancelRequest?.cancelId !== row.cancelId) {
    events.push(requestedEvent(subject, requestOf(row)));
  }
  if (row.outcome !== 'pending' && record.cancelRequest?.cancelId === row.cancelId) {
    const how = row.status === 'executed' ? 'it was approved' : 'it was withdrawn, rejected or closed';
    events.push(requestClosedEvent(subject, row.cancelId, how));
  }
  const cancelled = known?.outcome === row.outcome ? null : cancelledEvent(subject, row);
  return cancelled ? [...events, cancelled] : events;
}
