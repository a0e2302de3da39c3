import type { GateResult } from '../../kernel/gate.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/time.js';
import { productConcernOf, type ProductConcern } from '../../tiktok/product-error-rules.js';
import type { TikTokError } from '../../tiktok/tiktok-errors.js';
import { driftOf } from '../heal/push-drift.js';
import { SOLD_OUT_FIRST } from '../push/push-items.js';
import type { Judgement, Part } from './push-plan.js';
import type { Ending } from '../push/push-send.js';
import type { Verdict } from '../push/push-store.js';
import type { PushItem } from './push-item.js';

/** What stands in the way of one value; null where nothing does. */
interface Obstacle {
  state: 'waiting' | 'refused';
  gate: string;
  reason: string;
  next: string;
  retryAt: Date | null;
}

/** What became of one of an item's two values. */
export type PartEnding = { pushed: boolean; obstacle: Obstacle | null };

const LOCK_RETRY_MS = { least: HOUR_MS, most: 6 * HOUR_MS };
/** Most of what fails for no reason of its own is a hiccup; what lasts is asked for every minute, later every five. */
const RETRY_MS = { first: 5 * SECOND_MS, next: MINUTE_MS, lasting: 5 * MINUTE_MS };
/** A gate at which an item has stood for longer lasts. */
const LASTING_MS = 30 * MINUTE_MS;

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
  switch (part.kind) {
    case 'send':
      return null;
    case 'later':
      return priceLater;
    case 'blocked':
      return { pushed: false, obstacle: obstacleOfGate(part.obstacle) };
    case 'unchanged':
      return { pushed: false, obstacle: part.held && obstacleOfGate(part.held) };
    default:
      return { pushed: false, obstacle: null };
  }
}

function obstacleOfGate(result: GateResult): Obstacle | null {
  if (result.outcome === 'pass') return null;
  const { gate, reason, next } = result;
  const isWait = result.outcome === 'wait';
  return { state: isWait ? 'waiting' : 'refused', gate, reason, next, retryAt: isWait ? result.until : null };
}

/** After the call; null where TikTok was not asked. `held`: what of the item was not sent in any case. */
export function endingOfCall(ending: Ending<unknown>, held: GateResult | null, now: Date): PartEnding | null {
  switch (ending.outcome) {
    case 'not-called':
      return null;
    case 'taken':
      return { pushed: true, obstacle: held && obstacleOfGate(held) };
    case 'there':
      return { pushed: false, obstacle: held && obstacleOfGate(held) };
    case 'in-doubt': {
      const { error, effect } = ending;
      const next =
        'Nothing to do: the newest value is sent again, and TikTok is read when it cannot act any more.';
      const retryAt = retryOf(effect.item, IN_DOUBT, now);
      return {
        pushed: false,
        obstacle: { state: 'waiting', gate: IN_DOUBT, reason: error.message, next, retryAt },
      };
    }
    default: {
      const { error, effect } = ending;
      return { pushed: false, obstacle: obstacleOfRefusal(error, { now, item: effect.item }) };
    }
  }
}

function retryOf({ lastGate, unsentSince }: PushItem, gate: string, now: Date): Date {
  const isFirst = lastGate !== gate;
  const lasts = now.getTime() - (unsentSince ?? now).getTime() > LASTING_MS;
  const waitMs = isFirst ? RETRY_MS.first : lasts ? RETRY_MS.lasting : RETRY_MS.next;
  return new Date(now.getTime() + waitMs);
}

function obstacleOfRefusal(error: TikTokError, { now, item }: { now: Date; item: PushItem }): Obstacle {
  const concern = productConcernOf(error.tiktokCode);
  const gate = concern ? gateOfConcern[concern] : 'tiktok';
  const { message: reason, next } = error;
  const after = (ms: number): Date => new Date(now.getTime() + ms);
  switch (concern) {
    case 'price-lock':
    case 'stock-lock':
      return {
        state: 'waiting',
        gate,
        reason,
        next,
        retryAt: after(lockPatienceMs({ now, since: item.unsentSince })),
      };
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
        retryAt: mayPass ? retryOf(item, gate, now) : null,
      };
    }
  }
}

/** TikTok does not say when a promotion ends: asked hourly at first, ever less often when it lasts. */
function lockPatienceMs({ now, since }: { now: Date; since: Date | null }): number {
  const age = now.getTime() - (since ?? now).getTime();
  return Math.min(LOCK_RETRY_MS.most, Math.max(LOCK_RETRY_MS.least, age / 4));
}

/** All endings of an item together. A refusal is told before a wait, the stock before the price. */
export function verdictOf({ item, facts }: Judgement, endings: readonly PartEnding[]): Verdict {
  const obstacles = endings.flatMap(({ obstacle }) => obstacle ?? []);
  const again = endings.includes(priceLater);
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
    pushed: endings.some(({ pushed }) => pushed),
    again,
    lookedN: Math.max(item.lookedN, item.cost === null ? 0 : item.costN, ...item.cells.map(({ n }) => n)),
    dueAt: item.dueAt,
    drift: driftOf(facts),
  };
}
