import type { DecimalString } from '../kernel/money.js';

/**
 * What makes an order another thing than an ordinary sale, besides its order type. Whatever is as usual is left out, so
 * that an ordinary order has nothing here.
 */
export interface OrderKind {
  /** Goods that replace others, free of charge. */
  isReplacement?: true;
  /** TikTok's id of the order whose goods are replaced. */
  replacedOrderId?: string;
  /** Goods taken in exchange for others. */
  isExchange?: true;
  exchangedOrderId?: string;
  isSubscription?: true;
  /** Paid at the door. */
  isCod?: true;
  /** Of a pre-order: when the goods come out. */
  releaseAt?: Date;
  /** Of what is made after the order: days until it is ready, as TikTok writes them. */
  handlingDays?: string;
  /** CALENDAR_DAY, BUSINESS_DAY. */
  handlingDaysType?: string;
  /** Where it is not brought to the door, such as COLLECTION_POINT. */
  deliveryType?: string;
  /** Brazil: NEED_INVOICE, INVOICE_UPLOADED, NO_NEED, ... */
  invoiceNeed?: string;
  /** Where it was not sold on TikTok Shop itself, such as TOKOPEDIA. */
  platform?: string;
  /** Such as 3_DAY_DELIVERY. */
  fastDelivery?: string;
  consultationId?: string;
  liveRoomId?: string;
  /** TikTok's names of flags that are set and that nobody knows yet. */
  otherFlags?: string[];
}

/** What sets a piece apart from one of an ordinary listing, and its share of the order's fees; what is usual is left out. */
export interface UnitKind {
  /** Of a gift: what it costs otherwise. */
  giftRetailPrice?: DecimalString;
  /** EU: paid besides the price (TikTok: pfand_fee). */
  deposit?: DecimalString;
  retailDeliveryFee?: DecimalString;
  buyerServiceFee?: DecimalString;
  smallOrderFee?: DecimalString;
  /** Of what is made after the order. */
  handlingDays?: string;
  /** Of a virtual bundle (TikTok: combined_listing_skus): the goods to pick for one piece of it. */
  parts?: BundlePart[];
  /** Where the listing is not an ordinary one: TEMPORARY, or TikTok's own word. */
  listingType?: string;
  liveRoomId?: string;
  isDangerousGood?: true;
  needsPrescription?: true;
  otherFlags?: string[];
}

/** One of the goods in a virtual bundle. */
export interface BundlePart {
  productId: string;
  skuId: string;
  /** May be empty when the seller gave none. */
  merchantSku: string;
  /** Pieces in one bundle. */
  count: number;
}
