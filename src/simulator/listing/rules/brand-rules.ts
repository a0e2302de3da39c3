import { brandsOf, type ShopBrand } from '../../categories/brand-book.js';
import { sampleBrand } from '../content-of.js';
import type { Facts, ListingRule } from '../listing-rule.js';

/** TikTok: no brand at all is fine; one that does not fit is dropped with a warning, a protected one refused. */
export const brandRules: readonly ListingRule[] = [
  {
    code: 12052026,
    broken: (facts) => isChosen(facts) && brandOf(facts) === undefined,
    clears: {
      field: ({ content }) => `[brand_id]:${content.brandId ?? ''}`,
      reason: 'Brand does not exist',
      without: ({ content }) => ({ ...content, brandId: undefined }),
    },
  },
  {
    code: 12052201,
    broken: (facts) => {
      const brand = brandOf(facts);
      return isChosen(facts) && brand?.isT1 === true && !brand.isAuthorized;
    },
  },
];

/** What the product has already is not asked about again. UNCONFIRMED. */
function isChosen({ content, base }: Facts): boolean {
  return content.brandId !== undefined && content.brandId !== base?.brandId;
}

function brandOf({ world, shop, content }: Facts): Pick<ShopBrand, 'isT1' | 'isAuthorized'> | undefined {
  if (content.brandId === sampleBrand.id) return { isT1: false, isAuthorized: true };
  return brandsOf(world, shop).find(({ id }) => id === content.brandId);
}
