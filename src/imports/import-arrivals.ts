import type { Actor } from '../companies/actor.js';
import type { Connection } from '../connections/connection.js';
import { announceImports } from './announce-imports.js';
import { deleteUnread, insertReceiving, refuseUnread } from './import-store.js';
import type { ImportDeps } from './import-deps.js';

/**
 * A file whose first byte was accepted. Its number says which of two files came later, however long either is read, and
 * on whichever server; its time, on the database's clock, is what its quantities are counted from.
 */
export interface Arrival {
  connection: Connection;
  importId: number;
  receivedAt: Date;
  /** Whoever takes the file in ends its record; until then the request does. */
  isTaken: boolean;
}

/** Draws a number for each connection and notes that a file is on the way, and who brings it. */
export async function noteArrivals(
  { db, clock }: Pick<ImportDeps, 'db' | 'clock'>,
  connections: readonly Connection[],
  source: { kind: string; via: string; by: Actor },
): Promise<Arrival[]> {
  const noted = await insertReceiving(db, connections, { ...source, receivedAt: clock.now() });
  return connections.map((connection) => {
    const { id: importId, receivedAt } = noted.get(connection.id)!;
    return { connection, importId, receivedAt, isTaken: false };
  });
}

/**
 * Ends the records of files that nobody took in. `reason`: why what was sent cannot be taken, which whoever sent it has to
 * know. Null: nothing was said that would have to be told of, such as a call that is to be repeated.
 */
export async function endArrivals(
  deps: Pick<ImportDeps, 'db' | 'clock' | 'feedKinds'>,
  arrivals: readonly Pick<Arrival, 'importId' | 'isTaken'>[],
  reason: string | null,
): Promise<void> {
  const ids = arrivals.filter(({ isTaken }) => !isTaken).map(({ importId }) => importId);
  if (ids.length === 0) return;
  if (reason === null) {
    await deleteUnread(deps.db.prisma, ids);
    return;
  }
  await refuseUnread(deps.db.prisma, { ids, reason, now: deps.clock.now() });
  await announceImports(deps, ids);
}
