import t from 'tap';
import { startDemoService } from '../support/demo-service.js';
import { rawRequest, type RawAnswer } from '../support/raw-request.js';
import { startService } from '../support/start-service.js';

t.setTimeout(175_000);
const demo = await startDemoService(t, () => ({
  ALLOWED_HOSTS: 'box.example, [fd00::7]',
  PUBLIC_URL: 'http://shop.test:9',
}));
const port = new URL(demo.url).port;
const navigation = {
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};
const noCors = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' };

function get(path: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return rawRequest(`${demo.url}${path}`, { headers });
}

/** Something that the demo's key lets in, as a form of any page could send it. */
function report(headers: Record<string, string> = {}): Promise<RawAnswer> {
  return rawRequest(`${demo.url}/api/v3/ActivityEvents?subscription-key=demo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"Level":"Alert","Summary":"from a page"}',
  });
}

await t.test(
  'the demo answers under the names of this machine and the ones it was given, and no other',
  async (t) => {
    const paths = [
      '/',
      '/login',
      '/docs',
      '/health/live',
      '/metrics',
      '/api/v3/Orders?subscription-key=demo',
      '/nothing',
    ];
    for (const host of [
      'rebind.example',
      `rebind.example:${port}`,
      '127.0.0.1.rebind.example',
      'localhost.example',
      '0.0.0.0',
      '203.0.113.9',
      '127.0.0.1@rebind.example',
      '[::ffff:7f00:1]x',
    ])
      for (const path of paths) t.match(await get(path, { host }), { status: 403 }, `${host} ${path}`);
    for (const host of [
      '127.0.0.1',
      'localhost:3000',
      'LOCALHOST',
      '[::1]:80',
      '127.9.9.9',
      'box.example:123',
      'BOX.example',
      '[fd00::7]',
      'shop.test',
    ])
      for (const path of ['/login', '/api/v3/Orders?subscription-key=demo']) {
        const { status } = await get(path, { host });
        // To the one public name, so that the log-in is found again.
        t.ok(status === 200 || (status === 302 && path === '/login'), `${host} ${path} ${status}`);
      }
    const refused = await get('/api/v3/Orders?subscription-key=demo', { host: 'rebind.example' });
    t.match(refused.text, /"Reason":"not-allowed"/);
    t.match(refused.text, 'ALLOWED_HOSTS');
    t.notMatch(refused.text, 'rebind');
  },
);

await t.test('a page of another site can neither write nor read through a browser', async (t) => {
  const events = (): Promise<number> => demo.db.prisma.event.count();
  const before = await events();
  for (const headers of [
    noCors,
    navigation,
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'http://evil.example' },
    { origin: 'https://evil.example:443' },
    { origin: 'null' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
    { origin: `http://127.0.0.1.evil.example:${port}` },
    { origin: 'chrome-extension://abcdefghijklmnop' },
    { origin: 'nonsense' },
  ] as Record<string, string>[]) {
    t.match(await report(headers), { status: 403 }, JSON.stringify(headers));
    const read = await get('/api/v3/Orders?subscription-key=demo', headers);
    t.equal(read.status, 403, `read with ${JSON.stringify(headers)}`);
  }
  for (const path of [
    '/connections',
    '/login',
    '/docs',
    '/portal/style.css',
    '/connections/callback?state=x',
    '/metrics',
  ]) {
    t.match(await get(path, noCors), { status: 403 }, path);
    t.match(
      await get(path, { ...navigation, 'sec-fetch-dest': 'iframe' }),
      { status: 403 },
      `${path} framed`,
    );
  }
  t.match(await rawRequest(`${demo.url}/login`, { method: 'POST', headers: navigation }), { status: 403 });
  t.equal(await events(), before, 'nothing was taken in');
});

await t.test('programs without these headers, and our own pages, go on as before', async (t) => {
  t.match(await report(), { status: 200 });
  t.match(await report({ origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' }), {
    status: 200,
  });
  t.match(await report({ origin: 'http://localhost:5173', 'sec-fetch-site': 'cross-site' }), { status: 403 });
  t.match(await get('/api/v3/Orders?subscription-key=demo', { 'sec-fetch-site': 'none' }), { status: 200 });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const headers of [
    { origin: 'null', 'sec-fetch-site': 'same-origin' },
    { origin: 'null' },
    {},
  ] as Record<string, string>[]) {
    // Past the guard, where the form's token decides.
    const answer = await rawRequest(`${demo.url}/login`, {
      method: 'POST',
      headers: { ...form, ...headers },
    });
    t.match(answer, { status: 403, text: /form is out of date/ });
  }
});

await t.test('a link from anywhere opens a page, and TikTok’s way back is open', async (t) => {
  t.match(await get('/login', { ...navigation, host: 'shop.test' }), { status: 200 });
  const back = await get('/connections/callback?state=x&code=y', { ...navigation, host: 'shop.test' });
  t.match(back, {
    status: 403,
    text: /another browser or by another log-in|no authorisation that was started/,
  });
  t.match(
    await get('/api/v3/Orders?subscription-key=demo', navigation),
    { status: 403 },
    'the API is no page',
  );
});

await t.test('outside the demo keys decide about the API, and pages are kept from other sites', async (t) => {
  const service = await startService(t);
  const call = (path: string, headers: Record<string, string>): Promise<RawAnswer> =>
    rawRequest(`${service.url}${path}`, { headers });
  const orders = `/api/v3/Orders?subscription-key=${service.key}`;
  t.match(await call(orders, { host: 'api.example', origin: 'https://erp.example', ...noCors }), {
    status: 200,
  });
  t.match(await call('/login', { host: 'portal.example' }), { status: 200 });
  t.match(await call('/login', noCors), { status: 403 });
  t.match(await call('/login', navigation), { status: 200 });
});

await t.test(
  'behind https every answer says so, and the description of the API tells nobody where one comes from',
  async (t) => {
    const service = await startService(t, { environment: { PUBLIC_URL: 'https://portal.example' } });
    for (const path of [
      '/docs',
      '/login',
      '/health/live',
      `/api/v3/Orders?subscription-key=${service.key}`,
    ]) {
      const { headers } = await rawRequest(`${service.url}${path}`);
      t.equal(headers['strict-transport-security'], 'max-age=31536000', path);
    }
    const docs = (await rawRequest(`${service.url}/docs`)).headers;
    t.equal(docs['referrer-policy'], 'no-referrer');
    t.match(docs['content-security-policy'], "frame-ancestors 'none'");
  },
);
