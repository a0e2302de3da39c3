import { lockInTurn } from '../../imports/feed-lock.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import type { ProductsDeps } from '../products-deps.js';

interface Locked {
  id: number;
  companyId: number;
  caseSensitive: boolean;
}

/**
 * Makes the transaction the only writer of the connection's products. Keys are made anew first when the setting for case has
 * changed.
 * @throws AppError conflict when the file before takes too long
 */
export async function lockProducts(
  { lockPatienceMs }: Pick<ProductsDeps, 'lockPatienceMs'>,
  tx: BulkTx,
  { id, companyId, caseSensitive }: Locked,
): Promise<void> {
  const before = await lockInTurn(tx, () => takeLock(tx, { id, companyId, caseSensitive }), lockPatienceMs);
  if (before === caseSensitive) return;
  await foldKeys(tx, id, caseSensitive);
  await tx.query('UPDATE product_states SET case_sensitive = $2 WHERE connection_id = $1', [
    id,
    caseSensitive,
  ]);
}

async function takeLock(tx: BulkTx, { id, companyId, caseSensitive }: Locked): Promise<boolean> {
  await tx.query(
    `INSERT INTO product_states (connection_id, company_id, case_sensitive) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [id, companyId, caseSensitive],
  );
  const [row] = await tx.query<{ caseSensitive: boolean }>(
    'SELECT case_sensitive AS "caseSensitive" FROM product_states WHERE connection_id = $1 FOR UPDATE',
    [id],
  );
  return row!.caseSensitive;
}

/** Keys by the other rule. Of SKUs and products that become one, the one that was written last stays. */
async function foldKeys(tx: BulkTx, connectionId: number, caseSensitive: boolean): Promise<void> {
  const key = (column: string): string => (caseSensitive ? column : `fold_sku(${column})`);
  await tx.query(
    `DELETE FROM wanted_skus a USING wanted_skus b WHERE a.connection_id = $1 AND b.connection_id = $1
       AND a.sku_key <> b.sku_key AND ${key('a.sku')} = ${key('b.sku')}
       AND (a.updated_at, a.sku_key) < (b.updated_at, b.sku_key)`,
    [connectionId],
  );
  await tx.query(
    `DELETE FROM wanted_products a USING wanted_products b WHERE a.connection_id = $1 AND b.connection_id = $1
       AND a.product_key <> b.product_key AND ${key('a.name')} = ${key('b.name')}
       AND (a.updated_at, a.product_key) < (b.updated_at, b.product_key)`,
    [connectionId],
  );
  await tx.query(
    `UPDATE wanted_skus s SET sku_key = ${key('s.sku')}, product_key = coalesce(
       (SELECT ${key('p.name')} FROM wanted_products p WHERE p.connection_id = $1 AND p.product_key = s.product_key),
       ${key('s.product_key')}) WHERE connection_id = $1`,
    [connectionId],
  );
  await foldPushes(tx, connectionId, key('p.name'));
  await tx.query(
    `UPDATE wanted_products SET product_key = ${key('name')}, source_hash = NULL WHERE connection_id = $1`,
    [connectionId],
  );
}

/** What was sent goes with its product. An effect that is under way names the former key and sends nothing: it is asked for anew. */
async function foldPushes(tx: BulkTx, connectionId: number, key: string): Promise<void> {
  await tx.query(
    `DELETE FROM product_pushes s WHERE s.connection_id = $1 AND NOT EXISTS (
       SELECT FROM wanted_products p WHERE p.connection_id = $1 AND p.product_key = s.product_key)`,
    [connectionId],
  );
  await tx.query(
    `UPDATE product_pushes s SET product_key = ${key}, state = CASE WHEN s.state = 'queued' THEN 'waiting' ELSE s.state END,
       due_at = CASE WHEN s.state = 'queued' THEN now() ELSE s.due_at END
     FROM wanted_products p WHERE s.connection_id = $1 AND p.connection_id = $1 AND p.product_key = s.product_key
       AND s.product_key <> ${key}`,
    [connectionId],
  );
}
