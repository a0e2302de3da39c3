import type { Order } from '../state/model.js';

/** Minor units. Cancelled units stay in the sums: TikTok's payment block says what the buyer paid. */
export interface OrderTotals {
  originalProducts: number;
  sellerDiscount: number;
  platformDiscount: number;
  subTotal: number;
  shippingFee: number;
  productTax: number;
  tax: number;
  total: number;
}

/** TikTok's identities between the amounts of `payment` (order reference, field notes). */
export function orderTotals(order: Order): OrderTotals {
  let originalProducts = 0;
  let sellerDiscount = 0;
  let platformDiscount = 0;
  let productTax = 0;
  for (const { price } of order.units) {
    originalProducts += price.originalMinor;
    sellerDiscount += price.sellerDiscountMinor;
    platformDiscount += price.platformDiscountMinor;
    productTax += price.taxMinor;
  }
  const fee = order.shippingFee;
  const subTotal = originalProducts - sellerDiscount - platformDiscount;
  const shippingFee = fee.originalMinor - fee.sellerDiscountMinor - fee.platformDiscountMinor;
  const tax = productTax + fee.taxMinor;
  const total = subTotal + shippingFee + tax + order.retailDeliveryFeeMinor;
  return {
    originalProducts,
    sellerDiscount,
    platformDiscount,
    subTotal,
    shippingFee,
    productTax,
    tax,
    total,
  };
}
