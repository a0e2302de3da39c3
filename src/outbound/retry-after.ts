import { HOUR_MS, SECOND_MS } from '../kernel/time.js';

/** A server that asks for more is mistaken, and must not silence anybody for good. */
const LONGEST_WAIT_MS = HOUR_MS;

/** `Retry-After` in seconds or as a date (RFC 9110 10.2.3); null when absent or unreadable. */
export function retryAfterMsOf(text: string | undefined, now: Date): number | null {
  if (text === undefined) return null;
  const waitMs = /^\s*\d+\s*$/.test(text) ? Number(text) * SECOND_MS : Date.parse(text) - now.getTime();
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS);
}
