import t from 'tap';
import { changeShipment } from '../../src/shipments/correct-shipment.js';
import { explainShipment } from '../../src/shipments/explain-shipment.js';
import { parseJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { refusalOf, shipmentOf, startWorld, type ShopWorld, type TestOrder } from './world.js';
import { somebody } from '../support/actors.js';

const world = await startWorld(t);
const us = await world.connect('US');
const indonesia = await world.connect('ID');
const { control } = world;

let trackings = 0;
const nextTracking = () => `CR${String(++trackings).padStart(8, '0')}`;
const carrierOf = (shop: ShopWorld) => ({ CarrierCode: shop === us ? 'UPS' : 'JNE' });
const document = (shop: ShopWorld, tracking: string, quantity = 2) =>
  shipmentOf('S-1', [{ sku: 'SHIRT', quantity, tracking, carrier: carrierOf(shop) }]);
const put = (shop: ShopWorld, key: number, content: JsonObject) =>
  changeShipment(world.deps, {
    by: somebody,
    companyId: shop.companyId,
    key,
    document: parseJson(JSON.stringify(content)) as JsonObject,
  });
const numbersOf = (order: TestOrder) =>
  control
    .effects({ order: order.tiktokOrderId })
    .map(({ kind, trackingNumber }) => `${kind} ${trackingNumber}`);
const withNumber = (content: JsonObject, from: string, to: string) =>
  JSON.parse(JSON.stringify(content).replaceAll(from, to)) as JsonObject;

async function shipped(shop: ShopWorld): Promise<{ order: TestOrder; key: number; tracking: string }> {
  const order = await shop.order([{ sku: 'SHIRT', quantity: 2 }]);
  const tracking = nextTracking();
  const { key, status } = await shop.shipped(order, document(shop, tracking));
  if (status !== 1000) throw new Error(`shipment ${key} is ${status}`);
  return { order, key, tracking };
}

for (const [region, shop] of [
  ['US', us],
  ['Indonesia', indonesia],
] as const) {
  await t.test(
    `${region}: a wrong number is corrected by PUT, in TikTok and on both documents`,
    async (t) => {
      const { order, key, tracking } = await shipped(shop);
      const right = nextTracking();
      const readBack = (await shop.shipment(key)).document;
      await put(shop, key, withNumber(readBack, tracking, right));
      t.match(await shop.shipment(key), { status: 200, error: null });
      t.match(
        (await shop.shipment(key)).document,
        { ShipmentLines: [{ ShipmentInfos: [{ TrackingNumber: tracking }] }] },
        'until TikTok has taken it',
      );
      await put(shop, key, document(shop, right));
      await world.settle();
      t.strictSame(numbersOf(order).slice(-1), [`tracking_corrected ${right}`]);
      const shipment = await shop.shipment(key);
      t.match(shipment, {
        status: 1000,
        error: null,
        document: { ShipmentLines: [{ Quantity: 2, ShipmentInfos: [{ TrackingNumber: right, Qty: 2 }] }] },
      });
      t.notMatch(JSON.stringify(shipment.document), tracking);
      t.ok(shipment.events.some((event) => event.includes(`${right} in place of ${tracking}`)));
      const orderDocument = await shop.orderDocument(order);
      t.equal(orderDocument.statusCode, 1000);
      t.match(orderDocument.body, right);
      t.notMatch(orderDocument.body, tracking);
      const explained = await explainShipment(world.deps, { companyId: shop.companyId, key });
      t.match(explained.packages, [{ trackingNumber: right, correction: { from: tracking, state: 'done' } }]);
      t.match(explained.effects.at(-1), { effect: 'correct-tracking' });

      await put(shop, key, document(shop, right));
      t.equal((await shop.shipment(key)).status, 1000, 'the same once more changes nothing');
      t.match(await shop.ship(order, document(shop, right)), { key, created: false });
      const again = await refusalOf(put(shop, key, document(shop, nextTracking())));
      t.match(again.details[0]?.message, new RegExp(`one correction.*${tracking} became ${right}`));
      await shop.pull(order.tiktokOrderId);
      t.match((await shop.orderDocument(order)).body, right);
    },
  );
}

await t.test('one answer is lost: TikTok has it once, and it is seen', async (t) => {
  const { order, key } = await shipped(us);
  const right = nextTracking();
  control.addFault({
    match: { path: '/fulfillment/202309/packages/*/shipping_info/update' },
    kind: 'done_but_lost',
    times: 1,
  });
  await put(us, key, document(us, right));
  await world.settle();
  t.match(await us.shipment(key), { status: 1000, error: null });
  t.equal(numbersOf(order).filter((effect) => effect.startsWith('tracking_corrected')).length, 1);
});

await t.test('what TikTok does not take leaves what was sent, with the reason', async (t) => {
  const { order, key, tracking } = await shipped(us);
  control.act(order.tiktokOrderId, { type: 'carrier_collect' });
  control.act(order.tiktokOrderId, { type: 'carrier_deliver' });
  await put(us, key, document(us, nextTracking()));
  await world.settle();
  const shipment = await us.shipment(key);
  t.equal(shipment.status, 1000, 'it is shipped all the same');
  t.match(shipment.error ?? '', new RegExp(`${tracking} was not corrected`));
  t.match(shipment.document, { ShipmentLines: [{ ShipmentInfos: [{ TrackingNumber: tracking }] }] });
  t.ok(shipment.events.some((event) => event.startsWith('Alert TikTok keeps')));
  t.equal((await us.orderDocument(order)).statusCode, 1000);
});

await t.test('what cannot be corrected is a 400 or 409 that says why, and nothing is stored', async (t) => {
  const { key, tracking } = await shipped(us);
  const other = nextTracking();
  const fewer = await refusalOf(put(us, key, document(us, other, 1)));
  t.match(fewer.details, [{ field: 'ShipmentLines', next: /new shipment/ }]);
  const renamed = { ...document(us, other), ShipmentNumber: 'S-9' };
  t.match((await refusalOf(put(us, key, renamed))).details, [{ field: 'ShipmentNumber' }]);
  const carrier = shipmentOf('S-1', [
    { sku: 'SHIRT', quantity: 2, tracking: other, carrier: { CarrierCode: 'Pigeon Post' } },
  ]);
  t.match(await refusalOf(put(us, key, carrier)), { code: 'invalid-document' });
  t.match(await us.shipment(key), {
    status: 1000,
    document: { ShipmentLines: [{ ShipmentInfos: [{ TrackingNumber: tracking }] }] },
  });

  await put(us, key, document(us, other));
  t.match(await refusalOf(put(us, key, document(us, nextTracking()))), { code: 'conflict' });
  await world.settle();

  const order = await us.order([{ sku: 'SHIRT', quantity: 2 }]);
  const pending = await us.ship(order, document(us, nextTracking()));
  t.match(
    (await refusalOf(put(us, pending.key, document(us, other)))).message,
    /only drafts|drafts can be edited/,
  );
  await world.settle();
  world.clock.advance(73 * 3_600_000);
  const late = await refusalOf(put(us, pending.key, document(us, nextTracking())));
  t.match(late.details[0]?.message, /within 72 hours of shipping, which was/);
});

await t.test('a shipment that Seller Center has sent is corrected like any other', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 2 }]);
  const [theirs, right] = [nextTracking(), nextTracking()];
  control.act(order.tiktokOrderId, { type: 'seller_ship', trackingNumber: theirs });
  await us.pull(order.tiktokOrderId);
  const { key } = await us.ship(order, document(us, theirs));
  await put(us, key, document(us, right));
  await world.settle();
  t.match(await us.shipment(key), { status: 1000, error: null });
  t.match((await us.orderDocument(order)).body, right);
});

await t.test('of two parcels only the named one changes', async (t) => {
  const order = await us.order([{ sku: 'SHIRT', quantity: 3 }]);
  const [a, b, c] = [nextTracking(), nextTracking(), nextTracking()];
  const two = (second: string): JsonObject => ({
    ShipmentNumber: 'S-1',
    ShipmentLines: [
      {
        ItemIdentifier: { SupplierSKU: 'SHIRT' },
        ShipmentInfos: [
          { TrackingNumber: a, Qty: 1, CarrierCode: 'UPS' },
          { TrackingNumber: second, Qty: 2, CarrierCode: 'UPS' },
        ],
      },
    ],
  });
  const { key } = await us.shipped(order, two(b));
  await put(us, key, two(c));
  await world.settle();
  t.match(await us.shipment(key), {
    status: 1000,
    document: { ShipmentLines: [{ ShipmentInfos: [{ TrackingNumber: a }, { TrackingNumber: c }] }] },
  });
  t.strictSame(numbersOf(order), [`shipped ${a}`, `shipped ${b}`, `tracking_corrected ${c}`]);
});

await t.test(
  'a number that Seller Center corrects is told on the ERP’s shipment, which keeps its own',
  async (t) => {
    for (const shop of [us, indonesia]) {
      const { order, key, tracking } = await shipped(shop);
      const theirs = nextTracking();
      world.clock.advance(5_000);
      control.act(order.tiktokOrderId, { type: 'seller_corrects_tracking', trackingNumber: theirs });
      await shop.pull(order.tiktokOrderId);
      await shop.pull(order.tiktokOrderId);
      const told = await shop.shipment(key);
      t.equal(told.status, 1000);
      const text = JSON.stringify(told.document);
      t.match(text, `"TrackingNumber":"${tracking}"`, 'what the ERP has sent stays');
      t.match(text, `{"Name":"TikTokTrackingNumber","Value":"${theirs}"}`);
      const events = told.events.filter((event) => event.includes(`${theirs} in place of ${tracking}`));
      t.equal(events.length, 1, 'told once');
      t.match((await shop.orderDocument(order)).body, theirs);

      const other = await refusalOf(put(shop, key, document(shop, nextTracking())));
      t.match(other.details?.[0], { message: /used the one correction/, next: new RegExp(theirs) });
      await put(shop, key, document(shop, theirs));
      await world.settle();
      const own = await shop.shipment(key);
      t.equal(own.status, 1000);
      t.equal(own.error, null);
      t.match(JSON.stringify(own.document), `"TrackingNumber":"${theirs}"`);
      t.notMatch(JSON.stringify(own.document), 'TikTokTrackingNumber');
      t.equal(
        numbersOf(order).filter((each) => each.startsWith('tracking_corrected')).length,
        1,
        'nothing is sent for it',
      );
    }
  },
);
