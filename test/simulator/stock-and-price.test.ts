import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { documentedShapes } from './support/documented-shapes.js';
import { first, rows } from './support/mini-client.js';
import { freshShop, productClient, productMaker, skuErrors } from './support/product-calls.js';
import { parseShape, violations } from './support/shape.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;
const us = productClient(simulator, 'Harbor Goods');
const oneProduct = productMaker(simulator);

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
  control.setBehaviour({ stockUpdates: 'live' });
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
  control.setBehaviour({ stockUpdates: 'not_frozen' });
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

await t.test('whether stock and price move update_time is a switch; a status always does', async (t) => {
  const client = freshShop(simulator);
  control.setClock({ frozen: true });
  t.teardown(() => control.setClock({ frozen: false }));
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
