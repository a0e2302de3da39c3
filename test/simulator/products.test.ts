import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { shapeOf } from './support/conformance.js';
import { documentedShapes } from './support/documented-shapes.js';
import { first, ids, rows, type Json } from './support/mini-client.js';
import { freshShop, productClient, productMaker, walkProducts } from './support/product-calls.js';
import { neverSeen, parseShape, violations } from './support/shape.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;
const us = productClient(simulator, 'Harbor Goods');
const indonesia = productClient(simulator, 'Toko Pelangi');
const crossBorder = productClient(simulator, 'Continental Cross Border');

const nowSec = (): number => Math.floor(control.clock().nowMs / 1000);
const byTitle = (products: Json[], title: string): Json =>
  products.find((product) => product['title'] === title) ?? {};
const skusOf = (product: Json): Json[] => rows(product['skus']);

const oneProduct = productMaker(simulator);

await t.test('products have the documented fields with the documented types', async (t) => {
  const shapes = {
    search: shapeOf('searchProducts'),
    detail: shapeOf('getProduct'),
    inventory: parseShape(documentedShapes.searchInventory),
  };
  const failed = freshShop(simulator);
  control.addProduct(failed.shopId, { title: 'Refused', status: 'FAILED', skus: [{ sellerSku: 'A' }] });
  control.addProduct(failed.shopId, {
    title: 'Off',
    skus: [{ sellerSku: 'B', deactivatedBy: 'PLATFORM' }, { sellerSku: 'C' }],
  });
  const backordered = oneProduct(failed);
  const [home] = control.warehouses(failed.shopId);
  await failed.updateInventory(backordered.id, [
    {
      id: backordered.sku,
      inventory: [{ warehouse_id: home?.id, quantity: 1, backorder_quantity: 5, handling_time: 3 }],
    },
  ]);
  await failed.updatePrice(backordered.id, [
    {
      id: backordered.sku,
      price: { amount: '9.99', currency: 'USD' },
      list_price: { amount: '12', currency: 'USD' },
      external_list_prices: [{ source: 'SHOPIFY_COMPARE_AT_PRICE', amount: '13', currency: 'USD' }],
    },
  ]);
  const seen: Record<'search' | 'detail' | 'inventory', unknown[]> = {
    search: [],
    detail: [],
    inventory: [],
  };
  for (const client of [us, indonesia, crossBorder, failed]) {
    const reply = await client.searchProducts();
    t.strictSame(violations(shapes.search, reply.data), []);
    seen.search.push(reply.data);
    for (const id of ids(reply.data['products'])) {
      const detail = await client.product(id);
      t.strictSame(violations(shapes.detail, detail.data), []);
      seen.detail.push(detail.data);
    }
    const inventory = await client.inventory({ product_ids: ids(reply.data['products']) });
    t.strictSame(violations(shapes.inventory, inventory.data), []);
    seen.inventory.push(inventory.data);
  }
  // What no product here can have: bundles, pre-sales, other platforms, global products, fees, files.
  const elsewhere =
    /combined|global_|pre_sale|fees|product_famil|integrated_|sync_fail|recommended_|unit_price|unit_count|identifier|external_(sku|product|urls)|supplementary|certifications|size_chart|video|manufacturer|responsible|insurance|prescription|subscribe|shipping_template|creator_inventory/;
  const missing = (name: keyof typeof seen): string[] =>
    neverSeen(shapes[name], seen[name]).filter((path) => !elsewhere.test(path));
  t.strictSame([missing('search'), missing('detail'), missing('inventory')], [[], [], []]);
});

await t.test('the demo has one product of each kind, and its orders are of these products', async (t) => {
  const products = rows((await us.searchProducts()).data['products']);
  t.equal(products.length, 12);
  const statuses = new Set(products.map((product) => product['status']));
  for (const status of ['ACTIVATE', 'DRAFT', 'SELLER_DEACTIVATED', 'FREEZE', 'PENDING'])
    t.ok(statuses.has(status), status);
  const lantern = first(byTitle(products, 'Storm lantern')['skus']);
  t.equal(rows(lantern['inventory']).length, 2, 'in two warehouses');
  const mugs = products.flatMap(skusOf).filter((sku) => sku['seller_sku'] === 'MUG-HARBOR');
  t.equal(mugs.length, 2, 'the same seller SKU twice');
  const catalogue = new Map(
    products.flatMap((product) =>
      skusOf(product).map((sku) => [sku['id'], [product['id'], sku['seller_sku']]]),
    ),
  );
  for (const order of rows((await us.search()).data['orders'])) {
    for (const line of rows(order['line_items'])) {
      t.strictSame(catalogue.get(line['sku_id']), [line['product_id'], line['seller_sku']]);
    }
  }
});

await t.test('every filter of the product search chooses what it says', async (t) => {
  const client = freshShop(simulator);
  const make = (title: string, extra: object = {}): string =>
    control.addProduct(client.shopId, { title, skus: [{ sellerSku: `S-${title}` }], ...extra }).id;
  const old = make('old', { createdMinutesAgo: 600 });
  const draft = make('draft', { status: 'DRAFT', createdMinutesAgo: 300 });
  const edited = make('edited', { draftTitle: 'to come', createdMinutesAgo: 200 });
  const gone = make('gone', { status: 'DELETED', createdMinutesAgo: 100 });
  const twin = control.addProduct(client.shopId, {
    title: 'twin',
    skus: [{ sellerSku: 'S-old' }, { sellerSku: 'S-twin' }],
    createdMinutesAgo: 50,
  });
  const found = async (body: object): Promise<string[]> =>
    ids((await client.searchProducts(body)).data['products']);
  const all = [twin.id, gone, edited, draft, old];
  t.strictSame(await found({}), all, 'the newest change first');
  t.strictSame(await found({ status: 'ALL' }), all);
  t.strictSame(await found({ status: 'ACTIVATE' }), [twin.id, edited, old]);
  t.strictSame(await found({ status: 'DELETED' }), [gone]);
  t.strictSame(await found({ seller_skus: ['S-old', 'S-gone'] }), [twin.id, gone, old]);
  t.strictSame(await found({ seller_skus: ['s-old'] }), [], 'as it is written');
  t.strictSame(await found({ sku_ids: [twin.skus[1]?.id, '42'] }), [twin.id]);
  t.strictSame(await found({ audit_status: ['APPROVED'] }), [twin.id, edited, old]);
  t.strictSame(await found({ audit_status: ['FAILED'] }), []);
  t.strictSame(await found({ category_version: 'v1' }), []);
  t.strictSame((await found({ category_version: 'v2', listing_quality_tiers: ['GOOD'] })).length, 5);
  t.strictSame(await found({ listing_quality_tiers: ['POOR'] }), []);
  t.strictSame(await found({ status: 'DRAFT', listing_platforms: ['TIKTOK_SHOP'] }), [draft]);
  const drafts = await client.searchProducts({ return_draft_version: true });
  t.strictSame(
    rows(drafts.data['products']).map(({ id, title, has_draft: has }) => [id, title, has]),
    [[edited, 'to come', true]],
  );
  const created = control.product(draft).createTime;
  for (const field of ['create_time', 'update_time']) {
    const window = { [`${field}_ge`]: created, [`${field}_le`]: created };
    t.strictSame(await found(window), [draft], `${field}: both ends are inside`);
    t.strictSame(await found({ [`${field}_le`]: created - 1 }), [old]);
    t.strictSame(await found({ [`${field}_ge`]: created + 1 }), [twin.id, gone, edited]);
  }
  control.setBehaviour({ productSearchShowsDeleted: false });
  t.teardown(() => control.setBehaviour({ productSearchShowsDeleted: true }));
  t.strictSame(await found({}), [twin.id, edited, draft, old]);
  t.strictSame(await found({ status: 'DELETED' }), [gone]);
});

await t.test('a search outside its limits is refused with its own code', async (t) => {
  const eleven = Array.from({ length: 11 }, (_, index) => String(index + 1));
  const cases: [number, object, Record<string, string>?][] = [
    [12019027, { seller_skus: eleven }],
    [12019087, { sku_ids: eleven }],
    [12019118, { create_time_ge: 2, create_time_le: 1 }],
    [12019119, { update_time_ge: 2, update_time_le: 1 }],
    [12052910, { listing_platforms: ['TIKTOK_SHOP'] }],
    [12019109, {}, { page_size: '101' }],
    [12019109, {}, { page_size: '0' }],
    [36009004, {}, { page_size: 'many' }],
    [36009004, { status: 'LIVE' }],
    [36009004, { seller_skus: 'TEE' }],
    [36009004, { update_time_ge: 'yesterday' }],
    [36009004, {}, { page_token: 'bm9uc2Vuc2U=' }],
  ];
  for (const [code, body, query] of cases) {
    t.equal((await us.searchProducts(body, query)).code, code, JSON.stringify([body, query]));
  }
  const unsized = await us.call('POST', '/product/202502/products/search', { body: {} });
  t.strictSame([unsized.code, unsized.status], [36009004, 400]);
  const older = await us.call('POST', '/product/202309/products/search', { query: { page_size: '1' } });
  t.equal(older.code, 0);
  t.equal((await us.call('POST', '/product/202212/products/search')).code, 36009014);
});

await t.test('pages hold every product once, and a page token belongs to its query', async (t) => {
  const client = freshShop(simulator);
  control.generateProducts(client.shopId, { count: 25, spreadMinutes: 100 });
  for (const productPaging of ['offset', 'cursor'] as const) {
    control.setBehaviour({ productPaging });
    const pages = await walkProducts(client, { status: 'ACTIVATE' }, { page_size: '10' });
    t.strictSame(
      pages.map((page) => page.length),
      [10, 10, 5],
    );
    const all = pages.flat();
    t.equal(new Set(ids(all)).size, 25);
    const times = all.map((product) => Number(product['update_time']));
    t.strictSame(
      times,
      times.toSorted((a, b) => b - a),
    );
  }
  control.setBehaviour({ productPaging: 'offset' });
  const one = await client.searchProducts({}, { page_size: '2' });
  const token = String(one.data['next_page_token']);
  t.equal(
    (await client.searchProducts({ status: 'DRAFT' }, { page_size: '2', page_token: token })).code,
    36009004,
  );
  t.equal((await client.searchProducts({}, { page_size: '3', page_token: token })).code, 36009004);
  t.equal((await us.searchProducts({}, { page_size: '2', page_token: token })).code, 36009004);
});

await t.test(
  'a change between two pages shifts pages by offset, and does not shift pages by cursor',
  async (t) => {
    for (const [productPaging, expected] of [
      ['offset', 5],
      ['cursor', 6],
    ] as const) {
      const client = freshShop(simulator);
      control.generateProducts(client.shopId, { count: 6, spreadMinutes: 100 });
      control.setBehaviour({ productPaging });
      const toSec = nowSec() - 60;
      const query = { page_size: '2' };
      const one = await client.searchProducts({ update_time_le: toSec }, query);
      const [moved] = ids(one.data['products']);
      control.patchProduct(moved ?? '', { title: 'moved out of the window' });
      const rest: string[] = ids(one.data['products']);
      let token = String(one.data['next_page_token']);
      while (token !== '') {
        const page = await client.searchProducts({ update_time_le: toSec }, { ...query, page_token: token });
        rest.push(...ids(page.data['products']));
        token = String(page.data['next_page_token']);
      }
      t.equal(new Set(rest).size, expected, productPaging);
    }
    control.setBehaviour({ productPaging: 'offset' });
  },
);

await t.test('a draft and an edit under review are shown on demand, one at a time', async (t) => {
  const client = freshShop(simulator);
  const { id } = control.addProduct(client.shopId, {
    title: 'Live',
    draftTitle: 'Draft',
    reviewTitle: 'Review',
    skus: [{ sellerSku: 'A' }],
  });
  const titleOf = async (query: Record<string, string>): Promise<unknown> =>
    (await client.product(id, query)).data['title'];
  t.equal(await titleOf({}), 'Live');
  t.equal(await titleOf({ return_draft_version: 'true' }), 'Draft');
  t.equal(await titleOf({ return_under_review_version: 'true' }), 'Review');
  const both = await client.product(id, {
    return_draft_version: 'true',
    return_under_review_version: 'true',
  });
  t.equal(both.code, 36009004);
});

await t.test("another shop's product and one that nobody has are told apart in every call", async (t) => {
  const foreign = ids((await indonesia.searchProducts()).data['products'])[0] ?? '';
  const sku = [{ id: '1', inventory: [{ quantity: 1 }], price: { amount: '1', currency: 'USD' } }];
  for (const [id, code] of [
    [foreign, 12052048],
    ['1729999999999999999', 12052032],
  ] as const) {
    const replies = [us.product(id), us.updateInventory(id, sku), us.updatePrice(id, sku)];
    for (const reply of await Promise.all(replies)) {
      t.strictSame([reply.code, reply.status, reply.envelope['data']], [code, 200, null]);
    }
    for (const action of ['deactivate', 'recover', 'delete'] as const) {
      const [error] = rows((await us.changeStatus(action, [id])).data['errors']);
      t.strictSame([error?.['code'], error?.['detail']], [code, { product_id: id }]);
    }
  }
  const hidden = await us.inventory({ product_ids: [foreign] });
  t.strictSame([hidden.code, hidden.data], [0, { inventory: [] }]);
});

await t.test(
  'activate, deactivate, delete and recover move the status; an audit takes its time',
  async (t) => {
    const client = freshShop(simulator);
    const { id } = oneProduct(client);
    const now = async (): Promise<unknown[]> => {
      const { data } = await client.product(id);
      return [data['status'], (data['audit'] as Json)['status']];
    };
    const errorOf = async (action: Parameters<typeof client.changeStatus>[0]): Promise<unknown> => {
      const reply = await client.changeStatus(action, [id]);
      t.equal(reply.code, 0);
      return reply.data;
    };
    t.strictSame(await errorOf('deactivate'), {});
    t.strictSame(await now(), ['SELLER_DEACTIVATED', 'APPROVED'], 'as seen live');
    t.strictSame(await errorOf('activate'), {});
    t.strictSame(await now(), ['PENDING', 'AUDITING']);
    control.setClock({ advanceSeconds: control.behaviour().productAuditSec });
    t.strictSame(await now(), ['ACTIVATE', 'APPROVED']);
    t.strictSame(await errorOf('activate'), {}, 'nothing to do');
    control.setBehaviour({ activateLive: 'refused' });
    t.match(await errorOf('activate'), {
      errors: [{ code: 12052990, detail: { product_id: id, extra_errors: [{ code: 12052901 }] } }],
    });
    control.setBehaviour({ activateLive: 'no_change' });
    t.strictSame(await errorOf('delete'), {});
    t.equal((await client.product(id)).code, 12052032, 'deleted ones are not shown');
    control.setBehaviour({ goneProducts: 'shown' });
    t.strictSame(await now(), ['DELETED', 'NONE']);
    control.setBehaviour({ goneProducts: 'refused' });
    t.match(await errorOf('delete'), { errors: [{ code: 12052901, detail: { product_id: id } }] });
    t.strictSame(await errorOf('recover'), {});
    t.strictSame(await now(), ['SELLER_DEACTIVATED', 'NONE']);
    control.patchProduct(id, { status: 'FREEZE' });
    t.match(await errorOf('delete'), { errors: [{ code: 12052901 }] }, 'frozen ones stay');
    const many = Array.from({ length: 21 }, (_, index) => String(index + 1));
    for (const action of ['activate', 'deactivate', 'recover', 'delete'] as const) {
      t.equal((await client.changeStatus(action, many)).code, 12019120, action);
      t.equal((await client.changeStatus(action, [])).code, 36009004, action);
    }
    t.equal(control.productEffects({ product: id, kind: 'status_changed' }).effects.length, 6);
    t.strictSame(
      violations(
        parseShape(documentedShapes.activateProducts),
        (await client.changeStatus('activate', many.slice(1))).data,
      ),
      [],
    );
  },
);

await t.test(
  'an order takes from the stock, shipping takes it away, a cancellation gives it back',
  async (t) => {
    const client = freshShop(simulator);
    const { sku } = oneProduct(client);
    const stock = async (): Promise<unknown[]> => {
      const [row] = rows((await client.inventory({ sku_ids: [sku] })).data['inventory']);
      const found = first(row?.['skus']);
      const [place] = rows(found['warehouse_inventory']);
      t.strictSame(
        [place?.['available_quantity'], place?.['committed_quantity']],
        [found['total_available_quantity'], found['total_committed_quantity']],
      );
      return [found['total_available_quantity'], found['total_committed_quantity']];
    };
    const order = (quantity: number, extra: object = {}): string =>
      control.addOrder(client.shopId, {
        lines: [{ sellerSku: 'THING', quantity }],
        paidMinutesAgo: 90,
        ...extra,
      }).id;
    const one = order(3);
    t.strictSame(await stock(), [47, 3]);
    const two = order(2);
    t.equal((await client.markShipped(one, 'T-1')).code, 0);
    t.strictSame(await stock(), [45, 2], 'shipped pieces are not committed any more');
    control.act(two, { type: 'seller_cancel' });
    t.strictSame(await stock(), [47, 0]);
    control.act(one, { type: 'system_cancel' });
    t.strictSame(await stock(), [47, 0], 'what has left the house does not come back by itself');
    order(4, { fulfillmentType: 'FULFILLMENT_BY_TIKTOK' });
    t.strictSame(await stock(), [47, 0], "TikTok's own warehouse is another stock");
    t.throws(() => order(48), /no warehouse has enough/);
    order(47);
    t.strictSame(await stock(), [0, 47]);
  },
);

await t.test('back-ordered pieces are sold once the stock is sold out', async (t) => {
  const client = freshShop(simulator);
  const { id, sku } = oneProduct(client);
  await client.updateInventory(id, [{ id: sku, inventory: [{ quantity: 2, backorder_quantity: 6 }] }]);
  await client.updateInventory(id, [{ id: sku, inventory: [{ quantity: 2 }] }]);
  const shown = async (): Promise<Json> => first(first((await client.product(id)).data['skus'])['inventory']);
  t.match(await shown(), { quantity: 2, backorder_quantity: 6 }, 'stays when it is not mentioned');
  control.addOrder(client.shopId, { lines: [{ sellerSku: 'THING', quantity: 2 }] });
  t.equal((await shown())['quantity'], 6);
});

await t.test('an order is served by a warehouse that has all of it', async (t) => {
  const client = freshShop(simulator);
  const [main] = control.warehouses(client.shopId);
  const a = main?.id ?? '';
  const b = control.addWarehouse(client.shopId, { name: 'Second' }).id;
  oneProduct(client, { stock: { [a]: 1, [b]: 9 } });
  const buy = (quantity: number): unknown =>
    control.addOrder(client.shopId, { lines: [{ sellerSku: 'THING', quantity }] })['warehouse_id'];
  t.equal(buy(5), b);
  t.equal(buy(1), a);
  t.throws(() => buy(5), /no warehouse has enough/);
});

await t.test('the inventory of many is read at once, SKUs before products', async (t) => {
  const client = freshShop(simulator);
  const one = oneProduct(client);
  const two = oneProduct(client);
  const found = async (body: object): Promise<unknown> =>
    rows((await client.inventory(body)).data['inventory']).map((row) => [
      row['product_id'],
      ids(row['skus']),
    ]);
  t.strictSame(await found({ product_ids: [two.id, one.id] }), [
    [two.id, [two.sku]],
    [one.id, [one.sku]],
  ]);
  t.strictSame(await found({ product_ids: [two.id], sku_ids: [one.sku] }), [[one.id, [one.sku]]]);
  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));
  t.equal((await client.inventory({ product_ids: many(101) })).code, 12019120);
  t.equal((await client.inventory({ sku_ids: many(601) })).code, 12019015);
  t.equal((await client.inventory({ sku_ids: many(600) })).code, 0);
  t.equal((await client.inventory({})).code, 12052910);
});

await t.test('hostile values are refused by name, and none breaks the simulator', async (t) => {
  const { id, sku } = oneProduct(freshShop(simulator));
  const client = us;
  const odd: unknown[] = [null, 'x', 1, true, [], [[]], ['x'], { id: sku }, [{ id: {} }]];
  odd.push([{ id: sku, inventory: {} }], [{ id: sku, inventory: [{ quantity: '5' }] }]);
  odd.push(
    [{ id: sku, inventory: [{ quantity: 1.5 }] }],
    [{ id: '\u0000\ud800', inventory: [{ quantity: 1 }] }],
  );
  for (const skus of odd) {
    for (const reply of [await client.updateInventory(id, skus), await client.updatePrice(id, skus)]) {
      t.ok(reply.status < 500 && reply.code !== 36009003, JSON.stringify(skus));
    }
  }
  const rawBody = `{"skus":[{"id":"${sku}","__proto__":{"x":1},"inventory":[{"quantity":1e999}]}]}`;
  const reply = await client.call('POST', `/product/202309/products/${id}/inventory/update`, { rawBody });
  t.equal(reply.status < 500, true);
  for (const value of ['\u0000', '\ud800', '__proto__', 'constructor', 'x'.repeat(100_000)]) {
    t.strictSame((await client.searchProducts({ seller_skus: [value] })).data['products'], []);
    t.strictSame((await client.inventory({ product_ids: [value] })).data['inventory'], []);
    t.equal(rows((await client.changeStatus('deactivate', [value])).data['errors']).length, 1);
  }
});

await t.test('scopes guard reading, writing and deleting apart', async (t) => {
  control.putApp({
    appKey: 'reader',
    appSecret: 'secret',
    serviceId: '1',
    name: 'Reader',
    redirectUrl: 'http://127.0.0.1/x',
    scopes: ['seller.product.basic'],
  });
  const { id, sku } = oneProduct(us);
  const { openId, ciphers } = control.shop(us.shopId);
  const { accessToken: token } = control.grantTokens({ openId, appKey: 'reader' });
  const as = { appKey: 'reader', secret: 'secret', token, cipher: ciphers['reader'] ?? '' };
  const codeOf = async (method: string, path: string, body: object): Promise<number> =>
    (await us.call(method, `/product/202309/${path}`, { ...as, body })).code;
  t.equal(await codeOf('POST', 'inventory/search', { sku_ids: [sku] }), 0);
  const skus = [{ id: sku, inventory: [{ quantity: 1 }], price: { amount: '1', currency: 'USD' } }];
  t.equal(await codeOf('POST', `products/${id}/inventory/update`, { skus }), 105005);
  t.equal(await codeOf('POST', `products/${id}/prices/update`, { skus }), 105005);
  t.equal(await codeOf('POST', 'products/deactivate', { product_ids: [id] }), 0);
  t.equal(await codeOf('DELETE', 'products', { product_ids: [id] }), 105005);
  t.equal(await codeOf('POST', 'products/recover', { product_ids: [id] }), 105005);
});
