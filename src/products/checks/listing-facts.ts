import type { Connection } from '../../connections/connection.js';
import type { BrandAnswer, CategoryAnswer } from './listing-rules.js';
import type { ProductFinding } from './product-finding.js';

/** What checks and dry runs have to know of TikTok: read, or remembered with its age, by whoever stands behind it. */
export interface ListingFacts {
  /** @param text id, path or name as the feed has it; null where it says none */
  category(connection: Connection, text: string | null): Promise<CategoryAnswer>;
  /** Null: nobody could ask. */
  brand(connection: Connection, text: string, categoryId: string): Promise<BrandAnswer | null>;
  /** One finding for all that the shop lacks; none when it may list, or nobody could ask. */
  prerequisites(connection: Connection): Promise<ProductFinding[]>;
}

/** Where nobody can ask TikTok: no product passes. */
export const unreadFacts: ListingFacts = {
  category: async (_, text) =>
    text === null ? { kind: 'missing' } : { kind: 'unread', reason: 'nobody asks TikTok here' },
  brand: async () => null,
  prerequisites: async () => [],
};
