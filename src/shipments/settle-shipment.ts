import type { Actor } from '../companies/actor.js';
import type { NewEvent } from '../documents/document-store.js';
import type { EventTypeName } from '../documents/event-types.js';
import { settleDocument, troubleOf, type Trouble } from '../documents/settle-document.js';
import { cancelUnits, markUnitsShipped, releaseUnits } from '../orders/order-writes.js';
import { settleOrders } from '../orders/settle-order-status.js';
import type { StoredUnit } from '../domain/order.js';
import type { Tx } from '../store/database.js';
import { AppError } from '../kernel/errors.js';
import { hurryEffects, type EffectOutcome, type OutboxEntry } from '../sync/effects/outbox.js';
import { requestRun } from '../sync/flows/request-run.js';
import type { ShippedPackage } from './compare-with-tiktok.js';
import {
  enqueueShipping,
  type PackagePayload,
  type SplitPayload,
  type SplitResult,
} from './enqueue-packages.js';
import { lockShipment, type LockedShipment } from './lock-shipment.js';
import { shipmentRenderer } from './render-shipment-document.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { shipmentProgress } from './shipment-progress.js';
import { findWaitingShipments, listPackages, updatePackages, type StoredPackage } from './shipment-store.js';

/** What TikTok did with one package, written to package, pieces, both documents and their history. */
export async function settlePackage(
  deps: ShipmentDeps,
  tx: Tx,
  entry: OutboxEntry<PackagePayload>,
  outcome: EffectOutcome<ShippedPackage>,
  by: Actor,
): Promise<void> {
  const { shipmentKey, position } = entry.payload;
  const locked = await lockShipment(tx, { companyId: entry.companyId, key: shipmentKey });
  const packages = await listPackages(tx, shipmentKey);
  const pack = packages.find((each) => each.position === position);
  if (!pack) throw new Error(`Shipment ${shipmentKey} has no package ${position}`);
  if (outcome.state !== 'done')
    return finish(tx, locked, by, await recordTrouble(tx, locked, [pack], troubleOf(outcome)));
  // A person who settles by hand may not know the package's id.
  const shipped = (outcome.result as ShippedPackage | null) ?? { packageId: null, warning: null };
  await finish(tx, locked, by, [await recordSent(tx, deps.clock.now(), locked, pack, shipped)]);
  return followShared(deps, tx, entry, shipped.sharedWith ?? []);
}

/** The other orders of the package are shipped too: their own shipments find it now, and so does the pull. */
async function followShared(
  { clock }: ShipmentDeps,
  tx: Tx,
  { companyId, connectionId }: OutboxEntry<PackagePayload>,
  tiktokOrderIds: readonly string[],
): Promise<void> {
  if (tiktokOrderIds.length === 0) return;
  const now = clock.now();
  const documentKeys = await findWaitingShipments(tx, connectionId, tiktokOrderIds);
  await hurryEffects(tx, { documentKeys, now });
  try {
    await requestRun(tx, { companyId, connectionId, name: 'pull-orders', now });
  } catch (error) {
    // Of a shop that is paused just now: its next pull does the same.
    if (!(error instanceof AppError)) throw error;
  }
}

/** Packages that were split off are shipped next, one after the other. */
export async function settleSplit(
  tx: Tx,
  entry: OutboxEntry<SplitPayload>,
  outcome: EffectOutcome<SplitResult>,
  by: Actor,
): Promise<void> {
  const { shipmentKey, positions } = entry.payload;
  const locked = await lockShipment(tx, { companyId: entry.companyId, key: shipmentKey });
  const all = await listPackages(tx, shipmentKey);
  const packages = all.filter(({ position }) => positions.includes(position));
  if (outcome.state !== 'done')
    return finish(tx, locked, by, await recordTrouble(tx, locked, packages, troubleOf(outcome)));
  await enqueueSplitOff(tx, entry, locked, {
    packages,
    // A person who settles by hand may not know the packages.
    made: outcome.result ?? [],
  });
}

export async function enqueueSplitOff(
  tx: Tx,
  { companyId, connectionId, payload: { shipmentKey } }: OutboxEntry<SplitPayload>,
  locked: LockedShipment,
  { packages, made }: { packages: readonly StoredPackage[]; made: SplitResult },
): Promise<void> {
  const { tiktokOrderId } = locked.record.order;
  for (const pack of packages) {
    const apart = made.find(({ position }) => position === pack.position);
    if (apart) {
      const tiktokPackageId = apart.packageId;
      await updatePackages(tx, { shipmentKey, positions: [pack.position] }, { tiktokPackageId });
    }
  }
  const scope = { companyId, connectionId, tiktokOrderId, shipmentKey };
  await enqueueShipping(tx, scope, 'ship-package', packages);
}

/** @param shippedAt when TikTok has taken it, as well as we know; a time of TikTok's own stays */
export async function recordSent(
  tx: Tx,
  shippedAt: Date,
  { shipment, record }: LockedShipment,
  pack: StoredPackage,
  shipped: ShippedPackage & { remark?: string },
): Promise<NewEvent> {
  const { position, trackingNumber } = pack;
  const { packageId, warning, remark } = shipped;
  const tiktokPackageId = packageId ?? pack.tiktokPackageId;
  const { documentKey: shipmentKey, orderId, companyId } = shipment;
  const { unitIds, leftOut, cancelled } = whatWent(pack, record.units, shipped);
  const change = { state: 'sent', reason: null, tiktokPackageId, leftOut } as const;
  await updatePackages(tx, { shipmentKey, positions: [position] }, change);
  // TikTok says so itself; whoever cancelled them, the pull tells.
  await cancelUnits(tx, [{ orderId, unitIds: cancelled }]);
  await markUnitsShipped(tx, { orderId, unitIds, packageId: tiktokPackageId, trackingNumber, shippedAt });
  await releaseUnits(tx, { orderId, shipmentKey, unitIds: leftOut });
  const others = leftOut.length - cancelled.length;
  const details = [
    ...(cancelled.length > 0
      ? [`${cancelled.length} of its pieces were cancelled meanwhile and did not go.`]
      : []),
    ...(others > 0 ? [`${others} of its pieces were shipped otherwise in TikTok.`] : []),
    ...(warning ? [`TikTok remarks: ${warning}`] : []),
    ...(remark ? [remark] : []),
  ];
  return {
    companyId,
    connectionId: record.connectionId,
    documentKey: shipmentKey,
    event: 'shipment-sent',
    summary: `TikTok has package ${position} with ${unitIds.length} pieces under ${trackingNumber}.`,
    ...(details.length > 0 ? { details: details.join(' ') } : {}),
    additional: { tiktokPackageId, unitIds },
  };
}

/** Which of a package's pieces went, and why others did not: cancelled, or (the rest) shipped by somebody else. */
function whatWent(
  pack: StoredPackage,
  units: readonly StoredUnit[],
  { unitIds: went, cancelledIds = [] }: ShippedPackage,
): { unitIds: string[]; leftOut: string[]; cancelled: string[] } {
  const isKnown = new Set(units.filter((unit) => unit.cancelled).map(({ unitId }) => unitId));
  const unitIds = pack.unitIds.filter((unitId) => (went ? went.includes(unitId) : !isKnown.has(unitId)));
  const leftOut = pack.unitIds.filter((unitId) => !unitIds.includes(unitId));
  const cancelled = leftOut.filter((unitId) => isKnown.has(unitId) || cancelledIds.includes(unitId));
  return { unitIds, leftOut, cancelled };
}

/** Refused for good, which frees the pieces, or in doubt, which keeps them until a person has decided. @returns for the history */
async function recordTrouble(
  tx: Tx,
  { shipment, record }: LockedShipment,
  packages: readonly StoredPackage[],
  { state, reason }: Trouble,
): Promise<NewEvent[]> {
  const isRefused = state === 'refused';
  const { documentKey: shipmentKey, orderId, companyId } = shipment;
  const positions = packages.map(({ position }) => position);
  await updatePackages(tx, { shipmentKey, positions }, { state, reason });
  if (isRefused) {
    const unitIds = packages.flatMap((pack) => pack.unitIds);
    await releaseUnits(tx, { orderId, shipmentKey, unitIds });
  }
  const event: EventTypeName = isRefused ? 'shipment-failed' : 'shipment-in-doubt';
  return packages.map(({ position, trackingNumber }) => ({
    companyId,
    connectionId: record.connectionId,
    documentKey: shipmentKey,
    event,
    summary: isRefused
      ? `TikTok does not take package ${position} (${trackingNumber}).`
      : `It is not known whether TikTok has package ${position} (${trackingNumber}).`,
    details: reason,
  }));
}

/** History, status and text of the shipment, and of the order that it is a part of. */
export async function finish(
  tx: Tx,
  { head, shipment }: LockedShipment,
  by: Actor,
  events: readonly NewEvent[],
): Promise<void> {
  const { documentKey, orderId, companyId } = shipment;
  const standing = shipmentProgress(await listPackages(tx, documentKey));
  await settleDocument(tx, shipmentRenderer, head, { by, standing, events });
  await settleOrders(tx, { companyId, orderIds: [orderId], by });
}
