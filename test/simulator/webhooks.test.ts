import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';

import { startSimulator, DEMO_APP_KEY, DEMO_APP_SECRET } from '../../src/simulator/server.js';
import { openAftersalesShop } from './support/aftersales-world.js';
import { statusOf } from './support/any-market.js';
import { clientFor, rows } from './support/mini-client.js';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  type: number;
  id: string;
  data: Record<string, unknown>;
}

const simulator = await startSimulator({ fast: true });
const { control } = simulator;
const received: Received[] = [];
let answer = 200;
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const {
      type,
      tts_notification_id: id,
      data,
    } = JSON.parse(body) as Pick<Received, 'type' | 'data'> & {
      tts_notification_id: string;
    };
    received.push({ headers: request.headers, body, type, id, data });
    response.writeHead(answer).end();
  });
});
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks`;
t.teardown(async () => {
  await simulator.close();
  receiver.close();
});
const us = clientFor(simulator, 'Harbor Goods');
const lines = [{ sellerSku: 'TOLD', quantity: 2 }];
const hooks = (method: string, body?: object) =>
  us.call(method, '/event/202309/webhooks', body === undefined ? {} : { body });
const typesOf = (list: readonly Received[]) => [...new Set(list.map(({ type }) => type))];
const signed = ({ body, headers }: Received): boolean =>
  createHmac('sha256', DEMO_APP_SECRET).update(DEMO_APP_KEY).update(body).digest('hex') ===
  headers.authorization;

t.afterEach(async () => {
  control.clearPushFaults();
  answer = 200;
  await control.deliverPushes();
  received.length = 0;
});

await t.test('a shop sets, reads and deletes its address for a kind of events', async (t) => {
  const set = { event_type: 'ORDER_STATUS_CHANGE', address };
  t.match(await hooks('PUT', set), { code: 0, data: {} });
  t.match(await hooks('GET'), { code: 0, data: { webhooks: [set], total_count: 1 } });
  t.match(await hooks('PUT', { ...set, address: `${address}/2` }), { code: 0 }, 'set anew');
  t.match(await hooks('GET'), { data: { webhooks: [{ address: `${address}/2` }], total_count: 1 } });
  t.match(await hooks('DELETE', { event_type: set.event_type }), { code: 0 });
  t.match(await hooks('DELETE', { event_type: set.event_type }), { code: 0 }, 'also when there is none');
  t.match(await hooks('GET'), { data: { total_count: 0 } });
});

await t.test('an address that TikTok does not take is refused', async (t) => {
  control.setBehaviour({ webhookAddresses: 'documented' });
  const put = (to: string) => hooks('PUT', { event_type: 'PACKAGE_UPDATE', address: to });
  for (const bad of [
    'http://erp.example/hooks',
    'https://erp.example:8443/hooks',
    'https://203.0.113.9/hooks',
    'https://[::1]/hooks',
    'nowhere',
    `https://erp.example/${'x'.repeat(255)}`,
    address,
  ])
    t.not((await put(bad)).code, 0, bad);
  t.not((await hooks('PUT', { event_type: 'NOTHING', address: 'https://erp.example/' })).code, 0);
  t.equal((await put('https://erp.example/hooks')).code, 0);
  await hooks('DELETE', { event_type: 'PACKAGE_UPDATE' });
  control.setBehaviour({ webhookAddresses: 'local_too' });
});

await t.test('what happens to an order is told, signed over the bytes that are sent', async (t) => {
  control.putWebhooks({ address });
  const order = control.addOrder(us.shopId, { lines, paidMinutesAgo: 0 });
  control.patchOrder(order.id, { address: { postalCode: '02139' } });
  control.setClock({ advanceSeconds: 3700 });
  control.act(order.id, { type: 'seller_ship' });
  control.act(order.id, { type: 'carrier_deliver' });
  await control.deliverPushes();
  const about = received.filter(({ data }) => data['order_id'] === order.id);
  t.strictSame(
    about
      .filter(({ type }) => type === 1)
      .map(({ data }) => [data['order_status'], data['is_on_hold_order']]),
    [
      ['ON_HOLD', true],
      ['AWAITING_SHIPMENT', false],
      ['AWAITING_COLLECTION', false],
      ['DELIVERED', false],
    ],
  );
  t.ok(about.some(({ type }) => type === 3));
  t.ok(received.every(signed));
  t.equal(new Set(received.map(({ id }) => id)).size, received.length, 'each has its own id');
  t.ok(typesOf(received).includes(60), 'the stock has changed');
  const stock = received.find(({ type }) => type === 60);
  t.match(stock?.body, /"product_id":\d{17,20},"sku_id":\d{17,20},/, 'ids as numbers, with all digits');
});

await t.test('cancellations, returns and parcels are told', async (t) => {
  const shop = openAftersalesShop(simulator, 'US');
  const sold = shop.sell();
  control.act(sold.id, { type: 'buyer_cancel', reason: 'Better price available' });
  const delivered = shop.sellDelivered();
  control.act(delivered.id, { type: 'buyer_opens_return', returnType: 'RETURN_AND_REFUND' } as never);
  const split = shop.sell();
  control.act(split.id, { type: 'seller_split', groups: [split.red, [split.blue]] } as never);
  await control.deliverPushes();
  const of = (type: number) => received.filter((one) => one.type === type).map(({ data }) => data);
  t.match(of(11), [{ order_id: sold.id, cancel_status: 'CANCELLATION_REQUEST_PENDING' }]);
  t.match(of(12), [{ order_id: delivered.id, return_status: 'RETURN_OR_REFUND_REQUEST_PENDING' }]);
  t.match(of(4), [{ sc_type: 'SPLIT', role_type: 'ROLE_SELLER', package_list: [{}] }]);
});

await t.test('products are told', async (t) => {
  const product = control.addProduct(us.shopId, { title: 'Told', skus: [{ sellerSku: 'TOLD-2' }] });
  control.patchProduct(product.id, { status: 'SELLER_DEACTIVATED' } as never);
  await control.deliverPushes();
  const told = received.find(({ type }) => type === 5);
  t.match(told?.body, new RegExp(`"product_id":${product.id},`));
});

await t.test(
  'the seller who removes the app is told of at once, an authorisation that ends before',
  async (t) => {
    const shop = openAftersalesShop(simulator, 'GB');
    const { openId } = control.shops().find(({ id }) => id === shop.shopId) ?? { openId: '' };
    t.match(control.deauthorize({ openId }), { existed: true });
    await control.deliverPushes();
    t.match(
      received.filter(({ type }) => type === 6).map(({ body }) => JSON.parse(body)),
      [{ shop_id: shop.shopId }],
    );
    control.grantTokens({ openId });
    const year = 365 * 86_400;
    control.setClock({ advanceSeconds: year - 30 * 86_400 + 5 });
    await control.deliverPushes();
    t.ok(received.some(({ type, body }) => type === 7 && body.includes(shop.shopId)));
  },
);

await t.test('an event that is not taken comes again, until nobody believes in it any more', async (t) => {
  const push = control.push({ shopId: us.shopId, eventType: 'NEW_MESSAGE', data: {} });
  answer = 500;
  for (const waitSec of [0, 120, 1800, 10_800, 43_200, 86_400]) {
    control.setClock({ advanceSeconds: waitSec });
    await control.deliverPushes();
  }
  const [logged] = control.pushes({ eventType: 'NEW_MESSAGE' });
  t.match(logged, { id: push.id, state: 'given_up' });
  t.equal(logged?.attempts.length, 5);
  t.ok(logged?.attempts.every(({ status }) => status === 500));
  answer = 200;
  control.resendPush(push.id);
  await control.deliverPushes();
  t.match(control.pushes({ eventType: 'NEW_MESSAGE' }), [{ state: 'delivered' }]);
  answer = 401;
  const refused = control.push({ shopId: us.shopId, eventType: 'NEW_MESSAGE', data: {} });
  await control.deliverPushes();
  t.match(refused, { state: 'refused' }, 'the documents list 401 as an answer');
});

await t.test('events come late, twice, never, in another order, and from somebody else', async (t) => {
  const send = (nth: number) =>
    control.push({ shopId: us.shopId, eventType: 'NEW_CONVERSATION', data: { nth: String(nth) } });
  const numbers = () => received.filter(({ type }) => type === 13).map(({ data }) => data['nth']);
  control.addPushFault({ kind: 'late', delaySec: 300, times: 1 });
  send(1);
  await control.deliverPushes();
  t.strictSame(numbers(), []);
  control.setClock({ advanceSeconds: 301 });
  await control.deliverPushes();
  t.strictSame(numbers(), ['1']);

  control.addPushFault({ kind: 'twice', times: 1 });
  send(2);
  await control.deliverPushes();
  t.strictSame(numbers(), ['1', '2', '2']);

  control.addPushFault({ kind: 'lost', times: 1 });
  send(3);
  await control.deliverPushes();
  t.strictSame(numbers(), ['1', '2', '2']);

  control.addPushFault({ kind: 'reordered', times: 1 });
  send(4);
  send(5);
  await control.deliverPushes();
  t.strictSame(new Set(numbers().slice(3)), new Set(['4', '5']));
  const own = control.pushes({ eventType: 'NEW_CONVERSATION' });
  t.match(own.at(-1)?.body, /"nth":"4"/, 'the earlier one is sent behind the later one');

  control.addPushFault({ kind: 'forged', times: 1 });
  send(6);
  await control.deliverPushes();
  const last = received.filter(({ type }) => type === 13).slice(-2);
  t.strictSame(new Set(last.map(signed)), new Set([false, true]));
});

await t.test('subscriptions and what is still to be sent survive a restart', (t) => {
  control.addPushFault({ kind: 'late', times: 1 });
  control.push({ shopId: us.shopId, eventType: 'NEW_MESSAGE', data: {} });
  const before = [control.webhooks(), control.pushes()];
  control.restore(JSON.parse(JSON.stringify(control.snapshot())));
  t.strictSame([control.webhooks(), control.pushes()], before);
  t.end();
});

await t.test('all of it is there over HTTP', async (t) => {
  const http = async (method: string, path: string, body?: object) =>
    (
      await fetch(`${simulator.url}/_control/webhooks${path}`, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
    ).json() as Promise<never>;
  t.ok(rows(await http('PUT', '', { address })).length > 0);
  t.match(await http('POST', '/faults', { kind: 'lost', times: 1 }), { struck: 0 });
  t.match(await http('GET', '/faults'), [{ kind: 'lost' }]);
  await http('DELETE', '/faults');
  const push = { shopId: us.shopId, eventType: 'NEW_MESSAGE', data: {} };
  const { id } = (await http('POST', '/pushes', push)) as { id: number };
  await control.deliverPushes();
  t.match(rows(await http('GET', '/pushes?state=delivered')).at(-1), { id });
  t.match(await http('POST', `/pushes/${id}/resend`), { id });
  t.equal(
    statusOf(() => control.resendPush(4711_000)),
    404,
  );
});
