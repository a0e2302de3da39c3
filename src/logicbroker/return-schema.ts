import type { Static } from 'typebox';
import { Contact, DataAttribute, EntityIdentifier, ItemIdentifier } from './common.js';
import { dateTime, decimal, int32, named, partsOf, ref, text } from './schema.js';
import { envelopesOf } from './envelopes.js';

export const ReturnLine = named(
  'ReturnLine',
  'Equal pieces that go back.',
  { ItemIdentifier: ref(ItemIdentifier) },
  {
    LineNumber: text('The line of the order.', '1'),
    Quantity: int32(),
    QuantityUOM: text(),
    Price: decimal('What the buyer paid for one piece.'),
    PriceCode: text(),
    RetailPrice: decimal('Price of one piece before discounts.'),
    ReturnReason: text("The buyer's reason in words."),
    ReturnReasonCode: text("Logicbroker's number of the reason.", '10'),
    Description: text(),
    ExtendedAttributes: partsOf(DataAttribute, "TikTokReturnLineItemId lists TikTok's ids of the pieces."),
  },
);

export const Return = named(
  'Return',
  "A buyer's request to send goods back; sent back by the seller, the answer to it.",
  {
    ReturnNumber: text("TikTok's id of the request.", '4035318504086604777'),
    ReturnLines: partsOf(ReturnLine),
  },
  {
    Identifier: ref(EntityIdentifier),
    SenderCompanyId: int32('Company number of the TikTok shop.'),
    ReceiverCompanyId: int32(),
    DocumentDate: dateTime('When the document came into being in this service.'),
    StatusCode: int32(
      'See GET Statuses. In an answer: 600 accepts the request, 1000 confirms the goods, and TikTok refunds the buyer.',
    ),
    ReturnDate: dateTime('When the buyer asked.'),
    OrderNumber: text("TikTok's order id."),
    OrderDate: dateTime('When the buyer placed the order.'),
    PartnerPO: text("TikTok's order id."),
    VendorNumber: text(),
    Note: text('What the buyer wrote.'),
    ShipToAddress: ref(Contact),
    BillToAddress: ref(Contact),
    ShipFromAddress: ref(Contact),
    OrderedByAddress: ref(Contact),
    ExtendedAttributes: partsOf(
      DataAttribute,
      'TikTokNextAction and TikTokResponseDeadline say what the seller has to do until when.',
    ),
  },
);
export type Return = Static<typeof Return>;

/** Both answers, as they are posted. */
export const returnExamples = {
  acceptTheRequest: {
    summary: 'First answer: accept the request (Response Received)',
    value: {
      ReturnNumber: '4035318504086604777',
      PartnerPO: '576461413038785752',
      StatusCode: 600,
      ReturnLines: [{ ItemIdentifier: { SupplierSKU: 'TEE-RED-L' }, LineNumber: '1', Quantity: 1 }],
    },
  },
  confirmTheGoods: {
    summary: 'Second answer: the goods are back, refund the buyer (Complete)',
    value: {
      ReturnNumber: '4035318504086604777',
      PartnerPO: '576461413038785752',
      StatusCode: 1000,
      ReturnLines: [{ ItemIdentifier: { SupplierSKU: 'TEE-RED-L' }, LineNumber: '1', Quantity: 1 }],
    },
  },
};

export const returnEnvelopes = envelopesOf(Return, { more: [ReturnLine], listName: 'Returns' });
