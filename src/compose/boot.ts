import { within } from '../kernel/time.js';

/**
 * A process from its first line to its end, which may come at any moment in between. What was started last is closed
 * first, so that the database outlives everybody who writes to it.
 */
export interface Boot {
  /** Aborted when the process is to end. */
  readonly stop: AbortSignal;
  /**
   * Starts one part and sees to its end, also when that comes while the part is still starting.
   * @throws what `begin` throws; the reason of `stop` when the process is to end already
   */
  hold<Part>(begin: () => Promise<Part>, close: (part: Part) => Promise<void>): Promise<Part>;
  /** How long `end` may take, in milliseconds. */
  graceMs: number;
  /** Closes everything, and calls `tooLate` when that takes longer than it may. */
  end(tooLate: () => void): Promise<void>;
}

const GRACE_MS = 35_000;

export function beginBoot(): Boot {
  const stop = new AbortController();
  const closers: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (let close = closers.pop(); close; close = closers.pop()) await close();
  };
  return {
    stop: stop.signal,
    graceMs: GRACE_MS,
    async hold(begin, close) {
      stop.signal.throwIfAborted();
      const begun = begin();
      closers.push(async () => {
        const part = await begun.then(
          (started) => ({ started }),
          () => null,
        );
        if (part) await close(part.started);
      });
      return begun;
    },
    async end(tooLate) {
      stop.abort(new Error('The process is ending.'));
      await within(closeAll(), this.graceMs, tooLate);
    },
  };
}
