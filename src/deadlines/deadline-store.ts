import { Prisma, type SqlTx } from '../store/database.js';
import { deadlineKinds, type Deadline, type DeadlineKind, type ThresholdHours } from './deadline.js';

export interface DeadlineFilter {
  companyId: number;
  kind?: DeadlineKind;
  partnerId?: number;
  /** Both ends included. */
  from?: Date;
  to?: Date;
  overdue?: boolean;
  /** Due within so many hours, or overdue. */
  hoursLeft?: number;
}

/** Where a deadline stands in the list; no two stand at the same place. */
export type Place = Pick<Deadline, 'dueAt' | 'key' | 'kind' | 'subjectId'>;

interface PageChoice {
  now: Date;
  /** The list begins behind it; left out, at its start. */
  after?: Place | undefined;
  skip: number;
  take: number;
}

const columns = Prisma.sql`
  kind, company_id AS "companyId", connection_id AS "connectionId", partner_id AS "partnerId",
  subject_id AS "subjectId", due_at AS "dueAt", key, document_type AS "documentType", link_key AS "linkKey",
  partner_po AS "partnerPo", reference, status_code AS "statusCode", open_pieces AS "openPieces",
  under_way AS "underWay", next_action AS "nextAction", cancelled_at AS "cancelledAt"`;

const views: Record<DeadlineKind, Prisma.Sql> = {
  'cancellation-request': Prisma.sql`open_cancellation_deadlines`,
  'order-ship': Prisma.sql`open_order_deadlines`,
  'return-answer': Prisma.sql`open_return_deadlines`,
  'refund-request': Prisma.sql`open_refund_deadlines`,
};

/**
 * One page by time. PostgreSQL does not hand ORDER BY and LIMIT down into the view over all kinds, so each kind gives as
 * many as could be on the page, by its index, and the page is taken from those.
 */
export function pageSql(filter: DeadlineFilter, { now, after, skip, take }: PageChoice): Prisma.Sql {
  const kinds = deadlineKinds.filter((kind) => filter.kind === undefined || filter.kind === kind);
  const behind = after
    ? Prisma.sql`AND (due_at, key, kind, subject_id)
        > (${after.dueAt}::timestamptz, ${after.key}::int, ${after.kind}::text, ${after.subjectId}::bigint)`
    : Prisma.empty;
  const most = BigInt(skip) + BigInt(take);
  const branches = kinds.map(
    (kind) => Prisma.sql`(SELECT * FROM ${views[kind]} WHERE ${conditionsOf(filter, now)} ${behind}
      ORDER BY due_at, key, subject_id LIMIT ${most}::bigint)`,
  );
  return Prisma.sql`SELECT ${columns} FROM (${Prisma.join(branches, ' UNION ALL ')}) AS open
    ORDER BY due_at, key, kind, subject_id OFFSET ${BigInt(skip)}::bigint LIMIT ${take}::int`;
}

export async function countDeadlines(db: SqlTx, filter: DeadlineFilter, now: Date): Promise<number> {
  const ofKind = filter.kind === undefined ? Prisma.sql`open_deadlines` : views[filter.kind];
  const [row] = await db.$queryRaw<{ count: number }[]>(
    Prisma.sql`SELECT count(*)::int AS count FROM ${ofKind} WHERE ${conditionsOf(filter, now)}`,
  );
  return row?.count ?? 0;
}

function conditionsOf(filter: DeadlineFilter, now: Date): Prisma.Sql {
  const { companyId, partnerId, from, to, overdue, hoursLeft } = filter;
  const parts = [Prisma.sql`company_id = ${companyId}::int`];
  if (partnerId !== undefined) parts.push(Prisma.sql`partner_id = ${partnerId}::int`);
  if (from) parts.push(Prisma.sql`due_at >= ${from}::timestamptz`);
  if (to) parts.push(Prisma.sql`due_at <= ${to}::timestamptz`);
  if (overdue === true) parts.push(Prisma.sql`due_at <= ${now}::timestamptz`);
  if (overdue === false) parts.push(Prisma.sql`due_at > ${now}::timestamptz`);
  if (hoursLeft !== undefined) {
    parts.push(Prisma.sql`due_at <= ${now}::timestamptz + ${hoursLeft}::int * interval '1 hour'`);
  }
  return Prisma.join(parts, ' AND ');
}

/**
 * Notes a warning for up to `limit` deadlines that have come near, each of the most urgent threshold that applies, and
 * answers those that nobody has noted before. Of two workers at the same time one gets each: the primary key decides.
 */
export async function noteNearDeadlines(
  tx: SqlTx,
  { now, limit }: { now: Date; limit: number },
): Promise<(Deadline & { threshold: ThresholdHours })[]> {
  // By company, because that is how the deadlines are indexed. Sorted, so that two workers do not wait for each other.
  return tx.$queryRaw`
    WITH near AS MATERIALIZED (
      SELECT d.*, CASE WHEN d.due_at <= ${now}::timestamptz THEN 0
        WHEN d.due_at <= ${now}::timestamptz + interval '4 hours' THEN 4 ELSE 24 END AS threshold
      FROM companies c CROSS JOIN LATERAL (
        SELECT * FROM open_deadlines o
        WHERE o.company_id = c.id AND o.due_at <= ${now}::timestamptz + interval '24 hours'
      ) d
    ), unnoted AS (
      SELECT * FROM near WHERE NOT EXISTS (
        SELECT 1 FROM deadline_notices n
        WHERE n.kind = near.kind AND n.subject_id = near.subject_id AND n.due_at = near.due_at
          AND n.threshold_hours <= near.threshold)
      ORDER BY due_at, kind, subject_id LIMIT ${limit}::int
    ), noted AS (
      INSERT INTO deadline_notices (kind, subject_id, due_at, threshold_hours, noticed_at)
      SELECT kind, subject_id, due_at, threshold, ${now}::timestamptz FROM unnoted
      ORDER BY due_at, kind, subject_id
      ON CONFLICT DO NOTHING RETURNING kind, subject_id
    )
    SELECT ${columns}, threshold FROM unnoted JOIN noted USING (kind, subject_id)
    ORDER BY due_at, key, kind, subject_id`;
}

/** Forgets warnings of deadlines before a time, unless they are open still and would be warned of again. */
export async function deleteNotices(db: SqlTx, before: Date): Promise<number> {
  return db.$executeRaw`
    DELETE FROM deadline_notices n WHERE n.due_at < ${before}::timestamptz AND NOT EXISTS (
      SELECT 1 FROM open_deadlines d
      WHERE d.kind = n.kind AND d.subject_id = n.subject_id AND d.due_at = n.due_at)`;
}
