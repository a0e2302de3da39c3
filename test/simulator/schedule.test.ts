import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { clientFor, ids, rows, type Json } from './support/mini-client.js';
import { freshShop, productMaker } from './support/product-calls.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;
const us = clientFor(simulator, 'Harbor Goods');
const lines = [{ sellerSku: 'SCHEDULED', quantity: 2 }];
const newOrder = (): string => control.addOrder(us.shopId, { lines, paidMinutesAgo: 90 }).id;

t.afterEach(() => control.clearSchedule());

async function http(method: string, path: string, body?: unknown): Promise<{ status: number; json: Json }> {
  const response = await fetch(`${simulator.url}/_control${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

await t.test('somebody ships an order just before or just after the second look at it', async (t) => {
  for (const when of ['before', 'after'] as const) {
    const orderId = newOrder();
    const call = { method: 'GET', path: '/order/202507/orders', shop: us.shopId };
    const act = { type: 'seller_ship', trackingNumber: `ELSEWHERE-${when}` } as const;
    const entry = control.schedule({ call, nth: 2, when, deeds: [{ kind: 'act', orderId, act }] });
    const looks = [];
    for (let look = 0; look < 3; look++) looks.push((await us.order(orderId))['status']);
    const [waits, shipped] = ['AWAITING_SHIPMENT', 'AWAITING_COLLECTION'];
    t.strictSame(looks, when === 'before' ? [waits, shipped, shipped] : [waits, waits, shipped], when);
    t.match(entry, { seen: 2, isOver: true, done: [{ deed: 0 }] });
    t.match(control.effects({ order: orderId, kind: 'shipped' }), [{ via: 'seller_center' }]);
  }
});

await t.test('a tester in another language schedules it over HTTP and reads what has happened', async (t) => {
  const orderId = newOrder();
  const made = await http('POST', '/schedule', {
    call: { path: `/fulfillment/*/orders/${orderId}/packages` },
    when: 'before',
    deeds: [{ kind: 'act', orderId, act: { type: 'operator_cancel' } }],
  });
  t.match(made, { status: 200, json: { seen: 0, isOver: false } });
  t.not((await us.markShipped(orderId, '9400100000000000000901')).code, 0, 'too late');
  const [entry] = rows((await http('GET', '/schedule')).json);
  const [logged] = control.requests({ path: `/fulfillment/202309/orders/${orderId}` });
  t.match(entry, { isOver: true, done: [{ deed: 0, requestId: logged?.requestId }] });
  t.match(await http('DELETE', `/schedule/${String(entry?.['id'])}`), { status: 200 });
  t.match(await http('DELETE', '/schedule/4711'), { status: 404 });
  for (const body of [
    {},
    { call: {}, when: 'during', deeds: [] },
    { call: {}, when: 'after', deeds: [{ kind: 'x' }] },
  ])
    t.match(await http('POST', '/schedule', body), { status: 400 });
});

await t.test(
  'stock, price, status and warehouse change between the calls of a client that reads and writes',
  async (t) => {
    const client = freshShop(simulator);
    const { id: productId, sku: skuId } = productMaker(simulator)(client);
    const [warehouse] = control.warehouses(client.shopId);
    const warehouseId = warehouse?.id ?? '';
    const read = async (): Promise<unknown> =>
      (await client.inventory({ sku_ids: [skuId] })).data['inventory'];
    control.schedule({
      call: { path: '/product/202309/inventory/search', shop: client.shopId },
      when: 'after',
      deeds: [
        { kind: 'sku', skuId, patch: { stock: { [warehouseId]: 3 }, price: '77' } },
        { kind: 'product', productId, patch: { status: 'FREEZE' } },
      ],
    });
    t.match(await read(), [{ skus: [{ total_available_quantity: 50 }] }]);
    const update = await client.updateInventory(productId, [{ id: skuId, inventory: [{ quantity: 9 }] }]);
    t.equal(update.code, 12052901, 'frozen in the meantime');
    t.match(await read(), [{ skus: [{ total_available_quantity: 3 }] }]);
    t.match(control.productEffects({ sku: skuId }).effects, [
      { via: 'seller_center' },
      { via: 'seller_center' },
    ]);

    control.schedule({
      call: { path: '/product/202309/inventory/search' },
      when: 'before',
      deeds: [{ kind: 'warehouse', shopId: client.shopId, warehouseId, patch: { effectStatus: 'DISABLED' } }],
    });
    await read();
    t.equal(control.warehouses(client.shopId)[0]?.effectStatus, 'DISABLED');
  },
);

await t.test('a buyer orders, and another order changes, between two pages', async (t) => {
  const client = freshShop(simulator);
  const first = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
  const second = control.addOrder(client.shopId, { lines, paidMinutesAgo: 80 });
  control.schedule({
    call: { path: '/order/202309/orders/search', shop: client.shopId },
    when: 'after',
    deeds: [
      { kind: 'new_order', shopId: client.shopId, order: { lines, paidMinutesAgo: 70 } },
      { kind: 'patch_order', orderId: first.id, patch: { sellerNote: 'called the buyer' } },
    ],
  });
  const page = { page_size: '1', sort_order: 'ASC' };
  const one = await client.search({}, page);
  const two = await client.search({}, { ...page, page_token: String(one.data['next_page_token']) });
  t.strictSame([...ids(one.data['orders']), ...ids(two.data['orders'])], [first.id, second.id]);
  t.equal(two.data['total_count'], 3);
  t.equal((await client.order(first.id))['seller_note'], 'called the buyer');
});

await t.test('what has become impossible says so, and the call goes on', async (t) => {
  const orderId = newOrder();
  const deeds = [
    { kind: 'act', orderId, act: { type: 'system_cancel' } },
    { kind: 'act', orderId, act: { type: 'seller_ship' } },
    { kind: 'act', orderId: '1', act: { type: 'pay' } },
  ] as const;
  const entry = control.schedule({ call: { path: '/order/' }, when: 'before', deeds: [...deeds] });
  t.equal((await us.order(orderId))['status'], 'CANCELLED');
  t.match(entry.done, [{ deed: 0 }, { deed: 1, error: /not possible/ }, { deed: 2, error: /not known/ }]);
});

await t.test('it happens at several calls in a row, and around calls that never arrive', async (t) => {
  const orderId = newOrder();
  const call = { path: '/order/202507/orders' };
  const patch = { sellerNote: 'again' };
  const entry = control.schedule({
    call,
    nth: 2,
    times: 2,
    when: 'after',
    deeds: [{ kind: 'patch_order', orderId, patch }],
  });
  const fault = control.addFault({ match: call, kind: 'drop', skip: 1, times: 1 });
  for (let look = 0; look < 4; look++) await us.order(orderId).catch(() => undefined);
  control.removeFault(fault.id);
  t.equal(entry.done.length, 2);
  t.match(entry, { isOver: true, seen: 3 });
});

await t.test(
  'time passes and the seller removes the app around calls, of the token host as well',
  async (t) => {
    const client = freshShop(simulator);
    const before = control.clock().nowMs;
    const { openId } = control.shop(client.shopId);
    control.schedule({
      call: { path: '/api/v2/token/refresh' },
      when: 'after',
      deeds: [
        { kind: 'clock', change: { advanceSeconds: 600 } },
        { kind: 'deauthorize', openId },
      ],
    });
    const query = new URLSearchParams({ app_key: 'nobody' }).toString();
    await fetch(`${simulator.url}/api/v2/token/refresh?${query}`);
    t.ok(control.clock().nowMs - before >= 600_000);
    t.not((await client.search()).code, 0);
  },
);
