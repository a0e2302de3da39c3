/**
 * Prints the SQL that leads from an empty database (or from an older schema) to prisma/schema, with Prisma's own schema
 * engine compiled to WebAssembly, so it needs no download.
 *
 *   node prisma/diff.mjs DATABASE_URL [file or folder of the older schema]
 *
 * The database is only asked for its version; nothing is written to it. The engine is internal to Prisma, hence a dev
 * tool and a test only: what runs in production is the SQL in prisma/migrations.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const require = createRequire(import.meta.url);
const schemaFolder = join(dirname(fileURLToPath(import.meta.url)), 'schema');

/** The files of a schema, which is a file or a folder: `[{ path, content }]`. */
export function readSchema(path) {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .toSorted()
        .map((name) => join(path, name))
    : [path];
  return files.map((file) => ({ path: file, content: readFileSync(file, 'utf8') }));
}

/** SQL script from `fromSchema` (files as of `readSchema`, or undefined for an empty database) to the committed schema. */
export async function schemaScript(databaseUrl, fromSchema) {
  const engine = await loadEngine(databaseUrl);
  const container = (files) => ({ tag: 'schemaDatamodel', files, configDir: dirname(schemaFolder) });
  const result = await engine.diff({
    from: fromSchema === undefined ? { tag: 'empty' } : container(fromSchema),
    to: container(readSchema(schemaFolder)),
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
  const datamodels = readSchema(schemaFolder).map(({ path, content }) => [path, content]);
  return bindings.SchemaEngine.new({ datamodels }, () => {}, adapter);
}

if (process.argv[1] && pathToFileURL(process.argv[1]).href === import.meta.url) {
  const [databaseUrl, oldSchema] = process.argv.slice(2);
  if (!databaseUrl) throw new Error('Usage: node prisma/diff.mjs DATABASE_URL [old schema]');
  process.stdout.write(await schemaScript(databaseUrl, oldSchema && readSchema(oldSchema)));
  process.exit(0);
}
