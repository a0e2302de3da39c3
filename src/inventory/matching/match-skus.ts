import type { MatchSkus, UsesMatching } from '../../orders/ingest-context.js';
import type { SqlTx } from '../../store/database.js';

/** The ERP's SKUs by the SKUs in TikTok, in one look-up; those without a match are left out. */
export const matchSkus: MatchSkus = async (tx, { id }, merchantSkus) =>
  findSupplierSkus(tx, id, merchantSkus);

export const usesMatching: UsesMatching = async (tx, { id }) => {
  const rows = await tx.$queryRaw<object[]>`SELECT 1 FROM sku_matches WHERE connection_id = ${id} LIMIT 1`;
  return rows.length > 0;
};

export async function findSupplierSkus(
  tx: SqlTx,
  connectionId: number,
  merchantSkus: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (merchantSkus.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ merchantSku: string; supplierSku: string }[]>`
    SELECT given.sku AS "merchantSku", m.supplier_sku AS "supplierSku"
    FROM unnest(${merchantSkus}::text[]) AS given (sku)
    JOIN sku_matches m ON m.connection_id = ${connectionId} AND m.merchant_key = CASE
      WHEN (SELECT s.case_sensitive FROM inventory_states s WHERE s.connection_id = ${connectionId}) THEN given.sku
      ELSE fold_sku(given.sku) END`;
  return new Map(rows.map(({ merchantSku, supplierSku }) => [merchantSku, supplierSku]));
}
