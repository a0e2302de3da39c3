import { HOUR_MS, MINUTE_MS } from '../kernel/time.js';

/** TikTok changes what a shop may use (carriers, reasons) some times a year; what is missing makes us look sooner. */
const FRESH_MS = 24 * HOUR_MS;
/** A list this young is not read again for what is not on it: callers must not make us hammer TikTok. */
const MISS_MS = MINUTE_MS;

/** Whether one of TikTok's lists that is kept here is to be read again. @param hasWanted whether what is asked for is on it */
export function isListDue(fetchedAt: Date, now: Date, { hasWanted }: { hasWanted: boolean }): boolean {
  return now.getTime() - fetchedAt.getTime() >= (hasWanted ? FRESH_MS : MISS_MS);
}
