import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { clientFor, first, ids, rows, type Json, type MiniClient } from './support/mini-client.js';

// Tokens live through all the weeks that pass here.
const behaviour = { accessTokenLifetimeSec: 400 * 86_400 };
const simulator = await startSimulator({ fast: true, seed: 'empty', behaviour });
t.teardown(() => simulator.close());
const { control } = simulator;
const start = control.clock().nowMs;
t.beforeEach(() => {
  control.setClock({ now: start, frozen: true });
});

const DAY = 86_400;

function shopIn(region: string): MiniClient {
  const name = `${region} ${Math.random()}`;
  const email = `${name}@seller.example`;
  const seller = control.addSeller({ name, email, password: 'x', baseRegion: region });
  control.addShop({ name, region, sellerType: 'LOCAL', openId: seller.openId });
  return clientFor(simulator, name);
}

const lines = [{ sellerSku: 'A', quantity: 2, price: '10' }];

async function cancellationOf(client: MiniClient, orderId: string): Promise<Json> {
  const body = { order_ids: [orderId] };
  return first(
    (await client.call('POST', '/return_refund/202309/cancellations/search', { body })).data['cancellations'],
  );
}

/** Moves the clock to just before and just after the time, and tells the order's status at both. */
async function around(client: MiniClient, id: string, sec: unknown): Promise<unknown[]> {
  control.setClock({ now: (Number(sec) - 1) * 1000 });
  const before = (await client.order(id))['status'];
  control.setClock({ now: (Number(sec) + 1) * 1000 });
  return [before, (await client.order(id))['status']];
}

await t.test('an order that nobody pays is cancelled by the system', async (t) => {
  const client = shopIn('US');
  const { id } = control.addOrder(client.shopId, { lines, paidMinutesAgo: null });
  const created = (await client.order(id))['create_time'];
  t.strictSame(await around(client, id, Number(created) + 2 * DAY), ['UNPAID', 'CANCELLED']);
  t.match(await cancellationOf(client, id), {
    cancel_reason: 'system_cancel_unpaid_time_out',
    role: 'SYSTEM',
  });
  t.equal((await client.order(id))['cancel_time'], Number(created) + 2 * DAY, 'stamped with its own time');
});

await t.test('each limit that an order prints comes, and cancels what has not moved on', async (t) => {
  const client = shopIn('US');
  const make = (): string => control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 }).id;

  const waiting = make();
  const order = await client.order(waiting);
  t.strictSame(await around(client, waiting, order['shipping_due_time']), ['AWAITING_SHIPMENT', 'CANCELLED']);
  t.equal(
    (await cancellationOf(client, waiting))['cancel_reason'],
    'system_cancel_order_reason_shipping_timeout',
  );

  control.setClock({ now: start });
  const arranged = make();
  control.act(arranged, { type: 'seller_ship' });
  t.strictSame(await around(client, arranged, order['collection_due_time']), [
    'AWAITING_COLLECTION',
    'CANCELLED',
  ]);
  t.equal((await cancellationOf(client, arranged))['cancel_reason'], 'system_cancel_order_untracked');

  control.setClock({ now: start });
  const moving = make();
  control.act(moving, { type: 'seller_ship' });
  control.act(moving, { type: 'carrier_collect' });
  t.strictSame(await around(client, moving, order['delivery_due_time']), ['IN_TRANSIT', 'CANCELLED']);
  t.equal(
    (await cancellationOf(client, moving))['cancel_reason'],
    'system_cancel_order_exceed_edt_not_arrive',
  );
});

await t.test('of an order that went in part, the rest is cancelled and the parcel goes on', async (t) => {
  const client = shopIn('US');
  const { id, line_items: items } = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
  control.act(id, { type: 'seller_ship', unitIds: ids(items).slice(0, 1) });
  control.act(id, { type: 'carrier_collect' });
  const due = (await client.order(id))['shipping_due_time'];
  t.strictSame(await around(client, id, due), ['PARTIALLY_SHIPPING', 'IN_TRANSIT']);
  const lineItems = rows((await client.order(id))['line_items']);
  t.strictSame(
    lineItems.map((line) => line['display_status']),
    ['IN_TRANSIT', 'CANCELLED'],
  );
});

await t.test('what was delivered is completed when nothing is asked back any more', async (t) => {
  const client = shopIn('GB');
  const deliver = (): string => {
    const { id } = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
    control.act(id, { type: 'seller_ship' });
    control.act(id, { type: 'carrier_deliver' });
    return id;
  };
  const calm = deliver();
  const asked = deliver();
  const delivered = Number((await client.order(calm))['delivery_time']);
  control.setClock({ now: (delivered + 30 * DAY - DAY / 2) * 1000 });
  control.act(asked, { type: 'buyer_opens_return' });
  t.strictSame(await around(client, calm, delivered + 30 * DAY), ['DELIVERED', 'COMPLETED']);
  t.equal((await client.order(asked))['status'], 'DELIVERED', 'a return runs');
  control.act(asked, { type: 'buyer_withdraws_return' });
  control.setClock({ advanceSeconds: DAY + 1 });
  t.equal((await client.order(asked))['status'], 'COMPLETED');
});

await t.test('one jump of the clock does everything in its order, each at its own time', async (t) => {
  const client = shopIn('US');
  const { id } = control.addOrder(client.shopId, { lines, paidMinutesAgo: 10 });
  t.equal((await client.order(id))['status'], 'ON_HOLD');
  control.setClock({ advanceSeconds: 90 * DAY });
  const order = await client.order(id);
  t.match(order, { status: 'CANCELLED', cancellation_initiator: 'SYSTEM' });
  t.equal(order['cancel_time'], order['shipping_due_time']);
});

await t.test(
  'a saved state keeps its limits; an order made past its limit stays; a switch only prints them',
  async (t) => {
    const client = shopIn('US');
    const { id } = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
    const old = control.addOrder(client.shopId, { lines, paidMinutesAgo: 60 * 24 * 20 });
    control.restore(JSON.parse(JSON.stringify(control.snapshot())));
    control.setClock({ advanceSeconds: 6 * DAY });
    t.equal((await client.order(id))['status'], 'CANCELLED');
    t.equal((await client.order(old.id))['status'], 'AWAITING_SHIPMENT');

    control.setClock({ now: start });
    control.setBehaviour({ deadlines: 'printed' });
    const free = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
    control.setClock({ advanceSeconds: 90 * DAY });
    t.equal((await client.order(free.id))['status'], 'AWAITING_SHIPMENT');
    control.setBehaviour({ deadlines: 'act' });
  },
);
