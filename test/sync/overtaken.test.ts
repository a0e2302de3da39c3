import { somebody as tester } from '../support/actors.js';
import t from 'tap';
import { takeCancellations } from '../../src/cancellations/take-cancellations.js';
import { deliverEntry } from '../../src/sync/effects/deliver-entry.js';
import { recheckEntries } from '../../src/sync/effects/recheck-entries.js';
import { ackOf, acknowledging } from '../acknowledgements/world.js';
import { answerOf, startReturnWorld } from '../returns/world.js';
import { shipmentOf, type ShopWorld, type TestOrder } from '../shipments/world.js';
import { openFence } from '../support/fence.js';

t.setTimeout(180_000);
const returns = await startReturnWorld(t, { answerTimeoutMs: 10_000 });
const { world } = returns;
const { control, db } = world;
const us = await world.connect('US');
const indonesia = await world.connect('ID');
const acks = acknowledging(world, us);
const carrier = { CarrierCode: 'JNE' };
const goods = [{ sku: 'TEE', quantity: 1 }];

/** TikTok refuses the next write for a reason that has nothing to do with the order. */
async function refusedOnce(path: string, code: number): Promise<void> {
  control.addFault({ kind: 'error', code, match: { method: 'POST', path } });
  await world.settle().finally(() => control.clearFaults());
}
const putRight = () => recheckEntries(world.deliver);
/** Somebody who writes to the same shop: a process that had lost its lease, another app. */
const somebody = async (shop: ShopWorld) =>
  (await world.deps.openShop(shop.connection.id, 'urgent', openFence)).api;
const statesOf = async (order: TestOrder) =>
  (await db.prisma.outboxEntry.findMany({ where: { orderingKey: `order:${order.tiktokOrderId}` } })).map(
    ({ state }) => state,
  );

await t.test(
  'a cancellation told as failed that TikTok carries out late: Complete, the order 1100',
  async (t) => {
    const order = await us.order(goods);
    const { key } = await acks.send(
      order,
      ackOf('A-1', [{ sku: 'TEE', cancel: 1 }], { ChangeReason: 'Out of stock' }),
    );
    await refusedOnce('/return_refund/*/cancellations', 25001003);
    t.match(await acks.view(key), { status: 1200 });
    t.equal(await putRight(), 0, 'nothing to put right yet');
    const api = await somebody(us);
    await api.cancelOrder({ orderId: order.tiktokOrderId, reason: 'seller_cancel_reason_out_of_stock' });
    await us.pull(order.tiktokOrderId);
    t.equal(await putRight(), 1);
    const view = await acks.view(key);
    t.match(view, { status: 1000, error: null });
    t.ok(
      view.events.some((event) => event.includes('TikTok has cancelled') || event.includes('had cancelled')),
    );
    t.equal(await acks.statusOf(order), 1100);
    t.same(await statesOf(order), ['done']);
    t.equal(await putRight(), 0, 'once');
    t.equal(acks.effects(order).length, 1);
  },
);

await t.test('a failed cancellation whose pieces the buyer cancelled is told by one document', async (t) => {
  const order = await us.order(goods);
  const { key } = await acks.send(
    order,
    ackOf('A-1', [{ sku: 'TEE', cancel: 1 }], { ChangeReason: 'Out of stock' }),
  );
  await refusedOnce('/return_refund/*/cancellations', 25001003);
  control.act(order.tiktokOrderId, { type: 'buyer_cancel', atOnce: true });
  const { api } = await world.deps.openShop(us.connection.id, 'urgent');
  const page = await api.searchCancellations({
    orderIds: [order.tiktokOrderId],
    pageSize: 10,
    sort: 'create_time',
    order: 'ASC',
  });
  await db.transaction(async (tx) => {
    const readAt = world.clock.now();
    await takeCancellations(
      { by: tester, deps: world.deps, tx, connection: us.connection, readAt, moved: [] },
      page.cancellations,
    );
  });
  await us.pull(order.tiktokOrderId);
  t.equal(await putRight(), 0);
  t.match(await acks.view(key), { status: 1200 });
  t.equal(await acks.statusOf(order), 1100);
});

await t.test(
  'a shipment told as failed that TikTok shows under its number: Complete, the order too',
  async (t) => {
    const order = await us.order(goods);
    const { key } = await us.ship(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: 'LATE1' }]));
    await refusedOnce('/fulfillment/', 21004012);
    t.match(await us.shipment(key), { status: 1200 });
    const { rows } = await db.pool.query<{ id: string }>(
      'SELECT provider_id AS id FROM shipment_packages WHERE shipment_key = $1',
      [key],
    );
    const api = await somebody(us);
    await api.markPackageShipped({
      orderId: order.tiktokOrderId,
      unitIds: order.unitIds,
      trackingNumber: 'LATE1',
      providerId: rows[0]?.id ?? '',
    });
    await us.pull(order.tiktokOrderId);
    t.equal(await putRight(), 1);
    const shipment = await us.shipment(key);
    t.match(shipment, { status: 1000, error: null });
    t.ok(shipment.events.some((event) => event.startsWith('Info TikTok has package 1')));
    t.equal((await us.orderDocument(order)).statusCode, 1000);
    t.equal(us.effects(order).length, 1);
  },
);

await t.test(
  'shipped in Seller Center under another number: the order is Complete, with that number',
  async (t) => {
    const order = await us.order(goods);
    control.act(order.tiktokOrderId, { type: 'seller_ship', trackingNumber: 'BYHAND7' });
    await us.pull(order.tiktokOrderId);
    t.equal((await us.orderDocument(order)).statusCode, 1000);
    const events = await db.prisma.event.findMany({ where: { documentKey: order.key } });
    t.ok(events.some(({ summary }) => /shipped under BYHAND7, without a shipment of yours/.test(summary)));
  },
);

await t.test('a split told as failed that TikTok has made: its packages are shipped', async (t) => {
  const order = await indonesia.order([
    { sku: 'KOPI', quantity: 1 },
    { sku: 'TEH', quantity: 1 },
  ]);
  const document = shipmentOf('S-1', [
    { sku: 'KOPI', quantity: 1, tracking: 'SP1', carrier },
    { sku: 'TEH', quantity: 1, tracking: 'SP2', carrier },
  ]);
  const { key } = await indonesia.ship(order, document);
  await refusedOnce('/fulfillment/*/split', 21011035);
  t.match(await indonesia.shipment(key), { status: 1200 });
  const [first = '', second = ''] = order.unitIds;
  await (
    await somebody(indonesia)
  ).splitOrder({
    orderId: order.tiktokOrderId,
    groups: [
      { id: 'a', unitIds: [first] },
      { id: 'b', unitIds: [second] },
    ],
  });
  await indonesia.pull(order.tiktokOrderId);
  t.equal(await putRight(), 1);
  t.match(await indonesia.shipment(key), { status: 200 });
  await world.settle();
  t.match(await indonesia.shipment(key), { status: 1000, error: null });
  t.strictSame(indonesia.effects(order).toSorted(), [`SP1: ${first}`, `SP2: ${second}`]);
});

await t.test('an answer to a return told as failed that TikTok has: the document follows', async (t) => {
  const given = await returns.received(us);
  await returns.answer(us, answerOf(given));
  await refusedOnce('/return_refund/*/approve', 25020005);
  t.match(await returns.view(us, given), { status: 1200 });
  const api = await somebody(us);
  await api.approveReturn({
    returnId: given.returnId,
    decision: 'APPROVE_RETURN',
    idempotencyKey: `late-${given.returnId}`,
  });
  await returns.pull(us);
  t.equal(await putRight(), 1);
  t.match(await returns.view(us, given), { status: 600, error: null });
  const answers = await db.prisma.returnAnswer.findMany({ where: { return: { returnId: given.returnId } } });
  t.same(
    answers.map(({ state }) => state),
    ['sent'],
  );
});

await t.test(
  'a delivery that loses its lease after its call has the refusal of its successor looked at again',
  async (t) => {
    const order = await us.order(goods);
    const { key } = await us.ship(
      order,
      shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: 'ZOMBIE1' }]),
    );
    const { id } = await db.prisma.outboxEntry.findFirstOrThrow({ where: { documentKey: key } });
    const hold = control.addFault({
      kind: 'hold',
      match: { method: 'POST', path: '/fulfillment/' },
      times: 1,
    });
    const zombie = deliverEntry(world.deliver, id);
    while (control.faults().every(({ struck }) => struck === 0)) await new Promise((r) => setTimeout(r, 20));
    // The lease is over; long after TikTok could have done it the successor is refused for another reason.
    await db.prisma.outboxEntry.update({ where: { id }, data: { leaseUntil: new Date(0) } });
    control.addFault({ kind: 'error', code: 21004012, match: { method: 'POST', path: '/fulfillment/' } });
    await world.settle();
    t.match(await us.shipment(key), { status: 1200 });
    control.removeFault(hold.id);
    t.equal((await zombie).state, 'lease-lost');
    control.clearFaults();
    t.equal(us.effects(order).length, 1, 'TikTok has carried the late call out');
    t.equal(await putRight(), 1, 'without any pull');
    t.match(await us.shipment(key), { status: 1000, error: null });
  },
);
