import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Those that take longest begin first, so that none of them runs on alone when all others have ended. */
const LONGEST: readonly string[] = [
  'test/scenarios/under-fire.test.ts',
  'test/scenarios/stores-away.test.ts',
  'test/sync/stopped-worker.test.ts',
  'test/sync/learning-budgets.test.ts',
  'test/compose/signals.test.ts',
  'test/compose/signals-demo.test.ts',
  'test/shipments/exactly-once.test.ts',
  'test/scenarios/demo.test.ts',
  'test/inventory/stock-model.test.ts',
  'test/inventory/stock-examples.test.ts',
  'test/inventory/stopped-push.test.ts',
  'test/store/upgrade.test.ts',
  'test/jobs/worker.test.ts',
  'test/companies/operators.test.ts',
  'test/companies/companies.test.ts',
  'test/compose/demo-credentials.test.ts',
  'test/cancellations/crossing.test.ts',
  'test/scenarios/main-story.test.ts',
];

/** Files that leave the processors alone for more than half of their time: they run beside the others. */
const WAITING: readonly string[] = [
  'test/scenarios/stores-away.test.ts',
  'test/sync/stopped-worker.test.ts',
  'test/sync/learning-budgets.test.ts',
  'test/shipments/exactly-once.test.ts',
  'test/inventory/stopped-push.test.ts',
  'test/jobs/worker.test.ts',
];

/**
 * The test files that these paths name: files or folders, by their path in the repository or below `dist`; without a path
 * all of them. What was left in `dist` by a file that is gone is not among them.
 * @returns paths from the root, such as `test/orders/pull.test.ts`, in the order in which to begin them
 * @throws when a path names nothing
 */
export async function testFiles(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths.length > 0 ? paths : ['test']) {
    const source = relative(root, join(process.cwd(), path))
      .replace(/^dist\//, '')
      .replace(/\.js$/, '.ts');
    const entry = await stat(join(root, source)).catch(() => null);
    if (!entry) throw new Error(`There is no ${source}.`);
    const inside = entry.isDirectory() ? await readdir(join(root, source), { recursive: true }) : [];
    for (const name of entry.isDirectory() ? inside.map((each) => join(source, each)) : [source])
      if (name.endsWith('.test.ts')) found.add(name);
  }
  return [...found].toSorted((one, other) => rank(one) - rank(other) || one.localeCompare(other, 'en'));
}

/** Where the compiler has put a test file. */
export function compiledFile(file: string): string {
  return join(root, 'dist', file.replace(/\.ts$/, '.js'));
}

export function waitsMostly(file: string): boolean {
  return WAITING.includes(file);
}

function rank(file: string): number {
  const place = LONGEST.indexOf(file);
  return place < 0 ? LONGEST.length : place;
}
