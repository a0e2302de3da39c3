import t from 'tap';
import { testDatabase } from '../support/database.js';
import { startProductWorld } from './push-world.js';

const db = await testDatabase(t);
t.setTimeout(300_000);

await t.test(
  'a feed becomes products on TikTok, their review is read back, and their stock follows',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    const rows = ['Red', 'Blue'].map((colour) => ({
      'Parent SKU': 'MUG',
      'Merchant SKU': `MUG-${colour}`,
      'Option 1 Name': 'Glaze',
      'Option 1 Value': colour,
    }));
    const feed = await world.draft(...rows, { 'Merchant SKU': 'BOWL', Quantity: 3 });
    await world.round();
    t.same(control.products(world.shopId), [], 'nothing leaves before it is asked for');
    t.match(
      await world.send(feed),
      /^2 products/,
      JSON.stringify((await world.itemOf(feed, 'MUG')).Findings),
    );
    await world.round();
    const mug = world.listing('MUG-Red');
    t.match(mug, { status: 'PENDING', title: 'Stoneware mug with a glazed inside and a big handle' });
    t.same(Object.keys(world.skuIds('MUG-Red')).toSorted(), ['MUG-Blue', 'MUG-Red']);
    t.equal(world.listings('BOWL').length, 1);
    const item = await world.itemOf(feed, 'MUG');
    t.equal((item as unknown as { TikTokProductId: string }).TikTokProductId, mug['id']);
    world.wait(6);
    await world.round();
    t.equal(world.listing('MUG-Red')['status'], 'ACTIVATE');
    await world.inventory('SupplierSKU,Quantity,Cost', 'MUG-Red,41,13.00');
    await world.run('push-inventory');
    const [row] = control.stock(world.shopId, 'MUG-Red');
    t.match(row, { available: 41, price: '13.00' });
    t.equal(control.stock(world.shopId, 'BOWL')[0]?.available, 3, 'what the feed said served the create');
  },
);
