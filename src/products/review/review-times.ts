import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/time.js';

/** TikTok: a review takes 30 seconds to two working days, longer with certificates. */
const FIRST_LOOKS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS];
const HOURLY_MS = 72 * HOUR_MS;
/** Before TikTok shows SKUs that it has just made. */
const IN_FLIGHT_MS = 15_000;

/**
 * When TikTok is asked next how a review goes that began then: after 1, 5, 15 and 60 minutes, then every hour for three days, then
 * every day.
 */
export function nextReviewLook(since: Date, now: Date, { isInFlight }: { isInFlight: boolean }): Date {
  const age = now.getTime() - since.getTime();
  const first = FIRST_LOOKS_MS.find((after) => after > age);
  const wait = first === undefined ? (age < HOURLY_MS ? HOUR_MS : DAY_MS) : first - age;
  return new Date(now.getTime() + (isInFlight ? Math.min(wait, IN_FLIGHT_MS + age) : wait));
}
