import { MINUTE_MS, SECOND_MS } from '../kernel/time.js';
import { findWatermark } from '../sync/flows/flows.js';
import { overlapped } from '../sync/pull/read-pages.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import type { ActiveConnection } from '../connections/connection.js';
import { pullCatalogueFlow } from './catalogue-flow.js';
import { readSpan, type Span } from './read-products.js';
import { takeProducts, type TakeProductsDeps } from './take-products.js';

/** A span ends so much later than now, so that what changes while it is read is in it. */
const AHEAD_MS = MINUTE_MS;
/** So many changed products are read at most; the pull reads the rest. */
const LONGEST_MS = 30 * SECOND_MS;

/**
 * Reads the products that have changed since the pull of the catalogue was here last, for somebody who is about to compare with
 * the mirror: prices are shown nowhere else. It moves no watermark, so it may run beside the pull: the page that comes second
 * changes nothing. UNCONFIRMED: that a change of price moves a product's `update_time`; where it does not, the daily pull of
 * all products finds it.
 * @returns whether all of them were read
 * @throws AppError as the calls of TikTok do
 */
export async function catchUpProducts(
  deps: TakeProductsDeps & { api: Pick<ShopApi, 'searchProducts'> },
  connection: ActiveConnection,
  signal: AbortSignal,
): Promise<boolean> {
  const { db, clock, api } = deps;
  const which = { connectionId: connection.id, name: pullCatalogueFlow.name };
  const from = overlapped(await findWatermark(db.prisma, which));
  if (!from) return false;
  const began = performance.now();
  // The times are TikTok's, whose clock may be far from ours: no answer has told it yet.
  const guess = latestOf(clock.now(), from);
  const spans: Span[] = [{ from: from.toISOString(), to: later(guess) }];
  let readTo = later(guess);
  let tiktokNow = guess;
  for (let span = spans.shift(); span; span = spans.shift()) {
    if (signal.aborted || performance.now() - began > LONGEST_MS) return false;
    const { halves } = await readSpan(api, span, async ({ products, serverTime }) => {
      tiktokNow = latestOf(tiktokNow, serverTime ?? tiktokNow);
      await takeProducts(deps, connection, products);
    });
    if (halves) spans.unshift(...halves);
    else if (spans.length === 0 && tiktokNow.toISOString() > readTo) {
      spans.push({ from: readTo, to: later(tiktokNow) });
      readTo = later(tiktokNow);
    }
  }
  return true;
}

function latestOf(a: Date, b: Date): Date {
  return a > b ? a : b;
}

function later(time: Date): string {
  return new Date(time.getTime() + AHEAD_MS).toISOString();
}
