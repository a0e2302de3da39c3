import type { Actor } from '../companies/actor.js';
import { changeStatus, recordEvents, type NewEvent } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { refreshDocuments } from '../documents/rerender.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import { AppError } from '../kernel/errors.js';
import type { OrderRecord } from '../orders/order-record.js';
import { attributeUnits, claimUnits, type ClaimedPieces } from '../orders/order-writes.js';
import { refreshOrderDocuments } from '../orders/render-orders.js';
import type { Tx } from '../store/database.js';
import { enqueuePackages } from './enqueue-packages.js';
import type { LockedShipment } from './lock-shipment.js';
import type { Provider } from './match-provider.js';
import { shipmentRenderer } from './render-shipment-document.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { finish, recordSent } from './settle-shipment.js';
import {
  findReplacedPackages,
  findShipment,
  insertPackages,
  listPackages,
  updateShipment,
  type StoredPackage,
} from './shipment-store.js';
import { sameTracking } from './tracking-number.js';
import { nothingReplaced, type ShipmentPlan } from '../domain/shipment.js';
import { planFor, type PlannedShipping } from './shipping-facts.js';

const ADOPTED = 'TikTok had it already: Seller Center, another app or a combined package has shipped it.';

/** A stored shipment, its order locked, as it was decided. */
interface ShipmentToSend {
  head: DocumentHead;
  orderHead: DocumentHead;
  record: OrderRecord;
  /** By position; null where TikTok could not be asked, which the push makes up for. */
  providers: ReadonlyMap<number, Provider> | null;
  planned: PlannedShipping;
}

/**
 * Sends a draft on its way: decided under the order's lock, then as `sendPlanned`.
 * @returns outbox entries to wake after the commit
 * @throws AppError rule-violated, invalid-document
 */
export async function sendDraft(
  deps: Pick<ShipmentDeps, 'findCancelling'>,
  tx: Tx,
  { head, orderHead, record, shipment }: LockedShipment,
  by: Actor,
): Promise<bigint[]> {
  const { companyId, key } = head;
  const { lines } = readShipment(shipment.input);
  const replaced = (await findReplacedPackages(tx, [key])).get(key) ?? nothingReplaced;
  const planned = await planFor(deps, tx, { record, orderStatusCode: orderHead.statusCode, lines, replaced });
  await updateShipment(tx, key, { input: shipment.input, parts: planned.plan.parts });
  const wake = await sendPlanned(tx, [{ head, orderHead, record, providers: null, planned }], by);
  await refreshDocuments(tx, shipmentRenderer, { companyId, keys: [key] });
  return wake;
}

/**
 * Sends shipments of a company on their way as they were decided under the orders' locks, of each order one: pieces claimed,
 * effects asked for, documents moved on.
 * @returns outbox entries to wake after the commit
 */
export async function sendPlanned(
  tx: Tx,
  shipments: readonly ShipmentToSend[],
  by: Actor,
): Promise<bigint[]> {
  const [first] = shipments;
  if (!first) return [];
  const { companyId } = first.head;
  await insertPackages(tx, shipments.flatMap(packagesOf));
  await claimAll(
    tx,
    shipments.map(({ head, record, planned }) => ({
      orderId: record.id,
      unitIds: unshipped(planned).flatMap(({ unitIds }) => unitIds),
      shipmentKey: head.key,
    })),
  );
  const wake = await enqueuePackages(
    tx,
    shipments.map(({ head, record, planned }) => ({
      scope: {
        companyId,
        connectionId: planned.connection.id,
        tiktokOrderId: record.order.tiktokOrderId,
        shipmentKey: head.key,
      },
      model: planned.facts.model ?? 'mark-shipped',
      packages: unshipped(planned),
    })),
  );
  const keys = shipments.map(({ head }) => head.key);
  await changeStatus(tx, { companyId, keys, type: 'shipment', to: StatusCode.processing, by });
  const rejecting = shipments.filter(
    ({ planned }) => planned.facts.order.buyerRequestsCancel && unshipped(planned).length > 0,
  );
  await recordEvents(
    tx,
    by,
    rejecting.map(({ head }) => rejectsRequest(head)),
  );
  await markOrdersReady(tx, shipments, { companyId, by });
  for (const shipment of shipments)
    if (shipment.planned.plan.packages.some(({ isShipped }) => isShipped))
      await adoptShipped(tx, shipment, by);
  return wake;
}

function unshipped({ plan }: PlannedShipping): ShipmentPlan['packages'] {
  return plan.packages.filter(({ isShipped }) => !isShipped);
}

function packagesOf({ head, providers, planned }: ShipmentToSend): Parameters<typeof insertPackages>[1] {
  return planned.plan.packages.map((each) => {
    const provider = providers?.get(each.position);
    const carrier = { providerId: provider?.id ?? null, carrierName: provider?.name ?? null };
    return { ...each, ...carrier, shipmentKey: head.key };
  });
}

/** Packages that TikTok has under their number already are the ERP's from here on; nothing is sent for them. */
async function adoptShipped(tx: Tx, { head, orderHead, record }: ShipmentToSend, by: Actor): Promise<void> {
  const shipment = await findShipment(tx, { companyId: head.companyId, documentKey: head.key });
  if (!shipment) return;
  const locked = { head, orderHead, record, shipment };
  const packages = await listPackages(tx, head.key);
  const adopted = packages.filter((pack) => pack.state === 'pending' && isShippedIn(record, pack));
  if (adopted.length === 0) return;
  const events: NewEvent[] = [];
  for (const pack of adopted) {
    const { unitIds } = pack;
    await attributeUnits(tx, { orderId: record.id, unitIds, shipmentKey: head.key });
    const unit = record.units.find(({ unitId }) => unitIds.includes(unitId));
    const shipped = { packageId: unit?.packageId ?? null, warning: null, unitIds, remark: ADOPTED };
    events.push(await recordSent(tx, record.readAt, locked, pack, shipped));
  }
  await finish(tx, locked, by, events);
}

/** Every piece of it, by somebody else, under its number. */
function isShippedIn({ units }: OrderRecord, { unitIds, trackingNumber }: StoredPackage): boolean {
  return units
    .filter((unit) => unitIds.includes(unit.unitId))
    .every(
      (unit) =>
        !unit.cancelled &&
        unit.shippedAt !== null &&
        unit.shipmentKey === null &&
        sameTracking(unit.trackingNumber, trackingNumber),
    );
}

/** The gates let it pass in regions where shipping is an answer too. */
function rejectsRequest({ companyId, key }: DocumentHead): NewEvent {
  return {
    companyId,
    documentKey: key,
    event: 'shipment-rejects-request',
    summary: 'The buyer asks to cancel this order; TikTok takes the shipment as a rejection of the request.',
    details: 'To let the buyer cancel instead, send a cancellation before the parcel leaves.',
  };
}

/** @throws AppError conflict when a piece is taken, which the orders' locks rule out unless our plan was wrong */
export async function claimAll(tx: Tx, claims: readonly ClaimedPieces[]): Promise<void> {
  const claimed = await claimUnits(tx, claims);
  if (claimed < claims.flatMap(({ unitIds }) => unitIds).length) {
    throw new AppError(
      'conflict',
      'Some pieces of this shipment are cancelled, shipped or in another shipment.',
    );
  }
}

/** Logicbroker: the first shipment says that the order is being fulfilled. */
export async function markOrdersReady(
  tx: Tx,
  orders: readonly Pick<ShipmentToSend, 'orderHead' | 'record'>[],
  { companyId, by }: { companyId: number; by: Actor },
): Promise<void> {
  const keys = orders.map(({ orderHead }) => orderHead.key);
  const to = StatusCode.readyToShip;
  await changeStatus(tx, { companyId, keys, type: 'order', to, onlyIncrease: true, by });
  await refreshOrderDocuments(tx, { companyId, orderIds: orders.map(({ record }) => record.id) });
}
