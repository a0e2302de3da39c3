import { AppError, type ErrorCode } from '../errors.js';
import { MINUTE_MS, SECOND_MS } from '../time.js';
import type { EffectOutcome, ReadBack } from './outbox.js';
import { storedReason } from './stored-reason.js';

/** What becomes of an outbox entry after one call to TikTok. */
export type Decision =
  | EffectOutcome<unknown>
  /** Surely not done: sent again after the wait. `counted` is false when TikTok was not really asked. */
  | { state: 'pending'; waitMs: number; counted: boolean; reason: unknown }
  /** It may or may not have been done: TikTok is asked after the wait. */
  | { state: 'in_doubt'; waitMs: number; readBacks: number; reason: unknown };

/** What is known about the entry when it is decided. */
export interface DeliveryFacts {
  /** Calls made so far, the last one included. */
  attempts: number;
  /** Read-backs without a clear answer since the last call. */
  readBacks: number;
  resendSafe: boolean;
}

/** A call that was lost on its way may still arrive: TikTok is asked no sooner than this. */
const DOUBT_WAIT_MS = 15 * SECOND_MS;
const UNCLEAR_READ_BACKS = 3;
/** About a day of trying, at the longest wait. */
const MOST_ATTEMPTS = 100;
const FIRST_WAIT_MS = 5 * SECOND_MS;
const LONGEST_WAIT_MS = 15 * MINUTE_MS;
const PAUSED_WAIT_MS = MINUTE_MS;

type Meaning = 'refused' | 'not-done' | 'not-asked' | 'in-doubt';

/** What a thrown error says about the effect. Only these say so for sure; everything else, bugs included, is doubt. */
const meanings: Partial<Record<ErrorCode, Meaning>> = {
  'tiktok-refused': 'refused',
  'invalid-request': 'refused',
  'invalid-document': 'refused',
  'rule-violated': 'refused',
  'not-found': 'refused',
  conflict: 'refused',
  'tiktok-unavailable': 'not-done',
  'configuration-invalid': 'not-done',
  'tiktok-throttled': 'not-asked',
  'needs-reauthorization': 'not-asked',
  'connection-not-ready': 'not-asked',
};

function meaningOf(error: unknown): Meaning {
  return (error instanceof AppError ? meanings[error.code] : undefined) ?? 'in-doubt';
}

/** After a call that threw. */
export function decideFailedSend(error: unknown, facts: DeliveryFacts): Decision {
  switch (meaningOf(error)) {
    case 'refused':
      return { state: 'refused', error: error as AppError };
    case 'not-done':
      return sendAgain(facts, error, waitAfter(facts.attempts, error));
    case 'not-asked':
      return { state: 'pending', counted: false, reason: error, waitMs: waitOf(error) ?? PAUSED_WAIT_MS };
    default:
      return {
        state: 'in_doubt',
        waitMs: Math.max(DOUBT_WAIT_MS, waitOf(error) ?? 0),
        readBacks: 0,
        reason: error,
      };
  }
}

/** After TikTok was asked what it has. */
export function decideReadBack(answer: ReadBack<unknown>, facts: DeliveryFacts): Decision {
  switch (answer.state) {
    case 'done':
    case 'refused':
      return answer;
    case 'not-done':
      return sendAgain(facts, null, facts.attempts <= 1 ? 0 : waitAfter(facts.attempts - 1, null));
    default:
      return decideUnclear(answer.why, facts);
  }
}

/** After TikTok could not be asked what it has. */
export function decideFailedReadBack(error: unknown, facts: DeliveryFacts): Decision {
  const meaning = meaningOf(error);
  if (meaning === 'not-done' || meaning === 'not-asked') {
    // Says nothing about the effect: asked again as often as it takes.
    const waitMs = Math.max(PAUSED_WAIT_MS, waitOf(error) ?? 0);
    return { state: 'in_doubt', waitMs, readBacks: facts.readBacks, reason: error };
  }
  return decideUnclear(error, facts);
}

function decideUnclear(reason: unknown, facts: DeliveryFacts): Decision {
  if (facts.resendSafe) return sendAgain(facts, reason, waitAfter(facts.attempts, null));
  const readBacks = facts.readBacks + 1;
  if (readBacks >= UNCLEAR_READ_BACKS) {
    const said = storedReason(reason);
    return { state: 'needs_person', why: `TikTok was asked ${readBacks} times whether it was done: ${said}` };
  }
  return { state: 'in_doubt', waitMs: waitAfter(readBacks + 1, null), readBacks, reason };
}

function sendAgain(facts: DeliveryFacts, reason: unknown, waitMs: number): Decision {
  if (facts.attempts >= MOST_ATTEMPTS) {
    const why = reason === null ? 'TikTok never has it afterwards.' : storedReason(reason);
    return { state: 'needs_person', why: `It was tried ${facts.attempts} times without success: ${why}` };
  }
  return { state: 'pending', waitMs, counted: true, reason };
}

function waitOf(error: unknown): number | undefined {
  return error instanceof AppError ? error.retryAfterMs : undefined;
}

/** Doubles with every attempt, with jitter so that what failed together does not come back together. */
function waitAfter(attempts: number, error: unknown): number {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1), LONGEST_WAIT_MS);
  return Math.max(wait * (0.8 + 0.4 * Math.random()), waitOf(error) ?? 0);
}
