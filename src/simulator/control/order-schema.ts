import { Type, type Static } from 'typebox';

import { deliveryTypes, invoiceNeeds, orderTypes } from '../state/order-kind.js';

const strict = { additionalProperties: false };

const Amount = Type.String({
  pattern: '^\\d+(\\.\\d{1,2})?$',
  description: "Decimal, in the shop's currency",
});
const ShippingType = Type.Enum(['TIKTOK', 'SELLER']);
const SellerSku = Type.String({ minLength: 1, description: 'Made when the shop does not have it' });
const Invoice = Type.Enum([...invoiceNeeds], {
  description: 'Brazil: NEED_INVOICE and INVOICE_PROCESSING refuse the shipment',
});
const Listed = Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
  description:
    'The list shows the order only so many seconds after it was placed, with its old update_time; null: never, only Get Order Detail knows it',
});

const AddressPatch = Type.Partial(
  Type.Object({
    name: Type.String(),
    firstName: Type.String(),
    lastName: Type.String(),
    firstNameLocalScript: Type.String({ description: 'Japan: in katakana' }),
    lastNameLocalScript: Type.String(),
    phone: Type.String(),
    line1: Type.String(),
    line2: Type.String(),
    line3: Type.String(),
    line4: Type.String(),
    fullAddress: Type.String(),
    postalCode: Type.String(),
    regionCode: Type.String({ pattern: '^[A-Z]{2}$', description: 'Another EU country than the shop’s' }),
    postTown: Type.String(),
    dropOffLocation: Type.String(),
    districts: Type.Array(
      Type.Object({ level: Type.String(), levelName: Type.String(), name: Type.String() }, strict),
      { maxItems: 20 },
    ),
  }),
  strict,
);

const Line = Type.Object(
  {
    sellerSku: SellerSku,
    quantity: Type.Integer({ minimum: 1, maximum: 1000 }),
    price: Type.Optional(Amount),
    sellerDiscount: Type.Optional(Amount),
    platformDiscount: Type.Optional(Amount),
    isGift: Type.Optional(Type.Boolean()),
    giftRetailPrice: Type.Optional(Amount),
    deposit: Type.Optional(
      Type.String({ ...Amount, description: 'EU: `pfand_fee`, paid besides the price' }),
    ),
    parts: Type.Optional(
      Type.Array(
        Type.Object({ sellerSku: SellerSku, count: Type.Integer({ minimum: 1, maximum: 100 }) }, strict),
        {
          minItems: 1,
          maxItems: 50,
          description: 'A virtual bundle: the goods to pick for one piece of it (`combined_listing_skus`)',
        },
      ),
    ),
    temporaryListing: Type.Optional(
      Type.Boolean({ description: 'Sold in a live session from a listing made for it: no seller SKU' }),
    ),
    roomId: Type.Optional(Type.String({ description: 'US: `room_id` of the live session' })),
    productName: Type.Optional(Type.String()),
    skuName: Type.Optional(Type.String()),
  },
  strict,
);

const Shipping = Type.Partial(
  Type.Object({
    original: Amount,
    sellerDiscount: Amount,
    platformDiscount: Amount,
    cofundedDiscount: Type.String({
      ...Amount,
      description: "In place of the seller's discount, where TikTok pays a part of it back",
    }),
    tax: Amount,
  }),
  { ...strict, description: "What is not named is 0; the market's usual fee when all is left out" },
);

const Fees = Type.Partial(
  Type.Object({
    retailDelivery: Amount,
    smallOrder: Amount,
    buyerService: Amount,
    handling: Amount,
    shippingInsurance: Amount,
    itemInsurance: Amount,
    itemInsuranceTax: Amount,
    distance: Type.String({ ...Amount, description: 'Indonesia, Horizon+: `distance_fee`' }),
    distanceShipping: Type.String({ ...Amount, description: 'The part of it that the carrier takes' }),
    paymentDiscount: Type.String({
      ...Amount,
      description: '`payment_platform_discount`: less to pay',
    }),
    paymentDiscountService: Amount,
  }),
  { ...strict, description: 'What the buyer pays besides goods and shipping' },
);
export type Fees = Static<typeof Fees>;

export const NewOrder = Type.Object(
  {
    lines: Type.Array(Line, { minItems: 1, maxItems: 1000 }),
    paidMinutesAgo: Type.Optional(
      Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
        description:
          'Paid now when left out; null: not paid. update_time is never before an app last listed the orders of the shop, unless the list is late with the order',
      }),
    ),
    listedAfterSeconds: Type.Optional(Listed),
    shippingType: Type.Optional(ShippingType),
    fulfillmentType: Type.Optional(
      Type.Enum(['FULFILLMENT_BY_SELLER', 'FULFILLMENT_BY_TIKTOK', 'FULFILLMENT_BY_DILAYANI_TOKOPEDIA']),
    ),
    deliveryType: Type.Optional(Type.Enum([...deliveryTypes])),
    buyerMessage: Type.Optional(Type.String()),
    buyerUserId: Type.Optional(Type.String({ description: 'The same for orders of one buyer' })),
    isCod: Type.Optional(Type.Boolean()),
    paymentMethod: Type.Optional(Type.String({ description: '`payment_method_name`, free text' })),
    address: Type.Optional(AddressPatch),
    orderType: Type.Optional(
      Type.String({
        pattern: '^[A-Z_]*$',
        examples: [...orderTypes],
        description: 'Others than these pass: TikTok may think of more',
      }),
    ),
    releaseInSeconds: Type.Optional(
      Type.Integer({ description: 'Of a PRE_ORDER: `release_date`; it waits in ON_HOLD until then' }),
    ),
    handlingDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 90 })),
    handlingType: Type.Optional(
      Type.Enum(['BUSINESS_DAY', 'CALENDAR_DAY'], { description: 'Default BUSINESS_DAY' }),
    ),
    isSample: Type.Optional(Type.Boolean({ description: 'Free of charge where no price is named' })),
    replacesOrderId: Type.Optional(Type.String({ description: 'A replacement, free of charge' })),
    exchangesOrderId: Type.Optional(Type.String({ description: 'Taken in exchange, free of charge' })),
    isSubscription: Type.Optional(Type.Boolean()),
    combineGroupId: Type.Optional(
      Type.String({ description: 'US: `auto_combine_group_id`; given by itself to orders of one buyer' }),
    ),
    shipping: Type.Optional(Shipping),
    fees: Type.Optional(Fees),
    vatPercent: Type.Optional(
      Type.Number({ minimum: 0, maximum: 50, description: 'EU: the tax in the prices, told on lines' }),
    ),
    cpf: Type.Optional(Type.String({ description: 'Brazil' })),
    cpfName: Type.Optional(Type.String()),
    invoice: Type.Optional(Invoice),
  },
  strict,
);
export type NewOrder = Static<typeof NewOrder>;
export type NewOrderLine = NewOrder['lines'][number];

export const OrderPatch = Type.Object(
  {
    address: Type.Optional(AddressPatch),
    buyerMessage: Type.Optional(Type.String()),
    sellerNote: Type.Optional(Type.String()),
    invoice: Type.Optional(Invoice),
    listedAfterSeconds: Type.Optional(Listed),
  },
  strict,
);
export type OrderPatch = Static<typeof OrderPatch>;
