import type { Actor } from '../companies/actor.js';

/** Columns of an event that say who did what it tells of; all null where nobody wrote it down. */
export interface ActorColumns {
  actorKind: string | null;
  actorId: string | null;
  actorName: string | null;
  actorVia: string | null;
}

/** Without the address that the actor came from: companies read their history, and an address is personal. */
export function actorColumns({ kind, id, name, via }: Actor): ActorColumns {
  return { actorKind: kind, actorId: id, actorName: name, actorVia: via };
}
