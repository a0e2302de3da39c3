import type { Tx } from '../store/database.js';
import { productConcernOf } from '../tiktok/product-error-rules.js';
import type { TikTokError } from '../tiktok/tiktok-errors.js';
import { SECOND_MS } from '../time.js';
import type { Judgement, PriceValue, ProductCall, StockValue } from './push-plan.js';
import type { Ending } from './push-send.js';
import type { Push } from './push-state.js';
import { recordSent, recordVerdicts, type SendResult, type Verdict } from './push-store.js';
import { endingOfCall, endingOfPart, verdictOf, type PartEnding } from './push-verdict.js';

const FLUSH_SIZE = 200;
const FLUSH_MS = 2 * SECOND_MS;

interface Open {
  judgement: Judgement;
  stock: PartEnding | null;
  price: PartEnding | null;
}

/** Collects what became of a batch and writes it in sets: as it comes in, so that a crash leaves little in doubt. */
export interface Tally {
  stockEnded(endings: Ending<StockValue>[]): Promise<void>;
  pricesEnded(endings: Ending<PriceValue>[]): Promise<void>;
  /** Writes the rest. */
  close(): Promise<void>;
}

export function openTally(push: Push, judgements: readonly Judgement[]): Tally {
  const open = new Map<string, Open>(
    judgements.map((judgement) => [
      judgement.item.skuKey,
      { judgement, stock: endingOfPart(judgement.stock), price: endingOfPart(judgement.price) },
    ]),
  );
  let waiting = noResults();
  let writtenAt = performance.now();
  let writing: Promise<void> = Promise.resolve();

  const settle = (skuKey: string): void => {
    const item = open.get(skuKey);
    if (!item?.stock || !item.price) return;
    open.delete(skuKey);
    waiting.verdicts.push(verdictOf(item.judgement, item.stock, item.price));
  };
  const flush = (): Promise<void> => {
    const results = waiting;
    waiting = noResults();
    writtenAt = performance.now();
    // One after the other: two at once would only wait for each other's lock on the flow.
    writing = writing.then(() => write(push, results));
    return writing;
  };
  const flushIfDue = async (): Promise<void> => {
    if (waiting.answers >= FLUSH_SIZE || performance.now() - writtenAt > FLUSH_MS) await flush();
  };
  return {
    async stockEnded(endings) {
      for (const ending of endings) {
        const part = noteEnding(push, ending);
        const item = open.get(ending.effect.item.skuKey);
        if (item && part) item.stock = part;
        if (ending.outcome === 'taken') push.counts.quantities += 1;
        if (ending.outcome !== 'in-doubt') noteStock(resultOf(waiting, ending), ending);
        settle(ending.effect.item.skuKey);
      }
      await flushIfDue();
    },
    async pricesEnded(endings) {
      for (const ending of endings) {
        const part = noteEnding(push, ending);
        const item = open.get(ending.effect.item.skuKey);
        if (item && part) item.price = part;
        if (ending.outcome === 'taken') push.counts.prices += 1;
        if (ending.outcome !== 'in-doubt') notePrice(resultOf(waiting, ending), ending);
        settle(ending.effect.item.skuKey);
      }
      await flushIfDue();
    },
    close: flush,
  };
}

/** What is to be written next. */
interface Results {
  /** How many answers are in `sent`: of a SKU there may be two, for its stock and its price. */
  answers: number;
  /** By the id of the SKU. */
  sent: Map<string, SendResult>;
  verdicts: Verdict[];
}

function noResults(): Results {
  return { answers: 0, sent: new Map(), verdicts: [] };
}

async function write(push: Push, { sent, verdicts }: Results): Promise<void> {
  if (sent.size + verdicts.length === 0) return;
  const { deps, run, target } = push;
  await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    await recordSent(tx, target, [...sent.values()], deps.clock.now());
    await writeVerdicts(push, tx, verdicts);
  });
}

export async function writeVerdicts(push: Push, tx: Tx, verdicts: Verdict[]): Promise<void> {
  const { counts, target, deps } = push;
  const news = await recordVerdicts(tx, target.connectionId, verdicts, deps.clock.now());
  counts.waiting += news.waiting;
  counts.refused += news.refused;
  counts.unchanged += verdicts.filter(({ state, pushed }) => state === 'sent' && !pushed).length;
}

function noteEnding(push: Push, ending: Ending<unknown>): PartEnding | null {
  if (ending.outcome === 'in-doubt') push.counts.inDoubt += 1;
  return endingOfCall(ending, push.deps.clock.now());
}

function resultOf(results: Results, { effect: { skuId } }: Ending<unknown>): SendResult {
  results.answers += 1;
  const result = results.sent.get(skuId) ?? {
    skuId,
    stock: {},
    settled: [],
    price: null,
    priceSettled: false,
  };
  results.sent.set(skuId, result);
  return result;
}

function noteStock(result: SendResult, ending: Ending<StockValue>): void {
  for (const { warehouseId, quantity } of ending.effect.value.wanted) {
    if (ending.outcome === 'taken') result.stock[warehouseId] = quantity;
    if (endsDoubt(ending)) result.settled.push(warehouseId);
  }
}

function notePrice(result: SendResult, ending: Ending<PriceValue>): void {
  if (ending.outcome === 'taken') result.price = ending.effect.value.amount;
  if (endsDoubt(ending)) result.priceSettled = true;
}

/** A value that was not taken leaves the one before it as doubtful as that was. */
function endsDoubt({ outcome, effect }: Ending<unknown>): boolean {
  return outcome === 'taken' || !effect.wasInDoubt;
}

/** Calls that were not made, as endings. */
export function notCalled<Value>(calls: readonly ProductCall<Value>[]): Ending<Value>[] {
  return calls.flatMap(({ effects }) =>
    effects.map((effect) => ({ effect, outcome: 'not-called' as const })),
  );
}

/** Refusals that say that what the mirror knows of the product is wrong. */
export function isSuspicious({ tiktokCode }: TikTokError): boolean {
  const concern = productConcernOf(tiktokCode);
  return concern !== null && ['product-state', 'product-gone', 'sku-gone', 'warehouse'].includes(concern);
}

/** The error of a call that failed as a whole for no reason of its product's; null otherwise. */
export function commonFailure(endings: readonly Ending<unknown>[]): TikTokError | null {
  const [first] = endings;
  if (!first || !('error' in first) || endings.some((ending) => !('error' in ending))) return null;
  const isOfProduct = productConcernOf(first.error.tiktokCode) !== null || first.error.reaction === 'refused';
  return isOfProduct ? null : first.error;
}
