import type { KeyHolder } from '../companies/actor.js';
import { AppError } from '../kernel/errors.js';
import { createMemory } from '../kernel/memory.js';
import { DAY_MS, SECOND_MS, type Clock } from '../kernel/time.js';

/** Wrong keys that an address range may try at once, and further ones a second. A person who mistypes needs a few. */
const FREE_TRIES = 50;
const TRIES_PER_SECOND = 0.5;
/** Most look-ups at once of keys that have not been good here before: guessing never takes all connections to the store. */
const MOST_LOOK_UPS = 2;
const MOST_WAITING = 100;
/** The same wrong key is told the same again for so long. A key that was revoked never becomes good again. */
const REMEMBER_WRONG_MS = 10 * SECOND_MS;
/** Invented addresses and keys must not fill the memory. */
const MOST_REMEMBERED = 10_000;

type Ask = (key: string) => Promise<KeyHolder | null>;

/**
 * Stands before the look-up of API keys. Wrong keys cost their address range a look-up from a small stock, and none is made
 * when it is used up. A key that was good in this process within a day is never slowed, wherever it comes from, so that
 * a guesser beside an owner, or behind the same proxy, does not keep the owner out. Counts in this process only: keys have 256
 * random bits, so it saves the store and not the keys.
 */
interface KeyGuard {
  /**
   * Asks whose key it is; null for nobody's.
   * @param range see `rangeOf`
   * @throws AppError too-many-requests with the time to wait; whatever `ask` throws
   */
  find(key: string, range: string, ask: Ask): Promise<KeyHolder | null>;
}

export function createKeyGuard(clock: Clock): KeyGuard {
  const good = createMemory<true>({ keepMs: DAY_MS, most: MOST_REMEMBERED, clock });
  const wrong = createMemory<true>({ keepMs: REMEMBER_WRONG_MS, most: MOST_REMEMBERED, clock });
  const underWay = new Map<string, Promise<KeyHolder | null>>();
  const tries = createTries(clock);
  const takeTurn = createTurns();

  async function lookUp(key: string, range: string, ask: Ask): Promise<KeyHolder | null> {
    if (good.get(key)) {
      const caller = await ask(key);
      if (!caller) good.delete(key);
      return caller;
    }
    // Taken before the answer is known: a thousand guesses at once must not all count as the first.
    tries.take(range);
    let caller: KeyHolder | null;
    try {
      caller = await takeTurn(() => ask(key));
    } catch (error) {
      tries.giveBack(range);
      throw error;
    }
    if (caller) {
      tries.giveBack(range);
      good.set(key, true);
    } else wrong.set(key, true);
    return caller;
  }

  return {
    async find(key, range, ask) {
      if (wrong.get(key)) return null;
      // Calls that come at once with one key are one question.
      const asked = underWay.get(key);
      if (asked) return asked;
      const question = lookUp(key, range, ask).finally(() => underWay.delete(key));
      underWay.set(key, question);
      return question;
    },
  };
}

/** A token bucket for each address range. */
function createTries(clock: Clock) {
  const buckets = new Map<string, { left: number; filledAtMs: number }>();

  function bucketOf(range: string): { left: number; filledAtMs: number } {
    const nowMs = clock.now().getTime();
    const known = buckets.get(range) ?? { left: FREE_TRIES, filledAtMs: nowMs };
    const gained = Math.max(0, nowMs - known.filledAtMs) * (TRIES_PER_SECOND / SECOND_MS);
    const bucket = { left: Math.min(FREE_TRIES, known.left + gained), filledAtMs: nowMs };
    // Set anew, so that the first one is the one that was asked for least recently.
    buckets.delete(range);
    buckets.set(range, bucket);
    if (buckets.size > MOST_REMEMBERED) buckets.delete(buckets.keys().next().value!);
    return bucket;
  }

  return {
    take(range: string): void {
      const bucket = bucketOf(range);
      if (bucket.left < 1) {
        throw tooMany(
          'Too many wrong API keys came from your address.',
          (1 - bucket.left) / TRIES_PER_SECOND,
        );
      }
      bucket.left -= 1;
    },
    giveBack(range: string): void {
      bucketOf(range).left += 1;
    },
  };
}

function createTurns() {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async function takeTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= MOST_LOOK_UPS) {
      if (waiting.length >= MOST_WAITING) throw tooMany('Too many unknown API keys are being looked up.', 1);
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      // The place is handed over to who waits longest.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

function tooMany(message: string, seconds: number): AppError {
  return new AppError('too-many-requests', message, { retryAfterMs: seconds * SECOND_MS });
}
