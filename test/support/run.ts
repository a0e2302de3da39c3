/**
 * `npm test`: one PostgreSQL for all test files, the longest of them first, a line for each that has ended, the slowest
 * ten, and a last line that says how many assertions passed.
 *
 *   npm test                                          everything
 *   npm test -- test/orders/pull.test.ts test/sync    these files and folders (their paths below dist work as well)
 *   npm test -- --jobs=1 ...                          one file at a time
 */
import { availableParallelism } from 'node:os';
import { endRunningFiles, runFile, type FileResult } from './run-file.js';
import { testFiles, waitsMostly } from './test-files.js';
import { startTestServer } from './test-server.js';

/** A file whose end is not in sight by then is ended, unless it asks for more time itself (`t.setTimeout`). */
const PATIENCE_SECONDS = 180;
const SHOWN_AS_SLOWEST = 10;

const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const jobs = Number(/--jobs=(\d+)/.exec(process.argv.join(' '))?.[1] ?? Math.max(2, availableParallelism()));
const waiting = await testFiles(paths).catch((error: Error) => {
  console.log(error.message);
  return [];
});
const total = waiting.length;
const results: FileResult[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    waiting.length = 0;
    endRunningFiles();
  });
if (total === 0) fail(`There is no test file that ${paths.join(' ') || 'test/**/*.test.ts'} names.`);
else {
  const server = await startTestServer();
  try {
    // A file that mostly waits leaves the processors alone, so one such may run besides; the others leave those to it.
    const besides = jobs > 1 && total > jobs ? [work(server.url, [waitsMostly])] : [];
    const isBusy = (file: string): boolean => !waitsMostly(file);
    const others = Array.from({ length: jobs }, () => work(server.url, [isBusy, () => true]));
    await Promise.all([...others, ...besides]);
  } finally {
    await server.stop();
  }
  summarise();
}

/** Takes one file after the other, those first that suit first, until none is left that suits at all. */
async function work(serverUrl: string, suits: ((file: string) => boolean)[]): Promise<void> {
  for (;;) {
    const next = suits.map((each) => waiting.findIndex(each)).find((place) => place >= 0) ?? -1;
    const [file] = next < 0 ? [] : waiting.splice(next, 1);
    if (!file) return;
    const result = await runFile(file, PATIENCE_SECONDS, { CONNECTOR_TEST_SERVER: serverUrl });
    results.push(result);
    const count = String(results.length).padStart(String(total).length);
    const failed = result.failures ? `  FAILED\n${result.failures}` : '';
    console.log(`${count} of ${total}  ${secondsOf(result)}  ${file}${failed}`);
  }
}

function summarise(): void {
  if (results.length < total) fail(`\nEnded before ${total - results.length} of ${total} files had begun.`);
  if (total > 1) {
    const slowest = results.toSorted((one, other) => other.ms - one.ms).slice(0, SHOWN_AS_SLOWEST);
    console.log(`\nThe slowest ${slowest.length}:`);
    for (const result of slowest) console.log(`${secondsOf(result)}  ${result.file}`);
  }
  const failed = results.filter(({ failures }) => failures);
  if (failed.length > 0) {
    fail(`\nFailed, with details above:`);
    for (const { file } of failed) console.log(`  ${file}`);
  }
  const sum = (of: (result: FileResult) => number): number =>
    results.reduce((count, result) => count + of(result), 0);
  const skipped = sum(({ counts }) => counts.skip + counts.todo);
  if (skipped > 0 && process.env['FAIL_ON_SKIPPED_TESTS'] === '1') {
    fail('\nTests were skipped, and FAIL_ON_SKIPPED_TESTS allows none:');
    for (const { file, counts } of results) if (counts.skip + counts.todo > 0) console.log(`  ${file}`);
  }
  const counted = `${sum(({ counts }) => counts.pass)} passed, ${sum(({ counts }) => counts.fail)} failed`;
  console.log(`\n${counted}${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

function secondsOf({ ms }: FileResult): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}

function fail(why: string): void {
  console.log(why);
  process.exitCode = 1;
}
