import type { Static } from 'typebox';
import { headFields, OrderLine } from './common.js';
import { dateTime, listOf, named, text } from './schema.js';

export const Shipment = named(
  'Shipment',
  'What the seller has shipped. Cartons are the ShipmentInfos of the lines.',
  { ShipmentLines: listOf(OrderLine) },
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
