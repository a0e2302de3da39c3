import type { Connection } from '../../connections/connection.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import { applyChanges, forgetOlderChanges } from './apply-feed.js';
import { feedBrake, letsZerosGo } from './feed-brake.js';
import type { FeedContext } from './feed-context.js';
import type { FeedCounts } from './find-changes.js';
import { renewCounts, type ItemTotals } from '../items/renew-counts.js';

/** The last steps of a feed that goes in, whether at once or after it was confirmed. */
export async function finishFeed(
  tx: BulkTx,
  { id, settings }: Connection,
  { context, changes }: { context: FeedContext; changes: FeedCounts },
): Promise<{ toSend: boolean; toZero: boolean; totals: ItemTotals }> {
  await applyChanges(tx, context);
  if (settings.latestFeedOnly) await forgetOlderChanges(tx, context);
  const totals = await countItems(tx, id);
  const isRenewed = await renewCounts(tx, context, {
    counts: changes,
    totals,
    lagMinutes: settings.countLagMinutes,
    notesSeen: settings.clearAfterDays > 0,
  });
  return { totals, toSend: changes.toSend > 0 || isRenewed, toZero: changes.toZero > 0 };
}

export async function countItems(tx: BulkTx, connectionId: number): Promise<ItemTotals> {
  const [row] = await tx.query<ItemTotals & Record<string, number>>(
    // Each of the two has an index of its own.
    `SELECT (SELECT count(*) FROM inventory_items WHERE connection_id = $1)::int AS items,
       (SELECT count(*) FROM inventory_items WHERE connection_id = $1 AND merchant_sku IS NULL)::int AS unmatched`,
    [connectionId],
  );
  return row!;
}

export function countsOf(changes: FeedCounts): Record<string, number> {
  const { added, changed, unchanged, superseded, zeroed, multiplied, repriced, ignored, repeats } = changes;
  return {
    added,
    changed,
    unchanged,
    superseded,
    zeroed,
    multiplied,
    repriced,
    ignored,
    overridden: repeats.overridden,
  };
}

/** A file that is complete by mistake would end the sale of nearly all: it waits also where the brake is off. */
const MOST_LEFT_OUT_PERCENT = 50;

/** Why the feed waits, null when it goes in; and whether its zeros go in all the same. */
export async function askBrake(
  tx: BulkTx,
  { id, settings }: Connection,
  { counts: found, leftOut }: { counts: FeedCounts; leftOut: number | null },
): Promise<{ reason: string | null; letsZerosGo: boolean }> {
  const isOff = settings.spikeBrakePercent === 0;
  const percent = isOff && leftOut ? MOST_LEFT_OUT_PERCENT : settings.spikeBrakePercent;
  const counts = isOff ? { zeroed: leftOut ?? 0, multiplied: 0, repriced: 0, braked: leftOut ?? 0 } : found;
  if (percent === 0 || counts.braked === 0) return { reason: null, letsZerosGo: true };
  const [row] = await tx.query<{ selling: number }>(
    `SELECT count(*)::int AS selling FROM inventory_items
     WHERE connection_id = $1 AND (quantity > 0 OR (quantity IS NULL AND cost IS NOT NULL))`,
    [id],
  );
  const facts = { counts, selling: row!.selling, percent };
  const outcome = feedBrake.decide(facts);
  const next = outcome.outcome === 'wait' ? outcome.next : '';
  const why = leftOut ? `The file is complete and leaves out ${leftOut} SKUs. ` : '';
  const reason = outcome.outcome === 'pass' ? null : `${why}${outcome.reason} ${next}`.trim();
  return { reason, letsZerosGo: letsZerosGo(facts) };
}
