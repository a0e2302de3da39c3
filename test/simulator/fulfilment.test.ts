import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { documentedShapes } from './support/documented-shapes.js';
import { clientFor, first, ids, rows, type MiniClient, type Reply } from './support/mini-client.js';
import { neverSeen, parseShape, violations } from './support/shape.js';

const simulator = await startSimulator({ fast: true, seed: 'empty' });
t.teardown(() => simulator.close());
const { control } = simulator;
const start = control.clock().nowMs;
t.beforeEach(() => {
  control.setClock({ now: start, frozen: true });
});

function shopIn(region: string): MiniClient {
  const name = `${region} ${Math.random()}`;
  const seller = control.addSeller({
    name,
    email: `${name}@seller.example`,
    password: 'x',
    baseRegion: region,
  });
  control.addShop({ name, region, sellerType: 'LOCAL', openId: seller.openId });
  return clientFor(simulator, name);
}

/** An order of two red and one blue piece, paid long enough ago. */
function orderIn(
  client: MiniClient,
  extra: object = {},
): { id: string; red: string[]; blue: string; units: string[] } {
  const lines = [
    { sellerSku: 'RED', quantity: 2 },
    { sellerSku: 'BLUE', quantity: 1 },
  ];
  const order = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90, ...extra });
  const units = ids(order['line_items']);
  return { id: order.id, red: units.slice(0, 2), blue: units[2] ?? '', units };
}

async function packagesOf(client: MiniClient, id: string): Promise<string[]> {
  return ids((await client.order(id))['packages']);
}

let lastNumber = 0;
const trackingNumber = (): string => `TRACK${++lastNumber}`;

function ship(client: MiniClient, packageId: string, number = trackingNumber()): Promise<Reply> {
  const self_shipment = { tracking_number: number, shipping_provider_id: client.providerId };
  return client.call('POST', `/fulfillment/202309/packages/${packageId}/ship`, { body: { self_shipment } });
}

function split(client: MiniClient, orderId: string, groups: readonly (readonly string[])[]): Promise<Reply> {
  const splittable_groups = groups.map((units, index) => ({ id: `g${index}`, order_line_item_ids: units }));
  return client.call('POST', `/fulfillment/202309/orders/${orderId}/split`, { body: { splittable_groups } });
}

await t.test('marking a whole order as shipped moves order, units and package, once', async (t) => {
  const us = shopIn('US');
  const { id, units } = orderIn(us);
  const reply = await us.markShipped(id, '9400100000000000000001');
  t.equal(reply.code, 0);
  t.strictSame(violations(parseShape(documentedShapes.markShipped), reply.data), []);
  t.strictSame(neverSeen(parseShape(documentedShapes.markShipped), [reply.data]), []);
  t.strictSame(reply.data['order_line_item_ids'], units);
  const order = await us.order(id);
  t.match(order, {
    status: 'AWAITING_COLLECTION',
    tracking_number: '9400100000000000000001',
    shipping_provider_id: us.providerId,
    shipping_provider: us.providerName,
    packages: [{ id: reply.data['package_id'] }],
  });
  t.equal(order['rts_time'], order['update_time']);
  for (const line of rows(order['line_items'])) {
    t.match(line, {
      display_status: 'AWAITING_COLLECTION',
      package_status: 'PROCESSING',
      package_id: reply.data['package_id'],
      tracking_number: '9400100000000000000001',
    });
  }
  t.equal((await us.markShipped(id, '9400100000000000000002')).code, 21011020);
  t.equal((await us.markShipped(id, '9400100000000000000002', units)).code, 21011020);
  t.strictSame(
    control.effects({ order: id }).map(({ kind, unitIds, via }) => [kind, unitIds, via]),
    [['shipped', units, 'api']],
  );
});

await t.test('parts of an order ship one by one; then lines must be named', async (t) => {
  const us = shopIn('US');
  const { id, red, blue } = orderIn(us);
  t.equal((await us.markShipped(id, 'A1', red)).code, 0);
  const partly = await us.order(id);
  t.strictSame([partly['status'], ids(partly['packages']).length], ['PARTIALLY_SHIPPING', 1]);
  t.equal((await us.markShipped(id, 'A2')).code, 21011048, 'which of the lines?');
  t.equal((await us.markShipped(id, 'A1', [blue])).code, 21011025, 'the number belongs to the first package');
  t.equal((await us.markShipped(id, 'A2', [blue])).code, 0);
  const whole = await us.order(id);
  t.strictSame([whole['status'], ids(whole['packages']).length], ['AWAITING_COLLECTION', 2]);
});

await t.test('each region has its way to ship, and refuses the other', async (t) => {
  for (const region of ['US', 'GB', 'DE', 'ES', 'FR', 'IE', 'IT', 'JP']) {
    const client = shopIn(region);
    t.equal((await client.markShipped(orderIn(client).id, trackingNumber())).code, 0, region);
  }
  for (const region of ['ID', 'MY', 'PH', 'SG', 'TH', 'VN', 'MX', 'BR']) {
    const client = shopIn(region);
    const { id } = orderIn(client);
    t.equal((await client.markShipped(id, trackingNumber())).code, 21008106, region);
    t.equal((await ship(client, (await packagesOf(client, id))[0] ?? '')).code, 0, region);
    t.equal((await client.order(id))['status'], 'AWAITING_COLLECTION', region);
  }
});

await t.test('what must not be shipped is refused with its own code, and nothing changes', async (t) => {
  const us = shopIn('US');
  const other = shopIn('US');
  const free = orderIn(us);
  const cancelled = orderIn(us).id;
  control.act(cancelled, { type: 'system_cancel' });
  const partly = orderIn(us);
  control.act(partly.id, { type: 'seller_cancel', unitIds: [partly.blue] });
  await us.markShipped(orderIn(us).id, 'USED');
  const long = { tracking_number: 'X1', shipping_provider_id: '1' };
  const cases: [string, Promise<Reply>, number][] = [
    ['on hold', us.markShipped(orderIn(us, { paidMinutesAgo: 5 }).id, 'X1'), 21011044],
    ['unpaid', us.markShipped(orderIn(us, { paidMinutesAgo: null }).id, 'X1'), 21011003],
    ['cancelled', us.markShipped(cancelled, 'X1'), 21011041],
    ['cancelled unit', us.markShipped(partly.id, 'X1', [partly.blue]), 21011041],
    ['by TikTok', us.markShipped(orderIn(us, { shippingType: 'TIKTOK' }).id, 'X1'), 21011004],
    [
      'fulfilled by TikTok',
      us.markShipped(orderIn(us, { fulfillmentType: 'FULFILLMENT_BY_TIKTOK' }).id, 'X1'),
      21008025,
    ],
    ['unknown order', us.markShipped('1234567890', 'X1'), 21011029],
    ["another shop's order", us.markShipped(orderIn(other).id, 'X1'), 21011029],
    ["another order's unit", us.markShipped(free.id, 'X1', [partly.blue]), 21011029],
    ['number used', us.markShipped(free.id, 'USED'), 21011025],
    ['special characters', us.markShipped(free.id, 'X 1;'), 21004012],
    [
      'unknown provider',
      us.call('POST', `/fulfillment/202309/orders/${free.id}/packages`, { body: long }),
      21011022,
    ],
    [
      'no number',
      us.call('POST', `/fulfillment/202309/orders/${free.id}/packages`, {
        body: { shipping_provider_id: '1' },
      }),
      36009004,
    ],
  ];
  for (const [name, reply, code] of cases) t.equal((await reply).code, code, name);
  t.strictSame(control.effects({ order: free.id }), []);
  t.equal((await us.order(free.id))['status'], 'AWAITING_SHIPMENT');
});

await t.test('tracking numbers are held against the provider only when asked for', async (t) => {
  const us = shopIn('US');
  const { id } = orderIn(us);
  control.setBehaviour({ trackingFormat: 'checked' });
  t.teardown(() => control.setBehaviour({ trackingFormat: 'ignored' }));
  t.equal(us.providerName, 'USPS');
  t.equal((await us.markShipped(id, '1Z999AA10123456784')).code, 21004015);
  t.equal((await us.markShipped(id, '9400100000000000000001')).code, 0);
});

await t.test('orders of one buyer may share a number, 20 at most', async (t) => {
  const us = shopIn('US');
  const codes: number[] = [];
  for (let count = 0; count < 21; count++) {
    codes.push((await us.markShipped(orderIn(us, { buyerUserId: '7' }).id, 'SHARED')).code);
  }
  t.strictSame(codes, [...Array<number>(20).fill(0), 21011026]);
});

await t.test(
  'an open request of the buyer: shipping in the US rejects it, elsewhere it comes first',
  async (t) => {
    for (const [region, code, open] of [
      ['US', 0, false],
      ['GB', 21008044, true],
    ] as const) {
      const client = shopIn(region);
      const { id } = orderIn(client);
      control.act(id, { type: 'buyer_cancel' });
      t.equal((await client.markShipped(id, trackingNumber())).code, code, region);
      t.equal((await client.order(id))['is_buyer_request_cancel'], open, region);
    }
  },
);

await t.test(
  'outside US, UK, EU and JP a split keeps the units of a SKU together and makes packages to ship',
  async (t) => {
    const client = shopIn('ID');
    const { id, red, blue } = orderIn(client);
    const attributes = await client.call('GET', '/fulfillment/202309/orders/split_attributes', {
      query: { order_ids: id },
    });
    t.strictSame(attributes.data['split_attributes'], [
      { order_id: id, can_split: true, reason: '', must_split: false, must_split_reasons: [] },
    ]);
    t.strictSame(violations(parseShape(documentedShapes.splitAttributes), attributes.data), []);
    const [former] = await packagesOf(client, id);

    t.equal((await split(client, id, [[red[0] ?? ''], [red[1] ?? '', blue]])).code, 21011036);
    t.equal((await split(client, id, [[...red, blue]])).code, 21011035, 'one group is no split');
    t.equal((await split(client, id, [red, [red[0] ?? '']])).code, 21011005, 'a unit in two groups');
    const reply = await split(client, id, [red, [blue]]);
    t.strictSame(violations(parseShape(documentedShapes.splitOrder), reply.data), []);
    t.strictSame(
      rows(reply.data['packages']).map((pack) => pack['splittable_group_id']),
      ['g0', 'g1'],
    );
    const made = ids(reply.data['packages']);
    t.strictSame(await packagesOf(client, id), made);
    t.equal(
      (await client.call('GET', `/fulfillment/202309/packages/${former ?? ''}`)).data['package_status'],
      'CANCELLED',
    );
    t.equal((await split(client, id, [red, [blue]])).code, 21011035, 'split already');

    t.equal((await ship(client, made[0] ?? '', 'JNE1')).code, 0);
    t.match(await client.order(id), { status: 'PARTIALLY_SHIPPING', split_or_combine_tag: 'SPLIT' });
    t.equal((await ship(client, made[0] ?? '', 'JNE2')).code, 21011040);
    t.equal((await ship(client, made[1] ?? '', 'JNE1')).code, 21011025);
    t.equal((await ship(client, made[1] ?? '', 'JNE2')).code, 0);
    t.equal((await client.order(id))['status'], 'AWAITING_COLLECTION');
  },
);

await t.test(
  'the empty fields that clients in PHP send beside a tracking number do not matter',
  async (t) => {
    const client = shopIn('ID');
    const { id } = orderIn(client);
    const [pack] = await packagesOf(client, id);
    const self_shipment = { tracking_number: 'JNE-PHP', shipping_provider_id: client.providerId };
    const reply = await client.call('POST', `/fulfillment/202309/packages/${pack ?? ''}/ship`, {
      body: { handover_method: '', pickup_slot: [], self_shipment },
    });
    t.equal(reply.code, 0, reply.message);
    t.equal((await client.order(id))['status'], 'AWAITING_COLLECTION');
  },
);

await t.test(
  'in the US a split may part the units of a SKU, and Mark Package As Shipped then wants whole packages',
  async (t) => {
    const us = shopIn('US');
    const { id, red, blue } = orderIn(us);
    const reply = await split(us, id, [[red[0] ?? ''], [red[1] ?? '', blue]]);
    const [, second] = ids(reply.data['packages']);
    t.equal((await us.markShipped(id, 'P1')).code, 21011048);
    t.equal((await us.markShipped(id, 'P1', [blue])).code, 21011012);
    t.equal((await us.markShipped(id, 'P1', [blue, red[1] ?? ''])).data['package_id'], second);
  },
);

await t.test('a batch answers success and lists what failed', async (t) => {
  const client = shopIn('TH');
  const [good] = await packagesOf(client, orderIn(client).id);
  const self_shipment = (number: string): object => ({
    self_shipment: { tracking_number: number, shipping_provider_id: client.providerId },
  });
  const packages = [
    { id: good, ...self_shipment('T1') },
    { id: '99', ...self_shipment('T2') },
  ];
  const reply = await client.call('POST', '/fulfillment/202309/packages/ship', { body: { packages } });
  t.equal(reply.code, 0);
  t.match(reply.data['errors'], [{ code: 21011028, detail: { package_id: '99' } }]);
  t.strictSame(violations(parseShape(documentedShapes.batchShip), reply.data), []);
});

await t.test('packages can be searched and read as documented', async (t) => {
  const client = shopIn('ID');
  const orders = [orderIn(client), orderIn(client), orderIn(client)];
  await ship(client, (await packagesOf(client, orders[0]?.id ?? ''))[0] ?? '');
  const search = (body: object, query: Record<string, string>): Promise<Reply> =>
    client.call('POST', '/fulfillment/202309/packages/search', { body, query });
  const shipped = await search({ package_status: 'PROCESSING' }, { page_size: '50' });
  t.strictSame(violations(parseShape(documentedShapes.searchPackages), shipped.data), []);
  t.strictSame(neverSeen(parseShape(documentedShapes.searchPackages), [shipped.data]), []);
  t.strictSame(
    rows(first(first(shipped.data['packages'])['orders'])['skus']).map((sku) => sku['quantity']),
    [2, 1],
  );
  const one = await search({}, { page_size: '2' });
  const two = await search({}, { page_size: '2', page_token: String(one.data['next_page_token']) });
  t.equal(new Set([...ids(one.data['packages']), ...ids(two.data['packages'])]).size, 3);
  t.equal((await search({}, { page_size: '51' })).code, 36009004);

  const detail = await client.call(
    'GET',
    `/fulfillment/202309/packages/${ids(shipped.data['packages'])[0] ?? ''}`,
  );
  t.strictSame(violations(parseShape(documentedShapes.packageDetail), detail.data), []);
  t.strictSame(neverSeen(parseShape(documentedShapes.packageDetail), [detail.data]), [
    'data.pickup_slot',
    'data.handover_method',
    'data.insurance',
  ]);
  t.equal(
    (await shopIn('ID').call('GET', `/fulfillment/202309/packages/${ids(shipped.data['packages'])[0] ?? ''}`))
      .code,
    21011028,
  );
});

await t.test('tracking can be corrected once, within 72 hours, until delivery', async (t) => {
  const us = shopIn('US');
  const update = (id: string, number: string): Promise<Reply> =>
    us.call('POST', `/fulfillment/202309/orders/${id}/shipping_info/update`, {
      body: { tracking_number: number, shipping_provider_id: us.providerId },
    });
  const { id } = orderIn(us);
  t.equal((await update(id, 'N1')).code, 21011043, 'not shipped');
  await us.markShipped(id, 'N1');
  t.equal((await update(id, 'N2')).code, 0);
  t.equal((await us.order(id))['tracking_number'], 'N2');
  t.equal((await update(id, 'N3')).code, 21011050, 'once');
  const late = orderIn(us).id;
  await us.markShipped(late, 'L1');
  control.setClock({ advanceSeconds: 73 * 3600 });
  t.equal((await update(late, 'L2')).code, 21011049, 'too late');
  const delivered = orderIn(us).id;
  await us.markShipped(delivered, 'D1');
  control.act(delivered, { type: 'carrier_deliver' });
  t.equal((await update(delivered, 'D2')).code, 21011030, 'delivered');
});

await t.test('the carrier moves an order on, and its events are in milliseconds', async (t) => {
  const us = shopIn('US');
  const { id, red, blue } = orderIn(us);
  await us.markShipped(id, 'C1', red);
  await us.markShipped(id, 'C2', [blue]);
  const [one, two] = await packagesOf(us, id);
  control.act(id, { type: 'carrier_collect', packageId: one ?? '' });
  t.equal((await us.order(id))['status'], 'AWAITING_COLLECTION', 'one package is still here');
  control.act(id, { type: 'carrier_collect', packageId: two ?? '' });
  t.equal((await us.order(id))['status'], 'IN_TRANSIT');
  control.act(id, { type: 'carrier_deliver' });
  const order = await us.order(id);
  t.strictSame([order['status'], typeof order['delivery_time']], ['DELIVERED', 'number']);
  const tracking = await us.call('GET', `/fulfillment/202309/orders/${id}/tracking`);
  t.strictSame(violations(parseShape(documentedShapes.tracking), tracking.data), []);
  const times = rows(tracking.data['tracking']).map((event) => Number(event['update_time_millis']));
  t.equal(times.length, 6);
  t.ok(times.every((millis) => millis > 1e12));
});

await t.test('packages of one buyer are combined and taken apart again', async (t) => {
  const client = shopIn('ID');
  const same = { buyerUserId: '5', address: { fullAddress: 'Jl. Sama 1' } };
  const orders = [orderIn(client, same), orderIn(client, same)];
  orderIn(client);
  const drafts = await client.call('GET', '/fulfillment/202309/combinable_packages/search', {
    query: { page_size: '10' },
  });
  t.strictSame(violations(parseShape(documentedShapes.combinablePackages), drafts.data), []);
  const [draft] = rows(drafts.data['combinable_packages']);
  t.strictSame(
    draft?.['order_ids'],
    orders.map(({ id }) => id),
  );
  const body = { combinable_packages: [{ id: draft?.['id'] }, { id: '1' }] };
  const combined = await client.call('POST', '/fulfillment/202309/packages/combine', { body });
  t.strictSame(violations(parseShape(documentedShapes.combinePackages), combined.data), []);
  t.equal(first(combined.data['errors'])['code'], 10007014);
  const [pack] = ids(combined.data['packages']);
  t.strictSame(await packagesOf(client, orders[1]?.id ?? ''), [pack]);
  t.equal(
    (await split(client, orders[0]?.id ?? '', [orders[0]?.red ?? [], [orders[0]?.blue ?? '']])).code,
    21011046,
  );

  const apart = await client.call('POST', `/fulfillment/202309/packages/${pack ?? ''}/uncombine`, {
    body: {},
  });
  t.strictSame(violations(parseShape(documentedShapes.uncombinePackages), apart.data), []);
  t.strictSame(await packagesOf(client, orders[1]?.id ?? ''), [ids(apart.data['packages'])[1]]);
});

await t.test('a combined package ships all its orders with one number', async (t) => {
  const client = shopIn('ID');
  const same = { buyerUserId: '6', address: { fullAddress: 'Jl. Sama 2' } };
  const orders = [orderIn(client, same).id, orderIn(client, same).id];
  const drafts = await client.call('GET', '/fulfillment/202309/combinable_packages/search', {
    query: { page_size: '10' },
  });
  const body = { combinable_packages: [{ id: first(drafts.data['combinable_packages'])['id'] }] };
  const combined = await client.call('POST', '/fulfillment/202309/packages/combine', { body });
  t.equal((await ship(client, ids(combined.data['packages'])[0] ?? '', 'BOTH1')).code, 0);
  for (const id of orders) {
    t.match(await client.order(id), {
      status: 'AWAITING_COLLECTION',
      tracking_number: 'BOTH1',
      split_or_combine_tag: 'COMBINED',
    });
  }
});

await t.test('warehouses, delivery options and providers are as documented', async (t) => {
  const us = shopIn('US');
  const warehouses = await us.call('GET', '/logistics/202309/warehouses');
  t.strictSame(violations(parseShape(documentedShapes.warehouses), warehouses.data), []);
  t.strictSame(
    neverSeen(parseShape(documentedShapes.warehouses), [warehouses.data]).filter(
      (path) => !path.includes('local_script'),
    ),
    [],
  );
  const [warehouse] = ids(warehouses.data['warehouses']);
  const options = await us.call('GET', `/logistics/202309/warehouses/${warehouse ?? ''}/delivery_options`);
  t.strictSame(violations(parseShape(documentedShapes.deliveryOptions), options.data), []);
  t.strictSame(neverSeen(parseShape(documentedShapes.deliveryOptions), [options.data]), []);
  const providers = (option: string | undefined): Promise<Reply> =>
    us.call('GET', `/logistics/202309/delivery_options/${option ?? ''}/shipping_providers`);
  const [byId, byTikTok] = ids(options.data['delivery_options']);
  const found = await providers(byId);
  t.strictSame(violations(parseShape(documentedShapes.shippingProviders), found.data), []);
  t.ok(rows(found.data['shipping_providers']).some((provider) => provider['name'] === 'USPS'));
  t.equal((await providers(byTikTok)).code, 21008117);
  t.equal((await providers('42')).code, 36009004);
});

await t.test('an option, a warehouse and a provider of an order lead to one another', async (t) => {
  const us = shopIn('US');
  const order = await us.order(orderIn(us).id);
  const warehouses = await us.call('GET', '/logistics/202309/warehouses');
  t.ok(ids(warehouses.data['warehouses']).includes(String(order['warehouse_id'])));
  const path = `/logistics/202309/delivery_options/${String(order['delivery_option_id'])}/shipping_providers`;
  const providers = await us.call('GET', path);
  t.ok(ids(providers.data['shipping_providers']).includes(us.providerId));
  t.equal((await us.markShipped(String(order['id']), trackingNumber())).code, 0);
});
