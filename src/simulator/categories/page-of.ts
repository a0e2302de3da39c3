import { badParameter } from '../gateway/api-error.js';
import { pageToken, readPageToken } from '../gateway/page-token.js';
import type { World } from '../state/world.js';

/** One page of a short list that is paged by place. Throws 36009004 for a token of another query. */
export function pageOf<T>(
  world: World,
  all: readonly T[],
  bound: readonly unknown[],
  { page_size: size, page_token: token }: { page_size: number; page_token?: string | undefined },
): { rows: T[]; nextToken: string } {
  const key = [...bound, size];
  const start = token === undefined ? 0 : readPageToken(world.secret, key, token);
  if (typeof start !== 'number') throw badParameter('PageToken is invalid.');
  const end = start + size;
  return {
    rows: all.slice(start, end),
    nextToken: end < all.length ? pageToken(world.secret, key, end) : '',
  };
}
