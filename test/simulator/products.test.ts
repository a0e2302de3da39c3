import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { documentedShapes } from './support/documented-shapes.js';
import { first, ids, rows, type Json } from './support/mini-client.js';
import { freshShop, productClient, skuErrors, walkProducts } from './support/product-calls.js';
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

/** A live product with one SKU in the default warehouse. */
function oneProduct(client: { shopId: string }, extra: object = {}): { id: string; sku: string } {
  const made = control.addProduct(client.shopId, {
    title: 'Thing',
    skus: [{ sellerSku: 'THING', price: '10', stock: 50, ...extra }],
  });
  return { id: made.id, sku: made.skus[0]?.id ?? '' };
}

await t.test('products have the documented fields with the documented types', async (t) => {
  const shapes = {
    search: parseShape(documentedShapes.searchProducts),
    detail: parseShape(documentedShapes.getProduct),
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

await t.test('every filter of the search chooses what it says', async (t) => {
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
  'an inventory update takes each SKU as a whole, and one that fails stops no other',
  async (t) => {
    const client = freshShop(simulator);
    const second = control.addWarehouse(client.shopId, { name: 'Second' });
    const [main] = control.warehouses(client.shopId);
    const a = main?.id ?? '';
    const b = second.id;
    const made = control.addProduct(client.shopId, {
      title: 'Thing',
      skus: ['X', 'Y', 'Z'].map((sellerSku) => ({ sellerSku, stock: { [a]: 10, [b]: 20 } })),
    });
    const [x = '', y = '', z = ''] = made.skus.map(({ id }) => id);
    control.clearProductEffects();
    const reply = await client.updateInventory(made.id, [
      {
        id: x,
        inventory: [
          { warehouse_id: a, quantity: 1 },
          { warehouse_id: b, quantity: 2 },
        ],
      },
      { id: y, inventory: [{ warehouse_id: a, quantity: 3 }] },
      {
        id: z,
        inventory: [
          { warehouse_id: a, quantity: 4 },
          { warehouse_id: b, quantity: 100_000 },
        ],
      },
      { id: '99', inventory: [{ quantity: 1 }] },
    ]);
    t.strictSame([reply.code, reply.message, reply.status], [0, 'Success', 200]);
    t.strictSame(violations(parseShape(documentedShapes.updateInventory), reply.data), []);
    t.strictSame(skuErrors(reply), {
      [y]: [`12019028@${b}`],
      [z]: [`12052055@${b}`],
      '99': ['12052556@'],
    });
    t.strictSame(
      control.product(made.id).skus.map(({ stock }) => stock.map(({ available }) => available)),
      [
        [1, 2],
        [10, 20],
        [10, 20],
      ],
    );
    const { counts, effects } = control.productEffects({ shop: client.shopId });
    t.equal(counts.inventory_updated, 1);
    t.match(effects, [
      {
        kind: 'inventory_updated',
        via: 'api',
        productId: made.id,
        skuId: x,
        sellerSku: 'X',
        requestId: reply.envelope['request_id'],
        inventory: [
          { warehouseId: a, before: 10, after: 1 },
          { warehouseId: b, before: 20, after: 2 },
        ],
      },
    ]);
  },
);

await t.test(
  'what is wrong with a warehouse or a quantity has its own code, and changes nothing',
  async (t) => {
    const client = freshShop(simulator);
    const { shopId } = client;
    const [main, desk] = control.warehouses(shopId);
    const a = main?.id ?? '';
    const unrelated = control.addWarehouse(shopId, { name: 'Unrelated' }).id;
    const off = control.addWarehouse(shopId, { name: 'Off' }).id;
    control.patchWarehouse(shopId, off, { effectStatus: 'DISABLED' });
    const foreign = control.warehouses(us.shopId)[0]?.id ?? '';
    const { id, sku } = oneProduct(client);
    const errorsOf = async (inventory: object[]): Promise<string[]> =>
      skuErrors(await client.updateInventory(id, [{ id: sku, inventory }]))[sku] ?? [];
    const own = { warehouse_id: a, quantity: 5 };
    const cases: [string, object[]][] = [
      ['12019022@', []],
      ['12052097@42', [own, { warehouse_id: '42', quantity: 5 }]],
      [`12052530@${foreign}`, [own, { warehouse_id: foreign, quantity: 5 }]],
      [`12052531@${off}`, [own, { warehouse_id: off, quantity: 5 }]],
      [`12052532@${desk?.id ?? ''}`, [own, { warehouse_id: desk?.id, quantity: 5 }]],
      [`12052533@${unrelated}`, [own, { warehouse_id: unrelated, quantity: 5 }]],
      ['12052037@', [own, own]],
      [`12019024@${a}`, [{ warehouse_id: a, quantity: -1 }]],
      [`12019024@${a}`, [{ ...own, backorder_quantity: -1 }]],
      [`12052055@${a}`, [{ warehouse_id: a, quantity: 100_000 }]],
      [`12052055@${a}`, [{ warehouse_id: a, quantity: 1e300 }]],
      [`12052055@${a}`, [{ ...own, backorder_quantity: 100_000 }]],
    ];
    for (const [expected, inventory] of cases) {
      t.strictSame(await errorsOf(inventory), [expected], JSON.stringify(inventory));
    }
    t.equal(control.product(id).skus[0]?.stock[0]?.available, 50);
    for (const quantity of [99_999, 0]) {
      t.strictSame(await errorsOf([{ quantity }]), [], 'a sole warehouse need not be named');
      t.equal(control.product(id).skus[0]?.stock[0]?.available, quantity);
    }
    control.setBehaviour({ zeroQuantity: 'refused' });
    t.teardown(() => control.setBehaviour({ zeroQuantity: 'accepted' }));
    t.strictSame(await errorsOf([{ quantity: 0 }]), [`12052055@${a}`]);
  },
);

await t.test('a warehouse that is left out is refused, kept or emptied, as the behaviour says', async (t) => {
  const client = freshShop(simulator);
  const [main] = control.warehouses(client.shopId);
  const a = main?.id ?? '';
  const b = control.addWarehouse(client.shopId, { name: 'Second' }).id;
  const { id, sku } = oneProduct(client, { stock: { [a]: 10, [b]: 20 } });
  t.teardown(() => control.setBehaviour({ leftOutWarehouse: 'refused' }));
  const stockAfter = async (given: object): Promise<unknown> => {
    const reply = await client.updateInventory(id, [{ id: sku, inventory: [given] }]);
    const stock = control.product(id).skus[0]?.stock.map(({ available }) => available);
    return [skuErrors(reply)[sku] ?? [], stock];
  };
  t.strictSame(await stockAfter({ warehouse_id: a, quantity: 7 }), [[`12019028@${b}`], [10, 20]]);
  t.strictSame(await stockAfter({ quantity: 7 }), [['12019028@'], [10, 20]], 'which of the two');
  control.setBehaviour({ leftOutWarehouse: 'kept' });
  t.strictSame(await stockAfter({ warehouse_id: a, quantity: 7 }), [[], [7, 20]]);
  control.setBehaviour({ leftOutWarehouse: 'zero' });
  t.strictSame(await stockAfter({ warehouse_id: a, quantity: 8 }), [[], [8, 0]]);
  control.setBehaviour({ leftOutWarehouse: 'refused' });
  control.patchWarehouse(client.shopId, b, { effectStatus: 'DISABLED' });
  t.strictSame(
    await stockAfter({ warehouse_id: a, quantity: 9 }),
    [[], [9, 0]],
    'one that is disabled is not missed',
  );
});

await t.test('stock and price change on live products only, with a list of distinct SKUs', async (t) => {
  const client = freshShop(simulator);
  const { id, sku } = oneProduct(client);
  const stock = { id: sku, inventory: [{ quantity: 1 }] };
  const price = { id: sku, price: { amount: '1', currency: 'USD' } };
  const both = async (stocks: unknown, prices: unknown): Promise<number[]> => [
    (await client.updateInventory(id, stocks)).code,
    (await client.updatePrice(id, prices)).code,
  ];
  const asMany = (count: number, one: object): object[] =>
    Array.from({ length: count }, (_, index) => ({ ...one, id: String(index + 1) }));
  t.strictSame(await both([], []), [12052902, 12052902]);
  t.strictSame(await both([stock, stock], [price, price]), [12052553, 12052553]);
  t.strictSame(await both(asMany(301, stock), asMany(301, price)), [12052050, 12052050]);
  t.strictSame(await both(asMany(300, stock), asMany(300, price)), [0, 12052557], 'one by one, or all');
  for (const status of [
    'DRAFT',
    'PENDING',
    'FAILED',
    'SELLER_DEACTIVATED',
    'PLATFORM_DEACTIVATED',
    'FREEZE',
    'DELETED',
  ] as const) {
    control.patchProduct(id, { status });
    t.strictSame(await both([stock], [price]), [12052901, 12052901], status);
  }
  const fewer = freshShop(simulator, 'ID');
  const batik = oneProduct(fewer, { price: '10000' });
  t.equal((await fewer.updateInventory(batik.id, asMany(101, stock))).code, 12052050);
});

await t.test('prices keep to format, currency and the limits of their market', async (t) => {
  const limits: [string, 'LOCAL' | 'CROSS_BORDER', string, string[], string[]][] = [
    ['US', 'LOCAL', 'USD', ['0.01', '7600', '7600.00'], ['0', '7600.01']],
    ['US', 'CROSS_BORDER', 'USD', ['0.01', '800'], ['800.01']],
    ['GB', 'LOCAL', 'GBP', ['5600'], ['5600.01']],
    ['GB', 'CROSS_BORDER', 'GBP', ['134.50'], ['134.51']],
    ['DE', 'LOCAL', 'EUR', ['6300'], ['6300.01']],
    ['ID', 'LOCAL', 'IDR', ['100', '100000000'], ['99', '100000001']],
    ['TH', 'LOCAL', 'THB', ['30', '260000'], ['29.99']],
    ['VN', 'LOCAL', 'VND', ['1', '180000000'], ['0', '180000001']],
    ['JP', 'LOCAL', 'JPY', ['1', '500000'], ['500001']],
    ['BR', 'LOCAL', 'BRL', ['0.50', '10000'], ['0.49']],
    ['MX', 'LOCAL', 'MXN', ['1', '50000'], ['0.99', '50000.01']],
  ];
  for (const [region, sellerType, currency, inside, outside] of limits) {
    const client = freshShop(simulator, region, sellerType);
    const { id, sku } = oneProduct(client, { price: '500' });
    const set = async (amount: string): Promise<number> => {
      const price = { currency, [sellerType === 'LOCAL' ? 'amount' : 'sale_price']: amount };
      return (await client.updatePrice(id, [{ id: sku, price }])).code;
    };
    for (const amount of inside) t.equal(await set(amount), 0, `${region} ${sellerType} ${amount}`);
    for (const amount of outside) t.equal(await set(amount), 12052570, `${region} ${sellerType} ${amount}`);
  }
  const client = freshShop(simulator);
  const { id, sku } = oneProduct(client);
  const codeOf = async (price: object, extra: object = {}): Promise<number> =>
    (await client.updatePrice(id, [{ id: sku, price, ...extra }])).code;
  for (const amount of ['1,50', '1.005', '-1', '1e3', ' 1', '1.', 'free', '١']) {
    t.equal(await codeOf({ amount, currency: 'USD' }), 12052012, amount);
  }
  t.equal(await codeOf({ amount: '1', currency: 'EUR' }), 12052084);
  t.equal(await codeOf({ currency: 'USD', sale_price: '1' }), 12052073, 'local sellers name the amount');
  t.equal(await codeOf({ amount: 1, currency: 'USD' }), 36009004, 'a number is no price');
  t.equal(await codeOf({ amount: '1' }), 36009004);
  t.equal(control.product(id).skus[0]?.price, '10.00', 'nothing of this was done');
  t.equal(await codeOf({ amount: '12.5', currency: 'USD' }), 0);
  const shown = first(first((await client.searchProducts()).data['products'])['skus']);
  t.strictSame(shown['price'], { currency: 'USD', tax_exclusive_price: '12.50', sale_price: '12.50' });
});

await t.test(
  'list prices exist in the US, within their limits, and below the price they are dropped',
  async (t) => {
    const client = freshShop(simulator);
    const { id, sku } = oneProduct(client);
    const set = async (list: string, currency = 'USD'): Promise<number> =>
      (
        await client.updatePrice(id, [
          { id: sku, price: { amount: '20', currency: 'USD' }, list_price: { amount: list, currency } },
        ])
      ).code;
    t.equal(await set('25'), 0);
    t.equal(control.product(id).skus[0]?.listPrice, '25.00');
    t.equal(await set('15'), 0);
    t.equal(control.product(id).skus[0]?.listPrice, '25.00', 'dropped without a word');
    t.equal(await set('7600.01'), 12052383);
    t.equal(await set('25', 'EUR'), 12052084);
    const uk = freshShop(simulator, 'GB');
    const scarf = oneProduct(uk);
    const list = { amount: '20', currency: 'GBP' };
    t.equal(
      (await uk.updatePrice(scarf.id, [{ id: scarf.sku, price: list, list_price: list }])).code,
      12052376,
    );
  },
);

await t.test(
  'cross-border sellers name the price that buyers see apart from the one before tax',
  async (t) => {
    const client = freshShop(simulator, 'JP', 'CROSS_BORDER');
    const { id, sku } = oneProduct(client, { price: '1000' });
    const set = async (price: object): Promise<number> =>
      (await client.updatePrice(id, [{ id: sku, price: { currency: 'JPY', ...price } }])).code;
    t.equal(await set({ amount: '900' }), 12052424, 'JP and US need the sale price');
    t.equal(await set({ sale_price: '99.5' }), 12052572);
    t.equal(await set({ amount: '900', sale_price: '990' }), 0);
    const shown = first((await client.product(id)).data['skus']);
    t.strictSame(shown['price'], { currency: 'JPY', tax_exclusive_price: '900', sale_price: '990' });
  },
);

await t.test('one wrong price refuses the whole call', async (t) => {
  const client = freshShop(simulator);
  const made = control.addProduct(client.shopId, {
    title: 'Thing',
    skus: [
      { sellerSku: 'A', price: '10' },
      { sellerSku: 'B', price: '10' },
    ],
  });
  const [a, b] = made.skus.map(({ id }) => id);
  const reply = await client.updatePrice(made.id, [
    { id: a, price: { amount: '11', currency: 'USD' } },
    { id: b, price: { amount: '9999', currency: 'USD' } },
  ]);
  t.strictSame([reply.code, reply.envelope['data']], [12052570, null]);
  t.strictSame(
    control.product(made.id).skus.map(({ price }) => price),
    ['10.00', '10.00'],
  );
});

await t.test('a promotion locks the price and holds the stock until its end on the clock', async (t) => {
  const client = freshShop(simulator);
  const { id, sku } = oneProduct(client);
  control.patchSku(sku, { promotion: { name: 'Sale', quantity: 20, endsInSeconds: 600 } });
  const stock = async (quantity: number): Promise<string[]> =>
    skuErrors(await client.updateInventory(id, [{ id: sku, inventory: [{ quantity }] }]))[sku] ?? [];
  const price = async (): Promise<number> =>
    (await client.updatePrice(id, [{ id: sku, price: { amount: '9', currency: 'USD' } }])).code;
  const a = control.warehouses(client.shopId)[0]?.id ?? '';
  t.strictSame(await stock(49), [`12052393@${a}`]);
  t.strictSame(await stock(50), [], 'not below the present value');
  t.strictSame(await stock(60), []);
  t.equal(await price(), 12052038);
  const [row] = rows((await client.inventory({ sku_ids: [sku] })).data['inventory']);
  t.match(first(row?.['skus'])['total_available_inventory_distribution'], {
    campaign_inventory: [{ quantity: 20, campaign_name: 'Sale' }],
    in_shop_inventory: { quantity: 40 },
  });
  control.setClock({ advanceSeconds: 601 });
  t.strictSame(await stock(5), []);
  t.equal(await price(), 0);
  control.patchSku(sku, { promotion: { endsInSeconds: 600 } });
  t.equal(await price(), 12052038);
  control.patchSku(sku, { promotion: null });
  t.equal(await price(), 0);
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
    t.strictSame(await now(), ['SELLER_DEACTIVATED', 'NONE']);
    t.strictSame(await errorOf('activate'), {});
    t.strictSame(await now(), ['PENDING', 'AUDITING']);
    control.setClock({ advanceSeconds: control.behaviour().productAuditSec });
    t.strictSame(await now(), ['ACTIVATE', 'APPROVED']);
    t.match(await errorOf('activate'), {
      errors: [{ code: 12052990, detail: { product_id: id, extra_errors: [{ code: 12052901 }] } }],
    });
    t.strictSame(await errorOf('delete'), {});
    t.strictSame(await now(), ['DELETED', 'NONE']);
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
    t.equal(control.productEffects({ product: id }).effects.length, 6);
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

await t.test('whether stock and price move update_time is a switch; a status always does', async (t) => {
  const client = freshShop(simulator);
  const { id, sku } = oneProduct(client);
  const updated = (): number => control.product(id).updateTime;
  const before = updated();
  control.setClock({ advanceSeconds: 10 });
  control.setBehaviour({ stockAndPriceMoveUpdateTime: false });
  await client.updateInventory(id, [{ id: sku, inventory: [{ quantity: 1 }] }]);
  await client.updatePrice(id, [{ id: sku, price: { amount: '2', currency: 'USD' } }]);
  t.equal(updated(), before);
  control.setBehaviour({ stockAndPriceMoveUpdateTime: true });
  await client.updateInventory(id, [{ id: sku, inventory: [{ quantity: 2 }] }]);
  t.equal(updated(), before + 10);
  control.setClock({ advanceSeconds: 10 });
  await client.changeStatus('deactivate', [id]);
  t.equal(updated(), before + 20);
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
