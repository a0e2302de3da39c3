/**
 * `npm run dev`: the product, started again whenever a file below src has changed and compiles. The compiler watches the
 * sources, Node what the compiler writes. It is started and configured by the environment, as `npm start` is.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
);
// In groups of their own, so that a Ctrl-C reaches them from here only.
const node = (...parameters) =>
  spawn(process.execPath, parameters, { cwd: root, stdio: 'inherit', detached: true });

execFileSync(process.execPath, ['prisma/generate.mjs'], { cwd: root, stdio: 'inherit' });
// Once to its end, so that there is something to start; errors of types are shown by the compiler that watches.
await new Promise((resolve) => node(compiler, '-b').once('exit', resolve));

const children = [
  node(compiler, '-b', '--watch', '--preserveWatchOutput'),
  node('--watch', '--watch-preserve-output', '--max-semi-space-size=4', 'dist/src/main.js'),
];
let isEnding = false;
/** Told once: the first signal asks, a second one insists, and would leave the product's PostgreSQL running. */
const endAll = () => {
  if (isEnding) return;
  isEnding = true;
  for (const child of children) child.kill('SIGTERM');
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, endAll);
for (const child of children) child.once('exit', endAll);
