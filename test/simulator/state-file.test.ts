import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { DEMO_APP_KEY, startSimulator } from '../../src/simulator/server.js';
import { first, ids, rows, send, textOf, type Json } from './support/mini-client.js';

const ROUNDS = 6;
const CLIENTS = 6;
const ANSWERS = 20;

t.setTimeout(170_000);

interface Process {
  url: string;
  /** Ends it as a power cut would, as far as a process can be ended so. */
  kill(): Promise<void>;
}

const program = new URL('../../src/simulator/simulator-cli.js', import.meta.url).href;

/** The simulator as a program of its own, with its state in this file. */
async function simulatorProcess(t: Test, stateFile: string): Promise<Process> {
  const args = ['--port=0', '--fast', `--state-file=${stateFile}`];
  const script = `(await import('${program}')).runSimulatorCli(process.argv.slice(1))`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, '--', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^TikTok Shop simulator +(\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    return {
      url,
      async kill() {
        child.kill('SIGKILL');
        await ended;
      },
    };
  }
  throw new Error('the simulator did not start');
}

async function control(url: string, method: string, path: string, body?: object): Promise<Json> {
  const response = await fetch(`${url}/_control${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Json;
}

interface Shop extends Json {
  id: string;
  openId: string;
  ciphers: Record<string, string>;
  deliveryOptions: { providers: { id: string }[] }[];
}

async function harborGoods(url: string): Promise<Shop> {
  const shops = (await control(url, 'GET', '/shops')) as unknown as Shop[];
  return shops.find((shop) => shop['name'] === 'Harbor Goods')!;
}

/** What an answer has confirmed: a token, and a shipment made with it. */
interface Answered {
  orderId: string;
  tracking: string;
  token: string;
}

/** Orders, tokens and shipments, one after the other, until the simulator is gone. */
async function work(url: string, shop: Shop, name: string, answered: Answered[]): Promise<void> {
  const cipher = shop.ciphers[DEMO_APP_KEY] ?? '';
  const provider = shop.deliveryOptions.flatMap(({ providers }) => providers)[0]?.id;
  for (let count = 1; ; count++) {
    const order = await control(url, 'POST', `/shops/${shop.id}/orders`, {
      lines: [{ sellerSku: 'TEE-RED-L', quantity: 1 }],
      paidMinutesAgo: 90,
    });
    const token = textOf((await control(url, 'POST', '/tokens', { openId: shop.openId }))['accessToken']);
    const tracking = `${name}-${count}`;
    const orderId = textOf(order['id']);
    const shipped = await send(url, 'POST', `/fulfillment/202309/orders/${orderId}/packages`, {
      token,
      cipher,
      body: { tracking_number: tracking, shipping_provider_id: provider },
    });
    if (shipped.code !== 0) throw new Error(shipped.text);
    answered.push({ orderId, tracking, token });
  }
}

await t.test('kill -9 at any moment loses nothing that was answered', async (t) => {
  const stateFile = join(t.testdir({}), 'state.json');
  const answered: Answered[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const simulator = await simulatorProcess(t, stateFile);
    const shop = await harborGoods(simulator.url);
    const before = answered.length;
    const working = Array.from({ length: CLIENTS }, (_, index) =>
      work(simulator.url, shop, `R${round}C${index}`, answered).catch((error: unknown) => error),
    );
    while (answered.length < before + CLIENTS) await pause(5);
    await pause(Math.random() * 300);
    await simulator.kill();
    for (const end of await Promise.all(working)) t.match(end, { message: 'fetch failed' });
  }
  const simulator = await simulatorProcess(t, stateFile);
  const shop = await harborGoods(simulator.url);
  t.ok(answered.length >= ROUNDS * CLIENTS, `${answered.length} answered shipments`);
  const effects = rows(await control(simulator.url, 'GET', '/effects?via=api'));
  for (const { orderId, tracking } of answered) {
    await control(simulator.url, 'GET', `/orders/${orderId}`);
    const times = effects.filter((effect) => JSON.stringify(effect).includes(`"${tracking}"`)).length;
    if (times !== 1) t.fail(`${tracking} is there ${times} times`);
  }
  for (const { token } of answered.slice(-20)) {
    const reply = await send(simulator.url, 'GET', '/logistics/202309/warehouses', {
      token,
      cipher: shop.ciphers[DEMO_APP_KEY] ?? '',
    });
    t.equal(reply.code, 0, 'a token that was handed out is good');
  }
  await simulator.kill();
});

await t.test('after every answer the file holds the world that the answer tells of', async (t) => {
  const stateFile = join(t.testdir({}), 'state.json');
  const simulator = await startSimulator({ stateFile, fast: true });
  t.teardown(() => simulator.close());
  const { url } = simulator;
  const saved = async (what: string): Promise<void> => {
    const file = JSON.parse(await readFile(stateFile, 'utf8')) as Json;
    t.same(lasting(file), lasting(JSON.parse(JSON.stringify(simulator.control.snapshot())) as Json), what);
  };
  const steer = async (method: string, path: string, body?: object): Promise<Json> => {
    const answer = await control(url, method, path, body);
    await saved(`${method} ${path} ${JSON.stringify(body ?? {})}`);
    return answer;
  };
  const shop = await harborGoods(url);
  const { accessToken } = await steer('POST', '/tokens', { openId: shop.openId });
  const call = async (method: string, path: string, body?: object, query: Record<string, string> = {}) => {
    const reply = await send(url, method, path, {
      token: textOf(accessToken),
      cipher: shop.ciphers[DEMO_APP_KEY] ?? '',
      query,
      ...(body === undefined ? {} : { body }),
    });
    t.equal(reply.code, 0, `${path} ${reply.text.slice(0, 300)}`);
    await saved(`${method} ${path}`);
    return reply.data;
  };
  const provider = shop.deliveryOptions.flatMap(({ providers }) => providers)[0]?.id;
  const sell = async (extra: object = {}): Promise<string> =>
    textOf(
      (
        await steer('POST', `/shops/${shop.id}/orders`, {
          lines: [{ sellerSku: 'TEE-RED-L', quantity: 2 }],
          paidMinutesAgo: 90,
          ...extra,
        })
      )['id'],
    );

  const shipped = await sell();
  await call('POST', `/fulfillment/202309/orders/${shipped}/packages`, {
    tracking_number: 'SAVED',
    shipping_provider_id: provider,
  });
  await steer('POST', `/orders/${shipped}/acts`, { type: 'carrier_deliver' });
  await call('POST', '/order/202406/orders/external_orders', {
    orders: [{ id: shipped, external_order: { id: 'E-1', platform: 'SHOPIFY', line_items: [] } }],
  });
  await steer('POST', `/orders/${await sell()}/acts`, { type: 'seller_ship' });
  await steer('POST', `/orders/${await sell()}/acts`, { type: 'system_cancel' });
  const asked = await sell();
  await steer('POST', `/orders/${asked}/acts`, { type: 'buyer_cancel', reason: 'Better price available' });
  const requests = await call(
    'POST',
    '/return_refund/202309/cancellations/search',
    { order_ids: [asked] },
    { page_size: '10' },
  );
  await call(
    'POST',
    `/return_refund/202309/cancellations/${textOf(first(requests['cancellations'])['cancel_id'])}/approve`,
    undefined,
    { idempotency_key: 'once' },
  );
  await call('POST', '/return_refund/202309/cancellations', {
    order_id: await sell(),
    cancel_reason: 'seller_cancel_reason_out_of_stock',
  });
  await steer('POST', `/orders/${shipped}/acts`, { type: 'buyer_opens_return' });
  const product = await steer('POST', `/shops/${shop.id}/products`, {
    title: 'Thing',
    skus: [{ sellerSku: 'THING', price: '10', stock: 50 }],
  });
  const sku = first(product['skus'])['id'];
  const warehouse = first(first(product['skus'])['inventory'] ?? [])['warehouse_id'];
  const at = `/product/202309/products/${textOf(product['id'])}`;
  const quantities = [{ quantity: 7, ...(warehouse === undefined ? {} : { warehouse_id: warehouse }) }];
  await call('POST', `${at}/inventory/update`, { skus: [{ id: sku, inventory: quantities }] });
  await call('POST', `${at}/prices/update`, {
    skus: [{ id: sku, price: { amount: '11.00', currency: 'USD' } }],
  });
  await call('POST', '/product/202309/products/deactivate', { product_ids: [product['id']] });
  await steer('PATCH', `/skus/${textOf(sku)}`, { price: '12' });
  await steer('DELETE', '/product-effects');
  await steer('POST', `/shops/${shop.id}/orders/generate`, { count: 20 });
  await steer('PUT', '/clock', { advanceSeconds: 7200 });
  await steer('PATCH', '/behaviour', { showsOnHold: false });
  await steer('POST', '/tokens/expire', { kind: 'access' });
  await steer('POST', '/deauthorize', { openId: shop.openId });
  await steer('POST', '/sellers', { name: 'N', email: 'n@seller.example', password: 'x', baseRegion: 'US' });
  await steer('POST', '/reset', { seed: 'empty' });
  t.same(ids(await steer('GET', '/orders')), []);
});

/** Without what moves by itself, and when orders were listed: a start makes that up. */
function lasting(state: Json): Json {
  const shops = rows(state['shops']).map((shop) => ({ ...shop, listedSec: 0 }));
  return { ...state, shops, clock: { ...(state['clock'] as Json), nowMs: 0 } };
}

await t.test('answers that come together share their writes', async (t) => {
  const folder = t.testdir({});
  const stateFile = join(folder, 'state.json');
  const simulator = await startSimulator({ stateFile, fast: true });
  t.teardown(() => simulator.close());
  const shop = await harborGoods(simulator.url);
  const add = (): Promise<Json> =>
    control(simulator.url, 'POST', `/shops/${shop.id}/orders`, {
      lines: [{ sellerSku: 'TEE-RED-L', quantity: 1 }],
    });
  let writes = 0;
  const watcher = watch(folder, (event, file) => {
    if (event === 'rename' && file === 'state.json') writes++;
  });
  t.teardown(() => watcher.close());
  for (let count = 0; count < ANSWERS; count++) await add();
  await pause(50);
  t.ok(writes >= ANSWERS, `${writes} writes for answers that come one after the other`);
  writes = 0;
  await Promise.all(Array.from({ length: ANSWERS }, add));
  await pause(50);
  t.ok(writes <= ANSWERS / 2, `${writes} writes for ${ANSWERS} answers at once`);
});

await t.test('what cannot be saved is not answered as done, and is saved when it can be', async (t) => {
  const folder = join(t.testdir({}), 'gone');
  const stateFile = join(folder, 'state.json');
  const simulator = await startSimulator({ stateFile, fast: true });
  t.teardown(() => simulator.close());
  const shop = await harborGoods(simulator.url);
  const add = (): Promise<Json> =>
    control(simulator.url, 'POST', `/shops/${shop.id}/orders`, {
      lines: [{ sellerSku: 'TEE-RED-L', quantity: 1 }],
    });
  // A folder in the place of the file lets nobody write, root included.
  await rm(stateFile);
  await mkdir(stateFile);
  await t.rejects(add(), { message: /500 .*state file cannot be written/ });
  await t.rejects(control(simulator.url, 'GET', '/orders'), { message: /500/ }, 'nor does a read tell of it');
  await rm(stateFile, { recursive: true });
  const order = await add();
  t.match(await readFile(stateFile, 'utf8'), textOf(order['id']));
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
