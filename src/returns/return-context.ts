import type { Actor } from '../companies/actor.js';
import type { Tx } from '../store/database.js';
import type { ReturnDetails, ReturnSource } from './read-details.js';
import type { ReturnDeps } from './return-deps.js';
import type { ReturnRecord } from './return-record.js';
import type { ShopReturn } from '../domain/return.js';

/** What taking in one page goes by. */
export interface ReturnContext {
  deps: ReturnDeps;
  tx: Tx;
  source: ReturnSource;
  readAt: Date;
  /** Who reads it. */
  by: Actor;
  /** By return id; of those that become documents now, or whose buyer's words are still missing. */
  details: ReadonlyMap<string, ReturnDetails>;
}

/** A request as TikTok shows it, and as we hold it (null when it is new). */
export interface ShownReturn {
  record: ReturnRecord | null;
  shown: ShopReturn;
}
