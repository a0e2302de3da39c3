import { storedActor, type ActorColumns } from '../../companies/actor-columns.js';
import type { Actor } from '../../companies/actor.js';
import { Prisma, type SqlTx, type Tx } from '../../store/database.js';
import { fromNow, LEAST_DIFFERENCE_MS, onDatabaseClock, shiftMs } from '../../store/database-clock.js';
import { subjectRows, type Subject, type SubjectKind } from '../subjects/subject-kind.js';
import type { FlowProgress } from './flows.js';
import { LeaseLost } from '../lease.js';

/** One run's hold on a flow. */
export interface FlowLease {
  flowId: bigint;
  token: bigint;
  name: string;
  subject: Subject;
  companyId: number;
  /** Null: the catalogue's. */
  schedule: string | null;
  failures: number;
  lastOutcome: string | null;
  /** When the lease of a run ended that never gave it back; null after a run that did. */
  abandonedUntil: Date | null;
}

/** Where a turn of a run begins. */
interface FlowState {
  requested: number;
  requestedSeen: number;
  watermark: Date | null;
  cursor: unknown;
  /** The person or key whose request no run has answered yet; null where only the program has asked, or nobody. */
  asker: Actor | null;
  /** How far the database's clock is ahead of ours, in milliseconds; less than a second counts as nothing. */
  clockAheadMs: number;
}

interface FlowEnding {
  outcome: string | null;
  error: string | null;
  failures: number;
  startedAt: Date;
  finishedAt: Date;
  nextAttemptAt: Date;
  /** Requests up to this number are answered by this run; null: it was stopped before its end and answers none. */
  requestedSeen: number | null;
  /** Keep the lease when somebody has asked for another run meanwhile. */
  mayGoOn: boolean;
}

/** What the beat hands out and a run may take; `f` is flows, `s` their subjects. */
export function dueFlow(now: Date): Prisma.Sql {
  return Prisma.sql`(s.runs OR (s.urgent_only AND f.runs_paused))
    AND f.next_attempt_at <= ${onDatabaseClock(now)}
    AND (f.enabled OR f.requested > f.requested_seen)
    AND (f.lease_until IS NULL OR f.lease_until <= clock_timestamp())`;
}

/** Takes the flow when it is due and nobody is at it; null otherwise. */
export async function takeFlow(
  db: Tx,
  options: { flowId: bigint; now: Date; leaseMs: number; kinds: readonly SubjectKind[] },
): Promise<FlowLease | null> {
  const [row] = await db.$queryRaw<(Omit<FlowLease, 'subject'> & { kind: string; id: number })[]>`
    WITH due AS (
      SELECT f.id, f.lease_until, s.company_id
      FROM flows f JOIN ${subjectRows(options.kinds)} s ON s.kind = f.subject_kind AND s.id = f.subject_id
      WHERE f.id = ${options.flowId} AND ${dueFlow(options.now)} FOR NO KEY UPDATE OF f
    )
    UPDATE flows f SET lease_token = lease_token + 1, lease_until = ${fromNow(options.leaseMs)},
      claimed_until = NULL, last_started_at = ${onDatabaseClock(options.now)}
    FROM due WHERE f.id = due.id
    RETURNING f.id AS "flowId", f.lease_token AS token, f.name, f.subject_kind AS kind, f.subject_id AS id,
      due.company_id AS "companyId", f.schedule, f.failures, f.last_outcome AS "lastOutcome",
      due.lease_until AS "abandonedUntil"`;
  if (!row) return null;
  const { kind, id, ...lease } = row;
  return { ...lease, subject: { kind, id } };
}

export async function renewFlow(db: Tx, lease: FlowLease, leaseMs: number): Promise<boolean> {
  const renewed = await db.$executeRaw`
    UPDATE flows SET lease_until = GREATEST(lease_until, ${fromNow(leaseMs)}) WHERE id = ${lease.flowId} AND lease_token = ${lease.token}`;
  return renewed === 1;
}

/**
 * What the lease has left, in milliseconds; null when it is not ours any more. A plain look, since a batch may hold the
 * row's lock; the lease is made longer only where less than `neededMs` is left.
 */
export async function flowLeaseLeft(
  db: Tx,
  lease: FlowLease,
  { neededMs, holdMs }: { neededMs: number; holdMs: number },
): Promise<number | null> {
  const left = Prisma.sql`EXTRACT(EPOCH FROM lease_until - clock_timestamp())::float8 * 1000 AS "leftMs"`;
  const ours = Prisma.sql`id = ${lease.flowId} AND lease_token = ${lease.token} AND lease_until IS NOT NULL`;
  const [row] = await db.$queryRaw<{ leftMs: number }[]>`SELECT ${left} FROM flows WHERE ${ours}`;
  if (!row || row.leftMs > neededMs) return row?.leftMs ?? null;
  const [held] = await db.$queryRaw<{ leftMs: number }[]>`
    UPDATE flows SET lease_until = GREATEST(lease_until, ${fromNow(holdMs)}) WHERE ${ours} RETURNING ${left}`;
  return held?.leftMs ?? null;
}

/** @throws LeaseLost */
export async function readFlowState(db: Tx, lease: FlowLease): Promise<FlowState> {
  const [state] = await db.$queryRaw<
    (Omit<FlowState, 'asker' | 'clockAheadMs'> & ActorColumns & { isNamed: boolean; moment: Date })[]
  >`
    SELECT requested, requested_seen AS "requestedSeen", watermark, cursor, clock_timestamp() AS moment,
      coalesce(actor_request > requested_seen, false) AS "isNamed", actor_kind AS "actorKind", actor_id AS "actorId", actor_name AS "actorName", actor_via AS "actorVia"
    FROM flows WHERE id = ${lease.flowId} AND lease_token = ${lease.token}`;
  if (!state) lost(lease);
  const { requested, requestedSeen, watermark, cursor, isNamed, moment, ...actor } = state;
  const aheadMs = shiftMs(moment);
  return {
    requested,
    requestedSeen,
    watermark,
    cursor,
    asker: isNamed ? storedActor(actor) : null,
    clockAheadMs: Math.abs(aheadMs) < LEAST_DIFFERENCE_MS ? 0 : aheadMs,
  };
}

/** @throws LeaseLost */
export async function guardFlow(tx: SqlTx, lease: FlowLease): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM flows WHERE id = ${lease.flowId} AND lease_token = ${lease.token} FOR NO KEY UPDATE`;
  if (rows.length === 0) lost(lease);
}

/** @throws LeaseLost */
export async function saveFlowProgress(tx: SqlTx, lease: FlowLease, progress: FlowProgress): Promise<void> {
  const cursor =
    progress.cursor === undefined
      ? Prisma.sql`cursor`
      : Prisma.sql`NULLIF(${JSON.stringify(progress.cursor)}::jsonb, 'null'::jsonb)`;
  const saved = await tx.$executeRaw`
    UPDATE flows SET watermark = GREATEST(watermark, ${progress.watermark ?? null}::timestamptz), cursor = ${cursor}
    WHERE id = ${lease.flowId} AND lease_token = ${lease.token}`;
  if (saved === 0) lost(lease);
}

/**
 * Lets the flow go, unless it is to go on. One statement, so that a request either is seen here or finds the flow free.
 * @returns whether the lease is kept because somebody asked for a run after this one had begun
 * @throws LeaseLost
 */
export async function endFlow(tx: Tx, lease: FlowLease, ending: FlowEnding): Promise<boolean> {
  const seen = ending.requestedSeen ?? 0;
  const succeeded = ending.outcome === 'done' || ending.outcome === 'nothing-to-do';
  const [row] = await tx.$queryRaw<{ again: boolean }[]>`
    UPDATE flows SET
      requested_seen = GREATEST(requested_seen, ${seen}),
      lease_until = CASE WHEN requested > ${seen} AND ${ending.mayGoOn} THEN lease_until END,
      claimed_until = NULL,
      next_attempt_at = CASE WHEN requested > GREATEST(requested_seen, ${seen}) THEN ${ending.finishedAt}::timestamptz
                             ELSE ${ending.nextAttemptAt}::timestamptz END,
      last_finished_at = ${ending.finishedAt},
      last_success_at = CASE WHEN ${succeeded} THEN ${ending.startedAt} ELSE last_success_at END,
      last_outcome = COALESCE(${ending.outcome}, last_outcome),
      last_error = ${ending.error},
      failures = ${ending.failures}
    WHERE id = ${lease.flowId} AND lease_token = ${lease.token}
    RETURNING requested > ${seen} AND ${ending.mayGoOn} AS again`;
  return (row ?? lost(lease)).again;
}

function lost(lease: FlowLease): never {
  throw new LeaseLost(`${lease.name} of ${lease.subject.kind} ${lease.subject.id}`);
}
