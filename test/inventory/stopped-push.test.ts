import { productFlows } from '../../src/compose/product-flows.js';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { pullCatalogue } from '../../src/catalogue/pull-catalogue.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { migrateQueueStore, openQueues } from '../../src/jobs/queues.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow } from '../../src/sync/flows/run-flow.js';
import { testRedisUrl } from '../jobs/redis.js';
import { silent } from '../shipments/wiring.js';
import { startWorld, type ShopWorld } from '../shipments/world.js';
import { startChildWorker } from '../support/child-worker.js';
import { until } from '../support/waiting.js';
import { pushStops, type PushStop } from './push-stop-points.js';
import { feedItems } from './push-world.js';

t.setTimeout(300_000);
const program = fileURLToPath(new URL('stopping-push-worker.js', import.meta.url));
const LATE: readonly PushStop[] = ['while TikTok carries it out late', 'while TikTok loses it'];
/** Their call has left, or a doubt says that it may have. */
const MAY_HAVE_LEFT: readonly PushStop[] = [
  ...LATE,
  'after the doubt is noted',
  'in the door',
  'before the answer is stored',
];
const STOCK_CALL = '/product/202309/products/*/inventory/update';
/** Of a loaded machine. */
const PATIENCE_MS = 60_000;
/** Of time that passes at once, until no call can act any more. */
const MOST_ROUNDS = 6;
const ROUND_MS = 15_000;
const [OLD, NEWEST] = [5, 2];

interface StoppedShop extends ShopWorld {
  point: PushStop;
  flowId: bigint;
}

async function suite(t: Test, redisUrl: string | null): Promise<void> {
  const world = await startWorld(t, { answerTimeoutMs: 20_000 });
  const { control, db, databaseUrl, simulatorUrl, sealingKey } = world;
  if (redisUrl === null) await migrateQueueStore(databaseUrl);
  const environment = {
    DATABASE_URL: databaseUrl,
    SIMULATOR_URL: simulatorUrl,
    SEALING_KEY: sealingKey.toString('hex'),
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
  };
  const queues = openQueues({
    redisUrl: redisUrl ?? undefined,
    databaseUrl,
    prefix: 'stop',
    consumes: false,
    log: silent,
  });
  t.teardown(() => queues.close());
  const shops: StoppedShop[] = [];
  for (const point of pushStops) shops.push(await prepare(point));
  await db.prisma.flow.updateMany({ data: { enabled: false } });

  async function prepare(point: PushStop): Promise<StoppedShop> {
    const shop = await world.connect('US');
    const { companyId, connection } = shop;
    const skus = point === 'between two batches' ? ['ITEM', 'FIRST'] : ['ITEM'];
    for (const sellerSku of skus) {
      control.addProduct(shop.shopId, {
        title: 'A product of the tests that sells',
        skus: [{ sellerSku, price: '10.00', stock: 100 }],
      });
    }
    const choice = { companyId, connectionId: connection.id, now: new Date() };
    const { flowId: catalogueId } = await requestRun(db.prisma, { ...choice, name: 'pull-catalogue' });
    const handlers = new Map([['pull-catalogue' as const, pullCatalogue.bind(null, world.deps)]]);
    await runFlow({ flows: productFlows, ...world.deps, recordEvents, handlers }, catalogueId);
    const push = await db.prisma.flow.findFirstOrThrow({
      where: { connectionId: connection.id, name: 'push-inventory' },
    });
    return { ...shop, point, flowId: push.id };
  }
  async function runNow({ companyId, connection, flowId }: StoppedShop): Promise<void> {
    const choice = { companyId, connectionId: connection.id, now: new Date() };
    await requestRun(db.prisma, { ...choice, name: 'push-inventory' });
    await queues.wakeNow({ kind: 'flow', id: flowId, lane: 'background' });
  }
  /** What a feed does, and "Run now". */
  async function say(shop: StoppedShop, quantity: number, first: number): Promise<void> {
    const { point } = shop;
    const others = point === 'between two batches' ? [{ sku: 'FIRST', quantity: first }] : [];
    await feedItems(db, shop, [{ sku: 'ITEM', quantity }, ...others]);
    await runNow(shop);
  }
  const shown = ({ shopId }: StoppedShop, sku = 'ITEM') => control.stock(shopId, sku)[0]?.available;
  const doubts = async ({ shopId }: StoppedShop): Promise<number[]> => {
    const rows = await db.prisma.sentValue.findMany({ where: { shopId } });
    return rows.flatMap(({ stockDoubts }) =>
      (stockDoubts as { stock: Record<string, number> }[]).flatMap(({ stock }) => Object.values(stock)),
    );
  };
  const writes = ({ shopId }: StoppedShop, afterSeq = 0) =>
    control
      .productEffects({ shop: shopId, kind: 'inventory_updated', afterSeq, limit: 1_000 })
      .effects.filter(({ via }) => via === 'api');

  const stops: Record<string, PushStop> = {};
  for (const { point, shopId, flowId, connection } of shops)
    for (const name of [shopId, connection.shopCipher, String(flowId)]) stops[name] = point;
  const lateShops = shops.filter(({ point }) => LATE.includes(point));
  for (const { shopId, point } of lateShops) {
    const match = { method: 'POST', path: STOCK_CALL, shop: shopId };
    control.addFault({ kind: 'hold', match, times: 1 });
    if (point === 'while TikTok loses it') control.addFault({ kind: 'drop', match, times: 1 });
  }
  const held = () =>
    control
      .faults()
      .filter(({ spec }) => spec.kind === 'hold')
      .reduce((sum, { struck }) => sum + struck, 0);

  const stopped = startChildWorker(t, program, { ...environment, STOPS: JSON.stringify(stops) });
  const successor = startChildWorker(t, program, { ...environment, WAITS: 'true' });
  await until('the first to work', () => stopped.lines.includes('ready'), PATIENCE_MS);
  const early = shops.filter(({ point }) => !LATE.includes(point));
  for (const shop of early) await say(shop, OLD, 0);
  const isThere = ({ point }: StoppedShop) => stopped.lines.includes(`waits ${point}`);
  await until('all to stand at their points', () => early.every(isThere), PATIENCE_MS);
  await until('the successor to stand by', () => successor.lines.includes('stands by'), PATIENCE_MS);
  for (const shop of lateShops) await say(shop, OLD, 0);
  await until('TikTok to hold the late calls', () => held() === lateShops.length, PATIENCE_MS);
  stopped.signal('SIGSTOP');
  for (const shop of lateShops) t.equal(shown(shop), 100, `${shop.point}: TikTok has not acted yet`);

  for (const shop of shops) await say(shop, NEWEST, 3);
  successor.say('go');
  await until('the newest values', () => shops.every((shop) => shown(shop) === NEWEST), PATIENCE_MS);
  for (const { shopId } of shops) control.addOrder(shopId, { lines: [{ sellerSku: 'ITEM', quantity: 1 }] });
  const unsent = () => db.prisma.inventoryItem.count({ where: { unsentSince: { not: null } } });
  await until('the end of the pushes', async () => (await unsent()) === 0, PATIENCE_MS);
  const inDoubt = shops.filter(({ point }) => MAY_HAVE_LEFT.includes(point));
  for (const shop of shops)
    t.equal(
      (await doubts(shop)).includes(OLD),
      inDoubt.includes(shop),
      `${shop.point}: no success of another ends its doubt`,
    );

  control.clearFaults();
  await until('TikTok to carry out what it has held', () => shown(lateShops[0]!) === OLD, PATIENCE_MS);
  const before = control.productEffects().effects.at(-1)?.seq ?? 0;
  stopped.signal('SIGCONT');
  const lost = () => stopped.lines.filter((line) => line === 'lease lost').length;
  await until(
    'the stopped worker to see that it has lost its leases',
    () => lost() === shops.length - 1,
    PATIENCE_MS,
  );
  for (const shop of inDoubt)
    t.ok((await doubts(shop)).includes(OLD), `${shop.point}: nor does its own failure`);

  const open = async () => {
    const which = { OR: [{ unsentSince: { not: null } }, { dueAt: { not: null } }] };
    const items = await db.prisma.inventoryItem.findMany({ where: which });
    const left = await Promise.all(
      shops.map(async (shop) => (await doubts(shop)).map((value) => `${shop.point}: ${value} in doubt`)),
    );
    return [
      ...items.map(
        ({ connectionId, supplierSku, pushReason }) => `${connectionId} ${supplierSku} ${pushReason}`,
      ),
      ...left.flat(),
    ];
  };
  // A worker that is late on a busy machine notes new doubts, which end a while after that.
  for (let round = 0; round < MOST_ROUNDS && (await open()).length > 0; round++) {
    control.setClock({ advanceSeconds: 200 });
    for (const worker of [stopped, successor]) worker.say('later');
    for (const shop of shops) await runNow(shop);
    await until('the end of all doubts', async () => (await open()).length === 0, ROUND_MS, 100).catch(
      () => undefined,
    );
  }
  t.same(await open(), [], 'all is read back');
  for (const shop of shops) {
    t.equal(
      shown(shop),
      NEWEST - 1,
      `${shop.point}: TikTok has the newest value, less what was ordered since`,
    );
    const set = writes(shop, before).flatMap(({ inventory = [] }) => inventory.map(({ after }) => after));
    t.notOk(set.includes(OLD), `${shop.point}: nothing of a lost lease leaves afterwards`);
    if (shop.point === 'between two batches') t.equal(shown(shop, 'FIRST'), 3);
  }
  t.same(
    [...stopped.lines, ...successor.lines].filter((line) => line.startsWith('error')),
    [],
  );
  for (const worker of [stopped, successor]) worker.signal('SIGTERM');
}

const promise =
  'stopped at any point of a stock push while another worker sends a newer feed: TikTok ends with the newest';
// Both mostly wait for leases and for TikTok.
t.jobs = 2;
void t.test(`${promise} (queue on PostgreSQL)`, { buffered: true }, (t) => suite(t, null));

const redisUrl = await testRedisUrl(t);
await t.test(
  `${promise} (queue on Redis)`,
  { skip: redisUrl === null && 'there is no Redis', buffered: true },
  (t) => suite(t, redisUrl),
);
