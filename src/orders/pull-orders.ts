import { AppError } from '../kernel/errors.js';
import type { FlowResult, FlowRun } from '../sync/flows/flows.js';
import { readAhead } from '../sync/pull/read-ahead.js';
import type { OrderPage, ReadOrders } from '../tiktok/order-calls.js';
import { MINUTE_MS, SECOND_MS } from '../kernel/time.js';
import { findDueOrders, findUnnotedRequests, postponeOrders } from './order-store.js';
import { observe, openPull, type Pull, type PullOrdersDeps } from './pull-state.js';
import { lastTime, readOrders, type OrderWalk } from './read-orders.js';
import { takePage } from './take-page.js';

/** Read again at each pull: TikTok may list an order later than its update time says. */
export const OVERLAP_MS = 10 * MINUTE_MS;
/**
 * What the first pull asks for: orders of which TikTok holds pieces as committed, whether they will become documents or
 * not. An order in any other state is none of our business until it changes. A pull that was stopped remembers its place
 * in this list.
 */
const FIRST_STATES = [
  'AWAITING_SHIPMENT',
  'ON_HOLD',
  'UNPAID',
  'AWAITING_COLLECTION',
  'PARTIALLY_SHIPPING',
] as const;
/** TikTok: Get Order Detail. */
const IDS_PER_CALL = 50;
/** A waiting order of which TikTok told nothing new is asked for again after this. */
const POSTPONE_MS = 15 * MINUTE_MS;

/**
 * The flow `pull-orders` of one connection: what changed in TikTok since the last pull, then the waiting orders whose
 * hold is over. Stops between two pages when told to, and goes on there the next time.
 */
export async function pullOrders(deps: PullOrdersDeps, run: FlowRun): Promise<FlowResult> {
  const pull = await openPull(deps, run);
  const windowFrom = overlapped(pull.watermark);
  const steps = [pullFirst, pullChanges, retryUnreadable, releaseWaiting, noteRequests];
  let isFinished = true;
  for (const step of steps) if (isFinished) isFinished = await step(pull);
  return {
    counts: { ...pull.counts },
    ...(windowFrom ? { windowFrom } : {}),
    windowTo: pull.clock.now(),
    more: !isFinished,
  };
}

/** A step answers whether it came to its end; false: the run was told to stop. */
type Step = (pull: Pull) => Promise<boolean>;

/**
 * The first pull reads all open orders, of any age: what the ERP shall not have is decided by the gates, but TikTok has
 * taken the pieces of all of them from its stock. Its successor begins at the newest change that the shop had
 * before: a time of TikTok's own, which nothing can be missed after.
 */
const pullFirst: Step = async (pull) => {
  if (pull.watermark) return true;
  const first = pull.cursor.first ?? {
    newestAt: (await newestChange(pull))?.toISOString() ?? null,
    step: 0,
    from: null,
  };
  for (; first.step < FIRST_STATES.length; first.step += 1, first.from = null) {
    const walk: OrderWalk = { by: 'create_time', from: wholeSecond(first.from), ...statusOf(first.step) };
    const isDone = await takeAll(pull, walk, (last) => {
      if (last) first.from = last.toISOString();
      pull.cursor = { ...pull.cursor, first: { ...first } };
    });
    if (!isDone) return false;
  }
  const { first: _, ...cursor } = pull.cursor;
  pull.cursor = cursor;
  // A shop without any order has no time yet; its next pull is a first one again, and as cheap.
  pull.watermark = first.newestAt === null ? null : new Date(first.newestAt);
  await takePage(pull, { orders: [], unreadable: [] }, pull.clock.now());
  return true;
};

const pullChanges: Step = async (pull) => {
  const from = overlapped(pull.watermark);
  if (!from) return true;
  return takeAll(pull, { by: 'update_time', from }, (last) => {
    if (last && pull.clock.believes(last) && last > (pull.watermark ?? from)) pull.watermark = last;
  });
};

/**
 * Reads page after page, the next while one is stored; `advance` notes in the run how far it is, before the page is stored
 * together with that.
 */
async function takeAll(pull: Pull, walk: OrderWalk, advance: (last: Date | null) => void): Promise<boolean> {
  for await (const { page, readAt } of readAhead(datedPages(pull, walk))) {
    advance(lastTime(page, walk));
    await takePage(pull, page, readAt);
    if (pull.run.signal.aborted) return false;
  }
  return true;
}

/** A page waits for its turn, and others may store something younger meanwhile: what counts is when it was read. */
async function* datedPages(pull: Pull, walk: OrderWalk): AsyncGenerator<{ page: OrderPage; readAt: Date }> {
  for await (const page of readOrders(pull.api, walk)) {
    observe(pull, page);
    yield { page, readAt: pull.clock.now() };
  }
}

/** Orders that an earlier pull could not read. */
const retryUnreadable: Step = async (pull) => {
  const ids = pull.cursor.unreadable;
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
    await takePage(pull, await askFor(pull, ids.slice(start, start + IDS_PER_CALL)), pull.clock.now());
    if (pull.run.signal.aborted) return false;
  }
  return true;
};

/** Orders whose hold is over are read again, and only then decided: during the hour they may have been cancelled. */
const releaseWaiting: Step = async (pull) => {
  const { db } = pull.deps;
  const connectionId = pull.connection.id;
  for (;;) {
    const now = pull.clock.now();
    const ids = await findDueOrders(db.prisma, { connectionId, now, limit: IDS_PER_CALL });
    if (ids.length === 0) return true;
    await takePage(pull, await askFor(pull, ids), pull.clock.now());
    await db.transaction(async (tx) => {
      await pull.run.guard(tx);
      // Not answered for, or answered with something old: that is no reason to forget an order, nor to ask for ever.
      await postponeOrders(tx, { connectionId, ids, now, until: new Date(now.getTime() + POSTPONE_MS) });
    });
    if (pull.run.signal.aborted) return false;
  }
};

/**
 * Orders whose buyer asks to cancel, or does no longer. Found by what is stored, not by what this run has read, so that a
 * run that broke off is made up for by the next.
 */
const noteRequests: Step = async (pull) => {
  const { db, log, noteBuyerRequests } = pull.deps;
  if (!noteBuyerRequests) return true;
  const connectionId = pull.connection.id;
  let after = 0n;
  for (;;) {
    const orders = await findUnnotedRequests(db.prisma, { connectionId, after, limit: IDS_PER_CALL });
    const last = orders.at(-1);
    if (!last) return true;
    const ids = orders.map(({ tiktokOrderId }) => tiktokOrderId);
    const { connection, api, clock, run } = pull;
    try {
      await noteBuyerRequests({ connection, api, now: clock.now() }, ids, (tx) => run.guard(tx));
    } catch (error) {
      // The orders themselves are in: what could not be asked now is asked at the next pull.
      if (!(error instanceof AppError)) throw error;
      log.warn({ connectionId, reason: error.message }, 'requests to cancel could not be read');
      return true;
    }
    if (run.signal.aborted) return false;
    after = last.id;
  }
};

/** TikTok may refuse a whole list for one id in it: then the halves are asked for, down to the one. */
async function askFor(pull: Pull, ids: readonly string[]): Promise<ReadOrders> {
  try {
    return await pull.api.getOrders(ids);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'tiktok-refused') throw error;
    if (ids.length === 1) return { orders: [], unreadable: [] };
    const half = Math.ceil(ids.length / 2);
    const parts = [await askFor(pull, ids.slice(0, half)), await askFor(pull, ids.slice(half))];
    return {
      orders: parts.flatMap(({ orders }) => orders),
      unreadable: parts.flatMap(({ unreadable }) => unreadable),
    };
  }
}

async function newestChange(pull: Pull): Promise<Date | null> {
  const page = await pull.api.searchOrders({ pageSize: 20, sort: 'update_time', order: 'DESC' });
  observe(pull, page);
  const believed = page.orders.filter(({ updatedAt }) => pull.clock.believes(updatedAt));
  return lastTime({ ...page, orders: believed }, { by: 'update_time' });
}

function statusOf(step: number): { status?: string } {
  const status = FIRST_STATES[step];
  return status === undefined ? {} : { status };
}

function overlapped(watermark: Date | null): Date | null {
  return watermark && new Date(watermark.getTime() - OVERLAP_MS);
}

function wholeSecond(time: string | null): Date | null {
  return time === null ? null : new Date(Math.floor(Date.parse(time) / SECOND_MS) * SECOND_MS);
}
