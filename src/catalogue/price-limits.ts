import { Decimal } from 'decimal.js';
import { decimalsOf, isDecimalString, type DecimalString } from '../kernel/money.js';

export interface PriceLimits {
  currency: string;
  /** Smallest and largest price of a local seller. */
  local: Range;
  /** Of goods from a cross-border warehouse; null where TikTok's page names none. */
  crossBorder: Range | null;
}

type Range = readonly [smallest: Decimal, largest: Decimal];

/** Made once: prices are checked by the hundred thousand. */
function range(smallest: DecimalString, largest: DecimalString): Range {
  return [new Decimal(smallest), new Decimal(largest)];
}

const euro = (most: DecimalString | null): PriceLimits => ({
  currency: 'EUR',
  local: range('0.01', '6300'),
  crossBorder: most === null ? null : range('0.01', most),
});

/** By the two letters of the shop's region. TikTok: Product pricing. */
export const priceLimits: Readonly<Record<string, PriceLimits>> = {
  US: { currency: 'USD', local: range('0.01', '7600'), crossBorder: range('0.01', '800') },
  GB: { currency: 'GBP', local: range('0.01', '5600'), crossBorder: range('0.01', '134.5') },
  DE: euro('150'),
  FR: euro('150'),
  IT: euro('150'),
  ES: euro('150'),
  IE: euro(null),
  ID: { currency: 'IDR', local: range('100', '100000000'), crossBorder: null },
  MY: { currency: 'MYR', local: range('0.01', '320000'), crossBorder: range('0.01', '320000') },
  PH: { currency: 'PHP', local: range('0.01', '400000'), crossBorder: range('0.01', '400000') },
  SG: { currency: 'SGD', local: range('0.01', '10000'), crossBorder: range('0.01', '400') },
  TH: { currency: 'THB', local: range('30', '260000'), crossBorder: range('0.01', '260000') },
  VN: { currency: 'VND', local: range('1', '180000000'), crossBorder: range('1', '1000000') },
  JP: { currency: 'JPY', local: range('1', '500000'), crossBorder: range('1', '10000') },
  BR: { currency: 'BRL', local: range('0.5', '10000'), crossBorder: null },
  MX: { currency: 'MXN', local: range('1', '50000'), crossBorder: null },
};

export type CheckedPrice =
  { ok: true; amount: DecimalString; currency: string } | { ok: false; reason: string; next: string };

/**
 * A price as TikTok takes it: the currency of the shop, a dot, as many decimals as the currency has. Nothing is rounded: a
 * price with more decimals is refused. `skuCurrency` is what TikTok shows for the SKU, for regions that are not in the
 * table. UNCONFIRMED: the decimals per currency.
 */
export function checkPrice(
  cost: DecimalString,
  shop: { region: string; crossBorder: boolean; skuCurrency: string | null },
): CheckedPrice {
  const limits = priceLimits[shop.region];
  const currency = limits?.currency ?? shop.skuCurrency;
  if (!isDecimalString(cost)) return refused('Cost is not a number.', 'Correct the column Cost.');
  if (currency === null)
    return refused(
      `The currency of region ${shop.region} is not known.`,
      'Set the price in TikTok Seller Center.',
    );
  const price = new Decimal(cost);
  const decimals = decimalsOf(currency);
  if (price.decimalPlaces() > decimals)
    return refused(
      `Cost ${price.toFixed()} has more than the ${decimals} decimals of ${currency}.`,
      'Round it and upload it again; nothing is rounded here.',
    );
  const limit = shop.crossBorder ? limits?.crossBorder : limits?.local;
  if (limit && (price.lt(limit[0]) || price.gt(limit[1])))
    return refused(
      `Cost ${price.toFixed()} ${currency} is outside TikTok's limits for ${shop.region}: ${limit[0].toFixed()} to ${limit[1].toFixed()}.`,
      'Correct the column Cost and upload it again.',
    );
  if (price.isNegative() || price.isZero())
    return refused('Cost is not above zero.', 'Correct the column Cost and upload it again.');
  return { ok: true, amount: price.toFixed(decimals), currency };
}

function refused(reason: string, next: string): CheckedPrice {
  return { ok: false, reason, next };
}
