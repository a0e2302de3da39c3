import t from 'tap';
import { authorizationUrl, checkProductionOrigin, environmentOf, hostsFor } from '../../src/tiktok/hosts.js';
import type { HostSettings } from '../../src/tiktok/hosts.js';
import { shippingModelOf, splitGrainOf } from '../../src/tiktok/regions.js';

const closed: HostSettings = { allowSimulator: false, simulatorOrigin: 'http://127.0.0.1:4010' };
const open: HostSettings = { ...closed, allowSimulator: true };

await t.test('production speaks to the hosts that TikTok documents', async (t) => {
  t.strictSame(hostsFor('production', closed), {
    api: 'https://open-api.tiktokglobalshop.com',
    token: 'https://auth.tiktok-shops.com',
    authorize: 'https://services.tiktokshop.com',
    authorizeUs: 'https://services.us.tiktokshop.com',
  });
});

await t.test(
  'the newer page for the United States can be chosen, a host of another use cannot',
  async (t) => {
    const newer = { ...closed, production: { authorizeUs: 'https://services.tiktokshops.us/' } };
    t.equal(hostsFor('production', newer).authorizeUs, 'https://services.tiktokshops.us');
    const mixedUp = { ...closed, production: { token: 'https://open-api.tiktokglobalshop.com' } };
    t.throws(() => hostsFor('production', mixedUp), { code: 'configuration-invalid' });
  },
);

await t.test('nothing that only looks like an allowed host gets through', async (t) => {
  const lookAlikes = [
    'http://open-api.tiktokglobalshop.com',
    'https://open-api.tiktokglobalshop.com.',
    'https://open-api.tiktokglobalshop.com:443',
    'https://open-api.tiktokglobalshop.com:8443',
    'https://OPEN-API.tiktokglobalshop.com',
    'https://open-api.tiktokglobalshop.com/path',
    'https://open-api.tiktokglobalshop.com//',
    'https://open-api.tiktokglobalshop.com?x',
    'https://open-api.tiktokglobalshop.com@evil.example',
    'https://user:pass@open-api.tiktokglobalshop.com',
    'https://open-api.tiktokglobalshop.com.evil.example',
    'https://evil-open-api.tiktokglobalshop.com',
    'https://оpen-api.tiktokglobalshop.com',
    'https://open-api。tiktokglobalshop.com',
    'https://xn--pen-api-6ig.tiktokglobalshop.com',
    ' https://open-api.tiktokglobalshop.com',
    'https://10.0.0.1',
    'https://[::1]',
    'open-api.tiktokglobalshop.com',
    '',
  ];
  for (const text of lookAlikes) t.notOk(checkProductionOrigin('api', text).ok, text);
});

await t.test('an address with user info is refused without repeating it', async (t) => {
  const verdict = checkProductionOrigin('api', 'https://user:hunter2@open-api.tiktokglobalshop.com');
  t.notMatch(JSON.stringify(verdict), 'hunter2');
});

await t.test('the retired sandbox is refused with what to do instead', async (t) => {
  for (const text of [
    'https://open-api-sandbox.tiktokglobalshop.com',
    'auth-sandbox.tiktok-shops.com',
    'http://OPEN-API-SANDBOX.tiktokglobalshop.com/api',
  ]) {
    t.match(checkProductionOrigin('api', text), { ok: false, reason: /retired/, next: /test shop/ }, text);
  }
});

await t.test(
  'the simulator exists only with its switch, on this machine or its container network',
  async (t) => {
    t.throws(() => hostsFor('simulator', closed), { code: 'configuration-invalid' });
    t.throws(() => hostsFor('simulator', { allowSimulator: true }), { code: 'configuration-invalid' });
    for (const origin of [
      'http://127.0.0.1:4010',
      'http://localhost:4010',
      'http://[::1]:4010',
      'http://simulator:4010',
    ]) {
      t.equal(hostsFor('simulator', { ...open, simulatorOrigin: origin }).api, origin);
    }
    for (const origin of [
      'https://127.0.0.1:4010',
      'http://10.0.0.1:4010',
      'http://2130706433:4010',
      'http://0x7f.1:4010',
      'http://127.0.0.1.evil.example:4010',
      'http://127.0.0.1@evil.example:4010',
      'http://localhost.:4010',
      'http://127.0.0.1:4010/path',
      'ftp://127.0.0.1',
      '',
    ]) {
      t.throws(() => hostsFor('simulator', { ...open, simulatorOrigin: origin }), origin);
    }
  },
);

await t.test("the browser's way to the simulator can differ from ours", async (t) => {
  const hosts = hostsFor('simulator', { ...open, simulatorBrowserOrigin: 'http://localhost:9000' });
  t.strictSame([hosts.token, hosts.authorizeUs], ['http://127.0.0.1:4010', 'http://localhost:9000']);
});

await t.test('a Base URL names its environment', async (t) => {
  t.match(environmentOf(' https://open-api.tiktokglobalshop.com/ ', closed), { environment: 'production' });
  t.match(environmentOf('http://127.0.0.1:4010/', open), { environment: 'simulator' });
  t.notOk(environmentOf('http://127.0.0.1:4010', closed).ok);
  t.notOk(environmentOf('http://127.0.0.1:4011', open).ok);
  t.match(environmentOf('https://open-api-sandbox.tiktokglobalshop.com', open), { reason: /retired/ });
});

await t.test('Is US? picks the authorisation page, and the state survives unchanged', async (t) => {
  const hosts = hostsFor('production', closed);
  const start = { serviceId: '7123', state: 'a+b/c=&d e' };
  const notUs = new URL(authorizationUrl(hosts, { ...start, isUs: false }));
  const us = new URL(authorizationUrl(hosts, { ...start, isUs: true }));
  t.equal(notUs.origin + notUs.pathname, 'https://services.tiktokshop.com/open/authorize');
  t.equal(us.origin + us.pathname, 'https://services.us.tiktokshop.com/open/authorize');
  t.strictSame(
    [...us.searchParams],
    [
      ['service_id', '7123'],
      ['state', start.state],
    ],
  );
});

await t.test('the region decides how a shop ships and how far an order can be split', async (t) => {
  for (const region of ['US', 'gb', 'JP', 'DE', 'ES', 'FR', 'IE', 'IT', 'PL']) {
    t.equal(shippingModelOf(region), 'mark-shipped', region);
    t.equal(splitGrainOf(region, 'LOCAL'), 'unit', region);
  }
  for (const region of ['ID', 'MY', 'PH', 'SG', 'TH', 'VN', 'MX', 'BR']) {
    t.equal(shippingModelOf(region), 'ship-package', region);
    t.equal(splitGrainOf(region, 'LOCAL'), 'whole-sku', region);
  }
  t.equal(splitGrainOf('MX', 'CROSS_BORDER'), 'unit');
  t.equal(shippingModelOf('ZZ'), null, 'a region that is not known is not guessed');
});
