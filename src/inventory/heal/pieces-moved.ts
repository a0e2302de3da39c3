import type { MovedPiece } from '../../orders/piece.js';
import type { Database } from '../../store/database.js';
import type { Clock } from '../../kernel/time.js';
import { inventoryChanged, type InventoryChangedDeps } from '../items/inventory-changed.js';

interface PiecesMovedDeps {
  db: Database;
  clock: Clock;
  wakeFlow: InventoryChangedDeps['wakeFlow'];
}

/**
 * To be called after the commit of orders. TikTok moves its stock by itself, so that most orders and cancellations ask for
 * nothing. Looked at at once are SKUs where that may have gone wrong: the piece came while a call of ours was under way,
 * the seller cancelled a piece that is not there, or nothing is to be sold and a piece was given back.
 */
export async function piecesMoved(
  deps: PiecesMovedDeps,
  { id: connectionId, environment, shopId }: { id: number; environment: string; shopId: string },
  moved: readonly MovedPiece[],
): Promise<void> {
  if (moved.length === 0) return;
  const { db, clock } = deps;
  const marked = await db.prisma.$executeRaw`
    UPDATE inventory_items i SET due_at = ${clock.now()}
    FROM json_to_recordset(${JSON.stringify(moved)}::json) AS g ("skuId" text, "sellerSku" text, "bornAt" timestamptz,
      "cancelledAt" timestamptz, "cancelledBy" text)
    LEFT JOIN sent_values v ON v.environment = ${environment} AND v.shop_id = ${shopId} AND v.sku_id = g."skuId"
    WHERE i.connection_id = ${connectionId} AND i.merchant_sku = g."sellerSku" AND i.due_at IS NULL
      AND (g."cancelledBy" = 'seller'
        OR (g."cancelledAt" IS NOT NULL AND (i.quantity = 0 OR i.warehouses @> '[{"quantity": 0}]'))
        OR (v.window_from IS NOT NULL AND tstzrange(v.window_from - interval '2 seconds', v.window_until + interval '2 seconds', '[]')
          @> ANY(ARRAY[g."bornAt", g."cancelledAt"])))`;
  if (marked > 0) await inventoryChanged(deps, connectionId, { urgent: true });
}
