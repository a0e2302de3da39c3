import { Type } from 'typebox';

import { seedNames } from '../options.js';
import { effectKinds, orderStatuses } from '../state/model.js';
import { regionCodes } from '../state/regions.js';
import { listingSwitches } from './listing-switches.js';

const strict = { additionalProperties: false };

export const Failure = Type.Object({ error: Type.String() }, { description: 'Why the call was refused' });
export const Nothing = Type.Object({}, { description: 'Done' });

export const IdParams = Type.Object({ id: Type.String() });
export const NumberParams = Type.Object({ id: Type.Integer() });

export const App = Type.Object(
  {
    appKey: Type.String(),
    appSecret: Type.String(),
    serviceId: Type.String({ description: 'What the authorization link carries' }),
    name: Type.String(),
    redirectUrl: Type.String({ description: 'Where the seller is sent after the decision' }),
    scopes: Type.Optional(Type.Array(Type.String(), { maxItems: 1000, description: 'All when left out' })),
  },
  strict,
);

export const NewSeller = Type.Object(
  {
    name: Type.String(),
    email: Type.String(),
    password: Type.String(),
    baseRegion: Type.Enum([...regionCodes]),
  },
  strict,
);
export const Seller = Type.Object({ openId: Type.String(), ...NewSeller.properties });

const SellerType = Type.Enum(['LOCAL', 'CROSS_BORDER']);
const ShippingType = Type.Enum(['TIKTOK', 'SELLER']);

export const NewShop = Type.Object(
  {
    name: Type.String(),
    region: Type.Enum([...regionCodes]),
    sellerType: SellerType,
    openId: Type.String({ description: "The seller's" }),
    id: Type.Optional(Type.String({ pattern: '^\\d{5,19}$' })),
  },
  strict,
);

export const Shop = Type.Object({
  id: Type.String(),
  name: Type.String(),
  region: Type.String(),
  sellerType: SellerType,
  openId: Type.String(),
  code: Type.String(),
  currency: Type.String(),
  orders: Type.Integer(),
  products: Type.Integer(),
  ciphers: Type.Record(Type.String(), Type.String(), { description: '`shop_cipher` by app key' }),
  deliveryOptions: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      shippingType: ShippingType,
      providers: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
    }),
  ),
});

export const Generate = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 200_000 }),
    unitsPerOrder: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    skuCount: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    paidMinutesAgo: Type.Optional(
      Type.Number({ description: 'Of the newest order, default 90; update_time as for a single order' }),
    ),
    spreadMinutes: Type.Optional(
      Type.Number({ minimum: 0, description: 'Time over which the orders are spread' }),
    ),
    skuPrefix: Type.Optional(Type.String()),
    cancelRequests: Type.Optional(
      Type.Integer({ minimum: 0, description: 'How many of them, from the first, buyers ask to cancel' }),
    ),
    cancelled: Type.Optional(
      Type.Integer({ minimum: 0, description: 'How many of the next ones the platform cancels' }),
    ),
    returnRequests: Type.Optional(
      Type.Integer({ minimum: 0, description: 'How many of the next ones are delivered and asked back' }),
    ),
  },
  strict,
);
export const Generated = Type.Object({
  count: Type.Integer(),
  firstId: Type.String(),
  lastId: Type.String(),
});

export const Order = Type.Object(
  { shopId: Type.String(), id: Type.String(), status: Type.Enum([...orderStatuses]) },
  {
    additionalProperties: true,
    description: 'As Get Order Detail 202507 answers it, with shopId and unmaskedAddress',
  },
);

export const OrderQuery = Type.Object({
  shop: Type.Optional(Type.String()),
  status: Type.Optional(Type.Enum([...orderStatuses])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Default 100' })),
});

export const CaseQuery = Type.Object({
  shop: Type.Optional(Type.String()),
  order: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Default 100' })),
});
export const Cancellation = Type.Object(
  { shopId: Type.String(), cancel_id: Type.String(), order_id: Type.String(), cancel_status: Type.String() },
  { additionalProperties: true, description: 'As Search Cancellations 202309 answers it, with shopId' },
);
export const Return = Type.Object(
  { shopId: Type.String(), return_id: Type.String(), order_id: Type.String(), return_status: Type.String() },
  { additionalProperties: true, description: 'As Search Returns 202309 answers it, with shopId' },
);

export const ClockChange = Type.Object(
  {
    now: Type.Optional(
      Type.Union([Type.String(), Type.Number()], { description: 'ISO 8601 or epoch milliseconds' }),
    ),
    advanceSeconds: Type.Optional(Type.Number()),
    frozen: Type.Optional(Type.Boolean()),
  },
  {
    ...strict,
    description: 'Applied in this order: now, advanceSeconds, frozen. What becomes due happens at once',
  },
);
export const Clock = Type.Object({
  now: Type.String(),
  nowMs: Type.Number(),
  offsetMs: Type.Number(),
  frozen: Type.Boolean(),
});

export const WhoAuthorizes = Type.Object(
  {
    openId: Type.String(),
    appKey: Type.Optional(Type.String({ description: 'The first app when left out' })),
  },
  strict,
);
export const AuthorizeBody = Type.Object(
  { ...WhoAuthorizes.properties, state: Type.Optional(Type.String()) },
  strict,
);
export const Authorized = Type.Object({ redirectUrl: Type.String(), code: Type.String() });
export const Tokens = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  accessTokenExpiresSec: Type.Integer(),
  refreshTokenExpiresSec: Type.Integer(),
});
export const ExpireBody = Type.Object(
  {
    kind: Type.Enum(['access', 'refresh']),
    openId: Type.Optional(Type.String({ description: 'All sellers when left out' })),
  },
  strict,
);

export const BehaviourPatch = Type.Partial(
  Type.Object({
    webhookRetriesSec: Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 20 }),
    webhookAddresses: Type.Enum(['documented', 'local_too', 'any']),
    oldRefreshToken: Type.Enum(['dies', 'grace']),
    refreshGraceSec: Type.Integer({ minimum: 0 }),
    oldAccessToken: Type.Enum(['lives_on', 'dies']),
    expiredTokenStatus: Type.Integer({ minimum: 200, maximum: 499 }),
    accessTokenLifetimeSec: Type.Integer({ minimum: 1 }),
    refreshTokenLifetimeSec: Type.Integer({ minimum: 1 }),
    refusalError: Type.Enum(['auth_denied', 'access_denied']),
    showsOnHold: Type.Boolean(),
    trackingFormat: Type.Enum(['ignored', 'plausible', 'checked']),
    paging: Type.Enum(['cursor', 'offset']),
    timestampClock: Type.Enum(['either', 'real', 'simulated']),
    cancelledSpelling: Type.Enum(['CANCELLATION_REQUEST_CANCEL', 'CANCELLATION_REQUEST_CANCELLED']),
    sellerCancelUnpaid: Type.Enum(['refused', 'allowed']),
    sellerCancelMeetsRequest: Type.Enum(['refused', 'overtakes']),
    usRejectCancel: Type.Enum(['allowed', 'refused']),
    cancelAnswerSec: Type.Integer({ minimum: 1 }),
    returnAnswerSec: Type.Integer({ minimum: 1 }),
    replacementAnswerSec: Type.Integer({ minimum: 1 }),
    buyerAnswerSec: Type.Integer({ minimum: 1 }),
    refundSec: Type.Integer({ minimum: 0 }),
    receiveFrom: Type.Enum(['sending', 'delivery']),
    combinedReturn: Type.Enum(['boolean', 'text']),
    productPaging: Type.Enum(['cursor', 'offset']),
    productSearchLimit: Type.Enum(['every_page', 'beyond']),
    productSearchShowsDeleted: Type.Boolean(),
    stockAndPriceMoveUpdateTime: Type.Boolean(),
    leftOutWarehouse: Type.Enum(['refused', 'kept', 'zero']),
    zeroQuantity: Type.Enum(['accepted', 'refused']),
    categoryVersionLeftOut: Type.Enum(['v1', 'newest']),
    oldTreeBesideNew: Type.Enum(['accepted', 'refused']),
    innerCategory: Type.Enum(['not_final', 'wrong_version']),
    attributeWithoutCause: Type.Enum(['refused', 'accepted']),
    listingDay: Type.Enum(['shop', 'utc']),
    productAuditSec: Type.Integer({ minimum: 0 }),
    ordersMoveUpdateTime: Type.Boolean(),
    updateSets: Type.Enum(['available', 'on_hand']),
    promotionHolds: Type.Enum(['warehouse', 'sku']),
    committedEnds: Type.Enum(['arrangement', 'collection']),
    stockUpdates: Type.Enum(['live', 'not_in_review', 'not_frozen']),
    ...listingSwitches,
    inventoryLagSec: Type.Integer({ minimum: 0 }),
    orderListLagSec: Type.Integer({ minimum: 0 }),
    deadlines: Type.Enum(['act', 'printed']),
    unpaidSec: Type.Integer({ minimum: 1 }),
    afterSalesSec: Type.Integer({ minimum: 1 }),
    feesInTotal: Type.Enum(['all', 'documented']),
    autoCombine: Type.Enum(['recommends', 'opted_out', 'off']),
    guesses: Type.Enum(['shown', 'hidden']),
    providersWithoutRoute: Type.Enum(['domestic', 'refused']),
    refusalCodes: Type.Enum(['telling', 'documented']),
    trailingSlash: Type.Enum(['refused', 'accepted']),
    waitingPackages: Type.Enum(['shown', 'hidden']),
    recordRoles: Type.Enum(['sample', 'enum']),
    testShopCallsPerHour: Type.Integer({ minimum: 0 }),
  }),
  { ...strict, description: 'What TikTok’s documents leave open, one switch each' },
);

export const RateLimits = Type.Object(
  {
    enabled: Type.Boolean(),
    perSecond: Type.Number({ exclusiveMinimum: 0 }),
    burst: Type.Integer({ minimum: 1 }),
    calls: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String({ description: 'Start of the path, such as /product/{version}/images' }),
            perSecond: Type.Number({ exclusiveMinimum: 0 }),
          },
          strict,
        ),
        { maxItems: 100, description: 'Calls with a rate of their own' },
      ),
    ),
    retryAfterSec: Type.Integer({ minimum: 0, description: '`Retry-After` of a 429; 0 sends none' }),
  },
  strict,
);
export const RateLimitsPatch = Type.Partial(RateLimits, strict);

export const RequestQuery = Type.Object({
  path: Type.Optional(Type.String({ description: 'Start of the path' })),
  method: Type.Optional(Type.String()),
  shop: Type.Optional(Type.String()),
  code: Type.Optional(Type.Integer()),
  afterSeq: Type.Optional(Type.Integer()),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
});
export const LoggedRequest = Type.Object({
  seq: Type.Integer(),
  at: Type.String(),
  method: Type.String(),
  path: Type.String(),
  query: Type.Record(Type.String(), Type.String()),
  body: Type.Optional(Type.Unknown()),
  shopId: Type.Optional(Type.String()),
  httpStatus: Type.Integer({ description: '0: the connection was cut' }),
  code: Type.Integer({ description: '-1: no envelope' }),
  message: Type.String(),
  app: Type.Optional(Type.String({ description: 'Name of the app, when its key is known' })),
  refusedBy: Type.Optional(
    Type.String({
      description:
        'The check that refused: path, app_key, timestamp, sign, access_token, scope, shop_cipher, rate_limit, body, parameters; `call` for what the call itself refuses',
    }),
  ),
  explanation: Type.Optional(Type.String({ description: 'Of a wrong signature: what was to be signed' })),
  isDocumented: Type.Optional(
    Type.Boolean({ description: "Whether TikTok's list of codes for the call has this one" }),
  ),
  answer: Type.Optional(Type.String({ description: 'Of a refused call, cut' })),
  requestId: Type.String(),
  durationMs: Type.Number(),
  faults: Type.Array(Type.String()),
});

const Via = Type.Enum(['api', 'seller_center', 'buyer', 'platform']);
export const EffectQuery = Type.Object({
  shop: Type.Optional(Type.String()),
  order: Type.Optional(Type.String()),
  kind: Type.Optional(Type.Enum([...effectKinds])),
  via: Type.Optional(Via),
});
export const Effect = Type.Object({
  seq: Type.Integer(),
  atSec: Type.Integer(),
  kind: Type.Enum([...effectKinds]),
  via: Via,
  shopId: Type.String(),
  orderId: Type.String(),
  packageId: Type.String(),
  unitIds: Type.Array(Type.String()),
  trackingNumber: Type.String(),
  providerId: Type.String(),
  requestId: Type.String(),
  caseId: Type.String({ description: 'Of the cancellation or return' }),
  decision: Type.String({ description: 'On a return' }),
  idempotencyKey: Type.String(),
});

export const FaultQuery = Type.Object({
  spent: Type.Optional(Type.Boolean({ description: 'Also those that struck as often as they were to' })),
});
export const ActiveFault = Type.Object({
  id: Type.Integer(),
  spec: Type.Object({ kind: Type.String() }, { additionalProperties: true }),
  seen: Type.Integer({ description: 'Matching calls so far' }),
  struck: Type.Integer({ description: 'How often it struck' }),
});

export const ResetBody = Type.Object({ seed: Type.Optional(Type.Enum([...seedNames])) }, strict);
export const ShopPatch = Type.Partial(
  Type.Object({
    isTest: Type.Boolean({ description: 'Test shops share 1,000 calls an hour (testShopCallsPerHour)' }),
    isInactive: Type.Boolean({ description: 'TikTok refuses its calls' }),
    kycPending: Type.Boolean({
      description: 'The account is not verified yet: products are pre-approved only',
    }),
  }),
  strict,
);
export const Snapshot = Type.Object({ version: Type.Integer() }, { additionalProperties: true });
export const Health = Type.Object({
  status: Type.Literal('ok'),
  clock: Clock,
  shops: Type.Integer(),
  orders: Type.Integer(),
  faults: Type.Integer(),
});
