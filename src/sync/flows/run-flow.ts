import { systemActor, type Actor } from '../../companies/actor.js';
import { countCalls, noCalls } from '../../kernel/call-log.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import type { Database, Tx } from '../../store/database.js';
import { MINUTE_MS, type Clock } from '../../kernel/time.js';
import { callTimes, doubtMs, NotSentError, type CallTimes } from '../../outbound/call-fence.js';
import { holdMs, leaseFence, neededMs } from '../lease-fence.js';
import { connectionIdOf } from '../subjects/connection-subject.js';
import { subjectKindsOf, type FlowCatalogue, type FlowDefinition } from './flow-catalogue.js';
import * as flowLease from './flow-lease.js';
import type { FlowLease } from './flow-lease.js';
import type { FlowHandler, FlowResult, FlowRun, SubjectRun } from './flows.js';
import { keepLease, LEASE_MS, LeaseLost } from '../lease.js';
import {
  endPass,
  hadEffect,
  type FlowEvent,
  type FlowOutcome,
  type FlowReport,
  type Pass,
} from './end-pass.js';

/** A run that goes on for longer lets others have the worker, and is due again at once. */
const LONGEST_RUN_MS = 10 * MINUTE_MS;

export type { FlowEvent, FlowReport };

export interface RunFlowDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  flows: FlowCatalogue;
  handlers: ReadonlyMap<string, FlowHandler>;
  recordEvents(tx: Tx, by: Actor, events: FlowEvent[]): Promise<void>;
  leaseMs?: number;
  /** How long calls may be on their way; tests make it shorter. */
  times?: CallTimes;
}

/**
 * Runs a flow when it is due, until it has caught up and every request made meanwhile was seen. Never throws for what
 * the handler throws: the outcome and the time of the next attempt are saved on the flow's row.
 */
export async function runFlow(deps: RunFlowDeps, flowId: bigint, stop?: AbortSignal): Promise<FlowReport> {
  const leaseMs = deps.leaseMs ?? LEASE_MS;
  const kinds = subjectKindsOf(deps.flows);
  const lease = await flowLease.takeFlow(deps.db.prisma, { flowId, now: deps.clock.now(), leaseMs, kinds });
  if (!lease) return { outcome: 'not-due', counts: {} };
  const held = keepLease(() => flowLease.renewFlow(deps.db.prisma, lease, leaseMs), {
    leaseMs,
    parent: stop,
  });
  try {
    return await runPasses(deps, lease, held.signal);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    deps.log.warn({ flow: lease.name, ...whoOf(lease) }, 'flow taken over by another run');
    return { outcome: 'lease-lost', counts: {} };
  } finally {
    held.stop();
  }
}

async function runPasses(deps: RunFlowDeps, lease: FlowLease, signal: AbortSignal): Promise<FlowReport> {
  for (;;) {
    const state = await flowLease.readFlowState(deps.db.prisma, lease);
    const { requested, clockAheadMs } = state;
    const pass: Pass = {
      startedAt: new Date(deps.clock.now().getTime() + clockAheadMs),
      clockAheadMs,
      requested,
      by: actorOf(lease, state),
      counts: {},
      calls: noCalls(),
      windowFrom: undefined,
      windowTo: undefined,
      againAfterMs: undefined,
    };
    const report = await runPass(deps, lease, pass, signal);
    const flow = deps.flows.get(lease.name);
    const again = await endPass(deps, { flow, lease }, pass, report);
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
  const flow = deps.flows.get(lease.name);
  const handler = flow && deps.handlers.get(flow.name);
  const started = performance.now();
  try {
    if (!handler)
      throw new AppError('configuration-invalid', `This process has no handler for ${lease.name}.`);
    for (;;) {
      if (signal.aborted) return { outcome: 'interrupted', counts: pass.counts };
      const run = await openRun(deps, lease, flow, signal);
      const result = await countCalls(pass.calls, () => handler(run));
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
  const state = await flowLease.readFlowState(deps.db.prisma, lease);
  const { watermark, cursor, requested, requestedSeen } = state;
  const { flowId, subject, companyId, abandonedUntil } = lease;
  const { leaseMs = LEASE_MS, times = callTimes } = deps;
  const room = { neededMs: neededMs(times), holdMs: holdMs(leaseMs, times) };
  const run: SubjectRun = {
    flowId,
    flow,
    subject,
    companyId,
    by: actorOf(lease, state),
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
  // The handler of another kind's flow is written against SubjectRun and asks for no connection.
  return { ...run, connectionId: connectionIdOf(subject) } as FlowRun;
}

function actorOf({ name }: FlowLease, { asker }: { asker: Actor | null }): Actor {
  return asker ?? systemActor(name, 'flow');
}

/** Whose flow it is, for a log line. */
function whoOf({ subject }: FlowLease): object {
  const connectionId = connectionIdOf(subject);
  return connectionId === null ? { subject: `${subject.kind}:${subject.id}` } : { connectionId };
}

function addTo(pass: Pass, result: FlowResult): void {
  for (const [name, count] of Object.entries(result.counts))
    pass.counts[name] = (pass.counts[name] ?? 0) + count;
  pass.windowFrom ??= result.windowFrom;
  pass.windowTo = result.windowTo ?? pass.windowTo;
  pass.againAfterMs = result.againAfterMs;
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

function logRun(deps: RunFlowDeps, lease: FlowLease, pass: Pass, report: FlowReport): void {
  const facts = {
    flow: lease.name,
    ...whoOf(lease),
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
