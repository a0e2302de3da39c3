/** What the connector's public description promises about acknowledgements, cancellations and returns, sentence by sentence. */
import t from 'tap';
import { harborGoods, tokoPelangi } from '../support/connect-shop.js';
import { unitIdsOf, wholeShipment, type ErpDocument } from '../support/erp.js';
import { runTasks } from '../support/run-tasks.js';
import { startService } from '../support/start-service.js';
import { attributesOf, deskOf, keyOf, until } from './aftersales/seller-desk.js';

const HOUR_SECONDS = 3_600;
const [UNDER_REVIEW, RESPONSE_RECEIVED, COMPLETE, CANCELLED, FAILED, IGNORED] = [
  150, 600, 1000, 1100, 1200, 1400,
];

t.setTimeout(170_000);
const service = await startService(t);
const { erp, simulator } = service;
const { control } = simulator;
for (const account of [harborGoods, tokoPelangi]) await service.connectShop(account);
const desk = deskOf(service);

await t.test('acceptance acknowledgements are not sent to TikTok', async (t) => {
  const [order] = await desk.orders(harborGoods, [2, 1]);
  if (!order) throw new Error('no order');
  const before = control.order(order.PartnerPO);
  const { status, json } = await desk.acknowledge(order, { number: 'A-1', accept: 'all' });
  t.equal(status, 201);
  t.match(await desk.acknowledgement(json.Body.LogicbrokerKey), { StatusCode: COMPLETE, Type: 1 });
  t.equal((await desk.order(order)).StatusCode, 500);
  await runTasks(service, 'PullOrders', 'PullCancellations');
  t.same(control.order(order.PartnerPO), before, 'TikTok has the order as it was');
  t.match(await desk.history(await desk.acknowledgement(json.Body.LogicbrokerKey)), /not sent to TikTok/i);
});

await t.test('customer-initiated cancellations are pulled as a cancellation acknowledgement', async (t) => {
  const [order] = await desk.orders(tokoPelangi, [2, 1]);
  if (!order) throw new Error('no order');
  desk.act(order, { type: 'buyer_cancel', atOnce: true, reason: 'No longer needed' });
  await runTasks(service, 'PullCancellations');
  const [told, ...more] = await desk.acknowledgementsOf(order);
  t.same(more, [], 'one for one cancellation');
  t.match(told, {
    StatusCode: 100,
    ChangeReason: 'Order cancelled by system',
    AckLines: [{ QuantityCancelled: 2 }, { QuantityCancelled: 1 }],
  });
  t.match(told && attributesOf(told), {
    TikTokCancelledBy: 'BUYER',
    TikTokCancelReasonText: /no longer needed/i,
  });
  t.ok((await erp.list('Acknowledgements/Ready')).some((each) => each.PartnerPO === order.PartnerPO));
  t.equal((await desk.order(order)).StatusCode, CANCELLED, 'the order moves as all its items are cancelled');
  const late = await erp.call('POST', `Orders/${keyOf(order)}/Shipments`, {
    body: wholeShipment(order, { tracking: 'TOO-LATE', carrier: 'JNE' }),
  });
  t.equal(late.status, 400, 'what is cancelled is not shipped');
  await runTasks(service, 'PullCancellations', 'PullOrders');
  t.equal((await desk.acknowledgementsOf(order)).length, 1, 'and not told again');
});

await t.test('partial cancellations are supported if they are initiated by the customer', async (t) => {
  const [byBuyer, bySystem] = await desk.orders(harborGoods, [2, 1], [2, 1]);
  if (!byBuyer || !bySystem) throw new Error('no orders');
  desk.act(byBuyer, { type: 'buyer_cancel', atOnce: true, unitIds: unitIdsOf(byBuyer).slice(0, 1) });
  desk.act(bySystem, { type: 'system_cancel', unitIds: unitIdsOf(bySystem).slice(0, 1) });
  await runTasks(service, 'PullCancellations');
  for (const order of [byBuyer, bySystem]) {
    const [told] = await desk.acknowledgementsOf(order);
    t.match(told, { AckLines: [{ QuantityCancelled: 1 }], ChangeReason: 'Order cancelled by system' });
    t.equal((await desk.order(order)).StatusCode, 100, 'the rest is still to be shipped');
    const lines = (told?.['AckLines'] ?? []) as ErpDocument['OrderLines'];
    const name = lines[0]?.ItemIdentifier.SupplierSKU;
    const left = {
      ...order,
      OrderLines: order.OrderLines.map((line) =>
        line.ItemIdentifier.SupplierSKU === name ? { ...line, Quantity: line.Quantity - 1 } : line,
      ).filter(({ Quantity }) => Quantity > 0),
    };
    const key = await erp.ship(
      order,
      wholeShipment(left, { tracking: `REST${keyOf(order)}`, carrier: 'USPS' }),
    );
    await until('the end of the shipment', async () => (await erp.shipment(key)).StatusCode >= COMPLETE);
    t.equal((await desk.order(order)).StatusCode, COMPLETE);
  }
});

await t.test('customer cancellations are pulled every hour at 40 minutes past the hour', async (t) => {
  const tasks = (await erp.tasks()) as unknown as { JobName: string; Schedule: string }[];
  const scheduleOf = (name: string) =>
    new Set(tasks.filter((each) => each.JobName === name).map((each) => each.Schedule));
  t.same(scheduleOf('PullCancellations'), new Set(['40 * * * *']));
  t.same(scheduleOf('PullReturns'), new Set(['*/15 * * * *']));
});

await t.test(
  'the hour of remorse is for customers to cancel: such orders never reach the seller',
  async (t) => {
    const { id } = control.addOrder(harborGoods.shopId, {
      lines: [{ sellerSku: 'TEE', quantity: 1 }],
      paidMinutesAgo: 5,
    });
    await runTasks(service, 'PullOrders');
    control.act(id, { type: 'buyer_cancel' });
    await runTasks(service, 'PullCancellations', 'PullOrders');
    const { json } = await erp.call<{ Body: { State: string; Summary: string } }>(
      'GET',
      `Explain?order=${id}`,
    );
    t.not(json.Body.State, 'exported');
    t.match(JSON.stringify(json.Body), /cancelled/i);
    t.notOk((await erp.list('Orders')).some(({ PartnerPO }) => PartnerPO === id));
    t.notOk((await erp.list('Acknowledgements')).some(({ PartnerPO }) => PartnerPO === id));
  },
);

await t.test(
  'seller-initiated cancellations are sent into TikTok, and the order moves to Cancelled',
  async (t) => {
    for (const account of [harborGoods, tokoPelangi]) {
      const [order] = await desk.orders(account, [2, 1]);
      if (!order) throw new Error('no order');
      const what = { number: 'C-1', cancel: 'all', reason: 'Out of stock' } as const;
      const { json } = await desk.acknowledge(order, what);
      t.match(await desk.decided(json.Body.LogicbrokerKey), { StatusCode: COMPLETE });
      t.same(desk.effects(order), ['api: cancelled']);
      t.equal((await desk.order(order)).StatusCode, CANCELLED);
      await runTasks(service, 'PullCancellations', 'PullOrders');
      t.equal((await desk.acknowledgementsOf(order)).length, 1, 'our own cancellation does not come back');
      t.equal((await desk.acknowledge(order, what)).json.Body.LogicbrokerKey, json.Body.LogicbrokerKey);
      t.match((await desk.acknowledge(order, { ...what, number: 'C-2' })).text, /cancelled already/);
      t.same(desk.effects(order), ['api: cancelled'], 'twice is once');
    }
  },
);

await t.test(
  'of a customer-initiated cancellation the request is accepted, rather than a new one issued',
  async (t) => {
    for (const account of [harborGoods, tokoPelangi]) {
      const [order] = await desk.orders(account, [2, 1]);
      if (!order) throw new Error('no order');
      desk.act(order, { type: 'buyer_cancel', atOnce: false, reason: 'Better price available' });
      await runTasks(service, 'PullOrders');
      t.match(attributesOf(await desk.order(order)), {
        TikTokCancelRequestId: /^\d+$/,
        TikTokCancelRequestReason: /better price/i,
        TikTokCancelRequestDeadline: /^\d{4}-\d\d-\d\dT/,
        TikTokCancelRequestOutcome: 'approved automatically at the deadline',
      });
      t.same(await desk.acknowledgementsOf(order), [], 'a request is no cancellation yet');
      const { json } = await desk.acknowledge(order, { number: 'C-1', cancel: 'all' });
      t.match(await desk.decided(json.Body.LogicbrokerKey), { StatusCode: COMPLETE });
      t.same(desk.effects(order), ['api: cancel_approved']);
      t.equal((await desk.order(order)).StatusCode, CANCELLED);
      t.notOk('TikTokCancelRequestId' in attributesOf(await desk.order(order)));
    }
  },
);

await t.test('partial cancellations are not supported if initiated by the seller', async (t) => {
  const [order] = await desk.orders(harborGoods, [2, 1]);
  if (!order) throw new Error('no order');
  const part = { number: 'C-1', cancel: [1, 0], accept: [1, 1], reason: 'Out of stock' };
  const single = { number: 'C-2', cancel: [2], reason: 'Out of stock' };
  t.match(await desk.acknowledge(order, part), { status: 400, text: /whole-order/ });
  t.match(await desk.acknowledge(order, single), { status: 400, text: /2 of the 3 pieces/ });
  t.same(await desk.acknowledgementsOf(order), [], 'nothing was stored');
  t.match(
    (await desk.acknowledge(order, { number: 'C-3', cancel: 'all', reason: 'Bored' })).text,
    /Out of stock/,
  );
});

await t.test('a cancellation that the seller makes directly in TikTok is not pulled', async (t) => {
  const [order] = await desk.orders(harborGoods, [2, 1]);
  if (!order) throw new Error('no order');
  desk.act(order, { type: 'seller_cancel' });
  await runTasks(service, 'PullOrders', 'PullCancellations');
  t.same(await desk.acknowledgementsOf(order), []);
  t.equal((await desk.order(order)).StatusCode, 100);
  t.match(await desk.history(order), /cancelled by the seller in TikTok/);
});

await t.test('cancellations are no longer accepted once the order is Ready to Ship', async (t) => {
  const [order] = await desk.orders(harborGoods, [1]);
  if (!order) throw new Error('no order');
  await desk.acknowledge(order, { number: 'A-1', accept: 'all' });
  const refused = await desk.acknowledge(order, { number: 'C-1', cancel: 'all', reason: 'Out of stock' });
  t.match(refused, { status: 400, text: /Ready to Ship/ });
  t.same(desk.effects(order), []);
});

await t.test(
  'sellers can cancel until TikTok has the order as shipped, and are told when it is too late',
  async (t) => {
    const [us] = await desk.orders(harborGoods, [1]);
    const [indonesian] = await desk.orders(tokoPelangi, [1]);
    if (!us || !indonesian) throw new Error('no orders');
    desk.act(us, { type: 'seller_ship' });
    desk.act(us, { type: 'carrier_collect' });
    desk.act(indonesian, { type: 'seller_ship' });
    for (const order of [us, indonesian]) {
      const what = { number: 'C-1', cancel: 'all', reason: 'Out of stock' } as const;
      const { json } = await desk.acknowledge(order, what);
      const ack = await desk.decided(json.Body.LogicbrokerKey);
      t.equal(ack.StatusCode, FAILED);
      t.match((await desk.status(ack)).text, /shipped|status/i);
      t.same(desk.effects(order), []);
    }
    await runTasks(service, 'PullOrders');
    for (const order of [us, indonesian]) {
      t.not((await desk.order(order)).StatusCode, CANCELLED, 'the order stays');
      const again = await desk.acknowledge(order, { number: 'C-2', cancel: 'all', reason: 'Out of stock' });
      t.match(again, { status: 400 }, 'and now it is known here');
    }
  },
);

await t.test('orders must be in a Cancel status in TikTok: a withdrawn request is nothing', async (t) => {
  const [order] = await desk.orders(harborGoods, [1]);
  if (!order) throw new Error('no order');
  desk.act(order, { type: 'buyer_cancel', atOnce: false });
  await runTasks(service, 'PullOrders', 'PullCancellations');
  t.ok('TikTokCancelRequestId' in attributesOf(await desk.order(order)));
  desk.act(order, { type: 'buyer_withdraws_cancel' });
  await runTasks(service, 'PullOrders', 'PullCancellations');
  t.notOk('TikTokCancelRequestId' in attributesOf(await desk.order(order)));
  t.same(await desk.acknowledgementsOf(order), []);
  t.match(await desk.history(order), /request to cancel is over/);
  const key = await erp.ship(order, wholeShipment(order, { tracking: 'AFTER-ALL', carrier: 'USPS' }));
  await until('the end of the shipment', async () => (await erp.shipment(key)).StatusCode === COMPLETE);
});

await t.test(
  'a return request is pulled, accepted by the seller, and refunded when the goods are back',
  async (t) => {
    for (const account of [harborGoods, tokoPelangi]) {
      const [order] = await desk.orders(account, [2, 1]);
      if (!order) throw new Error('no order');
      const returnId = desk.returned(order, { note: 'It came with a hole' });
      await runTasks(service, 'PullOrders', 'PullReturns');
      const orderStatus = (await desk.order(order)).StatusCode;
      const request = await desk.returnAt(returnId, UNDER_REVIEW);
      t.match(request, { PartnerPO: order.PartnerPO, Note: 'It came with a hole' });
      t.match(attributesOf(request), { TikTokResponseDeadline: /^\d{4}-\d\d-\d\dT/ });
      const answer = { ReturnNumber: returnId, PartnerPO: order.PartnerPO, ReturnLines: [] };
      t.equal((await erp.call('POST', 'Returns', { body: answer })).status, 201);
      await desk.returnAt(returnId, RESPONSE_RECEIVED);
      desk.act(order, { type: 'buyer_ships_return' });
      desk.act(order, { type: 'carrier_delivers_return' });
      t.equal(
        (await erp.call('POST', 'Returns', { body: answer })).status,
        201,
        'a repeat of the first answer',
      );
      t.same(
        desk.effects(order).filter((each) => each.startsWith('api')),
        ['api: APPROVE_RETURN'],
      );
      await erp.call('PUT', `Returns/${keyOf(request)}/Status/Complete`);
      await desk.returnAt(returnId, COMPLETE);
      t.same(
        desk.effects(order).filter((each) => each.startsWith('api')),
        ['api: APPROVE_RETURN', 'api: APPROVE_RECEIVED_PACKAGE'],
      );
      desk.act(order, { type: 'refund_completes' });
      t.match(control.returns({ order: order.PartnerPO }), [
        { return_status: 'RETURN_OR_REFUND_REQUEST_COMPLETE' },
      ]);
      await runTasks(service, 'PullReturns', 'PullOrders');
      t.equal((await desk.returnOf(returnId))?.StatusCode, COMPLETE);
      t.equal((await desk.order(order)).StatusCode, orderStatus, 'returns leave the order where it is');
    }
  },
);

await t.test('return requests cannot be denied here, this is done manually in TikTok', async (t) => {
  const [order] = await desk.orders(harborGoods, [1]);
  if (!order) throw new Error('no order');
  const returnId = desk.returned(order);
  await runTasks(service, 'PullReturns');
  const request = await desk.returnAt(returnId, UNDER_REVIEW);
  const answer = { ReturnNumber: returnId, PartnerPO: order.PartnerPO, ReturnLines: [] };
  for (const StatusCode of [FAILED, CANCELLED]) {
    const denied = await erp.call('POST', 'Returns', { body: { ...answer, StatusCode } });
    t.match(denied, { status: 400, text: /Seller Center/ });
  }
  t.match(await erp.call('PUT', `Returns/${keyOf(request)}/Status/Failed`), { status: 400 });
  t.same(
    desk.effects(order).filter((each) => each.startsWith('api')),
    [],
  );
  desk.act(order, { type: 'seller_answers_return', decision: 'REJECT_RETURN' });
  await runTasks(service, 'PullReturns');
  t.match(await desk.returnOf(returnId), { StatusCode: IGNORED });
});

await t.test('only returns with refund are pulled (reverse type 3), others are explained', async (t) => {
  const [order] = await desk.orders(harborGoods, [1]);
  if (!order) throw new Error('no order');
  const returnId = desk.returned(order, { returnType: 'REFUND' });
  await runTasks(service, 'PullReturns');
  t.equal(await desk.returnOf(returnId), undefined);
  const why = await erp.call('GET', `Returns/Explain?return=${returnId}`);
  t.match(why, { status: 200, text: /Seller Center/ });
});

await t.test('a return that the buyer withdraws is over, before and after the answer', async (t) => {
  const [before, after] = await desk.orders(harborGoods, [1], [1]);
  if (!before || !after) throw new Error('no orders');
  const ids = [before, after].map((order) => desk.returned(order));
  await runTasks(service, 'PullReturns');
  await erp.call('POST', 'Returns', { body: { ReturnNumber: ids[1], ReturnLines: [] } });
  await desk.returnAt(ids[1] ?? '', RESPONSE_RECEIVED);
  for (const order of [before, after]) desk.act(order, { type: 'buyer_withdraws_return' });
  await runTasks(service, 'PullReturns');
  for (const id of ids) {
    const gone = await desk.returnAt(id, IGNORED);
    t.match(await erp.call('PUT', `Returns/${keyOf(gone)}/Status/Complete`), { status: 400 });
  }
});

await t.test('what nobody answers TikTok approves by itself at the deadline', async (t) => {
  const [order, sold] = await desk.orders(harborGoods, [2, 1], [1]);
  if (!order || !sold) throw new Error('no orders');
  desk.act(order, { type: 'buyer_cancel', atOnce: false });
  const returnId = desk.returned(sold);
  await runTasks(service, 'PullOrders', 'PullCancellations', 'PullReturns');
  await desk.returnAt(returnId, UNDER_REVIEW);
  t.same(await desk.acknowledgementsOf(order), []);
  control.setClock({ advanceSeconds: 49 * HOUR_SECONDS });
  await runTasks(service, 'PullCancellations', 'PullOrders', 'PullReturns');
  t.match(await desk.acknowledgementsOf(order), [{ ChangeReason: 'Order cancelled by system' }]);
  t.equal((await desk.order(order)).StatusCode, CANCELLED);
  t.same(desk.effects(order), ['platform: cancel_approved']);
  await desk.returnAt(returnId, RESPONSE_RECEIVED);
});

await t.test('nothing of all this was an error of ours', (t) => {
  t.same(
    service.lines.filter((line) => line.includes('"level":"error"')),
    [],
  );
  t.end();
});
