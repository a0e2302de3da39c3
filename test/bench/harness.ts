import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';

/** One way of doing the work that a benchmark compares. `run` answers how many units it has done. */
export interface Variant {
  name: string;
  /** Brought into the same state before every round; not timed. */
  before?(): Promise<void>;
  run(): Promise<number>;
}

export interface RoundFigures {
  units: number;
  seconds: number;
  perSecond: number;
}

export interface Measured {
  name: string;
  rounds: RoundFigures[];
}

/** A bar that a ratio has to reach; `atMost` turns it round. */
export interface Bar {
  of: string;
  against: string;
  atLeast?: number;
  atMost?: number;
}

export interface Verdict extends Bar {
  /** Median over the rounds of `of` / `against`, both of the same round. */
  ratio: number;
  met: boolean;
}

/** What makes a run void: a count that is not what it has to be, or a sample too short to mean anything. */
export interface Guard {
  name: string;
  ok: boolean;
  detail: string;
}

export interface Report {
  benchmark: string;
  settings: Record<string, string | number>;
  figures: Measured[];
  verdicts: Verdict[];
  guards: Guard[];
  notes: Record<string, string | number>;
}

/** Runs all variants in turn, round after round, so that a machine that gets slower slows all of them alike. */
export async function interleave(variants: Variant[], rounds: number): Promise<Measured[]> {
  const measured = variants.map((variant): Measured => ({ name: variant.name, rounds: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, variant] of variants.entries()) {
      await variant.before?.();
      const started = performance.now();
      const units = await variant.run();
      const seconds = (performance.now() - started) / 1000;
      measured[index]?.rounds.push({ units, seconds, perSecond: units / seconds });
    }
  }
  return measured;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Ratios of speed, pair by pair. */
export function judge(figures: Measured[], bars: Bar[]): Verdict[] {
  const speeds = (name: string): number[] => {
    const found = figures.find((figure) => figure.name === name);
    if (!found) throw new Error(`No variant is named ${name}.`);
    return found.rounds.map((round) => round.perSecond);
  };
  return bars.map((bar) => {
    const against = speeds(bar.against);
    const ratio = median(speeds(bar.of).map((speed, round) => speed / (against[round] ?? Number.NaN)));
    const met = ratio >= (bar.atLeast ?? 0) && ratio <= (bar.atMost ?? Number.POSITIVE_INFINITY);
    return { ...bar, ratio, met };
  });
}

/** A sample that lasted less than this says nothing. */
export function longEnough(figures: Measured[], leastSeconds: number): Guard {
  const shortest = Math.min(...figures.flatMap((figure) => figure.rounds.map((round) => round.seconds)));
  return {
    name: 'samples are long enough',
    ok: shortest >= leastSeconds,
    detail: `shortest ${shortest.toFixed(3)} s, least ${leastSeconds} s`,
  };
}

/** Prints one report. Answers false when it is void or a bar was missed. */
export function print(report: Report): boolean {
  const broken = report.guards.filter((guard) => !guard.ok);
  console.log(`\n== ${report.benchmark}${broken.length > 0 ? '  ** VOID **' : ''}`);
  console.log(
    `   ${machine()}; ${Object.entries(report.settings)
      .map(([key, value]) => `${key} ${value}`)
      .join(', ')}`,
  );
  for (const figure of report.figures) {
    const speeds = figure.rounds.map((round) => round.perSecond);
    const [low, high] = [Math.min(...speeds), Math.max(...speeds)];
    console.log(
      `   ${figure.name.padEnd(46)} ${format(median(speeds))}/s  (${format(low)} to ${format(high)}, ${speeds.length} rounds)`,
    );
  }
  for (const verdict of report.verdicts) {
    const bar = verdict.atLeast === undefined ? `at most ${verdict.atMost}` : `at least ${verdict.atLeast}`;
    console.log(
      `   ratio ${verdict.of} / ${verdict.against}: ${verdict.ratio.toFixed(3)} (bar: ${bar}) ${verdict.met ? 'met' : 'MISSED'}`,
    );
  }
  for (const [key, value] of Object.entries(report.notes)) console.log(`   ${key}: ${value}`);
  for (const guard of broken) console.log(`   guard failed: ${guard.name}: ${guard.detail}`);
  return broken.length === 0 && report.verdicts.every((verdict) => verdict.met);
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toPrecision(3);
}

/** Machine and commit, for every report. */
export function machine(): string {
  let commit = 'unknown commit';
  try {
    commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    // Not a checkout: the report says so.
  }
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, ${memory}, Node ${process.version}, commit ${commit}`;
}
