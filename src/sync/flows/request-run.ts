import type { Actor } from '../../companies/actor.js';
import { actorColumns } from '../../companies/actor-columns.js';
import { AppError } from '../../kernel/errors.js';
import type { Lane } from '../../kernel/lane.js';
import { Prisma, type Tx } from '../../store/database.js';
import { onDatabaseClock } from '../../store/database-clock.js';
import { connectionOf, connectionSubject } from '../subjects/connection-subject.js';
import { findObstacle, subjectRows, type Subject, type SubjectKind } from '../subjects/subject-kind.js';
import {
  scheduleProblem,
  subjectKindsOf,
  type FlowCatalogue,
  type FlowDefinition,
} from './flow-catalogue.js';
import { subjectsOf } from './flows.js';
import { nextDue } from './schedule.js';

/** The ways to name a flow. */
export type FlowNames =
  { flowId: bigint } | { connectionId: number; name: string } | { subject: Subject; name: string };

/**
 * Which flow is meant. `flows`: those that it may be of; a flow of a connection that is named needs none. `by`: who asks; left
 * out where the program asks itself.
 */
type FlowChoice = { companyId: number; now: Date; by?: Actor | undefined } & (
  { connectionId: number; name: string } | ({ flows: FlowCatalogue } & FlowNames)
);

interface RequestedRun {
  flowId: bigint;
  lane: Lane;
  name: string;
  subject: Subject;
}

/**
 * Run now: raises the flow's counter of requests, which only a run that begins afterwards lowers. Wake the queue after the
 * commit; without that the next beat finds it. The events of that run name the actor who asked; of several the last, and the
 * program never in the place of a person or key. `evenPaused`: also while an operator has paused the subject, until
 * `endPausedRuns`.
 * @throws AppError not-found, connection-not-ready
 */
export async function requestRun(
  tx: Tx,
  choice: FlowChoice,
  { evenPaused = false }: { evenPaused?: boolean } = {},
): Promise<RequestedRun> {
  const [row] = await tx.$queryRaw<
    { id: bigint; lane: Lane; name: string; kind: string; subjectId: number }[]
  >`
    UPDATE flows f SET requested = requested + 1, runs_paused = runs_paused OR ${evenPaused},
      next_attempt_at = LEAST(next_attempt_at, ${onDatabaseClock(choice.now)})${setAsker(choice.by)}
    FROM ${subjectRows(kindsOf(choice))} s
    WHERE s.kind = f.subject_kind AND s.id = f.subject_id AND (s.runs OR (s.urgent_only AND ${evenPaused}))
      AND ${chosen(choice)}
    RETURNING f.id, f.lane, f.name, s.kind, s.id AS "subjectId"`;
  if (!row) throw await whyNoFlow(tx, choice);
  const { id: flowId, lane, name, kind, subjectId } = row;
  return { flowId, lane, name, subject: { kind, id: subjectId } };
}

function setAsker(by: Actor | undefined): Prisma.Sql {
  if (!by || by.kind === 'system') return Prisma.empty;
  const { actorKind, actorId, actorName, actorVia } = actorColumns(by);
  return Prisma.sql`, actor_request = requested + 1, actor_kind = ${actorKind}, actor_id = ${actorId}, actor_name = ${actorName}, actor_via = ${actorVia}`;
}

/** What had to run although the subject was paused is done. */
export async function endPausedRuns(tx: Tx, flowId: bigint): Promise<void> {
  await tx.$executeRaw`UPDATE flows SET runs_paused = false WHERE id = ${flowId} AND runs_paused`;
}

function kindsOf(choice: FlowChoice): SubjectKind[] {
  return 'flows' in choice ? subjectKindsOf(choice.flows) : [connectionSubject];
}

function chosen(choice: FlowChoice): Prisma.Sql {
  const company = Prisma.sql`s.company_id = ${choice.companyId}`;
  if ('flowId' in choice) return Prisma.sql`${company} AND f.id = ${choice.flowId}`;
  const { kind, id } = 'subject' in choice ? choice.subject : connectionOf(choice.connectionId);
  return Prisma.sql`${company} AND f.subject_kind = ${kind} AND f.subject_id = ${id} AND f.name = ${choice.name}`;
}

async function whyNoFlow(tx: Tx, choice: FlowChoice): Promise<AppError> {
  const [row] = await tx.$queryRaw<Subject[]>`
    SELECT s.kind, s.id FROM flows f JOIN ${subjectRows(kindsOf(choice))} s ON s.kind = f.subject_kind AND s.id = f.subject_id
    WHERE ${chosen(choice)}`;
  const kind = row && kindsOf(choice).find((each) => each.kind === row.kind);
  const obstacle = kind && (await findObstacle(tx, kind, row.id));
  if (!obstacle) return new AppError('not-found', 'There is no such flow.');
  return new AppError('connection-not-ready', obstacle.message, { details: [obstacle] });
}

/** How a flow runs after a change. */
interface ChangedFlow {
  flow: FlowDefinition;
  subject: Subject;
  /** Cron expression in UTC. */
  schedule: string;
  enabled: boolean;
  before: { schedule: string; enabled: boolean };
}

/**
 * Changes when a subject's flow runs. A schedule of null takes the catalogue's again.
 * @throws AppError not-found; invalid-request when the schedule is no cron expression
 */
export async function changeFlow(
  tx: Tx,
  choice: { companyId: number; flowId: bigint; now: Date; flows: FlowCatalogue },
  change: { schedule?: string | null; enabled?: boolean },
): Promise<ChangedFlow> {
  const { flows } = choice;
  const problem = change.schedule ? scheduleProblem(change.schedule) : null;
  if (problem) throw new AppError('invalid-request', `The flow ${problem}.`);
  const [found] = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT f.id FROM flows f JOIN ${subjectsOf(choice)} s ON s.kind = f.subject_kind AND s.id = f.subject_id
    WHERE f.id = ${choice.flowId} AND s.company_id = ${choice.companyId}`;
  const row = found && (await tx.flow.findUnique({ where: { id: found.id } }));
  const flow = row && flows.get(row.name);
  if (!row || !flow) throw new AppError('not-found', 'There is no such flow.');
  const schedule = change.schedule === undefined ? row.schedule : change.schedule;
  const subject = { kind: row.subjectKind, id: row.subjectId };
  const due = nextDue(schedule ?? flow.schedule, flow, subject, choice.now);
  const enabled = change.enabled ?? row.enabled;
  await tx.flow.update({ where: { id: row.id }, data: { schedule, enabled, nextAttemptAt: due } });
  const before = { schedule: row.schedule ?? flow.schedule, enabled: row.enabled };
  return { flow, subject, schedule: schedule ?? flow.schedule, enabled, before };
}
