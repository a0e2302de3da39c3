import { CronExpressionParser } from 'cron-parser';
import { AppError, messageOf } from '../../kernel/errors.js';
import { lanes, type Lane } from '../../kernel/lane.js';
import { connectionSubject } from '../subjects/connection-subject.js';
import { distinctKinds, type SubjectKind } from '../subjects/subject-kind.js';

/** One kind of work that every subject of its kind has, at its times. Declared in the area whose work it is. */
export interface FlowDefinition {
  name: string;
  lane: Lane;
  /** Cron expression in UTC; a subject's row may have its own. */
  schedule: string;
  /** Subjects start this many seconds apart at most, each at its own fixed second, so that not all start at once. */
  spreadSeconds: number;
  /** As the list of scheduled tasks shows it. */
  jobName: string;
  description: string;
  /** What it works for; left out: a TikTok connection. */
  subject?: SubjectKind;
}

/** Flows by name: those that a process knows (compose/product-flows.ts has the product's), or that an area asks about. */
export type FlowCatalogue = ReadonlyMap<string, FlowDefinition>;

/** @throws AppError configuration-invalid when two flows have one name */
export function flowList(definitions: readonly FlowDefinition[]): FlowCatalogue {
  const flows = new Map<string, FlowDefinition>();
  for (const definition of definitions) {
    if (flows.has(definition.name)) {
      throw new AppError('configuration-invalid', `Two flows are named ${definition.name}.`);
    }
    flows.set(definition.name, definition);
  }
  return flows;
}

export function subjectKindOf(flow: FlowDefinition): SubjectKind {
  return flow.subject ?? connectionSubject;
}

/** The kinds of subject that these flows work for. */
export function subjectKindsOf(flows: FlowCatalogue): SubjectKind[] {
  return distinctKinds([...flows.values()].map(subjectKindOf));
}

/**
 * Checked at start, so that a flow without lane, schedule or handler is found by whoever adds it.
 * @throws AppError configuration-invalid
 */
export function checkFlows(handlers: ReadonlyMap<string, unknown>, catalogue: FlowCatalogue): void {
  for (const [name, flow] of catalogue) {
    const problem = problemOf(name, flow, handlers);
    if (problem) throw new AppError('configuration-invalid', `The flow ${name} ${problem}.`);
  }
}

function problemOf(
  name: string,
  flow: FlowDefinition,
  handlers: ReadonlyMap<string, unknown>,
): string | null {
  if (!lanes.includes(flow.lane)) return 'has no lane';
  if (!handlers.has(name)) return 'has no handler';
  return scheduleProblem(flow.schedule);
}

/** What is wrong with a cron expression, or null. */
export function scheduleProblem(schedule: string): string | null {
  try {
    CronExpressionParser.parse(schedule, { tz: 'UTC' });
    return null;
  } catch (error) {
    return `has a schedule that cannot be read: ${messageOf(error)}`;
  }
}
