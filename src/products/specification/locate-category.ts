import type { ActiveConnection } from '../../connections/connection.js';
import { AppError, type ErrorDetail } from '../../kernel/errors.js';
import { findCategory, nearest, pathText, type CategoryTree, type PlacedCategory } from './category-tree.js';
import { limitsOf } from './held-rules.js';
import type { SpecificationDeps } from './specification-deps.js';

/** Which category is meant: one of both. */
export interface CategoryQuestion {
  /** Id, path or name. */
  category?: string | undefined;
  /** The title of a product, for which TikTok is asked. */
  title?: string | undefined;
  /** TikTok is asked anew, unless it was a moment ago. */
  isFresh?: boolean | undefined;
}

/** @throws AppError invalid-request without a question; rule-violated where no single leaf is meant, with proposals */
export async function locateCategory(
  deps: SpecificationDeps,
  shop: ActiveConnection,
  tree: CategoryTree,
  { category: text, title }: CategoryQuestion,
): Promise<PlacedCategory> {
  if (text !== undefined && text.trim() !== '') return categoryNamed(tree, text);
  if (title === undefined || title.trim() === '') {
    throw new AppError('invalid-request', 'The request names no category.', {
      details: [
        {
          field: 'category',
          message: 'is missing',
          next: 'Give the id, path or name of a category, or the title of a product for a proposal of TikTok’s',
        },
      ],
    });
  }
  const { api } = await deps.openShop(shop.id, 'urgent');
  const id = await api.recommendCategory({ title }, limitsOf(shop).categoryVersion);
  const category = tree.byId.get(id);
  if (category) return category;
  throw refused(`TikTok proposes category ${id}, which is not in its own tree.`, nearest(tree, title));
}

function categoryNamed(tree: CategoryTree, text: string): PlacedCategory {
  const found = findCategory(tree, text);
  const shown = text.trim().slice(0, 200);
  if (found.kind === 'leaf') return found.category;
  if (found.kind === 'inner') {
    const path = pathText(found.category);
    throw refused(`${path} has categories below it; a product goes into one of those.`, found.proposals);
  }
  if (found.kind === 'several') throw refused(`Several categories are called "${shown}".`, found.proposals);
  throw refused(`There is no category "${shown}" in this shop's market.`, found.proposals);
}

function refused(message: string, proposals: readonly PlacedCategory[]): AppError {
  const details: ErrorDetail[] = proposals.map((category) => ({
    field: 'category',
    message: `${category.id}: ${pathText(category)}`,
  }));
  const none = {
    field: 'category',
    message: 'nothing is like it',
    next: 'GET Product/{partnerId}/Categories lists them',
  };
  return new AppError('rule-violated', message, { details: details.length > 0 ? details : [none] });
}
