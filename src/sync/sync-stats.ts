import { Prisma, type Tx } from '../store/database.js';
import { dueFlow } from './flow-lease.js';

/** How one flow does over all active connections; ages in seconds, null when there is none. */
export interface FlowStats {
  flow: string;
  due: number;
  oldestDueSeconds: number | null;
  /** Since the last success of the connection that has waited longest for one: the freshness of the data. */
  stalestSeconds: number | null;
}

export interface OutboxStats {
  state: string;
  entries: number;
  oldestSeconds: number | null;
}

/** How the flows stand, for metrics. */
export async function readFlowStats(db: Tx, now: Date): Promise<FlowStats[]> {
  return db.$queryRaw<FlowStats[]>`
    SELECT f.name AS flow, count(*) FILTER (WHERE ${dueFlow(now)})::int AS due,
      ${secondsSince(now, Prisma.sql`min(f.next_attempt_at) FILTER (WHERE ${dueFlow(now)})`)} AS "oldestDueSeconds",
      ${secondsSince(now, Prisma.sql`min(coalesce(f.last_success_at, c.created_at))`)} AS "stalestSeconds"
    FROM flows f JOIN connections c ON c.id = f.connection_id
    WHERE c.status = 'active' AND f.enabled GROUP BY f.name ORDER BY f.name`;
}

/** How the outbox stands, for metrics. Settled entries are not counted: they grow for ever. */
export async function readOutboxStats(db: Tx, now: Date): Promise<OutboxStats[]> {
  return db.$queryRaw<OutboxStats[]>`
    SELECT state, count(*)::int AS entries, ${secondsSince(now, Prisma.sql`min(created_at)`)} AS "oldestSeconds"
    FROM (SELECT state, created_at FROM outbox WHERE state IN ('pending', 'sending', 'in_doubt')
          UNION ALL SELECT state, created_at FROM outbox WHERE state = 'needs_person') unsettled
    GROUP BY state ORDER BY state`;
}

function secondsSince(now: Date, time: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`GREATEST(0, EXTRACT(EPOCH FROM ${now}::timestamptz - ${time}))::float8`;
}
