import type { OpenShop } from '../connections/shop-api.js';
import type { Logger } from '../log.js';
import type { Database } from '../store/database.js';
import type { Clock } from '../time.js';
import type { ProviderListDeps } from './provider-list.js';

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
