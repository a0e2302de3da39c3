import { request } from 'node:http';
import { networkInterfaces } from 'node:os';

import t from 'tap';

import { DEMO_SERVICE_ID, startSimulator, type Simulator } from '../../src/simulator/server.js';

const simulator = await startSimulator({ seed: 'demo', allowedHosts: ['simulator'] });
t.teardown(() => simulator.close());
const AUTHORIZE = `/open/authorize?service_id=${DEMO_SERVICE_ID}&state=s`;
const navigation = {
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

function ask(
  { url }: Pick<Simulator, 'url'>,
  path: string,
  { method = 'GET', ...headers }: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}${path}`, { method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject).end();
  });
}

await t.test('the simulator answers under names of this machine and allowed ones only', async (t) => {
  for (const path of [
    '/',
    AUTHORIZE,
    '/_control/state',
    '/_control/docs/json',
    '/api/v2/token/get',
    '/order/202309/orders/search',
  ]) {
    for (const host of [
      'rebind.example',
      '127.0.0.1.rebind.example:80',
      'simulator.example',
      '203.0.113.9',
    ]) {
      t.equal(await ask(simulator, path, { host }), 403, `${host}${path}`);
    }
    for (const host of ['localhost', '127.0.0.1:1', '[::1]', 'simulator:3001', 'SIMULATOR']) {
      t.not(await ask(simulator, path, { host }), 403, `${host}${path}`);
    }
  }
});

await t.test('another site’s page can neither empty the simulator nor read its tokens', async (t) => {
  const orders = simulator.control.orders().length;
  for (const headers of [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' },
    navigation,
    { origin: 'http://evil.example' },
    { origin: 'null' },
  ] as Record<string, string>[]) {
    t.equal(
      await ask(simulator, '/_control/reset', { method: 'POST', ...headers }),
      403,
      JSON.stringify(headers),
    );
    t.equal(await ask(simulator, '/_control/state', headers), 403, JSON.stringify(headers));
    t.equal(await ask(simulator, '/api/v2/token/get?app_key=x', headers), 403, JSON.stringify(headers));
  }
  t.equal(simulator.control.orders().length, orders);
  t.ok(orders > 0);
});

await t.test('programs, own pages and the way from the app to the log-in work on', async (t) => {
  t.equal(await ask(simulator, '/_control/health'), 200);
  t.equal(await ask(simulator, '/_control/health', { origin: 'http://localhost:3001' }), 200);
  t.equal(await ask(simulator, AUTHORIZE, navigation), 200);
  t.equal(await ask(simulator, '/', navigation), 200);
  const form = { method: 'POST', origin: 'null', 'content-type': 'application/x-www-form-urlencoded' };
  t.not(await ask(simulator, '/open/authorize/login', { ...form, 'sec-fetch-site': 'same-origin' }), 403);
  t.equal(await ask(simulator, '/open/authorize/login', { ...form, 'sec-fetch-site': 'cross-site' }), 403);
});

await t.test('who listens on all addresses answers under each of them', async (t) => {
  const open = await startSimulator({ host: '0.0.0.0' });
  t.teardown(() => open.close());
  const other = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry && !entry.internal && entry.family === 'IPv4')?.address;
  if (!other) return t.comment('this machine has no other address');
  t.equal(await ask({ url: `http://${other}:${open.port}` }, '/'), 200);
  t.equal(await ask({ url: `http://${other}:${open.port}` }, '/', { host: 'rebind.example' }), 403);
  return undefined;
});
