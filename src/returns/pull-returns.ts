import { pullOrdersFlow } from '../orders/order-flow.js';
import { flowList } from '../sync/flows/flow-catalogue.js';
import type { OpenedShop } from '../connections/open-shop.js';
import { recordEvents } from '../documents/document-store.js';
import type { ShopReturn } from '../domain/return.js';
import { SECOND_MS } from '../kernel/time.js';
import { listFlows, type FlowResult, type FlowRun } from '../sync/flows/flows.js';
import type { Pull, PullDefinition } from '../sync/pull/pull-definition.js';
import { runPull } from '../sync/pull/run-pull.js';
import type { ReadReturns, ReturnSearch } from '../tiktok/return-calls.js';
import { ingestReturns, returnVersions } from './ingest-returns.js';
import type { ReturnDeps } from './return-deps.js';

/** The pull of returns, in the engine's terms. */
interface ReturnKind {
  deps: ReturnDeps;
  source: Pick<OpenedShop, 'connection' | 'api'>;
  item: ShopReturn;
  filter: Pick<ReturnSearch, 'onlyOpen'>;
  event: 'return-unreadable';
}

/** TikTok: Search Returns takes 10 to 50. */
const PAGE_SIZE = 50;
const ORDERS_FIRST_MS = SECOND_MS;

/** The pull of return requests: what changed in TikTok. The first pull reads all requests that are not over, of any age. */
export const returnPull: PullDefinition<ReturnKind> = {
  noun: 'return',
  versions: returnVersions,
  createdAt: ({ createdAt }) => createdAt,
  pageSize: PAGE_SIZE,
  leastPageSize: 10,
  open: (deps, { connectionId, flow }) => deps.openShop(connectionId, flow.lane),
  async search({ api }, { filter, ...search }) {
    const page = await api.searchReturns({ ...search, ...filter });
    return { ...page, ...itemsOf(page) };
  },
  async readByIds({ api }, returnIds) {
    const paging = { pageSize: PAGE_SIZE, sort: 'update_time', order: 'ASC' } as const;
    const page = await api.searchReturns({ ...paging, returnIds });
    return { ...itemsOf(page), serverTime: page.serverTime };
  },
  take: async (deps, source, returns, options) => ({
    ...(await ingestReturns(deps, source, returns, options)),
  }),
  unreadable: { event: 'return-unreadable', record: recordEvents },
  first: [{ onlyOpen: true }],
  waitMs: async (pull) => ((await ordersComeFirst(pull)) ? ORDERS_FIRST_MS : null),
};

/** The flow `pull-returns` of one connection; see runPull. */
export function pullReturns(deps: ReturnDeps, run: FlowRun): Promise<FlowResult> {
  return runPull(returnPull, deps, run);
}

/**
 * A return takes its lines and its place from the order's document, once and for all: on a new connection the orders are
 * read first. Only their first run is waited for, however it ends.
 */
async function ordersComeFirst({ deps, run, watermark }: Pull<ReturnKind>): Promise<boolean> {
  if (watermark) return false;
  const { companyId, connectionId } = run;
  const flows = flowList([pullOrdersFlow]);
  const [orders] = await listFlows(deps.db.prisma, { companyId, connectionId, now: run.now(), flows });
  return orders?.enabled === true && orders.lastFinishedAt === null;
}

function itemsOf({ returns, unreadable }: ReadReturns) {
  return { items: returns, unreadable: unreadable.map(({ returnId, reason }) => ({ id: returnId, reason })) };
}
