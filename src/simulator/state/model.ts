import type { OrderKind } from './order-kind.js';

/** TikTok's order statuses (the retired API's number beside each). */
export type OrderStatus =
  | 'UNPAID' // 100
  | 'ON_HOLD' // 105
  | 'AWAITING_SHIPMENT' // 111
  | 'PARTIALLY_SHIPPING' // 114
  | 'AWAITING_COLLECTION' // 112
  | 'IN_TRANSIT' // 121
  | 'DELIVERED' // 122
  | 'COMPLETED' // 130
  | 'CANCELLED'; // 140

export const orderStatuses: readonly OrderStatus[] = [
  'UNPAID',
  'ON_HOLD',
  'AWAITING_SHIPMENT',
  'PARTIALLY_SHIPPING',
  'AWAITING_COLLECTION',
  'IN_TRANSIT',
  'DELIVERED',
  'COMPLETED',
  'CANCELLED',
];

export type FulfillmentType =
  'FULFILLMENT_BY_SELLER' | 'FULFILLMENT_BY_TIKTOK' | 'FULFILLMENT_BY_DILAYANI_TOKOPEDIA';
export type ShippingType = 'TIKTOK' | 'SELLER';
export type PackageStatus = 'TO_FULFILL' | 'PROCESSING' | 'FULFILLING' | 'COMPLETED' | 'CANCELLED';
export type CancelUser = 'BUYER' | 'SELLER' | 'OPERATOR' | 'SYSTEM';

export interface District {
  level: string;
  levelName: string;
  name: string;
}

export interface Address {
  name: string;
  firstName: string;
  lastName: string;
  firstNameLocalScript?: string;
  lastNameLocalScript?: string;
  phone: string;
  line1: string;
  line2: string;
  line3: string;
  line4: string;
  fullAddress: string;
  postalCode: string;
  regionCode: string;
  postTown?: string;
  districts: District[];
  dropOffLocation: string;
}

/** What one warehouse holds of a SKU. */
export interface Stock {
  warehouseId: string;
  /** Can be ordered: TikTok's `quantity` and `available_quantity`. */
  available: number;
  /** Ordered and not yet shipped. */
  committed: number;
  backorder?: number;
  handlingDays?: number;
}

/** As long as it runs, the stock may only rise. */
export interface Promotion {
  name: string;
  /** Pieces set aside for it, out of those available. */
  quantity: number;
  endsSec: number;
  /** A percentage off leaves the price free; a fixed price, the default, locks it. */
  discount?: 'fixed_price' | 'percentage';
}

/** Why TikTok does not let the seller set the stock of a SKU. */
export type StockLock = 'combo' | 'shared' | 'auction';

export interface Sku {
  id: string;
  productId: string;
  productName: string;
  name: string;
  sellerSku: string;
  /** The price that buyers see, in minor units of the shop's currency. */
  priceMinor: number;
  /** Of cross-border sellers, who name the price without tax apart. */
  preTaxMinor?: number;
  listPriceMinor?: number;
  externalListPriceMinor?: number;
  /** One for each warehouse that the SKU is assigned to. */
  stock: Stock[];
  deactivatedBy?: 'SELLER' | 'PLATFORM';
  promotion?: Promotion;
  stockLock?: StockLock;
}

/** Amounts of one piece, in minor units. `taxMinor` stays 0 where prices include the tax. */
export interface UnitPrice {
  /** What a gift would have cost when it was ordered; not in states that were saved before it was kept. */
  retailMinor?: number;
  originalMinor: number;
  sellerDiscountMinor: number;
  platformDiscountMinor: number;
  taxMinor: number;
  /** Paid besides the price: EU deposit (Pfand). */
  depositMinor?: number;
}

/** How a piece or an order came to be cancelled. */
export interface Cancellation {
  /** As a text for people. */
  reason: string;
  user: CancelUser;
  atSec: number;
}

/** One piece of goods: TikTok's "line item" has no quantity. */
export interface Unit {
  id: string;
  sku: Sku;
  price: UnitPrice;
  isGift: boolean;
  packageId?: string;
  cancelled?: Cancellation;
  /** Of a virtual bundle: the goods to pick, for one piece of the bundle. */
  parts?: BundlePart[];
  /** Sold in a live session, from a listing that was made for it. */
  isTemporaryListing?: boolean;
  roomId?: string;
}

export interface BundlePart {
  sku: Sku;
  count: number;
}

export interface ShippingFee {
  originalMinor: number;
  sellerDiscountMinor: number;
  /** Takes the place of the seller's discount where TikTok pays a part of it back. */
  cofundedDiscountMinor?: number;
  platformDiscountMinor: number;
  taxMinor: number;
}

export interface ExternalReference {
  id: string;
  platform: string;
  line_items: { id: string; origin_id: string }[];
}

export interface Order extends OrderKind {
  id: string;
  /** Position of creation over all shops: the tie breaker of every sort. */
  seq: number;
  shopId: string;
  status: OrderStatus;
  createdSec: number;
  updatedSec: number;
  paidSec?: number;
  shippedSec?: number;
  collectedSec?: number;
  deliveredSec?: number;
  completedSec?: number;
  cancellation?: Cancellation;
  /** Set while a buyer's request to cancel waits for the seller's answer. */
  cancelRequestedSec?: number | undefined;
  /** Ids of its cancellations and returns, oldest first. */
  cancelIds?: string[];
  returnIds?: string[];
  holds: boolean;
  fulfillmentType: FulfillmentType;
  shippingType: ShippingType;
  deliveryOptionId: string;
  warehouseId: string;
  buyerId: string;
  buyerMessage: string;
  sellerNote: string;
  address: Address;
  addressUpdated: boolean;
  isCod: boolean;
  isSample: boolean;
  units: Unit[];
  packageIds: string[];
  shippingFee: ShippingFee;
  retailDeliveryFeeMinor: number;
  externalReferences?: ExternalReference[];
}

export interface Package {
  id: string;
  shopId: string;
  orderIds: string[];
  status: PackageStatus;
  tag: 'DEFAULT' | 'SPLIT' | 'COMBINE';
  createdSec: number;
  updatedSec: number;
  trackingNumber: string;
  providerId: string;
  providerName: string;
  handoverMethod?: 'PICKUP' | 'DROP_OFF';
  shippedSec?: number;
  collectedSec?: number;
  deliveredSec?: number;
  /** How often the tracking number was corrected. */
  corrections: number;
  /** Its pieces are not committed any more. */
  leftStock?: boolean;
  /** Where it leaves from, when that is not the order's warehouse. */
  warehouseId?: string;
}

export interface ShippingProvider {
  id: string;
  name: string;
}

export interface DeliveryOption {
  id: string;
  name: string;
  type: 'STANDARD' | 'EXPRESS' | 'ECONOMY' | 'SEND_BY_SELLER';
  /** TikTok's own options have no providers to choose from (21008117). */
  shippingType: ShippingType;
  providers: ShippingProvider[];
  /** Names of providers that TikTok no longer offers. */
  withdrawn?: string[];
  /** How often TikTok has given all providers new ids. */
  edition?: number;
}

export interface Warehouse {
  id: string;
  entityId: string;
  name: string;
  type: 'SALES_WAREHOUSE' | 'RETURN_WAREHOUSE';
  subType: 'DOMESTIC_WAREHOUSE' | 'CB_OVERSEA_WAREHOUSE' | 'CB_DIRECT_SHIPPING_WAREHOUSE';
  isDefault: boolean;
  effectStatus: 'ENABLED' | 'DISABLED' | 'RESTRICTED';
  /** Its country, when that is not the shop's. */
  regionCode?: string;
}

export interface Seller {
  openId: string;
  name: string;
  email: string;
  password: string;
  baseRegion: string;
}

export interface Authorization {
  appKey: string;
  openId: string;
  shopIds: string[];
  scopes: string[];
  endsSec: number;
}

export interface AuthCode {
  code: string;
  appKey: string;
  openId: string;
  expiresSec: number;
}

export interface Token {
  token: string;
  kind: 'access' | 'refresh';
  appKey: string;
  openId: string;
  expiresSec: number;
  /** Set on a rotated refresh token: until then it still works when the behaviour grants a grace time. */
  rotatedSec?: number;
}

export const effectKinds = [
  'shipped',
  'tracking_corrected',
  'split',
  'combined',
  'uncombined',
  'cancelled',
  'cancel_approved',
  'cancel_rejected',
  'return_created',
  'return_approved',
  'return_rejected',
] as const;
export type EffectKind = (typeof effectKinds)[number];

export interface Effect {
  seq: number;
  atSec: number;
  kind: EffectKind;
  /** Who did it: an app, a person in Seller Center, the buyer, or TikTok by itself. */
  via: 'api' | 'seller_center' | 'buyer' | 'platform';
  shopId: string;
  orderId: string;
  packageId: string;
  unitIds: string[];
  trackingNumber: string;
  providerId: string;
  requestId: string;
  /** Of the cancellation or return; '' for all else. */
  caseId: string;
  /** The seller's decision on a return, such as APPROVE_RETURN. */
  decision: string;
  idempotencyKey: string;
}
