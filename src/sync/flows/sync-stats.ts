import type { Tx } from '../../store/database.js';
import { onDatabaseClock } from '../../store/database-clock.js';
import { subjectRows } from '../subjects/subject-kind.js';
import { subjectKindsOf, type FlowCatalogue } from './flow-catalogue.js';
import { dueFlow } from './flow-lease.js';
import type { Lane } from '../../kernel/lane.js';
import type { OutboxState } from '../effects/outbox.js';

export interface SyncStats {
  /** Flows of subjects that may run, by what they are up to. */
  flows: { due: number; running: number; failing: number };
  /** How long the flow that has waited longest is overdue, in seconds; 0 when none is. */
  oldestDueFlowSeconds: number;
  outbox: { state: OutboxState; lane: Lane; count: number }[];
  /** Age of the oldest entry that is not settled and needs nobody, in seconds; 0 when there is none. */
  oldestUnsettledSeconds: number;
}

/** How the flows and the outbox stand, for metrics and health pages. Settled entries are not counted: they grow for ever. */
export async function readSyncStats(db: Tx, now: Date, flows: FlowCatalogue): Promise<SyncStats> {
  const [counted] = await db.$queryRaw<
    { due: number; running: number; failing: number; oldest: number | null }[]
  >`
    SELECT count(*) FILTER (WHERE ${dueFlow(now)})::int AS due,
      count(*) FILTER (WHERE f.lease_until > clock_timestamp())::int AS running,
      count(*) FILTER (WHERE f.failures > 0)::int AS failing,
      EXTRACT(EPOCH FROM ${onDatabaseClock(now)} - min(f.next_attempt_at) FILTER (WHERE ${dueFlow(now)}))::float8 AS oldest
    FROM flows f JOIN ${subjectRows(subjectKindsOf(flows))} s ON s.kind = f.subject_kind AND s.id = f.subject_id
    WHERE s.runs AND (f.next_attempt_at <= ${onDatabaseClock(now)} OR f.lease_until IS NOT NULL OR f.failures > 0)`;
  const outbox = await db.$queryRaw<{ state: OutboxState; lane: Lane; count: number; oldest: number }[]>`
    SELECT state, lane, count(*)::int AS count,
      EXTRACT(EPOCH FROM ${onDatabaseClock(now)} - min(created_at))::float8 AS oldest
    FROM (SELECT state, lane, created_at FROM outbox WHERE state IN ('pending', 'sending', 'in_doubt')
          UNION ALL SELECT state, lane, created_at FROM outbox WHERE state = 'needs_person') unsettled
    GROUP BY state, lane ORDER BY state, lane`;
  const ages = outbox.filter((row) => row.state !== 'needs_person').map((row) => row.oldest);
  return {
    flows: { due: counted?.due ?? 0, running: counted?.running ?? 0, failing: counted?.failing ?? 0 },
    oldestDueFlowSeconds: Math.max(0, counted?.oldest ?? 0),
    outbox: outbox.map(({ state, lane, count }) => ({ state, lane, count })),
    oldestUnsettledSeconds: Math.max(0, ...ages),
  };
}

/** Freshness of the data: by kind of flow, seconds since the last success of the subject that has waited longest. */
export async function readStaleness(
  db: Tx,
  now: Date,
  flows: FlowCatalogue,
): Promise<{ flow: string; seconds: number }[]> {
  return db.$queryRaw`
    SELECT f.name AS flow, GREATEST(0,
      EXTRACT(EPOCH FROM ${onDatabaseClock(now)} - min(coalesce(f.last_success_at, s.created_at))))::float8 AS seconds
    FROM flows f JOIN ${subjectRows(subjectKindsOf(flows))} s ON s.kind = f.subject_kind AND s.id = f.subject_id
    WHERE s.runs AND f.enabled GROUP BY f.name ORDER BY f.name`;
}
