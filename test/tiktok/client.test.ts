import { createHmac } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { Test } from 'tap';
import { systemClock } from '../../src/kernel/time.js';
import type { Clock } from '../../src/kernel/time.js';
import { createTikTokClient } from '../../src/tiktok/client.js';
import type { Logger } from '../../src/kernel/log.js';
import type { BudgetedCall, TikTokApp, TikTokClient } from '../../src/tiktok/client.js';
import { hostsFor } from '../../src/tiktok/hosts.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import type { DoorSettings } from '../../src/outbound/http-door.js';
import { createAccountApi, createShopApi } from '../../src/tiktok/shop-api.js';
import type { AccountApi, ShopApi } from '../../src/tiktok/shop-api.js';
import { TikTokError } from '../../src/tiktok/tiktok-errors.js';
import { createTokenApi } from '../../src/tiktok/token-api.js';
import type { TokenApi } from '../../src/tiktok/token-api.js';
import { failureOf, fixture, json, refusal, startFakeHost, success } from './support.js';
import type { FakeHost, Handler, Received } from './support.js';
import { openFence } from '../support/fence.js';

const app: TikTokApp = {
  environment: 'simulator',
  appKey: 'APPKEY',
  appSecret: 'planted-app-secret',
  serviceId: '7001',
};
const CIPHER = 'ROW_planted+cipher/=';
const CREATED = '/fulfillment/202309/orders/576/packages';

interface Rig {
  host: FakeHost;
  shop: ShopApi;
  account: AccountApi;
  tokens: TokenApi;
  client: TikTokClient;
  /** What the collaborators were asked, in order. */
  taken: BudgetedCall[];
  throttles: (number | null)[];
  refreshes: number[];
  /** Every line that was logged, as text. */
  logged: string[];
}

interface RigOptions extends Partial<DoorSettings> {
  clock?: Clock;
  origin?: string;
  /** The budget refuses every call with it. */
  noBudget?: TikTokError;
}

async function rig(t: Test, options: RigOptions = {}): Promise<Rig> {
  const { clock = systemClock, origin, noBudget: _noBudget, ...doorSettings } = options;
  const host = await startFakeHost(t);
  const door = createHttpDoor({ clock, ...doorSettings });
  t.teardown(() => door.close());
  const settings = { allowSimulator: true, simulatorOrigin: origin ?? host.origin };
  const made = { taken: [] as BudgetedCall[], throttles: [] as (number | null)[], refreshes: [] as number[] };
  const logged: string[] = [];
  const record = (fields: object, message: string) => logged.push(JSON.stringify({ ...fields, message }));
  const log: Logger = { debug: record, info: record, warn: record, error: record, child: () => log };
  const deps = { door, hosts: () => hostsFor('simulator', settings), clock, log };
  const client = createTikTokClient(deps);
  const caller = {
    client,
    app,
    lane: 'urgent' as const,
    tokens: {
      current: async () => ({ token: 'planted-token-1', version: 1 }),
      refresh: async (failedVersion: number) => {
        made.refreshes.push(failedVersion);
        return { token: 'planted-token-2', version: failedVersion + 1 };
      },
    },
    budget: {
      take: async (call: BudgetedCall) => {
        made.taken.push(call);
        if (options.noBudget) throw options.noBudget;
        return undefined;
      },
      throttled: async (_call: BudgetedCall, retryAfterMs: number | null) =>
        void made.throttles.push(retryAfterMs),
    },
  };
  return {
    host,
    client,
    shop: createShopApi({ ...caller, fence: openFence, shop: { shopId: 'SHOP1', cipher: CIPHER } }),
    account: createAccountApi({ ...caller, openId: 'OPEN1' }),
    tokens: createTokenApi(deps),
    ...made,
    logged,
  };
}

const search = { pageSize: 100, sort: 'update_time', order: 'ASC' } as const;
const shipment = { orderId: '576', unitIds: ['11', '12'], trackingNumber: 'TRACK-é', providerId: '7117' };

/** TikTok's rule once more, from what came over the wire: an independent witness of what was signed. */
function signatureOf({ path, query, body }: Received): string {
  const names = Object.keys(query).filter((name) => name !== 'sign');
  names.sort();
  const joined = names.map((name) => name + query[name]).join('');
  const text = `${app.appSecret}${path}${joined}${body.toString('utf8')}${app.appSecret}`;
  return createHmac('sha256', app.appSecret).update(text).digest('hex');
}

await t.test('the bytes and values that are signed are the ones that are sent', async (t) => {
  const { host, shop } = await rig(t);
  host.answer(success({ package_id: '1', orders: [] }));
  await shop.markPackageShipped(shipment);
  await shop.searchOrders({
    ...search,
    pageToken: '6AsP/QsU+v H3Rk==',
    status: 'AWAITING_SHIPMENT',
    updatedFrom: new Date(1767225600_999),
    updatedTo: new Date(1767232800_000),
  });
  await shop.getOrders(['576', '577']);
  for (const received of host.received) t.equal(received.query['sign'], signatureOf(received), received.path);
  const [marked, searched, detail] = host.received;
  t.match(marked, { method: 'POST', path: CREATED, headers: { 'x-tts-access-token': 'planted-token-1' } });
  t.equal(
    marked?.body.toString(),
    '{"order_line_item_ids":["11","12"],"tracking_number":"TRACK-é","shipping_provider_id":"7117"}',
  );
  t.match(searched?.query, {
    app_key: 'APPKEY',
    shop_cipher: CIPHER,
    timestamp: /^\d{10}$/,
    page_size: '100',
    page_token: '6AsP/QsU+v H3Rk==',
    sort_field: 'update_time',
    sort_order: 'ASC',
  });
  t.match(searched?.search, 'page_token=6AsP%2FQsU%2Bv%20H3Rk%3D%3D');
  t.strictSame(JSON.parse(String(searched?.body)), {
    order_status: 'AWAITING_SHIPMENT',
    update_time_ge: 1767225600,
    update_time_lt: 1767232800,
  });
  t.equal(detail?.query['ids'], '576,577');
  t.equal(detail?.body.length, 0, 'a GET has no body');
});

await t.test('calls of the account carry no cipher and are charged to the account', async (t) => {
  const { host, account, taken } = await rig(t);
  const wire = {
    id: '70',
    name: 'Shop',
    region: 'GB',
    seller_type: 'CROSS_BORDER',
    cipher: 'GCP_x',
    code: 'CN1',
  };
  host.answer(success({ shops: [wire, { name: 'no id' }] }));
  t.strictSame(await account.authorizedShops(), [
    { id: '70', name: 'Shop', region: 'GB', sellerType: 'CROSS_BORDER', cipher: 'GCP_x', code: 'CN1' },
  ]);
  t.notOk(host.received[0]?.query['shop_cipher']);
  t.match(taken, [{ appKey: 'APPKEY', shopId: 'OPEN1', endpoint: 'GET /authorization/202309/shops' }]);
});

await t.test('a call is charged under a name without ids', async (t) => {
  const { host, shop, taken } = await rig(t);
  host.answer(success({ package_id: '1' }));
  await shop.markPackageShipped(shipment);
  t.strictSame(taken, [
    {
      appKey: 'APPKEY',
      shopId: 'SHOP1',
      endpoint: 'POST /fulfillment/202309/orders/{order_id}/packages',
      lane: 'urgent',
    },
  ]);
});

await t.test('ids that come as numbers beyond 2^53 stay exact', async (t) => {
  const { host, shop } = await rig(t);
  const text = JSON.stringify({ code: 0, data: { orders: [fixture('order-us.json')] } });
  host.answer(json(text.replaceAll(/"(\d{17,})"/g, '$1')));
  const { orders } = await shop.getOrders(['1']);
  t.match(orders, [
    {
      tiktokOrderId: '576461413038785752',
      units: [{ unitId: '577086512123755001', skuId: '2729382476852921560' }],
    },
  ]);
});

await t.test("a page gives its orders, the next token and TikTok's time", async (t) => {
  const { host, shop } = await rig(t);
  const date = 'Thu, 01 Jan 2026 02:00:00 GMT';
  const page = {
    code: 0,
    data: { orders: [fixture('order-us.json')], next_page_token: 'n/+=', total_count: 7 },
  };
  host.answer(json(page, 200, { date }), success({ orders: [], next_page_token: '', total_count: 0 }));
  const first = await shop.searchOrders(search);
  t.match(first, { nextPageToken: 'n/+=', totalCount: 7, serverTime: new Date(date), unreadable: [] });
  t.equal(first.orders.length, 1);
  t.equal((await shop.searchOrders(search)).nextPageToken, null);
});

await t.test('an unreadable order is named and does not lose its neighbours', async (t) => {
  const { host, shop } = await rig(t);
  const good = fixture('order-us.json');
  host.answer(
    success({ orders: [good, { ...good, id: '577', line_items: [] }, null, { ...good, id: '578' }] }),
  );
  const { orders, unreadable } = await shop.searchOrders(search);
  t.strictSame(
    orders.map((order) => order.tiktokOrderId),
    ['576461413038785752', '578'],
  );
  t.strictSame(unreadable, [
    { tiktokOrderId: '577', reason: 'line_items is missing' },
    { tiktokOrderId: null, reason: 'id is missing' },
  ]);
});

await t.test(
  'the code decides, also with HTTP 200, and a success with another status is a success',
  async (t) => {
    const { host, shop } = await rig(t);
    host.answer(refusal(21011044, 'order on hold'), json({ code: 0, data: { package_id: '9' } }, 500));
    t.match(await failureOf(shop.markPackageShipped(shipment)), {
      reaction: 'refused',
      tiktokCode: '21011044',
      httpStatus: 200,
      requestId: 'REQ-NO',
    });
    t.match(await shop.markPackageShipped(shipment), { packageId: '9', warning: null });
  },
);

await t.test('a remark on a shipment that TikTok took reaches the caller', async (t) => {
  const { host, shop } = await rig(t);
  const message = 'match more than one provider';
  host.answer(
    success({ package_id: '9', warning: { message } }),
    success({ package_id: '9', warning: { message: '' } }),
  );
  t.equal((await shop.markPackageShipped(shipment)).warning, message);
  t.equal((await shop.markPackageShipped(shipment)).warning, null);
});

await t.test('the calls around cancellations speak as documented', async (t) => {
  const { host, shop } = await rig(t);
  const found = { cancel_id: '4', order_id: '576', cancel_status: 'NEW', update_time: 1767240060 };
  host.answer(
    success({
      cancellations: [{ ...found, update_time: null }, found],
      next_page_token: 'n',
      total_count: 2,
    }),
    success({ cancel_id: '5', cancel_status: 'CANCELLATION_REQUEST_SUCCESS' }),
    success({ cancel_id: '6', cancel_status: 'CANCELLATION_REQUEST_SUCCESS' }),
    success({}),
    success({}),
    success({ reasons: [{ name: 'seller_reject_apply_product_has_been_packed', text: 'Packed' }] }),
  );
  const page = await shop.searchCancellations({
    orderIds: ['576'],
    statuses: ['pending', 'withdrawn'],
    types: ['buyer-request'],
    updatedFrom: new Date(1767225600_999),
    pageSize: 50,
    sort: 'update_time',
    order: 'ASC',
  });
  t.match(page, { cancellations: [{ cancelId: '4' }], nextPageToken: 'n', totalCount: 2 });
  t.strictSame(page.unreadable, [{ cancelId: '4', reason: 'update_time is missing' }]);
  const cancel = { orderId: '576', reason: "doesn't_fit,_&_co" };
  t.strictSame(await shop.cancelOrder(cancel), { cancelId: '5', status: 'executed' });
  await shop.cancelOrder({ ...cancel, unitIds: ['11'] });
  await shop.approveCancellation({ cancelId: '4', idempotencyKey: 'k-1' });
  await shop.rejectCancellation({ cancelId: '4', idempotencyKey: 'k-2', reason: 'packed' });
  t.strictSame(await shop.listRejectReasons('4'), [
    { key: 'seller_reject_apply_product_has_been_packed', text: 'Packed' },
  ]);
  t.match(host.received[3]?.query, { idempotency_key: 'k-1' });
  t.match(host.received[5]?.query, { return_or_cancel_id: '4' });
  t.strictSame(
    host.received.map(({ method, path, body }) => `${method} ${path} ${body.toString()}`),
    [
      'POST /return_refund/202309/cancellations/search {"order_ids":["576"],"cancel_status":["CANCELLATION_REQUEST_PENDING","CANCELLATION_REQUEST_CANCEL"],"cancel_types":["BUYER_CANCEL"],"update_time_ge":1767225600}',
      `POST /return_refund/202309/cancellations {"order_id":"576","cancel_reason":"doesn't_fit,_&_co"}`,
      `POST /return_refund/202309/cancellations {"order_id":"576","cancel_reason":"doesn't_fit,_&_co","order_line_item_ids":["11"]}`,
      'POST /return_refund/202309/cancellations/4/approve ',
      'POST /return_refund/202309/cancellations/4/reject {"reject_reason":"packed"}',
      'GET /return_refund/202309/reject_reasons ',
    ],
  );
});

await t.test('a cancellation that names no pieces by mistake never cancels the whole order', async (t) => {
  const { host, shop } = await rig(t);
  await t.rejects(shop.cancelOrder({ orderId: '576', reason: 'r', unitIds: [] }), /needs the pieces/);
  t.equal(host.received.length, 0);
});

await t.test('a cancellation that was taken with an answer without an id is in doubt', async (t) => {
  const { host, shop } = await rig(t);
  host.answer(success({}));
  t.match(await failureOf(shop.cancelOrder({ orderId: '576', reason: 'r' })), { reaction: 'in-doubt' });
});

await t.test('the other calls speak as documented', async (t) => {
  const { host, shop } = await rig(t);
  const provider = { id: '7117858858072016686', name: 'USPS' };
  host.answer(
    success({}),
    success({ packages: [{ splittable_group_id: 'g1', id: '900' }] }),
    success({ split_attributes: [{ order_id: '576', can_split: true, must_split: false }] }),
    success({ package_id: '900', package_status: 'TO_FULFILL' }),
    success({ packages: [{ id: '900', status: 'PROCESSING' }], next_page_token: 'n', total_count: 1 }),
    success({ shipping_providers: [provider] }),
    success({ warehouses: [{ id: '7', name: 'Main', type: 'SALES_WAREHOUSE' }] }),
  );
  await shop.shipPackage({ packageId: '900', trackingNumber: 'T', providerId: '7117' });
  const groups = [{ id: 'g1', unitIds: ['11'] }];
  t.strictSame(await shop.splitOrder({ orderId: '576', groups }), [{ groupId: 'g1', packageId: '900' }]);
  t.match(await shop.splitAttributes(['576', '577']), [{ tiktokOrderId: '576', canSplit: true }]);
  t.match(await shop.getPackage('900'), { packageId: '900', status: 'TO_FULFILL' });
  const packageSearch = { pageSize: 50, sort: 'create_time', order: 'DESC', status: 'PROCESSING' } as const;
  t.match(await shop.searchPackages(packageSearch), { packages: [{ packageId: '900' }], nextPageToken: 'n' });
  t.strictSame(await shop.listShippingProviders('7091'), [provider]);
  t.match(await shop.listWarehouses(), [{ id: '7', name: 'Main' }]);
  t.strictSame(
    host.received.map(({ method, path, body }) => `${method} ${path} ${body.toString()}`),
    [
      'POST /fulfillment/202309/packages/900/ship {"self_shipment":{"tracking_number":"T","shipping_provider_id":"7117"}}',
      'POST /fulfillment/202309/orders/576/split {"splittable_groups":[{"id":"g1","order_line_item_ids":["11"]}]}',
      'GET /fulfillment/202309/orders/split_attributes ',
      'GET /fulfillment/202309/packages/900 ',
      'POST /fulfillment/202309/packages/search {"package_status":"PROCESSING"}',
      'GET /logistics/202309/delivery_options/7091/shipping_providers ',
      'GET /logistics/202309/warehouses ',
    ],
  );
});

await t.test('an id that would change the path never leaves', async (t) => {
  const { host, shop } = await rig(t);
  for (const packageId of ['../orders', '9/ship', '9?x=1', '', 'é', '9'.repeat(65)]) {
    t.match(await failureOf(shop.getPackage(packageId)), { reaction: 'refused' }, packageId);
  }
  t.strictSame(host.received, []);
});

await t.test('a shipment without pieces never leaves, since TikTok would ship the whole order', async (t) => {
  const { host, shop } = await rig(t);
  await t.rejects(shop.markPackageShipped({ ...shipment, unitIds: [] }));
  t.strictSame(host.received, []);
});

await t.test('too many requests: the wait is handed on, in seconds or as a date', async (t) => {
  const { host, shop, throttles } = await rig(t);
  const dates = { date: 'Thu, 01 Jan 2026 02:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2026 02:00:30 GMT' };
  host.answer(
    refusal(36009002, 'slow down', 429, { 'retry-after': '7' }),
    refusal(36009002, 'slow down', 429, dates),
    refusal(36009002, 'slow down', 200),
    json('<html>busy</html>', 429, { 'retry-after': '2' }),
    refusal(36009002, 'slow down', 429, { 'retry-after': '999999999' }),
    refusal(36009002, 'slow down', 429, { 'retry-after': 'soon' }),
  );
  for (const retryAfterMs of [7000, 30_000, undefined, 2000, 3_600_000, undefined]) {
    t.match(await failureOf(shop.markPackageShipped(shipment)), { reaction: 'throttled', retryAfterMs });
  }
  t.strictSame(throttles, [7000, 30_000, null, 2000, 3_600_000, null]);
  t.equal(host.received.length, 6, 'nothing is repeated here');
});

await t.test('without a budget nothing leaves, and nobody is told that TikTok throttles', async (t) => {
  const noBudget = new TikTokError({
    reaction: 'throttled',
    message: 'Later.',
    next: 'Wait.',
    retryAfterMs: 90_000,
  });
  const { host, shop, throttles } = await rig(t, { noBudget });
  t.equal(await failureOf(shop.markPackageShipped(shipment)), noBudget);
  t.strictSame([host.received, throttles], [[], []]);
});

await t.test('a dead token is refreshed once and the call repeated once, a write too', async (t) => {
  const { host, shop, refreshes, taken } = await rig(t);
  host.answer(refusal(105002, 'expired', 401), success({ package_id: '9' }));
  t.equal((await shop.markPackageShipped(shipment)).packageId, '9');
  t.strictSame(refreshes, [1]);
  const sent = host.received.map(({ headers }) => headers['x-tts-access-token']);
  t.strictSame(sent, ['planted-token-1', 'planted-token-2']);
  t.strictSame(host.received[0]?.body, host.received[1]?.body);
  t.equal(taken.length, 2, 'the repeat is charged as well');
});

await t.test('a token that is dead again after its refresh ends the call', async (t) => {
  const { host, shop, refreshes } = await rig(t);
  host.answer(refusal(36009004, 'Invalid access_token'));
  t.match(await failureOf(shop.searchOrders(search)), { reaction: 'refresh-and-repeat', retry: 'later' });
  t.strictSame([refreshes, host.received.length], [[1], 2]);
});

/** Takes what TikTok takes, only less of it. */
const strict: Handler = (request, response) => {
  const isLate = Math.abs(Number(request.query['timestamp']) - Date.now() / 1000) > 5;
  const handler = isLate ? refusal(36009004, 'Expired timestamp', 400) : success({ package_id: '9' });
  handler(request, response);
};

await t.test(
  "a clock that is ten minutes off is corrected by TikTok's, and told to the doctor",
  async (t) => {
    const slow: Clock = { now: () => new Date(Date.now() - 600_000) };
    const { host, shop, client } = await rig(t, { clock: slow });
    t.equal(client.clockSkewMs('simulator'), null);
    host.answer(strict);
    await shop.markPackageShipped(shipment);
    await shop.markPackageShipped(shipment);
    t.equal(host.received.length, 3, 'one repeat, and none for the second call');
    t.ok(host.received.every((received) => received.query['sign'] === signatureOf(received)));
    t.ok(Math.abs((client.clockSkewMs('simulator') ?? 0) - 600_000) < 2000);
  },
);

await t.test('a clock that is right and refused all the same ends the call', async (t) => {
  const { host, shop } = await rig(t);
  host.answer(refusal(36009004, 'timestamp is invalid', 400));
  t.match(await failureOf(shop.searchOrders(search)), { reaction: 'clock-skew' });
  t.equal(host.received.length, 1);
});

const silences: { name: string; handler: Handler }[] = [
  { name: 'no answer in time', handler: () => {} },
  { name: 'a broken connection', handler: (_request, response) => response.destroy() },
  {
    name: 'half an answer',
    handler: (_request, response) => response.writeHead(200).write('{"code":', () => response.destroy()),
  },
  { name: 'a server error', handler: json('upstream error', 502) },
  { name: "an answer that is not TikTok's", handler: json('<html></html>') },
  { name: 'JSON without a code', handler: json('{"ok":true}') },
  { name: 'an internal error', handler: refusal(36009003, 'internal') },
  { name: 'a success that names no package', handler: success({}) },
];

await t.test('after silence a read is repeated later, a write is in doubt', async (t) => {
  const { host, shop } = await rig(t, { answerTimeoutMs: 150 });
  for (const { name, handler } of silences) {
    host.answer(handler);
    t.match(
      await failureOf(shop.getPackage('9')),
      { reaction: 'retry-later', code: 'tiktok-unavailable' },
      name,
    );
    t.match(
      await failureOf(shop.markPackageShipped(shipment)),
      { reaction: 'in-doubt', code: 'tiktok-in-doubt' },
      name,
    );
  }
  t.equal(host.received.length, 2 * silences.length, 'nothing is repeated here');
});

await t.test('a write that surely never arrived is not in doubt', async (t) => {
  const port = await freePort();
  const { shop } = await rig(t, { origin: `http://127.0.0.1:${port}` });
  t.match(await failureOf(shop.markPackageShipped(shipment)), {
    reaction: 'retry-later',
    message: /the connection was refused/,
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // oxlint-disable-line typescript/no-unsafe-type-assertion -- listening on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}

await t.test('a redirect is never followed', async (t) => {
  const { host, shop } = await rig(t);
  for (const status of [301, 302, 303, 307, 308]) {
    host.answer(json('', status, { location: `${host.origin}/elsewhere` }), success({ package_id: '9' }));
    t.match(await failureOf(shop.getPackage('9')), { reaction: 'retry-later', httpStatus: status });
    host.answer(json('', status, { location: `${host.origin}/elsewhere` }), success({ package_id: '9' }));
    t.match(await failureOf(shop.markPackageShipped(shipment)), {
      reaction: 'in-doubt',
      message: /redirect/,
    });
  }
  t.notOk(host.received.some(({ path }) => path === '/elsewhere'));
});

function zipped(body: unknown): Handler {
  return (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(body)));
  };
}

await t.test('compressed answers are read, and no answer is larger than its limit', async (t) => {
  const { host, shop } = await rig(t, { maxAnswerBytes: 10_000 });
  host.answer(
    zipped({ code: 0, data: { package_id: '9' } }),
    zipped({ code: 0, data: { package_id: 'x'.repeat(20_000) } }),
    json({ code: 0, data: { package_id: 'x'.repeat(20_000) } }),
  );
  t.equal((await shop.getPackage('9')).packageId, '9');
  for (const kind of ['compressed', 'plain']) {
    t.match(await failureOf(shop.getPackage('9')), { message: /too large/ }, kind);
  }
});

await t.test('connections are kept for the next call', async (t) => {
  const { host, shop } = await rig(t);
  const ports = new Set<number | undefined>();
  host.answer((request, response) => {
    ports.add(response.socket?.remotePort);
    success({ package_id: '9' })(request, response);
  });
  for (let call = 0; call < 20; call += 1) await shop.getPackage('9');
  t.ok(ports.size <= 2, `${ports.size} connections for 20 calls`);
});

await t.test('one log line per request tells what was asked and how it ended', async (t) => {
  const { host, shop, logged } = await rig(t);
  host.answer(success({ package_id: '9' }), refusal(21011044, 'on hold'), (_request, response) =>
    response.destroy(),
  );
  await shop.markPackageShipped(shipment);
  await failureOf(shop.markPackageShipped(shipment));
  await failureOf(shop.markPackageShipped(shipment));
  const lines: unknown[] = logged.map((line) => JSON.parse(line));
  const common = { method: 'POST', path: CREATED, shopId: 'SHOP1', lane: 'urgent', durationMs: Number };
  t.match(lines, [
    { ...common, status: 200, code: '0', requestId: 'REQ-OK', message: 'tiktok call' },
    { ...common, status: 200, code: '21011044', requestId: 'REQ-NO', message: 'tiktok call failed' },
    { ...common, failure: 'the connection broke', message: 'tiktok call failed' },
  ]);
});

const grant = {
  access_token: 'TTP_planted-access',
  access_token_expire_in: 1767830400,
  refresh_token: 'TTP_planted-refresh-2',
  refresh_token_expire_in: 4854580847,
  open_id: '7010736057180325637',
  seller_name: 'Example Shop',
  seller_base_region: 'US',
  user_type: 0,
  granted_scopes: ['seller.order.info', 'seller.authorization.info'],
};

await t.test('a code and a refresh token are exchanged as TikTok spells it', async (t) => {
  const { host, tokens } = await rig(t);
  host.answer(success(grant));
  const expected = {
    accessToken: 'TTP_planted-access',
    accessExpiresAt: new Date('2026-01-08T00:00:00Z'),
    refreshToken: 'TTP_planted-refresh-2',
    refreshExpiresAt: new Date(4854580847_000),
    openId: '7010736057180325637',
    sellerName: 'Example Shop',
    sellerBaseRegion: 'US',
    userType: 0,
    grantedScopes: ['seller.order.info', 'seller.authorization.info'],
  };
  t.strictSame(await tokens.exchangeCode(app, 'planted+code/='), expected);
  t.strictSame(await tokens.refreshToken(app, 'planted-refresh-1'), expected);
  const credentials = { app_key: 'APPKEY', app_secret: 'planted-app-secret' };
  t.strictSame(
    host.received.map(({ method, path, query }) => ({ method, path, query })),
    [
      {
        method: 'GET',
        path: '/api/v2/token/get',
        query: { ...credentials, auth_code: 'planted+code/=', grant_type: 'authorized_code' },
      },
      {
        method: 'GET',
        path: '/api/v2/token/refresh',
        query: { ...credentials, refresh_token: 'planted-refresh-1', grant_type: 'refresh_token' },
      },
    ],
  );
  const { granted_scopes: _left, ...older } = grant;
  host.answer(success(older));
  t.equal((await tokens.refreshToken(app, 'r')).grantedScopes, null, 'older answers name no scopes');
});

await t.test('a dead authorisation and a lost answer are told apart', async (t) => {
  const { host, tokens } = await rig(t);
  for (const code of [36004001, 36004004, 36004005]) {
    host.answer(refusal(code, 'no good'));
    t.match(await failureOf(tokens.refreshToken(app, 'r')), {
      reaction: 'reauthorize',
      code: 'needs-reauthorization',
    });
  }
  const { refresh_token: _left, ...half } = grant;
  for (const handler of [json('bad gateway', 502), success(half), success({ ...grant, open_id: '' })]) {
    host.answer(handler);
    t.match(await failureOf(tokens.refreshToken(app, 'r')), { reaction: 'in-doubt' });
  }
  host.answer((_request, response) => response.destroy());
  t.match(await failureOf(tokens.exchangeCode(app, 'c')), { reaction: 'in-doubt', next: /connecting again/ });
});

/** Quotes all of the request in its message. */
const echo: Handler = (request, response) => {
  const { headers, search: query, body } = request;
  const token = String(headers['x-tts-access-token']);
  const said = `${decodeURIComponent(query)} ${token} ${body.toString()} jane@buyer.example`;
  refusal(36009004, said)(request, response);
};

await t.test('no secret and nothing of a buyer gets into an error or a log line', async (t) => {
  const { host, shop, account, tokens, logged } = await rig(t, { answerTimeoutMs: 150 });
  const errors: unknown[] = [];
  const bad = { ...fixture('order-us.json'), buyer_message: 'planted message', status: '' };
  for (const handler of [echo, ...silences.map((silence) => silence.handler)]) {
    host.answer(handler);
    errors.push(await failureOf(shop.getPackage('9')));
    errors.push(await failureOf(tokens.exchangeCode(app, 'planted+code/=')));
    errors.push(await failureOf(tokens.refreshToken(app, 'planted-refresh-1')));
  }
  host.answer(echo);
  errors.push(await failureOf(account.authorizedShops()));
  host.answer(success({ orders: [bad] }));
  errors.push(await shop.searchOrders({ ...search, pageToken: 'planted-page' }));
  const shown = inspect(errors, { depth: 20, showHidden: true, getters: true }) + logged.join('\n');
  for (const secret of ['planted', 'jane@', 'Sample Buyer', 'planted%2Bcode', 'Sample tee']) {
    t.notMatch(shown, secret, secret);
  }
  t.match(shown, 'hidden', 'the test has seen what it looks for');
});
