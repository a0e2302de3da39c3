/** TikTok's `order_type`; the reference names them by market, and leaves room for others. */
export const orderTypes = ['NORMAL', 'ZERO_LOTTERY', 'PRE_ORDER', 'MADE_TO_ORDER', 'BACK_ORDER'] as const;

export const deliveryTypes = ['HOME_DELIVERY', 'COLLECTION_POINT'] as const;
type DeliveryType = (typeof deliveryTypes)[number];

/** Brazil: whether the seller must upload an invoice before shipping. */
export const invoiceNeeds = [
  'UNKNOWN',
  'NEED_INVOICE',
  'NO_NEED',
  'INVOICE_UPLOADED',
  'INVOICE_PROCESSING',
] as const;
type InvoiceNeed = (typeof invoiceNeeds)[number];

/** What the buyer paid besides goods, shipping and their taxes, in minor units; all are 0 when left out. */
export interface OrderFees {
  smallOrderMinor?: number;
  buyerServiceMinor?: number;
  handlingMinor?: number;
  shippingInsuranceMinor?: number;
  itemInsuranceMinor?: number;
  itemInsuranceTaxMinor?: number;
  /** Indonesia, Horizon+: the distance fee, and the part of it that the carrier takes. */
  distanceMinor?: number;
  distanceShippingMinor?: number;
  /** What the payment platform takes off the total, and what it charges for doing so. */
  paymentDiscountMinor?: number;
  paymentDiscountServiceMinor?: number;
}

/** What makes an order another thing than an ordinary sale. An ordinary one, and one of an older state, has none of it. */
export interface OrderKind {
  /** One of `orderTypes`, or one that TikTok may think of later. */
  orderType?: string;
  /** Of a pre-order: until then it waits in ON_HOLD. */
  releaseSec?: number;
  /** Of what is made after the order. */
  handling?: { days: number; type: 'CALENDAR_DAY' | 'BUSINESS_DAY' };
  /** Of an order that replaces goods. */
  replacedOrderId?: string;
  /** Of an order that a buyer took in exchange. */
  exchangedOrderId?: string;
  isSubscription?: boolean;
  deliveryType?: DeliveryType;
  cpf?: string;
  cpfName?: string;
  invoice?: InvoiceNeed;
  /** US: TikTok recommends to send the orders of one group in one parcel. */
  combineGroupId?: string;
  fees?: OrderFees;
  /** EU: the rate of the value added tax that its prices include. */
  vatBasisPoints?: number;
  /** As the buyer sees it, in the words of the market. */
  paymentMethod?: string;
  /** From when the list shows the order; null: never, only those who know its id see it. */
  listing?: { fromSec: number | null };
  /** When the next limit of its status is over. */
  limitSec?: number | undefined;
}
