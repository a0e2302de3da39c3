import { recordEvents } from '../documents/document-store.js';
import { DAY_MS } from '../kernel/time.js';
import type { FlowResult, FlowRun } from '../sync/flows/flows.js';
import { IDS_PER_CALL, type Pull, type PullDefinition } from '../sync/pull/pull-definition.js';
import { readAll } from '../sync/pull/read-pages.js';
import { runPull } from '../sync/pull/run-pull.js';
import type { ReadCancellations } from '../tiktok/cancellation-calls.js';
import { findOverdue, findUnexplained, oldestOpenOrderAt } from './cancellation-store.js';
import type { CancellationDeps, CancellationKind } from './cancellations-deps.js';
import { ingestCancellations } from './ingest-cancellations.js';
import { cancellationVersions } from './take-cancellations.js';

/** The most that TikTok: Search Cancellations gives at once. */
const PAGE_SIZE = 50;

/** The pull of cancellations: what changed in TikTok, then what is overdue or was never explained. */
export const cancellationPull: PullDefinition<CancellationKind> = {
  noun: 'cancellation',
  versions: cancellationVersions,
  createdAt: ({ createdAt }) => createdAt,
  pageSize: PAGE_SIZE,
  leastPageSize: 10,
  open: (deps, { connectionId, flow }) => deps.openShop(connectionId, flow.lane),
  async search({ api }, { filter, ...search }) {
    const page = await api.searchCancellations({ ...search, ...filter });
    return { ...page, ...itemsOf(page) };
  },
  async readByIds({ api }, cancelIds) {
    const paging = { pageSize: PAGE_SIZE, sort: 'update_time', order: 'ASC' } as const;
    const page = await api.searchCancellations({ ...paging, cancelIds });
    return { ...itemsOf(page), serverTime: page.serverTime };
  },
  take: ingestCancellations,
  unreadable: { event: 'cancellation-unreadable', record: recordEvents },
  // Requests that are open, however old they are.
  first: [{ statuses: ['pending'] }],
  // Nothing before the oldest order that is still open can matter. A day more, because that order may have been read
  // while this is asked.
  async changesSince({ db }, { connection }, newestAt) {
    const oldest = await oldestOpenOrderAt(db.prisma, connection);
    return new Date(Math.min(newestAt.getTime(), oldest?.getTime() ?? newestAt.getTime()) - DAY_MS);
  },
  extraSteps: [lookAgain],
};

/** The flow `pull-cancellations` of one connection; see runPull. */
export function pullCancellations(deps: CancellationDeps, run: FlowRun): Promise<FlowResult> {
  return runPull(cancellationPull, deps, run);
}

/** What no list shows as changed: requests whose deadline is over, what waits, orders that are cancelled unexplained. */
async function lookAgain(pull: Pull<CancellationKind>): Promise<boolean> {
  const { deps, source, clock } = pull;
  const choice = { connectionId: source.connection.id, now: clock.now(), limit: IDS_PER_CALL };
  const cancelIds = await findOverdue(deps.db.prisma, choice);
  const orderIds = await findUnexplained(deps.db.prisma, choice);
  if (!(await pull.readAgain(cancelIds))) return false;
  return orderIds.length === 0 || pull.takeAnswers(readAll(cancellationPull, source, { orderIds }));
}

function itemsOf({ cancellations, unreadable }: ReadCancellations) {
  return {
    items: cancellations,
    unreadable: unreadable.map(({ cancelId, reason }) => ({ id: cancelId, reason })),
  };
}
