import t from 'tap';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { readTracking } from '../../src/logicbroker/read-tracking.js';
import { createKey, testApi } from '../support/api.js';
import { startWorld, type TestOrder } from './world.js';

t.setTimeout(180_000);
const world = await startWorld(t);
const { db } = world;
const shop = await world.connect('US');
const { app } = await testApi(t, db, { clock: world.clock, domain: world.deps });
const headers = { subscriptionkey: await createKey(db, shop) };

let parcels = 0;
const tracking = () => `94001118995600${String(++parcels).padStart(8, '0')}`;

function post(order: TestOrder, lines: object[], more: object = {}) {
  const payload: JsonObject = { ShipmentNumber: `S-${++parcels}`, ShipmentLines: lines, ...more };
  return app.inject({ method: 'POST', url: `/api/v3/Orders/${order.key}/Shipments`, headers, payload });
}

function line(sku: string, quantity: number | undefined, cartons: object[]): object {
  const infos = cartons.map((carton) => ({ CarrierCode: 'UPS', ...carton }));
  const Quantity = quantity === undefined ? {} : { Quantity: quantity };
  return { ItemIdentifier: { SupplierSKU: sku }, ...Quantity, ShipmentInfos: infos };
}

await t.test('quantities of line and parcels that contradict are refused, and both are named', async (t) => {
  const order = await shop.order([{ sku: 'TEE', quantity: 3 }]);
  const qty = (...counts: number[]) => counts.map((Qty) => ({ TrackingNumber: tracking(), Qty }));
  for (const [quantity, cartons] of [
    [1, qty(3)],
    [3, qty(2)],
    [3, qty(1, 1)],
    [2, qty(1, 1, 1)],
    [2, qty(0)],
  ] as const) {
    const answer = await post(order, [line('TEE', quantity, cartons)]);
    t.equal(answer.statusCode, 400, answer.body);
    const [detail] = answer.json().Body[0].Details;
    t.match(`${detail.Field} ${detail.Message}`, /ShipmentLines\[0\]\.Quantity/);
    t.match(`${detail.Field} ${detail.Message}`, /ShipmentInfos|Qty/);
  }
  t.same(shop.effects(order), []);
  t.equal((await post(order, [line('TEE', 3, qty(2, 1))])).statusCode, 201);
  await world.settle();
  t.equal(shop.effects(order).length, 2);
});

await t.test('parcels and lines without pieces are ignored, with a warning', async (t) => {
  const order = await shop.order([
    { sku: 'TEE', quantity: 2 },
    { sku: 'MUG', quantity: 1 },
  ]);
  const [real, extra] = [tracking(), tracking()];
  const answer = await post(order, [
    line('TEE', 2, [
      { TrackingNumber: real, Qty: 2 },
      { TrackingNumber: extra, Qty: 0 },
    ]),
    line('MUG', 0, [{ TrackingNumber: extra, Qty: 0 }]),
  ]);
  t.equal(answer.statusCode, 201, answer.body);
  t.match(answer.json().Body.TransformationResults, [
    { Message: 'ShipmentLines[0].ShipmentInfos[1] has 0 pieces and is ignored.' },
    { Message: 'ShipmentLines[1] has 0 pieces and is ignored.' },
  ]);
  await world.settle();
  t.equal(shop.effects(order).length, 1);
  t.match(shop.effects(order)[0], new RegExp(`^${real}: `));
  const { events } = await shop.shipment(Number(answer.json().Body.LogicbrokerKey));
  t.equal(events.filter((event) => /^Warning .* 0 pieces/.test(event)).length, 2, 'also in its history');
  const empty = await post(order, [line('MUG', 0, [{ TrackingNumber: extra, Qty: 0 }])]);
  t.equal(empty.statusCode, 400, 'a shipment of nothing is none');
});

await t.test('a tracking number with blanks is cleaned, told, and sent without them', async (t) => {
  const order = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  const number = tracking();
  const spaced = ` ${number.replaceAll(/(.{4})/g, '$1 ')}\u200b`;
  const answer = await post(order, [line('TEE', 1, [{ TrackingNumber: spaced, Qty: 1 }])]);
  t.match(answer.json().Body.TransformationResults, [
    { Message: new RegExp(`TrackingNumber is read as ${number}`) },
  ]);
  await world.settle();
  t.same(shop.effects(order), [`${number}: ${order.unitIds.join(',')}`]);
  const { document } = await shop.shipment(Number(answer.json().Body.LogicbrokerKey));
  t.match(JSON.stringify(document), `"TrackingNumber":"${number}"`);
});

await t.test('what cannot be a tracking number is refused at once', async (t) => {
  const order = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  const impossible = [
    '0',
    '000000',
    'N/A',
    '-',
    '9.4E+21',
    '9,40011E+21',
    'https://track.example/9400111899560000000001',
    'www.ups.com/track?num=1Z999AA10123456784',
    '1Z999AA10123456784, 1Z999AA10123456785',
    '1Z999AA10123456784 1Z999AA10123456785',
    '1Z999AA10123456784/1Z999AA10123456785',
    '9400111899560000000001.00',
    'jane@example.com',
  ];
  for (const number of impossible) {
    const answer = await post(order, [line('TEE', 1, [{ TrackingNumber: number, Qty: 1 }])]);
    t.equal(answer.statusCode, 400, number);
    t.match(answer.json().Body[0].Details, [{ Field: 'ShipmentLines[0].ShipmentInfos[0].TrackingNumber' }]);
  }
  const header = { ShipmentInfos: [{ TrackingNumber: '9.4E+21', CarrierCode: 'UPS' }] };
  const plain = { ItemIdentifier: { SupplierSKU: 'TEE' }, Quantity: 1 };
  t.equal((await post(order, [plain], header)).statusCode, 400, 'the same in the header');
  const draft = await post(order, [line('TEE', 1, [{ TrackingNumber: 'TBD', Qty: 1 }])], { StatusCode: -1 });
  t.equal(draft.statusCode, 201, 'a draft may wait for its number');
  const url = `/api/v3/Shipments/${draft.json().Body.LogicbrokerKey}/Status/Submitted`;
  t.equal((await app.inject({ method: 'PUT', url, headers })).statusCode, 400, 'and is not sent with it');
});

await t.test('numbers as carriers print them, and as spreadsheets protect them, are read', (t) => {
  const numbers: [written: string, read: string][] = [
    ['9400 1118 9956 0000 0000 01', '9400111899560000000001'],
    ['AB 123 456 789 GB', 'AB123456789GB'],
    ['1Z 999 AA1 01 2345 6784', '1Z999AA10123456784'],
    ['="0012345678"', '0012345678'],
    ["'0012345678", '0012345678'],
    ['JD\u00a0014600', 'JD014600'],
    ['123-456', '123-456'],
    ['94001118 99560000 000001', '9400111899560000000001'],
  ];
  for (const [written, read] of numbers)
    t.strictSame(readTracking(written), { trackingNumber: read, trackingProblem: null }, written);
  t.end();
});

await t.test("a carrier that contradicts TikTok's id of one is told; the id goes first", async (t) => {
  const order = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  const { api } = await world.deps.openShop(shop.connection.id, 'urgent');
  const { orders } = await api.getOrders([order.tiktokOrderId]);
  const providers = await api.listShippingProviders(orders[0]!.deliveryOptionId!);
  const usps = providers.find(({ name }) => name === 'USPS')!;
  const carton = { TrackingNumber: tracking(), Qty: 1, ReceiverClassCode: usps.id, CarrierCode: 'UPS' };
  const answer = await post(order, [line('TEE', 1, [carton])]);
  t.match(answer.json(), {
    Code: '201',
    Body: { TransformationResults: [{ Message: /is USPS, but the carrier is named UPS/ }] },
  });
  const agreeing = { TrackingNumber: tracking(), Qty: 1, ReceiverClassCode: usps.id, CarrierCode: 'USPS' };
  const other = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  const quiet = await post(other, [line('TEE', 1, [agreeing])]);
  t.same(quiet.json().Body.TransformationResults, []);
});
