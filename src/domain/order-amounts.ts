import type { DecimalString } from '../kernel/money.js';

/** Amounts of the whole order, decimal strings in the order's currency; null where TikTok sent none. */
export interface OrderAmounts {
  total: DecimalString | null;
  /** Products after all discounts (TikTok: sub_total). */
  subTotal: DecimalString | null;
  shippingFee: DecimalString | null;
  tax: DecimalString | null;
  sellerDiscount: DecimalString | null;
  platformDiscount: DecimalString | null;
  originalProductTotal: DecimalString | null;
  originalShippingFee: DecimalString | null;
  shippingSellerDiscount: DecimalString | null;
  shippingPlatformDiscount: DecimalString | null;
  productTax: DecimalString | null;
  shippingTax: DecimalString | null;
  retailDeliveryFee: DecimalString | null;
  buyerServiceFee: DecimalString | null;
  smallOrderFee: DecimalString | null;
  /** In place of the seller's discount on the shipping fee, where TikTok pays a part of it back. */
  shippingCofundedDiscount: DecimalString | null;
  handlingFee: DecimalString | null;
  shippingInsuranceFee: DecimalString | null;
  itemInsuranceFee: DecimalString | null;
  itemInsuranceTax: DecimalString | null;
  distanceFee: DecimalString | null;
  /** The carrier's part of the distance fee, inside of it. */
  distanceShippingFee: DecimalString | null;
  /** Taken off the total by the payment platform. */
  paymentPlatformDiscount: DecimalString | null;
  paymentDiscountServiceFee: DecimalString | null;
  /** Deposits of all pieces together (TikTok: pfand_fee). */
  deposit: DecimalString | null;
  /** EU: the tax that is in the shipping fee already, and its rate. */
  includedShippingTax: DecimalString | null;
  includedShippingTaxRate: DecimalString | null;
  /** Amounts under names that nobody knows yet. */
  others: { name: string; amount: DecimalString }[];
}

/** TikTok has told no amounts at all. */
export const noAmounts: OrderAmounts = {
  total: null,
  subTotal: null,
  shippingFee: null,
  tax: null,
  sellerDiscount: null,
  platformDiscount: null,
  originalProductTotal: null,
  originalShippingFee: null,
  shippingSellerDiscount: null,
  shippingPlatformDiscount: null,
  productTax: null,
  shippingTax: null,
  retailDeliveryFee: null,
  buyerServiceFee: null,
  smallOrderFee: null,
  shippingCofundedDiscount: null,
  handlingFee: null,
  shippingInsuranceFee: null,
  itemInsuranceFee: null,
  itemInsuranceTax: null,
  distanceFee: null,
  distanceShippingFee: null,
  paymentPlatformDiscount: null,
  paymentDiscountServiceFee: null,
  deposit: null,
  includedShippingTax: null,
  includedShippingTaxRate: null,
  others: [],
};
