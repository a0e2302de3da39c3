import t from 'tap';
import { explainReturn } from '../../src/returns/explain-return.js';
import { HOUR_MS } from '../../src/kernel/time.js';
import { refusalOf } from '../shipments/world.js';
import { createKey, testApi } from '../support/api.js';
import { answerOf, attributesOf, startReturnWorld } from './world.js';

const returns = await startReturnWorld(t);
const { world } = returns;
const { db, control, deps } = world;
const us = await world.connect('US');
const indonesia = await world.connect('ID');

const UNDER_REVIEW = 150;
const RESPONSE_RECEIVED = 600;
const COMPLETE = 1000;
const FAILED = 1200;
const IGNORED = 1400;

await t.test('a request becomes a document with every field of the article’s table', async (t) => {
  const given = await returns.received(us, {
    lines: [
      { sku: 'TEE', quantity: 2 },
      { sku: 'CAP', quantity: 1 },
    ],
    act: { note: 'It came with a hole', reason: 'Product is defective' },
  });
  const { json, attributes, status, parentKey, text } = await returns.view(us, given);
  t.equal(status, UNDER_REVIEW);
  t.equal(parentKey, given.order.key);
  const order = JSON.parse((await us.orderDocument(given.order)).body);
  t.match(json, {
    StatusCode: UNDER_REVIEW,
    Identifier: {
      SourceKey: given.returnId,
      LogicbrokerKey: String(given.key),
      LinkKey: order.Identifier.LinkKey,
    },
    SenderCompanyId: us.connection.partnerId,
    ReceiverCompanyId: us.companyId,
    ReturnNumber: given.returnId,
    PartnerPO: given.order.tiktokOrderId,
    OrderNumber: given.order.tiktokOrderId,
    OrderDate: order.OrderDate,
    Note: 'It came with a hole',
  });
  t.match(attributes, {
    TikTokRequestTimestamp: /^\d{10}$/,
    TikTokReturnStatus: 'RETURN_OR_REFUND_REQUEST_PENDING',
    TikTokReturnType: 'RETURN_AND_REFUND',
    TikTokNextAction: 'SELLER_RESPOND_RETURN',
    TikTokResponseDeadline: /^\d{4}-\d\d-\d\dT/,
    Refund_Amount: /^\d+\.\d\d$/,
    Refund_Currency: 'USD',
  });
  t.equal(Date.parse(json['ReturnDate']) / 1000, Number(attributes['TikTokRequestTimestamp']));
  t.equal(json['ReturnLines'].length, 2, 'equal pieces are one line');
  const [tee, cap] = json['ReturnLines'];
  const [orderTee] = order.OrderLines;
  t.match(tee, {
    ItemIdentifier: { SupplierSKU: 'TEE', PartnerSKU: 'TEE' },
    LineNumber: orderTee.LineNumber,
    Quantity: 2,
    Price: orderTee.Price,
    RetailPrice: orderTee.RetailPrice,
    ReturnReason: /defective/i,
    ReturnReasonCode: '10',
    Description: orderTee.Description,
  });
  const [ofLine, ofOrderLine] = [attributesOf(tee), attributesOf(orderTee)];
  t.equal(ofLine['TikTokProductId'], ofOrderLine['TikTokProductId'], 'through the stored order line');
  t.equal(ofLine['TikTokSkuId'], ofOrderLine['TikTokSkuId']);
  t.equal(ofLine['TikTokOrderLineId'], ofOrderLine['TikTokOrderLineId']);
  t.equal(ofLine['TikTokReturnLineItemId']?.split(',').length, 2);
  t.match(ofLine, { Refund_Amount: /^\d+\.\d\d$/, TikTokReturnReason: /defective/ });
  t.equal(cap.Quantity, 1);
  t.match(text, /^\{"StatusCode":150,/);
});

await t.test('the tracking number of the goods follows, and a second pull changes nothing', async (t) => {
  const given = await returns.received(us);
  await returns.answer(us, answerOf(given));
  await world.settle();
  returns.act(given, 'buyer_ships_return', { trackingNumber: 'BACK1' });
  returns.act(given, 'carrier_delivers_return');
  await returns.pull(us);
  const view = await returns.view(us, given);
  t.match(view.attributes, {
    TikTokReturnTrackingId: 'BACK1',
    TikTokNextAction: 'SELLER_RESPOND_RECEIVE_PACKAGE',
    TikTokReturnStatus: 'BUYER_SHIPPED_ITEM',
  });
  t.equal(view.status, RESPONSE_RECEIVED, 'the goods are to be confirmed');
  t.ok(view.events.some((event) => event.includes('SELLER_RESPOND_RECEIVE_PACKAGE')));
  world.clock.advance(5_000);
  await returns.pull(us);
  const { counts } = await returns.pull(us);
  t.match(counts, { imported: 0, updated: 0 });
  t.strictSame(await returns.view(us, given), view);
});

await t.test('both answers: accepted, then the goods confirmed, and the order stays as it was', async (t) => {
  for (const shop of [us, indonesia]) {
    const given = await returns.received(shop);
    const orderBefore = await shop.orderDocument(given.order);
    t.strictSame(await returns.answer(shop, answerOf(given)), { key: given.key, created: true });
    t.equal((await returns.view(shop, given)).status, 200, 'on its way');
    await world.settle();
    t.match(await returns.view(shop, given), { status: RESPONSE_RECEIVED, error: null });
    t.strictSame(returns.decisions(given), ['APPROVE_RETURN']);
    returns.act(given, 'buyer_ships_return');
    returns.act(given, 'carrier_delivers_return');
    // No pull in between: TikTok is asked before anybody says no.
    t.strictSame(await returns.answer(shop, answerOf(given, COMPLETE)), { key: given.key, created: true });
    await world.settle();
    t.match(await returns.view(shop, given), { status: COMPLETE, error: null });
    t.strictSame(returns.decisions(given), ['APPROVE_RETURN', 'APPROVE_RECEIVED_PACKAGE']);
    await returns.pull(shop);
    t.match(await returns.view(shop, given), {
      status: COMPLETE,
      attributes: { TikTokReturnStatus: 'RETURN_OR_REFUND_REQUEST_SUCCESS' },
    });
    const orderAfter = await shop.orderDocument(given.order);
    t.equal(orderAfter.statusCode, orderBefore.statusCode);
    t.equal(orderAfter.version, orderBefore.version);
  }
});

await t.test('the status call gives the same two answers, and a repeat of it nothing', async (t) => {
  const given = await returns.received(us);
  await returns.setStatus(us, given.key, RESPONSE_RECEIVED);
  await returns.setStatus(us, given.key, RESPONSE_RECEIVED);
  await world.settle();
  await returns.setStatus(us, given.key, RESPONSE_RECEIVED);
  t.match(await refusalOf(returns.setStatus(us, given.key, COMPLETE)), {
    code: 'rule-violated',
    details: [{ message: /AWAITING_BUYER_SHIP/ }],
  });
  returns.act(given, 'buyer_ships_return');
  returns.act(given, 'carrier_delivers_return');
  await returns.setStatus(us, given.key, COMPLETE);
  await returns.setStatus(us, given.key, COMPLETE);
  await world.settle();
  t.match(await returns.view(us, given), { status: COMPLETE, error: null });
  t.strictSame(returns.decisions(given), ['APPROVE_RETURN', 'APPROVE_RECEIVED_PACKAGE']);
});

await t.test('a repeated first answer never gives the money back', async (t) => {
  const given = await returns.received(us);
  const first = answerOf(given);
  await returns.answer(us, first);
  t.strictSame(await returns.answer(us, first), { key: given.key, created: false }, 'while under way');
  await world.settle();
  returns.act(given, 'buyer_ships_return');
  returns.act(given, 'carrier_delivers_return');
  await returns.pull(us);
  t.strictSame(
    await returns.answer(us, first),
    { key: given.key, created: false },
    'when the goods are back',
  );
  for (const other of [
    answerOf(given, undefined, { Note: 'again' }),
    answerOf(given, RESPONSE_RECEIVED),
    (await returns.view(us, given)).json,
  ]) {
    t.match(await refusalOf(returns.answer(us, other)), {
      code: 'rule-violated',
      details: [{ next: /1000/ }],
    });
  }
  await world.settle();
  t.strictSame(returns.decisions(given), ['APPROVE_RETURN']);
});

await t.test('what was read back can be posted as the first answer', async (t) => {
  const given = await returns.received(us, { lines: [{ sku: 'TEE', quantity: 2 }] });
  const { json } = await returns.view(us, given);
  t.match(await returns.answer(us, json, given.order.key), { created: true });
  await world.settle();
  t.strictSame(returns.decisions(given), ['APPROVE_RETURN']);
});

await t.test('the refund cannot come first, nor before the goods', async (t) => {
  const given = await returns.received(us);
  t.match(await refusalOf(returns.answer(us, answerOf(given, COMPLETE))), {
    details: [{ message: /^asked-for: The request itself is not answered/ }],
  });
  t.match(await refusalOf(returns.setStatus(us, given.key, COMPLETE)), { code: 'rule-violated' });
  await returns.answer(us, answerOf(given));
  await world.settle();
  await returns.pull(us);
  t.match(await refusalOf(returns.answer(us, answerOf(given, COMPLETE))), {
    details: [{ next: /until the buyer has sent/ }],
  });
  t.strictSame(returns.decisions(given), ['APPROVE_RETURN']);
});

await t.test('a refusal, a part or another amount is sent to TikTok Seller Center', async (t) => {
  const given = await returns.received(us, { lines: [{ sku: 'TEE', quantity: 2 }] });
  const line = (more: object) => ({
    ReturnLines: [{ ItemIdentifier: { SupplierSKU: 'TEE' }, ...more }],
  });
  const bad: [document: ReturnType<typeof answerOf>, field: RegExp][] = [
    [answerOf(given, 1100), /^StatusCode$/],
    [answerOf(given, IGNORED), /^StatusCode$/],
    [
      answerOf(given, undefined, { ExtendedAttributes: [{ Name: 'Decision', Value: 'Rejected' }] }),
      /Decision/,
    ],
    [answerOf(given, undefined, line({ Quantity: 1 })), /ReturnLines\[0\]\.Quantity/],
    [
      answerOf(given, undefined, { ExtendedAttributes: [{ Name: 'Refund_Amount', Value: '0.01' }] }),
      /Refund_Amount/,
    ],
    [
      answerOf(given, undefined, line({ ExtendedAttributes: [{ Name: 'Refund_Amount', Value: '1e3' }] })),
      /ReturnLines\[0\]\.ExtendedAttributes/,
    ],
  ];
  for (const [document, field] of bad) {
    const { details, status } = await refusalOf(returns.answer(us, document));
    t.equal(status, 400);
    t.match(details, [{ field, next: /TikTok Seller Center/ }]);
  }
  t.match(await refusalOf(returns.answer(us, answerOf(given, 530))), { details: [{ field: 'StatusCode' }] });
  t.match(await refusalOf(returns.answer(us, answerOf(given, undefined, line({ Quantity: 3 })))), {
    details: [{ field: 'ReturnLines[0].Quantity', next: 'Correct the quantity.' }],
  });
  const foreign = { ReturnLines: [{ ItemIdentifier: { SupplierSKU: 'CAP' } }] };
  t.match(await refusalOf(returns.answer(us, answerOf(given, undefined, foreign))), {
    details: [{ field: 'ReturnLines[0].ItemIdentifier.SupplierSKU', message: /1 TEE/ }],
  });
  await world.settle();
  t.strictSame(returns.decisions(given), []);
  t.equal((await returns.view(us, given)).status, UNDER_REVIEW, 'nothing was stored');
});

await t.test('an answer finds its return by number, and by nothing that contradicts it', async (t) => {
  const given = await returns.received(us);
  const other = await returns.received(us);
  t.match(await refusalOf(returns.answer(us, { ...answerOf(given), ReturnNumber: '1' })), {
    details: [{ field: 'ReturnNumber' }],
  });
  t.match(await refusalOf(returns.answer(us, { ...answerOf(given), PartnerPO: other.order.tiktokOrderId })), {
    details: [{ field: 'PartnerPO' }],
  });
  t.match(await refusalOf(returns.answer(us, answerOf(given), other.order.key)), {
    code: 'invalid-document',
  });
  t.match(await refusalOf(returns.answer(indonesia, answerOf(given), given.order.key)), {
    code: 'not-found',
  });
  t.match(await refusalOf(returns.answer(indonesia, answerOf(given))), {
    details: [{ message: `there is no such return request: ${given.returnId}` }],
  });
  t.match(await returns.answer(us, answerOf(given), given.order.key), { key: given.key });
});

await t.test('approved by TikTok at the deadline: followed, and told as such', async (t) => {
  const given = await returns.received(us);
  const deadline = Date.parse((await returns.view(us, given)).attributes['TikTokResponseDeadline'] ?? '');
  t.ok(deadline > world.clock.now().getTime() + 40 * HOUR_MS);
  world.clock.advance(49 * HOUR_MS);
  await returns.pull(us);
  const view = await returns.view(us, given);
  t.equal(view.status, RESPONSE_RECEIVED);
  t.ok(view.events.some((event) => event.includes('TikTok approved it at the deadline')));
  const row = await db.prisma.return.findFirstOrThrow({ where: { returnId: given.returnId } });
  t.match(row, { stage: 'awaiting-goods', nextAction: null, answerBy: null });
});

await t.test('withdrawn, rejected in Seller Center, decided by TikTok: followed to the end', async (t) => {
  const withdrawn = await returns.received(us);
  const rejected = await returns.received(us);
  const approved = await returns.received(us);
  returns.act(withdrawn, 'buyer_withdraws_return');
  returns.act(rejected, 'seller_answers_return', { decision: 'REJECT_RETURN' });
  returns.act(approved, 'seller_answers_return', { decision: 'APPROVE_RETURN' });
  await returns.pull(us);
  t.match(await returns.view(us, withdrawn), { status: IGNORED, error: /the buyer withdrew it/ });
  t.match(await returns.view(us, rejected), { status: IGNORED, error: /rejected in TikTok Seller Center/ });
  t.match(await returns.view(us, approved), { status: RESPONSE_RECEIVED, error: null });
  t.match(await refusalOf(returns.answer(us, answerOf(withdrawn))), {
    details: [{ message: /^still-open: / }],
  });
  t.match(await refusalOf(returns.answer(us, answerOf(rejected))), {
    details: [{ message: /^not-rejected: /, next: /Seller Center/ }],
  });

  world.clock.advance(3_000);
  returns.act(rejected, 'buyer_opens_arbitration');
  await returns.pull(us);
  t.equal((await returns.view(us, rejected)).attributes['TikTokArbitrationStatus'], 'IN_PROGRESS');
  world.clock.advance(3_000);
  returns.act(rejected, 'platform_decides', { result: 'SUPPORT_BUYER' });
  await returns.pull(us);
  t.match(await returns.view(us, rejected), { status: RESPONSE_RECEIVED, error: null });
});

await t.test(
  'customer service took over: the answer fails with TikTok’s reason, and can be tried again',
  async (t) => {
    const given = await returns.received(us);
    returns.act(given, 'platform_takes_over');
    await returns.answer(us, answerOf(given));
    await world.settle();
    const failed = await returns.view(us, given);
    t.match(failed, { status: FAILED, error: /25011010|customer service/ });
    t.match(failed.error, /Seller Center/);
    t.strictSame(returns.decisions(given), []);
    t.match(await returns.answer(us, answerOf(given)), { created: false }, 'the same content is a repeat');
    await returns.setStatus(us, given.key, 100);
    t.equal((await returns.view(us, given)).status, 200);
    await world.settle();
    t.equal((await returns.view(us, given)).status, FAILED, 'TikTok still refuses');
    returns.act(given, 'platform_decides', { result: 'SUPPORT_SELLER' });
    await returns.pull(us);
    t.match(await returns.view(us, given), { status: IGNORED, error: /closed/ });
    t.match(await refusalOf(returns.setStatus(us, given.key, 100)), { code: 'rule-violated' });
  },
);

await t.test('the answer crosses what TikTok does by itself: never two decisions', async (t) => {
  const late = await returns.received(us);
  await returns.answer(us, answerOf(late));
  // The worker is late by two days, and TikTok has approved at its deadline.
  world.clock.advance(49 * HOUR_MS);
  await world.settle();
  t.match(await returns.view(us, late), { status: RESPONSE_RECEIVED, error: null });
  t.strictSame(returns.decisions(late), ['APPROVE_RETURN']);
  t.strictSame(returns.decisions(late, 'platform'), ['APPROVE_RETURN']);

  const withdrawn = await returns.received(us);
  await returns.answer(us, answerOf(withdrawn));
  returns.act(withdrawn, 'buyer_withdraws_return');
  await world.settle();
  t.match(await returns.view(us, withdrawn), { status: IGNORED, error: /withdrew/ });
  t.strictSame(returns.decisions(withdrawn), []);

  const byHand = await returns.received(us);
  await returns.answer(us, answerOf(byHand));
  returns.act(byHand, 'seller_answers_return', { decision: 'APPROVE_RETURN' });
  await world.settle();
  t.match(await returns.view(us, byHand), { status: RESPONSE_RECEIVED });
  t.strictSame(returns.decisions(byHand), ['APPROVE_RETURN']);
});

await t.test(
  'refund-only and replacement requests stay out, with the reason; a setting lets them in to be read',
  async (t) => {
    const shop = await world.connect('US');
    for (const returnType of ['REFUND', 'REPLACEMENT']) {
      const given = await returns.requested(shop, { act: { returnType } });
      await returns.pull(shop);
      const row = await db.prisma.return.findFirstOrThrow({ where: { returnId: given.returnId } });
      t.match(row, { state: 'not_imported', gate: 'return-and-refund', documentKey: null });
      const explanation = await explainReturn(deps, { companyId: shop.companyId, returnId: given.returnId });
      t.match(explanation, {
        summary: /not imported/,
        importGates: [{ gate: 'return-and-refund', outcome: 'refuse', next: /Seller Center until/ }],
      });
      t.match(await refusalOf(returns.answer(shop, answerOf(given))), {
        details: [{ message: /is not imported/, next: /Seller Center/ }],
      });

      const settings = { pullOtherReturns: true };
      await db.prisma.connection.update({ where: { id: shop.connection.id }, data: { settings } });
      await returns.pull(shop);
      const view = await returns.view(shop, given);
      t.match(view, { status: UNDER_REVIEW, attributes: { TikTokReturnType: returnType } });
      t.match(await refusalOf(returns.answer(shop, answerOf(given))), {
        details: [{ message: /^answered-here: .*read-only/, next: /Seller Center/ }],
      });
      await db.prisma.connection.update({ where: { id: shop.connection.id }, data: { settings: {} } });
      await world.settle();
      t.strictSame(returns.decisions(given), []);
    }
  },
);

await t.test(
  'a return on an order that was never imported is kept, with its product ids, and answered',
  async (t) => {
    const given = await returns.received(us, { unknownOrder: true, lines: [{ sku: 'TEE', quantity: 2 }] });
    const view = await returns.view(us, given);
    t.equal(view.parentKey, null);
    t.equal(view.json['ReturnLines'].length, 1);
    t.match(attributesOf(view.json['ReturnLines'][0]), { TikTokProductId: /^\d+$/ });
    t.match(view.json, { ReturnLines: [{ Quantity: 2, LineNumber: '1' }], OrderDate: /T/ });
    await returns.answer(us, answerOf(given));
    await world.settle();
    t.match(await returns.view(us, given), { status: RESPONSE_RECEIVED });
  },
);

await t.test(
  'the first pull reads what is not over; a request that ended before is none of ours',
  async (t) => {
    const shop = await world.connect('US');
    const ended = await returns.requested(shop);
    returns.act(ended, 'buyer_withdraws_return');
    world.clock.advance(HOUR_MS);
    const open = await returns.requested(shop);
    await returns.pull(shop);
    await returns.view(shop, open);
    t.equal(await db.prisma.document.count({ where: { companyId: shop.companyId, type: 'return' } }), 1);
    // Begun and ended between two pulls: the seller hears of it nevertheless.
    const quick = await returns.requested(shop);
    returns.act(quick, 'buyer_withdraws_return');
    await returns.pull(shop);
    t.match(await returns.view(shop, quick), { status: IGNORED });
  },
);

await t.test(
  'on a new connection returns wait until the orders were read once, then come at once',
  async (t) => {
    const shop = await world.connect('US');
    const given = await returns.requested(shop);
    t.equal((await returns.pull(shop, { ordersWerePulled: false })).outcome, 'nothing-to-do');
    t.equal(await db.prisma.return.count({ where: { companyId: shop.companyId } }), 0);
    const flow = await db.prisma.flow.findFirstOrThrow({
      where: { connectionId: shop.connection.id, name: 'pull-returns' },
    });
    t.ok(flow.nextAttemptAt.getTime() - world.clock.now().getTime() < 5_000, 'due again in a moment');
    await returns.pull(shop);
    t.equal((await returns.view(shop, given)).parentKey, given.order.key);
  },
);

await t.test('more requests than a page holds, late and twice: each is one document', async (t) => {
  const shop = await world.connect('US');
  const all = [];
  for (let index = 0; index < 53; index++) all.push(await returns.requested(shop));
  await returns.pull(shop);
  await returns.pull(shop);
  const documents = await db.prisma.document.findMany({
    where: { companyId: shop.companyId, type: 'return' },
    select: { reference: true },
  });
  t.same(
    documents.map(({ reference }) => reference).toSorted(),
    all.map(({ returnId }) => returnId).toSorted(),
  );
  const [first] = all;
  if (!first) throw new Error('no request');
  await returns.answer(shop, answerOf(first));
  await world.settle();
  await returns.pull(shop);
  const before = await returns.view(shop, first);
  control.addFault({ kind: 'stale_read', match: { path: '/return_refund/' }, times: 3 });
  await returns.pull(shop);
  control.clearFaults();
  t.strictSame(await returns.view(shop, first), before, 'an old copy changes nothing');
});

await t.test('over HTTP: lists, Ready, keys, status and both ways to answer, in all versions', async (t) => {
  const shop = await world.connect('US');
  const given = await returns.received(shop);
  const second = await returns.received(shop);
  const { app } = await testApi(t, db, { clock: world.clock, domain: deps });
  const key = await createKey(db, shop);
  const call = async (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
    const reply = await app.inject({
      method,
      url: `/api/${path}`,
      headers: { subscriptionkey: key },
      ...(payload ? { payload } : {}),
    });
    return { status: reply.statusCode, json: reply.json() };
  };
  for (const version of ['v2', 'v3']) {
    const list = await call('GET', `${version}/Returns/Ready`);
    t.match(list.json, { TotalRecords: 2, Records: [{ ReturnNumber: given.returnId }, {}] });
    t.match((await call('GET', `${version}/Orders/${given.order.key}/Returns`)).json, {
      TotalRecords: 1,
      Records: [{ ReturnNumber: given.returnId }],
    });
  }
  t.match((await call('GET', 'v1/Returns')).json, {
    Body: { Returns: [{ LogicbrokerKey: String(given.key), Status: 'Under Review' }, {}] },
  });
  t.match((await call('GET', 'v3/Returns/LogicbrokerKeys/Ready')).json, {
    Records: [String(given.key), String(second.key)],
  });
  t.match((await call('GET', `v3/Returns/${given.key}`)).json, { Body: { ReturnNumber: given.returnId } });
  t.match((await call('GET', `v3/Returns/${given.key}/Status`)).json, { Body: { Status: 'Under Review' } });
  t.match((await call('GET', 'v3/Statuses/Return')).json.Body.DocumentTypeStatuses, [
    {},
    {},
    { StatusId: 150, StatusDescription: 'Under Review' },
    {},
    { StatusId: 600, StatusDescription: 'Response Received' },
  ]);

  for (const word of ['Rejected', 'Refused', 'Denied', 'Cancelled']) {
    const refused = await call('PUT', `v3/Returns/${given.key}/Status/${word}`);
    t.match(refused, { status: 400, json: { Body: [{ Errors: [/Seller Center|cannot be refused/] }] } });
  }
  t.equal((await call('PUT', `v3/Returns/${given.key}/Status/Processing`)).status, 400);
  t.equal((await call('PUT', 'v3/Returns/2000000001/Status/ResponseReceived')).status, 404);
  t.match((await call('POST', 'v3/Returns/Request', answerOf(given))).json.Message, /Seller Center|buyers/);

  const posted = await call('POST', `v1/Orders/${given.order.key}/Returns`, answerOf(given, 600));
  t.match(posted, { status: 201, json: { Body: { LogicbrokerKey: String(given.key) } } });
  const bulk = {
    Status: 'Response Received',
    LogicbrokerKeys: [given, second].map((each) => String(each.key)),
  };
  t.match((await call('PUT', 'v3/Returns/Status', bulk)).json, { Records: [String(second.key)] });
  await world.settle();
  for (const each of [given, second]) {
    t.match(await returns.view(shop, each), { status: RESPONSE_RECEIVED });
    t.strictSame(returns.decisions(each), ['APPROVE_RETURN']);
  }
  t.match((await call('PUT', 'v3/Returns/Status', { ...bulk, Status: 'Complete' })).json, { Records: [] });
  t.strictSame((await call('GET', 'v3/Returns/Ready')).json.Records, []);

  const explained = await call('GET', `v3/Returns/${given.key}/Explain`);
  t.match(explained.json.Body, {
    ReturnNumber: given.returnId,
    State: 'imported',
    Answers: [{ Decision: 'APPROVE_RETURN', State: 'sent' }],
    Effects: [{ Effect: 'approve-return', State: 'done', Calls: [{ Kind: 'send' }] }],
  });
  t.match((await call('GET', `v3/Returns/Explain?return=${given.returnId}`)).json, explained.json);

  for (const hostile of [
    { ...answerOf(second), ReturnNumber: 'a\u0000b' },
    { ...answerOf(second), ReturnNumber: '9'.repeat(5000) },
    { ...answerOf(second), ReturnNumber: {} },
    { ...answerOf(second), ReturnLines: 'x' },
    { ...answerOf(second), ReturnLines: [{ ItemIdentifier: {}, Quantity: -1 }] },
    { ...answerOf(second), ReturnLines: [{ ItemIdentifier: {}, Quantity: 1e300 }] },
    { ...answerOf(second), StatusCode: 1e9 },
    {},
  ]) {
    const answer = await call('POST', 'v3/Returns', hostile);
    t.match(
      answer,
      { status: 400, json: { Body: [{ Errors: [String] }] } },
      JSON.stringify(hostile).slice(0, 80),
    );
  }
});
