import type { OpenShop } from '../connections/open-shop.js';
import type { Logger } from '../kernel/log.js';
import type { PiecesMoved } from '../orders/piece.js';
import type { Database } from '../store/database.js';
import type { Clock } from '../kernel/time.js';

export interface CancellationDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
  /** Left out: nobody has to know at once. */
  piecesMoved?: PiecesMoved;
}
