import type { FlowResult, FlowRun } from '../flows/flows.js';
import { openPull, takeWalk } from './open-pull.js';
import type { PullDefinition, PullKind } from './pull-definition.js';
import { takePage } from './take-page.js';

/**
 * A sweep over the lists of these filters, as a flow of its own beside the pull: whatever a pull by time of change has
 * missed is found by what it is. What is known costs a look-up. Stops between two pages when told to, and goes on there.
 */
export async function runSweep<K extends PullKind>(
  definition: PullDefinition<K>,
  filters: readonly Partial<K['filter']>[],
  deps: K['deps'],
  run: FlowRun,
): Promise<FlowResult> {
  const pull = await openPull(definition, deps, run);
  const place = { newestAt: null, step: 0, from: null as string | null, ...pull.cursor.first };
  for (; place.step < filters.length; place.step += 1, place.from = null) {
    const filter = filters[place.step] ?? {};
    const from = place.from === null ? null : new Date(place.from);
    const isDone = await takeWalk(definition, pull, { by: 'create_time', from, filter }, (last) => {
      if (last) place.from = last.toISOString();
      pull.cursor = { ...pull.cursor, first: { ...place } };
    });
    if (!isDone) return { counts: { ...pull.counts }, windowTo: pull.clock.now(), more: true };
  }
  const { first: _, ...cursor } = pull.cursor;
  pull.cursor = cursor;
  await takePage(definition, pull, { items: [], unreadable: [] }, pull.clock.now());
  return { counts: { ...pull.counts }, windowTo: pull.clock.now() };
}
