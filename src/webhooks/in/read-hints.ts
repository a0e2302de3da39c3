import { refreshProducts } from '../../catalogue/refresh-products.js';
import { pullCatalogueFlow } from '../../catalogue/catalogue-flow.js';
import { pullCancellationsFlow } from '../../cancellations/cancellation-flow.js';
import type { CancellationDeps } from '../../cancellations/cancellations-deps.js';
import { cancellationPull } from '../../cancellations/pull-cancellations.js';
import type { OpenedShop } from '../../connections/open-shop.js';
import { SECOND_MS } from '../../kernel/time.js';
import { pullOrdersFlow } from '../../orders/order-flow.js';
import { nextReleaseAt } from '../../orders/order-store.js';
import { orderPull } from '../../orders/pull-orders.js';
import type { PullOrdersDeps } from '../../orders/pull-orders-deps.js';
import { noteRequests, releaseWaiting } from '../../orders/release-waiting.js';
import { returnPull } from '../../returns/pull-returns.js';
import type { ReturnDeps } from '../../returns/return-deps.js';
import { pullReturnsFlow } from '../../returns/return-flow.js';
import { findWatermark, type FlowResult, type FlowRun } from '../../sync/flows/flows.js';
import { requestRun } from '../../sync/flows/request-run.js';
import { readNow } from '../../sync/pull/read-now.js';
import { shopClock } from '../../sync/pull/shop-clock.js';
import { addCounts } from '../../sync/pull/take-page.js';
import { dueHints, forgetHints, nextHintAt, type Hint, type WaitingHint } from './hint-store.js';
import { noteSilence } from './note-silence.js';
import { findWatch } from './watch-store.js';

interface ReadHintsDeps {
  orders: PullOrdersDeps;
  cancellations: CancellationDeps;
  returns: ReturnDeps;
  /** Asks TikTok whether the connection may still be used, and stops it when it may not. */
  confirmAuthorization(connectionId: number): Promise<void>;
}

const HINTS_AT_ONCE = 200;
/** Products are read one by one: of more than these the listing is read. */
const MOST_PRODUCTS = 20;
/** A new connection reads its orders first; what is hinted at meanwhile may well be among them. */
const FIRST_READ_MS = 15 * SECOND_MS;

interface Reading {
  deps: ReadHintsDeps;
  run: FlowRun;
  shop: OpenedShop;
  counts: Record<string, number>;
}

/**
 * The flow `read-webhooks` of one connection: reads from TikTok what webhooks have named, and takes it in as the pulls do. A hint
 * is forgotten when what it names was read after it came. With webhooks the orders whose hold is over are released to the
 * second, which the pull of orders does with its next run.
 */
export async function readHints(deps: ReadHintsDeps, run: FlowRun): Promise<FlowResult> {
  const { db } = deps.orders;
  const { connectionId } = run;
  const watch = await findWatch(db.prisma, connectionId);
  if (watch?.receivedAt == null) return { counts: {} };
  const shop = await deps.orders.openShop(connectionId, run.flow.lane);
  const reading: Reading = { deps, run, shop, counts: {} };
  const hasOrders = await findWatermark(db.prisma, { connectionId, name: pullOrdersFlow.name });
  if (!hasOrders) return { counts: {}, againAfterMs: FIRST_READ_MS };
  for (;;) {
    const hints = await dueHints(db.prisma, { connectionId, now: run.now(), limit: HINTS_AT_ONCE });
    if (hints.length === 0) break;
    await readThese(reading, hints);
    await db.transaction(async (tx) => {
      await run.guard(tx);
      await forgetHints(tx, connectionId, hints);
    });
    if (run.signal.aborted) return { counts: reading.counts, more: true };
  }
  await releaseDue(reading);
  await noteSilence({ db, now: run.now(), by: run.by }, shop.connection);
  return { counts: reading.counts, ...(await againAfter(reading)) };
}

/** The authorisation first: without one nothing else can be read. A cancellation finds its order up to date. */
async function readThese(reading: Reading, hints: readonly WaitingHint[]): Promise<void> {
  const { deps, run, shop, counts } = reading;
  const { orders, cancellations, returns } = deps;
  const idsOf = (kind: Hint['kind']): string[] =>
    hints.filter((hint) => hint.kind === kind).map(({ objectId }) => objectId);
  const has = (kind: Hint['kind']): boolean => hints.some((hint) => hint.kind === kind);
  const how = { source: shop, now: () => run.now(), by: run.by };
  if (has('authorization')) await deps.confirmAuthorization(run.connectionId);
  const read = [
    await readNow(cancellationPull, { ...how, deps: cancellations }, idsOf('cancellation')),
    await readNow(orderPull, { ...how, deps: orders }, idsOf('order')),
    await readNow(returnPull, { ...how, deps: returns }, idsOf('return')),
  ];
  for (const one of read) addCounts(counts, one.counts);
  if (has('pull'))
    await ask(reading, [
      pullOrdersFlow.name,
      pullCancellationsFlow.name,
      pullReturnsFlow.name,
      pullCatalogueFlow.name,
    ]);
  await readProducts(reading, idsOf('product'));
}

async function readProducts(reading: Reading, ids: readonly string[]): Promise<void> {
  const { deps, run, shop, counts } = reading;
  if (ids.length === 0) return;
  if (ids.length > MOST_PRODUCTS) return ask(reading, [pullCatalogueFlow.name]);
  const { db, clock, log } = deps.orders;
  const guard = (tx: Parameters<FlowRun['guard']>[0]) => run.guard(tx);
  const { changed } = await refreshProducts({ db, clock, log, api: shop.api, guard }, shop.connection, ids);
  addCounts(counts, { products: changed });
}

async function ask({ deps, run }: Reading, names: readonly string[]): Promise<void> {
  const { companyId, connectionId } = run;
  await deps.orders.db.transaction(async (tx) => {
    await run.guard(tx);
    for (const name of names) await requestRun(tx, { companyId, connectionId, name, now: run.now() });
  });
}

async function releaseDue({ deps, run, shop, counts }: Reading): Promise<void> {
  const step = { deps: deps.orders, source: shop, clock: shopClock(() => run.now()), run };
  const readAgain = async (ids: readonly string[]): Promise<boolean> => {
    const read = await readNow(
      orderPull,
      { deps: deps.orders, source: shop, now: () => run.now(), by: run.by },
      ids,
    );
    addCounts(counts, read.counts);
    return !run.signal.aborted;
  };
  await releaseWaiting({ ...step, readAgain });
  await noteRequests(step);
}

/** The next hint that is not due yet, or the end of the next hold. */
async function againAfter({ deps, run }: Reading): Promise<Pick<FlowResult, 'againAfterMs'>> {
  const { prisma } = deps.orders.db;
  const times = [await nextHintAt(prisma, run.connectionId), await nextReleaseAt(prisma, run.connectionId)];
  const next = Math.min(...times.map((at) => at?.getTime() ?? Infinity));
  if (next === Infinity) return {};
  return { againAfterMs: Math.max(SECOND_MS, next - run.now().getTime()) };
}
