import type { BulkTx } from '../../store/bulk-transaction.js';
import { isBeforeNamed, isBeforeZeroOut, type FeedContext } from '../feed/feed-context.js';
import type { FeedCounts } from '../feed/find-changes.js';
import { effectiveSql } from './wanted-cells.js';

/** Rows of so many unchanged items are written without a thought. */
const FEW = 20_000;

/** The connection's items after the feed. */
export interface ItemTotals {
  items: number;
  unmatched: number;
}

/**
 * The same number said again is a new count: pieces that were sold before it are in it. Writing it to a million unchanged
 * items would take longer than all else, so a feed that names most items is noted once for all of them, and the others
 * become apart; a feed that names few, or of which some rows have no quantity, is written to its items.
 * @returns whether TikTok has to be compared with something of it
 */
export async function renewCounts(
  tx: BulkTx,
  context: FeedContext,
  { counts, totals, lagMinutes, notesSeen }: RenewOptions,
): Promise<boolean> {
  const unchanged = counts.named - counts.looked - counts.ignored;
  const here = counts.named - counts.ignored;
  const missing = totals.items - here;
  if (unchanged < FEW || !isUniform(context) || isTooOld(context) || missing > here) {
    if (unchanged > 0) return (await writeCounts(tx, context)) > 0 || counts.looked > 0;
    return counts.looked > 0;
  }
  if (missing > 0) await setApart(tx, context);
  await markTouched(tx, context, lagMinutes);
  await noteNamed(tx, context);
  if (notesSeen) await noteSeen(tx, context);
  return true;
}

interface RenewOptions {
  counts: FeedCounts;
  totals: ItemTotals;
  /** Setting countLagMinutes. */
  lagMinutes: number;
  /** Setting clearAfterDays: items that a feed names have to be told from those that none names. */
  notesSeen: boolean;
}

/** Of all rows the same can be said: each has a quantity or none has, and so for prices. */
function isUniform({ facts: { staged, without } }: FeedContext): boolean {
  return (
    (without.quantity === 0 || without.quantity === staged) && (without.cost === 0 || without.cost === staged)
  );
}

function isTooOld(context: FeedContext): boolean {
  return isBeforeNamed(context) || isBeforeZeroOut(context);
}

/** Writes number and time to the plain items that the feed names and leaves as they are. */
async function writeCounts(tx: BulkTx, context: FeedContext): Promise<number> {
  const { connectionId, importId, receivedAt, now, feedRows, floors } = context;
  const counts = `s.counted AND ${effectiveSql.countN} < $2::bigint`;
  const prices = `s.priced AND ${effectiveSql.costN} < $2::bigint`;
  return tx.execute(
    `UPDATE inventory_items i SET
       count_n = CASE WHEN ${counts} THEN $2::bigint ELSE ${effectiveSql.countN} END,
       counted_at = CASE WHEN ${counts} THEN $3::timestamptz ELSE ${effectiveSql.countedAt} END,
       cost_n = CASE WHEN ${prices} THEN $2::bigint ELSE ${effectiveSql.costN} END,
       stock_by_products = i.stock_by_products AND ($9::boolean OR NOT (${counts})),
       cost_by_products = i.cost_by_products AND ($9::boolean OR NOT (${prices})),
       seen_at = $4::timestamptz, due_at = CASE WHEN i.merchant_sku IS NOT NULL THEN $4::timestamptz END
     FROM (SELECT sku_key, quantity IS NOT NULL AND NOT $8::boolean AS counted, cost IS NOT NULL AS priced FROM ${feedRows}) s
     CROSS JOIN (VALUES ($5::bigint, $6::timestamptz, $7::bigint)) AS w (named_n, named_at, named_cost_n)
     WHERE i.connection_id = $1 AND i.sku_key = s.sku_key AND ((${counts}) OR (${prices}))
       AND NOT EXISTS (SELECT FROM changed_rows c WHERE c.sku_key = i.sku_key)`,
    [
      connectionId,
      importId,
      receivedAt,
      now,
      floors.namedN,
      floors.namedAt,
      floors.namedCostN,
      isBeforeZeroOut(context),
      context.isOfProducts ?? false,
    ],
  );
}

/** Items that the feed does not name keep the numbers that count for them now. */
async function setApart(tx: BulkTx, { connectionId, feedRows, floors }: FeedContext): Promise<void> {
  await tx.execute(
    `UPDATE inventory_items i SET is_apart = true, count_n = ${effectiveSql.countN},
       counted_at = ${effectiveSql.countedAt}, cost_n = ${effectiveSql.costN}
     FROM (VALUES ($2::bigint, $3::timestamptz, $4::bigint)) AS w (named_n, named_at, named_cost_n)
     WHERE i.connection_id = $1 AND NOT i.is_apart
       AND NOT EXISTS (SELECT FROM ${feedRows} s WHERE s.sku_key = i.sku_key)`,
    [connectionId, floors.namedN, floors.namedAt, floors.namedCostN],
  );
}

/** Items of which pieces were ordered, handed over or given back since their last count are compared with TikTok. */
async function markTouched(
  tx: BulkTx,
  { connectionId, companyId, now, floors }: FeedContext,
  lagMinutes: number,
): Promise<void> {
  await tx.execute(
    `UPDATE inventory_items i SET due_at = $3
     FROM (VALUES ($4::bigint, $5::timestamptz, $6::bigint)) AS w (named_n, named_at, named_cost_n),
       connections c JOIN touched_skus t ON t.environment = c.environment AND t.shop_id = c.shop_id
     WHERE c.company_id = $2 AND i.connection_id = $1 AND i.merchant_sku = t.seller_sku AND NOT i.is_apart
       AND t.touched_at >= coalesce(${effectiveSql.countedAt}, '-infinity') - $7::int * interval '1 minute'
       AND t.touched_at >= coalesce($5::timestamptz, '-infinity') - $7::int * interval '1 minute'`,
    [connectionId, companyId, now, floors.namedN, floors.namedAt, floors.namedCostN, lagMinutes],
  );
}

async function noteNamed(
  tx: BulkTx,
  { connectionId, importId, receivedAt, facts: { without } }: FeedContext,
): Promise<void> {
  await tx.execute(
    `UPDATE inventory_states SET
       named_n = CASE WHEN $4::boolean THEN $2::bigint ELSE named_n END, named_at = CASE WHEN $4::boolean THEN $3::timestamptz ELSE named_at END,
       named_cost_n = CASE WHEN $5::boolean THEN $2::bigint ELSE named_cost_n END
     WHERE connection_id = $1`,
    [connectionId, importId, receivedAt, without.quantity === 0, without.cost === 0],
  );
}

/** Rewriting all is what makes a feed slow, so it is done once in half a day. */
async function noteSeen(tx: BulkTx, { connectionId, feedRows, now }: FeedContext): Promise<void> {
  await tx.execute(
    `UPDATE inventory_items i SET seen_at = $2
     FROM (SELECT DISTINCT sku_key FROM ${feedRows}) s
     WHERE i.connection_id = $1 AND i.sku_key = s.sku_key AND i.seen_at < $2::timestamptz - interval '12 hours'`,
    [connectionId, now],
  );
}
