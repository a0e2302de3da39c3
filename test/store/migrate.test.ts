import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import t, { type Test } from 'tap';
import { migrate, migrationState, shippedMigrations } from '../../src/store/migrate.js';
import { testDatabase, testDatabaseUrl } from '../support/database.js';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function emptyDatabaseUrl(t: Test): Promise<string> {
  const url = await testDatabaseUrl(t);
  await query(url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  return url;
}

/** A folder of migrations that begins with one of a table `first`. */
async function migrationFolder(t: Test, more: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-migrations-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const files = { '20260101000000_first': 'CREATE TABLE first (id INTEGER);', ...more };
  for (const [name, sql] of Object.entries(files)) await writeMigration(folder, name, sql);
  return folder;
}

async function writeMigration(folder: string, name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

await t.test('a migrated database is left alone by the next start', async (t) => {
  const url = await testDatabaseUrl(t);
  t.same(await migrate(url), []);
  t.same(await migrationState(url), { pending: [], unknown: [] });
});

await t.test('the store opens and times are kept in UTC', async (t) => {
  const database = await testDatabase(t);
  const company = await database.prisma.company.create({ data: { name: 'Test company' } });
  t.ok(company.id >= 7001);
  const { rows } = await database.pool.query('SHOW timezone');
  t.equal(rows[0].TimeZone, 'UTC');
});

await t.test('processes that start at once on an empty database apply each migration once', async (t) => {
  const url = await emptyDatabaseUrl(t);
  const shipped = (await shippedMigrations()).map((migration) => migration.name);
  t.same((await migrationState(url)).pending, shipped);
  const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  t.same(applied.flat().toSorted(), shipped);
  const ledger = await query(url, 'SELECT migration_name, applied_steps_count FROM _prisma_migrations');
  t.same(
    ledger,
    shipped.map((name) => ({ migration_name: name, applied_steps_count: 1 })),
  );
});

await t.test('a new version applies only what is new', async (t) => {
  const url = await emptyDatabaseUrl(t);
  const folder = await migrationFolder(t);
  t.same(await migrate(url, folder), ['20260101000000_first']);
  await writeMigration(folder, '20260102000000_second', 'ALTER TABLE first ADD COLUMN name TEXT;');
  t.same(await migrate(url, folder), ['20260102000000_second']);
});

await t.test('what TikTok was last sent is known after an update as before it', async (t) => {
  const url = await emptyDatabaseUrl(t);
  const shipped = await shippedMigrations();
  const newest = shipped.findIndex(({ name }) => name.endsWith('_sent_values'));
  const folder = await migrationFolder(t);
  for (const { name, sql } of shipped.slice(0, newest)) await writeMigration(folder, name, sql);
  await migrate(url, folder);
  await query(
    url,
    `INSERT INTO sent_stock (environment, shop_id, sku_id, warehouse_id, quantity, in_doubt, sent_at) VALUES
       ('simulator', '7', 'A', 'W1', 5, false, '2026-11-01Z'), ('simulator', '7', 'A', 'W2', 6, true, '2026-11-02Z'),
       ('simulator', '7', 'B', 'W1', NULL, true, NULL);
     INSERT INTO sent_prices (environment, shop_id, sku_id, amount, in_doubt, sent_at) VALUES
       ('simulator', '7', 'A', 10.99, false, '2026-11-03Z'), ('simulator', '7', 'C', NULL, true, NULL)`,
  );
  await writeMigration(folder, shipped[newest]!.name, shipped[newest]!.sql);
  await migrate(url, folder);
  const rows = await query(
    url,
    `SELECT sku_id, stock, stock_in_doubt, stock_sent_at, trim_scale(price)::text AS price, price_in_doubt, price_sent_at
     FROM sent_values ORDER BY sku_id`,
  );
  const nothing = { stock: {}, stock_in_doubt: [], stock_sent_at: null, price: null, price_sent_at: null };
  t.same(rows, [
    {
      sku_id: 'A',
      stock: { W1: 5, W2: 6 },
      stock_in_doubt: ['W2'],
      stock_sent_at: new Date('2026-11-02Z'),
      price: '10.99',
      price_in_doubt: false,
      price_sent_at: new Date('2026-11-03Z'),
    },
    { ...nothing, sku_id: 'B', stock_in_doubt: ['W1'], price_in_doubt: false },
    { ...nothing, sku_id: 'C', price_in_doubt: true },
  ]);
});

await t.test('a migration that was edited after its release is refused', async (t) => {
  const url = await emptyDatabaseUrl(t);
  const folder = await migrationFolder(t);
  await migrate(url, folder);
  const edited = await mkdtemp(join(tmpdir(), 'connector-migrations-'));
  t.teardown(() => rm(edited, { recursive: true, force: true }));
  await cp(folder, edited, { recursive: true });
  await writeMigration(edited, '20260101000000_first', 'CREATE TABLE first (id BIGINT);');
  await t.rejects(migrate(url, edited), {
    code: 'configuration-invalid',
    message: /first does something else here/,
  });
});

await t.test(
  'a migration that fails leaves nothing of itself, and no later start passes over it',
  async (t) => {
    const url = await emptyDatabaseUrl(t);
    const folder = await migrationFolder(t, {
      '20260102000000_broken': 'CREATE TABLE half (id INTEGER); SELECT 1 / 0;',
    });
    await t.rejects(migrate(url, folder), { code: 'configuration-invalid', message: /division by zero/ });
    t.same(
      await query(url, "SELECT to_regclass('first') IS NULL AS first, to_regclass('half') IS NULL AS half"),
      [{ first: false, half: true }],
    );
    const [ledger] = await query(
      url,
      "SELECT logs, finished_at FROM _prisma_migrations WHERE migration_name LIKE '%broken'",
    );
    t.match(ledger, { logs: /division by zero/, finished_at: null });
    await t.rejects(migrate(url, folder), { message: /broken failed earlier/ });
  },
);

await t.test('a database of a newer version says so', async (t) => {
  const url = await testDatabaseUrl(t);
  await query(
    url,
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ('x', 'x', '29990101000000_future', now(), 1)`,
  );
  t.same(await migrationState(url), { pending: [], unknown: ['29990101000000_future'] });
});

await t.test('history has a place for every month, whatever the clock says', async (t) => {
  const { pool } = await testDatabase(t);
  const add = (at: string): Promise<unknown> =>
    pool.query(
      `INSERT INTO events (company_id, type_id, level, category, summary, created_at) VALUES (1, 1, 'Info', 'x', 'x', $1)`,
      [at],
    );
  const homes = async (): Promise<unknown[]> =>
    (await pool.query('SELECT tableoid::regclass::text AS home FROM events ORDER BY created_at')).rows.map(
      (row) => row.home,
    );
  await pool.query("SELECT ensure_month_partitions('2031-01-31T23:59:59Z', 1)");
  await add('2031-01-31T23:59:59.999Z');
  await add('2031-02-01T00:00:00Z');
  await add('2044-05-05T00:00:00Z');
  t.same(await homes(), ['events_203101', 'events_203102', 'events_default']);

  // A month whose rows came too early keeps them in the default partition and does not stop the others.
  await pool.query("SELECT ensure_month_partitions('2044-05-01T00:00:00Z', 1)");
  await add('2044-06-01T00:00:00Z');
  t.same((await homes()).slice(2), ['events_default', 'events_204406']);
  await pool.query("SELECT ensure_month_partitions('2031-01-01T00:00:00Z', 1)");
  t.same((await homes()).length, 4);
});
