import { isDecimalString, isZero, renderAmount, subtractDecimal, sumDecimals } from '../kernel/money.js';
import type { DecimalString } from '../kernel/money.js';
import type { OrderLine, OrderUnit, ShopOrder } from '../domain/order.js';
import type { OrderAmounts } from '../domain/order-amounts.js';
import { jsonObject, list, moment, text, type Attribute } from './json-members.js';
import { listOrEmpty, orEmpty } from './unguarded-members.js';

/** Amounts of orders: which stand where, and what is inside of what, is told in docs/orders.md. */

/** What the buyer pays besides goods, shipping and taxes; each counts into the total, the last one against it. */
const FEES = [
  ['TikTokRetailDeliveryFee', 'retailDeliveryFee'],
  ['TikTokBuyerServiceFee', 'buyerServiceFee'],
  ['TikTokSmallOrderFee', 'smallOrderFee'],
  ['TikTokHandlingFee', 'handlingFee'],
  ['TikTokShippingInsuranceFee', 'shippingInsuranceFee'],
  ['TikTokItemInsuranceFee', 'itemInsuranceFee'],
  ['TikTokDistanceFee', 'distanceFee'],
  ['TikTokPaymentDiscountServiceFee', 'paymentDiscountServiceFee'],
  ['TikTokDeposit', 'deposit'],
] as const satisfies readonly [string, keyof OrderAmounts][];

/** Parts of other amounts, and such before discounts: none of them counts into the total once more. */
const INSIDE_OTHERS = [
  ['TikTokOriginalProductTotal', 'originalProductTotal'],
  ['TikTokOriginalShippingFee', 'originalShippingFee'],
  ['TikTokProductTax', 'productTax'],
  ['TikTokItemInsuranceTax', 'itemInsuranceTax'],
  ['TikTokDistanceShippingFee', 'distanceShippingFee'],
  ['TikTokIncludedShippingTax', 'includedShippingTax'],
] as const satisfies readonly [string, keyof OrderAmounts][];

/** The head's amounts in the fields that Logicbroker has for them. */
export function headerAmounts(order: ShopOrder): string {
  const { amounts, currency } = order;
  const amount = (name: string, value: DecimalString | null) => money(name, value, currency);
  const discount = (name: string, value: DecimalString | null) => discountOf(name, value, currency);
  const payment =
    text('Method', order.paymentMethod) +
    moment('PaymentDate', order.paidAt) +
    amount('Amount', amounts.total);
  const freight =
    text('ServiceLevelCode', order.deliveryOptionId) +
    text('ServiceLevelDescription', order.deliveryOptionName) +
    list('ShippingDiscounts', [
      ...discount('ShippingSellerDiscount', unlessZero(amounts.shippingSellerDiscount)),
      ...discount('ShippingPlatformDiscount', unlessZero(amounts.shippingPlatformDiscount)),
      ...discount('ShippingCofundedDiscount', unlessZero(amounts.shippingCofundedDiscount)),
    ]) +
    amount('ShipmentCost', amounts.shippingFee) +
    list(
      'ShipmentTaxes',
      taxes([{ title: 'ShippingTax', amount: unlessZero(amounts.shippingTax) }], currency),
    ) +
    amount('InsuranceCost', unlessZero(amounts.shippingInsuranceFee));
  return (
    listOrEmpty('Discounts', [
      ...discount('SellerDiscount', amounts.sellerDiscount),
      ...discount('PlatformDiscount', amounts.platformDiscount),
    ]) +
    listOrEmpty('Taxes', taxes([{ title: 'Tax', amount: amounts.tax }], currency)) +
    listOrEmpty('Payments', payment ? [jsonObject(payment)] : []) +
    listOrEmpty('ShipmentInfos', freight ? [jsonObject(freight)] : []) +
    amount('SubTotal', amounts.subTotal) +
    orEmpty(amount('HandlingAmount', unlessZero(amounts.handlingFee)), 'HandlingAmount', '0') +
    amount('TotalAmount', amounts.total)
  );
}

/**
 * Amounts that Logicbroker has no field for, and what TikTok's sums hold that nothing else on the document tells: with it
 * every document adds up, also where TikTok has thought of a new fee.
 */
export function amountAttributes({ amounts, currency }: ShopOrder, lines: readonly OrderLine[]): Attribute[] {
  const amount = (value: DecimalString | null) => value && renderAmount(value, currency);
  const shown = (value: DecimalString | null) => amount(unlessZero(value));
  return [
    // SubTotal is no field of the v3 order: as an attribute it reaches strict readers too.
    ['SubTotal', amount(amounts.subTotal)],
    ...[...INSIDE_OTHERS, ...FEES].map(([name, field]): Attribute => [name, shown(amounts[field])]),
    ['TikTokPaymentPlatformDiscount', shown(amounts.paymentPlatformDiscount)],
    ['TikTokIncludedShippingTaxRate', unlessZero(amounts.includedShippingTaxRate)],
    ...amounts.others.map(({ name, amount: value }): Attribute => [`TikTokAmount_${name}`, amount(value)]),
    ['TikTokSubTotalDifference', shown(differenceOfLines(amounts, lines))],
    ['TikTokTotalDifference', shown(differenceOfTotal(amounts))],
  ];
}

/** What the total holds besides its parts that we know; null without a total. */
function differenceOfTotal(amounts: OrderAmounts): DecimalString | null {
  if (amounts.total === null) return null;
  const paid = FEES.map(([, field]) => amounts[field]);
  const sum = sumDecimals([amounts.subTotal, amounts.shippingFee, amounts.tax, ...paid]);
  return subtractDecimal(amounts.total, subtractDecimal(sum, amounts.paymentPlatformDiscount));
}

/** What the sub-total holds besides the lines, such as pieces that were cancelled before the export. */
function differenceOfLines({ subTotal }: OrderAmounts, lines: readonly OrderLine[]): DecimalString | null {
  if (subTotal === null) return null;
  const prices = lines.flatMap(({ salePrice, quantity }) =>
    Array<typeof salePrice>(quantity).fill(salePrice),
  );
  return subtractDecimal(subTotal, sumDecimals(prices));
}

/** What a line has of an amount of all its pieces: of a broken-up bundle a share of it. */
export type Shared = (amount: DecimalString) => DecimalString;

/** Of all pieces of a line together: they are inside its prices. */
export function lineDiscounts(units: readonly OrderUnit[], currency: string, share: Shared): string {
  const sum = (name: 'sellerDiscount' | 'platformDiscount') => {
    const values = units.flatMap((unit) => unit[name] ?? []);
    return values.length > 0 ? unlessZero(share(sumDecimals(values))) : null;
  };
  return list('Discounts', [
    ...discountOf('SellerDiscount', sum('sellerDiscount'), currency),
    ...discountOf('PlatformDiscount', sum('platformDiscount'), currency),
  ]);
}

/** Fees of all pieces of a line together: their share of what the head says. */
export function lineFees(units: readonly OrderUnit[], currency: string, share: Shared): Attribute[] {
  const fees = [
    ['TikTokRetailDeliveryFee', 'retailDeliveryFee'],
    ['TikTokBuyerServiceFee', 'buyerServiceFee'],
    ['TikTokSmallOrderFee', 'smallOrderFee'],
    ['TikTokDeposit', 'deposit'],
  ] as const;
  return fees.map(([name, field]): Attribute => {
    const values = units.flatMap(({ kind }) => kind[field] ?? []);
    return [name, values.length > 0 ? renderAmount(share(sumDecimals(values)), currency) : null];
  });
}

interface TaxSum {
  title: string;
  amount: DecimalString | null;
  rate?: DecimalString | null;
}

/** One entry per kind and rate of tax: the amounts of the line's pieces together. */
export function lineTaxes(units: readonly OrderUnit[], currency: string, share: Shared): string {
  const sums = new Map<string, TaxSum>();
  for (const { type, amount, rate } of units.flatMap((unit) => unit.taxes)) {
    const kind = `${type} ${rate}`;
    sums.set(kind, { title: type, rate, amount: sumDecimals([sums.get(kind)?.amount, amount]) });
  }
  const shared = [...sums.values()].map((tax) => ({ ...tax, amount: tax.amount && share(tax.amount) }));
  return list('Taxes', taxes(shared, currency));
}

function taxes(sums: TaxSum[], currency: string): string[] {
  return sums
    .filter(({ amount }) => amount !== null)
    .map(({ title, amount, rate }) =>
      jsonObject(text('TaxTitle', title) + money('TaxAmount', amount, currency) + rateOf(rate)),
    );
}

function rateOf(rate: DecimalString | null | undefined): string {
  return rate && isDecimalString(rate) ? `,"TaxRate":${rate}` : '';
}

function discountOf(name: string, value: DecimalString | null, currency: string): string[] {
  if (value === null) return [];
  return [jsonObject(text('DiscountName', name) + money('DiscountAmount', value, currency))];
}

export function money(name: string, value: DecimalString | null, currency: string): string {
  return value === null ? '' : `,"${name}":${renderAmount(value, currency)}`;
}

function unlessZero(value: DecimalString | null): DecimalString | null {
  return value === null || isZero(value) ? null : value;
}
