import type { Tx } from '../../store/database.js';

export interface ActivityRow {
  id: bigint;
  createdAt: Date;
  companyId: number | null;
  connectionId: number | null;
  actorKind: string;
  actorName: string | null;
  actorVia: string;
  actorFrom: string | null;
  action: string;
  subject: string;
  before: string | null;
  after: string | null;
}

interface ActivityFilter {
  /** Null: everything, also what is of no company. */
  companyIds: readonly number[] | null;
  action: string;
  actor: string;
  from?: Date | undefined;
  to?: Date | undefined;
  after: bigint | null;
  limit: number;
}

/** Who changed what, the newest first. */
export async function activityRows(tx: Tx, filter: ActivityFilter): Promise<ActivityRow[]> {
  const { companyIds, action, actor, from, to, after, limit } = filter;
  return tx.auditEntry.findMany({
    where: {
      ...(companyIds && { companyId: { in: [...companyIds] } }),
      ...(action !== '' && { action: { startsWith: action } }),
      ...(actor !== '' && { actorName: { equals: actor, mode: 'insensitive' as const } }),
      ...((from || to) && { createdAt: { ...(from && { gte: from }), ...(to && { lte: to }) } }),
      ...(after !== null && { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
    select: {
      id: true,
      createdAt: true,
      companyId: true,
      connectionId: true,
      actorKind: true,
      actorName: true,
      actorVia: true,
      actorFrom: true,
      action: true,
      subject: true,
      before: true,
      after: true,
    },
  });
}
