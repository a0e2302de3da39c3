import { CronExpressionParser } from 'cron-parser';
import { AppError, messageOf } from '../../kernel/errors.js';
import { lanes, type Lane } from '../../kernel/lane.js';
import { connectionSubject } from '../subjects/connection-subject.js';
import { distinctKinds, type SubjectKind } from '../subjects/subject-kind.js';

interface FlowRow {
  lane: Lane;
  /** Cron expression in UTC; a subject's row may have its own. */
  schedule: string;
  /** Subjects start this many seconds apart at most, each at its own fixed second, so that not all start at once. */
  spreadSeconds: number;
  /** As the list of scheduled tasks shows it. */
  jobName: string;
  description: string;
}

/** Adding a flow of connections: one row here, by its name, and one handler in compose/compose.ts. */
const rows = {
  'pull-orders': {
    lane: 'urgent',
    schedule: '*/15 * * * *',
    spreadSeconds: 60,
    jobName: 'PullOrders',
    description:
      'Reads new and changed orders from TikTok Shop, and hands out those whose hold after payment is over.',
  },
  'sweep-orders': {
    lane: 'background',
    schedule: '20 2 * * *',
    spreadSeconds: 3600,
    jobName: 'SweepOrders',
    description:
      'Reads once a night all orders that await shipment or are on hold, so that none is missed that TikTok has listed late.',
  },
  'pull-catalogue': {
    lane: 'background',
    schedule: '50 * * * *',
    spreadSeconds: 300,
    jobName: 'PullCatalogue',
    description:
      'Reads warehouses and changed products from TikTok Shop; once a day it compares the whole catalogue.',
  },
  'push-inventory': {
    lane: 'background',
    schedule: '10 * * * *',
    spreadSeconds: 60,
    jobName: 'PushInventory',
    description: 'Sends quantities and prices where TikTok Shop shows others than are wanted.',
  },
  'compare-inventory': {
    lane: 'background',
    schedule: '25 * * * *',
    spreadSeconds: 300,
    jobName: 'CompareInventory',
    description:
      'Compares stock and prices in TikTok Shop with what is wanted: what orders have touched every hour, all at least daily.',
  },
  'pull-cancellations': {
    lane: 'urgent',
    schedule: '40 * * * *',
    spreadSeconds: 60,
    jobName: 'PullCancellations',
    description:
      'Reads cancellations from TikTok Shop, and tells the ERP by acknowledgements of those that concern its orders.',
  },
  'pull-returns': {
    lane: 'urgent',
    schedule: '*/15 * * * *',
    spreadSeconds: 60,
    jobName: 'PullReturns',
    description: 'Reads new and changed return requests from TikTok Shop, and follows them to their end.',
  },
} as const satisfies Record<string, FlowRow>;

export type FlowName = keyof typeof rows;

/** One kind of work that every subject of its kind has, at its times. */
export interface FlowDefinition extends FlowRow {
  name: string;
  /** What it works for; left out: a TikTok connection. */
  subject?: SubjectKind;
}

export const flowCatalogue = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, { ...row, name }]),
) as Readonly<Record<FlowName, FlowDefinition & { name: FlowName }>>;

export const flowNames = Object.keys(flowCatalogue) as FlowName[];

/** The flows that a process knows, by name; compose/product-flows.ts lists those of the product. */
export type FlowCatalogue = ReadonlyMap<string, FlowDefinition>;

/** What a connection has. Who is handed no other catalogue has to do with connections only. */
export const connectionFlows: FlowCatalogue = flowList(Object.values(flowCatalogue));

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

/** A flow of connections, by its name; undefined when there is none. */
export function findFlow(name: string): (FlowDefinition & { name: FlowName }) | undefined {
  return Object.hasOwn(flowCatalogue, name) ? flowCatalogue[name as FlowName] : undefined;
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
export function checkFlows(
  handlers: ReadonlyMap<string, unknown>,
  catalogue: FlowCatalogue = connectionFlows,
): void {
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
