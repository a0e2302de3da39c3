import { onDatabaseClock } from '../store/database-clock.js';
import { Prisma, type SqlTx } from '../store/database.js';
import { keepPlan } from '../store/sql-transaction.js';
import type { Shop } from './order-store.js';
import type { CancelledBy, MovedPiece } from './piece.js';
import type { SeenPiece } from './pieces-of-order.js';

/**
 * Goes behind a part `changed` with the pieces that a statement has written: their seller SKUs are to be looked at. The
 * time is that of the statement, and others see it after the commit.
 */
const touch = Prisma.sql`
  INSERT INTO touched_skus AS t (environment, shop_id, seller_sku, touched_at)
  SELECT environment, shop_id, seller_sku, clock_timestamp() FROM changed
  GROUP BY environment, shop_id, seller_sku ORDER BY environment, shop_id, seller_sku
  ON CONFLICT (environment, shop_id, seller_sku)
    DO UPDATE SET touched_at = GREATEST(t.touched_at, excluded.touched_at)`;

/**
 * Takes what a page shows into the ledger, in one statement. A time that is known stays, whatever comes later or again;
 * who cancelled may be told better once. Pieces of which nothing is new are neither written nor touched.
 */
export async function savePieces(
  tx: SqlTx,
  { environment, shopId }: Shop,
  pieces: readonly SeenPiece[],
): Promise<void> {
  if (pieces.length === 0) return;
  // One statement may not write a row twice, and an id that TikTok repeats must not keep a page out.
  const rows = [...new Map(pieces.map((piece) => [piece.unitId, piece])).values()];
  await tx.$executeRaw(
    keepPlan(Prisma.sql`
    WITH changed AS (
      INSERT INTO stock_pieces AS p (environment, shop_id, unit_id, order_id, sku_id, seller_sku, warehouse_id, born_at,
        exported_at, shipped_at, left_at, cancelled_at, cancelled_by, bundle_unit_id)
      SELECT ${environment}::text, ${shopId}::text, "unitId", "orderId", "skuId", "sellerSku", "warehouseId", "bornAt",
        "exportedAt", "shippedAt", "leftAt", "cancelledAt", "cancelledBy", "bundleUnitId"
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("unitId" text, "orderId" bigint, "skuId" text,
        "sellerSku" text, "warehouseId" text, "bornAt" timestamptz, "exportedAt" timestamptz, "shippedAt" timestamptz,
        "leftAt" timestamptz, "cancelledAt" timestamptz, "cancelledBy" text, "bundleUnitId" text)
      ORDER BY "unitId"
      ON CONFLICT (environment, shop_id, unit_id) DO UPDATE SET
        seller_sku = CASE WHEN excluded.seller_sku = excluded.sku_id THEN p.seller_sku ELSE excluded.seller_sku END,
        warehouse_id = coalesce(excluded.warehouse_id, p.warehouse_id),
        exported_at = coalesce(p.exported_at, excluded.exported_at),
        shipped_at = coalesce(p.shipped_at, excluded.shipped_at),
        left_at = coalesce(p.left_at, excluded.left_at),
        cancelled_at = coalesce(p.cancelled_at, excluded.cancelled_at),
        cancelled_by = coalesce(nullif(p.cancelled_by, 'other'), excluded.cancelled_by, p.cancelled_by)
      WHERE (p.exported_at IS NULL AND excluded.exported_at IS NOT NULL)
        OR (p.shipped_at IS NULL AND excluded.shipped_at IS NOT NULL)
        OR (p.left_at IS NULL AND excluded.left_at IS NOT NULL)
        OR (p.cancelled_at IS NULL AND excluded.cancelled_at IS NOT NULL)
        OR (p.cancelled_by = 'other' AND excluded.cancelled_by <> 'other')
        OR p.warehouse_id IS DISTINCT FROM coalesce(excluded.warehouse_id, p.warehouse_id)
        OR (p.seller_sku <> excluded.seller_sku AND excluded.seller_sku <> excluded.sku_id)
      RETURNING environment, shop_id, seller_sku
    )${touch}`),
  );
}

interface Change {
  /** `FROM ... WHERE ...` that finds them as `p`. */
  which: Prisma.Sql;
  /** What it is changed by, besides its key. */
  columns?: Prisma.Sql;
  set: Prisma.Sql;
}

/** Pieces are locked in the order of their ids, so that of two who write the same ones neither waits for the other. */
function changed({ which, columns = Prisma.empty, set }: Change): Prisma.Sql {
  return Prisma.sql`
    WITH locked AS MATERIALIZED (
      SELECT p.environment, p.shop_id, p.unit_id ${columns} ${which}
      ORDER BY p.environment, p.shop_id, p.unit_id FOR UPDATE OF p
    ), changed AS (
      UPDATE stock_pieces p SET ${set} FROM locked
      WHERE p.environment = locked.environment AND p.shop_id = locked.shop_id AND p.unit_id = locked.unit_id
      RETURNING p.environment, p.shop_id, p.seller_sku, p.sku_id, p.warehouse_id, p.cancelled_at, p.cancelled_by
    )`;
}

/** A piece that TikTok has cancelled, as far as the one who says so knows it. */
export interface CancelledPiece {
  unitId: string;
  at: Date;
  by: CancelledBy;
}

/**
 * Notes pieces as cancelled; the time that is known already stays. Pieces that no pull has seen are left out: they come
 * with their order.
 * @returns those of which that is news
 */
export async function markPiecesCancelled(
  tx: SqlTx,
  { environment, shopId }: Shop,
  pieces: readonly CancelledPiece[],
): Promise<MovedPiece[]> {
  if (pieces.length === 0) return [];
  const rows = [...new Map(pieces.map((piece) => [piece.unitId, piece])).values()];
  const which = Prisma.sql`
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("unitId" text, at timestamptz, by text)
    JOIN stock_pieces p ON p.environment = ${environment} AND p.shop_id = ${shopId}
      AND (p.unit_id = given."unitId" OR p.bundle_unit_id = given."unitId")
    WHERE p.cancelled_at IS NULL OR (p.cancelled_by = 'other' AND given.by <> 'other')`;
  const set = Prisma.sql`cancelled_at = coalesce(p.cancelled_at, locked.at), cancelled_by = locked.by`;
  return tx.$queryRaw<MovedPiece[]>`
    ${changed({ which, columns: Prisma.sql`, given.at, given.by`, set })}, touched AS (${touch})
    SELECT sku_id AS "skuId", seller_sku AS "sellerSku", warehouse_id AS "warehouseId", NULL::timestamptz AS "bornAt",
      cancelled_at AS "cancelledAt", cancelled_by AS "cancelledBy"
    FROM changed`;
}

/** Pieces of orders by our order ids. */
export interface NamedPieces {
  orderId: bigint;
  unitIds: readonly string[];
}

function given(pieces: readonly NamedPieces[]): Prisma.Sql {
  const rows = pieces.flatMap(({ orderId, unitIds }) =>
    [...new Set(unitIds)].map((unitId) => ({ orderId: String(orderId), unitId })),
  );
  return Prisma.sql`
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("orderId" bigint, "unitId" text)
    JOIN stock_pieces p ON p.order_id = given."orderId"
      AND (p.unit_id = given."unitId" OR p.bundle_unit_id = given."unitId")`;
}

/** Notes that TikTok has confirmed the shipment of pieces to us; those that were cancelled meanwhile travel nowhere. */
export async function markPiecesShipped(tx: SqlTx, pieces: NamedPieces, at: Date): Promise<void> {
  const which = Prisma.sql`${given([pieces])} WHERE p.shipped_at IS NULL AND p.cancelled_at IS NULL`;
  const set = Prisma.sql`shipped_at = coalesce(p.shipped_at, ${at}::timestamptz)`;
  await tx.$executeRaw`${changed({ which, set })}${touch}`;
}

/** Notes that a document tells the ERP of the cancellation of pieces, or that it has made the cancellation itself. */
export async function markCancelReady(tx: SqlTx, pieces: readonly NamedPieces[], at: Date): Promise<void> {
  if (pieces.length === 0) return;
  const which = Prisma.sql`${given(pieces)} WHERE p.cancel_ready_at IS NULL`;
  const set = Prisma.sql`cancel_ready_at = coalesce(p.cancel_ready_at, ${at}::timestamptz)`;
  await tx.$executeRaw`${changed({ which, set })}${touch}`;
}

/** Orders, by our order ids, that the ERP has been given in an answer or has said something about. */
export async function findHanded(tx: SqlTx, orderIds: readonly bigint[]): Promise<Set<bigint>> {
  const rows = await tx.$queryRaw<{ orderId: bigint }[]>`
    SELECT DISTINCT order_id AS "orderId" FROM stock_pieces
    WHERE order_id = ANY(${orderIds.map(String)}::bigint[]) AND handed_at IS NOT NULL`;
  return new Set(rows.map(({ orderId }) => orderId));
}

interface HandedDocuments {
  companyId: number;
  keys: readonly number[];
  /** Now, on our clock; what is written stands on the database's, since counts of other servers are compared with it. */
  now: Date;
  /** How long ago the ERP could know. */
  agoMs?: number;
}

/**
 * Notes that the ERP knows the orders of these documents (orders, or documents that belong to one): all pieces that they
 * went out with. The time is the database's, less `agoMs`, the time that has passed since the ERP could know.
 */
export async function markHanded(
  tx: SqlTx,
  { companyId, keys, now, agoMs = 0 }: HandedDocuments,
): Promise<void> {
  if (keys.length === 0) return;
  const which = Prisma.sql`
    FROM documents d
    JOIN orders o ON o.document_key = coalesce(d.parent_key, d.key)
    JOIN stock_pieces p ON p.order_id = o.id
    WHERE d.key = ANY(${keys}::int[]) AND d.company_id = ${companyId} AND p.exported_at IS NOT NULL
      AND p.handed_at IS NULL`;
  const at = onDatabaseClock(new Date(now.getTime() - agoMs));
  const set = Prisma.sql`handed_at = coalesce(p.handed_at, ${at})`;
  await tx.$executeRaw`${changed({ which, set })}${touch}`;
}
