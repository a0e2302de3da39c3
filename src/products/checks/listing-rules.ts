import type { CategoryDemands, ListingAttribute, ShopBrand } from '../../domain/listing.js';
import type { MarketLimits } from '../specification/market-limits.js';

/** What TikTok demands of products of one category. */
export interface ListingRules extends Omit<CategoryDemands, 'needsEpr' | 'fees'> {
  categoryId: string;
  /** Names from the root, for people. */
  categoryPath: string;
  isLeaf: boolean;
  /** See ShopCategory. */
  permissions: readonly string[];
  attributes: readonly ListingAttribute[];
}

/** What a category text of a feed turned out to be. */
export type CategoryAnswer =
  | { kind: 'rules'; rules: ListingRules }
  | { kind: 'missing' }
  | { kind: 'unknown'; proposals: readonly { id: string; path: string }[] }
  /** The rules could not be read just now. */
  | { kind: 'unread'; reason: string };

/** A brand by the name that the feed gives, or that TikTok knows none. */
export type BrandAnswer = ShopBrand | { id: null; nearest: string | null };

/** What the checks go by; all of it is read before. */
export interface CheckContext {
  market: MarketLimits;
  category: CategoryAnswer;
  brand: BrandAnswer | null;
  /** Codes, names and ids of warehouses that can sell; null when they were never read. */
  warehouses: readonly string[] | null;
  /** A cross-border shop takes no products from here. */
  isCrossBorder: boolean;
  /** The listing is in TikTok already. */
  isListed: boolean;
  /** SKUs of the shop that share a code, by the code. */
  codeTwins: ReadonlyMap<string, readonly string[]>;
  /** Hosts of images that may be inside: the operator has named them. */
  ownHosts: readonly string[];
  now: Date;
}
