import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { settingsMarkdown } from '../../src/config/config.js';
import { settingsCatalogue } from '../../src/connections/settings.js';
import { flowCatalogue } from '../../src/sync/flows/flow-catalogue.js';

const readme = readFileSync('README.md', 'utf8');
/** Formatting may align columns; what counts is what is in the cells. */
const cells = (line: string): string =>
  line
    .split('|')
    .map((cell) => cell.trim())
    .join('|');
const rows = new Set(readme.split('\n').map(cells));

await t.test('the README tells every setting as the program knows it', async (t) => {
  const wanted = settingsMarkdown()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  t.ok(wanted.length > 20);
  for (const line of wanted) t.ok(rows.has(cells(line)), line);
});

await t.test('the README tells every setting of a connection', async (t) => {
  for (const [key, setting] of Object.entries(settingsCatalogue)) {
    t.ok(
      rows.has(cells(`| \`${key}\` | \`${JSON.stringify(setting.default)}\` | ${setting.meaning} |`)),
      key,
    );
  }
});

await t.test('the README tells every flow with its schedule', async (t) => {
  for (const flow of Object.values(flowCatalogue)) {
    t.ok(rows.has(cells(`| \`${flow.name}\` | \`${flow.schedule}\` | ${flow.description} |`)), flow.name);
  }
});

await t.test('the files that the README links to are there', async (t) => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target ?? '');
  t.ok(links.length > 4);
  for (const link of links) t.ok(existsSync(link), link);
});
