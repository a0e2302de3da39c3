import { MINUTE_MS, SECOND_MS, type Clock } from '../time.js';

/** Slows down whoever guesses passwords. Counts in this process only, which is enough to make guessing hopeless. */
export interface LoginGuard {
  /** How long this login or address still has to wait, in milliseconds; 0 when it may try. */
  waitMs(who: Attempt): number;
  /** Call before the password is checked: many guesses at once must not all count as the first. */
  tried(who: Attempt): void;
  /** The try was good: forgets the failures of the login, and this one of the address. */
  succeeded(who: Attempt): void;
}

export interface Attempt {
  login: string;
  address: string;
}

interface Failures {
  count: number;
  lastAtMs: number;
}

const FREE_TRIES_PER_LOGIN = 5;
/** Several people may sit behind one address. */
const FREE_TRIES_PER_ADDRESS = 20;
const FIRST_WAIT_MS = 5 * SECOND_MS;
const LONGEST_WAIT_MS = 15 * MINUTE_MS;
const FORGET_AFTER_MS = 60 * MINUTE_MS;
/** A flood of invented logins must not fill the memory. */
const MOST_ENTRIES = 10_000;

/** After the free tries each further failure doubles the wait, up to a quarter of an hour. */
export function createLoginGuard(clock: Clock): LoginGuard {
  const failures = new Map<string, Failures>();
  const nowMs = (): number => clock.now().getTime();

  function waitFor(key: string, freeTries: number): number {
    const entry = failures.get(key);
    if (!entry || entry.count < freeTries) return 0;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (entry.count - freeTries), LONGEST_WAIT_MS);
    return Math.max(0, entry.lastAtMs + waitMs - nowMs());
  }

  function count(key: string): void {
    const entry = failures.get(key);
    const fresh = !entry || nowMs() - entry.lastAtMs > FORGET_AFTER_MS;
    failures.delete(key);
    failures.set(key, { count: fresh ? 1 : entry.count + 1, lastAtMs: nowMs() });
    // Insertion order is order of last failure, so the first entry is the one that matters least.
    const oldest = failures.keys().next();
    if (failures.size > MOST_ENTRIES && !oldest.done) failures.delete(oldest.value);
  }

  return {
    waitMs: ({ login, address }) =>
      Math.max(
        waitFor(`login ${login}`, FREE_TRIES_PER_LOGIN),
        waitFor(`address ${address}`, FREE_TRIES_PER_ADDRESS),
      ),
    tried({ login, address }) {
      count(`login ${login}`);
      count(`address ${address}`);
    },
    succeeded({ login, address }) {
      failures.delete(`login ${login}`);
      const entry = failures.get(`address ${address}`);
      if (entry) entry.count -= 1;
    },
  };
}
