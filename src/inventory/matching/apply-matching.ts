import type { BulkTx } from '../../store/bulk-transaction.js';
import type { Finding } from '../../imports/current-row.js';
import { MOST_FINDINGS } from '../../imports/import.js';

interface MatchingContext {
  connectionId: number;
  companyId: number;
  importId: number;
  now: Date;
}

interface MatchingCounts {
  added: number;
  changed: number;
  /** Rows of which a file that arrived later says something else, or that came before all matches were dropped. */
  superseded: number;
}

/** Makes the table for the rows of a matching file; it is gone with the transaction. */
export async function createMatchRows(tx: BulkTx): Promise<string> {
  await tx.query(
    `CREATE TEMP TABLE match_rows (row_number int NOT NULL, sku_key text COLLATE "C" NOT NULL, supplier_sku text,
       merchant_sku text NOT NULL, merchant_key text NOT NULL) ON COMMIT DROP`,
  );
  return 'match_rows';
}

/**
 * Keeps of `match_rows` what can stand together: the last row of each supplier SKU, and of those that give one merchant
 * SKU the last again, since a SKU in TikTok can have one stock only. Answers the rows that lost as row errors.
 */
export async function settleMatchRows(tx: BulkTx): Promise<{ errors: Finding[]; errorCount: number }> {
  await tx.query('ANALYZE match_rows');
  await tx.execute(
    `DELETE FROM match_rows a USING (SELECT sku_key, max(row_number) AS last FROM match_rows GROUP BY sku_key HAVING count(*) > 1) b
     WHERE a.sku_key = b.sku_key AND a.row_number < b.last`,
  );
  const losers = await tx.query<{ rowNumber: number; merchantSku: string; winner: number }>(
    `DELETE FROM match_rows a
     USING (SELECT merchant_key, max(row_number) AS last FROM match_rows GROUP BY merchant_key HAVING count(*) > 1) b
     WHERE a.merchant_key = b.merchant_key AND a.row_number < b.last
     RETURNING a.row_number AS "rowNumber", a.merchant_sku AS "merchantSku", b.last AS winner`,
  );
  const errors = losers
    .toSorted((a, b) => a.rowNumber - b.rowNumber)
    .slice(0, MOST_FINDINGS)
    .map(({ rowNumber, merchantSku, winner }) => ({
      level: 'error' as const,
      at: { row: rowNumber, column: 'MerchantSKU' },
      value: merchantSku.slice(0, 100),
      message: `is given to another SupplierSKU in row ${winner}`,
      next: 'A SKU in TikTok has one supplier SKU; remove one of the two rows',
    }));
  return { errors, errorCount: losers.length };
}

/**
 * Makes the rows the matches of the connection, and names its items by them. A merchant SKU that goes to another supplier
 * SKU leaves the former one without a match.
 */
export async function applyMatches(tx: BulkTx, context: MatchingContext): Promise<MatchingCounts> {
  const { connectionId, companyId, importId, now } = context;
  await tx.query(
    `CREATE TEMP TABLE changed_matches (sku_key text COLLATE "C" PRIMARY KEY, supplier_sku text, merchant_sku text,
       merchant_key text, is_new boolean, is_late boolean) ON COMMIT DROP`,
  );
  await tx.execute(
    `INSERT INTO changed_matches
     SELECT r.sku_key, coalesce(r.supplier_sku, r.sku_key), r.merchant_sku, r.merchant_key, m.sku_key IS NULL,
       $2 < w.unmatched_n OR m.import_id > $2 OR taken.import_id > $2
     FROM match_rows r JOIN inventory_states w ON w.connection_id = $1
     LEFT JOIN sku_matches m ON m.connection_id = $1 AND m.sku_key = r.sku_key
     LEFT JOIN sku_matches taken ON taken.connection_id = $1 AND taken.merchant_key = r.merchant_key
     WHERE m.merchant_sku IS DISTINCT FROM r.merchant_sku
       OR m.supplier_sku IS DISTINCT FROM coalesce(r.supplier_sku, r.sku_key)`,
    [connectionId, importId],
  );
  await confirmMatches(tx, context);
  const superseded = await tx.execute('DELETE FROM changed_matches WHERE is_late');
  await tx.query('ANALYZE changed_matches');
  await unmatchItems(tx, context);
  await tx.execute(
    `DELETE FROM sku_matches m USING changed_matches c
     WHERE m.connection_id = $1 AND (m.sku_key = c.sku_key OR m.merchant_key = c.merchant_key)`,
    [connectionId],
  );
  await tx.execute(
    `INSERT INTO sku_matches (connection_id, company_id, sku_key, supplier_sku, merchant_sku, merchant_key, import_id,
       updated_at)
     SELECT $1, $2, sku_key, supplier_sku, merchant_sku, merchant_key, $3, $4 FROM changed_matches`,
    [connectionId, companyId, importId, now],
  );
  await tx.execute(
    `UPDATE inventory_items i SET merchant_sku = c.merchant_sku, matched_by = 'file', import_id = $2, updated_at = $3,
       version = CASE WHEN i.merchant_sku IS DISTINCT FROM c.merchant_sku THEN nextval('inventory_version_seq')
         ELSE i.version END,
       unsent_since = CASE WHEN i.merchant_sku IS DISTINCT FROM c.merchant_sku THEN coalesce(i.unsent_since, $3)
         ELSE i.unsent_since END,
       due_at = CASE WHEN i.merchant_sku IS DISTINCT FROM c.merchant_sku THEN $3 ELSE i.due_at END
     FROM changed_matches c WHERE i.connection_id = $1 AND i.sku_key = c.sku_key`,
    [connectionId, importId, now],
  );
  const [counts] = await tx.query<{ added: number; changed: number }>(
    `SELECT count(*) FILTER (WHERE is_new)::int AS added, count(*) FILTER (WHERE NOT is_new)::int AS changed
     FROM changed_matches`,
  );
  return { ...counts!, superseded };
}

/** Where an earlier matching file is still on the way, what this one repeats becomes its own. */
async function confirmMatches(tx: BulkTx, { connectionId, importId }: MatchingContext): Promise<void> {
  await tx.execute(
    `UPDATE sku_matches m SET import_id = $2
     FROM match_rows r WHERE m.connection_id = $1 AND m.sku_key = r.sku_key AND m.merchant_sku = r.merchant_sku
       AND coalesce(m.import_id, 0) < $2 AND EXISTS (
         SELECT FROM imports
         WHERE connection_id = $1 AND state IN ('receiving', 'received') AND kind = 'matching' AND id < $2)`,
    [connectionId, importId],
  );
}

/** Items whose merchant SKU another supplier SKU gets now: by an older match, or because auto match had made it theirs. */
async function unmatchItems(tx: BulkTx, { connectionId, importId, now }: MatchingContext): Promise<void> {
  const unmatched = `merchant_sku = NULL, matched_by = NULL, unsent_since = NULL, due_at = NULL, resend = false,
    import_id = $2, updated_at = $3`;
  await tx.execute(
    `UPDATE inventory_items i SET ${unmatched}
     FROM changed_matches c JOIN sku_matches m ON m.connection_id = $1 AND m.merchant_key = c.merchant_key
     WHERE m.sku_key <> c.sku_key AND i.connection_id = $1 AND i.sku_key = m.sku_key`,
    [connectionId, importId, now],
  );
  await tx.execute(
    `UPDATE inventory_items i SET ${unmatched} FROM changed_matches c
     WHERE i.connection_id = $1 AND i.sku_key = c.merchant_key AND i.sku_key <> c.sku_key AND i.matched_by = 'auto'`,
    [connectionId, importId, now],
  );
}
