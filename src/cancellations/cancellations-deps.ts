import type { OpenedShop, OpenShop } from '../connections/open-shop.js';
import type { ShopCancellation } from '../domain/cancellation.js';
import type { Logger } from '../kernel/log.js';
import type { PiecesMoved } from '../orders/piece.js';
import type { Database } from '../store/database.js';
import type { CancellationSearch } from '../tiktok/cancellation-calls.js';
import type { Clock } from '../kernel/time.js';

export interface CancellationDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
  /** Left out: nobody has to know at once. */
  piecesMoved?: PiecesMoved;
}

/** The pull of cancellations, in the engine's terms. */
export interface CancellationKind {
  deps: CancellationDeps;
  source: Pick<OpenedShop, 'connection' | 'api'>;
  item: ShopCancellation;
  filter: Pick<CancellationSearch, 'orderIds' | 'cancelIds' | 'statuses'>;
  event: 'cancellation-unreadable';
}
