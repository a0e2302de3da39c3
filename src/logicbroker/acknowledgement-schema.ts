import type { Static } from 'typebox';
import { Contact, DataAttribute, EntityIdentifier, ItemIdentifier } from './common.js';
import { dateTime, decimal, int32, named, oneOf, partsOf, ref, text } from './schema.js';
import { envelopesOf } from './envelopes.js';

const TYPES = [0, 1, 2, 3];
const TYPE_MEANING =
  '0 acknowledge with change, 1 acknowledge, 2 reject. Follows from the quantities when left out.';
const REASON_MEANING =
  'Why it is cancelled: a standard reason of Logicbroker, or a key of TikTok; see GET Partners/{partnerId}/CancellationReasons.';

export const AckLine = named(
  'AckLine',
  'What is said about pieces of one line of the order.',
  { ItemIdentifier: ref(ItemIdentifier) },
  {
    Type: oneOf(TYPES, TYPE_MEANING),
    Quantity: int32('Pieces that are accepted.'),
    QuantityCancelled: int32('Pieces that are cancelled: all that are left of the order, or none.'),
    QuantityBackordered: int32('Pieces that will come later. Kept; TikTok has no place for it.'),
    Price: decimal(),
    PriceCode: text(),
    RetailPrice: decimal(),
    QuantityUOM: text(),
    ChangeReason: text(REASON_MEANING, 'Out of stock'),
    Description: text(),
    LineNumber: text("The order's own, where several lines have the SKU.", '1'),
    ExtendedAttributes: partsOf(DataAttribute, 'TikTokOrderLineId lists the pieces that are cancelled.'),
  },
);

export const Acknowledgement = named(
  'Acknowledgement',
  'The seller accepts or cancels an order; or a cancellation that came from TikTok, addressed to the seller.',
  { AckLines: partsOf(AckLine) },
  {
    ShipToAddress: ref(Contact),
    BillToAddress: ref(Contact),
    ShipFromAddress: ref(Contact),
    Type: oneOf(TYPES, TYPE_MEANING),
    AcknowledgementNumber: text(
      "The sender's number of the acknowledgement, once per order; of one from TikTok the cancellation's id.",
      'A-1',
    ),
    OrderNumber: text("TikTok's order id."),
    OrderDate: dateTime(),
    PartnerPO: text("TikTok's order id.", '576461413038785752'),
    VendorNumber: text(),
    ChangeReason: text(REASON_MEANING, 'Out of stock'),
    AcknowledgementDate: dateTime(),
    ScheduledShipDate: dateTime(),
    RequestedShipDate: dateTime(),
    DoNotShipBefore: dateTime(),
    DoNotShipAfter: dateTime(),
    ExpectedDeliveryDate: dateTime(),
    UpdateRequestNumber: text(),
    ExtendedAttributes: partsOf(DataAttribute),
    SenderCompanyId: int32('Company number of the sender: the seller, or the TikTok shop.'),
    ReceiverCompanyId: int32(),
    Identifier: ref(EntityIdentifier),
    DocumentDate: dateTime('When the document came into being in this service.'),
    StatusCode: int32('See GET Statuses.'),
  },
);
export type Acknowledgement = Static<typeof Acknowledgement>;

/** One document says one thing. */
export const acknowledgementExamples = {
  accept: {
    summary: 'Accept: the order becomes Ready to Ship, TikTok is told nothing',
    value: {
      AcknowledgementNumber: 'A-1',
      PartnerPO: '576461413038785752',
      AckLines: [{ ItemIdentifier: { SupplierSKU: 'TEE-RED-L' }, LineNumber: '1', Quantity: 3 }],
    },
  },
  cancel: {
    summary: 'Cancel the whole order: sent to TikTok, which decides',
    value: {
      AcknowledgementNumber: 'A-2',
      PartnerPO: '576461413038785752',
      ChangeReason: 'Out of stock',
      AckLines: [{ ItemIdentifier: { SupplierSKU: 'TEE-RED-L' }, LineNumber: '1', QuantityCancelled: 3 }],
    },
  },
  backorder: {
    summary: 'Backorder: kept, the order stays where it is',
    value: {
      AcknowledgementNumber: 'A-3',
      PartnerPO: '576461413038785752',
      AckLines: [{ ItemIdentifier: { SupplierSKU: 'TEE-RED-L' }, LineNumber: '1', QuantityBackordered: 3 }],
    },
  },
};

export const acknowledgementEnvelopes = envelopesOf(Acknowledgement, {
  more: [AckLine],
  listName: 'Acknowledgements',
});
