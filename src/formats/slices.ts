import { setImmediate as nextTurn } from 'node:timers/promises';

/** Long work that can stop for a moment at each `yield`; what it answers is its last word. */
export type SlicedWork<T> = Generator<void, T>;

/** How long one piece of work may keep all other work waiting, in milliseconds. */
const SLICE_MS = 3;

/** Does the work in pieces, between which the process does what else there is to do. Small work is done at once. */
export async function inSlices<T>(work: SlicedWork<T>): Promise<T> {
  let endsAt = performance.now() + SLICE_MS;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < endsAt) continue;
    await nextTurn();
    endsAt = performance.now() + SLICE_MS;
  }
}

/** Does the work without a stop: where it is known to be small. */
export function atOnce<T>(work: SlicedWork<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
