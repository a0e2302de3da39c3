import { isDataError, type Tx } from '../store/database.js';
import type { ActiveConnection } from '../connections/connection.js';
import { recordEvents } from '../documents/document-store.js';
import { messageOf } from '../kernel/errors.js';
import type { MovedPiece } from '../orders/piece.js';
import { readPullCursor, withoutReadable, withUnreadable, type PullCursor } from '../orders/pull-cursor.js';
import { tellMoved } from '../orders/tell-moved.js';
import type { FlowResult, FlowRun } from '../sync/flows/flows.js';
import { shopClock, type ShopClock } from '../sync/pull/shop-clock.js';
import type { CancellationPage, UnreadableCancellation } from '../tiktok/cancellation-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { DAY_MS, MINUTE_MS } from '../kernel/time.js';
import type { ShopCancellation } from '../domain/cancellation.js';
import { findOverdue, findUnexplained, oldestOpenOrderAt } from './cancellation-store.js';
import type { CancellationDeps } from './cancellations-deps.js';
import { lastChange, newestChange, readAll, readChanges } from './read-cancellations.js';
import { takeCancellations, type TakeCounts } from './take-cancellations.js';

/** Read again at each pull: TikTok may list a cancellation later than its update time says. */
const OVERLAP_MS = 10 * MINUTE_MS;
/** Ids in one search. */
const IDS_PER_CALL = 50;

/** One run of the pull. What must survive it is saved with each page. */
interface Pull {
  deps: CancellationDeps;
  run: FlowRun;
  connection: ActiveConnection;
  api: ShopApi;
  counts: TakeCounts;
  cursor: PullCursor;
  watermark: Date | null;
  clock: ShopClock;
}

/**
 * The flow `pull-cancellations` of one connection: what changed in TikTok since the last pull, then what is overdue or
 * was never explained. Stops between two pages when told to, and goes on there the next time.
 */
export async function pullCancellations(deps: CancellationDeps, run: FlowRun): Promise<FlowResult> {
  const { connection, api } = await deps.openShop(run.connectionId, run.flow.lane);
  const cursor = readPullCursor(run.cursor);
  const { watermark } = run;
  const clock = shopClock(() => run.now());
  const pull: Pull = { deps, run, connection, api, counts: {}, cursor, watermark, clock };
  const windowFrom = pull.watermark;
  const steps = [pullPending, pullChanges, retryUnreadable, lookAgain];
  let isFinished = true;
  for (const step of steps) if (isFinished) isFinished = await step(pull);
  return {
    counts: pull.counts,
    ...(windowFrom ? { windowFrom } : {}),
    ...(pull.watermark ? { windowTo: pull.watermark } : {}),
    more: !isFinished,
  };
}

/** A step answers whether it came to its end; false: the run was told to stop. */
type Step = (pull: Pull) => Promise<boolean>;

/** The first pull of a connection finds the requests that are open, however old they are. */
const pullPending: Step = async (pull) => {
  if (pull.watermark) return true;
  return takeAll(pull, readAll(pull.api, { statuses: ['pending'] }), () => undefined);
};

const pullChanges: Step = async (pull) => {
  const from = pull.watermark ? new Date(pull.watermark.getTime() - OVERLAP_MS) : await firstTime(pull);
  // A shop without any cancellation has no time yet; its next pull is a first one again, and as cheap.
  if (!from) return true;
  return takeAll(pull, readChanges(pull.api, from), (page) => {
    const last = lastChange(page);
    if (last && pull.clock.believes(last) && last > (pull.watermark ?? from)) pull.watermark = last;
  });
};

/**
 * Nothing before the oldest order that is still open can matter. A day more, because that order may have been read while
 * this is asked.
 */
async function firstTime({ deps, connection, api }: Pull): Promise<Date | null> {
  const newest = await newestChange(api);
  if (!newest) return null;
  const oldest = await oldestOpenOrderAt(deps.db.prisma, connection);
  return new Date(Math.min(newest.getTime(), oldest?.getTime() ?? newest.getTime()) - DAY_MS);
}

/** Cancellations that an earlier pull could not read. */
const retryUnreadable: Step = async (pull) => {
  const ids = pull.cursor.unreadable;
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
    const cancelIds = ids.slice(start, start + IDS_PER_CALL);
    if (!(await takeAll(pull, readAll(pull.api, { cancelIds }), () => undefined))) return false;
  }
  return true;
};

/** What no list shows as changed: requests whose deadline is over, what waits, orders that are cancelled unexplained. */
const lookAgain: Step = async (pull) => {
  const { deps, connection, clock } = pull;
  const choice = { connectionId: connection.id, now: clock.now(), limit: IDS_PER_CALL };
  const cancelIds = await findOverdue(deps.db.prisma, choice);
  const orderIds = await findUnexplained(deps.db.prisma, choice);
  for (const filter of [{ cancelIds }, { orderIds }]) {
    if (Object.values(filter).every((ids) => ids.length === 0)) continue;
    if (!(await takeAll(pull, readAll(pull.api, filter), () => undefined))) return false;
  }
  return true;
};

/** Takes in page after page; `advance` notes in the run how far it is, before the page is stored together with that. */
async function takeAll(
  pull: Pull,
  pages: AsyncIterable<CancellationPage>,
  advance: (page: CancellationPage) => void,
): Promise<boolean> {
  for await (const page of pages) {
    const { serverTime, cancellations } = page;
    pull.clock.observe({ serverTime, changedAt: cancellations.map(({ updatedAt }) => updatedAt) });
    advance(page);
    await takePage(pull, page);
    if (pull.run.signal.aborted) return false;
  }
  return true;
}

/** Stores a page with the progress of the run in one transaction. */
async function takePage(pull: Pull, page: CancellationPage): Promise<void> {
  const { db } = pull.deps;
  try {
    const taken = await db.transaction(async (tx) => {
      await pull.run.guard(tx);
      const takenIn = await takeIn(pull, tx, page.cancellations);
      await saveProgress(pull, tx, page, []);
      return takenIn;
    });
    await noteTaken(pull, taken);
  } catch (error) {
    if (!concernsOne(error)) throw error;
    const refused = await takeOneByOne(pull, page.cancellations);
    await db.transaction(async (tx) => {
      await pull.run.guard(tx);
      await saveProgress(pull, tx, page, refused);
    });
  }
}

/** One with a value that no column holds is put aside; its neighbours are taken in. */
async function takeOneByOne(
  pull: Pull,
  cancellations: readonly ShopCancellation[],
): Promise<UnreadableCancellation[]> {
  const refused: UnreadableCancellation[] = [];
  for (const cancellation of cancellations) {
    try {
      const taken = await pull.deps.db.transaction(async (tx) => {
        await pull.run.guard(tx);
        return takeIn(pull, tx, [cancellation]);
      });
      await noteTaken(pull, taken);
    } catch (error) {
      if (!concernsOne(error)) throw error;
      const { cancelId } = cancellation;
      pull.deps.log.warn({ cancelId, error: messageOf(error) }, 'cancellation cannot be stored');
      refused.push({ cancelId, reason: 'one of its values cannot be stored' });
    }
  }
  return refused;
}

interface TakenIn {
  counts: TakeCounts;
  moved: MovedPiece[];
}

async function takeIn(
  { deps, connection, clock }: Pull,
  tx: Tx,
  cancellations: readonly ShopCancellation[],
): Promise<TakenIn> {
  const moved: MovedPiece[] = [];
  const context = { deps, tx, connection, readAt: clock.now(), moved };
  return { counts: await takeCancellations(context, cancellations), moved };
}

/** After the commit. */
async function noteTaken({ deps, connection, counts }: Pull, taken: TakenIn): Promise<void> {
  addTo(counts, taken.counts);
  await tellMoved(deps, connection, taken.moved);
}

/** A value out of range: a time that is none. */
function concernsOne(error: unknown): boolean {
  return isDataError(error) || error instanceof RangeError;
}

async function saveProgress(
  pull: Pull,
  tx: Tx,
  page: CancellationPage,
  refused: readonly UnreadableCancellation[],
): Promise<void> {
  const { run, connection, watermark } = pull;
  const unreadable = [...page.unreadable, ...refused];
  const known = new Set(pull.cursor.unreadable);
  const readable = page.cancellations.map(({ cancelId }) => cancelId);
  const failed = unreadable.flatMap(({ cancelId }) => cancelId ?? []);
  const cursor = withUnreadable(withoutReadable(pull.cursor, readable), failed);
  await run.saveProgress(tx, { cursor, ...(watermark ? { watermark } : {}) });
  const news = unreadable.filter(({ cancelId }) => cancelId === null || !known.has(cancelId));
  await recordEvents(
    tx,
    news.map(({ cancelId, reason }) => ({
      companyId: connection.companyId,
      connectionId: connection.id,
      event: 'cancellation-unreadable' as const,
      summary: `Cancellation ${cancelId ?? 'without an id'} of TikTok cannot be read: ${reason}`,
      details: 'It is asked for again at every pull. Other cancellations are not affected.',
    })),
  );
  pull.cursor = cursor;
  addTo(pull.counts, { unreadable: news.length });
}

function addTo(counts: TakeCounts, more: TakeCounts): void {
  for (const [name, count] of Object.entries(more)) counts[name] = (counts[name] ?? 0) + count;
}
