import type { MatchSkus, UsesMatching } from '../../orders/ingest-context.js';
import { findCaseTwins } from '../../catalogue/find-case-twins.js';
import { caseTwins } from '../../domain/sku.js';
import type { SqlTx } from '../../store/database.js';

/** The ERP's SKUs by the SKUs in TikTok, in one look-up; those without a match are left out. */
export const matchSkus: MatchSkus = async (tx, { id }, merchantSkus) =>
  findSupplierSkus(tx, id, merchantSkus);

export const usesMatching: UsesMatching = async (tx, { id }) => {
  const rows = await tx.$queryRaw<object[]>`SELECT 1 FROM sku_matches WHERE connection_id = ${id} LIMIT 1`;
  return rows.length > 0;
};

/**
 * A match that is written otherwise than the SKU, in case only, is its match as long as no other SKU can be meant: one of the
 * given ones, or one that TikTok has. Else the wrong goods would be picked, and the SKU has none.
 */
export async function findSupplierSkus(
  tx: SqlTx,
  connectionId: number,
  merchantSkus: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (merchantSkus.length === 0) return new Map();
  const rows = await tx.$queryRaw<MatchRow[]>`
    SELECT given.sku AS "merchantSku", m.merchant_sku AS "matchedSku", m.supplier_sku AS "supplierSku"
    FROM unnest(${merchantSkus}::text[]) AS given (sku)
    JOIN sku_matches m ON m.connection_id = ${connectionId} AND m.merchant_key = CASE
      WHEN (SELECT s.case_sensitive FROM inventory_states s WHERE s.connection_id = ${connectionId}) THEN given.sku
      ELSE fold_sku(given.sku) END`;
  const doubtful = await findDoubtful(tx, connectionId, rows, merchantSkus);
  const sure = rows.filter(({ merchantSku }) => !doubtful.has(merchantSku));
  return new Map(sure.map(({ merchantSku, supplierSku }) => [merchantSku, supplierSku]));
}

interface MatchRow {
  merchantSku: string;
  /** As the matching file has it. */
  matchedSku: string;
  supplierSku: string;
}

async function findDoubtful(
  tx: SqlTx,
  connectionId: number,
  rows: readonly MatchRow[],
  merchantSkus: readonly string[],
): Promise<ReadonlySet<string>> {
  const otherwise = rows.filter(({ merchantSku, matchedSku }) => merchantSku !== matchedSku);
  if (otherwise.length === 0) return new Set();
  const skus = otherwise.map(({ merchantSku }) => merchantSku);
  const [shop] = await tx.$queryRaw<{ environment: string; shopId: string }[]>`
    SELECT environment, shop_id AS "shopId" FROM connections WHERE id = ${connectionId} AND shop_id IS NOT NULL`;
  const spelled = otherwise.map(({ matchedSku }) => matchedSku);
  const twins = shop ? await findCaseTwins(tx, shop, skus, spelled) : new Map<string, string[]>();
  return new Set(skus.filter((sku) => twins.has(sku) || caseTwins(sku, merchantSkus).length > 0));
}
