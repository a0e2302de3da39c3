import type { Clock } from '../kernel/time.js';
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

/**
 * Our clock as the database's: for work that writes down many times which other processes compare. `clock` may be a test's,
 * whose shift stays.
 */
export async function databaseClock(
  db: { $queryRaw<T>(query: Prisma.Sql): PromiseLike<T> },
  clock: Clock,
): Promise<Clock> {
  const [row] = await db.$queryRaw<{ at: Date }[]>(Prisma.sql`SELECT clock_timestamp() AS at`);
  const aheadMs = row ? shiftMs(row.at) : 0;
  if (Math.abs(aheadMs) < LEAST_DIFFERENCE_MS) return clock;
  return { now: () => new Date(clock.now().getTime() + aheadMs) };
}
