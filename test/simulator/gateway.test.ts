import t from 'tap';

import { signatureOf } from '../../src/simulator/gateway/signature.js';
import { allScopes } from '../../src/simulator/options.js';
import { DEMO_APP_KEY, DEMO_APP_SECRET, startSimulator } from '../../src/simulator/server.js';
import { clientFor, send, sign } from './support/mini-client.js';

const simulator = await startSimulator();
t.teardown(() => simulator.close());
const us = clientFor(simulator, 'Harbor Goods');
const indonesia = clientFor(simulator, 'Toko Pelangi');
const nowSec = (): number => Math.floor(Date.now() / 1000);
const SHOPS = '/authorization/202309/shops';
const SEARCH = '/order/202309/orders/search';

// TikTok: Sign your API request (A), its webhook examples (B1 to B4) and a public client's test (C).
const B = {
  app_key: '68xu9ks5p4i8',
  shop_cipher: 'ROW_xkMbgAAAeVAQra0eZWebFQq5aIK',
  timestamp: '1696909648',
};
const vectors = [
  {
    name: 'A: GET without body',
    secret: 'e59af819cc',
    path: SHOPS,
    query: { app_key: '29a39d', timestamp: '1623812664' },
    body: '',
    expected: 'b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8',
  },
  {
    name: 'B1: with shop_cipher',
    secret: 'e59af819cc',
    path: '/event/202309/webhooks',
    query: B,
    body: '',
    expected: 'ed58e1b5e59865c22a7b828c1cab65007441f43cc91a6cb2f2cdc638e0995a37',
  },
  {
    name: 'B2: with a body',
    secret: 'e59af819cc',
    path: '/event/202309/webhooks',
    query: B,
    body: '{"event_type":"PACKAGE_UPDATE","address":"https://partner.tiktokshop.com"}',
    expected: '701dd6deb2389fe4c469b89bd37fc56f96a6da6afeb4d01c9077a65169752fa7',
  },
  {
    name: 'B3: the order of keys in the body matters',
    secret: 'e59af819cc',
    path: '/event/202309/webhooks',
    query: B,
    body: '{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}',
    expected: 'cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a',
  },
  {
    name: 'B4: spaces in the body matter',
    secret: 'e59af819cc',
    path: '/event/202309/webhooks',
    query: B,
    body: '{    "address":"https://partner.tiktokshop.com",    "event_type": "PACKAGE_UPDATE"}',
    expected: '495c39774c04ee06162f20a6bef8edae5b17676229588fe76630bb5166da37d2',
  },
  {
    name: 'C: sign and access_token are left out',
    secret: 'app_secret',
    path: '/test-api',
    query: { foo: 'bar', sign: 'anything', access_token: 'anything' },
    body: '',
    expected: 'd3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f',
  },
];

await t.test(
  'published signatures are reproduced, by the simulator and by the client that tests it',
  async (t) => {
    for (const { name, secret, path, query, body, expected } of vectors) {
      const given = {
        path,
        query: Object.entries(query),
        body: Buffer.from(body),
        contentType: 'application/json',
      };
      t.equal(signatureOf(secret, given), expected, name);
      t.equal(sign(secret, path, query, body), expected, `${name} (client)`);
    }
  },
);

await t.test('a multipart body is not part of the signature', async (t) => {
  const request = { path: '/x', query: [], contentType: 'Multipart/Form-Data; boundary=abc' };
  t.equal(signatureOf('s', { ...request, body: Buffer.from('file') }), signatureOf('s', request));
});

await t.test('a refused call carries the documented envelope', async (t) => {
  const reply = await us.call('GET', SHOPS, { cipher: '', appKey: 'nobody' });
  t.strictSame(Object.keys(reply.envelope).toSorted(), ['code', 'data', 'message', 'request_id']);
  t.equal(reply.envelope['data'], null);
  t.match(reply.envelope['request_id'], /^\d{14}[0-9A-F]{20}$/);
  t.match(reply.headers.get('content-type'), /^application\/json/);
});

const old = (): string => String(nowSec() - 310);
const wrongSign = 'f'.repeat(64);

await t.test('each check answers with its code, and before all checks that come later', async (t) => {
  const cases = [
    ['unknown app_key', { appKey: 'nobody', timestamp: old(), sign: wrongSign }, 36009004, 400, 'app_key'],
    ['old timestamp', { timestamp: old(), sign: wrongSign, token: '' }, 36009004, 400, 'timestamp'],
    ['timestamp ahead', { timestamp: String(nowSec() + 60), sign: wrongSign }, 36009004, 400, 'timestamp'],
    ['negative timestamp', { timestamp: '-5', sign: wrongSign }, 36009004, 400, 'timestamp'],
    [
      'timestamp in milliseconds',
      { timestamp: String(Date.now()), sign: wrongSign },
      36009004,
      400,
      'timestamp',
    ],
    ['missing signature', { sign: '', token: '' }, 36009004, 400, 'signature'],
    ['wrong signature', { sign: wrongSign, token: '' }, 106001, 401, "'sign'"],
    ['wrong secret', { secret: 'guess', token: '' }, 106001, 401, "'sign'"],
    ['missing token', { token: '', cipher: '' }, 36009004, 401, 'x-tts-access-token'],
    [
      'refresh token in place of the access token',
      { token: us.refreshToken },
      36009004,
      401,
      'x-tts-access-token',
    ],
    ['missing cipher', { cipher: '' }, 106013, 400, 'shop_cipher'],
    ['unknown cipher', { cipher: 'TTP_nonsense' }, 36009004, 400, 'shop_cipher'],
    ["another seller's cipher", { cipher: indonesia.cipher }, 101000, 401, 'x-tts-access-token'],
    ['missing page_size', {}, 36009004, 400, 'PageSize'],
  ] as const;
  for (const [name, options, code, status, word] of cases) {
    const reply = await us.call('POST', SEARCH, { body: {}, ...options });
    t.strictSame([reply.code, reply.status], [code, status], name);
    t.match(reply.message, word, `${name}: the message names the cause`);
  }
});

await t.test('a timestamp inside the window is accepted at both ends', async (t) => {
  for (const offset of [-290, 25]) {
    const reply = await us.call('GET', SHOPS, { cipher: '', timestamp: String(nowSec() + offset) });
    t.equal(reply.code, 0, `${offset} s`);
  }
});

await t.test('an upper-case signature is wrong', async (t) => {
  const query = { app_key: DEMO_APP_KEY, timestamp: String(nowSec()) };
  const upper = sign(DEMO_APP_SECRET, SHOPS, query, '').toUpperCase();
  const reply = await us.call('GET', SHOPS, { cipher: '', timestamp: query.timestamp, sign: upper });
  t.equal(reply.code, 106001);
});

await t.test('the bytes of the body are what is signed', async (t) => {
  const query = {
    app_key: DEMO_APP_KEY,
    timestamp: String(nowSec()),
    shop_cipher: us.cipher,
    page_size: '1',
  };
  const signed = sign(DEMO_APP_SECRET, SEARCH, query, '{"a":1,"b":2}');
  const options = { timestamp: query.timestamp, query: { page_size: '1' }, sign: signed };
  t.equal((await us.call('POST', SEARCH, { ...options, rawBody: '{"a":1,"b":2}' })).code, 0);
  t.equal((await us.call('POST', SEARCH, { ...options, rawBody: '{"b":2,"a":1}' })).code, 106001);
});

await t.test('shop_cipher is refused on account calls', async (t) => {
  for (const path of [SHOPS, '/seller/202309/shops', '/logistics/202309/global_warehouses']) {
    t.strictSame(
      [(await us.call('GET', path)).code, (await us.call('GET', path, { cipher: '' })).code],
      [36009004, 0],
      path,
    );
  }
});

const codes = async (method: string, path: string): Promise<number[]> => {
  const reply = await us.call(method, path);
  return [reply.code, reply.status];
};

await t.test('unknown path, version and method are told apart', async (t) => {
  t.strictSame(await codes('GET', '/order/202309/nothing'), [36009009, 404]);
  t.strictSame(await codes('GET', '/nothing'), [36009009, 404]);
  t.strictSame(await codes('GET', SEARCH), [36009010, 405]);
  t.strictSame(await codes('POST', '/order/202212/orders/search'), [36009014, 400]);
  t.strictSame(await codes('GET', '/order/202309/orders/abc/price_detail'), [36009009, 404]);
});

await t.test('a body that is no JSON object is refused, after the signature', async (t) => {
  const page = { query: { page_size: '1' } };
  t.equal((await us.call('POST', SEARCH, { ...page, rawBody: '{oops' })).code, 36009022);
  t.equal(
    (await us.call('POST', SEARCH, { ...page, rawBody: 'a=b', contentType: 'text/plain' })).code,
    36009022,
  );
  t.equal((await us.call('POST', SEARCH, { ...page, rawBody: '[1]' })).code, 36009022);
  t.equal(
    (await us.call('POST', SEARCH, { ...page, rawBody: '[]' })).code,
    0,
    'how PHP writes no parameters',
  );
  t.equal(
    (await us.call('POST', SEARCH, { ...page, contentType: 'application/x-www-form-urlencoded' })).code,
    0,
  );
  t.equal((await us.call('POST', SEARCH, { ...page, rawBody: '{oops', sign: wrongSign })).code, 106001);
});

await t.test('parameters are refused by name, in the words of TikTok', async (t) => {
  const cases = [
    [{ page_size: '' }, {}, 'PageSize is a required field and has not been provided.'],
    [{ page_size: '0' }, {}, /^PageSize is invalid/],
    [{ page_size: '101' }, {}, /^PageSize is invalid/],
    [{ page_size: 'ten' }, {}, 'param page_size type invalid. actual type:string, expected type:int64'],
    [{ sort_field: 'id' }, {}, 'SortField is invalid, allowed values: create_time,update_time.'],
    [{ sort_order: 'asc' }, {}, 'SortOrder is invalid, allowed values: ASC,DESC.'],
    [
      {},
      { update_time_ge: '1700000000' },
      'param update_time_ge type invalid. actual type:string, expected type:int64',
    ],
    [{}, { order_status: 100 }, 'param order_status type invalid. actual type:int64, expected type:string'],
    [{}, { order_status: 'SHIPPED' }, /^OrderStatus is invalid, allowed values: UNPAID,/],
    [{}, { warehouse_ids: '1' }, /^param warehouse_ids type invalid/],
    [{}, { page_size: 10, order_status: 5 }, /^param order_status/],
  ] as const;
  for (const [query, body, words] of cases) {
    const reply = await us.search(body, query);
    t.strictSame([reply.code, reply.status], [36009004, 400], JSON.stringify([query, body]));
    t.match(reply.message, words);
  }
});

await t.test('an empty text or null in a body counts as not sent', async (t) => {
  const all = await us.search({});
  const blank = await us.search({ order_status: '', shipping_type: null, update_time_ge: null });
  t.equal(blank.code, 0);
  t.equal(blank.data['total_count'], all.data['total_count']);
});

await t.test('a scope that app or authorization lacks answers 105005', async (t) => {
  simulator.control.putApp({
    appKey: 'narrow',
    appSecret: 'narrow-secret',
    serviceId: '1',
    name: 'Narrow',
    redirectUrl: 'http://127.0.0.1:1/',
    scopes: allScopes.filter((scope) => scope !== 'seller.order.info'),
  });
  const shop = simulator.control.shop(us.shopId);
  const { accessToken } = simulator.control.grantTokens({ openId: shop.openId, appKey: 'narrow' });
  const options = {
    appKey: 'narrow',
    secret: 'narrow-secret',
    token: accessToken,
    cipher: shop.ciphers['narrow'] ?? '',
  };
  const reply = await send(simulator.url, 'POST', SEARCH, {
    ...options,
    body: {},
    query: { page_size: '1' },
  });
  t.strictSame([reply.code, reply.status], [105005, 401]);
  t.equal((await send(simulator.url, 'GET', '/logistics/202309/warehouses', options)).code, 0);
  t.equal(
    (await send(simulator.url, 'GET', SHOPS, { ...options, cipher: '', token: us.token })).code,
    36009004,
    'token of another app',
  );
});

await t.test('an expired access token answers 105002', async (t) => {
  const client = clientFor(simulator, 'Continental UK');
  t.equal((await client.search()).code, 0);
  const { openId } = simulator.control.shop(client.shopId);
  t.strictSame(simulator.control.expireTokens('access', openId), { expired: 1 });
  const reply = await client.search();
  t.strictSame([reply.code, reply.status], [105002, 401]);
});

await t.test('more than the rate answers 429 per endpoint and shop, and recovers', async (t) => {
  const limited = await startSimulator({ rateLimits: { perSecond: 0.0001, burst: 3, retryAfterSec: 7 } });
  t.teardown(() => limited.close());
  const client = clientFor(limited, 'Harbor Goods');
  const other = clientFor(limited, 'Toko Pelangi');
  for (let count = 0; count < 3; count++) t.equal((await client.search()).code, 0);
  const refused = await client.search();
  t.strictSame([refused.code, refused.status, refused.headers.get('retry-after')], [36009002, 429, '7']);
  t.equal((await client.call('GET', '/logistics/202309/warehouses')).code, 0, 'another endpoint is free');
  t.equal((await other.search()).code, 0, 'another shop is free');
  limited.control.setRateLimits({ enabled: false });
  t.equal((await client.search()).code, 0);
});

await t.test('a body beyond all limits is refused in the envelope as well', async (t) => {
  const reply = await us.call('POST', SEARCH, { rawBody: 'x'.repeat(21 * 1024 * 1024) });
  t.strictSame([reply.code, reply.status], [36009021, 413]);
});
