import { findCategory, permissionsOf } from '../../categories/category-rules.js';
import type { PermissionStatus } from '../../categories/category-model.js';
import { versionsOf } from '../../categories/category-trees.js';
import type { Facts, ListingRule } from '../listing-rule.js';

/** TikTok: what a shop may not do there. In the US an invite-only category may be listed, and waits after its audit. */
export const categoryRules: readonly ListingRule[] = [
  // TikTok: cross-border sellers make global products, and publish them.
  { code: 12052701, broken: ({ shop, call }) => call === 'create' && shop.sellerType === 'CROSS_BORDER' },
  {
    code: 12052025,
    mayLackInDraft: true,
    broken: ({ content }) => content.categoryId === '',
  },
  { code: 12052002, broken: ({ content }) => !/^\d*$/.test(content.categoryId) },
  { code: 12052217, broken: hasWrongVersion },
  {
    // The create tells a category of the other tree apart from one that is in none.
    code: ({ world, shop, call, content }) =>
      (call === 'create' || call === 'edit') && findCategory(world, shop, content.categoryId) !== undefined
        ? 12052230
        : 12052023,
    broken: ({ content, category }) => content.categoryId !== '' && category === undefined,
  },
  {
    code: ({ world }) => (world.behaviour.innerCategory === 'not_final' ? 12052024 : 12052230),
    broken: ({ category }) => category?.isLeaf === false,
  },
  { code: 12052220, broken: (facts) => isEntered(facts, 'PROHIBITED') },
  { code: 12052225, broken: (facts) => isEntered(facts, 'NON_MAIN_CATEGORY') },
  {
    code: 12052226,
    broken: (facts) => facts.shop.region.code !== 'US' && isEntered(facts, 'INVITE_ONLY'),
  },
  {
    code: 12052158,
    broken: ({ world, base, content }) =>
      base !== undefined &&
      base.categoryId !== content.categoryId &&
      world.behaviour.categoryChange === 'refused',
  },
  { code: 12052330, broken: ({ content, shop }) => isElsewhere(content.listingPlatforms, shop.region.code) },
];

function hasWrongVersion({ world, shop, content, base }: Facts): boolean {
  // A product keeps the version that it was listed with.
  if (content.categoryId === '' || base?.categoryVersion === content.categoryVersion) return false;
  const known = versionsOf(shop.region);
  const taken = world.behaviour.oldTreeBesideNew === 'refused' ? known.slice(-1) : known;
  return !taken.includes(content.categoryVersion);
}

/** A product that is in the category already may stay there. UNCONFIRMED. */
function isEntered({ world, shop, base, category, content }: Facts, status: PermissionStatus): boolean {
  if (category === undefined || base?.categoryId === content.categoryId) return false;
  return permissionsOf(world, shop, category).includes(status);
}

/** TikTok: Tokopedia is for Indonesia. */
function isElsewhere(platforms: readonly string[], regionCode: string): boolean {
  return platforms.includes('TOKOPEDIA') && regionCode !== 'ID';
}
