import t from 'tap';
import { hostileTexts, patternsOf, timeOf } from './hostile-text.js';
import { readSources } from './source-files.js';

/** By steps: a pattern that is bad shows it long before it would take hours. */
const LENGTHS = [300, 1_000, 3_000, 10_000, 18_000, 32_000, 56_000, 100_000];
/**
 * Processor time that no pattern needs for one text. A linear one takes milliseconds for the longest, on a busy machine too; one
 * that is not takes seconds, and more with every step.
 */
const MOST_MS = 200;
/** What takes no longer than this for 10,000 characters stays below MOST_MS for ten times as many, be it cubic. */
const ENOUGH = 10_000;
const PLAINLY_QUICK_MS = 0.2;

/**
 * Patterns that are put together while the program runs, with what comes of them. Another one that is added has to be named
 * here, as it then is.
 */
const BUILT: Record<string, RegExp[]> = {
  "src/http/not-found.ts new RegExp(`^${segments.join('/')}/?$`, 'i')": [
    /^\/api\/v3\/Orders\/[^/]+\/Status\/[^/]+\/?$/i,
    /^\/docs\/static\/.*\/?$/i,
  ],
  'src/domain/sku.ts new RegExp(`^[!-[\\\\]-~]{1,${LONGEST_PLAIN_SKU}}$`)': [/^[!-[\]-~]{1,100}$/],
  'src/simulator/control/answer-benders.ts new RegExp(`"${name}":"[^"]*"`, \'g\')': [
    /"order_status":"[^"]*"/g,
  ],
  "src/simulator/gateway/not-simulated.ts new RegExp(`^${call.path.replace(/\\{\\w+\\}/g, '[^/]+')}$`)": [
    /^\/product\/202309\/global_products\/[^/]+\/inventory\/update$/,
  ],
  'src/simulator/gateway/router.ts new RegExp(`^${source}$`)': [
    /^\/fulfillment\/(\d{6})\/packages\/(\d{1,25})\/ship$/,
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
    // The same pattern in several places is tried once.
    const verdicts = new Map<string, boolean>();
    const slow = [...literals, ...built].filter(({ pattern }) => {
      const verdict = verdicts.get(String(pattern)) ?? isSlow(pattern);
      verdicts.set(String(pattern), verdict);
      return verdict;
    });
    const names = new Set(slow.map(({ name }) => name));
    t.same([...names].toSorted(), Object.keys(INPUT_IS_CUT).toSorted());
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
  for (const pattern of bad) t.ok(isSlow(pattern), String(pattern));
});

/** The first hostile text that takes too long ends the search. */
function isSlow(pattern: RegExp): boolean {
  return hostileTexts(pattern).some((textOf) => {
    for (const length of LENGTHS) {
      const ms = timeOf(pattern, textOf(length));
      if (ms > MOST_MS) return timeOf(pattern, textOf(length)) > MOST_MS;
      if (length === ENOUGH && ms <= PLAINLY_QUICK_MS) return false;
    }
    return false;
  });
}
