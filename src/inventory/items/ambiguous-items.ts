import type { Connection } from '../../connections/connection.js';
import { LIVE } from '../../domain/product.js';
import type { BulkTx } from '../../store/bulk-transaction.js';

/** Names that an answer has room for. */
const MOST = 10;

/**
 * Names items of which TikTok has several live SKUs, so that nothing can be sent for them (gate `unambiguous`); null when
 * there are none.
 */
export async function sentenceOfAmbiguous(
  tx: BulkTx,
  { id, environment, shopId }: Pick<Connection, 'id' | 'environment' | 'shopId'>,
): Promise<string | null> {
  if (shopId === null) return null;
  const rows = await tx.query<{ sku: string }>(
    `SELECT i.supplier_sku AS sku FROM inventory_items i
     JOIN (
       SELECT seller_sku FROM catalog_skus
       WHERE environment = $2 AND shop_id = $3 AND product_status = $4 AND sku_status = 'NORMAL'
       GROUP BY seller_sku HAVING count(*) > 1
     ) doubled ON doubled.seller_sku = i.merchant_sku
     WHERE i.connection_id = $1 ORDER BY i.supplier_sku LIMIT $5`,
    [id, environment, shopId, LIVE, MOST + 1],
  );
  if (rows.length === 0) return null;
  const names = rows.slice(0, MOST).map(({ sku }) => sku);
  const more = rows.length > MOST ? ' and more' : '';
  return `Not sent, since several live SKUs in TikTok have their merchant SKU: ${names.join(', ')}${more}.`;
}
