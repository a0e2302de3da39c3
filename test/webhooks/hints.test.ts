import { createHmac } from 'node:crypto';
import t from 'tap';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { findKnownCancellations } from '../../src/cancellations/cancellation-store.js';
import { DEMO_APP_KEY, DEMO_APP_SECRET } from '../../src/simulator/server.js';
import type { FlowHandler, FlowResult } from '../../src/sync/flows/flows.js';
import { MOST_HINTS, storeHints } from '../../src/webhooks/in/hint-store.js';
import { keepWebhooks, leaveWebhooks } from '../../src/webhooks/in/keep-webhooks.js';
import { readHints } from '../../src/webhooks/in/read-hints.js';
import { createTakeWebhook } from '../../src/webhooks/in/take-webhooks.js';
import { startShop, type TestShop } from '../orders/shop.js';
import { testDatabase } from '../support/database.js';
import { silentLog } from '../support/logs.js';
import { runFlowNow } from '../support/test-world.js';

t.setTimeout(150_000);
const db = await testDatabase(t);
const MINUTE_MS = 60_000;
const lines = [{ sellerSku: 'HINTED', quantity: 1 }];
const publicUrl = 'http://127.0.0.1:3000';

/** A shop whose clock and whose connector's clock can be moved together, and what webhooks make the connector do. */
async function hintedShop(t: Parameters<typeof startShop>[0], options: { region?: string } = {}) {
  const shop = await startShop(t, db, options);
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  const openShop = shop.opener(clock);
  const connectionId = shop.connection.id;
  const domain = { db, clock, log: silentLog, openShop };
  const orders = { ...shop.deps, ...domain, findCancellations: findKnownCancellations };
  const confirmed: number[] = [];
  const results: FlowResult[] = [];
  const kept =
    (handler: FlowHandler): FlowHandler =>
    async (run) => {
      const result = await handler(run);
      results.push(result);
      return result;
    };
  const hints = {
    orders,
    cancellations: { ...domain, findCancelling },
    returns: domain,
    confirmAuthorization: async (id: number) => void confirmed.push(id),
  };
  const keep = (url: string | null) =>
    new Map<string, FlowHandler>([
      ['keep-webhooks', (run) => keepWebhooks({ ...domain, publicUrl: url }, run)],
      ['read-webhooks', kept((run) => readHints(hints, run))],
    ]);
  const run = (name: string, url: string | null = publicUrl) =>
    runFlowNow({ db, clock }, { companyId: shop.companyId, connectionId, name }, keep(url));
  const woken: bigint[] = [];
  const open = () =>
    createTakeWebhook({
      ...domain,
      tiktok: {
        apps: {
          simulator: {
            environment: 'simulator',
            appKey: DEMO_APP_KEY,
            appSecret: DEMO_APP_SECRET,
            serviceId: '1',
          },
        },
      },
      wakeFlow: async ({ id }) => void woken.push(id),
    });
  let nth = 0;
  const signed = (type: number, data: object) => {
    const id = `7380${(nth += 1)}`;
    const body = Buffer.from(JSON.stringify({ type, tts_notification_id: id, shop_id: shop.shopId, data }));
    const header = createHmac('sha256', DEMO_APP_SECRET).update(DEMO_APP_KEY).update(body).digest('hex');
    return { header, body };
  };
  const waiting = () =>
    db.prisma.webhookHint.findMany({
      where: { connectionId },
      orderBy: [{ kind: 'asc' }, { objectId: 'asc' }],
    });
  const watch = () => db.prisma.webhookWatch.findUnique({ where: { connectionId } });
  const advance = (ms: number): void => {
    offsetMs += ms;
    shop.simulator.control.setClock({ advanceSeconds: Math.ceil(ms / 1000) });
  };
  return {
    ...shop,
    connectionId,
    domain,
    run,
    open,
    signed,
    waiting,
    watch,
    advance,
    results,
    woken,
    confirmed,
  };
}

const addOrder = ({ simulator, shopId }: TestShop, paidMinutesAgo: number) =>
  simulator.control.addOrder(shopId, { lines, paidMinutesAgo }).id;

await t.test('what was answered with 200 is a row: another process reads it after a crash', async (t) => {
  const shop = await hintedShop(t);
  await shop.pull();
  const id = addOrder(shop, 90);
  const take = shop.open();
  t.equal(await take(shop.signed(1, { order_id: id })), 'taken');
  t.match(await shop.waiting(), [{ kind: 'order', objectId: id }]);
  t.equal(shop.woken.length, 1, 'a worker is woken');
  t.match(await shop.run('read-webhooks'), { outcome: 'done', counts: { exported: 1 } });
  t.ok(await shop.document(id));
  t.same(await shop.waiting(), []);
});

await t.test('many webhooks about one order are one hint, and one read', async (t) => {
  const shop = await hintedShop(t);
  await shop.pull();
  const id = addOrder(shop, 90);
  const take = shop.open();
  const verdicts = await Promise.all(
    Array.from({ length: 500 }, () => take(shop.signed(1, { order_id: id }))),
  );
  t.ok(verdicts.every((verdict) => verdict === 'taken'));
  t.equal((await shop.waiting()).length, 1);
  const before = shop.simulator.control.requests().length;
  await shop.run('read-webhooks');
  t.equal(shop.simulator.control.requests().length - before, 1);
});

await t.test('a hint that comes while its order is read is read again', async (t) => {
  const shop = await hintedShop(t);
  await shop.pull();
  const id = addOrder(shop, 90);
  const take = shop.open();
  await take(shop.signed(1, { order_id: id }));
  shop.simulator.control.addFault({
    kind: 'delay',
    ms: 300,
    match: { path: '/order/202507/orders' },
    times: 1,
  });
  const running = shop.run('read-webhooks');
  await new Promise((resolve) => {
    setTimeout(resolve, 150);
  });
  await take(shop.signed(1, { order_id: id }));
  await running;
  const reads = shop.simulator.control.requests({ path: '/order/202507/orders' }).length;
  t.equal(reads, 2);
  t.same(await shop.waiting(), []);
});

await t.test('hints of one shop are bounded: beyond that everything is pulled', async (t) => {
  const shop = await hintedShop(t);
  await shop.pull();
  const dueAt = new Date();
  const many = Array.from({ length: MOST_HINTS }, (_, nth) => ({
    connectionId: shop.connectionId,
    kind: 'order' as const,
    objectId: String(nth + 1),
    dueAt,
  }));
  await db.transaction((tx) => storeHints(tx, many));
  const take = shop.open();
  for (let nth = 0; nth < 5; nth++) await take(shop.signed(1, { order_id: `9${nth}` }));
  await take(shop.signed(6, { message: 'gone' }));
  const waiting = await shop.waiting();
  t.equal(waiting.length, MOST_HINTS + 2, 'one for all of them, and the authorisation');
  await shop.run('read-webhooks');
  const flows = await db.prisma.flow.findMany({
    where: { connectionId: shop.connectionId, name: { in: ['pull-cancellations', 'pull-returns'] } },
  });
  t.ok(
    flows.every(({ requested, requestedSeen }) => requested > requestedSeen),
    'runs of the pulls are asked for',
  );
  t.same(shop.confirmed, [shop.connectionId]);
});

await t.test('of another shop, a closed connection and an unknown type nothing is kept', async (t) => {
  const shop = await hintedShop(t);
  const take = shop.open();
  const foreign = Buffer.from(JSON.stringify({ type: 1, shop_id: '4711', data: { order_id: '1' } }));
  const header = createHmac('sha256', DEMO_APP_SECRET).update(DEMO_APP_KEY).update(foreign).digest('hex');
  t.equal(await take({ header, body: foreign }), 'taken');
  t.equal(await take(shop.signed(13, { order_id: '1' })), 'taken');
  await db.prisma.connection.update({ where: { id: shop.connectionId }, data: { status: 'closed' } });
  t.equal(await take(shop.signed(1, { order_id: '1' })), 'taken');
  t.same(await shop.waiting(), []);
  t.equal(await take({ ...shop.signed(1, { order_id: '1' }), header: 'f'.repeat(64) }), 'forged');
});

await t.test('where TikTok does not hold, our own hold ends to the minute', async (t) => {
  const shop = await hintedShop(t, { region: 'ID' });
  await shop.pull();
  const id = addOrder(shop, 0);
  await shop.open()(shop.signed(1, { order_id: id }));
  await shop.run('read-webhooks');
  t.equal(await shop.document(id), null);
  const againAfterMs = shop.results.at(-1)?.againAfterMs ?? 0;
  const { releaseAt } = await shop.row(id);
  const leftMs = (releaseAt?.getTime() ?? 0) - Date.now();
  t.ok(Math.abs(againAfterMs - leftMs) < MINUTE_MS, `again after ${againAfterMs} ms of ${leftMs}`);
  shop.advance(againAfterMs + 1_000);
  await shop.run('read-webhooks');
  t.ok(await shop.document(id));
});

await t.test('TikTok is told our address once, and another one that somebody sets later stays', async (t) => {
  const shop = await hintedShop(t);
  const { control } = shop.simulator;
  await shop.run('keep-webhooks', null);
  t.match(await shop.watch(), { state: 'off', reason: /PUBLIC_URL/ });
  t.equal(control.webhooks().length, 0, 'without PUBLIC_URL nothing is registered');
  t.match(await shop.run('keep-webhooks'), { counts: { registered: 1 } });
  t.ok(control.webhooks().every(({ address }) => address === `${publicUrl}/webhooks/tiktok`));
  const puts = () =>
    control.requests({ path: '/event/202309/webhooks' }).filter(({ method }) => method === 'PUT').length;
  const before = puts();
  await shop.run('keep-webhooks');
  t.equal(puts(), before, 'what is set is not set again');
  await shop.run('keep-webhooks', 'http://127.0.0.1:3001');
  t.ok(
    control.webhooks().every(({ address }) => address.includes(':3001/')),
    'our own address has changed',
  );
  const [first] = control.webhooks();
  Object.assign(first ?? {}, { address: 'https://another.example/hooks' });
  await shop.run('keep-webhooks', 'http://127.0.0.1:3001');
  t.match(await shop.watch(), { state: 'elsewhere' });
  t.equal(control.webhooks()[0]?.address, 'https://another.example/hooks');
  t.equal((await shop.events('webhooks-not-set')).length, 1);
});

await t.test('a connection that is closed takes its webhooks back', async (t) => {
  const shop = await hintedShop(t);
  await shop.run('keep-webhooks');
  t.ok(shop.simulator.control.webhooks().length > 0);
  await leaveWebhooks(shop.domain, shop.connectionId);
  t.equal(shop.simulator.control.webhooks().length, 0);
});

await t.test(
  'a connection says that webhooks have gone silent, by what polling has found, and that they are back',
  async (t) => {
    const shop = await hintedShop(t);
    await shop.pull();
    await shop.run('keep-webhooks');
    await shop.open()(shop.signed(1, { order_id: addOrder(shop, 90) }));
    await shop.run('read-webhooks');
    t.equal((await shop.watch())?.silentSince, null);
    shop.advance(10 * MINUTE_MS);
    addOrder(shop, 0);
    shop.advance(90 * MINUTE_MS);
    await shop.pull({ clock: shop.domain.clock });
    await shop.run('read-webhooks');
    t.ok((await shop.watch())?.silentSince);
    t.match(await shop.events('webhooks-silent'), [/have gone silent/]);
    await shop.run('read-webhooks');
    t.equal((await shop.events('webhooks-silent')).length, 1, 'told once');
    await shop.open()(shop.signed(1, { order_id: '1' }));
    await shop.run('read-webhooks');
    t.equal((await shop.watch())?.silentSince, null);
    t.equal((await shop.events('webhooks-back')).length, 1);
  },
);
