import type { BudgetedCall } from '../../tiktok/client.js';

/** How often one endpoint may be called on behalf of one shop; calls a second. */
export interface CallRate {
  /** Where a shop begins that nothing is known of. */
  perSecond: number;
  /** Calls that may be made at once after a quiet time. */
  burst: number;
  /** What may be counted on before TikTok was tried; left out, what the shop begins with. */
  advised?: number;
  /** Never passed, however much TikTok takes; left out, the rate does not rise above `perSecond`. */
  limit?: number;
}

export interface BudgetRates {
  read: CallRate;
  write: CallRate;
  /** By endpoint, over the two above. */
  endpoints?: Readonly<Record<string, CallRate>>;
}

/** TikTok, December 2025: 50 requests a second for each endpoint, app and shop. Its page of 2026 names no number. */
const DOCUMENTED_LIMIT = 50;

/**
 * TikTok: Rate limits are dynamic per app, shop and endpoint; its page advises 3 to 10 calls a second for synchronising
 * reads and 0.2 to 3 for writes. What it really takes is learnt, up to the limit that it once documented.
 */
export const defaultRates: BudgetRates = {
  read: { perSecond: 5, burst: 10, advised: 10, limit: DOCUMENTED_LIMIT },
  write: { perSecond: 2, burst: 5, advised: 3, limit: DOCUMENTED_LIMIT },
};

/**
 * The rates that shops begin with times a factor, as an operator may set it. Learning stays below TikTok's limit, and below
 * its part of it for a factor that slows down; only a start that the operator puts above the limit passes it.
 */
export function scaledRates(rates: BudgetRates, factor: number): BudgetRates {
  const scaled = (rate: CallRate): CallRate => {
    const perSecond = rate.perSecond * factor;
    const limit = Math.max(perSecond, limitOf(rate) * Math.min(1, factor));
    return {
      perSecond,
      burst: Math.max(1, rate.burst * factor),
      advised: Math.min(limit, (rate.advised ?? rate.perSecond) * factor),
      limit,
    };
  };
  const endpoints = Object.entries(rates.endpoints ?? {}).map(([name, rate]) => [name, scaled(rate)]);
  return { read: scaled(rates.read), write: scaled(rates.write), endpoints: Object.fromEntries(endpoints) };
}

export function limitOf({ perSecond, limit = perSecond }: CallRate): number {
  return limit;
}

/** The rate of a call. TikTok's searches are reads although they are POSTs. What holds for a whole shop: see shop-limits.ts. */
export function rateOf(
  { endpoint }: Pick<BudgetedCall, 'endpoint' | 'shopId'>,
  rates: BudgetRates,
): CallRate {
  const own = rates.endpoints?.[endpoint];
  if (own) return own;
  return endpoint.startsWith('GET ') || endpoint.endsWith('/search') ? rates.read : rates.write;
}
