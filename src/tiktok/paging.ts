import { toUnixSeconds } from '../kernel/time.js';
import type { QueryValue } from './signed-request.js';
import { textOrNull } from './wire/read.js';

/** Times of a search: `From` is inclusive, `To` exclusive; both are cut to whole seconds. */
export interface TimeFilter {
  updatedFrom?: Date;
  updatedTo?: Date;
  createdFrom?: Date;
  createdTo?: Date;
}

/** TikTok: sorting, filters and page size must not change between the pages of one search. */
export interface Paging {
  /** Only together with the same filters, sort and page size that it came from. */
  pageToken?: string | null;
  pageSize: number;
  sort: string;
  order: 'ASC' | 'DESC';
}

export interface Page {
  nextPageToken: string | null;
  totalCount: number;
  /** TikTok's clock when it answered. */
  serverTime: Date | null;
}

/** The time filters that all of TikTok's searches share. */
export function timesOf(filter: TimeFilter): Record<string, number | undefined> {
  return {
    create_time_ge: secondsOf(filter.createdFrom),
    create_time_lt: secondsOf(filter.createdTo),
    update_time_ge: secondsOf(filter.updatedFrom),
    update_time_lt: secondsOf(filter.updatedTo),
  };
}

function secondsOf(date: Date | undefined): number | undefined {
  return date && toUnixSeconds(date);
}

export function pagingOf(search: Paging): Record<string, QueryValue> {
  return {
    page_size: search.pageSize,
    page_token: search.pageToken,
    sort_field: search.sort,
    sort_order: search.order,
  };
}

/** The last page has an empty token, or none. */
export function pageOf(data: Readonly<Record<string, unknown>>, serverTime: Date | null): Page {
  return {
    nextPageToken: textOrNull(data['next_page_token']),
    totalCount: Number(textOrNull(data['total_count']) ?? 0),
    serverTime,
  };
}
