import { countryOfWarehouse } from '../catalogue/catalogue-store.js';
import type { Connection } from '../connections/connection.js';
import { AppError } from '../kernel/errors.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import { listsCarriersByRoute } from '../tiktok/regions.js';

/** The countries that a parcel leaves and reaches, two letters; both empty where the carriers do not depend on them. */
export interface Route {
  origin: string;
  destination: string;
}

const ANY_ROUTE: Route = { origin: '', destination: '' };

export interface RouteDeps {
  db: { prisma: Tx };
  /** Asks TikTok for the country of a warehouse; null when it does not say. */
  fetchCountry(connectionId: number, warehouseId: string): Promise<string | null>;
  /** Asks TikTok from which warehouse a package really leaves; null when it does not say. */
  fetchWarehouse(connectionId: number, packageId: string): Promise<string | null>;
}

/** A warehouse of a shop. */
export interface Warehouse {
  connectionId: number;
  environment: string;
  shopId: string;
  warehouseId: string;
}

/** The country of a warehouse: as we hold it, else as TikTok says; null when it does not say. */
export async function countryOf(
  { db, fetchCountry }: Pick<RouteDeps, 'db' | 'fetchCountry'>,
  { connectionId, environment, shopId, warehouseId }: Warehouse,
): Promise<string | null> {
  const known = await countryOfWarehouse(db.prisma, { environment, shopId }, warehouseId);
  return known ?? (await orNull(fetchCountry(connectionId, warehouseId)));
}

/**
 * The way of an order's parcel. A package that exists knows its real warehouse, which may be another one than the order's.
 * What nobody says is at home: the shop's own country.
 */
export async function routeOf(
  deps: Pick<RouteDeps, 'fetchWarehouse'> & { countryOf: (warehouse: Warehouse) => Promise<string | null> },
  { id: connectionId, environment, shopId, shopRegion }: Connection,
  { order, units }: Pick<OrderRecord, 'order' | 'units'>,
): Promise<Route> {
  const home = shopRegion?.toUpperCase() ?? '';
  if (!listsCarriersByRoute(home)) return ANY_ROUTE;
  const destination = order.recipient?.regionCode?.toUpperCase() || home;
  const packageId =
    units.find((unit) => unit.packageId !== null && unit.shippedAt === null)?.packageId ?? null;
  const packed = packageId === null ? null : await orNull(deps.fetchWarehouse(connectionId, packageId));
  const warehouseId = packed ?? order.warehouseId;
  if (warehouseId === null) return { origin: home, destination };
  const origin = await deps.countryOf({ connectionId, environment, shopId: shopId ?? '', warehouseId });
  return { origin: origin?.toUpperCase() || home, destination };
}

/** That TikTok does not show it says nothing; that it cannot be asked is another matter. */
async function orNull(asked: Promise<string | null>): Promise<string | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AppError && error.code === 'tiktok-refused') return null;
    throw error;
  }
}
