import type { Finding } from '../../imports/current-row.js';
import { MOST_FINDINGS } from '../../imports/import.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import { findingOf } from './group-findings.js';

/** Makes the table for the rows of a file; it is gone with the transaction. @returns its name */
export async function createProductRows(tx: BulkTx): Promise<string> {
  await tx.query(
    `CREATE TEMP TABLE product_rows (row_number int NOT NULL, role text NOT NULL, product_key text COLLATE "C" NOT NULL,
       name text NOT NULL, parent_ref text, own_ref text, sku_key text COLLATE "C", sku text, has_parent boolean NOT NULL,
       product text NOT NULL, variant text NOT NULL, images text NOT NULL) ON COMMIT DROP`,
  );
  return 'product_rows';
}

interface Settling {
  connectionId: number;
  /** Whether the file says which SKUs belong together. */
  hasParents: boolean;
}

/**
 * Finds for every row the product that it belongs to, whatever the order of the file, and takes out the rows whose SKU
 * belongs to two. @returns these, as findings
 */
export async function settleProductRows(
  tx: BulkTx,
  { connectionId, hasParents }: Settling,
): Promise<{ findings: Finding[]; errorCount: number }> {
  await tx.query('ANALYZE product_rows');
  await tx.execute(
    `UPDATE product_rows r SET product_key = l.product_key, name = l.name, has_parent = true,
       variant = (l.variant::jsonb || r.variant::jsonb)::text
     FROM product_rows l WHERE l.role = 'link' AND r.role = 'variant' AND r.sku_key = l.sku_key`,
  );
  await tx.execute(`DELETE FROM product_rows WHERE role = 'link'`);
  await tx.execute(
    `UPDATE product_rows r SET product_key = p.product_key, name = p.name
     FROM (SELECT DISTINCT ON (own_ref) own_ref, product_key, name FROM product_rows WHERE own_ref IS NOT NULL
       ORDER BY own_ref, row_number) p
     WHERE r.parent_ref IS NOT NULL AND r.parent_ref = p.own_ref`,
  );
  if (!hasParents) await joinKnown(tx, connectionId);
  const twice = await refuseTwice(tx);
  const foreign = hasParents ? await refuseListedElsewhere(tx, connectionId) : [];
  const findings = [...twice, ...foreign].toSorted((a, b) => a.at.row - b.at.row);
  return { findings: findings.slice(0, MOST_FINDINGS), errorCount: findings.length };
}

/** A file that names no parents is about the products that its SKUs belong to already. */
async function joinKnown(tx: BulkTx, connectionId: number): Promise<void> {
  await tx.execute(
    `UPDATE product_rows r SET product_key = k.product_key
     FROM (SELECT g.product_key AS own_key, min(s.product_key) AS product_key
       FROM product_rows g JOIN wanted_skus s ON s.connection_id = $1 AND s.sku_key = g.sku_key GROUP BY 1) k
     WHERE r.product_key = k.own_key AND k.product_key <> k.own_key`,
    [connectionId],
  );
}

/** Of a SKU that the file gives to two products the first row counts. */
async function refuseTwice(tx: BulkTx): Promise<Finding[]> {
  const rows = await tx.query<{ row: number; sku: string; first: number }>(
    `DELETE FROM product_rows r
     USING (SELECT sku_key, min(row_number) AS first FROM product_rows WHERE role = 'variant' AND sku_key IS NOT NULL
       GROUP BY sku_key HAVING count(DISTINCT product_key) > 1) d
     WHERE r.role = 'variant' AND r.sku_key = d.sku_key AND r.product_key <> (
       SELECT f.product_key FROM product_rows f WHERE f.row_number = d.first AND f.sku_key = d.sku_key LIMIT 1)
     RETURNING r.row_number AS row, r.sku, d.first`,
  );
  return rows.map(({ row, sku, first }) =>
    findingOf(row, 'error', {
      column: 'Merchant SKU',
      value: sku,
      message: `has the seller SKU of another product: row ${first}`,
      next: 'A seller SKU stands for one SKU in the shop; give each its own',
    }),
  );
}

/** A SKU that is on a listing in TikTok already does not move to another by itself: it would be lost there. */
async function refuseListedElsewhere(tx: BulkTx, connectionId: number): Promise<Finding[]> {
  const rows = await tx.query<{ row: number; sku: string; name: string }>(
    `DELETE FROM product_rows r USING wanted_skus s JOIN wanted_products p
       ON p.connection_id = s.connection_id AND p.product_key = s.product_key
     WHERE s.connection_id = $1 AND r.role = 'variant' AND r.sku_key = s.sku_key AND r.product_key <> s.product_key
       AND p.tiktok_product_id IS NOT NULL AND NOT s.is_removed
     RETURNING r.row_number AS row, r.sku, p.name`,
    [connectionId],
  );
  return rows.map(({ row, sku, name }) =>
    findingOf(row, 'error', {
      column: 'Merchant SKU',
      value: sku,
      message: `belongs to the product ${name.slice(0, 60)}, which is in TikTok`,
      next: 'Remove it there first with the Action RemoveVariant',
    }),
  );
}
