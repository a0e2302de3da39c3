import { keptSkus, type CheckRule, type Hit } from './check-rule.js';
import { inOtherSystem, isImperial, judgeLength, judgeWeight } from './measures.js';

/** Weight and size of the package. Source: Create Product (package_weight, package_dimensions). */
export const packagingRules: readonly CheckRule[] = [
  {
    name: 'weight-missing',
    level: 'error',
    field: 'Weight',
    code: '12052181',
    next: 'Give the weight of the package, in the feed or once for the category in a template',
    find: ({ weight }) =>
      weight === null ? [{ value: null, message: 'TikTok needs the weight of the package' }] : [],
  },
  {
    name: 'weight',
    level: 'error',
    field: 'Weight',
    code: '12052181',
    next: 'Correct the weight',
    find(wanted, { market }) {
      const { weight } = wanted;
      const hits: Hit[] = [];
      if (weight !== null) hits.push(...hitsOf(judgeWeight(weight, market), said(weight)));
      for (const { sku, weight: own } of keptSkus(wanted)) {
        if (own === null) continue;
        const measure = { value: own, unit: weight?.unit ?? null };
        hits.push(
          ...hitsOf(judgeWeight(measure, market), said(measure)).map((hit) => ({
            ...hit,
            sku,
            field: 'SKU Weight',
          })),
        );
      }
      return hits;
    },
  },
  {
    name: 'dimensions-missing',
    level: 'error',
    field: 'Length',
    code: '12052005',
    next: 'Give length, width and height of the package, in the feed or in a template',
    find({ dimensions }, { category }) {
      const isNeeded = category.kind === 'rules' && category.rules.needsDimensions;
      if (dimensions === null)
        return isNeeded
          ? [{ value: null, message: 'TikTok needs the size of the package in this category' }]
          : [];
      const { length, width, height } = dimensions;
      return length !== null && width !== null && height !== null
        ? []
        : [{ value: null, message: 'a size has three measures: length, width and height' }];
    },
  },
  {
    name: 'dimensions',
    level: 'error',
    field: 'Length',
    code: '12052006',
    next: 'Correct the size',
    find({ dimensions }, { market }) {
      if (dimensions === null) return [];
      const { unit } = dimensions;
      return (['Length', 'Width', 'Height'] as const).flatMap((field) => {
        const value = dimensions[field.toLowerCase() as 'length' | 'width' | 'height'];
        if (value === null) return [];
        return hitsOf(judgeLength({ value, unit }, market), said({ value, unit })).map((hit) => ({
          ...hit,
          field,
        }));
      });
    },
  },
  {
    name: 'mixed-units',
    level: 'error',
    field: 'Dimension Unit',
    code: '12052915',
    next: 'Give weight and size both in metric or both in imperial units',
    find({ weight, dimensions }, { market }) {
      if (weight === null || dimensions?.length == null) return [];
      const heavy = judgeWeight(weight, market).measure;
      const long = judgeLength({ value: dimensions.length, unit: dimensions.unit }, market).measure;
      if (!heavy || !long || isImperial(heavy.unit) === isImperial(long.unit)) return [];
      const other = inOtherSystem(long);
      return [
        {
          value: `${heavy.unit} and ${long.unit}`,
          message: `the weight is in ${heavy.unit} and the size in ${long.unit}`,
          nearest: `${other.value} ${other.unit}`,
        },
      ];
    },
  },
];

function said({ value, unit }: { value: string; unit: string | null }): string {
  return unit === null ? value : `${value} ${unit}`;
}

function hitsOf(
  { problem, nearest, code }: { problem: string | null; nearest: string | null; code: string },
  value: string,
): Hit[] {
  return problem === null ? [] : [{ value, message: problem, nearest, code }];
}
