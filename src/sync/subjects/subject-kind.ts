import type { ErrorDetail } from '../../kernel/errors.js';
import { Prisma, type Tx } from '../../store/database.js';

/** What a flow works for, and what an effect goes to: a row of some kind, such as a TikTok connection or a mailbox. */
export interface Subject {
  /** Name of its kind. */
  kind: string;
  id: number;
}

/** What one kind of subject is, and when work goes on for one. */
export interface SubjectKind {
  /** As it is stored with flows and effects. */
  kind: string;
  /** What people call one, after "The". */
  noun: string;
  /**
   * A query of all subjects of this kind: `id`, `company_id`, `name`, `partner_id` (the number under which the ERP knows it,
   * or null), `state`, `reason` (why it is in that state, or null), `created_at`.
   */
  rows: Prisma.Sql;
  /** The gate: states in which everything runs; in which only what must not wait runs; in which it is gone for good. */
  gate: { runs: readonly string[]; urgentOnly: readonly string[]; gone: readonly string[] };
  /** How a state sounds, to go on after the noun, such as `is paused`. */
  standingOf(state: string): string;
  /** What a person does so that its work goes on. */
  next: string;
}

/** How a subject stands. */
interface SubjectState {
  state: string;
  /** Why; null when there is no more to say. */
  reason: string | null;
}

/** Why nothing runs for a subject now, with the next step; null when it may run. The same gate hands out the work. */
export function obstacleOf(
  kind: SubjectKind,
  { state, reason }: SubjectState,
): Required<Pick<ErrorDetail, 'message' | 'next'>> | null {
  if (kind.gate.runs.includes(state)) return null;
  const why = reason ? ` (${reason})` : '';
  return {
    message: `The ${kind.noun} ${kind.standingOf(state)}${why}: nothing runs on it now.`,
    next: kind.next,
  };
}

/**
 * All subjects of these kinds, to be joined as `s` on kind and id: the columns of `rows`, and the gate as `runs`,
 * `urgent_only` and `gone`.
 */
export function subjectRows(kinds: readonly SubjectKind[]): Prisma.Sql {
  const each = kinds.map(
    ({ kind, rows, gate }) => Prisma.sql`
      SELECT ${kind}::text AS kind, r.id, r.company_id, r.name, r.partner_id, r.state, r.reason, r.created_at,
        r.state = ANY(${gate.runs}::text[]) AS runs, r.state = ANY(${gate.urgentOnly}::text[]) AS urgent_only,
        r.state = ANY(${gate.gone}::text[]) AS gone
      FROM (${rows}) r`,
  );
  return Prisma.sql`(${Prisma.join(each, ' UNION ALL ')})`;
}

/** Why nothing runs for this subject now; null when it may run. Undefined when there is no such subject. */
export async function findObstacle(
  db: Pick<Tx, '$queryRaw'>,
  kind: SubjectKind,
  id: number,
): Promise<ReturnType<typeof obstacleOf> | undefined> {
  const [row] = await db.$queryRaw<SubjectState[]>`
    SELECT s.state, s.reason FROM ${subjectRows([kind])} s WHERE s.id = ${id}`;
  return row && obstacleOf(kind, row);
}

/** The company that a subject belongs to; null when there is no such subject. */
export async function findCompanyOf(
  db: Pick<Tx, '$queryRaw'>,
  kind: SubjectKind,
  id: number,
): Promise<number | null> {
  const [row] = await db.$queryRaw<{ companyId: number }[]>`
    SELECT s.company_id AS "companyId" FROM ${subjectRows([kind])} s WHERE s.id = ${id}`;
  return row?.companyId ?? null;
}

/** Each kind once. */
export function distinctKinds(kinds: Iterable<SubjectKind>): SubjectKind[] {
  return [...new Map(Array.from(kinds, (kind) => [kind.kind, kind])).values()];
}
