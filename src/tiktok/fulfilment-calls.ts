import { endpoints } from './endpoints.js';
import { mapPackage, mapSplitAttributes, mapSplitPackage } from './map/fulfilment-mapping.js';
import type { ShopPackage, SplitAttributes, SplitPackage } from './map/fulfilment-mapping.js';
import { pageOf, pagingOf, timesOf } from './paging.js';
import type { Page, Paging, TimeFilter } from './paging.js';
import { readData, readList } from './shop-call.js';
import type { ShopCall } from './shop-call.js';
import { asRecord, requiredText, textOrNull } from './wire/read.js';

interface MarkShipped {
  orderId: string;
  /** The pieces in this package; at least one. */
  unitIds: readonly string[];
  trackingNumber: string;
  providerId: string;
}

interface ShipPackage {
  packageId: string;
  trackingNumber: string;
  providerId: string;
}

interface CorrectTracking {
  orderId: string;
  /** Null: the order has one package, whose id is not known. */
  packageId: string | null;
  trackingNumber: string;
  providerId: string;
}

interface SplitOrder {
  orderId: string;
  /** One package per group; the id is our own label. */
  groups: readonly { id: string; unitIds: readonly string[] }[];
}

interface PackageSearch extends TimeFilter, Paging {
  status?: string;
  /** 1 to 50. */
  pageSize: number;
  sort: 'update_time' | 'create_time' | 'order_pay_time';
}

interface PackagePage extends Page {
  packages: ShopPackage[];
}

export interface FulfilmentCalls {
  /**
   * US, UK, EU, JP: makes a package of these units and ships it. Not idempotent at TikTok. `warning` is a remark of
   * TikTok's on a shipment that it took, such as a tracking number that fits several carriers.
   */
  markPackageShipped(
    shipment: MarkShipped,
  ): Promise<{ packageId: string; warning: string | null; requestId: string | null }>;
  splitAttributes(orderIds: readonly string[]): Promise<SplitAttributes[]>;
  splitOrder(split: SplitOrder): Promise<SplitPackage[]>;
  /** South-East Asia and Latin America: ships a package that exists already, with the seller's own carrier. */
  shipPackage(shipment: ShipPackage): Promise<{ requestId: string | null }>;
  /** Another tracking number for what is shipped: TikTok takes it once per package, within 72 hours of shipping. */
  correctTracking(correction: CorrectTracking): Promise<{ requestId: string | null }>;
  getPackage(packageId: string): Promise<ShopPackage>;
  searchPackages(search: PackageSearch): Promise<PackagePage>;
}

export function createFulfilmentCalls(call: ShopCall): FulfilmentCalls {
  return {
    markPackageShipped: (shipment) => markPackageShipped(call, shipment),
    splitOrder: (split) => splitOrder(call, split),

    async splitAttributes(orderIds) {
      const { data } = await call({ endpoint: endpoints.splitAttributes, query: { order_ids: orderIds } });
      return readList(data['split_attributes'], mapSplitAttributes);
    },

    async shipPackage({ packageId, trackingNumber, providerId }) {
      const { requestId } = await call({
        endpoint: endpoints.shipPackage,
        ids: { package_id: packageId },
        body: { self_shipment: { tracking_number: trackingNumber, shipping_provider_id: providerId } },
      });
      return { requestId };
    },

    async correctTracking({ orderId, packageId, trackingNumber, providerId }) {
      const body = { tracking_number: trackingNumber, shipping_provider_id: providerId };
      const { requestId } = await call(
        packageId === null
          ? { endpoint: endpoints.updateOrderShipping, ids: { order_id: orderId }, body }
          : { endpoint: endpoints.updatePackageShipping, ids: { package_id: packageId }, body },
      );
      return { requestId };
    },

    async getPackage(packageId) {
      const answer = await call({ endpoint: endpoints.getPackage, ids: { package_id: packageId } });
      return readData(answer, 'read', mapPackage);
    },

    async searchPackages(search) {
      const { data, serverTime } = await call({
        endpoint: endpoints.searchPackages,
        query: pagingOf(search),
        body: { package_status: search.status, ...timesOf(search) },
      });
      return { packages: readList(data['packages'], mapPackage), ...pageOf(data, serverTime) };
    },
  };
}

async function markPackageShipped(
  call: ShopCall,
  { orderId, unitIds, trackingNumber, providerId }: MarkShipped,
): Promise<{ packageId: string; warning: string | null; requestId: string | null }> {
  // TikTok ships the whole order when no pieces are named, which must never happen by an empty list.
  if (unitIds.length === 0) throw new Error('markPackageShipped needs the pieces to ship');
  const answer = await call({
    endpoint: endpoints.markPackageShipped,
    ids: { order_id: orderId },
    body: { order_line_item_ids: unitIds, tracking_number: trackingNumber, shipping_provider_id: providerId },
  });
  return readData(answer, 'write', (data) => ({
    packageId: requiredText(data['package_id'], 'package_id'),
    warning: textOrNull(asRecord(data['warning'])?.['message']),
    requestId: answer.requestId,
  }));
}

async function splitOrder(call: ShopCall, { orderId, groups }: SplitOrder): Promise<SplitPackage[]> {
  const answer = await call({
    endpoint: endpoints.splitOrder,
    ids: { order_id: orderId },
    body: { splittable_groups: groups.map(({ id, unitIds }) => ({ id, order_line_item_ids: unitIds })) },
  });
  return readData(answer, 'write', (data) => readList(data['packages'], mapSplitPackage));
}
