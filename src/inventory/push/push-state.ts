import { pullOrdersFlow } from '../../orders/order-flow.js';
import { pushInventoryFlow } from '../inventory-flows.js';
import { listShopWarehouses } from '../../catalogue/catalogue-store.js';
import type { ActiveConnection } from '../../connections/connection.js';
import type { OpenShop } from '../../connections/open-shop.js';
import type { IngestDeps } from '../../orders/ingest-context.js';
import { databaseClock } from '../../store/database-clock.js';
import type { Tx } from '../../store/database.js';
import { findCursor, findWatermark, type FlowRun } from '../../sync/flows/flows.js';
import { catchUpOrders } from '../../orders/catch-up-orders.js';
import type { Lane } from '../../kernel/lane.js';
import type { ShopApi } from '../../tiktok/shop-api.js';
import { readCounting, type Counting } from './counting.js';
import type { ShopFacts } from '../rules/push-facts.js';
import { updatesSetOf, type UpdatesSet } from '../rules/updates-set.js';
import type { PushTarget } from './push-store.js';

export interface PushDeps extends IngestDeps {
  openShop: OpenShop;
  /** Wakes a worker for a flow that was asked for; when that fails, the next beat finds the request. */
  wakeFlow?: ((flow: { id: bigint; lane: Lane }) => Promise<void>) | undefined;
}

/** What is kept with the flow. */
interface PushCursor {
  /** Of the settings that decide what is sent. */
  settings: string | null;
  /** Up to when changes of the mirror were taken into account. */
  seenAt: string | null;
  /** What updates of stock have been seen to set. */
  updatesSet?: UpdatesSet | null;
}

/** One turn of the push. What must survive it is in the rows. */
export interface Push {
  deps: PushDeps;
  run: FlowRun;
  target: PushTarget;
  shop: ShopFacts;
  counting: Counting;
  cursor: PushCursor;
  connection: ActiveConnection;
  /** TikTok in a lane: sold-out stock is what buyers wait for, and may use the shop's whole budget. */
  apiOf(lane: Lane): Promise<ShopApi>;
  counts: PushCounts;
  /** Products of which TikTok says that the mirror is wrong. */
  suspects: Set<string>;
  /** Calls of this turn that have no stored answer yet, by the id of the SKU. */
  underWay: Map<string, CallUnderWay>;
  /** Orders were asked for in this turn, with or without success. */
  hasAskedForOrders: boolean;
  hasAskedForProducts: boolean;
  /** Differences in TikTok that were found, for the history. */
  drifts: string[];
  /** Only a stop of all sales is sent: an operator has paused the connection. */
  zerosOnly: boolean;
  /** How many calls are planned at once; follows how long they take. */
  mostCalls: number;
  /** Set when TikTok takes nothing more for now, or the run cannot go on. */
  stopped: { error: unknown } | null;
}

interface CallUnderWay {
  skuId: string;
  stock: Record<string, number> | null;
  price: string | null;
  /** The last moment at which TikTok may carry it out. */
  until: Date;
}

interface PushCounts {
  quantities: number;
  prices: number;
  /** Items of which TikTok had everything already. */
  unchanged: number;
  /** Items that came to stand at a gate. */
  waiting: number;
  refused: number;
  inDoubt: number;
}

const FIRST_CALLS = 50;

/**
 * @throws AppError connection-not-ready, also for a paused connection unless a stop of all sales is not in TikTok yet
 */
export async function openPush(given: PushDeps, run: FlowRun): Promise<Push> {
  const deps = await onDatabaseTime(given);
  const counting = await readCounting(deps.db.prisma, run.connectionId);
  const options = { fence: run.fence, evenPaused: counting.zeroPending };
  const { connection, isPaused, api } = await deps.openShop(run.connectionId, run.flow.lane, options);
  const apis = new Map<Lane, Promise<ShopApi>>([[run.flow.lane, Promise.resolve(api)]]);
  return {
    deps,
    run,
    target: targetOf(connection),
    shop: await shopFactsOf(deps.db.prisma, connection, { now: deps.clock.now(), counting }),
    counting,
    cursor: { settings: null, seenAt: null, ...(run.cursor as Partial<PushCursor> | null) },
    connection,
    apiOf(lane) {
      const known = apis.get(lane);
      if (known) return known;
      const opened = deps.openShop(run.connectionId, lane, options).then((shop) => shop.api);
      apis.set(lane, opened);
      return opened;
    },
    counts: { quantities: 0, prices: 0, unchanged: 0, waiting: 0, refused: 0, inDoubt: 0 },
    suspects: new Set(),
    underWay: new Map(),
    drifts: [],
    hasAskedForOrders: false,
    hasAskedForProducts: false,
    zerosOnly: isPaused,
    mostCalls: FIRST_CALLS,
    stopped: null,
  };
}

/** What the turn knows is kept for the next one. */
export async function saveCursor({ run, shop, cursor }: Push, tx: Tx): Promise<void> {
  await run.saveProgress(tx, { cursor: { ...cursor, updatesSet: shop.updatesSet } satisfies PushCursor });
}

/** What one worker notes (when a call may be over, say) another one goes by. */
export async function onDatabaseTime(deps: PushDeps): Promise<PushDeps> {
  return { ...deps, clock: await databaseClock(deps.db.prisma, deps.clock) };
}

export function targetOf(
  connection: Pick<ActiveConnection, 'id' | 'companyId' | 'environment' | 'shopId'>,
): PushTarget {
  const { id: connectionId, companyId, environment, shopId } = connection;
  return { connectionId, companyId, environment, shopId };
}

export async function shopFactsOf(
  db: Tx,
  connection: Pick<
    ActiveConnection,
    'id' | 'environment' | 'shopId' | 'shopRegion' | 'sellerType' | 'settings'
  >,
  { now, counting, ordersRead = false }: { now: Date; counting: Counting; ordersRead?: boolean },
): Promise<ShopFacts> {
  return {
    region: connection.shopRegion,
    crossBorder: connection.sellerType === 'CROSS_BORDER',
    warehouses: await listShopWarehouses(db, connection),
    settings: connection.settings,
    zeroN: counting.zeroN,
    ordersRead,
    productsRead: ordersRead,
    updatesSet: updatesSetOf(
      await findCursor(db, { connectionId: connection.id, name: pushInventoryFlow.name }),
    ),
    now,
  };
}

/**
 * Orders up to TikTok's now, before anything is decided. A shop whose first pull of orders has not ended is left to that
 * pull, which hands orders out in their order; what it has not stored yet shows as committed in TikTok.
 * @throws AppError when TikTok cannot be asked
 */
export async function readOrdersToNow(
  deps: PushDeps,
  run: Pick<FlowRun, 'connectionId' | 'signal' | 'by'>,
  { connection, api }: { connection: ActiveConnection; api: ShopApi },
): Promise<void> {
  const { connectionId, signal, by } = run;
  if (!(await findWatermark(deps.db.prisma, { connectionId, name: pullOrdersFlow.name }))) return;
  await catchUpOrders(deps, { connection, api, now: () => deps.clock.now(), by, signal });
}
