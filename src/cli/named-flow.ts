import { AppError } from '../kernel/errors.js';
import type { Database } from '../store/database.js';
import { listFlows, type FlowView } from '../sync/flows/flows.js';
import { subjectKindOf, subjectKindsOf, type FlowCatalogue } from '../sync/flows/flow-catalogue.js';
import { connectionSubject } from '../sync/subjects/connection-subject.js';
import { findCompanyOf, type Subject } from '../sync/subjects/subject-kind.js';
import type { Clock } from '../kernel/time.js';
import { idOf, UsageError } from './command.js';

/** How commands name what a flow works for. */
export const SUBJECT_USAGE = '<connection>|<kind>:<number>';

/** A flow of one subject, as a person has named it at the command line. */
interface NamedFlow {
  subject: Subject;
  name: string;
}

/** The flows that can be named, for the help of a command. */
export function namesOf(flows: FlowCatalogue): string {
  return [...flows.values()]
    .map(({ name, subject }) => (subject ? `${name} (${subject.kind}:<number>)` : name))
    .join(', ');
}

/**
 * @param given a number is that of a connection; another kind is written out, as in `company:7001`
 * @throws UsageError for a flow or a kind that does not exist
 */
export function nameFlow(
  flows: FlowCatalogue,
  given: string | undefined,
  name: string | undefined,
): NamedFlow {
  const flow = flows.get(name ?? '');
  if (!flow) throw new UsageError(`The flow must be one of ${[...flows.keys()].join(', ')}.`);
  const kind = subjectKindOf(flow);
  const [kindName, number] = given?.includes(':') ? given.split(':', 2) : [connectionSubject.kind, given];
  if (kindName !== kind.kind) {
    const known = subjectKindsOf(flows).some((each) => each.kind === kindName);
    const why = known
      ? `${flow.name} is a flow of ${kind.kind}:<number>`
      : `${kindName} is no kind of subject`;
    throw new UsageError(`${why}.`);
  }
  const id = idOf(number, `${kind.noun} number`);
  return { subject: { kind: kind.kind, id }, name: flow.name };
}

/** The company whose flow it is. @throws AppError not-found */
export async function companyOf(
  { db, flows }: { db: Database; flows: FlowCatalogue },
  { subject: { kind, id }, name }: NamedFlow,
): Promise<number> {
  const flow = flows.get(name);
  const companyId = flow ? await findCompanyOf(db.prisma, subjectKindOf(flow), id) : null;
  if (companyId === null) throw new AppError('not-found', `There is no ${kind} ${id}.`);
  return companyId;
}

/** How the flow stands now. @throws AppError not-found when its subject has none yet */
export async function readNamed(
  { db, flows, clock }: { db: Database; flows: FlowCatalogue; clock: Clock },
  { companyId, subject, name }: NamedFlow & { companyId: number },
): Promise<FlowView> {
  const all = await listFlows(db.prisma, { companyId, flows, now: clock.now() });
  const found = all.find(
    (each) => each.flow.name === name && each.subject.kind === subject.kind && each.subject.id === subject.id,
  );
  if (found) return found;
  throw new AppError('not-found', `The ${subject.kind} ${subject.id} has no flow ${name} yet.`);
}
