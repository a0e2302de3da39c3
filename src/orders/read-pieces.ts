import type { Reader } from '../store/bulk-reader.js';
import type { Shop } from './order-store.js';
import type { Piece } from './piece.js';

/**
 * Pieces of these seller SKUs that a count of `since` or later may have to be corrected by: those that are open, and
 * those to which something has happened since. By the database's index, a look-up a SKU.
 */
export async function readPieces(
  reader: Reader,
  { environment, shopId }: Shop,
  sellerSkus: readonly string[],
  since: Date,
): Promise<Piece[]> {
  if (sellerSkus.length === 0) return [];
  return reader.$queryRaw<Piece[]>`
    SELECT unit_id AS "unitId", order_id::text AS "orderId", sku_id AS "skuId", seller_sku AS "sellerSku",
      warehouse_id AS "warehouseId", born_at AS "bornAt", exported_at AS "exportedAt", handed_at AS "handedAt",
      shipped_at AS "shippedAt", left_at AS "leftAt", cancelled_at AS "cancelledAt", cancelled_by AS "cancelledBy",
      cancel_ready_at AS "cancelReadyAt"
    FROM stock_pieces
    WHERE environment = ${environment} AND shop_id = ${shopId} AND seller_sku = ANY(${sellerSkus}::text[])
      AND matters_until >= ${since}
    ORDER BY seller_sku, born_at, unit_id`;
}

/** Pieces that TikTok holds as committed, as far as we know: ordered, not cancelled, and not on their way. */
interface OpenPieces {
  skuId: string;
  /** Null: of orders of which TikTok does not say the warehouse. */
  warehouseId: string | null;
  count: number;
}

/** How many pieces of these SKUs (TikTok's ids) are open, per warehouse. SKUs without any are left out. */
export async function readOpenPieces(
  reader: Reader,
  { environment, shopId }: Shop,
  skuIds: readonly string[],
): Promise<OpenPieces[]> {
  if (skuIds.length === 0) return [];
  return reader.$queryRaw<OpenPieces[]>`
    SELECT sku_id AS "skuId", warehouse_id AS "warehouseId", count(*)::int AS count
    FROM stock_pieces
    WHERE environment = ${environment} AND shop_id = ${shopId} AND sku_id = ANY(${skuIds}::text[])
      AND left_at IS NULL AND cancelled_at IS NULL
    GROUP BY sku_id, warehouse_id ORDER BY sku_id, warehouse_id`;
}

/**
 * Seller SKUs of which a piece has changed since, on the database's clock. A change is seen after its commit, under the
 * time of its statement: who comes back regularly goes back by the length of a transaction as well.
 */
export async function readTouched(
  reader: Reader,
  { environment, shopId }: Shop,
  since: Date,
): Promise<{ sellerSku: string; touchedAt: Date }[]> {
  return reader.$queryRaw<{ sellerSku: string; touchedAt: Date }[]>`
    SELECT seller_sku AS "sellerSku", touched_at AS "touchedAt" FROM touched_skus
    WHERE environment = ${environment} AND shop_id = ${shopId} AND touched_at >= ${since}
    ORDER BY touched_at, seller_sku`;
}

/** TikTok's order ids by ours (digits), so that people can be told which orders pieces are of. */
export async function readOrderNames(
  reader: Reader,
  orderIds: readonly string[],
): Promise<Map<string, string>> {
  if (orderIds.length === 0) return new Map();
  const rows = await reader.$queryRaw<{ id: string; name: string }[]>`
    SELECT id::text AS id, tiktok_order_id AS name FROM orders WHERE id = ANY(${orderIds}::bigint[])`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}
