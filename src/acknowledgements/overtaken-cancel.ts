import type { Actor } from '../companies/actor.js';
import { OVERTAKEN } from '../documents/settle-document.js';
import type { Tx } from '../store/database.js';
import type { OutboxEntry } from '../sync/effects/outbox.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import { isToldByAnother } from './acknowledgement-store.js';
import { CANCEL_ORDER, type CancelPayload, type CancelledOrder } from './enqueue-cancel.js';
import { lockAcknowledgement } from './lock-acknowledgement.js';
import { recordCancelled } from './settle-cancel.js';

/** Refused cancellations whose pieces are all cancelled, and which nobody has told the ERP. @returns ids of entries */
export async function findOvertakenCancels(tx: Tx, since: Date): Promise<bigint[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT o.id FROM outbox o
    JOIN acknowledgements a ON a.document_key = (o.payload->>'acknowledgementKey')::int
    WHERE o.effect = ${CANCEL_ORDER} AND o.state IN ('refused', 'needs_person') AND o.settled_at > ${since}
      AND a.state IN ('refused', 'in_doubt') AND cardinality(a.unit_ids) > 0
      AND NOT EXISTS (
        SELECT FROM order_units u
        WHERE u.order_id = a.order_id AND u.unit_id = ANY(a.unit_ids) AND NOT u.cancelled)
      AND NOT EXISTS (
        SELECT FROM acknowledgements b
        WHERE b.order_id = a.order_id AND b.document_key <> a.document_key AND b.unit_ids && a.unit_ids
          AND (b.kind = 'pulled' OR b.kind = 'cancel' AND b.state = 'done'))
    ORDER BY o.id LIMIT 100`;
  return rows.map(({ id }) => id);
}

/**
 * TikTok has cancelled what was told as not cancelled.
 * @returns false when another acknowledgement tells of these pieces, or this one is being sent again
 */
export async function correctCancel(
  deps: AcknowledgementDeps,
  tx: Tx,
  entry: OutboxEntry<CancelPayload>,
  cancelled: CancelledOrder & { by: Actor },
): Promise<boolean> {
  const { acknowledgementKey: key } = entry.payload;
  const locked = await lockAcknowledgement(tx, { companyId: entry.companyId, key });
  const { state } = locked.stored;
  if (state !== 'refused' && state !== 'in_doubt') return false;
  if (await isToldByAnother(tx, locked.stored)) return false;
  await recordCancelled(deps, tx, locked, { ...cancelled, remark: OVERTAKEN });
  return true;
}
