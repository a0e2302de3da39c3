import t from 'tap';
import { testDatabase } from '../support/database.js';
import { startProductWorld, type ProductWorld, type Row } from './push-world.js';

const db = await testDatabase(t);
t.setTimeout(300_000);

const variant = (parent: string, colour: string): Row => ({
  'Parent SKU': parent,
  'Merchant SKU': `${parent}-${colour}`,
  'Option 1 Name': 'Glaze',
  'Option 1 Value': colour,
});

async function live(world: ProductWorld, ...rows: Row[]): Promise<string> {
  await world.feed(...rows);
  await settled(world);
  return world.listing(String(rows[0]!['Merchant SKU']))['id'] as string;
}

async function settled(world: ProductWorld): Promise<void> {
  await world.round();
  world.wait(6);
  await world.round();
}

await t.test(
  'what Seller Center changes between our read and our edit stays: a naive client loses it, ours does not',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    const id = await live(world, variant('RACE', 'Red'), variant('RACE', 'Blue'));
    const gold = {
      seller_sku: 'RACE-GOLD',
      price: { amount: '9', currency: 'USD' },
      inventory: [{ warehouse_id: control.warehouses(world.shopId)[0]?.id, quantity: 2 }],
      sales_attributes: [{ name: 'Glaze', value_name: 'Gold' }],
    };
    // Somebody adds a SKU right before our edit of the title is carried out.
    control.schedule({
      call: { method: 'POST', path: '/product/*/partial_edit' },
      when: 'before',
      deeds: [{ kind: 'product_act', productId: id, act: { type: 'seller_adds_sku', sku: gold } }],
    });
    const title = { Title: 'Stoneware mug with another title' };
    await world.feed({ ...variant('RACE', 'Red'), ...title }, { ...variant('RACE', 'Blue'), ...title });
    await settled(world);
    t.same(Object.keys(world.skuIds('RACE-Red')).toSorted(), ['RACE-Blue', 'RACE-GOLD', 'RACE-Red']);
    t.equal(world.listing('RACE-Red')['title'], title.Title);
    // And another one while its own edit waits for the review: the next change of ours carries it along.
    control.productAct(id, {
      type: 'seller_adds_sku',
      sku: { ...gold, seller_sku: 'RACE-GREY', sales_attributes: [{ name: 'Glaze', value_name: 'Grey' }] },
    });
    const before = world.skuIds('RACE-Red');
    await world.feed(
      { ...variant('RACE', 'Red'), ...title },
      { ...variant('RACE', 'Blue'), ...title },
      { ...variant('RACE', 'Green'), ...title },
    );
    await settled(world);
    const after = world.skuIds('RACE-Red');
    t.same(Object.keys(after).toSorted(), ['RACE-Blue', 'RACE-GOLD', 'RACE-GREY', 'RACE-Green', 'RACE-Red']);
    for (const [sku, skuId] of Object.entries(before)) t.equal(after[sku], skuId, sku);
    // The naive client: the SKUs of its own file, as the live version shows them.
    control.productAct(id, {
      type: 'app_edits',
      call: 'partial_edit',
      body: {
        skus: [
          {
            id: after['RACE-Red'],
            seller_sku: 'RACE-Red',
            sales_attributes: [{ name: 'Glaze', value_name: 'Red' }],
          },
        ],
      },
    });
    world.wait(6);
    t.same(Object.keys(world.skuIds('RACE-Red')), ['RACE-Red'], 'TikTok deletes what is not named');
  },
);

await t.test('a newer want takes the place of one that waits, and only the newest is sent', async (t) => {
  const world = await startProductWorld(t, db);
  const row = { 'Merchant SKU': 'NEWER' };
  await world.feed({ ...row, Title: 'Stoneware mug, the first title of it' });
  await world.run('push-products');
  await world.feed({ ...row, Title: 'Stoneware mug, the second title of it' });
  await world.round();
  t.equal(world.listing('NEWER')['title'], 'Stoneware mug, the second title of it');
  t.equal(world.calls('POST', '/product/202309/products').length, 1);
  const third = await world.draft({ ...row, Title: 'Stoneware mug, the third title of it' });
  await settled(world);
  t.equal(world.listing('NEWER')['title'], 'Stoneware mug, the second title of it', 'a draft is not sent');
  t.match(await world.told('NEWER'), { Sent: false, Gates: [{ Gate: 'product-asked', Outcome: 'wait' }] });
  await world.send(third);
  await settled(world);
  t.equal(world.listing('NEWER')['title'], 'Stoneware mug, the third title of it');
});

await t.test('a listing of before changes only after its difference was confirmed', async (t) => {
  const world = await startProductWorld(t, db);
  const row = { 'Merchant SKU': 'OLD' };
  const id = await live(world, row);
  // As if it had been made elsewhere: nothing here knows of it.
  await forget(world, 'OLD');
  await world.feed({ ...row, Title: 'Stoneware mug with the title of the feed' });
  await world.round();
  t.not(world.listing('OLD')['title'], 'Stoneware mug with the title of the feed');
  t.match(await world.told('OLD'), { State: 'Blocked', Next: /TakeOver/ });
  t.equal((await world.erp.call('PUT', `${world.base}/TakeOver/OLD`)).statusCode, 200);
  await settled(world);
  t.match(world.listing('OLD'), { id, title: 'Stoneware mug with the title of the feed' });
});

await t.test('a listing that somebody makes in Seller Center before ours is no second one', async (t) => {
  const world = await startProductWorld(t, db);
  const { control } = world.simulator;
  const feed = await world.draft({ 'Merchant SKU': 'BOTH' });
  control.addProduct(world.shopId, {
    title: 'Made by hand',
    skus: [{ sellerSku: 'BOTH', price: '10', stock: 1 }],
  });
  await world.send(feed);
  await world.round();
  t.equal(world.listings('BOTH').length, 1);
  t.match(await world.told('BOTH'), { State: 'Blocked', Next: /TakeOver/ });
});

await t.test(
  'a create that TikTok has refused makes no listing ours that somebody makes afterwards, and is tried with a new key',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    const create = { method: 'POST', path: '/product/*/products' };
    const keys = () =>
      world
        .calls('POST', '/products')
        .map((call) => world.bodyOf(call)['idempotency_key'])
        .filter((key) => key !== undefined);
    control.addFault({ kind: 'error', code: 12052097, match: create, times: 2 });
    await world.feed({ 'Merchant SKU': 'REFUSED-A' });
    await world.feed({ 'Merchant SKU': 'REFUSED-B' });
    await world.round();
    t.match(await world.told('REFUSED-A'), { State: 'Refused' });
    control.addProduct(world.shopId, {
      title: 'Made by hand in Seller Center',
      skus: [{ sellerSku: 'REFUSED-A', price: '10.00', stock: 1 }],
    });
    await world.feed({ 'Merchant SKU': 'REFUSED-A', Title: 'Stoneware mug that is sent once more' });
    await world.feed({ 'Merchant SKU': 'REFUSED-B', Title: 'Stoneware mug that is sent once more' });
    await world.round();
    t.match((await world.told('REFUSED-A'))['Reason'], /before it was sent from here/);
    t.equal(world.listing('REFUSED-A')['title'], 'Made by hand in Seller Center');
    t.equal(world.listings('REFUSED-B').length, 1);
    t.ok(keys().length >= 3, 'two creates that are refused, and one that is not');
    t.equal(new Set(keys()).size, keys().length, 'no key twice');
  },
);

await t.test('a SKU is removed by its word only, a product deleted and recovered', async (t) => {
  const world = await startProductWorld(t, db);
  await live(world, variant('REM', 'Red'), variant('REM', 'Blue'), variant('REM', 'Green'));
  const before = world.skuIds('REM-Red');
  await world.feed(variant('REM', 'Red'), { ...variant('REM', 'Blue'), Action: 'RemoveVariant' });
  await settled(world);
  t.same(world.skuIds('REM-Red'), { 'REM-Red': before['REM-Red'], 'REM-Green': before['REM-Green'] });
  t.equal((await world.erp.call('DELETE', `${world.base}/SupplierProducts/REM-Green`)).statusCode, 204);
  await settled(world);
  t.same(world.skuIds('REM-Red'), { 'REM-Red': before['REM-Red'] }, 'the door of v3 reaches TikTok');
  const { id } = world.listing('REM-Red');
  t.equal((await world.erp.call('DELETE', `${world.base}/SupplierProducts/REM-Red`)).statusCode, 204);
  await world.round();
  t.equal(world.listings('REM-Red').length, 0);
  t.match(await world.told('REM'), { State: 'Deleted', TikTokStatus: 'DELETED' });
  await world.feed({ ...variant('REM', 'Red'), Title: 'Stoneware mug that comes back' });
  await world.round();
  t.equal(world.listings('REM-Red').length, 0, 'no feed brings it back by itself');
  t.match(await world.told('REM'), { State: 'Blocked', Next: /Recover/ });
  await world.feed({ ...variant('REM', 'Red'), Title: 'Stoneware mug that comes back', Action: 'Recover' });
  await world.round();
  t.match(world.listing('REM-Red'), { id, status: 'SELLER_DEACTIVATED' });
});

await t.test('a frozen product is learnt from the search, not touched, and told', async (t) => {
  const world = await startProductWorld(t, db);
  const { control } = world.simulator;
  const id = await live(world, { 'Merchant SKU': 'ICE' });
  control.productAct(id, { type: 'platform_freezes' });
  const writes = world.writes();
  await world.feed({ 'Merchant SKU': 'ICE', Title: 'Stoneware mug that is frozen by now' });
  await world.round();
  t.equal(world.writes(), writes);
  t.match(await world.told('ICE'), { State: 'Blocked', Acts: 'you', Reason: /frozen/, Next: /Appeal/ });
  await world.run('pull-catalogue');
  await world.round();
  t.equal((await world.told('ICE'))['TikTokStatus'], 'FREEZE');
});

await t.test('what the shop lacks is one message, and nothing is sent before', async (t) => {
  const world = await startProductWorld(t, db);
  const { control } = world.simulator;
  control.patchListing(world.shopId, { failedItems: [{ item: 'SHOP_TAX', reasons: ['No tax details.'] }] });
  await world.feed(
    ...[1, 2, 3].map((nth) => ({
      'Merchant SKU': `TAX${nth}`,
      Title: `Stoneware mug of the kind ${nth}, glazed`,
    })),
  );
  await world.round();
  t.equal(world.writes(), 0);
  t.equal((await world.events('products-not-sent')).length, 1);
  t.match(await world.told('TAX1'), {
    Gates: [{}, {}, { Gate: 'shop-ready', Outcome: 'wait', Next: /tax details/ }],
  });
  control.patchListing(world.shopId, { failedItems: [] });
  await world.round();
  for (const nth of [1, 2, 3]) t.equal(world.listings(`TAX${nth}`).length, 1);
});

await t.test('an approval that waits for the shop is no failure, and is followed', async (t) => {
  const world = await startProductWorld(t, db);
  const { control } = world.simulator;
  control.planAudit(world.shopId, { outcome: 'pre_approve', preApprovedReasons: ['KYC_PENDING'], times: 1 });
  await world.feed({ 'Merchant SKU': 'PRE' });
  await settled(world);
  const id = world.listing('PRE')['id'] as string;
  t.match(await world.told('PRE'), {
    State: 'Approved, waiting',
    Acts: 'you',
    Next: /verification/,
    Sent: true,
  });
  control.patchProduct(id, { status: 'ACTIVATE', audit: 'APPROVED' } as never);
  world.wait(70);
  await world.round();
  t.match(await world.told('PRE'), { State: 'Live' });
});

await t.test('a change that TikTok refuses leaves the old version on sale, and says so', async (t) => {
  const world = await startProductWorld(t, db);
  const { control } = world.simulator;
  await live(world, { 'Merchant SKU': 'KEEP' });
  control.planAudit(world.shopId, {
    version: 'edit',
    outcome: 'refuse',
    reasons: [{ position: 'Main image', reasons: ['Watermark.'] }],
    times: 1,
  });
  await world.feed({ 'Merchant SKU': 'KEEP', Title: 'Stoneware mug of which the reviewer thinks ill' });
  await world.round();
  t.match(await world.told('KEEP'), {
    State: 'Live, change in review',
    Acts: 'TikTok',
    OldVersionSells: true,
  });
  world.wait(6);
  await world.round();
  t.match(await world.told('KEEP'), {
    State: 'Live, change refused',
    Acts: 'you',
    OldVersionSells: true,
    Reasons: [{ Column: 'Image 1' }],
  });
  t.equal(world.listing('KEEP')['status'], 'ACTIVATE');
});

await t.test(
  'pictures that TikTok has forgotten are uploaded again, in creates and edits, and only once',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    await live(world, variant('GONE', 'Red'));
    const uploads = () => world.calls('POST', '/images/upload').length;
    const forget = async (): Promise<void> => {
      control.forgetUploads();
      await db.prisma.$executeRaw`UPDATE media_uploads SET settled_at = settled_at - interval '1 hour'`;
    };
    const before = uploads();
    await forget();
    // The picture of the first product is known here, and TikTok has lost it: a create names it by its place.
    await live(world, { ...variant('NEXT', 'Red'), Title: 'Stoneware mug that comes after the first one' });
    t.match(await world.told('NEXT'), { State: 'Live' });
    t.equal(uploads() - before, 1);
    await live(world, {
      'Merchant SKU': 'OTHER',
      'Image 1': world.imageUrl('other'),
      Title: 'Another stoneware mug of ours',
    });
    await forget();
    await live(world, { ...variant('GONE', 'Red'), 'Image 1': world.imageUrl('other') });
    t.match(await world.told('GONE'), { State: 'Live', Sent: true });
    t.equal(uploads() - before, 3, 'an edit, too');
    // A picture that TikTok refuses for good is no circle.
    control.addFault({ kind: 'error', code: 12052722, match: { path: '/product/*/partial_edit' }, times: 9 });
    await world.feed({
      ...variant('GONE', 'Red'),
      'Image 1': world.imageUrl('other'),
      Title: 'Stoneware mug with a third title',
    });
    await settled(world);
    t.match(await world.told('GONE'), { State: 'Refused' });
    t.equal(uploads() - before, 3);
  },
);

await t.test('stock and price wait while the product is changed as a whole, except 0', async (t) => {
  const world = await startProductWorld(t, db);
  const { control } = world.simulator;
  await live(world, variant('HOLD', 'Red'), variant('HOLD', 'Blue'));
  await world.inventory('SupplierSKU,Quantity', 'HOLD-Red,30', 'HOLD-Blue,30');
  await world.run('push-inventory');
  t.equal(control.stock(world.shopId, 'HOLD-Red')[0]?.available, 30);
  control.addFault({ kind: 'drop', match: { path: '/product/*/partial_edit' }, times: 1 });
  await world.feed(variant('HOLD', 'Red'), variant('HOLD', 'Blue'), variant('HOLD', 'Green'));
  await world.run('push-products');
  await world.deliverOnce();
  await world.inventory('SupplierSKU,Quantity', 'HOLD-Red,31', 'HOLD-Blue,0');
  await world.run('push-inventory');
  t.equal(control.stock(world.shopId, 'HOLD-Red')[0]?.available, 30, 'it waits');
  t.equal(control.stock(world.shopId, 'HOLD-Blue')[0]?.available, 0, 'nothing left is said at once');
  await settled(world);
  await world.run('push-inventory');
  t.equal(control.stock(world.shopId, 'HOLD-Red')[0]?.available, 31);
  t.equal(control.stock(world.shopId, 'HOLD-Blue')[0]?.available, 0);
  t.ok(world.skuIds('HOLD-Red')['HOLD-Green']);
});

await t.test(
  'a process that is killed at any moment makes no second product, and none is lost',
  async (t) => {
    const world = await startProductWorld(t, db);
    let wasKilled = true;
    for (let transactions = 0; wasKilled && transactions < 10; transactions++) {
      const sku = `KILL-${transactions}`;
      await world.feed({
        'Merchant SKU': sku,
        Title: `Stoneware mug that outlives ${transactions} transactions`,
      });
      await world.run('push-products');
      wasKilled = await world.killed(transactions);
      await settled(world);
      t.equal(world.listings(sku).length, 1, sku);
      t.match(
        await world.told(sku),
        { State: 'Live', Sent: true, TikTokProductId: world.listing(sku)['id'] },
        sku,
      );
      await world.feed({
        ...variant(`K${transactions}`, 'Red'),
        Title: `Stoneware cup number ${transactions} of them`,
      });
      await settled(world);
      const before = world.skuIds(`K${transactions}-Red`);
      const more = ['Red', 'Blue'].map((colour) => ({
        ...variant(`K${transactions}`, colour),
        Title: `Stoneware cup number ${transactions} of them`,
      }));
      await world.feed(...more);
      await world.run('push-products');
      await world.killed(transactions);
      await settled(world);
      const after = world.skuIds(`K${transactions}-Red`);
      t.same(Object.keys(after).toSorted(), [`K${transactions}-Blue`, `K${transactions}-Red`]);
      t.equal(after[`K${transactions}-Red`], before[`K${transactions}-Red`]);
    }
    t.notOk(wasKilled, 'it has lived to its end at last');
  },
);

await t.test(
  'a create that TikTok carries out long after we stopped waiting is found, not repeated',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    const create = { method: 'POST', path: '/product/202309/products' };
    const row = { 'Merchant SKU': 'LATE' };
    control.addFault({ kind: 'done_but_lost', match: create, times: 1 });
    await world.feed(row);
    await world.run('push-products');
    await world.deliverOnce();
    // Something newer is wanted before anybody knows what became of the first.
    await world.feed({ ...row, Title: 'Stoneware mug with the newer title of two' });
    await world.round();
    await settled(world);
    await settled(world);
    t.equal(world.listings('LATE').length, 1);
    t.equal(world.listing('LATE')['title'], 'Stoneware mug with the newer title of two');
    t.match(await world.told('LATE'), { State: 'Live', Sent: true });
  },
);

await t.test(
  'a change waits while TikTok reviews the product for the first time, and is sent afterwards',
  async (t) => {
    const world = await startProductWorld(t, db);
    const row = { 'Merchant SKU': 'FIRST' };
    await world.feed(row);
    await world.round();
    await world.feed({ ...row, Title: 'Stoneware mug with a change that came too soon' });
    await world.round();
    t.match(await world.told('FIRST'), { Sent: false, Acts: 'TikTok' });
    t.not(world.listing('FIRST')['title'], 'Stoneware mug with a change that came too soon');
    await settled(world);
    await settled(world);
    t.match(world.listing('FIRST'), {
      status: 'ACTIVATE',
      title: 'Stoneware mug with a change that came too soon',
    });
  },
);

await t.test('what a template says anew is sent when it is asked for, by the door of v3 too', async (t) => {
  const world = await startProductWorld(t, db);
  const { erp, base } = world;
  await live(world, { 'Merchant SKU': 'TPL' });
  const saved = await erp.call('PUT', `${base}/Templates/All`, {
    payload: { Conditions: [], Fixed: { Title: 'Stoneware mug as the template calls it' } },
  });
  t.equal(saved.statusCode, 200, saved.body);
  await settled(world);
  t.not(world.listing('TPL')['title'], 'Stoneware mug as the template calls it');
  const sent = await erp.call('PUT', `${base}/Send?productId=TPL`);
  t.match(sent.json().Body, /^1 products/);
  await settled(world);
  t.equal(world.listing('TPL')['title'], 'Stoneware mug as the template calls it');
  t.equal((await erp.call('PUT', `${base}/Send`)).json().Body, '0 products are to be sent.');
});

await t.test('an effect that is lost, and other rules for keys, lose no product', async (t) => {
  const world = await startProductWorld(t, db);
  const { connection } = world;
  await world.feed({ 'Merchant SKU': 'Gone' });
  await world.run('push-products');
  await db.prisma.outboxEntry.deleteMany({ where: { connectionId: connection.id } });
  await settled(world);
  const { id } = world.listing('Gone');
  await db.prisma.connection.update({
    where: { id: connection.id },
    data: { settings: { autoMatch: true, caseSensitiveSkus: true } },
  });
  await world.feed({ 'Merchant SKU': 'Gone', Title: 'Stoneware mug whose key is written otherwise' });
  await settled(world);
  t.match(world.listing('Gone'), { id, title: 'Stoneware mug whose key is written otherwise' });
});

/** What we know of a listing, as if it had never been ours. */
async function forget({ connection }: ProductWorld, productKey: string): Promise<void> {
  const key = productKey.toLowerCase();
  await db.prisma.productPush.deleteMany({ where: { connectionId: connection.id, productKey: key } });
  await db.prisma.wantedProduct.updateMany({
    where: { connectionId: connection.id, productKey: key },
    data: { tiktokProductId: null, link: null, confirmedAt: null },
  });
}
