import type { FastifyServerOptions } from 'fastify';

import { listingDefaults, type ListingBehaviour } from './listing-options.js';
import { rateLimitDefaults, type RateLimitOptions } from './gateway/rate-limit.js';

/** An app as Partner Center knows it: the redirect URL belongs to the app, not to the authorization link. */
export interface SimulatorApp {
  appKey: string;
  appSecret: string;
  serviceId: string;
  name: string;
  redirectUrl: string;
  scopes?: string[];
}

/**
 * What TikTok's documents leave open. Every guess of the simulator is one switch here, so that a client can be
 * tried against both readings.
 */
export interface Behaviour extends ListingBehaviour {
  /** UNCONFIRMED: what happens to the rotated refresh token. `grace` keeps it usable for `refreshGraceSec`. */
  oldRefreshToken: 'dies' | 'grace';
  refreshGraceSec: number;
  /** UNCONFIRMED: whether a refresh also ends the previous access token. */
  oldAccessToken: 'lives_on' | 'dies';
  /** UNCONFIRMED: HTTP status beside code 105002 (401 and 200 have both been seen in public code). */
  expiredTokenStatus: number;
  accessTokenLifetimeSec: number;
  refreshTokenLifetimeSec: number;
  /** The error word on the redirect when the seller refuses; two documents disagree. */
  refusalError: 'auth_denied' | 'access_denied';
  /** Whether the connected apps support ON_HOLD; without it held orders look like AWAITING_SHIPMENT. */
  showsOnHold: boolean;
  /**
   * UNCONFIRMED: whether TikTok takes any tracking number, wants it to be of a believable length (21011022), or compares it
   * with the provider's format (21004015).
   */
  trackingFormat: 'ignored' | 'plausible' | 'checked';
  /** UNCONFIRMED: `cursor` continues after the last order seen, `offset` skips by count and so loses rows under change. */
  paging: 'cursor' | 'offset';
  /** Which clock the `timestamp` parameter is held against; `either` lets real clients work with a moved clock. */
  timestampClock: 'either' | 'real' | 'simulated';
  /** How answers spell the status of a cancellation that came to nothing; the documents have both. */
  cancelledSpelling: 'CANCELLATION_REQUEST_CANCEL' | 'CANCELLATION_REQUEST_CANCELLED';
  /** Whether sellers may cancel unpaid orders: the overview says no, the list of reasons has keys for it. */
  sellerCancelUnpaid: 'refused' | 'allowed';
  /** UNCONFIRMED: what becomes of a seller's cancellation while the buyer's request waits (25001011, or both end well). */
  sellerCancelMeetsRequest: 'refused' | 'overtakes';
  /** TikTok asks US apps not to reject requests of buyers any more. UNCONFIRMED whether the call still works (25011011). */
  usRejectCancel: 'allowed' | 'refused';
  /** Time to answer a buyer's request to cancel: 48 hours, for the US some documents say 24. */
  cancelAnswerSec: number;
  /** Time for each answer to a return, and for the one to a replacement. */
  returnAnswerSec: number;
  replacementAnswerSec: number;
  /** UNCONFIRMED, ours: how long the buyer may take to send goods, to object to a refusal, to answer an offer. */
  buyerAnswerSec: number;
  /** Ours: how long TikTok takes to pay back, from SUCCESS to COMPLETE. */
  refundSec: number;
  /** UNCONFIRMED: when the seller may confirm returned goods: from the buyer's sending, or from their delivery only. */
  receiveFrom: 'sending' | 'delivery';
  /** `is_combined_return` by its schema, or as the sample has it. */
  combinedReturn: 'boolean' | 'text';
  /** How the product search pages; the sample of its token in TikTok's documents reads "offset=0". */
  productPaging: 'cursor' | 'offset';
  /** UNCONFIRMED: a search with more than 10,000 hits is refused (12052180) on every page, or beyond the 10,000th hit. */
  productSearchLimit: 'every_page' | 'beyond';
  /** UNCONFIRMED: whether the filter ALL, the default, shows deleted products. */
  productSearchShowsDeleted: boolean;
  /** UNCONFIRMED: whether a new stock or price moves the product's `update_time`. */
  stockAndPriceMoveUpdateTime: boolean;
  /**
   * What an inventory update does to a warehouse of the SKU that it leaves out. TikTok's documents forbid it;
   * UNCONFIRMED that the call is refused (12019028).
   */
  leftOutWarehouse: 'refused' | 'kept' | 'zero';
  /** UNCONFIRMED: TikTok's documents say 1 to 99,999, and connectors send 0 all the time. */
  zeroQuantity: 'accepted' | 'refused';
  /** UNCONFIRMED: how long the audit of an activated product takes; TikTok: minutes to days. */
  productAuditSec: number;
  /** UNCONFIRMED: whether orders and cancellations, which move the stock, move the product's `update_time` too. */
  ordersMoveUpdateTime: boolean;
  /** UNCONFIRMED: an update sets what can be ordered, or what lies in the house, the pieces of open orders included. */
  updateSets: 'available' | 'on_hand';
  /** UNCONFIRMED: whether a promotion keeps the stock of each warehouse from falling, or of the SKU as a whole. */
  promotionHolds: 'warehouse' | 'sku';
  /** UNCONFIRMED: when pieces are not committed any more: with the shipment's arrangement, or when the carrier has them. */
  committedEnds: 'arrangement' | 'collection';
  /**
   * TikTok's reference forbids it for frozen and deleted products only; other apps' experience adds those that no audit has let
   * through, and an article of 2023 allows it for live ones only.
   */
  stockUpdates: 'live' | 'not_in_review' | 'not_frozen';
  /** UNCONFIRMED: Inventory Search shows the stock as it was so many seconds ago. */
  inventoryLagSec: number;
  /** UNCONFIRMED: the order search lists an order so many seconds after it was placed. */
  orderListLagSec: number;
  /** Whether TikTok acts when a limit that an order prints is over, or only prints it. */
  deadlines: 'act' | 'printed';
  /** UNCONFIRMED, ours: how long a buyer may take to pay, and how long after delivery an order is completed. */
  unpaidSec: number;
  afterSalesSec: number;
  /** The documents count the retail delivery fee alone into `total_amount`. UNCONFIRMED: the buyer pays the others too. */
  feesInTotal: 'all' | 'documented';
  /** US: whether TikTok names the orders that should share a parcel, and what it says where the seller has opted out. */
  autoCombine: 'recommends' | 'opted_out' | 'off';
  /**
   * Names and values that no document gives, only known to exist: `product_listing_type` of a temporary listing,
   * `shipping_tax_amount` and `shipping_tax_rate` in the EU, return types of exchanges and of parcels that come back undelivered.
   */
  guesses: 'shown' | 'hidden';
  /**
   * Codes outside of the documented list of a call: as they tell the most (the lists may be incomplete), or the nearest one
   * that is in the list. The log marks them either way.
   */
  refusalCodes: 'telling' | 'documented';
  /** UNCONFIRMED: whether a path may end with a slash. */
  trailingSlash: 'refused' | 'accepted';
  /** The filter of Search Package has no TO_FULFILL; whether it knows packages that wait all the same. */
  waitingPackages: 'shown' | 'hidden';
  /** How return records write a role: as the sample does ("Buyer"), or as the enum ("BUYER"). */
  recordRoles: 'sample' | 'enum';
  /** All test shops together. */
  testShopCallsPerHour: number;
  /**
   * What a call means that names no `category_version`: v1, as the reference says (12052217 where the market has none), or the
   * newest that the market has.
   */
  categoryVersionLeftOut: 'v1' | 'newest';
  /** UNCONFIRMED: whether v1 is still taken in UK, EU and Japan, where v2 came beside it in October 2025. */
  oldTreeBesideNew: 'accepted' | 'refused';
  /** UNCONFIRMED: a category that is not the last one is refused as such (12052024), or as of the wrong version (12052230). */
  innerCategory: 'not_final' | 'wrong_version';
  /** UNCONFIRMED: an attribute that hangs on an answer which was not given may be filled all the same, or is refused (12052183). */
  attributeWithoutCause: 'refused' | 'accepted';
  /** UNCONFIRMED: in whose time the day of the listing limit begins. */
  listingDay: 'shop' | 'utc';
  /** UNCONFIRMED: what an EU shop is told about shipping providers when it names no route. */
  providersWithoutRoute: 'domestic' | 'refused';
  /** UNCONFIRMED: when an event is sent again that was not taken, in seconds after the attempt before; then never again. */
  webhookRetriesSec: number[];
  /**
   * Which addresses apps may give: as documented (https, a domain name, no port), besides those any address of this machine,
   * or every address.
   */
  webhookAddresses: 'documented' | 'local_too' | 'any';
}

export const defaultBehaviour: Behaviour = {
  oldRefreshToken: 'dies',
  refreshGraceSec: 3600,
  oldAccessToken: 'lives_on',
  expiredTokenStatus: 401,
  accessTokenLifetimeSec: 7 * 86_400,
  refreshTokenLifetimeSec: 365 * 86_400,
  refusalError: 'auth_denied',
  showsOnHold: true,
  trackingFormat: 'plausible',
  paging: 'cursor',
  timestampClock: 'either',
  cancelledSpelling: 'CANCELLATION_REQUEST_CANCEL',
  sellerCancelUnpaid: 'refused',
  sellerCancelMeetsRequest: 'refused',
  usRejectCancel: 'allowed',
  cancelAnswerSec: 48 * 3600,
  returnAnswerSec: 48 * 3600,
  replacementAnswerSec: 24 * 3600,
  buyerAnswerSec: 5 * 86_400,
  refundSec: 300,
  receiveFrom: 'sending',
  combinedReturn: 'boolean',
  productPaging: 'offset',
  productSearchLimit: 'every_page',
  productSearchShowsDeleted: true,
  stockAndPriceMoveUpdateTime: true,
  leftOutWarehouse: 'refused',
  zeroQuantity: 'accepted',
  productAuditSec: 300,
  ordersMoveUpdateTime: false,
  updateSets: 'available',
  promotionHolds: 'warehouse',
  committedEnds: 'arrangement',
  stockUpdates: 'not_in_review',
  ...listingDefaults,
  inventoryLagSec: 0,
  orderListLagSec: 0,
  deadlines: 'act',
  unpaidSec: 48 * 3600,
  afterSalesSec: 30 * 86_400,
  feesInTotal: 'all',
  autoCombine: 'recommends',
  guesses: 'shown',
  providersWithoutRoute: 'domestic',
  categoryVersionLeftOut: 'v1',
  oldTreeBesideNew: 'accepted',
  innerCategory: 'not_final',
  attributeWithoutCause: 'refused',
  listingDay: 'shop',
  refusalCodes: 'telling',
  trailingSlash: 'refused',
  waitingPackages: 'shown',
  recordRoles: 'sample',
  testShopCallsPerHour: 1000,
  webhookRetriesSec: [120, 1800, 10_800, 43_200],
  webhookAddresses: 'local_too',
};

/** Worlds to begin with: the demo's shops, none, or the demo's and shops with orders of every kind, or listings in every state. */
export const seedNames = ['demo', 'empty', 'kinds', 'products'] as const;
export type SeedName = (typeof seedNames)[number];

export interface SimulatorOptions {
  host?: string;
  /** 0 picks a free port. */
  port?: number;
  /** State survives a restart only when this is given; written atomically. */
  stateFile?: string;
  seed?: SeedName;
  apps?: SimulatorApp[];
  /** Redirect URL of the demo app; ignored when `apps` is given. */
  redirectUrl?: string;
  behaviour?: Partial<Behaviour>;
  rateLimits?: Partial<RateLimitOptions>;
  logger?: NonNullable<FastifyServerOptions['logger']>;
  /** No rate limits: for tests and load runs. */
  fast?: boolean;
  /** The control API answers loopback peers only, unless this is set. */
  exposeControl?: boolean;
  /** Host names under which it answers, besides those of this machine and of `host`. */
  allowedHosts?: readonly string[];
}

export const DEMO_APP_KEY = '6demo0app0key';
export const DEMO_APP_SECRET = 'demo0secret0of0the0simulator0only0000000';
export const DEMO_SERVICE_ID = '7480000000000000001';
export const DEMO_REDIRECT_URL = 'http://127.0.0.1:3000/connections/callback';

export const allScopes = [
  'seller.authorization.info',
  'seller.shop.info',
  'seller.order.info',
  'seller.order.ext_ref.read',
  'seller.order.ext_ref.write',
  'seller.fulfillment.basic',
  'seller.fulfillment.package.write',
  'seller.logistics',
  'seller.return_refund.basic',
  'seller.product.basic',
  'seller.product.write',
  'seller.product.delete',
];

export function demoApp(redirectUrl: string = DEMO_REDIRECT_URL): SimulatorApp {
  return {
    appKey: DEMO_APP_KEY,
    appSecret: DEMO_APP_SECRET,
    serviceId: DEMO_SERVICE_ID,
    name: 'Demo connector',
    redirectUrl,
  };
}

export function rateLimitOptions(options: SimulatorOptions): RateLimitOptions {
  const limits = { ...rateLimitDefaults, ...options.rateLimits };
  return options.fast === true && options.rateLimits === undefined ? { ...limits, enabled: false } : limits;
}
