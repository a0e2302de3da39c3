import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { testDatabase } from '../support/database.js';
import { startProductWorld, type ProductWorld, type Row } from './push-world.js';

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

await t.test(
  'an edit with another variant keeps the ids of all others, and a second identical feed sends nothing',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    const variant = (colour: string) => ({
      'Parent SKU': 'CUP',
      'Merchant SKU': `CUP-${colour}`,
      'Option 1 Name': 'Glaze',
      'Option 1 Value': colour,
    });
    await live(world, variant('Red'), variant('Blue'));
    const before = world.skuIds('CUP-Red');
    // Somebody adds a SKU in Seller Center, of which no feed knows.
    const id = world.listing('CUP-Red')['id'] as string;
    control.productAct(id, {
      type: 'seller_adds_sku',
      sku: {
        seller_sku: 'CUP-BY-HAND',
        price: { amount: '9', currency: 'USD' },
        inventory: [{ warehouse_id: control.warehouses(world.shopId)[0]?.id, quantity: 2 }],
        sales_attributes: [{ name: 'Glaze', value_name: 'Gold' }],
      },
    });
    await world.feed(variant('Red'), variant('Blue'), variant('Green'));
    await world.round();
    world.wait(6);
    await world.round();
    const after = world.skuIds('CUP-Red');
    t.same(Object.keys(after).toSorted(), ['CUP-BY-HAND', 'CUP-Blue', 'CUP-Green', 'CUP-Red']);
    for (const [sku, skuId] of Object.entries(before)) t.equal(after[sku], skuId, `${sku} has kept its id`);
    const calls = world.writes();
    await world.feed(variant('Red'), variant('Blue'), variant('Green'));
    await world.round();
    t.equal(world.writes(), calls, 'the same once more sends nothing');
    const title = { Title: 'Stoneware cup with a glazed inside' };
    await world.feed(...['Red', 'Blue', 'Green'].map((colour) => ({ ...variant(colour), ...title })));
    await world.round();
    const [edit] = world.calls('POST', '/partial_edit').slice(-1);
    t.notOk('skus' in world.bodyOf(edit), 'a change of the product names no SKU');
    t.same(Object.keys(world.bodyOf(edit)).toSorted(), ['save_mode', 'title']);
  },
);

await t.test(
  'an answer that is lost makes no second product: answered late, twice, or never carried out',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    const create = { method: 'POST', path: '/product/202309/products' };
    control.addFault({ kind: 'done_but_lost', match: create, times: 2 });
    await world.feed({ 'Merchant SKU': 'LOST' });
    await world.round();
    t.equal(world.listings('LOST').length, 1);
    control.addFault({ kind: 'drop', match: create, times: 1 });
    await world.feed({ 'Merchant SKU': 'NEVER' });
    await world.round();
    t.equal(world.listings('NEVER').length, 1);
    world.wait(1);
    await world.round();
    for (const sku of ['LOST', 'NEVER']) {
      const told = await world.told(sku);
      t.equal(told['TikTokProductId'], world.listing(sku)['id']);
      t.equal(told['State'], 'In review');
    }
  },
);

await t.test(
  'a person who switches a product off is not undone by a feed, but by the word Activate',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    await live(world, { 'Merchant SKU': 'OFF' });
    const id = world.listing('OFF')['id'] as string;
    control.productAct(id, { type: 'seller_deactivates' });
    const changed = { 'Merchant SKU': 'OFF', Title: 'Stoneware mug with another title' };
    await world.feed(changed);
    await world.round();
    t.equal(world.listing('OFF')['status'], 'SELLER_DEACTIVATED');
    t.match(await world.told('OFF'), { State: 'Blocked', Acts: 'you', Next: /Action Activate/ });
    t.match(await world.toldAll('?needs=you'), { TotalRecords: 1, Records: [{ ProductId: 'OFF' }] });
    await world.feed({ ...changed, Action: 'Activate' });
    await world.round();
    world.wait(6);
    await world.round();
    t.match(world.listing('OFF'), { status: 'ACTIVATE', title: 'Stoneware mug with another title' });
    // The word counts once: whoever switches it off afterwards is not undone by the next file.
    control.productAct(id, { type: 'seller_deactivates' });
    await world.feed({ ...changed, Title: 'Stoneware mug with a third title' });
    await world.round();
    t.equal(world.listing('OFF')['status'], 'SELLER_DEACTIVATED');
  },
);

await t.test(
  'a product that TikTok refuses says why at its column, and the next feed mends it',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    control.planAudit(world.shopId, {
      sellerSku: 'BAD',
      outcome: 'refuse',
      reasons: [
        { position: 'Product Name', reasons: ['The name is misleading.'], suggestions: ['Name the goods.'] },
      ],
      times: 1,
    });
    await world.feed({ 'Merchant SKU': 'BAD' });
    await world.round();
    world.wait(6);
    await world.round();
    const told = await world.told('BAD');
    t.match(told, {
      State: 'Refused',
      Acts: 'you',
      Reasons: [{ Position: 'Product Name', Column: 'Title', Reasons: ['The name is misleading.'] }],
    });
    await world.feed({ 'Merchant SKU': 'BAD', Title: 'Stoneware mug, glazed inside, with a handle' });
    await world.round();
    world.wait(6);
    await world.round();
    t.match(await world.told('BAD'), {
      State: 'Live',
      Acts: 'nobody',
      Events: [
        { Level: 'Alert', Details: /column Title.*misleading/ },
        { Level: 'Info', Summary: /on sale/ },
      ],
    });
  },
);

await t.test(
  'the limit of the day keeps new products back until the next day of the shop, those with stock first',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    control.patchListing(world.shopId, { tier: 'BEGINNER', createdToday: 98 });
    await world.feed(
      ...[1, 2, 3, 4, 5].map((nth) => ({
        'Merchant SKU': `D${nth}`,
        Quantity: 6 - nth,
        Title: `Stoneware mug of the kind ${nth} with a handle`,
      })),
    );
    await world.round();
    const made = ['D1', 'D2', 'D3', 'D4', 'D5'].filter((sku) => world.listings(sku).length > 0);
    t.same(made, ['D1', 'D2']);
    t.match(await world.told('D4'), {
      State: 'Waiting',
      Acts: 'TikTok',
      DueAt: /^20/,
      Reason: /no more new products/,
    });
    const tries = world.calls('POST', '/product/202309/products').length;
    await world.round();
    t.equal(world.calls('POST', '/product/202309/products').length, tries, 'TikTok is not asked again today');
    world.wait(26 * 60);
    await world.round();
    for (const sku of ['D1', 'D2', 'D3', 'D4', 'D5']) t.equal(world.listings(sku).length, 1, sku);
  },
);

await t.test(
  'a rule that changes in the middle is read anew, and what waits says row, column and what to do',
  async (t) => {
    const world = await startProductWorld(t, db);
    const { control } = world.simulator;
    const feed = await world.draft(
      { 'Merchant SKU': 'R1' },
      { 'Merchant SKU': 'R2', Title: 'Stoneware mug, second kind, with a handle' },
    );
    world.wait(2);
    control.changeRules({
      changes: [
        {
          kind: 'attribute',
          attribute: {
            id: '990001',
            name: 'Glaze safety',
            isRequired: true,
            values: [{ id: '1', name: 'Safe' }],
          },
        },
      ],
    });
    await world.send(feed);
    await world.round();
    for (const sku of ['R1', 'R2']) {
      t.equal(world.listings(sku).length, 0);
      const told = await world.told(sku);
      t.equal(told['Acts'], 'you');
      t.ok(
        told['Findings'].some(
          ({ Column, Row, Next }: Record<string, unknown>) =>
            Column === 'Attribute:Glaze safety' && Row && Next,
        ),
        JSON.stringify(told['Findings']),
      );
    }
    await world.feed(
      { 'Merchant SKU': 'R1', 'Attribute:Glaze safety': 'Safe' },
      {
        'Merchant SKU': 'R2',
        Title: 'Stoneware mug, second kind, with a handle',
        'Attribute:Glaze safety': 'Safe',
      },
    );
    await world.round();
    for (const sku of ['R1', 'R2']) t.equal(world.listings(sku).length, 1);
  },
);

await t.test('what is checked while somebody has it locked is found compliant all the same', async (t) => {
  const world = await startProductWorld(t, db);
  const feed = await world.draft({ 'Merchant SKU': 'LOCKED' });
  await db.prisma.wantedProduct.updateMany({
    where: { connectionId: world.connection.id },
    data: { checkedVersion: null, isCompliant: null },
  });
  const client = await db.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT 1 FROM wanted_products WHERE connection_id = $1 FOR UPDATE', [
    world.connection.id,
  ]);
  const said = world.send(feed);
  await sleep(300);
  await client.query('COMMIT');
  client.release();
  t.match(await said, /^1 products/);
});

await t.test('a shop that TikTok throttles gets its products later, each of them once', async (t) => {
  const world = await startProductWorld(t, db);
  const { control } = world.simulator;
  const create = { method: 'POST', path: '/product/202309/products' };
  control.addFault({
    kind: 'error',
    code: 36009002,
    httpStatus: 429,
    retryAfterSec: 1,
    match: create,
    times: 4,
  });
  control.addFault({ kind: 'http', status: 502, body: 'bad gateway', match: create, times: 2 });
  await world.feed(
    { 'Merchant SKU': 'SLOW-1' },
    { 'Merchant SKU': 'SLOW-2', Title: 'Another mug with a big handle' },
  );
  await world.round();
  for (const sku of ['SLOW-1', 'SLOW-2']) {
    t.equal(world.listings(sku).length, 1);
    t.equal((await world.told(sku))['TikTokProductId'], world.listing(sku)['id']);
  }
});

await t.test('a host inside that the operator has named serves pictures, and no other', async (t) => {
  const world = await startProductWorld(t, db, { imageHost: 'pictures.internal' });
  await live(world, { 'Merchant SKU': 'INSIDE' });
  t.equal(world.listing('INSIDE')['status'], 'ACTIVATE');
  const feed = await world.draft({ 'Merchant SKU': 'OTHER', 'Image 1': 'http://other.internal/x.png' });
  t.match((await world.itemOf(feed, 'OTHER')).Findings, [{ Rule: 'image-address', Level: 'error' }]);
});

async function live(world: ProductWorld, ...rows: Row[]): Promise<void> {
  await world.feed(...rows);
  await world.round();
  world.wait(6);
  await world.round();
}
