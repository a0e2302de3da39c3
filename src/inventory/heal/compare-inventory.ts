import { pushInventoryFlow } from '../inventory-flows.js';
import { catchUpProducts } from '../../catalogue/catch-up-products.js';
import { noteShown } from '../../catalogue/catalogue-store.js';
import { recordEvents } from '../../documents/document-store.js';
import { readTouched } from '../../orders/read-pieces.js';
import { poolReader } from '../../store/bulk-reader.js';
import { Prisma, type Tx } from '../../store/database.js';
import { type FlowResult, type FlowRun } from '../../sync/flows/flows.js';
import { requestRun } from '../../sync/flows/request-run.js';
import { SKUS_PER_STOCK_SEARCH } from '../../tiktok/product-calls.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/time.js';
import { noteCompared, readCounting } from '../push/counting.js';
import { markDiffering, type Differing } from './compare-store.js';
import { driftOf, driftText, sameDrift } from './push-drift.js';
import type { PushFacts } from '../rules/push-facts.js';
import { readFacts, type ItemOwner } from '../push/push-facts-store.js';
import { skuObstacle } from '../rules/push-gates.js';
import { driftEvents } from '../push/push-inventory.js';
import { judge } from '../rules/push-plan.js';
import { readStock, rereadFacts, shownBy } from '../push/push-read.js';
import { onDatabaseTime, readOrdersToNow, shopFactsOf, targetOf, type PushDeps } from '../push/push-state.js';
import { isNewlySaid } from '../rules/push-stock.js';
import { clearReadBack } from '../push/push-call-store.js';

/** A little less than an hour and a day, so that the compare does not move on by an hour each time. */
const HOURLY_MS = HOUR_MS - 5 * MINUTE_MS;
const DAILY_MS = DAY_MS - 30 * MINUTE_MS;
/** So many SKUs are 167 calls: little of an hour's budget. */
const MOST_HOURLY = 100_000;
/** What orders have touched is looked at for a little longer than from one compare to the next. */
const TOUCHED_MS = 2 * HOUR_MS;
/** After this the handler returns; it goes on behind the last page. */
const TURN_MS = 30 * SECOND_MS;

/** Where a compare goes on, as it is kept with the flow. */
interface CompareCursor {
  /** Present while items are being compared: the last key that was, and what the compare covers. */
  walk: { after: string; isFull: boolean; startedAt: string; namedN: number; touchedSince: string } | null;
  lastTouched: string | null;
}

/**
 * The flow `compare-inventory` of one connection: reads what TikTok shows and finds what differs from what is wanted,
 * whoever has changed it. It sends nothing: what the push may put right is handed to it, all else is told.
 */
export async function compareInventory(given: PushDeps, run: FlowRun): Promise<FlowResult> {
  const deps = await onDatabaseTime(given);
  const { connection, api } = await deps.openShop(run.connectionId, run.flow.lane);
  const target = targetOf(connection);
  const counting = await readCounting(deps.db.prisma, target.connectionId);
  const now = deps.clock.now();
  const cursor = readCursor(run.cursor);
  const walk = cursor.walk ?? {
    after: '',
    isFull: await isFullDue(deps, target.connectionId, { now, ...counting }),
    startedAt: now.toISOString(),
    namedN: counting.namedN,
    touchedSince: cursor.lastTouched ?? new Date(now.getTime() - TOUCHED_MS).toISOString(),
  };
  await readOrdersToNow(deps, run, { connection, api });
  const guard = (tx: Tx) => run.guard(tx);
  const productsRead =
    !connection.settings.pushPrice ||
    (await catchUpProducts({ ...deps, api, guard }, connection, run.signal));
  const shop = await shopFactsOf(deps.db.prisma, connection, { now, counting, ordersRead: true });
  shop.productsRead = productsRead;
  const owner = { target, shop };
  const counts = { differing: 0, drift: 0, unchanged: 0 };
  const began = performance.now();
  let isEnd = false;
  while (!isEnd && !run.signal.aborted && performance.now() - began < TURN_MS) {
    const page = await readPage(deps, owner, walk);
    isEnd = page.length === 0;
    if (isEnd) break;
    const found = await comparePage({ deps, run, owner, api }, page, { ...cursor, walk });
    counts.differing += found.differing;
    counts.drift += found.drift;
    counts.unchanged += page.length - found.differing - found.drift;
  }
  if (isEnd) await endWalk(deps, run, { walk, isWhole: walk.isFull && productsRead });
  if (counts.differing > 0) await askForPush(deps, owner);
  return { counts, more: !isEnd };
}

/** After a feed that named all items, and hourly; of very many SKUs daily. */
async function isFullDue(
  { db }: PushDeps,
  connectionId: number,
  {
    now,
    namedN,
    comparedN,
    comparedAt,
  }: { now: Date; namedN: number; comparedN: number; comparedAt: Date | null },
): Promise<boolean> {
  if (comparedAt === null || namedN > comparedN) return true;
  const [row] = await db.prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM inventory_items WHERE connection_id = ${connectionId} AND merchant_sku IS NOT NULL`;
  const everyMs = (row?.count ?? 0) <= MOST_HOURLY ? HOURLY_MS : DAILY_MS;
  return now.getTime() - comparedAt.getTime() >= everyMs;
}

type Walk = NonNullable<CompareCursor['walk']>;

async function readPage(deps: PushDeps, owner: ItemOwner, walk: Walk): Promise<PushFacts[]> {
  const { connectionId } = owner.target;
  const reader = poolReader(deps.db);
  const touched = walk.isFull
    ? null
    : (await readTouched(reader, owner.target, new Date(walk.touchedSince))).map(
        ({ sellerSku }) => sellerSku,
      );
  if (touched?.length === 0) return [];
  const meant = touched
    ? Prisma.sql`i.merchant_sku = ANY(${touched}::text[])`
    : Prisma.sql`i.merchant_sku IS NOT NULL`;
  const facts = await readFacts(
    reader,
    owner,
    Prisma.sql`SELECT i.* FROM inventory_items i
      WHERE i.connection_id = ${connectionId} AND i.sku_key > ${walk.after} AND ${meant}
        AND (i.quantity IS NOT NULL OR i.cost IS NOT NULL)
      ORDER BY i.sku_key LIMIT ${SKUS_PER_STOCK_SEARCH}`,
  );
  return facts.toSorted((a, b) => (a.item.skuKey < b.item.skuKey ? -1 : 1));
}

interface Comparing {
  deps: PushDeps;
  run: FlowRun;
  owner: ItemOwner;
  api: Awaited<ReturnType<PushDeps['openShop']>>['api'];
}

async function comparePage(
  { deps, run, owner, api }: Comparing,
  page: readonly PushFacts[],
  cursor: CompareCursor,
): Promise<{ differing: number; drift: number }> {
  const { target } = owner;
  const comparable = page.filter((facts) => skuObstacle(facts) === null);
  const skuIds = comparable.flatMap(({ sku, item }) => (sku && item.cells.length > 0 ? [sku.skuId] : []));
  const reads =
    skuIds.length > 0 ? await readStock({ api, clock: deps.clock }, skuIds) : new Map<string, never>();
  const differing: Differing[] = [];
  const drifts: string[] = [];
  for (const before of comparable) {
    const read = before.sku && reads.get(before.sku.skuId);
    const facts = read ? rereadFacts(before, read) : before;
    const { stock, price } = judge(facts);
    const isToSend = stock.kind === 'send' || price.kind === 'send';
    const drift = driftOf(facts);
    if (drift && drift.since !== facts.item.drift?.since)
      drifts.push(`${facts.item.supplierSku}: ${driftText(drift)}`);
    if (isToSend || !sameDrift(drift, facts.item.drift))
      differing.push({
        skuKey: facts.item.skuKey,
        isToSend,
        isUnsent: isToSend && isNewlySaid(facts.item),
        drift,
      });
  }
  const oldest = [...reads.values()].reduce<Date>(
    (least, { at }) => (at < least ? at : least),
    deps.clock.now(),
  );
  const walk = cursor.walk && { ...cursor.walk, after: page.at(-1)?.item.skuKey ?? '' };
  if (walk && cursor.walk) cursor.walk.after = walk.after;
  await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    await noteShown(tx, target, shownBy(reads), oldest);
    await clearReadBack(tx, target, [...reads.keys()], oldest);
    await markDiffering(tx, target.connectionId, differing, deps.clock.now());
    await recordEvents(tx, run.by, driftEvents(target, drifts));
    await run.saveProgress(tx, { cursor: { ...cursor, walk } });
  });
  return { differing: differing.filter(({ isToSend }) => isToSend).length, drift: drifts.length };
}

/** `isWhole`: all items were compared, with prices that were read just before. */
async function endWalk(
  deps: PushDeps,
  run: FlowRun,
  { walk, isWhole }: { walk: Walk; isWhole: boolean },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    if (isWhole) await noteCompared(tx, run.connectionId, { n: walk.namedN, at: new Date(walk.startedAt) });
    // Overlapping: a touch is dated before its transaction ends.
    const lastTouched = new Date(Date.parse(walk.startedAt) - 10 * MINUTE_MS).toISOString();
    await run.saveProgress(tx, { cursor: { walk: null, lastTouched } satisfies CompareCursor });
  });
}

async function askForPush(deps: PushDeps, { target }: ItemOwner): Promise<void> {
  const { companyId, connectionId } = target;
  const choice = { companyId, connectionId, name: pushInventoryFlow.name, now: deps.clock.now() } as const;
  const { flowId: id, lane } = await deps.db.transaction((tx) => requestRun(tx, choice));
  await deps.wakeFlow?.({ id, lane });
}

/** What another version of this program has left is begun anew. */
function readCursor(stored: unknown): CompareCursor {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<CompareCursor>;
  const walk = given.walk && typeof given.walk.after === 'string' ? given.walk : null;
  return { walk, lastTouched: given.lastTouched ?? null };
}
