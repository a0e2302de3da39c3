#!/usr/bin/env node
import { openContext } from './cli/context.js';
import { runCli } from './cli/run-cli.js';
import { productVersion } from './version.js';

const { context, close } = openContext();
try {
  process.exitCode = await runCli(process.argv.slice(2), {
    context,
    version: productVersion(),
    printError: (text) => process.stderr.write(`${text}\n`),
  });
} finally {
  await close();
}
