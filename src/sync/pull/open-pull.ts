import type { FlowRun } from '../flows/flows.js';
import { readPullCursor } from './pull-cursor.js';
import type { Pull, PullAnswer, PullDefinition, PullKind } from './pull-definition.js';
import { readAhead } from './read-ahead.js';
import { lastTime, observe, readFrom, readIds, type PullWalk } from './read-pages.js';
import { shopClock } from './shop-clock.js';
import { takePage } from './take-page.js';

/** A run of a pull or of a sweep, with an opened shop. */
export async function openPull<K extends PullKind>(
  definition: PullDefinition<K>,
  deps: K['deps'],
  run: FlowRun,
): Promise<Pull<K>> {
  const pull: Pull<K> = {
    deps,
    run,
    source: await definition.open(deps, run),
    counts: {},
    cursor: readPullCursor(run.cursor),
    watermark: run.watermark,
    clock: shopClock(() => run.now()),
    takeAnswers: (answers) => takeAnswers(definition, pull, answers),
    readAgain: (ids) => takeAnswers(definition, pull, readIds(definition, pull.source, ids)),
  };
  return pull;
}

/** `advance` notes in the run how far it is, before the page is stored together with that. */
export function takeWalk<K extends PullKind>(
  definition: PullDefinition<K>,
  pull: Pull<K>,
  walk: PullWalk<K['filter']>,
  advance: (last: Date | null) => void,
): Promise<boolean> {
  return takeAnswers(definition, pull, readFrom(definition, pull.source, walk), (answer) =>
    advance(lastTime(definition, answer, walk.by)),
  );
}

/** Takes in answer after answer, and asks for the next while one is stored. */
async function takeAnswers<K extends PullKind>(
  definition: PullDefinition<K>,
  pull: Pull<K>,
  answers: AsyncIterable<PullAnswer<K['item']>>,
  advance: (answer: PullAnswer<K['item']>) => void = () => undefined,
): Promise<boolean> {
  for await (const { answer, readAt } of readAhead(datedAnswers(definition, pull, answers))) {
    advance(answer);
    await takePage(definition, pull, answer, readAt);
    if (pull.run.signal.aborted) return false;
  }
  return true;
}

/** A page waits for its turn, and others may store something younger meanwhile: what counts is when it was read. */
async function* datedAnswers<K extends PullKind>(
  definition: PullDefinition<K>,
  { clock }: Pull<K>,
  answers: AsyncIterable<PullAnswer<K['item']>>,
): AsyncGenerator<{ answer: PullAnswer<K['item']>; readAt: Date }> {
  for await (const answer of answers) {
    observe(definition, clock, answer);
    yield { answer, readAt: clock.now() };
  }
}
