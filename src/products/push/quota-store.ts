import type { MissingPrerequisite } from '../specification/prerequisites.js';
import type { Tx } from '../../store/database.js';

/** What is known of the limit of new listings of a shop. */
interface ListingQuota {
  /** No new listing before then. */
  until: Date | null;
  /** So many went in on the day on which TikTok refused more; null while it has refused none. */
  limit: number | null;
  day: string | null;
  used: number;
  missing: MissingPrerequisite[];
}

export async function readQuota(tx: Tx, connectionId: number): Promise<ListingQuota> {
  const row = await tx.productState.findUnique({ where: { connectionId } });
  return {
    until: row?.quotaUntil ?? null,
    limit: row?.quotaLimit ?? null,
    day: row?.quotaDay ?? null,
    used: row?.quotaUsed ?? 0,
    // Written by `noteMissing` only.
    missing: (row?.missing ?? []) as unknown as MissingPrerequisite[],
  };
}

/** One more listing was made on a day of the shop. */
export async function noteListed(tx: Tx, connectionId: number, day: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE product_states SET quota_day = ${day}, quota_used = CASE WHEN quota_day = ${day} THEN quota_used + 1 ELSE 1 END
    WHERE connection_id = ${connectionId}`;
}

/**
 * TikTok has refused a listing more. How many it takes a day is learnt from it; UNCONFIRMED: listings that others have made on that
 * day count as well, so that it may take more on the next one.
 */
export async function noteLimit(
  tx: Tx,
  connectionId: number,
  { until, day, now }: { until: Date; day: string; now: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE product_states SET quota_until = ${until}, quota_limit = CASE
        WHEN (quota_until IS NULL OR quota_until <= ${now}) AND quota_day = ${day} AND quota_used > 0 THEN quota_used
        ELSE quota_limit END
    WHERE connection_id = ${connectionId}`;
}

/** @returns whether it is news */
export async function noteMissing(
  tx: Tx,
  connectionId: number,
  missing: readonly MissingPrerequisite[],
): Promise<boolean> {
  const text = JSON.stringify(missing);
  const changed = await tx.$executeRaw`
    UPDATE product_states SET missing = ${text}::jsonb
    WHERE connection_id = ${connectionId} AND missing IS DISTINCT FROM ${text}::jsonb`;
  return changed > 0;
}
