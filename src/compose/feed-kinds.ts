import type { FeedKind } from '../imports/feed-kind.js';
import { inventoryFeed } from '../inventory/feed/inventory-feed.js';
import type { InventoryDeps } from '../inventory/inventory-deps.js';
import { matchingFeed } from '../inventory/matching/matching-feed.js';
import { productFeed } from '../products/feed/product-feed.js';

/** All kinds of feeds. Adding one: its definition in its own folder, and its line here. */
export function feedKindsOf(
  inventory: InventoryDeps,
  checkSoon?: (connectionId: number) => void,
): FeedKind[] {
  const { db, clock, log, lockPatienceMs } = inventory;
  const products = { db, clock, log, checkSoon, ...(lockPatienceMs === undefined ? {} : { lockPatienceMs }) };
  return [inventoryFeed(inventory), matchingFeed(inventory), productFeed(products)];
}
