import { recordEvents } from '../documents/document-store.js';
import { AppError } from '../kernel/errors.js';
import type { FlowResult, FlowRun } from '../sync/flows/flows.js';
import type { PullAnswer, PullDefinition } from '../sync/pull/pull-definition.js';
import { runPull } from '../sync/pull/run-pull.js';
import type { ReadOrders } from '../tiktok/order-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import type { ShopOrder } from '../domain/order.js';
import { ingestOrders, orderVersions } from './ingest-orders.js';
import { takeRequested } from './order-requests.js';
import { readPackageWarehouses } from './package-warehouses.js';
import type { OrderKind, PullOrdersDeps } from './pull-orders-deps.js';
import { noteRequests, releaseWaiting } from './release-waiting.js';

/** The pull of orders: what changed in TikTok, then the waiting orders whose hold is over. */
export const orderPull: PullDefinition<OrderKind> = {
  noun: 'order',
  versions: orderVersions,
  createdAt: ({ createdAt }) => createdAt,
  pageSize: 100,
  leastPageSize: 20,
  open: (deps, { connectionId, flow }) => deps.openShop(connectionId, flow.lane),
  async search({ api }, { filter, ...search }) {
    const page = await api.searchOrders({ ...search, ...filter });
    return { ...page, ...answerOf(page) };
  },
  readByIds: async ({ api }, ids) => ({ ...answerOf(await askFor(api, ids)), serverTime: null }),
  take: async (deps, { connection }, orders, options) => ({
    ...(await ingestOrders(deps, connection, orders, options)),
  }),
  unreadable: { event: 'order-refused', record: recordEvents },
  // Orders of which TikTok holds pieces as committed, whether they will become documents or not: what the ERP shall not
  // have is decided by the gates. An order in any other state is none of our business until it changes.
  first: ['AWAITING_SHIPMENT', 'ON_HOLD', 'UNPAID', 'AWAITING_COLLECTION', 'PARTIALLY_SHIPPING'].map(
    (status) => ({ status }),
  ),
  extraSteps: [(pull) => takeRequested(orderPull, pull), releaseWaiting, noteRequests, readPackageWarehouses],
};

/** The flow `pull-orders` of one connection; see runPull. */
export function pullOrders(deps: PullOrdersDeps, run: FlowRun): Promise<FlowResult> {
  return runPull(orderPull, deps, run);
}

function answerOf({ orders, unreadable }: ReadOrders): Omit<PullAnswer<ShopOrder>, 'serverTime'> {
  return {
    items: orders,
    unreadable: unreadable.map(({ tiktokOrderId, reason }) => ({ id: tiktokOrderId, reason })),
  };
}

/** TikTok may refuse a whole list for one id in it: then the halves are asked for, down to the one. */
async function askFor(api: ShopApi, ids: readonly string[]): Promise<ReadOrders> {
  try {
    return await api.getOrders(ids);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'tiktok-refused') throw error;
    if (ids.length === 1) return { orders: [], unreadable: [] };
    const half = Math.ceil(ids.length / 2);
    const parts = [await askFor(api, ids.slice(0, half)), await askFor(api, ids.slice(half))];
    return {
      orders: parts.flatMap(({ orders }) => orders),
      unreadable: parts.flatMap(({ unreadable }) => unreadable),
    };
  }
}
