import type { PreSale } from '../../state/content.js';
import { isEuropean } from '../../state/routes.js';
import { anySku, wasSubmitted, type Facts, type ListingRule } from '../listing-rule.js';

const DAY_SEC = 86_400;
const MOST_MINIMUM_ORDER = 20;
const LONGEST_EXTERNAL = 999;
/** TikTok: days from now in which a pre-order may be released in the US. */
const RELEASE_DAYS = [3, 60] as const;

/** TikTok: days that the seller may take, by market and type. A pre-order in the US has a date in their place. */
function handlingDays(isAmerican: boolean, type: string): readonly [number, number] | undefined {
  if (isAmerican) return type === 'MADE_TO_ORDER' ? [3, 14] : type === 'CUSTOM' ? [3, 30] : undefined;
  return type === 'PRE_ORDER' ? [3, 30] : undefined;
}

function isUs({ shop }: Facts): boolean {
  return shop.region.code === 'US';
}

function anyPreSale(broken: (preSale: PreSale, facts: Facts) => boolean): (facts: Facts) => boolean {
  return anySku(({ preSale }, facts) => preSale !== undefined && broken(preSale, facts));
}

const isSpecial = ({ type }: PreSale): boolean => type !== '' && type !== 'NONE';
const hasTime = ({ handlingDays: days, releaseDate }: PreSale): boolean =>
  days !== undefined || releaseDate !== undefined;

export const saleRules: readonly ListingRule[] = [
  { code: 12052222, broken: ({ content, rules }) => content.isCodAllowed && rules?.codSupported === false },
  { code: 12019096, broken: anyPreSale(({ type }) => type === '') },
  { code: 12019094, broken: anyPreSale((preSale) => preSale.type === 'NONE' && hasTime(preSale)) },
  { code: 12019095, broken: anyPreSale((preSale) => isSpecial(preSale) && !hasTime(preSale)) },
  {
    code: 12019099,
    broken: anyPreSale(
      (preSale, facts) => isSpecial(preSale) && facts.rules?.specialTypes.includes(preSale.type) !== true,
    ),
  },
  {
    code: 12019097,
    broken: anyPreSale(
      (preSale, facts) => isUs(facts) && preSale.type === 'PRE_ORDER' && (preSale.releaseDate ?? 0) === 0,
    ),
  },
  {
    code: 12019098,
    broken: anyPreSale(
      (preSale, facts) =>
        handlingDays(isUs(facts), preSale.type) !== undefined && (preSale.handlingDays ?? 0) === 0,
    ),
  },
  {
    code: 12052712,
    broken: anyPreSale((preSale, facts) => {
      const limits = handlingDays(isUs(facts), preSale.type);
      const days = preSale.handlingDays ?? 0;
      return limits !== undefined && (days < limits[0] || days > limits[1]);
    }),
  },
  {
    code: 12052269,
    broken: anyPreSale((preSale, facts) => {
      if (preSale.releaseDate === undefined || !isUs(facts)) return false;
      const days = (preSale.releaseDate - facts.world.clock.nowSec()) / DAY_SEC;
      return isNew(facts, preSale) && (days < RELEASE_DAYS[0] || days > RELEASE_DAYS[1]);
    }),
  },
  {
    code: 12019100,
    broken: ({ content }) => new Set(content.skus.map(({ preSale }) => preSale?.type ?? 'NONE')).size > 1,
  },
  // TikTok: what a product is, pre-order or not, is settled once it is live.
  ...becomes('NONE', 'PRE_ORDER', 12052315),
  ...becomes('NONE', 'MADE_TO_ORDER', 12052314),
  ...becomes('PRE_ORDER', 'NONE', 12052329),
  {
    code: 12052706,
    broken: ({ content }) => content.minimumOrder < 1 || content.minimumOrder > MOST_MINIMUM_ORDER,
  },
  {
    code: ({ call }) => (call === 'create' ? 12052706 : 12052707),
    broken: ({ content, shop }) => content.minimumOrder > 1 && shop.region.code !== 'ID',
  },
  {
    code: 12052910,
    broken: ({ content }) => (content.externalProductId ?? '').length > LONGEST_EXTERNAL,
  },
  { code: 12052996, broken: isExternalIdTaken },
  {
    code: 12052361,
    broken: anySku(
      ({ unitCount }, { shop }) =>
        unitCount !== undefined && isEuropean(shop.region.code) && !isUnitCount(unitCount),
    ),
  },
];

/** A release date that the product has already may have come near in the meantime. */
function isNew({ base }: Facts, { releaseDate }: PreSale): boolean {
  return !(base?.skus.some(({ preSale }) => preSale?.releaseDate === releaseDate) ?? false);
}

function becomes(from: string, to: string, code: 12052315 | 12052314 | 12052329): ListingRule[] {
  return [
    {
      code,
      broken: (facts) =>
        wasSubmitted(facts) &&
        isUs(facts) &&
        facts.content.skus.some((sku) => {
          const before = facts.base?.skus.find(({ id }) => id === sku.id);
          return (
            before !== undefined &&
            (before.preSale?.type ?? 'NONE') === from &&
            (sku.preSale?.type ?? 'NONE') === to
          );
        }),
    },
  ];
}

/** TikTok: unique in the shop. Deleted products do not count. UNCONFIRMED. */
function isExternalIdTaken({ shop, product, content }: Facts): boolean {
  const wanted = content.externalProductId;
  if (wanted === undefined) return false;
  for (const other of shop.catalogue.all()) {
    if (other !== product && other.status !== 'DELETED' && other.content?.externalProductId === wanted)
      return true;
  }
  return false;
}

/** TikTok: 0.01 to 99,999.9999. */
function isUnitCount(text: string): boolean {
  return /^\d{1,5}(\.\d{1,4})?$/.test(text) && Number(text) >= 0.01;
}
