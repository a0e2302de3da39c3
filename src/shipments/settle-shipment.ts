import type { Actor } from '../companies/actor.js';
import type { NewEvent } from '../documents/document-store.js';
import type { EventTypeName } from '../documents/event-types.js';
import { settleDocument, troubleOf, type Trouble } from '../documents/settle-document.js';
import { markUnitsShipped, releaseUnits } from '../orders/order-writes.js';
import { settleOrders } from '../orders/settle-order-status.js';
import type { Tx } from '../store/database.js';
import type { EffectOutcome, OutboxEntry } from '../sync/effects/outbox.js';
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
import { listPackages, updatePackages, type StoredPackage } from './shipment-store.js';

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
  return finish(tx, locked, by, [await recordSent(deps, tx, locked, pack, shipped)]);
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
    const scope = { companyId, connectionId, tiktokOrderId, shipmentKey };
    await enqueueShipping(tx, scope, 'ship-package', pack);
  }
}

export async function recordSent(
  deps: ShipmentDeps,
  tx: Tx,
  { shipment, record }: LockedShipment,
  pack: StoredPackage,
  { packageId, warning, remark }: ShippedPackage & { remark?: string },
): Promise<NewEvent> {
  const { position, trackingNumber, unitIds } = pack;
  const tiktokPackageId = packageId ?? pack.tiktokPackageId;
  const { documentKey: shipmentKey, orderId, companyId } = shipment;
  const change = { state: 'sent', reason: null, tiktokPackageId } as const;
  await updatePackages(tx, { shipmentKey, positions: [position] }, change);
  const shippedAt = deps.clock.now();
  await markUnitsShipped(tx, { orderId, unitIds, packageId: tiktokPackageId, trackingNumber, shippedAt });
  const cancelled = record.units.filter((unit) => unit.cancelled && unitIds.includes(unit.unitId)).length;
  const details = [
    ...(cancelled > 0 ? [`${cancelled} of its pieces were cancelled meanwhile and do not count.`] : []),
    ...(warning ? [`TikTok remarks: ${warning}`] : []),
    ...(remark ? [remark] : []),
  ];
  return {
    companyId,
    connectionId: record.connectionId,
    documentKey: shipmentKey,
    event: 'shipment-sent',
    summary: `TikTok has package ${position} with ${unitIds.length - cancelled} pieces under ${trackingNumber}.`,
    ...(details.length > 0 ? { details: details.join(' ') } : {}),
    additional: { tiktokPackageId, unitIds },
  };
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
