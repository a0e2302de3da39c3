import { readdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Command } from './command.js';
import { fillTables } from './marked-tables.js';
import { openApiCommand } from './openapi-command.js';

export const generateCommand: Command = {
  name: 'generate',
  usage: '[--check]',
  summary:
    'Write what the repository shows of the program: the OpenAPI files, and the tables in README.md and docs. --check writes nothing and fails when something is stale.',
  async run(args, context) {
    const { values } = parseArgs({ args, options: { check: { type: 'boolean' } } });
    const openApi = await openApiCommand.run(args, context);
    const tables = await context.documentationTables();
    const stale: string[] = [];
    for (const page of await pagesWithTables()) {
      const text = await readFile(page, 'utf8');
      const filled = fillTables(text, tables);
      if (filled === text) continue;
      stale.push(page);
      if (!values.check) await writeFile(page, filled);
    }
    if (stale.length === 0) context.print('The tables of the pages are up to date.');
    else context.print(`${values.check ? 'Stale' : 'Written'}: ${stale.join(', ')}`);
    return values.check && stale.length > 0 ? 1 : openApi;
  },
};

/** Pages of the repository, from its root; without one there is nothing to write. */
async function pagesWithTables(): Promise<string[]> {
  const docs = (await readdir('docs')).filter((name) => name.endsWith('.md')).toSorted();
  return ['README.md', ...docs.map((name) => `docs/${name}`)];
}
