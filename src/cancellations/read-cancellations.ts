import type { CancellationPage, CancellationSearch } from '../tiktok/cancellation-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { SECOND_MS } from '../time.js';

/** The most that TikTok: Search Cancellations gives at once. */
const PAGE_SIZE = 50;
/** How often a second with more than a page of changes is read before the overlap of the next pull is relied upon. */
const SECOND_READS = 5;

/**
 * All cancellations that changed from a time on, oldest first, page by page; complete although they change meanwhile,
 * for the reasons told at `readOrders` in orders/read-orders.ts.
 */
export async function* readChanges(api: ShopApi, since: Date): AsyncGenerator<CancellationPage> {
  let from = since;
  for (;;) {
    let page = await search(api, { updatedFrom: from });
    yield page;
    while (page.nextPageToken && !lastChange(page)) {
      // Nothing on the page could be read, so that there is no time to go on from.
      page = await search(api, { updatedFrom: from, pageToken: page.nextPageToken });
      yield page;
    }
    const last = lastChange(page);
    if (!page.nextPageToken || !last) return;
    if (last > from) {
      from = last;
    } else {
      yield* readSecond(api, from);
      from = new Date(from.getTime() + SECOND_MS);
    }
  }
}

/** A second in which more changed than a page holds: only tokens lead through it. */
async function* readSecond(api: ShopApi, second: Date): AsyncGenerator<CancellationPage> {
  const window = { updatedFrom: second, updatedTo: new Date(second.getTime() + SECOND_MS) };
  for (let attempt = 1; attempt <= SECOND_READS; attempt++) {
    const seen = new Set<string | null>();
    let total = 0;
    for await (const page of readAll(api, window)) {
      total = Math.max(total, page.totalCount);
      for (const { cancelId } of [...page.cancellations, ...page.unreadable]) seen.add(cancelId);
      yield page;
    }
    if (seen.size >= total) return;
  }
}

/** Everything that a filter matches, by page tokens. For short lists, or such that are read again anyway. */
export async function* readAll(
  api: ShopApi,
  filter: Partial<CancellationSearch>,
): AsyncGenerator<CancellationPage> {
  let pageToken: string | null = null;
  do {
    const page: CancellationPage = await search(api, { ...filter, pageToken });
    yield page;
    pageToken = page.nextPageToken;
  } while (pageToken);
}

/** The time of the newest change in the shop; null in a shop without cancellations. */
export async function newestChange(api: ShopApi): Promise<Date | null> {
  return lastChange(await search(api, { pageSize: 10, order: 'DESC' }));
}

function search(api: ShopApi, filter: Partial<CancellationSearch>): Promise<CancellationPage> {
  return api.searchCancellations({ pageSize: PAGE_SIZE, sort: 'update_time', order: 'ASC', ...filter });
}

/** The latest time on a page; null when nothing on it could be read. */
export function lastChange({ cancellations }: CancellationPage): Date | null {
  const times = cancellations.map(({ updatedAt }) => updatedAt.getTime());
  return times.length > 0 ? new Date(Math.max(...times)) : null;
}
