import t from 'tap';
import { somebody } from '../support/actors.js';
import { setTimeout as pause } from 'node:timers/promises';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { explainOrder } from '../../src/orders/explain-order.js';
import { lookAgain } from '../../src/orders/look-again.js';
import { requestOrder } from '../../src/orders/order-requests.js';
import { testApi } from '../support/api.js';
import { commandLine, openAlready } from '../support/command-line.js';
import { testDatabase } from '../support/database.js';
import { advance } from './pieces-world.js';
import { startShop, type TestShop } from './shop.js';

const db = await testDatabase(t);
const line = { sellerSku: 'TEE-RED-L', quantity: 1 };
const HOUR = 3600;

/** An order whose list entry comes so many seconds after it was placed, with its old time of change; null: never. */
function place(shop: TestShop, listedAfterSeconds: number | null, more: object = {}): string {
  const order = { lines: [line], paidMinutesAgo: 90, listedAfterSeconds, ...more };
  return shop.simulator.control.addOrder(shop.shopId, order).id;
}

const explain = (shop: TestShop, tiktokOrderId: string) =>
  explainOrder(shop.deps, { companyId: shop.companyId, tiktokOrderId });
const again = ({ deps, companyId }: TestShop, tiktokOrderId: string) =>
  lookAgain(deps, { companyId, tiktokOrderId, by: somebody });

/** A shop whose pull has come past the time at which the late order changed. */
async function shopPast(t: Parameters<typeof startShop>[0]): Promise<TestShop> {
  const shop = await startShop(t, db);
  place(shop, 0);
  await shop.pull();
  return shop;
}

/** What TikTok lists next lets the pull go on by so much. */
async function goOn(shop: TestShop, seconds: number): Promise<void> {
  advance(shop, seconds);
  shop.simulator.control.addOrder(shop.shopId, { lines: [line] });
  await shop.pull();
}

await t.test(
  'an order that TikTok lists too late for the pull is found by the nightly sweep, once',
  async (t) => {
    const shop = await shopPast(t);
    const late = place(shop, 3 * HOUR);
    await goOn(shop, HOUR);
    advance(shop, HOUR);
    await shop.pull();
    t.equal(await shop.document(late), null, 'the pull has read past it');
    t.match(await explain(shop, late), {
      state: 'not_pulled',
      summary: /its list had not shown it when the pull read past that time/,
      nextSteps: [/Orders\/Pull\?order=/, /nightly sweep reads it 20/],
    });
    const swept = await shop.pull({ flow: 'sweep-orders' });
    t.match(swept, { outcome: 'done', counts: { exported: 1 } });
    t.ok(await shop.document(late));
    t.match(await shop.pull({ flow: 'sweep-orders' }), { outcome: 'nothing-to-do' });
    t.equal((await shop.pull()).counts['exported'], 0, 'the pull finds it known');
  },
);

await t.test(
  'a sweep that is stopped goes on where it was, and reads nothing before the first pull',
  async (t) => {
    const shop = await startShop(t, db);
    t.match(await shop.pull({ flow: 'sweep-orders' }), { outcome: 'nothing-to-do' });
    await shop.pull();
    const late = Array.from({ length: 120 }, () => place(shop, HOUR));
    advance(shop, 2 * HOUR);
    const stop = new AbortController();
    let pages = 0;
    const report = await shop.pull({
      flow: 'sweep-orders',
      stop: stop.signal,
      change: (api) => ({
        searchOrders: (search) => {
          pages += 1;
          if (pages === 2) stop.abort();
          return api.searchOrders(search);
        },
      }),
    });
    t.equal(report.outcome, 'interrupted');
    const before = await shop.documentCount();
    t.ok(before > 0 && before < late.length, `${before} of ${late.length}`);
    let first: Date | undefined;
    await shop.pull({
      flow: 'sweep-orders',
      change: (api) => ({
        searchOrders: (search) => {
          first ??= search.createdFrom;
          return api.searchOrders(search);
        },
      }),
    });
    t.ok(first, 'it does not begin anew');
    t.equal(await shop.documentCount(), late.length);
  },
);

await t.test('once a day the pull itself reads a day more, whatever status a late order has', async (t) => {
  const shop = await shopPast(t);
  const late = place(shop, 4 * HOUR);
  await goOn(shop, HOUR);
  advance(shop, 3 * HOUR);
  await shop.pull();
  t.equal(await shop.document(late), null);
  let reads = 0;
  const count = {
    change: (api: TestShop['api']) => ({
      searchOrders: (search: Parameters<typeof api.searchOrders>[0]) => {
        reads += 1;
        return api.searchOrders(search);
      },
    }),
  };
  await shop.pull(count);
  t.equal(reads, 1, 'not at every pull');
  // TikTok tells its time in whole seconds.
  advance(shop, 20 * HOUR + 5);
  await shop.pull(count);
  t.equal(reads, 3);
  t.ok(await shop.document(late));
  await shop.pull(count);
  t.equal(reads, 4);
});

await t.test('an order that no list ever shows comes in by its id, through the same gates', async (t) => {
  const shop = await shopPast(t);
  const never = place(shop, null);
  const young = place(shop, null, { paidMinutesAgo: 5 });
  const other = place(shop, null, { shippingType: 'TIKTOK' });
  await goOn(shop, 30 * 60);
  await shop.pull({ flow: 'sweep-orders' });
  t.match(await explain(shop, never), { state: 'not_pulled' });
  t.equal(await again(shop, never), true);
  t.ok(await shop.document(never));
  t.match(await explain(shop, never), { state: 'exported' });
  await again(shop, young);
  t.match(await explain(shop, young), { state: 'waiting' });
  await again(shop, other);
  t.match(await explain(shop, other), { state: 'not_imported', summary: /TikTok Shipping/ });
  t.equal(await again(shop, '123'), false);
  const [before] = [await shop.document(never)];
  await again(shop, never);
  t.equal((await shop.document(never))?.version, before?.version, 'again changes nothing');
  t.match(await explain(shop, other), { nextSteps: [String] });
});

await t.test('an order that was kept out is decided anew when somebody asks for it', async (t) => {
  const shop = await startShop(t, db, { settings: { importCreatedAfter: '2099-01-01T00:00:00Z' } });
  const id = place(shop, 0);
  await shop.pull();
  t.match(await explain(shop, id), { state: 'not_imported' });
  await db.prisma.connection.update({ where: { id: shop.connection.id }, data: { settings: {} } });
  await shop.pull();
  t.equal(await shop.document(id), null, 'it has not changed in TikTok');
  await db.transaction((tx) => requestOrder(tx, { connectionId: shop.connection.id, tiktokOrderId: id }));
  await shop.pull();
  t.ok(await shop.document(id));
  t.equal(await db.prisma.orderRequest.count({ where: { connectionId: shop.connection.id } }), 0);
});

await t.test('what cannot be asked is no answer', async (t) => {
  const shop = await shopPast(t);
  await db.prisma.connection.update({ where: { id: shop.connection.id }, data: { status: 'paused' } });
  await t.rejects(again(shop, place(shop, null)), { code: 'connection-not-ready' });
});

await t.test(
  'an ERP asks for one order by a call, and gets the reason where it may not have it',
  async (t) => {
    const shop = await shopPast(t);
    const seller = (companyId: number) => ({ companyId, connectionId: shop.connection.id, partnerId: 0 });
    const { call } = await testApi(t, db, {
      domain: { ...shop.deps, findCancelling },
      seller: seller(shop.companyId),
    });
    const ask = async (id: string) => {
      const response = await call('POST', `/api/v3/Orders/Pull?order=${id}`);
      return { status: response.statusCode, ...response.json<{ Body?: object }>() };
    };
    const never = place(shop, null);
    t.match(await ask(never), {
      status: 200,
      Body: { TikTokOrderId: never, State: 'exported', LogicbrokerKey: /^\d+$/ },
    });
    const ready = (await call('GET', '/api/v3/Orders/Ready')).json<{
      Records: { OrderNumber: string }[];
    }>();
    t.ok(ready.Records.some(({ OrderNumber }) => OrderNumber === never));
    const young = place(shop, null, { paidMinutesAgo: 5 });
    t.match(await ask(young), {
      status: 200,
      Body: { State: 'waiting', NextSteps: [/Wait/], ReleaseAt: /^20/ },
    });
    t.match(await ask('123'), { status: 404, Message: /None of your connected shops/ });
    t.equal((await call('POST', '/api/v3/Orders/Pull?order=x')).statusCode, 400);
    const { id: otherId } = await db.prisma.company.create({ data: { name: 'Stranger' } });
    const stranger = await testApi(t, db, {
      domain: { ...shop.deps, findCancelling },
      seller: seller(otherId),
    });
    t.equal((await stranger.call('POST', `/api/v3/Orders/Pull?order=${never}`)).statusCode, 404);
  },
);

await t.test('an administrator has one order read on the command line', async (t) => {
  const shop = await shopPast(t);
  const never = place(shop, null);
  const cli = commandLine(openAlready(db));
  const id = String(shop.connection.id);
  const asked = cli('import-order', id, never);
  // In a worker's place.
  while ((await db.prisma.orderRequest.count({ where: { connectionId: shop.connection.id } })) === 0)
    await pause(10);
  await shop.pull();
  t.match(await asked, { code: 0, text: new RegExp(`Order ${never} is document \\d+`) });
  t.match(await cli('import-order', id, never, '--wait', '0'), { code: 0, text: /Asked for/ });
  t.match(await cli('import-order', id, 'TT-1'), { code: 2, text: /TikTok’s order id/ });
});
