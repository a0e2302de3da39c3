import { productConcernOf } from '../../tiktok/product-error-rules.js';
import type { StockUpdate } from '../../tiktok/product-calls.js';
import type { ShopApi } from '../../tiktok/shop-api.js';
import { TikTokError, type Reaction } from '../../tiktok/tiktok-errors.js';
import { SECOND_MS, type Clock } from '../../kernel/time.js';
import {
  judgeStock,
  type Effect,
  type PriceValue,
  type ProductCall,
  type StockValue,
} from '../rules/push-plan.js';
import { committedIn } from '../rules/push-stock.js';
import { carriedBy, type UpdatesSet } from '../rules/updates-set.js';
import { readStock, rereadFacts, sellsNow } from './push-read.js';

/** What became of one value. `not-called`: TikTok was not asked, the item stays as it was. */
export type Ending<Value> = { effect: Effect<Value> } & (
  | { outcome: 'taken' }
  /** TikTok shows it already, as a last look before the call has told. */
  | { outcome: 'there' }
  | { outcome: 'not-called' }
  | { outcome: 'not-taken'; error: TikTokError }
  | { outcome: 'in-doubt'; error: TikTokError }
);

/** Refusals that have nothing to do with the product of the call: the run ends with them. */
const ENDS_THE_RUN: ReadonlySet<Reaction> = new Set([
  'throttled',
  'reauthorize',
  'shop-inactive',
  'refresh-and-repeat',
  'scope-missing',
  'clock-skew',
]);

/** A read that is older than this is not what a call is made by; of SKUs that sell just now one that is older than that. */
const OLDEST_READ_MS = 8 * SECOND_MS;
const OLDEST_READ_OF_SELLING_MS = SECOND_MS;

function endsTheRun(error: unknown): boolean {
  if (!(error instanceof TikTokError)) return true;
  return ENDS_THE_RUN.has(error.reaction) || productConcernOf(error.tiktokCode) === 'seller';
}

interface StockSender {
  api: Pick<ShopApi, 'updateStock' | 'searchStock'>;
  clock: Clock;
  /** What an update sets, if that is known. */
  updatesSet: UpdatesSet | null;
}

/**
 * Sets the stock of SKUs of one product, in all their warehouses. Where buyers order just now, or a warehouse is to keep
 * what TikTok shows, TikTok is read once more before: a piece that is ordered in between (some tenths of a second) is put
 * back on sale until the next pull of orders, since TikTok takes absolute values only.
 * @throws what ends the run (see endsTheRun); then nothing of this call is known
 */
export async function sendStock(
  sender: StockSender,
  { productId, effects }: ProductCall<StockValue>,
): Promise<Ending<StockValue>[]> {
  const { sendable, endings } = await lastLook(sender, effects);
  if (sendable.length === 0) return endings;
  const send = (part: readonly Effect<StockValue>[]): Promise<Ending<StockValue>[]> =>
    updateStock(sender, productId, part);
  const sent = await withoutBackorders(await sendHalving(sendable, send), send);
  return [...endings, ...(await raiseOnly(sent, send))];
}

/** What is still to be sent, by what TikTok shows now. */
async function lastLook(
  sender: StockSender,
  effects: readonly Effect<StockValue>[],
): Promise<{ sendable: Effect<StockValue>[]; endings: Ending<StockValue>[] }> {
  const now = sender.clock.now();
  const old = effects.filter(({ facts, value }) => isOld(facts, value, now)).map(({ skuId }) => skuId);
  const reads = old.length > 0 ? await readStock(sender, old) : new Map<string, never>();
  const sendable: Effect<StockValue>[] = [];
  const endings: Ending<StockValue>[] = [];
  for (const effect of effects) {
    const read = reads.get(effect.skuId);
    if (!read) {
      sendable.push(effect);
      continue;
    }
    const facts = rereadFacts(effect.facts, read);
    const part = judgeStock(facts);
    if (part.kind === 'send') sendable.push({ ...effect, facts, value: part.value });
    else endings.push({ effect, outcome: part.kind === 'unchanged' ? 'there' : 'not-called' });
  }
  return { sendable, endings };
}

function isOld(facts: Effect<unknown>['facts'], value: StockValue, now: Date): boolean {
  const age = now.getTime() - (facts.read?.at.getTime() ?? 0);
  const isDelicate = value.named.length < value.stock.length || sellsNow(facts, now);
  return age > (isDelicate ? OLDEST_READ_OF_SELLING_MS : OLDEST_READ_MS);
}

async function updateStock(
  { api, updatesSet }: StockSender,
  productId: string,
  part: readonly Effect<StockValue>[],
): Promise<Ending<StockValue>[]> {
  const updates = part.map(({ skuId, value, facts }): StockUpdate => ({
    skuId,
    stock: value.stock.map(({ warehouseId, quantity }) => ({
      warehouseId,
      quantity: carriedBy(quantity, committedIn(facts, warehouseId), updatesSet),
    })),
    endsBackorders: value.endsBackorders,
  }));
  const { refused, unnamed } = await api.updateStock(productId, updates);
  const [someError] = unnamed;
  return part.map((effect): Ending<StockValue> => {
    const error = refused.get(effect.skuId) ?? someError;
    if (!error) return { effect, outcome: 'taken' };
    // A refusal that names no SKU may mean any of them: what TikTok holds is not known then.
    const isKnown = (refused.has(effect.skuId) || part.length === 1) && error.reaction !== 'in-doubt';
    return { effect, outcome: isKnown ? 'not-taken' : 'in-doubt', error };
  });
}

/** UNCONFIRMED: not every shop may name back-ordered pieces. A stop of all sales must not fail for that. */
async function withoutBackorders(
  endings: Ending<StockValue>[],
  send: (part: readonly Effect<StockValue>[]) => Promise<Ending<StockValue>[]>,
): Promise<Ending<StockValue>[]> {
  const settled: Ending<StockValue>[] = [];
  for (const ending of endings) {
    const { effect } = ending;
    if (ending.outcome !== 'not-taken' || !effect.value.endsBackorders) settled.push(ending);
    else
      settled.push(
        ...(await sendHalving([{ ...effect, value: { ...effect.value, endsBackorders: false } }], send)),
      );
  }
  return settled;
}

/**
 * TikTok: a promotion keeps stock from falling, not from rising. What may rise goes at once, what must fall keeps its
 * present value and waits. UNCONFIRMED: the lock is of the SKU, or of the warehouse.
 */
async function raiseOnly(
  endings: Ending<StockValue>[],
  send: (part: readonly Effect<StockValue>[]) => Promise<Ending<StockValue>[]>,
): Promise<Ending<StockValue>[]> {
  const settled: Ending<StockValue>[] = [];
  for (const ending of endings) {
    const raised =
      ending.outcome === 'not-taken' && isStockLock(ending.error) ? raisedOf(ending.effect) : null;
    if (!raised || ending.outcome !== 'not-taken') {
      settled.push(ending);
      continue;
    }
    const [again] = await send([raised]);
    // The lock stays what is told of the item; what could rise has risen.
    settled.push(
      again?.outcome === 'in-doubt'
        ? again
        : { ...ending, effect: again?.outcome === 'taken' ? raised : ending.effect },
    );
  }
  return settled;
}

function isStockLock({ tiktokCode }: TikTokError): boolean {
  return productConcernOf(tiktokCode) === 'stock-lock';
}

/** Null: nothing of it rises. */
function raisedOf(effect: Effect<StockValue>): Effect<StockValue> | null {
  const shown = new Map(effect.facts.read?.warehouses.map(({ id, available }) => [id, available]));
  const stock = effect.value.stock.map(({ warehouseId, quantity }) => ({
    warehouseId,
    quantity: Math.max(quantity, shown.get(warehouseId) ?? quantity),
  }));
  const rises = stock.some(({ warehouseId, quantity }) => quantity > (shown.get(warehouseId) ?? quantity));
  return rises ? { ...effect, value: { ...effect.value, stock } } : null;
}

/** Sets the prices of SKUs of one product. @throws what ends the run */
export async function sendPrices(
  api: Pick<ShopApi, 'updatePrices'>,
  { productId, effects }: ProductCall<PriceValue>,
  options: { crossBorder: boolean },
): Promise<Ending<PriceValue>[]> {
  return sendHalving(effects, async (part) => {
    const updates = part.map(({ skuId, value }) => ({ skuId, ...value }));
    await api.updatePrices(productId, updates, options);
    return part.map((effect) => ({ effect, outcome: 'taken' }));
  });
}

/**
 * TikTok refuses a whole call for one SKU in it without saying which one: then the halves are sent, down to the one, so
 * that no SKU waits for its neighbours. A refusal of the product itself counts for all of them at once.
 */
async function sendHalving<Value>(
  effects: readonly Effect<Value>[],
  send: (part: readonly Effect<Value>[]) => Promise<Ending<Value>[]>,
): Promise<Ending<Value>[]> {
  try {
    return await send(effects);
  } catch (error) {
    if (!(error instanceof TikTokError) || endsTheRun(error)) throw error;
    if (effects.length > 1 && concernsOneSku(error)) {
      const half = Math.ceil(effects.length / 2);
      const first = await sendHalving(effects.slice(0, half), send);
      return [...first, ...(await sendHalving(effects.slice(half), send))];
    }
    const outcome = error.reaction === 'in-doubt' ? 'in-doubt' : 'not-taken';
    return effects.map((effect) => ({ effect, outcome, error }));
  }
}

function concernsOneSku({ reaction, tiktokCode }: TikTokError): boolean {
  const concern = productConcernOf(tiktokCode);
  if (concern === 'product-gone' || concern === 'product-state') return false;
  return concern !== null || reaction === 'refused';
}
