import t from 'tap';
import { hostileTexts, patternsOf, timeOf } from './hostile-text.js';
import { readSources } from './source-files.js';

const SHORT = 10_000;
const LONG = 100_000;
/** A tenfold text takes a linear pattern ten times as long, and a quadratic one a hundred times. */
const MOST_GROWTH = 40;

/**
 * Patterns that are put together while the program runs, with what comes of them. Another one that is added has to be named
 * here, as it then is.
 */
const BUILT: Record<string, RegExp[]> = {
  "src/http/not-found.ts new RegExp(`^${segments.join('/')}/?$`, 'i')": [
    /^\/api\/v3\/Orders\/[^/]+\/Status\/[^/]+\/?$/i,
    /^\/docs\/static\/.*\/?$/i,
  ],
  'src/imports/sku.ts new RegExp(`^[!-[\\\\]-~]{1,${LONGEST_PLAIN_SKU}}$`)': [/^[!-[\]-~]{1,100}$/],
  'src/simulator/control/answer-benders.ts new RegExp(`"${name}":"[^"]*"`, \'g\')': [
    /"order_status":"[^"]*"/g,
  ],
  'src/simulator/gateway/router.ts new RegExp(`^${source}/?$`)': [
    /^\/fulfillment\/(\d{6})\/packages\/(\d{1,25})\/ship\/?$/,
  ],
};

/** Patterns that are not linear, each with the place that cuts what they are run over. */
const INPUT_IS_CUT: Record<string, string> = {};

const found = readSources('src').flatMap(({ path, text }) => patternsOf(path, text));

await t.test('a pattern that is put together at run time is named, and run as it then is', async (t) => {
  const built = found.filter(({ pattern }) => pattern === null).map(({ name }) => name);
  t.same(built.toSorted(), Object.keys(BUILT).toSorted());
});

await t.test(
  'no pattern takes longer than in proportion over hostile text of 100,000 characters',
  async (t) => {
    t.ok(found.length > 80, 'the patterns were found');
    const literals = found.flatMap(({ name, pattern }) => (pattern ? [{ name, pattern }] : []));
    const built = Object.entries(BUILT).flatMap(([name, patterns]) =>
      patterns.map((pattern) => ({ name, pattern })),
    );
    const distinct = new Map(
      [...literals, ...built].map((one) => [`${one.name} ${String(one.pattern)}`, one]),
    );
    const slow = [...distinct.values()]
      .filter(({ pattern }) => growthOf(pattern) > MOST_GROWTH)
      .map(({ name }) => name);
    t.same(slow.toSorted(), Object.keys(INPUT_IS_CUT).toSorted());
  },
);

await t.test('the check knows patterns that are not linear', async (t) => {
  const bad = [
    /[^\s"'<>]+@[^\s"'<>]+/g,
    /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'\\]+@/gi,
    /^[+-]?\d*\.?\d+$/,
    /\s+$/,
    /"[^"\\]*(?:\\.[^"\\]*)*"/gs,
    /^.*a.*b.*c$/s,
  ];
  for (const pattern of bad) t.ok(growthOf(pattern) > MOST_GROWTH, String(pattern));
});

/** The worst growth over all hostile texts; the first that is too much ends the search. */
function growthOf(pattern: RegExp): number {
  let worst = 0;
  for (const textOf of hostileTexts(pattern)) {
    worst = Math.max(worst, growthOver(pattern, textOf));
    if (worst > MOST_GROWTH) return worst;
  }
  return worst;
}

/** A pattern that is bad shows it at a tenth of the lengths already, and soon: it would take minutes over the long ones. */
function growthOver(pattern: RegExp, textOf: (length: number) => string): number {
  const early = growthBetween(pattern, textOf(SHORT / 10), textOf(LONG / 10));
  return early > MOST_GROWTH ? early : growthBetween(pattern, textOf(SHORT), textOf(LONG));
}

/** Times are measured again before they are believed: another process may have had the processor. */
function growthBetween(pattern: RegExp, short: string, long: string): number {
  let growth = Infinity;
  for (let turn = 1; turn <= 4 && growth > MOST_GROWTH; turn++) {
    growth = timeOf(pattern, long, turn) / timeOf(pattern, short, 3 * turn);
  }
  return growth;
}
