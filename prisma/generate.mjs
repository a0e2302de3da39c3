/**
 * Makes the Prisma client from the schema, without a network: `prisma generate` wants to download a schema engine that
 * it does not use, so it is pointed at a program that exists. Does nothing when the schema has not changed.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const generated = join(here, '..', 'src', 'store', 'generated');
const stamp = join(generated, '.schema-hash');
const folder = join(here, 'schema');
const version = require('prisma/package.json').version;
const hashed = createHash('sha256').update(version);
for (const file of readdirSync(folder).toSorted())
  hashed.update(file).update(readFileSync(join(folder, file)));
const hash = hashed.digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
  const cli = require.resolve('prisma/build/index.js');
  execFileSync(process.execPath, [cli, 'generate', '--schema', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  writeFileSync(stamp, hash);
}
