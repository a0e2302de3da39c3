import type { Actor } from '../companies/actor.js';
import { sendAgain, type Resending } from '../documents/send-again.js';
import { passGates } from '../kernel/gate.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import { enqueuePackages } from './enqueue-packages.js';
import type { LockedShipment } from './lock-shipment.js';
import { withoutCancelled } from './package-to-send.js';
import { claimAll, markOrdersReady } from './send-shipment.js';
import { shippingGates } from './shipment-gates.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { readShippingFacts } from './shipping-facts.js';
import { listPackages, updatePackages, type StoredPackage } from './shipment-store.js';

type Deps = Pick<ShipmentDeps, 'findCancelling'>;

/**
 * Tries the packages again that TikTok has refused, as they were planned: what made TikTok refuse them was put right
 * there. Packages that it has taken stay as they are.
 * @returns outbox entries to wake after the commit
 * @throws AppError rule-violated by a gate, conflict when a piece is in another shipment meanwhile
 */
export async function resendShipment(
  deps: Deps,
  tx: Tx,
  locked: LockedShipment,
  by: Actor,
): Promise<bigint[]> {
  const { companyId, key } = locked.head;
  const wake = await sendAgain(tx, packages(deps), { companyId, key, by }, locked);
  await markOrdersReady(tx, [locked], { companyId, by });
  return wake;
}

function packages(deps: Deps): Resending<LockedShipment, StoredPackage> {
  return {
    type: 'shipment',
    part: 'package',
    next: 'Send a new shipment.',
    refused: async (tx, { head }) =>
      (await listPackages(tx, head.key)).filter(({ state }) => state === 'refused'),
    async check(tx, { record, orderHead }) {
      passGates(shippingGates, (await readShippingFacts(deps, tx, record, orderHead.statusCode)).facts);
    },
    ask: (tx, locked, refused) => ask(deps, tx, locked, refused),
  };
}

async function ask(
  deps: Deps,
  tx: Tx,
  { head, orderHead, record }: LockedShipment,
  packs: readonly StoredPackage[],
): Promise<bigint[]> {
  const { facts, connection } = await readShippingFacts(deps, tx, record, orderHead.statusCode);
  const refused = withoutCancelled(packs, record);
  const positions = refused.map(({ position }) => position);
  const unitIds = refused.flatMap((pack) => pack.unitIds);
  await claimAll(tx, [{ orderId: record.id, unitIds, shipmentKey: head.key }]);
  await updatePackages(tx, { shipmentKey: head.key, positions }, { state: 'pending', reason: null });
  const { companyId } = head;
  const { tiktokOrderId } = record.order;
  const scope = { companyId, connectionId: connection.id, tiktokOrderId, shipmentKey: head.key };
  // Whether TikTok has these pieces apart is looked up again by the split, which does nothing when it has.
  const isWhole = holdsAllThatIsLeft(record, unitIds);
  const model = facts.model ?? 'mark-shipped';
  const toSend = refused.map((pack) => ({ ...pack, needsSplit: refused.length > 1 || !isWhole }));
  return enqueuePackages(tx, [{ scope, model, packages: toSend }]);
}

function holdsAllThatIsLeft(record: OrderRecord, unitIds: readonly string[]): boolean {
  return record.units
    .filter((unit) => !unit.cancelled && unit.shippedAt === null)
    .every((unit) => unitIds.includes(unit.unitId));
}
