import type { Dimensions, Weight } from '../../state/content.js';
import type { Facts, ListingRule } from '../listing-rule.js';

const metric: readonly string[] = ['KILOGRAM', 'GRAM', 'CENTIMETER'];
const imperial: readonly string[] = ['POUND', 'INCH'];
const GRAM_MARKETS: readonly string[] = ['BR', 'JP', 'MX'];
const SEA_MARKETS: readonly string[] = ['ID', 'MY', 'PH', 'SG', 'TH', 'VN'];

/** Decimals of a weight by its unit. */
const decimals: Readonly<Record<string, number>> = { KILOGRAM: 3, POUND: 2, GRAM: 0 };

export const packageRules: readonly ListingRule[] = [
  {
    code: 12019011,
    mayLackInDraft: true,
    broken: ({ content, category }) => content.packageWeight === undefined && category?.family !== 'virtual',
  },
  {
    code: ({ call }) => (call === 'create' ? 12052006 : 12019011),
    broken: (facts) => weights(facts).some((weight) => !isWeight(weight)),
  },
  { code: 12052181, broken: (facts) => weights(facts).some(({ value }) => Number(value) === 0) },
  {
    code: ({ call }) => (call === 'check' ? 12052916 : call === 'partial_edit' ? 12019060 : 12019061),
    broken: (facts) =>
      facts.shop.region.code !== 'US' && units(facts).some((unit) => imperial.includes(unit)),
  },
  // Seen live: grams were taken in Vietnam, outside of the documented markets.
  {
    code: 12052916,
    broken: (facts) =>
      facts.world.behaviour.gramsElsewhere === 'refused' &&
      !GRAM_MARKETS.includes(facts.shop.region.code) &&
      weights(facts).some(({ unit }) => unit === 'GRAM'),
  },
  {
    code: 12019012,
    mayLackInDraft: true,
    broken: ({ content, rules, category }) =>
      content.packageDimensions === undefined &&
      rules?.packageDimensionsRequired === true &&
      category?.family !== 'virtual',
  },
  { code: 12052005, broken: (facts) => boxes(facts).some(({ length }) => !isLength(facts, length)) },
  { code: 12052004, broken: (facts) => boxes(facts).some(({ width }) => !isLength(facts, width)) },
  { code: 12052003, broken: (facts) => boxes(facts).some(({ height }) => !isLength(facts, height)) },
  {
    code: 12052116,
    broken: (facts) =>
      boxes(facts).some(({ length, width, height }) =>
        [length, width, height].some((side) => Number(side.replace(',', '.')) <= 0),
      ),
  },
  { code: 12052915, broken: hasTwoSystems },
  // TikTok, since May 2026: weight and size of a SKU in the US, Mexico and South-East Asia. UNCONFIRMED: the code elsewhere.
  {
    code: 12052910,
    broken: ({ content, shop }) =>
      !['US', 'MX', ...SEA_MARKETS].includes(shop.region.code) &&
      content.skus.some(({ weight, dimensions }) => weight !== undefined || dimensions !== undefined),
  },
];

/** Of the product, and of SKUs that have their own. */
function weights({ content }: Facts): Weight[] {
  return [content.packageWeight, ...content.skus.map(({ weight }) => weight)].filter(
    (weight) => weight !== undefined,
  );
}

function boxes({ content }: Facts): Dimensions[] {
  return [content.packageDimensions, ...content.skus.map(({ dimensions }) => dimensions)].filter(
    (box) => box !== undefined,
  );
}

function units(facts: Facts): string[] {
  return [...weights(facts), ...boxes(facts)].map(({ unit }) => unit);
}

function isWeight({ value, unit }: Weight): boolean {
  const most = decimals[unit];
  if (most === undefined || !/^\d+(\.\d+)?$/.test(value)) return false;
  return (value.split('.')[1] ?? '').length <= most;
}

/** TikTok: whole numbers until 2026, two decimals since; in Brazil with a comma as well. */
function isLength({ world, shop }: Facts, text: string): boolean {
  const value = shop.region.code === 'BR' ? text.replace(',', '.') : text;
  return world.behaviour.dimensionDecimals === 'two' ? /^\d+(\.\d{1,2})?$/.test(value) : /^\d+$/.test(value);
}

/** Weight and size must speak of the same system. */
function hasTwoSystems({ content }: Facts): boolean {
  const pairs = [
    [content.packageWeight, content.packageDimensions],
    ...content.skus.map((sku) => [
      sku.weight ?? content.packageWeight,
      sku.dimensions ?? content.packageDimensions,
    ]),
  ];
  return pairs.some((pair) => {
    const known = pair.flatMap((one) => (one === undefined ? [] : [one.unit]));
    return known.some((unit) => metric.includes(unit)) && known.some((unit) => imperial.includes(unit));
  });
}
