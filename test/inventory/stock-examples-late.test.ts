import t, { type Test } from 'tap';
import { testDatabase } from '../support/database.js';
import { beginUpload } from './slow-upload.js';
import { exampleOf, mainOf, type Play } from './stock-example.js';
import type { StockWorld } from './stock-world.js';

/** What TikTok ends with when things come late, cross, or break off. */

t.setTimeout(400_000);
const db = await testDatabase(t);
const example = exampleOf(t, db);

await example(
  'a large file that is read long never overwrites a small one that came after it',
  async (shop, t) => {
    shop.wait(10);
    const large = await beginUpload(db, shop.erp, 'SupplierSKU,Quantity\nA,50\n');
    await shop.feed('SupplierSKU,Quantity', 'A,0');
    await shop.round();
    t.equal(shop.shown('A'), 0);
    t.equal((await large.finish('B,1\n')).status, 200);
    await shop.round();
    t.equal(shop.shown('A'), 0);
    t.match(await shop.explain('A'), { Summary: /is in TikTok as it was uploaded/ });
  },
);

await example(
  'what a worker that has slept through a newer feed would send never leaves',
  async (shop, t) => {
    shop.wait(10);
    await shop.feed('SupplierSKU,Quantity', 'A,111');
    let isThere!: () => void;
    let goOn!: () => void;
    const there = new Promise<void>((resolve) => (isThere = resolve));
    const goesOn = new Promise<void>((resolve) => (goOn = resolve));
    const sleeping = shop.sleepingPush(async () => {
      isThere();
      await goesOn;
    });
    await there;
    await shop.loseLease('push-inventory');
    await shop.feed('SupplierSKU,Quantity', 'A,222');
    await shop.round();
    t.equal(shop.shown('A'), 222);
    const calls = shop.calls();
    goOn();
    t.match((await sleeping).outcome, /lease-lost|interrupted/);
    t.equal(shop.shown('A'), 222);
    t.equal(shop.calls(), calls, 'nothing has left');
    shop.wait(4);
    await shop.round();
    t.equal(shop.shown('A'), 222);
  },
);

await example(
  'a warehouse that TikTok does not stock the SKU in any more is a gate, not a guess',
  async (shop, t) => {
    shop.product('MOVED', { West: 5 });
    await shop.run('pull-catalogue');
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', `MOVED,${mainOf(shop)},12`);
    await shop.round();
    t.equal(shop.shown('MOVED'), 5);
    t.match(await shop.explain('MOVED'), { Summary: /not in TikTok as it was uploaded.*warehouse/i });
    await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', 'MOVED,West,7');
    await shop.round();
    t.equal(shop.shown('MOVED'), 7);
  },
  { warehouses: ['West'] },
);

await example(
  'the safety buffer is kept when orders that are on hold come off the count',
  async (shop, t) => {
    shop.wait(5);
    shop.order('A', 3);
    await shop.run('pull-orders');
    shop.wait(20);
    await shop.feed('SupplierSKU,Quantity', 'A,12');
    await shop.round();
    t.equal(shop.shown('A'), 7);
  },
  { settings: { safetyBuffer: 2 } },
);

await example(
  'a stop of all sales of a shop without authorisation says so, and goes first of all when it is back',
  async (shop, t) => {
    shop.product('B', 4);
    await shop.run('pull-catalogue');
    const connection = { where: { id: shop.connection.id } };
    await db.prisma.connection.update({ ...connection, data: { status: 'needs_reauthorization' } });
    await shop.feed('SupplierSKU,Quantity', 'B,9');
    shop.wait(10);
    await shop.feed('SupplierSKU,Quantity', 'A,40');
    const answer = await shop.erp.call('PUT', `/api/v3/Inventory/${shop.erp.seller.partnerId}/ZeroOut`);
    t.equal(answer.statusCode, 200, answer.body);
    t.match(answer.body, /authori[sz]ed again/);
    await shop.feed('SupplierSKU,Quantity', 'B,9');
    await shop.run('push-inventory');
    t.equal(shop.shown('A'), 12);
    await db.prisma.connection.update({ ...connection, data: { status: 'active' } });
    await shop.run('push-inventory');
    t.equal(shop.shown('A'), 0);
    t.equal(shop.shown('B'), 9, 'what was said since counts');
    const { effects } = shop.simulator.control.productEffects({ kind: 'inventory_updated' });
    t.equal(effects.find(({ via }) => via === 'api')?.sellerSku, 'A');
  },
);

await example('a price that a promotion locks waits, whatever Seller Center makes of it', async (shop, t) => {
  await shop.feed('SupplierSKU,Cost', 'A,20');
  await shop.round();
  const [sku] = shop.simulator.control.stock(shop.shopId, 'A');
  shop.simulator.control.patchSku(sku?.skuId ?? '', {
    promotion: { endsInSeconds: 86_400, discount: 'fixed_price' },
  });
  shop.wait(60);
  shop.sellerCenter('A', { price: '15.00' });
  await shop.run('pull-catalogue');
  await shop.feed('SupplierSKU,Cost', 'A,22');
  await shop.round();
  t.equal(shop.priceShown('A'), '15.00');
  t.match(await shop.explain('A'), { Summary: /promotion/i });
  shop.wait(1_450);
  await shop.run('pull-catalogue');
  await shop.round();
  t.equal(shop.priceShown('A'), '22.00');
});

/** The process is killed after so many transactions of its push; another one goes on a little later. */
async function crashed(shop: StockWorld, t: Test, transactions: number): Promise<void> {
  shop.wait(10);
  await shop.feed('SupplierSKU,Quantity,Cost', 'A,5,21');
  await shop.killedPush(transactions);
  await shop.loseLease('push-inventory');
  shop.wait(4);
  await shop.round();
  t.equal(shop.shown('A'), 5, `after ${transactions} transactions`);
  t.equal(shop.priceShown('A'), '21.00');
  t.ok(shop.calls() <= 2, 'at most the same call again');
  t.match(await shop.explain('A'), { Summary: /is in TikTok as it was uploaded/, OpenCalls: [] });
}
for (const transactions of [1, 2, 3, 4]) {
  const play: Play = (shop, t) => crashed(shop, t, transactions);
  await example(
    `a crash between a call and its note ends right (killed after ${transactions} transactions)`,
    play,
  );
}
