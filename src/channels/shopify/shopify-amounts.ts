import type { DecimalString } from '../../kernel/money.js';
import { isZero, multiplyDecimal, roundAmount, subtractDecimal, sumDecimals } from '../../kernel/money.js';
import type { OrderLine } from '../../domain/order.js';
import type { OrderAmounts } from '../../domain/order-amounts.js';

/** What an order costs, in the parts that Shopify adds up again: lines less discount, and shipping and tax besides. */
interface ShopifyAmounts {
  /** A piece, by number of the line. */
  prices: ReadonlyMap<string, DecimalString>;
  /** Off the lines together; `0` for none. */
  discount: DecimalString;
  shipping: { title: string; amount: DecimalString }[];
  tax: DecimalString;
  total: DecimalString;
}

interface Counted {
  line: Pick<OrderLine, 'lineNumber' | 'originalPrice' | 'salePrice'>;
  quantity: number;
}

const FEES = [
  ['Retail delivery fee', 'retailDeliveryFee'],
  ['Buyer service fee', 'buyerServiceFee'],
  ['Small order fee', 'smallOrderFee'],
  ['Handling fee', 'handlingFee'],
  ['Shipping insurance', 'shippingInsuranceFee'],
  ['Item insurance', 'itemInsuranceFee'],
  ['Distance fee', 'distanceFee'],
  ['Payment service fee', 'paymentDiscountServiceFee'],
  ['Deposit', 'deposit'],
] as const satisfies readonly [string, keyof OrderAmounts][];

/**
 * Parts that add up to what the buyer pays on TikTok, to the cent. Lines stand at the price before discounts, and everything that
 * was taken off is one discount; what TikTok's total holds besides its parts is a line of its own among shipping, or more
 * discount, so that Shopify's own sum is TikTok's total.
 */
export function shopifyAmounts(
  amounts: OrderAmounts,
  lines: readonly Counted[],
  currency: string,
): ShopifyAmounts {
  const cut = (value: DecimalString) => roundAmount(value, currency);
  const prices = new Map(
    lines.map(({ line }) => [line.lineNumber, cut(line.originalPrice ?? line.salePrice ?? '0')]),
  );
  const gross = sumDecimals(
    lines.map(({ line, quantity }) => multiplyDecimal(prices.get(line.lineNumber) ?? '0', quantity)),
  );
  const tax = cut(amounts.tax ?? '0');
  const fees = FEES.map(([title, field]) => ({ title, amount: cut(amounts[field] ?? '0') }));
  const shipping = [{ title: 'Shipping', amount: cut(amounts.shippingFee ?? '0') }, ...fees].filter(
    ({ title, amount }) => title === 'Shipping' || isAbove(amount),
  );
  const sold = sumDecimals(
    lines.map(({ line, quantity }) =>
      multiplyDecimal(cut(line.salePrice ?? line.originalPrice ?? '0'), quantity),
    ),
  );
  const parts = sumDecimals([sold, tax, ...shipping.map(({ amount }) => amount)]);
  const total = amounts.total === null ? parts : cut(amounts.total);
  const whole = sumDecimals([gross, tax, ...shipping.map(({ amount }) => amount)]);
  const over = subtractDecimal(whole, total);
  if (!isAbove(over)) {
    const rest = subtractDecimal(total, whole);
    const more = isZero(rest) ? [] : [{ title: 'Other amounts of TikTok Shop', amount: cut(rest) }];
    return { prices, discount: '0', shipping: [...shipping, ...more], tax, total };
  }
  const excess = subtractDecimal(over, gross);
  if (!isAbove(excess)) return { prices, discount: cut(over), shipping, tax, total };
  return { prices, discount: cut(gross), shipping: reduced(shipping, excess, cut), tax, total };
}

/** Takes off what is more than the goods cost. */
function reduced(
  shipping: ShopifyAmounts['shipping'],
  excess: DecimalString,
  cut: (value: DecimalString) => DecimalString,
): ShopifyAmounts['shipping'] {
  let left = excess;
  return shipping.map(({ title, amount }) => {
    const rest = subtractDecimal(amount, left);
    left = isAbove(rest) ? '0' : subtractDecimal(left, amount);
    return { title, amount: isAbove(rest) ? cut(rest) : cut('0') };
  });
}

function isAbove(value: DecimalString): boolean {
  return !value.startsWith('-') && !isZero(value);
}

/** Of a tax on an amount, as Shopify wants it beside the amount: a share such as `0.0825`. */
export function taxRate(tax: DecimalString, base: DecimalString): DecimalString {
  const rate = Number(tax) / Number(base);
  return Number.isFinite(rate) ? rate.toFixed(6) : '0';
}
