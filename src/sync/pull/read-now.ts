import type { Actor } from '../../companies/actor.js';
import type { PullCounts, PullDefinition, PullKind, TakeOptions } from './pull-definition.js';
import { observe, readIds } from './read-pages.js';
import { shopClock } from './shop-clock.js';
import { takeItems } from './take-items.js';
import { addCounts, noteRefused } from './take-page.js';

/** What TikTok shows of the items that were asked for. */
interface ReadNow<T> {
  items: T[];
  /** What became of them; see PullDefinition. */
  counts: PullCounts;
}

/**
 * Reads these items now and takes them in as a pull would: for somebody who waits for them, and for a hint that they have
 * changed. It has no lease and moves no watermark, so it may run beside the pull or another of its kind: the answer that
 * comes second changes nothing. What cannot be read or stored is left to the pull, which tells of it.
 * @throws AppError as the calls of TikTok do
 */
export async function readNow<K extends PullKind>(
  definition: PullDefinition<K>,
  { deps, source, now, by }: { deps: K['deps']; source: K['source']; now: () => Date; by: Actor },
  ids: readonly string[],
): Promise<ReadNow<K['item']>> {
  const clock = shopClock(now);
  const seen: ReadNow<K['item']> = { items: [], counts: {} };
  for await (const answer of readIds(definition, source, ids)) {
    observe(definition, clock, answer);
    const readAt = clock.now();
    addCounts(seen.counts, await takeWithoutProgress(definition, { deps, source, readAt, by }, answer.items));
    seen.items.push(...answer.items);
  }
  return seen;
}

/** Stores what was read beside the pull; an item that cannot be stored is left to the pull, which tells of it. */
export async function takeWithoutProgress<K extends PullKind>(
  definition: PullDefinition<K>,
  { deps, source, ...options }: { deps: K['deps']; source: K['source'] } & TakeOptions,
  items: readonly K['item'][],
): Promise<PullCounts> {
  const counts: PullCounts = {};
  await takeItems(items, {
    together: async (some) => addCounts(counts, await definition.take(deps, source, some, options)),
    refused: (item, error) => noteRefused(definition, deps, item, error),
  });
  return counts;
}
