import type { Actor } from '../companies/actor.js';
import type { Logger } from '../kernel/log.js';
import type { Database, Tx } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';
import type { Clock } from '../kernel/time.js';
import type { TikTokAccess } from './tiktok-access.js';

/** What the use cases around connections need. */
export interface ConnectionsDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  sealer: Sealer;
  tiktok: TikTokAccess;
  /** Gives a connection the rows of all flows, where they are missing (sync/flows/flows.ts). */
  ensureFlows(tx: Tx, which: { connectionId: number; now: Date }): Promise<void>;
}

/** Names a connection; with `companyId` another company's connection is not found. */
export interface WhichConnection {
  connectionId: number;
  companyId?: number;
}

/** A change of a connection, and who makes it. */
export interface ConnectionChange extends WhichConnection {
  by: Actor;
}
