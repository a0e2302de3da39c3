import { parseMinor } from './money.js';

export interface PriceLimits {
  minMinor: number;
  maxMinor: number;
}

type Row = readonly [currency: string, local: Range, crossBorder?: Range];
type Range = readonly [min: string, max: string];

const euro: Row = ['EUR', ['0.01', '6300'], ['0.01', '150']];

// TikTok: Product pricing. Regions that are not listed for cross-border sellers keep the limits of local ones.
const rows: Readonly<Record<string, Row>> = {
  US: ['USD', ['0.01', '7600'], ['0.01', '800']],
  GB: ['GBP', ['0.01', '5600'], ['0.01', '134.50']],
  DE: euro,
  FR: euro,
  IT: euro,
  ES: euro,
  IE: ['EUR', ['0.01', '6300']],
  ID: ['IDR', ['100', '100000000']],
  MY: ['MYR', ['0.01', '320000'], ['0.01', '320000']],
  PH: ['PHP', ['0.01', '400000'], ['0.01', '400000']],
  SG: ['SGD', ['0.01', '10000'], ['0.01', '400']],
  TH: ['THB', ['30', '260000'], ['0.01', '260000']],
  VN: ['VND', ['1', '180000000'], ['1', '1000000']],
  JP: ['JPY', ['1', '500000'], ['1', '10000']],
  BR: ['BRL', ['0.50', '10000']],
  MX: ['MXN', ['1', '50000']],
};

/** What one piece may cost, in minor units of the region's currency. */
export function priceLimits(regionCode: string, sellerType: 'LOCAL' | 'CROSS_BORDER'): PriceLimits {
  const row = rows[regionCode];
  if (row === undefined) throw new RangeError(`no price limits for region ${regionCode}`);
  const [currency, local, crossBorder] = row;
  const [min, max] = sellerType === 'CROSS_BORDER' ? (crossBorder ?? local) : local;
  return { minMinor: parseMinor(min, currency), maxMinor: parseMinor(max, currency) };
}

/** TikTok: list prices exist in the US only, from 0.01 to 7,600 dollars. */
export const listPriceLimits: PriceLimits = { minMinor: 1, maxMinor: 760_000 };
