import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { documentedShapes } from './support/documented-shapes.js';
import { clientFor, first, ids, rows, textOf, type Json, type MiniClient } from './support/mini-client.js';
import { neverSeen, parseShape, violations } from './support/shape.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;
const us = clientFor(simulator, 'Harbor Goods');
const indonesia = clientFor(simulator, 'Toko Pelangi');
const uk = clientFor(simulator, 'Continental UK');

/** A shop of its own, so that a test sees only its own orders. */
function freshShop(region: string, sellerType: 'LOCAL' | 'CROSS_BORDER' = 'LOCAL'): MiniClient {
  const name = `Fresh ${region} ${Math.random()}`;
  const seller = control.addSeller({
    name,
    email: `${name}@seller.example`,
    password: 'x',
    baseRegion: region,
  });
  control.addShop({ name, region, sellerType, openId: seller.openId });
  return clientFor(simulator, name);
}

async function walk(client: MiniClient, body: object, query: Record<string, string>): Promise<Json[][]> {
  const pages: Json[][] = [];
  let token = '';
  do {
    const reply = await client.search(body, { ...query, ...(token === '' ? {} : { page_token: token }) });
    if (reply.code !== 0) throw new Error(`page refused: ${reply.message}`);
    pages.push(rows(reply.data['orders']));
    token = textOf(reply.data['next_page_token']);
  } while (token !== '' && pages.length < 100);
  return pages;
}

const cents = (value: unknown): number => Math.round(Number(value) * 100);

await t.test('orders have the documented fields with the documented types', async (t) => {
  const shape = parseShape(documentedShapes.searchOrders);
  const detail = parseShape(documentedShapes.orderDetail);
  const seen: unknown[] = [];
  for (const client of [us, indonesia, uk, await oneOrderIn('BR'), await oneOrderIn('JP')]) {
    const reply = await client.search();
    t.strictSame(violations(shape, reply.data), []);
    seen.push(reply.data);
    const all = ids(reply.data['orders']).join(',');
    for (const version of ['202309', '202507']) {
      const details = await client.call('GET', `/order/${version}/orders`, { query: { ids: all } });
      t.strictSame(ids(details.data['orders']), all.split(','), 'in the order asked for');
      t.strictSame(violations(detail, details.data), [], version);
    }
  }
  // What no order here can have: other markets' or other products' fields.
  const elsewhere =
    /replaced_order_id|exchange_source|consultation_id|release_date|handling_duration|auto_combine|fast_d|pick_up_cut|combined_listing|pfand|cancel_order_sla|split_or_combine/;
  t.strictSame(
    neverSeen(shape, seen).filter((path) => !elsewhere.test(path)),
    [],
  );
});

async function oneOrderIn(region: string): Promise<MiniClient> {
  const client = freshShop(region);
  control.addOrder(client.shopId, { lines: [{ sellerSku: 'A', quantity: 1 }], paidMinutesAgo: 100 });
  return client;
}

await t.test('the amounts of an order add up as documented, in every currency', async (t) => {
  for (const client of [us, indonesia, uk]) {
    for (const order of rows((await client.search()).data['orders'])) {
      const pay = Object.fromEntries(
        Object.entries(order['payment'] as Json).map(([key, value]) => [key, cents(value)]),
      ) as Record<string, number>;
      const n = (key: string): number => pay[key] ?? Number.NaN;
      t.equal(
        n('sub_total'),
        n('original_total_product_price') - n('seller_discount') - n('platform_discount'),
      );
      t.equal(
        n('shipping_fee'),
        n('original_shipping_fee') - n('shipping_fee_seller_discount') - n('shipping_fee_platform_discount'),
      );
      t.equal(n('tax'), n('product_tax') + n('shipping_fee_tax'));
      t.equal(n('total_amount'), n('sub_total') + n('shipping_fee') + n('tax') + n('retail_delivery_fee'));
      const lines = rows(order['line_items']);
      t.equal(
        lines.reduce((sum, line) => sum + cents(line['sale_price']), 0),
        n('sub_total'),
        'lines make the sub total',
      );
      t.equal(
        lines.reduce((sum, line) => sum + cents(first(line['item_tax'])['tax_amount'] ?? 0), 0),
        n('product_tax'),
      );
    }
  }
});

const totalOf = async (client: MiniClient): Promise<unknown> =>
  (first((await client.search()).data['orders'])['payment'] as Json)['total_amount'];

await t.test('IDR has no decimals, USD has two', async (t) => {
  t.match(await totalOf(indonesia), /^\d+$/);
  t.match(await totalOf(us), /^\d+\.\d\d$/);
});

await t.test('the demo shows at once what a newcomer should see', async (t) => {
  const orders = rows((await us.search()).data['orders']);
  const due = orders.filter(
    (order) => order['status'] === 'AWAITING_SHIPMENT' && order['shipping_type'] === 'SELLER',
  );
  t.ok(due.length >= 3);
  t.ok(due.every((order) => Number(order['paid_time']) < Date.now() / 1000 - 3600));
  t.ok(
    due.some(
      (order) =>
        rows(order['line_items']).length === 3 &&
        new Set(rows(order['line_items']).map((line) => line['sku_id'])).size === 2,
    ),
  );
  t.ok(due.some((order) => rows(order['line_items']).some((line) => line['is_gift'] === true)));
  t.ok(due.some((order) => order['buyer_message'] !== ''));
  for (const status of ['ON_HOLD', 'AWAITING_COLLECTION', 'CANCELLED'])
    t.ok(
      orders.some((order) => order['status'] === status),
      status,
    );
  t.ok(
    orders.some(
      (order) => order['shipping_type'] === 'TIKTOK' && order['fulfillment_type'] === 'FULFILLMENT_BY_SELLER',
    ),
  );
  t.ok(orders.some((order) => order['fulfillment_type'] === 'FULFILLMENT_BY_TIKTOK'));
  t.ok(
    rows((await indonesia.search({ order_status: 'AWAITING_SHIPMENT' })).data['orders']).every(
      (order) => ids(order['packages']).length === 1,
    ),
  );
});

await t.test('an order made after a listing is found by whoever reads the changes since then', async (t) => {
  const client = freshShop('US');
  const listedAt = Math.floor(control.clock().nowMs / 1000);
  t.strictSame(ids((await client.search({ update_time_lt: listedAt })).data['orders']), []);
  const order = control.addOrder(client.shopId, {
    lines: [{ sellerSku: 'A', quantity: 1 }],
    paidMinutesAgo: 300,
  });
  control.generate(client.shopId, { count: 3, spreadMinutes: 60 });
  const found = ids((await client.search({ update_time_ge: listedAt })).data['orders']);
  t.equal(found.length, 4);
  t.ok(found.includes(order['id']));
});

await t.test('every filter of the search chooses what it says', async (t) => {
  const client = freshShop('US');
  const make = (extra: object): Json =>
    control.addOrder(client.shopId, { lines: [{ sellerSku: 'A', quantity: 1 }], ...extra });
  const oldest = make({ paidMinutesAgo: 300, buyerUserId: '42' });
  const held = make({ paidMinutesAgo: 5 });
  const platform = make({ paidMinutesAgo: 200, shippingType: 'TIKTOK' });
  control.act(String(oldest['id']), { type: 'buyer_cancel' });
  const found = async (body: object): Promise<string[]> => ids((await client.search(body)).data['orders']);
  t.strictSame(await found({ order_status: 'ON_HOLD' }), [held['id']]);
  t.strictSame(await found({ shipping_type: 'TIKTOK' }), [platform['id']]);
  t.strictSame(await found({ buyer_user_id: '42' }), [oldest['id']]);
  t.strictSame(await found({ is_buyer_request_cancel: true }), [oldest['id']]);
  t.strictSame(await found({ warehouse_ids: ['1'] }), []);
  t.equal((await found({ warehouse_ids: ['1', String(held['warehouse_id'])] })).length, 3);
  const created = Number(platform['create_time']);
  t.strictSame(
    await found({ create_time_ge: created, create_time_lt: created + 1 }),
    [platform['id']],
    'ge is inside, lt is outside',
  );
  t.strictSame(await found({ create_time_lt: created }), [oldest['id']]);
  t.strictSame(
    await found({ update_time_ge: Number(held['update_time']) }),
    [held['id'], oldest['id']],
    'newest creation first',
  );
});

await t.test('pages follow the sort asked for, and hold every order once', async (t) => {
  const client = freshShop('US');
  control.generate(client.shopId, { count: 25, spreadMinutes: 10 });
  for (const field of ['create_time', 'update_time']) {
    for (const direction of ['ASC', 'DESC']) {
      const pages = await walk(client, {}, { page_size: '10', sort_field: field, sort_order: direction });
      t.strictSame(
        pages.map((page) => page.length),
        [10, 10, 5],
      );
      const all = pages.flat();
      t.equal(new Set(ids(all)).size, 25);
      const times = all.map((order) => Number(order[field]));
      t.strictSame(
        times,
        times.toSorted((a, b) => (direction === 'ASC' ? a - b : b - a)),
      );
    }
  }
  const newestFirst = (await walk(client, {}, { page_size: '100' })).flat();
  t.ok(
    Number(newestFirst[0]?.['create_time']) > Number(newestFirst.at(-1)?.['create_time']),
    'default is newest first',
  );
});

await t.test('the last page has no token, and total_count does not depend on the page', async (t) => {
  const client = freshShop('US');
  control.generate(client.shopId, { count: 20 });
  const one = await client.search({ order_status: 'AWAITING_SHIPMENT' }, { page_size: '10' });
  t.equal(one.data['total_count'], 20);
  const two = await client.search(
    { order_status: 'AWAITING_SHIPMENT' },
    { page_size: '10', page_token: String(one.data['next_page_token']) },
  );
  t.strictSame([two.data['total_count'], two.data['next_page_token']], [20, '']);
});

await t.test('a page token belongs to its query', async (t) => {
  const client = freshShop('US');
  control.generate(client.shopId, { count: 5 });
  const page = await client.search({}, { page_size: '2' });
  const token = String(page.data['next_page_token']);
  t.equal((await client.search({}, { page_size: '2', page_token: token })).code, 0);
  const others = [
    client.search({}, { page_size: '3', page_token: token }),
    client.search({ order_status: 'AWAITING_SHIPMENT' }, { page_size: '2', page_token: token }),
    client.search({}, { page_size: '2', sort_order: 'ASC', page_token: token }),
    client.search({}, { page_size: '2', page_token: 'bm9uc2Vuc2U=' }),
    us.search({}, { page_size: '2', page_token: token }),
  ];
  for (const reply of await Promise.all(others)) t.equal(reply.code, 36009004);
});

await t.test(
  'an order that changes while pages by update_time are read is met again, and none is skipped',
  async (t) => {
    const client = freshShop('US');
    control.generate(client.shopId, { count: 6, spreadMinutes: 60 });
    const query = { page_size: '2', sort_field: 'update_time', sort_order: 'ASC' };
    const one = await client.search({}, query);
    const [moved] = ids(one.data['orders']);
    control.patchOrder(moved ?? '', { sellerNote: 'changed' });
    const seen = [...ids(one.data['orders'])];
    let token = String(one.data['next_page_token']);
    while (token !== '') {
      const page = await client.search({}, { ...query, page_token: token });
      seen.push(...ids(page.data['orders']));
      token = String(page.data['next_page_token']);
    }
    t.equal(new Set(seen).size, 6);
    t.strictSame(seen.filter((id) => id === moved).length, 2);
  },
);

await t.test('paging by offset, the other reading, loses an order under the same change', async (t) => {
  const client = freshShop('US');
  control.generate(client.shopId, { count: 6, spreadMinutes: 60 });
  control.setBehaviour({ paging: 'offset' });
  t.teardown(() => control.setBehaviour({ paging: 'cursor' }));
  const query = { page_size: '2', sort_field: 'update_time', sort_order: 'ASC' };
  const one = await client.search({}, query);
  const [moved] = ids(one.data['orders']);
  control.patchOrder(moved ?? '', { sellerNote: 'changed' });
  const two = await client.search({}, { ...query, page_token: String(one.data['next_page_token']) });
  const three = await client.search({}, { ...query, page_token: String(two.data['next_page_token']) });
  const seen = [one, two, three].flatMap((page) => ids(page.data['orders']));
  t.equal(new Set(seen).size, 5);
});

await t.test('details: at most 50 ids, and no order of another shop', async (t) => {
  const many = Array.from({ length: 51 }, (_, index) => String(index + 1)).join(',');
  t.equal((await us.call('GET', '/order/202507/orders', { query: { ids: many } })).code, 36009004);
  t.equal((await us.call('GET', '/order/202507/orders')).code, 36009004);
  const foreign = ids((await indonesia.search()).data['orders'])[0] ?? '';
  t.equal((await us.call('GET', '/order/202507/orders', { query: { ids: foreign } })).code, 21008111);
  t.equal((await us.call('GET', `/order/202407/orders/${foreign}/price_detail`)).code, 21008111);
});

await t.test('the price detail agrees with the order', async (t) => {
  const order =
    rows((await us.search()).data['orders']).find(
      (candidate) => rows(candidate['line_items']).length === 3,
    ) ?? {};
  const price = await us.call('GET', `/order/202407/orders/${String(order['id'])}/price_detail`);
  t.strictSame(violations(parseShape(documentedShapes.priceDetail), price.data), []);
  t.strictSame(neverSeen(parseShape(documentedShapes.priceDetail), [price.data]), []);
  const payment = order['payment'] as Json;
  t.strictSame(
    [
      price.data['payment'],
      price.data['subtotal'],
      price.data['tax_amount'],
      price.data['shipping_sale_price'],
    ],
    [payment['total_amount'], payment['sub_total'], payment['tax'], payment['shipping_fee']],
  );
});

await t.test(
  'US and UK hold an order for an hour and show no address; the end of the hold is the time of its change',
  async (t) => {
    for (const region of ['US', 'GB']) {
      const client = freshShop(region);
      const made = control.addOrder(client.shopId, { lines: [{ sellerSku: 'A', quantity: 1 }] });
      const before = await client.order(made.id);
      t.equal(before['status'], 'ON_HOLD');
      const address = before['recipient_address'] as Json;
      t.strictSame([address['name'], address['full_address'], address['district_info']], ['', '', []]);
      control.setClock({
        advanceSeconds: 3599 - (control.clock().nowMs / 1000 - Number(before['paid_time'])) - 1,
      });
      t.equal((await client.order(made.id))['status'], 'ON_HOLD', 'a moment before');
      control.setClock({ advanceSeconds: 500 });
      const after = await client.order(made.id);
      t.equal(after['status'], 'AWAITING_SHIPMENT');
      t.equal(after['update_time'], Number(before['paid_time']) + 3600);
      t.equal(after['is_on_hold_order'], true);
      t.match((after['recipient_address'] as Json)['full_address'], made.unmaskedAddress.fullAddress);
      t.strictSame(after['packages'], []);
      const reply = await client.search();
      const dateMs = Date.parse(reply.headers.get('date') ?? '');
      t.ok(Math.abs(dateMs - control.clock().nowMs) < 5000, 'the Date header tells the time of the orders');
    }
  },
);

await t.test(
  'elsewhere a paid order awaits shipment at once; outside US, UK, EU and JP it has a package',
  async (t) => {
    for (const [region, packages] of [
      ['DE', 0],
      ['JP', 0],
      ['ID', 1],
      ['VN', 1],
      ['MX', 1],
      ['BR', 1],
    ] as const) {
      const client = freshShop(region);
      const made = control.addOrder(client.shopId, { lines: [{ sellerSku: 'A', quantity: 2 }] });
      const order = await client.order(made.id);
      t.strictSame(
        [order['status'], rows(order['packages']).length, order['is_on_hold_order']],
        ['AWAITING_SHIPMENT', packages, false],
        region,
      );
      if (packages === 1)
        t.strictSame(
          rows(order['line_items']).map((line) => [line['package_id'], line['package_status']]),
          [ids(order['packages'])[0], ids(order['packages'])[0]].map((id) => [id, 'TO_FULFILL']),
        );
    }
  },
);

await t.test('an unpaid order has neither time of payment nor address until the buyer pays', async (t) => {
  const client = freshShop('ID');
  const made = control.addOrder(client.shopId, {
    lines: [{ sellerSku: 'A', quantity: 1 }],
    paidMinutesAgo: null,
  });
  const unpaid = await client.order(made.id);
  t.strictSame(
    [unpaid['status'], 'paid_time' in unpaid, (unpaid['recipient_address'] as Json)['name']],
    ['UNPAID', false, ''],
  );
  control.act(made.id, { type: 'pay' });
  const paid = await client.order(made.id);
  t.strictSame(
    [paid['status'], 'paid_time' in paid, rows(paid['packages']).length],
    ['AWAITING_SHIPMENT', true, 1],
  );
});

await t.test('apps that do not support ON_HOLD see such an order as awaiting shipment', async (t) => {
  const client = freshShop('US');
  const made = control.addOrder(client.shopId, { lines: [{ sellerSku: 'A', quantity: 1 }] });
  control.setBehaviour({ showsOnHold: false });
  t.teardown(() => control.setBehaviour({ showsOnHold: true }));
  t.equal((await client.order(made.id))['status'], 'AWAITING_SHIPMENT');
  t.strictSame(ids((await client.search({ order_status: 'AWAITING_SHIPMENT' })).data['orders']), [made.id]);
});

await t.test(
  'addresses are masked where TikTok ships, and in the US after a cancellation or a month after completion',
  async (t) => {
    const client = freshShop('US');
    const make = (extra: object): string =>
      control.addOrder(client.shopId, {
        lines: [{ sellerSku: 'A', quantity: 1 }],
        paidMinutesAgo: 90,
        ...extra,
      }).id;
    const address = async (id: string): Promise<Json> =>
      (await client.order(id))['recipient_address'] as Json;

    const platform = await address(make({ shippingType: 'TIKTOK' }));
    t.match(platform['name'], /^\S\*+ \S\*+$/);
    t.match(platform['phone_number'], /\*\*\*\*\*/);
    t.notMatch(platform['postal_code'], /\*/, 'the postal code stays');

    const cancelled = make({});
    control.act(cancelled, { type: 'system_cancel' });
    t.match((await address(cancelled))['postal_code'], /\*/);

    const done = make({});
    control.act(done, { type: 'seller_ship' });
    control.act(done, { type: 'carrier_deliver' });
    control.act(done, { type: 'complete' });
    t.notMatch((await address(done))['name'], /\*/);
    const month = 30 * 86_400;
    control.setClock({ advanceSeconds: month });
    // Access tokens live a week.
    client.token = control.grantTokens({ openId: control.shop(client.shopId).openId }).accessToken;
    const late = await address(done);
    t.match(late['name'], /\*/);
    control.setClock({ advanceSeconds: -month });
    t.match(
      rows(late['district_info']).find((district) => district['address_level'] === 'L3')?.['address_name'],
      /\*/,
    );
  },
);

await t.test('a buyer cancels freely during the hold; afterwards it is a request', async (t) => {
  const client = freshShop('US');
  const young = control.addOrder(client.shopId, {
    lines: [{ sellerSku: 'A', quantity: 1 }],
    paidMinutesAgo: 1,
  }).id;
  const late = control.addOrder(client.shopId, {
    lines: [{ sellerSku: 'A', quantity: 1 }],
    paidMinutesAgo: 61,
  }).id;
  control.act(young, { type: 'buyer_cancel', reason: 'Changed my mind' });
  control.act(late, { type: 'buyer_cancel' });
  const gone = await client.order(young);
  t.strictSame(
    [
      gone['status'],
      gone['cancel_reason'],
      gone['cancellation_initiator'],
      first(gone['line_items'])['cancel_user'],
    ],
    ['CANCELLED', 'Changed my mind', 'BUYER', 'BUYER'],
  );
  const asked = await client.order(late);
  t.strictSame(
    [asked['status'], asked['is_buyer_request_cancel'], typeof asked['request_cancel_time']],
    ['AWAITING_SHIPMENT', true, 'number'],
  );
});

await t.test('a partly cancelled order keeps its status until the last unit is cancelled', async (t) => {
  const client = freshShop('US');
  const made = control.addOrder(client.shopId, {
    lines: [{ sellerSku: 'A', quantity: 2 }],
    paidMinutesAgo: 90,
  });
  const [one, two] = ids(made['line_items']);
  control.act(made.id, { type: 'seller_cancel', unitIds: [one ?? ''] });
  const partly = await client.order(made.id);
  t.strictSame(
    [partly['status'], rows(partly['line_items']).map((line) => line['display_status'])],
    ['AWAITING_SHIPMENT', ['CANCELLED', 'AWAITING_SHIPMENT']],
  );
  control.act(made.id, { type: 'seller_cancel', unitIds: [two ?? ''] });
  t.equal((await client.order(made.id))['status'], 'CANCELLED');
});

await t.test('external references are kept per platform and found again', async (t) => {
  const order = first((await us.search()).data['orders']);
  const lineId = ids(order['line_items'])[0] ?? '';
  const external = { id: 'ERP-1', platform: 'ERP_SYSTEM', line_items: [{ id: 'L1', origin_id: lineId }] };
  const body = {
    orders: [
      { id: order['id'], external_order: external },
      { id: '1', external_order: external },
    ],
  };
  const added = await us.call('POST', '/order/202406/orders/external_orders', { body });
  t.strictSame(
    [added.code, first(added.data['errors'])['code']],
    [0, '21008111'],
    'one is refused inside a success',
  );
  t.strictSame(violations(parseShape(documentedShapes.addReferences), added.data), []);
  const query = { platform: 'ERP_SYSTEM', external_order_id: 'ERP-1' };
  const found = await us.call('POST', '/order/202406/orders/external_order_search', { query });
  t.strictSame(ids(found.data['orders']), [order['id']]);
  const kept = await us.call('GET', `/order/202406/orders/${String(order['id'])}/external_orders`, {
    query: { platform: 'ERP_SYSTEM' },
  });
  t.strictSame(kept.data['external_orders'], [external]);
});
