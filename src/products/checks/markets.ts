import { priceLimits } from '../../catalogue/price-limits.js';
import { decimalsOf } from '../../kernel/money.js';
import type { ListingMarket } from './listing-rules.js';

const LONG_TITLES = ['BR', 'MX'];
const SHORT_TITLES = ['DE', 'ES', 'FR', 'GB', 'IE', 'IT', 'JP', 'UK', 'US'];
const MANY_SKUS = new Set([...LONG_TITLES, ...SHORT_TITLES, 'EU', 'AT', 'BE', 'NL', 'PL']);
const EU = new Set(['AT', 'BE', 'DE', 'ES', 'FR', 'IE', 'IT', 'NL', 'PL']);
const COD = new Set(['ID', 'MY', 'PH', 'SA', 'TH', 'VN']);

/** Source: Create Product (title, skus, package_weight), Product pricing. UNCONFIRMED: two decimals of lengths everywhere. */
export function marketOf(region: string): ListingMarket {
  const limits = priceLimits[region];
  const title = LONG_TITLES.includes(region) ? 300 : 255;
  const isShort = LONG_TITLES.includes(region) || SHORT_TITLES.includes(region);
  return {
    region,
    title: [isShort ? 1 : 25, title],
    mostSkus: MANY_SKUS.has(region) ? 300 : 100,
    currency: limits?.currency ?? null,
    price: limits ? [limits.local[0].toFixed(), limits.local[1].toFixed()] : null,
    priceDecimals: limits ? decimalsOf(limits.currency) : 2,
    weightUnits: weightUnitsOf(region),
    lengthUnits: region === 'US' ? ['CENTIMETER', 'INCH'] : ['CENTIMETER'],
    isCodMarket: COD.has(region),
    hasListPrice: region === 'US',
    isEu: EU.has(region),
  };
}

function weightUnitsOf(region: string): ListingMarket['weightUnits'] {
  if (region === 'US')
    return [
      { unit: 'KILOGRAM', decimals: 3 },
      { unit: 'POUND', decimals: 2 },
    ];
  if (['BR', 'JP', 'MX'].includes(region))
    return [
      { unit: 'KILOGRAM', decimals: 3 },
      { unit: 'GRAM', decimals: 0 },
    ];
  return [{ unit: 'KILOGRAM', decimals: 3 }];
}
