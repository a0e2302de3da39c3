import { dateTime, decimal, flag, int32, named, oneOf, partsOf, ref, text } from './schema.js';

/** Pieces that several documents share (CommerceAPI v3). */

export const EntityIdentifier = named(
  'EntityIdentifier',
  'The ids of a document. Read-only, except LinkKey on a document that shall be linked to an order.',
  {},
  {
    SourceKey: text("The sender's own id; on orders TikTok's order id."),
    LogicbrokerKey: text('Number of the document in this service.', '1001'),
    DestinationKey: text("The receiver's own id."),
    LinkKey: text('The same on an order and on all documents that belong to it.', 'L-1001'),
  },
);

export const ItemIdentifier = named(
  'ItemIdentifier',
  'The names of an item.',
  {},
  {
    SupplierSKU: text("The ERP's SKU. Without a match it is TikTok's seller SKU."),
    PartnerSKU: text("TikTok's seller SKU."),
    ParentSKU: text(),
    ManufacturerSKU: text(),
    ExternalSKU: text(),
    ASIN: text(),
    UPC: text(),
    ISBN: text(),
    SerialNumber: text(),
  },
);

export const DataAttribute = named(
  'DataAttribute',
  'Extended attribute: what the document has no own field for.',
  {},
  {
    Name: text(undefined, 'TikTokOrderLineId'),
    Value: text(),
    Section: text(),
  },
);

export const Contact = named(
  'Contact',
  'An address with its person.',
  {},
  {
    CompanyName: text(),
    FirstName: text(),
    LastName: text(),
    Title: text(),
    Address1: text(),
    Address2: text(),
    City: text(),
    State: text(),
    Country: text(),
    Zip: text(),
    Province: text(),
    AddressCode: text(),
    StateCode: text(),
    CountryCode: text('Two letters.', 'US'),
    Phone: text(),
    ContactID: text(),
    ContactType: oneOf([0, 1, 2, 3]),
    Email: text(),
    TaxNumber: text(),
    FaxNumber: text(),
    Note: text(),
    ExtendedAttributes: partsOf(DataAttribute),
  },
);

export const Discount = named(
  'Discount',
  'A discount; on orders from TikTok the name is SellerDiscount.',
  {},
  {
    DiscountCode: text(),
    DiscountName: text(undefined, 'SellerDiscount'),
    DiscountPercent: decimal(),
    DiscountAmount: decimal(),
  },
);

export const Tax = named(
  'Tax',
  'A tax.',
  {},
  {
    TaxTitle: text(),
    TaxCode: text(),
    TaxAmount: decimal(),
    TaxRate: decimal(),
  },
);

export const Payment = named(
  'Payment',
  'A payment.',
  {},
  {
    Method: text(),
    PaymentDate: dateTime(),
    Amount: decimal(),
    ReferenceId: text(),
  },
);

const PaymentTerm = named(
  'PaymentTerm',
  'Terms of payment.',
  {},
  {
    TermsDescription: text(),
    PayInNumberOfDays: int32(),
    DiscountInNumberOfDays: int32(),
    AvailableDiscount: decimal(),
    DiscountPercent: decimal(),
    DueDate: dateTime(),
    DiscountDueDate: dateTime(),
    EffectiveDate: dateTime(),
  },
);

const ShipmentInfo = named(
  'ShipmentInfo',
  'On a line: one carton with its tracking number.',
  {},
  {
    DateShipped: dateTime(),
    CarrierCode: text(
      'Name or code of the carrier; matched to the carriers that TikTok accepts for the order.',
    ),
    ClassCode: text(),
    SenderClassCode: text(),
    ReceiverClassCode: text("TikTok's id of the shipping provider; goes before CarrierCode."),
    ServiceLevelCode: text(),
    ServiceLevelDescription: text(),
    TrackingNumber: text(),
    ShippingDiscounts: partsOf(Discount),
    SellerFullfillmentId: text(),
    ShipmentCost: decimal('After ShippingDiscounts.'),
    ShipmentTaxes: partsOf(Tax),
    InsuranceCost: decimal(
      'On orders: the insurance of the shipping that the buyer pays besides ShipmentCost.',
    ),
    ContainerCode: text(),
    Qty: int32('Pieces of the line in this carton.'),
    ContainerType: text(),
    ShipmentContainerParentCode: text(),
    Height: decimal(),
    Width: decimal(),
    Length: decimal(),
    DimensionUnit: text(),
    Weight: decimal(),
    WeightUnit: text(),
    CartonsPerPallet: int32(),
    LayersPerPallet: int32(),
    Note: text(),
    ExtendedAttributes: partsOf(DataAttribute, 'TikTokPackageId_ picks the package on TikTok.'),
  },
);

export const OrderLine = named(
  'OrderLine',
  'A line of an order or shipment.',
  { ItemIdentifier: ref(ItemIdentifier) },
  {
    LineNumber: text('Frozen when the order is exported.', '1'),
    Quantity: int32(),
    QuantityUOM: text(),
    Price: decimal('What the buyer paid for one piece.'),
    PriceCode: text(),
    RetailPrice: decimal('Price of one piece before discounts.'),
    Cost: decimal(),
    MSRP: decimal('Of a gift: what one piece costs otherwise.'),
    Description: text(),
    Discounts: partsOf(Discount, 'Of all pieces of the line together; they are inside Price already.'),
    Taxes: partsOf(Tax, 'Of all pieces of the line together.'),
    ShipmentInfos: partsOf(ShipmentInfo),
    WarehouseCode: text(),
    ShippingAddress: ref(Contact),
    IsDropShip: flag(),
    Weight: decimal(),
    WeightUOM: text(),
    Note: text(),
    ExtendedAttributes: partsOf(DataAttribute, "TikTokOrderLineId lists TikTok's ids of the pieces."),
  },
);

/** What orders and shipments have in common in their heads. */
export const headFields = {
  Identifier: ref(EntityIdentifier),
  SenderCompanyId: int32(
    'Company number of the sender: of an order the TikTok shop, of a shipment the seller.',
  ),
  ReceiverCompanyId: int32(),
  DocumentDate: dateTime('When the document came into being in this service.'),
  StatusCode: int32('See GET Statuses.'),
  OrderNumber: text("TikTok's order id."),
  PartnerPO: text("TikTok's order id."),
  SupplierPO: text(),
  OrderDate: dateTime('When the buyer placed the order.'),
  VendorNumber: text(),
  CustomerNumber: text(),
  DepartmentNumber: text(),
  Discounts: partsOf(Discount),
  Taxes: partsOf(Tax),
  Payments: partsOf(Payment),
  PaymentTerm: ref(PaymentTerm),
  ShipmentInfos: partsOf(ShipmentInfo),
  ShipToAddress: ref(Contact),
  BillToAddress: ref(Contact),
  OrderedByAddress: ref(Contact),
  ShipFromAddress: ref(Contact),
  ExtendedAttributes: partsOf(DataAttribute),
  TotalAmount: decimal(),
  Currency: text(undefined, 'USD'),
  HandlingAmount: decimal(),
  DropshipAmount: decimal(),
  HandlingTaxes: partsOf(Tax),
  Note: text(),
  WarehouseCode: text(),
  ExpectedDeliveryDate: dateTime(),
};

export const commonSchemas = [
  EntityIdentifier,
  ItemIdentifier,
  DataAttribute,
  Contact,
  Discount,
  Tax,
  Payment,
  PaymentTerm,
  ShipmentInfo,
  OrderLine,
];
