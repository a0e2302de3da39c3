import type { DocumentHead } from '../documents/document.js';
import { replaceBodies } from '../documents/document-store.js';
import { writeJson } from '../formats/json.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { renderShipment, SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import type { PlannedPart } from './shipment.js';
import type { StoredPackage, StoredShipment } from './shipment-store.js';

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

/** Brings a shipment's document up to date; the caller holds the order's lock. */
export async function refreshShipmentDocument(
  tx: Tx,
  head: ShipmentHead,
  record: OrderRecord,
  shipment: StoredShipment,
  packages: readonly StoredPackage[],
): Promise<void> {
  const body = shipmentText(head, record, shipment, packages);
  await replaceBodies(tx, [{ key: head.key, body, rendererVersion: SHIPMENT_RENDERER_VERSION }]);
}
