import type { ActiveConnection } from '../connections/connection.js';
import type { Logger } from '../log.js';
import type { Database } from '../store/database.js';
import type { Lane } from '../sync/lane.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import type { Clock } from '../time.js';
import type { ProviderListDeps } from './provider-list.js';

/** TikTok as one connection's shop sees it; see connections/shop-api.ts. */
export type OpenShop = (
  connectionId: number,
  lane: Lane,
) => Promise<{ connection: ActiveConnection; api: ShopApi }>;

/** What the use cases around shipments need. */
export interface ShipmentDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
  /** Tells the workers about an outbox entry, after the commit. May be lost: the next beat finds the entry. */
  wake?(outboxId: bigint): void;
}

/** How the list of carriers is read for somebody who waits. */
export function providerDeps({ db, clock, openShop }: ShipmentDeps): ProviderListDeps {
  return {
    db,
    clock,
    async fetchProviders(connectionId, deliveryOptionId) {
      const { api } = await openShop(connectionId, 'urgent');
      return api.listShippingProviders(deliveryOptionId);
    },
  };
}
