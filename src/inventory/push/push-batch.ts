import { noteShown } from '../../catalogue/catalogue-store.js';
import { poolReader } from '../../store/bulk-reader.js';
import { callTimes, doubtMs } from '../../outbound/call-fence.js';
import { MINUTE_MS, SECOND_MS } from '../../kernel/time.js';
import { driftText, loweredBy } from '../heal/push-drift.js';
import type { PushFacts } from '../rules/push-facts.js';
import { isZeroedOut } from '../rules/push-decisions.js';
import { skuObstacle } from '../rules/push-gates.js';
import { learnFromWrites } from './first-writes.js';
import { pickItems } from './push-items.js';
import {
  judge,
  planCalls,
  stockOnly,
  type Effect,
  type Judgement,
  type PushCalls,
  type StockValue,
} from '../rules/push-plan.js';
import { workOff, type PoolReport } from './push-pool.js';
import { readStock, rereadFacts, shownBy } from './push-read.js';
import { sendPrices, sendStock, type Ending } from './push-send.js';
import type { Push } from './push-state.js';
import { clearReadBack, forgetPriceCalls, markCalls, type SendIntent } from './push-call-store.js';
import { type Verdict } from './push-store.js';
import { commonFailure, isSuspicious, newDrifts, notCalled, openTally, writeVerdicts } from './push-tally.js';
import { exactCandidates, isLiveSku } from '../rules/push-values.js';
import { endingOfPart, verdictOf } from '../rules/push-verdict.js';
import type { StockRead } from '../rules/stock-read.js';

const ITEMS_AT_ONCE = 1_000;
/** A batch takes about this long, so that sold-out SKUs that come meanwhile are soon the next. */
const BATCH_MS = 8 * SECOND_MS;
/** Calls that were not begun by then are left for the next batch: their doubt was noted for that long. */
const LONGEST_BATCH_MS = MINUTE_MS;
const FEWEST_CALLS = 20;
const MOST_CALLS = 2_000;

/**
 * Decides about the next items, sends what is to be sent and writes what became of it. `soldOut`: only items of which the
 * seller has none left, in the urgent lane.
 * @returns false when there was nothing left to decide about
 */
export async function pushBatch(push: Push, { soldOut }: { soldOut: boolean }): Promise<boolean> {
  const picked = await pickItems(poolReader(push.deps.db), push, { soldOut, limit: ITEMS_AT_ONCE });
  if (picked.length === 0) return false;
  const began = performance.now();
  const { facts, reads } = await withStock(push, picked.flatMap(inAllSkus), soldOut);
  const judged = facts.map(judge);
  const judgements = soldOut ? judged.map(stockOnly) : judged;
  const calls = await noteCalls(push, { judgements, reads, calls: planCalls(judgements, push.mostCalls) });
  await send(push, { judgements, calls, isSoldOut: soldOut });
  follow(push, calls, performance.now() - began);
  return true;
}

/** A stop of all sales reaches every live SKU that bears the seller SKU; otherwise several are nobody's. */
function inAllSkus(facts: PushFacts): PushFacts[] {
  const live = exactCandidates(facts).filter(isLiveSku);
  if (live.length < 2 || !isZeroedOut(facts.item, facts.shop)) return [facts];
  return live.map((sku) =>
    sku === facts.sku ? facts : { ...facts, sku, read: null, resolvedStock: undefined },
  );
}

/** Whether the stock of the item's SKU decides anything. */
function isAsked(facts: PushFacts): boolean {
  return facts.item.cells.length > 0 && skuObstacle(facts) === null;
}

/** Reads what TikTok shows of the items whose quantities may be sent. */
async function withStock(
  push: Push,
  picked: readonly PushFacts[],
  isSoldOut: boolean,
): Promise<{ facts: PushFacts[]; reads: Map<string, StockRead> }> {
  const skuIds = [...new Set(picked.filter(isAsked).map(({ sku }) => sku!.skuId))];
  if (skuIds.length === 0) return { facts: [...picked], reads: new Map() };
  const api = await push.apiOf(isSoldOut ? 'urgent' : push.run.flow.lane);
  const reads = await readStock({ api, clock: push.deps.clock }, skuIds);
  const facts = picked.map((each) => {
    const read = each.sku && reads.get(each.sku.skuId);
    if (read) return rereadFacts(each, read);
    // TikTok knows the SKU no more, or not yet: the product is read again.
    if (each.sku && isAsked(each)) push.suspects.add(each.sku.productId);
    return each;
  });
  return { facts, reads };
}

interface Batch {
  judgements: readonly Judgement[];
  reads: ReadonlyMap<string, StockRead>;
  calls: PushCalls;
}

/** Before anything is sent: what needs no call is written, and what a call may change is in doubt from now on. */
async function noteCalls(push: Push, { judgements, reads, calls }: Batch): Promise<PushCalls> {
  const { deps, run, target } = push;
  const verdicts = settledAtOnce(judgements);
  const now = deps.clock.now();
  const until = new Date(now.getTime() + LONGEST_BATCH_MS + doubtMs(callTimes));
  const intents = intentsOf(calls);
  const oldestRead = [...reads.values()].reduce((oldest, { at }) => (at < oldest ? at : oldest), now);
  const priceless = judgements.flatMap(({ sku, price }) => (sku && price.kind === 'none' ? [sku.skuId] : []));
  const numbers = await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    await noteShown(tx, target, shownBy(reads), oldestRead);
    await clearReadBack(tx, target, [...reads.keys()], oldestRead);
    await forgetPriceCalls(tx, target, priceless);
    await writeVerdicts(push, tx, verdicts);
    return markCalls(tx, target, intents, until);
  });
  push.drifts.push(...newDrifts(judgements, verdicts), ...loweredText(judgements));
  for (const intent of intents) push.underWay.set(intent.skuId, { ...intent, until });
  return numbered(calls, numbers);
}

/** Items of which nothing is to be sent; an item with several SKUs waits for all of them. */
function settledAtOnce(judgements: readonly Judgement[]): Verdict[] {
  const byItem = new Map<string, Judgement[]>();
  for (const judgement of judgements) {
    const others = byItem.get(judgement.item.skuKey);
    if (others) others.push(judgement);
    else byItem.set(judgement.item.skuKey, [judgement]);
  }
  return [...byItem.values()].flatMap((all) => {
    const endings = all.flatMap(({ stock, price }) => [endingOfPart(stock), endingOfPart(price)]);
    const known = endings.filter((ending) => ending !== null);
    return known.length === endings.length && all[0] ? [verdictOf(all[0], known)] : [];
  });
}

function loweredText(judgements: readonly Judgement[]): string[] {
  return judgements.flatMap(({ facts, item, stock }) => {
    const lowered = stock.kind === 'send' ? loweredBy(facts) : [];
    return lowered.length > 0
      ? [`${item.supplierSku}: ${driftText({ stock: lowered, price: null })}; put right`]
      : [];
  });
}

function intentsOf({ stock, prices }: PushCalls): SendIntent[] {
  const intents = new Map<string, SendIntent>();
  const intentOf = (skuId: string): SendIntent => {
    const intent = intents.get(skuId) ?? {
      skuId,
      stock: null,
      price: null,
      readAt: null,
      kept: null,
      repeats: 0,
    };
    intents.set(skuId, intent);
    return intent;
  };
  for (const { skuId, value, facts } of stock.flatMap(({ effects }) => effects)) {
    const intent = intentOf(skuId);
    intent.stock = Object.fromEntries(
      value.stock.map(({ warehouseId, quantity }) => [warehouseId, quantity]),
    );
    intent.readAt = facts.read?.at ?? facts.shop.now;
    intent.kept = value.keptBase;
    intent.repeats = repeatsOf(facts, intent.stock);
  }
  for (const { skuId, value } of prices.flatMap(({ effects }) => effects))
    intentOf(skuId).price = value.amount;
  return [...intents.values()];
}

/** With this call, how often the same values were sent while nobody said anything. */
function repeatsOf({ sent, item }: PushFacts, stock: Record<string, number>): number {
  const isSame = Object.entries(stock).every(([id, quantity]) => sent.stock[id] === quantity);
  const isSaid = item.unsentSince !== null || item.resend || item.cells.some(({ n }) => n > item.lookedN);
  return isSame && !isSaid ? sent.repeats + 1 : 1;
}

function numbered({ stock, prices }: PushCalls, numbers: ReadonlyMap<string, string>): PushCalls {
  const withNumbers = <Call extends PushCalls['stock'][number] | PushCalls['prices'][number]>(
    call: Call,
  ): Call => ({
    ...call,
    effects: call.effects.map((effect) => ({ ...effect, callNumber: numbers.get(effect.skuId) ?? '' })),
  });
  return { stock: stock.map(withNumbers), prices: prices.map(withNumbers) };
}

/** Stock and prices have budgets of their own and go side by side. */
async function send(
  push: Push,
  {
    judgements,
    calls,
    isSoldOut,
  }: { judgements: readonly Judgement[]; calls: PushCalls; isSoldOut: boolean },
): Promise<void> {
  const { run, shop, deps } = push;
  const api = await push.apiOf(isSoldOut ? 'urgent' : run.flow.lane);
  const tally = openTally(push, judgements);
  const taken: Effect<StockValue>[] = [];
  const stop = AbortSignal.any([run.signal, AbortSignal.timeout(LONGEST_BATCH_MS)]);
  const [stock, prices] = await Promise.all([
    workOff(calls.stock, stop, async (call) => {
      const endings = await sendStock({ api, clock: deps.clock, updatesSet: shop.updatesSet }, call);
      taken.push(...endings.flatMap(({ outcome, effect }) => (outcome === 'taken' ? [effect] : [])));
      await tally.stockEnded(endings);
      return failureOf(push, call.productId, endings);
    }),
    workOff(calls.prices, stop, async (call) => {
      const endings = await sendPrices(api, call, shop);
      await tally.pricesEnded(endings);
      return failureOf(push, call.productId, endings);
    }),
  ]);
  await tally.stockEnded(notCalled(stock.left));
  await tally.pricesEnded(notCalled(prices.left));
  await tally.close();
  await learnFromWrites(push, taken);
  stopIf(push, stock);
  stopIf(push, prices);
}

function failureOf(push: Push, productId: string, endings: readonly Ending<unknown>[]): unknown {
  if (endings.some((ending) => 'error' in ending && isSuspicious(ending.error))) push.suspects.add(productId);
  return commonFailure(endings);
}

function stopIf(push: Push, { error }: PoolReport<unknown>): void {
  if (error !== null) push.stopped ??= { error };
}

function follow(push: Push, calls: PushCalls, elapsedMs: number): void {
  const made = calls.stock.length + calls.prices.length;
  if (made < push.mostCalls) return;
  const fitting = Math.round((made * BATCH_MS) / Math.max(1, elapsedMs));
  push.mostCalls = Math.min(MOST_CALLS, Math.max(FEWEST_CALLS, fitting));
}
