import { Prisma } from './generated/client.js';

/**
 * A point in time on the database's clock, this far from now. What several processes compare (leases, due times) stands on
 * that clock only: the clocks of their machines may be minutes apart.
 */
export function fromNow(ms: number): Prisma.Sql {
  return Prisma.sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`;
}

/** Less is no difference of clocks, but the time that a statement takes on its way. */
export const LEAST_DIFFERENCE_MS = 1_000;

/**
 * The same moment on the database's clock as `time` on ours: as far from its now as `time` is from this machine's. Clocks
 * that agree to the second are taken as one. A test that moves its clock so moves what is due with it.
 * (`statement_timestamp()` and not `clock_timestamp()`: an index serves a comparison only with what stays the same.)
 */
export function onDatabaseClock(time: Date): Prisma.Sql {
  const sentAt = new Date();
  const apartMs = Prisma.sql`EXTRACT(EPOCH FROM statement_timestamp() - ${sentAt}::timestamptz) * 1000`;
  const moved = Prisma.sql`statement_timestamp() + ${shiftMs(time)}::float8 * interval '1 millisecond'`;
  return Prisma.sql`CASE WHEN abs(${apartMs}) < ${LEAST_DIFFERENCE_MS} THEN ${time}::timestamptz ELSE ${moved} END`;
}

/** How far `time` is from this machine's own now. */
export function shiftMs(time: Date): number {
  return time.getTime() - Date.now();
}
