import { DAY_MS } from '../../kernel/time.js';
import type { FlowResult, FlowRun } from '../flows/flows.js';
import { openPull, takeWalk } from './open-pull.js';
import type { Pull, PullDefinition, PullKind, PullStep } from './pull-definition.js';
import { lastTime, observe, overlapped, type PullWalk } from './read-pages.js';
import { takePage } from './take-page.js';

/** Nothing was there by then in a shop without items; a day less, since the HTTP Date is of another clock than changes. */
const EMPTY_SHOP_MARGIN_MS = DAY_MS;

/** How often everything is read again from so long before the last time: TikTok may list things late by hours. */
const DEEP_MS = DAY_MS;

/**
 * A pull of one connection, as a flow: on a new connection all items of the first filters, then what changed in TikTok
 * since the last pull, then what could not be read before, then the definition's own steps, and once a day a deeper
 * overlap. Stops between two pages when told to, and goes on there the next time. The run history tells the window in
 * TikTok's time: from where changes were asked for (the overlap included; absent at a first pull) to TikTok's now.
 */
export async function runPull<K extends PullKind>(
  definition: PullDefinition<K>,
  deps: K['deps'],
  run: FlowRun,
): Promise<FlowResult> {
  const pull = await openPull(definition, deps, run);
  const waitMs = (await definition.waitMs?.(pull)) ?? null;
  if (waitMs !== null) return { counts: {}, againAfterMs: waitMs };
  const windowFrom = overlapped(pull.watermark);
  let isFinished = true;
  for (const step of stepsOf(definition)) if (isFinished) isFinished = await step(pull);
  return {
    counts: { ...pull.counts },
    ...(windowFrom ? { windowFrom } : {}),
    windowTo: pull.clock.now(),
    more: !isFinished,
  };
}

function stepsOf<K extends PullKind>(definition: PullDefinition<K>): PullStep<K>[] {
  return [
    (pull) => pullFirst(definition, pull),
    (pull) => pullChanges(definition, pull),
    // What an earlier pull could not read.
    (pull) => pull.readAgain(pull.cursor.unreadable),
    ...(definition.extraSteps ?? []),
    // Last, because whatever it finds is late already.
    (pull) => pullDeeper(definition, pull),
  ];
}

/**
 * The first pull remembers its place in each filter's list. Its successor begins at the newest change that the shop had
 * before: a time of TikTok's own, which nothing can be missed after.
 */
async function pullFirst<K extends PullKind>(definition: PullDefinition<K>, pull: Pull<K>): Promise<boolean> {
  if (pull.watermark) return true;
  const newestAt = pull.cursor.first?.newestAt ?? (await newestChange(definition, pull))?.toISOString();
  const first = { step: 0, from: null, ...pull.cursor.first, newestAt: newestAt ?? null };
  for (; first.step < definition.first.length; first.step += 1, first.from = null) {
    const filter = definition.first[first.step];
    const from = first.from === null ? null : new Date(first.from);
    const walk: PullWalk<K['filter']> = { by: 'create_time', from, ...(filter ? { filter } : {}) };
    const isDone = await takeWalk(definition, pull, walk, (last) => {
      if (last) first.from = last.toISOString();
      pull.cursor = { ...pull.cursor, first: { ...first } };
    });
    if (!isDone) return false;
  }
  const { first: _, ...cursor } = pull.cursor;
  pull.cursor = { ...cursor, deepAt: pull.clock.now().toISOString() };
  pull.watermark = await changesSince(definition, pull, first.newestAt);
  await takePage(definition, pull, { items: [], unreadable: [] }, pull.clock.now());
  return true;
}

async function changesSince<K extends PullKind>(
  definition: PullDefinition<K>,
  { deps, source }: Pull<K>,
  newest: string | null,
): Promise<Date | null> {
  // TikTok told no time at all: the next pull is a first one again, and as cheap.
  if (newest === null) return null;
  const newestAt = new Date(newest);
  return (await definition.changesSince?.(deps, source, newestAt)) ?? newestAt;
}

async function newestChange<K extends PullKind>(
  definition: PullDefinition<K>,
  pull: Pull<K>,
): Promise<Date | null> {
  const { leastPageSize: pageSize, versions } = definition;
  const search = { pageSize, sort: 'update_time', order: 'DESC', filter: {} } as const;
  const page = await definition.search(pull.source, search);
  observe(definition, pull.clock, page);
  const items = page.items.filter((item) => pull.clock.believes(versions.updatedAt(item)));
  const newest = lastTime(definition, { items }, 'update_time');
  return newest ?? (page.serverTime && new Date(page.serverTime.getTime() - EMPTY_SHOP_MARGIN_MS));
}

function pullChanges<K extends PullKind>(definition: PullDefinition<K>, pull: Pull<K>): Promise<boolean> {
  const from = overlapped(pull.watermark);
  if (!from) return Promise.resolve(true);
  return takeWalk(definition, pull, { by: 'update_time', from }, (last) => {
    if (last && pull.clock.believes(last) && last > (pull.watermark ?? from)) pull.watermark = last;
  });
}

/**
 * Once a day: all changes of the day before the last time once more, since a list may show a change long after its time.
 * What is known costs a look-up. A run that is stopped in it begins it anew.
 */
async function pullDeeper<K extends PullKind>(
  definition: PullDefinition<K>,
  pull: Pull<K>,
): Promise<boolean> {
  const now = pull.clock.now();
  const { deepAt } = pull.cursor;
  const last = deepAt === undefined ? pull.watermark : new Date(deepAt);
  if (!last || !pull.watermark) return true;
  if (deepAt !== undefined && now.getTime() - last.getTime() < DEEP_MS) return true;
  const from = new Date(Math.min(last.getTime(), pull.watermark.getTime()) - DEEP_MS);
  const isDone = await takeWalk(definition, pull, { by: 'update_time', from }, () => undefined);
  if (!isDone) return false;
  pull.cursor = { ...pull.cursor, deepAt: now.toISOString() };
  await takePage(definition, pull, { items: [], unreadable: [] }, now);
  return true;
}
