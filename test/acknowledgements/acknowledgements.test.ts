import { somebody } from '../support/actors.js';
import t from 'tap';
import { createPulledAcknowledgements } from '../../src/acknowledgements/pulled-acknowledgements.js';
import { rerenderOldDocuments } from '../../src/documents/rerender.js';
import { acknowledgementRenderer } from '../../src/acknowledgements/render-acknowledgement-document.js';
import { lockOrdersByDocuments } from '../../src/orders/order-store.js';
import { refusalOf, startWorld, type TestOrder } from '../shipments/world.js';
import { ackOf, acknowledging } from './world.js';

t.setTimeout(120_000);
const world = await startWorld(t);
const us = await world.connect('US');
const acks = acknowledging(world, us);
const call = await acks.api(t);

const goods = [
  { sku: 'KOPI', quantity: 2 },
  { sku: 'TEH', quantity: 1 },
];
const acceptAll = [
  { sku: 'KOPI', accept: 2 },
  { sku: 'TEH', accept: 1 },
];
const cancelAll = [
  { sku: 'KOPI', cancel: 2 },
  { sku: 'TEH', cancel: 1 },
];
const post = (order: TestOrder, document: object, version = 'v3') =>
  call('POST', `${version}/Acknowledgements`, { PartnerPO: order.tiktokOrderId, ...document });

await t.test(
  'accepting completes the document, moves the order to Ready to Ship and asks nothing of TikTok',
  async (t) => {
    const order = await us.order(goods);
    const answer = await post(order, ackOf('A-1', acceptAll, { ScheduledShipDate: '2026-01-31T12:00:00' }));
    t.match(answer, {
      status: 201,
      json: { Code: '201', Body: { LogicbrokerKey: /^\d+$/, TransformationResults: [] } },
    });
    const key = keyOf(answer.json);
    const ack = await acks.view(key);
    t.match(ack, {
      status: 1000,
      document: {
        StatusCode: 1000,
        Type: 1,
        AcknowledgementNumber: 'A-1',
        PartnerPO: order.tiktokOrderId,
        SenderCompanyId: us.companyId,
        ReceiverCompanyId: us.connection.partnerId,
        ScheduledShipDate: '2026-01-31T12:00:00',
        AckLines: [
          { LineNumber: '1', Quantity: 2, ItemIdentifier: { PartnerSKU: 'KOPI' } },
          { LineNumber: '2' },
        ],
      },
    });
    t.ok(ack.events.some((event) => event.includes('not sent to TikTok')));
    t.equal(await acks.statusOf(order), 500);
    t.equal(await world.db.prisma.outboxEntry.count({ where: { documentKey: key } }), 0);
    const again = await post(order, ackOf('A-1', acceptAll, { ScheduledShipDate: '2026-01-31T12:00:00' }));
    t.match(again, { status: 201, json: { Body: { LogicbrokerKey: String(key) } } });
  },
);

await t.test('backordered pieces are kept, and leave the order where it is', async (t) => {
  const order = await us.order(goods);
  const { key } = await acks.send(order, ackOf('A-1', [{ sku: 'KOPI', back: 2 }]));
  t.match(await acks.view(key), {
    status: 1000,
    document: { Type: 0, AckLines: [{ QuantityBackordered: 2 }] },
  });
  t.equal(await acks.statusOf(order), 100);
});

await t.test('after accepting, cancelling is refused with the way out, and stored is nothing', async (t) => {
  const order = await us.order(goods);
  await acks.send(order, ackOf('A-1', acceptAll));
  const answer = await post(order, ackOf('A-2', cancelAll, { ChangeReason: 'Out of stock' }));
  t.match(answer, {
    status: 400,
    json: { Body: [{ Details: [{ Message: /before-ready-to-ship/, Next: /cancelAfterReadyToShip/ }] }] },
  });
  t.equal(await world.db.prisma.document.count({ where: { parentKey: order.key } }), 1);
  await acks.set({ cancelAfterReadyToShip: true });
  t.match(await acks.settled(order, ackOf('A-2', cancelAll, { ChangeReason: 'Out of stock' })), {
    status: 1000,
  });
  await acks.set({ cancelAfterReadyToShip: false });
  t.equal(await acks.statusOf(order), 1100);
});

await t.test('every version answers in its own envelopes', async (t) => {
  const order = await us.order(goods);
  const { json } = await post(order, ackOf('A-1', acceptAll), 'v1');
  const key = keyOf(json);
  for (const version of ['v1', 'v2', 'v3']) {
    const one = await call('GET', `${version}/Acknowledgements/${key}`);
    t.match(one.json, { Code: '200', Body: { AcknowledgementNumber: 'A-1', AckLines: [{}, {}] } });
    const found = await call('GET', `${version}/Acknowledgements?partnerPO=${order.tiktokOrderId}`);
    const records = { AcknowledgementNumber: 'A-1', Identifier: { LogicbrokerKey: String(key) } };
    t.match(
      found.json,
      version === 'v1'
        ? { Body: { Acknowledgements: [{ ...records, Status: 'Complete' }], TotalRecords: 1 } }
        : { Records: [records], TotalRecords: 1 },
    );
    t.match((await call('GET', `${version}/Acknowledgements/${key}/Status`)).json, {
      Body: { Status: 'Complete' },
    });
    t.match((await call('GET', `${version}/Acknowledgements/${key}/Events`)).json, {
      Body: { ActivityEvents: [{}, {}, {}] },
    });
  }
});

await t.test('a cancellation in TikTok waits for the ERP, which says how far it is with it', async (t) => {
  const order = await us.order(goods);
  const [first = '', second = '', third = ''] = order.unitIds;
  const keys = await pulled(order, '4035', [first]);
  const key = keys.get('4035') ?? 0;
  t.equal((await pulled(order, '4035', [first])).get('4035'), key, 'told once');
  t.match(await acks.view(key), {
    status: 100,
    document: {
      Type: 0,
      AcknowledgementNumber: '4035',
      ChangeReason: 'Order cancelled by system',
      SenderCompanyId: us.connection.partnerId,
      ReceiverCompanyId: us.companyId,
      PartnerPO: order.tiktokOrderId,
      AckLines: [
        {
          LineNumber: '1',
          QuantityCancelled: 1,
          ItemIdentifier: { SupplierSKU: 'KOPI' },
          ExtendedAttributes: [{ Name: 'TikTokOrderLineId', Value: first }],
        },
      ],
      ExtendedAttributes: [
        { Name: 'TikTokCancelledBy', Value: 'BUYER' },
        { Name: 'TikTokCancelReason', Value: 'no_longer_needed' },
        { Name: 'TikTokCancelReasonText', Value: 'No longer needed' },
        { Name: 'TikTokCancelId', Value: '4035' },
      ],
    },
  });
  const ready = () => call('GET', `v3/Acknowledgements/Ready?partnerPO=${order.tiktokOrderId}`);
  t.match((await ready()).json, { TotalRecords: 1, Records: [{ AcknowledgementNumber: '4035' }] });
  const own = await acks.send(order, ackOf('4035', [{ sku: 'TEH', back: 1 }]));
  t.not(own.key, key, 'the ERP may use the number of a cancellation for its own document');
  t.match((await ready()).json, { TotalRecords: 1 }, 'what the ERP has sent is not for the ERP');

  const bulk = { Status: 'Processing', LogicbrokerKeys: [String(key), String(own.key)] };
  t.match((await call('PUT', 'v3/Acknowledgements/Status', bulk)).json, { Records: [String(key)] });
  t.match((await ready()).json, { TotalRecords: 0 });
  t.equal((await call('PUT', `v3/Acknowledgements/${key}/Status/Complete`)).status, 200);
  t.equal((await acks.view(key)).status, 1000);
  t.match(await call('PUT', `v3/Acknowledgements/${key}/Status/Failed`), { status: 400 });
  t.match((await pulled(order, '4036', [second, third])).size, 2);
  t.equal((await pulled(order, '4037', ['999'])).has('4037'), false, 'no piece that the ERP knows');
});

await t.test(
  'with auto-acknowledge fetching accepts, once, and closes the window for cancelling',
  async (t) => {
    const shop = await world.connect('US');
    const own = acknowledging(world, shop);
    const ask = await own.api(t);
    const orders = [await shop.order(goods), await shop.order(goods), await shop.order(goods)];
    const fetch = (which: TestOrder[]) =>
      ask('PUT', 'v3/Orders/Status', {
        Status: 'Acknowledged',
        OnlyIncreaseStatus: true,
        LogicbrokerKeys: which.map(({ key }) => String(key)),
      });
    const [before, ...later] = orders;
    await fetch([before!]);
    t.equal(await own.statusOf(before!), 200, 'off by default');
    await own.set({ autoAcknowledge: true });
    t.match((await fetch(orders)).json, { TotalRecords: 2 });
    await ask('PUT', `v3/Orders/${before!.key}/Status/Submitted`);
    t.match(await ask('PUT', `v3/Orders/${before!.key}/Status/Acknowledged`), { status: 200 });
    for (const order of orders) {
      t.equal(await own.statusOf(order), 500);
      const { json } = await ask('GET', `v3/Acknowledgements?partnerPO=${order.tiktokOrderId}`);
      t.match(json, {
        TotalRecords: 1,
        Records: [{ StatusCode: 1000, Type: 1, AcknowledgementNumber: `AUTO-${order.key}` }],
      });
    }
    const late = await refusalOf(
      own.send(later[0]!, ackOf('A-1', cancelAll, { ChangeReason: 'Out of stock' })),
    );
    t.match(late, { message: /before Ready to Ship/ });
  },
);

await t.test('what the ERP may not acknowledge is refused by name', async (t) => {
  const held = await us.order(goods, { paidMinutesAgo: 5 });
  t.equal(held.key, 0, 'it waits');
  const stranger = await world.connect('US');
  const foreign = await stranger.order(goods);
  for (const order of [held, foreign]) {
    t.match(await post(order, ackOf('A-1', acceptAll)), {
      status: 400,
      json: { Body: [{ Errors: [/^PartnerPO: there is no such order/] }] },
    });
  }
  t.match(await call('POST', 'v3/Acknowledgements', ackOf('A-1', acceptAll)), {
    status: 400,
    json: { Body: [{ Errors: [/^PartnerPO: required: the order of the acknowledgement/] }] },
  });
  const order = await us.order(goods);
  const reserved = await post(order, ackOf('tiktok:4035', acceptAll));
  t.match(reserved, {
    status: 400,
    json: { Body: [{ Errors: [/^AcknowledgementNumber: must not begin/] }] },
  });
  const unknown = await post(order, ackOf('A-1', cancelAll, { ChangeReason: 'Because' }));
  t.match(unknown, {
    status: 400,
    json: { Body: [{ Details: [{ Field: 'ChangeReason', Next: /Out of stock/ }] }] },
  });
});

await t.test('hostile documents are answered with the field, and never with a 500', async (t) => {
  const order = await us.order(goods);
  const bodies: (object | string)[] = [
    ackOf('A\0', acceptAll),
    ackOf('\ud800', acceptAll),
    ackOf('A-1', acceptAll, { ChangeReason: '\0' }),
    ackOf('A-1', [{ sku: 'KO\0PI', accept: 1 }]),
    ackOf('A-1', [{ sku: 'KOPI', accept: 1e308 }]),
    ackOf('A-1', [{ sku: 'KOPI', accept: -2147483649 }]),
    ackOf('A-1', acceptAll, { Type: 9 }),
    ackOf('A-1', acceptAll, { Type: '2' }),
    { AcknowledgementNumber: 'A-1' },
    { AcknowledgementNumber: 'A-1', AckLines: {} },
    { AcknowledgementNumber: 'A-1', AckLines: [null] },
    { AcknowledgementNumber: 'A-1', AckLines: [{ ItemIdentifier: 'KOPI', Quantity: 1 }] },
    '{"PartnerPO":"1","__proto__":{"AckLines":[]},"AcknowledgementNumber":"A-1"}',
    '[]',
    '{',
  ];
  for (const body of bodies) {
    const payload = typeof body === 'string' ? body : { PartnerPO: order.tiktokOrderId, ...body };
    const answer = await call('POST', 'v3/Acknowledgements', payload);
    t.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.text.slice(0, 300)}`);
  }
  t.equal(await world.db.prisma.document.count({ where: { parentKey: order.key } }), 0);
  const kept = ackOf('A-1', [{ sku: 'KOPI', accept: 2 }], { Price: 1, Own: { a: 1e21, __proto__x: [] } });
  t.equal((await post(order, kept)).status, 201, 'what is only unknown is kept');
});

await t.test('the reasons of a shop are listed, with the keys of its region', async (t) => {
  const { partnerId } = us.connection;
  const { json } = await call('GET', `v3/Partners/${partnerId}/CancellationReasons`);
  t.match(json, {
    Body: {
      Region: 'US',
      Reasons: [{ TikTokReason: 'seller_cancel_reason_out_of_stock', OrderIsPaid: true }],
    },
  });
  const listed = (json['Body'] as { Reasons: { ChangeReasons: string[] }[] }).Reasons;
  t.ok(listed.some(({ ChangeReasons }) => ChangeReasons.includes('Bad address')));
  for (const unknown of ['1', '99999999999', 'x']) {
    t.equal((await call('GET', `v3/Partners/${unknown}/CancellationReasons`)).status, 404);
  }
});

await t.test('Explain tells of acknowledgements, call by call', async (t) => {
  const order = await us.order(goods);
  const { key } = await acks.settled(order, ackOf('A-1', cancelAll, { ChangeReason: 'Out of stock' }));
  t.match((await call('GET', `v3/Acknowledgements/${key}/Explain`)).json, {
    Body: {
      Kind: 'cancel',
      State: 'done',
      Summary: 'Cancels the order, 3 pieces: TikTok has done it.',
      TikTokCancelReason: 'seller_cancel_reason_out_of_stock',
      Gates: [
        { Gate: 'connection-active', Outcome: 'pass' },
        { Gate: 'not-cancelled', Outcome: 'refuse' },
      ],
      Effects: [{ Effect: 'cancel-order', State: 'done', Calls: [{ Kind: 'send', Outcome: 'done' }] }],
    },
  });
  t.match((await call('GET', `v3/Orders/${order.key}/Explain`)).json, {
    Body: {
      Documents: [{ DocumentType: 'Acknowledgement', LogicbrokerKey: String(key), Status: 'Complete' }],
    },
  });
});

await t.test(
  'asking TikTok for an acknowledgement has no meaning here, and the answer says why',
  async (t) => {
    const answer = await call('POST', 'v3/Acknowledgements/Request', {});
    t.ok(answer.status === 404 || answer.status === 405);
    t.match(answer.json, { Body: [{ Errors: [/TikTok has no acceptances/] }] });
  },
);

await t.test('documents of an older version are rendered anew, and come out the same', async (t) => {
  const all = { where: { type: 'acknowledgement' } };
  const texts = () =>
    world.db.prisma.document.findMany({
      ...all,
      select: { key: true, body: true, version: true },
      orderBy: { key: 'asc' },
    });
  const before = await texts();
  t.ok(before.length > 10);
  await world.db.prisma.document.updateMany({ ...all, data: { rendererVersion: 0 } });
  t.equal(await rerenderOldDocuments(world.db, [acknowledgementRenderer]), before.length);
  t.same(await texts(), before);
});

function keyOf(answer: unknown): number {
  return Number((answer as { Body: { LogicbrokerKey: string } }).Body.LogicbrokerKey);
}

/** As the pull of cancellations tells them. */
function pulled(order: TestOrder, cancelId: string, unitIds: string[]): Promise<Map<string, number>> {
  const { companyId } = us;
  return world.db.transaction(async (tx) => {
    const [orderId] = await lockOrdersByDocuments(tx, { companyId, documentKeys: [order.key] });
    const at = world.clock.now();
    const cancellation = {
      companyId,
      connectionId: us.connection.id,
      orderId: orderId!,
      cancelId,
      unitIds,
      changeReason: 'Order cancelled by system',
      customerReason: { key: 'no_longer_needed', text: 'No longer needed' },
      role: 'BUYER',
      at,
    };
    return createPulledAcknowledgements(tx, [cancellation], { by: somebody, now: at });
  });
}
