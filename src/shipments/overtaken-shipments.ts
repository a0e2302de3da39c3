import type { Actor } from '../companies/actor.js';
import { OVERTAKEN } from '../documents/settle-document.js';
import { attributeUnits } from '../orders/order-writes.js';
import type { Tx } from '../store/database.js';
import type { OutboxEntry } from '../sync/effects/outbox.js';
import type { ShippedPackage } from './compare-with-tiktok.js';
import { effectNames, type PackagePayload, type SplitPayload, type SplitResult } from './enqueue-packages.js';
import { lockShipment } from './lock-shipment.js';
import { claimAll } from './send-shipment.js';
import { enqueueSplitOff, finish, recordSent } from './settle-shipment.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { listPackages, updatePackages, type StoredPackage } from './shipment-store.js';
import type { StoredUnit } from '../domain/order.js';

/** What the document says that TikTok does not have, or nobody knows. */
const isTroubled = ({ state }: Pick<StoredPackage, 'state'>): boolean =>
  state === 'refused' || state === 'in_doubt';

/** Refused packages whose pieces TikTok shows under their tracking number. @returns ids of their outbox entries */
export async function findOvertakenPackages(tx: Tx, effect: string, since: Date): Promise<bigint[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT o.id FROM outbox o
    JOIN shipment_packages p ON p.shipment_key = (o.payload->>'shipmentKey')::int
      AND p.position = (o.payload->>'position')::int
    JOIN shipments s ON s.document_key = p.shipment_key
    WHERE o.effect = ${effect} AND o.state IN ('refused', 'needs_person') AND o.settled_at > ${since}
      AND p.state IN ('refused', 'in_doubt')
      AND EXISTS (
        SELECT FROM order_units u WHERE u.order_id = s.order_id AND u.unit_id = ANY(p.unit_ids) AND NOT u.cancelled
          AND upper(btrim(u.tracking_number)) = upper(btrim(p.tracking_number)))
    ORDER BY o.id LIMIT 100`;
  return rows.map(({ id }) => id);
}

/** Refused splits whose packages TikTok shows apart from everything else of their order. */
export async function findOvertakenSplits(tx: Tx, since: Date): Promise<bigint[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT o.id FROM outbox o JOIN shipments s ON s.document_key = (o.payload->>'shipmentKey')::int
    WHERE o.effect = ${effectNames.split} AND o.state IN ('refused', 'needs_person') AND o.settled_at > ${since}
      AND NOT EXISTS (
        SELECT FROM shipment_packages p JOIN order_units u ON u.order_id = s.order_id AND u.unit_id = ANY(p.unit_ids)
        WHERE p.shipment_key = s.document_key AND o.payload->'positions' @> to_jsonb(p.position)
          AND (p.state NOT IN ('refused', 'in_doubt') OR u.package_id IS NULL OR EXISTS (
            SELECT FROM order_units x WHERE x.order_id = s.order_id AND x.package_id = u.package_id
              AND NOT x.cancelled AND x.unit_id <> ALL(p.unit_ids))))
    ORDER BY o.id LIMIT 100`;
  return rows.map(({ id }) => id);
}

/** TikTok has a package that was told as refused. @returns false when its pieces are in another shipment by now */
export async function correctPackage(
  deps: ShipmentDeps,
  tx: Tx,
  entry: OutboxEntry<PackagePayload>,
  { by, ...shipped }: ShippedPackage & { by: Actor },
): Promise<boolean> {
  const { shipmentKey, position } = entry.payload;
  const locked = await lockShipment(tx, { companyId: entry.companyId, key: shipmentKey });
  const pack = (await listPackages(tx, shipmentKey)).find((each) => each.position === position);
  if (!pack || !isTroubled(pack)) return false;
  if (!areOurs(locked.record.units, pack.unitIds, shipmentKey)) return false;
  await attributeUnits(tx, { orderId: locked.record.id, unitIds: pack.unitIds, shipmentKey });
  await finish(tx, locked, by, [
    await recordSent(tx, deps.clock.now(), locked, pack, { ...shipped, remark: OVERTAKEN }),
  ]);
  return true;
}

/** TikTok has split an order although that was told as refused: the shipment goes on with its packages. */
export async function correctSplit(
  tx: Tx,
  entry: OutboxEntry<SplitPayload>,
  made: SplitResult,
  by: Actor,
): Promise<boolean> {
  const { shipmentKey, positions } = entry.payload;
  const { companyId } = entry;
  const locked = await lockShipment(tx, { companyId, key: shipmentKey });
  const packages = (await listPackages(tx, shipmentKey)).filter((each) => positions.includes(each.position));
  const { record } = locked;
  const cancelled = new Set(record.units.filter((unit) => unit.cancelled).map(({ unitId }) => unitId));
  const unitIds = packages.flatMap((pack) => pack.unitIds).filter((unitId) => !cancelled.has(unitId));
  if (packages.length === 0 || !packages.every(isTroubled)) return false;
  if (!areOurs(record.units, unitIds, shipmentKey)) return false;
  if (record.units.some((unit) => unitIds.includes(unit.unitId) && unit.shippedAt !== null)) return false;
  await claimAll(tx, [{ orderId: record.id, unitIds, shipmentKey }]);
  await updatePackages(tx, { shipmentKey, positions }, { state: 'pending', reason: null });
  await enqueueSplitOff(tx, entry, locked, { packages, made });
  await finish(tx, locked, by, [
    {
      companyId,
      connectionId: record.connectionId,
      documentKey: shipmentKey,
      event: 'document-changed',
      summary: 'TikTok has split the order into the packages of this shipment; they are shipped now.',
      details: OVERTAKEN,
    },
  ]);
  return true;
}

/** Free, or of this shipment. */
function areOurs(units: readonly StoredUnit[], unitIds: readonly string[], shipmentKey: number): boolean {
  return units
    .filter((unit) => unitIds.includes(unit.unitId) && !unit.cancelled)
    .every((unit) => unit.shipmentKey === null || unit.shipmentKey === shipmentKey);
}
