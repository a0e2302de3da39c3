import type { Actor } from '../companies/actor.js';
import type { OpenShop } from '../connections/open-shop.js';
import type { Logger } from '../kernel/log.js';
import type { Database, Tx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';

/** A cancellation that the ERP asked for and TikTok has carried out. */
interface OwnCancellation {
  companyId: number;
  connectionId: number;
  orderId: bigint;
  acknowledgementKey: number;
  /** TikTok's ids: one, or two where the rest was cancelled after approving the buyer's request; empty when unknown. */
  cancelIds: readonly string[];
  /** The pieces that are cancelled by it. */
  unitIds: readonly string[];
  /** TikTok's key of the reason; null where the buyer's request was approved. */
  reason: string | null;
  /** False where TikTok says only that the order was cancelled already, by whomever. */
  byUs: boolean;
  at: Date;
  by: Actor;
}

/** What the use cases around acknowledgements need. */
export interface AcknowledgementDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
  /** Notes the cancellation as the ERP's own, its pieces as cancelled, and moves the order on. The order is locked. */
  recordOwnCancellation(tx: Tx, cancellation: OwnCancellation): Promise<void>;
  /** Tells the workers about an outbox entry, after the commit. May be lost: the next beat finds the entry. */
  wake?: (outboxId: bigint) => void;
}
