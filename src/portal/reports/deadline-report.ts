import type { Deadline } from '../../deadlines/deadline.js';
import { HOUR_MS } from '../../kernel/time.js';
import { Prisma, type Tx } from '../../store/database.js';

export const deadlineViews = ['all', 'overdue', '4h', '24h'] as const;
export type DeadlineView = (typeof deadlineViews)[number];

interface DeadlineFilter {
  companyIds: readonly number[];
  view: DeadlineView;
  kind: string;
  connectionId?: number | undefined;
  now: Date;
  limit: number;
}

const hours: Partial<Record<DeadlineView, number>> = { '4h': 4, '24h': 24 };

/** What TikTok waits for, the most urgent first; `limit` is all that a page shows, since what is late is not paged through. */
export async function deadlineRows(tx: Tx, filter: DeadlineFilter): Promise<Deadline[]> {
  const { view, now } = filter;
  const within = hours[view];
  const parts = [Prisma.sql`company_id = ANY(${[...filter.companyIds]}::int[])`];
  if (filter.kind !== '') parts.push(Prisma.sql`kind = ${filter.kind}`);
  if (filter.connectionId !== undefined) parts.push(Prisma.sql`connection_id = ${filter.connectionId}`);
  if (view === 'overdue') parts.push(Prisma.sql`due_at <= ${now}::timestamptz`);
  if (within !== undefined) {
    const until = new Date(now.getTime() + within * HOUR_MS);
    parts.push(Prisma.sql`due_at > ${now}::timestamptz AND due_at <= ${until}::timestamptz`);
  }
  return tx.$queryRaw<Deadline[]>`
    SELECT kind, company_id AS "companyId", connection_id AS "connectionId", partner_id AS "partnerId",
      subject_id AS "subjectId", due_at AS "dueAt", key, document_type AS "documentType", link_key AS "linkKey",
      partner_po AS "partnerPo", reference, status_code AS "statusCode", open_pieces AS "openPieces",
      under_way AS "underWay", next_action AS "nextAction", cancelled_at AS "cancelledAt"
    FROM open_deadlines WHERE ${Prisma.join(parts, ' AND ')} ORDER BY due_at, key, kind LIMIT ${filter.limit}::int`;
}
