import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { listFiles, readSources, repository } from './source-files.js';

/** Packages that no file imports, each with what needs it. */
const NEEDED_OTHERWISE: Record<string, string> = {
  '@prisma/client': 'the client that prisma/generate.mjs makes imports it',
  '@redocly/cli': 'npm run lint:openapi',
  '@types/node': 'types of Node',
  '@types/pg': 'types of pg',
  '@types/pg-copy-streams': 'types of pg-copy-streams',
  '@types/yauzl': 'types of yauzl',
  oxlint: 'npm run lint',
  'oxlint-tsgolint': 'npm run lint, its rules that know types',
  prettier: 'npm run format',
};

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const { dependencies, devDependencies } = JSON.parse(
  readFileSync(join(repository, 'package.json'), 'utf8'),
) as Manifest;

/** Text of every file of these folders that may name a package. */
function textOf(...folders: string[]): string {
  return folders
    .flatMap((folder) => listFiles(folder))
    .filter((path) => /\.(ts|mjs)$/.test(path) && path !== 'test/structure/unused.test.ts')
    .map((path) => readFileSync(join(repository, path), 'utf8'))
    .join('\n');
}

/** Whether a text imports or resolves a package, or a file of it. */
function names(text: string, name: string): boolean {
  return text.includes(`'${name}'`) || text.includes(`'${name}/`);
}

await t.test('every package of package.json is imported, or needed otherwise for a reason', async (t) => {
  const src = textOf('src');
  const all = textOf('src', 'test', 'prisma', 'scripts');
  const unused = [
    ...Object.keys(dependencies).filter((name) => !names(src, name)),
    ...Object.keys(devDependencies).filter((name) => !names(all, name)),
  ];
  t.same(unused.toSorted(), Object.keys(NEEDED_OTHERWISE).toSorted());
});

await t.test('what src imports is installed in production', async (t) => {
  // Doubles run from a checkout only.
  const shipped = readSources('src').filter(({ path }) => !path.startsWith('src/doubles/'));
  const packages = new Set(
    shipped.flatMap(({ imports }) =>
      imports
        .filter(({ file, specifier }) => file === null && !specifier.startsWith('node:'))
        .map(({ specifier }) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier),
    ),
  );
  t.same(
    [...packages].filter((name) => !(name in dependencies)),
    [],
  );
});

/** Exports that only the declarations of their own file need, each with the reason. */
const EXPORTED_FOR_DECLARATIONS: Record<string, string> = {
  'src/simulator/control/views.ts ClockView': 'types that are inferred elsewhere name it',
};

await t.test('nothing is exported for nobody', async (t) => {
  const sources = readSources('src');
  const others = readSources('test').filter(({ path }) => path !== 'test/structure/unused.test.ts');
  const files = [...sources, ...others].map(({ path, code }) => ({
    path,
    words: new Set(code.match(/\w+/g)),
  }));
  const exported = sources.flatMap(({ path, code }) =>
    [...code.matchAll(/^export (?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm)].map(
      ([, name = '']) => ({ path, name }),
    ),
  );
  t.ok(exported.length > 1_000, 'the exports were found');
  const own = exported.filter(
    ({ path, name }) => !files.some((file) => file.path !== path && file.words.has(name)),
  );
  t.same(
    own.map(({ path, name }) => `${path} ${name}`).toSorted(),
    Object.keys(EXPORTED_FOR_DECLARATIONS).toSorted(),
  );
});
