import type { CaseLine, Refund } from '../state/aftersales-model.js';
import type { Order, Unit } from '../state/model.js';
import { formatMinor } from '../state/money.js';
import { otherFees, share, shippingPaid } from '../orders/order-totals.js';

const NOTHING: Refund = { subtotalMinor: 0, shippingMinor: 0, taxMinor: 0 };

/**
 * What is paid back for each of the pieces: what was paid for it with its tax, and of the shipping fee an equal part when
 * `withShipping` says that it goes back too. Nothing where nothing was paid.
 */
export function refundsFor(order: Order, units: readonly Unit[], withShipping: boolean): Refund[] {
  if (order.paidSec === undefined) return units.map(() => NOTHING);
  const { shippingFee, fees = {} } = order;
  const serviceMinor = fees.buyerServiceMinor ?? 0;
  const orderTaxMinor = shippingFee.taxMinor + (fees.itemInsuranceTaxMinor ?? 0);
  return units.map(({ price }, index) => {
    const part = (minor: number): number => (withShipping ? share(minor, index, units.length) : 0);
    return {
      subtotalMinor: price.originalMinor - price.sellerDiscountMinor - price.platformDiscountMinor,
      shippingMinor: part(shippingPaid(shippingFee)),
      taxMinor: price.taxMinor + part(orderTaxMinor),
      retailDeliveryMinor: part(order.retailDeliveryFeeMinor),
      buyerServiceMinor: part(serviceMinor),
      otherMinor: (price.depositMinor ?? 0) + part(otherFees(order) - serviceMinor),
    };
  });
}

export function sumOf(refunds: readonly Refund[]): Refund {
  return refunds.reduce(
    (sum, refund) => ({
      subtotalMinor: sum.subtotalMinor + refund.subtotalMinor,
      shippingMinor: sum.shippingMinor + refund.shippingMinor,
      taxMinor: sum.taxMinor + refund.taxMinor,
      retailDeliveryMinor: (sum.retailDeliveryMinor ?? 0) + (refund.retailDeliveryMinor ?? 0),
      buyerServiceMinor: (sum.buyerServiceMinor ?? 0) + (refund.buyerServiceMinor ?? 0),
      otherMinor: (sum.otherMinor ?? 0) + (refund.otherMinor ?? 0),
    }),
    NOTHING,
  );
}

export function totalOf(refund: Refund): number {
  const { retailDeliveryMinor = 0, buyerServiceMinor = 0, otherMinor = 0 } = refund;
  const fees = retailDeliveryMinor + buyerServiceMinor + otherMinor;
  return refund.subtotalMinor + refund.shippingMinor + refund.taxMinor + fees;
}

export function refundOf(lines: readonly CaseLine[]): Refund {
  return sumOf(lines.map(({ refund }) => refund));
}

/** The wire's `refund_amount`. UNCONFIRMED: deposits and fees that have no field here are in the total alone. */
export function renderRefund(refund: Refund, currency: string): Record<string, string> {
  const text = (minor: number): string => formatMinor(minor, currency);
  return {
    currency,
    refund_total: text(totalOf(refund)),
    refund_subtotal: text(refund.subtotalMinor),
    refund_shipping_fee: text(refund.shippingMinor),
    refund_tax: text(refund.taxMinor),
    retail_delivery_fee: text(refund.retailDeliveryMinor ?? 0),
    buyer_service_fee: text(refund.buyerServiceMinor ?? 0),
  };
}
