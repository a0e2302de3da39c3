import type { Logger } from '../kernel/log.js';
import type { Clock } from '../kernel/time.js';
import type { Database } from '../store/database.js';

export interface ProductsDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  /** How long one file waits for the one before it; 20 seconds when left out. */
  lockPatienceMs?: number;
  /** After a file was taken in. */
  checkSoon?: ((connectionId: number) => void) | undefined;
}
