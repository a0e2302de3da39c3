import { getConnection } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import type { Database } from '../store/database.js';
import { listFlows, type FlowView } from '../sync/flows/flows.js';
import { subjectKindsOf, type FlowCatalogue } from '../sync/flows/flow-catalogue.js';
import { connectionOf, connectionSubject } from '../sync/subjects/connection-subject.js';
import { findCompanyOf, type Subject } from '../sync/subjects/subject-kind.js';
import type { Clock } from '../kernel/time.js';
import { idOf, UsageError } from './command.js';

/** How commands name what a flow works for. */
export const SUBJECT_USAGE = '<connection>|<kind>:<number>';

/** A flow of one subject, as a person has named it at the command line. */
interface NamedFlow {
  companyId: number;
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
 * @throws UsageError for a flow or a kind that does not exist; AppError not-found
 */
export async function nameFlow(
  { db, flows }: { db: Database; flows: FlowCatalogue },
  given: string | undefined,
  name: string | undefined,
): Promise<NamedFlow> {
  const flow = flows.get(name ?? '');
  if (!flow) throw new UsageError(`The flow must be one of ${[...flows.keys()].join(', ')}.`);
  const kind = flow.subject ?? connectionSubject;
  const [kindName, number] = given?.includes(':') ? given.split(':', 2) : [connectionSubject.kind, given];
  if (kindName !== kind.kind) {
    const known = subjectKindsOf(flows).some((each) => each.kind === kindName);
    const why = known
      ? `${flow.name} is a flow of ${kind.kind}:<number>`
      : `${kindName} is no kind of subject`;
    throw new UsageError(`${why}.`);
  }
  const id = idOf(number, `${kind.noun} number`);
  if (kind.kind === connectionSubject.kind) {
    const { companyId } = await getConnection(db.prisma, { id });
    return { companyId, subject: connectionOf(id), name: flow.name };
  }
  const companyId = await findCompanyOf(db.prisma, kind, id);
  if (companyId === null) throw new AppError('not-found', `There is no ${kind.noun} ${id}.`);
  return { companyId, subject: { kind: kind.kind, id }, name: flow.name };
}

/** How the flow stands now. @throws AppError not-found when its subject has none yet */
export async function readNamed(
  { db, flows, clock }: { db: Database; flows: FlowCatalogue; clock: Clock },
  { companyId, subject, name }: NamedFlow,
): Promise<FlowView> {
  const all = await listFlows(db.prisma, { companyId, flows, now: clock.now() });
  const found = all.find(
    (each) => each.flow.name === name && each.subject.kind === subject.kind && each.subject.id === subject.id,
  );
  if (found) return found;
  throw new AppError('not-found', `The ${subject.kind} ${subject.id} has no flow ${name} yet.`);
}
