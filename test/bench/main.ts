/**
 * `npm run bench`: all benchmarks, or those that are named; `--quick` shows in a minute that they run. Ends with 1 when a
 * bar was missed or a run is void.
 */
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.js';
import { machine, print } from './harness.js';
import { filesBenchmark } from './files.js';
import { hostileBenchmark } from './hostile.js';
import { stallBenchmark } from './hostile-stalls.js';
import { ingestBenchmark } from './ingest.js';
import { inventoryBenchmark } from './inventory.js';
import { listBenchmark, longListBenchmark } from './list.js';
import { memoryBenchmark } from './memory.js';
import { startBenchServer } from './postgres.js';
import { stopAll } from './processes.js';
import { productsBenchmark } from './products.js';
import { portalBenchmark } from './portal.js';
import { productsPushBenchmark } from './products-push.js';
import { pushBenchmark } from './push.js';
import { queueBenchmark } from './queue.js';
import { shipStationBenchmark } from './shipstation.js';
import { startBenchmark } from './start.js';
import { sweepBenchmark } from './sweep.js';

const benchmarks: Benchmark[] = [
  ingestBenchmark,
  queueBenchmark,
  inventoryBenchmark,
  pushBenchmark,
  productsBenchmark,
  productsPushBenchmark,
  filesBenchmark,
  listBenchmark,
  longListBenchmark,
  shipStationBenchmark,
  portalBenchmark,
  startBenchmark,
  memoryBenchmark,
  sweepBenchmark,
  hostileBenchmark,
  stallBenchmark,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => benchmarks.every((benchmark) => benchmark.name !== name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}. There are: ${[...new Set(benchmarks.map(({ name }) => name))].join(', ')}.`,
  );
  process.exit(1);
}

const server = await startBenchServer();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void endEarly());
}
console.log(`${machine()}\n${server.settings}${values.quick ? '\nquick: proves nothing' : ''}`);
try {
  for (const benchmark of benchmarks) {
    if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
    const isMet = print(await benchmark.run({ server, quick: values.quick }));
    if (!isMet && !values.quick) process.exitCode = 1;
  }
} catch (error) {
  // Said before the server ends under those who still use it.
  console.error(error);
  process.exitCode = 1;
} finally {
  await stopAll();
  await server.stop();
}
process.exit();

async function endEarly(): Promise<void> {
  await stopAll();
  await server.stop();
  process.exit(130);
}
