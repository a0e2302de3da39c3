import { SECOND_MS } from '../kernel/time.js';
import type { Clock } from '../kernel/time.js';
import type { Environment } from '../domain/shop.js';

/** What TikTok's clock shows, learned from its answers. Signatures are valid for a short time of TikTok's only. */
interface ServerClock {
  /** Our time, or TikTok's once we follow it. */
  timeFor(environment: Environment): Date;
  /** Notes the HTTP Date of an answer to a request that was sent at `sentAt`, by our clock. */
  observe(environment: Environment, serverTime: Date | null, sentAt: Date): void;
  /** From now on sign with TikTok's time. False when that changes nothing, so that a repeat is pointless. */
  follow(environment: Environment): boolean;
  /** TikTok's clock minus ours, in milliseconds. */
  skewMs(environment: Environment): number | null;
}

/** HTTP Date is cut to the second, so that on average half of one is missing. */
const CUT_OFF_MS = SECOND_MS / 2;

export function createServerClock(clock: Clock): ServerClock {
  const measured = new Map<Environment, number>();
  const followed = new Map<Environment, number>();

  return {
    timeFor: (environment) => new Date(clock.now().getTime() + (followed.get(environment) ?? 0)),
    observe(environment, serverTime, sentAt) {
      if (!serverTime) return;
      const between = (sentAt.getTime() + clock.now().getTime()) / 2;
      measured.set(environment, Math.round(serverTime.getTime() + CUT_OFF_MS - between));
    },
    follow(environment) {
      const skewMs = measured.get(environment);
      if (skewMs === undefined) return false;
      const changesBy = Math.abs(skewMs - (followed.get(environment) ?? 0));
      followed.set(environment, skewMs);
      return changesBy > SECOND_MS;
    },
    skewMs: (environment) => measured.get(environment) ?? null,
  };
}
