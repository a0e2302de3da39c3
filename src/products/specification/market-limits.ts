import { Decimal } from 'decimal.js';
import { priceLimits } from '../../catalogue/price-limits.js';
import type { CategoryVersion } from '../../domain/listing.js';
import { decimalsOf } from '../../kernel/money.js';

/** What differs between TikTok's markets, as far as products go. */
export interface MarketLimits {
  /** Two letters, such as `US`. */
  region: string;
  /** The market is in the table; of one that is not, the narrowest limits are taken. */
  isKnown: boolean;
  categoryVersion: CategoryVersion;
  /** Characters, not bytes. */
  title: readonly [least: number, most: number];
  mostSkus: number;
  /** Null where TikTok's page names none. */
  currency: string | null;
  price: readonly [least: string, most: string] | null;
  priceDecimals: number;
  /** In order of preference, with the decimals that they may have. */
  weightUnits: readonly { unit: string; decimals: number }[];
  lengthUnits: readonly string[];
  lengthDecimals: number;
  isCodMarket: boolean;
  hasListPrice: boolean;
  hasDeliveryOptions: boolean;
  isEu: boolean;
  /** Products that a shop may put up in a day, by its tier; null: as many as it likes. */
  dailyLimits: Readonly<Record<string, number | null>>;
}

const KILOGRAM = { unit: 'KILOGRAM', decimals: 3 };
const ELSEWHERE = { 'during probation': 100, afterwards: 1000 };

type Market = Omit<MarketLimits, 'region' | 'isKnown' | 'currency' | 'price' | 'priceDecimals'>;

/** What most markets have, and the narrowest of each. */
const usual: Market = {
  categoryVersion: 'v1',
  title: [25, 255],
  mostSkus: 100,
  weightUnits: [KILOGRAM],
  lengthUnits: ['CENTIMETER'],
  lengthDecimals: 2,
  isCodMarket: false,
  hasListPrice: false,
  hasDeliveryOptions: false,
  isEu: false,
  dailyLimits: ELSEWHERE,
};

const wide = { title: [1, 255], mostSkus: 300 } as const;
const metricOrGrams = [KILOGRAM, { unit: 'GRAM', decimals: 0 }];
const southEastAsia: Market = {
  ...usual,
  categoryVersion: 'v2',
  isCodMarket: true,
  hasDeliveryOptions: true,
};
const european: Market = { ...usual, ...wide, categoryVersion: 'v2', isEu: true };

/**
 * Source: TikTok, Create Product and Product pricing, its changelog until November 2026 (category versions: South-East Asia v2 only
 * since January 2026; UK, EU and Japan both since October 2025, of which the newer is taken), Seller Academy (daily limits of US and TH).
 * UNCONFIRMED: two decimals of lengths in every market.
 */
const markets: Readonly<Record<string, Market>> = {
  US: {
    ...usual,
    ...wide,
    categoryVersion: 'v2',
    weightUnits: [{ unit: 'POUND', decimals: 2 }, KILOGRAM],
    lengthUnits: ['INCH', 'CENTIMETER'],
    hasListPrice: true,
    dailyLimits: { Beginner: 100, Standard: 200, Premium: 1000, Pro: null },
  },
  GB: { ...usual, ...wide, categoryVersion: 'v2' },
  DE: european,
  ES: european,
  FR: european,
  IE: european,
  IT: european,
  JP: { ...usual, ...wide, categoryVersion: 'v2', weightUnits: metricOrGrams },
  ID: southEastAsia,
  MY: southEastAsia,
  PH: southEastAsia,
  SG: { ...southEastAsia, isCodMarket: false },
  TH: { ...southEastAsia, dailyLimits: { 'tier 1': 1000, 'tier 2': 2000, 'tier 3': 3000 } },
  VN: southEastAsia,
  BR: { ...usual, title: [1, 300], mostSkus: 300, weightUnits: metricOrGrams },
  MX: {
    ...usual,
    title: [1, 300],
    mostSkus: 300,
    weightUnits: metricOrGrams,
    hasDeliveryOptions: true,
  },
};

/** Every market of the table, for the page of the documentation. */
export const knownMarkets: readonly string[] = Object.keys(markets);

/** @param override the connection's setting `categoryVersion`, where TikTok has moved a market since this was written */
export function marketLimitsOf(region: string, override: CategoryVersion | null = null): MarketLimits {
  const code = region.toUpperCase() === 'UK' ? 'GB' : region.toUpperCase();
  const market = Object.hasOwn(markets, code) ? markets[code] : undefined;
  const prices = Object.hasOwn(priceLimits, code) ? priceLimits[code] : undefined;
  const [least = new Decimal(0), most = new Decimal(0)] = prices?.local ?? [];
  return {
    ...(market ?? { ...usual, categoryVersion: 'v2' }),
    ...(override === null ? {} : { categoryVersion: override }),
    region: code,
    isKnown: market !== undefined,
    currency: prices?.currency ?? null,
    price: prices === undefined ? null : [least.toFixed(), most.toFixed()],
    priceDecimals: prices === undefined ? 2 : decimalsOf(prices.currency),
  };
}
