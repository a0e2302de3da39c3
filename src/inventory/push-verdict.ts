import type { GateResult } from '../gate.js';
import { HOUR_MS, MINUTE_MS } from '../time.js';
import { productConcernOf, type ProductConcern } from '../tiktok/product-error-rules.js';
import type { TikTokError } from '../tiktok/tiktok-errors.js';
import { SOLD_OUT_FIRST } from './push-items.js';
import type { Judgement, Part } from './push-plan.js';
import type { Ending } from './push-send.js';
import type { Verdict } from './push-store.js';

/** What stands in the way of one value; null where nothing does. */
export interface Obstacle {
  state: 'waiting' | 'refused';
  gate: string;
  reason: string;
  next: string;
  retryAt: Date | null;
}

/** What became of one of an item's two values. */
export type PartEnding = { pushed: boolean; obstacle: Obstacle | null };

const LOCK_RETRY_MS = { least: HOUR_MS, most: 6 * HOUR_MS };
const RETRY_MS = 15 * MINUTE_MS;

/** The gate of values of which nobody knows whether TikTok took them. */
export const IN_DOUBT = 'tiktok-answer';

/** The gate by whose name a refusal of TikTok's is listed. */
const gateOfConcern: Record<ProductConcern, string> = {
  'price-lock': 'promotion-lock',
  'stock-lock': 'promotion-lock',
  'product-state': 'product-live',
  'product-gone': 'exists-in-tiktok',
  'sku-gone': 'exists-in-tiktok',
  warehouse: 'warehouse',
  quantity: 'quantity-limit',
  price: 'price-valid',
  seller: 'tiktok',
};

/** The price of a sold-out SKU, while there are others whose quantity has to go first. */
const priceLater: PartEnding = {
  pushed: false,
  obstacle: {
    state: 'waiting',
    gate: SOLD_OUT_FIRST,
    reason: 'The quantity 0 is sent; the price follows when all sold-out SKUs are.',
    next: 'Nothing to do.',
    retryAt: null,
  },
};

/** Before anything was sent; null: it is to be sent. */
export function endingOfPart(part: Part<unknown>): PartEnding | null {
  if (part.kind === 'send') return null;
  if (part.kind === 'later') return priceLater;
  return { pushed: false, obstacle: part.kind === 'blocked' ? obstacleOfGate(part.obstacle) : null };
}

function obstacleOfGate(result: GateResult): Obstacle | null {
  if (result.outcome === 'pass') return null;
  const { gate, reason, next } = result;
  const isWait = result.outcome === 'wait';
  return { state: isWait ? 'waiting' : 'refused', gate, reason, next, retryAt: isWait ? result.until : null };
}

/** After the call; null where TikTok was not asked. */
export function endingOfCall(ending: Ending<unknown>, now: Date): PartEnding | null {
  if (ending.outcome === 'not-called') return null;
  if (ending.outcome === 'taken') return { pushed: true, obstacle: null };
  const { error, effect } = ending;
  if (ending.outcome === 'in-doubt') {
    // The first time at once: most lost answers are hiccups. Then TikTok gets time.
    const retryAt = effect.item.lastGate === IN_DOUBT ? new Date(now.getTime() + RETRY_MS) : now;
    const next = 'Nothing to do: the newest value is sent again by itself.';
    return {
      pushed: false,
      obstacle: { state: 'waiting', gate: IN_DOUBT, reason: error.message, next, retryAt },
    };
  }
  return { pushed: false, obstacle: obstacleOfRefusal(error, { now, since: effect.item.unsentSince }) };
}

function obstacleOfRefusal(error: TikTokError, times: { now: Date; since: Date | null }): Obstacle {
  const concern = productConcernOf(error.tiktokCode);
  const gate = concern ? gateOfConcern[concern] : 'tiktok';
  const { message: reason, next } = error;
  const after = (ms: number): Date => new Date(times.now.getTime() + ms);
  switch (concern) {
    case 'price-lock':
    case 'stock-lock':
      return { state: 'waiting', gate, reason, next, retryAt: after(lockPatienceMs(times)) };
    case 'product-state':
    case 'product-gone':
    case 'sku-gone':
      return { state: 'waiting', gate, reason, next, retryAt: after(HOUR_MS) };
    case 'warehouse':
      return { state: 'refused', gate, reason, next, retryAt: after(LOCK_RETRY_MS.most) };
    default: {
      const mayPass = error.reaction === 'retry-later' && concern === null;
      return {
        state: mayPass ? 'waiting' : 'refused',
        gate,
        reason,
        next,
        retryAt: mayPass ? after(RETRY_MS) : null,
      };
    }
  }
}

/** TikTok does not say when a promotion ends: asked hourly at first, ever less often when it lasts. */
function lockPatienceMs({ now, since }: { now: Date; since: Date | null }): number {
  const age = now.getTime() - (since ?? now).getTime();
  return Math.min(LOCK_RETRY_MS.most, Math.max(LOCK_RETRY_MS.least, age / 4));
}

/** Both endings of an item together. A refusal is told before a wait, the stock before the price. */
export function verdictOf({ item }: Judgement, stock: PartEnding, price: PartEnding): Verdict {
  const obstacles = [stock.obstacle, price.obstacle].filter((obstacle) => obstacle !== null);
  const again = price === priceLater;
  const told = again
    ? priceLater.obstacle
    : (obstacles.find(({ state }) => state === 'refused') ?? obstacles[0]);
  const retries = obstacles.flatMap(({ retryAt }) => retryAt?.getTime() ?? []);
  return {
    skuKey: item.skuKey,
    version: item.version,
    state: told?.state ?? 'sent',
    gate: told?.gate ?? null,
    reason: told?.reason ?? null,
    next: told?.next ?? null,
    retryAt: retries.length > 0 ? new Date(Math.min(...retries)) : null,
    pushed: stock.pushed || price.pushed,
    again,
  };
}
