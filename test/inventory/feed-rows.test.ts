import t from 'tap';
import { createFeedRows, dropFeedRows, withParallelQuery } from '../../src/inventory/feed/feed-rows.js';
import { bulkTransaction, sqlStateOf } from '../../src/store/bulk-transaction.js';
import { testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { itemsOf, upload } from './files.js';

const db = await testDatabase(t);

const raise = (sqlState: string): string =>
  `DO $$ BEGIN RAISE EXCEPTION 'could not resize shared memory segment' USING ERRCODE = '${sqlState}'; END $$`;

await t.test('a server without memory to share compares alone, and loses nothing of the feed', async (t) => {
  const workers: string[] = [];
  await bulkTransaction(db, async (tx) => {
    await tx.query('CREATE TEMP TABLE given ON COMMIT DROP AS SELECT 1 AS n');
    await withParallelQuery(tx, async () => {
      const [row] = await tx.query<{ workers: string }>(
        `SELECT current_setting('max_parallel_workers_per_gather') AS workers`,
      );
      workers.push(row?.workers ?? '');
      await tx.query('INSERT INTO given VALUES (2)');
      if (workers.length === 1) await tx.query(raise('53100'));
    });
    t.same(await tx.query('SELECT n FROM given ORDER BY n'), [{ n: 1 }, { n: 2 }]);
    t.same(await tx.query(`SELECT current_setting('parallel_setup_cost') AS cost`), [{ cost: '1000' }]);
  });
  t.equal(workers.length, 2);
  t.not(workers[0], '0');
  t.equal(workers[1], '0');
});

await t.test('what else goes wrong in a shared query goes wrong', async (t) => {
  const failing = bulkTransaction(db, (tx) => withParallelQuery(tx, () => tx.query(raise('57014'))));
  const error = await failing.then(
    () => null,
    (reason: unknown) => reason,
  );
  t.equal(sqlStateOf(error), '57014');
});

await t.test('the rows of a feed can be compared by several processes of PostgreSQL', async (t) => {
  const planOf = (rows: { 'QUERY PLAN': string }[]): string =>
    rows.map((row) => row['QUERY PLAN']).join('\n');
  await bulkTransaction(db, async (tx) => {
    const table = await createFeedRows(tx, 0);
    await tx.execute(
      `INSERT INTO ${table} (row_number, sku_key, quantity) SELECT n, 'a-long-supplier-sku-' || n, n FROM generate_series(1, 200000) n`,
    );
    const sql = `EXPLAIN SELECT s.* FROM ${table} s LEFT JOIN inventory_items i ON i.sku_key = s.sku_key
      WHERE i.quantity IS DISTINCT FROM s.quantity`;
    t.notMatch(planOf(await tx.query(sql)), /Workers Planned/);
    await withParallelQuery(tx, async () => {
      t.match(planOf(await tx.query(sql)), /Workers Planned/);
    });
    await dropFeedRows(tx, table);
  });
});

await t.test('a large feed changes what differs, and leaves no table, whatever becomes of it', async (t) => {
  const api = await testApi(t, db);
  const rows = Array.from(
    { length: 120_000 },
    (_, nth) => `a-long-supplier-sku-of-a-seller-${nth},${nth % 90},1.50`,
  );
  const header = 'SupplierSKU,Quantity,Cost';
  t.match((await upload(api, [header, ...rows].join('\n'))).counts, { Rows: 120_000, Added: 120_000 });
  rows[77_777] = 'A-LONG-supplier-sku-of-a-seller-77777,5,1.50';
  rows.push('a-long-supplier-sku-of-a-seller-0,6,1.50', 'a-long-supplier-sku-of-a-seller-0,7,1.50');
  t.match((await upload(api, [header, ...rows].join('\n'))).counts, { Rows: 120_002, Added: 0, Changed: 2 });
  const items = await itemsOf(api);
  t.match(items.get('A-LONG-supplier-sku-of-a-seller-77777'), { Quantity: 5 });
  t.match(items.get('a-long-supplier-sku-of-a-seller-0'), { Quantity: 7 });
  t.equal((await upload(api, 'SupplierSKU,Quantity\nA,5', { query: '?dryRun=true' })).status, 200);
  t.equal((await upload(api, 'Name,Quantity\nA,5')).status, 400);
  const { rows: left } = await db.pool.query(
    `SELECT relname FROM pg_class WHERE relname LIKE 'feed\\_rows%'`,
  );
  t.same(left, []);
});
