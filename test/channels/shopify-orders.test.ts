import t from 'tap';
import { addVariant } from '../../src/doubles/shopify/shopify-state.js';
import { startWorld } from '../shipments/world.js';
import { shopifySeller, TOKEN } from './shopify-world.js';

t.setTimeout(300_000);
const world = await startWorld(t);

await t.test(
  'a TikTok order is in Shopify once, with everything that a packer needs, and is acknowledged',
  async (t) => {
    const own = await shopifySeller(t, world);
    const order = await own.shop.order([
      { sku: 'SHIRT', quantity: 2, price: '19.99', sellerDiscount: '1.50' },
      { sku: 'MUG', quantity: 1, price: '7.05' },
    ]);
    await own.deliver();
    await own.deliver();
    const made = own.inShopify(order);
    t.equal(made.length, 1, 'one order');
    const [placed] = made;
    t.same(
      placed?.lineItems.map(({ sku, quantity, requiresShipping }) => [sku, quantity, requiresShipping]),
      [
        ['SHIRT', 2, true],
        ['MUG', 1, true],
      ],
    );
    const document = JSON.parse((await own.shop.orderDocument(order)).body) as { TotalAmount: number };
    t.equal(Number(placed?.total) / 100, document.TotalAmount, 'Shopify adds up TikTok’s total');
    t.equal(placed?.paid, placed?.total, 'and it is paid');
    t.ok((placed?.discount ?? 0n) >= 300n, 'the discount is seen as one');
    t.equal(placed?.email, null, 'nothing is mailed to the buyer');
    t.equal(placed?.poNumber, order.tiktokOrderId);
    t.match(placed?.tags, ['TikTok Shop']);
    t.match(placed?.customAttributes, [{ key: 'TikTokOrderId', value: order.tiktokOrderId }]);
    t.same(
      placed?.lineItems[0]?.customAttributes.map(({ key }) => key),
      ['_TikTokLineNumber', '_TikTokOrderLineId'],
    );
    t.ok(placed?.shippingAddress?.['zip']);
    t.equal(own.shopify.state.variants[0]?.available.get(own.shopify.state.location), 98, 'stock is taken');
    t.equal(await own.statusOf(order), 200, 'acknowledged as fetched');
    t.match(await own.row(order), { state: 'delivered', reason: null, shopifyName: placed?.name });
    t.ok((await own.events()).some((line) => line.includes(`The order is in Shopify as ${placed?.name}`)));
    t.same(own.shopify.malformed, [], 'every call fits Shopify’s schema');
  },
);

await t.test('a lost answer never doubles an order', async (t) => {
  const own = await shopifySeller(t, world);
  const order = await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
  own.shopify.fault({ field: 'orderCreate', kind: 'lost', times: 1 });
  await own.deliver();
  t.equal(own.inShopify(order).length, 1);
  t.equal(own.shopify.calls.filter((name) => name === 'orderCreate').length, 1, 'it was not sent again');
  t.equal(await own.statusOf(order), 200);
});

await t.test('an order that Shopify surely has not is sent again', async (t) => {
  const own = await shopifySeller(t, world);
  const order = await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
  own.shopify.fault({ field: 'orderCreate', kind: 'unavailable', times: 2 });
  await own.deliver();
  t.equal(own.inShopify(order).length, 1);
  t.equal(await own.statusOf(order), 200);
});

await t.test(
  'an order of a former connection that is in the store already is found, not made again',
  async (t) => {
    const own = await shopifySeller(t, world);
    const order = await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
    await own.deliver();
    await world.db.prisma.shopifyOrder.deleteMany({ where: { documentKey: order.key } });
    await world.db.prisma.outboxEntry.deleteMany({
      where: { documentKey: order.key, targetKind: 'shopify' },
    });
    await own.call('PUT', `Orders/${order.key}/Status/100`);
    await own.deliver();
    t.equal(own.inShopify(order).length, 1);
    t.equal(await own.statusOf(order), 200);
  },
);

await t.test('throttled calls are waited for, and cost nothing but time', async (t) => {
  const own = await shopifySeller(t, world);
  const order = await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
  own.shopify.fault({ field: 'orderCreate', kind: 'throttled', times: 1 });
  own.shopify.fault({ field: 'productVariants', kind: 'throttled', times: 1 });
  await own.deliver();
  t.equal(own.inShopify(order).length, 1);
});

await t.test(
  'an order with a missing SKU waits with the reason, keeps no other out, and goes when the SKU is there',
  async (t) => {
    const own = await shopifySeller(t, world, { skus: ['SHIRT', 'mug ', 'TWICE', 'TWICE', 'SHIRT-XL'] });
    const missing = await own.shop.order([
      { sku: 'MUG', quantity: 1 },
      { sku: 'TWICE', quantity: 1 },
    ]);
    const good = await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
    await own.deliver();
    t.equal(own.inShopify(good).length, 1, 'its neighbour went');
    t.equal(own.inShopify(missing).length, 0);
    t.equal(await own.statusOf(missing), 100, 'it waits for whoever takes it');
    const { body } = await own.call('GET', own.path);
    const waiting = body.Body.Waiting;
    t.match(waiting, [{ LogicbrokerKey: String(missing.key) }]);
    t.match(waiting[0]?.Reason, /No variant has the SKU MUG; one has "mug ".*The SKU TWICE is on 2 variants/);
    const explained = await own.call('GET', `Orders/${missing.key}/Explain`);
    t.match(explained.body.Body['Channels'], [{ Channel: 'Shopify', State: 'waiting', Reason: /SKU MUG/ }]);
    await own.deliver();
    const told = (await own.events()).filter((line) => line.includes('cannot go to'));
    t.equal(told.length, 1, 'told once');
    addVariant(own.shopify.state, { sku: 'MUG' });
    own.shopify.state.variants.filter(({ sku }) => sku === 'TWICE')[1]!.product.status = 'ARCHIVED';
    world.clock.advance(11 * 60_000);
    await own.deliver();
    t.equal(own.inShopify(missing).length, 1);
    t.equal(await own.statusOf(missing), 200);
  },
);

await t.test('a revoked token stops everything, is told, and a new one lets all go on', async (t) => {
  const own = await shopifySeller(t, world);
  const order = await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
  own.shopify.revokeToken();
  await own.run();
  const { body } = await own.call('GET', own.path);
  t.match(body.Body, { State: 'refused', StateReason: /does not accept the access token/ });
  t.ok((await own.events()).some((line) => line.startsWith('Alert The Shopify store')));
  await t.rejects(own.run(), { code: 'connection-not-ready' }, 'nothing runs for it');
  own.shopify.giveToken('shpat_another_token');
  const saved = await own.call('PUT', own.path, {
    Domain: own.shopify.state.domain,
    AccessToken: 'shpat_another_token',
  });
  t.equal(saved.status, 200);
  t.match(saved.body.Body, { State: 'on', TakesWebhooks: true });
  await own.deliver();
  t.equal(own.inShopify(order).length, 1);
});

await t.test('a paused shop delivers nothing, and what waited goes when it is active again', async (t) => {
  const own = await shopifySeller(t, world);
  const order = await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
  const where = { id: own.shop.connection.id };
  await world.db.prisma.connection.update({ where, data: { status: 'paused' } });
  await t.rejects(own.run(), { code: 'connection-not-ready' });
  await world.db.prisma.connection.update({ where, data: { status: 'active' } });
  await own.deliver();
  t.equal(own.inShopify(order).length, 1);
});

await t.test(
  'an order that TikTok cancels is cancelled in Shopify before it is packed, and the stock comes back',
  async (t) => {
    const own = await shopifySeller(t, world);
    const order = await own.shop.order([{ sku: 'SHIRT', quantity: 2 }]);
    const packed = await own.shop.order([{ sku: 'MUG', quantity: 1 }]);
    await own.deliver();
    own.shopify.fulfill(own.inShopify(packed)[0]!);
    for (const { tiktokOrderId } of [order, packed]) {
      world.control.act(tiktokOrderId, { type: 'system_cancel' });
      await own.shop.pull(tiktokOrderId);
    }

    await own.deliver();
    await own.deliver();
    t.ok(own.inShopify(order)[0]?.cancelledAt);
    t.equal(own.shopify.state.variants[0]?.available.get(own.shopify.state.location), 100);
    t.match(await own.row(order), { state: 'cancelled' });
    t.equal(own.inShopify(packed)[0]?.cancelledAt, null);
    t.match(await own.row(packed), { state: 'kept', reason: /is packed in Shopify already/ });
    const alerts = (await own.events()).filter(
      (line) => line.startsWith('Alert') && line.includes('still open'),
    );
    t.equal(alerts.length, 1);
  },
);

await t.test('a store is saved only when Shopify lets the token do what is needed', async (t) => {
  const own = await shopifySeller(t, world, { connect: false });
  const { domain } = own.shopify.state;
  const put = (body: object) => own.call('PUT', own.path, { Domain: domain, AccessToken: TOKEN, ...body });
  const refused = async (body: object, words: RegExp) => {
    const { status, body: answer } = await put(body);
    t.equal(status, 400);
    t.match(JSON.stringify(answer), words);
  };
  t.equal((await own.call('GET', own.path)).status, 404);
  await refused({ Domain: 'shop.example.com' }, /must be the permanent domain/);
  await refused({ Domain: 'evil.com/a.myshopify.com' }, /must be the permanent domain/);
  await refused({ AccessToken: 'shpat_wrong_token' }, /does not accept the access token/);
  await refused({ InventoryBehaviour: 'BYPASS' }, /sold twice/);
  await refused({ Domain: 'another.myshopify.com' }, /the token is of seller-/);
  own.shopify.setScopes(['read_orders']);
  await refused({}, /lacks write_orders/);
  own.shopify.setScopes(['write_orders', 'write_products', 'read_fulfillments']);
  t.equal((await put({ InventoryBehaviour: 'BYPASS', IsStockSource: false })).status, 200);
  const stored = JSON.stringify(await world.db.prisma.shopifyStore.findFirst({ where: { domain } }));
  t.notMatch(stored, TOKEN, 'the token is sealed');
  const { body } = await own.call('GET', own.path);
  t.notMatch(JSON.stringify(body), TOKEN, 'and never answered');
  t.equal((await own.call('DELETE', own.path)).status, 200);
  t.equal((await own.call('GET', own.path)).status, 404);
  t.match(await world.db.prisma.shopifyStore.findFirst({ where: { domain } }), { accessToken: null });
});
