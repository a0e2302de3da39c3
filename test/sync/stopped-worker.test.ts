import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { migrateQueueStore } from '../../src/jobs/queues.js';
import { ackOf, acknowledging } from '../acknowledgements/world.js';
import { testRedisUrl } from '../jobs/redis.js';
import { answerOf, startReturnWorld, type ReturnWorld } from '../returns/world.js';
import { shipmentOf, type ShopWorld, type TestOrder } from '../shipments/world.js';
import { startChildWorker } from '../support/child-worker.js';
import { stopPoints, type StopPoint } from './stop-points.js';
import { until } from '../support/waiting.js';

t.setTimeout(400_000);
const program = fileURLToPath(new URL('stopping-worker.js', import.meta.url));
const LATE: readonly StopPoint[] = ['while TikTok carries it out late', 'while TikTok loses it'];
const writePaths = [
  '/fulfillment/*/packages',
  '/fulfillment/*/split',
  '/fulfillment/*/ship',
  '/return_refund/*/cancellations',
  '/return_refund/*/approve',
];

/** What a shop's ERP has asked for, and how both sides must agree in the end. */
interface Asked {
  what: string;
  /** Kinds of effects that TikTok must have had by the API, each once. */
  effects: string[];
  order: TestOrder;
  status: () => Promise<number>;
  wanted: number;
}

/** Of the two shops at each point together: one of each kind. */
const EFFECTS = 6;

/** Of a loaded machine. */
const PATIENCE_MS = 60_000;

let numbers = 0;

/** Something that a shop's ERP will ask for. */
type Ask = () => Promise<Asked[]>;

/** One of each effect of the US. */
async function prepareUs(returns: ReturnWorld, shop: ShopWorld): Promise<Ask> {
  const { world } = returns;
  const acks = acknowledging(world, shop);
  const goods = [{ sku: 'TEE', quantity: 1 }];
  const cancel = (order: TestOrder) =>
    acks.send(order, ackOf('A-1', [{ sku: 'TEE', cancel: 1 }], { ChangeReason: 'Out of stock' }));
  const shipped = await shop.order(goods);
  const cancelled = await shop.order(goods);
  const approved = await shop.order(goods);
  world.control.act(approved.tiktokOrderId, { type: 'buyer_cancel' });
  const back = await returns.received(shop);
  const tracking = `STOP${String(++numbers).padStart(6, '0')}`;
  return async () => {
    const shipment = await shop.ship(shipped, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking }]));
    const acknowledgements = [await cancel(cancelled), await cancel(approved)] as const;
    await returns.answer(shop, answerOf(back));
    const ackStatus = async (key: number) => (await acks.view(key)).status;
    return [
      {
        what: 'mark package shipped',
        effects: ['shipped'],
        order: shipped,
        status: async () => (await shop.shipment(shipment.key)).status,
        wanted: 1000,
      },
      {
        what: 'cancel order',
        effects: ['cancelled'],
        order: cancelled,
        status: () => ackStatus(acknowledgements[0].key),
        wanted: 1000,
      },
      {
        what: 'approve cancellation',
        effects: ['cancel_approved'],
        order: approved,
        status: () => ackStatus(acknowledgements[1].key),
        wanted: 1000,
      },
      {
        what: 'approve return',
        effects: ['return_approved'],
        order: back.order,
        status: async () => (await returns.view(shop, back)).status,
        wanted: 600,
      },
    ];
  };
}

/** One of each effect of South-East Asia. */
async function prepareIndonesia(shop: ShopWorld): Promise<Ask> {
  const carrier = { CarrierCode: 'JNE' };
  const next = () => `STOP${String(++numbers).padStart(6, '0')}`;
  const lines = ['KOPI', 'TEH'].map((sku) => ({ sku, quantity: 1 }));
  const split = await shop.order(lines);
  const whole = await shop.order(lines);
  const tracking = next();
  return async () => {
    const documents = [
      await shop.ship(
        split,
        shipmentOf(
          'S-1',
          lines.map((line) => ({ ...line, tracking: next(), carrier })),
        ),
      ),
      await shop.ship(
        whole,
        shipmentOf(
          'S-1',
          lines.map((line) => ({ ...line, tracking, carrier })),
        ),
      ),
    ] as const;
    const status = async (key: number) => (await shop.shipment(key)).status;
    return [
      {
        what: 'split order, then ship',
        // TikTok notes one for each package that a split makes.
        effects: ['shipped', 'shipped', 'split', 'split'],
        order: split,
        status: () => status(documents[0].key),
        wanted: 1000,
      },
      {
        what: 'ship package',
        effects: ['shipped'],
        order: whole,
        status: () => status(documents[1].key),
        wanted: 1000,
      },
    ];
  };
}

async function suite(t: Test, redisUrl: string | null, points: readonly StopPoint[]): Promise<void> {
  const returns = await startReturnWorld(t, { answerTimeoutMs: 20_000 });
  const { world } = returns;
  const { control, db, databaseUrl, simulatorUrl, sealingKey } = world;
  if (redisUrl === null) await migrateQueueStore(databaseUrl);
  const environment = {
    DATABASE_URL: databaseUrl,
    SIMULATOR_URL: simulatorUrl,
    SEALING_KEY: sealingKey.toString('hex'),
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
  };
  const shops = new Map<StopPoint, [us: ShopWorld, indonesia: ShopWorld]>();
  const asks = new Map<StopPoint, Ask[]>();
  for (const point of points) {
    const [us, indonesia] = [await world.connect('US'), await world.connect('ID')];
    shops.set(point, [us, indonesia]);
    asks.set(point, [await prepareUs(returns, us), await prepareIndonesia(indonesia)]);
  }
  // The workers are here for effects.
  await db.prisma.flow.updateMany({ data: { enabled: false } });
  const stops: Record<string, StopPoint> = {};
  for (const [point, pair] of shops) {
    for (const { connection } of pair) {
      stops[connection.shopId] = point;
      stops[connection.shopCipher] = point;
    }
  }
  const asked: Asked[] = [];
  const ask = async (points: readonly StopPoint[]): Promise<void> => {
    for (const point of points) {
      for (const askShop of asks.get(point)!)
        for (const each of await askShop()) asked.push({ ...each, what: `${each.what} (${point})` });
    }
  };
  const writes = () =>
    control
      .requests({ limit: 100_000 })
      .filter(
        ({ method, path }) => method === 'POST' && !path.endsWith('/search') && !path.includes('/token'),
      ).length;

  const stopped = startChildWorker(t, program, { ...environment, STOPS: JSON.stringify(stops) });
  const successor = startChildWorker(t, program, { ...environment, WAITS: 'true' });
  const [early, late] = [
    points.filter((point) => !LATE.includes(point)),
    points.filter((point) => LATE.includes(point)),
  ];
  await ask(early);
  const there = (point: string) => stopped.lines.filter((line) => line === `waits ${point}`).length;
  await until(
    'all to stand at their points',
    () => early.every((point) => there(point) === EFFECTS),
    PATIENCE_MS,
  );
  await until('the successor to stand by', () => successor.lines.includes('stands by'), PATIENCE_MS);
  const shopsAt = (some: readonly StopPoint[]): string[] =>
    some.flatMap((point) => shops.get(point)!.map(({ shopId }) => shopId));
  const waiting = shopsAt(late);
  for (const shop of waiting)
    for (const path of writePaths) control.addFault({ kind: 'hold', match: { method: 'POST', path, shop } });
  for (const shop of shopsAt(late.filter((point) => point === 'while TikTok loses it')))
    for (const path of writePaths) control.addFault({ kind: 'drop', match: { method: 'POST', path, shop } });
  await ask(late);
  const held = () =>
    control
      .faults()
      .filter(({ spec }) => spec.kind === 'hold')
      .reduce((sum, { struck }) => sum + struck, 0);
  await until('TikTok to hold the late calls', () => held() === late.length * EFFECTS, PATIENCE_MS);
  stopped.signal('SIGSTOP');
  const owned = await db.prisma.outboxEntry.count({ where: { state: 'sending' } });
  t.ok(owned >= early.length * EFFECTS, 'it has been stopped in the middle of them');
  successor.say('go');
  await until(
    'the successor to find nothing of the late calls',
    async () => {
      const { rows } = await db.pool.query<{ count: string }>(
        `SELECT count(DISTINCT o.id) FROM outbox o JOIN connections c ON c.id = o.connection_id
         JOIN outbox_attempts a ON a.outbox_id = o.id
       WHERE c.shop_id = ANY($1) AND a.kind = 'read-back' AND a.outcome = 'in_doubt'`,
        [waiting],
      );
      return Number(rows[0]?.count) === late.length * EFFECTS;
    },
    PATIENCE_MS,
  );
  t.equal(held(), late.length * EFFECTS, 'what TikTok does not show yet is not sent again');
  control.clearFaults();
  const open = async () =>
    (await db.prisma.outboxEntry.findMany({ where: { state: { not: 'done' } } })).map(
      ({ effect, state, lastError }) => `${effect} ${state} ${lastError}`,
    );
  await until('the end of all effects', async () => (await open()).length === 0, PATIENCE_MS, 100).catch(
    async (error: unknown) => t.same(await open(), [], String(error)),
  );
  const sent = writes();
  stopped.signal('SIGCONT');
  const lost = () => stopped.lines.filter((line) => line === 'lease lost').length;
  await until('the stopped worker to see that it has lost everything', () => lost() === owned, PATIENCE_MS);
  t.equal(writes(), sent, 'nothing leaves a process that has lost its leases');

  for (const { what, effects, order, status, wanted } of asked) {
    t.equal(await status(), wanted, what);
    const had = control.effects({ order: order.tiktokOrderId, via: 'api' }).map(({ kind }) => kind);
    t.same(had.toSorted(), effects, `${what}: TikTok has it once`);
  }
  t.same(
    [...stopped.lines, ...successor.lines].filter((line) => line.startsWith('error')),
    [],
  );
  for (const worker of [stopped, successor]) worker.signal('SIGTERM');
}

// Both mostly wait for leases and for TikTok.
t.jobs = 2;
void t.test(
  'stopped at any point of any effect, its lease lost: one effect, nothing late (queue on PostgreSQL)',
  { buffered: true },
  (t) => suite(t, null, stopPoints),
);

const redisUrl = await testRedisUrl(t);
// The points are the same whatever wakes the workers: here it is one of each kind.
await t.test(
  'stopped before and after its call, its lease lost: one effect, nothing late (queue on Redis)',
  { skip: redisUrl === null && 'there is no Redis', buffered: true },
  (t) => suite(t, redisUrl, ['before the door', 'while TikTok carries it out late']),
);
