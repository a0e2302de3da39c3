import { listShopWarehouses } from '../catalogue/catalogue-store.js';
import type { ActiveConnection } from '../connections/connection.js';
import type { OpenShop } from '../connections/shop-api.js';
import type { Logger } from '../log.js';
import type { Database, Tx } from '../store/database.js';
import type { FlowRun } from '../sync/flows.js';
import type { Lane } from '../sync/lane.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import type { Clock } from '../time.js';
import type { ShopFacts } from './push-facts.js';
import type { PushTarget } from './push-store.js';

export interface PushDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
}

/** One turn of the push. What must survive it is in the rows. */
export interface Push {
  deps: PushDeps;
  run: FlowRun;
  target: PushTarget;
  shop: ShopFacts;
  /** TikTok in a lane: sold-out stock is what buyers wait for, and may use the shop's whole budget. */
  apiOf(lane: Lane): Promise<ShopApi>;
  counts: PushCounts;
  /** Products of which TikTok says that the mirror is wrong. */
  suspects: Set<string>;
  /** How many calls are planned at once; follows how long they take. */
  mostCalls: number;
  /** Set when TikTok takes nothing more for now, or the run cannot go on. */
  stopped: { error: unknown } | null;
}

export interface PushCounts {
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

export async function openPush(deps: PushDeps, run: FlowRun): Promise<Push> {
  const { connection, api } = await deps.openShop(run.connectionId, run.flow.lane, run.fence);
  const apis = new Map<Lane, Promise<ShopApi>>([[run.flow.lane, Promise.resolve(api)]]);
  return {
    deps,
    run,
    target: targetOf(connection),
    shop: await shopFactsOf(deps.db.prisma, connection),
    apiOf(lane) {
      const known = apis.get(lane);
      if (known) return known;
      const opened = deps.openShop(run.connectionId, lane, run.fence).then((shop) => shop.api);
      apis.set(lane, opened);
      return opened;
    },
    counts: { quantities: 0, prices: 0, unchanged: 0, waiting: 0, refused: 0, inDoubt: 0 },
    suspects: new Set(),
    mostCalls: FIRST_CALLS,
    stopped: null,
  };
}

export function targetOf(
  connection: Pick<ActiveConnection, 'id' | 'companyId' | 'environment' | 'shopId'>,
): PushTarget {
  const { id: connectionId, companyId, environment, shopId } = connection;
  return { connectionId, companyId, environment, shopId };
}

export async function shopFactsOf(
  db: Tx,
  connection: Pick<ActiveConnection, 'environment' | 'shopId' | 'shopRegion' | 'sellerType' | 'settings'>,
): Promise<ShopFacts> {
  return {
    region: connection.shopRegion,
    crossBorder: connection.sellerType === 'CROSS_BORDER',
    warehouses: await listShopWarehouses(db, connection),
    settings: connection.settings,
  };
}
