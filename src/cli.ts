#!/usr/bin/env node
import { endAtOnceOnSignal } from './cli/end-at-once.js';

// The one command that is a server; the others take a signal as every command does.
if (process.argv[2] === 'simulator') endAtOnceOnSignal();

// Loaded after that: it takes a second or more.
const { openContext } = await import('./cli/context.js');
const { runCli } = await import('./cli/run-cli.js');
const { productVersion } = await import('./kernel/version.js');

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
