import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import t from 'tap';
import { generatedTables } from '../../src/cli/generated-tables.js';
import { fillTables, markdownTable, tablesOf } from '../../src/cli/marked-tables.js';
import { commandLine, type Said } from '../support/command-line.js';

const MOST_LINES_OF_README = 200;

const docs = readdirSync('docs')
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const pages = new Map(
  ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...docs].map((path) => [
    path,
    readFileSync(path, 'utf8'),
  ]),
);
const tables = await generatedTables();

await t.test('every table that mirrors the code is as the program has it (npm run generate)', (t) => {
  const shown = new Set<string>();
  for (const [path, text] of pages) {
    t.equal(fillTables(text, tables), text, path);
    for (const name of tablesOf(text)) shown.add(name);
  }
  t.same(shown, new Set(Object.keys(tables)), 'every table stands on a page');
  t.throws(() => fillTables('<!-- table: nothing -->\n<!-- end of table -->', tables), /no table nothing/);
  t.end();
});

await t.test('a table that has gone stale is found and written again, and nothing else', (t) => {
  const page = (row: string) => `before\n\n<!-- table: flows -->\n${row}\n<!-- end of table -->\n\nafter\n`;
  const filled = fillTables(page('| stale |'), tables);
  t.match(filled, /^before\n\n[\s\S]*\| `pull-orders` \| `\*\/15 \* \* \* \*` \|[\s\S]*\n\nafter\n$/);
  t.notMatch(filled, 'stale');
  t.equal(fillTables(filled, tables), filled);
  t.equal(
    markdownTable(['A', 'B'], [['x|y', 'two\nlines']]),
    '| A | B |\n| --- | --- |\n| x\\|y | two lines |',
  );
  t.end();
});

await t.test('generate writes stale pages, and with --check only says so and fails', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'connector-pages-'));
  const before = process.cwd();
  t.teardown(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true });
  });
  await mkdir(join(folder, 'docs'));
  const stale = '<!-- table: flows -->\n<!-- end of table -->\n';
  await writeFile(join(folder, 'README.md'), 'no table here\n');
  await writeFile(join(folder, 'docs/page.md'), stale);
  process.chdir(folder);
  t.match(await generate('--check'), { code: 1, text: /Stale: docs\/page\.md$/ });
  t.equal(await readFile('docs/page.md', 'utf8'), stale);
  t.match(await generate(), { code: 0, text: /Written: docs\/page\.md$/ });
  t.match(await readFile('docs/page.md', 'utf8'), 'pull-orders');
  t.match(await generate('--check'), { code: 0, text: /up to date/ });
});

function generate(...args: string[]): Promise<Said> {
  return commandLine({ documentationTables: async () => tables })('generate', ...args);
}

await t.test('settings, flows, commands, metrics and codes are all there, with what they mean', (t) => {
  const least = {
    settings: 40,
    'connection-settings': 20,
    flows: 6,
    commands: 15,
    metrics: 10,
    'event-types': 50,
    'error-codes': 20,
    statuses: 4,
  };
  for (const [name, count] of Object.entries(least)) {
    const rows = (tables[name] ?? '').split('\n').slice(2);
    t.ok(rows.length >= count, `${rows.length} rows of ${name}`);
    for (const row of rows) t.notMatch(row, /\|\s+\||undefined/, row.startsWith('|') ? name : row);
  }
  t.end();
});

await t.test('the README is read to its end', (t) => {
  const lines = pages.get('README.md')?.split('\n').length ?? Infinity;
  t.ok(lines <= MOST_LINES_OF_README + 1, `${lines - 1} lines`);
  t.end();
});

await t.test('links between the pages lead to files and headings that are there', (t) => {
  let links = 0;
  for (const [path, text] of pages) {
    for (const target of linksOf(text)) {
      links += 1;
      const problem = problemOf(path, target);
      t.notOk(problem, `${path}: ${target} ${problem ?? ''}`);
    }
  }
  t.ok(links > 60, `${links} links`);
  t.equal(problemOf('README.md', 'docs/api.md#no-such-heading'), 'has no such heading');
  t.equal(problemOf('docs/api.md', 'no-such-page.md'), 'is not there');
  t.end();
});

await t.test('every page can be reached from the README', (t) => {
  const reached = new Set(['README.md']);
  for (const path of reached) {
    for (const target of linksOf(pages.get(path) ?? '')) {
      const page = normalize(join(dirname(path), target.split('#')[0] ?? ''));
      if (pages.has(page)) reached.add(page);
    }
  }
  t.same(
    docs.filter((path) => !reached.has(path)),
    [],
  );
  t.end();
});

/** Relative targets; what is inside code is no link. */
function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`(?!\])/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter(isRelative);
}

function isRelative(target: string): boolean {
  return !/^[a-z]+:/.test(target);
}

function problemOf(from: string, target: string): string | null {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), file));
  if (!existsSync(path)) return 'is not there';
  if (anchor === undefined) return null;
  return anchorsOf(pages.get(path) ?? '').has(anchor) ? null : 'has no such heading';
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let n = 1; found.has(unique); n++) unique = `${anchor}-${n}`;
    found.add(unique);
  }
  return found;
}
