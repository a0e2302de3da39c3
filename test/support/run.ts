/**
 * `npm test`: one PostgreSQL for all test files, tap, and a last line that says how many passed.
 * Further arguments go to tap, such as the names of single files.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startTestServer } from './test-server.js';

const server = await startTestServer();
const folder = await mkdtemp(join(tmpdir(), 'connector-tap-'));
const output = join(folder, 'out.tap');
let exitCode: number;
try {
  // Where nobody watches, the moving picture of the reporter would only fill the log, and may be cut at the end.
  const reporter = process.stdout.isTTY ? [] : ['--reporter=silent'];
  exitCode = await tap(['--output-file', output, ...reporter, ...process.argv.slice(2)]);
} finally {
  await server.stop();
}
if (exitCode !== 0) await printFailures(output);
const totals = await readTotals(output);
await rm(folder, { recursive: true, force: true });
if (!totals) {
  console.error('tap printed no totals.');
  exitCode ||= 1;
} else {
  const skipped = totals.skip + totals.todo;
  // On a line of its own, whatever the reporter has left on the last one.
  console.log(`\n${totals.pass} passed, ${totals.fail} failed${skipped ? `, ${skipped} skipped` : ''}`);
  if (skipped && process.env['FAIL_ON_SKIPPED_TESTS'] === '1') exitCode ||= 1;
}
process.exitCode = exitCode;

function tap(parameters: string[]): Promise<number> {
  const require = createRequire(import.meta.url);
  const bin = join(dirname(require.resolve('tap/package.json')), 'dist', 'esm', 'run.mjs');
  const child = spawn(process.execPath, [bin, ...parameters], {
    stdio: 'inherit',
    env: { ...process.env, CONNECTOR_TEST_SERVER: server.url },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** tap closes with `# { total: 7, pass: 4, fail: 1, skip: 1 }`, keys of zero left out. */
async function readTotals(
  file: string,
): Promise<{ pass: number; fail: number; skip: number; todo: number } | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const line = text.split('\n').findLast((candidate) => candidate.startsWith('# { total:'));
  if (!line) return null;
  const count = (name: string): number => Number(new RegExp(`\\b${name}: (\\d+)`).exec(line)?.[1] ?? 0);
  return { pass: count('pass'), fail: count('fail'), skip: count('skip'), todo: count('todo') };
}

/** Every failed assertion with what tap knows of it, and the subtests around it. */
async function printFailures(file: string): Promise<void> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  let inside = false;
  for (const line of lines) {
    if (/^\s*not ok /.test(line)) {
      console.log(line);
      inside = true;
    } else if (inside && /^\s*(ok |# Subtest|not ok|1\.\.)/.test(line)) {
      inside = false;
    } else if (inside) console.log(line);
  }
}
