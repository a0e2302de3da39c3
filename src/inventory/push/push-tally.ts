import type { Tx } from '../../store/database.js';
import { callTimes } from '../../outbound/call-fence.js';
import { productConcernOf } from '../../tiktok/product-error-rules.js';
import type { TikTokError } from '../../tiktok/tiktok-errors.js';
import { SECOND_MS } from '../../kernel/time.js';
import { noteShown, type ShownValues } from '../../catalogue/catalogue-store.js';
import { driftText } from '../heal/push-drift.js';
import type { Judgement, PriceValue, ProductCall, StockValue } from '../rules/push-plan.js';
import type { Ending } from './push-send.js';
import type { Push } from './push-state.js';
import { recordSent, type SendResult } from './push-call-store.js';
import { recordVerdicts, type Verdict } from './push-store.js';
import { endingOfCall, endingOfPart, verdictOf, type PartEnding } from '../rules/push-verdict.js';

const FLUSH_SIZE = 200;
const FLUSH_MS = 2 * SECOND_MS;

/** An item whose values are on their way: of several SKUs where a stop of all sales meets a seller SKU that is not unique. */
interface Open {
  judgement: Judgement;
  endings: PartEnding[];
  left: number;
}

/** Collects what became of a batch and writes it in sets: as it comes in, so that a crash leaves little in doubt. */
interface Tally {
  stockEnded(endings: Ending<StockValue>[]): Promise<void>;
  pricesEnded(endings: Ending<PriceValue>[]): Promise<void>;
  /** Writes the rest. */
  close(): Promise<void>;
}

export function openTally(push: Push, judgements: readonly Judgement[]): Tally {
  const open = openItems(judgements);
  let waiting = noResults();
  let writtenAt = performance.now();
  let writing: Promise<void> = Promise.resolve();

  const settle = (skuKey: string, ending: PartEnding | null): void => {
    const item = open.get(skuKey);
    // What TikTok was not asked is decided about again.
    if (!item || !ending) return;
    item.endings.push(ending);
    item.left -= 1;
    if (item.left > 0) return;
    open.delete(skuKey);
    waiting.verdicts.push(verdictOf(item.judgement, item.endings));
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
        noteAnswer(push, ending);
        noteStock(resultOf(waiting, ending), ending, push.deps.clock.now());
        if (ending.outcome === 'taken') push.counts.quantities += 1;
        const { stock } = open.get(ending.effect.item.skuKey)?.judgement ?? {};
        const held = stock?.kind === 'send' ? stock.held : null;
        settle(ending.effect.item.skuKey, endingOfCall(ending, held, push.deps.clock.now()));
      }
      await flushIfDue();
    },
    async pricesEnded(endings) {
      for (const ending of endings) {
        noteAnswer(push, ending);
        notePrice(resultOf(waiting, ending), ending, push.deps.clock.now());
        if (ending.outcome === 'taken') push.counts.prices += 1;
        settle(ending.effect.item.skuKey, endingOfCall(ending, null, push.deps.clock.now()));
      }
      await flushIfDue();
    },
    close: flush,
  };
}

function openItems(judgements: readonly Judgement[]): Map<string, Open> {
  const open = new Map<string, Open>();
  for (const judgement of judgements) {
    const item = open.get(judgement.item.skuKey) ?? { judgement, endings: [], left: 0 };
    open.set(judgement.item.skuKey, item);
    for (const part of [judgement.stock, judgement.price]) {
      const ending = endingOfPart(part);
      if (ending) item.endings.push(ending);
      else item.left += 1;
    }
  }
  return open;
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
  const results = [...sent.values()];
  const at = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    await recordSent(tx, target, results, at);
    await noteShown(tx, target, results.flatMap(shownOf), at);
    await writeVerdicts(push, tx, verdicts);
  });
  for (const result of results) noteAnswered(push, result);
}

/** What has an answer that is stored is under way no more; stock and price of a SKU may be answered one after the other. */
function noteAnswered({ underWay }: Push, { skuId, stockClear, priceClear }: SendResult): void {
  const call = underWay.get(skuId);
  if (!call) return;
  const left = { ...call, stock: stockClear ? null : call.stock, price: priceClear ? null : call.price };
  if (left.stock === null && left.price === null) underWay.delete(skuId);
  else underWay.set(skuId, left);
}

/** What TikTok has taken is what it shows. */
function shownOf({ skuId, stock, price }: SendResult): ShownValues[] {
  if (stock === null && price === null) return [];
  const rows = stock && Object.entries(stock).map(([id, quantity]) => ({ id, quantity }));
  return [{ skuId, stock: rows, price }];
}

export async function writeVerdicts(push: Push, tx: Tx, verdicts: Verdict[]): Promise<void> {
  const { counts, target, deps } = push;
  const news = await recordVerdicts(tx, target.connectionId, verdicts, deps.clock.now());
  counts.waiting += news.waiting;
  counts.refused += news.refused;
  counts.unchanged += verdicts.filter(({ state, pushed }) => state === 'sent' && !pushed).length;
}

/** Drifts that are news, with what is told of them. */
export function newDrifts(judgements: readonly Judgement[], verdicts: readonly Verdict[]): string[] {
  const known = new Map(judgements.map(({ item }) => [item.skuKey, item]));
  return verdicts.flatMap(({ skuKey, drift }) => {
    const item = known.get(skuKey);
    if (!drift || !item || item.drift?.since === drift.since) return [];
    return [`${item.supplierSku}: ${driftText(drift)}`];
  });
}

function noteAnswer(push: Push, { outcome }: Ending<unknown>): void {
  if (outcome === 'in-doubt') push.counts.inDoubt += 1;
}

function resultOf(results: Results, { effect: { skuId, callNumber } }: Ending<unknown>): SendResult {
  results.answers += 1;
  const result = results.sent.get(skuId) ?? {
    skuId,
    number: callNumber,
    stock: null,
    stockClear: false,
    price: null,
    priceClear: false,
    until: null,
  };
  results.sent.set(skuId, result);
  return result;
}

function noteStock(result: SendResult, ending: Ending<StockValue>, now: Date): void {
  if (ending.outcome === 'in-doubt') {
    result.until = lastMoment(now);
    return;
  }
  result.stockClear = true;
  if (ending.outcome !== 'taken') return;
  result.stock = Object.fromEntries(
    ending.effect.value.stock.map(({ warehouseId, quantity }) => [warehouseId, quantity]),
  );
}

function notePrice(result: SendResult, ending: Ending<PriceValue>, now: Date): void {
  if (ending.outcome === 'in-doubt') {
    result.until = lastMoment(now);
    return;
  }
  result.priceClear = true;
  if (ending.outcome === 'taken') result.price = ending.effect.value.amount;
}

/** Nobody waits for the answer any more; TikTok may still act for a while. */
function lastMoment(now: Date): Date {
  return new Date(now.getTime() + callTimes.latenessMs);
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
