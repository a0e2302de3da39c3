import type { Connection } from '../../connections/connection.js';
import type { SizeChartTemplate, ShopPrerequisite } from '../../domain/listing.js';
import { AppError } from '../../kernel/errors.js';
import { attributeFields, complianceFields, optionFields } from './category-fields.js';
import { adviceOf, type CategoryAdvice } from './category-permission.js';
import { pathText, treeOf, type PlacedCategory } from './category-tree.js';
import { deliveryFields, identityFields, packagingFields, priceFields } from './common-fields.js';
import { categoriesOf, limitsOf, requireLocalShop, rulesOf } from './held-rules.js';
import { locateCategory, type CategoryQuestion } from './locate-category.js';
import type { MarketLimits } from './market-limits.js';
import { isLimitReached, missingOf, type MissingPrerequisite } from './prerequisites.js';
import type { SpecificationDeps } from './specification-deps.js';
import type { SpecificationField } from './specification-field.js';

/** Everything that a product of one category needs in one shop. */
export interface FeedSpecification {
  region: string;
  category: { id: string; path: string; permissions: readonly string[] };
  advice: CategoryAdvice;
  market: MarketLimits;
  fields: readonly SpecificationField[];
  /** Deposits and the like; there is no column for them. */
  fees: readonly { type: string; isRequired: boolean }[];
  needsEpr: boolean;
  /** Null: TikTok could not be asked. */
  missing: readonly MissingPrerequisite[] | null;
  isLimitReached: boolean;
  sizeCharts: readonly SizeChartTemplate[];
  /** When TikTok said it. */
  readAt: Date;
}

/**
 * What a feed for one category has to hold, read from TikTok where ours is too old.
 * @throws AppError rule-violated for a cross-border shop, an unknown category or one that is closed to the shop
 */
export async function readSpecification(
  deps: SpecificationDeps,
  connection: Connection,
  question: CategoryQuestion,
): Promise<FeedSpecification> {
  const shop = requireLocalShop(connection);
  const market = limitsOf(shop);
  const isFresh = question.isFresh ?? false;
  const { categories } = await categoriesOf(deps, shop, { isFresh });
  const category = await locateCategory(deps, shop, treeOf(categories), question);
  const advice = adviceOf(category.permissions, shop.shopRegion);
  if (advice.outcome === 'refused') throw closed(category, advice);
  const rules = await rulesOf(deps, shop, category.id, { isFresh });
  const { demands, attributes } = rules;
  const { api } = await deps.openShop(shop.id, 'urgent');
  const sizeCharts =
    demands.sizeChart === 'none' ? [] : await orNothing(api.searchSizeCharts(''), [] as SizeChartTemplate[]);
  const prerequisites = await orNothing<ShopPrerequisite[] | null>(api.listPrerequisites(), null);
  const missing = prerequisites && missingOf(prerequisites);
  return {
    region: market.region,
    category: { id: category.id, path: pathText(category), permissions: category.permissions },
    advice,
    market,
    fields: [
      ...identityFields(market),
      ...attributeFields(attributes),
      ...optionFields(attributes),
      ...priceFields(market),
      ...packagingFields(market, demands),
      ...complianceFields(demands, attributes, sizeCharts, market),
      ...deliveryFields(market, demands),
    ],
    fees: demands.fees,
    needsEpr: demands.needsEpr,
    missing,
    isLimitReached: isLimitReached(missing ?? []),
    sizeCharts,
    readAt: rules.fetchedAt,
  };
}

function closed(category: PlacedCategory, { text, next }: CategoryAdvice): AppError {
  return new AppError('rule-violated', text, {
    details: [
      {
        field: 'category',
        message: `${pathText(category)} (${category.id}) is closed to this shop`,
        ...(next === null ? {} : { next }),
      },
    ],
  });
}

/** What a specification can do without: TikTok being out of reach, or not allowing it, leaves it out. */
async function orNothing<T>(reading: Promise<T>, nothing: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError) return nothing;
    throw error;
  }
}
