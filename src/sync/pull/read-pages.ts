import { MINUTE_MS } from '../../kernel/time.js';
import {
  IDS_PER_CALL,
  type PullAnswer,
  type PullDefinition,
  type PullKind,
  type PullPage,
  type SearchTime,
} from './pull-definition.js';
import type { ItemVersions } from './newest.js';
import type { ShopClock } from './shop-clock.js';
import { walkChanges, type WalkWindow } from './walk-changes.js';

/** Read again at each pull: TikTok may list an item later than its update time says. */
export const OVERLAP_MS = 10 * MINUTE_MS;

/** TikTok's time from which a pull asks for changes; null before the first pull has come to its end. */
export function overlapped(watermark: Date | null): Date | null {
  return watermark && new Date(watermark.getTime() - OVERLAP_MS);
}

export interface PullWalk<F> {
  /** Which time items are read by, ascending. */
  by: SearchTime;
  /** Inclusive; null: from the beginning. */
  from: Date | null;
  filter?: Partial<F>;
}

/** Everything from a time on, oldest first, page by page; see walkChanges. */
export function readFrom<K extends PullKind>(
  definition: PullDefinition<K>,
  source: K['source'],
  { by, from, filter = {} }: PullWalk<K['filter']>,
): AsyncGenerator<PullPage<K['item']>> {
  const { pageSize, versions } = definition;
  return walkChanges<PullPage<K['item']>>({
    from,
    search: (window) =>
      definition.search(source, {
        pageSize,
        sort: by,
        order: 'ASC',
        filter,
        ...timesOf(by, window),
        ...(window.pageToken ? { pageToken: window.pageToken } : {}),
      }),
    lastTime: (page) => lastTime(definition, page, by),
    idsOf: ({ items, unreadable }) => [...items.map(versions.idOf), ...unreadable.map(({ id }) => id)],
  });
}

function timesOf(by: SearchTime, { from, to }: WalkWindow) {
  return by === 'update_time'
    ? { ...(from ? { updatedFrom: from } : {}), ...(to ? { updatedTo: to } : {}) }
    : { ...(from ? { createdFrom: from } : {}), ...(to ? { createdTo: to } : {}) };
}

/** Everything that a filter matches, by page tokens. For short lists, or such that are read again anyway. */
export async function* readAll<K extends PullKind>(
  definition: PullDefinition<K>,
  source: K['source'],
  filter: Partial<K['filter']>,
): AsyncGenerator<PullPage<K['item']>> {
  let pageToken: string | null = null;
  do {
    const page: PullPage<K['item']> = await definition.search(source, {
      pageSize: definition.pageSize,
      sort: 'update_time',
      order: 'ASC',
      filter,
      pageToken,
    });
    yield page;
    pageToken = page.nextPageToken;
  } while (pageToken);
}

/** These items, in calls of as many as TikTok takes; what TikTok does not know is missing. */
export async function* readIds<K extends PullKind>(
  definition: PullDefinition<K>,
  source: K['source'],
  ids: readonly string[],
): AsyncGenerator<PullAnswer<K['item']>> {
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
    yield await definition.readByIds(source, ids.slice(start, start + IDS_PER_CALL));
  }
}

/** The latest time on a page, in the order of the walk; null when no item of it could be read. */
export function lastTime<T>(
  { versions, createdAt }: { versions: ItemVersions<T>; createdAt: (item: T) => Date | null },
  { items }: { items: readonly T[] },
  by: SearchTime,
): Date | null {
  const timeOf: (item: T) => Date | null = by === 'update_time' ? versions.updatedAt : createdAt;
  const times = items.flatMap((item) => timeOf(item)?.getTime() ?? []);
  return times.length > 0 ? new Date(Math.max(...times)) : null;
}

/** Lets an answer tell what time it is at TikTok. */
export function observe<T>(
  { versions }: { versions: ItemVersions<T> },
  clock: ShopClock,
  { serverTime, items }: Pick<PullAnswer<T>, 'serverTime' | 'items'>,
): void {
  clock.observe({ serverTime, changedAt: items.map(versions.updatedAt) });
}
