import { DAY_MS } from '../../kernel/time.js';

/** What an answer of TikTok's tells about its time. */
interface TimedAnswer {
  /** Its HTTP Date. */
  serverTime: Date | null;
  /** Times of the changes in it. */
  changedAt: readonly Date[];
}

/**
 * TikTok's time. Windows and holds go by it, because our own clock may be off by minutes.
 */
export interface ShopClock {
  now(): Date;
  /** Learns from an answer: its HTTP Date, and the newest change in it, which cannot lie in TikTok's future. */
  observe(answer: TimedAnswer): void;
  /** Whether a time of TikTok's can be true: one far ahead of its clock must not decide anything. */
  believes(time: Date): boolean;
}

/** How far a change may be ahead of the HTTP Date; TikTok's servers differ by seconds at most. */
const BELIEVED_AHEAD_MS = DAY_MS;

export function shopClock(ourNow: () => Date): ShopClock {
  let skewMs = 0;
  let newestMs = 0;
  const serverMs = () => ourNow().getTime() + skewMs;
  const believes = (time: Date) => time.getTime() <= serverMs() + BELIEVED_AHEAD_MS;
  return {
    now: () => new Date(Math.max(serverMs(), newestMs)),
    observe({ serverTime, changedAt }) {
      if (serverTime) skewMs = serverTime.getTime() - ourNow().getTime();
      for (const time of changedAt) if (believes(time)) newestMs = Math.max(newestMs, time.getTime());
    },
    believes,
  };
}
