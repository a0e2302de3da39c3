import type { DocumentHead } from '../documents/document.js';
import type { Renderer } from '../documents/rerender.js';
import { writeJson } from '../formats/json.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { renderShipment, SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrdersOf, readRecordsOf } from '../orders/lock-with-order.js';
import type { PlannedPart } from '../domain/shipment.js';
import { findShipments, listPackagesOf, type StoredPackage, type StoredShipment } from './shipment-store.js';

/** The head's columns that the text repeats. */
type ShipmentHead = Pick<
  DocumentHead,
  'key' | 'companyId' | 'statusCode' | 'linkKey' | 'documentDate' | 'receiverCompanyId'
>;

/** The document's text; see `renderShipment`. */
export function shipmentText(
  head: ShipmentHead,
  record: OrderRecord,
  shipment: { input: JsonObject; parts: readonly PlannedPart[] },
  packages: readonly (Pick<StoredPackage, 'position' | 'trackingNumber' | 'tiktokPackageId'> &
    Partial<Pick<StoredPackage, 'leftOut' | 'tiktokTrackingNumber'>>)[],
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

/** A shipment with its packages and the order that it belongs to. */
interface WithOrder {
  shipment: StoredShipment;
  packages: StoredPackage[];
  record: OrderRecord;
}

export const shipmentRenderer: Renderer<WithOrder> = {
  type: 'shipment',
  version: SHIPMENT_RENDERER_VERSION,
  lock: lockOrdersOf,
  async read(tx, { companyId, keys }) {
    const found = await findShipments(tx, { companyId, documentKeys: keys });
    const records = await readRecordsOf(tx, found);
    const all = await listPackagesOf(tx, keys);
    return new Map(
      found.flatMap((shipment) => {
        const key = shipment.documentKey;
        const record = records.get(shipment.orderId);
        const packages = all.filter(({ shipmentKey }) => shipmentKey === key);
        return record ? [[key, { shipment, packages, record }]] : [];
      }),
    );
  },
  text: ({ shipment, packages, record }, head) => shipmentText(head, record, shipment, packages),
};
