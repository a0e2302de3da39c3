import type { Static } from 'typebox';
import { Contact, headFields, OrderLine } from './common.js';
import { dateTime, decimal, named, oneOf, partsOf, ref, text } from './schema.js';
import { envelopesOf } from './envelopes.js';

export const SalesOrder = named(
  'SalesOrder',
  'An order of a TikTok buyer, as it is sent to the seller.',
  { OrderLines: partsOf(OrderLine) },
  {
    ...headFields,
    SubTotal: decimal('Sum of the lines before shipping and tax. An addition to the v3 contract.'),
    RequestedShipDate: dateTime('Ship by: the limit for handing over the tracking number.'),
    DoNotShipBefore: dateTime(),
    DoNotShipAfter: dateTime(),
    RemitToAddress: ref(Contact),
    MarkForAddress: ref(Contact),
    TypeCode: text(),
    ReleaseNumber: text(),
    SalesRequirement: oneOf([0, 1, 2]),
  },
);
export type SalesOrder = Static<typeof SalesOrder>;

export const orderEnvelopes = envelopesOf(SalesOrder, {
  wrapped: { name: 'GetSalesOrdersResponse', member: 'SalesOrder', description: 'One order.' },
  listName: 'SalesOrders',
});
