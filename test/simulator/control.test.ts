import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import t from 'tap';

import { simulatorOpenApi } from '../../src/simulator/control/openapi.js';
import { startSimulator, type Simulator } from '../../src/simulator/server.js';
import { runSimulatorCli, SimulatorUsageError } from '../../src/simulator/simulator-cli.js';
import { clientFor, first, ids, rows, type Json, type MiniClient } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control, url } = simulator;
const us = clientFor(simulator, 'Harbor Goods');
t.afterEach(() => control.clearFaults());

async function http(method: string, path: string, body?: unknown): Promise<{ status: number; json: Json }> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${url}/_control${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

const newOrder = (client: MiniClient = us): string =>
  control.addOrder(client.shopId, { lines: [{ sellerSku: 'TEE-RED-L', quantity: 1 }], paidMinutesAgo: 90 })
    .id;

let lastNumber = 0;
const number = (): string => `F${++lastNumber}`;

await t.test('an injected code is answered with its HTTP status, as often as asked', async (t) => {
  control.addFault({ kind: 'error', code: 36009002, retryAfterSec: 3, times: 1, match: { path: '/order/' } });
  control.addFault({ kind: 'error', code: 36009003, httpStatus: 200, skip: 1, times: 1 });
  const one = await us.search();
  t.strictSame([one.code, one.status, one.headers.get('retry-after')], [36009002, 429, '3']);
  const two = await us.search();
  t.strictSame([two.code, two.status], [36009003, 200]);
  t.equal((await us.search()).code, 0);
  t.strictSame(
    control.faults().map(({ struck }) => struck),
    [1, 1],
  );
});

await t.test('a held call goes on when its fault is switched off, its caller long gone', async (t) => {
  const fault = control.addFault({ kind: 'hold', match: { path: '/order/' } });
  const gone = new AbortController();
  const held = fetch(`${url}/order/202309/orders/search`, { method: 'POST', signal: gone.signal });
  while (control.faults().every(({ struck }) => struck === 0)) await sleep(5);
  gone.abort();
  await t.rejects(held);
  control.clearRequests();
  t.equal(control.requests().length, 0, 'it is not answered yet');
  control.removeFault(fault.id);
  while (control.requests().length === 0) await sleep(5);
  t.equal((await us.search()).code, 0, 'and the next is not held');
});

await t.test('a status without JSON, a delay and a cut connection', async (t) => {
  control.addFault({ kind: 'http', status: 502, body: '<h1>Bad Gateway</h1>', times: 1 });
  const bad = await us.search();
  t.strictSame([bad.status, bad.text], [502, '<h1>Bad Gateway</h1>']);
  control.addFault({ kind: 'delay', ms: 50, times: 1 });
  const started = performance.now();
  t.equal((await us.search()).code, 0);
  t.ok(performance.now() - started >= 49);
  control.addFault({ kind: 'drop', times: 1 });
  await t.rejects(us.search());
  t.equal((await us.search()).code, 0);
});

await t.test('done but lost: the caller sees nothing, TikTok has it, and a repeat is refused', async (t) => {
  for (const answer of ['drop', 'hang', 'status'] as const) {
    const id = newOrder();
    control.addFault({
      kind: 'done_but_lost',
      answer,
      holdMs: 20,
      times: 1,
      match: { path: '/fulfillment/*/packages' },
    });
    const attempt = us.markShipped(id, number());
    if (answer === 'status') t.equal((await attempt).status, 504);
    else await t.rejects(attempt, answer);
    t.equal((await us.order(id))['status'], 'AWAITING_COLLECTION', answer);
    t.equal((await us.markShipped(id, number())).code, 21011020);
    t.equal(control.effects({ order: id }).length, 1);
  }
});

await t.test('a call that is refused is not lost: the refusal comes through', async (t) => {
  control.addFault({ kind: 'done_but_lost', answer: 'drop' });
  t.equal((await us.markShipped('1', number())).code, 21011029);
});

await t.test(
  'a duplicated page comes again under its own token; a reordered one has the same rows',
  async (t) => {
    const query = { page_size: '3' };
    const plain = ids((await us.search({}, query)).data['orders']);
    control.addFault({ kind: 'duplicate_page', times: 1 });
    const one = await us.search({}, query);
    const two = await us.search({}, { ...query, page_token: String(one.data['next_page_token']) });
    t.strictSame([ids(one.data['orders']), ids(two.data['orders'])], [plain, plain]);
    const three = await us.search({}, { ...query, page_token: String(two.data['next_page_token']) });
    t.notOk(ids(three.data['orders']).some((id) => plain.includes(id)));

    control.addFault({ kind: 'reorder_page', times: 1 });
    const mixed = ids((await us.search({}, query)).data['orders']);
    t.strictNotSame(mixed, plain);
    t.strictSame(mixed.toSorted(), plain.toSorted());
  },
);

await t.test('an order is changed between two pages', async (t) => {
  const id = newOrder();
  control.addFault({
    kind: 'act',
    when: 'after',
    orderId: id,
    act: { type: 'system_cancel' },
    times: 1,
    match: { path: '/order/' },
  });
  const listed = rows((await us.search()).data['orders']).find((order) => order['id'] === id);
  t.equal(listed?.['status'], 'AWAITING_SHIPMENT');
  t.equal((await us.order(id))['status'], 'CANCELLED');

  const shipped = newOrder();
  control.addFault({
    kind: 'act',
    when: 'before',
    orderId: shipped,
    act: { type: 'system_cancel' },
    times: 1,
    match: { method: 'POST' },
  });
  t.equal((await us.markShipped(shipped, number())).code, 21011041);
});

await t.test(
  'answers can be bent: numbers for ids, unknown values and fields, masked addresses',
  async (t) => {
    const id = newOrder();
    const detail = (): Promise<{ text: string; data: Json }> =>
      us.call('GET', '/order/202507/orders', { query: { ids: id } });
    control.addFault({ kind: 'ids_as_numbers', times: 1 });
    t.match((await detail()).text, new RegExp(`"id":${id},`), 'every digit is there');
    control.addFault({ kind: 'unknown_enum', field: 'status', value: 'IN_ORBIT', times: 1 });
    t.equal(first((await detail()).data['orders'])['status'], 'IN_ORBIT');
    control.addFault({ kind: 'unknown_fields', times: 1 });
    t.ok('field_of_tomorrow' in first((await detail()).data['orders']));
    control.addFault({ kind: 'masked_address', times: 1 });
    t.match((first((await detail()).data['orders'])['recipient_address'] as Json)['name'], /\*/);
    t.notMatch(
      (first((await detail()).data['orders'])['recipient_address'] as Json)['name'],
      /\*/,
      'and clear again',
    );
  },
);

await t.test('a stale read shows the order as it was before its last change', async (t) => {
  const id = newOrder();
  await us.markShipped(id, number());
  control.addFault({ kind: 'stale_read', times: 2 });
  t.match(await us.order(id), { status: 'AWAITING_SHIPMENT', tracking_number: '', packages: [] });
  t.match(
    rows((await us.search()).data['orders']).find((order) => order['id'] === id),
    { status: 'AWAITING_SHIPMENT' },
  );
  t.equal((await us.order(id))['status'], 'AWAITING_COLLECTION');
});

await t.test('a token can end in the middle of a walk', async (t) => {
  const client = clientFor(simulator, 'Toko Pelangi');
  control.addFault({ kind: 'expire_token', skip: 1, times: 1, match: { shop: client.shopId } });
  t.equal((await client.search({}, { page_size: '1' })).code, 0);
  t.equal((await us.search()).code, 0, "another shop's calls do not count");
  t.equal((await client.search({}, { page_size: '1' })).code, 105002);
});

const codesWithSeed = async (seed: number): Promise<number[]> => {
  const fault = control.addFault({ kind: 'error', code: 36009003, probability: 0.5, seed });
  const codes: number[] = [];
  for (let count = 0; count < 20; count++) codes.push((await us.search({}, { page_size: '1' })).code);
  control.removeFault(fault.id);
  return codes;
};

await t.test('chance depends on the seed alone', async (t) => {
  const one = await codesWithSeed(1);
  t.strictSame(await codesWithSeed(1), one);
  t.strictNotSame(await codesWithSeed(2), one);
  t.ok(one.includes(0) && one.includes(36009003));
});

await t.test('the log tells what came in, what was answered and which fault struck', async (t) => {
  control.clearRequests();
  control.addFault({ kind: 'error', code: 36009003, times: 1 });
  await us.search({ order_status: 'ON_HOLD' }, { page_size: '1' });
  await us.search({ order_status: 'ON_HOLD' }, { page_size: '1' });
  const log = await http('GET', `/requests?path=/order&code=0&shop=${us.shopId}`);
  t.match(log.json, [
    {
      method: 'POST',
      path: '/order/202309/orders/search',
      code: 0,
      httpStatus: 200,
      shopId: us.shopId,
      faults: [],
    },
  ]);
  t.strictSame(first(log.json)['body'], { order_status: 'ON_HOLD' });
  t.match(first(log.json)['query'], { sign: '[secret]', page_size: '1' });
  t.match((await http('GET', '/requests?code=36009003')).json, [{ faults: ['error'] }]);
  await http('DELETE', '/requests');
  t.strictSame((await http('GET', '/requests')).json, []);
});

await t.test('a new market is set up over HTTP and used at once', async (t) => {
  const seller = await http('POST', '/sellers', {
    name: 'Neu',
    email: 'de@seller.example',
    password: 'x',
    baseRegion: 'DE',
  });
  const openId = String(seller.json['openId']);
  const shop = await http('POST', '/shops', { name: 'Neuladen', region: 'DE', sellerType: 'LOCAL', openId });
  const id = String(shop.json['id']);
  const lines = [{ sellerSku: 'X', quantity: 2, price: '12.50', sellerDiscount: '0.50' }];
  const order = await http('POST', `/shops/${id}/orders`, {
    lines,
    paidMinutesAgo: 70,
    buyerMessage: 'Bitte',
  });
  t.match(order.json, {
    status: 'AWAITING_SHIPMENT',
    payment: { currency: 'EUR', sub_total: '24.00' },
    buyer_message: 'Bitte',
  });
  const unpaid = await http('POST', `/shops/${id}/orders`, { lines, paidMinutesAgo: null });
  t.equal(unpaid.json['status'], 'UNPAID');
  const generated = await http('POST', `/shops/${id}/orders/generate`, {
    count: 500,
    unitsPerOrder: 3,
    skuCount: 7,
  });
  t.equal(generated.json['count'], 500);
  t.equal((await http('GET', `/shops/${id}`)).json['orders'], 502);
  const path = `/orders/${String(order.json['id'])}`;
  t.match((await http('PATCH', path, { address: { name: 'Neuer Name' } })).json, {
    has_updated_recipient_address: true,
    recipient_address: { name: 'Neuer Name' },
  });
  t.match((await http('POST', `${path}/acts`, { type: 'seller_ship', trackingNumber: 'HAND' })).json, {
    status: 'AWAITING_COLLECTION',
    tracking_number: 'HAND',
  });
  t.match((await http('GET', `/effects?order=${String(order.json['id'])}`)).json, [
    { kind: 'shipped', via: 'seller_center' },
  ]);
  const client = clientFor(simulator, 'Neuladen');
  t.equal((await client.search()).data['total_count'], 502);
});

await t.test('mistakes in control calls are explained and change nothing', async (t) => {
  const cases = [
    ['POST', '/faults', { kind: 'nonsense' }, 400],
    ['POST', '/faults', { kind: 'drop', tims: 1 }, 400],
    ['DELETE', '/faults/999', undefined, 404],
    ['GET', '/orders/1', undefined, 404],
    ['POST', '/shops/1/orders', { lines: [{ sellerSku: 'A', quantity: 1 }] }, 404],
    ['POST', `/shops/${us.shopId}/orders`, { lines: [] }, 400],
    ['POST', `/shops/${us.shopId}/orders`, { lines: [{ sellerSku: 'A', quantity: 1, price: '1,5' }] }, 400],
    ['POST', `/shops/${us.shopId}/orders`, { lines: [{ sellerSku: 'A', quantity: '1' }] }, 400],
    ['POST', `/orders/${newOrder()}/acts`, { type: 'pay' }, 409],
    ['PUT', '/clock', { now: 'soon' }, 400],
    ['GET', '/nothing', undefined, 404],
  ] as const;
  for (const [method, path, body, status] of cases) {
    const reply = await http(method, path, body);
    t.equal(reply.status, status, `${method} ${path} ${JSON.stringify(body)}`);
    t.type(reply.json['error'], 'string');
  }
});

await t.test('of several kinds of call the one that was meant says what is wrong', async (t) => {
  const acts = `/orders/${newOrder()}/acts`;
  const cases: [path: string, body: unknown, error: RegExp][] = [
    [
      '/faults',
      { kind: 'nonsense' },
      /^body\/kind must be one of error, http, .*done_but_lost, duplicate_page/,
    ],
    ['/faults', {}, /^body\/kind must be one of/],
    ['/faults', [], /^body\/kind must be one of/],
    ['/faults', { kind: 'delay' }, /^body must have required properties ms$/],
    ['/faults', { kind: 'http', status: 9999 }, /^body\/status must be <= 599$/],
    [acts, { type: 'fly' }, /^body\/type must be one of pay, buyer_cancel/],
    [acts, { type: 'seller_ship', unitIds: '1' }, /^body\/unitIds must be array$/],
  ];
  for (const [path, body, error] of cases) t.match((await http('POST', path, body)).json['error'], error);
});

await t.test('done but lost cuts the connection unless told otherwise', async (t) => {
  const order = newOrder();
  const match = { path: '/fulfillment' };
  t.equal((await http('POST', '/faults', { match, kind: 'done_but_lost', times: 1 })).status, 200);
  await t.rejects(us.markShipped(order, number()));
  t.equal(control.effects({ order }).length, 1);
});

await t.test('the clock can be frozen, set and moved', async (t) => {
  const own = await startSimulator({ seed: 'empty' });
  t.teardown(() => own.close());
  const clock = own.control.setClock({ now: '2026-03-01T10:00:00.000Z', frozen: true });
  t.strictSame([clock.now, clock.frozen], ['2026-03-01T10:00:00.000Z', true]);
  t.equal(own.control.setClock({ advanceSeconds: 90 }).now, '2026-03-01T10:01:30.000Z');
  t.equal(own.control.clock().now, '2026-03-01T10:01:30.000Z', 'stands still');
  t.equal(own.control.setClock({ frozen: false }).frozen, false);
});

await t.test('without a state file a restart starts over; with one nothing is lost', async (t) => {
  const stateFile = join(t.testdir({}), 'deep', 'state.json');
  const one = await startSimulator({ stateFile, fast: true });
  const before = clientFor(one, 'Harbor Goods');
  const id = newOrderIn(one, before);
  const held = one.control.addOrder(before.shopId, { lines: [{ sellerSku: 'TEE-RED-L', quantity: 1 }] }).id;
  await before.markShipped(id, 'KEPT');
  one.control.setClock({ advanceSeconds: 600 });
  await one.close();

  const two = await startSimulator({ stateFile, fast: true });
  const after = { ...clientFor(two, 'Harbor Goods'), token: before.token };
  t.equal(after.cipher, before.cipher, 'ciphers stay');
  t.equal(
    (await after.call('GET', '/logistics/202309/warehouses', { token: before.token })).code,
    0,
    'tokens stay',
  );
  t.match(await after.order(id), { status: 'AWAITING_COLLECTION', tracking_number: 'KEPT' });
  t.equal((await after.markShipped(newOrderIn(two, after), 'KEPT')).code, 21011025, 'used numbers stay');
  two.control.setClock({ advanceSeconds: 3600 });
  t.equal((await after.order(held))['status'], 'AWAITING_SHIPMENT', 'what was due stays due');
  await two.close();

  const three = await startSimulator({ fast: true });
  t.teardown(() => three.close());
  t.throws(() => three.control.order(id), new Error(`order ${id} is not known`));
});

function newOrderIn(own: Simulator, client: MiniClient): string {
  return own.control.addOrder(client.shopId, {
    lines: [{ sellerSku: 'TEE-RED-L', quantity: 1 }],
    paidMinutesAgo: 90,
  }).id;
}

await t.test('tokens are on disk before they are handed out', async (t) => {
  const stateFile = join(t.testdir({}), 'state.json');
  const own = await startSimulator({ stateFile, fast: true });
  t.teardown(() => own.close());
  const [app] = own.control.apps();
  const { code } = own.control.authorize({ openId: own.control.sellers()[0]?.openId ?? '' });
  const query = {
    app_key: app?.appKey ?? '',
    app_secret: app?.appSecret ?? '',
    auth_code: code,
    grant_type: 'authorized_code',
  };
  const response = await fetch(`${own.url}/api/v2/token/get?${new URLSearchParams(query).toString()}`);
  const { data } = (await response.json()) as { data: { refresh_token: string } };
  t.match(await readFile(stateFile, 'utf8'), data.refresh_token);
});

await t.test('a shipment is on disk before it is confirmed', async (t) => {
  const stateFile = join(t.testdir({}), 'state.json');
  const own = await startSimulator({ stateFile, fast: true });
  t.teardown(() => own.close());
  const client = clientFor(own, 'Harbor Goods');
  t.equal((await client.markShipped(newOrderIn(own, client), 'ONDISK')).code, 0);
  t.match(await readFile(stateFile, 'utf8'), 'ONDISK');
});

await t.test('a broken state file stops the start with its name', async (t) => {
  const stateFile = join(t.testdir({}), 'state.json');
  await writeFile(stateFile, '{"version":0}');
  await t.rejects(startSimulator({ stateFile }), { message: stateFile });
});

await t.test('state can be taken out and put back', async (t) => {
  const own = await startSimulator({ fast: true });
  t.teardown(() => own.close());
  const taken = JSON.parse(JSON.stringify(own.control.snapshot())) as object;
  const count = own.control.health().orders;
  own.control.reset('empty');
  t.equal(own.control.health().orders, 0);
  own.control.restore(taken);
  t.equal(own.control.health().orders, count);
});

await t.test('the published OpenAPI document is the one the routes make', async (t) => {
  const published = JSON.parse(await readFile('openapi/simulator.json', 'utf8')) as object;
  t.strictSame(JSON.parse(JSON.stringify(await simulatorOpenApi())), published, 'run: npm run openapi');
});

await t.test('the front page names the accounts', async (t) => {
  t.match(await (await fetch(url)).text(), 'us@seller.example');
});

await t.test('the documentation finds its scripts, with and without a closing slash', async (t) => {
  for (const address of [`${url}/_control/docs`, `${url}/_control/docs/`]) {
    const page = await (await fetch(address)).text();
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, file = '']) => new URL(file, address),
    );
    t.ok(files.length > 3);
    for (const file of files) t.equal((await fetch(file)).status, 200, file.pathname);
  }
});

await t.test('the front page shows the newest orders of a shop with what became of them', async (t) => {
  const fresh = await startSimulator({ fast: true });
  t.teardown(() => fresh.close());
  const page = async (): Promise<string> => (await fetch(fresh.url)).text();
  const [shop] = fresh.control.shops();
  const held = fresh.control.orders().find(({ status }) => status === 'ON_HOLD');
  t.match(await page(), new RegExp(`${held?.id}</code></td>\\s*<td>ON_HOLD`));
  const sold = fresh.control.addOrder(shop?.id ?? '', {
    lines: [{ sellerSku: '<b>', quantity: 2 }],
    paidMinutesAgo: 90,
  });
  fresh.control.act(sold.id, { type: 'seller_ship', trackingNumber: '<i>T1' });
  t.match(await page(), /2 × &lt;b&gt;<\/td>\s*<td>&lt;i&gt;T1/);
  t.match(await page(), 'BUYER_CANCEL: CANCELLATION_REQUEST_PENDING');
  t.match(await page(), 'RETURN_AND_REFUND: RETURN_OR_REFUND_REQUEST_PENDING');
  fresh.control.generate(shop?.id ?? '', { count: 30 });
  t.match(await page(), /and \d+ older ones/);
});

await t.test('the program starts from its arguments and refuses wrong ones', async (t) => {
  const started = await runSimulatorCli(['--port', '0', '--seed', 'empty', '--fast']);
  t.equal(started?.control.health().orders, 0);
  await started?.close();
  await t.rejects(runSimulatorCli(['--port', 'many']), /--port many/);
  await t.rejects(runSimulatorCli(['--seed', 'big']), /--seed big/);
  await t.rejects(runSimulatorCli(['--nonsense']));
});

await t.test('a busy port and a broken state file are told in one sentence, without a trace', async (t) => {
  const broken = join(t.testdir({ 'state.json': '{"version": 1, "clock"' }), 'state.json');
  for (const [args, words] of [
    [['--port', String(simulator.port)], /is taken already$/],
    [['--port', '0', '--state-file', broken], /cannot read the simulator's state in .*state\.json: /],
  ] as const) {
    const error: unknown = await runSimulatorCli(args).catch((reason: unknown) => reason);
    t.type(error, SimulatorUsageError);
    t.match(error, { message: words });
  }
});

await t.test('the greeting names the accounts that there are', async (t) => {
  const greeting = async (...args: string[]): Promise<string> => {
    const written = t.capture(process.stdout, 'write', () => true);
    const started = await runSimulatorCli(['--port', '0', '--fast', ...args]);
    const text = written()
      .map(({ args: [chunk] }) => String(chunk))
      .join('');
    await started?.close();
    return text;
  };
  t.match(await greeting(), /Log-ins +us@seller\.example \(demo\), id@seller\.example/);
  const empty = await greeting('--seed', 'empty');
  t.match(empty, /Log-ins +none yet/);
  t.notMatch(empty, /seller\.example/);
});
