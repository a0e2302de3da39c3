import type { ShopKey, ShopProduct } from '../domain/product.js';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { Clock } from '../kernel/time.js';
import type { Database, Tx } from '../store/database.js';
import { takeItems } from '../sync/pull/take-items.js';
import { storeProducts, type StoredPage } from './catalogue-store.js';

export interface TakeProductsDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  /** First thing in the transaction that writes; see FlowRun. */
  guard: (tx: Tx) => Promise<void>;
}

/** Stores products that were just read; one that cannot be stored stays as it was, and keeps no other one out. */
export async function takeProducts(
  { db, clock, log, guard }: TakeProductsDeps,
  shop: ShopKey,
  products: readonly ShopProduct[],
): Promise<StoredPage & { unreadable: number }> {
  const readAt = clock.now();
  const counts = { changed: 0, unchanged: 0 };
  const refused = await takeItems(products, {
    async together(some) {
      const stored = await db.transaction(async (tx) => {
        await guard(tx);
        return storeProducts(tx, shop, some, readAt);
      });
      counts.changed += stored.changed;
      counts.unchanged += stored.unchanged;
    },
    refused: ({ productId }, error) =>
      log.warn({ id: productId, error: messageOf(error) }, 'product cannot be stored'),
  });
  return { ...counts, unreadable: refused?.length ?? 0 };
}
