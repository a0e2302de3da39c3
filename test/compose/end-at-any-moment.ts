import type { Test } from 'tap';
import type { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/waiting.js';

const BOOT_MS = 60_000;
/** Of the time that a whole start takes. The first moments are Node's own: until it runs our first line it does not listen. */
export const MOMENTS = [0.3, 0.6, 0.95];
/** Far below what a stop may take, far above what a busy machine makes of nothing. */
const PROMPT_MS = 15_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export interface Started extends Pick<ServiceProcess, 'ended' | 'signal' | 'running'> {
  ready(): Promise<boolean>;
}

/** Starts once to the end, then again and again with a signal in the middle: `moments` as parts of a whole start. */
export async function endsAtAnyMoment(
  t: Test,
  start: () => Promise<Started>,
  after: () => Promise<void>,
  moments: readonly number[] = MOMENTS,
): Promise<void> {
  const startedMs = performance.now();
  const whole = await start();
  await until('the start', async () => !whole.running() || whole.ready(), BOOT_MS, 20);
  t.ok(whole.running(), 'it starts when nobody ends it');
  const wholeMs = performance.now() - startedMs;
  whole.signal('SIGTERM');
  t.equal(await whole.ended, 0);
  await after();
  for (const [index, moment] of moments.entries()) {
    const signal = SIGNALS[index % 2]!;
    const one = await start();
    await pause(moment * wholeMs);
    const toldMs = performance.now();
    one.signal(signal);
    const end = await one.ended;
    t.equal(end, 0, `${signal} after ${Math.round(moment * wholeMs)} ms`);
    t.ok(performance.now() - toldMs < PROMPT_MS, 'promptly');
    await after();
  }
}

export function isReady(port: number): Promise<boolean> {
  return answers(`http://127.0.0.1:${port}/health/ready`);
}

export async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
