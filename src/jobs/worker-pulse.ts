import { SECOND_MS } from '../kernel/time.js';

/** Whether a worker does what it is there for. What hangs as a whole does not answer at all. */
export interface WorkerState {
  /** Every queue has a consumer that takes jobs. */
  consumers: boolean;
  /** The look at what is due comes regularly, in this worker or in another one. */
  beat: boolean;
}

export interface Pulse {
  /** The schedules were asked for; `missed`: the beat was not there or late, and was set up again. */
  kept(missed: boolean): void;
  /** A beat was worked off here. */
  beaten(): void;
  isRegular(): boolean;
}

/** A store that does not answer for this long delays everything. */
const LEAST_SILENCE_MS = 30 * SECOND_MS;
/** A wiped queue loses one beat, which is set up again: two missing in a row mean that no worker takes the beat. */
const MISSES = 2;

/** @param lostAfterMs a beat that is this late counts as missed */
export function createPulse(beatSeconds: number, lostAfterMs: number): Pulse {
  const silenceMs = Math.max(LEAST_SILENCE_MS, 3 * beatSeconds * SECOND_MS);
  let keptMs = performance.now();
  let missesMs: number[] = [];
  let isFirst = true;
  return {
    kept(missed) {
      keptMs = performance.now();
      // The worker that starts first, or after all others have ended, finds no beat.
      if (missed && !isFirst) missesMs.push(keptMs);
      isFirst = false;
      missesMs = missesMs.filter((missedMs) => missedMs > keptMs - (MISSES + 1) * lostAfterMs);
    },
    beaten() {
      missesMs = [];
    },
    isRegular: () => performance.now() - keptMs < silenceMs && missesMs.length < MISSES,
  };
}
