import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Test } from 'tap';
import { openDatabase, type Database, type DatabaseOptions } from '../../src/store/database.js';
import { databaseUrl, startTestServer, TEMPLATE_DATABASE } from './test-server.js';

/**
 * A fresh, migrated database for one test file, dropped at its end. `npm test` starts one server for all files; a file
 * that is run alone starts its own.
 */
export async function testDatabaseUrl(t: Pick<Test, 'teardown'>): Promise<string> {
  let serverUrl = process.env['CONNECTOR_TEST_SERVER'];
  if (!serverUrl) {
    const server = await startTestServer();
    t.teardown(() => server.stop());
    serverUrl = server.url;
  }
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  const server = serverUrl;
  t.teardown(() => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  return databaseUrl(serverUrl, name);
}

/** The same, opened as the product opens it. */
export async function testDatabase(t: Test, options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const url = await testDatabaseUrl(t);
  const database = openDatabase({ url, ...options });
  t.teardown(() => database.close());
  return database;
}

async function onServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    // A template that somebody is connected to cannot be cloned: two files that clone at once take turns.
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query(sql);
  } finally {
    await client.end();
  }
}
