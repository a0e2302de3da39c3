/**
 * The product in processes of its own, under everything that can go wrong at once; then both sides are compared.
 * CHAOS_SEED repeats a run that failed, CHAOS_SECONDS lengthens it (per queue store):
 * `CHAOS_SEED=7 CHAOS_SECONDS=600 node dist/test/scenarios/under-fire.test.js`
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { connectShop, harborGoods, tokoPelangi, type ConnectedShop } from '../support/connect-shop.js';
import { createErp, UnexpectedAnswer } from '../support/erp.js';
import { openServiceWorld, queueStores, type ServiceWorld } from '../support/service-world.js';
import { createMarket, type Market } from './fire/market.js';
import { createNemesis } from './fire/nemesis.js';
import { startProcesses, type Processes } from './fire/processes.js';
import { seededRandom } from './fire/random.js';
import { createSeller, isTrouble, keepLooking } from './fire/seller.js';
import { disagreements, unfinished } from './fire/verdict.js';

const seed = Number(process.env['CHAOS_SEED'] ?? randomInt(1_000_000));
const seconds = Number(process.env['CHAOS_SECONDS'] ?? 10);
const QUIET_WITHIN_MS = 60_000 + seconds * 1_000;
const HOUR_SECONDS = 3_600;
const STOCK_PER_SHOP = 40;

t.setTimeout((QUIET_WITHIN_MS + seconds * 1_000 + 60_000) * 2);
for (const { name, redisUrl, skip } of await queueStores(t)) {
  await t.test(
    `nothing is lost and nothing is done twice, with the queue on ${name}`,
    { skip },
    async (t) => {
      t.comment(`CHAOS_SEED=${seed} CHAOS_SECONDS=${seconds}`);
      await underFire(t, await openServiceWorld(t, { redisUrl }));
    },
  );
}

async function underFire(t: Test, world: ServiceWorld): Promise<void> {
  const market = createMarket(world.simulator, seededRandom(seed));
  // Before the shops are connected: an order does not come into being with a change of hours ago.
  market.stock(STOCK_PER_SHOP);
  const processes = await startProcesses(t, world);
  const shops: ConnectedShop[] = [];
  for (const account of [harborGoods, tokoPelangi])
    shops.push(await connectShop({ ...world, url: processes.url }, account));
  const erp = createErp(processes.url, world.key);
  const seller = createSeller(erp, seededRandom(seed + 1), market.sellableAt, market.now);
  const nemesis = createNemesis(world, processes, seededRandom(seed + 2));

  const fire = AbortSignal.timeout(seconds * 1_000);
  const end = new AbortController();
  const looking = keepLooking(seller, end.signal);
  await Promise.all([nemesis.rage(fire), live(world, market, shops, erp.triggerAll, fire)]);
  t.comment(`survived ${JSON.stringify(nemesis.deeds)}`);

  // Every hold comes to its end, and everybody has the time he needs.
  world.simulator.control.setClock({ advanceSeconds: 2 * HOUR_SECONDS });
  const facts = { world, market, seller };
  const left = await quiet(world, shops, erp.triggerAll, () => unfinished(facts, erp));
  end.abort();
  await looking;
  t.same(processes.deaths, [], 'no process ended by itself');
  await pullOnce(world, erp.triggerAll);
  t.same(left, [], 'all work has come to its end');
  t.same(await disagreements(facts, erp), [], 'both sides agree');
  const effects = effectsByKind(world);
  t.comment(`${seller.deals.size} orders, ${JSON.stringify(effects)}`);
  t.ok(seller.deals.size > STOCK_PER_SHOP * 2, 'there was something to compare');
  t.ok(
    ['api: cancelled', 'api: return_approved'].every((kind) => effects[kind]),
    'of every kind',
  );
  t.same(await processes.end(), [0, 0, 0], 'the survivors end in order');
  t.same(bugsIn(processes), []);
}

/** How often something happened in TikTok: `who: what`. */
function effectsByKind({ simulator }: ServiceWorld): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { via, kind } of simulator.control.effects()) {
    const name = `${via}: ${kind}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** TikTok's day goes on while things break; lost consents are given anew, as an operator would. */
async function live(
  world: ServiceWorld,
  market: Market,
  shops: ConnectedShop[],
  pull: () => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    market.step();
    await pull().catch(ignoreTrouble);
    await reconnectLost(world, shops);
    await sleep(250);
  }
}

/** @returns what is left when the patience has ended */
async function quiet(
  world: ServiceWorld,
  shops: ConnectedShop[],
  pull: () => Promise<void>,
  left: () => Promise<string[]>,
): Promise<string[]> {
  const deadline = Date.now() + QUIET_WITHIN_MS;
  for (;;) {
    await hurry(world);
    await reconnectLost(world, shops);
    await pull().catch(ignoreTrouble);
    await sleep(500);
    const open = await left().catch((error: unknown) => [String(error)]);
    if (open.length === 0 || Date.now() > deadline) return open;
  }
}

/**
 * Waiting is tested elsewhere: what is to be done later is due now. Leases of the living and the dead stay as they are, and
 * rows that somebody holds are left for the next time: a change of many rows in an order of its own would end in a deadlock.
 */
async function hurry({ db }: ServiceWorld): Promise<void> {
  const change = (table: string, key: string, set: string, where: string) =>
    db.pool.query(
      `UPDATE ${table} SET ${set} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${where} FOR UPDATE SKIP LOCKED)`,
    );
  const isOpen = "settled_at IS NULL AND state <> 'sending'";
  await change('outbox', 'id', 'next_attempt_at = now(), claimed_until = NULL', isOpen);
  // Nothing is under way any more: the simulator answers at once by now.
  await change('outbox', 'id', 'doubt_until = now()', "state = 'in_doubt' AND doubt_until > now()");
  await change('flows', 'id', 'claimed_until = NULL', 'claimed_until IS NOT NULL');
  await change(
    'authorizations',
    'id',
    'refresh_lease_until = now()',
    "refresh_lease_until > now() + interval '50 seconds'",
  );
  await change('budgets', 'ctid', 'rate = ceiling, throttled_at = NULL', 'throttled_at IS NOT NULL');
}

async function pullOnce({ db }: ServiceWorld, pull: () => Promise<void>): Promise<void> {
  const { rows } = await db.pool.query<{ at: Date }>('SELECT now() AS at');
  const since = rows[0]?.at;
  for (const deadline = Date.now() + QUIET_WITHIN_MS; Date.now() < deadline;) {
    await pull();
    await sleep(300);
    const { rowCount } = await db.pool.query(
      'SELECT 1 FROM flows WHERE last_success_at IS NULL OR last_success_at <= $1',
      [since],
    );
    if (rowCount === 0) return;
  }
  throw new Error('the last pull did not come to its end');
}

async function reconnectLost({ db }: ServiceWorld, shops: ConnectedShop[]): Promise<void> {
  const { rows } = await db.pool.query<{ id: number }>(
    "SELECT id FROM connections WHERE status = 'needs_reauthorization'",
  );
  for (const { id } of rows) {
    const shop = shops.find(({ connectionId }) => connectionId === id);
    // While things break it may take several tries.
    await shop?.reconnect().catch(() => undefined);
  }
}

/** 409: the shop needs a new consent first; nothing runs on it until then. */
function ignoreTrouble(error: unknown): void {
  const isPaused = error instanceof UnexpectedAnswer && error.status === 409;
  if (!isTrouble(error) && !isPaused) throw error;
}

/** Errors in the log that are no AppError: nobody has thought of them. */
function bugsIn(processes: Processes): string[] {
  return processes
    .lines()
    .filter((line) => line.includes('"level":"error"') && /TypeError|ReferenceError|RangeError/.test(line));
}
