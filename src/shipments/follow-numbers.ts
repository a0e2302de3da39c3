import { lockDocuments, recordEvents, replaceBodies } from '../documents/document-store.js';
import { SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import type { NumbersChanged } from '../orders/ingest-context.js';
import { readOrderRecords } from '../orders/order-store.js';
import type { SqlTx } from '../store/database.js';
import { shipmentText } from './render-shipment-document.js';
import { findShipments, listPackagesOf, piecesIn, type StoredPackage } from './shipment-store.js';
import { sameTracking } from './tracking-number.js';

/**
 * Tells shipments of the ERP's of numbers that TikTok shows in place of theirs: Seller Center or another app has corrected
 * them. What the ERP has sent stays as it is; the number of TikTok's stands beside it. The caller holds the orders' locks.
 */
export const followNumbers: NumbersChanged = async (tx, { companyId, shipmentKeys, by }) => {
  const shipments = await findShipments(tx, { companyId, documentKeys: shipmentKeys });
  const packages = await listPackagesOf(tx, shipmentKeys);
  const records = await readOrderRecords(tx, [...new Set(shipments.map(({ orderId }) => orderId))]);
  const changed = packages.flatMap((pack) => {
    const shipment = shipments.find(({ documentKey }) => documentKey === pack.shipmentKey);
    const record = records.find(({ id }) => id === shipment?.orderId);
    const shown = record ? numberShown(record, pack) : null;
    return shown === null || shown.number === pack.tiktokTrackingNumber
      ? []
      : [{ pack, number: shown.number }];
  });
  for (const { pack, number } of changed) await keepNumber(tx, pack, number);
  const keys = [...new Set(changed.map(({ pack }) => pack.shipmentKey))];
  if (keys.length === 0) return;
  const heads = await lockDocuments(tx, { companyId, keys });
  const now = await listPackagesOf(tx, keys);
  await replaceBodies(
    tx,
    heads.flatMap((head) => {
      const shipment = shipments.find(({ documentKey }) => documentKey === head.key);
      const record = records.find(({ id }) => id === shipment?.orderId);
      if (!shipment || !record) return [];
      const own = now.filter(({ shipmentKey }) => shipmentKey === head.key);
      const body = shipmentText(head, record, shipment, own);
      return [{ key: head.key, body, rendererVersion: SHIPMENT_RENDERER_VERSION }];
    }),
  );
  await recordEvents(
    tx,
    by,
    changed.map(({ pack, number }) => eventOf(companyId, pack, number)),
  );
};

/**
 * The number that TikTok has in place of ours; `number` null: ours. Null altogether while nobody can tell: it is not sent,
 * its pieces have several, or we are correcting it ourselves.
 */
function numberShown(
  { units }: { units: readonly { unitId: string; cancelled: boolean; trackingNumber: string | null }[] },
  pack: StoredPackage,
): { number: string | null } | null {
  const isOpen = pack.correction?.state === 'pending' || pack.correction?.state === 'in_doubt';
  if (pack.state !== 'sent' || isOpen) return null;
  const own = units.filter(({ unitId, cancelled }) => piecesIn(pack).includes(unitId) && !cancelled);
  const [number, ...more] = new Set(own.map(({ trackingNumber }) => trackingNumber));
  if (more.length > 0 || number === undefined || number === null) return null;
  return { number: sameTracking(number, pack.trackingNumber) ? null : number };
}

async function keepNumber(tx: SqlTx, { shipmentKey, position }: StoredPackage, number: string | null) {
  await tx.$executeRaw`
    UPDATE shipment_packages SET tiktok_tracking_number = ${number}
    WHERE shipment_key = ${shipmentKey} AND position = ${position}`;
}

function eventOf(companyId: number, pack: StoredPackage, number: string | null) {
  const { shipmentKey: documentKey, trackingNumber } = pack;
  return {
    companyId,
    documentKey,
    event: 'document-changed' as const,
    summary:
      number === null
        ? `TikTok shows the tracking number ${trackingNumber} again.`
        : `TikTok shows the tracking number ${number} in place of ${trackingNumber}.`,
    details:
      number === null
        ? 'The parcel has the number of your shipment again.'
        : 'Seller Center or another app has corrected it. The shipment keeps the number that you have sent; TikTokTrackingNumber on its parcel is what the buyer sees.',
    additional: { trackingNumber: number ?? trackingNumber },
  };
}
