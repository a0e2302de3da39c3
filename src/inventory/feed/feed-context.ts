import type { Connection } from '../../connections/connection.js';
import type { BulkTx } from '../../store/bulk-transaction.js';

/** What its reader found out about the rows of a feed. */
export interface ReadRows {
  /** Rows without a quantity, and without a price. */
  without: { quantity: number; cost: number };
  /** Keys that may stand there more than once; null: too many to name. */
  suspects: string[] | null;
}

/** What is known of the rows of a feed as a whole, beside the table that has them. */
export interface FeedRowsFacts extends ReadRows {
  staged: number;
}

/** What the connection's files so far say about all of its items; numbers as PostgreSQL writes them. */
interface Floors {
  /** The last ZeroOut. */
  zeroN: string;
  zeroAt: Date | null;
  /** The last removal of all items. */
  deletedN: string;
  /** See wanted-cells.ts. */
  namedN: string;
  namedAt: Date | null;
  namedCostN: string;
  /** See complete-feed.ts: numbers by code. */
  complete: Record<string, number>;
}

/** What applying a feed goes by. */
export interface FeedContext {
  connectionId: number;
  companyId: number;
  /** Number of the import, by which feeds are ordered. */
  importId: number;
  /** When its first byte arrived. */
  receivedAt: Date;
  /** The table with its rows. */
  feedRows: string;
  facts: FeedRowsFacts;
  floors: Floors;
  autoMatch: boolean;
  ignoreUnmatched: boolean;
  /** Whether prices go to TikTok. */
  pushPrice: boolean;
  now: Date;
  /** What product feeds say beside their products (tell-items.ts). */
  isOfProducts?: boolean;
}

/** To be asked behind `lockInventory`: nobody else changes it then. */
async function readFloors(tx: BulkTx, connectionId: number): Promise<Floors> {
  const [floors] = await tx.query<Floors & Record<string, unknown>>(
    `SELECT zero_n AS "zeroN", zero_at AS "zeroAt", deleted_n AS "deletedN", named_n AS "namedN", named_at AS "namedAt",
       named_cost_n AS "namedCostN", complete_floors AS complete
     FROM inventory_states WHERE connection_id = $1`,
    [connectionId],
  );
  return floors!;
}

export async function feedContextOf(
  tx: BulkTx,
  { id: connectionId, companyId, settings: { autoMatch, ignoreUnmatched, pushPrice } }: Connection,
  feed: Pick<FeedContext, 'importId' | 'receivedAt' | 'feedRows' | 'facts' | 'now' | 'isOfProducts'>,
): Promise<FeedContext> {
  const floors = await readFloors(tx, connectionId);
  return { connectionId, companyId, autoMatch, ignoreUnmatched, pushPrice, floors, ...feed };
}

/** The items were removed after the feed had arrived: it says what there was before. */
export function isBeforeDeletion({ importId, floors }: Pick<FeedContext, 'importId' | 'floors'>): boolean {
  return BigInt(importId) < BigInt(floors.deletedN);
}

/** ZeroOut came after the feed had arrived: its quantities are 0. */
export function isBeforeZeroOut({ importId, floors }: Pick<FeedContext, 'importId' | 'floors'>): boolean {
  return BigInt(importId) < BigInt(floors.zeroN);
}

/** Number and time that the quantities of the feed get. */
export function countOf(context: FeedContext): { n: string; at: Date } {
  const { importId, receivedAt, floors } = context;
  return isBeforeZeroOut(context)
    ? { n: floors.zeroN, at: floors.zeroAt ?? receivedAt }
    : { n: String(importId), at: receivedAt };
}

/** Whether a feed that arrived later has named all items already. */
export function isBeforeNamed({ importId, floors }: Pick<FeedContext, 'importId' | 'floors'>): boolean {
  return BigInt(importId) < BigInt(floors.namedN) || BigInt(importId) < BigInt(floors.namedCostN);
}
