/**
 * `npm run chaos -- --seed N --histories M`: lives through the histories of the seeds N, N+1, ..., and says which of them
 * end with both sides in disagreement, each with the command that repeats it. `--kind service` tries real processes,
 * `--planted NAME` plants a bug, and `--planted all` says of each whether M histories find it.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startTestServer } from '../support/test-server.js';
import { liveThrough } from './history.js';
import { plantedBugs } from './planted/all-planted.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    histories: { type: 'string', default: '10' },
    kind: { type: 'string', default: 'process' },
    planted: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const count = Number(values.histories);

let server: Awaited<ReturnType<typeof startTestServer>> | undefined;
// Whoever has seen enough leaves no PostgreSQL behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endEarly());

async function endEarly(): Promise<void> {
  await server?.stop();
  process.exit(1);
}

/** One for all histories, unless the tests have brought theirs. */
async function openServer(): Promise<void> {
  if (process.env['CONNECTOR_TEST_SERVER']) return;
  server = await startTestServer();
  process.env['CONNECTOR_TEST_SERVER'] = server.url;
}

if (values.kind === 'service') underFire();
else if (values.planted === 'all') await judgeTheJudge();
else await inOneProcess();

async function inOneProcess(): Promise<void> {
  const planted = plantedBugs.find(({ name }) => name === values.planted);
  if (values.planted !== undefined && !planted) {
    console.log(
      `There is no planted bug ${values.planted}: ${plantedBugs.map(({ name }) => name).join(', ')}`,
    );
    process.exitCode = 2;
    return;
  }
  await openServer();
  const struck: Record<string, number> = {};
  const failed: number[] = [];
  let [acts, orders] = [0, 0];
  try {
    for (let seed = first; seed < first + count; seed++) {
      const outcome = await liveThrough(seed, planted);
      acts += outcome.acts;
      orders += outcome.orders;
      for (const [name, times] of Object.entries(outcome.struck)) struck[name] = (struck[name] ?? 0) + times;
      const seconds = (outcome.ms / 1_000).toFixed(1);
      if (outcome.wrong.length === 0) {
        if (values.verbose) console.log(`seed ${seed}: ${outcome.acts} acts, ${seconds} s, both sides agree`);
        continue;
      }
      failed.push(seed);
      console.log(`seed ${seed}: ${outcome.acts} acts, ${seconds} s, THEY DISAGREE`);
      for (const each of outcome.wrong) console.log(`  ${each}`);
      for (const line of outcome.story) console.log(`    ${line}`);
      const more = planted ? ` --planted ${planted.name}` : '';
      console.log(`  again: npm run chaos -- --seed ${seed} --histories 1${more}`);
    }
  } finally {
    await server?.stop();
  }
  const strikes = Object.values(struck).reduce((sum, times) => sum + times, 0);
  console.log(
    `${count} histories, ${acts} acts, ${orders} orders, ${strikes} faults, ${failed.length} failed`,
  );
  for (const [name, times] of Object.entries(struck).toSorted(([a], [b]) => a.localeCompare(b)))
    console.log(`  ${name}: ${times}`);
  if (failed.length > 0) process.exitCode = 1;
}

/** Each planted bug, with one seed after the other until it is found. */
async function judgeTheJudge(): Promise<void> {
  await openServer();
  try {
    for (const planted of plantedBugs) {
      let found: string | undefined;
      let seed = first;
      for (; seed < first + count && found === undefined; seed++)
        [found] = (await liveThrough(seed, planted)).wrong;
      console.log(`${planted.name}: ${found === undefined ? 'NOT FOUND' : `seed ${seed - 1}: ${found}`}`);
      if (found === undefined) process.exitCode = 1;
    }
  } finally {
    await server?.stop();
  }
}

/** One run of the real processes for each seed. */
function underFire(): void {
  const file = fileURLToPath(new URL('../scenarios/under-fire.test.js', import.meta.url));
  for (let seed = first; seed < first + count; seed++) {
    const environment = { ...process.env, CHAOS_SEED: String(seed) };
    const { status } = spawnSync(process.execPath, [file], { env: environment, stdio: 'inherit' });
    if (status === 0) continue;
    console.log(`again: npm run chaos -- --kind service --seed ${seed} --histories 1`);
    process.exitCode = 1;
  }
}
