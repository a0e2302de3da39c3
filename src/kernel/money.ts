import { Decimal } from 'decimal.js';

/**
 * Money and other decimal numbers travel as strings such as `19.90`; arithmetic happens here and nowhere else.
 * TikTok writes money as such strings; JSON towards Logicbroker clients is written from the same text.
 */
export type DecimalString = string;

/** Currencies that TikTok shows without decimals (TikTok: Product pricing). */
const WITHOUT_DECIMALS = new Set(['IDR', 'JPY', 'VND', 'KRW', 'CLP']);

/** With two decimals, as TikTok writes most amounts. */
const CENTS = /^(0|[1-9]\d*)\.\d\d$/;

const PLAIN_DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** True for text that is a plain JSON-compatible decimal: no exponent, no plus sign, no leading zeros. */
export function isDecimalString(text: string): boolean {
  return PLAIN_DECIMAL.test(text);
}

/** Sum of decimal strings; absent values count as zero. */
export function sumDecimals(values: Iterable<DecimalString | null | undefined>): DecimalString {
  let total = new Decimal(0);
  for (const value of values) if (value) total = total.plus(value);
  return total.toFixed();
}

export function isZero(value: DecimalString): boolean {
  return /^[-0.]*$/.test(value);
}

/** What is left of `value` when `other` is taken off; an absent value counts as zero. */
export function subtractDecimal(
  value: DecimalString,
  other: DecimalString | null | undefined,
): DecimalString {
  return new Decimal(value).minus(other ?? 0).toFixed();
}

/** Number of decimals that amounts in this currency have (ISO 4217 as TikTok uses it). */
export function decimalsOf(currency: string): number {
  return WITHOUT_DECIMALS.has(currency.toUpperCase()) ? 0 : 2;
}

/**
 * An amount as it is written for its currency: at least the currency's decimals, more only where the value has them
 * (`17` USD becomes `17.00`, `0.0825` stays). Nothing is ever rounded away.
 */
export function renderAmount(value: DecimalString, currency: string): DecimalString {
  const decimals = decimalsOf(currency);
  if (decimals === 2 && CENTS.test(value)) return value;
  const amount = new Decimal(value);
  return amount.toFixed(Math.max(decimals, amount.decimalPlaces()));
}

/** The same with no more decimals than the currency has, rounded half up: for those who cut what they are told. */
export function roundAmount(value: DecimalString, currency: string): DecimalString {
  return new Decimal(value).toFixed(decimalsOf(currency), Decimal.ROUND_HALF_UP);
}

/** A share of an amount: `count` equal pieces, each as heavy as `weight`. */
export interface Share {
  count: number;
  weight: DecimalString;
}

/**
 * The amount per piece by which the pieces of all shares make up `total` to the last digit, in the currency's smallest
 * unit; null where that cannot be. With a share of one piece it always can.
 */
export function amountPerPiece(
  total: DecimalString,
  shares: readonly Share[],
  currency: string,
): DecimalString[] | null {
  const places = Math.max(decimalsOf(currency), new Decimal(total).decimalPlaces());
  const whole = BigInt(new Decimal(total).times(10 ** places).toFixed(0));
  const isWeighed = shares.some(({ weight }) => !isZero(weight));
  const weights = shares.map(({ weight }) => (isWeighed ? toInteger(weight) : 1n));
  const sum = shares.reduce((all, { count }, at) => all + BigInt(count) * (weights[at] ?? 0n), 0n);
  if (sum === 0n) return null;
  const amounts = weights.map((weight) => (whole * weight) / sum);
  let rest = shares.reduce((left, { count }, at) => left - BigInt(count) * (amounts[at] ?? 0n), whole);
  // What rounding has left goes where there are many pieces first, so that a single one can take the last of it.
  const order = shares.map((_, at) => at).toSorted((a, b) => countAt(shares, b) - countAt(shares, a));
  for (const at of order) {
    const count = BigInt(countAt(shares, at));
    const more = rest / count;
    amounts[at] = (amounts[at] ?? 0n) + more;
    rest -= more * count;
  }
  if (rest !== 0n) return null;
  return amounts.map((amount) => new Decimal(amount.toString()).div(10 ** places).toFixed());
}

function countAt(shares: readonly Share[], at: number): number {
  return shares[at]?.count ?? 1;
}

/** PostgreSQL keeps six decimals of an amount. */
function toInteger(weight: DecimalString): bigint {
  return BigInt(new Decimal(weight).times(1_000_000).toFixed(0));
}

/** `count` times a decimal. */
export function multiplyDecimal(value: DecimalString, count: number): DecimalString {
  return new Decimal(value).times(count).toFixed();
}
