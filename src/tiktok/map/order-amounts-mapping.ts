import type { OrderUnit } from '../../domain/order.js';
import type { OrderAmounts } from '../../domain/order-amounts.js';
import { isZero, sumDecimals, type DecimalString } from '../../kernel/money.js';
import { amountOrNull, readableAmountOrNull } from '../wire/read.js';
import type { WireOrder, WirePayment } from '../wire/order-wire.js';

type Plain = Exclude<
  keyof OrderAmounts,
  'deposit' | 'includedShippingTax' | 'includedShippingTaxRate' | 'others'
>;

/** Where each amount of the order stands in TikTok's `payment`. */
const FIELDS: Readonly<Record<Plain, keyof WirePayment>> = {
  total: 'total_amount',
  subTotal: 'sub_total',
  shippingFee: 'shipping_fee',
  tax: 'tax',
  sellerDiscount: 'seller_discount',
  platformDiscount: 'platform_discount',
  originalProductTotal: 'original_total_product_price',
  originalShippingFee: 'original_shipping_fee',
  shippingSellerDiscount: 'shipping_fee_seller_discount',
  shippingPlatformDiscount: 'shipping_fee_platform_discount',
  productTax: 'product_tax',
  shippingTax: 'shipping_fee_tax',
  retailDeliveryFee: 'retail_delivery_fee',
  buyerServiceFee: 'buyer_service_fee',
  smallOrderFee: 'small_order_fee',
  shippingCofundedDiscount: 'shipping_fee_cofunded_discount',
  handlingFee: 'handling_fee',
  shippingInsuranceFee: 'shipping_insurance_fee',
  itemInsuranceFee: 'item_insurance_fee',
  itemInsuranceTax: 'item_insurance_tax',
  distanceFee: 'distance_fee',
  distanceShippingFee: 'distance_shipping_fee',
  paymentPlatformDiscount: 'payment_platform_discount',
  paymentDiscountServiceFee: 'payment_discount_service_fee',
};

const KNOWN = new Set<string>(['currency', ...Object.values(FIELDS)]);
/** Unknown amounts that are kept of one order. */
const OTHERS_KEPT = 20;

/**
 * All amounts of an order.
 * @throws UnreadableError when a known one is no amount; of one that nobody knows that is no reason to refuse the order
 */
export function mapAmounts(
  wire: WireOrder,
  payment: WirePayment,
  units: readonly Pick<OrderUnit, 'kind'>[],
): OrderAmounts {
  const plain = Object.fromEntries(
    Object.entries(FIELDS).map(([name, field]) => [name, amountOrNull(payment[field], `payment.${field}`)]),
  ) as Record<Plain, DecimalString | null>;
  const deposits = units.flatMap(({ kind }) => kind.deposit ?? []);
  return {
    ...plain,
    deposit: deposits.length > 0 ? sumDecimals(deposits) : null,
    // UNCONFIRMED: the place of these two; TikTok's changelog names them only.
    includedShippingTax: readableAmountOrNull(wire.shipping_tax_amount),
    includedShippingTaxRate: readableAmountOrNull(wire.shipping_tax_rate),
    others: otherAmounts(payment),
  };
}

/** TikTok adds fees without notice: what says something is passed on under TikTok's own name. */
function otherAmounts(payment: WirePayment): OrderAmounts['others'] {
  return Object.entries(payment)
    .flatMap(([name, value]) => {
      if (KNOWN.has(name) || !/^[a-z][a-z0-9_]{0,60}$/.test(name)) return [];
      const amount = readableAmountOrNull(value);
      return amount === null || isZero(amount) ? [] : [{ name, amount }];
    })
    .slice(0, OTHERS_KEPT);
}
