import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { isStoreUnavailable } from '../store/database.js';
import { SECOND_MS } from '../kernel/time.js';

/** Long enough for a PostgreSQL that is started together with us, or over again; what watches us decides after that. */
const PATIENCE_MS = 60 * SECOND_MS;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5 * SECOND_MS;

export interface Waiting {
  log: Logger;
  /** Aborted when the process is told to end meanwhile. */
  stop: AbortSignal;
  patienceMs?: number;
}

/**
 * Runs what a start asks of the database, again while the database is away for a moment. `ask` can be repeated.
 * @returns false when the process is to end instead
 * @throws AppError service-unavailable when the patience is over; anything else that `ask` throws, at once
 */
export async function untilStoreAnswers(ask: () => Promise<void>, waiting: Waiting): Promise<boolean> {
  const { log, stop, patienceMs = PATIENCE_MS } = waiting;
  const startedAt = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; !stop.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      await ask();
      return true;
    } catch (error) {
      // Closing takes the pools away from under the question.
      if (stop.aborted) break;
      if (!(error instanceof Error) || !isStoreUnavailable(error)) throw error;
      const seconds = Math.round((performance.now() - startedAt) / SECOND_MS);
      if (seconds * SECOND_MS >= patienceMs) throw tooLong(error, seconds);
      log.warn(
        { reason: reasonOf(error), seconds },
        'the database does not answer yet; the start waits for it',
      );
    }
    await sleep(pauseMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return false;
}

function tooLong(cause: Error, seconds: number): AppError {
  const message = `The database did not answer for ${seconds} s (${reasonOf(cause)}). Is DATABASE_URL right, and does PostgreSQL run there?`;
  return new AppError('service-unavailable', message, { cause });
}

/** A name with several addresses of which none answers has an error without words. */
function reasonOf(error: Error & { code?: unknown }): string {
  return messageOf(error) || String(error.code);
}
