import type { Connection } from '../../connections/connection.js';
import type { BrandAnswer, CategoryAnswer } from './listing-rules.js';
import type { MissingPrerequisite } from '../specification/prerequisites.js';

/** What checks and dry runs have to know of TikTok: read, or remembered with its age, by whoever stands behind it. */
export interface ListingFacts {
  /** @param text id, path or name as the feed has it; null where it says none */
  category(connection: Connection, text: string | null): Promise<CategoryAnswer>;
  /** Null: nobody could ask. */
  brand(connection: Connection, text: string, categoryId: string): Promise<BrandAnswer | null>;
  /** What the shop lacks before it can list anything; null when nobody could ask. */
  missing(connection: Connection): Promise<MissingPrerequisite[] | null>;
}
