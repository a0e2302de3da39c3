import { AppError, messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import type { Database, Tx } from '../../store/database.js';
import { MINUTE_MS, type Clock } from '../../kernel/time.js';
import { callTimes, doubtMs, NotSentError, type CallTimes } from '../../outbound/call-fence.js';
import { holdMs, leaseFence, neededMs } from '../lease-fence.js';
import { findFlow, type FlowDefinition, type FlowName } from './flow-catalogue.js';
import * as flowLease from './flow-lease.js';
import type { FlowLease } from './flow-lease.js';
import type { FlowHandler, FlowResult, FlowRun } from './flows.js';
import { keepLease, LEASE_MS, LeaseLost } from '../lease.js';
import { storedReason } from '../effects/stored-reason.js';
import { nextAfterFailure, nextDue } from './schedule.js';

/** A run that goes on for longer lets others have the worker, and is due again at once. */
const LONGEST_RUN_MS = 10 * MINUTE_MS;
const THROTTLED_WAIT_MS = MINUTE_MS;
/** A flow that keeps failing is told of at the first failure and then at every tenth. */
const FAILURES_PER_EVENT = 10;

/** The line that a flow's trouble leaves in the connection's history; the folder of documents writes it. */
export interface FlowEvent {
  companyId: number;
  connectionId: number;
  event: 'flow-failed';
  summary: string;
  details?: string;
}

export interface RunFlowDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  handlers: ReadonlyMap<FlowName, FlowHandler>;
  recordEvents(tx: Tx, events: FlowEvent[]): Promise<void>;
  leaseMs?: number;
  /** How long calls may be on their way; tests make it shorter. */
  times?: CallTimes;
}

/** `not-due`: nothing to do, or another process is at it. */
export type FlowOutcome =
  'done' | 'nothing-to-do' | 'failed' | 'paused' | 'throttled' | 'interrupted' | 'lease-lost' | 'not-due';

export interface FlowReport {
  outcome: FlowOutcome;
  counts: Record<string, number>;
  error?: unknown;
}

/** One pass of the handler from where the flow stands until it has caught up or fails. */
interface Pass {
  /** As all times of a flow's row, on the database's clock, since other processes compare them. */
  startedAt: Date;
  clockAheadMs: number;
  requested: number;
  counts: Record<string, number>;
  windowFrom: Date | undefined;
  windowTo: Date | undefined;
  againAfterMs: number | undefined;
}

/**
 * Runs a flow when it is due, until it has caught up and every request made meanwhile was seen. Never throws for what
 * the handler throws: the outcome and the time of the next attempt are saved on the flow's row.
 */
export async function runFlow(deps: RunFlowDeps, flowId: bigint, stop?: AbortSignal): Promise<FlowReport> {
  const leaseMs = deps.leaseMs ?? LEASE_MS;
  const lease = await flowLease.takeFlow(deps.db.prisma, { flowId, now: deps.clock.now(), leaseMs });
  if (!lease) return { outcome: 'not-due', counts: {} };
  const held = keepLease(() => flowLease.renewFlow(deps.db.prisma, lease, leaseMs), {
    leaseMs,
    parent: stop,
  });
  try {
    return await runPasses(deps, lease, held.signal);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    deps.log.warn({ flow: lease.name, connectionId: lease.connectionId }, 'flow taken over by another run');
    return { outcome: 'lease-lost', counts: {} };
  } finally {
    held.stop();
  }
}

async function runPasses(deps: RunFlowDeps, lease: FlowLease, signal: AbortSignal): Promise<FlowReport> {
  for (;;) {
    const { requested, clockAheadMs } = await flowLease.readFlowState(deps.db.prisma, lease);
    const pass: Pass = {
      startedAt: new Date(deps.clock.now().getTime() + clockAheadMs),
      clockAheadMs,
      requested,
      counts: {},
      windowFrom: undefined,
      windowTo: undefined,
      againAfterMs: undefined,
    };
    const report = await runPass(deps, lease, pass, signal);
    const again = await recordEnding(deps, lease, pass, report);
    logRun(deps, lease, pass, report);
    if (!again) return report;
  }
}

async function runPass(
  deps: RunFlowDeps,
  lease: FlowLease,
  pass: Pass,
  signal: AbortSignal,
): Promise<FlowReport> {
  const flow = findFlow(lease.name);
  const handler = flow && deps.handlers.get(flow.name);
  const started = performance.now();
  try {
    if (!handler)
      throw new AppError('configuration-invalid', `This process has no handler for ${lease.name}.`);
    for (;;) {
      if (signal.aborted) return { outcome: 'interrupted', counts: pass.counts };
      const result = await handler(await openRun(deps, lease, flow, signal));
      addTo(pass, result);
      if (!result.more) break;
      if (performance.now() - started > LONGEST_RUN_MS)
        return { outcome: 'interrupted', counts: pass.counts };
    }
    return { outcome: hadEffect(pass.counts) ? 'done' : 'nothing-to-do', counts: pass.counts };
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    // Held back: the next pass asks again, if the flow is still ours.
    const isInterrupted = signal.aborted || error instanceof NotSentError;
    return { outcome: isInterrupted ? 'interrupted' : outcomeOf(error), counts: pass.counts, error };
  }
}

async function openRun(
  deps: RunFlowDeps,
  lease: FlowLease,
  flow: FlowDefinition,
  signal: AbortSignal,
): Promise<FlowRun> {
  const { watermark, cursor, requested, requestedSeen } = await flowLease.readFlowState(
    deps.db.prisma,
    lease,
  );
  const { flowId, connectionId, companyId, abandonedUntil } = lease;
  const { leaseMs = LEASE_MS, times = callTimes } = deps;
  const room = { neededMs: neededMs(times), holdMs: holdMs(leaseMs, times) };
  return {
    flowId,
    flow,
    connectionId,
    companyId,
    watermark,
    cursor,
    isAsked: requested > requestedSeen,
    signal,
    fence: leaseFence({ times, signal, leftMs: () => flowLease.flowLeaseLeft(deps.db.prisma, lease, room) }),
    doubtUntil: abandonedUntil && new Date(abandonedUntil.getTime() + doubtMs(times)),
    now: () => deps.clock.now(),
    guard: (tx) => flowLease.guardFlow(tx, lease),
    saveProgress: (tx, progress) => flowLease.saveFlowProgress(tx, lease, progress),
  };
}

function addTo(pass: Pass, result: FlowResult): void {
  for (const [name, count] of Object.entries(result.counts))
    pass.counts[name] = (pass.counts[name] ?? 0) + count;
  pass.windowFrom ??= result.windowFrom;
  pass.windowTo = result.windowTo ?? pass.windowTo;
  pass.againAfterMs = result.againAfterMs;
}

function hadEffect(counts: Record<string, number>): boolean {
  return Object.entries(counts).some(([name, count]) => name !== 'unchanged' && count > 0);
}

function outcomeOf(error: unknown): FlowOutcome {
  if (!(error instanceof AppError)) return 'failed';
  switch (error.code) {
    case 'needs-reauthorization':
    case 'connection-not-ready':
      return 'paused';
    case 'tiktok-throttled':
      return 'throttled';
    default:
      return 'failed';
  }
}

/** Saves how the pass ended; answers whether another one is wanted under the same lease. */
async function recordEnding(
  deps: RunFlowDeps,
  lease: FlowLease,
  pass: Pass,
  report: FlowReport,
): Promise<boolean> {
  const finishedAt = new Date(deps.clock.now().getTime() + pass.clockAheadMs);
  const { outcome } = report;
  const succeeded = outcome === 'done' || outcome === 'nothing-to-do';
  const failures = succeeded ? 0 : lease.failures + (outcome === 'failed' ? 1 : 0);
  const error = report.error === undefined || outcome === 'interrupted' ? null : storedReason(report.error);
  const nextAttemptAt = nextAttempt(lease, pass, report, { finishedAt, failures });
  const firstPause = outcome === 'paused' && lease.lastOutcome !== 'paused';
  const again = await deps.db.transaction(async (tx) => {
    const kept = await flowLease.endFlow(tx, lease, {
      outcome: outcome === 'interrupted' ? null : outcome,
      error,
      failures,
      startedAt: pass.startedAt,
      finishedAt,
      nextAttemptAt,
      requestedSeen: outcome === 'interrupted' ? null : pass.requested,
      mayGoOn: succeeded,
    });
    if (hadEffect(pass.counts) || outcome === 'failed' || firstPause) {
      await recordRun(tx, lease, pass, { outcome, error, finishedAt });
    }
    if (firstPause || (outcome === 'failed' && failures % FAILURES_PER_EVENT === 1)) {
      await deps.recordEvents(tx, [flowEvent(lease, outcome, failures, error)]);
    }
    return kept;
  });
  lease.failures = failures;
  lease.lastOutcome = outcome;
  return again;
}

function nextAttempt(
  lease: FlowLease,
  pass: Pass,
  report: FlowReport,
  ending: { finishedAt: Date; failures: number },
): Date {
  const { finishedAt } = ending;
  const flow = findFlow(lease.name);
  // A flow that this version does not know: nobody hands it out, the time only has to be one.
  if (!flow || report.outcome === 'interrupted') return finishedAt;
  const schedule = lease.schedule ?? flow.schedule;
  const waitMs = report.error instanceof AppError ? (report.error.retryAfterMs ?? 0) : 0;
  const wanted = (): Date => {
    switch (report.outcome) {
      case 'failed':
        return nextAfterFailure(
          ending.failures,
          nextDue(schedule, flow, lease.connectionId, finishedAt),
          finishedAt,
        );
      case 'paused':
        return nextAfterFailure(3, nextDue(schedule, flow, lease.connectionId, finishedAt), finishedAt);
      case 'throttled':
        return new Date(finishedAt.getTime() + (waitMs || THROTTLED_WAIT_MS));
      default:
        // Counted from the start: a tick that passed while this pass was at work is made up for at once.
        return earlier(
          nextDue(schedule, flow, lease.connectionId, pass.startedAt),
          pass.againAfterMs === undefined ? null : new Date(finishedAt.getTime() + pass.againAfterMs),
        );
    }
  };
  return new Date(Math.max(wanted().getTime(), finishedAt.getTime() + waitMs));
}

function earlier(scheduled: Date, sooner: Date | null): Date {
  return sooner && sooner < scheduled ? sooner : scheduled;
}

async function recordRun(
  tx: Tx,
  lease: FlowLease,
  pass: Pass,
  ending: { outcome: string; error: string | null; finishedAt: Date },
): Promise<void> {
  await tx.run.create({
    data: {
      startedAt: pass.startedAt,
      flowId: lease.flowId,
      companyId: lease.companyId,
      counts: pass.counts,
      windowFrom: pass.windowFrom ?? null,
      windowTo: pass.windowTo ?? null,
      ...ending,
    },
  });
}

function flowEvent(
  lease: FlowLease,
  outcome: FlowOutcome,
  failures: number,
  error: string | null,
): FlowEvent {
  const jobName = findFlow(lease.name)?.jobName ?? lease.name;
  const times = failures > 1 ? ` ${failures} times in a row` : '';
  return {
    companyId: lease.companyId,
    connectionId: lease.connectionId,
    event: 'flow-failed',
    summary:
      outcome === 'paused' ? `${jobName} is paused.` : `${jobName} failed${times}; the service tries again.`,
    ...(error ? { details: error } : {}),
  };
}

function logRun(deps: RunFlowDeps, lease: FlowLease, pass: Pass, report: FlowReport): void {
  const facts = {
    flow: lease.name,
    connectionId: lease.connectionId,
    outcome: report.outcome,
    counts: report.counts,
    durationMs: deps.clock.now().getTime() + pass.clockAheadMs - pass.startedAt.getTime(),
    ...(report.error === undefined ? {} : { reason: messageOf(report.error) }),
  };
  if (report.outcome === 'failed' && !(report.error instanceof AppError)) {
    deps.log.error({ ...facts, err: report.error }, 'flow run');
  } else if (report.outcome === 'failed') deps.log.warn(facts, 'flow run');
  else deps.log.info(facts, 'flow run');
}
