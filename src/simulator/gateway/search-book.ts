import { Type, type TObject } from 'typebox';

import {
  firstAtOrAfter,
  sortSec,
  type Cursor,
  type SortField,
  type TimeBook,
  type Timed,
} from '../state/time-book.js';
import type { World } from '../state/world.js';
import { badParameter } from './api-error.js';
import { pageToken, readPageToken } from './page-token.js';

const Time = Type.Optional(Type.Integer({ minimum: 0 }));

/** Times in unix seconds; from (included) to (excluded). */
export const timeFilters = {
  create_time_ge: Time,
  create_time_lt: Time,
  update_time_ge: Time,
  update_time_lt: Time,
} satisfies TObject['properties'];

export interface TimeFilter {
  create_time_ge?: number;
  create_time_lt?: number;
  update_time_ge?: number;
  update_time_lt?: number;
}

export interface Search<T extends Timed, F extends TimeFilter> {
  book: TimeBook<T>;
  /** What tells this list apart from others, such as the shop's id: page tokens work only there. */
  scope: readonly string[];
  filter: F;
  /** What the row must be besides its times. */
  tests: ((row: T) => boolean)[];
  field: SortField;
  descending: boolean;
  pageSize: number;
  token: string | undefined;
  /** The fault `duplicate_page`: the next page is this one again. */
  repeatPage: boolean;
  /** The tests mean something else from second to second: what was counted before is not valid. */
  testsMove?: boolean;
}

export interface FoundPage<T> {
  rows: T[];
  /** '' on the last page. */
  nextToken: string;
  total: number;
}

type Position = { after: Cursor | null } | { skip: number };

/** One page of what a time-ordered list holds. Throws 36009004 for a token of another query or times the wrong way round. */
export function searchBook<T extends Timed, F extends TimeFilter>(
  world: World,
  search: Search<T, F>,
): FoundPage<T> {
  const { book, field, descending, filter } = search;
  const bound = [...search.scope, search.pageSize, field, descending, filter];
  const at = positionOf(world, bound, search.token);
  const tests = [...search.tests, ...timeTests(filter)];
  const matches = tests.length === 0 ? undefined : (row: T) => tests.every((test) => test(row));
  const walk = {
    book,
    field,
    descending,
    span: spanOf(book, field, filter),
    matches,
    limit: search.pageSize,
  };
  const page = takePage(walk, at);
  const next = search.repeatPage ? at : page.next;
  return {
    rows: page.rows,
    nextToken: next === undefined ? '' : pageToken(world.secret, bound, next),
    total: search.testsMove === true ? countNow(walk) : countMatches(world, walk, filter),
  };
}

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

function timeTests(filter: TimeFilter): ((row: Timed) => boolean)[] {
  return (['create_time', 'update_time'] as const).flatMap((field) => {
    const from = filter[`${field}_ge`];
    const to = filter[`${field}_lt`];
    if (from !== undefined && to !== undefined && from > to) {
      throw badParameter(`${field}_ge is invalid: it must not be after ${field}_lt.`);
    }
    const tests: ((row: Timed) => boolean)[] = [];
    if (from !== undefined) tests.push((row) => sortSec(row, field) >= from);
    if (to !== undefined) tests.push((row) => sortSec(row, field) < to);
    return tests;
  });
}

interface Span {
  from: number;
  to: number;
}

/** The part of the sorted list that the time filter on the sort field leaves. */
function spanOf<T extends Timed>(book: TimeBook<T>, field: SortField, filter: TimeFilter): Span {
  const sorted = book.sorted(field);
  const ge = filter[`${field}_ge`];
  const lt = filter[`${field}_lt`];
  return {
    from: ge === undefined ? 0 : firstAtOrAfter(sorted, field, { sec: ge, seq: 0 }),
    to: lt === undefined ? sorted.length : firstAtOrAfter(sorted, field, { sec: lt, seq: 0 }),
  };
}

interface Walk<T extends Timed> {
  book: TimeBook<T>;
  field: SortField;
  descending: boolean;
  span: Span;
  matches: ((row: T) => boolean) | undefined;
  limit: number;
}

function takePage<T extends Timed>(walk: Walk<T>, at: Position): { rows: T[]; next: Position | undefined } {
  const { field, limit } = walk;
  const toSkip = 'skip' in at ? at.skip : 0;
  const rows: T[] = [];
  let seen = 0;
  for (const row of rowsFrom(walk, 'after' in at ? at.after : null)) {
    if (walk.matches !== undefined && !walk.matches(row)) continue;
    if (seen++ < toSkip) continue;
    const last = rows.at(-1);
    if (rows.length === limit && last !== undefined) {
      const next =
        'skip' in at ? { skip: toSkip + limit } : { after: { sec: sortSec(last, field), seq: last.seq } };
      return { rows, next };
    }
    rows.push(row);
  }
  return { rows, next: undefined };
}

function* rowsFrom<T extends Timed>(
  { book, field, descending, span }: Walk<T>,
  after: Cursor | null,
): Generator<T> {
  const sorted = book.sorted(field);
  if (descending) {
    const end = after === null ? span.to : Math.min(span.to, firstAtOrAfter(sorted, field, after));
    yield* rowsBetween(sorted, end - 1, span.from, -1);
  } else {
    const from = after === null ? 0 : firstAtOrAfter(sorted, field, { sec: after.sec, seq: after.seq + 1 });
    yield* rowsBetween(sorted, Math.max(span.from, from), span.to - 1, 1);
  }
}

function* rowsBetween<T>(sorted: readonly T[], first: number, last: number, step: 1 | -1): Generator<T> {
  for (let index = first; step > 0 ? index <= last : index >= last; index += step) {
    const row = sorted[index];
    if (row !== undefined) yield row;
  }
}

// A walk over all pages asks for the same count again and again: it is kept until a row of the book changes, or what the
// switches make of the rows.
const counts = new WeakMap<object, { revision: number; byQuery: Map<string, number> }>();

function countMatches<T extends Timed>({ behaviour }: World, walk: Walk<T>, filter: TimeFilter): number {
  const { book, matches } = walk;
  if (matches === undefined) return book.size;
  let cache = counts.get(book);
  if (cache?.revision !== book.revision) {
    cache = { revision: book.revision, byQuery: new Map() };
    counts.set(book, cache);
  }
  const key = JSON.stringify([filter, behaviour]);
  let count = cache.byQuery.get(key);
  if (count === undefined) {
    count = countNow(walk);
    cache.byQuery.set(key, count);
  }
  return count;
}

function countNow<T extends Timed>({ book, field, span, matches }: Walk<T>): number {
  let count = 0;
  for (const row of rowsBetween(book.sorted(field), span.from, span.to - 1, 1)) {
    if (matches === undefined || matches(row)) count++;
  }
  return count;
}
