import { recordEvents } from '../documents/document-store.js';
import { readPullCursor, withoutReadable, withUnreadable, type PullCursor } from '../orders/pull-cursor.js';
import { concernsOneValue } from '../orders/take-page.js';
import { messageOf } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';
import { listFlows, type FlowResult, type FlowRun } from '../sync/flows/flows.js';
import { shopClock, type ShopClock } from '../sync/pull/shop-clock.js';
import { walkChanges } from '../sync/pull/walk-changes.js';
import type { ReadReturns, ReturnPage, ReturnSearch, UnreadableReturn } from '../tiktok/return-calls.js';
import { MINUTE_MS, SECOND_MS } from '../kernel/time.js';
import { ingestReturns, type IngestReturnsCounts } from './ingest-returns.js';
import type { ReturnSource } from './read-details.js';
import type { ReturnDeps } from './return-deps.js';
import type { ShopReturn } from '../domain/return.js';

/** Read again at each pull: TikTok may list a request later than its update time says. */
const OVERLAP_MS = 10 * MINUTE_MS;
/** TikTok: Search Returns takes 10 to 50. */
const PAGE_SIZE = 50;
const LEAST_PAGE_SIZE = 10;
const ORDERS_FIRST_MS = SECOND_MS;

/** One run of the pull. What must survive it is saved with each page. */
interface Pull {
  deps: ReturnDeps;
  run: FlowRun;
  source: ReturnSource;
  counts: IngestReturnsCounts & { unreadable: number };
  cursor: PullCursor;
  watermark: Date | null;
  clock: ShopClock;
}

/** A step answers whether it came to its end; false: the run was told to stop. */
type Step = (pull: Pull) => Promise<boolean>;

/**
 * The flow `pull-returns` of one connection: what changed in TikTok since the last pull, page by page with the progress in
 * the transaction of each page. The first pull reads all requests that are not over, of any age.
 */
export async function pullReturns(deps: ReturnDeps, run: FlowRun): Promise<FlowResult> {
  const pull: Pull = {
    deps,
    run,
    source: await deps.openShop(run.connectionId, run.flow.lane),
    counts: { imported: 0, kept: 0, updated: 0, unchanged: 0, unreadable: 0 },
    cursor: readPullCursor(run.cursor),
    watermark: run.watermark,
    clock: shopClock(() => run.now()),
  };
  if (await ordersComeFirst(pull)) return { counts: {}, againAfterMs: ORDERS_FIRST_MS };
  const windowFrom = overlapped(pull.watermark);
  let isFinished = true;
  for (const step of [pullFirst, pullChanges, retryUnreadable]) if (isFinished) isFinished = await step(pull);
  return {
    counts: { ...pull.counts },
    ...(windowFrom ? { windowFrom } : {}),
    windowTo: pull.clock.now(),
    more: !isFinished,
  };
}

/**
 * A return takes its lines and its place from the order's document, once and for all: on a new connection the orders are
 * read first. Only their first run is waited for, however it ends.
 */
async function ordersComeFirst({ deps, run, watermark }: Pull): Promise<boolean> {
  if (watermark) return false;
  const { companyId, connectionId } = run;
  const flows = await listFlows(deps.db.prisma, { companyId, connectionId, now: run.now() });
  const orders = flows.find(({ flow }) => flow.name === 'pull-orders');
  return orders?.enabled === true && orders.lastFinishedAt === null;
}

const pullFirst: Step = async (pull) => {
  if (pull.watermark) return true;
  const first = pull.cursor.first ?? { newestAt: await firstWatermark(pull), step: 0, from: null };
  const from = first.from === null ? null : new Date(first.from);
  const isDone = await takeAll(pull, { by: 'create_time', from, onlyOpen: true }, (last) => {
    pull.cursor = { ...pull.cursor, first: { ...first, from: last?.toISOString() ?? first.from } };
  });
  if (!isDone) return false;
  const { first: _, ...cursor } = pull.cursor;
  pull.cursor = cursor;
  pull.watermark = first.newestAt === null ? null : new Date(first.newestAt);
  await takePage(pull, { returns: [], unreadable: [] });
  return true;
};

/** A time of TikTok's own, which nothing can be missed after: of the newest change, else of its answer. */
async function firstWatermark(pull: Pull): Promise<string | null> {
  const page = await pull.source.api.searchReturns({
    pageSize: LEAST_PAGE_SIZE,
    sort: 'update_time',
    order: 'DESC',
  });
  observe(pull, page);
  const believed = page.returns.filter(({ updatedAt }) => pull.clock.believes(updatedAt));
  const newest = lastTime({ ...page, returns: believed }, 'update_time') ?? page.serverTime;
  return newest?.toISOString() ?? null;
}

const pullChanges: Step = async (pull) => {
  const from = overlapped(pull.watermark);
  if (!from) return true;
  return takeAll(pull, { by: 'update_time', from }, (last) => {
    if (last && pull.clock.believes(last) && last > (pull.watermark ?? from)) pull.watermark = last;
  });
};

interface Walk {
  by: 'update_time' | 'create_time';
  from: Date | null;
  onlyOpen?: boolean;
}

/** Reads page after page; `advance` notes how far the run is, before the page is stored together with that. */
async function takeAll(pull: Pull, walk: Walk, advance: (last: Date | null) => void): Promise<boolean> {
  const pages = walkChanges<ReturnPage>({
    from: walk.from,
    search: ({ from, to, pageToken }) =>
      pull.source.api.searchReturns({
        pageSize: PAGE_SIZE,
        sort: walk.by,
        order: 'ASC',
        ...(walk.onlyOpen ? { onlyOpen: true } : {}),
        ...windowOf(walk, from, to),
        ...(pageToken ? { pageToken } : {}),
      }),
    lastTime: (page) => lastTime(page, walk.by),
    idsOf: ({ returns, unreadable }) => [...returns, ...unreadable].map(({ returnId }) => returnId),
  });
  for await (const page of pages) {
    observe(pull, page);
    advance(lastTime(page, walk.by));
    await takePage(pull, page);
    if (pull.run.signal.aborted) return false;
  }
  return true;
}

function windowOf({ by }: Walk, from: Date | null, to?: Date): Partial<ReturnSearch> {
  return by === 'update_time'
    ? { ...(from ? { updatedFrom: from } : {}), ...(to ? { updatedTo: to } : {}) }
    : { ...(from ? { createdFrom: from } : {}), ...(to ? { createdTo: to } : {}) };
}

/** Requests that an earlier pull could not read. */
const retryUnreadable: Step = async (pull) => {
  const ids = pull.cursor.unreadable;
  for (let start = 0; start < ids.length; start += PAGE_SIZE) {
    const page = await pull.source.api.searchReturns({
      returnIds: ids.slice(start, start + PAGE_SIZE),
      pageSize: PAGE_SIZE,
      sort: 'update_time',
      order: 'ASC',
    });
    observe(pull, page);
    await takePage(pull, page);
    if (pull.run.signal.aborted) return false;
  }
  return true;
};

/**
 * Stores what one answer of TikTok holds, with the progress of the run in the same transaction: a run that is stopped
 * goes on after the last page that it kept.
 */
async function takePage(pull: Pull, { returns, unreadable }: ReadReturns): Promise<void> {
  const readAt = pull.clock.now();
  let progress = progressAfter(pull, returns, unreadable);
  try {
    await takeIn(pull, returns, readAt, (tx) => saveProgress(pull, tx, progress));
  } catch (error) {
    if (!concernsOneValue(error)) throw error;
    const refused = await takeOneByOne(pull, returns, readAt);
    progress = progressAfter(pull, returns, [...unreadable, ...refused]);
    await pull.deps.db.transaction((tx) => saveProgress(pull, tx, progress));
  }
  pull.cursor = progress.cursor;
  pull.counts.unreadable += progress.news.length;
}

async function takeIn(
  { deps, source, counts }: Pull,
  returns: readonly ShopReturn[],
  readAt: Date,
  guard: (tx: Tx) => Promise<void>,
): Promise<void> {
  const taken = await ingestReturns(deps, source, returns, { readAt, guard });
  for (const [name, count] of Object.entries(taken)) counts[name as keyof typeof taken] += count;
}

/** A request with a value that no column holds is put aside; its neighbours are taken in. */
async function takeOneByOne(
  pull: Pull,
  returns: readonly ShopReturn[],
  readAt: Date,
): Promise<UnreadableReturn[]> {
  const refused: UnreadableReturn[] = [];
  for (const shown of returns) {
    try {
      await takeIn(pull, [shown], readAt, (tx) => pull.run.guard(tx));
    } catch (error) {
      if (!concernsOneValue(error)) throw error;
      pull.deps.log.warn({ returnId: shown.returnId, error: messageOf(error) }, 'return cannot be stored');
      refused.push({ returnId: shown.returnId, reason: 'one of its values cannot be stored' });
    }
  }
  return refused;
}

interface Progress {
  cursor: PullCursor;
  /** Requests that were readable before, or never seen. */
  news: UnreadableReturn[];
}

function progressAfter(
  { cursor }: Pull,
  returns: readonly ShopReturn[],
  unreadable: readonly UnreadableReturn[],
): Progress {
  const known = new Set(cursor.unreadable);
  const failed = unreadable.flatMap(({ returnId }) => returnId ?? []);
  const readable = returns.map(({ returnId }) => returnId);
  return {
    cursor: withUnreadable(withoutReadable(cursor, readable), failed),
    news: unreadable.filter(({ returnId }) => returnId === null || !known.has(returnId)),
  };
}

async function saveProgress({ run, watermark, source }: Pull, tx: Tx, progress: Progress): Promise<void> {
  await run.guard(tx);
  await run.saveProgress(tx, { cursor: progress.cursor, ...(watermark ? { watermark } : {}) });
  await recordEvents(
    tx,
    progress.news.map((each) => unreadableEvent(source, each)),
  );
}

function unreadableEvent({ connection }: ReturnSource, { returnId, reason }: UnreadableReturn) {
  return {
    companyId: connection.companyId,
    connectionId: connection.id,
    event: 'return-unreadable' as const,
    summary: `Return ${returnId ?? 'without an id'} of TikTok cannot be read: ${reason}`,
    details: 'It is asked for again at every pull. Other returns are not affected.',
  };
}

function observe({ clock }: Pull, { serverTime, returns }: ReturnPage): void {
  clock.observe({ serverTime, changedAt: returns.map(({ updatedAt }) => updatedAt) });
}

function lastTime({ returns }: ReadReturns, by: Walk['by']): Date | null {
  const timeOf = (shown: ShopReturn) => (by === 'update_time' ? shown.updatedAt : shown.createdAt);
  return returns.length > 0 ? new Date(Math.max(...returns.map((shown) => Number(timeOf(shown))))) : null;
}

function overlapped(watermark: Date | null): Date | null {
  return watermark && new Date(watermark.getTime() - OVERLAP_MS);
}
