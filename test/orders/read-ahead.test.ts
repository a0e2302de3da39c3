import { somebody } from '../support/actors.js';
import t from 'tap';
import { ingestOrders } from '../../src/orders/ingest-orders.js';
import { lockShop } from '../../src/orders/order-store.js';
import type { SqlTx } from '../../src/store/database.js';
import type { FlowReport } from '../../src/sync/flows/run-flow.js';
import { readAhead } from '../../src/sync/pull/read-ahead.js';
import { testDatabase } from '../support/database.js';
import { until } from '../support/waiting.js';
import { startShop, type TestShop } from './shop.js';

const db = await testDatabase(t);

const SEARCH = { path: '/order/202309/orders/search' };
/** The newest change in the shop, the first page, and the one ahead. */
const SEARCHES = 3;

function searchesOf({ simulator }: TestShop) {
  return simulator.control.requests(SEARCH);
}

/** Does something after the second page of a first pull was read, while the first one cannot be stored yet. */
async function whileFirstPageWaits(
  shop: TestShop,
  pull: () => Promise<FlowReport>,
  work: (tx: SqlTx) => Promise<void> = async () => undefined,
): Promise<FlowReport> {
  let running: Promise<FlowReport> | undefined;
  await db.sqlTransaction(async (tx) => {
    await lockShop(tx, shop.connection);
    running = pull();
    await until('reading ahead', () => searchesOf(shop).length === SEARCHES);
    t.equal(await shop.documentCount(), 0, 'the first page is not stored yet');
    await work(tx);
  });
  if (!running) throw new Error('There was no pull.');
  return running;
}

await t.test('one item is read ahead and no more, and each is asked for once', async (t) => {
  let asked = 0;
  async function* items() {
    while (asked < 3) yield (asked += 1);
  }
  const seen: number[][] = [];
  for await (const item of readAhead(items())) seen.push([item, asked]);
  t.same(seen, [
    [1, 2],
    [2, 3],
    [3, 3],
  ]);
  for await (const item of readAhead(items())) t.fail(`of nothing comes ${item}`);
});

await t.test(
  'a page ahead that fails counts when its turn comes, and the next run goes on from there',
  async (t) => {
    const shop = await startShop(t, db);
    shop.simulator.control.generate(shop.shopId, { count: 250, spreadMinutes: 600, paidMinutesAgo: 90 });
    shop.simulator.control.addFault({ kind: 'http', status: 500, match: SEARCH, skip: 2, times: 1 });
    const report = await whileFirstPageWaits(shop, () => shop.pull());
    t.equal(report.outcome, 'failed');
    t.equal(await shop.documentCount(), 100, 'the page before is stored');

    shop.simulator.control.clearRequests();
    t.equal((await shop.pull()).outcome, 'done');
    t.equal(await shop.documentCount(), 250);
    t.match(searchesOf(shop)[0]?.body, { create_time_ge: Number }, 'what is stored is not read again');
  },
);

await t.test(
  'a run that is stopped stores its page, drops the one ahead and asks for nothing more',
  async (t) => {
    const shop = await startShop(t, db);
    shop.simulator.control.generate(shop.shopId, { count: 250, spreadMinutes: 600, paidMinutesAgo: 90 });
    const stop = new AbortController();
    const report = await whileFirstPageWaits(
      shop,
      () => shop.pull({ stop: stop.signal }),
      async () => stop.abort(),
    );
    t.equal(report.outcome, 'interrupted');
    t.equal(await shop.documentCount(), 100);
    t.equal(searchesOf(shop).length, SEARCHES);
    await shop.pull();
    t.equal(await shop.documentCount(), 250);
  },
);

await t.test('an order that changes while its page waits for its turn is not taken back', async (t) => {
  const shop = await startShop(t, db);
  const { control } = shop.simulator;
  control.setClock({ frozen: true });
  control.generate(shop.shopId, { count: 110, spreadMinutes: 600, paidMinutesAgo: 200 });
  const { id } = control.addOrder(shop.shopId, {
    lines: [{ sellerSku: 'TEE-RED-L', quantity: 1 }],
    paidMinutesAgo: 90,
  });
  control.patchOrder(id, { sellerNote: 'first' });
  const [order] = (await shop.api.getOrders([id])).orders;
  if (!order) throw new Error('The order is missing.');
  control.clearRequests();

  let aheadMs = 0;
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  await whileFirstPageWaits(
    shop,
    () => shop.pull({ clock }),
    async (tx) => {
      // Another worker reads and stores it after our page was read, both within the second of its change.
      const readAt = new Date(order.updatedAt.getTime() + 1_000);
      await ingestOrders(shop.deps, shop.connection, [{ ...order, sellerNote: 'second' }], {
        by: somebody,
        readAt,
        tx,
      });
      aheadMs = 60_000;
    },
  );
  t.equal(await shop.documentCount(), 111);
  t.match((await shop.document(id))?.text, /"TikTokSellerNote","Value":"second"/);
});
