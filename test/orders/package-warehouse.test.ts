import t from 'tap';
import { testDatabase } from '../support/database.js';
import { attributeOf } from './adds-up.js';
import { startShop } from './shop.js';

const db = await testDatabase(t);
const lines = [{ sellerSku: 'TEE-RED-L', quantity: 2, price: '20' }];

await t.test('US: the warehouse that a package really leaves from is told on its order', async (t) => {
  const shop = await startShop(t, db);
  const { control } = shop.simulator;
  const other = control.addWarehouse(shop.shopId, { name: 'West' });
  const [moved, stays, unshipped] = [1, 2, 3].map(
    () => control.addOrder(shop.shopId, { lines, paidMinutesAgo: 90 }).id,
  ) as [string, string, string];
  await shop.pull();
  const asked = () => control.requests().filter(({ path }) => /\/packages\/\d+$/.test(path)).length;
  t.equal(asked(), 0, 'an order without a package costs no call');
  for (const id of [moved, stays])
    control.act(id, { type: 'seller_ship', trackingNumber: `PW0000${id.slice(-6)}` });
  control.act(moved, { type: 'package_leaves_from', warehouseId: other.id });
  await shop.pull();
  const [leaves, fromHome, none] = await Promise.all(
    [moved, stays, unshipped].map((id) => shop.document(id)),
  );
  t.equal(attributeOf(leaves!.json, 'TikTokPackageWarehouseId_'), other.id);
  const home = attributeOf(none!.json, 'TikTokWarehouseId');
  t.equal(attributeOf(leaves!.json, 'TikTokWarehouseId'), home, 'the order’s own stays');
  t.equal(attributeOf(fromHome!.json, 'TikTokPackageWarehouseId_'), home);
  t.notMatch(none!.text, 'TikTokPackageWarehouseId_');
  const told = (await shop.events('order-changed')).filter((summary) =>
    summary.includes('leaves from warehouse'),
  );
  t.equal(told.length, 1, 'an event where it is another one');
  t.match(told[0], `leaves from warehouse ${other.id}, not ${home}`);
  control.setClock({ advanceSeconds: 10 });
  control.act(moved, { type: 'carrier_collect' });
  await shop.pull();
  t.equal(asked(), 2, 'a package is asked for once');
  t.equal(attributeOf((await shop.document(moved))!.json, 'TikTokPackageWarehouseId_'), other.id);
});
