import { Type, type Static } from 'typebox';

import { badParameter } from '../gateway/api-error.js';
import { pageToken, readPageToken } from '../gateway/page-token.js';
import { shopRoute } from '../gateway/route.js';
import { orderStatuses, type Order } from '../state/model.js';
import { firstAtOrAfter, sortSec, type Cursor, type OrderBook, type SortField } from '../state/order-book.js';
import type { World } from '../state/world.js';
import { visibleStatus, renderOrder } from './render-order.js';
import { asSeen } from './as-seen.js';

const Query = Type.Object({
  page_size: Type.Integer({ minimum: 1, maximum: 100 }),
  sort_order: Type.Optional(Type.Enum(['ASC', 'DESC'])),
  sort_field: Type.Optional(Type.Enum(['create_time', 'update_time'])),
  page_token: Type.Optional(Type.String()),
});

const Time = Type.Optional(Type.Integer({ minimum: 0 }));
const Body = Type.Object({
  order_status: Type.Optional(Type.Enum([...orderStatuses])),
  create_time_ge: Time,
  create_time_lt: Time,
  update_time_ge: Time,
  update_time_lt: Time,
  shipping_type: Type.Optional(Type.Enum(['TIKTOK', 'SELLER'])),
  buyer_user_id: Type.Optional(Type.String()),
  is_buyer_request_cancel: Type.Optional(Type.Boolean()),
  warehouse_ids: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
});
type Filter = Static<typeof Body>;

type Position = { after: Cursor | null } | { skip: number };

/** TikTok: Get Order List 202309. */
export const searchOrdersRoute = shopRoute({
  method: 'POST',
  path: '/order/{version}/orders/search',
  versions: ['202309'],
  scopes: ['seller.order.info'],
  query: Query,
  body: Body,
  handle: ({ world, shop, query, body, twists }) => {
    shop.listedSec = world.clock.nowSec();
    const field = query.sort_field ?? 'create_time';
    const descending = (query.sort_order ?? 'DESC') === 'DESC';
    const bound = [shop.id, query.page_size, field, descending, body];
    const at = positionOf(world, bound, query.page_token);
    const matches = matcher(world, body);
    const span = spanOf(shop.book, field, body);
    const walk = { book: shop.book, field, descending, span, matches, limit: query.page_size };
    const page = takePage(walk, at);
    const next = twists.repeatPage ? at : page.next;
    return {
      next_page_token: next === undefined ? '' : pageToken(world.secret, bound, next),
      total_count: countMatches(walk, body),
      orders: page.orders.map((order) =>
        asSeen(world, order, twists, () => renderOrder(world, shop, order, 'search', twists.maskAddress)),
      ),
    };
  },
});

function positionOf(world: World, bound: unknown, token: string | undefined): Position {
  if (token !== undefined) {
    const at = readPageToken(world.secret, bound, token);
    if (isPosition(at)) return at;
    throw badParameter('PageToken is invalid.');
  }
  return world.behaviour.paging === 'offset' ? { skip: 0 } : { after: null };
}

// The token is ours, its seal was checked: this only tells the types apart.
function isPosition(value: unknown): value is Position {
  return typeof value === 'object' && value !== null && ('after' in value || 'skip' in value);
}

function matcher(world: World, filter: Filter): ((order: Order) => boolean) | undefined {
  const tests: ((order: Order) => boolean)[] = [];
  const { order_status, shipping_type, buyer_user_id, is_buyer_request_cancel, warehouse_ids } = filter;
  if (order_status !== undefined) tests.push((order) => visibleStatus(world, order) === order_status);
  if (shipping_type !== undefined) tests.push((order) => order.shippingType === shipping_type);
  if (buyer_user_id !== undefined) tests.push((order) => order.buyerId === buyer_user_id);
  if (is_buyer_request_cancel !== undefined) {
    tests.push((order) => (order.cancelRequestedSec !== undefined) === is_buyer_request_cancel);
  }
  if (warehouse_ids !== undefined && warehouse_ids.length > 0) {
    tests.push((order) => warehouse_ids.includes(order.warehouseId));
  }
  for (const field of ['create_time', 'update_time'] as const) {
    const from = filter[`${field}_ge`];
    const to = filter[`${field}_lt`];
    if (from !== undefined && to !== undefined && from > to) {
      throw badParameter(`${field}_ge is invalid: it must not be after ${field}_lt.`);
    }
    if (from !== undefined) tests.push((order) => sortSec(order, field) >= from);
    if (to !== undefined) tests.push((order) => sortSec(order, field) < to);
  }
  return tests.length === 0 ? undefined : (order) => tests.every((test) => test(order));
}

interface Span {
  from: number;
  to: number;
}

/** The part of the sorted list that the time filter on the sort field leaves. */
function spanOf(book: OrderBook, field: SortField, filter: Filter): Span {
  const sorted = book.sorted(field);
  const ge = filter[`${field}_ge`];
  const lt = filter[`${field}_lt`];
  return {
    from: ge === undefined ? 0 : firstAtOrAfter(sorted, field, { sec: ge, seq: 0 }),
    to: lt === undefined ? sorted.length : firstAtOrAfter(sorted, field, { sec: lt, seq: 0 }),
  };
}

interface Walk {
  book: OrderBook;
  field: SortField;
  descending: boolean;
  span: Span;
  matches: ((order: Order) => boolean) | undefined;
  limit: number;
}

function takePage(walk: Walk, at: Position): { orders: Order[]; next: Position | undefined } {
  const { field, limit } = walk;
  const toSkip = 'skip' in at ? at.skip : 0;
  const orders: Order[] = [];
  let seen = 0;
  for (const order of ordersFrom(walk, 'after' in at ? at.after : null)) {
    if (walk.matches !== undefined && !walk.matches(order)) continue;
    if (seen++ < toSkip) continue;
    const last = orders.at(-1);
    if (orders.length === limit && last !== undefined) {
      const next =
        'skip' in at ? { skip: toSkip + limit } : { after: { sec: sortSec(last, field), seq: last.seq } };
      return { orders, next };
    }
    orders.push(order);
  }
  return { orders, next: undefined };
}

function* ordersFrom({ book, field, descending, span }: Walk, after: Cursor | null): Generator<Order> {
  const sorted = book.sorted(field);
  if (descending) {
    const end = after === null ? span.to : Math.min(span.to, firstAtOrAfter(sorted, field, after));
    yield* ordersBetween(sorted, end - 1, span.from, -1);
  } else {
    const from = after === null ? 0 : firstAtOrAfter(sorted, field, { sec: after.sec, seq: after.seq + 1 });
    yield* ordersBetween(sorted, Math.max(span.from, from), span.to - 1, 1);
  }
}

function* ordersBetween(
  sorted: readonly Order[],
  first: number,
  last: number,
  step: 1 | -1,
): Generator<Order> {
  for (let index = first; step > 0 ? index <= last : index >= last; index += step) {
    const order = sorted[index];
    if (order !== undefined) yield order;
  }
}

// A walk over all pages asks for the same count again and again: it is kept until an order of the shop changes.
const counts = new WeakMap<OrderBook, { revision: number; byQuery: Map<string, number> }>();

function countMatches(walk: Walk, filter: Filter): number {
  const { book, field, span, matches } = walk;
  if (matches === undefined) return book.size;
  let cache = counts.get(book);
  if (cache?.revision !== book.revision) {
    cache = { revision: book.revision, byQuery: new Map() };
    counts.set(book, cache);
  }
  const key = JSON.stringify(filter);
  let count = cache.byQuery.get(key);
  if (count === undefined) {
    const sorted = book.sorted(field);
    count = 0;
    for (const order of ordersBetween(sorted, span.from, span.to - 1, 1)) if (matches(order)) count++;
    cache.byQuery.set(key, count);
  }
  return count;
}
