import type { FaultSpec } from '../../src/simulator/control/fault-spec.js';
import { seededRandom } from '../scenarios/fire/random.js';
import { createBuyers, SKUS } from './buyers.js';
import { openChaosWorld, type ChaosWorld } from './chaos-world.js';
import { createDesk, type Desk } from './desk.js';
import { someFault } from './faults.js';
import { disagreements, unfinished } from './judge.js';
import type { Planted } from './planted/planted-bug.js';
import { openScope } from './scope.js';
import { storyOf } from './story.js';
import { createWorker, keepHouse, letDoubtsPass, type Blow, type Worker } from './worker.js';

export interface Outcome {
  seed: number;
  /** Every way in which both sides disagree; empty: they agree. */
  wrong: string[];
  /** How often which fault and blow has struck something under way. */
  struck: Record<string, number>;
  acts: number;
  orders: number;
  ms: number;
  /** What was done, in order, and of the documents that are named in `wrong` what both sides say. Only of a failed history. */
  story: string[];
}

const FIRST_STOCK = 40;
const LEAST_ACTS = 40;
const MOST_ACTS = 60;
/** Rounds of 20 minutes until everything has come to its end. */
const MOST_ROUNDS = 8;
/** What a round has brought may concern the stock, which the next one looks at. */
const LEAST_ROUNDS = 2;
const MOST_TURNS = 80;
const BLOWS: readonly Blow[] = ['killed', 'killed', 'lease lost', 'overtaken'];

/** One seed, one history: lived through in this process, brought to rest, and judged. */
export async function liveThrough(seed: number, planted?: Planted): Promise<Outcome> {
  const scope = openScope();
  const began = performance.now();
  try {
    const random = seededRandom(seed);
    const world = await openChaosWorld(scope, { shops: random.chance(0.5) ? 2 : 1, planted });
    const { control } = world.simulator;
    for (const { shopId } of world.shops) stock(world, shopId);
    const worker = createWorker(world, random);
    const desk = createDesk(world, random);
    const buyers = createBuyers(world, random);
    const log: string[] = [];
    const tell = (what: string | null): void => {
      for (const line of worker.log.splice(0)) log.push(`    ${line}`);
      if (what) log.push(`${world.clock.now().toISOString()} ${what}`);
    };
    await work(world, worker, MOST_TURNS);
    await desk.feed();
    // Some orders from before, whose hour is over.
    for (let orders = random.whole(4, 8); orders > 0; orders--) tell(buyers.order());
    world.wait(4_000);
    await look(world, desk);
    await work(world, worker, MOST_TURNS);
    await look(world, desk);
    const acts = random.whole(LEAST_ACTS, MOST_ACTS);
    for (let act = 0; act < acts; act++) {
      world.wait(random.pick([2, 5, 30, 120, 600, 1_800]));
      const kind = random.number();
      if (kind < 0.4) tell(buyers.act());
      else if (kind < 0.48) tell(buyers.plan());
      else tell(await desk.act());
      await look(world, desk);
      if (random.chance(0.6)) tell(arm(control, random));
      for (let turns = random.whole(0, 4); turns > 0; turns--) {
        await look(world, desk);
        const blow = { kind: random.pick(BLOWS), atMoment: random.whole(1, 9) };
        await worker.turn(random.chance(0.25) ? blow : undefined);
        await world.reconnect();
      }
      // Answers that are held come late, and what they were about is in doubt until then.
      if (random.chance(0.3)) await allow(world);
      await look(world, desk);
    }
    const struck = struckOf(world, worker);
    control.clearSchedule();
    const judged = { world, desk, disturbed: buyers.disturbed };
    tell('rest');
    const left = await comeToRest(world, desk, worker, () => unfinished(judged));
    tell(null);
    const wrong = [...left.map((each) => `left behind: ${each}`), ...(await disagreements(judged))];
    return {
      seed,
      wrong,
      struck,
      acts,
      orders: world.shops.reduce(
        (sum, { shopId }) => sum + control.orders({ shop: shopId, limit: 10_000 }).length,
        0,
      ),
      ms: performance.now() - began,
      story: wrong.length > 0 ? [...log, ...(await storyOf(world, wrong))] : [],
    };
  } finally {
    await scope.close();
  }
}

function stock({ simulator: { control } }: ChaosWorld, shopId: string): void {
  const [warehouse] = control.warehouses(shopId).filter(({ type }) => type === 'SALES_WAREHOUSE');
  for (const sellerSku of SKUS)
    control.addProduct(shopId, {
      title: `A product called ${sellerSku}`,
      skus: [{ sellerSku, price: '20', stock: { [warehouse?.id ?? '']: FIRST_STOCK } }],
    });
}

function arm(control: ChaosWorld['simulator']['control'], random: ReturnType<typeof seededRandom>): string {
  const fault: FaultSpec = someFault(random);
  control.addFault(fault);
  return `fault ${JSON.stringify(fault)}`;
}

/** Works off what is due. */
async function work(world: ChaosWorld, worker: Worker, most: number): Promise<void> {
  for (let turns = 0; turns < most; turns++) if ((await worker.turn()) === null) return;
}

/** Lets go of held calls, and lets so much time pass that no doubt is left. */
async function allow(world: ChaosWorld): Promise<void> {
  const { control } = world.simulator;
  for (const { id, spec } of control.faults()) if (spec.kind === 'hold') control.removeFault(id);
  // What was let go is carried out now, in this process.
  await new Promise((resolve) => setTimeout(resolve, 30));
  world.wait(180);
  await letDoubtsPass(world);
}

async function comeToRest(
  world: ChaosWorld,
  desk: Desk,
  worker: Worker,
  left: () => Promise<string[]>,
): Promise<string[]> {
  const { control } = world.simulator;
  for (const { id, spec } of control.faults()) if (spec.kind !== 'hold') control.removeFault(id);
  world.wait(2 * 3_600);
  let open: string[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await allow(world);
    await world.reconnect();
    world.wait(1_200);
    await world.db.pool.query('UPDATE inventory_states SET compared_at = NULL WHERE compared_at IS NOT NULL');
    await world.db.pool.query(
      "UPDATE flows SET next_attempt_at = now() - interval '1 day' WHERE connection_id IS NOT NULL",
    );
    await work(world, worker, MOST_TURNS);
    await keepHouse(world);
    await look(world, desk);
    await desk.returns.look();
    open = await left();
    if (open.length === 0 && round >= LEAST_ROUNDS) return [];
  }
  return open;
}

/** What the ERP could know from now on, noted as it happens. */
async function look({ db, clock }: ChaosWorld, { known }: Desk): Promise<void> {
  const now = clock.now().getTime();
  const exported = await db.pool.query<{ id: string }>(
    'SELECT unit_id AS id FROM stock_pieces WHERE exported_at IS NOT NULL',
  );
  for (const { id } of exported.rows) if (!known.exported.has(id)) known.exported.set(id, now);
  const told = await db.pool.query<{ body: string }>(
    "SELECT body FROM documents WHERE type = 'acknowledgement' AND body LIKE '%TikTokCancelledBy%'",
  );
  for (const { body } of told.rows)
    for (const [, ids = ''] of body.matchAll(/"TikTokOrderLineId","Value":"([\d,]+)"/g))
      for (const id of ids.split(',')) if (!known.told.has(id)) known.told.set(id, now);
}

function struckOf({ simulator }: ChaosWorld, { struck }: Worker): Record<string, number> {
  const counts = { ...struck };
  for (const { spec, struck: times } of simulator.control.faults())
    if (times > 0) counts[`TikTok: ${spec.kind}`] = (counts[`TikTok: ${spec.kind}`] ?? 0) + times;
  for (const { done } of simulator.control.scheduled())
    if (done.length > 0) counts['somebody acts at a call'] = (counts['somebody acts at a call'] ?? 0) + 1;
  return counts;
}
