import { recordEvents } from '../documents/document-store.js';
import { messageOf } from '../kernel/errors.js';
import { isDataError, type SqlTx } from '../store/database.js';
import type { ReadOrders, UnreadableOrder } from '../tiktok/order-calls.js';
import { ingestOrders } from './ingest-orders.js';
import { withoutReadable, withUnreadable, type PullCursor } from './pull-cursor.js';
import type { Pull } from './pull-state.js';
import type { ShopOrder } from '../domain/order.js';

/**
 * Stores what one answer of TikTok holds, with the progress of the run in the same transaction: a run that is stopped
 * goes on after the last page that it kept.
 * @param readAt TikTok's time at which it answered
 */
export async function takePage(pull: Pull, { orders, unreadable }: ReadOrders, readAt: Date): Promise<void> {
  let progress = progressAfter(pull, orders, unreadable);
  try {
    await takeIn(pull, orders, readAt, (tx) => saveProgress(pull, tx, progress));
  } catch (error) {
    if (!concernsOneValue(error)) throw error;
    const refused = await takeOneByOne(pull, orders, readAt);
    progress = progressAfter(pull, orders, [...unreadable, ...refused]);
    await pull.deps.db.transaction((tx) => saveProgress(pull, tx, progress));
  }
  pull.cursor = progress.cursor;
  pull.counts.unreadable += progress.news.length;
}

async function takeIn(
  pull: Pull,
  orders: readonly ShopOrder[],
  readAt: Date,
  guard: (tx: SqlTx) => Promise<void>,
): Promise<void> {
  const counts = await ingestOrders(pull.deps, pull.connection, orders, { readAt, guard });
  for (const [name, count] of Object.entries(counts)) pull.counts[name as keyof typeof counts] += count;
}

/** An order with a value that no column holds is put aside; its neighbours are taken in. */
async function takeOneByOne(
  pull: Pull,
  orders: readonly ShopOrder[],
  readAt: Date,
): Promise<UnreadableOrder[]> {
  const refused: UnreadableOrder[] = [];
  for (const order of orders) {
    try {
      await takeIn(pull, [order], readAt, (tx) => pull.run.guard(tx));
    } catch (error) {
      if (!concernsOneValue(error)) throw error;
      pull.deps.log.warn(
        { tiktokOrderId: order.tiktokOrderId, error: messageOf(error) },
        'order cannot be stored',
      );
      refused.push({ tiktokOrderId: order.tiktokOrderId, reason: 'one of its values cannot be stored' });
    }
  }
  return refused;
}

/** A value out of range: an amount, or a time that is none. Only what holds it cannot be stored. */
export function concernsOneValue(error: unknown): boolean {
  return isDataError(error) || error instanceof RangeError || messageOf(error).startsWith('[DecimalError]');
}

interface Progress {
  cursor: PullCursor;
  /** Orders that were readable before, or never seen. */
  news: UnreadableOrder[];
}

function progressAfter(
  { cursor }: Pull,
  orders: readonly ShopOrder[],
  unreadable: readonly UnreadableOrder[],
): Progress {
  const known = new Set(cursor.unreadable);
  const failed = unreadable.flatMap(({ tiktokOrderId }) => tiktokOrderId ?? []);
  const readable = orders.map(({ tiktokOrderId }) => tiktokOrderId);
  return {
    cursor: withUnreadable(withoutReadable(cursor, readable), failed),
    news: unreadable.filter(({ tiktokOrderId }) => tiktokOrderId === null || !known.has(tiktokOrderId)),
  };
}

async function saveProgress(
  { run, watermark, connection }: Pull,
  tx: SqlTx,
  progress: Progress,
): Promise<void> {
  await run.saveProgress(tx, { cursor: progress.cursor, ...(watermark ? { watermark } : {}) });
  await recordEvents(
    tx,
    progress.news.map(({ tiktokOrderId, reason }) => ({
      companyId: connection.companyId,
      connectionId: connection.id,
      event: 'order-refused' as const,
      summary: `Order ${tiktokOrderId ?? 'without an id'} of TikTok cannot be read: ${reason}`,
      details: 'It is asked for again at every pull. Other orders are not affected.',
    })),
  );
}
