/**
 * Prints the SQL that leads from an empty database (or from an older schema file) to prisma/schema.prisma, with Prisma's
 * own schema engine compiled to WebAssembly, so it needs no download.
 *
 *   node prisma/diff.mjs DATABASE_URL [old-schema-file]
 *
 * The database is only asked for its version; nothing is written to it. The engine is internal to Prisma, hence a dev
 * tool and a test only: what runs in production is the SQL in prisma/migrations.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const require = createRequire(import.meta.url);
const schemaPath = join(dirname(fileURLToPath(import.meta.url)), 'schema.prisma');

/** SQL script from `fromSchema` (text, or undefined for an empty database) to the committed schema. */
export async function schemaScript(databaseUrl, fromSchema) {
  const engine = await loadEngine(databaseUrl);
  const container = (content) => ({
    tag: 'schemaDatamodel',
    files: [{ path: 'schema.prisma', content }],
    configDir: dirname(schemaPath),
  });
  const result = await engine.diff({
    from: fromSchema === undefined ? { tag: 'empty' } : container(fromSchema),
    to: container(readFileSync(schemaPath, 'utf8')),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  if (fromSchema === undefined && !result.stdout?.includes('CREATE TABLE')) {
    throw new Error('The schema engine printed no tables: do not trust this diff.');
  }
  return result.stdout;
}

async function loadEngine(databaseUrl) {
  const folder = dirname(require.resolve('@prisma/schema-engine-wasm'));
  const bindings = await import(pathToFileURL(join(folder, 'schema_engine_bg.js')).href);
  const wasm = new WebAssembly.Module(readFileSync(join(folder, 'schema_engine_bg.wasm')));
  const instance = new WebAssembly.Instance(wasm, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  // Bound as Prisma's own CLI does it: the engine expects results, not exceptions.
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: databaseUrl }));
  const datamodels = [[schemaPath, readFileSync(schemaPath, 'utf8')]];
  return bindings.SchemaEngine.new({ datamodels }, () => {}, adapter);
}

if (process.argv[1] && pathToFileURL(process.argv[1]).href === import.meta.url) {
  const [databaseUrl, oldSchema] = process.argv.slice(2);
  if (!databaseUrl) throw new Error('Usage: node prisma/diff.mjs DATABASE_URL [old-schema-file]');
  process.stdout.write(await schemaScript(databaseUrl, oldSchema && readFileSync(oldSchema, 'utf8')));
  process.exit(0);
}
