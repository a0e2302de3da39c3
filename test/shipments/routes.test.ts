import t from 'tap';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import type { StoredUnit } from '../../src/domain/order.js';
import { findOrdersByTiktokId } from '../../src/orders/order-store.js';
import { countryOf, routeOf } from '../../src/shipments/shipping-route.js';
import { createKey, testApi } from '../support/api.js';
import { shipmentOf, startWorld, type TestOrder } from './world.js';

t.setTimeout(180_000);
const world = await startWorld(t);
const { control, db } = world;
const de = await world.connect('DE');
const us = await world.connect('US');
const { app } = await testApi(t, db, { clock: world.clock, domain: world.deps });
const key = await createKey(db, de);
control.setBehaviour({ providersWithoutRoute: 'refused' });

async function order(regionCode: string): Promise<TestOrder> {
  const { id, line_items } = control.addOrder(de.shopId, {
    lines: [{ sellerSku: 'SHIRT', quantity: 1 }],
    paidMinutesAgo: 120,
    shippingType: 'SELLER',
    address: { regionCode },
  });
  await de.pull(id);
  const row = await db.prisma.order.findFirstOrThrow({ where: { tiktokOrderId: id } });
  return {
    key: row.documentKey ?? 0,
    tiktokOrderId: id,
    unitIds: (line_items as { id: string }[]).map((each) => each.id),
  };
}

let trackings = 0;

async function ship(to: TestOrder, carrier: object): Promise<{ status: number; text: string }> {
  const tracking = `00340434${String(++trackings).padStart(12, '0')}`;
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v3/Orders/${to.key}/Shipments`,
    headers: { subscriptionkey: key, 'content-type': 'application/json' },
    payload: shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking, carrier }]),
  });
  await world.settle();
  return { status: answer.statusCode, text: answer.body };
}

const providerOf = ({ tiktokOrderId }: TestOrder) => {
  const shown = control.order(tiktokOrderId) as unknown as JsonObject;
  return [String(shown['shipping_provider']), String(shown['shipping_provider_id'])] as const;
};

const asked = () =>
  control
    .requests({ shop: de.shopId })
    .filter(({ path }) => path.endsWith('/shipping_providers'))
    .map(({ query }) => `${String(query['warehouse_region'])}-${String(query['buyer_region'])}`);

await t.test(
  'in the EU carriers are those of the way from warehouse to buyer, each with its id on that way',
  async (t) => {
    const [home, france] = [await order('DE'), await order('FR')];
    t.equal((await ship(home, { CarrierCode: 'DPD' })).status, 201);
    t.equal((await ship(france, { CarrierCode: 'DPD' })).status, 201);
    const [atHome, abroad] = [providerOf(home), providerOf(france)];
    t.strictSame([atHome[0], abroad[0]], ['DPD', 'DPD']);
    t.not(atHome[1], abroad[1]);
    const wrongWay = await ship(await order('FR'), { ReceiverClassCode: atHome[1] });
    t.equal(wrongWay.status, 400, 'an id of another way');
  },
);

await t.test('a warehouse in another country is where the way begins', async (t) => {
  const warehouse = control.warehouses(de.shopId).find(({ type }) => type === 'SALES_WAREHOUSE')!;
  control.patchWarehouse(de.shopId, warehouse.id, { regionCode: 'FR' });
  const refused = await ship(await order('IT'), { CarrierCode: 'DPD' });
  t.equal(refused.status, 400);
  t.match(refused.text, /Colissimo/, 'carriers of France');
  const fromFrance = await order('IT');
  t.equal((await ship(fromFrance, { CarrierCode: 'Colissimo' })).status, 201);
  t.equal(providerOf(fromFrance)[0], 'Colissimo');
});

await t.test('the list of a way is read once a day, and ways do not mix', async (t) => {
  const rows = await db.prisma.shippingProviderList.findMany({ where: { connectionId: de.connection.id } });
  t.strictSame(rows.map(({ origin, destination }) => `${origin}-${destination}`).toSorted(), [
    'DE-DE',
    'DE-FR',
    'FR-IT',
  ]);
  const before = asked().length;
  t.equal((await ship(await order('IT'), { CarrierCode: 'Colissimo' })).status, 201);
  t.equal(asked().length, before, 'from the list that is held');
});

await t.test('a package that exists knows its real warehouse, which goes before the order’s', async (t) => {
  const { order: shown } = (
    await findOrdersByTiktokId(db, {
      companyId: de.companyId,
      tiktokOrderId: (await order('ES')).tiktokOrderId,
    })
  )[0]!;
  const units = [{ packageId: 'P-1', shippedAt: null }] as StoredUnit[];
  const asking = {
    db,
    fetchCountry: async (_: number, warehouseId: string) => (warehouseId === 'W-REAL' ? 'ie' : 'FR'),
    fetchWarehouse: async (_: number, packageId: string) => (packageId === 'P-1' ? 'W-REAL' : null),
  };
  const way = (deps: typeof asking, own: StoredUnit[]) =>
    routeOf({ ...deps, countryOf: (warehouse) => countryOf(deps, warehouse) }, de.connection, {
      order: shown,
      units: own,
    });
  t.same(await way(asking, units), { origin: 'IE', destination: 'ES' });
  t.same(await way(asking, []), { origin: 'FR', destination: 'ES' }, 'else the order’s');
  const silent = { ...asking, fetchWarehouse: async () => null };
  t.same(await way(silent, units), { origin: 'FR', destination: 'ES' }, 'TikTok does not say');
});

await t.test(
  'TikTok gives the carriers of a way new ids while a shipment waits: it goes under the new one',
  async (t) => {
    const waits = await order('IT');
    const calls = () =>
      control.requests({ shop: de.shopId }).filter(({ path }) => path.endsWith('/packages'));
    world.clock.advance(2 * 60 * 1000);
    control.schedule({
      call: { path: '/fulfillment/*/orders/*/packages' },
      when: 'before',
      deeds: [{ kind: 'carriers', shopId: de.shopId, change: { renumbered: true } }],
    });
    const before = calls().length;
    t.equal((await ship(waits, { CarrierCode: 'Colissimo' })).status, 201);
    t.equal(calls().length, before + 2, 'refused under the old id, taken under the new one');
    const [name, id] = providerOf(waits);
    t.equal(name, 'Colissimo');
    const rows = await db.prisma.shippingProviderList.findMany({
      where: { connectionId: de.connection.id, destination: 'IT' },
    });
    t.match(JSON.stringify(rows.map(({ providers }) => providers)), id, 'the list is that of now');
  },
);

await t.test(
  'a carrier that TikTok withdraws while a shipment waits fails with those that are left',
  async (t) => {
    const waits = await order('IT');
    world.clock.advance(2 * 60 * 1000);
    control.schedule({
      call: { path: '/fulfillment/*/orders/*/packages' },
      when: 'before',
      deeds: [{ kind: 'carriers', shopId: de.shopId, change: { withdrawn: ['Colissimo'] } }],
    });
    t.equal((await ship(waits, { CarrierCode: 'Colissimo' })).status, 201);
    const [shipment] = await db.prisma.document.findMany({ where: { parentKey: waits.key } });
    const failed = await de.shipment(shipment?.key ?? 0);
    t.equal(failed.status, 1200);
    t.match(failed.error, /Colissimo.*TikTok accepts/s);
    t.equal(de.effects(waits).length, 0);
    // Put right in the table of carriers, or by another carrier under the same number.
    control.changeCarriers(de.shopId, { withdrawn: [] });
    world.clock.advance(2 * 60 * 1000);
    t.equal((await ship(waits, { CarrierCode: 'Colissimo' })).status, 201);
    t.equal(de.effects(waits).length, 1);
  },
);

await t.test('elsewhere nobody asks for a way', async (t) => {
  const american = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
  await us.shipped(
    american,
    shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: '1Z0000000000000001' }]),
  );
  const rows = await db.prisma.shippingProviderList.findMany({ where: { connectionId: us.connection.id } });
  t.match(rows, [{ origin: '', destination: '' }]);
});
