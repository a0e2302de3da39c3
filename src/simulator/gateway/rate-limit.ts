export interface RateLimitOptions {
  enabled: boolean;
  /** TikTok, December 2025: 50 requests a second for each endpoint, app and shop. */
  perSecond: number;
  burst: number;
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
  take(key: string, nowMs: number = performance.now()): boolean {
    const { enabled, perSecond, burst } = this.options;
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
