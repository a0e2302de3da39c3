import type { OpenShop } from '../connections/open-shop.js';
import type { Logger } from '../kernel/log.js';
import type { FindGoods, MatchSkus } from '../orders/ingest-context.js';
import type { Database } from '../store/database.js';
import type { Clock } from '../kernel/time.js';

/** What the use cases around returns need. */
export interface ReturnDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
  /** Left out: the ERP's SKU is the merchant SKU itself. */
  matchSkus?: MatchSkus;
  /** Left out: nothing is known of the goods in a bundle but what the order says. */
  findGoods?: FindGoods;
  /** Tells the workers about an outbox entry, after the commit. May be lost: the next beat finds the entry. */
  wake?: (outboxId: bigint) => void;
}
