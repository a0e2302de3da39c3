import { walkChanges } from '../sync/pull/walk-changes.js';
import type { CancellationPage, CancellationSearch } from '../tiktok/cancellation-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';

/** The most that TikTok: Search Cancellations gives at once. */
const PAGE_SIZE = 50;

/** All cancellations that changed from a time on, oldest first, page by page; see walkChanges. */
export function readChanges(api: ShopApi, since: Date): AsyncGenerator<CancellationPage> {
  return walkChanges<CancellationPage>({
    from: since,
    search: ({ from, to, pageToken }) =>
      search(api, {
        ...(from ? { updatedFrom: from } : {}),
        ...(to ? { updatedTo: to } : {}),
        ...(pageToken ? { pageToken } : {}),
      }),
    lastTime: lastChange,
    idsOf: ({ cancellations, unreadable }) =>
      [...cancellations, ...unreadable].map(({ cancelId }) => cancelId),
  });
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
