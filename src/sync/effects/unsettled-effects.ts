import type { Tx } from '../../store/database.js';
import { onDatabaseClock } from '../../store/database-clock.js';

/** `under-way`: a call is to be made, or is being made. `in-doubt`: nobody knows yet whether an earlier one is carried out. */
export type Unsettled = 'under-way' | 'in-doubt';

/**
 * What of the documents' effects is not settled, by document, so that these documents may not be made anew. A refusal counts as
 * settled unless a call of it may still be carried out, or TikTok is about to be asked once more (see recheck-entries.ts).
 */
export async function findUnsettled(
  tx: Tx,
  { companyId, documentKeys, now }: { companyId: number; documentKeys: readonly number[]; now: Date },
): Promise<Map<number, Unsettled>> {
  if (documentKeys.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ key: number; inDoubt: boolean; underWay: boolean }[]>`
    SELECT document_key AS key,
      bool_or(state IN ('in_doubt', 'needs_person')
        OR state = 'refused' AND (recheck_at IS NOT NULL OR coalesce(doubt_until > ${onDatabaseClock(now)}, false)))
        AS "inDoubt",
      bool_or(state IN ('pending', 'sending')) AS "underWay"
    FROM outbox WHERE document_key = ANY(${[...documentKeys]}::int[]) AND company_id = ${companyId}
    GROUP BY document_key`;
  return new Map(
    rows.flatMap(({ key, inDoubt, underWay }): [number, Unsettled][] => {
      if (inDoubt) return [[key, 'in-doubt']];
      return underWay ? [[key, 'under-way']] : [];
    }),
  );
}
