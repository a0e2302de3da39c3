import type { ShopCancellation } from '../domain/cancellation.js';
import { AppError } from '../kernel/errors.js';
import { readOrderRecords } from '../orders/order-store.js';
import type { Tx } from '../store/database.js';
import type { EffectContext, EffectDefinition, OutboxEntry, ReadBack } from '../sync/effects/outbox.js';
import { asRefusal, inDoubt, PATIENT_ATTEMPTS, refusal } from '../sync/effects/tiktok-refusal.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { TikTokError } from '../tiktok/tiktok-errors.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import { findAcknowledgement } from './acknowledgement-store.js';
import {
  cancelIdsOf,
  leftOf,
  readCancellations,
  readStanding,
  type CancellationStanding,
} from './cancellation-standing.js';
import { CANCEL_ORDER, type CancelPayload, type CancelledOrder } from './enqueue-cancel.js';
import { correctCancel, findOvertakenCancels } from './overtaken-cancel.js';
import { namingReasons } from './refused-reason.js';
import { settleCancel } from './settle-cancel.js';

interface OrderToCancel {
  tiktokOrderId: string;
  unitIds: string[];
  reason: string | null;
}

type CancelContext = EffectContext<CancelPayload>;

/**
 * The seller cancels what is left of an order. Read back through the order's cancellations and pieces. A buyer's open
 * request is approved rather than crossed by a cancellation of the seller's, which TikTok would count against the seller.
 */
export function cancelOrderEffect(
  deps: AcknowledgementDeps,
): EffectDefinition<CancelPayload, CancelledOrder> {
  return {
    name: CANCEL_ORDER,
    lane: 'urgent',
    leavesByFence: true,
    // Pieces are cancelled once: TikTok refuses repeats (25001011, 25001051), and approvals carry a key.
    resendSafe: true,

    async send({ entry, fence }) {
      const wanted = await load(deps.db.prisma, entry);
      const { api } = await deps.openShop(entry.connectionId, entry.lane, fence);
      const standing = await readCancellations(api, wanted.tiktokOrderId);
      if (leftOf(wanted.unitIds, standing).length === 0) return doneBefore(wanted, standing, entry);
      if (standing.isBusy) throw stillBusy();
      try {
        return standing.request
          ? await approve(api, wanted, { standing, request: standing.request }, entry)
          : await cancel(api, wanted, cancelIdsOf(wanted.unitIds, standing));
      } catch (thrown) {
        const error = asRefusal(thrown);
        if (!(error instanceof AppError) || error.code !== 'tiktok-refused') throw error;
        const after = await readStanding(api, wanted.tiktokOrderId);
        try {
          return resolveRefusal(wanted, { before: standing, after }, error, entry);
        } catch (refused) {
          throw await namingReasons(deps, api, { ...wanted, connectionId: entry.connectionId }, refused);
        }
      }
    },

    readBack: (context) => readBack(deps, context),
    settle: (tx, entry, outcome, by) => settleCancel(deps, tx, entry, outcome, by),
    correct: (tx, entry, cancelled, by) => correctCancel(deps, tx, entry, { ...cancelled, by }),
    findOvertaken: findOvertakenCancels,
  };
}

async function load(tx: Tx, entry: OutboxEntry<CancelPayload>): Promise<OrderToCancel> {
  const { companyId } = entry;
  const documentKey = entry.payload.acknowledgementKey;
  const stored = await findAcknowledgement(tx, { companyId, documentKey });
  const [record] = stored ? await readOrderRecords(tx, [stored.orderId]) : [];
  if (!stored || !record) throw new Error(`Acknowledgement ${documentKey} has lost its rows`);
  return {
    tiktokOrderId: record.order.tiktokOrderId,
    unitIds: stored.unitIds,
    reason: stored.cancelReason,
  };
}

/** TikTok: Cancel Order. Without pieces it means all that are left, which is what the seller wants. */
async function cancel(
  api: ShopApi,
  { tiktokOrderId, reason }: OrderToCancel,
  cancelIds: readonly string[],
): Promise<CancelledOrder> {
  if (reason === null) throw requestIsGone();
  const { cancelId, status } = await api.cancelOrder({ orderId: tiktokOrderId, reason });
  // Taken, but not carried out yet: looked at again until TikTok has decided.
  if (status === 'pending') throw stillBusy();
  return { cancelIds: [...cancelIds, cancelId], how: 'cancelled' };
}

/** TikTok: Approve Cancellation. What the request leaves of the order is cancelled by ourselves. */
async function approve(
  api: ShopApi,
  wanted: OrderToCancel,
  { standing, request }: { standing: CancellationStanding; request: ShopCancellation },
  entry: OutboxEntry,
): Promise<CancelledOrder> {
  const { cancelId } = request;
  const left = leftOf(wanted.unitIds, standing);
  // A request that names no pieces is about the whole order.
  const rest = request.unitIds.length === 0 ? [] : left.filter((unitId) => !request.unitIds.includes(unitId));
  if (rest.length > 0 && wanted.reason === null) throw requestIsSmaller();
  await api.approveCancellation({ cancelId, idempotencyKey: `${entry.naturalKey}:${cancelId}` });
  const cancelIds = [...cancelIdsOf(wanted.unitIds, standing), cancelId];
  return rest.length === 0 ? { cancelIds, how: 'request-approved' } : cancel(api, wanted, cancelIds);
}

function doneBefore(
  { unitIds }: OrderToCancel,
  standing: CancellationStanding,
  { attempts }: OutboxEntry,
): CancelledOrder {
  // After a call of ours that was lost it is most likely our own; nobody can tell, and it makes no difference.
  const how = attempts > 1 ? 'cancelled' : 'cancelled-already';
  return { cancelIds: cancelIdsOf(unitIds, standing), how };
}

/**
 * TikTok refuses: because it is done, because the buyer's request has come or gone in this moment, or for good. Lists and
 * orders may be old copies, so what only follows from them is looked at again some times before it fails the document.
 */
function resolveRefusal(
  wanted: OrderToCancel,
  { before, after }: { before: CancellationStanding; after: CancellationStanding },
  error: AppError,
  entry: OutboxEntry,
): CancelledOrder {
  if (leftOf(wanted.unitIds, after).length === 0) return doneBefore(wanted, after, entry);
  if (error instanceof TikTokError && error.reaction === 'already-done') throw inDoubt(error);
  const isMoving = after.isBusy || before.request !== null || after.request !== null;
  const mayBeOld = wanted.reason === null || entry.attempts > 1;
  throw (isMoving || mayBeOld) && entry.attempts < PATIENT_ATTEMPTS ? inDoubt(error) : error;
}

async function readBack(
  deps: AcknowledgementDeps,
  { entry }: CancelContext,
): Promise<ReadBack<CancelledOrder>> {
  const wanted = await load(deps.db.prisma, entry);
  const { api } = await deps.openShop(entry.connectionId, entry.lane);
  const standing = await readStanding(api, wanted.tiktokOrderId);
  if (leftOf(wanted.unitIds, standing).length === 0) {
    return { state: 'done', result: doneBefore(wanted, standing, entry) };
  }
  return standing.isBusy ? { state: 'unknown', why: stillBusy().message } : { state: 'not-done' };
}

function stillBusy(): AppError {
  return new AppError('tiktok-in-doubt', 'TikTok has a cancellation of this order that it has not finished.');
}

function requestIsGone(): AppError {
  return refusal(
    'The buyer has withdrawn the request to cancel, and the acknowledgement gives no reason of its own.',
    'Ship the order, or send a new acknowledgement with a ChangeReason.',
  );
}

function requestIsSmaller(): AppError {
  return refusal(
    'The buyer asks to cancel only some pieces, and the acknowledgement gives no reason for the others.',
    'Send a new acknowledgement with a ChangeReason, or answer the request in TikTok Seller Center.',
  );
}
