import { Prisma, type Tx } from '../store/database.js';

interface Feed {
  connectionId: number;
  feed: number;
}

function ofFeed({ connectionId, feed }: Feed): Prisma.Sql {
  return Prisma.sql`connection_id = ${connectionId} AND last_feed = ${feed} AND deleted_n IS NULL`;
}

/** Products of a feed that no later one has named: all, those that pass all checks, and those that are to be sent. */
export async function countFeed(
  tx: Tx,
  filter: Feed,
): Promise<{ products: number; compliant: number; asked: number }> {
  const [row] = await tx.$queryRaw<{ products: number; compliant: number; asked: number }[]>`
    SELECT count(*)::int AS products,
      (count(*) FILTER (WHERE is_compliant AND checked_version = version))::int AS compliant,
      (count(*) FILTER (WHERE asked_version = version))::int AS asked
    FROM wanted_products WHERE ${ofFeed(filter)}`;
  return row!;
}

/** Findings of one kind. */
export interface FindingCount {
  level: string;
  rule: string;
  field: string | null;
  /** Of the first of them. */
  message: string;
  next: string;
  count: number;
  products: number;
  /** The first of them, at most FINDING_ROWS. */
  rows: number[];
}

const FINDING_GROUPS = 200;
const FINDING_ROWS = 20;

/** What the checks say of the products of a feed, counted by kind; errors first, the most frequent of each first. */
export async function countFindings(tx: Tx, filter: Feed): Promise<FindingCount[]> {
  return tx.$queryRaw<FindingCount[]>`
    SELECT f.level, f.rule, f.field, (array_agg(f.message ORDER BY p.product_key, f.nth))[1] AS message,
      (array_agg(f.next ORDER BY p.product_key, f.nth))[1] AS next, count(*)::int AS count,
      count(DISTINCT p.product_key)::int AS products,
      coalesce((array_agg(DISTINCT f.row ORDER BY f.row) FILTER (WHERE f.row IS NOT NULL))[1:${FINDING_ROWS}::int], '{}') AS rows
    FROM (SELECT product_key, findings FROM wanted_products WHERE ${ofFeed(filter)}) p
    CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(p.findings)
      AS (level text, rule text, field text, message text, next text, "row" int)) WITH ORDINALITY
      AS f (level, rule, field, message, next, "row", nth)
    GROUP BY f.level, f.rule, f.field ORDER BY f.level, count(*) DESC, f.rule LIMIT ${FINDING_GROUPS}`;
}
