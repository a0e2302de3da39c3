/** The only source of "now". Passed in everywhere, so that tests and the simulator can move time. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** TikTok's wire speaks whole unix seconds; 0 and absent both mean "not set" there. */
export function fromUnixSeconds(seconds: number | undefined | null): Date | null {
  return seconds ? new Date(seconds * SECOND_MS) : null;
}

/** Whole unix seconds, rounded down. */
export function toUnixSeconds(date: Date): number {
  return Math.floor(date.getTime() / SECOND_MS);
}

/** Logicbroker's date-time: ISO 8601 in UTC to the second, with the zone written out. */
export function toIsoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** What `work` brings, or what `late` answers (or throws) when it takes longer. The work itself goes on. */
export async function within<T, Late>(work: Promise<T>, ms: number, late: () => Late): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    return await Promise.race([work, deadline.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}
