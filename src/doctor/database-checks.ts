import { poolSizes, type Config } from '../config/config.js';
import { AppError } from '../kernel/errors.js';
import type { Database } from '../store/database.js';
import { migrationState, shippedMigrations } from '../store/migrate.js';
import { fail, ok, warn, type Finding } from './finding.js';

const LEAST_POSTGRES = 15;
/** Left for people with psql, backups and a rolling restart. */
const SPARE_CONNECTIONS = 10;

export async function checkDatabaseVersion(db: Pick<Database, 'pool'>): Promise<Finding> {
  const { rows } = await db.pool.query<{ server_version_num: string }>('SHOW server_version_num');
  const version = Number(rows[0]?.server_version_num) / 10_000;
  const detail = `PostgreSQL ${Math.floor(version)}`;
  return version >= LEAST_POSTGRES
    ? ok('database', detail)
    : fail('database', `${detail} is too old.`, `Use PostgreSQL ${LEAST_POSTGRES} or newer.`);
}

export async function checkMigrations(databaseUrl: string): Promise<Finding> {
  const { pending, unknown } = await migrationState(databaseUrl);
  if (pending.length > 0) {
    return fail('migrations', `Not applied yet: ${pending.join(', ')}.`, 'Run the command migrate.');
  }
  if (unknown.length > 0) {
    return warn(
      'migrations',
      `The database is of a newer version: ${unknown.join(', ')}.`,
      'Update this program before it writes.',
    );
  }
  return ok('migrations', 'all applied');
}

/**
 * For a start: tables that are not there yet would only show as errors of the first query.
 * @throws AppError configuration-invalid
 */
export async function refuseUnmigrated(db: Pick<Database, 'pool'>): Promise<void> {
  const { rows: ledger } = await db.pool.query<{ there: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there",
  );
  const { rows: applied } = ledger[0]?.there
    ? await db.pool.query<{ name: string }>(
        'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      )
    : { rows: [] };
  const done = new Set(applied.map(({ name }) => name));
  const missing = (await shippedMigrations()).filter(({ name }) => !done.has(name)).map(({ name }) => name);
  if (missing.length === 0) return;
  throw new AppError(
    'configuration-invalid',
    `The database is not at this version yet: ${missing.length} migrations are missing, the first is ${missing[0]}. Run the command migrate, then start again.`,
  );
}

/**
 * For a start: this process alone must fit into what the server allows.
 * @param needed connections that this process may hold, those of the queue included
 * @throws AppError configuration-invalid
 */
export async function checkConnectionBudget(db: Pick<Database, 'pool'>, needed: number): Promise<void> {
  const { most } = await readConnections(db);
  if (needed <= most - SPARE_CONNECTIONS) return;
  throw new AppError(
    'configuration-invalid',
    `This process may hold ${needed} database connections, but the server allows ${most}, of which ${SPARE_CONNECTIONS} stay free. Lower API_DATABASE_CONNECTIONS, API_READ_CONNECTIONS, WORKER_DATABASE_CONNECTIONS or WORKER_READ_CONNECTIONS, or raise max_connections.`,
  );
}

/** For the doctor: what is in use by everybody, and whether one more process of this kind would fit. */
export async function checkConnections(db: Pick<Database, 'pool'>, config: Config): Promise<Finding> {
  const { used, most } = await readConnections(db);
  const { prismaConnections, readConnections: readers } = poolSizes(config);
  const detail = `${used} of ${most} connections in use; a process of this role holds up to ${prismaConnections + readers}, and those of the queue`;
  return used + SPARE_CONNECTIONS > most
    ? warn('connections', detail, 'Raise max_connections, or lower the pool sizes.')
    : ok('connections', detail);
}

async function readConnections(db: Pick<Database, 'pool'>): Promise<{ used: number; most: number }> {
  const { rows } = await db.pool.query<{ used: number; most: number }>(
    `SELECT (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
            current_setting('max_connections')::int AS most`,
  );
  return rows[0] ?? { used: 0, most: 0 };
}

/** History of a month without a partition lands in the default one, which is never dropped. */
export async function checkPartitions(db: Pick<Database, 'pool'>, now: Date): Promise<Finding> {
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
  const month = next.toISOString().slice(0, 7).replace('-', '');
  const { rows } = await db.pool.query<{ missing: string }>(
    `SELECT name || '_' || $1 AS missing FROM unnest(ARRAY['events', 'runs', 'outbox_attempts']) AS name
     WHERE to_regclass(name || '_' || $1) IS NULL`,
    [month],
  );
  return rows.length === 0
    ? ok('partitions', `there up to ${month} at least`)
    : warn(
        'partitions',
        `Missing: ${rows.map((row) => row.missing).join(', ')}.`,
        'A running worker makes them once an hour: see whether one runs.',
      );
}
