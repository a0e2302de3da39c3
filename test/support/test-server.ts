import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/demo/embedded-postgres.js';
import { migrate } from '../../src/store/migrate.js';

/** Cloned for every test file. */
export const TEMPLATE_DATABASE = 'connector_template';

export interface TestServer {
  /** To the server's own database; test files clone the template beside it. */
  url: string;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL for tests with the migrated template in it: the one that DATABASE_URL_FOR_TESTS names (CI tries other
 * versions so), else an embedded one that forgets everything at the end.
 */
export async function startTestServer(): Promise<TestServer> {
  const given = process.env['DATABASE_URL_FOR_TESTS'];
  if (given) {
    await prepareTemplate(given);
    return { url: given, stop: async () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), 'connector-test-'));
  const server = await startEmbeddedPostgres({
    folder,
    openIn: tmpdir(),
    durable: false,
    settings: ['max_connections=300', 'shared_buffers=256MB', 'max_wal_size=4GB'],
  });
  await prepareTemplate(server.url);
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(server.folder, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function prepareTemplate(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE_DATABASE}`);
  await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await client.end();
  await migrate(databaseUrl(serverUrl, TEMPLATE_DATABASE));
}
