import { Prisma, type Tx } from '../../store/database.js';

export interface ItemRow {
  skuKey: string;
  supplierSku: string;
  merchantSku: string | null;
  quantity: number | null;
  cost: string | null;
  pushState: string | null;
  pushReason: string | null;
  pushedAt: Date | null;
  unsentSince: Date | null;
  updatedAt: Date;
  /** What TikTok shows, all warehouses together; null: it has no such SKU. */
  inTikTok: number | null;
}

interface ItemFilter {
  connectionId: number;
  onlyUnmatched: boolean;
  /** How the SKU begins, in any case. */
  sku: string;
  after: string;
  limit: number;
}

/** One page of what the seller has, in the order of the SKUs, beside what TikTok shows. */
export async function itemRows(tx: Tx, filter: ItemFilter): Promise<ItemRow[]> {
  const { connectionId, onlyUnmatched, sku, after, limit } = filter;
  const prefix = `${sku.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const parts = [Prisma.sql`i.connection_id = ${connectionId} AND i.sku_key > ${after}`];
  if (onlyUnmatched) parts.push(Prisma.sql`i.merchant_sku IS NULL`);
  if (sku !== '') parts.push(Prisma.sql`i.sku_key ILIKE ${prefix}`);
  return tx.$queryRaw<ItemRow[]>`
    SELECT page.*, shown."inTikTok" FROM (
      SELECT i.sku_key AS "skuKey", i.supplier_sku AS "supplierSku", i.merchant_sku AS "merchantSku", i.quantity,
        i.cost::text AS cost, i.push_state AS "pushState", i.push_reason AS "pushReason", i.pushed_at AS "pushedAt",
        i.unsent_since AS "unsentSince", i.updated_at AS "updatedAt", c.environment, c.shop_id
      FROM inventory_items i JOIN connections c ON c.id = i.connection_id
      WHERE ${Prisma.join(parts, ' AND ')} ORDER BY i.sku_key LIMIT ${limit}::int
    ) page LEFT JOIN LATERAL (
      SELECT sum((w->>'quantity')::int)::int AS "inTikTok" FROM catalog_skus s, jsonb_array_elements(s.warehouses) w
      WHERE s.environment = page.environment AND s.shop_id = page.shop_id AND s.seller_key = lower(page."merchantSku")
    ) shown ON true ORDER BY page."skuKey"`;
}

interface ImportRow {
  id: number;
  companyId: number;
  connectionId: number;
  kind: string;
  state: string;
  via: string;
  fileName: string | null;
  dryRun: boolean;
  counts: Record<string, number>;
  reason: string | null;
  receivedAt: Date;
}

/** Files of these shops, the newest first. */
export async function importRows(
  tx: Tx,
  filter: {
    connectionIds: readonly number[];
    kind: string;
    state: string;
    after: number | null;
    limit: number;
  },
): Promise<ImportRow[]> {
  const rows = await tx.import.findMany({
    where: {
      connectionId: { in: [...filter.connectionIds] },
      ...(filter.kind !== '' && { kind: filter.kind }),
      ...(filter.state !== '' && { state: filter.state }),
      ...(filter.after !== null && { id: { lt: filter.after } }),
    },
    orderBy: { id: 'desc' },
    take: filter.limit,
    select: {
      id: true,
      companyId: true,
      connectionId: true,
      kind: true,
      state: true,
      via: true,
      fileName: true,
      dryRun: true,
      counts: true,
      reason: true,
      receivedAt: true,
    },
  });
  return rows.map(({ counts, ...row }) => ({ ...row, counts: (counts ?? {}) as Record<string, number> }));
}

/** The content of a file that was read before, as long as it is kept. */
export async function contentOf(
  tx: Tx,
  { companyId, sha256 }: { companyId: number; sha256: string },
): Promise<bigint | null> {
  const row = await tx.blob.findUnique({
    where: { companyId_sha256: { companyId, sha256 } },
    select: { id: true },
  });
  return row?.id ?? null;
}
