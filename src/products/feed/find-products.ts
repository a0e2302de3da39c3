import type { FeedWork, FoundChanges } from '../../imports/feed-kind.js';
import type { Finding } from '../../imports/current-row.js';
import { MOST_FINDINGS } from '../../imports/import.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import type { GroupedProduct } from './grouped-product.js';
import { mergeGroups } from './merge-groups.js';
import { settleProductRows } from './product-rows.js';
import { readGroups } from './read-groups.js';

/** What the reader of the rows found out about the file. */
export interface ReadProductRows {
  hasParents: boolean;
}

export interface ProductsFound extends FoundChanges {
  counts: ProductCounts;
  errorCount: number;
}

export interface ProductCounts extends Record<string, number> {
  added: number;
  changed: number;
  unchanged: number;
  superseded: number;
  overridden: number;
  removed: number;
  products: number;
  productsAdded: number;
  productsChanged: number;
}

const GROUPS_AT_ONCE = 200;

/**
 * What a file changes, in tables of its own (`product_changes`, `sku_changes`): nothing is written yet. Products of which it
 * says what was said last cost one comparison of hashes.
 */
export async function findProducts(
  tx: BulkTx,
  { connection, importId, staged }: FeedWork<ReadProductRows>,
): Promise<ProductsFound> {
  const { id: connectionId, settings } = connection;
  const settled = await settleProductRows(tx, { connectionId, hasParents: staged.rows.hasParents });
  const options = { caseSensitive: settings.caseSensitiveSkus, generateSkus: settings.generateProductSkus };
  const counts: ProductCounts = {
    added: 0,
    changed: 0,
    unchanged: 0,
    superseded: 0,
    overridden: 0,
    removed: 0,
    products: 0,
    productsAdded: 0,
    productsChanged: 0,
  };
  await createTables(tx, options);
  const same = await leaveOutTheSame(tx, connectionId, importId);
  counts.unchanged += same.skus;
  counts.products += same.products;
  const findings: Finding[] = [...settled.findings];
  let { errorCount } = settled;
  let batch: GroupedProduct[] = [];
  const merge = async (): Promise<void> => {
    const merged = await mergeGroups(tx, batch, { connectionId, importId });
    for (const [name, count] of Object.entries(merged)) counts[name] = (counts[name] ?? 0) + count;
    batch = [];
  };
  for await (const group of readGroups(tx, options)) {
    errorCount += group.errorCount;
    counts.overridden += group.findings.filter(({ level }) => level === 'overridden').length;
    if (findings.length < MOST_FINDINGS) findings.push(...group.findings);
    if (findings.length < MOST_FINDINGS) findings.push(...conflictFindings(group));
    batch.push(group);
    if (batch.length >= GROUPS_AT_ONCE) await merge();
  }
  await merge();
  return { counts, findings: findings.slice(0, MOST_FINDINGS), errorCount, warnings: [] };
}

async function createTables(tx: BulkTx, options: object): Promise<void> {
  await tx.query(
    `CREATE TEMP TABLE product_groups (product_key text COLLATE "C" PRIMARY KEY, hash text, row_number int, skus int)
     ON COMMIT DROP`,
  );
  await tx.query(
    `INSERT INTO product_groups
     SELECT product_key, md5(string_agg(md5(concat_ws('|', role, sku, has_parent, product, variant, images)), ''
       ORDER BY row_number) || $1), min(row_number), count(*) FILTER (WHERE role = 'variant')
     FROM product_rows GROUP BY product_key`,
    [JSON.stringify(options)],
  );
  await tx.query(
    `CREATE TEMP TABLE product_changes (product_key text COLLATE "C" PRIMARY KEY, name text, fields jsonb, arrivals jsonb,
       conflicts jsonb, row_number int, is_changed boolean, hash text) ON COMMIT DROP`,
  );
  await tx.query(
    `CREATE TEMP TABLE sku_changes (sku_key text COLLATE "C" PRIMARY KEY, sku text, product_key text, position int,
       fields jsonb, arrivals jsonb, is_removed boolean) ON COMMIT DROP`,
  );
  await tx.query('CREATE TEMP TABLE product_same (product_key text, row_number int) ON COMMIT DROP');
  await tx.query('ANALYZE product_groups');
}

/**
 * Takes the products out of which the file says what was said last. While an earlier file is on the way they are merged like
 * all others, since what this one repeats must stand against it.
 */
async function leaveOutTheSame(
  tx: BulkTx,
  connectionId: number,
  importId: number,
): Promise<{ skus: number; products: number }> {
  const [row] = await tx.query<{ skus: number; products: number }>(
    `WITH gone AS (
       DELETE FROM product_groups g USING wanted_products p
       WHERE p.connection_id = $1 AND p.product_key = g.product_key AND p.source_hash = g.hash AND p.last_feed <= $2
         AND p.deleted_n IS NULL AND NOT EXISTS (SELECT FROM imports WHERE connection_id = $1 AND kind = 'product'
           AND state IN ('receiving', 'received') AND id < $2)
       RETURNING g.product_key, g.row_number, g.skus
     ), kept AS (INSERT INTO product_same SELECT product_key, row_number FROM gone)
     SELECT coalesce(sum(skus), 0)::int AS skus, count(*)::int AS products FROM gone`,
    [connectionId, importId],
  );
  return row!;
}

/** Two rows that say different things of one product: the first counts, and the product is not sent. */
function conflictFindings({ conflicts }: GroupedProduct): Finding[] {
  return conflicts.map(({ field, row, value, firstRow, first }) => ({
    level: 'warning',
    at: { row, column: field },
    value: value?.slice(0, 100) ?? null,
    message: `differs from row ${firstRow} of the same product, which says ${JSON.stringify((first ?? '').slice(0, 60))}`,
    next: `Write the same ${field} in rows ${firstRow} and ${row}, or in one of them only`,
  }));
}
