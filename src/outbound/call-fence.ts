import { AppError } from '../kernel/errors.js';
import { SECOND_MS } from '../kernel/time.js';

/** How long a write may be on its way to TikTok. Everybody who reasons about late calls takes these. */
export interface CallTimes {
  /** The door gives up waiting for an answer after this, waiting for a connection included. */
  answerTimeoutMs: number;
  /** What a lease must have left beyond the time-out when a write leaves: for the way there, and for clocks. */
  spareMs: number;
  /** UNCONFIRMED: how long after we stopped waiting TikTok may still carry a call out. */
  latenessMs: number;
}

export const callTimes: CallTimes = {
  answerTimeoutMs: 20 * SECOND_MS,
  spareMs: 5 * SECOND_MS,
  latenessMs: 60 * SECOND_MS,
};

/** From the moment in which a write leaves until TikTok cannot carry it out any more. */
export function doubtMs({ answerTimeoutMs, latenessMs }: CallTimes): number {
  return answerTimeoutMs + latenessMs;
}

/**
 * The right to write. A process may be stopped at any point and go on a minute later, when another one has taken its work
 * over; so its lease is checked after everything that waits, and once more by the door in the moment of writing.
 */
export interface Fence {
  /**
   * Asked by the client right before each write, after the budget's grant. Reads never ask.
   * @returns until when the request may be written, on the clock of `performance.now()`, which runs on while a process
   *   is stopped
   * @throws NotSentError when the lease is lost, has too little left, or cannot be asked for
   */
  pass(): Promise<number>;
}

/**
 * A write that was held back: nothing has left this process, so that there is no doubt and nothing to read back. The same
 * call may be made again at once by whoever holds the lease.
 */
export class NotSentError extends AppError {
  constructor(reason: string, options: { cause?: unknown } = {}) {
    super('tiktok-unavailable', `Nothing was sent to TikTok: ${reason}.`, options);
    this.name = 'NotSentError';
  }
}
