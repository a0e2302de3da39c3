import type { Tx } from '../store/database.js';
import { MINUTE_MS, SECOND_MS, type Clock } from '../kernel/time.js';
import {
  countFailure,
  findFailures,
  forgetFailures,
  type Attempt,
  type Failures,
} from './login-attempt-store.js';
import { authenticateOperator, type Operator } from './operator-store.js';
import { createPasswordTurns } from './password-turns.js';

/** What became of a log-in. `waitMs`: this range has failed so often that it has to wait; the password was not looked at. */
type LoginOutcome =
  { result: 'welcome'; operator: Operator } | { result: 'wrong' } | { result: 'slowed'; waitMs: number };

/** Checks log-ins and slows guessers down. */
export type LogIn = (tx: Tx, attempt: Attempt & { password: string }) => Promise<LoginOutcome>;

const FREE_TRIES_PER_LOGIN = 5;
/** Several people may sit behind one address. */
const FREE_TRIES_PER_RANGE = 20;
const FIRST_WAIT_MS = 5 * SECOND_MS;
const LONGEST_WAIT_MS = 15 * MINUTE_MS;

/**
 * After the free tries each further failure doubles the wait of its address range, up to a quarter of an hour. Other ranges are
 * not slowed, for the same login either: a person who knows only a login must not keep its owner out. What is left to somebody
 * with many addresses is limited by the line for checks, which is one a process. Failures are counted in the store, so
 * that all processes know of them and a restart forgets none.
 * What it returns throws AppError too-many-requests when the line is full.
 */
export function createLogIn(clock: Clock): LogIn {
  const turns = createPasswordTurns(clock);

  return (tx, attempt) =>
    turns.take(attempt.range, async () => {
      const now = clock.now();
      const { ofLogin, ofRange } = await findFailures(tx, attempt, now);
      const waitMs = Math.max(
        waitAfter(ofLogin, FREE_TRIES_PER_LOGIN, now),
        waitAfter(ofRange, FREE_TRIES_PER_RANGE, now),
      );
      if (waitMs > 0) return { result: 'slowed', waitMs };
      // Before the check: many guesses at once must not all count as the first, nor a process that is killed forget them.
      await countFailure(tx, attempt, now);
      const operator = await authenticateOperator(tx, attempt);
      if (!operator) return { result: 'wrong' };
      await forgetFailures(tx, attempt);
      turns.knows(attempt.range);
      return { result: 'welcome', operator };
    });
}

function waitAfter(failures: Failures | null, freeTries: number, now: Date): number {
  if (!failures || failures.count < freeTries) return 0;
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (failures.count - freeTries), LONGEST_WAIT_MS);
  return Math.max(0, failures.lastAt.getTime() + waitMs - now.getTime());
}
