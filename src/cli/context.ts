import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { loadConfig, poolSizes, type Config } from '../config/config.js';
import { postgresFolders } from '../demo/postgres-folders.js';
import { AppError } from '../kernel/errors.js';
import { openDatabase } from '../store/database.js';
import { findEmbeddedPostgres } from '../demo/embedded-postgres.js';
import { systemClock } from '../kernel/time.js';
import type { CommandContext, OpenDatabase } from './command.js';
import { productFlows } from '../compose/product-flows.js';
import { generatedTables } from './generated-tables.js';
import { openApiFiles } from './openapi-files.js';

/** The real world of commands. `close` gives back what they have opened. */
export function openContext(): { context: CommandContext; close: () => Promise<void> } {
  let config: Config | undefined;
  let database: OpenDatabase | undefined;
  const context: CommandContext = {
    clock: systemClock,
    flows: productFlows,
    config: () => (config ??= loadConfig()),
    async database() {
      database ??= await openFor(context.config());
      return database;
    },
    print: (text) => process.stdout.write(`${text}\n`),
    async printed() {
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
    },
    readSecret,
    openApiFiles,
    documentationTables: generatedTables,
  };
  return {
    context,
    async close() {
      await database?.db.close();
    },
  };
}

async function openFor(config: Config): Promise<OpenDatabase> {
  const url = config.databaseUrl ?? (await findEmbeddedPostgres(postgresFolders(config.dataDir)));
  if (!url) {
    throw new AppError(
      'configuration-invalid',
      'The demo does not run. Start it with npm start, or set DATABASE_URL.',
    );
  }
  const { prismaConnections } = poolSizes({ ...config, role: 'api' });
  return {
    url,
    db: openDatabase({ url, prismaConnections, readConnections: 1, applicationName: 'connector-cli' }),
  };
}

/** On a terminal the answer is not shown; a pipe gives its first line. */
async function readSecret(prompt: string): Promise<string> {
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (process.stdin.isTTY) process.stderr.write(prompt);
  const lines = createInterface({
    input: process.stdin,
    output: hidden,
    terminal: process.stdin.isTTY,
  });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (process.stdin.isTTY) process.stderr.write('\n');
  }
}
