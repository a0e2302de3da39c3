import type { Actor } from '../companies/actor.js';
import { errorOf, settleDocument, troubleOf, type Trouble } from '../documents/settle-document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Tx } from '../store/database.js';
import type { EffectOutcome, OutboxEntry } from '../sync/effects/outbox.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import { updateAcknowledgement } from './acknowledgement-store.js';
import type { CancelPayload, CancelledOrder } from './enqueue-cancel.js';
import { lockAcknowledgement, type LockedAcknowledgement } from './lock-acknowledgement.js';
import { acknowledgementRenderer } from './render-acknowledgement-document.js';

const histories: Record<CancelledOrder['how'], string> = {
  'request-approved': "TikTok has approved the buyer's own request; the order is cancelled.",
  cancelled: 'TikTok has cancelled the order.',
  'cancelled-already': 'TikTok had cancelled the order already.',
};

/** What TikTok did with a cancellation, written to the acknowledgement, its history, and the order. */
export async function settleCancel(
  deps: AcknowledgementDeps,
  tx: Tx,
  entry: OutboxEntry<CancelPayload>,
  outcome: EffectOutcome<CancelledOrder>,
  by: Actor,
): Promise<void> {
  const { companyId } = entry;
  const locked = await lockAcknowledgement(tx, { companyId, key: entry.payload.acknowledgementKey });
  if (outcome.state === 'done') {
    // A person who settles by hand may not know the cancellation's id.
    const cancelled = (outcome.result as CancelledOrder | null) ?? { cancelIds: [], how: 'cancelled' };
    return recordCancelled(deps, tx, locked, { ...cancelled, by });
  }
  return recordTrouble(tx, locked, troubleOf(outcome), by);
}

export async function recordCancelled(
  deps: AcknowledgementDeps,
  tx: Tx,
  { head, record, stored }: LockedAcknowledgement,
  { cancelIds, how, remark, by }: CancelledOrder & { remark?: string; by: Actor },
): Promise<void> {
  const { companyId, key } = head;
  const cancelId = cancelIds.at(-1) ?? null;
  await updateAcknowledgement(tx, key, { state: 'done', cancelId });
  await settleDocument(tx, acknowledgementRenderer, head, {
    by,
    standing: { to: StatusCode.complete, errorMessage: null },
    events: [
      {
        companyId,
        documentKey: key,
        event: 'acknowledgement-sent',
        summary: histories[how],
        ...(remark ? { details: remark } : {}),
        additional: { cancelIds },
      },
    ],
  });
  await deps.recordOwnCancellation(tx, {
    companyId,
    connectionId: record.connectionId,
    orderId: record.id,
    acknowledgementKey: key,
    cancelIds,
    unitIds: stored.unitIds,
    reason: how === 'request-approved' ? null : stored.cancelReason,
    byUs: how !== 'cancelled-already',
    at: deps.clock.now(),
    by,
  });
}

/** Refused for good, which leaves the order as it is, or in doubt, which waits for a person. */
async function recordTrouble(
  tx: Tx,
  { head }: LockedAcknowledgement,
  trouble: Trouble,
  by: Actor,
): Promise<void> {
  const { companyId, key } = head;
  const isRefused = trouble.state === 'refused';
  await updateAcknowledgement(tx, key, { state: trouble.state });
  await settleDocument(tx, acknowledgementRenderer, head, {
    by,
    standing: { to: isRefused ? StatusCode.failed : StatusCode.processing, errorMessage: errorOf(trouble) },
    events: [
      {
        companyId,
        documentKey: key,
        event: isRefused ? 'acknowledgement-failed' : 'acknowledgement-in-doubt',
        summary: isRefused
          ? 'TikTok does not cancel the order; it stays as it is.'
          : 'It is not known whether TikTok has cancelled the order.',
        details: trouble.reason,
      },
    ],
  });
}
