import type { Connection } from '../../connections/connection.js';
import type { Database } from '../../store/database.js';

/** How many items nothing can be sent for, as far as matches and the mirror of TikTok's catalogue tell. */
export interface Unsendable {
  unmatched: number;
  /** TikTok shows no SKU with their merchant SKU. None before the catalogue was read. */
  missing: number;
  /** Several live SKUs in TikTok have their merchant SKU. */
  ambiguous: number;
}

/** Of all items of a connection, by the rules of the gates `matched`, `exists-in-tiktok` and `unambiguous`. */
export async function countUnsendable(
  { prisma }: Pick<Database, 'prisma'>,
  { id, environment, shopId }: Pick<Connection, 'id' | 'environment' | 'shopId'>,
): Promise<Unsendable> {
  const [row] = await prisma.$queryRaw<(Unsendable & { isRead: boolean })[]>`
    WITH known AS (
       SELECT seller_sku, count(*) FILTER (WHERE product_status = 'ACTIVATE' AND sku_status = 'NORMAL') AS live
       FROM catalog_skus
       WHERE environment = ${environment} AND shop_id = ${shopId} AND sku_status <> 'REMOVED' AND product_status <> 'DELETED'
       GROUP BY seller_sku
     )
     SELECT count(*) FILTER (WHERE i.merchant_sku IS NULL)::int AS unmatched,
       count(*) FILTER (WHERE i.merchant_sku IS NOT NULL AND known.seller_sku IS NULL)::int AS missing,
       count(*) FILTER (WHERE known.live > 1)::int AS ambiguous,
       EXISTS (SELECT FROM known) AS "isRead"
     FROM inventory_items i LEFT JOIN known ON known.seller_sku = i.merchant_sku
     WHERE i.connection_id = ${id}`;
  const { unmatched = 0, missing = 0, ambiguous = 0, isRead = false } = row ?? {};
  return { unmatched, missing: isRead ? missing : 0, ambiguous };
}

export function sumOf({ unmatched, missing, ambiguous }: Unsendable): number {
  return unmatched + missing + ambiguous;
}

/** ` 3 of them are not sent: 2 are not matched, 1 is not in TikTok.` Empty when all are. */
export function sentenceOfUnsendable(unsendable: Unsendable): string {
  const parts = [
    [unsendable.unmatched, 'not matched'],
    [unsendable.missing, 'not in TikTok'],
    [unsendable.ambiguous, 'ambiguous (several live SKUs in TikTok have the merchant SKU)'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.length === 0 ? '' : ` ${sumOf(unsendable)} cannot be sent: ${told.join(', ')}; see NotSent.`;
}
