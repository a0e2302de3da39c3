import t from 'tap';
import type { FaultSpec } from '../../src/simulator/control/fault-spec.js';
import type { Database } from '../../src/store/database.js';
import { deliverEntry, type DeliverDeps } from '../../src/sync/effects/deliver-entry.js';
import { shipmentOf, startWorld, type ShopWorld, type TestOrder } from './world.js';
import { openFence } from '../support/fence.js';

const world = await startWorld(t);
const us = await world.connect('US');
const indonesia = await world.connect('ID');
const { control } = world;

let trackings = 0;
const nextTracking = () => `EX${String(++trackings).padStart(8, '0')}`;

function documentFor(shop: ShopWorld, tracking: string) {
  const carrier = { CarrierCode: shop.connection.shopRegion === 'US' ? 'UPS' : 'JNE' };
  return shipmentOf('S-1', [{ sku: 'KOPI', quantity: 1, tracking, carrier }]);
}

const shipCalls = { method: 'POST', path: '/fulfillment/' };

/** What happened on both sides must agree: one effect in TikTok, one Complete document here. */
async function shipsOnce(t: Tap, shop: ShopWorld, faults: FaultSpec[]): Promise<void> {
  const order = await shop.order([{ sku: 'KOPI', quantity: 1 }]);
  const tracking = nextTracking();
  const { key } = await shop.ship(order, documentFor(shop, tracking));
  for (const fault of faults) control.addFault(fault);
  await world.settle().finally(() => control.clearFaults());
  t.match(await shop.shipment(key), { status: 1000, error: null });
  t.strictSame(shop.effects(order), [`${tracking}: ${order.unitIds[0]}`]);
  t.equal((await shop.orderDocument(order)).statusCode, 1000);
}

type Tap = Pick<typeof t, 'match' | 'strictSame' | 'equal'>;

const storms: [name: string, faults: FaultSpec[]][] = [
  ['done but the answer never came', [{ kind: 'done_but_lost', answer: 'hang', match: shipCalls, times: 1 }]],
  ['done but the connection broke', [{ kind: 'done_but_lost', answer: 'drop', match: shipCalls, times: 1 }]],
  ['done but answered with 504', [{ kind: 'done_but_lost', answer: 'status', match: shipCalls, times: 1 }]],
  ['cut off before anything was done', [{ kind: 'drop', match: shipCalls, times: 2 }]],
  [
    'too many requests',
    [{ kind: 'error', code: 36009002, httpStatus: 429, retryAfterSec: 1, match: shipCalls, times: 2 }],
  ],
  ['an access token that ends in the middle', [{ kind: 'expire_token', match: shipCalls, times: 1 }]],
  ['a storm of server errors', [{ kind: 'http', status: 503, times: 6 }]],
  ['internal errors of TikTok', [{ kind: 'error', code: 36009003, match: shipCalls, times: 3 }]],
  [
    'done, lost, and then the order is shown as it was before',
    [
      { kind: 'done_but_lost', answer: 'drop', match: shipCalls, times: 1 },
      { kind: 'stale_read', match: { path: '/order/' }, times: 3 },
    ],
  ],
  ['unknown fields and ids as numbers', [{ kind: 'ids_as_numbers' }, { kind: 'unknown_fields' }]],
];

for (const [name, faults] of storms) {
  await t.test(`US: ${name}: one effect`, (t) => shipsOnce(t, us, faults));
  await t.test(`Indonesia: ${name}: one effect`, (t) => shipsOnce(t, indonesia, faults));
}

await t.test('many shipments under all faults at once: both sides count the same', async (t) => {
  const shipments: { shop: ShopWorld; order: TestOrder; key: number; expected: string[] }[] = [];
  for (let index = 0; index < 8; index++) {
    const shop = index % 2 === 0 ? us : indonesia;
    const carrier = { CarrierCode: shop === us ? 'UPS' : 'JNE' };
    const order = await shop.order([
      { sku: 'KOPI', quantity: 1 },
      { sku: 'BATIK', quantity: 1 },
    ]);
    const [a, b] = [nextTracking(), nextTracking()];
    const document = shipmentOf('S-1', [
      { sku: 'KOPI', quantity: 1, tracking: a, carrier },
      { sku: 'BATIK', quantity: 1, tracking: b, carrier },
    ]);
    const { key } = await shop.ship(order, document);
    const expected = [`${a}: ${order.unitIds[0]}`, `${b}: ${order.unitIds[1]}`];
    shipments.push({ shop, order, key, expected });
  }
  const dice = { probability: 0.12, match: { path: '/' } };
  control.addFault({ kind: 'done_but_lost', answer: 'drop', seed: 1, ...dice });
  control.addFault({ kind: 'drop', seed: 2, ...dice });
  control.addFault({ kind: 'http', status: 502, seed: 3, ...dice });
  control.addFault({ kind: 'stale_read', seed: 4, ...dice });
  control.addFault({ kind: 'error', code: 36009003, seed: 5, ...dice });
  await world.settle().finally(() => control.clearFaults());
  for (const { shop, order, key, expected } of shipments) {
    t.match(await shop.shipment(key), { status: 1000, error: null });
    t.strictSame(shop.effects(order).toSorted(), expected.toSorted());
  }
});

await t.test('a split whose answer is lost is read back, not repeated', async (t) => {
  for (const answer of ['drop', 'hang'] as const) {
    const order = await indonesia.order([
      { sku: 'KOPI', quantity: 1 },
      { sku: 'BATIK', quantity: 2 },
    ]);
    const [a, b] = [nextTracking(), nextTracking()];
    const carrier = { CarrierCode: 'JNE' };
    control.addFault({ kind: 'done_but_lost', answer, match: { path: '/fulfillment/*/split' }, times: 1 });
    const shipment = await indonesia.shipped(
      order,
      shipmentOf('S-1', [
        { sku: 'KOPI', quantity: 1, tracking: a, carrier },
        { sku: 'BATIK', quantity: 2, tracking: b, carrier },
      ]),
    );
    control.clearFaults();
    t.match(shipment, { status: 1000, error: null });
    const [kopi, ...batik] = order.unitIds;
    t.strictSame(indonesia.effects(order), [`${a}: ${kopi}`, `${b}: ${batik.join(',')}`]);
  }
});

await t.test('a process that dies between the call and its record leaves one effect', async (t) => {
  for (const shop of [us, indonesia]) {
    const order = await shop.order([{ sku: 'KOPI', quantity: 1 }]);
    const tracking = nextTracking();
    const { key } = await shop.ship(order, documentFor(shop, tracking));
    const entry = await entryOf(order);
    await t.rejects(deliverEntry(dyingAfterTheCall(world.deliver), entry));
    t.equal(shop.effects(order).length, 1, 'TikTok has it');
    t.equal((await shop.shipment(key)).status, 200, 'we do not know it');
    await leaseToEnd(entry);
    await world.settle();
    t.match(await shop.shipment(key), { status: 1000 });
    t.strictSame(shop.effects(order), [`${tracking}: ${order.unitIds[0]}`]);
  }
});

await t.test('ten deliveries of one shipment at once make one effect', async (t) => {
  const order = await us.order([{ sku: 'KOPI', quantity: 1 }]);
  await us.ship(order, documentFor(us, nextTracking()));
  const entry = await entryOf(order);
  await Promise.all(Array.from({ length: 10 }, () => deliverEntry(world.deliver, entry)));
  await world.settle();
  t.equal(us.effects(order).length, 1);
});

await t.test('shipped by hand meanwhile, under another number: failed, with that number', async (t) => {
  for (const shop of [us, indonesia]) {
    const order = await shop.order([{ sku: 'KOPI', quantity: 1 }]);
    const { key } = await shop.ship(order, documentFor(shop, nextTracking()));
    control.act(order.tiktokOrderId, { type: 'seller_ship', trackingNumber: `HAND${order.key}` });
    await world.settle();
    t.match(await shop.shipment(key), { status: 1200, error: new RegExp(`shipped under HAND${order.key}`) });
    t.equal(shop.effects(order).length, 1);
  }
});

await t.test('shipped by hand meanwhile, under the same number: that is our shipment', async (t) => {
  const order = await us.order([{ sku: 'KOPI', quantity: 1 }]);
  const tracking = nextTracking();
  const { key } = await us.ship(order, documentFor(us, tracking));
  control.act(order.tiktokOrderId, { type: 'seller_ship', trackingNumber: tracking });
  await world.settle();
  t.match(await us.shipment(key), { status: 1000 });
  t.equal(us.effects(order).length, 1);
});

await t.test('cancelled between shipment and call: failed, and not sent again', async (t) => {
  for (const shop of [us, indonesia]) {
    const order = await shop.order([{ sku: 'KOPI', quantity: 1 }]);
    const { key } = await shop.ship(order, documentFor(shop, nextTracking()));
    control.act(order.tiktokOrderId, { type: 'seller_cancel' });
    await world.settle();
    t.match(await shop.shipment(key), { status: 1200, error: /cancelled/ });
    t.equal(shop.effects(order).length, 0);
  }
});

await t.test(
  'a shop that must be authorised again keeps its shipments and sends them afterwards',
  async (t) => {
    const shop = await world.connect('US');
    const order = await shop.order([{ sku: 'KOPI', quantity: 1 }]);
    const { id } = shop.connection;
    const setStatus = (status: string) =>
      world.db.prisma.connection.update({ where: { id }, data: { status } });
    await setStatus('needs_reauthorization');
    const { key } = await shop.ship(order, documentFor(shop, nextTracking()));
    await deliverEntry(world.deliver, await entryOf(order));
    t.match(await shop.shipment(key), { status: 200 });
    t.equal(shop.effects(order).length, 0);
    await setStatus('active');
    await world.settle();
    t.match(await shop.shipment(key), { status: 1000 });
    t.equal(shop.effects(order).length, 1);
  },
);

await t.test('when nobody can tell, the shipment waits for a person and says so', async (t) => {
  const order = await indonesia.order([
    { sku: 'KOPI', quantity: 1 },
    { sku: 'BATIK', quantity: 1 },
    { sku: 'TEH', quantity: 1 },
  ]);
  const carrier = { CarrierCode: 'JNE' };
  const [kopi, batik, teh] = order.unitIds;
  // A person splits it otherwise in the moment in which our call is lost.
  control.addFault({ kind: 'drop', match: { path: '/fulfillment/*/split' }, times: 1 });
  const { key } = await indonesia.ship(
    order,
    shipmentOf('S-1', [
      { sku: 'KOPI', quantity: 1, tracking: nextTracking(), carrier },
      { sku: 'BATIK', quantity: 1, tracking: 'SAME', carrier },
      { sku: 'TEH', quantity: 1, tracking: 'SAME', carrier },
    ]),
  );
  await deliverEntry(world.deliver, await entryOf(order));
  const { api } = await world.deps.openShop(indonesia.connection.id, 'urgent', openFence);
  await api.splitOrder({
    orderId: order.tiktokOrderId,
    groups: [
      { id: 'a', unitIds: [kopi ?? '', batik ?? ''] },
      { id: 'b', unitIds: [teh ?? ''] },
    ],
  });
  await world.settle();
  const shipment = await indonesia.shipment(key);
  t.match(shipment, { status: 200, error: /In doubt/ });
  t.ok(shipment.events.some((event) => event.startsWith('Alert It is not known')));
  t.equal(indonesia.effects(order).length, 0);
});

async function entryOf(order: TestOrder): Promise<bigint> {
  const orderingKey = `order:${order.tiktokOrderId}`;
  const { id } = await world.db.prisma.outboxEntry.findFirstOrThrow({ where: { orderingKey } });
  return id;
}

/** The process is gone when the outcome is to be written: no transaction of it ever commits. */
function dyingAfterTheCall(deps: DeliverDeps): DeliverDeps {
  const db: Database = {
    ...deps.db,
    transaction: () => Promise.reject(new Error('the process has died')),
  };
  return { ...deps, db };
}

async function leaseToEnd(id: bigint): Promise<void> {
  await world.db.prisma.outboxEntry.update({ where: { id }, data: { leaseUntil: new Date(0) } });
}
