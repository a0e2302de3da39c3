import type { OpenShop } from '../connections/shop-api.js';
import type { Logger } from '../log.js';
import type { PiecesMoved } from '../orders/piece.js';
import type { Database } from '../store/database.js';
import type { Clock } from '../time.js';

export interface CancellationDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
  /** Left out: nobody has to know at once. */
  piecesMoved?: PiecesMoved;
}
