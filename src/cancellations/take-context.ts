import type { Actor } from '../companies/actor.js';
import type { ActiveConnection } from '../connections/connection.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { MovedPiece } from '../orders/piece.js';
import type { Tx } from '../store/database.js';
import type { ShopCancellation } from '../domain/cancellation.js';
import type { CancellationDecision } from './cancellation-gates.js';
import type { StoredCancellation } from './cancellation-store.js';
import type { CancellationDeps } from './cancellations-deps.js';

/** What taking in one page goes by. */
export interface TakeContext {
  deps: CancellationDeps;
  tx: Tx;
  connection: ActiveConnection;
  /** TikTok's time at which the page was read. */
  readAt: Date;
  /** Who reads it. */
  by: Actor;
  /** Gets the pieces that are newly cancelled: to be told of after the commit. */
  moved: MovedPiece[];
}

/** One cancellation with what was held of it and of its order, and what is decided now. */
export interface Decided {
  shown: ShopCancellation;
  known: StoredCancellation | null;
  record: OrderRecord | null;
  decision: CancellationDecision;
  row: StoredCancellation;
}
