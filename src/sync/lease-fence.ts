import { NotSentError, type CallTimes, type Fence } from '../outbound/call-fence.js';

/** A fence that remembers whether anything may have left through it. */
export interface LeaseFence extends Fence {
  /** When a write was last let through, on the clock of `performance.now()`; null: nothing has left. */
  passedAt(): number | null;
}

interface FencedLease {
  times: CallTimes;
  /** Aborted when the process closes or the lease is known to be lost. */
  signal: AbortSignal;
  /**
   * What the lease has left, in milliseconds on the database's clock, made longer where it would not be enough; null when
   * it is not ours any more.
   */
  leftMs: () => Promise<number | null>;
}

/** What a lease must have left for a write to leave. */
export function neededMs({ answerTimeoutMs, spareMs }: CallTimes): number {
  return answerTimeoutMs + spareMs;
}

/** How long a lease is held when a write is about to leave: also with a short lease there is room to write it. */
export function holdMs(leaseMs: number, times: CallTimes): number {
  return Math.max(leaseMs, neededMs(times) + times.spareMs);
}

/** The fence of one lease; see Fence for what it promises. */
export function leaseFence({ times, signal, leftMs }: FencedLease): LeaseFence {
  let passedAt: number | null = null;
  return {
    passedAt: () => passedAt,
    async pass() {
      if (signal.aborted) throw new NotSentError('the process is closing, or the lease was lost');
      // Before asking: what passes until the answer is here, a stop of the process included, comes off the room.
      const askedAt = performance.now();
      const left = await leftMs().catch((cause: unknown) => {
        throw new NotSentError('the lease could not be checked', { cause });
      });
      if (left === null) throw new NotSentError('the lease was taken over');
      const roomMs = left - neededMs(times);
      if (roomMs <= 0) throw new NotSentError('the lease would end before TikTok has answered');
      passedAt = performance.now();
      return askedAt + roomMs;
    },
  };
}
