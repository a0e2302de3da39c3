import { Type } from 'typebox';
import { messageOf } from './envelopes.js';
import { ExplainedGate } from './explanation-schema.js';
import { dateTime, decimal, flag, int32, listOf, named, ref, text } from './schema.js';

/** Why inventory is not in TikTok: additions of ours in the contract's style. */

const SentQuantity = named(
  'SentQuantity',
  'What TikTok was last sent for a warehouse.',
  {},
  {
    WarehouseId: text("TikTok's id."),
    Quantity: int32('Left out until TikTok has taken one.'),
    InDoubt: Type.Boolean({ description: 'A call was made whose answer was lost: the value is sent again.' }),
    SentAt: dateTime(),
  },
);

const UploadedQuantity = named(
  'UploadedQuantity',
  'What a feed said of one warehouse.',
  {},
  {
    Warehouse: text('Its code; left out where none was given.'),
    Quantity: int32(),
    ImportId: int32('The feed that said it last. Feeds are numbered as their first byte arrives.'),
    ReceivedAt: dateTime('When that was.'),
  },
);

const OrderedPieces = named(
  'OrderedPieces',
  'Pieces of one order.',
  {},
  { TikTokOrderId: text(), Pieces: int32() },
);

const WantedQuantity = named(
  'WantedQuantity',
  'What TikTok is to show in one warehouse, and from what.',
  {},
  {
    WarehouseId: text("TikTok's id."),
    Uploaded: int32('What the feed said.'),
    ImportId: int32('That feed.'),
    CountedAt: dateTime('When its first byte arrived.'),
    NotKnownToCount: listOf(OrderedPieces, 'Ordered before, and not handed to the ERP by then: taken off.'),
    OrderedSince: listOf(OrderedPieces, 'Ordered since: TikTok has taken them off itself.'),
    GivenBack: listOf(OrderedPieces, 'Off the count and cancelled since: TikTok has given them back itself.'),
    NotListedYet: int32('Committed in TikTok, of orders that it does not list yet: taken off.'),
    Wanted: int32('After share and safety buffer.'),
    Shown: int32('What TikTok showed at the last read.'),
    Carried: int32(
      'What an update has to carry for that: more than Wanted where TikTok was seen to take the pieces of open orders off it.',
    ),
    Decision: text(
      'same; send; told: another writer has set it otherwise in TikTok, and the next feed that names it overwrites that; orders: a rise waits until orders can be read.',
      'same',
    ),
  },
);

const InventoryExplanation = named(
  'InventoryExplanation',
  'Why an item is, or is not, in TikTok as it was uploaded.',
  {},
  {
    SupplierSKU: text(),
    MerchantSKU: text('Left out while it is not matched.'),
    Summary: text(),
    Gates: listOf(ExplainedGate, 'Every rule that has a say, in the order of the decision.'),
    NextSteps: Type.Array(Type.String(), { description: 'What to do, or what happens without you.' }),
    Quantity: int32('As uploaded.'),
    Cost: decimal('As uploaded.'),
    Warehouse: text('As uploaded.'),
    CountedAt: dateTime('When the first byte of the feed arrived that last gave a quantity.'),
    Uploaded: listOf(UploadedQuantity, 'By warehouse code.'),
    QuantityAction: text('none, unchanged, blocked or send.', 'send'),
    PriceAction: text('none, unchanged, blocked or send.', 'unchanged'),
    Wanted: listOf(WantedQuantity, 'By warehouse; those that no feed names keep what TikTok shows.'),
    WantedPrice: decimal('As TikTok takes it.'),
    TikTok: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
      description: 'The SKU as TikTok showed it last.',
    }),
    SentQuantities: listOf(SentQuantity),
    SentPrice: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
      description: 'The price that TikTok was last sent.',
    }),
    OpenCalls: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description:
        'Calls without a clear answer, which TikTok may carry out until the time named; then it is read back.',
    }),
    Drift: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
      description: 'What another writer has set in TikTok, and since when it is known.',
    }),
    Push: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
      description: 'How the push of this shop does.',
    }),
  },
);

const UnsentReason = named(
  'UnsentReason',
  'A rule, and how many items stand at it.',
  {},
  {
    State: text('pending, waiting or refused.', 'refused'),
    Gate: text(undefined, 'matched'),
    Count: int32(),
  },
);

const UnsentItem = named(
  'UnsentItem',
  'An item whose newest values TikTok does not have.',
  {},
  {
    SupplierSKU: text(),
    MerchantSKU: text(),
    State: text('pending: the next push decides; waiting: it may pass by itself; refused.', 'refused'),
    Gate: text(undefined, 'exists-in-tiktok'),
    Reason: text(),
    Next: text('What to do.'),
    UnsentSince: dateTime(),
    RetryAt: dateTime('When the service tries again.'),
  },
);

const NotSentReport = named(
  'NotSentReport',
  'Items that are not sent, and why.',
  {},
  {
    TotalRecords: int32('Of all gates.'),
    Reasons: listOf(UnsentReason, 'Most first.'),
    Items: listOf(UnsentItem, 'One page, in the order of their SKUs.'),
    CurrentPage: int32('From 0.'),
  },
);

const ExpectedFinish = named(
  'ExpectedFinish',
  'When the pending items are expected to be in TikTok, by the calls that TikTok takes. Left out when nothing is pending.',
  {},
  {
    Calls: int32('At most so many: one for each product with changes.'),
    CallsPerSecond: Type.Number({ description: 'What TikTok takes now.' }),
    ExpectedCallsPerSecond: Type.Number({ description: 'What it is expected to take in the end.' }),
    Seconds: int32(),
    FinishAt: dateTime(),
    Text: text('The same for people.'),
  },
);

const InventoryFreshness = named(
  'InventoryFreshness',
  'How far TikTok is behind what was uploaded.',
  {},
  {
    SecondsBehind: int32('Age of the oldest change that is still to be sent; 0 when there is none.'),
    OldestPending: dateTime('That change.'),
    OldestUnsent: dateTime('The oldest change that TikTok lacks for whatever reason.'),
    Pending: int32('Items that the next push decides about.'),
    Waiting: int32('Items at a rule that may pass by itself.'),
    Refused: int32('Items that a rule keeps back until something changes.'),
    Expected: ref(ExpectedFinish),
  },
);

const DuplicateSku = named(
  'DuplicateSku',
  'A live SKU whose seller SKU another live SKU has too, or one that differs from it in case only.',
  {},
  {
    MerchantSKU: text(),
    TikTokSkuId: text(),
    TikTokProductId: text(),
    DiffersInCaseFrom: Type.Array(Type.String(), {
      description: 'Seller SKUs of other live SKUs that are the same but for the case of their letters.',
    }),
    IsSent: flag(
      'False: several SKUs have exactly this seller SKU, and nothing can tell which one is meant.',
    ),
  },
);

const DuplicateSkus = named(
  'DuplicateSkus',
  'Seller SKUs that several live SKUs have, none of which is sent, and those that differ in case only.',
  {},
  { Skus: listOf(DuplicateSku, 'In the order of the seller SKUs.'), CurrentPage: int32('From 0.') },
);

export const InventoryExplanationMessage = messageOf('InventoryExplanation', ref(InventoryExplanation));
export const NotSentMessage = messageOf('NotSent', ref(NotSentReport));
export const FreshnessMessage = messageOf('Freshness', ref(InventoryFreshness));
export const DuplicateSkusMessage = messageOf('DuplicateSkus', ref(DuplicateSkus));

export const pushExplanationSchemas = [
  SentQuantity,
  UploadedQuantity,
  OrderedPieces,
  WantedQuantity,
  InventoryExplanation,
  InventoryExplanationMessage,
  UnsentReason,
  UnsentItem,
  NotSentReport,
  NotSentMessage,
  ExpectedFinish,
  InventoryFreshness,
  FreshnessMessage,
  DuplicateSku,
  DuplicateSkus,
  DuplicateSkusMessage,
];
