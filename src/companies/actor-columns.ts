import type { Actor } from './actor.js';

/** Columns of a row that say who did what it tells of, or who asked for it; all null where nobody wrote it down. */
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

/**
 * The actor in whose name this program goes on with what a row says: the history names the actor, who is not there any
 * more, so it may do what the program may do. Null where nobody wrote it down.
 */
export function storedActor({ actorKind, actorId, actorName, actorVia }: ActorColumns): Actor | null {
  if (actorKind === null || actorId === null || actorName === null || actorVia === null) return null;
  return {
    kind: actorKind as Actor['kind'],
    id: actorId,
    name: actorName,
    via: actorVia as Actor['via'],
    from: null,
    companies: 'all',
    role: 'program',
  };
}
