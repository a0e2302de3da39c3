import { SECOND_MS } from '../../kernel/time.js';
import { AppError } from '../../kernel/errors.js';
import { sqlStateOf, type BulkTx } from '../../store/bulk-transaction.js';
import type { ProductsDeps } from '../products-deps.js';

const PATIENCE_MS = 20 * SECOND_MS;
const LOCK_NOT_AVAILABLE = '55P03';

interface Locked {
  id: number;
  companyId: number;
  caseSensitive: boolean;
}

/**
 * Makes the transaction the only writer of the connection's products. Which of two files counts their numbers say.
 * @throws AppError conflict when the file before takes too long, or when the setting for case has changed while there are
 * products: their keys were made by the former one
 */
export async function lockProducts(
  { lockPatienceMs: patienceMs = PATIENCE_MS }: Pick<ProductsDeps, 'lockPatienceMs'>,
  tx: BulkTx,
  { id, companyId, caseSensitive }: Locked,
): Promise<void> {
  await tx.query(`SET LOCAL lock_timeout = ${patienceMs}`);
  const before = await takeLock(tx, { id, companyId, caseSensitive }, patienceMs);
  await tx.query('SET LOCAL lock_timeout = 0');
  if (before === caseSensitive) return;
  await foldKeys(tx, id, caseSensitive);
  await tx.query('UPDATE product_states SET case_sensitive = $2 WHERE connection_id = $1', [
    id,
    caseSensitive,
  ]);
}

async function takeLock(
  tx: BulkTx,
  { id, companyId, caseSensitive }: Locked,
  patienceMs: number,
): Promise<boolean> {
  try {
    await tx.query(
      `INSERT INTO product_states (connection_id, company_id, case_sensitive) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [id, companyId, caseSensitive],
    );
    const [row] = await tx.query<{ caseSensitive: boolean }>(
      'SELECT case_sensitive AS "caseSensitive" FROM product_states WHERE connection_id = $1 FOR UPDATE',
      [id],
    );
    return row!.caseSensitive;
  } catch (error) {
    if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new AppError('conflict', 'Another file of this shop is being taken in.', {
      details: [
        { message: 'files of one shop are taken in one after the other', next: 'Send it again in a moment' },
      ],
      retryAfterMs: patienceMs,
    });
  }
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
  await tx.query(
    `UPDATE wanted_products SET product_key = ${key('name')}, source_hash = NULL WHERE connection_id = $1`,
    [connectionId],
  );
}
