import { Type } from 'typebox';

import { ApiError } from '../gateway/api-error.js';
import { searchBook, timeFilters, type FoundPage, type TimeFilter } from '../gateway/search-book.js';
import type { AnswerTwists } from '../gateway/route.js';
import type { CancelCase, Case, ReturnCase } from '../state/aftersales-model.js';
import type { Order } from '../state/model.js';
import type { TimeBook } from '../state/time-book.js';
import type { Shop, World } from '../state/world.js';
import { refuseAftersales } from './aftersales-error.js';

export const versions = ['202309'];
export const scopes = ['seller.return_refund.basic'];

/** `page_size` is declared as a text. */
export const SearchQuery = Type.Object({
  sort_field: Type.Optional(Type.Enum(['create_time', 'update_time'])),
  sort_order: Type.Optional(Type.Enum(['ASC', 'DESC'])),
  page_size: Type.Optional(Type.String()),
  page_token: Type.Optional(Type.String()),
});
interface SearchQuery {
  sort_field?: 'create_time' | 'update_time';
  sort_order?: 'ASC' | 'DESC';
  page_size?: string;
  page_token?: string;
}

export const searchFilters = {
  order_ids: Type.Optional(Type.Array(Type.String())),
  buyer_user_ids: Type.Optional(Type.Array(Type.String())),
  ...timeFilters,
  locale: Type.Optional(Type.String()),
};
export interface CaseFilter extends TimeFilter {
  order_ids?: string[];
  buyer_user_ids?: string[];
}

export const IdempotencyQuery = Type.Object({
  idempotency_key: Type.Optional(Type.String({ maxLength: 255 })),
});

export const RejectImages = Type.Optional(
  Type.Array(
    Type.Object({
      image_id: Type.String({ minLength: 1 }),
      mime_type: Type.Optional(Type.String()),
      height: Type.Optional(Type.Integer()),
      width: Type.Optional(Type.Integer()),
    }),
  ),
);

const DEFAULT_PAGE_SIZE = 10;
const LARGEST_PAGE = 50;

/** Unlike most calls these answer 98001004 for a wrong page size. UNCONFIRMED: with HTTP status 400. */
function pageSizeOf(text: string | undefined, smallest: number): number {
  const size = text === undefined ? DEFAULT_PAGE_SIZE : /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (size >= smallest && size <= LARGEST_PAGE) return size;
  throw new ApiError(
    98001004,
    `The 'page_size' parameter is invalid: it must be ${smallest} to ${LARGEST_PAGE}.`,
    { httpStatus: 400 },
  );
}

interface CaseSearch<T extends Case> {
  world: World;
  shop: Shop;
  twists: AnswerTwists;
  query: SearchQuery;
  body: CaseFilter;
  book: TimeBook<T>;
  name: string;
  smallestPage: number;
  tests: ((item: T) => boolean)[];
}

/** What both searches share: paging, sorting, times, orders and buyers. Oldest first by default. */
export function searchCases<T extends Case>(search: CaseSearch<T>): FoundPage<T> {
  const { world, shop, query, body, twists } = search;
  const page = searchBook(world, {
    book: search.book,
    scope: [shop.id, search.name],
    filter: body,
    tests: [...commonTests(world, body), ...search.tests],
    field: query.sort_field ?? 'create_time',
    descending: query.sort_order === 'DESC',
    pageSize: pageSizeOf(query.page_size, search.smallestPage),
    token: query.page_token,
    repeatPage: twists.repeatPage,
  });
  return twists.stale ? { ...page, rows: page.rows.flatMap((item) => asSeenBefore(world, item)) } : page;
}

function commonTests(world: World, body: CaseFilter): ((item: Case) => boolean)[] {
  return [
    oneOf(body.order_ids, (item: Case) => item.orderId),
    oneOf(body.buyer_user_ids, (item: Case) => world.orders.get(item.orderId)?.buyerId ?? ''),
  ].flat();
}

/** The test for a filter that lists values; an empty list filters nothing. */
export function oneOf<T>(
  wanted: readonly string[] | undefined,
  of: (item: T) => string,
): ((item: T) => boolean)[] {
  return wanted === undefined || wanted.length === 0 ? [] : [(item) => wanted.includes(of(item))];
}

/** The fault `stale_read`: as before its last change, and not at all when that change made it. */
function asSeenBefore<T extends Case>(world: World, item: T): T[] {
  const previous = world.previousCases.get(item.id);
  if (previous === undefined) return [item];
  // What is kept under an id is a former state of the case with that id.
  return previous.seen === null ? [] : [previous.seen as T];
}

export function orderForSeller(world: World, shop: Shop, orderId: string): Order {
  const order = world.orders.get(orderId);
  // UNCONFIRMED: which code tells an unknown order from another shop's.
  if (order === undefined) throw refuseAftersales(25007006);
  if (order.shopId !== shop.id) throw refuseAftersales(25020005);
  return order;
}

export function cancelOfShop(world: World, shop: Shop, id: string): CancelCase {
  return ofShop(world.cancels.get(id), shop);
}

export function returnOfShop(world: World, shop: Shop, id: string): ReturnCase {
  return ofShop(world.returns.get(id), shop);
}

function ofShop<T extends Case>(item: T | undefined, shop: Shop): T {
  if (item === undefined) throw refuseAftersales(25007006);
  if (item.shopId !== shop.id) throw refuseAftersales(25020005);
  return item;
}
