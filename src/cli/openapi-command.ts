import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command } from './command.js';

export const openApiCommand: Command = {
  name: 'openapi',
  usage: '[--check]',
  summary: 'Write the OpenAPI files from the routes. --check writes nothing and fails when they are stale.',
  async run(args, context) {
    const { values } = parseArgs({ args, options: { check: { type: 'boolean' } } });
    const stale: string[] = [];
    for (const [file, document] of Object.entries(await context.openApiFiles())) {
      const content = typeof document === 'string' ? document : `${JSON.stringify(document, null, 2)}\n`;
      if ((await readFile(file, 'utf8').catch(() => null)) === content) continue;
      stale.push(file);
      if (values.check) continue;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    if (stale.length === 0) context.print('The OpenAPI files are up to date.');
    else context.print(`${values.check ? 'Stale' : 'Written'}: ${stale.join(', ')}`);
    return values.check && stale.length > 0 ? 1 : 0;
  },
};
