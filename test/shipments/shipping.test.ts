import { somebody } from '../support/actors.js';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { AppError } from '../../src/kernel/errors.js';
import { releaseShipments, updateDraftShipment } from '../../src/shipments/change-shipment.js';
import { changeStatus, lockDocuments } from '../../src/documents/document-store.js';
import { createShipment } from '../../src/shipments/create-shipment.js';
import { lockOrderByDocument } from '../../src/orders/order-store.js';
import { explainShipment } from '../../src/shipments/explain-shipment.js';
import { createKey, testApi } from '../support/api.js';
import { refusalOf, shipmentOf, startWorld, type TestOrder } from './world.js';

const world = await startWorld(t);
const us = await world.connect('US');
const indonesia = await world.connect('ID');
const { control } = world;

let trackings = 0;
const nextTracking = () => `TN${String(++trackings).padStart(8, '0')}`;
const fields = (error: AppError) => error.details.map(({ field }) => field);

/** Status put by hand, as the API does it: the change and its meaning in one transaction. */
async function submit(companyId: number, key: number): Promise<void> {
  await world.db.transaction(async (tx) => {
    const heads = await lockDocuments(tx, { companyId, keys: [key] });
    await changeStatus(tx, { by: somebody, companyId, keys: [key], type: 'shipment', to: 100 });
    await releaseShipments(world.deps, tx, heads, somebody);
  });
}

await t.test('US: one tracking number for the whole order', async (t) => {
  const order = await us.order([
    { sku: 'SHIRT', quantity: 2 },
    { sku: 'SOCK', quantity: 1 },
  ]);
  const tracking = nextTracking();
  const { key } = await us.ship(
    order,
    shipmentOf('S-1', [
      { sku: 'SHIRT', quantity: 2, tracking },
      { sku: 'SOCK', quantity: 1, tracking },
    ]),
  );
  t.match(await us.shipment(key), { status: 200, error: null });
  t.equal((await us.orderDocument(order)).statusCode, 500, 'the order is being fulfilled');
  t.strictSame(us.effects(order), [], 'nothing is sent before the commit');
  await world.settle();
  t.strictSame(us.effects(order), [`${tracking}: ${order.unitIds.toSorted().join(',')}`]);
  const packageId = control.effects({ order: order.tiktokOrderId })[0]?.packageId;
  const shipment = await us.shipment(key);
  t.match(shipment, {
    status: 1000,
    error: null,
    document: {
      StatusCode: 1000,
      PartnerPO: order.tiktokOrderId,
      ExtendedAttributes: [{ Name: 'TikTokPackageId_', Value: packageId }],
    },
  });
  t.match(shipment.events.at(-1) ?? '', /Status changed from Processing to Complete/);
  const orderDocument = await us.orderDocument(order);
  t.equal(orderDocument.statusCode, 1000);
  t.match(orderDocument.body, '"ShippedQuantity"');
});

await t.test('a repeat that comes while the first is being stored finds it', async (t) => {
  for (let round = 0; round < 3; round++) {
    const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
    const document = shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }]);
    const first = us.ship(order, document);
    const progress = { isStored: false };
    void first.then(() => (progress.isStored = true));
    // Each at another moment of the first, until that is over.
    const repeats: (typeof first)[] = [];
    while (!progress.isStored && repeats.length < 200) {
      repeats.push(us.ship(order, document));
      await pause(2);
    }
    const keys = await Promise.all([first, ...repeats].map(async (answer) => (await answer).key));
    t.equal(new Set(keys).size, 1, `${repeats.length} repeats`);
  }
});

await t.test('US: two tracking numbers by line, and one line in two parcels', async (t) => {
  const order = await us.order([
    { sku: 'SHIRT', quantity: 3 },
    { sku: 'SOCK', quantity: 1 },
  ]);
  const [a, b] = [nextTracking(), nextTracking()];
  const shipment = await us.shipped(order, {
    ShipmentNumber: 'S-1',
    ShipmentLines: [
      {
        ItemIdentifier: { SupplierSKU: 'SHIRT' },
        ShipmentInfos: [
          { TrackingNumber: a, Qty: 1, CarrierCode: 'UPSN' },
          { TrackingNumber: b, Qty: 2, CarrierCode: 'usps' },
        ],
      },
      {
        ItemIdentifier: { SupplierSKU: 'SOCK' },
        Quantity: 1,
        ShipmentInfos: [{ TrackingNumber: a, CarrierCode: 'UPSN' }],
      },
    ],
  });
  const [u1, u2, u3, sock] = order.unitIds;
  t.strictSame(us.effects(order), [`${a}: ${u1},${sock}`, `${b}: ${u2},${u3}`]);
  t.equal(shipment.status, 1000);
  t.match(
    (shipment.document['ExtendedAttributes'] as { Name: string }[]).map(({ Name }) => Name),
    ['TikTokPackageId_1', 'TikTokPackageId_2'],
  );
});

await t.test('US: a part of the order leaves it partly shipped, the rest completes it', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 3 }]);
  const [a, b] = [nextTracking(), nextTracking()];
  t.match(await us.shipped(order, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: a }])), {
    status: 1000,
  });
  const partly = await us.orderDocument(order);
  t.equal(partly.statusCode, 500);
  const [line] = (JSON.parse(partly.body) as { OrderLines: { ExtendedAttributes: unknown[] }[] }).OrderLines;
  t.match(
    line?.ExtendedAttributes.filter((each) => (each as { Name: string }).Name === 'ShippedQuantity'),
    [{ Value: '1' }],
  );
  const over = await refusalOf(
    us.ship(order, shipmentOf('S-2', [{ sku: 'SHIRT', quantity: 3, tracking: b }])),
  );
  t.match(over.details, [{ message: /3 ordered, 1 shipped, 2 left/ }]);
  await us.shipped(order, shipmentOf('S-2', [{ sku: 'SHIRT', quantity: 2, tracking: b }]));
  t.equal((await us.orderDocument(order)).statusCode, 1000);
  t.equal(us.effects(order).length, 2);
});

await t.test('Indonesia: the existing package is shipped', async (t) => {
  const order = await indonesia.order([
    { sku: 'BATIK', quantity: 2 },
    { sku: 'KOPI', quantity: 1 },
  ]);
  const tracking = nextTracking();
  const shipment = await indonesia.shipped(
    order,
    shipmentOf('S-1', [
      { sku: 'BATIK', quantity: 2, tracking, carrier: { CarrierCode: 'JNE' } },
      { sku: 'KOPI', quantity: 1, tracking, carrier: { CarrierCode: 'JNE' } },
    ]),
  );
  t.match(shipment, { status: 1000, error: null });
  t.strictSame(indonesia.effects(order), [`${tracking}: ${order.unitIds.toSorted().join(',')}`]);
  t.equal(control.effects({ order: order.tiktokOrderId, kind: 'split' }).length, 0);
});

await t.test('Indonesia: two tracking numbers split the order first, SKU by SKU', async (t) => {
  const order = await indonesia.order([
    { sku: 'BATIK', quantity: 2 },
    { sku: 'KOPI', quantity: 1 },
  ]);
  const [a, b] = [nextTracking(), nextTracking()];
  const jne = { CarrierCode: 'JNE' };
  const torn = await refusalOf(
    indonesia.ship(order, shipmentOf('S-0', [{ sku: 'BATIK', quantity: 1, tracking: a, carrier: jne }])),
  );
  t.equal(torn.status, 400);
  t.strictSame(fields(torn), ['ShipmentLines[0].Quantity']);
  const shipment = await indonesia.shipped(
    order,
    shipmentOf('S-1', [
      { sku: 'BATIK', quantity: 2, tracking: a, carrier: jne },
      { sku: 'KOPI', quantity: 1, tracking: b, carrier: jne },
    ]),
  );
  t.match(shipment, { status: 1000, error: null });
  const [u1, u2, u3] = order.unitIds;
  t.strictSame(indonesia.effects(order), [`${a}: ${u1},${u2}`, `${b}: ${u3}`]);
  t.equal((await indonesia.orderDocument(order)).statusCode, 1000);
});

await t.test('Indonesia: one SKU now, the other later', async (t) => {
  const order = await indonesia.order([
    { sku: 'BATIK', quantity: 2 },
    { sku: 'KOPI', quantity: 1 },
  ]);
  const [a, b] = [nextTracking(), nextTracking()];
  const jne = { CarrierCode: 'JNE' };
  await indonesia.ship(order, shipmentOf('S-1', [{ sku: 'KOPI', quantity: 1, tracking: a, carrier: jne }]));
  // Sent before TikTok has answered the first: the split that this one wants too happens once.
  const second = await indonesia.ship(
    order,
    shipmentOf('S-2', [{ sku: 'BATIK', quantity: 2, tracking: b, carrier: jne }]),
  );
  await world.settle();
  t.match(await indonesia.shipment(second.key), { status: 1000, error: null });
  t.equal(indonesia.effects(order).length, 2);
  t.equal((await indonesia.orderDocument(order)).statusCode, 1000);
});

await t.test(
  'the carrier is TikTok’s id, a name or an alias, and an unknown one is refused with the list',
  async (t) => {
    const providers = control.shop(us.shopId).deliveryOptions[0]?.providers ?? [];
    const fedex = providers.find(({ name }) => name === 'FedEx')?.id ?? '';
    const send = async (carrier: object) => {
      const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
      await us.shipped(
        order,
        shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking(), carrier }]),
      );
      return control.effects({ order: order.tiktokOrderId, kind: 'shipped' })[0]?.providerId;
    };
    t.equal(await send({ ReceiverClassCode: fedex }), fedex);
    t.equal(await send({ CarrierCode: 'FDEG' }), fedex);
    t.equal(await send({ ClassCode: 'fed ex' }), fedex);
    const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
    for (const carrier of [{ CarrierCode: 'UP' }, { ReceiverClassCode: '123' }]) {
      const refused = await refusalOf(
        us.ship(order, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: 'T', carrier }])),
      );
      t.equal(refused.status, 400);
      t.match(refused.details, [{ field: /^ShipmentLines\[0\]\.ShipmentInfos\[0\]\./, message: /FedEx/ }]);
    }
    t.equal(
      await world.db.prisma.document.count({ where: { parentKey: order.key } }),
      0,
      'nothing is stored',
    );
  },
);

await t.test('TikTok’s list of carriers is kept for a day and used when TikTok is down', async (t) => {
  const listCalls = () =>
    control.requests().filter(({ path }) => path.endsWith('/shipping_providers')).length;
  control.clearRequests();
  const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  await us.ship(order, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }]));
  t.equal(listCalls(), 0, 'read by the tests before');
  world.clock.advance(25 * 3600 * 1000);
  const later = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  control.addFault({ kind: 'http', status: 503, match: { path: '/logistics/' }, times: 5 });
  await us.shipped(later, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }]));
  t.ok(listCalls() > 0);
  t.equal(us.effects(later).length, 1, 'the old list still serves');
  control.clearFaults();
});

await t.test(
  'without any list the shipment is taken, and an unknown carrier fails when it is sent',
  async (t) => {
    const shop = await world.connect('GB');
    const good = await shop.order([{ sku: 'TEA', quantity: 1 }]);
    const bad = await shop.order([{ sku: 'TEA', quantity: 1 }]);
    control.addFault({ kind: 'http', status: 503, match: { path: '/logistics/' } });
    const carrier = { CarrierCode: 'Evri' };
    const taken = await shop.ship(
      good,
      shipmentOf('S-1', [{ sku: 'TEA', quantity: 1, tracking: nextTracking(), carrier }]),
    );
    const failing = await shop.ship(
      bad,
      shipmentOf('S-1', [{ sku: 'TEA', quantity: 1, tracking: nextTracking() }]),
    );
    control.clearFaults();
    await world.settle();
    t.match(await shop.shipment(taken.key), { status: 1000 });
    const failed = await shop.shipment(failing.key);
    t.equal(failed.status, 1200);
    t.match(failed.error, /UPS.*Royal Mail/);
    t.equal(shop.effects(bad).length, 0);
  },
);

await t.test('what our own data refuses leaves nothing behind', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  const attempt = async (sku: string, quantity: number) =>
    refusalOf(us.ship(order, shipmentOf('S-1', [{ sku, quantity, tracking: 'T' }])));
  t.strictSame(fields(await attempt('NOPE', 1)), ['ShipmentLines[0].ItemIdentifier.SupplierSKU']);
  t.match((await attempt('SHIRT', 2)).message, /does not fit/);
  const elsewhere = await refusalOf(
    us.ship(order, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: 'T' }], { PartnerPO: '42' })),
  );
  t.strictSame(fields(elsewhere), ['PartnerPO']);
  t.equal(await world.db.prisma.document.count({ where: { parentKey: order.key } }), 0);
  t.equal(
    await world.db.prisma.outboxEntry.count({ where: { orderingKey: `order:${order.tiktokOrderId}` } }),
    0,
  );
  t.equal((await us.orderDocument(order)).statusCode, 100);
});

await t.test('orders that must not be shipped say why', async (t) => {
  const ship = (order: TestOrder) =>
    refusalOf(us.ship(order, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: 'T' }])));
  const cancelled = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  control.act(cancelled.tiktokOrderId, { type: 'seller_cancel' });
  await us.pull(cancelled.tiktokOrderId);
  t.match(await ship(cancelled), { status: 400, message: 'The order is cancelled.' });
  const byHand = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  control.act(byHand.tiktokOrderId, { type: 'seller_ship' });
  await us.pull(byHand.tiktokOrderId);
  t.match(await ship(byHand), { status: 400, message: /shipped already/ });
  const held = await us.order([{ sku: 'SHIRT', quantity: 1 }], { paidMinutesAgo: 5 });
  t.equal(held.key, 0, 'an order on hold is not there for the ERP');
  const labelled = await us.order([{ sku: 'SHIRT', quantity: 1 }], { shippingType: 'TIKTOK' });
  t.equal(labelled.key, 0, 'nor is one that TikTok ships');
  const asked = await indonesia.order([{ sku: 'KOPI', quantity: 1 }]);
  control.act(asked.tiktokOrderId, { type: 'buyer_cancel' });
  await indonesia.pull(asked.tiktokOrderId);
  const refused = await refusalOf(
    indonesia.ship(
      asked,
      shipmentOf('S-1', [{ sku: 'KOPI', quantity: 1, tracking: 'T', carrier: { CarrierCode: 'JNE' } }]),
    ),
  );
  t.match(refused, { status: 400, details: [{ next: /Answer the request first/ }] });
});

await t.test('what TikTok refuses fails with its reason and frees the pieces', async (t) => {
  const first = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  const used = nextTracking();
  await us.shipped(first, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: used }]));
  const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  const failed = await us.shipped(order, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: used }]));
  t.equal(failed.status, 1200);
  t.match(failed.error, /used in this shop before.*21011025.*Correct the tracking number/);
  t.ok(failed.events.some((event) => event.startsWith('Alert TikTok does not take package 1')));
  t.equal((await us.orderDocument(order)).statusCode, 500, 'the order waits for another shipment');
  const hostile = await refusalOf(
    us.ship(
      order,
      shipmentOf('S-2', [{ sku: 'SHIRT', quantity: 1, tracking: `"><script>'; DROP TABLE orders--` }]),
    ),
  );
  t.strictSame(fields(hostile), ['ShipmentLines[0].ShipmentInfos[0].TrackingNumber']);
  t.match(
    await us.shipped(order, shipmentOf('S-3', [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }])),
    {
      status: 1000,
    },
  );
  t.equal(us.effects(order).length, 1);
});

await t.test('of two packages one may fail: the other is shipped, and its pieces stay shipped', async (t) => {
  const first = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  const used = nextTracking();
  await us.shipped(first, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: used }]));
  const order = await us.order([
    { sku: 'SHIRT', quantity: 1 },
    { sku: 'SOCK', quantity: 1 },
  ]);
  const good = nextTracking();
  const failed = await us.shipped(
    order,
    shipmentOf('S-1', [
      { sku: 'SHIRT', quantity: 1, tracking: used },
      { sku: 'SOCK', quantity: 1, tracking: good },
    ]),
  );
  t.match(failed, { status: 1200, error: /Package 1 \(.*21011025/ });
  t.strictSame(us.effects(order), [`${good}: ${order.unitIds[1]}`]);
  const over = await refusalOf(
    us.ship(order, shipmentOf('S-2', [{ sku: 'SOCK', quantity: 1, tracking: 'T' }])),
  );
  t.strictSame(fields(over), ['ShipmentLines[0].ShipmentInfos[0].Qty']);
  await us.shipped(order, shipmentOf('S-3', [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }]));
  t.equal((await us.orderDocument(order)).statusCode, 1000);
});

await t.test('a failed shipment is sent again by its status, once TikTok takes it', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  const tracking = nextTracking();
  control.addFault({ kind: 'error', code: 21004016, match: { path: '/fulfillment/' }, times: 1 });
  const failed = await us.shipped(order, shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking }]));
  t.equal(failed.status, 1200);
  await submit(us.companyId, failed.key);
  t.match(await us.shipment(failed.key), { status: 200, error: null });
  await world.settle();
  t.match(await us.shipment(failed.key), { status: 1000 });
  t.strictSame(us.effects(order), [`${tracking}: ${order.unitIds[0]}`]);
});

await t.test('the same shipment twice is one shipment, also at the same moment', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 2 }]);
  const document = shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }]);
  const answers = await Promise.all(Array.from({ length: 5 }, () => us.ship(order, document)));
  t.equal(new Set(answers.map(({ key }) => key)).size, 1);
  t.equal(answers.filter(({ created }) => created).length, 1);
  await world.settle();
  t.match(await us.ship(order, document), { created: false });
  t.equal(us.effects(order).length, 1);
  const other = shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: 'OTHER' }]);
  const refused = await refusalOf(us.ship(order, other));
  t.equal(refused.status, 400);
  t.match(refused.details, [{ field: 'ShipmentNumber', message: new RegExp(`shipment ${answers[0]?.key}`) }]);
});

await t.test('two shipments for the last piece: one gets it', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  const answers = await Promise.allSettled(
    ['S-1', 'S-2', 'S-3'].map((number) =>
      us.ship(order, shipmentOf(number, [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }])),
    ),
  );
  t.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1);
  await world.settle();
  t.equal(us.effects(order).length, 1);
});

await t.test('shipments of different pieces at the same moment do not hinder each other', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 8 }]);
  const numbers = Array.from({ length: 8 }, (_, index) => `S-${index}`);
  await Promise.all(
    numbers.map((number) =>
      us.ship(order, shipmentOf(number, [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }])),
    ),
  );
  await world.settle();
  const shipped = us.effects(order).map((effect) => effect.split(': ')[1] ?? '');
  t.strictSame(shipped.toSorted(), order.unitIds.toSorted(), 'every piece once');
});

await t.test('who sets the status of shipments waits for their orders before holding them', async (t) => {
  const { db, deps } = world;
  // Of its own, for its API key.
  const shop = await world.connect('US');
  const { companyId } = shop;
  const order = await shop.order([{ sku: 'SHIRT', quantity: 1 }]);
  const draft = shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }], {
    StatusCode: -1,
  });
  const { key } = await shop.ship(order, draft);
  const woken: bigint[] = [];
  const { app } = await testApi(t, db, {
    domain: deps,
    wake: (id) => void woken.push(id),
  });
  const headers = { subscriptionkey: await createKey(db, shop) };
  const submits = await db.transaction(async (tx) => {
    await lockOrderByDocument(tx, { companyId, documentKey: order.key });
    const bulk = app.inject({
      method: 'PUT',
      url: '/api/v3/Shipments/Status',
      headers,
      payload: { Status: 'Submitted', LogicbrokerKeys: [String(key)] },
    });
    const one = app.inject({ method: 'PUT', url: `/api/v3/Shipments/${key}/Status/Submitted`, headers });
    const answers = Promise.all([bulk, one]);
    await waitersForLocks(2);
    // What a worker does with an order that it holds. Taken already, the two would wait for each other.
    await tx.$queryRaw`SELECT key FROM documents WHERE key IN (${order.key}, ${key}) FOR UPDATE NOWAIT`;
    return { answers };
  });
  const [many, single] = await submits.answers;
  t.equal(many?.statusCode, 200);
  t.match(single?.statusCode, /200|400/, 'who comes second finds it submitted');
  t.equal(woken.length, 1, 'a worker is told at once what it has to send');
  await world.settle();
  t.equal((await shop.shipment(key)).status, 1000);
});

/** Until so many statements in the database wait for somebody's lock. */
async function waitersForLocks(count: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await pause(20)) {
    const { rows } = await world.db.pool.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows[0]!.waiting >= count) return;
  }
  throw new Error(`Nobody waits for a lock, of ${count}`);
}

await t.test('a number too long for an index is refused by its place', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  const long = 'x'.repeat(201);
  const document = shipmentOf(long, [{ sku: 'SHIRT', quantity: 1, tracking: long }]);
  t.strictSame(fields(await refusalOf(us.ship(order, document))), [
    'ShipmentNumber',
    'ShipmentLines[0].ShipmentInfos[0].TrackingNumber',
  ]);
});

await t.test(
  'the order is found by its link key, PartnerPO or SourceKey, within the company only',
  async (t) => {
    const order = await us.order([{ sku: 'SHIRT', quantity: 3 }]);
    const { linkKey } = await us.orderDocument(order);
    const ship = (companyId: number, number: string, more: object) => {
      const document = shipmentOf(number, [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }], more);
      return createShipment(world.deps, { by: somebody, companyId, document });
    };
    await ship(us.companyId, 'S-1', { Identifier: { LinkKey: linkKey } });
    await ship(us.companyId, 'S-2', { PartnerPO: order.tiktokOrderId });
    await ship(us.companyId, 'S-3', { Identifier: { SourceKey: order.tiktokOrderId } });
    t.strictSame(fields(await refusalOf(ship(us.companyId, 'S-4', {}))), ['PartnerPO']);
    const foreign = await refusalOf(ship(indonesia.companyId, 'S-5', { PartnerPO: order.tiktokOrderId }));
    t.strictSame(fields(foreign), ['PartnerPO']);
    const document = shipmentOf('S-6', [{ sku: 'SHIRT', quantity: 1, tracking: 'T' }]);
    const path = createShipment(world.deps, {
      by: somebody,
      companyId: indonesia.companyId,
      orderKey: order.key,
      document,
    });
    t.equal((await refusalOf(path)).status, 404);
    await world.settle();
  },
);

await t.test('a draft waits, can be edited, and is sent when it is submitted', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  const { companyId } = us;
  const draft = shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 5, tracking: 'T' }], { StatusCode: -1 });
  const { key } = await us.ship(order, draft);
  await world.settle();
  t.match(await us.shipment(key), { status: -1, document: { StatusCode: -1 } });
  t.equal((await us.orderDocument(order)).statusCode, 100);
  await t.rejects(submit(companyId, key), { message: /does not fit/ }, 'five of one');
  t.equal((await us.shipment(key)).status, -1);
  const tracking = nextTracking();
  const edited = shipmentOf('S-1b', [{ sku: 'SHIRT', quantity: 1, tracking }]);
  await updateDraftShipment(world.deps, { by: somebody, companyId, key, document: edited });
  t.match(await us.shipment(key), { status: -1, document: { ShipmentNumber: 'S-1b' } });
  await submit(companyId, key);
  await world.settle();
  t.match(await us.shipment(key), { status: 1000 });
  t.strictSame(us.effects(order), [`${tracking}: ${order.unitIds[0]}`]);
  const late = await refusalOf(
    updateDraftShipment(world.deps, { by: somebody, companyId, key, document: edited }),
  );
  t.match(late, { status: 400, message: /only drafts can be edited/ });
});

await t.test('a shipment is explained with its gates, packages and calls', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 2 }]);
  const shipment = await us.shipped(
    order,
    shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: nextTracking() }]),
  );
  const explanation = await explainShipment(world.deps, { companyId: us.companyId, key: shipment.key });
  t.match(explanation, {
    status: 'Complete',
    packages: [{ state: 'sent', carrierName: 'UPS' }],
    effects: [{ state: 'done', calls: [{ kind: 'send', outcome: 'done' }] }],
  });
  t.ok(explanation.gates.every(({ outcome }) => outcome === 'pass'));

  const { app } = await testApi(t, world.db);
  const key = await createKey(world.db, us);
  for (const version of ['v1', 'v2', 'v3']) {
    const answer = await app.inject({
      url: `/api/${version}/Shipments/${shipment.key}/Explain`,
      headers: { subscriptionkey: key },
    });
    t.match(answer.json().Body, {
      LogicbrokerKey: String(shipment.key),
      Status: 'Complete',
      Gates: [{ Gate: 'order-exported', Outcome: 'pass' }],
      Packages: [{ CarrierName: 'UPS', State: 'sent', TikTokOrderLineIds: [order.unitIds[0]] }],
      Effects: [{ State: 'done', Calls: [{ Kind: 'send', Outcome: 'done', StartedAt: /Z$/ }] }],
    });
  }

  const foreign = explainShipment(world.deps, { companyId: indonesia.companyId, key: shipment.key });
  t.equal((await refusalOf(foreign)).status, 404);
});
