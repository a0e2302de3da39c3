import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { errorCatalogue } from '../../src/kernel/errors.js';
import { areaOf, listFiles, readSources, repository, type SourceFile } from './source-files.js';

const sources = readSources('src');
const tests = readSources('test');

interface OwnedTable {
  /** The area that writes it; everybody else calls that area's functions. */
  owner: string;
  /** Its name in the Prisma client, such as `orderLine`. */
  model: string;
  /** Its name in the database, such as `order_lines`. */
  table: string;
}

/** Every table with its owner, the area after which the file of prisma/schema is named that its model stands in. */
const tables: OwnedTable[] = listFiles('prisma/schema').flatMap((path) => {
  const schema = readFileSync(join(repository, path), 'utf8');
  return [...schema.matchAll(/^model (\w)(\w*) \{[\s\S]*?^ {2}@@map\("(\w+)"\)\n\}/gm)].map(
    ([, initial = '', rest = '', table = '']) => ({
      owner: basename(path, '.prisma'),
      model: initial.toLowerCase() + rest,
      table,
    }),
  );
});

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
  const intruders = tables.flatMap(({ owner, model, table }) =>
    sources
      .filter((file) => areaOf(file.path) !== owner && writesTable(file, model, table))
      .map((file) => `${file.path} writes ${table}`),
  );
  t.same(intruders, []);
  const areas = new Set(sources.map(({ path }) => areaOf(path)));
  const models = listFiles('prisma/schema').flatMap((path) =>
    [...readFileSync(join(repository, path), 'utf8').matchAll(/^model \w+/gm)].map(() => path),
  );
  t.ok(models.length > 30, 'the models were found');
  t.equal(tables.length, models.length, 'every model names its table in its last line');
  t.same(
    tables.filter(({ owner }) => !areas.has(owner)),
    [],
    'every model stands in the file of an area',
  );
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
    matching(sources, pattern, (file) => ['outbound', 'simulator', 'doubles'].includes(areaOf(file.path))),
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
