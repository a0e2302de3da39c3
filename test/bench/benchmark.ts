import type { Report } from './harness.js';
import type { BenchServer } from './postgres.js';

export interface BenchOptions {
  server: BenchServer;
  /** Small sizes and few rounds: shows that everything runs, says nothing about speed. */
  quick: boolean;
}

export interface Benchmark {
  name: string;
  about: string;
  run(options: BenchOptions): Promise<Report>;
}
