import { standingOf, type ConnectionStatus } from '../../domain/shop.js';
import { Prisma } from '../../store/database.js';
import type { Subject, SubjectKind } from './subject-kind.js';

/** A TikTok connection: what flows and effects are about that name no other kind. */
export const connectionSubject: SubjectKind = {
  kind: 'connection',
  noun: 'connection',
  rows: Prisma.sql`SELECT id, company_id, name, partner_id, status AS state, status_reason AS reason, created_at
    FROM connections`,
  // An operator's pause stops all but what must not wait, such as the stop of all sales.
  gate: { runs: ['active'], urgentOnly: ['paused'], gone: ['closed'] },
  standingOf: (state) => standingOf(state as ConnectionStatus),
  next: 'Open the connection page and bring the connection to active; its flows then go on by themselves.',
};

export function connectionOf(connectionId: number): Subject {
  return { kind: connectionSubject.kind, id: connectionId };
}

/** The connection that a subject is; null when it is none. */
export function connectionIdOf({ kind, id }: Subject): number | null {
  return kind === connectionSubject.kind ? id : null;
}
