import { pullOrdersFlow } from './order-flow.js';
import type { Actor } from '../companies/actor.js';
import { MINUTE_MS } from '../kernel/time.js';
import { findWatermark } from '../sync/flows/flows.js';
import type { PullCounts } from '../sync/pull/pull-definition.js';
import { readAhead } from '../sync/pull/read-ahead.js';
import { takeWithoutProgress } from '../sync/pull/read-now.js';
import { lastTime, observe, overlapped, readFrom } from '../sync/pull/read-pages.js';
import { shopClock } from '../sync/pull/shop-clock.js';
import { addCounts } from '../sync/pull/take-page.js';
import { orderPull } from './pull-orders.js';
import type { OrderKind } from './pull-orders-deps.js';

/** How far back is read in a shop whose orders no pull has read to the end yet. */
const FIRST_LOOK_MS = 30 * MINUTE_MS;

interface CatchUp {
  /** The newest change that was read (TikTok's time); null when there was none. */
  newest: Date | null;
  /** TikTok's time when it was asked for the last page: what it listed by then is in the ledger. */
  readAt: Date;
  /** False when older orders may be missing: no pull has come to its end yet, or this was told to stop. */
  isWhole: boolean;
  /** What became of the orders; see IngestCounts. */
  counts: PullCounts;
}

/**
 * Brings orders and the ledger of pieces up to TikTok's now, for somebody who is about to decide by them: what has
 * changed since the pull was here last, taken in by the pull's own code. It has no lease and moves no watermark, so it may
 * run beside a pull or another of its kind: the page that comes second changes nothing. What it cannot store, and what it
 * cannot read, is left to the pull, which tells.
 * @throws AppError as the calls of TikTok do
 */
export async function catchUpOrders(
  deps: OrderKind['deps'],
  {
    connection,
    api,
    now,
    by,
    signal,
  }: OrderKind['source'] & { now: () => Date; by: Actor; signal?: AbortSignal },
): Promise<CatchUp> {
  const watermark = await findWatermark(deps.db.prisma, {
    connectionId: connection.id,
    name: pullOrdersFlow.name,
  });
  const clock = shopClock(now);
  const from = overlapped(watermark) ?? new Date(now().getTime() - FIRST_LOOK_MS);
  const source = { connection, api };
  const seen: CatchUp = { newest: null, readAt: from, isWhole: watermark !== null, counts: {} };
  for await (const page of readAhead(readFrom(orderPull, source, { by: 'update_time', from }))) {
    observe(orderPull, clock, page);
    const readAt = clock.now();
    addCounts(seen.counts, await takeWithoutProgress(orderPull, { deps, source, readAt, by }, page.items));
    const last = lastTime(orderPull, page, 'update_time');
    if (last && clock.believes(last) && (!seen.newest || last > seen.newest)) seen.newest = last;
    // Whole seconds, as TikTok gives them: never later than it really was.
    seen.readAt = page.serverTime ?? readAt;
    if (signal?.aborted) return { ...seen, isWhole: false };
  }
  return seen;
}
