import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { errorCatalogue } from '../../src/kernel/errors.js';
import { areaOf, listFiles, readSources, repository, type SourceFile } from './source-files.js';

const sources = readSources('src');
const tests = readSources('test');

/** Which area writes which table: Prisma's model and the table's name. Everybody else calls that area's functions. */
const TABLE_OWNERS: Record<string, [model: string, table: string][]> = {
  documents: [
    ['document', 'documents'],
    ['event', 'events'],
  ],
  orders: [
    ['order', 'orders'],
    ['orderLine', 'order_lines'],
    ['orderUnit', 'order_units'],
    ['stockPiece', 'stock_pieces'],
    ['touchedSku', 'touched_skus'],
  ],
  shipments: [
    ['shipment', 'shipments'],
    ['shipmentPackage', 'shipment_packages'],
    ['shippingProviderList', 'shipping_provider_lists'],
  ],
  acknowledgements: [['acknowledgement', 'acknowledgements']],
  inventory: [
    ['import', 'imports'],
    ['importFinding', 'import_findings'],
    ['inventoryState', 'inventory_states'],
    ['inventoryItem', 'inventory_items'],
    ['inventoryHeldRow', 'inventory_held_rows'],
    ['skuMatch', 'sku_matches'],
    ['sentValue', 'sent_values'],
  ],
  catalogue: [
    ['catalogProduct', 'catalog_products'],
    ['catalogSku', 'catalog_skus'],
    ['shopWarehouse', 'shop_warehouses'],
  ],
  cancellations: [['cancellation', 'cancellations']],
  deadlines: [['deadlineNotice', 'deadline_notices']],
  returns: [
    ['return', 'returns'],
    ['returnAnswer', 'return_answers'],
  ],
  companies: [
    ['company', 'companies'],
    ['apiKey', 'api_keys'],
    ['operator', 'operators'],
    ['operatorSession', 'operator_sessions'],
    ['loginAttempt', 'login_attempts'],
  ],
  connections: [
    ['connection', 'connections'],
    ['authorization', 'authorizations'],
    ['oauthState', 'oauth_states'],
  ],
  sync: [
    ['flow', 'flows'],
    ['run', 'runs'],
    ['outboxEntry', 'outbox'],
    ['outboxAttempt', 'outbox_attempts'],
    ['budget', 'budgets'],
  ],
  http: [['idempotencyKey', 'idempotency_keys']],
  store: [
    ['changeHead', 'change_heads'],
    ['blob', 'blobs'],
    ['blobChunk', 'blob_chunks'],
  ],
};

const PRISMA_WRITES =
  'create|createMany|createManyAndReturn|update|updateMany|updateManyAndReturn|upsert|delete|deleteMany';

function writesTable(file: SourceFile, model: string, table: string): boolean {
  const byModel = new RegExp(`\\.${model}\\s*\\.(${PRISMA_WRITES})\\(`);
  const bySql = new RegExp(`\\b(INSERT\\s+INTO|UPDATE|DELETE\\s+FROM|COPY)\\s+"?${table}"?[\\s(]`, 'i');
  return byModel.test(file.code) || bySql.test(file.code);
}

function matching(
  files: SourceFile[],
  pattern: RegExp,
  except: (file: SourceFile) => boolean = () => false,
): string[] {
  return files
    .filter((file) => !except(file))
    .flatMap((file) =>
      pattern.test(file.code) ? [`${file.path}: ${pattern.exec(file.code)?.[0].trim()}`] : [],
    );
}

await t.test('every table is written by the folder that owns it, and by no other', async (t) => {
  const intruders = Object.entries(TABLE_OWNERS).flatMap(([owner, tables]) =>
    tables.flatMap(([model, table]) =>
      sources
        .filter((file) => areaOf(file.path) !== owner && writesTable(file, model, table))
        .map((file) => `${file.path} writes ${table}`),
    ),
  );
  t.same(intruders, []);
  const schema = readFileSync(join(repository, 'prisma/schema.prisma'), 'utf8');
  const models = [...schema.matchAll(/@@map\("(\w+)"\)/g)].map(([, name]) => name);
  const owned = Object.values(TABLE_OWNERS).flatMap((tables) => tables.map(([, table]) => table));
  t.same(new Set(models), new Set(owned), 'every table has an owner');
});

await t.test('only the configuration reads the environment', async (t) => {
  t.same(
    matching(sources, /process\.env\b/, (file) => file.path === 'src/config/config.ts'),
    [],
  );
});

await t.test('requests leave the program through one door', async (t) => {
  const pattern = /(?<![.\w])fetch\(|\bhttps?\.(request|get)\(/;
  t.same(
    matching(sources, pattern, (file) => ['outbound', 'simulator'].includes(areaOf(file.path))),
    [],
  );
});

await t.test('files export names, and no file only passes others on', async (t) => {
  t.same(matching(sources, /^export (default\b|\*)/m), []);
  const names = listFiles('src').map((path) => basename(path));
  t.same(
    names.filter((name) => /^(index|utils?|helpers?|types|common-types)\.ts$/.test(name)),
    [],
  );
});

await t.test('files and folders have kebab-case names', async (t) => {
  const paths = [...sources, ...tests].map((file) => file.path);
  t.same(
    paths.filter((path) => !/^[a-z0-9-]+(\/[a-z0-9-]+)*(\.test)?\.ts$/.test(path)),
    [],
  );
});

await t.test('nothing is left open or switched off without a reason', async (t) => {
  const all = [...sources, ...tests].filter((file) => !file.path.startsWith('test/structure/'));
  const left = all.flatMap((file) =>
    file.text
      .split('\n')
      .filter((line) =>
        /\b(TODO|FIXME|HACK)\b|@ts-(ignore|nocheck)|\bas any\b|\.only\(|(ox|es)lint-disable(?!.* -- )/.test(
          line,
        ),
      )
      .map((line) => `${file.path}: ${line.trim()}`),
  );
  t.same(left, []);
});

await t.test('every code of the error catalogue is in use', async (t) => {
  const rest = sources.filter((file) => file.path !== 'src/kernel/errors.ts').map((file) => file.code);
  t.same(
    Object.keys(errorCatalogue).filter((code) => !rest.some((text) => text.includes(`'${code}'`))),
    [],
  );
});

await t.test('every test makes a promise of its own', async (t) => {
  const seen = new Map<string, string>();
  const twice: string[] = [];
  for (const file of tests) {
    for (const [, name] of file.code.matchAll(/\bt\.test\(\s*(['"`].+?['"`]),/g)) {
      if (!name || name.includes('${')) continue;
      if (seen.has(name)) twice.push(`${name} in ${seen.get(name)} and ${file.path}`);
      seen.set(name, file.path);
    }
  }
  t.ok(seen.size > 20, 'the tests were found');
  t.same(twice, []);
});

await t.test('what is committed names no machine, no workplace and no registry', async (t) => {
  // Written so that the pattern does not find itself.
  const pattern =
    /(^|[\s'"`(=:])\/(w[o]rk|f[a]rm)\/|\.\.\/s[h]ared\/|registry\.[a-z]+\.[a-z]+|"resolve[d]": "http/;
  const found = listFiles('.')
    .filter((path) => !/\.(png|ico|woff2?)$/.test(path))
    .flatMap((path) =>
      readFileSync(join(repository, path), 'utf8')
        .split('\n')
        .filter((line) => pattern.test(line))
        .map((line) => `${path}: ${line.trim().slice(0, 120)}`),
    );
  t.same(found, []);
});

const long = [...sources, ...tests].filter((file) => file.text.split('\n').length > 400);
for (const file of long) t.comment(`${file.path} has over 400 lines: does it still hold one thing?`);
