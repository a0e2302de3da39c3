import type { ActiveConnection } from '../connections/connection.js';
import type { OpenShop } from '../connections/open-shop.js';
import type { Tx } from '../store/database.js';
import type { FlowRun } from '../sync/flows/flows.js';
import { shopClock, type ShopClock } from '../sync/pull/shop-clock.js';
import type { OrderPage } from '../tiktok/order-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';
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

/** Lets an answer tell what time it is at TikTok. */
export function observe({ clock }: Pull, { serverTime, orders }: OrderPage): void {
  clock.observe({ serverTime, changedAt: orders.map(({ updatedAt }) => updatedAt) });
}
