import { audit } from '../audit/audit.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import type { Database, Tx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import type { Lane } from '../kernel/lane.js';
import { connectionIdOf } from '../sync/subjects/connection-subject.js';
import type { Subject } from '../sync/subjects/subject-kind.js';
import type { FlowCatalogue } from '../sync/flows/flow-catalogue.js';
import { changeFlow, requestRun, type FlowNames } from '../sync/flows/request-run.js';
import { recordEvents, type NewEvent } from './document-store.js';

interface ByHandDeps {
  db: Database;
  clock: Clock;
  flows: FlowCatalogue;
}

/** Who does something with a flow, and of which company it is. */
interface FlowByHand {
  companyId: number;
  by: Actor;
}

/**
 * Run now: asks for a run, which the history tells. Wake the queue afterwards; without that the next beat finds it.
 * @param also what else is written with the request
 * @throws AppError not-found, connection-not-ready
 */
export async function runByHand(
  { db, clock, flows }: ByHandDeps,
  { companyId, by }: FlowByHand,
  names: FlowNames,
  also?: (tx: Tx) => Promise<void>,
): Promise<{ id: bigint; lane: Lane }> {
  allow(by, 'operate', companyId);
  return db.transaction(async (tx) => {
    await also?.(tx);
    const run = await requestRun(tx, { ...names, companyId, by, flows, now: clock.now() });
    const summary = `${flows.get(run.name)?.jobName ?? run.name} was asked to run now.`;
    await record(tx, { companyId, by }, run.subject, { event: 'flow-requested', summary });
    const connectionId = connectionIdOf(run.subject);
    await audit(tx, by, [
      { action: 'flow.requested', subject: `flow ${run.flowId} (${run.name})`, companyId, connectionId },
    ]);
    return { id: run.flowId, lane: run.lane };
  });
}

/**
 * Changes when a flow runs, which the history tells. A schedule of null takes the catalogue's again.
 * @throws AppError not-found; invalid-request when the schedule is no cron expression
 */
export async function changeFlowByHand(
  { db, clock, flows }: ByHandDeps,
  { companyId, flowId, by }: FlowByHand & { flowId: bigint },
  change: { schedule?: string | null; enabled?: boolean },
): Promise<void> {
  allow(by, 'operate', companyId);
  await db.transaction(async (tx) => {
    const changed = await changeFlow(tx, { companyId, flowId, flows, now: clock.now() }, change);
    const { flow, schedule, enabled, subject } = changed;
    const summary = enabled
      ? `${flow.jobName} runs at ${schedule} (UTC).`
      : `${flow.jobName} is switched off.`;
    await record(tx, { companyId, by }, subject, { event: 'flow-changed', summary });
    await audit(tx, by, [
      {
        action: 'flow.changed',
        subject: `flow ${flowId} (${flow.name})`,
        companyId,
        connectionId: connectionIdOf(subject),
        before: changed.before,
        after: { schedule, enabled },
      },
    ]);
  });
}

async function record(
  tx: Tx,
  { companyId, by }: FlowByHand,
  subject: Subject,
  told: Pick<NewEvent, 'event' | 'summary'>,
): Promise<void> {
  const connectionId = connectionIdOf(subject);
  await recordEvents(tx, by, [{ companyId, ...(connectionId === null ? {} : { connectionId }), ...told }]);
}
