interface CallRate {
  path: string;
  perSecond: number;
}

export interface RateLimitOptions {
  enabled: boolean;
  /** TikTok, December 2025: 50 requests a second for each endpoint, app and shop. */
  perSecond: number;
  burst: number;
  /** Calls that have a rate of their own: by the start of their path, such as `/product/{version}/images`. */
  calls?: CallRate[];
  /** Sent as `Retry-After`; 0 sends none, as TikTok is free to do. */
  retryAfterSec: number;
}

export const rateLimitDefaults: RateLimitOptions = {
  enabled: true,
  perSecond: 50,
  burst: 50,
  retryAfterSec: 1,
};

/** Token buckets in real time: a moved business clock must not refill them. */
export class RateLimiter {
  private readonly buckets = new Map<string, { level: number; atMs: number }>();

  constructor(readonly options: RateLimitOptions) {}

  /** False when the caller has to wait. */
  take(key: string, path: string, nowMs: number = performance.now()): boolean {
    const { enabled, calls = [] } = this.options;
    const own = calls.find((one) => path.startsWith(one.path));
    const perSecond = own?.perSecond ?? this.options.perSecond;
    const burst = own === undefined ? this.options.burst : Math.max(1, Math.floor(perSecond));
    if (!enabled) return true;
    const bucket = this.buckets.get(key) ?? { level: burst, atMs: nowMs };
    const level = Math.min(burst, bucket.level + ((nowMs - bucket.atMs) / 1000) * perSecond);
    this.buckets.set(key, { level: level >= 1 ? level - 1 : level, atMs: nowMs });
    return level >= 1;
  }

  clear(): void {
    this.buckets.clear();
  }
}
