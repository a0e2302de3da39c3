import { SECOND_MS } from '../time.js';
import type { OrderPage, OrderSearch } from '../tiktok/order-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import type { ShopOrder } from './order.js';

const PAGE_SIZE = 100;
/** How often a second with more than a page of orders is read before the overlap of the next pull is relied upon. */
const SECOND_READS = 5;

export interface OrderWalk {
  /** Which time orders are read by, ascending. */
  by: 'update_time' | 'create_time';
  /** Inclusive; null: from the beginning. */
  from: Date | null;
  status?: string;
}

/**
 * All orders from a time on, page by page, complete although they change meanwhile. Instead of following page tokens
 * (which live for an unknown time and, when an order leaves its place, may skip its neighbour), each search begins at
 * the time of the last order seen; orders of that second come twice, which costs nothing.
 */
export async function* readOrders(api: ShopApi, walk: OrderWalk): AsyncGenerator<OrderPage> {
  let from = walk.from;
  for (;;) {
    let page = await api.searchOrders(searchOf(walk, { from }));
    yield page;
    while (page.nextPageToken && !lastTime(page, walk)) {
      // Nothing on the page could be read, so that there is no time to go on from.
      page = await api.searchOrders(searchOf(walk, { from, pageToken: page.nextPageToken }));
      yield page;
    }
    const last = lastTime(page, walk);
    if (!page.nextPageToken || !last) return;
    if (!from || last > from) {
      from = last;
    } else {
      yield* readSecond(api, walk, from);
      from = secondAfter(from);
    }
  }
}

/** A second in which more orders changed than a page holds: only tokens lead through it. */
async function* readSecond(api: ShopApi, walk: OrderWalk, second: Date): AsyncGenerator<OrderPage> {
  const window = { from: second, to: secondAfter(second) };
  for (let attempt = 1; attempt <= SECOND_READS; attempt++) {
    const seen = new Set<string | null>();
    let total = 0;
    let pageToken: string | null = null;
    do {
      const page: OrderPage = await api.searchOrders(searchOf(walk, { ...window, pageToken }));
      if (!pageToken) total = page.totalCount;
      for (const { tiktokOrderId } of [...page.orders, ...page.unreadable]) seen.add(tiktokOrderId);
      yield page;
      pageToken = page.nextPageToken;
    } while (pageToken);
    // Orders can only leave a second that is past; one that left during the walk may have hidden another.
    if (seen.size >= total) return;
  }
}

function searchOf(
  { by, status }: OrderWalk,
  { from, to, pageToken }: { from: Date | null; to?: Date; pageToken?: string | null },
): OrderSearch {
  const [fromName, toName] =
    by === 'update_time' ? (['updatedFrom', 'updatedTo'] as const) : (['createdFrom', 'createdTo'] as const);
  return {
    pageSize: PAGE_SIZE,
    sort: by,
    order: 'ASC',
    ...(status === undefined ? {} : { status }),
    ...(from ? { [fromName]: from } : {}),
    ...(to ? { [toName]: to } : {}),
    ...(pageToken ? { pageToken } : {}),
  };
}

/** The latest time on a page, in the order of the walk; null when no order of it could be read. */
export function lastTime({ orders }: OrderPage, { by }: Pick<OrderWalk, 'by'>): Date | null {
  const times = orders.map((order: ShopOrder) => (by === 'update_time' ? order.updatedAt : order.createdAt));
  return times.length > 0 ? new Date(Math.max(...times.map(Number))) : null;
}

function secondAfter(time: Date): Date {
  return new Date(time.getTime() + SECOND_MS);
}
