import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { AppError, messageOf } from '../kernel/errors.js';
import { bridges, type Bridge } from './migration-bridges.js';
import { meaningOf } from './migration-meaning.js';

/** Prisma's own lock, so that `prisma migrate deploy` and this runner never work at the same time. */
const PRISMA_MIGRATION_LOCK = 72707369;

/** As Prisma makes it, so that either tool can go on where the other stopped. */
const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/** In Prisma's column for the log of a migration that failed; one that did not fail has none. */
const MEANING = 'meaning ';

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** The migrations that ship with this version, in order of name. */
export async function shippedMigrations(folder = migrationsFolder()): Promise<Migration[]> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      // Git may check texts out with the line ends of the machine.
      const sql = (await readFile(join(folder, name, 'migration.sql'), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, checksum: checksumOf(sql) };
    }),
  );
}

function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

function migrationsFolder(): string {
  return fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
}

/**
 * Applies what is missing, each file in one transaction, and records it in Prisma's ledger. A database that a former
 * version of a file has made is led over to the present one. Safe to run from many processes at once, again at every
 * start, and after a run that was killed.
 * @returns names of the migrations that this call applied or led over
 * @throws AppError configuration-invalid when an applied file does something else by now, or one failed
 */
export async function migrate(databaseUrl: string, folder?: string): Promise<string[]> {
  const migrations = await shippedMigrations(folder);
  const client = new pg.Client({ connectionString: databaseUrl });
  // A server that ends meanwhile is told by the statement that was under way.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_MIGRATION_LOCK]);
    await client.query("SET TIME ZONE 'UTC'");
    await client.query(CREATE_LEDGER);
    const ledger = await readLedger(client);
    const done: string[] = [];
    for (const migration of migrations) {
      const row = ledger.get(migration.name);
      const step = nextStep(migration, row);
      if (step === 'none') continue;
      if (row && step === 'apply') await forget(client, row);
      if (step === 'apply') await apply(client, migration);
      else await leadOver(client, migration, step);
      done.push(migration.name);
    }
    return done;
  } finally {
    await client.end();
  }
}

interface MigrationState {
  pending: string[];
  /** Applied by a newer version of this program. */
  unknown: string[];
}

/** What a start or `doctor` wants to know: is the database at this program's version? */
export async function migrationState(databaseUrl: string): Promise<MigrationState> {
  const migrations = await shippedMigrations();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const ledger = await client.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists");
    const applied = ledger.rows[0].exists ? await readLedger(client) : new Map<string, LedgerRow>();
    const shipped = new Set(migrations.map((migration) => migration.name));
    return {
      pending: migrations
        .filter((migration) => nextStep(migration, applied.get(migration.name)) !== 'none')
        .map((migration) => migration.name),
      unknown: [...applied.keys()].filter((name) => !shipped.has(name)),
    };
  } finally {
    await client.end();
  }
}

interface LedgerRow {
  id: string;
  name: string;
  checksum: string;
  finished: boolean;
  logs: string | null;
}

async function readLedger(client: pg.Client): Promise<Map<string, LedgerRow>> {
  const { rows } = await client.query<LedgerRow>(
    `SELECT id, migration_name AS name, checksum, finished_at IS NOT NULL AS finished, logs
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return new Map(rows.map((row) => [row.name, row]));
}

/**
 * What is left to do for a migration.
 * @throws AppError configuration-invalid when that is not known
 */
function nextStep(migration: Migration, row: LedgerRow | undefined): 'none' | 'apply' | Pick<Bridge, 'sql'> {
  if (!row) return 'apply';
  if (!row.finished) {
    // A process that ended in the middle has left nothing: file and end of the row are one transaction.
    if (row.logs === null) return 'apply';
    throw new AppError(
      'configuration-invalid',
      `Migration ${migration.name} failed earlier. See its row in _prisma_migrations, mend the cause, then mark it as rolled back and start again.`,
    );
  }
  const { name, sql, checksum } = migration;
  if (row.checksum === checksum || row.checksum === checksumOf(sql.replaceAll('\n', '\r\n'))) return 'none';
  const bridge = bridges.find((known) => known.migration === name && known.checksum === row.checksum);
  if (bridge) return bridge;
  if (row.logs === `${MEANING}${meaningOf(sql)}`) return 'none';
  throw new AppError(
    'configuration-invalid',
    `Migration ${name} does something else here than when it was applied to this database. Start the version of this program that last worked with it, or restore ${name}/migration.sql as it was then (SHA-256 ${row.checksum}).`,
  );
}

async function forget(client: pg.Client, { id }: LedgerRow): Promise<void> {
  await client.query('UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = $1', [id]);
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ]);
  const finish = `UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1,
    logs = '${MEANING}${meaningOf(sql)}' WHERE id = '${id}'`;
  try {
    await together(client, sql, finish);
  } catch (cause) {
    const reason = messageOf(cause);
    // Without its connection the file was not refused, only stopped: the next run begins it again.
    await client
      .query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, reason])
      .catch(() => undefined);
    throw new AppError('configuration-invalid', `Migration ${name} failed: ${reason}`, { cause });
  }
}

async function leadOver(
  client: pg.Client,
  { name, sql, checksum }: Migration,
  bridge: Pick<Bridge, 'sql'>,
): Promise<void> {
  const takeOver = `UPDATE _prisma_migrations SET checksum = '${checksum}', logs = '${MEANING}${meaningOf(sql)}'
    WHERE migration_name = '${name}' AND rolled_back_at IS NULL`;
  try {
    await together(client, bridge.sql, takeOver);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new AppError(
      'configuration-invalid',
      `What a former version of migration ${name} has made could not be led over: ${reason}`,
      { cause },
    );
  }
}

/** Sent as one simple query, which PostgreSQL runs as one transaction. A file may end with a comment. */
async function together(client: pg.Client, ...statements: string[]): Promise<void> {
  await client.query(statements.join('\n;\n'));
}
