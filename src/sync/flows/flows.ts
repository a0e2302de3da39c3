import type { Actor } from '../../companies/actor.js';
import { Prisma, type SqlTx, type Tx } from '../../store/database.js';
import type { Fence } from '../../outbound/call-fence.js';
import { connectionOf } from '../subjects/connection-subject.js';
import { obstacleOf, subjectRows, type Subject } from '../subjects/subject-kind.js';
import { subjectKindOf, subjectKindsOf, type FlowCatalogue, type FlowDefinition } from './flow-catalogue.js';

/** What the handler of a flow gets: one subject's turn, under a lease. */
export interface SubjectRun {
  flowId: bigint;
  flow: FlowDefinition;
  subject: Subject;
  companyId: number;
  /** In whose name the run does what it does: who has asked for it, else the program as this flow. */
  by: Actor;
  /** TikTok's time up to which everything was read; null before the first run. */
  watermark: Date | null;
  /** Where a run that was stopped goes on; as it was saved. */
  cursor: unknown;
  /** Somebody asked for this run: what waits for a time of its own is looked at too. */
  isAsked: boolean;
  /** Aborted when the process closes or the lease is lost: stop between two pages. */
  signal: AbortSignal;
  /**
   * For `openShop` of a run that writes to TikTok: a write leaves only while the flow is surely ours for as long as its
   * answer may take. Held back, it throws NotSentError: nothing has left.
   */
  fence: Fence;
  /**
   * After a run that never gave its lease back (a crash, a stopped process): until then TikTok may still carry out what
   * that run has sent. On the database's clock; null after a run that ended.
   */
  doubtUntil: Date | null;
  now(): Date;
  /**
   * First thing in every transaction that writes: locks the flow's row, so that no other run can take over before the
   * transaction ends.
   * @throws LeaseLost when another run has taken over
   */
  guard(tx: SqlTx): Promise<void>;
  /**
   * Saves how far this run is, in the transaction of what it has read. The watermark never goes back; what is left out
   * stays, a cursor of null is cleared.
   * @throws LeaseLost
   */
  saveProgress(tx: SqlTx, progress: FlowProgress): Promise<void>;
}

/** A TikTok connection's turn. */
export interface FlowRun extends SubjectRun {
  connectionId: number;
}

export interface FlowProgress {
  watermark?: Date;
  cursor?: unknown;
}

export interface FlowResult {
  /** What happened, by name, such as `{ exported: 3, unchanged: 12 }`. All but `unchanged` count as an effect. */
  counts: Record<string, number>;
  windowFrom?: Date;
  windowTo?: Date;
  /** There is more to do at once: the handler is called again. */
  more?: boolean;
  /** It could not begin yet: due again after this time, before its schedule. */
  againAfterMs?: number;
}

/** Safe to repeat at any point: what was committed with `saveProgress` is where the next call begins. */
export type FlowHandler = (run: FlowRun) => Promise<FlowResult>;

/** A flow of a subject with its state, as lists and pages show it. Times in UTC. */
export interface FlowView {
  id: bigint;
  subject: Subject;
  subjectName: string;
  /** The subject, when it is a connection. */
  connectionId: number | null;
  /** The number under which the ERP knows the subject; null when it knows none. */
  partnerId: number | null;
  /** Why nothing runs for the subject now, with the next step; null when it may run. */
  obstacle: ReturnType<typeof obstacleOf>;
  flow: FlowDefinition;
  /** Cron expression in UTC that counts for this subject. */
  schedule: string;
  enabled: boolean;
  running: boolean;
  nextAttemptAt: Date;
  lastStartedAt: Date | null;
  lastFinishedAt: Date | null;
  lastSuccessAt: Date | null;
  lastOutcome: string | null;
  lastError: string | null;
  failures: number;
  watermark: Date | null;
}

/**
 * Gives subjects the flows of the catalogue that they lack. With one subject, or a connection: its flows are due at once,
 * as after it was activated. Without: all subjects, for flows that a new version brings.
 */
export async function ensureFlows(
  tx: Tx,
  options: { subject?: Subject; connectionId?: number; now: Date; flows: FlowCatalogue },
): Promise<void> {
  const { flows } = options;
  const definitions = [...flows.values()];
  const names = definitions.map((flow) => flow.name);
  const laneNames = definitions.map((flow) => flow.lane);
  const kinds = definitions.map((flow) => subjectKindOf(flow).kind);
  const one = options.connectionId === undefined ? options.subject : connectionOf(options.connectionId);
  const isOne = Prisma.sql`${one !== undefined}::boolean`;
  const chosenOnes = one ? Prisma.sql`s.kind = ${one.kind} AND s.id = ${one.id}` : Prisma.sql`true`;
  await tx.$executeRaw`
    INSERT INTO flows (subject_kind, subject_id, connection_id, name, lane, next_attempt_at)
    SELECT s.kind, s.id, CASE WHEN s.kind = 'connection' THEN s.id END, f.name, f.lane, ${options.now}
    FROM ${subjectRows(subjectKindsOf(flows))} s
    JOIN unnest(${names}::text[], ${laneNames}::text[], ${kinds}::text[]) AS f(name, lane, kind) ON f.kind = s.kind
    WHERE NOT s.gone AND ${chosenOnes}
    ON CONFLICT (subject_kind, subject_id, name) DO UPDATE SET
      lane = EXCLUDED.lane,
      requested = flows.requested + CASE WHEN ${isOne} THEN 1 ELSE 0 END,
      next_attempt_at = CASE WHEN ${isOne} THEN LEAST(flows.next_attempt_at, EXCLUDED.next_attempt_at)
                             ELSE flows.next_attempt_at END
    WHERE ${isOne} OR flows.lane <> EXCLUDED.lane`;
}

/** TikTok's time up to which a flow of a connection has read everything; null before its first run has got that far. */
export async function findWatermark(
  tx: Tx,
  { connectionId, name }: { connectionId: number; name: string },
): Promise<Date | null> {
  const flow = await tx.flow.findUnique({
    where: { subjectKind_subjectId_name: { subjectKind: 'connection', subjectId: connectionId, name } },
    select: { watermark: true },
  });
  return flow?.watermark ?? null;
}

/** What a flow of a connection has kept of its own; see FlowRun. */
export async function findCursor(
  tx: Tx,
  { connectionId, name }: { connectionId: number; name: string },
): Promise<unknown> {
  const flow = await tx.flow.findUnique({
    where: { subjectKind_subjectId_name: { subjectKind: 'connection', subjectId: connectionId, name } },
    select: { cursor: true },
  });
  return flow?.cursor ?? null;
}

export function subjectsOf({ flows }: { flows: FlowCatalogue }): Prisma.Sql {
  return subjectRows(subjectKindsOf(flows));
}

interface FlowRow extends Omit<FlowView, 'subject' | 'flow' | 'obstacle' | 'schedule' | 'running'> {
  kind: string;
  subjectId: number;
  state: string;
  reason: string | null;
  name: string;
  schedule: string | null;
  leaseUntil: Date | null;
}

/**
 * Those flows of a company's subjects that are not gone, by subject and name; with a connection, only its own. `flows`: the
 * ones that are asked about.
 */
export async function listFlows(
  db: Pick<Tx, '$queryRaw'>,
  filter: { companyId: number; connectionId?: number; now: Date; flows: FlowCatalogue },
): Promise<FlowView[]> {
  const { flows, connectionId } = filter;
  const kinds = new Map(subjectKindsOf(flows).map((kind) => [kind.kind, kind]));
  const one = connectionId === undefined ? Prisma.sql`true` : Prisma.sql`f.connection_id = ${connectionId}`;
  const rows = await db.$queryRaw<FlowRow[]>`
    SELECT f.id, s.kind, s.id AS "subjectId", f.connection_id AS "connectionId", s.name AS "subjectName",
      s.partner_id AS "partnerId", s.state, s.reason, f.name, f.schedule, f.enabled, f.lease_until AS "leaseUntil",
      f.next_attempt_at AS "nextAttemptAt", f.last_started_at AS "lastStartedAt", f.last_finished_at AS "lastFinishedAt",
      f.last_success_at AS "lastSuccessAt", f.last_outcome AS "lastOutcome", f.last_error AS "lastError", f.failures,
      f.watermark
    FROM flows f JOIN ${subjectsOf(filter)} s ON s.kind = f.subject_kind AND s.id = f.subject_id
    WHERE s.company_id = ${filter.companyId} AND NOT s.gone AND ${one}
    ORDER BY s.kind, s.id, f.name`;
  return rows.flatMap(
    ({ kind: kindName, subjectId, state, reason, name, schedule, leaseUntil, ...facts }) => {
      const [flow, kind] = [flows.get(name), kinds.get(kindName)];
      if (!flow || !kind) return [];
      return [
        {
          ...facts,
          flow,
          subject: { kind: kindName, id: subjectId },
          obstacle: obstacleOf(kind, { state, reason }),
          schedule: schedule ?? flow.schedule,
          running: leaseUntil !== null && leaseUntil > filter.now,
        },
      ];
    },
  );
}
