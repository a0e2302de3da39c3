import { poolReader } from '../store/bulk-reader.js';
import { SECOND_MS } from '../time.js';
import { pickItems } from './push-items.js';
import { judge, planCalls, stockOnly, type Judgement, type PushCalls } from './push-plan.js';
import { workOff, type PoolReport } from './push-pool.js';
import { sendPrices, sendStock, type Ending } from './push-send.js';
import type { Push } from './push-state.js';
import { forgetSent, markInDoubt, type SendIntent, type Verdict } from './push-store.js';
import { commonFailure, isSuspicious, notCalled, openTally, writeVerdicts } from './push-tally.js';
import { endingOfPart, verdictOf } from './push-verdict.js';

const ITEMS_AT_ONCE = 1_000;
/** A batch takes about this long, so that sold-out SKUs that come meanwhile are soon the next. */
const BATCH_MS = 8 * SECOND_MS;
const FEWEST_CALLS = 20;
const MOST_CALLS = 2_000;

/**
 * Decides about the next items, sends what is to be sent and writes what became of it.
 * @returns false when there was nothing left to decide about
 */
export async function pushBatch(push: Push): Promise<boolean> {
  const reader = poolReader(push.deps.db);
  const soldOut = await pickItems(reader, push, { soldOut: true, limit: ITEMS_AT_ONCE });
  const isSoldOut = soldOut.length > 0;
  const picked = isSoldOut
    ? soldOut
    : await pickItems(reader, push, { soldOut: false, limit: ITEMS_AT_ONCE });
  if (picked.length === 0) return false;
  const judged = picked.map(judge);
  const judgements = isSoldOut ? judged.map(stockOnly) : judged;
  const calls = planCalls(judgements, push.mostCalls);
  await writeIntents(push, judgements, calls);
  const began = performance.now();
  await send(push, judgements, calls, isSoldOut);
  follow(push, calls, performance.now() - began);
  return true;
}

/** Before anything is sent: what needs no call is written, and what a call may change is in doubt from now on. */
async function writeIntents(push: Push, judgements: readonly Judgement[], calls: PushCalls): Promise<void> {
  const { deps, run, target } = push;
  const verdicts = judgements.flatMap((judgement): Verdict[] => {
    const [stock, price] = [endingOfPart(judgement.stock), endingOfPart(judgement.price)];
    return stock && price ? [verdictOf(judgement, stock, price)] : [];
  });
  const toForget = judgements.flatMap(({ item, sku, ...parts }) =>
    item.resend && sku && [parts.stock, parts.price].some(({ kind }) => kind === 'blocked')
      ? [sku.skuId]
      : [],
  );
  await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    if (toForget.length > 0) await forgetSent(tx, target, toForget);
    await writeVerdicts(push, tx, verdicts);
    await markInDoubt(tx, target, intentsOf(calls));
  });
}

function intentsOf({ stock, prices }: PushCalls): SendIntent[] {
  const intents = new Map<string, SendIntent>();
  const intentOf = (skuId: string): SendIntent => {
    const intent = intents.get(skuId) ?? { skuId, warehouseIds: [], price: false };
    intents.set(skuId, intent);
    return intent;
  };
  for (const { skuId, value } of stock.flatMap(({ effects }) => effects))
    intentOf(skuId).warehouseIds.push(...value.wanted.map(({ warehouseId }) => warehouseId));
  for (const { skuId } of prices.flatMap(({ effects }) => effects)) intentOf(skuId).price = true;
  return [...intents.values()];
}

/** Stock and prices have budgets of their own and go side by side. */
async function send(
  push: Push,
  judgements: readonly Judgement[],
  calls: PushCalls,
  isSoldOut: boolean,
): Promise<void> {
  const { run, shop } = push;
  const api = await push.apiOf(isSoldOut ? 'urgent' : run.flow.lane);
  const tally = openTally(push, judgements);
  const [stock, prices] = await Promise.all([
    workOff(calls.stock, run.signal, async (call) => {
      const endings = await sendStock(api, call);
      await tally.stockEnded(endings);
      return failureOf(push, call.productId, endings);
    }),
    workOff(calls.prices, run.signal, async (call) => {
      const endings = await sendPrices(api, call, shop);
      await tally.pricesEnded(endings);
      return failureOf(push, call.productId, endings);
    }),
  ]);
  await tally.stockEnded(notCalled(stock.left));
  await tally.pricesEnded(notCalled(prices.left));
  await tally.close();
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
