import type { CaseLine, Refund } from '../state/aftersales-model.js';
import type { Order, Unit } from '../state/model.js';
import { formatMinor } from '../state/money.js';

const NOTHING: Refund = { subtotalMinor: 0, shippingMinor: 0, taxMinor: 0 };

/**
 * What is paid back for each of the pieces: what was paid for it with its tax, and of the shipping fee an equal part when
 * `withShipping` says that it goes back too. Nothing where nothing was paid.
 */
export function refundsFor(order: Order, units: readonly Unit[], withShipping: boolean): Refund[] {
  if (order.paidSec === undefined) return units.map(() => NOTHING);
  const fee = order.shippingFee;
  const shippingMinor = fee.originalMinor - fee.sellerDiscountMinor - fee.platformDiscountMinor;
  return units.map(({ price }, index) => ({
    subtotalMinor: price.originalMinor - price.sellerDiscountMinor - price.platformDiscountMinor,
    shippingMinor: withShipping ? share(shippingMinor, index, units.length) : 0,
    taxMinor: price.taxMinor + (withShipping ? share(fee.taxMinor, index, units.length) : 0),
  }));
}

/** Equal parts that add up to the whole: the first ones carry what does not divide. */
function share(minor: number, index: number, parts: number): number {
  return Math.floor(minor / parts) + (index < minor % parts ? 1 : 0);
}

export function sumOf(refunds: readonly Refund[]): Refund {
  return refunds.reduce(
    (sum, refund) => ({
      subtotalMinor: sum.subtotalMinor + refund.subtotalMinor,
      shippingMinor: sum.shippingMinor + refund.shippingMinor,
      taxMinor: sum.taxMinor + refund.taxMinor,
    }),
    NOTHING,
  );
}

export function totalOf(refund: Refund): number {
  return refund.subtotalMinor + refund.shippingMinor + refund.taxMinor;
}

export function refundOf(lines: readonly CaseLine[]): Refund {
  return sumOf(lines.map(({ refund }) => refund));
}

/** The wire's `refund_amount`. */
export function renderRefund(refund: Refund, currency: string): Record<string, string> {
  const text = (minor: number): string => formatMinor(minor, currency);
  return {
    currency,
    refund_total: text(totalOf(refund)),
    refund_subtotal: text(refund.subtotalMinor),
    refund_shipping_fee: text(refund.shippingMinor),
    refund_tax: text(refund.taxMinor),
    retail_delivery_fee: text(0),
    buyer_service_fee: text(0),
  };
}
