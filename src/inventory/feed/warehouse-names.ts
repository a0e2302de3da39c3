import type { Connection } from '../../connections/connection.js';
import type { BulkTx } from '../../store/bulk-transaction.js';

/** By what a file may call the shop's warehouses: names, ids, and the codes of the setting warehouseCodes, which go first. */
export async function warehouseNames(
  tx: BulkTx,
  { environment, shopId, settings }: Connection,
): Promise<string[]> {
  const rows = await tx.query<{ name: string; id: string }>(
    `SELECT name, warehouse_id AS id FROM shop_warehouses
     WHERE environment = $1 AND shop_id = $2 AND type = 'SALES_WAREHOUSE' ORDER BY name`,
    [environment, shopId ?? ''],
  );
  const names = rows.flatMap(({ name, id }) => [name, id]);
  return [...names, ...Object.keys(settings.warehouseCodes)];
}
