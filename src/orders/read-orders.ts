import { walkChanges, type WalkWindow } from '../sync/pull/walk-changes.js';
import type { OrderPage, OrderSearch } from '../tiktok/order-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import type { ShopOrder } from '../domain/order.js';

const PAGE_SIZE = 100;

export interface OrderWalk {
  /** Which time orders are read by, ascending. */
  by: 'update_time' | 'create_time';
  /** Inclusive; null: from the beginning. */
  from: Date | null;
  status?: string;
}

/** All orders from a time on, page by page; see walkChanges. */
export function readOrders(api: ShopApi, walk: OrderWalk): AsyncGenerator<OrderPage> {
  return walkChanges<OrderPage>({
    from: walk.from,
    search: (window) => api.searchOrders(searchOf(walk, window)),
    lastTime: (page) => lastTime(page, walk),
    idsOf: ({ orders, unreadable }) => [...orders, ...unreadable].map(({ tiktokOrderId }) => tiktokOrderId),
  });
}

function searchOf({ by, status }: OrderWalk, { from, to, pageToken }: WalkWindow): OrderSearch {
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
