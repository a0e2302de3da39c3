import { AppError, type ErrorCode } from '../../kernel/errors.js';
import { NotSentError } from '../../outbound/call-fence.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/time.js';
import type { EffectOutcome, ReadBack } from './outbox.js';
import { storedReason } from './stored-reason.js';

/** What becomes of an outbox entry after one call to TikTok. */
export type Decision =
  | EffectOutcome<unknown>
  /** Surely not done: sent again after the wait. `counted` is false when TikTok was not really asked. */
  | { state: 'pending'; waitMs: number; counted: boolean; reason: unknown }
  /**
   * It may or may not have been done: TikTok is asked after the wait. `doubtMs`: a doubt that begins now, and how long TikTok
   * may still carry it out; null: the doubt that there was lasts on.
   */
  | { state: 'in_doubt'; waitMs: number; readBacks: number; reason: unknown; doubtMs: number | null };

/** What is known about the entry when it is decided. */
export interface DeliveryFacts {
  /** Calls made so far, the last one included. */
  attempts: number;
  /** Read-backs without a clear answer since the last call. */
  readBacks: number;
  resendSafe: boolean;
  /**
   * How long TikTok may still carry out a call that has no clear answer. After a send: of this one, 0 when nothing has
   * left. Before a read-back: of an earlier one, 0 when that time is over.
   */
  doubtLeftMs: number;
  /** From the sending of a call until TikTok cannot carry it out any more. */
  doubtMs: number;
}

/** Before TikTok is asked about what it has taken in but not carried out. */
const DOUBT_WAIT_MS = 15 * SECOND_MS;
const UNCLEAR_READ_BACKS = 3;
/** Seconds at first, then a minute, and after an hour five: about a day of trying. */
const MOST_ATTEMPTS = 350;
const FIRST_WAIT_MS = 5 * SECOND_MS;
const LONGEST_WAIT_MS = MINUTE_MS;
const PATIENT_FROM_ATTEMPT = HOUR_MS / MINUTE_MS;
const PATIENT_WAIT_MS = 5 * MINUTE_MS;
const PAUSED_WAIT_MS = MINUTE_MS;
const HELD_BACK_WAIT_MS = SECOND_MS;

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
  'channel-unavailable': 'not-asked',
  'needs-reauthorization': 'not-asked',
  'connection-not-ready': 'not-asked',
};

function meaningOf(error: unknown): Meaning {
  return (error instanceof AppError ? meanings[error.code] : undefined) ?? 'in-doubt';
}

/** After a call that threw. */
export function decideFailedSend(error: unknown, facts: DeliveryFacts): Decision {
  if (error instanceof NotSentError)
    return { state: 'pending', counted: false, reason: error, waitMs: HELD_BACK_WAIT_MS };
  // A fault of ours before anything left.
  if (facts.doubtLeftMs === 0 && !(error instanceof AppError))
    return sendAgain(facts, error, waitAfter(facts.attempts, null));
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
        // Whether it is there may be seen soon; that it is not counts only when the doubt is over.
        waitMs: Math.max(facts.doubtLeftMs > 0 ? FIRST_WAIT_MS : DOUBT_WAIT_MS, waitOf(error) ?? 0),
        readBacks: 0,
        reason: error,
        doubtMs: facts.doubtLeftMs > 0 ? facts.doubtLeftMs : null,
      };
  }
}

/** After TikTok was asked what it has. */
export function decideReadBack(answer: ReadBack<unknown>, facts: DeliveryFacts): Decision {
  if (facts.doubtLeftMs > 0 && answer.state !== 'done') return askAgain(notYet(), facts);
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
    return { state: 'in_doubt', waitMs, readBacks: facts.readBacks, reason: error, doubtMs: null };
  }
  if (facts.doubtLeftMs > 0) return askAgain(error, facts);
  return decideUnclear(error, facts);
}

function notYet(): AppError {
  return new AppError('tiktok-in-doubt', 'TikTok does not show it yet, and may still be carrying it out.');
}

/** A call may still be under way: nothing but its effect counts, which is looked for ever less often. */
function askAgain(reason: unknown, { doubtLeftMs, doubtMs, readBacks }: DeliveryFacts): Decision {
  const waitMs = Math.min(Math.max(FIRST_WAIT_MS, doubtMs - doubtLeftMs), doubtLeftMs);
  return { state: 'in_doubt', waitMs, readBacks, reason, doubtMs: null };
}

function decideUnclear(reason: unknown, facts: DeliveryFacts): Decision {
  if (facts.resendSafe) return sendAgain(facts, reason, waitAfter(facts.attempts, null));
  const readBacks = facts.readBacks + 1;
  if (readBacks >= UNCLEAR_READ_BACKS) {
    const said = storedReason(reason);
    return { state: 'needs_person', why: `TikTok was asked ${readBacks} times whether it was done: ${said}` };
  }
  return { state: 'in_doubt', waitMs: waitAfter(readBacks + 1, null), readBacks, reason, doubtMs: null };
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
  const longest = attempts > PATIENT_FROM_ATTEMPT ? PATIENT_WAIT_MS : LONGEST_WAIT_MS;
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1), longest);
  return Math.max(wait * (0.8 + 0.4 * Math.random()), waitOf(error) ?? 0);
}
