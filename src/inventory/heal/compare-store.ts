import type { Tx } from '../../store/database.js';
import type { ItemDrift } from '../rules/push-item.js';

/** What a compare has found about an item. */
export interface Differing {
  skuKey: string;
  /** The push may put it right. */
  isToSend: boolean;
  /** TikTok lacks something that the seller has said. */
  isUnsent: boolean;
  drift: ItemDrift | null;
}

/** Hands to the push what it may put right, and keeps what is only told. */
export async function markDiffering(
  tx: Tx,
  connectionId: number,
  items: readonly Differing[],
  now: Date,
): Promise<void> {
  if (items.length === 0) return;
  await tx.$executeRaw`
    UPDATE inventory_items i SET
      unsent_since = CASE WHEN g."isUnsent" THEN coalesce(i.unsent_since, ${now}) ELSE i.unsent_since END,
      judged_version = CASE WHEN g."isUnsent" THEN NULL ELSE i.judged_version END,
      due_at = CASE WHEN g."isToSend" THEN ${now} ELSE i.due_at END,
      drift = NULLIF(g.drift, 'null'::jsonb)
    FROM json_to_recordset(${JSON.stringify(items)}::json) AS g ("skuKey" text, "isToSend" boolean, "isUnsent" boolean, drift jsonb)
    WHERE i.connection_id = ${connectionId} AND i.sku_key = g."skuKey"`;
}
