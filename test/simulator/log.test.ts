import t from 'tap';

import { DEMO_APP_SECRET, startSimulator } from '../../src/simulator/server.js';
import { clientFor, type Json } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;
const us = clientFor(simulator, 'Harbor Goods');
const SEARCH = '/order/202309/orders/search';
const query = { page_size: '10' };

function last(): Json {
  return { ...control.requests().at(-1) };
}

await t.test(
  'the log tells why a call was refused: by which check, with which words, for which app',
  async (t) => {
    const cases: [check: string, call: () => Promise<unknown>][] = [
      ['app_key', () => us.call('POST', SEARCH, { query, appKey: 'nobody' })],
      ['timestamp', () => us.call('POST', SEARCH, { query, timestamp: '1' })],
      ['access_token', () => us.call('POST', SEARCH, { query, token: 'nothing' })],
      ['shop_cipher', () => us.call('POST', SEARCH, { query, cipher: '' })],
      ['parameters', () => us.call('POST', SEARCH)],
      ['body', () => us.call('POST', SEARCH, { query, rawBody: 'no json' })],
      ['path', () => us.call('GET', '/order/202309/nothing')],
      ['call', () => us.call('GET', '/order/202309/orders', { query: { ids: '1' } })],
    ];
    for (const [check, call] of cases) {
      await call();
      const { refusedBy, message, answer, app } = last();
      t.equal(refusedBy, check);
      t.ok(
        String(message).length > 10 && String(answer).includes(String(message)),
        `${check}: ${String(message)}`,
      );
      t.equal(app, check === 'app_key' ? undefined : 'Demo connector', check);
    }
    await us.call('POST', SEARCH, { query });
    t.match(last(), { code: 0, message: 'Success' });
    t.notOk('answer' in last(), 'what went well is not kept twice');
  },
);

await t.test('a wrong signature comes with the text that was to be signed, without the secret', async (t) => {
  await us.call('POST', SEARCH, { query, secret: 'guess', body: { order_status: 'UNPAID' } });
  const { refusedBy, explanation } = last();
  t.equal(refusedBy, 'sign');
  t.match(
    explanation,
    /^to be signed: \{app_secret\}\/order\/202309\/orders\/searchapp_key.*page_size10.*\{"order_status":"UNPAID"\}\{app_secret\}$/,
  );
  t.notOk(JSON.stringify(control.requests()).includes(DEMO_APP_SECRET));
});

await t.test(
  'the page shows what a developer needs: keys, ciphers, the last calls, and buttons for acts',
  async (t) => {
    await us.call('POST', SEARCH, { query, cipher: '' });
    const { id } = control.addOrder(us.shopId, {
      lines: [{ sellerSku: 'A', quantity: 1 }],
      paidMinutesAgo: 90,
    });
    const page = await (await fetch(simulator.url)).text();
    for (const shown of [
      DEMO_APP_SECRET,
      us.cipher,
      id,
      'href="/coverage"',
      'shop_cipher',
      'Ship by hand',
      SEARCH,
    ])
      t.ok(page.includes(shown), shown);
    const press = (fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${simulator.url}/_pages/acts`, {
        method: 'POST',
        redirect: 'manual',
        headers,
        body: new URLSearchParams(fields),
      });
    t.equal((await press({ order: id, act: 'seller_ship' }, { origin: 'http://evil.example' })).status, 403);
    t.equal((await us.order(id))['status'], 'AWAITING_SHIPMENT');
    t.equal((await press({ order: id, act: 'seller_ship' })).status, 303);
    t.equal((await us.order(id))['status'], 'AWAITING_COLLECTION');
    t.equal((await press({ order: id, act: 'seller_ship' })).status, 409);
    t.equal((await press({ order: id, act: 'explode' })).status, 400);
    t.equal((await press({ order: '1', act: 'pay' })).status, 404);
  },
);

await t.test('spent faults are no faults any more; who wants to see them asks for them', async (t) => {
  control.clearFaults();
  control.addFault({ kind: 'error', code: 36009003, times: 1 });
  t.equal(control.health().faults, 1);
  await us.call('POST', SEARCH, { query });
  t.equal(control.health().faults, 0);
  const list = async (search: string): Promise<unknown> =>
    (await fetch(`${simulator.url}/_control/faults${search}`)).json();
  t.strictSame(await list(''), []);
  t.match(await list('?spent=true'), [{ struck: 1 }]);
  control.clearFaults();
});

await t.test('acts go by both forms of their verb', async (t) => {
  const { id } = control.addOrder(us.shopId, {
    lines: [{ sellerSku: 'A', quantity: 1 }],
    paidMinutesAgo: 90,
  });
  const act = async (type: string): Promise<unknown> => {
    const response = await fetch(`${simulator.url}/_control/orders/${id}/acts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type }),
    });
    return ((await response.json()) as Json)['status'];
  };
  t.equal(await act('seller_ships'), 'AWAITING_COLLECTION');
  t.equal(await act('carrier_collects'), 'IN_TRANSIT');
  t.equal(await act('carrier_delivers'), 'DELIVERED');
  t.equal(await act('order_completes'), 'COMPLETED');
});
