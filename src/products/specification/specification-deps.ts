import type { OpenShop } from '../../connections/open-shop.js';
import type { Clock } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';

export interface SpecificationDeps {
  db: Database;
  clock: Clock;
  openShop: OpenShop;
}
