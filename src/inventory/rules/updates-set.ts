import { MOST_PIECES } from './stock-count.js';

/**
 * UNCONFIRMED: whether an update of TikTok's stock sets what can be ordered (its reference), or what lies in the house, the
 * pieces of open orders included (Seller Center's box). Seen at a shop's first writes with open orders; null until then.
 */
export type UpdatesSet = 'available' | 'on_hand';

/** What TikTok shows of one warehouse; committed null where it was not told. */
interface Shown {
  available: number;
  committed: number | null;
}

/**
 * What a call that TikTok has taken tells of that. Null where it tells nothing for certain: nothing was committed, TikTok may
 * still show what it had, or somebody else has changed the stock between. An order in between changes the sum of both
 * numbers in neither case.
 */
export function whatUpdateSet(sent: number, before: Shown, after: Shown): UpdatesSet | null {
  if (!before.committed || !after.committed || after.available === before.available) return null;
  if (after.available === sent) return 'available';
  return after.available + after.committed === sent ? 'on_hand' : null;
}

/** What an update has to carry for TikTok to show `quantity`. */
export function carriedBy(quantity: number, committed: number | null, set: UpdatesSet | null): number {
  return set === 'on_hand' ? Math.min(MOST_PIECES, quantity + (committed ?? 0)) : quantity;
}

/** As the push keeps it with its flow. */
export function updatesSetOf(cursor: unknown): UpdatesSet | null {
  const kept = (cursor as { updatesSet?: unknown } | null)?.updatesSet;
  return kept === 'available' || kept === 'on_hand' ? kept : null;
}
