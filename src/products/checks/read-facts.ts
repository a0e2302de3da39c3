import type { ActiveConnection, Connection } from '../../connections/connection.js';
import { requireActive } from '../../connections/connection-store.js';
import { AppError } from '../../kernel/errors.js';
import {
  findCategory,
  pathText,
  treeOf,
  type CategoryTree,
  type PlacedCategory,
} from '../specification/category-tree.js';
import { findBrands } from '../specification/find-brand.js';
import { categoriesOf, rulesOf } from '../specification/held-rules.js';
import { missingOf } from '../specification/prerequisites.js';
import type { SpecificationDeps } from '../specification/specification-deps.js';
import { closestOf } from './closest.js';
import type { ListingFacts } from './listing-facts.js';
import type { BrandAnswer, CategoryAnswer, ListingRules } from './listing-rules.js';

/** A brand that is given by its number; TikTok's search knows names only. */
const BRAND_ID = /^\d{10,30}$/;

/** Facts of TikTok itself: rules with their age (held-rules.ts), brands and prerequisites asked for now. */
export function createListingFacts(deps: SpecificationDeps): ListingFacts {
  /** Of each shop the tree that was made last, with the time of its reading. */
  const trees = new Map<number, { at: number; tree: CategoryTree }>();

  async function treeOfShop(shop: ActiveConnection): Promise<CategoryTree> {
    const { categories, fetchedAt } = await categoriesOf(deps, shop);
    const known = trees.get(shop.id);
    if (known?.at === fetchedAt.getTime()) return known.tree;
    const tree = treeOf(categories);
    trees.set(shop.id, { at: fetchedAt.getTime(), tree });
    return tree;
  }

  return {
    async category(connection, text) {
      if (text === null) return { kind: 'missing' };
      return orUnread<CategoryAnswer>(
        async () => {
          const shop = requireActive(connection);
          const found = findCategory(await treeOfShop(shop), text);
          if (found.kind === 'leaf')
            return { kind: 'rules', rules: await leafRules(deps, shop, found.category) };
          if (found.kind === 'inner') return { kind: 'rules', rules: innerRules(found.category) };
          return {
            kind: 'unknown',
            proposals: found.proposals.map((one) => ({ id: one.id, path: pathText(one) })),
          };
        },
        (reason) => ({ kind: 'unread', reason }),
      );
    },
    async brand(connection, text, categoryId) {
      if (BRAND_ID.test(text)) return null;
      return orUnread<BrandAnswer | null>(
        async () => {
          const brands = await findBrands(deps, requireActive(connection), text, categoryId);
          const exact = brands.find(({ name }) => name.toLowerCase() === text.trim().toLowerCase());
          const names = brands.map(({ name }) => name);
          return exact ?? { id: null, nearest: closestOf(text, names) ?? names[0] ?? null };
        },
        () => null,
      );
    },
    async missing(connection: Connection) {
      return orUnread(
        async () => {
          const { api } = await deps.openShop(requireActive(connection).id, 'urgent');
          return missingOf(await api.listPrerequisites());
        },
        () => null,
      );
    },
  };
}

/** What TikTok cannot be asked just now stands on the product, and is asked again; a mistake of ours is thrown. */
async function orUnread<T>(read: () => Promise<T>, unread: (reason: string) => T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError) return unread(error.message);
    throw error;
  }
}

async function leafRules(
  deps: SpecificationDeps,
  shop: ActiveConnection,
  category: PlacedCategory,
): Promise<ListingRules> {
  const { demands, attributes } = await rulesOf(deps, shop, category.id);
  const { id: categoryId, permissions } = category;
  return { ...demands, attributes, categoryId, categoryPath: pathText(category), isLeaf: true, permissions };
}

/** A category with others below it has no rules; which one is meant is all there is to say. */
function innerRules(category: PlacedCategory): ListingRules {
  return {
    categoryId: category.id,
    categoryPath: pathText(category),
    isLeaf: false,
    permissions: [],
    attributes: [],
    certificates: [],
    sizeChart: 'supported',
    isCodSupported: true,
    needsDimensions: false,
    needsManufacturer: false,
    needsResponsiblePerson: false,
    specialTypes: [],
  };
}
