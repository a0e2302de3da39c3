import { AppError } from '../kernel/errors.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import type { OrderRecord } from '../orders/order-record.js';
import { readOrderRecords } from '../orders/order-store.js';
import type { ShopOrder } from '../domain/order.js';
import type { Tx } from '../store/database.js';
import { refusal } from '../sync/effects/tiktok-refusal.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { carrierChoices, chooseAfterRefusal, chooseProviders } from './choose-providers.js';
import type { PackagePayload } from './enqueue-packages.js';
import type { CarrierHint } from '../domain/shipment.js';
import { providerDeps, type ShipmentDeps } from './shipment-deps.js';
import {
  findShipment,
  listPackages,
  setProvider,
  type StoredPackage,
  type StoredShipment,
} from './shipment-store.js';

/** A shipment's rows with its order, as an effect needs them. */
export interface LoadedShipment {
  shipment: StoredShipment;
  packages: StoredPackage[];
  record: OrderRecord;
}

export async function loadShipment(
  tx: Tx,
  key: { companyId: number; documentKey: number },
): Promise<LoadedShipment> {
  const shipment = await findShipment(tx, key);
  const [record] = shipment ? await readOrderRecords(tx, [shipment.orderId]) : [];
  if (!shipment || !record) throw new Error(`Shipment ${key.documentKey} has lost its rows`);
  return { shipment, record, packages: await listPackages(tx, key.documentKey) };
}

export async function loadPackage(
  tx: Tx,
  companyId: number,
  { shipmentKey, position }: PackagePayload,
): Promise<LoadedShipment & { pack: StoredPackage }> {
  const loaded = await loadShipment(tx, { companyId, documentKey: shipmentKey });
  const pack = loaded.packages.find((each) => each.position === position);
  if (!pack) throw new Error(`Shipment ${shipmentKey} has no package ${position}`);
  return { ...loaded, pack };
}

/**
 * What is left of a package to send: pieces that were cancelled while it waited do not travel.
 * @throws AppError tiktok-refused when nothing is left
 */
export function withoutCancelled<P extends Pick<StoredPackage, 'unitIds'>>(
  packages: readonly P[],
  { units }: Pick<OrderRecord, 'units'>,
): P[] {
  const cancelled = new Set(units.filter((unit) => unit.cancelled).map((unit) => unit.unitId));
  const left = packages
    .map((pack) => ({ ...pack, unitIds: pack.unitIds.filter((unitId) => !cancelled.has(unitId)) }))
    .filter(({ unitIds }) => unitIds.length > 0);
  if (left.length > 0) return left;
  throw refusal(
    'Nothing was sent: the order was cancelled while the shipment waited.',
    'Do not ship these pieces.',
  );
}

/** The order as TikTok has it now; undefined when TikTok does not show it. */
export async function readOrder(api: ShopApi, { record }: LoadedShipment): Promise<ShopOrder | undefined> {
  const { orders } = await api.getOrders([record.order.tiktokOrderId]);
  return orders.find((order) => order.tiktokOrderId === record.order.tiktokOrderId);
}

/**
 * TikTok's id of the package's carrier. A shipment that was taken while TikTok's list could not be read is decided here.
 * @throws AppError invalid-document naming the carriers that TikTok accepts
 */
export async function providerIdOf(
  deps: ShipmentDeps,
  loaded: LoadedShipment & { pack: StoredPackage },
): Promise<string> {
  return loaded.pack.providerId ?? chooseFor(deps, loaded, chooseProviders);
}

/**
 * The same after TikTok has refused `pack.providerId`: TikTok withdraws carriers, and gives them new ids, while shipments
 * wait. The old id again when the list of now still has it.
 * @throws AppError invalid-document naming the carriers that TikTok accepts now
 */
export async function providerIdOfNow(
  deps: ShipmentDeps,
  loaded: LoadedShipment & { pack: StoredPackage },
): Promise<string> {
  return chooseFor(deps, loaded, chooseAfterRefusal);
}

async function chooseFor(
  deps: ShipmentDeps,
  { pack, record, shipment }: LoadedShipment & { pack: StoredPackage },
  choose: typeof chooseProviders,
): Promise<string> {
  const carriers = [{ position: pack.position, carrier: carrierOf(shipment, pack.position) }];
  const providers = await choose(carrierChoices(providerDeps(deps), carriers), record, carriers);
  const provider = providers.get(pack.position);
  if (!provider) throw new AppError('internal', 'A chosen carrier is missing.');
  if (provider.id !== pack.providerId) await setProvider(deps.db.prisma, pack, provider);
  return provider.id;
}

/** What the document says about the carrier of one package. */
export function carrierOf(shipment: Pick<StoredShipment, 'input' | 'parts'>, position: number): CarrierHint {
  const part = shipment.parts.find((each) => each.position === position);
  const cartons = readShipment(shipment.input).lines.flatMap((line) => line.cartons);
  const carton = cartons.find((each) => each.path === part?.path);
  if (!carton) throw new Error(`Package ${position} of shipment is not in its document`);
  return carton.carrier;
}
