import type { Tx } from '../../store/database.js';
import { onDatabaseClock } from '../../store/database-clock.js';

/** `under-way`: a call is to be made, or is being made. `in-doubt`: nobody knows yet whether an earlier one is carried out. */
export type Unsettled = 'under-way' | 'in-doubt';

/**
 * What of a document's effects is not settled, so that the document may not be made anew. A refusal counts as settled unless
 * a call of it may still be carried out, or TikTok is about to be asked once more (see recheck-entries.ts).
 */
export async function findUnsettled(
  tx: Tx,
  { companyId, documentKey, now }: { companyId: number; documentKey: number; now: Date },
): Promise<Unsettled | null> {
  const [row] = await tx.$queryRaw<{ inDoubt: boolean | null; underWay: boolean | null }[]>`
    SELECT
      bool_or(state IN ('in_doubt', 'needs_person')
        OR state = 'refused' AND (recheck_at IS NOT NULL OR doubt_until > ${onDatabaseClock(now)})) AS "inDoubt",
      bool_or(state IN ('pending', 'sending')) AS "underWay"
    FROM outbox WHERE document_key = ${documentKey} AND company_id = ${companyId}`;
  if (row?.inDoubt) return 'in-doubt';
  return row?.underWay ? 'under-way' : null;
}
