import t from 'tap';
import { explainShipping } from '../../src/shipments/explain-shipment.js';
import { deliverEntry } from '../../src/sync/effects/deliver-entry.js';
import { testApi } from '../support/api.js';
import { shipmentOf, startWorld, type ShopWorld, type TestOrder } from './world.js';

const world = await startWorld(t);
const us = await world.connect('US');
const indonesia = await world.connect('ID');
const { control } = world;

let trackings = 0;
const nextTracking = () => `CB${String(++trackings).padStart(8, '0')}`;
const carrierOf = (shop: ShopWorld) => ({ CarrierCode: shop === us ? 'UPS' : 'JNE' });
const document = (shop: ShopWorld, tracking: string, number = 'S-1') =>
  shipmentOf(number, [{ sku: 'SHIRT', quantity: 1, tracking, carrier: carrierOf(shop) }]);

/** Orders of one buyer to one address. */
async function ordersOfOne(shop: ShopWorld, count = 2): Promise<TestOrder[]> {
  const orders: TestOrder[] = [];
  const buyerUserId = `buyer-${++trackings}`;
  for (let index = 0; index < count; index++)
    orders.push(
      await shop.order([{ sku: 'SHIRT', quantity: 1 }], {
        buyerUserId,
        address: { fullAddress: `1 ${buyerUserId} St` },
      }),
    );
  return orders;
}

function combine([first, ...others]: TestOrder[]): void {
  const orderIds = others.map(({ tiktokOrderId }) => tiktokOrderId);
  control.act(first!.tiktokOrderId, { type: 'seller_combine', orderIds });
}

async function pullAll(shop: ShopWorld, orders: readonly TestOrder[]): Promise<void> {
  for (const { tiktokOrderId } of orders) await shop.pull(tiktokOrderId);
}

/** One try of everything that is due, without passing the time of what waits. */
async function deliverOnce(): Promise<void> {
  world.clock.advance(6 * 60_000);
  const open = await world.db.prisma.outboxEntry.findMany({
    where: { state: { in: ['pending', 'in_doubt'] } },
    orderBy: { id: 'asc' },
  });
  for (const { id } of open) await deliverEntry(world.deliver, id);
}

async function attribute(shop: ShopWorld, order: TestOrder, name: string): Promise<string | undefined> {
  const { body } = await shop.orderDocument(order);
  const { ExtendedAttributes } = JSON.parse(body) as {
    ExtendedAttributes: { Name: string; Value: string }[];
  };
  return ExtendedAttributes.find(({ Name }) => Name === name)?.Value;
}

const eventsOf = async (key: number) =>
  (await world.db.prisma.event.findMany({ where: { documentKey: key }, orderBy: { id: 'asc' } })).map(
    ({ summary }) => summary,
  );

for (const [region, shop] of [
  ['Indonesia', indonesia],
  ['US', us],
] as const) {
  for (const isPulled of [true, false]) {
    await t.test(
      `${region}: a combined package waits for the shipments of all its orders, ${isPulled ? 'as the pull has shown' : 'as TikTok shows right before'}`,
      async (t) => {
        const orders = await ordersOfOne(shop);
        const [first, second] = orders as [TestOrder, TestOrder];
        combine(orders);
        if (isPulled) {
          await pullAll(shop, orders);
          t.equal(await attribute(shop, first, 'TikTokCombinedOrders'), second.tiktokOrderId);
          t.equal(await attribute(shop, second, 'TikTokCombinedOrders'), first.tiktokOrderId);
          for (const order of orders)
            t.ok((await eventsOf(order.key)).some((summary) => /in one package with/.test(summary)));
          const which = { companyId: shop.companyId, orderKey: first.key };
          const gates = await explainShipping(world.deps, which);
          t.match(
            gates.find(({ gate }) => gate === 'package-together'),
            { outcome: 'wait', reason: new RegExp(second.tiktokOrderId) },
          );
        }
        const tracking = nextTracking();
        const { key } = await shop.ship(first, document(shop, tracking));
        await deliverOnce();
        await deliverOnce();
        const waiting = await shop.shipment(key);
        t.match(waiting, { status: 200, error: new RegExp(second.tiktokOrderId) });
        t.equal(waiting.events.filter((event) => /waits for order/.test(event)).length, 1, 'told once');
        t.ok(
          (await eventsOf(second.key)).some((summary) =>
            /waits for the shipment of this order/.test(summary),
          ),
        );
        t.strictSame(shop.effects(second), [], 'nothing leaves');

        const other = await shop.ship(second, document(shop, tracking));
        await world.settle();
        for (const each of [key, other.key])
          t.match(await shop.shipment(each), { status: 1000, error: null });
        for (const order of orders) t.equal((await shop.orderDocument(order)).statusCode, 1000);
        t.equal(
          control.effects({ order: first.tiktokOrderId, kind: 'shipped' })[0]?.trackingNumber,
          tracking,
        );
      },
    );
  }
}

await t.test('another number in the same package is refused with the number to use', async (t) => {
  const orders = await ordersOfOne(indonesia);
  const [first, second] = orders as [TestOrder, TestOrder];
  combine(orders);
  const [a, b] = [nextTracking(), nextTracking()];
  const one = await indonesia.ship(first, document(indonesia, a));
  const two = await indonesia.ship(second, document(indonesia, b));
  for (let round = 0; round < 6; round++) await deliverOnce();
  t.match(await indonesia.shipment(one.key), { status: 200 });
  const refused = await indonesia.shipment(two.key);
  t.equal(refused.status, 1200);
  t.match(refused.error ?? '', new RegExp(`order ${first.tiktokOrderId}.*${a}`));
  const again = await indonesia.ship(second, document(indonesia, a, 'S-2'));
  await world.settle();
  for (const { key } of [one, again]) t.equal((await indonesia.shipment(key)).status, 1000);
});

await t.test('taken apart in Seller Center, each goes by itself', async (t) => {
  const orders = await ordersOfOne(indonesia);
  const [first, second] = orders as [TestOrder, TestOrder];
  combine(orders);
  await pullAll(indonesia, orders);
  const [a, b] = [nextTracking(), nextTracking()];
  const one = await indonesia.ship(first, document(indonesia, a));
  await deliverOnce();
  control.act(first.tiktokOrderId, { type: 'seller_uncombine' });
  await pullAll(indonesia, orders);
  t.equal(await attribute(indonesia, first, 'TikTokCombinedOrders'), undefined);
  t.ok((await eventsOf(second.key)).some((summary) => /no longer has the order together/.test(summary)));
  await world.settle();
  t.equal((await indonesia.shipment(one.key)).status, 1000);
  t.not((await indonesia.orderDocument(second)).statusCode, 1000);
  t.equal((await indonesia.shipped(second, document(indonesia, b))).status, 1000);
});

await t.test(
  'taken apart between our reading and our call: nothing is taken for shipped that is not',
  async (t) => {
    const orders = await ordersOfOne(indonesia, 3);
    const [first] = orders as [TestOrder];
    combine(orders);
    const tracking = nextTracking();
    control.schedule({
      call: { path: '/fulfillment/202309/packages/*/ship', shop: indonesia.shopId },
      when: 'before',
      deeds: [
        {
          kind: 'act',
          orderId: first.tiktokOrderId,
          act: { type: 'seller_uncombine', orderIds: [first.tiktokOrderId] },
        },
      ],
    });
    const keys: number[] = [];
    for (const order of orders) keys.push((await indonesia.ship(order, document(indonesia, tracking))).key);
    await world.settle();
    for (const key of keys) t.equal((await indonesia.shipment(key)).status, 1000);
    for (const order of orders)
      t.match(control.effects({ order: order.tiktokOrderId, kind: 'shipped' }), [
        { trackingNumber: tracking },
      ]);
  },
);

await t.test('the setting ships all with the first; the others are read at once', async (t) => {
  const shop = await world.connect('ID');
  await world.db.prisma.connection.update({
    where: { id: shop.connection.id },
    data: { settings: { shipCombinedTogether: true } },
  });
  const orders = await ordersOfOne(shop);
  const [first, second] = orders as [TestOrder, TestOrder];
  combine(orders);
  await pullAll(shop, orders);
  const tracking = nextTracking();
  t.equal((await shop.shipped(first, document(shop, tracking))).status, 1000);
  const flow = await world.db.prisma.flow.findFirstOrThrow({
    where: { connectionId: shop.connection.id, name: 'pull-orders' },
  });
  t.ok(flow.requested > 0, 'a pull is asked for');
  await pullAll(shop, orders);
  t.equal((await shop.orderDocument(second)).statusCode, 1000);
  t.equal(await attribute(shop, second, 'TikTokTrackingNumber_'), tracking);
  const later = await shop.ship(second, document(shop, tracking));
  t.equal((await shop.shipment(later.key)).status, 1000);
});

await t.test(
  'US: a recommended group is told, binds nobody, and one number on all of it is no duplicate',
  async (t) => {
    const orders = await ordersOfOne(us, 3);
    await pullAll(us, orders);
    const [first, second, third] = orders as [TestOrder, TestOrder, TestOrder];
    const groupId = await attribute(us, first, 'TikTokCombineGroupId');
    t.match(groupId, /\d/);
    for (const order of orders) t.equal(await attribute(us, order, 'TikTokCombineGroupId'), groupId);
    t.equal(
      await attribute(us, first, 'TikTokCombineGroupOrders'),
      `${second.tiktokOrderId},${third.tiktokOrderId}`,
    );
    const tracking = nextTracking();
    for (const order of [first, second])
      t.equal((await us.shipped(order, document(us, tracking))).status, 1000, 'at once');
    t.equal((await us.shipped(third, document(us, nextTracking()))).status, 1000);
  },
);

await t.test('a shipment that waits for other orders takes new content, and can be given up', async (t) => {
  const { call } = await testApi(t, world.db, {
    seller: { companyId: us.companyId, connectionId: us.connection.id, partnerId: us.connection.partnerId },
    domain: world.deps,
    clock: world.clock,
  });
  const orders = await ordersOfOne(us);
  const [first, second] = orders as [TestOrder, TestOrder];
  combine(orders);
  await pullAll(us, orders);
  const [wrong, right] = [nextTracking(), nextTracking()];
  const { key } = await us.ship(first, document(us, wrong));
  const early = await call('PUT', `/api/v3/Shipments/${key}`, { payload: document(us, right) });
  t.equal(early.statusCode, 400, 'not told to wait yet: it is on its way');
  await deliverOnce();
  const bad = shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 7, tracking: right }]);
  t.equal((await call('PUT', `/api/v3/Shipments/${key}`, { payload: bad })).statusCode, 400);
  t.match((await us.shipment(key)).error, wrong, 'a refused change leaves what waits as it was');
  const edited = await call('PUT', `/api/v3/Shipments/${key}`, { payload: document(us, right) });
  t.equal(edited.statusCode, 200, edited.body);
  await us.ship(second, document(us, right));
  await world.settle();
  t.equal((await us.shipment(key)).status, 1000);
  t.match(us.effects(first), [new RegExp(`^${right}:`)]);

  const more = await ordersOfOne(us);
  combine(more);
  await pullAll(us, more);
  const given = await us.ship(more[0]!, document(us, nextTracking()));
  await deliverOnce();
  const ignored = await call('PUT', `/api/v3/Shipments/${given.key}/Status/Ignored`);
  t.equal(ignored.statusCode, 200, ignored.body);
  control.act(more[0]!.tiktokOrderId, { type: 'seller_uncombine' });
  await pullAll(us, more);
  await world.settle();
  t.same(us.effects(more[0]!), [], 'nothing of it is sent any more');
  t.equal((await us.shipment(given.key)).status, 1400);
  const again = await call('PUT', `/api/v3/Shipments/${given.key}/Status/Submitted`);
  t.equal(again.statusCode, 200, again.body);
  await world.settle();
  t.equal((await us.shipment(given.key)).status, 1000);
  const late = await call('PUT', `/api/v3/Shipments/${given.key}/Status/Ignored`);
  t.equal(late.statusCode, 400, 'what TikTok has stays');
});
