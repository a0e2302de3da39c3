import { changeStatus, recordEvents } from '../documents/document-store.js';
import type { EventTypeName } from '../documents/event-types.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Tx } from '../store/database.js';
import { DECIDE_BY_HAND } from '../sync/effects/decide-by-hand.js';
import type { EffectOutcome, OutboxEntry } from '../sync/effects/outbox.js';
import { describeError } from '../sync/effects/tiktok-refusal.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import { updateAcknowledgement } from './acknowledgement-store.js';
import type { CancelPayload, CancelledOrder } from './enqueue-cancel.js';
import { lockAcknowledgement, type LockedAcknowledgement } from './lock-acknowledgement.js';
import { refreshAcknowledgementDocuments } from './render-acknowledgement-document.js';

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
): Promise<void> {
  const { companyId } = entry;
  const locked = await lockAcknowledgement(tx, { companyId, key: entry.payload.acknowledgementKey });
  if (outcome.state === 'done') {
    // A person who settles by hand may not know the cancellation's id.
    const cancelled = (outcome.result as CancelledOrder | null) ?? { cancelIds: [], how: 'cancelled' };
    return recordCancelled(deps, tx, locked, cancelled);
  }
  return recordTrouble(tx, locked, outcome);
}

export async function recordCancelled(
  deps: AcknowledgementDeps,
  tx: Tx,
  { head, record, stored }: LockedAcknowledgement,
  { cancelIds, how, remark }: CancelledOrder & { remark?: string },
): Promise<void> {
  const { companyId, key } = head;
  const cancelId = cancelIds.at(-1) ?? null;
  await updateAcknowledgement(tx, key, { state: 'done', cancelId });
  await changeStatus(tx, { companyId, keys: [key], type: 'acknowledgement', to: StatusCode.complete });
  await refreshAcknowledgementDocuments(tx, { companyId, keys: [key] });
  await recordEvents(tx, [
    {
      companyId,
      documentKey: key,
      event: 'acknowledgement-sent',
      summary: histories[how],
      ...(remark ? { details: remark } : {}),
      additional: { cancelIds },
    },
  ]);
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
  });
}

/** Refused for good, which leaves the order as it is, or in doubt, which waits for a person. */
async function recordTrouble(
  tx: Tx,
  { head }: LockedAcknowledgement,
  outcome: Exclude<EffectOutcome<unknown>, { state: 'done' }>,
): Promise<void> {
  const { companyId, key } = head;
  const isRefused = outcome.state === 'refused';
  const reason = isRefused ? describeError(outcome.error) : outcome.why;
  const errorMessage = isRefused ? reason : `In doubt: ${reason} ${DECIDE_BY_HAND}`;
  await updateAcknowledgement(tx, key, { state: isRefused ? 'refused' : 'in_doubt' });
  const to = isRefused ? StatusCode.failed : StatusCode.processing;
  await changeStatus(tx, { companyId, keys: [key], type: 'acknowledgement', to, errorMessage });
  const event: EventTypeName = isRefused ? 'acknowledgement-failed' : 'acknowledgement-in-doubt';
  await recordEvents(tx, [
    {
      companyId,
      documentKey: key,
      event,
      summary: isRefused
        ? 'TikTok does not cancel the order; it stays as it is.'
        : 'Nobody knows whether TikTok has cancelled the order.',
      details: reason,
    },
  ]);
}
