import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import t from 'tap';

import { startSimulator, type Simulator } from '../../src/simulator/server.js';
import { first, ids, rows, type Json } from './support/mini-client.js';
import { freshShop, productClient, walkProducts } from './support/product-calls.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control, url } = simulator;
const us = productClient(simulator, 'Harbor Goods');

async function http(method: string, path: string, body?: unknown): Promise<{ status: number; json: Json }> {
  const response = await fetch(`${url}/_control${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

const list = (json: unknown): Json[] => rows(json);

/** Milliseconds of computing: unlike those on the clock they do not grow on a busy machine. */
function computedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

await t.test('a catalogue is set up over HTTP and its stock read back as one list', async (t) => {
  const { shopId } = freshShop(simulator);
  const shop = `/shops/${shopId}`;
  const warehouse = await http('POST', `${shop}/warehouses`, { name: 'Second', assignToAll: 3 });
  t.match(warehouse, { status: 200, json: { name: 'Second', type: 'SALES_WAREHOUSE', isDefault: false } });
  const second = String(warehouse.json['id']);
  const made = await http('POST', `${shop}/products`, {
    title: 'Lamp',
    skus: [
      { sellerSku: 'L-1', price: '12.50', listPrice: '15', stock: 7 },
      { sellerSku: 'L-2', stock: { [second]: 9 }, deactivatedBy: 'SELLER' },
    ],
  });
  t.equal(made.status, 200);
  const id = String(made.json['id']);
  t.match(await http('GET', `/products/${id}`), {
    json: { title: 'Lamp', status: 'ACTIVATE', audit: 'APPROVED' },
  });
  t.match(await http('GET', `${shop}/products?sellerSku=L-2`), { json: [{ id }] });
  t.match((await http('GET', `${shop}/products?status=DRAFT`)).json, []);
  const [one] = list(made.json['skus']);
  const patched = await http('PATCH', `/skus/${String(one?.['id'])}`, {
    stock: { [second]: 5 },
    price: '13',
    sellerSku: 'L-9',
    promotion: { endsInSeconds: 60 },
  });
  t.match(patched.json, { sellerSku: 'L-9', price: '13.00', promotion: { name: 'Flash sale' } });
  const stock = list((await http('GET', `${shop}/stock`)).json);
  t.strictSame(
    stock.map((row) => [row['sellerSku'], row['price'], row['available'], row['committed']]),
    [
      ['L-9', '13.00', 12, 0],
      ['L-2', '20.00', 9, 0],
    ],
  );
  t.match(await http('GET', `${shop}/stock?sellerSku=L-9`), { json: [{ available: 12 }] });
  t.strictSame((await http('GET', `${shop}/stock?sellerSku=L-1`)).json, [], 'the old name is free');
  const changed = await http('PATCH', `/products/${id}`, { status: 'FREEZE', title: 'Lamp 2' });
  t.match(changed.json, { status: 'FREEZE', title: 'Lamp 2', audit: 'NONE' });
  t.match(
    await http('PATCH', `${shop}/warehouses/${second}`, { effectStatus: 'DISABLED', isDefault: true }),
    {
      json: { effectStatus: 'DISABLED', isDefault: true },
    },
  );
  t.equal(
    list((await http('GET', `${shop}/warehouses`)).json).filter((row) => row['isDefault'] === true).length,
    1,
  );
  const effects = await http('GET', `/product-effects?product=${id}&kind=status_changed`);
  t.match(list(effects.json['effects']), [
    { via: 'seller_center', status: { before: 'ACTIVATE', after: 'FREEZE' } },
  ]);
  t.equal((await http('DELETE', '/product-effects')).status, 200);
  t.match((await http('GET', '/product-effects')).json, { counts: { price_updated: 0 }, effects: [] });
  t.equal((await http('GET', shop)).json['products'], 1);
});

await t.test('mistakes in control calls about products are explained and change nothing', async (t) => {
  const { shopId } = freshShop(simulator);
  const foreign = control.warehouses(us.shopId)[0]?.id ?? '';
  const sku = control.stock(us.shopId)[0]?.skuId ?? '';
  const skus = [{ sellerSku: 'A' }];
  const cases: [number, RegExp, string, string, unknown?][] = [
    [404, /shop 42/, 'GET', '/shops/42/products'],
    [404, /product 42/, 'GET', '/products/42'],
    [404, /SKU 42/, 'PATCH', '/skus/42', {}],
    [404, /warehouse 42/, 'PATCH', `/shops/${shopId}/warehouses/42`, {}],
    [400, /title/, 'POST', `/shops/${shopId}/products`, { skus }],
    [400, /skus/, 'POST', `/shops/${shopId}/products`, { title: 'X', skus: [] }],
    [400, /status/, 'POST', `/shops/${shopId}/products`, { title: 'X', skus, status: 'LIVE' }],
    [
      400,
      /warehouse/,
      'POST',
      `/shops/${shopId}/products`,
      { title: 'X', skus: [{ sellerSku: 'A', stock: { [foreign]: 1 } }] },
    ],
    [400, /count/, 'POST', `/shops/${shopId}/products/generate`, { count: 100_001 }],
    [400, /warehouse/, 'PATCH', `/skus/${sku}`, { stock: { '42': 1 }, price: '1' }],
    [400, /colour/, 'PATCH', `/skus/${sku}`, { colour: 'red' }],
  ];
  const before = control.stock(us.shopId);
  for (const [status, words, method, path, body] of cases) {
    const reply = await http(method, path, body);
    t.equal(reply.status, status, `${method} ${path}`);
    t.match(reply.json['error'], words);
  }
  t.strictSame([control.products(shopId), control.stock(us.shopId)], [[], before]);
  const yen = freshShop(simulator, 'JP');
  t.throws(
    () => control.addProduct(yen.shopId, { title: 'X', skus: [{ sellerSku: 'A', price: '1.50' }] }),
    /JPY/,
  );
});

await t.test('only what is live and there can be bought', async (t) => {
  const { shopId } = freshShop(simulator);
  const buy = (sellerSku: string): Promise<{ status: number; json: Json }> =>
    http('POST', `/shops/${shopId}/orders`, { lines: [{ sellerSku, quantity: 2 }] });
  control.addProduct(shopId, { title: 'Draft', status: 'DRAFT', skus: [{ sellerSku: 'DRAFT' }] });
  control.addProduct(shopId, { title: 'Off', skus: [{ sellerSku: 'OFF', deactivatedBy: 'SELLER' }] });
  control.addProduct(shopId, { title: 'Few', skus: [{ sellerSku: 'FEW', stock: 1 }] });
  for (const name of ['DRAFT', 'OFF', 'FEW']) {
    const reply = await buy(name);
    t.equal(reply.status, 409, name);
    t.match(reply.json['error'], name);
  }
  control.addProduct(shopId, { title: 'Draft, but live', skus: [{ sellerSku: 'DRAFT' }] });
  t.equal((await buy('DRAFT')).status, 200, 'of two with the same seller SKU the live one');
  t.equal((await buy('UNKNOWN')).status, 200, 'an unknown one is made, with plenty of stock');
});

await t.test(
  'generated catalogues are the same for the same input, and several may share seller SKUs',
  async (t) => {
    const one = freshShop(simulator);
    const two = freshShop(simulator);
    const input = { count: 3, skusPerProduct: 2, skuPrefix: 'G', price: '5', quantity: 4, spreadMinutes: 10 };
    const made = control.generateProducts(one.shopId, input);
    t.match(made, { count: 3, firstSellerSku: 'G-000001', lastSellerSku: 'G-000006' });
    control.generateProducts(two.shopId, input);
    const view = (shopId: string): unknown[] =>
      control.stock(shopId).map(({ sellerSku, price, available }) => [sellerSku, price, available]);
    t.strictSame(view(one.shopId), view(two.shopId));
    t.strictSame(view(one.shopId)[0], ['G-000001', '5.00', 4]);
    control.generateProducts(one.shopId, { count: 1, skuPrefix: 'G' });
    t.equal(control.stock(one.shopId, 'G-000001').length, 2);
    const times = control.products(one.shopId).map(({ createTime }) => createTime);
    t.equal(Number(times[2]) - Number(times[0]), 600);
  },
);

await t.test(
  'a hundred thousand products: windows are searched without reading all of them, and too many hits are refused',
  async (t) => {
    const client = freshShop(simulator);
    const spreadMinutes = 99_999;
    control.generateProducts(client.shopId, { count: 100_000, skuPrefix: 'BIG', spreadMinutes });
    t.equal((await client.searchProducts()).code, 12052180);
    const newestSec = control.products(client.shopId, { sellerSku: 'BIG-100000' })[0]?.updateTime ?? 0;
    const window = { update_time_ge: newestSec - 9_000 * 60, update_time_le: newestSec };
    const pages = await walkProducts(client, window);
    t.equal(pages.length, 91);
    t.equal(new Set(ids(pages.flat())).size, 9001);
    const [found] = rows((await client.searchProducts({ seller_skus: ['BIG-054321'] })).data['products']);
    t.equal(first(found?.['skus'])['seller_sku'], 'BIG-054321');
    const startedMs = computedMs();
    for (let turn = 0; turn < 100; turn++) {
      // A change before each search: nothing is answered from what an earlier search found.
      control.patchProduct(String(found?.['id']), { title: `Turn ${turn}` });
      t.equal(rows((await client.searchProducts(window)).data['products']).length, 100);
    }
    const seconds = (computedMs() - startedMs) / 1000;
    t.ok(seconds < 20, `${seconds.toFixed(1)} s`);

    control.setBehaviour({ productSearchLimit: 'beyond' });
    t.teardown(() => control.setBehaviour({ productSearchLimit: 'every_page' }));
    const all = await client.searchProducts();
    t.strictSame([all.code, all.data['total_count']], [0, 100_000]);
    await t.rejects(walkProducts(client, {}), /12052180/, 'the page behind the ten thousandth hit');
  },
);

await t.test('twenty thousand SKUs are updated quickly, and every one is counted', async (t) => {
  const client = freshShop(simulator);
  control.generateProducts(client.shopId, { count: 200, skusPerProduct: 100, skuPrefix: 'LOAD' });
  control.clearProductEffects();
  const startedMs = computedMs();
  for (const product of control.products(client.shopId, { limit: 200 })) {
    const skus = product.skus.map(({ id, sellerSku }) => ({
      id,
      inventory: [{ quantity: Number(sellerSku.slice(-4)) }],
    }));
    t.strictSame((await client.updateInventory(product.id, skus)).data, {});
  }
  const seconds = (computedMs() - startedMs) / 1000;
  t.ok(seconds < 60, `${seconds.toFixed(1)} s`);
  const { counts, effects } = control.productEffects();
  t.equal(counts.inventory_updated, 20_000);
  t.ok(effects.length < 10_000, 'the list is bounded');
  t.equal(effects.at(-1)?.sellerSku, 'LOAD-020000');
  t.ok(control.stock(client.shopId).every((row) => row.available === Number(row.sellerSku.slice(-4))));
});

/** What a simulator is after a restart with the same state file. */
async function restarted(
  directory: string,
  before: (simulator: Simulator) => Promise<void>,
): Promise<Simulator> {
  const stateFile = join(directory, 'state.json');
  const one = await startSimulator({ fast: true, stateFile });
  await before(one);
  await one.close();
  return startSimulator({ fast: true, stateFile });
}

await t.test('with a state file a restart loses nothing of the catalogue', async (t) => {
  let expected: unknown;
  const picture = (of: Simulator['control']): unknown =>
    of.shops().map(({ id }) => [of.products(id, { limit: 1000 }), of.warehouses(id), of.stock(id)]);
  const second = await restarted(t.testdir(), async ({ control }) => {
    const shop = control.shops()[0]?.id ?? '';
    control.generateProducts(shop, { count: 300, skuPrefix: 'R', spreadMinutes: 100 });
    const [sku] = control.stock(shop, 'R-000007');
    control.patchSku(sku?.skuId ?? '', { price: '7', promotion: { endsInSeconds: 60 } });
    control.patchProduct(control.stock(shop, 'R-000008')[0]?.productId ?? '', { status: 'DELETED' });
    control.addOrder(shop, { lines: [{ sellerSku: 'R-000009', quantity: 2 }] });
    expected = { picture: picture(control), effects: control.productEffects() };
  });
  const after = second.control;
  t.strictSame({ picture: picture(after), effects: after.productEffects() }, expected);
  const shop = after.shops()[0]?.id ?? '';
  t.match(after.stock(shop, 'R-000009'), [{ available: 98, committed: 2 }]);
  const known = new Set(after.products(shop, { limit: 1000 }).map(({ id }) => id));
  t.notOk(known.has(after.addProduct(shop, { title: 'New', skus: [{ sellerSku: 'N' }] }).id));
  await second.close();
});

await t.test('an audit that was waiting ends after a restart too', async (t) => {
  let id = '';
  const second = await restarted(t.testdir(), async (simulator) => {
    const client = productClient(simulator, 'Harbor Goods');
    id = simulator.control.products(client.shopId, { status: 'SELLER_DEACTIVATED' })[0]?.id ?? '';
    simulator.control.setBehaviour({ productAuditSec: 60 });
    t.strictSame((await client.changeStatus('activate', [id])).data, {});
  });
  const after = second.control;
  t.equal(after.product(id).status, 'PENDING');
  after.setClock({ advanceSeconds: 61 });
  t.equal(after.product(id).status, 'ACTIVATE');
  await second.close();
});

await t.test(
  'a generated catalogue is a few numbers in a saved state, and a picture does not change later',
  async (t) => {
    const own = await startSimulator({ fast: true, seed: 'empty' });
    t.teardown(() => own.close());
    const client = freshShop(own);
    const plain = JSON.stringify(own.control.snapshot()).length;
    own.control.generateProducts(client.shopId, { count: 10_000, skuPrefix: 'C' });
    t.ok(JSON.stringify(own.control.snapshot()).length < plain + 1000);
    const [row] = own.control.stock(client.shopId, 'C-000001');
    own.control.patchSku(row?.skuId ?? '', { price: '1' });
    const picture = own.control.snapshot();
    own.control.patchSku(row?.skuId ?? '', { price: '2' });
    own.control.clearProductEffects();
    for (let turn = 0; turn < 2; turn++) {
      own.control.restore(picture);
      t.match(own.control.stock(client.shopId, 'C-000001'), [{ price: '1.00' }]);
      t.equal(own.control.productEffects().counts.price_updated, 1);
      own.control.patchSku(row?.skuId ?? '', { price: '3' });
    }
  },
);

await t.test('a state from before there were products opens, with its SKUs as live products', async (t) => {
  const stateFile = join(t.testdir(), 'state.json');
  const one = await startSimulator({ fast: true, stateFile });
  await one.close();
  const saved = JSON.parse(await readFile(stateFile, 'utf8')) as { shops: Json[]; orders: Json[] } & Json;
  delete saved['productEffects'];
  for (const shop of saved.shops) {
    const { products } = shop['catalogue'] as { products: { skus: Json[] }[] };
    shop['skus'] = products.flatMap(({ skus }) => skus.map(({ stock: _stock, ...sku }) => sku));
    delete shop['catalogue'];
  }
  await writeFile(stateFile, JSON.stringify(saved));
  const two = await startSimulator({ fast: true, stateFile });
  const client = productClient(two, 'Harbor Goods');
  const products = rows((await client.searchProducts()).data['products']);
  t.equal(products.length, 12);
  t.ok(products.every((product) => product['status'] === 'ACTIVATE'));
  t.equal((await client.search()).code, 0);
  t.equal(two.control.stock(client.shopId, 'TEE-RED-L')[0]?.available, 1000);
  await two.close();
});
