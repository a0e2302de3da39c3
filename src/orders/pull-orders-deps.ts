import type { Actor } from '../companies/actor.js';
import type { ActiveConnection } from '../connections/connection.js';
import type { OpenedShop, OpenShop } from '../connections/open-shop.js';
import type { ShopOrder } from '../domain/order.js';
import type { SqlTx } from '../store/database.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import type { OrderSearch } from '../tiktok/order-calls.js';
import type { IngestDeps } from './ingest-context.js';

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
  shop: { connection: ActiveConnection; api: ShopApi; now: Date; by: Actor },
  tiktokOrderIds: readonly string[],
  guard: (tx: SqlTx) => Promise<void>,
) => Promise<void>;

/** The pull of orders, in the engine's terms. */
export interface OrderKind {
  deps: PullOrdersDeps;
  source: Pick<OpenedShop, 'connection' | 'api'>;
  item: ShopOrder;
  filter: Pick<OrderSearch, 'status'>;
  event: 'order-refused';
}
