import type { OpenShop } from '../connections/shop-api.js';
import type { Logger } from '../log.js';
import type { Database, Tx } from '../store/database.js';
import type { Clock } from '../time.js';
import type { CancellationRole } from './cancellation.js';
import type { OwnCancel } from './cancellation-gates.js';

/** A cancellation that the ERP is told of by a document. */
export interface CancellationToTell {
  companyId: number;
  connectionId: number;
  orderId: bigint;
  cancelId: string;
  /** Pieces on lines of the order that no acknowledgement tells of yet. */
  unitIds: string[];
  changeReason: string;
  /** TikTok's key and text of the reason that the buyer gave. */
  customerReason: { key: string | null; text: string | null };
  role: CancellationRole;
  at: Date;
}

export interface CancellationDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
  /** Makes the documents; answers their keys by cancel id. */
  acknowledge(tx: Tx, cancellations: CancellationToTell[]): Promise<ReadonlyMap<string, number>>;
  /** The ERP's own cancellation of an order that TikTok has not refused. */
  findOwnCancel(tx: Tx, order: { companyId: number; orderId: bigint }): Promise<OwnCancel | null>;
}
