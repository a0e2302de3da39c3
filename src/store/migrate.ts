import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { AppError, messageOf } from '../errors.js';

/** Prisma's own lock, so that `prisma migrate deploy` and this runner never work at the same time. */
const PRISMA_MIGRATION_LOCK = 72707369;

/** As Prisma makes it, so that either tool can go on where the other stopped. */
const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

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
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function migrationsFolder(): string {
  return fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
}

/**
 * Applies what is missing, each file in one transaction, and records it in Prisma's ledger. Safe to run from many
 * processes at once and again at every start.
 * @returns names of the migrations that this call applied
 * @throws AppError configuration-invalid when an applied file was edited, or one failed
 */
export async function migrate(databaseUrl: string, folder?: string): Promise<string[]> {
  const migrations = await shippedMigrations(folder);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_MIGRATION_LOCK]);
    await client.query("SET TIME ZONE 'UTC'");
    await client.query(CREATE_LEDGER);
    const applied = await readLedger(client);
    const done: string[] = [];
    for (const migration of migrations) {
      if (isApplied(migration, applied)) continue;
      await apply(client, migration);
      done.push(migration.name);
    }
    return done;
  } finally {
    await client.end();
  }
}

export interface MigrationState {
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
        .filter((migration) => !isApplied(migration, applied))
        .map((migration) => migration.name),
      unknown: [...applied.keys()].filter((name) => !shipped.has(name)),
    };
  } finally {
    await client.end();
  }
}

interface LedgerRow {
  checksum: string;
  finished: boolean;
}

async function readLedger(client: pg.Client): Promise<Map<string, LedgerRow>> {
  const { rows } = await client.query<LedgerRow & { name: string }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return new Map(rows.map((row) => [row.name, row]));
}

function isApplied(migration: Migration, ledger: Map<string, LedgerRow>): boolean {
  const row = ledger.get(migration.name);
  if (!row) return false;
  if (!row.finished) {
    throw new AppError(
      'configuration-invalid',
      `Migration ${migration.name} failed earlier. See its row in _prisma_migrations, mend the cause, then mark it as rolled back and start again.`,
    );
  }
  if (row.checksum !== migration.checksum) {
    throw new AppError(
      'configuration-invalid',
      `Migration ${migration.name} was edited after it had been applied. Restore the file as it was released.`,
    );
  }
  return true;
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const id = randomUUID();
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    migration.checksum,
    migration.name,
  ]);
  try {
    // Sent as one simple query, which PostgreSQL runs as one transaction.
    await client.query(migration.sql);
  } catch (cause) {
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, messageOf(cause)]);
    throw new AppError('configuration-invalid', `Migration ${migration.name} failed: ${messageOf(cause)}`, {
      cause,
    });
  }
  await client.query(
    'UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1',
    [id],
  );
}
