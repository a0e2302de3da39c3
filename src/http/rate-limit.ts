import { AppError } from '../kernel/errors.js';
import type { Clock } from '../kernel/time.js';
import type { KeyHolder } from '../companies/actor.js';
import type { RateClass } from './api.js';

interface RateLimit {
  perSecond: number;
  burst: number;
}

export type RateLimits = Record<RateClass, RateLimit>;

/**
 * Well above what Logicbroker allows (10/s, searches one in two seconds), so that its clients never meet them. They
 * hold per API key, class of call and process.
 */
export const defaultRateLimits: RateLimits = {
  default: { perSecond: 50, burst: 500 },
  search: { perSecond: 25, burst: 250 },
  keys: { perSecond: 25, burst: 250 },
  bulk: { perSecond: 20, burst: 200 },
};

/** All limits times a factor, as an operator may set it. */
export function scaledRateLimits(limits: RateLimits, factor: number): RateLimits {
  const scaled = ({ perSecond, burst }: RateLimit): RateLimit => ({
    perSecond: perSecond * factor,
    burst: Math.max(1, burst * factor),
  });
  return {
    default: scaled(limits.default),
    search: scaled(limits.search),
    keys: scaled(limits.keys),
    bulk: scaled(limits.bulk),
  };
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

const MOST_BUCKETS = 10_000;

/** A token bucket per key and class. @throws AppError too-many-requests with the time to wait */
export function createRateLimiter(limits: RateLimits, clock: Clock) {
  const buckets = new Map<string, Bucket>();

  return function take({ keyId }: KeyHolder, rateClass: RateClass): void {
    const { perSecond, burst } = limits[rateClass];
    const name = `${rateClass} ${keyId}`;
    const nowMs = clock.now().getTime();
    let bucket = buckets.get(name);
    if (!bucket) {
      // A full bucket is what a forgotten one would have become soon anyway.
      if (buckets.size >= MOST_BUCKETS) buckets.clear();
      buckets.set(name, (bucket = { tokens: burst, filledAtMs: nowMs }));
    }
    const gained = Math.max(0, nowMs - bucket.filledAtMs) * (perSecond / 1000);
    bucket.tokens = Math.min(burst, bucket.tokens + gained);
    bucket.filledAtMs = nowMs;
    if (bucket.tokens < 1) {
      throw new AppError('too-many-requests', `More than ${perSecond} calls a second of this kind.`, {
        retryAfterMs: ((1 - bucket.tokens) / perSecond) * 1000,
      });
    }
    bucket.tokens -= 1;
  };
}
