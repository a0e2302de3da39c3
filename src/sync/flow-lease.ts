import { Prisma, type SqlTx, type Tx } from '../store/database.js';
import type { FlowProgress } from './flows.js';
import { fromNow, LeaseLost } from './lease.js';

/** One run's hold on a flow. */
export interface FlowLease {
  flowId: bigint;
  token: bigint;
  name: string;
  connectionId: number;
  companyId: number;
  /** Null: the catalogue's. */
  schedule: string | null;
  failures: number;
  lastOutcome: string | null;
}

/** Where a turn of a run begins. */
export interface FlowState {
  requested: number;
  watermark: Date | null;
  cursor: unknown;
}

export interface FlowEnding {
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

/** What the beat hands out and a run may take; `f` is flows, `c` connections. */
export function dueFlow(now: Date): Prisma.Sql {
  return Prisma.sql`c.status = 'active' AND f.next_attempt_at <= ${now}
    AND (f.enabled OR f.requested > f.requested_seen)
    AND (f.lease_until IS NULL OR f.lease_until <= clock_timestamp())`;
}

/** Takes the flow when it is due and nobody is at it; null otherwise. */
export async function takeFlow(
  db: Tx,
  options: { flowId: bigint; now: Date; leaseMs: number },
): Promise<FlowLease | null> {
  const [lease] = await db.$queryRaw<FlowLease[]>`
    UPDATE flows f SET lease_token = lease_token + 1, lease_until = ${fromNow(options.leaseMs)},
      claimed_until = NULL, last_started_at = ${options.now}
    FROM connections c
    WHERE f.id = ${options.flowId} AND c.id = f.connection_id AND ${dueFlow(options.now)}
    RETURNING f.id AS "flowId", f.lease_token AS token, f.name, f.connection_id AS "connectionId",
      c.company_id AS "companyId", f.schedule, f.failures, f.last_outcome AS "lastOutcome"`;
  return lease ?? null;
}

export async function renewFlow(db: Tx, lease: FlowLease, leaseMs: number): Promise<boolean> {
  const renewed = await db.$executeRaw`
    UPDATE flows SET lease_until = ${fromNow(leaseMs)} WHERE id = ${lease.flowId} AND lease_token = ${lease.token}`;
  return renewed === 1;
}

/** @throws LeaseLost */
export async function readFlowState(db: Tx, lease: FlowLease): Promise<FlowState> {
  const [state] = await db.$queryRaw<FlowState[]>`
    SELECT requested, watermark, cursor FROM flows WHERE id = ${lease.flowId} AND lease_token = ${lease.token}`;
  return state ?? lost(lease);
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
  throw new LeaseLost(`${lease.name} of connection ${lease.connectionId}`);
}
