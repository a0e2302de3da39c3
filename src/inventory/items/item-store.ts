import { Prisma, type Tx } from '../../store/database.js';
import type { InventoryItem } from '../../domain/stock.js';

export interface ItemFilter {
  modifiedAfter?: Date;
  /** Only with a merchant SKU, or only without; both when left out. */
  mapped?: boolean;
  /** Items of which only a cost is known, too. */
  includeNullQuantity: boolean;
}

const ITEMS_PER_PAGE = 2_000;

const itemColumns = Prisma.sql`i.connection_id AS "connectionId", i.company_id AS "companyId", c.partner_id AS "partnerId",
  i.sku_key AS "skuKey", i.supplier_sku AS "supplierSku", i.merchant_sku AS "merchantSku", i.quantity,
  trim_scale(i.cost)::text AS cost, i.warehouse, i.warehouses, i.details, i.updated_at AS "updatedAt"`;

/** As the connection makes its keys at present; in lower case before its first file. */
const foldedSku = (sku: string): Prisma.Sql => Prisma.sql`
  CASE WHEN (SELECT s.case_sensitive FROM inventory_states s WHERE s.connection_id = c.id)
    THEN ${sku}::text ELSE fold_sku(${sku}::text) END`;

/** By the ERP's SKU. */
export async function findItem(
  tx: Tx,
  { connectionId, supplierSku }: { connectionId: number; supplierSku: string },
): Promise<InventoryItem | null> {
  const rows = await tx.$queryRaw<InventoryItem[]>`
    SELECT ${itemColumns} FROM connections c
    JOIN inventory_items i ON i.connection_id = c.id AND i.sku_key = ${foldedSku(supplierSku)}
    WHERE c.id = ${connectionId}`;
  return rows[0] ?? null;
}

/** By the SKU in TikTok, in all of the connections named. */
export async function findItemsByMerchantSku(
  tx: Tx,
  { connectionIds, merchantSku }: { connectionIds: readonly number[]; merchantSku: string },
): Promise<InventoryItem[]> {
  return tx.$queryRaw<InventoryItem[]>`
    SELECT ${itemColumns} FROM connections c
    JOIN inventory_items i ON i.connection_id = c.id AND i.sku_key = coalesce(
      (SELECT m.sku_key FROM sku_matches m WHERE m.connection_id = c.id AND m.merchant_key = ${foldedSku(merchantSku)}),
      ${foldedSku(merchantSku)})
    WHERE c.id = ANY(${connectionIds}::int[]) AND i.merchant_sku IS NOT NULL
      AND fold_sku(i.merchant_sku) = fold_sku(${merchantSku}::text)
    ORDER BY c.id`;
}

/** All items of a connection by key, page by page: memory stays flat however many there are. */
export async function* readItems(
  tx: Tx,
  connectionId: number,
  filter: ItemFilter,
): AsyncGenerator<InventoryItem[]> {
  const { modifiedAfter = null, mapped = null, includeNullQuantity } = filter;
  for (let after = ''; ;) {
    const page = await tx.$queryRaw<InventoryItem[]>`
      SELECT ${itemColumns} FROM inventory_items i JOIN connections c ON c.id = i.connection_id
      WHERE i.connection_id = ${connectionId} AND i.sku_key > ${after}
        AND (${modifiedAfter}::timestamptz IS NULL OR i.updated_at > ${modifiedAfter}::timestamptz)
        AND (${mapped}::boolean IS NULL OR (i.merchant_sku IS NOT NULL) = ${mapped}::boolean)
        AND (${includeNullQuantity}::boolean OR i.quantity IS NOT NULL)
      ORDER BY i.sku_key LIMIT ${ITEMS_PER_PAGE}`;
    const last = page.at(-1);
    if (!last) return;
    yield page;
    if (page.length < ITEMS_PER_PAGE) return;
    after = last.skuKey;
  }
}

/** The most warehouses that an item of the connection has: so many columns a file needs. */
export async function mostWarehouses(tx: Tx, connectionIds: readonly number[]): Promise<number> {
  const [row] = await tx.$queryRaw<{ most: number | null }[]>`
    SELECT max(jsonb_array_length(warehouses)) AS most FROM inventory_items
    WHERE connection_id = ANY(${connectionIds}::int[]) AND warehouses IS NOT NULL`;
  return row?.most ?? 1;
}
