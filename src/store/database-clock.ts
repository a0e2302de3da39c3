import { Prisma } from './generated/client.js';

/**
 * A point in time on the database's clock, this far from now. What several processes compare (leases, due times) stands on
 * that clock only: the clocks of their machines may be minutes apart.
 */
export function fromNow(ms: number): Prisma.Sql {
  return Prisma.sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`;
}

/**
 * The same moment on the database's clock as `time` on ours: as far from its now as `time` is from this machine's. A test
 * that moves its clock so moves what is due with it.
 */
export function onDatabaseClock(time: Date): Prisma.Sql {
  return fromNow(shiftMs(time));
}

/** How far `time` is from this machine's own now. */
export function shiftMs(time: Date): number {
  return time.getTime() - Date.now();
}
