import t from 'tap';
import { zeroOut } from '../../src/inventory/items/change-items.js';
import { somebody } from '../support/actors.js';
import { testDatabase } from '../support/database.js';
import { upload } from '../inventory/files.js';
import { silentLog } from '../orders/shop.js';
import { startProductWorld, type ProductWorld, type Row } from './push-world.js';

const db = await testDatabase(t);
t.setTimeout(300_000);

const two = (parent: string, changes: Row = {}): Row[] =>
  ['Red', 'Blue'].map((colour) => ({
    'Parent SKU': parent,
    'Merchant SKU': `${parent}-${colour}`,
    'Option 1 Name': 'Glaze',
    'Option 1 Value': colour,
    ...changes,
  }));

async function settled(world: ProductWorld): Promise<void> {
  await world.round();
  world.wait(6);
  await world.round();
}

/** Everything that goes by itself, with the push of the inventory. */
async function pushed(world: ProductWorld): Promise<void> {
  await settled(world);
  await world.run('push-inventory');
}

function inTikTok(world: ProductWorld, sku: string): { available: unknown; price: unknown } {
  const [row] = world.simulator.control.stock(world.shopId, sku);
  return { available: row?.available, price: row?.price };
}

await t.test(
  'a later product feed changes stock and price of what is on sale, once it is sent',
  async (t) => {
    const world = await startProductWorld(t, db, { settings: { autoMatch: false } });
    await world.feed(...two('LATER'));
    await settled(world);
    const draft = await world.draft(...two('LATER', { Quantity: 3, Cost: '14.00' }));
    await pushed(world);
    t.same(inTikTok(world, 'LATER-Red'), { available: 7, price: '12.50' }, 'a draft changes nothing');
    const { Products } = (await world.erp.call('GET', `${world.base}/DryRun`)).json().Body;
    t.match(Products[0].Notes[0], /^LATER-Red: pieces 7 -> 3, price 12.50? -> 14(.00)?; told/);
    const writes = world.writes();
    await world.send(draft);
    await pushed(world);
    t.same(inTikTok(world, 'LATER-Red'), { available: 3, price: '14.00' });
    t.same(inTikTok(world, 'LATER-Blue'), { available: 3, price: '14.00' });
    t.equal(world.writes(), writes, 'no edit of the product carries them');
    await world.feed(...two('LATER', { Quantity: 0, Cost: '14.00' }));
    await world.run('push-products');
    const flow = await db.prisma.flow.findFirstOrThrow({
      where: { connectionId: world.connection.id, name: 'push-inventory' },
    });
    t.ok(flow.requested > flow.requestedSeen, 'nothing left is sent at once');
    await world.run('push-inventory');
    t.equal(inTikTok(world, 'LATER-Red').available, 0);
  },
);

await t.test('goods that are sold out are not sold on because a check holds the product back', async (t) => {
  const world = await startProductWorld(t, db);
  await world.feed(...two('BAD'));
  await settled(world);
  const feed = await world.draft(...two('BAD', { Quantity: 0, Title: 'A title &nbsp; that TikTok refuses' }));
  t.match(await world.send(feed), /1 stay drafts/);
  await pushed(world);
  t.equal(inTikTok(world, 'BAD-Red').available, 0);
});

await t.test(
  'what an inventory feed has named stays with inventory feeds, unless a setting says otherwise',
  async (t) => {
    const world = await startProductWorld(t, db);
    await world.feed(...two('OWN'));
    await settled(world);
    await world.inventory('SupplierSKU,Quantity', 'OWN-Red,40');
    await pushed(world);
    await world.feed(...two('OWN', { Quantity: 5, Cost: '15.00' }));
    await pushed(world);
    t.same(inTikTok(world, 'OWN-Red'), { available: 40, price: '15.00' }, 'nobody else has named its price');
    t.same(inTikTok(world, 'OWN-Blue'), { available: 5, price: '15.00' });
    // The same number again is a word of an inventory feed, too.
    await world.inventory('SupplierSKU,Quantity', 'OWN-Blue,5');
    await world.feed(...two('OWN', { Quantity: 6, Cost: '15.00' }));
    await pushed(world);
    t.equal(inTikTok(world, 'OWN-Blue').available, 5);
    const settings = (productFeedStock: string) =>
      db.prisma.connection.update({
        where: { id: world.connection.id },
        data: { settings: { autoMatch: true, productFeedStock } },
      });
    await settings('never');
    await world.feed(...two('OWN', { Quantity: 7, Cost: '16.00' }));
    await pushed(world);
    t.same(inTikTok(world, 'OWN-Blue'), { available: 5, price: '15.00' });
    await settings('always');
    await world.feed(...two('OWN', { Quantity: 8, Cost: '16.00' }));
    await pushed(world);
    t.same(inTikTok(world, 'OWN-Red'), { available: 8, price: '16.00' });
  },
);

await t.test('the stock of a create is nobody’s count: what Seller Center makes of it stays', async (t) => {
  const world = await startProductWorld(t, db);
  await world.feed(...two('HAND'));
  await settled(world);
  const { control } = world.simulator;
  const warehouse = String(control.warehouses(world.shopId)[0]?.id);
  control.patchSku(world.skuIds('HAND-Red')['HAND-Red']!, { stock: { [warehouse]: 50 } });
  await world.run('push-inventory');
  await world.run('compare-inventory');
  t.equal(inTikTok(world, 'HAND-Red').available, 50);
});

await t.test(
  'a product feed is a count of the moment when it arrived: what was sold since is not put back on sale',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    await world.feed(...two('SOLD'));
    await settled(world);
    const draft = await world.draft(...two('SOLD', { Quantity: 20 }));
    world.wait(2);
    control.addOrder(world.shopId, { lines: [{ sellerSku: 'SOLD-Red', quantity: 4 }] });
    world.wait(2);
    await world.send(draft);
    await pushed(world);
    t.equal(inTikTok(world, 'SOLD-Red').available, 16);
    t.equal(inTikTok(world, 'SOLD-Blue').available, 20);
    const count = async () =>
      db.prisma.inventoryItem.findFirstOrThrow({
        where: { connectionId: world.connection.id, merchantSku: 'SOLD-Blue' },
      });
    const before = await count();
    const same = await world.feed(...two('SOLD', { Quantity: 20 }));
    await pushed(world);
    const after = await count();
    t.equal(Number(after.countN), same, 'the same number said again is a new count');
    t.ok(after.countedAt! > before.countedAt!);
  },
);

await t.test(
  'what arrived before a ZeroOut or a later feed revives nothing, whenever it is sent',
  async (t) => {
    const world = await startProductWorld(t, db);
    await world.feed(...two('ZERO'));
    await settled(world);
    await world.feed(...two('ZERO', { Quantity: 9 }));
    await pushed(world);
    const old = await world.draft(...two('ZERO', { Quantity: 30 }));
    await zeroOut({ db, clock: world.clock, log: silentLog }, world.connection, somebody);
    await world.send(old);
    await pushed(world);
    t.equal(inTikTok(world, 'ZERO-Red').available, 0);
    await world.feed(...two('ZERO', { Quantity: 4 }));
    await pushed(world);
    t.equal(inTikTok(world, 'ZERO-Red').available, 4, 'a newer count ends it');
  },
);

await t.test('a matching file says which item of the ERP a listed SKU is', async (t) => {
  const world = await startProductWorld(t, db, { settings: { autoMatch: false } });
  await world.feed(...two('PAIR'));
  await settled(world);
  await upload(world.erp, 'SupplierSKU,MerchantSKU\nE-1,PAIR-Red\n', { path: 'Matching' });
  await world.feed(...two('PAIR', { Quantity: 2 }));
  await pushed(world);
  t.equal(inTikTok(world, 'PAIR-Red').available, 2);
  const items = await db.prisma.inventoryItem.findMany({
    where: { connectionId: world.connection.id },
    orderBy: { skuKey: 'asc' },
  });
  t.strictSame(
    items.map(({ supplierSku, merchantSku }) => [supplierSku, merchantSku]),
    [
      ['E-1', 'PAIR-Red'],
      ['PAIR-Blue', 'PAIR-Blue'],
    ],
  );
});

await t.test('numbers that are none, or beyond all bounds, hold up nobody', async (t) => {
  const world = await startProductWorld(t, db);
  const skus = ['A', 'B', 'C', 'D', 'E', 'F'].map((name) => ({
    'Merchant SKU': `ODD-${name}`,
    Title: `Stoneware mug ${name} with a big handle`,
  }));
  await world.feed(...skus);
  await settled(world);
  const said: Row[] = [
    { Quantity: -5, Cost: '9'.repeat(40) },
    { Quantity: '9'.repeat(40), Cost: '0.0000000001' },
    { Quantity: '2.5', Cost: '-3' },
    { Quantity: '=1+1', Cost: '1e5' },
    { Quantity: 'null', Cost: 'null' },
    { Quantity: 4, Cost: '13.00' },
  ];
  await world.send(await world.draft(...skus.map((sku, nth) => ({ ...sku, ...said[nth] }))));
  await pushed(world);
  t.same(
    skus.map((sku) => inTikTok(world, sku['Merchant SKU']).available),
    [0, 99_999, 7, 7, 7, 4],
  );
  t.same(
    skus.map((sku) => inTikTok(world, sku['Merchant SKU']).price),
    ['12.50', '12.50', '12.50', '12.50', '12.50', '13.00'],
  );
});
