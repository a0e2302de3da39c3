import { createHmac } from 'node:crypto';
import t from 'tap';
import { checkShopify } from '../../src/doctor/shopify-check.js';
import { deliverEntry } from '../../src/sync/effects/deliver-entry.js';
import type { ShopifySeller } from './shopify-world.js';
import { startWorld, type TestOrder } from '../shipments/world.js';
import { SECRET, shopifySeller } from './shopify-world.js';

t.setTimeout(300_000);
const world = await startWorld(t);
const UPS = (number: string) => ({ company: 'UPS', number });
const NUMBERS = ['1Z999AA10123456784', '1Z999AA10123456785', '1Z999AA10123456786'];

async function inStore(own: ShopifySeller, lines: Parameters<ShopifySeller['shop']['order']>[0]) {
  const order = await own.shop.order(lines);
  await own.deliver();
  return { order, placed: own.inShopify(order)[0]! };
}

const shipmentsOf = ({ key }: TestOrder) =>
  world.db.prisma.document.findMany({ where: { parentKey: key, type: 'shipment' }, orderBy: { key: 'asc' } });

await t.test(
  'an order is packed in Shopify in two parcels: both are on TikTok, each once, whatever is repeated',
  async (t) => {
    const own = await shopifySeller(t, world);
    await own.read();
    const { order, placed } = await inStore(own, [
      { sku: 'SHIRT', quantity: 2 },
      { sku: 'MUG', quantity: 1 },
    ]);
    // As Shopify often does: first without a number.
    const first = own.shopify.fulfill(placed, { lines: [{ sku: 'SHIRT', quantity: 1 }] });
    await own.read();
    t.same(own.shop.effects(order), [], 'nothing is told without a tracking number');
    own.shopify.setTracking(first, [UPS(NUMBERS[0]!)]);
    await own.read();
    own.shopify.fulfill(placed, { tracking: [UPS(NUMBERS[1]!)] });
    await own.read();
    await own.shopify.hooks.repeat();
    world.clock.advance(60_000);
    await own.read();
    await own.read();
    const [shirts, mug] = [order.unitIds.slice(0, 2), order.unitIds[2]!];
    t.same(own.shop.effects(order), [
      `${NUMBERS[0]}: ${shirts[0]}`,
      `${NUMBERS[1]}: ${[shirts[1]!, mug].toSorted().join(',')}`,
    ]);
    t.same(
      (await shipmentsOf(order)).map(({ statusCode }) => statusCode),
      [1000, 1000],
    );
    t.equal(await own.statusOf(order), 1000, 'the order is complete');
    t.ok(own.woken.length >= 3, 'webhooks have woken the reading');
    t.same(own.shopify.malformed, []);
  },
);

await t.test('what no webhook tells is found by reading what has changed', async (t) => {
  const own = await shopifySeller(t, world);
  const { order, placed } = await inStore(own, [{ sku: 'SHIRT', quantity: 1 }]);
  t.same(own.shopify.state.subscriptions, [], 'nothing is subscribed yet');
  own.shopify.fulfill(placed, { tracking: [UPS(NUMBERS[0]!)] });
  await own.read();
  t.same(own.shop.effects(order), [`${NUMBERS[0]}: ${order.unitIds[0]}`]);
  t.same(
    own.shopify.state.subscriptions.map(({ topic }) => topic),
    ['FULFILLMENTS_CREATE', 'FULFILLMENTS_UPDATE', 'ORDERS_CANCELLED', 'APP_UNINSTALLED'],
  );
  world.clock.advance(25 * 3_600_000);
  await own.read();
  t.equal(own.shopify.state.subscriptions.length, 4, 'and each once');
});

await t.test('a webhook counts only with the signature of the app, over its very bytes', async (t) => {
  const own = await shopifySeller(t, world);
  const { placed } = await inStore(own, [{ sku: 'SHIRT', quantity: 1 }]);
  const send = async (body: string, secret: string, domain = own.shopify.state.domain) => {
    const signature = createHmac('sha256', secret).update(body).digest('base64');
    const answer = await fetch(`${own.publicUrl}/webhooks/shopify`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-shopify-hmac-sha256': signature,
        'x-shopify-shop-domain': domain,
        'x-shopify-topic': 'fulfillments/create',
      },
      body,
    });
    return answer.status;
  };
  const id = Number(placed.id.split('/').at(-1));
  const body = `{"id":1, "order_id": ${id} }`;
  t.equal(await send(body, 'somebody else'), 401);
  t.equal(await send(body, SECRET, 'example.com'), 401);
  t.equal(await send(body, SECRET, 'unknown-store.myshopify.com'), 401);
  t.equal(own.woken.length, 0);
  t.equal(await send(body, SECRET), 200);
  t.equal(own.woken.length, 1);
  t.equal(await send('{"order_id":999}', SECRET), 200, 'an order that is not TikTok’s is nobody’s');
  t.equal(await send('no json', SECRET), 200);
  t.equal(own.woken.length, 1);
  const unsigned = await fetch(`${own.publicUrl}/webhooks/shopify`, { method: 'POST', body });
  t.equal(unsigned.status, 401);
});

await t.test('another tracking number in Shopify corrects TikTok’s', async (t) => {
  const own = await shopifySeller(t, world);
  const { order, placed } = await inStore(own, [{ sku: 'SHIRT', quantity: 1 }]);
  const parcel = own.shopify.fulfill(placed, { tracking: [UPS(NUMBERS[0]!)] });
  await own.read();
  own.shopify.setTracking(parcel, [UPS(NUMBERS[2]!)]);
  await own.read();
  const [shipment] = await shipmentsOf(order);
  t.equal((await shipmentsOf(order)).length, 1, 'the same shipment');
  const shown = await own.shop.shipment(shipment!.key);
  t.match(JSON.stringify(shown.document), NUMBERS[2]);
});

await t.test(
  'a parcel that is cancelled in Shopify after TikTok has it is told, and what TikTok cannot take is told once',
  async (t) => {
    const own = await shopifySeller(t, world);
    const { order, placed } = await inStore(own, [{ sku: 'SHIRT', quantity: 1 }]);
    const parcel = own.shopify.fulfill(placed, { tracking: [UPS(NUMBERS[0]!)] });
    await own.read();
    own.shopify.cancelFulfillment(parcel);
    own.shopify.fulfill(placed, { tracking: [UPS(NUMBERS[1]!)] });
    await own.read();
    await own.read();
    t.same(own.shop.effects(order), [`${NUMBERS[0]}: ${order.unitIds[0]}`], 'TikTok has one parcel');
    const events = await own.events();
    t.equal(events.filter((line) => line.includes('was cancelled in Shopify')).length, 1);
    t.equal(events.filter((line) => line.includes('cannot be told to TikTok')).length, 1);
  },
);

await t.test('several tracking numbers of one fulfilment are several parcels', async (t) => {
  const own = await shopifySeller(t, world);
  const { order, placed } = await inStore(own, [{ sku: 'SHIRT', quantity: 3 }]);
  own.shopify.fulfill(placed, { tracking: [UPS(NUMBERS[0]!), UPS(NUMBERS[1]!)] });
  await own.read();
  const [one, ...rest] = order.unitIds;
  t.same(own.shop.effects(order), [`${NUMBERS[0]}: ${one}`, `${NUMBERS[1]}: ${rest.toSorted().join(',')}`]);
});

await t.test(
  'an order that is cancelled in Shopify is cancelled on TikTok; a reason that TikTok has not is told',
  async (t) => {
    const own = await shopifySeller(t, world);
    const { order, placed } = await inStore(own, [{ sku: 'SHIRT', quantity: 1 }]);
    const { order: other, placed: second } = await inStore(own, [{ sku: 'MUG', quantity: 1 }]);
    own.shopify.cancelOrder(placed, 'INVENTORY');
    own.shopify.cancelOrder(second, 'STAFF');
    await own.read();
    await own.read();
    t.equal(await own.statusOf(order), 1100, 'TikTok has confirmed it');
    t.match(await own.row(order), { state: 'cancelled' });
    t.equal(await own.statusOf(other), 200);
    t.match(await own.row(other), { state: 'kept', reason: /TikTok was not told/ });
    t.equal((await own.events()).filter((line) => line.includes('still open on TikTok')).length, 1);
  },
);

await t.test('a token that is revoked while parcels wait loses none of them', async (t) => {
  const own = await shopifySeller(t, world);
  const { order, placed } = await inStore(own, [{ sku: 'SHIRT', quantity: 1 }]);
  own.shopify.revokeToken();
  own.shopify.fulfill(placed, { tracking: [UPS(NUMBERS[0]!)] });
  await own.run('read-shopify');
  t.same(own.shop.effects(order), []);
  own.shopify.giveToken('shpat_another_token');
  await own.call('PUT', own.path, { Domain: own.shopify.state.domain, AccessToken: 'shpat_another_token' });
  await own.read();
  t.same(own.shop.effects(order), [`${NUMBERS[0]}: ${order.unitIds[0]}`]);
});

await t.test(
  'scopes are looked at once a day: a store that has lost one is stopped and told, and doctor says so',
  async (t) => {
    const own = await shopifySeller(t, world);
    own.shopify.setScopes(['write_orders', 'read_fulfillments']);
    await own.read();
    t.match((await own.call('GET', own.path)).body.Body, { State: 'on' }, 'not with every reading');
    world.clock.advance(25 * 3_600_000);
    await own.run('read-shopify');
    t.match((await own.call('GET', own.path)).body.Body, {
      State: 'refused',
      StateReason: /lacks read_products/,
    });
    t.equal((await own.events()).filter((line) => line.startsWith('Alert The Shopify store')).length, 1);
    const findings = await checkShopify(world.db, world.clock.now());
    const { domain } = own.shopify.state;
    t.ok(findings.some(({ state, detail }) => state === 'fail' && detail.includes(domain)));
    const later = await checkShopify(world.db, new Date('2027-09-01'));
    t.ok(later.some(({ state, detail }) => state === 'warn' && detail.includes('may end version 2026-10')));
  },
);

await t.test('an app that is taken out of the store is told by its last webhook', async (t) => {
  const own = await shopifySeller(t, world);
  await own.read();
  own.shopify.hooks.send('APP_UNINSTALLED', { id: 1 });
  await own.shopify.hooks.settled();
  t.match((await own.call('GET', own.path)).body.Body, { State: 'refused', StateReason: /taken out/ });
});

await t.test('a parcel that was packed before anybody here knew the order’s number is found', async (t) => {
  const own = await shopifySeller(t, world);
  const order = await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
  own.shopify.fault({ field: 'orderCreate', kind: 'lost', times: 1 });
  await own.run();
  const entry = await world.db.prisma.outboxEntry.findFirstOrThrow({ where: { documentKey: order.key } });
  await deliverEntry(world.deliver, entry.id);
  own.shopify.fulfill(own.inShopify(order)[0]!, { tracking: [UPS(NUMBERS[0]!)] });
  world.clock.advance(60_000);
  await own.run('read-shopify');
  t.equal((await own.row(order))?.shopifyName, null, 'it is in doubt');
  // Whatever else happens there moves the reading past that moment.
  const other = await own.shop.order([{ sku: 'MUG', quantity: 1 }]);
  world.clock.advance(20 * 60_000);
  await own.deliver();
  t.equal(own.inShopify(other).length, 1);
  await own.read();
  t.same(own.shop.effects(order), [`${NUMBERS[0]}: ${order.unitIds[0]}`]);
});

await t.test(
  'a parcel that a rule has refused is tried again after an hour, whether Shopify shows a change or not',
  async (t) => {
    const own = await shopifySeller(t, world);
    const { order, placed } = await inStore(own, [{ sku: 'SHIRT', quantity: 1 }]);
    const parcel = own.shopify.fulfill(placed);
    await own.read();
    world.clock.advance(20 * 60_000);
    await inStore(own, [{ sku: 'MUG', quantity: 1 }]);
    await own.read();
    const where = { fulfillmentId: parcel.id };
    const data = { state: 'refused', updatedAt: world.clock.now() };
    await world.db.prisma.shopifyParcel.updateMany({ where, data });
    parcel.tracking = [{ ...UPS(NUMBERS[0]!), url: null }];
    world.clock.advance(30 * 60_000);
    await own.read();
    t.same(own.shop.effects(order), [], 'nothing tells of it, and the hour is not over');
    world.clock.advance(40 * 60_000);
    await own.read();
    t.same(own.shop.effects(order), [`${NUMBERS[0]}: ${order.unitIds[0]}`]);
  },
);
