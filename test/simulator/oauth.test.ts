import t from 'tap';

import {
  DEMO_APP_KEY,
  DEMO_APP_SECRET,
  DEMO_SERVICE_ID,
  startSimulator,
} from '../../src/simulator/server.js';
import { ids, send, type Json } from './support/mini-client.js';

const REDIRECT = 'http://127.0.0.1:3999/back?kept=1';
const simulator = await startSimulator({ fast: true, redirectUrl: REDIRECT });
t.teardown(() => simulator.close());
const { control, url } = simulator;
const US = control.sellers()[0]?.openId ?? '';

async function page(path: string): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(url + path, { redirect: 'manual' });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

function post(path: string, form: Record<string, string>): Promise<Response> {
  return fetch(url + path, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
}

/** The fields a browser would send, read from the page. */
function fieldsOf(html: string): Record<string, string> {
  const inputs = [...html.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/gs)];
  return Object.fromEntries(
    inputs.map(([, name = '', value = '']) => [
      name,
      value.replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
    ]),
  );
}

async function throughThePages(
  decision: 'install' | 'refuse',
  state = 'a "b" & c',
  region = 'US',
  email = 'us@seller.example',
): Promise<URL> {
  const query = new URLSearchParams({ service_id: DEMO_SERVICE_ID, state });
  const start = await page(`/open/authorize?${query.toString()}`);
  t.match(start.text, '<option value="US">');
  const logIn = await page(
    `/open/authorize/login?${new URLSearchParams({ ...fieldsOf(start.text), region }).toString()}`,
  );
  const consent = await (
    await post('/open/authorize/login', { ...fieldsOf(logIn.text), email, password: 'demo' })
  ).text();
  t.match(consent, 'seller.order.info');
  const answer = await post('/open/authorize/confirm', { ...fieldsOf(consent), decision });
  t.equal(answer.status, 302);
  return new URL(answer.headers.get('location') ?? '');
}

interface TokenReply {
  status: number;
  envelope: Json;
  code: number;
  data: Json;
}

async function token(path: string, fields: Record<string, string>): Promise<TokenReply> {
  const query = new URLSearchParams({ app_key: DEMO_APP_KEY, app_secret: DEMO_APP_SECRET, ...fields });
  const response = await fetch(`${url}${path}?${query.toString()}`);
  const envelope = (await response.json()) as Json;
  return {
    status: response.status,
    envelope,
    code: Number(envelope['code']),
    data: (envelope['data'] ?? {}) as Json,
  };
}

const exchange = (code: string): Promise<TokenReply> =>
  token('/api/v2/token/get', { auth_code: code, grant_type: 'authorized_code' });
const refresh = (text: unknown, grantType = 'refresh_token'): Promise<TokenReply> =>
  token('/api/v2/token/refresh', { refresh_token: String(text), grant_type: grantType });
const newCode = (openId = US): string => control.authorize({ openId }).code;
const worksFor = async (accessToken: unknown): Promise<number> =>
  (await send(url, 'GET', '/authorization/202309/shops', { token: String(accessToken) })).code;

await t.test('a seller who installs the app is sent back with a code and the state unchanged', async (t) => {
  const target = await throughThePages('install');
  t.equal(target.origin + target.pathname, 'http://127.0.0.1:3999/back');
  const query = Object.fromEntries(target.searchParams);
  t.match(query, { kept: '1', state: 'a "b" & c', app_key: DEMO_APP_KEY, locale: 'en', shop_region: 'US' });
  t.equal((await exchange(query['code'] ?? '')).code, 0);
});

await t.test('a seller outside the US logs in on the same way', async (t) => {
  const target = await throughThePages('install', 's', 'ID', 'id@seller.example');
  t.equal(target.searchParams.get('shop_region'), 'ID');
  const reply = await exchange(target.searchParams.get('code') ?? '');
  t.match(reply.data, { seller_base_region: 'ID', access_token: /^ROW_/ });
});

await t.test('a seller who refuses is sent back with the text null for a code', async (t) => {
  const target = await throughThePages('refuse');
  t.strictSame(Object.fromEntries(target.searchParams), {
    kept: '1',
    code: 'null',
    error: 'auth_denied',
    state: 'a "b" & c',
  });
});

await t.test('pages allow no script and lead only to the app, wherever they are entered', async (t) => {
  const start = await page(`/open/authorize?service_id=${DEMO_SERVICE_ID}&state=%3Cscript%3E`);
  t.notMatch(start.text, '<script');
  t.match(start.headers.get('content-security-policy'), "default-src 'none'");
  t.equal((await page(`/oauth/authorize?app_key=${DEMO_APP_KEY}&state=1`)).status, 200, 'the retired link');
  const unknown = await page('/open/authorize?service_id=6demo0app0key&state=1');
  t.equal(unknown.status, 404);
  t.match(unknown.text, 'service does not exist');
  const consent = await post('/open/authorize/login', {
    service_id: DEMO_SERVICE_ID,
    region: 'US',
    email: 'us@seller.example',
    password: 'demo',
  });
  t.match(consent.headers.get('content-security-policy'), "form-action 'self' http://127.0.0.1:3999;");
});

await t.test('a wrong password and a used form lead nowhere', async (t) => {
  const logIn = { service_id: DEMO_SERVICE_ID, region: 'US', email: 'us@seller.example' };
  t.equal((await post('/open/authorize/login', { ...logIn, password: 'guess' })).status, 401);
  const consent = fieldsOf(
    await (await post('/open/authorize/login', { ...logIn, password: 'demo' })).text(),
  );
  t.equal((await post('/open/authorize/confirm', { ...consent, decision: 'install' })).status, 302);
  t.equal((await post('/open/authorize/confirm', { ...consent, decision: 'install' })).status, 400);
});

await t.test('the token object has the documented fields; both ends are absolute times', async (t) => {
  const reply = await exchange(newCode());
  t.strictSame(
    [reply.status, reply.envelope['message'], Object.keys(reply.envelope)],
    [200, 'success', ['code', 'message', 'data', 'request_id']],
  );
  const nowSec = control.clock().nowMs / 1000;
  t.match(reply.data, {
    access_token: /^TTP_/,
    refresh_token: /^TTP_/,
    open_id: US,
    seller_name: 'Harbor Goods LLC',
    seller_base_region: 'US',
    user_type: 0,
    granted_scopes: Array,
  });
  t.ok(Math.abs(Number(reply.data['access_token_expire_in']) - nowSec - 7 * 86_400) < 5);
  t.ok(Number(reply.data['refresh_token_expire_in']) > nowSec + 300 * 86_400);
  t.equal(await worksFor(reply.data['access_token']), 0);
});

await t.test('a code works once, for its own app, and for 30 minutes', async (t) => {
  const code = newCode();
  t.equal(
    (
      await token('/api/v2/token/get', {
        auth_code: code,
        grant_type: 'authorized_code',
        app_secret: 'wrong',
      })
    ).code,
    36004005,
  );
  t.equal((await exchange(code)).code, 0);
  const again = await exchange(code);
  t.strictSame([again.status, again.code, again.envelope['data']], [200, 36004004, null]);
  t.equal((await exchange('null')).code, 36004004);
  const late = newCode();
  control.setClock({ advanceSeconds: 30 * 60 + 1 });
  t.equal((await exchange(late)).code, 36004004);
});

await t.test(
  'a refresh rotates both tokens: the old refresh token is dead at once, the old access token lives on',
  async (t) => {
    const old = (await exchange(newCode())).data;
    const renewed = await refresh(old['refresh_token']);
    t.equal(renewed.code, 0);
    t.not(renewed.data['refresh_token'], old['refresh_token']);
    t.strictSame(Object.keys(renewed.data), Object.keys(old));
    t.equal((await refresh(old['refresh_token'])).code, 36004005);
    t.equal(
      (await refresh(renewed.data['refresh_token'], 'authorized_code')).code,
      0,
      "the official SDK's spelling",
    );
    t.strictSame([await worksFor(old['access_token']), await worksFor(renewed.data['access_token'])], [0, 0]);
  },
);

await t.test('both readings of a rotation can be had', async (t) => {
  control.setBehaviour({ oldRefreshToken: 'grace', refreshGraceSec: 60, oldAccessToken: 'dies' });
  t.teardown(() => control.setBehaviour({ oldRefreshToken: 'dies', oldAccessToken: 'lives_on' }));
  const old = (await exchange(newCode())).data;
  t.equal((await refresh(old['refresh_token'])).code, 0);
  t.equal((await refresh(old['refresh_token'])).code, 0, 'within the grace time');
  t.equal(await worksFor(old['access_token']), 36009004);
  control.setClock({ advanceSeconds: 61 });
  t.equal((await refresh(old['refresh_token'])).code, 36004005);
});

await t.test('tokens end with their time, and all of them when the seller removes the app', async (t) => {
  const pair = (await exchange(newCode())).data;
  control.setClock({ advanceSeconds: 7 * 86_400 + 1 });
  t.equal(await worksFor(pair['access_token']), 105002);
  const renewed = (await refresh(pair['refresh_token'])).data;
  t.equal(await worksFor(renewed['access_token']), 0);
  t.strictSame(control.deauthorize({ openId: US }), { existed: true });
  t.equal(await worksFor(renewed['access_token']), 36009004);
  t.equal((await refresh(renewed['refresh_token'])).code, 36004005);

  const next = (await exchange(newCode())).data;
  control.expireTokens('refresh');
  t.equal((await refresh(next['refresh_token'])).code, 36004001);
});

await t.test(
  'a wrong grant type is refused, POST is not known there, the older calls take JSON',
  async (t) => {
    t.equal(
      (await token('/api/v2/token/get', { auth_code: newCode(), grant_type: 'authorization_code' })).code,
      36009004,
    );
    const posted = await fetch(`${url}/api/v2/token/get`, { method: 'POST' });
    t.strictSame([posted.status, await posted.text()], [404, '404 page not found']);
    const legacy = async (path: string, fields: Json): Promise<Json> => {
      const body = JSON.stringify({ app_key: DEMO_APP_KEY, app_secret: DEMO_APP_SECRET, ...fields });
      const response = await fetch(url + path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      return (await response.json()) as Json;
    };
    const got = await legacy('/api/token/getAccessToken', {
      auth_code: newCode(),
      grant_type: 'authorized_code',
    });
    const { refresh_token } = got['data'] as Json;
    t.equal(
      (await legacy('/api/token/refreshToken', { refresh_token, grant_type: 'refresh_token' }))['code'],
      0,
    );
  },
);

await t.test(
  'one authorization covers all shops of a seller, and one of them can be taken out',
  async (t) => {
    const europe = control.sellers().find(({ baseRegion }) => baseRegion === 'GB')?.openId ?? '';
    const { accessToken } = control.grantTokens({ openId: europe });
    const shops = async (): Promise<Json[]> =>
      (await send(url, 'GET', '/authorization/202309/shops', { token: accessToken })).data['shops'] as Json[];
    const both = await shops();
    t.match(both, [
      { region: 'GB', seller_type: 'LOCAL', cipher: /^GCP_/ },
      { region: 'GB', seller_type: 'CROSS_BORDER', cipher: /^GCP_/ },
    ]);
    const [one, two] = both;
    const active = await send(url, 'GET', '/seller/202309/shops', { token: accessToken });
    t.strictSame(ids(active.data['shops']), ids(both));
    const removed = await send(url, 'DELETE', '/authorization/202403/shops', {
      token: accessToken,
      cipher: String(one?.['cipher']),
    });
    t.equal(removed.code, 0);
    t.strictSame(ids(await shops()), [two?.['id']]);
    const search = {
      token: accessToken,
      cipher: String(one?.['cipher']),
      body: {},
      query: { page_size: '1' },
    };
    t.equal((await send(url, 'POST', '/order/202309/orders/search', search)).code, 101000);
  },
);

await t.test('the log of requests holds no secret', async (t) => {
  control.clearRequests();
  const pair = (await exchange(newCode())).data;
  await refresh(pair['refresh_token']);
  await worksFor(pair['access_token']);
  const log = JSON.stringify(control.requests());
  t.equal(control.requests().length, 3);
  for (const secret of [DEMO_APP_SECRET, pair['access_token'], pair['refresh_token']])
    t.notMatch(log, String(secret));
});

await t.test('the answer to a refresh can be lost: the old token is spent all the same', async (t) => {
  const old = (await exchange(newCode())).data;
  control.addFault({
    kind: 'done_but_lost',
    answer: 'drop',
    times: 1,
    match: { path: '/api/v2/token/refresh' },
  });
  await t.rejects(refresh(old['refresh_token']));
  t.equal((await refresh(old['refresh_token'])).code, 36004005);
  control.addFault({ kind: 'http', status: 503, times: 1, match: { path: '/api/v2/token/' } });
  const code = newCode();
  await t.rejects(exchange(code), SyntaxError);
  t.equal((await exchange(code)).code, 0, 'nothing was done the first time');
});
