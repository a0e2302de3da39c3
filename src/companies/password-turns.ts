import { availableParallelism } from 'node:os';
import { AppError } from '../kernel/errors.js';
import { createMemory } from '../kernel/memory.js';
import { DAY_MS, SECOND_MS, type Clock } from '../kernel/time.js';

/** Checking a password takes a thread of the pool and a processor for tenths of a second; files and look-ups need both too. */
const AT_ONCE = Math.max(1, Math.min(2, Math.floor(availableParallelism() / 4)));
/** A few seconds of waiting, not more. */
const MOST_WAITING = 16;
/** One range never fills the line. */
const MOST_FROM_RANGE = 4;
const KNOWN_FOR_MS = 30 * DAY_MS;
const MOST_KNOWN = 1_000;
const COME_BACK_MS = 3 * SECOND_MS;

/** The line in which log-ins wait for their check. */
interface PasswordTurns {
  /** @throws AppError too-many-requests when the line is full */
  take<T>(range: string, check: () => Promise<T>): Promise<T>;
  /** A log-in from there succeeded: when the line is full of strangers, the last of them makes room for that range. */
  knows(range: string): void;
}

interface Waiting {
  range: string;
  start: () => void;
  giveUp: (reason: AppError) => void;
}

export function createPasswordTurns(
  clock: Clock,
  { atOnce = AT_ONCE, mostWaiting = MOST_WAITING, mostFromRange = MOST_FROM_RANGE } = {},
): PasswordTurns {
  const known = createMemory<true>({ keepMs: KNOWN_FOR_MS, most: MOST_KNOWN, clock });
  const waiting: Waiting[] = [];
  let running = 0;

  async function begin(range: string): Promise<void> {
    if (running < atOnce) {
      running += 1;
      return;
    }
    if (waiting.filter((one) => one.range === range).length >= mostFromRange) throw full();
    if (waiting.length >= mostWaiting) {
      const stranger = known.get(range) ? waiting.findLastIndex((one) => !known.get(one.range)) : -1;
      if (stranger === -1) throw full();
      waiting.splice(stranger, 1)[0]?.giveUp(full());
    }
    await new Promise<void>((start, giveUp) => waiting.push({ range, start, giveUp }));
  }

  /** Hands the place over to the caller that waits longest. */
  function end(): void {
    const next = waiting.shift();
    if (next) next.start();
    else running -= 1;
  }

  return {
    async take(range, check) {
      await begin(range);
      try {
        return await check();
      } finally {
        end();
      }
    },
    knows: (range) => known.set(range, true),
  };
}

function full(): AppError {
  return new AppError('too-many-requests', 'Too many log-ins are being checked just now.', {
    retryAfterMs: COME_BACK_MS,
  });
}
