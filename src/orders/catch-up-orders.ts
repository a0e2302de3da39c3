import type { ActiveConnection } from '../connections/connection.js';
import { messageOf } from '../kernel/errors.js';
import { findWatermark } from '../sync/flows/flows.js';
import { readAhead } from '../sync/pull/read-ahead.js';
import { shopClock } from '../sync/pull/shop-clock.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { MINUTE_MS } from '../kernel/time.js';
import type { IngestDeps } from './ingest-context.js';
import { ingestOrders, type IngestCounts } from './ingest-orders.js';
import type { ShopOrder } from '../domain/order.js';
import { OVERLAP_MS } from './pull-orders.js';
import { lastTime, readOrders } from './read-orders.js';
import { concernsOneValue } from './take-page.js';

/** How far back is read in a shop whose orders no pull has read to the end yet. */
const FIRST_LOOK_MS = 30 * MINUTE_MS;

export interface CatchUp {
  /** The newest change that was read (TikTok's time); null when there was none. */
  newest: Date | null;
  /** TikTok's time when it was asked for the last page: what it listed by then is in the ledger. */
  readAt: Date;
  /** False when older orders may be missing: no pull has come to its end yet, or this was told to stop. */
  isWhole: boolean;
  counts: IngestCounts;
}

/**
 * Brings orders and the ledger of pieces up to TikTok's now, for somebody who is about to decide by them: what has
 * changed since the pull was here last, taken in by the pull's own code. It has no lease and moves no watermark, so it may
 * run beside a pull or another of its kind: the page that comes second changes nothing. What it cannot store, and what it
 * cannot read, is left to the pull, which tells.
 * @throws AppError as the calls of TikTok do
 */
export async function catchUpOrders(
  deps: IngestDeps,
  {
    connection,
    api,
    now,
    signal,
  }: { connection: ActiveConnection; api: ShopApi; now: () => Date; signal?: AbortSignal },
): Promise<CatchUp> {
  const watermark = await findWatermark(deps.db.prisma, { connectionId: connection.id, name: 'pull-orders' });
  const clock = shopClock(now);
  const from = watermark
    ? new Date(watermark.getTime() - OVERLAP_MS)
    : new Date(now().getTime() - FIRST_LOOK_MS);
  const walk = { by: 'update_time', from } as const;
  const seen: CatchUp = { newest: null, readAt: from, isWhole: watermark !== null, counts: noCounts() };
  for await (const page of readAhead(readOrders(api, walk))) {
    clock.observe({ serverTime: page.serverTime, changedAt: page.orders.map(({ updatedAt }) => updatedAt) });
    const readAt = clock.now();
    await take(deps, connection, { orders: page.orders, readAt, counts: seen.counts });
    const last = lastTime(page, walk);
    if (last && clock.believes(last) && (!seen.newest || last > seen.newest)) seen.newest = last;
    // Whole seconds, as TikTok gives them: never later than it really was.
    seen.readAt = page.serverTime ?? readAt;
    if (signal?.aborted) return { ...seen, isWhole: false };
  }
  return seen;
}

interface Taken {
  orders: readonly ShopOrder[];
  readAt: Date;
  counts: IngestCounts;
}

async function take(
  deps: IngestDeps,
  connection: ActiveConnection,
  { orders, readAt, counts }: Taken,
): Promise<void> {
  try {
    const taken = await ingestOrders(deps, connection, orders, { readAt });
    for (const [name, count] of Object.entries(taken)) counts[name as keyof IngestCounts] += count;
  } catch (error) {
    if (!concernsOneValue(error)) throw error;
    if (orders.length > 1) {
      for (const order of orders) await take(deps, connection, { orders: [order], readAt, counts });
      return;
    }
    const tiktokOrderId = orders[0]?.tiktokOrderId;
    deps.log.warn({ tiktokOrderId, error: messageOf(error) }, 'order cannot be stored');
  }
}

function noCounts(): IngestCounts {
  return { exported: 0, waiting: 0, refused: 0, updated: 0, unchanged: 0 };
}
