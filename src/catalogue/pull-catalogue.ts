import type { ActiveConnection } from '../connections/connection.js';
import type { OpenShop } from '../connections/open-shop.js';
import type { Database, Tx } from '../store/database.js';
import { refreshStatistics } from '../store/table-statistics.js';
import type { FlowResult, FlowRun } from '../sync/flows/flows.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { overlapped } from '../sync/pull/read-pages.js';
import type { Logger } from '../kernel/log.js';
import { HOUR_MS, MINUTE_MS, type Clock } from '../kernel/time.js';
import { findUnseen, storeWarehouses } from './catalogue-store.js';
import { readSpan, type Span } from './read-products.js';
import { refreshProducts } from './refresh-products.js';
import { takeProducts } from './take-products.js';

export interface PullCatalogueDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
  /** Told, in the last transaction of it, when a shop was read as a whole for the first time. */
  firstRead?: (tx: Tx, connection: ActiveConnection) => Promise<void>;
}

/** A little less than a day, so that the compare does not move on by an hour each day. */
const COMPARE_EVERY_MS = 23.5 * HOUR_MS;
/** Products that a full compare did not see are asked for one by one, so many in a row. */
const ASKED_AT_ONCE = 50;
/** After this the run may let others have the worker; it goes on with the next span. */
const LONG_TURN_MS = 5 * MINUTE_MS;

/** Where a pull goes on, as it is kept with the flow. */
interface CatalogueCursor {
  /** When the last full compare began. */
  comparedAt: string | null;
  /** Present while products are being read. */
  walk: Walk | null;
}

interface Walk {
  isFull: boolean;
  /** Our time: what was read before it was not seen by this walk. */
  startedAt: string;
  /** TikTok's time up to which this walk reads. */
  to: string;
  spans: Span[];
}

interface Pull {
  deps: PullCatalogueDeps;
  run: FlowRun;
  connection: ActiveConnection;
  api: ShopApi;
  cursor: CatalogueCursor;
  counts: { changed: number; unchanged: number; gone: number; unreadable: number };
}

/**
 * The flow `pull-catalogue` of one connection: warehouses, and the products that changed since the last pull; once a day
 * all products, so that nothing stays wrong that a pull has missed. Stops between two pages when told to.
 */
export async function pullCatalogue(deps: PullCatalogueDeps, run: FlowRun): Promise<FlowResult> {
  const { connection, api } = await deps.openShop(run.connectionId, run.flow.lane);
  const counts = { changed: 0, unchanged: 0, gone: 0, unreadable: 0 };
  const pull: Pull = { deps, run, connection, api, cursor: readCursor(run.cursor), counts };
  await pullWarehouses(pull);
  const walk = pull.cursor.walk ?? (await newWalk(pull));
  pull.cursor.walk = walk;
  const windowFrom = walk.isFull ? null : overlapped(run.watermark);
  const isFinished = (await walkSpans(pull, walk)) && (await askForUnseen(pull, walk));
  await refreshStatistics(deps.db, 'catalog-skus', counts.changed);
  if (isFinished) await endWalk(pull, walk);
  return {
    counts,
    ...(windowFrom ? { windowFrom } : {}),
    windowTo: new Date(walk.to),
    more: !isFinished,
  };
}

async function pullWarehouses({ deps, run, connection, api }: Pull): Promise<void> {
  const warehouses = await api.listWarehouses();
  await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    await storeWarehouses(tx, connection, warehouses, deps.clock.now());
  });
}

async function newWalk({ deps, run, api, cursor }: Pull): Promise<Walk> {
  const startedAt = deps.clock.now();
  const { watermark } = run;
  // Only for TikTok's clock: a window must not end in its future.
  const { serverTime } = await api.searchProducts({ pageSize: 1, updatedFrom: watermark ?? startedAt });
  const to = (serverTime ?? startedAt).toISOString();
  const age = cursor.comparedAt === null ? Infinity : startedAt.getTime() - Date.parse(cursor.comparedAt);
  const isFull = watermark === null || age >= COMPARE_EVERY_MS;
  const from = isFull ? null : (overlapped(watermark)?.toISOString() ?? null);
  return { isFull, startedAt: startedAt.toISOString(), to, spans: [{ from, to }] };
}

/** @returns false when there is more to read */
async function walkSpans(pull: Pull, walk: Walk): Promise<boolean> {
  const { deps, run, connection } = pull;
  const began = performance.now();
  for (let span = walk.spans.shift(); span; span = walk.spans.shift()) {
    const { halves } = await readSpan(pull.api, span, async ({ products }) => {
      run.signal.throwIfAborted();
      const stored = await takeProducts({ ...deps, guard: (tx) => run.guard(tx) }, connection, products);
      pull.counts.changed += stored.changed;
      pull.counts.unchanged += stored.unchanged;
      pull.counts.unreadable += stored.unreadable;
    });
    if (halves) walk.spans.unshift(...halves);
    await deps.db.transaction((tx) => run.saveProgress(tx, { cursor: pull.cursor }));
    if (run.signal.aborted || performance.now() - began > LONG_TURN_MS) return walk.spans.length === 0;
  }
  return true;
}

/** A listing that misses a product proves nothing: TikTok is asked for it by its id. */
async function askForUnseen(pull: Pull, walk: Walk): Promise<boolean> {
  if (!walk.isFull) return true;
  const { deps, run, connection, api } = pull;
  const before = new Date(walk.startedAt);
  for (;;) {
    const productIds = await findUnseen(deps.db.prisma, connection, { before, limit: ASKED_AT_ONCE });
    if (productIds.length === 0) return true;
    if (run.signal.aborted) return false;
    const { gone, changed } = await refreshProducts(
      { ...deps, api, guard: (tx) => run.guard(tx) },
      connection,
      productIds,
    );
    pull.counts.gone += gone;
    pull.counts.changed += changed;
  }
}

async function endWalk({ deps, run, connection, cursor }: Pull, walk: Walk): Promise<void> {
  const comparedAt = walk.isFull ? walk.startedAt : cursor.comparedAt;
  await deps.db.transaction(async (tx) => {
    await run.saveProgress(tx, { watermark: new Date(walk.to), cursor: { comparedAt, walk: null } });
    if (run.watermark === null) await deps.firstRead?.(tx, connection);
  });
}

/** What another version of this program has left is read as far as it makes sense. */
function readCursor(stored: unknown): CatalogueCursor {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<CatalogueCursor>;
  const walk = given.walk && Array.isArray(given.walk.spans) ? given.walk : null;
  return { comparedAt: given.comparedAt ?? null, walk };
}
