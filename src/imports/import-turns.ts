import { AppError } from '../kernel/errors.js';
import { SECOND_MS, within } from '../kernel/time.js';

/** At most so many imports at once in a process: each holds a connection to the store. */
const AT_ONCE = 2;
const PATIENCE_MS = 30 * SECOND_MS;

export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

function newTurn(): { turn: Promise<void>; start: () => void } {
  let start!: () => void;
  const turn = new Promise<void>((resolve) => {
    start = resolve;
  });
  return { turn, start };
}

/** Imports wait here for their turn, in the order in which they came. @throws AppError service-unavailable */
export function createTurns(atOnce = AT_ONCE, patienceMs = PATIENCE_MS): TakeTurn {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function begin(): Promise<void> {
    if (running < atOnce) {
      running += 1;
      return;
    }
    const { turn, start } = newTurn();
    waiting.push(start);
    await within(turn, patienceMs, () => {
      const index = waiting.indexOf(start);
      // Its turn came in the same moment.
      if (index === -1) return;
      waiting.splice(index, 1);
      throw new AppError('service-unavailable', 'Too many files are being taken in just now.', {
        retryAfterMs: patienceMs,
      });
    });
  }

  /** Hands the place over to who waits longest. */
  function end(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  return async (work) => {
    await begin();
    try {
      return await work();
    } finally {
      end();
    }
  };
}
