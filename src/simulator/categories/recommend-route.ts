import { Type } from 'typebox';

import { shopRoute } from '../gateway/route.js';
import { NoQuery } from '../gateway/parameters.js';
import { refuseProduct } from '../products/product-error.js';
import { titleLimits } from './market-texts.js';
import type { Category } from './category-model.js';
import { categoriesOf, findCategory, permissionsOf } from './category-rules.js';
import { nameIn } from './category-routes.js';
import { versionMeant } from './named-category.js';

const Text = Type.Optional(Type.String());

/**
 * TikTok: Recommend Category 202309. TikTok's model is not known: here the leaf wins whose names, with those above it, share the
 * most words with the title and the hints. UNCONFIRMED: prohibited ones are left out unless asked for.
 */
export const recommendCategoryRoute = shopRoute({
  method: 'POST',
  path: '/product/{version}/categories/recommend',
  versions: ['202309'],
  scopes: ['seller.product.basic'],
  query: NoQuery,
  body: Type.Object({
    product_title: Text,
    description: Text,
    images: Type.Optional(Type.Array(Type.Object({ uri: Text }))),
    category_version: Text,
    listing_platform: Text,
    include_prohibited_categories: Type.Optional(Type.Boolean()),
    origin_platform_product_type: Text,
    origin_platform_vendor: Text,
    origin_platform_tags: Type.Optional(Type.Array(Type.String())),
    origin_platform_category: Text,
    origin_platform_metadata: Text,
  }),
  handle: ({ world, shop, body }) => {
    const title = body.product_title ?? '';
    const version = versionMeant(world, shop, body.category_version);
    if (title.trim() === '') throw refuseProduct(12052261);
    if (Array.from(title).length > titleLimits(shop.region.code).max) throw refuseProduct(12052051);
    const words = wordsOf(
      [title, body.origin_platform_product_type ?? '', body.origin_platform_category ?? ''].join(' '),
    );
    const tree = categoriesOf(shop, version);
    const chainOf = (category: Category): Category[] => {
      const above = tree.byId.get(category.parentId);
      return above === undefined ? [category] : [...chainOf(above), category];
    };
    const ranked = tree.all
      .filter((category) => category.isLeaf && findCategory(world, shop, category.id) !== undefined)
      .map((category) => ({ category, score: scoreOf(chainOf(category), words) }))
      .filter(({ score }) => score > 0)
      .toSorted((one, other) => other.score - one.score);
    const allowed = ranked.filter(
      ({ category }) =>
        body.include_prohibited_categories === true ||
        !permissionsOf(world, shop, category).includes('PROHIBITED'),
    );
    const best = allowed.find(
      ({ category }) => !permissionsOf(world, shop, category).includes('NON_MAIN_CATEGORY'),
    );
    if (allowed.length === 0) throw refuseProduct(12019064);
    if (best === undefined) throw refuseProduct(12052912);
    const chain = chainOf(best.category);
    return {
      leaf_category_id: best.category.id,
      categories: chain.map((category) => ({
        id: category.id,
        name: nameIn(category, undefined, shop.region.code),
        level: category.level,
        is_leaf: category.isLeaf,
        permission_statuses: [...permissionsOf(world, shop, category)],
      })),
    };
  },
});

function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  return new Set(words.map((word) => word.replace(/s$/, '')));
}

/** The leaf's own words count most. */
function scoreOf(chain: readonly Category[], words: ReadonlySet<string>): number {
  return chain.reduce((sum, category, index) => {
    const own = [...wordsOf(`${category.name} ${category.englishName ?? ''}`)];
    const shared = own.filter((word) => words.has(word)).length;
    return sum + shared * (index === chain.length - 1 ? 4 : 1);
  }, 0);
}
