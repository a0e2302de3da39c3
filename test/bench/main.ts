/**
 * `npm run bench`: all benchmarks, or those that are named; `--quick` shows in a minute that they run. Ends with 1 when a
 * bar was missed or a run is void.
 */
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.js';
import { machine, print } from './harness.js';
import { ingestBenchmark } from './ingest.js';
import { startBenchServer } from './postgres.js';

const benchmarks: Benchmark[] = [ingestBenchmark];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => benchmarks.every((benchmark) => benchmark.name !== name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}. There are: ${benchmarks.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(1);
}

const server = await startBenchServer();
console.log(`${machine()}\n${server.settings}${values.quick ? '\nquick: proves nothing' : ''}`);
try {
  for (const benchmark of benchmarks) {
    if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
    const isMet = print(await benchmark.run({ server, quick: values.quick }));
    if (!isMet && !values.quick) process.exitCode = 1;
  }
} finally {
  await server.stop();
}
