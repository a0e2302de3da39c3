import type { Reader } from '../../store/bulk-reader.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import { Prisma } from '../../store/database.js';
import type { PushFacts } from '../rules/push-facts.js';
import { readFacts, streamFacts, type ItemOwner } from './push-facts-store.js';
import { due, undecided } from './push-store.js';

/** Of items whose prices wait until all sold-out SKUs are sent. */
export const SOLD_OUT_FIRST = 'sold-out-first';

/** Others of the products that were picked; a product with more changed SKUs gets another call. */
const MOST_SIBLINGS = 2_000;

/**
 * The items to decide about next, those that wait longest first, and with them all others of the same products, so that
 * a product takes one call. `soldOut`: only items of which the seller has none left.
 */
export async function pickItems(
  db: Reader,
  owner: ItemOwner,
  { soldOut, limit }: { soldOut: boolean; limit: number },
): Promise<PushFacts[]> {
  const { connectionId, environment, shopId } = owner.target;
  const isMeant = soldOut
    ? Prisma.sql`i.quantity = 0 AND i.push_gate IS DISTINCT FROM ${SOLD_OUT_FIRST}`
    : Prisma.sql`true`;
  return readFacts(
    db,
    owner,
    Prisma.sql`
    WITH picked AS (
      (SELECT i.sku_key, i.merchant_sku FROM inventory_items i
        WHERE i.connection_id = ${connectionId} AND ${undecided} AND ${isMeant} ORDER BY i.unsent_since LIMIT ${limit})
      UNION
      (SELECT i.sku_key, i.merchant_sku FROM inventory_items i
        WHERE i.connection_id = ${connectionId} AND ${due} AND ${isMeant} ORDER BY i.due_at LIMIT ${limit})
      LIMIT ${limit}
    ), products AS (
      SELECT DISTINCT s.product_id FROM picked p JOIN catalog_skus s
        ON s.environment = ${environment} AND s.shop_id = ${shopId} AND s.seller_key = fold_sku(p.merchant_sku)
    ), siblings AS (
      SELECT i.sku_key FROM products JOIN catalog_skus s
        ON s.environment = ${environment} AND s.shop_id = ${shopId} AND s.product_id = products.product_id
      JOIN inventory_items i ON i.connection_id = ${connectionId} AND i.merchant_sku = s.seller_sku
      WHERE ((${undecided}) OR ${due}) AND ${isMeant} LIMIT ${MOST_SIBLINGS}
    )
    SELECT i.* FROM inventory_items i
    WHERE i.connection_id = ${connectionId}
      AND i.sku_key IN (SELECT sku_key FROM picked UNION SELECT sku_key FROM siblings)`,
  );
}

/** All items that wait for a decision, those that wait longest first, some hundred at a time. */
export function readUndecided(tx: Pick<BulkTx, 'query'>, owner: ItemOwner): AsyncGenerator<PushFacts[]> {
  const { connectionId } = owner.target;
  return streamFacts(
    tx,
    owner,
    Prisma.sql`SELECT i.* FROM inventory_items i
      WHERE i.connection_id = ${connectionId} AND ((${undecided}) OR ${due})`,
  );
}

/** By the ERP's SKU, whose case counts only where the connection says so. Null: there is no such item. */
export async function findPushItem(
  db: Reader,
  owner: ItemOwner,
  supplierSku: string,
): Promise<PushFacts | null> {
  const { connectionId } = owner.target;
  const [facts] = await readFacts(
    db,
    owner,
    Prisma.sql`SELECT i.* FROM inventory_items i
      WHERE i.connection_id = ${connectionId} AND i.sku_key = CASE
        WHEN (SELECT s.case_sensitive FROM inventory_states s WHERE s.connection_id = ${connectionId})
        THEN ${supplierSku}::text ELSE fold_sku(${supplierSku}::text) END`,
  );
  return facts ?? null;
}

/** What the last push that decided about an item came to. */
interface LastVerdict {
  state: 'sent' | 'waiting' | 'refused' | null;
  reason: string | null;
  next: string | null;
  retryAt: Date | null;
  pushedAt: Date | null;
}

export async function findVerdict(
  db: Reader,
  connectionId: number,
  skuKey: string,
): Promise<LastVerdict | null> {
  const [row] = await db.$queryRaw<LastVerdict[]>`
    SELECT push_state AS state, push_reason AS reason, push_next AS next, retry_at AS "retryAt",
      pushed_at AS "pushedAt"
    FROM inventory_items WHERE connection_id = ${connectionId} AND sku_key = ${skuKey}`;
  return row ?? null;
}
