import { onDatabaseClock } from '../../store/database-clock.js';
import type { Tx } from '../../store/database.js';

interface Which {
  companyId: number;
  documentKey: number;
  now: Date;
}

/**
 * Whether what a document still asks for only waits: no call of it is being made or may still be carried out. The entries
 * stay locked for the rest of the transaction, so that nobody takes one of them meanwhile.
 */
export async function onlyWaits(tx: Tx, { companyId, documentKey, now }: Which): Promise<boolean> {
  const rows = await tx.$queryRaw<{ waits: boolean }[]>`
    SELECT state = 'pending' AND coalesce(doubt_until <= ${onDatabaseClock(now)}, true) AS waits FROM outbox
    WHERE document_key = ${documentKey} AND company_id = ${companyId}
      AND (state IN ('pending', 'sending', 'in_doubt', 'needs_person')
        OR state = 'refused' AND (recheck_at IS NOT NULL OR doubt_until > ${onDatabaseClock(now)}))
    ORDER BY id FOR UPDATE`;
  return rows.length > 0 && rows.every(({ waits }) => waits);
}

/** Takes back what only waits (`onlyWaits` has said so in this transaction): it counts as refused, by us. */
export async function withdrawEffects(
  tx: Tx,
  { companyId, documentKey, now, reason }: Which & { reason: string },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE outbox SET state = 'refused', settled_at = ${now}, updated_at = ${now}, last_error = ${reason}
    WHERE document_key = ${documentKey} AND company_id = ${companyId} AND state = 'pending'`;
}
