import type { Actor } from '../companies/actor.js';
import type { Logger } from '../kernel/log.js';
import type { BulkTx } from '../store/bulk-transaction.js';
import type { Database } from '../store/database.js';
import type { Lane } from '../kernel/lane.js';
import type { Clock } from '../kernel/time.js';

/** After a committed change: wakes the push where the connection wants that. Must not throw for a paused connection. */
type InventoryChanged = (connectionId: number, options: { urgent: boolean; by?: Actor }) => Promise<void>;

/** For a dry run: what the next push would send of the connection's items as the transaction sees them, by name. */
export type PreviewPush = (tx: BulkTx, connectionId: number) => Promise<Record<string, number>>;

export interface InventoryDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  /** How long one file waits for the one before it; 20 seconds when left out. */
  lockPatienceMs?: number;
  inventoryChanged?: InventoryChanged;
  previewPush?: PreviewPush;
  /** Wakes a worker for a flow that was asked for; when that fails, the next beat finds the request. */
  wakeFlow?: ((flow: { id: bigint; lane: Lane }) => Promise<void>) | undefined;
}
