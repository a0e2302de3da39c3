import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/time.js';

/** Standard Webhooks: how long after each call that was not taken the same message is sent again; three days in all. */
const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
/** So that what has failed together does not come back together. */
const JITTER = 0.2;

/** Rounds without success after which an address is looked at less often, and only with one message at a time. */
export const ROUNDS_UNTIL_PAUSE = 3;
const FIRST_PAUSE_MS = MINUTE_MS;
const LONGEST_PAUSE_MS = HOUR_MS;
/** An address of which nothing was taken for so long is switched off. */
export const DISABLED_AFTER_MS = 120 * HOUR_MS;

/** The wait after the n-th call that was not taken (from 1); null: it was the last one. */
export function waitAfterFailure(failures: number): number | null {
  const wait = WAITS_MS[failures - 1];
  return wait === undefined ? null : withJitter(wait);
}

/**
 * How long an address rests after so many rounds without success; 0: not at all. What it asks for itself (Retry-After) counts as
 * long as it is no more than an hour.
 */
export function pauseAfter(rounds: number, askedMs: number | null): number {
  const asked = Math.min(askedMs ?? 0, LONGEST_PAUSE_MS);
  if (rounds < ROUNDS_UNTIL_PAUSE) return asked;
  const doubled = FIRST_PAUSE_MS * 2 ** Math.min(rounds - ROUNDS_UNTIL_PAUSE, 20);
  return Math.max(asked, withJitter(Math.min(doubled, LONGEST_PAUSE_MS)));
}

function withJitter(ms: number): number {
  return Math.round(ms * (1 - JITTER + 2 * JITTER * Math.random()));
}
