import type { WarehouseStock } from '../catalogue/catalogue.js';
import { productConcernOf } from '../tiktok/product-error-rules.js';
import { SKUS_PER_STOCK_SEARCH, type StockUpdate } from '../tiktok/product-calls.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { TikTokError, type Reaction } from '../tiktok/tiktok-errors.js';
import type { Effect, PriceValue, ProductCall, StockValue } from './push-plan.js';

/** What became of one value. `not-called`: TikTok was not asked, the item stays as it was. */
export type Ending<Value> = { effect: Effect<Value> } & (
  | { outcome: 'taken' }
  | { outcome: 'not-called' }
  | { outcome: 'not-taken'; error: TikTokError }
  | { outcome: 'in-doubt'; error: TikTokError }
);

/** Refusals that have nothing to do with the product of the call: the run ends with them. */
const ENDS_THE_RUN: ReadonlySet<Reaction> = new Set([
  'throttled',
  'reauthorize',
  'refresh-and-repeat',
  'scope-missing',
  'clock-skew',
]);

export function endsTheRun(error: unknown): boolean {
  if (!(error instanceof TikTokError)) return true;
  return ENDS_THE_RUN.has(error.reaction) || productConcernOf(error.tiktokCode) === 'seller';
}

/**
 * Sets the stock of SKUs of one product, in all their warehouses. Of those that the seller did not name TikTok's present
 * value is read just before and sent back: a piece that is ordered in between (some tenths of a second) is put back on
 * sale in such a warehouse, since TikTok takes absolute values only.
 * @throws what ends the run (see endsTheRun); then nothing of this call is known
 */
export async function sendStock(
  api: Pick<ShopApi, 'updateStock' | 'searchStock'>,
  { productId, effects }: ProductCall<StockValue>,
): Promise<Ending<StockValue>[]> {
  return sendHalving(effects, async (part) => {
    const present = await readKept(api, part);
    const { refused, unnamed } = await api.updateStock(
      productId,
      part.map(({ skuId, value }): StockUpdate => {
        const kept = present.get(skuId)?.filter(({ warehouseId }) => value.kept.includes(warehouseId)) ?? [];
        return { skuId, stock: [...value.wanted, ...kept] };
      }),
    );
    const [someError] = unnamed;
    return part.map((effect): Ending<StockValue> => {
      const error = refused.get(effect.skuId) ?? someError;
      if (!error) return { effect, outcome: 'taken' };
      // A refusal that names no SKU may mean any of them: what TikTok holds is not known then.
      const isKnown = (refused.has(effect.skuId) || part.length === 1) && error.reaction !== 'in-doubt';
      return { effect, outcome: isKnown ? 'not-taken' : 'in-doubt', error };
    });
  });
}

async function readKept(
  api: Pick<ShopApi, 'searchStock'>,
  effects: readonly Effect<StockValue>[],
): Promise<Map<string, WarehouseStock[]>> {
  const skuIds = effects.filter(({ value }) => value.kept.length > 0).map(({ skuId }) => skuId);
  const present = new Map<string, WarehouseStock[]>();
  for (let start = 0; start < skuIds.length; start += SKUS_PER_STOCK_SEARCH)
    for (const { skuId, stock } of await api.searchStock(skuIds.slice(start, start + SKUS_PER_STOCK_SEARCH)))
      present.set(skuId, stock);
  return present;
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
