#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { openContext } from './cli/context.js';
import { runCli } from './cli/run-cli.js';

const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
const { context, close } = openContext();
try {
  process.exitCode = await runCli(process.argv.slice(2), {
    context,
    version: (JSON.parse(manifest) as { version: string }).version,
    printError: (text) => process.stderr.write(`${text}\n`),
  });
} finally {
  await close();
}
