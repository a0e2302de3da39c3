import type { Actor } from '../companies/actor.js';
import { recordEvents } from '../documents/document-store.js';
import type { OrderRecord } from '../orders/order-record.js';
import { readOrderRecords, type Shop } from '../orders/order-store.js';
import { markCancelReady, markPiecesCancelled, type CancelledPiece } from '../orders/piece-store.js';
import { cancelUnits, markCancellationAcknowledged, setCancelRequests } from '../orders/order-writes.js';
import { settleOrders } from '../orders/settle-order-status.js';
import type { Tx } from '../store/database.js';
import { requestClosedEvent } from './cancellation-events.js';
import {
  findCancellations,
  findWaitingOfOrder,
  saveCancellations,
  type StoredCancellation,
} from './cancellation-store.js';

/** A cancellation that the ERP has asked for, as TikTok has confirmed it. */
interface ConfirmedCancellation {
  companyId: number;
  connectionId: number;
  /** Our order; its row is locked by the caller. */
  orderId: bigint;
  /** The ERP's acknowledgement. */
  acknowledgementKey: number;
  /** Pieces that TikTok has cancelled. */
  unitIds: readonly string[];
  /** TikTok's ids of it; none when TikTok answered only that the order is cancelled already. */
  cancelIds: readonly string[];
  /** TikTok's key of the reason that was given; null where a request of the buyer was approved. */
  reason: string | null;
  /** False where TikTok says only that the order was cancelled already, by whomever. */
  byUs: boolean;
  at: Date;
  /** Who has it noted. */
  by: Actor;
}

/**
 * Notes the ERP's own cancellation as done: its pieces are cancelled, the order moves on, and no pull brings it back. Part
 * of the transaction that settles the effect.
 */
export async function recordOwnCancellation(tx: Tx, confirmed: ConfirmedCancellation): Promise<void> {
  const { companyId, orderId, unitIds, cancelIds } = confirmed;
  const [record] = await readOrderRecords(tx, [orderId]);
  if (!record || record.companyId !== companyId) throw new Error(`Order ${orderId} is gone`);
  const shop = await shopOf(tx, orderId);
  const known = await findCancellations(tx, shop, cancelIds);
  const waiting = await findWaitingOfOrder(tx, orderId);
  const held = new Map([...waiting, ...known.values()].map((row) => [row.cancelId, row]));
  const rows = cancelIds.map(
    (cancelId) => held.get(cancelId) ?? newRow(confirmed, cancelId, record.order.tiktokOrderId),
  );
  const answered = waiting.filter((row) => row.unitIds.every((unitId) => unitIds.includes(unitId)));
  await saveCancellations(
    tx,
    shop,
    [...new Map([...answered, ...rows].map((row) => [row.cancelId, row])).values()]
      // The pull was first, and has told the ERP by a document of its own.
      .filter(({ outcome }) => outcome !== 'acknowledged')
      .map((row) => oursNow(row, confirmed)),
  );
  await cancelUnits(tx, [{ orderId, unitIds }]);
  await markPiecesCancelled(tx, shop, cancelledPieces(confirmed, [...held.values()]));
  await markCancelReady(tx, [{ orderId, unitIds }], confirmed.at);
  await markCancellationAcknowledged(tx, [orderId]);
  if (record.cancelRequest) await closeRequest(tx, record, confirmed);
  await settleOrders(tx, { companyId, orderIds: [orderId], by: confirmed.by });
}

/**
 * By whom TikTok counts them as cancelled: where a request of the buyer was approved, by the buyer. A seller that cancels has
 * none of the pieces, so that it matters. Where TikTok says only that they were cancelled already, it tells later.
 */
function cancelledPieces(
  { unitIds, cancelIds, reason, byUs, at }: ConfirmedCancellation,
  held: readonly StoredCancellation[],
): CancelledPiece[] {
  const requests = held.filter(({ cancelId, role }) => role === 'buyer' && cancelIds.includes(cancelId));
  const asked = (unitId: string) =>
    requests.some((row) => row.unitIds.length === 0 || row.unitIds.includes(unitId));
  const otherwise = byUs ? 'seller' : 'other';
  return unitIds.map((unitId) => ({
    unitId,
    at,
    by: reason === null || asked(unitId) ? 'buyer' : otherwise,
  }));
}

async function closeRequest(
  tx: Tx,
  record: OrderRecord,
  { acknowledgementKey, by }: ConfirmedCancellation,
): Promise<void> {
  const { id, companyId, connectionId, documentKey, cancelRequest } = record;
  await setCancelRequests(tx, [{ orderId: id, request: null }]);
  if (documentKey === null || !cancelRequest) return;
  const how = `approved by acknowledgement ${acknowledgementKey}`;
  await recordEvents(tx, by, [
    requestClosedEvent({ companyId, connectionId, documentKey }, cancelRequest.cancelId, how),
  ]);
}

function oursNow(
  row: StoredCancellation,
  { acknowledgementKey, unitIds }: ConfirmedCancellation,
): StoredCancellation {
  return {
    ...row,
    status: 'executed',
    outcome: 'ours',
    gate: 'not-ours',
    gateReason: `It is the ERP's own cancellation ${acknowledgementKey}.`,
    acknowledgementKey,
    unitIds: row.unitIds.length > 0 ? row.unitIds : [...unitIds],
  };
}

/** As far as the answer tells; the pull fills in the rest. */
function newRow(
  { companyId, connectionId, orderId, reason, unitIds, at }: ConfirmedCancellation,
  cancelId: string,
  tiktokOrderId: string,
): StoredCancellation {
  return {
    companyId,
    connectionId,
    cancelId,
    tiktokOrderId,
    orderId,
    type: 'CANCEL',
    role: 'seller',
    roleText: 'SELLER',
    status: 'executed',
    statusText: 'CANCELLATION_REQUEST_SUCCESS',
    reason,
    reasonText: null,
    unitIds: [...unitIds],
    requestedAt: at,
    answerBy: null,
    // Older than anything TikTok shows, so that the pull's version of it is news.
    tiktokUpdatedAt: new Date(0),
    readAt: at,
    outcome: 'ours',
    gate: null,
    gateReason: null,
    acknowledgementKey: null,
  };
}

async function shopOf(tx: Tx, orderId: bigint): Promise<Shop> {
  return tx.order.findUniqueOrThrow({ where: { id: orderId }, select: { environment: true, shopId: true } });
}
