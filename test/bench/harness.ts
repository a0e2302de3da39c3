import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';

/** One way of doing the work that a benchmark compares. `run` answers how many units it has done. */
export interface Variant {
  name: string;
  /** Brought into the same state before every round; not timed. */
  before?(): Promise<void>;
  run(): Promise<number>;
  /** Looks at what the round has left behind; not timed. Throws when it is not what it has to be. */
  after?(): Promise<void>;
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

/** A bar that the ratio of two speeds has to reach; `atMost` turns it round. */
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
  /** What the speeds count, such as `orders`. */
  unit: string;
  figures: Measured[];
  verdicts: Verdict[];
  guards: Guard[];
  notes: Record<string, string | number>;
}

/**
 * Runs all variants in turn, round after round, so that a machine that gets slower slows all of them alike. A first round
 * that is not counted warms up code, statements and caches: all of them are long-running programs.
 */
export async function interleave(variants: Variant[], rounds: number): Promise<Measured[]> {
  const measured = variants.map((variant): Measured => ({ name: variant.name, rounds: [] }));
  for (let round = 0; round <= rounds; round++) {
    for (const [index, variant] of variants.entries()) {
      const figures = await measure(variant);
      if (round > 0) measured[index]?.rounds.push(figures);
    }
  }
  return measured;
}

async function measure(variant: Variant): Promise<RoundFigures> {
  await variant.before?.();
  const started = performance.now();
  const units = await variant.run();
  const seconds = (performance.now() - started) / 1000;
  await variant.after?.();
  return { units, seconds, perSecond: units / seconds };
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

/** Steps that were measured one after the other in every round, as one. */
export function inSequence(name: string, steps: Measured[]): Measured {
  const rounds = (steps[0]?.rounds ?? []).map(({ units }, round) => {
    const seconds = steps.reduce((sum, step) => sum + (step.rounds[round]?.seconds ?? Number.NaN), 0);
    return { units, seconds, perSecond: units / seconds };
  });
  return { name, rounds };
}

/** A ratio that is told but has no bar. */
export function ratioNote(figures: Measured[], of: string, against: string): Record<string, string> {
  const [verdict] = judge(figures, [{ of, against }]);
  return { [`${of} / ${against}`]: format(verdict?.ratio ?? Number.NaN) };
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

/** Holds a count against what it has to be. */
export function expected(name: string, actual: number, wanted: number): Guard {
  return { name, ok: actual === wanted, detail: `${actual} instead of ${wanted}` };
}

/** Prints one report. Answers false when it is void or a bar was missed. */
export function print(report: Report): boolean {
  const broken = report.guards.filter((guard) => !guard.ok);
  const settings = Object.entries(report.settings).map(([key, value]) => `${key} ${value}`);
  console.log(`\n== ${report.benchmark}${broken.length > 0 ? '  ** VOID **' : ''}`);
  console.log(`   ${settings.join(', ')}; load ${loadavg()[0]?.toFixed(1)}`);
  for (const figure of report.figures) console.log(`   ${figureText(figure, report.unit)}`);
  for (const verdict of report.verdicts) console.log(`   ${verdictText(verdict)}`);
  for (const [key, value] of Object.entries(report.notes)) console.log(`   ${key}: ${value}`);
  for (const guard of broken) console.log(`   guard failed: ${guard.name}: ${guard.detail}`);
  return broken.length === 0 && report.verdicts.every((verdict) => verdict.met);
}

function figureText({ name, rounds }: Measured, unit: string): string {
  const speeds = rounds.map((round) => round.perSecond);
  const range = `${format(Math.min(...speeds))} to ${format(Math.max(...speeds))}`;
  return `${name.padEnd(44)} ${format(median(speeds)).padStart(7)} ${unit}/s  (${range}, ${rounds.length} rounds)`;
}

function verdictText({ of, against, ratio, met, atLeast, atMost }: Verdict): string {
  const bar = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return `${met ? 'met   ' : 'MISSED'}  ${of} / ${against} = ${format(ratio)} (bar: ${bar})`;
}

export function format(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toPrecision(3);
}

/** Machine and commit, for every run. */
export function machine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, ${memory}, Node ${process.version}, commit ${commit()}`;
}

function commit(): string {
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes';
    return git('rev-parse', '--short', 'HEAD') + changed;
  } catch {
    return 'unknown: not a checkout';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();
}
