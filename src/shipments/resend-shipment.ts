import { changeStatus } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { firstObstacle } from '../kernel/gate.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import { enqueuePackages } from './enqueue-packages.js';
import { withoutCancelled } from './package-to-send.js';
import { claimAll, markOrderReady } from './send-shipment.js';
import { shippingGates } from './shipment-gates.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { readShippingFacts } from './shipping-facts.js';
import { listPackages, updatePackages } from './shipment-store.js';

/**
 * Tries the packages again that TikTok has refused, as they were planned: what made TikTok refuse them was put right
 * there. Packages that it has taken stay as they are.
 * @returns outbox entries to wake after the commit
 * @throws AppError rule-violated by a gate, conflict when a piece is in another shipment meanwhile
 */
export async function resendShipment(
  deps: Pick<ShipmentDeps, 'findCancelling'>,
  tx: Tx,
  { head, orderHead, record }: { head: DocumentHead; orderHead: DocumentHead; record: OrderRecord },
): Promise<bigint[]> {
  const packages = (await listPackages(tx, head.key)).filter(({ state }) => state === 'refused');
  if (packages.length === 0) throw nothingToSend(head);
  const { facts, connection } = await readShippingFacts(deps, tx, record, orderHead.statusCode);
  const obstacle = firstObstacle(shippingGates, facts);
  if (obstacle?.outcome === 'refuse') {
    const { reason, next } = obstacle;
    throw new AppError('rule-violated', reason, { details: [{ message: reason, next }] });
  }
  const refused = withoutCancelled(packages, record);
  const positions = refused.map(({ position }) => position);
  const unitIds = refused.flatMap((pack) => pack.unitIds);
  await claimAll(tx, record.id, unitIds, head.key);
  await updatePackages(tx, { shipmentKey: head.key, positions }, { state: 'pending', reason: null });
  const { companyId } = head;
  const { tiktokOrderId } = record.order;
  const scope = { companyId, connectionId: connection.id, tiktokOrderId, shipmentKey: head.key };
  // Whether TikTok has these pieces apart is looked up anew by the split, which does nothing when it has.
  const isWhole = holdsAllThatIsLeft(record, unitIds);
  const wake = await enqueuePackages(
    tx,
    scope,
    facts.model ?? 'mark-shipped',
    refused.map((pack) => ({ ...pack, needsSplit: refused.length > 1 || !isWhole })),
  );
  await changeStatus(tx, { companyId, keys: [head.key], type: 'shipment', to: StatusCode.processing });
  await markOrderReady(tx, record, orderHead.key);
  return wake;
}

function holdsAllThatIsLeft(record: OrderRecord, unitIds: readonly string[]): boolean {
  return record.units
    .filter((unit) => !unit.cancelled && unit.shippedAt === null)
    .every((unit) => unitIds.includes(unit.unitId));
}

function nothingToSend({ key }: DocumentHead): AppError {
  const message = `Shipment ${key} has no package that TikTok refused.`;
  return new AppError('rule-violated', message, { details: [{ message, next: 'Send a new shipment.' }] });
}
