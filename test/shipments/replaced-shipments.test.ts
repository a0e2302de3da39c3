import t from 'tap';
import { parseJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { deliverEntry } from '../../src/sync/effects/deliver-entry.js';
import { recheckEntries } from '../../src/sync/effects/recheck-entries.js';
import { createKey, testApi } from '../support/api.js';
import { shipmentOf, startWorld, type TestOrder } from './world.js';

t.setTimeout(180_000);
const world = await startWorld(t);
const { db, control } = world;
const shop = await world.connect('US');
const { app } = await testApi(t, db, { clock: world.clock, domain: world.deps });
const headers = { subscriptionkey: await createKey(db, shop) };

let parcels = 0;
const tracking = () => `94001118995600${String(++parcels).padStart(8, '0')}`;
const goods = [{ sku: 'TEE', quantity: 1 }];

function post(order: TestOrder, document: JsonObject, more: Record<string, string> = {}) {
  const url = `/api/v3/Orders/${order.key}/Shipments`;
  return app.inject({ method: 'POST', url, headers: { ...headers, ...more }, payload: document });
}

/** A shipment that TikTok has refused, since its number is another parcel's. */
async function failed(quantity = 1): Promise<{ order: TestOrder; key: number; used: string }> {
  const used = tracking();
  const other = await shop.order(goods);
  await shop.shipped(other, shipmentOf('S-0', [{ sku: 'TEE', quantity: 1, tracking: used }]));
  const order = await shop.order([{ sku: 'TEE', quantity }]);
  const answer = await post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity, tracking: used }]));
  await world.settle();
  const key = Number(answer.json().Body.LogicbrokerKey);
  const { status } = await shop.shipment(key);
  if (status !== 1200) throw new Error(`shipment ${key} has not failed: ${status}`);
  return { order, key, used };
}

async function versionOf(key: number): Promise<number> {
  return (await db.prisma.document.findUniqueOrThrow({ where: { key } })).version;
}

await t.test(
  'a failed shipment is sent again under its number with a corrected tracking number',
  async (t) => {
    const { order, key } = await failed();
    const before = await versionOf(key);
    const right = tracking();
    const answer = await post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: right }]));
    t.equal(answer.statusCode, 201, answer.body);
    t.equal(answer.json().Body.LogicbrokerKey, String(key), 'the same document');
    await world.settle();
    const shipment = await shop.shipment(key);
    t.match(shipment, { status: 1000, error: null });
    t.same(shop.effects(order), [`${right}: ${order.unitIds.join(',')}`], 'TikTok has the new number, once');
    t.ok((await versionOf(key)) > before, 'of a newer version');
    t.match(JSON.stringify(shipment.document), right);
    t.match(shipment.events.join('\n'), /Received again under the number S-1 .* that was Failed/);
    t.equal((await shop.orderDocument(order)).statusCode, 1000);

    const repeat = await post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: right }]));
    t.match(repeat.json(), { Code: '201', Body: { LogicbrokerKey: String(key), TransformationResults: [] } });
    const late = await post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: tracking() }]));
    t.equal(late.statusCode, 400);
    t.match(late.json().Message, /^This shipment already exists/, 'which is true by now');
    t.match(late.json().Body[0].Details[0].Message, /link key L-\d+/);
  },
);

await t.test('an ignored shipment is sent again under its number', async (t) => {
  const { order, key } = await failed();
  await app.inject({ method: 'PUT', url: `/api/v3/Shipments/${key}/Status/Ignored`, headers });
  t.equal((await shop.shipment(key)).status, 1400);
  const right = tracking();
  const answer = await post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: right }]));
  t.equal(answer.json().Body.LogicbrokerKey, String(key), answer.body);
  await world.settle();
  t.equal((await shop.shipment(key)).status, 1000);
});

await t.test(
  'while a call is under way nothing takes its place, and nobody is told that it exists',
  async (t) => {
    const order = await shop.order(goods);
    const first = shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: tracking() }]);
    const other = shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: tracking() }]);
    t.equal((await post(order, first)).statusCode, 201);
    const key = 'one-try';
    const refused = await post(order, other, { 'idempotency-key': key });
    t.equal(refused.statusCode, 409);
    t.notMatch(refused.body, /already exists|link key/);
    t.match(refused.json().Body[0].Details[0], {
      Field: 'ShipmentNumber',
      Next: /GET Shipments\/\d+\/Status/,
    });
    t.ok(Number(refused.headers['retry-after']) > 0);
    await world.settle();
    const later = await post(order, other, { 'idempotency-key': key });
    t.equal(later.statusCode, 400, 'the refusal is not given again for its Idempotency-Key');
    t.match(later.json().Message, /^This shipment already exists/);
  },
);

await t.test('of two who correct a failed shipment at once, one is taken', async (t) => {
  const { order, key } = await failed();
  const wanted = [tracking(), tracking(), tracking()];
  const answers = await Promise.all(
    wanted.map((number) => post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: number }]))),
  );
  t.same(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [201, 409, 409],
  );
  await world.settle();
  const taken = wanted[answers.findIndex(({ statusCode }) => statusCode === 201)];
  t.same(shop.effects(order), [`${taken}: ${order.unitIds.join(',')}`]);
  t.equal((await shop.shipment(key)).status, 1000);
});

await t.test('a correction whose answer was lost is repeated without a second effect', async (t) => {
  const { order, key } = await failed();
  const right = tracking();
  const document = shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: right }]);
  const answers = await Promise.all([1, 2, 3, 4].map(() => post(order, document)));
  t.same(
    answers.map((answer) => answer.json().Body.LogicbrokerKey),
    [1, 2, 3, 4].map(() => String(key)),
  );
  await world.settle();
  t.equal((await post(order, document)).statusCode, 201);
  t.same(shop.effects(order), [`${right}: ${order.unitIds.join(',')}`]);
});

await t.test(
  'what is tried again by status is not replaced meanwhile, and the other way round',
  async (t) => {
    const { order, key } = await failed();
    const again = { method: 'PUT', url: `/api/v3/Shipments/${key}/Status/Submitted`, headers } as const;
    const right = tracking();
    const document = shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: right }]);
    t.equal((await app.inject(again)).statusCode, 200);
    t.equal((await post(order, document)).statusCode, 409);
    await world.settle();
    const [replacing, resending] = await Promise.all([post(order, document), app.inject(again)]);
    t.ok(Math.min(replacing.statusCode, resending.statusCode) < 400);
    await world.settle();
    if (replacing.statusCode !== 201) await post(order, document);
    await world.settle();
    t.same(shop.effects(order), [`${right}: ${order.unitIds.join(',')}`]);
  },
);

await t.test('in doubt whether TikTok has it, nothing takes its place', async (t) => {
  const order = await shop.order(goods);
  const number = tracking();
  const answer = await post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: number }]));
  const key = Number(answer.json().Body.LogicbrokerKey);
  control.addFault({ kind: 'done_but_lost', match: { method: 'POST', path: '/fulfillment/*/packages' } });
  const [entry] = await db.prisma.outboxEntry.findMany({ where: { documentKey: key } });
  await deliverEntry(world.deliver, entry!.id);
  control.clearFaults();
  const other = shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: tracking() }]);
  const refused = await post(order, other);
  t.equal(refused.statusCode, 409, refused.body);
  t.match(refused.json().Message, /not known yet whether TikTok has/);
  t.notMatch(refused.body, /already exists/);
  await world.settle();
  t.same(shop.effects(order), [`${number}: ${order.unitIds.join(',')}`]);
  t.match((await post(order, other)).json().Message, /^This shipment already exists/);
});

await t.test('a refusal that is about to be looked at again counts as doubt', async (t) => {
  const { order, key } = await failed();
  await db.pool.query(`UPDATE outbox SET recheck_at = now(), doubt = 1 WHERE document_key = $1`, [key]);
  const document = shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: tracking() }]);
  t.equal((await post(order, document)).statusCode, 409);
  await recheckEntries(world.deliver);
  t.equal((await post(order, document)).statusCode, 201);
  await world.settle();
  t.equal((await shop.shipment(key)).status, 1000);
});

await t.test('a parcel that TikTok has stays as it is when the other one is corrected', async (t) => {
  const used = tracking();
  const other = await shop.order(goods);
  await shop.shipped(other, shipmentOf('S-0', [{ sku: 'TEE', quantity: 1, tracking: used }]));
  const order = await shop.order([{ sku: 'TEE', quantity: 3 }]);
  const [good, right] = [tracking(), tracking()];
  const two = (a: string, b: string, count = 2): JsonObject => ({
    ShipmentNumber: 'S-1',
    ShipmentLines: [
      {
        ItemIdentifier: { SupplierSKU: 'TEE' },
        Quantity: 1 + count,
        ShipmentInfos: [
          { TrackingNumber: b, Qty: count, CarrierCode: 'UPS' },
          { TrackingNumber: a, Qty: 1, CarrierCode: 'UPS' },
        ],
      },
    ],
  });
  const first = await post(order, two(good, used));
  await world.settle();
  const key = Number(first.json().Body.LogicbrokerKey);
  t.equal((await shop.shipment(key)).status, 1200);
  const [gone] = shop.effects(order);
  t.match(gone, new RegExp(`^${good}: `));

  const without = await post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 2, tracking: right }]));
  t.equal(without.statusCode, 400);
  t.match(without.json().Body[0].Details[0].Message, new RegExp(`TikTok has 1 pieces .* under ${good}`));
  t.equal((await post(order, two(good, right, 3))).statusCode, 400, 'nor are there more pieces than before');

  const answer = await post(order, two(good, right));
  t.equal(answer.json().Body.LogicbrokerKey, String(key), answer.body);
  await world.settle();
  const effects = shop.effects(order);
  t.equal(effects.length, 2, 'each parcel is told once');
  t.equal(effects[0], gone);
  const rest = order.unitIds.filter((id) => !gone!.includes(id)).toSorted();
  t.equal(effects[1], `${right}: ${rest.join(',')}`);
  const { status, document } = await shop.shipment(key);
  t.equal(status, 1000);
  const [line] = document['ShipmentLines'] as { ShipmentInfos: { TrackingNumber: string; Qty: number }[] }[];
  t.match(line!.ShipmentInfos, [
    { TrackingNumber: right, Qty: 2 },
    { TrackingNumber: good, Qty: 1 },
  ]);
});

await t.test('a draft is changed as a draft: its number does not say that TikTok has it', async (t) => {
  const order = await shop.order(goods);
  const draft = shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: tracking() }], { StatusCode: -1 });
  const key = (await post(order, draft)).json().Body.LogicbrokerKey as string;
  const answer = await post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: tracking() }]));
  t.equal(answer.statusCode, 400);
  t.notMatch(answer.body, /already exists/);
  t.match(answer.json().Body[0].Details[0].Next, `PUT Shipments/${key}/Status/Submitted`);
});

await t.test('a failed shipment may come back as a draft, and is sent when it is released', async (t) => {
  const { order, key } = await failed();
  const right = tracking();
  const draft = shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: right }], { StatusCode: -1 });
  t.equal((await post(order, draft)).json().Body.LogicbrokerKey, String(key));
  t.equal((await shop.shipment(key)).status, -1);
  const url = `/api/v3/Shipments/${key}/Status/Submitted`;
  t.equal((await app.inject({ method: 'PUT', url, headers })).statusCode, 200);
  await world.settle();
  t.same(shop.effects(order), [`${right}: ${order.unitIds.join(',')}`]);
  t.equal((await shop.shipment(key)).status, 1000);
});

await t.test('who repeats a failed shipment unchanged is told that it failed, and why', async (t) => {
  const { order, key, used } = await failed();
  const answer = await post(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: used }]));
  t.equal(answer.statusCode, 201);
  t.match(answer.json().Body.TransformationResults, [{ Message: /has failed: .*Status\/Submitted/ }]);
  t.equal((await shop.shipment(key)).status, 1200, 'nothing is sent by itself');
});

await t.test('what cannot be read or shipped leaves the failed one as it is', async (t) => {
  const { order, key } = await failed();
  const before = await shop.shipment(key);
  const wrong = [
    shipmentOf('S-1', [{ sku: 'NO-SUCH', quantity: 1, tracking: tracking() }]),
    shipmentOf('S-1', [{ sku: 'TEE', quantity: 5, tracking: tracking() }]),
    shipmentOf('S-1', [
      { sku: 'TEE', quantity: 1, tracking: tracking(), carrier: { CarrierCode: 'Owl Post' } },
    ]),
  ];
  for (const document of wrong) t.equal((await post(order, document)).statusCode, 400);
  t.strictSame(await shop.shipment(key), before);
  t.ok(parseJson(JSON.stringify(before.document)));
});

function put(key: number, document: JsonObject, more: Record<string, string> = {}) {
  const url = `/api/v3/Shipments/${key}`;
  return app.inject({ method: 'PUT', url, headers: { ...headers, ...more }, payload: document });
}

await t.test(
  'a failed shipment is corrected by PUT like by POST, of the version that was read',
  async (t) => {
    const { order, key, used } = await failed();
    const right = tracking();
    const readBack = (await shop.shipment(key)).document;
    const document = JSON.parse(JSON.stringify(readBack).replaceAll(used, right)) as JsonObject;
    const stale = await put(key, document, { 'if-match': '"1"' });
    t.equal(stale.statusCode, 412, stale.body);
    const renamed = await put(key, { ...document, ShipmentNumber: 'S-9' });
    t.equal(renamed.statusCode, 400, renamed.body);
    const answer = await put(key, document);
    t.equal(answer.statusCode, 200, answer.body);
    await world.settle();
    t.match(await shop.shipment(key), { status: 1000, error: null });
    t.same(shop.effects(order), [`${right}: ${order.unitIds.join(',')}`]);
  },
);

await t.test('what Seller Center has shipped meanwhile is adopted by the corrected shipment', async (t) => {
  for (const send of ['POST', 'PUT']) {
    const { order, key } = await failed(2);
    const theirs = tracking();
    control.act(order.tiktokOrderId, { type: 'seller_ship', trackingNumber: theirs });
    await shop.pull(order.tiktokOrderId);
    const document = shipmentOf('S-1', [{ sku: 'TEE', quantity: 2, tracking: theirs }]);
    const answer = send === 'PUT' ? await put(key, document) : await post(order, document);
    t.ok(answer.statusCode < 300, answer.body);
    t.match(await shop.shipment(key), { status: 1000, error: null }, `${send}: nothing has to be sent`);
    t.same(shop.effects(order), [`${theirs}: ${order.unitIds.join(',')}`]);
    t.equal((await shop.orderDocument(order)).statusCode, 1000);
  }
});

await t.test(
  'of a shipment that failed in part, the refused parcel is replaced by PUT and both corrected',
  async (t) => {
    const used = tracking();
    const other = await shop.order(goods);
    await shop.shipped(other, shipmentOf('S-0', [{ sku: 'TEE', quantity: 1, tracking: used }]));
    const order = await shop.order([{ sku: 'TEE', quantity: 3 }]);
    const [good, right, better] = [tracking(), tracking(), tracking()];
    const two = (a: string, b: string): JsonObject => ({
      ShipmentNumber: 'S-1',
      ShipmentLines: [
        {
          ItemIdentifier: { SupplierSKU: 'TEE' },
          Quantity: 3,
          ShipmentInfos: [
            { TrackingNumber: b, Qty: 2, CarrierCode: 'UPS' },
            { TrackingNumber: a, Qty: 1, CarrierCode: 'UPS' },
          ],
        },
      ],
    });
    const first = await post(order, two(good, used));
    await world.settle();
    const key = Number(first.json().Body.LogicbrokerKey);
    t.equal((await shop.shipment(key)).status, 1200);
    const replaced = await put(key, two(good, right));
    t.equal(replaced.statusCode, 200, replaced.body);
    await world.settle();
    t.match(await shop.shipment(key), { status: 1000, error: null });
    const corrected = await put(key, two(better, right));
    t.equal(corrected.statusCode, 200, corrected.body);
    await world.settle();
    const { status, document } = await shop.shipment(key);
    t.equal(status, 1000);
    const [line] = document['ShipmentLines'] as {
      ShipmentInfos: { TrackingNumber: string; Qty: number }[];
    }[];
    t.match(line!.ShipmentInfos, [
      { TrackingNumber: right, Qty: 2 },
      { TrackingNumber: better, Qty: 1 },
    ]);
  },
);
