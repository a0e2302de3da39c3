import t from 'tap';
import { testDatabase } from '../support/database.js';
import { exampleOf, mainOf, soldAndHanded } from './stock-example.js';

/** What TikTok ends with, whoever else changes it: feeds, buyers, cancellers, Seller Center, promotions, late calls. */

t.setTimeout(400_000);
const db = await testDatabase(t);
const STOCK_CALL = '/product/202309/products/*/inventory/update';

const example = exampleOf(t, db);

await example('a restock to the number that was told before reaches TikTok', async (shop, t) => {
  await soldAndHanded(shop, 3);
  t.equal(shop.shown('A'), 9);
  await shop.feed('SupplierSKU,Quantity', 'A,12');
  await shop.round();
  t.equal(shop.shown('A'), 12);
  t.match(await shop.explain('A'), { Summary: /is in TikTok as it was uploaded/ });
});

await example('a count that is net of a sold order changes nothing', async (shop, t) => {
  await soldAndHanded(shop, 3);
  await shop.feed('SupplierSKU,Quantity', 'A,9');
  await shop.round();
  t.equal(shop.shown('A'), 9);
  t.equal(shop.calls(), 0);
});

await example(
  'a count during the hour of remorse does not put a sold piece back on sale',
  async (shop, t) => {
    shop.wait(5);
    shop.order('A', 3);
    await shop.run('pull-orders');
    shop.wait(25);
    await shop.feed('SupplierSKU,Quantity', 'A,12');
    await shop.round();
    t.equal(shop.shown('A'), 9);
    t.equal(shop.calls(), 0);
  },
);

await example(
  'countLagMinutes covers an ERP that counts without an order some time after it reads it',
  async (shop, t) => {
    await shop.setSettings({ countLagMinutes: 30 });
    await soldAndHanded(shop, 3);
    await shop.feed('SupplierSKU,Quantity', 'A,12');
    await shop.round();
    t.equal(shop.shown('A'), 9);
    await shop.setSettings({});
    shop.wait(60);
    await shop.feed('SupplierSKU,Quantity', 'A,12');
    await shop.round();
    t.equal(shop.shown('A'), 12, 'without it the count is taken as it is');
  },
);

await example('orders of days without a feed need no call', async (shop, t) => {
  for (const quantity of [2, 3]) {
    shop.wait(1440);
    shop.order('A', quantity);
    await shop.round();
    await shop.compare();
  }
  t.equal(shop.shown('A'), 7);
  t.equal(shop.calls(), 0);
});

await example('a buyer who cancels within the hour leaves everything as it was', async (shop, t) => {
  shop.wait(5);
  const id = shop.order('A', 3);
  await shop.round();
  shop.act(id, { type: 'buyer_cancel' });
  await shop.round();
  await shop.compare();
  t.equal(shop.shown('A'), 12);
  t.equal(shop.calls(), 0);
});

await example('a cancellation that the ERP cannot know yet is not taken off its count', async (shop, t) => {
  const id = await soldAndHanded(shop, 3);
  shop.act(id, { type: 'buyer_cancel', atOnce: true });
  await shop.run('pull-orders');
  t.equal(shop.shown('A'), 12);
  shop.wait(2);
  await shop.feed('SupplierSKU,Quantity', 'A,9');
  await shop.run('push-inventory');
  t.equal(shop.shown('A'), 12, 'the three lie there again');
  await shop.run('pull-cancellations');
  shop.wait(20);
  await shop.feed('SupplierSKU,Quantity', 'A,9');
  await shop.round();
  t.equal(shop.shown('A'), 9, 'now the ERP knows, and counts nine');
});

await example(
  'a piece that the seller cancels because it is not there is taken off again',
  async (shop, t) => {
    const id = await soldAndHanded(shop, 3);
    await shop.feed('SupplierSKU,Quantity', 'A,9');
    await shop.round();
    shop.wait(5);
    shop.act(id, { type: 'seller_cancel' });
    t.equal(shop.shown('A'), 12, 'TikTok puts it back on sale');
    await shop.round();
    t.equal(shop.shown('A'), 9);
  },
);

await example(
  'too many pieces that somebody sets in Seller Center are lowered, and told',
  async (shop, t) => {
    shop.wait(30);
    shop.sellerCenter('A', { stock: 999 });
    await shop.compare();
    t.equal(shop.shown('A'), 12);
    t.match(await shop.events('inventory-drift'), [/1 inventory item/]);
  },
);

await example(
  'fewer pieces that somebody sets in Seller Center stay until a feed names them',
  async (shop, t) => {
    shop.wait(30);
    shop.sellerCenter('A', { stock: 5 });
    await shop.compare();
    t.equal(shop.shown('A'), 5);
    t.match(await shop.explain('A'), { Summary: /shows 5 pieces instead of 12/, Drift: { Since: String } });
    await shop.compare();
    t.equal((await shop.events('inventory-drift')).length, 1, 'told once');
    shop.wait(5);
    await shop.feed('SupplierSKU,Quantity', 'A,12');
    await shop.round();
    t.equal(shop.shown('A'), 12);
    shop.sellerCenter('A', { stock: 5 });
    await shop.setSettings({ healDrift: 'both' });
    await shop.compare();
    t.equal(shop.shown('A'), 12, 'healDrift both puts it right at once');
  },
);

await example(
  'an edit in Seller Center is overwritten by the next feed, whether or not a compare came between',
  async (shop, t) => {
    shop.wait(30);
    shop.sellerCenter('A', { stock: 5 });
    await shop.feed('SupplierSKU,Quantity', 'A,12');
    await shop.round();
    t.equal(shop.shown('A'), 12);
  },
);

await example('after a pause orders come first, then the count', async (shop, t) => {
  shop.wait(30);
  await db.prisma.connection.update({ where: { id: shop.connection.id }, data: { status: 'paused' } });
  shop.wait(30);
  await shop.feed('SupplierSKU,Quantity', 'A,4');
  shop.wait(60);
  shop.order('A', 2);
  shop.wait(120);
  await db.prisma.connection.update({ where: { id: shop.connection.id }, data: { status: 'active' } });
  await shop.run('push-inventory');
  t.equal(shop.shown('A'), 2);
});

await example('the stop of all sales reaches a paused shop', async (shop, t) => {
  shop.wait(30);
  await db.prisma.connection.update({ where: { id: shop.connection.id }, data: { status: 'paused' } });
  const answer = await shop.erp.call('PUT', `/api/v3/Inventory/${shop.erp.seller.partnerId}/ZeroOut`);
  t.equal(answer.statusCode, 200, answer.body);
  await shop.run('push-inventory');
  t.equal(shop.shown('A'), 0);
  await shop.run('push-inventory');
  shop.sellerCenter('A', { stock: 3 });
  t.equal((await shop.run('push-inventory')).outcome, 'not-due', 'and nothing else runs there');
});

await example('a promotion keeps stock from falling until it ends', async (shop, t) => {
  const [sku] = shop.simulator.control.stock(shop.shopId, 'A');
  shop.simulator.control.patchSku(sku?.skuId ?? '', { promotion: { endsInSeconds: 86_400 } });
  shop.wait(60);
  await shop.feed('SupplierSKU,Quantity', 'A,3');
  await shop.round();
  t.equal(shop.shown('A'), 12);
  t.match(await shop.explain('A'), { Summary: /promotion/i });
  shop.wait(1450);
  await shop.round();
  t.equal(shop.shown('A'), 3);
});

await example(
  'under a promotion what may rise rises at once',
  async (shop, t) => {
    shop.product('TWO', { Main: 12, West: 5 });
    await shop.run('pull-catalogue');
    const [sku] = shop.simulator.control.stock(shop.shopId, 'TWO');
    shop.simulator.control.patchSku(sku?.skuId ?? '', { promotion: { endsInSeconds: 86_400 } });
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', `TWO,${mainOf(shop)},3`);
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', 'TWO,West,20');
    await shop.round();
    t.same(shop.shown('TWO'), { Main: 12, West: 20 });
  },
  { warehouses: ['West'] },
);

await example('a SKU that is made anew in TikTok keeps its history', async (shop, t) => {
  shop.wait(5);
  shop.order('A', 2);
  await shop.round();
  const [sku] = shop.simulator.control.stock(shop.shopId, 'A');
  shop.simulator.control.patchProduct(sku?.productId ?? '', { status: 'DELETED' });
  shop.product('A', 20);
  shop.wait(10);
  await shop.run('pull-catalogue');
  await shop.round();
  t.equal(shop.shown('A'), 10);
});

await example('a lost answer never brings an older quantity back', async (shop, t) => {
  const { control } = shop.simulator;
  shop.wait(10);
  await shop.feed('SupplierSKU,Quantity', 'A,10');
  control.addFault({ kind: 'drop', match: { path: STOCK_CALL }, times: 1 });
  await shop.round();
  await shop.feed('SupplierSKU,Quantity', 'A,3');
  await shop.round();
  t.equal(shop.shown('A'), 3, 'the newest goes at once');
  t.match(await shop.explain('A'), { Summary: /may still carry the call out/ });
  // TikTok carries the first call out now.
  shop.sellerCenter('A', { stock: 10 });
  shop.wait(4);
  await shop.run('push-inventory');
  t.equal(shop.shown('A'), 3);
});

await example(
  'two warehouses that are told by two systems keep what each was told',
  async (shop, t) => {
    shop.product('MULTI', { Main: 100, East: 8, West: 9 });
    await shop.run('pull-catalogue');
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', 'MULTI,East,5');
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', 'MULTI,West,7');
    await shop.round();
    t.same(shop.shown('MULTI'), { Main: 100, East: 5, West: 7 });
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', `MULTI,${mainOf(shop)},0`);
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', 'MULTI,West,6');
    await shop.round();
    t.same(shop.shown('MULTI'), { Main: 0, East: 5, West: 6 });
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', 'MULTI,East,15', 'MULTI,West,17');
    await shop.round();
    t.same(shop.shown('MULTI'), { Main: 0, East: 15, West: 17 }, 'a row for each warehouse');
    await shop.feed('SupplierSKU,Quantity', 'MULTI,0');
    await shop.round();
    t.same(shop.shown('MULTI'), { Main: 0, East: 0, West: 0 }, 'zero without a code empties all');
  },
  { warehouses: ['East', 'West'] },
);

await example('what was said before the match counts from then, net of what was sold', async (shop, t) => {
  await shop.setSettings({ autoMatch: false });
  shop.product('M', 30);
  await shop.run('pull-catalogue');
  await shop.feed('SupplierSKU,Quantity', 'ERP-M,12');
  shop.wait(10);
  shop.order('M', 2);
  await shop.round();
  const { partnerId } = shop.erp.seller;
  const answer = await shop.erp.call('POST', `/api/v3/Inventory/${partnerId}/Matching`, {
    payload: [{ SupplierSKU: 'ERP-M', MerchantSKU: 'M' }],
  });
  t.equal(answer.statusCode, 200, answer.body);
  await shop.round();
  t.equal(shop.shown('M'), 10);
});

await example('a product that becomes live gets its quantity then', async (shop, t) => {
  shop.product('LATER', 50);
  const [sku] = shop.simulator.control.stock(shop.shopId, 'LATER');
  shop.simulator.control.patchProduct(sku?.productId ?? '', { status: 'SELLER_DEACTIVATED' });
  await shop.run('pull-catalogue');
  await shop.feed('SupplierSKU,Quantity', 'LATER,4');
  await shop.round();
  shop.simulator.control.patchProduct(sku?.productId ?? '', { status: 'ACTIVATE' });
  shop.wait(10);
  await shop.run('pull-catalogue');
  await shop.round();
  t.equal(shop.shown('LATER'), 4);
});

await example(
  'the stop of all sales empties every warehouse, named or not, until a count names it',
  async (shop, t) => {
    shop.product('Z', { Main: 100, East: 8, West: 9 });
    await shop.run('pull-catalogue');
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', 'Z,East,5');
    await shop.round();
    await shop.erp.call('PUT', `/api/v3/Inventory/${shop.erp.seller.partnerId}/ZeroOut`);
    await shop.run('push-inventory');
    t.same(shop.shown('Z'), { Main: 0, East: 0, West: 0 });
    shop.wait(1);
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', `Z,${mainOf(shop)},5`);
    await shop.round();
    t.same(shop.shown('Z'), { Main: 5, East: 0, West: 0 });
  },
  { warehouses: ['East', 'West'] },
);

await example('after a stop of all sales a cancelled piece does not come back on sale', async (shop, t) => {
  shop.wait(5);
  const id = shop.order('A', 1);
  await shop.round();
  await shop.erp.call('PUT', `/api/v3/Inventory/${shop.erp.seller.partnerId}/ZeroOut`);
  await shop.run('push-inventory');
  t.equal(shop.shown('A'), 0);
  shop.wait(5);
  shop.act(id, { type: 'buyer_cancel' });
  t.equal(shop.shown('A'), 1);
  await shop.round();
  t.equal(shop.shown('A'), 0);
});

await example(
  'a share of the stock moves with the orders without a call',
  async (shop, t) => {
    shop.product('HALF', 10);
    await shop.run('pull-catalogue');
    await shop.feed('SupplierSKU,Quantity', 'HALF,20');
    await shop.round();
    t.equal(shop.shown('HALF'), 10);
    shop.wait(5);
    shop.order('HALF', 3);
    await shop.round();
    await shop.compare();
    t.equal(shop.shown('HALF'), 7);
    shop.wait(70);
    await shop.run('pull-orders');
    await shop.fetchOrders();
    shop.wait(5);
    await shop.feed('SupplierSKU,Quantity', 'HALF,17');
    await shop.round();
    t.equal(shop.shown('HALF'), 8);
  },
  { settings: { allocationPercent: 50 } },
);

await example(
  'an order between reading and sending is put right by the next pull of orders',
  async (shop, t) => {
    shop.wait(10);
    await shop.feed('SupplierSKU,Quantity', 'A,15');
    // The buyer is quicker than the call, which then sets what was read before.
    const fault = shop.simulator.control.addFault({
      kind: 'delay',
      ms: 1_500,
      match: { path: STOCK_CALL },
      times: 1,
    });
    t.ok(fault);
    const pushing = shop.run('push-inventory');
    await new Promise((resolve) => setTimeout(resolve, 700));
    shop.order('A', 1);
    await pushing;
    await shop.round();
    t.equal(shop.shown('A'), 14);
  },
);

await example('an unpaid order holds its piece until TikTok cancels it', async (shop, t) => {
  shop.wait(5);
  const id = shop.order('A', 1, { paid: false });
  shop.wait(5);
  await shop.feed('SupplierSKU,Quantity', 'A,12');
  await shop.round();
  t.equal(shop.shown('A'), 11);
  shop.act(id, { type: 'system_cancel' });
  await shop.round();
  await shop.compare();
  t.equal(shop.shown('A'), 12);
  t.equal(shop.calls(), 0);
});

await example('pieces that never reach the ERP are off its count when they are shipped', async (shop, t) => {
  shop.wait(5);
  const id = shop.order('A', 2, { shippingType: 'TIKTOK' });
  shop.wait(5);
  await shop.feed('SupplierSKU,Quantity', 'A,12');
  await shop.round();
  t.equal(shop.shown('A'), 10);
  shop.wait(70);
  shop.act(id, { type: 'seller_ship' });
  shop.act(id, { type: 'carrier_collect' });
  await shop.run('pull-orders');
  shop.wait(30);
  await shop.feed('SupplierSKU,Quantity', 'A,10');
  await shop.round();
  t.equal(shop.shown('A'), 10);
});

await example(
  'after a deletion of all items the next feed counts, whatever was sent before',
  async (shop, t) => {
    shop.wait(5);
    await shop.feed('SupplierSKU,Quantity', 'A,40');
    await shop.round();
    await shop.erp.call('DELETE', `/api/v3/Inventory/${shop.erp.seller.partnerId}`);
    shop.sellerCenter('A', { stock: 500 });
    shop.wait(5);
    await shop.feed('SupplierSKU,Quantity', 'A,40');
    await shop.round();
    t.equal(shop.shown('A'), 40);
  },
);

await example(
  'a bad price, a negative quantity and too many pieces do not keep stock on sale',
  async (shop, t) => {
    shop.product('NEG', 7);
    shop.product('MANY', 7);
    await shop.run('pull-catalogue');
    await shop.feed('SupplierSKU,Quantity,Cost', 'A,0,"12,5,0"', 'NEG,-3,', 'MANY,120000,');
    await shop.round();
    t.equal(shop.shown('A'), 0);
    t.equal(shop.priceShown('A'), '20.00');
    t.equal(shop.shown('NEG'), 0);
    t.equal(shop.shown('MANY'), 99_999);
  },
);

await example(
  'a feed overwrites the price that somebody set in Seller Center just before it, which no pull has seen',
  async (shop, t) => {
    await shop.feed('SupplierSKU,Cost', 'A,20');
    await shop.round();
    shop.wait(30);
    shop.sellerCenter('A', { price: '1.00' });
    shop.wait(5);
    await shop.feed('SupplierSKU,Cost', 'A,20');
    await shop.run('push-inventory');
    t.equal(shop.priceShown('A'), '20.00');
  },
);

await example(
  'a clock of TikTok that is an hour ahead of ours hides no price that somebody has set',
  async (shop, t) => {
    await shop.feed('SupplierSKU,Cost', 'A,20');
    await shop.round();
    shop.simulator.control.setClock({ advanceSeconds: 3600 });
    await shop.round();
    shop.sellerCenter('A', { price: '1.00' });
    await shop.run('compare-inventory');
    shop.simulator.control.setClock({ advanceSeconds: 3600 });
    shop.sellerCenter('A', { price: '2.00' });
    shop.wait(5);
    await shop.feed('SupplierSKU,Cost', 'A,20');
    await shop.run('push-inventory');
    t.equal(shop.priceShown('A'), '20.00');
  },
);

await example(
  'a price that was named while products cannot be read waits for them, and keeps back no quantity',
  async (shop, t) => {
    const { control } = shop.simulator;
    await shop.feed('SupplierSKU,Quantity,Cost', 'A,7,20');
    await shop.round();
    shop.sellerCenter('A', { price: '1.00' });
    shop.wait(5);
    await shop.feed('SupplierSKU,Quantity,Cost', 'A,8,20');
    control.addFault({
      kind: 'http',
      status: 500,
      match: { path: '/product/*/products/search' },
      times: 99,
    });
    await shop.run('push-inventory').catch(() => undefined);
    t.equal(shop.shown('A'), 8);
    t.equal(shop.priceShown('A'), '1.00');
    t.match(await shop.explain('A'), { Summary: /products of the shop cannot be read/ });
    control.clearFaults();
    shop.wait(70);
    await shop.round();
    await shop.compare();
    t.equal(shop.priceShown('A'), '20.00');
  },
);

await example(
  'a price that somebody sets in Seller Center is told, and overwritten by the next feed',
  async (shop, t) => {
    await shop.feed('SupplierSKU,Cost', 'A,20');
    await shop.round();
    shop.wait(30);
    shop.sellerCenter('A', { price: '1.00' });
    await shop.run('pull-catalogue');
    await shop.compare();
    t.equal(shop.priceShown('A'), '1.00');
    t.match(await shop.explain('A'), { Summary: /price 1 instead of 20/ });
    shop.wait(5);
    await shop.feed('SupplierSKU,Cost', 'A,20');
    await shop.round();
    t.equal(shop.priceShown('A'), '20.00');
  },
);
