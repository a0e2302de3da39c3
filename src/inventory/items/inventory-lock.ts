import { lockInTurn } from '../../imports/feed-lock.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import type { InventoryDeps } from '../inventory-deps.js';

/**
 * Makes the transaction the only writer of the connection's items and matches. It says nothing about which of two files
 * counts: their numbers do. Keys are made anew first when the setting for case has changed.
 * @throws AppError conflict when the file before takes too long
 */
export async function lockInventory(
  { lockPatienceMs }: Pick<InventoryDeps, 'lockPatienceMs'>,
  tx: BulkTx,
  { id: connectionId, companyId, caseSensitive }: { id: number; companyId: number; caseSensitive: boolean },
): Promise<void> {
  const values = [connectionId, companyId, caseSensitive];
  const before = await lockInTurn(tx, () => takeLock(tx, values), lockPatienceMs);
  if (before === caseSensitive) return;
  await (caseSensitive ? splitByCase(tx, connectionId) : joinCases(tx, connectionId));
  await tx.query('UPDATE inventory_states SET case_sensitive = $2 WHERE connection_id = $1', [
    connectionId,
    caseSensitive,
  ]);
}

async function takeLock(tx: BulkTx, values: unknown[]): Promise<boolean> {
  await tx.query(
    `INSERT INTO inventory_states (connection_id, company_id, case_sensitive) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    values,
  );
  const [row] = await tx.query<{ caseSensitive: boolean }>(
    'SELECT case_sensitive AS "caseSensitive" FROM inventory_states WHERE connection_id = $1 FOR UPDATE',
    values.slice(0, 1),
  );
  return row!.caseSensitive;
}

/** What was one SKU before stays one: its spelling becomes its key. */
async function splitByCase(tx: BulkTx, connectionId: number): Promise<void> {
  const values = [connectionId];
  await tx.query(
    'UPDATE inventory_items SET sku_key = supplier_sku WHERE connection_id = $1 AND sku_key <> supplier_sku',
    values,
  );
  await tx.query(
    `UPDATE sku_matches SET sku_key = supplier_sku, merchant_key = merchant_sku
     WHERE connection_id = $1 AND (sku_key <> supplier_sku OR merchant_key <> merchant_sku)`,
    values,
  );
}

/** Of SKUs that become one, the one that was written last stays. */
async function joinCases(tx: BulkTx, connectionId: number): Promise<void> {
  const values = [connectionId];
  for (const [table, column] of [
    ['inventory_items', 'supplier_sku'],
    ['sku_matches', 'supplier_sku'],
    ['sku_matches', 'merchant_sku'],
  ] as const) {
    await tx.query(
      `DELETE FROM ${table} a USING ${table} b
       WHERE a.connection_id = $1 AND b.connection_id = $1 AND a.sku_key <> b.sku_key
         AND fold_sku(a.${column}) = fold_sku(b.${column})
         AND (a.updated_at, a.sku_key) < (b.updated_at, b.sku_key)`,
      values,
    );
  }
  await tx.query(
    `UPDATE inventory_items SET sku_key = fold_sku(supplier_sku)
     WHERE connection_id = $1 AND sku_key <> fold_sku(supplier_sku)`,
    values,
  );
  await tx.query(
    `UPDATE sku_matches SET sku_key = fold_sku(supplier_sku), merchant_key = fold_sku(merchant_sku)
     WHERE connection_id = $1`,
    values,
  );
}
