import type { Behaviour } from '../options.js';
import type { Order, ShippingFee } from '../state/model.js';

/** Minor units. Cancelled units stay in the sums: TikTok's payment block says what the buyer paid. */
interface OrderTotals {
  originalProducts: number;
  sellerDiscount: number;
  platformDiscount: number;
  subTotal: number;
  shippingFee: number;
  productTax: number;
  tax: number;
  /** Deposits and all fees, less what the payment platform takes off. */
  fees: number;
  total: number;
}

/**
 * TikTok's identities between the amounts of `payment` (order reference): sub-total = goods less both discounts, shipping
 * fee = original less its discounts, total = sub-total + shipping fee + taxes + retail delivery fee. UNCONFIRMED: that the
 * tax on an insurance is one of the taxes, and (`feesInTotal`) that the fees without a word about it are in the total.
 */
export function orderTotals(order: Order, { feesInTotal }: Pick<Behaviour, 'feesInTotal'>): OrderTotals {
  let originalProducts = 0;
  let sellerDiscount = 0;
  let platformDiscount = 0;
  let productTax = 0;
  let deposit = 0;
  for (const { price } of order.units) {
    originalProducts += price.originalMinor;
    sellerDiscount += price.sellerDiscountMinor;
    platformDiscount += price.platformDiscountMinor;
    productTax += price.taxMinor;
    deposit += price.depositMinor ?? 0;
  }
  const subTotal = originalProducts - sellerDiscount - platformDiscount;
  const shippingFee = shippingPaid(order.shippingFee);
  const tax = productTax + order.shippingFee.taxMinor + (order.fees?.itemInsuranceTaxMinor ?? 0);
  const others = deposit + otherFees(order);
  const fees = order.retailDeliveryFeeMinor + (feesInTotal === 'all' ? others : 0);
  const total = subTotal + shippingFee + tax + fees;
  return {
    originalProducts,
    sellerDiscount,
    platformDiscount,
    subTotal,
    shippingFee,
    productTax,
    tax,
    fees,
    total,
  };
}

/** TikTok: the co-funded discount takes the place of the seller's, so the buyer has one of them. */
export function shippingPaid(fee: ShippingFee): number {
  const discounts = fee.sellerDiscountMinor + fee.platformDiscountMinor + (fee.cofundedDiscountMinor ?? 0);
  return fee.originalMinor - discounts;
}

/** Fees of the order as a whole, without the retail delivery fee. */
export function otherFees({ fees = {} }: Order): number {
  const paid = [
    fees.smallOrderMinor,
    fees.buyerServiceMinor,
    fees.handlingMinor,
    fees.shippingInsuranceMinor,
    fees.itemInsuranceMinor,
    // The carrier's part of it, `distance_shipping_fee`, is inside.
    fees.distanceMinor,
    fees.paymentDiscountServiceMinor,
  ].reduce<number>((sum, minor) => sum + (minor ?? 0), 0);
  return paid - (fees.paymentDiscountMinor ?? 0);
}

/** Equal parts that add up to the whole: the first ones carry what does not divide. */
export function share(minor: number, index: number, parts: number): number {
  return Math.floor(minor / parts) + (index < minor - Math.floor(minor / parts) * parts ? 1 : 0);
}
