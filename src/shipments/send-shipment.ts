import type { Actor } from '../companies/actor.js';
import { changeStatus, recordEvents, type NewEvent } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { refreshDocuments } from '../documents/rerender.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import { AppError } from '../kernel/errors.js';
import type { OrderRecord } from '../orders/order-record.js';
import { attributeUnits, claimUnits } from '../orders/order-writes.js';
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
import type { ShipmentPlan } from '../domain/shipment.js';
import { planFor, type PlannedShipping } from './shipping-facts.js';

const ADOPTED = 'TikTok had it already: Seller Center, another app or a combined package has shipped it.';

/** A stored shipment, its order locked. */
interface ShipmentToSend {
  head: DocumentHead;
  orderHead: DocumentHead;
  record: OrderRecord;
  /** By position; null where TikTok could not be asked, which the push makes up for. */
  providers: ReadonlyMap<number, Provider> | null;
  /** Who sends it. */
  by: Actor;
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
  const { lines } = readShipment(shipment.input);
  const replaced = await findReplacedPackages(tx, head.key);
  const planned = await planFor(deps, tx, { record, orderStatusCode: orderHead.statusCode, lines, replaced });
  await updateShipment(tx, head.key, { input: shipment.input, parts: planned.plan.parts });
  const wake = await sendPlanned(tx, { head, orderHead, record, providers: null, by }, planned);
  await refreshDocuments(tx, shipmentRenderer, { companyId: head.companyId, keys: [head.key] });
  return wake;
}

/**
 * Sends a shipment on its way as it was decided under the order's lock: pieces claimed, effects asked for, documents moved
 * on.
 * @returns outbox entries to wake after the commit
 */
export async function sendPlanned(
  tx: Tx,
  sending: ShipmentToSend,
  { plan, facts, connection }: PlannedShipping,
): Promise<bigint[]> {
  const { head, orderHead, record, by } = sending;
  await storePackages(tx, sending, plan);
  const { companyId } = head;
  const { tiktokOrderId } = record.order;
  const scope = { companyId, connectionId: connection.id, tiktokOrderId, shipmentKey: head.key };
  const toSend = plan.packages.filter(({ isShipped }) => !isShipped);
  const wake = await enqueuePackages(tx, scope, facts.model ?? 'mark-shipped', toSend);
  const to = StatusCode.processing;
  await changeStatus(tx, { companyId, keys: [head.key], type: 'shipment', to, by });
  if (facts.order.buyerRequestsCancel && toSend.length > 0)
    await recordEvents(tx, by, [rejectsRequest(head)]);
  await markOrderReady(tx, record, { orderKey: orderHead.key, by });
  await adoptShipped(tx, sending);
  return wake;
}

/** Packages that TikTok has under their number already are the ERP's from here on; nothing is sent for them. */
async function adoptShipped(
  tx: Tx,
  { head, orderHead, record, by }: Omit<ShipmentToSend, 'providers'>,
): Promise<void> {
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

async function storePackages(
  tx: Tx,
  { head, record, providers }: ShipmentToSend,
  plan: ShipmentPlan,
): Promise<void> {
  await insertPackages(
    tx,
    head.key,
    plan.packages.map((planned) => {
      const provider = providers?.get(planned.position);
      return { ...planned, providerId: provider?.id ?? null, carrierName: provider?.name ?? null };
    }),
  );
  const unitIds = plan.packages.flatMap((planned) => (planned.isShipped ? [] : planned.unitIds));
  await claimAll(tx, record.id, unitIds, head.key);
}

/** @throws AppError conflict when a piece is taken, which the order's lock rules out unless our plan was wrong */
export async function claimAll(
  tx: Tx,
  orderId: bigint,
  unitIds: string[],
  shipmentKey: number,
): Promise<void> {
  const claimed = await claimUnits(tx, { orderId, unitIds, shipmentKey });
  if (claimed < unitIds.length) {
    throw new AppError(
      'conflict',
      'Some pieces of this shipment are cancelled, shipped or in another shipment.',
    );
  }
}

/** Logicbroker: the first shipment says that the order is being fulfilled. */
export async function markOrderReady(
  tx: Tx,
  record: OrderRecord,
  { orderKey, by }: { orderKey: number; by: Actor },
): Promise<void> {
  const { companyId, id } = record;
  const to = StatusCode.readyToShip;
  await changeStatus(tx, { companyId, keys: [orderKey], type: 'order', to, onlyIncrease: true, by });
  await refreshOrderDocuments(tx, { companyId, orderIds: [id] });
}
