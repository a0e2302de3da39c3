import type { CallTimes } from '../../src/outbound/call-fence.js';

/** Where a process can be stopped on the way of a write to TikTok and back. */
export const stopPoints = [
  'before the budget',
  'before the check',
  'before the door',
  'while TikTok carries it out late',
  'while TikTok loses it',
  'before the answer is stored',
] as const;
export type StopPoint = (typeof stopPoints)[number];

/** As in the product, only shorter. */
export const stopTimes: CallTimes = { answerTimeoutMs: 6_000, spareMs: 500, latenessMs: 6_000 };
export const STOP_LEASE_MS = 3_000;
