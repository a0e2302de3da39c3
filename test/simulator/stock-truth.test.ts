import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { first, rows, type Json } from './support/mini-client.js';
import { freshShop, productMaker, skuErrors, type ProductClient } from './support/product-calls.js';

/** Whether the simulator moves stock as TikTok does, and, where TikTok's documents leave it open, either way. */

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;
const oneProduct = productMaker(simulator);
const asItWas = { ...control.behaviour() };
t.afterEach(() => {
  control.clearFaults();
  control.setBehaviour(asItWas);
});

/** What the API shows: pieces that can be ordered, and those of open orders. */
async function shown(client: ProductClient, sku: string): Promise<[unknown, unknown]> {
  const row = first(first((await client.inventory({ sku_ids: [sku] })).data['inventory'])['skus']);
  return [row['total_available_quantity'], row['total_committed_quantity']];
}

/** As a buyer does: ordered first, paid afterwards. */
function order(client: ProductClient, quantity: number, isPaid = true): string {
  const lines = [{ sellerSku: 'THING', quantity }];
  const { id } = control.addOrder(client.shopId, { lines, paidMinutesAgo: null });
  if (isPaid) control.act(id, { type: 'pay' });
  return id;
}

async function set(
  client: ProductClient,
  product: { id: string; sku: string },
  quantity: number,
): Promise<string[]> {
  const reply = await client.updateInventory(product.id, [{ id: product.sku, inventory: [{ quantity }] }]);
  return reply.code === 0 ? (skuErrors(reply)[product.sku] ?? []) : [String(reply.code)];
}

await t.test('an order takes its pieces when it is placed, and a cancellation gives them back', async (t) => {
  const client = freshShop(simulator);
  const { sku } = oneProduct(client);
  const unpaid = order(client, 2, false);
  t.strictSame(await shown(client, sku), [48, 2], 'before it is paid');
  control.act(unpaid, { type: 'pay' });
  t.strictSame(await shown(client, sku), [48, 2]);
  control.act(unpaid, { type: 'buyer_cancel' });
  t.strictSame(await shown(client, sku), [50, 0]);
  const never = order(client, 3, false);
  control.act(never, { type: 'system_cancel' });
  t.strictSame(await shown(client, sku), [50, 0], 'never paid');
});

for (const committedEnds of ['arrangement', 'collection'] as const) {
  await t.test(`pieces are committed until ${committedEnds}, and a return moves nothing`, async (t) => {
    control.setBehaviour({ committedEnds });
    const client = freshShop(simulator);
    const { sku } = oneProduct(client);
    const id = order(client, 2);
    control.setClock({ advanceSeconds: 3700 });
    control.act(id, { type: 'seller_ship' });
    t.strictSame(await shown(client, sku), [48, committedEnds === 'arrangement' ? 0 : 2]);
    control.act(id, { type: 'carrier_collect' });
    t.strictSame(await shown(client, sku), [48, 0]);
    control.act(id, { type: 'carrier_deliver' });
    control.act(id, { type: 'buyer_opens_return' });
    t.strictSame(await shown(client, sku), [48, 0]);
  });
}

await t.test('an update sets what can be ordered, or what lies in the house', async (t) => {
  const client = freshShop(simulator);
  const thing = oneProduct(client);
  order(client, 3);
  t.strictSame(await set(client, thing, 20), []);
  t.strictSame(await shown(client, thing.sku), [20, 3]);
  control.setBehaviour({ updateSets: 'on_hand' });
  t.strictSame(await set(client, thing, 20), []);
  t.strictSame(await shown(client, thing.sku), [17, 3]);
  t.match(await set(client, thing, 2), [/^12052055@/], 'three are ordered already');
  t.strictSame(await set(client, thing, 3), []);
  t.strictSame(await shown(client, thing.sku), [0, 3]);
});

await t.test('a promotion holds each warehouse, or the SKU as a whole', async (t) => {
  const client = freshShop(simulator);
  const a = control.warehouses(client.shopId)[0]?.id ?? '';
  const b = control.addWarehouse(client.shopId, { name: 'Second' }).id;
  const { id, sku } = oneProduct(client, { stock: { [a]: 12, [b]: 5 } });
  control.patchSku(sku, { promotion: { endsInSeconds: 600 } });
  const both = async (one: number, two: number): Promise<string[]> => {
    const inventory = [
      { warehouse_id: a, quantity: one },
      { warehouse_id: b, quantity: two },
    ];
    return skuErrors(await client.updateInventory(id, [{ id: sku, inventory }]))[sku] ?? [];
  };
  t.strictSame(await both(11, 20), [`12052393@${a}`]);
  control.setBehaviour({ promotionHolds: 'sku' });
  t.strictSame(await both(11, 5), ['12052393@']);
  t.strictSame(await both(11, 6), []);
  t.strictSame(await both(0, 20), []);
});

await t.test('a promotion with a percentage off leaves the price free', async (t) => {
  const client = freshShop(simulator);
  const { id, sku } = oneProduct(client);
  const price = async (): Promise<number> =>
    (await client.updatePrice(id, [{ id: sku, price: { amount: '9', currency: 'USD' } }])).code;
  control.patchSku(sku, { promotion: { endsInSeconds: 600 } });
  t.equal(await price(), 12052038);
  control.patchSku(sku, { promotion: { endsInSeconds: 600, discount: 'percentage' } });
  t.equal(await price(), 0);
  t.match(await set(client, { id, sku }, 49), [/^12052393@/], 'and holds the stock all the same');
});

await t.test(
  'back-ordered pieces stay when an update leaves them out, and are sold when all else is',
  async (t) => {
    const client = freshShop(simulator);
    const thing = oneProduct(client);
    const [main] = control.warehouses(client.shopId);
    const a = main?.id ?? '';
    control.patchSku(thing.sku, { backorder: { [a]: 4 } });
    t.strictSame(await set(client, thing, 2), []);
    t.match(control.stock(client.shopId, 'THING'), [{ warehouses: [{ available: 2, backorder: 4 }] }]);
    order(client, 2);
    t.strictSame(await shown(client, thing.sku), [4, 2], 'sold out: they are for sale now');
    control.patchSku(thing.sku, { backorder: { [a]: 6 } });
    t.strictSame(await set(client, thing, 0), []);
    t.strictSame(await shown(client, thing.sku), [6, 2], 'a zero alone opens the sale again');
    control.patchSku(thing.sku, { backorder: { [a]: 6 } });
    const inventory = [{ quantity: 0, backorder_quantity: 0 }];
    await client.updateInventory(thing.id, [{ id: thing.sku, inventory }]);
    t.strictSame(await shown(client, thing.sku), [0, 2]);
  },
);

await t.test('the stock of combos, of auctions and of shops that share it cannot be set', async (t) => {
  const client = freshShop(simulator);
  const thing = oneProduct(client);
  const codes = { combo: '12052850@', shared: '12052921@', auction: '12052371@' } as const;
  for (const stockLock of ['combo', 'shared', 'auction'] as const) {
    t.match(control.patchSku(thing.sku, { stockLock }), { stockLock });
    t.strictSame(await set(client, thing, 1), [codes[stockLock]]);
  }
  t.strictSame(await shown(client, thing.sku), [50, 0]);
  control.patchSku(thing.sku, { stockLock: null });
  t.strictSame(await set(client, thing, 1), []);
});

await t.test(
  'stock of products that are not live is refused, or only of those that are frozen or deleted',
  async (t) => {
    const client = freshShop(simulator);
    const thing = oneProduct(client);
    control.setBehaviour({ stockUpdates: 'not_frozen' });
    for (const status of ['DRAFT', 'PENDING', 'SELLER_DEACTIVATED', 'PLATFORM_DEACTIVATED'] as const) {
      control.patchProduct(thing.id, { status });
      t.strictSame(await set(client, thing, 7), [], status);
    }
    for (const status of ['FREEZE', 'DELETED'] as const) {
      control.patchProduct(thing.id, { status });
      t.strictSame(await set(client, thing, 7), ['12052901'], status);
    }
  },
);

await t.test('pieces of an order may leave from another warehouse, which then misses them', async (t) => {
  const client = freshShop(simulator);
  const a = control.warehouses(client.shopId)[0]?.id ?? '';
  const b = control.addWarehouse(client.shopId, { name: 'Second' }).id;
  oneProduct(client, { stock: { [a]: 12, [b]: 5 } });
  const id = order(client, 2);
  t.throws(() => control.act(id, { type: 'other_warehouse', warehouseId: '42' }), /warehouse 42/);
  control.act(id, { type: 'other_warehouse', warehouseId: b });
  t.match(control.stock(client.shopId, 'THING'), [
    {
      warehouses: [
        { available: 12, committed: 0 },
        { available: 3, committed: 2 },
      ],
    },
  ]);
  t.equal(control.order(id)['warehouse_id'], b);
  control.setClock({ advanceSeconds: 3700 });
  control.act(id, { type: 'seller_ship' });
  t.throws(() => control.act(id, { type: 'other_warehouse', warehouseId: a }), /not possible/);
});

await t.test('an inventory search that lags shows the stock of some seconds ago', async (t) => {
  control.setClock({ frozen: true });
  t.teardown(() => control.setClock({ frozen: false }));
  const client = freshShop(simulator);
  const thing = oneProduct(client);
  control.setBehaviour({ inventoryLagSec: 5 });
  order(client, 1);
  control.setClock({ advanceSeconds: 3 });
  await set(client, thing, 20);
  t.strictSame(await shown(client, thing.sku), [50, 0]);
  control.setClock({ advanceSeconds: 2 });
  t.strictSame(await shown(client, thing.sku), [49, 1], 'the order shows');
  t.equal(first(first((await client.searchProducts()).data['products'])['skus'])['id'], thing.sku);
  control.setClock({ advanceSeconds: 3 });
  t.strictSame(await shown(client, thing.sku), [20, 1], 'the update too');
});

await t.test('an order search that lags lists an order later than its detail shows it', async (t) => {
  control.setClock({ frozen: true });
  t.teardown(() => control.setClock({ frozen: false }));
  const client = freshShop(simulator);
  oneProduct(client);
  control.setBehaviour({ orderListLagSec: 60 });
  const id = order(client, 1);
  const listed = async (): Promise<[number, unknown]> => {
    const { data } = await client.search();
    return [rows(data['orders']).length, data['total_count']];
  };
  t.strictSame(await listed(), [0, 0]);
  t.equal(control.order(id)['id'], id);
  control.setClock({ advanceSeconds: 60 });
  t.strictSame(await listed(), [1, 1]);
});

await t.test('whether orders move the update_time of a product is a switch', async (t) => {
  control.setClock({ frozen: true });
  t.teardown(() => control.setClock({ frozen: false }));
  const client = freshShop(simulator);
  const { id } = oneProduct(client);
  const { updateTime } = control.product(id);
  control.setClock({ advanceSeconds: 10 });
  order(client, 1);
  t.equal(control.product(id).updateTime, updateTime);
  control.setBehaviour({ ordersMoveUpdateTime: true });
  const placed = order(client, 1);
  t.equal(control.product(id).updateTime, updateTime + 10);
  control.setClock({ advanceSeconds: 10 });
  control.act(placed, { type: 'buyer_cancel' });
  t.equal(control.product(id).updateTime, updateTime + 20);
});

await t.test('a delayed call is carried out once, even when its client has hung up', async (t) => {
  const client = freshShop(simulator);
  const thing = oneProduct(client);
  control.addFault({
    kind: 'delay',
    ms: 300,
    times: 1,
    match: { path: `/product/202309/products/${thing.id}/` },
  });
  control.clearProductEffects();
  const inventory = [{ quantity: 7 }];
  const call = client.call('POST', `/product/202309/products/${thing.id}/inventory/update`, {
    body: { skus: [{ id: thing.sku, inventory }] },
    signal: AbortSignal.timeout(50),
  });
  await t.rejects(call, { name: 'TimeoutError' });
  t.strictSame(await shown(client, thing.sku), [50, 0], 'not yet');
  t.strictSame(await set(client, thing, 9), [], 'a newer call overtakes it');
  await new Promise((resolve) => setTimeout(resolve, 600));
  t.strictSame(await shown(client, thing.sku), [7, 0]);
  const made: Json[] = rows(control.productEffects({ sku: thing.sku }).effects);
  t.strictSame(
    made.map(({ inventory: change }) => first(change)['after']),
    [9, 7],
  );
});
