import { somebody } from '../support/actors.js';
import t from 'tap';
import { changeStatus } from '../../src/documents/document-store.js';
import { testDatabase } from '../support/database.js';
import { clockOff, connectAgain, startShop, type TestShop } from './shop.js';

const db = await testDatabase(t);
const line = { sellerSku: 'TEE-RED-L', quantity: 1 };

function addOrder(shop: TestShop, paidMinutesAgo: number, more: object = {}): string {
  return shop.simulator.control.addOrder(shop.shopId, { lines: [line], paidMinutesAgo, ...more }).id;
}

function advance(shop: TestShop, minutes: number): void {
  shop.simulator.control.setClock({ advanceSeconds: minutes * 60 });
}

await t.test('an order reaches the ERP when its hold is over, and not before', async (t) => {
  for (const region of ['US', 'ID']) {
    const shop = await startShop(t, db, { region });
    const young = addOrder(shop, 5);
    const old = addOrder(shop, 90);
    await shop.pull();
    t.ok(await shop.document(old), `${region}: paid 90 minutes ago`);
    t.equal(await shop.document(young), null, `${region}: paid 5 minutes ago`);
    advance(shop, 50);
    await shop.pull();
    t.equal(await shop.document(young), null, `${region}: 55 minutes after payment`);
    advance(shop, 6);
    await shop.pull();
    t.ok(await shop.document(young), `${region}: 61 minutes after payment`);
    await shop.pull();
    t.equal(await shop.documentCount(), 2);
  }
});

await t.test('an order cancelled in its first hour never reaches the seller', async (t) => {
  const shop = await startShop(t, db);
  const order = addOrder(shop, 5);
  await shop.pull();
  shop.simulator.control.act(order, { type: 'buyer_cancel' });
  advance(shop, 70);
  await shop.pull();
  t.equal(await shop.documentCount(), 0);
  t.equal((await shop.row(order)).state, 'not_imported');
  t.equal((await shop.row(order)).personal, null, 'nothing is kept of the buyer');
});

await t.test('a status changed by hand during the hour keeps the order out, visibly', async (t) => {
  const shop = await startShop(t, db, { region: 'ID' });
  const order = addOrder(shop, 5);
  await shop.pull();
  shop.simulator.control.act(order, { type: 'seller_ship', trackingNumber: 'HAND1' });
  advance(shop, 70);
  await shop.pull();
  t.equal(await shop.documentCount(), 0);
  const row = await shop.row(order);
  t.equal(row.gate, 'awaiting-shipment');
  t.match(row.gateReason, /changed by hand/);
  const [event] = await shop.events('order-refused');
  t.match(event, new RegExp(order));
});

await t.test('orders that TikTok fulfils or ships stay out', async (t) => {
  const shop = await startShop(t, db);
  addOrder(shop, 90, { fulfillmentType: 'FULFILLMENT_BY_TIKTOK' });
  addOrder(shop, 90, { shippingType: 'TIKTOK' });
  const ours = addOrder(shop, 90);
  const report = await shop.pull();
  t.match(report.counts, { exported: 1, refused: 2 });
  t.ok(await shop.document(ours));
});

await t.test('the first pull takes what awaits shipment, of any age or from the set time on', async (t) => {
  const all = await startShop(t, db);
  addOrder(all, 30 * 24 * 60);
  addOrder(all, 90);
  await all.pull();
  t.equal(await all.documentCount(), 2);

  const importCreatedAfter = new Date(Date.now() - 24 * 3_600_000).toISOString();
  const some = await startShop(t, db, { settings: { importCreatedAfter } });
  addOrder(some, 30 * 24 * 60);
  const young = addOrder(some, 90);
  await some.pull();
  t.equal(await some.documentCount(), 1);
  t.ok(await some.document(young));
});

await t.test('300 orders come over many pages, each once, however often they are pulled', async (t) => {
  const shop = await startShop(t, db);
  shop.simulator.control.generate(shop.shopId, { count: 150, spreadMinutes: 600 });
  // All in one second: no time to go on from.
  shop.simulator.control.generate(shop.shopId, { count: 150, paidMinutesAgo: 200 });
  t.equal((await shop.pull()).counts['exported'], 300);
  const again = await shop.pull();
  t.equal(again.outcome, 'nothing-to-do', 'a second pull finds nothing new');
  t.equal(await shop.documentCount(), 300);
  const keys = await shop.db.prisma.document.findMany({
    where: { companyId: shop.companyId },
    select: { sourceKey: true },
  });
  t.equal(new Set(keys.map(({ sourceKey }) => sourceKey)).size, 300);
});

await t.test(
  'an order that is placed after a pull comes with the next one, however long ago it was paid',
  async (t) => {
    const shop = await startShop(t, db);
    addOrder(shop, 90);
    await shop.pull();
    addOrder(shop, 90);
    shop.simulator.control.generate(shop.shopId, { count: 3, spreadMinutes: 300 });
    t.equal((await shop.pull()).counts['exported'], 4);
  },
);

await t.test('a page that changes while it is read loses nothing', async (t) => {
  for (const paging of ['offset', 'cursor'] as const) {
    const shop = await startShop(t, db, { simulator: { behaviour: { paging } } });
    await shop.pull();
    addOrder(shop, 600);
    await shop.pull();
    shop.simulator.control.generate(shop.shopId, { count: 250, spreadMinutes: 300 });
    shop.simulator.control.setClock({ advanceSeconds: 60 });
    const early = shop.simulator.control.orders({ shop: shop.shopId, limit: 5 }).map(({ id }) => id);
    // Between two pages orders of the first one change: with page tokens their neighbours would be skipped.
    for (const [skip, orderId] of early.entries()) {
      const match = { path: '/order/202309/orders/search' };
      const act = { type: 'buyer_cancel' } as const;
      shop.simulator.control.addFault({ kind: 'act', when: 'after', orderId, act, match, skip, times: 1 });
    }
    await shop.pull();
    t.equal(await shop.documentCount(), 251, paging);
  }
});

await t.test('repeated, reordered and stale pages change nothing', async (t) => {
  const shop = await startShop(t, db, { region: 'ID' });
  shop.simulator.control.generate(shop.shopId, { count: 220, spreadMinutes: 300 });
  const match = { path: '/order/202309/orders/search' };
  shop.simulator.control.addFault({ kind: 'duplicate_page', match, skip: 2, times: 1 });
  shop.simulator.control.addFault({ kind: 'reorder_page', match });
  await shop.pull();
  t.equal(await shop.documentCount(), 220);
  shop.simulator.control.clearFaults();

  const [order] = shop.simulator.control.orders({ shop: shop.shopId, limit: 1 });
  shop.simulator.control.act(order!.id, { type: 'seller_ship', trackingNumber: 'T1' });
  await shop.pull();
  const shipped = await shop.document(order!.id);
  t.match(shipped?.text, /"ShippedQuantity"/);
  shop.simulator.control.addFault({ kind: 'stale_read' });
  await shop.pull();
  t.same(await shop.document(order!.id), shipped, 'yesterday’s answer is no step back');
});

await t.test(
  'of two changes within one second the further one stays, in whatever order they are read',
  async (t) => {
    const shop = await startShop(t, db);
    const id = addOrder(shop, 90);
    await shop.pull();
    const { ingestOrders } = await import('../../src/orders/ingest-orders.js');
    const [order] = (await shop.api.getOrders([id])).orders;
    const updatedAt = new Date(order!.updatedAt.getTime() + 60_000);
    const taken = async (status: string, minutesLater: number) => {
      const readAt = new Date(updatedAt.getTime() + minutesLater * 60_000);
      await ingestOrders(shop.deps, shop.connection, [{ ...order!, status, updatedAt }], {
        by: somebody,
        readAt,
      });
      const where = { connectionId: shop.connection.id, tiktokOrderId: id };
      return (await shop.db.prisma.order.findFirstOrThrow({ where })).tiktokStatus;
    };
    t.equal(await taken('PARTIALLY_SHIPPING', 1), 'PARTIALLY_SHIPPING');
    t.equal(await taken('AWAITING_COLLECTION', 2), 'AWAITING_COLLECTION');
    t.equal(await taken('PARTIALLY_SHIPPING', 3), 'AWAITING_COLLECTION');
  },
);

await t.test('two workers with the same page make one document of each order', async (t) => {
  const shop = await startShop(t, db);
  shop.simulator.control.generate(shop.shopId, { count: 60, spreadMinutes: 60 });
  const { ingestOrders } = await import('../../src/orders/ingest-orders.js');
  const page = await shop.api.searchOrders({ pageSize: 100, sort: 'update_time', order: 'ASC' });
  const results = await Promise.all(
    [page.orders, page.orders.toReversed(), page.orders].map((orders) =>
      ingestOrders(shop.deps, shop.connection, orders, { by: somebody, readAt: new Date() }),
    ),
  );
  t.equal(await shop.documentCount(), 60);
  t.equal(
    results.reduce((sum, { exported }) => sum + exported, 0),
    60,
  );
});

await t.test('a clock of ours that is ten minutes off moves neither hold nor window', async (t) => {
  for (const minutes of [10, -10]) {
    const clock = clockOff(minutes);
    const shop = await startShop(t, db, { region: 'ID' });
    const due = addOrder(shop, 62);
    const young = addOrder(shop, 55);
    await shop.pull({ clock });
    t.ok(await shop.document(due), `${minutes}: due order`);
    t.equal(await shop.document(young), null, `${minutes}: order on hold`);
    const late = addOrder(shop, 61);
    advance(shop, 6);
    await shop.pull({ clock });
    t.ok(await shop.document(late), `${minutes}: new order`);
    t.ok(await shop.document(young), `${minutes}: hold is over`);
  }
});

await t.test('an unreadable order is shown, blocks nobody, and comes in once it can be read', async (t) => {
  const shop = await startShop(t, db);
  addOrder(shop, 600);
  await shop.pull();
  const order = addOrder(shop, 90);
  shop.simulator.control.addFault({ kind: 'unknown_enum', field: 'sku_id', value: '' });
  const report = await shop.pull();
  t.equal(report.outcome, 'done');
  const said = await shop.events('order-refused');
  t.match(said.join(), new RegExp(`${order} .*sku_id`));
  await shop.pull();
  t.same(await shop.events('order-refused'), said, 'said once');
  shop.simulator.control.clearFaults();
  // Long after: the window of the pull has moved on.
  await shop.db.prisma.flow.updateMany({
    where: { connectionId: shop.connection.id },
    data: { watermark: new Date() },
  });
  await shop.pull();
  t.ok(await shop.document(order));
});

await t.test('characters that no database takes are left out of an order', async (t) => {
  const shop = await startShop(t, db);
  const good = addOrder(shop, 90);
  const bad = addOrder(shop, 95, { buyerMessage: 'a\u0000b\ud800c' });
  const report = await shop.pull();
  t.match(report.counts, { exported: 2 });
  t.equal((await shop.document(bad))?.json['Note'], 'abc');
  t.ok(await shop.document(good));
});

await t.test('connecting a shop again doubles nothing and takes its orders over', async (t) => {
  const shop = await startShop(t, db);
  const done = addOrder(shop, 90);
  const waiting = addOrder(shop, 5);
  await shop.pull();
  const connectionId = await connectAgain(shop);
  await shop.pull({ connectionId });
  advance(shop, 70);
  await shop.pull({ connectionId });
  t.equal(await shop.documentCount(), 2);
  t.ok((await shop.document(done)) && (await shop.document(waiting)));
  const rows = await shop.db.prisma.order.findMany({ where: { companyId: shop.companyId } });
  t.ok(rows.every((row) => row.connectionId === connectionId));
});

await t.test('a shop that moves to another company takes along no order that was exported', async (t) => {
  const shop = await startShop(t, db);
  const sold = addOrder(shop, 90);
  const waiting = addOrder(shop, 5);
  await shop.pull();
  const buyer = await db.prisma.company.create({ data: { name: 'Buyer of the shop' } });
  const connectionId = await connectAgain(shop, buyer.id);
  advance(shop, 70);
  const report = await shop.pull({ connectionId });
  t.match(report.counts, { exported: 1, refused: 1 });
  const documents = await db.prisma.document.findMany({ where: { companyId: buyer.id } });
  t.same(
    documents.map(({ sourceKey }) => sourceKey),
    [waiting],
  );
  t.equal((await shop.row(sold)).companyId, shop.companyId);
});

await t.test('an address is followed until the ERP has fetched the order', async (t) => {
  const shop = await startShop(t, db);
  const order = addOrder(shop, 90);
  await shop.pull();
  const before = await shop.document(order);
  advance(shop, 1);
  shop.simulator.control.patchOrder(order, { address: { fullAddress: '1 New Road, Testville' } });
  await shop.pull();
  const moved = await shop.document(order);
  t.match(moved?.json['ShipToAddress'].Address1, /1 New Road/);
  t.equal(moved?.version, before!.version + 1);

  const { companyId } = shop;
  await changeStatus(shop.db.prisma, { by: somebody, companyId, keys: [moved!.key], type: 'order', to: 200 });
  advance(shop, 1);
  shop.simulator.control.patchOrder(order, { address: { fullAddress: '2 Late Lane, Testville' } });
  await shop.pull();
  const fetched = await shop.document(order);
  t.match(fetched?.json['ShipToAddress'].Address1, /1 New Road/, 'a fetched document keeps its address');
  advance(shop, 1);
  shop.simulator.control.patchOrder(order, { sellerNote: 'hurry' });
  await shop.pull();
  const notices = await shop.events('order-address-changed');
  t.equal(notices.length, 2, 'one line for each new address');
  t.notMatch(notices.join(), /Road|Lane/, 'the history names no address');
});

await t.test('a masked address never overwrites a known one', async (t) => {
  const shop = await startShop(t, db);
  const order = addOrder(shop, 90);
  await shop.pull();
  const before = await shop.document(order);
  advance(shop, 1);
  shop.simulator.control.patchOrder(order, { sellerNote: 'x' });
  shop.simulator.control.addFault({ kind: 'masked_address' });
  await shop.pull();
  const after = await shop.document(order);
  t.equal(after?.version, before!.version + 1, 'the change came');
  t.same(after?.json['ShipToAddress'], before?.json['ShipToAddress']);
});

await t.test('a hidden address delays an order, but does not keep it out', async (t) => {
  const shop = await startShop(t, db);
  const order = addOrder(shop, 90);
  shop.simulator.control.addFault({ kind: 'masked_address' });
  await shop.pull();
  t.equal((await shop.row(order)).gate, 'address-present');
  advance(shop, 31);
  await shop.pull();
  t.ok(await shop.document(order));
});

await t.test('what happens in TikTok after the export shows in document and history', async (t) => {
  const shop = await startShop(t, db);
  const { id, line_items: units } = shop.simulator.control.addOrder(shop.shopId, {
    lines: [{ ...line, quantity: 3 }],
    paidMinutesAgo: 90,
  }) as unknown as { id: string; line_items: { id: string }[] };
  await shop.pull();
  advance(shop, 1);
  shop.simulator.control.act(id, { type: 'buyer_cancel' });
  await shop.pull();
  t.equal((await shop.events('cancellation-requested')).length, 1);
  t.equal((await shop.row(id)).buyerRequestsCancel, true);
  advance(shop, 1);
  shop.simulator.control.act(id, { type: 'system_cancel', unitIds: [units[0]!.id] });
  await shop.pull();
  const order = await shop.document(id);
  const [orderLine] = order!.json['OrderLines'];
  t.equal(orderLine.Quantity, 3, 'the ordered quantity is frozen');
  t.match(order?.text, /"Name":"CancelledQuantity","Value":"1"/);
  t.match((await shop.events('order-changed')).join(), /1 piece\(s\) cancelled/);
});

await t.test('a pull that is stopped goes on where it was', async (t) => {
  const shop = await startShop(t, db);
  shop.simulator.control.generate(shop.shopId, { count: 250, spreadMinutes: 600 });
  const stop = new AbortController();
  const interval = setInterval(() => {
    void shop.documentCount().then((count) => count > 0 && stop.abort());
  }, 5);
  const first = await shop.pull({ stop: stop.signal });
  clearInterval(interval);
  const kept = await shop.documentCount();
  t.equal(first.outcome, 'interrupted');
  t.ok(kept > 0 && kept < 250, `stopped after ${kept}`);
  shop.simulator.control.clearRequests();
  await shop.pull();
  t.equal(await shop.documentCount(), 250);
});
