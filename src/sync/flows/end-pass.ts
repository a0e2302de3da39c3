import type { Actor } from '../../companies/actor.js';
import type { CallSummary } from '../../kernel/call-log.js';
import { AppError } from '../../kernel/errors.js';
import { MINUTE_MS, type Clock } from '../../kernel/time.js';
import type { Database, Tx } from '../../store/database.js';
import { storedReason } from '../effects/stored-reason.js';
import { connectionIdOf } from '../subjects/connection-subject.js';
import type { FlowDefinition } from './flow-catalogue.js';
import { endFlow, type FlowLease } from './flow-lease.js';
import { nextAfterFailure, nextDue } from './schedule.js';

const THROTTLED_WAIT_MS = MINUTE_MS;
/** A flow that keeps failing is told of at the first failure and then at every tenth. */
const FAILURES_PER_EVENT = 10;

/** The line that a flow's trouble leaves in the history; the folder of documents writes it. */
export interface FlowEvent {
  companyId: number;
  /** Of a flow of a connection. */
  connectionId?: number;
  event: 'flow-failed';
  summary: string;
  details?: string;
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
export interface Pass {
  /** As all times of a flow's row, on the database's clock, since other processes compare them. */
  startedAt: Date;
  clockAheadMs: number;
  requested: number;
  /** Who asked for it, or the program as the flow. */
  by: Actor;
  counts: Record<string, number>;
  calls: CallSummary;
  windowFrom: Date | undefined;
  windowTo: Date | undefined;
  againAfterMs: number | undefined;
}

interface EndPassDeps {
  db: Database;
  clock: Clock;
  recordEvents(tx: Tx, by: Actor, events: FlowEvent[]): Promise<void>;
}

/** The flow whose pass ends; undefined when this version does not know it. */
interface EndingFlow {
  flow: FlowDefinition | undefined;
  lease: FlowLease;
}

/** Saves how the pass ended; answers whether another one is wanted under the same lease. */
export async function endPass(
  deps: EndPassDeps,
  { flow, lease }: EndingFlow,
  pass: Pass,
  report: FlowReport,
): Promise<boolean> {
  const finishedAt = new Date(deps.clock.now().getTime() + pass.clockAheadMs);
  const { outcome } = report;
  const succeeded = outcome === 'done' || outcome === 'nothing-to-do';
  const failures = succeeded ? 0 : lease.failures + (outcome === 'failed' ? 1 : 0);
  const error = report.error === undefined || outcome === 'interrupted' ? null : storedReason(report.error);
  const nextAttemptAt = nextAttempt({ flow, lease }, pass, report, { finishedAt, failures });
  const firstPause = outcome === 'paused' && lease.lastOutcome !== 'paused';
  const again = await deps.db.transaction(async (tx) => {
    const kept = await endFlow(tx, lease, {
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
      await deps.recordEvents(tx, pass.by, [flowEvent({ flow, lease }, outcome, failures, error)]);
    }
    return kept;
  });
  lease.failures = failures;
  lease.lastOutcome = outcome;
  return again;
}

function nextAttempt(
  { flow, lease }: EndingFlow,
  pass: Pass,
  report: FlowReport,
  ending: { finishedAt: Date; failures: number },
): Date {
  const { finishedAt } = ending;
  // A flow that this version does not know: nobody hands it out, the time only has to be one.
  if (!flow || report.outcome === 'interrupted') return finishedAt;
  const schedule = lease.schedule ?? flow.schedule;
  const waitMs = report.error instanceof AppError ? (report.error.retryAfterMs ?? 0) : 0;
  const wanted = (): Date => {
    switch (report.outcome) {
      case 'failed':
        return nextAfterFailure(
          ending.failures,
          nextDue(schedule, flow, lease.subject, finishedAt),
          finishedAt,
        );
      case 'paused':
        return nextAfterFailure(3, nextDue(schedule, flow, lease.subject, finishedAt), finishedAt);
      case 'throttled':
        return new Date(finishedAt.getTime() + (waitMs || THROTTLED_WAIT_MS));
      default:
        // Counted from the start: a tick that passed while this pass was at work is made up for at once.
        return earlier(
          nextDue(schedule, flow, lease.subject, pass.startedAt),
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
      ...(pass.calls.endpoints.length > 0 && { calls: jsonOf(pass.calls) }),
      windowFrom: pass.windowFrom ?? null,
      windowTo: pass.windowTo ?? null,
      ...ending,
    },
  });
}

function jsonOf(calls: CallSummary): object {
  return { ...calls };
}

function flowEvent(
  { flow, lease }: EndingFlow,
  outcome: FlowOutcome,
  failures: number,
  error: string | null,
): FlowEvent {
  const jobName = flow?.jobName ?? lease.name;
  const connectionId = connectionIdOf(lease.subject);
  const times = failures > 1 ? ` ${failures} times in a row` : '';
  return {
    companyId: lease.companyId,
    ...(connectionId === null ? {} : { connectionId }),
    event: 'flow-failed',
    summary:
      outcome === 'paused' ? `${jobName} is paused.` : `${jobName} failed${times}; the service tries again.`,
    ...(error ? { details: error } : {}),
  };
}

export function hadEffect(counts: Record<string, number>): boolean {
  return Object.entries(counts).some(([name, count]) => name !== 'unchanged' && count > 0);
}
