import { HOUR_MS } from '../../kernel/time.js';
import { fromNow } from '../database-clock.js';
import { Prisma, type Database, type Tx } from '../database.js';

/** Between the end of a content and the row that refers to it, and between two chunks, less than this may pass. */
const BLOB_GRACE_MS = HOUR_MS;
const AT_ONCE = 100;
/** PostgreSQL: foreign_key_violation, restrict_violation. */
const REFERRED_TO = /23503|23001|P2003|Foreign key/;

/**
 * Deletes contents that no row refers to, and what a process left behind in the middle of a content, once neither was
 * touched for `graceMs`. Rows refer by foreign keys, which the store itself lists: a table that comes later cannot be forgotten.
 * Safe in several processes at once.
 * @returns how many
 */
export async function sweepBlobs(
  { prisma }: Pick<Database, 'prisma'>,
  { graceMs = BLOB_GRACE_MS }: { graceMs?: number } = {},
): Promise<number> {
  const unreferred = await conditionOf(prisma);
  for (let swept = 0; ;) {
    const count = await deleteSome(prisma, graceMs, unreferred);
    swept += count;
    if (count < AT_ONCE) return swept;
  }
}

async function deleteSome(tx: Tx, graceMs: number, unreferred: Prisma.Sql): Promise<number> {
  try {
    return await tx.$executeRaw`
      DELETE FROM blobs WHERE id IN (
        SELECT id FROM blobs b WHERE touched_at <= ${fromNow(-graceMs)} AND ${unreferred}
        LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)`;
  } catch (error) {
    // A row began to refer to one of them in this moment: the next sweep sees it.
    if (error instanceof Error && REFERRED_TO.test(error.message)) return 0;
    throw error;
  }
}

/** That no row of any table refers to the blob `b`. */
async function conditionOf(tx: Tx): Promise<Prisma.Sql> {
  const keys = await tx.$queryRaw<{ table: string; column: string }[]>`
    SELECT c.conrelid::regclass::text AS "table", quote_ident(own.attname) AS "column"
    FROM pg_constraint c
    CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS pair (own, theirs)
    JOIN pg_attribute own ON own.attrelid = c.conrelid AND own.attnum = pair.own
    JOIN pg_attribute theirs ON theirs.attrelid = c.confrelid AND theirs.attnum = pair.theirs
    WHERE c.contype = 'f' AND c.confrelid = 'blobs'::regclass AND c.conrelid <> 'blob_chunks'::regclass
      AND theirs.attname = 'id'`;
  const free = keys.map(({ table, column }) =>
    Prisma.raw(`NOT EXISTS (SELECT FROM ${table} r WHERE r.${column} = b.id)`),
  );
  return free.length === 0 ? Prisma.sql`true` : Prisma.join(free, ' AND ');
}
