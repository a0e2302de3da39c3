import type { Page } from '../../tiktok/paging.js';
import { SECOND_MS } from '../../kernel/time.js';

/** How often a second with more than a page of changes is read before the overlap of the next pull is relied upon. */
const SECOND_READS = 5;

/** One search of a walk: what changed from a time on (inclusive), perhaps up to another (exclusive). */
export interface WalkWindow {
  from: Date | null;
  to?: Date;
  pageToken?: string | null;
}

/** How one of TikTok's searches is walked through, by ascending time. */
interface ChangeWalk<P extends Page> {
  /** Inclusive; null: from the beginning. */
  from: Date | null;
  search(window: WalkWindow): Promise<P>;
  /** The latest time on a page, in the order of the walk; null when nothing on it could be read. */
  lastTime(page: P): Date | null;
  /** Ids of everything on a page; null for one that is missing. */
  idsOf(page: P): (string | null)[];
}

/**
 * Everything from a time on, page by page, complete although things change meanwhile. Instead of following page tokens
 * (which live for an unknown time and, when something leaves its place, may skip its neighbour), each search begins at
 * the time of the last one seen; what changed in that second comes twice, which costs nothing.
 */
export async function* walkChanges<P extends Page>(walk: ChangeWalk<P>): AsyncGenerator<P> {
  let { from } = walk;
  for (;;) {
    let page = await walk.search({ from });
    yield page;
    while (page.nextPageToken && !walk.lastTime(page)) {
      // Nothing on the page could be read, so that there is no time to go on from.
      page = await walk.search({ from, pageToken: page.nextPageToken });
      yield page;
    }
    const last = walk.lastTime(page);
    if (!page.nextPageToken || !last) return;
    if (!from || last > from) {
      from = last;
    } else {
      yield* readSecond(walk, from);
      from = secondAfter(from);
    }
  }
}

/** A second in which more changed than a page holds: only tokens lead through it. */
async function* readSecond<P extends Page>(walk: ChangeWalk<P>, second: Date): AsyncGenerator<P> {
  const window = { from: second, to: secondAfter(second) };
  for (let attempt = 1; attempt <= SECOND_READS; attempt++) {
    const seen = new Set<string | null>();
    let total = 0;
    let pageToken: string | null = null;
    do {
      const page: P = await walk.search({ ...window, pageToken });
      if (!pageToken) total = page.totalCount;
      for (const id of walk.idsOf(page)) seen.add(id);
      yield page;
      pageToken = page.nextPageToken;
    } while (pageToken);
    // Things can only leave a second that is past; one that left during the walk may have hidden another.
    if (seen.size >= total) return;
  }
}

function secondAfter(time: Date): Date {
  return new Date(time.getTime() + SECOND_MS);
}
