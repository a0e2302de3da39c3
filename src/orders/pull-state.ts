import type { ActiveConnection } from '../connections/connection.js';
import type { OpenShop } from '../connections/shop-api.js';
import type { Tx } from '../store/database.js';
import type { FlowRun } from '../sync/flows.js';
import type { OrderPage } from '../tiktok/order-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { DAY_MS } from '../time.js';
import type { IngestCounts } from './ingest-orders.js';
import type { IngestDeps } from './ingest-context.js';
import { readPullCursor, type PullCursor } from './pull-cursor.js';

export interface PullOrdersDeps extends IngestDeps {
  openShop: OpenShop;
  /** Left out: requests of buyers are not looked up. */
  noteBuyerRequests?: NoteBuyerRequests;
}

/**
 * Reads the buyers' requests to cancel behind these orders, and shows them on the orders or takes them away. `guard` runs
 * first in each transaction.
 */
export type NoteBuyerRequests = (
  shop: { connection: ActiveConnection; api: ShopApi; now: Date },
  tiktokOrderIds: readonly string[],
  guard: (tx: Tx) => Promise<void>,
) => Promise<void>;

/** One run of the pull. What must survive it is saved with each page. */
export interface Pull {
  deps: PullOrdersDeps;
  run: FlowRun;
  connection: ActiveConnection;
  api: ShopApi;
  counts: IngestCounts & { unreadable: number };
  cursor: PullCursor;
  watermark: Date | null;
  clock: ShopClock;
}

export async function openPull(deps: PullOrdersDeps, run: FlowRun): Promise<Pull> {
  const { connection, api } = await deps.openShop(run.connectionId, run.flow.lane);
  return {
    deps,
    run,
    connection,
    api,
    counts: { exported: 0, waiting: 0, refused: 0, updated: 0, unchanged: 0, unreadable: 0 },
    cursor: readPullCursor(run.cursor),
    watermark: run.watermark,
    clock: shopClock(() => run.now()),
  };
}

/**
 * TikTok's time. Windows and holds go by it, because our own clock may be off by minutes.
 */
export interface ShopClock {
  now(): Date;
  /** Learns from an answer: its HTTP Date, and the newest change in it, which cannot lie in TikTok's future. */
  observe(page: OrderPage): void;
  /** Whether a time of an order can be true: one far ahead of TikTok's clock must not decide anything. */
  believes(time: Date): boolean;
}

/** How far an order's time may be ahead of the HTTP Date; TikTok's servers differ by seconds at most. */
const BELIEVED_AHEAD_MS = DAY_MS;

function shopClock(ourNow: () => Date): ShopClock {
  let skewMs = 0;
  let newestMs = 0;
  const serverMs = () => ourNow().getTime() + skewMs;
  const believes = (time: Date) => time.getTime() <= serverMs() + BELIEVED_AHEAD_MS;
  return {
    now: () => new Date(Math.max(serverMs(), newestMs)),
    observe({ serverTime, orders }) {
      if (serverTime) skewMs = serverTime.getTime() - ourNow().getTime();
      for (const { updatedAt } of orders) {
        if (believes(updatedAt)) newestMs = Math.max(newestMs, updatedAt.getTime());
      }
    },
    believes,
  };
}
