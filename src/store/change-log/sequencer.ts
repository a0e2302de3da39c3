import { setTimeout as pause } from 'node:timers/promises';
import { Prisma, type Database } from '../database.js';

/**
 * A table of history whose rows get a position after their commit. It has `id`, `created_at` (its partitions), `position`
 * (null until then) and an index on `id` where the position is null; `change_heads` has a row with the log's name.
 */
export interface ChangeLog {
  /** Of the table, and of its row in `change_heads`. */
  name: 'events' | 'audit_entries';
}

/** Rows of one transaction, which takes about a tenth of a second. */
const BATCH_SIZE = 5_000;
/** How long a reader waits until what was committed before has its position. */
const READER_PATIENCE_MS = 1_000;
const LOOK_AGAIN_MS = 10;
/** First half of the advisory lock; the second one names the log. */
const LOCK_SPACE = 72_707_371;

/**
 * Gives every committed row without a position the next ones, in the order of their ids. One process numbers at a time, and
 * its batches are committed one after the other, so that a reader who has gone by a position never finds one before it
 * later. A row that is not committed yet is not seen and delays no reader: it gets its position after its own commit. A row that
 * depends on another one (written after that one was committed, or under the same lock) has the greater id, and whoever sees
 * it sees the other one too, so that cause comes before effect. Killed at any point, it loses nothing and gives no
 * position twice.
 * @returns how many rows got one; null when another process is at it
 */
export async function numberChanges(
  db: Pick<Database, 'sqlTransaction'>,
  log: ChangeLog,
): Promise<number | null> {
  for (let sum = 0; ;) {
    const count = await numberBatch(db, log);
    if (count === null) return sum === 0 ? null : sum;
    sum += count;
    if (count < BATCH_SIZE) return sum;
  }
}

/**
 * For readers: what was committed before this call has its position afterwards, so that a caller finds what the same caller
 * has just written. Costs one look-up when nothing waits; gives up after a second, and the reader then sees the rest later.
 */
export async function settleChanges(
  db: Pick<Database, 'prisma' | 'sqlTransaction'>,
  log: ChangeLog,
): Promise<void> {
  const deadline = performance.now() + READER_PATIENCE_MS;
  while ((await isWaiting(db, log)) && performance.now() < deadline) {
    // Another process may have looked before the caller's commit: then it is this one's turn after it.
    const count = await numberBatch(db, log);
    if (count !== null && count < BATCH_SIZE) return;
    if (count === null) await pause(LOOK_AGAIN_MS);
  }
}

/** Ordered, so that the small index answers whatever PostgreSQL believes about how many rows wait. */
async function isWaiting({ prisma }: Pick<Database, 'prisma'>, { name }: ChangeLog): Promise<boolean> {
  const rows = await prisma.$queryRaw<unknown[]>`
    SELECT id FROM ${Prisma.raw(`"${name}"`)} WHERE position IS NULL ORDER BY id LIMIT 1`;
  return rows.length > 0;
}

/**
 * The lock is a statement of its own: the one that follows must not look at rows as they were before the lock was free.
 * A row that another transaction holds (it is just being marked) is left for the next pass; this one does not wait for it.
 */
async function numberBatch(
  db: Pick<Database, 'sqlTransaction'>,
  { name }: ChangeLog,
): Promise<number | null> {
  const table = Prisma.raw(`"${name}"`);
  return db.sqlTransaction(async (tx) => {
    const [lock] = await tx.$queryRaw<{ mine: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${LOCK_SPACE}::int, hashtext(${name}::text)) AS mine`;
    if (!lock?.mine) return null;
    const [done] = await tx.$queryRaw<{ count: number }[]>`
      WITH fresh AS (
        SELECT id, created_at FROM ${table} WHERE position IS NULL
        ORDER BY id LIMIT ${BATCH_SIZE}::int FOR UPDATE SKIP LOCKED
      ), placed AS (
        SELECT id, created_at, row_number() OVER (ORDER BY id) AS nth FROM fresh
      ), head AS (
        UPDATE change_heads SET position = position + (SELECT count(*) FROM placed) WHERE log = ${name}::text
        RETURNING position - (SELECT count(*) FROM placed) AS before
      ), numbered AS (
        UPDATE ${table} row SET position = head.before + placed.nth FROM placed, head
        WHERE row.id = placed.id AND row.created_at = placed.created_at RETURNING 1
      )
      SELECT count(*)::int AS count FROM numbered`;
    return done?.count ?? 0;
  });
}
