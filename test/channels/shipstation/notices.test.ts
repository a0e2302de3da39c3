import { readFileSync } from 'node:fs';
import t from 'tap';
import { startWorld, type TestOrder } from '../../shipments/world.js';
import { basic, storeWorld, type StoreAnswer, type StoreWorld } from './store-world.js';

t.setTimeout(300_000);

const world = await startWorld(t);
const { control, db } = world;
const A = '9400111899560000000017';
const B = '9400111899560000000024';
const C = '9400111899560000000031';

interface Told {
  tracking?: string;
  carrier?: string;
  service?: string;
  items?: { line?: string; sku?: string; quantity: number }[];
  more?: string;
  orderNumber?: string;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function noticeOf(order: TestOrder, told: Told): string {
  const { tracking = A, carrier = 'USPS', service = 'Priority Mail', items, more = '' } = told;
  const lines = (items ?? []).map(
    ({ line, sku, quantity }) =>
      `<Item>${line === undefined ? '' : `<LineItemID>${line}</LineItemID>`}${sku === undefined ? '' : `<SKU>${escaped(sku)}</SKU>`}<Quantity>${quantity}</Quantity></Item>`,
  );
  return (
    `<?xml version="1.0" encoding="utf-8"?><ShipNotice><OrderNumber>${told.orderNumber ?? order.tiktokOrderId}</OrderNumber>` +
    `<OrderID>${order.key}</OrderID><LabelCreateDate>12/01/2026 10:56</LabelCreateDate><ShipDate>12/01/2026</ShipDate>` +
    `<Carrier>${carrier}</Carrier><Service>${service}</Service><TrackingNumber>${tracking}</TrackingNumber>` +
    `${items ? `<Items>${lines.join('')}</Items>` : ''}${more}</ShipNotice>`
  );
}

function tell(store: StoreWorld, order: TestOrder, told: Told = {}): Promise<StoreAnswer> {
  const number = encodeURIComponent(told.orderNumber ?? order.tiktokOrderId);
  return store.post(`action=shipnotify&order_number=${number}`, noticeOf(order, told));
}

async function shipmentsOf({ key }: TestOrder) {
  return db.prisma.document.findMany({
    where: { parentKey: key, type: 'shipment' },
    orderBy: { key: 'asc' },
    select: { key: true, reference: true, statusCode: true, body: true },
  });
}

const two = [
  { sku: 'SHIRT', quantity: 2 },
  { sku: 'MUG', quantity: 1 },
];

await t.test(
  'a label without items ships what is left of the order, once however often it is told',
  async (t) => {
    const store = await storeWorld(t, world);
    const order = await store.shop.order(two);
    const answers = await Promise.all([tell(store, order), tell(store, order)]);
    for (const { status, text } of answers) t.equal(status, 200, text);
    await world.settle();
    const again = await tell(store, order);
    t.match(again, { status: 200, text: /Received before: shipment \d+/ });
    t.same(store.shop.effects(order), [`${A}: ${order.unitIds.toSorted().join(',')}`]);
    const [shipment, ...more] = await shipmentsOf(order);
    t.same(more, []);
    t.match(shipment, { reference: `SS-${A}`, statusCode: 1000 });
    const { rows } = await db.pool.query<{ actor_kind: string; actor_name: string }>(
      `SELECT actor_kind, actor_name FROM events WHERE document_key = $1 AND summary LIKE 'Shipment%received%'`,
      [shipment?.key],
    );
    t.same(rows, [{ actor_kind: 'channel', actor_name: 'ShipStation' }]);
  },
);

await t.test(
  'several labels with their items are several parcels, by line, by SKU and in parts',
  async (t) => {
    const store = await storeWorld(t, world);
    const order = await store.shop.order(two);
    t.match(
      await tell(store, order, { tracking: A, items: [{ line: '1', sku: 'renamed there', quantity: 1 }] }),
      {
        status: 200,
      },
    );
    t.match(await tell(store, order, { tracking: B, items: [{ sku: 'shirt', quantity: 1 }] }), {
      status: 200,
    });
    t.match(await tell(store, order, { tracking: C, items: [{ sku: 'MUG', quantity: 1 }] }), { status: 200 });
    await world.settle();
    t.same(
      store.shop.effects(order).map((line) => line.split(':')[0]),
      [A, B, C],
    );
    const units = store.shop.effects(order).flatMap((line) => line.split(': ')[1]?.split(',') ?? []);
    t.same(units.toSorted(), order.unitIds.toSorted(), 'each piece once');
    for (const tracking of [A, B, C])
      t.match(await tell(store, order, { tracking }), { status: 200, text: /Received before/ });
    await store.shop.pull(order.tiktokOrderId);
    t.equal(store.shop.effects(order).length, 3);
  },
);

await t.test('one SKU on two lines is taken from the line that still has some', async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order([
    { sku: 'SHIRT', quantity: 1, price: '10.00' },
    { sku: 'SHIRT', quantity: 2, price: '8.00' },
  ]);
  t.equal((await tell(store, order, { tracking: A, items: [{ sku: 'SHIRT', quantity: 2 }] })).status, 200);
  t.equal((await tell(store, order, { tracking: B, items: [{ sku: 'SHIRT', quantity: 1 }] })).status, 200);
  await world.settle();
  t.same(store.shop.effects(order).length >= 2, true);
  const units = store.shop.effects(order).flatMap((line) => line.split(': ')[1]?.split(',') ?? []);
  t.same(units.toSorted(), order.unitIds.toSorted());
});

await t.test('the example of ShipStation’s guide is read, with its time and its carrier', async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order([{ sku: 'FD88821', quantity: 2 }]);
  const sample = readFileSync('test/fixtures/shipstation/shipnotice-2012.xml', 'utf8')
    .replace('ABC123', order.tiktokOrderId)
    .replace('1Z909084330298430820', B);
  const answer = await store.post(`action=shipnotify&order_number=${order.tiktokOrderId}`, sample);
  t.match(answer, { status: 200, text: /Shipment \d+ of order \d+ was taken/ });
  const [shipment] = await shipmentsOf(order);
  const body = JSON.parse(shipment?.body ?? '{}') as Record<string, unknown>;
  t.equal(body['ShipmentDate'], '2011-12-08T12:56:00Z');
  t.match(body['ShipmentLines'], [
    { Quantity: 2, ShipmentInfos: [{ TrackingNumber: B, CarrierCode: 'USPS', ClassCode: 'Priority Mail' }] },
  ]);
});

await t.test('a call that says all in its address and has no body is understood', async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order(two);
  const query = new URLSearchParams({
    Action: 'ShipNotify',
    order_number: order.tiktokOrderId,
    carrier: 'UPS',
    service: '',
    tracking_number: '1Z999AA10123456784',
  });
  const answer = await store.post(query.toString(), '', basic(store.logIn));
  t.equal(answer.status, 200, answer.text);
  await world.settle();
  t.equal(store.shop.effects(order).length, 1);
});

await t.test(
  'a new label for what was shipped corrects the number, and old notices do not turn it back',
  async (t) => {
    const store = await storeWorld(t, world);
    const order = await store.shop.order(two);
    const items = [{ line: '1', quantity: 2 }];
    await tell(store, order, { tracking: A, items });
    await tell(store, order, { tracking: B, items: [{ line: '2', quantity: 1 }] });
    await world.settle();
    const corrected = await tell(store, order, { tracking: C, items });
    t.match(corrected, { status: 200, text: new RegExp(`becomes ${C}`) });
    await world.settle();
    for (const tracking of [A, C, A]) {
      t.match(
        await tell(store, order, { tracking, items }),
        { status: 200, text: /Received before/ },
        tracking,
      );
      await world.settle();
    }
    const shipments = await shipmentsOf(order);
    t.same(
      shipments.map(({ reference, statusCode }) => [reference, statusCode]),
      [
        [`SS-${A}`, 1000],
        [`SS-${B}`, 1000],
      ],
    );
    const shown = await store.api('GET', `Shipments/${shipments[0]?.key}`);
    t.match(shown.text, C, 'TikTok has the new number');
  },
);

await t.test('a label that may replace either of two is refused, and both are named', async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order([{ sku: 'SHIRT', quantity: 2 }]);
  const items = [{ line: '1', quantity: 1 }];
  await tell(store, order, { tracking: A, items });
  await tell(store, order, { tracking: B, items });
  await world.settle();
  const refused = await tell(store, order, { tracking: C, items });
  t.equal(refused.status, 400);
  t.match(refused.text, new RegExp(`${A}.*${B}.*PUT Shipments`));
  t.match(refused.headers['content-type'], /^text\/plain/);
  t.equal((await tell(store, order, { tracking: C, items })).status, 400);
  const history = await store.history(order.key);
  t.equal(
    history.filter((line) => line.includes(`Alert ShipStation has shipped with the label ${C}`)).length,
    1,
  );
});

await t.test('the same label with other items is refused: a parcel keeps what is in it', async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order(two);
  await tell(store, order, { tracking: A, items: [{ line: '1', quantity: 1 }] });
  const refused = await tell(store, order, { tracking: A, items: [{ line: '2', quantity: 1 }] });
  t.match(refused, { status: 400, text: /told before, with other items/ });
  t.equal((await shipmentsOf(order)).length, 1);
});

await t.test('a SKU, an order and a number that are none are refused with what to do', async (t) => {
  const store = await storeWorld(t, world);
  const other = await storeWorld(t, world);
  const order = await store.shop.order(two);
  const foreign = await other.shop.order(two);
  const unknown = await tell(store, order, { items: [{ sku: 'HAT', quantity: 1 }] });
  t.match(unknown, { status: 400, text: /SKU HAT is not on order \d+; it has SHIRT, MUG/ });
  t.match(
    (await store.history(order.key)).join('\n'),
    /Alert ShipStation has shipped with the label \d+, which was not taken/,
  );
  t.match(
    await tell(store, order, { items: [{ line: '1', quantity: 1 }] }),
    { status: 200 },
    'sent again, put right',
  );
  for (const [told, status] of [
    [{ orderNumber: '999' }, 200],
    [{ tracking: '' }, 400],
    [{ tracking: 'n/a' }, 400],
    [{ items: [{ quantity: 1 }] }, 400],
    [{ tracking: C, items: [{ line: '1', quantity: 5 }] }, 400],
  ] as const) {
    const answer = await tell(store, order, told as Told);
    t.equal(answer.status, status, `${JSON.stringify(told)}: ${answer.text}`);
  }
  const lost = await store.post('action=shipnotify&order_number=999', '');
  t.match(lost, { status: 404, text: /no order 999 in this shop/ });
  const theirs = await tell(store, foreign);
  t.equal(theirs.status, 404);
  t.same(await shipmentsOf(foreign), [], 'another company’s order is out of reach');
  for (const body of [
    '<ShipNotice',
    '<Other/>',
    '<!DOCTYPE x [<!ENTITY a "b">]><ShipNotice>&a;</ShipNotice>',
    'no xml',
  ])
    t.equal(
      (await store.post(`action=shipnotify&order_number=${order.tiktokOrderId}`, body)).status,
      400,
      body,
    );
});

await t.test(
  'pieces that the buyer has cancelled are not shipped, and the packer is told to stop',
  async (t) => {
    const store = await storeWorld(t, world);
    const order = await store.shop.order(two);
    control.act(order.tiktokOrderId, { type: 'buyer_cancel', atOnce: true });
    await store.shop.pull(order.tiktokOrderId);
    const refused = await tell(store, order);
    t.equal(refused.status, 400);
    t.match(refused.text, /cancelled by TikTok/);
    t.match(refused.text, /Do not hand over the parcel/);
    t.same(store.shop.effects(order), []);
  },
);

await t.test(
  'a label that comes after Seller Center has shipped with it is taken, another one is refused',
  async (t) => {
    const store = await storeWorld(t, world);
    const order = await store.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
    control.act(order.tiktokOrderId, { type: 'seller_ship', trackingNumber: A });
    await store.shop.pull(order.tiktokOrderId);
    const other = await tell(store, order, { tracking: B });
    t.match(other, { status: 400, text: new RegExp(`shipped with ${A}`) });
    t.equal((await tell(store, order, { tracking: A })).status, 200);
    await world.settle();
  },
);

await t.test('carrier and service are read by the seller’s own table of carriers', async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order([{ sku: 'SHIRT', quantity: 1 }]);
  const unknown = await tell(store, order, {
    carrier: 'Horse',
    service: 'Fast & Cheap'.replace('&', '&amp;'),
  });
  t.equal(unknown.status, 400, unknown.text);
  t.match(unknown.text, /carrier/i);
  const row = {
    Columns: [
      { Title: 'Carrier', Value: 'Fast & Cheap' },
      { Title: 'TikTokProvider', Value: 'USPS' },
    ],
  };
  const added = await store.api('POST', 'Settings/CustomLookupTables/Carriers/Lookups', row);
  t.equal(added.status, 200, added.text);
  const taken = await tell(store, order, { carrier: 'Horse', service: 'Fast &amp; Cheap' });
  t.equal(taken.status, 200, taken.text);
  await world.settle();
  t.equal(store.shop.effects(order).length, 1);
});

await t.test('a label whose shipment TikTok has refused is tried again when it is told again', async (t) => {
  const store = await storeWorld(t, world);
  const used = '9400111899560000009999';
  const [first, order] = [await store.shop.order(two), await store.shop.order(two)];
  await tell(store, first, { tracking: used });
  await world.settle();
  await tell(store, order, { tracking: used });
  await world.settle();
  const [failed] = await shipmentsOf(order);
  t.equal(failed?.statusCode, 1200, 'the number is another parcel’s');
  control.addFault({ match: { path: '/fulfillment/*' }, kind: 'drop', times: 1 });
  t.match(await tell(store, order, { tracking: used }), { status: 200, text: /is tried again/ });
  await world.settle();
  t.equal((await tell(store, order, { tracking: B })).status, 200, 'and a right one takes what is free');
  await world.settle();
  t.same(
    (await shipmentsOf(order)).map(({ reference, statusCode }) => [reference, statusCode]),
    [
      [`SS-${used}`, 1200],
      [`SS-${B}`, 1000],
    ],
  );
  t.same(
    store.shop.effects(order).map((line) => line.split(':')[0]),
    [B],
  );
});
