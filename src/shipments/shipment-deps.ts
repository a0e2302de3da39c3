import type { OpenShop } from '../connections/open-shop.js';
import type { Logger } from '../kernel/log.js';
import type { Database, Tx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import type { ProviderListDeps } from './provider-list.js';

/** What the use cases around shipments need. */
export interface ShipmentDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  openShop: OpenShop;
  /** Keys of the acknowledgements by which the ERP is cancelling orders just now, by our order id. */
  findCancelling(
    tx: Tx,
    orders: { companyId: number; orderIds: readonly bigint[] },
  ): Promise<ReadonlyMap<bigint, number>>;
  /** Tells the workers about an outbox entry, after the commit. May be lost: the next beat finds the entry. */
  wake?: (outboxId: bigint) => void;
}

/** How the list of carriers is read for somebody who waits. */
export function providerDeps({ db, clock, openShop }: ShipmentDeps): ProviderListDeps {
  return {
    db,
    clock,
    async fetchProviders({ connectionId, deliveryOptionId, origin, destination }) {
      const { api } = await openShop(connectionId, 'urgent');
      return api.listShippingProviders(deliveryOptionId, origin === '' ? undefined : { origin, destination });
    },
    async fetchCountry(connectionId, warehouseId) {
      const { api } = await openShop(connectionId, 'urgent');
      const warehouses = await api.listWarehouses();
      return warehouses.find(({ id }) => id === warehouseId)?.address?.regionCode ?? null;
    },
    async fetchWarehouse(connectionId, packageId) {
      const { api } = await openShop(connectionId, 'urgent');
      return (await api.getPackage(packageId)).warehouseId;
    },
  };
}
