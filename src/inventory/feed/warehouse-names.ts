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

/** By what a file may call the shop's default warehouse, in lower case. */
export async function defaultWarehouseNames(tx: BulkTx, connectionId: number): Promise<string[]> {
  const rows = await tx.query<{ names: string[] }>(
    `SELECT ARRAY[fold_sku(w.name), w.warehouse_id] || ARRAY(
       SELECT fold_sku(code) FROM jsonb_each_text(CASE WHEN jsonb_typeof(c.settings->'warehouseCodes') = 'object'
         THEN c.settings->'warehouseCodes' ELSE '{}' END) AS own (code, id) WHERE id = w.warehouse_id) AS names
     FROM connections c JOIN shop_warehouses w ON w.environment = c.environment AND w.shop_id = c.shop_id
     WHERE c.id = $1 AND w.type = 'SALES_WAREHOUSE' AND w.effect_status = 'ENABLED'
     ORDER BY w.is_default DESC, w.warehouse_id LIMIT 1`,
    [connectionId],
  );
  return rows[0]?.names ?? [];
}
