import { sqlStateOf, type BulkTx } from '../../store/bulk-transaction.js';

/** PostgreSQL: disk_full. Also what it says of shared memory, of which a container has 64 MB unless it is told otherwise. */
const DISK_FULL = '53100';

/**
 * Makes the table for the rows of a feed, `import_id` being its own. It is never committed, so that of an import that
 * breaks off, or of a server that dies, nothing stays. A temporary table would be seen by one process of PostgreSQL only,
 * and could not be compared by several.
 * @returns its name
 */
export async function createFeedRows(tx: BulkTx, importId: number): Promise<string> {
  const table = `feed_rows_${importId}`;
  await tx.query(
    `CREATE UNLOGGED TABLE ${table} (row_number int NOT NULL, sku_key text COLLATE "C" NOT NULL, supplier_sku text,
       quantity int, warehouse text, warehouses jsonb, cost numeric(20,6), details jsonb)
     WITH (autovacuum_enabled = off)`,
  );
  return table;
}

export async function dropFeedRows(tx: BulkTx, table: string): Promise<void> {
  await tx.query(`DROP TABLE ${table}`);
}

/**
 * Lets several processes of PostgreSQL share a large query of which little comes out; by itself it would fear that all
 * comes out. Where they find no memory to share, one does it alone.
 */
export async function withParallelQuery(tx: BulkTx, work: () => Promise<unknown>): Promise<void> {
  await tx.query(
    'SAVEPOINT in_parallel; SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0',
  );
  try {
    await work();
  } catch (error) {
    if (sqlStateOf(error) !== DISK_FULL) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT in_parallel; SET LOCAL max_parallel_workers_per_gather = 0');
    await work();
  }
  await tx.query('RELEASE SAVEPOINT in_parallel; RESET parallel_setup_cost; RESET parallel_tuple_cost');
}
