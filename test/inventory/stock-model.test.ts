import fc from 'fast-check';
import t from 'tap';
import { messageOf } from '../../src/kernel/errors.js';
import { testDatabase } from '../support/database.js';
import { history, liveThrough, type History } from './stock-model.js';
import { startStockWorld } from './stock-world.js';

/**
 * Histories by chance: feeds, buyers, cancellers, Seller Center, promotions, calls that are lost, late or cut off, pauses, stops
 * of all sales, killed processes. To live through a failure again: `STOCK_SEED` and `STOCK_PATH` as the failure prints
 * them; `STOCK_HISTORIES` for more of them than a build has time for.
 */
const numRuns = Number(process.env['STOCK_HISTORIES'] ?? 12);
const seed = Number(process.env['STOCK_SEED'] ?? Date.now() % 2 ** 31);
const path = process.env['STOCK_PATH'];
/** For histories and, when one fails, for making it shorter; the build must not hang on a slow machine. */
const LONGEST_MS = numRuns > 12 ? numRuns * 10_000 : 35_000;

/** Lived through in any case: chance alone would need more histories than a build has time for. */
const known: [History][] = [
  {
    heals: 'both',
    steps: [
      { does: 'say', rows: { one: 9 } },
      { does: 'sell', sku: 'ONE', pieces: 2 },
      { does: 'say', rows: { one: 9 } },
    ],
  },
  {
    heals: 'both',
    steps: [
      { does: 'sell', sku: 'ONE', pieces: 3 },
      { does: 'say', rows: { one: 9, main: 9 } },
      { does: 'cancel', order: 0, by: 'buyer', isPart: true },
      { does: 'round' },
      { does: 'say', rows: { west: 9 } },
    ],
  },
  {
    heals: 'lower',
    steps: [
      { does: 'edit price', price: '1.00' },
      { does: 'say', rows: { one: 20 } },
      { does: 'feed', rows: { one: 20 }, cost: 20 },
      { does: 'round' },
    ],
  },
].map((each) => [each as History]);

t.setTimeout(LONGEST_MS + 60_000);
const db = await testDatabase(t);

await t.test('whatever happens, TikTok shows what is wanted when all has come to rest', async (t) => {
  t.comment(`STOCK_SEED=${seed}`);
  let lived = 0;
  const property = fc.asyncProperty(history, async (told) => {
    const settings = { healDrift: told.heals, spikeBrakePercent: 0 };
    const shop = await startStockWorld(t, db, { warehouses: ['West'], settings });
    const differences = await liveThrough(db, shop, told);
    lived += 1;
    if (differences.length > 0) throw new Error(differences.join('; '));
  });
  const { failed, errorInstance, counterexample, counterexamplePath } = await fc.check(property, {
    seed,
    // Also when one is lived through again: they count in its path.
    examples: known,
    ...(path === undefined ? {} : { path }),
    numRuns,
    interruptAfterTimeLimit: LONGEST_MS,
  });
  t.comment(`${lived} histories`);
  const replay = `STOCK_SEED=${seed} STOCK_PATH=${counterexamplePath}`;
  t.notOk(failed, `${replay} ${messageOf(errorInstance)} ${JSON.stringify(counterexample)}`);
  t.ok(lived > (path === undefined ? 3 : 0), `${lived} histories were lived through`);
});
