import type { Static } from 'typebox';
import { headFields, OrderLine } from './common.js';
import { dateTime, named, partsOf, text } from './schema.js';
import { envelopesOf } from './envelopes.js';

export const Shipment = named(
  'Shipment',
  'What the seller has shipped. Cartons are the ShipmentInfos of the lines.',
  { ShipmentLines: partsOf(OrderLine) },
  {
    ...headFields,
    ShipmentNumber: text("The seller's number of the shipment, once per order.", 'S-1'),
    ShipmentDate: dateTime(),
    InvoiceNumber: text(),
    BillofLading: text(),
    PRONumber: text(),
  },
);
export type Shipment = Static<typeof Shipment>;

export const shipmentExamples = {
  oneParcel: {
    summary: 'One parcel with two of the three pieces of a line; the carrier by its name',
    value: {
      ShipmentNumber: 'S-1',
      PartnerPO: '576461413038785752',
      ShipmentLines: [
        {
          LineNumber: '1',
          ItemIdentifier: { SupplierSKU: 'TEE-RED-L' },
          Quantity: 2,
          ShipmentInfos: [{ TrackingNumber: '9400111899560000000017', CarrierCode: 'USPS', Qty: 2 }],
        },
      ],
    },
  },
  twoParcels: {
    summary: "Two parcels; TikTok's own id of the carrier",
    value: {
      ShipmentNumber: 'S-2',
      PartnerPO: '576461413038785752',
      ShipmentLines: [
        {
          LineNumber: '1',
          ItemIdentifier: { SupplierSKU: 'TEE-RED-L' },
          Quantity: 3,
          ShipmentInfos: [
            { TrackingNumber: '1Z999AA10123456784', ReceiverClassCode: '7117858858072016686', Qty: 2 },
            { TrackingNumber: '1Z999AA10123456795', ReceiverClassCode: '7117858858072016686', Qty: 1 },
          ],
        },
      ],
    },
  },
  draft: {
    summary: 'A draft: stored, and sent when its status is set to Submitted',
    value: {
      StatusCode: -1,
      ShipmentNumber: 'S-3',
      PartnerPO: '576461413038785752',
      ShipmentLines: [
        {
          LineNumber: '2',
          ItemIdentifier: { SupplierSKU: 'MUG-BLUE' },
          Quantity: 1,
          ShipmentInfos: [{ TrackingNumber: '9400111899560000000024', CarrierCode: 'USPS', Qty: 1 }],
        },
      ],
    },
  },
};

export const shipmentEnvelopes = envelopesOf(Shipment, {
  wrapped: { name: 'GetShipmentResponse', member: 'Shipment', description: 'One shipment.' },
  listName: 'Shipments',
  ofOrder: { name: 'SalesOrderShipments', description: 'The shipments of an order.' },
});
