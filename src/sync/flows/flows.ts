import { AppError } from '../../kernel/errors.js';
import { Prisma, type SqlTx, type Tx } from '../../store/database.js';
import { onDatabaseClock } from '../../store/database-clock.js';
import type { Fence } from '../../outbound/call-fence.js';
import {
  findFlow,
  flowCatalogue,
  scheduleProblem,
  type FlowDefinition,
  type FlowName,
} from './flow-catalogue.js';
import type { Lane } from '../../kernel/lane.js';
import { nextDue } from './schedule.js';
import { standingOf, type ConnectionStatus } from '../../domain/shop.js';

/** What the handler of a flow gets: one connection's turn, under a lease. */
export interface FlowRun {
  flowId: bigint;
  flow: FlowDefinition;
  connectionId: number;
  companyId: number;
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

/** A connection's flow with its state, as lists and pages show it. Times in UTC. */
export interface FlowView {
  id: bigint;
  connectionId: number;
  connectionName: string;
  partnerId: number;
  flow: FlowDefinition;
  /** Cron expression in UTC that counts for this connection. */
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
 * Gives connections the flows of the catalogue that they lack. With a connection: its flows are due at once, as after it
 * was activated. Without: all connections, for flows that a new version brings.
 */
export async function ensureFlows(tx: Tx, options: { connectionId?: number; now: Date }): Promise<void> {
  const flows = Object.values(flowCatalogue);
  const names = flows.map((flow) => flow.name);
  const laneNames = flows.map((flow) => flow.lane);
  const one = options.connectionId ?? null;
  await tx.$executeRaw`
    INSERT INTO flows (connection_id, name, lane, next_attempt_at)
    SELECT c.id, f.name, f.lane, ${options.now}
    FROM connections c CROSS JOIN unnest(${names}::text[], ${laneNames}::text[]) AS f(name, lane)
    WHERE c.status <> 'closed' AND (${one}::int IS NULL OR c.id = ${one}::int)
    ON CONFLICT (connection_id, name) DO UPDATE SET
      lane = EXCLUDED.lane,
      requested = flows.requested + CASE WHEN ${one}::int IS NULL THEN 0 ELSE 1 END,
      next_attempt_at = CASE WHEN ${one}::int IS NULL THEN flows.next_attempt_at
                             ELSE LEAST(flows.next_attempt_at, EXCLUDED.next_attempt_at) END
    WHERE ${one}::int IS NOT NULL OR flows.lane <> EXCLUDED.lane`;
}

/** TikTok's time up to which a flow of a connection has read everything; null before its first run has got that far. */
export async function findWatermark(
  tx: Tx,
  { connectionId, name }: { connectionId: number; name: FlowName },
): Promise<Date | null> {
  const flow = await tx.flow.findUnique({
    where: { connectionId_name: { connectionId, name } },
    select: { watermark: true },
  });
  return flow?.watermark ?? null;
}

/** What a flow of a connection has kept of its own; see FlowRun. */
export async function findCursor(
  tx: Tx,
  { connectionId, name }: { connectionId: number; name: FlowName },
): Promise<unknown> {
  const flow = await tx.flow.findUnique({
    where: { connectionId_name: { connectionId, name } },
    select: { cursor: true },
  });
  return flow?.cursor ?? null;
}

/** Which flow a person means. */
export type FlowChoice = { companyId: number; now: Date } & (
  { flowId: bigint } | { connectionId: number; name: FlowName }
);

/**
 * Run now: raises the flow's counter of requests, which only a run that begins afterwards lowers. Wake the queue after the
 * commit; without that the next beat finds it. `evenPaused`: also while an operator has paused the connection, until
 * `endPausedRuns`.
 * @throws AppError not-found, connection-not-ready
 */
export async function requestRun(
  tx: Tx,
  choice: FlowChoice,
  { evenPaused = false }: { evenPaused?: boolean } = {},
): Promise<{ flowId: bigint; lane: Lane }> {
  const [row] = await tx.$queryRaw<{ id: bigint; lane: Lane }[]>`
    UPDATE flows f SET requested = requested + 1, runs_paused = runs_paused OR ${evenPaused},
      next_attempt_at = LEAST(next_attempt_at, ${onDatabaseClock(choice.now)})
    FROM connections c
    WHERE c.id = f.connection_id AND (c.status = 'active' OR (c.status = 'paused' AND ${evenPaused})) AND ${chosen(choice)}
    RETURNING f.id, f.lane`;
  if (!row) throw await whyNoFlow(tx, choice);
  return { flowId: row.id, lane: row.lane };
}

/** What had to run although the connection was paused is done. */
export async function endPausedRuns(tx: Tx, flowId: bigint): Promise<void> {
  await tx.$executeRaw`UPDATE flows SET runs_paused = false WHERE id = ${flowId} AND runs_paused`;
}

function chosen(choice: FlowChoice): Prisma.Sql {
  const company = Prisma.sql`c.company_id = ${choice.companyId}`;
  return 'flowId' in choice
    ? Prisma.sql`${company} AND f.id = ${choice.flowId}`
    : Prisma.sql`${company} AND f.connection_id = ${choice.connectionId} AND f.name = ${choice.name}`;
}

async function whyNoFlow(tx: Tx, choice: FlowChoice): Promise<AppError> {
  const [row] = await tx.$queryRaw<{ status: ConnectionStatus; reason: string | null }[]>`
    SELECT c.status, c.status_reason AS reason
    FROM flows f JOIN connections c ON c.id = f.connection_id WHERE ${chosen(choice)}`;
  if (!row) return new AppError('not-found', 'There is no such flow.');
  const reason = row.reason ? ` (${row.reason})` : '';
  const message = `The connection ${standingOf(row.status)}${reason}: nothing runs on it now.`;
  const next =
    'Open the connection page and bring the connection to active; its flows then go on by themselves.';
  return new AppError('connection-not-ready', message, { details: [{ message, next }] });
}

/**
 * Changes when a connection's flow runs. A schedule of null takes the catalogue's again.
 * @throws AppError not-found; invalid-request when the schedule is no cron expression
 */
export async function changeFlow(
  tx: Tx,
  choice: { companyId: number; flowId: bigint; now: Date },
  change: { schedule?: string | null; enabled?: boolean },
): Promise<void> {
  const problem = change.schedule ? scheduleProblem(change.schedule) : null;
  if (problem) throw new AppError('invalid-request', `The flow ${problem}.`);
  const row = await tx.flow.findFirst({
    where: { id: choice.flowId, connection: { companyId: choice.companyId } },
  });
  const flow = row && findFlow(row.name);
  if (!row || !flow) throw new AppError('not-found', 'There is no such flow.');
  const schedule = change.schedule === undefined ? row.schedule : change.schedule;
  const due = nextDue(schedule ?? flow.schedule, flow, row.connectionId, choice.now);
  await tx.flow.update({
    where: { id: row.id },
    data: { schedule, enabled: change.enabled ?? row.enabled, nextAttemptAt: due },
  });
}

/** The flows of a company's connections that are not closed, by connection and name. */
export async function listFlows(
  db: Tx,
  filter: { companyId: number; connectionId?: number; now: Date },
): Promise<FlowView[]> {
  const rows = await db.flow.findMany({
    where: {
      ...(filter.connectionId === undefined ? {} : { connectionId: filter.connectionId }),
      connection: { companyId: filter.companyId, status: { not: 'closed' } },
    },
    include: { connection: { select: { name: true, partnerId: true } } },
    orderBy: [{ connectionId: 'asc' }, { name: 'asc' }],
  });
  return rows.flatMap(({ connection, name, schedule, leaseUntil, ...row }) => {
    const flow = findFlow(name);
    if (!flow) return [];
    const {
      requested: _r,
      requestedSeen: _s,
      leaseToken: _t,
      claimedUntil: _c,
      cursor: _p,
      lane: _l,
      ...facts
    } = row;
    return [
      {
        ...facts,
        flow,
        connectionName: connection.name,
        partnerId: connection.partnerId,
        schedule: schedule ?? flow.schedule,
        running: leaseUntil !== null && leaseUntil > filter.now,
      },
    ];
  });
}
