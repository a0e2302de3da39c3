import type { Actor } from '../companies/actor.js';
import { replaceBodies, type NewEvent } from '../documents/document-store.js';
import { troubleOf } from '../documents/settle-document.js';
import { SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import { markUnitsShipped } from '../orders/order-writes.js';
import type { Tx } from '../store/database.js';
import type { EffectOutcome, OutboxEntry } from '../sync/effects/outbox.js';
import { correctedInput, type CorrectedPackage } from './correction.js';
import type { PackagePayload } from './enqueue-packages.js';
import { lockShipment, type LockedShipment } from './lock-shipment.js';
import { shipmentText } from './render-shipment-document.js';
import { contentHash } from './shipment-hash.js';
import { finish } from './settle-shipment.js';
import {
  changeNumber,
  findShipment,
  listPackages,
  piecesIn,
  setCorrection,
  updateShipment,
  type Correction,
  type StoredPackage,
} from './shipment-store.js';

/** What TikTok did with a corrected number: written to package, pieces, both documents and their history. */
export async function settleCorrection(
  tx: Tx,
  { companyId, payload: { shipmentKey, position } }: OutboxEntry<PackagePayload>,
  outcome: EffectOutcome<CorrectedPackage>,
  by: Actor,
): Promise<void> {
  const locked = await lockShipment(tx, { companyId, key: shipmentKey });
  const pack = (await listPackages(tx, shipmentKey)).find((each) => each.position === position);
  const correction = pack?.correction;
  if (!pack || !correction)
    throw new Error(`Shipment ${shipmentKey} has no correction of package ${position}`);
  if (outcome.state !== 'done') {
    const { state, reason } = troubleOf(outcome);
    await setCorrection(tx, { shipmentKey, position }, { ...correction, state, reason });
    return finish(tx, locked, by, [notCorrected(locked, correction, { state, reason })]);
  }
  // A person who settles by hand tells no carrier.
  const result = outcome.result as CorrectedPackage | null;
  await recordCorrected(tx, locked, pack, {
    ...correction,
    providerId: result?.providerId ?? correction.providerId,
    state: 'done',
    reason: null,
  });
  await finish(tx, locked, by, correctedEvents(locked, correction));
  await keepHash(tx, locked);
}

async function recordCorrected(
  tx: Tx,
  { shipment, record }: LockedShipment,
  pack: StoredPackage,
  correction: Correction,
): Promise<void> {
  const { documentKey: shipmentKey, orderId, parts } = shipment;
  const { position, tiktokPackageId: packageId } = pack;
  const { trackingNumber } = correction;
  await setCorrection(tx, { shipmentKey, position }, correction);
  await changeNumber(tx, { shipmentKey, position }, correction);
  await updateShipment(tx, shipmentKey, { input: correctedInput(shipment.input, correction), parts });
  // When they were shipped is known already.
  const shippedAt = record.readAt;
  await markUnitsShipped(tx, { orderId, unitIds: piecesIn(pack), packageId, trackingNumber, shippedAt });
}

function correctedEvents({ head, orderHead }: LockedShipment, correction: Correction): NewEvent[] {
  const { companyId } = head;
  const summary = `TikTok has tracking number ${correction.trackingNumber} in place of ${correction.from}`;
  return [head.key, orderHead.key].map((documentKey) => ({
    companyId,
    documentKey,
    event: 'tracking-corrected',
    summary,
  }));
}

function notCorrected(
  { head, record }: LockedShipment,
  { from, trackingNumber }: Correction,
  { state, reason }: { state: 'refused' | 'in_doubt'; reason: string },
): NewEvent {
  return {
    companyId: head.companyId,
    connectionId: record.connectionId,
    documentKey: head.key,
    event: 'tracking-not-corrected',
    summary:
      state === 'refused'
        ? `TikTok keeps ${from}: it does not take ${trackingNumber} in its place.`
        : `It is not known whether TikTok has ${trackingNumber} in place of ${from}.`,
    details: reason,
  };
}

/** Sent once more, the document with the corrected numbers is the same document. */
async function keepHash(tx: Tx, { head, record }: LockedShipment): Promise<void> {
  const { companyId, key } = head;
  const shipment = await findShipment(tx, { companyId, documentKey: key });
  if (!shipment) return;
  const body = shipmentText(head, record, shipment, await listPackages(tx, key));
  const rendererVersion = SHIPMENT_RENDERER_VERSION;
  await replaceBodies(tx, [{ key, body, rendererVersion, contentHash: await contentHash(shipment.input) }]);
}
