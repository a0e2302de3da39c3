import { pushInventoryFlow } from '../inventory-flows.js';
import type { Actor } from '../../companies/actor.js';
import { findConnection } from '../../connections/connection-store.js';
import { AppError } from '../../kernel/errors.js';
import type { Database } from '../../store/database.js';
import { requestRun } from '../../sync/flows/request-run.js';
import type { Lane } from '../../kernel/lane.js';
import { SECOND_MS, type Clock } from '../../kernel/time.js';
import { readCounting } from '../push/counting.js';

export interface InventoryChangedDeps {
  db: Database;
  clock: Clock;
  /** Wakes a worker; when that fails, the next beat finds the request. */
  wakeFlow: (flow: { id: bigint; lane: Lane }, options: { delayMs: number }) => Promise<void>;
}

/** Changes within this time go together. */
const GATHER_MS = 5 * SECOND_MS;

/**
 * To be called after the commit of a change of items. `urgent` (something is sold out, or everything was set to zero): the
 * push runs at once and ahead of sweeps; otherwise it runs soon where the connection has pushOnChange, and by its schedule
 * where not. A connection that cannot work just now is no error: its push finds the change when it can. A stop of all
 * sales goes out also while an operator has paused the connection. `by`: who has changed them, whom the push names.
 */
export async function inventoryChanged(
  { db, clock, wakeFlow }: InventoryChangedDeps,
  connectionId: number,
  { urgent, by }: { urgent: boolean; by?: Actor },
): Promise<void> {
  const connection = await findConnection(db.prisma, { id: connectionId });
  if (!connection) return;
  const evenPaused =
    connection.status === 'paused' && (await readCounting(db.prisma, connectionId)).zeroPending;
  if (connection.status !== 'active' && !evenPaused) return;
  if (!urgent && !connection.settings.pushOnChange) return;
  const delayMs = urgent ? 0 : GATHER_MS;
  const now = new Date(clock.now().getTime() + delayMs);
  const choice = {
    companyId: connection.companyId,
    connectionId,
    name: pushInventoryFlow.name,
    now,
    by,
  } as const;
  try {
    const { flowId: id, lane } = await db.transaction((tx) => requestRun(tx, choice, { evenPaused }));
    await wakeFlow({ id, lane: urgent ? 'urgent' : lane }, { delayMs });
  } catch (error) {
    if (error instanceof AppError && ['not-found', 'connection-not-ready'].includes(error.code)) return;
    throw error;
  }
}
