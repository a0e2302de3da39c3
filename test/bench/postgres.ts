import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrateQueueStore } from '../../src/jobs/queues.js';
import { startEmbeddedPostgres } from '../../src/demo/embedded-postgres.js';
import { migrate } from '../../src/store/migrate.js';
import { databaseUrl } from '../support/test-server.js';

/** Commits reach the disk as they do in earnest; only memory is set for a server rather than for a laptop. */
const SETTINGS = ['max_connections=200', 'shared_buffers=2GB', 'max_wal_size=4GB'];

export interface BenchServer {
  settings: string;
  /** A fresh database with all tables, those of the queue included; or a copy of another one that nobody is using. */
  create(name: string, template?: string): Promise<string>;
  drop(name: string): Promise<void>;
  /** Writes out what earlier rounds have left in memory, so that no later one pays for it. */
  checkpoint(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBenchServer(): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-bench-'));
  const server = await startEmbeddedPostgres({ folder, openIn: tmpdir(), settings: SETTINGS });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.query('CREATE DATABASE bench_template');
  await migrate(databaseUrl(server.url, 'bench_template'));
  await migrateQueueStore(databaseUrl(server.url, 'bench_template'));
  return {
    settings: `PostgreSQL ${rows[0]?.server_version} (${SETTINGS.join(', ')})`,
    async create(name, template = 'bench_template') {
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      return databaseUrl(server.url, name);
    },
    async drop(name) {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
    async checkpoint() {
      await client.query('CHECKPOINT');
    },
    async stop() {
      await client.end();
      await server.stop();
      await rm(server.folder, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
