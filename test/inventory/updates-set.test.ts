import t from 'tap';
import { testDatabase } from '../support/database.js';
import { exampleOf, soldAndHanded } from './stock-example.js';

/** UNCONFIRMED: an update sets what is for sale, or what lies in the house. A shop's first writes with open orders tell. */

t.setTimeout(200_000);
const db = await testDatabase(t);
const example = exampleOf(t, db);

await example('a shop whose updates set what is for sale is seen to, and told nothing', async (shop, t) => {
  await soldAndHanded(shop, 3);
  await shop.feed('SupplierSKU,Quantity', 'A,20');
  await shop.round();
  t.equal(shop.shown('A'), 20);
  t.same(await shop.events('inventory-update-sets-on-hand'), []);
});

await example(
  'where an update sets what lies in the house, that is told, put right at once, and reckoned with from then on',
  async (shop, t) => {
    const { control } = shop.simulator;
    control.setBehaviour({ updateSets: 'on_hand' });
    shop.product('B', 30);
    await shop.run('pull-catalogue');
    await soldAndHanded(shop, 3);
    await shop.feed('SupplierSKU,Quantity', 'A,20');
    await shop.round();
    t.equal(shop.shown('A'), 20, 'the write that told it is put right');
    const [told, ...more] = await shop.events('inventory-update-sets-on-hand');
    t.match(told, /added from now on/);
    t.same(more, [], 'once');
    const { Wanted } = await shop.explain('A');
    t.match(Wanted, [{ Wanted: 20, Shown: 20, Carried: 23 }]);
    const calls = shop.calls();
    await shop.round();
    await shop.compare();
    t.equal(shop.calls(), calls, 'nothing more is sent');
    shop.order('A', 2);
    shop.wait(70);
    await shop.run('pull-orders');
    await shop.fetchOrders();
    shop.wait(5);
    await shop.feed('SupplierSKU,Quantity', 'A,10');
    await shop.round();
    t.equal(shop.shown('A'), 10);
    t.equal(shop.calls(), calls + 1, 'right at the first time');
    await shop.erp.call('PUT', `/api/v3/Inventory/${shop.erp.seller.partnerId}/ZeroOut`);
    await shop.round();
    t.equal(shop.shown('A'), 0, 'also the stop of all sales');
  },
);

await example(
  'a write of which TikTok shows nothing yet tells nothing of what updates set',
  async (shop, t) => {
    // As a restock to the number before: 12 on hand less 3 in open orders is what TikTok showed anyway.
    shop.simulator.control.setBehaviour({ updateSets: 'on_hand' });
    await soldAndHanded(shop, 3);
    await shop.feed('SupplierSKU,Quantity', 'A,12');
    await shop.round();
    t.same(await shop.events('inventory-update-sets-on-hand'), []);
    shop.product('B', 30);
    await shop.run('pull-catalogue');
    shop.order('B', 1);
    await shop.run('pull-orders');
    await shop.feed('SupplierSKU,Quantity', 'B,20');
    await shop.round();
    t.equal((await shop.events('inventory-update-sets-on-hand')).length, 1);
    t.equal(shop.shown('A'), 12, 'once it is known, what was too low is put right');
  },
);
