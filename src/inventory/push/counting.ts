import type { Reader } from '../../store/bulk-reader.js';
import type { Tx } from '../../store/database.js';

/** What is known of all items of a connection at once (inventory_states). Numbers are those of arrival. */
export interface Counting {
  /** The last ZeroOut; 0 for none. */
  zeroN: number;
  /** It is not in TikTok everywhere yet. */
  zeroPending: boolean;
  /** The last feed that named the quantities of all items, and when its first byte arrived. */
  namedN: number;
  namedAt: Date | null;
  /** The same for costs. */
  namedCostN: number;
  /** The newest feed when all items were last compared with TikTok. */
  comparedN: number;
  comparedAt: Date | null;
}

const nothingCounted: Counting = {
  zeroN: 0,
  zeroPending: false,
  namedN: 0,
  namedAt: null,
  namedCostN: 0,
  comparedN: 0,
  comparedAt: null,
};

export async function readCounting(db: Reader, connectionId: number): Promise<Counting> {
  const [row] = await db.$queryRaw<Counting[]>`
    SELECT zero_n::int AS "zeroN", zero_pending AS "zeroPending", named_n::int AS "namedN", named_at AS "namedAt",
      named_cost_n::int AS "namedCostN", compared_n::int AS "comparedN", compared_at AS "comparedAt"
    FROM inventory_states WHERE connection_id = ${connectionId}`;
  return row ?? nothingCounted;
}

/** All items that files up to `n` named have been compared with TikTok. */
export async function noteCompared(
  tx: Tx,
  connectionId: number,
  { n, at }: { n: number; at: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE inventory_states SET compared_n = GREATEST(compared_n, ${n}), compared_at = GREATEST(compared_at, ${at})
    WHERE connection_id = ${connectionId}`;
}

/** Gates at which an item stands that TikTok does not sell anyway. */
const NOT_ON_SALE = ['matched', 'exists-in-tiktok', 'product-live', 'sku-normal'];

/** Whether an item that a ZeroOut has set to 0 may still be on sale in TikTok. */
export async function isZeroLeft(tx: Tx, connectionId: number, zeroN: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ left: boolean }[]>`
    SELECT EXISTS (SELECT FROM inventory_items i
      WHERE i.connection_id = ${connectionId} AND i.unsent_since IS NOT NULL AND i.count_n = ${zeroN} AND i.quantity = 0
        AND i.merchant_sku IS NOT NULL
        AND (i.push_gate IS NULL OR i.push_gate <> ALL(${NOT_ON_SALE}::text[]))) AS left`;
  return row?.left ?? false;
}

/** Nothing of the last ZeroOut is left to be sent, unless another has come since. */
export async function endZeroOut(tx: Tx, connectionId: number, zeroN: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE inventory_states SET zero_pending = false WHERE connection_id = ${connectionId} AND zero_n = ${zeroN}`;
}
