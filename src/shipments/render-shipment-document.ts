import type { DocumentHead } from '../documents/document.js';
import { lockDocuments, orderKeysOf, replaceBodies, type BodyChange } from '../documents/document-store.js';
import type { Renderer } from '../documents/rerender.js';
import { writeJson } from '../formats/json.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { renderShipment, SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrdersByDocuments, readOrderRecords } from '../orders/order-store.js';
import type { Tx } from '../store/database.js';
import type { PlannedPart } from '../domain/shipment.js';
import { findShipment, listPackages, type StoredPackage } from './shipment-store.js';

/** The head's columns that the text repeats. */
export type ShipmentHead = Pick<
  DocumentHead,
  'key' | 'companyId' | 'statusCode' | 'linkKey' | 'documentDate' | 'receiverCompanyId'
>;

/** The document's text; see `renderShipment`. */
export function shipmentText(
  head: ShipmentHead,
  record: OrderRecord,
  shipment: { input: JsonObject; parts: readonly PlannedPart[] },
  packages: readonly Pick<StoredPackage, 'position' | 'trackingNumber' | 'tiktokPackageId'>[],
): string {
  const { tiktokOrderId } = record.order;
  return writeJson(
    renderShipment({
      key: head.key,
      companyId: head.companyId,
      partnerId: head.receiverCompanyId,
      statusCode: head.statusCode,
      order: {
        linkKey: head.linkKey,
        sourceKey: tiktokOrderId,
        partnerPo: tiktokOrderId,
        orderNumber: tiktokOrderId,
        lines: record.lines,
      },
      documentDate: head.documentDate,
      shipmentDate: readShipment(shipment.input).shipmentDate ?? head.documentDate,
      input: shipment.input,
      parts: shipment.parts,
      packages,
    }),
  );
}

/**
 * Brings shipments' documents up to date after something they show has changed. The caller holds the order's lock. Texts
 * that come out the same leave version and ETag alone.
 */
export async function refreshShipmentDocuments(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: number[] },
): Promise<void> {
  const changes: BodyChange[] = [];
  for (const head of await lockDocuments(tx, { companyId, keys })) {
    const shipment = await findShipment(tx, { companyId, documentKey: head.key });
    const [record] = shipment ? await readOrderRecords(tx, [shipment.orderId]) : [];
    if (!shipment || !record) continue;
    const body = shipmentText(head, record, shipment, await listPackages(tx, head.key));
    changes.push({ key: head.key, body, rendererVersion: SHIPMENT_RENDERER_VERSION });
  }
  await replaceBodies(tx, changes);
}

/** The same for the sweep over documents of older versions. Locks the orders first. */
export const shipmentRenderer: Renderer = {
  type: 'shipment',
  version: SHIPMENT_RENDERER_VERSION,
  async refresh(tx, { companyId, keys }) {
    const documentKeys = await orderKeysOf(tx, { companyId, keys });
    await lockOrdersByDocuments(tx, { companyId, documentKeys });
    await refreshShipmentDocuments(tx, { companyId, keys });
  },
};
