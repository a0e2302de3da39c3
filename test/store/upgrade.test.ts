import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import t, { type Test } from 'tap';
import { migrate, migrationState, shippedMigrations } from '../../src/store/migrate.js';
import { bridges } from '../../src/store/migration-bridges.js';
import { meaningOf } from '../../src/store/migration-meaning.js';
import { testDatabaseUrl } from '../support/database.js';
import { onlyIn } from '../support/sets.js';
import { fillOldDatabase, rowsOf } from './old-database.js';
import { publishedChecksums, publishedSets, type PublishedMigration } from './published-migrations.js';
import { wholeSchema } from './whole-schema.js';

t.setTimeout(300_000);
const url = await testDatabaseUrl(t);

async function withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const fresh = await withClient(wholeSchema);

async function emptyDatabase(): Promise<void> {
  await withClient((client) => client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'));
}

/** As the runner of that commit left it: one row of the ledger for each file, without what later runners write there. */
async function applyAsThen(client: pg.Client, migrations: readonly PublishedMigration[]): Promise<void> {
  await client.query(`CREATE TABLE _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`);
  for (const { name, sql, checksum } of migrations) {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES (gen_random_uuid(), $1, $2, now(), 1)`,
      [checksum, name],
    );
  }
}

const sets = await publishedSets();
const shipped = await shippedMigrations();
/** Beside the sets of the past, how far a database may have come since: after each migration. */
const past = [...sets, ...shipped.slice(sets.at(-1)?.length).map((_, index) => shipped.slice(0, -1 - index))];

await t.test('a database of any commit of main becomes what a new one is, and keeps its rows', async (t) => {
  t.ok(sets.length >= 32, 'the sets of the past are there');
  t.ok(fresh.length > 500, 'the comparison sees the schema');
  for (const set of past) {
    const label = set.map(({ name, checksum }) => `${name.slice(4, 14)}:${checksum.slice(0, 4)}`).join(' ');
    await emptyDatabase();
    const before = await withClient(async (client) => {
      await applyAsThen(client, set);
      return rowsOf(client, await fillOldDatabase(client));
    });
    await migrate(url);
    t.same(await migrationState(url), { pending: [], unknown: [] }, label);
    t.same(await migrate(url), [], 'a second run finds nothing to do');
    const { schema, after } = await withClient(async (client) => ({
      schema: await wholeSchema(client),
      after: await rowsOf(client, [...before.keys(), 'sent_values']),
    }));
    t.same(onlyIn(schema, fresh), [], `${label}: nothing that a new one has not`);
    t.same(onlyIn(fresh, schema), [], `${label}: all that a new one has`);
    keepsRows(t, before, after);
    if (set.every(({ name }) => !name.endsWith('_positions'))) keepsOrder(t, after);
  }
});

/** Every value is there as it was; tables and columns that the schema of today has no more are looked at in their own tests. */
function keepsRows(t: Test, before: Rows, after: Rows): void {
  t.ok(before.size >= 12, 'there were rows');
  for (const [table, rows] of before) {
    const now = after.get(table);
    if (!now) continue;
    const columns = Object.keys(rows[0] ?? {}).filter((column) => column in (now[0] ?? {}));
    t.ok(columns.length > 2, table);
    const only = (row: Record<string, unknown>): unknown[] => columns.map((column) => row[column]);
    t.same(new Set(now.map(only)), new Set(rows.map(only)), table);
  }
  if (before.has('sent_stock') && after.has('sent_values'))
    t.match(after.get('sent_values'), [{ sku_id: 'K', stock: { W: 5 } }]);
}

/** Events that were there before positions have those in which readers knew them. */
function keepsOrder(t: Test, after: Rows): void {
  for (const { id, position } of after.get('events') ?? []) t.equal(Number(position), id);
}

type Rows = Awaited<ReturnType<typeof rowsOf>>;

await t.test(
  'a migration that was published is not edited: a new one, or a bridge, changes more',
  async (t) => {
    const published = await publishedChecksums();
    for (const { name, checksum } of shipped) {
      const known = published[name] ?? [];
      t.equal(
        known.at(-1),
        checksum,
        known.length === 0
          ? `a new migration gets its line in test/fixtures/migrations/checksums.json: "${name}": ["${checksum}"]`
          : `${name} was edited`,
      );
      for (const former of known.slice(0, -1)) {
        const bridge = bridges.find((each) => each.migration === name && each.checksum === former);
        t.ok(bridge, `a bridge leads over from ${former} of ${name}`);
      }
    }
  },
);

await t.test('comments, white space and line ends do not make a migration another one', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'connector-migrations-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const write = async (sql: string): Promise<void> => {
    await mkdir(join(folder, '20260101000000_first'), { recursive: true });
    await writeFile(join(folder, '20260101000000_first', 'migration.sql'), sql);
  };
  await emptyDatabase();
  await write(`-- Why.\nCREATE TABLE first (\n  name TEXT DEFAULT 'a -- b' -- said\n);\n`);
  t.same(await migrate(url, folder), ['20260101000000_first']);
  await write(`CREATE TABLE first ( name TEXT DEFAULT 'a -- b' -- said otherwise\n);\n-- Another why.`);
  t.same(await migrate(url, folder), []);
  await write(`CREATE TABLE first ( name TEXT DEFAULT 'a -- c');`);
  await t.rejects(migrate(url, folder), { code: 'configuration-invalid', message: /does something else/ });

  await emptyDatabase();
  const sql = `CREATE TABLE first (\n  id INTEGER\n);\n`;
  await write(sql.replaceAll('\n', '\r\n'));
  await migrate(url, folder);
  await write(sql);
  t.same(await migrate(url, folder), []);
});

await t.test('what counts for the meaning of a migration is what PostgreSQL reads', async (t) => {
  const same = (a: string, b: string): boolean => meaningOf(a) === meaningOf(b);
  t.ok(same('SELECT  1;\n-- x\n', 'SELECT 1;'));
  t.notOk(same(`SELECT 'a  b'`, `SELECT 'a b'`));
  t.notOk(same(`SELECT "a--b"`, `SELECT "a--c"`));
  t.notOk(same('AS $$ -- a\n $$', 'AS $$ -- b\n $$'));
  t.notOk(same('AS $f$ $$ -- a\n $f$', 'AS $f$ $$ -- b\n $f$'));
  t.notOk(same(`SELECT E'\\' -- a'`, `SELECT E'\\' -- b'`));
  t.notOk(same('SELECT 1', 'SELECT1'));
  t.notOk(same('SELECT 1 /* a */', 'SELECT 1 /* b */'), 'a doubt makes a difference');
});

await t.test('a start that was killed in the middle of a migration goes on at the next start', async (t) => {
  await emptyDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'connector-migrations-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, '20260101000000_slow'), { recursive: true });
  const file = join(folder, '20260101000000_slow', 'migration.sql');
  await writeFile(file, 'CREATE TABLE slow (id INTEGER); SELECT pg_sleep(60);');
  const running = migrate(url, folder).catch((error: unknown) => error);
  await withClient(async (client) => {
    const killed = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE TABLE slow%' AND wait_event = 'PgSleep'`;
    while ((await client.query(killed)).rowCount === 0)
      await new Promise((resolve) => void setTimeout(resolve, 20));
    t.match(await running, { code: 'configuration-invalid' });
    const { rows } = await client.query('SELECT finished_at, logs FROM _prisma_migrations');
    t.same(rows, [{ finished_at: null, logs: null }], 'it has begun, and nobody refused it');
  });
  await writeFile(file, 'CREATE TABLE slow (id INTEGER);');
  t.same(await migrate(url, folder), ['20260101000000_slow']);
  t.same(await migrate(url, folder), []);
});
