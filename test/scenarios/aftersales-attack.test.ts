/** Everything at once, again, too late, in parts and in bad words: the product as somebody finds it who means it harm. */
import t from 'tap';
import { harborGoods, tokoPelangi } from '../support/connect-shop.js';
import { createErp, wholeShipment, type ErpAnswer, type ErpDocument } from '../support/erp.js';
import { runTasks } from '../support/run-tasks.js';
import { createSellerWithKey } from '../support/service-world.js';
import { startService } from '../support/start-service.js';
import { acknowledgementOf, attributesOf, deskOf, keyOf } from './aftersales/seller-desk.js';

const AT_ONCE = 50;
const [UNDER_REVIEW, RESPONSE_RECEIVED, COMPLETE, CANCELLED] = [150, 600, 1000, 1100];
const SCRIPT = `"><script>alert('x')</script>`;

t.setTimeout(170_000);
const service = await startService(t);
const { erp, db, simulator } = service;
const shop = await service.connectShop(harborGoods);
await service.connectShop(tokoPelangi);
const desk = deskOf(service);
const stranger = createErp(service.url, (await createSellerWithKey(db, 'Somebody else')).key);

const cancelAll = (number: string) => ({ number, cancel: 'all', reason: 'Out of stock' }) as const;
const byApi = (order: ErpDocument) => desk.effects(order).filter((each) => each.startsWith('api'));
const times = Array.from({ length: AT_ONCE }, (_, index) => index);

/** A body as it is, however it is written. */
async function post(
  path: string,
  body: string,
  contentType = 'application/json',
): Promise<ErpAnswer<unknown>> {
  const response = await fetch(`${service.url}/api/v3/${path}`, {
    method: 'POST',
    headers: { SubscriptionKey: service.key, 'content-type': contentType },
    body,
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: undefined };
}

async function one(quantities: number[] = [2, 1]): Promise<ErpDocument> {
  const [order] = await desk.orders(harborGoods, quantities);
  if (!order) throw new Error('no order');
  return order;
}

async function requested(order: ErpDocument, more: object = {}): Promise<{ returnId: string; key: string }> {
  const returnId = desk.returned(order, more);
  await runTasks(service, 'PullOrders', 'PullReturns');
  return { returnId, key: keyOf(await desk.returnAt(returnId, UNDER_REVIEW)) };
}

await t.test('fifty cancellations of one order at once are one', async (t) => {
  const [sameNumber, ownNumbers] = [await one(), await one()];
  const same = await Promise.all(times.map(() => desk.acknowledge(sameNumber, cancelAll('C-1'))));
  t.same(new Set(same.map(({ status }) => status)), new Set([201]));
  t.equal(new Set(same.map(({ json }) => json.Body.LogicbrokerKey)).size, 1, 'the same document fifty times');
  const own = await Promise.all(times.map((nth) => desk.acknowledge(ownNumbers, cancelAll(`C-${nth}`))));
  const taken = own.filter(({ status }) => status === 201);
  t.equal(taken.length, 1);
  t.ok(own.every(({ status, text }) => status === 201 || (status === 400 && /cancel/i.test(text))));
  for (const answer of [same[0], taken[0]]) {
    t.match(await desk.decided(answer?.json.Body.LogicbrokerKey ?? ''), { StatusCode: COMPLETE });
  }
  for (const order of [sameNumber, ownNumbers]) {
    t.same(byApi(order), ['api: cancelled']);
    t.equal((await desk.order(order)).StatusCode, CANCELLED);
    t.equal((await desk.acknowledgementsOf(order)).length, 1);
  }
});

await t.test('of cancelling, accepting and shipping at once one thing happens', async (t) => {
  const order = await one();
  const shipment = wholeShipment(order, { tracking: 'RACE', carrier: 'USPS' });
  const answers = await Promise.all(
    times.map((nth) => {
      if (nth % 3 === 0) return desk.acknowledge(order, cancelAll('C-1'));
      if (nth % 3 === 1) return desk.acknowledge(order, { number: 'A-1', accept: 'all' });
      return erp.call('POST', `Orders/${keyOf(order)}/Shipments`, { body: shipment });
    }),
  );
  t.ok(answers.every(({ status }) => [201, 400].includes(status)));
  await desk.atRest(order);
  const effects = simulator.control.effects({ order: order.PartnerPO, via: 'api' });
  const isCancelled = effects.some(({ kind }) => kind === 'cancelled');
  const isShipped = effects.some(({ trackingNumber }) => trackingNumber === 'RACE');
  t.not(isCancelled, isShipped, 'either or');
  t.equal((await desk.order(order)).StatusCode, isCancelled ? CANCELLED : COMPLETE);
});

await t.test(
  'fifty answers to one return are one, and none of them gives money back by mistake',
  async (t) => {
    const order = await one();
    const { returnId, key } = await requested(order);
    const answer = { ReturnNumber: returnId, PartnerPO: order.PartnerPO, ReturnLines: [] };
    const accept = (nth: number) => {
      if (nth % 4 === 0) return erp.call('PUT', `Returns/${key}/Status/ResponseReceived`);
      if (nth % 4 === 1) return erp.call('PUT', `Returns/${key}/Status/Complete`);
      return erp.call('POST', 'Returns', { body: nth % 4 === 2 ? answer : { ...answer, Note: `No ${nth}` } });
    };
    const answers = await Promise.all(times.map((nth) => accept(nth)));
    t.ok(answers.every(({ status }) => [200, 201, 400].includes(status)));
    await desk.returnAt(returnId, RESPONSE_RECEIVED);
    t.same(byApi(order), ['api: APPROVE_RETURN']);
    desk.act(order, { type: 'buyer_ships_return' });
    desk.act(order, { type: 'carrier_delivers_return' });
    await Promise.all(times.map(() => erp.call('POST', 'Returns', { body: answer })));
    t.same(byApi(order), ['api: APPROVE_RETURN'], 'the first answer again is no second answer');
    const refunds = await Promise.all(
      times.map((nth) =>
        nth % 2 === 0
          ? erp.call('PUT', `Returns/${key}/Status/Complete`)
          : erp.call('POST', 'Returns', { body: { ...answer, StatusCode: COMPLETE } }),
      ),
    );
    t.ok(refunds.every(({ status }) => [200, 201, 400].includes(status)));
    await desk.returnAt(returnId, COMPLETE);
    t.same(byApi(order), ['api: APPROVE_RETURN', 'api: APPROVE_RECEIVED_PACKAGE']);
  },
);

await t.test(
  'pulls, cancellations and status calls over the same orders do not lock each other out',
  async (t) => {
    const orders = await desk.orders(harborGoods, ...Array.from({ length: 16 }, () => [1, 1]));
    const keys = orders.map((order) => keyOf(order));
    orders.forEach((order, index) => {
      if (index % 2 === 0) desk.act(order, { type: 'buyer_cancel', atOnce: index % 4 === 0 });
    });
    const bulk = (path: string, LogicbrokerKeys: string[]) =>
      erp.call('PUT', `${path}/Status`, {
        body: { Status: '200', OnlyIncreaseStatus: true, LogicbrokerKeys },
      });
    const answers: { status: number }[] = [];
    const rounds = [keys, keys.toReversed(), keys, keys.toReversed()].map(async (list) => {
      answers.push(await bulk('Orders', list));
      const acks = (await erp.list('Acknowledgements')).map((each) => keyOf(each));
      answers.push(await bulk('Acknowledgements', list === keys ? acks : acks.toReversed()));
    });
    const shipped = (order: ErpDocument) =>
      erp.call('POST', `Orders/${keyOf(order)}/Shipments`, {
        body: wholeShipment(order, { tracking: `MIX${keyOf(order)}`, carrier: 'USPS' }),
      });
    await Promise.all([
      ...rounds,
      ...orders.map(async (order, index) => {
        answers.push(
          index % 3 === 0 ? await shipped(order) : await desk.acknowledge(order, cancelAll('C-1')),
        );
      }),
      runTasks(service, 'PullCancellations', 'PullOrders', 'PullCancellations'),
    ]);
    t.same(
      answers.filter(({ status }) => ![200, 201, 400].includes(status)),
      [],
    );
    for (const order of orders) {
      await desk.atRest(order);
      const cancels = desk.effects(order).filter((each) => /: (cancelled|cancel_approved)$/.test(each));
      t.ok(cancels.length <= 1, `${order.PartnerPO}: ${cancels.join()}`);
    }
    t.same(
      service.lines.filter((line) => /deadlock/i.test(line)),
      [],
    );
  },
);

await t.test('whoever knows the numbers of another company can do nothing with them', async (t) => {
  const [order, sold] = [await one(), await one([1])];
  const { returnId, key } = await requested(sold);
  const { json } = await desk.acknowledge(order, { number: 'A-1', accept: [1] });
  const ack = json.Body.LogicbrokerKey;
  const linkKey = order.Identifier.LinkKey;
  const document = acknowledgementOf(order, cancelAll('C-1'));
  const withLink = { ...document, PartnerPO: undefined, Identifier: { LinkKey: linkKey } };
  const attempts = [
    stranger.call('POST', 'Acknowledgements', { body: document }),
    stranger.call('POST', 'Acknowledgements', { body: withLink }),
    stranger.call('POST', 'Returns', { body: { ReturnNumber: returnId, ReturnLines: [] } }),
    stranger.call('POST', `Orders/${keyOf(sold)}/Returns`, {
      body: { ReturnNumber: returnId, ReturnLines: [] },
    }),
    stranger.call('PUT', `Returns/${key}/Status/ResponseReceived`),
    stranger.call('PUT', `Acknowledgements/${ack}/Status/Submitted`),
    stranger.call('GET', `Returns/Explain?return=${returnId}`),
  ];
  for (const { status, text } of await Promise.all(attempts)) {
    t.ok([400, 404].includes(status), text);
    t.notMatch(text, /TEE|Harbor|is cancelling|"1[0-9]{3}"/, 'and it learns nothing');
  }
  t.same(byApi(order), []);
  t.same(byApi(sold), []);
});

await t.test('too late and in parts: TikTok takes whole answers, in their time', async (t) => {
  const order = await one([2, 1]);
  const { returnId, key } = await requested(order);
  const [line] = (await desk.returnAt(returnId, UNDER_REVIEW))['ReturnLines'] as { LineNumber: string }[];
  const answer = { ReturnNumber: returnId, ReturnLines: [] };
  const part = {
    ...answer,
    ReturnLines: [{ LineNumber: line?.LineNumber, ItemIdentifier: {}, Quantity: 1 }],
  };
  t.match(await erp.call('POST', 'Returns', { body: part }), { status: 400, text: /whole request/ });
  const early = await erp.call('POST', 'Returns', { body: { ...answer, StatusCode: COMPLETE } });
  t.match(early, { status: 400, text: /Response Received/ });
  desk.act(order, { type: 'buyer_withdraws_return' });
  await erp.call('PUT', `Returns/${key}/Status/ResponseReceived`);
  await desk.returnAt(returnId, 1400).catch(() => runTasks(service, 'PullReturns'));
  t.match(await desk.returnOf(returnId), { StatusCode: 1400 }, 'withdrawn in the moment of the answer');
  t.same(byApi(order), []);
});

await t.test('bad words in documents are refused with their field, or kept as they are', async (t) => {
  const order = await one();
  const base = acknowledgementOf(order, cancelAll('C-1'));
  const written = JSON.stringify(base);
  const refused: [string, RegExp][] = [
    [JSON.stringify({ ...base, ChangeReason: SCRIPT }), /ChangeReason/],
    [JSON.stringify({ ...base, ChangeReason: 'a\u0000b' }), /ChangeReason/],
    [JSON.stringify({ ...base, AcknowledgementNumber: '\ud800' }), /AcknowledgementNumber/],
    [JSON.stringify({ ...base, AcknowledgementNumber: 'x'.repeat(5_000) }), /AcknowledgementNumber/],
    [JSON.stringify({ ...base, ChangeReason: 'x'.repeat(1_000_000) }), /ChangeReason/],
    [JSON.stringify({ ...base, AcknowledgementNumber: { $ne: 1 } }), /AcknowledgementNumber/],
    [JSON.stringify({ ...base, AckLines: 'all of them' }), /AckLines/],
    [written.replace(/"QuantityCancelled":\d+/, '"QuantityCancelled":1e400'), /number/],
    [written.replace(/"QuantityCancelled":\d+/, '"QuantityCancelled":9007199254740993'), /QuantityCancelled/],
    [written.replace(/"QuantityCancelled":\d+/, '"QuantityCancelled":-2'), /QuantityCancelled/],
    [written.replace(/"QuantityCancelled":\d+/, '"QuantityCancelled":0.5'), /QuantityCancelled/],
    [
      `{"__proto__":{"PartnerPO":"${order.PartnerPO}"},"AckLines":[]}`,
      /AckLines|AcknowledgementNumber|__proto__/,
    ],
    [`{"AckLines":${'['.repeat(100_000)}`, /JSON|AckLines|deep|body/i],
    ['null', /./],
    ['[]', /./],
    ['', /./],
  ];
  for (const [body, field] of refused) {
    const answer = await post('Acknowledgements', body);
    t.equal(answer.status, 400, `${body.slice(0, 80)}: ${answer.text.slice(0, 200)}`);
    t.match(answer.text, field);
    t.ok(answer.text.length < 5_000, 'the answer is no echo');
    t.match(answer.headers.get('content-type'), /json/);
  }
  t.equal((await post('Acknowledgements', `{"PartnerPO":"${'x'.repeat(10_500_000)}"}`)).status, 413);
  t.same(byApi(order), []);
  const kept = {
    ...acknowledgementOf(order, { number: SCRIPT, accept: 'all' }),
    Note: SCRIPT,
    Huge: 'y'.repeat(200_000),
  };
  const { status, text } = await post('Acknowledgements', JSON.stringify(kept));
  t.equal(status, 201, text.slice(0, 300));
  const [read] = await desk.acknowledgementsOf(order);
  t.match(read, { AcknowledgementNumber: SCRIPT, Note: SCRIPT, Huge: kept.Huge });
});

await t.test('what buyers write is data, in documents and on pages', async (t) => {
  const [sold, order] = [await one([1]), await one([1])];
  // Neither of the last two can be stored as it is; the return comes all the same.
  const { returnId } = await requested(sold, { note: `${SCRIPT} \u202e\0\ud800`, reason: SCRIPT });
  t.ok(String((await desk.returnOf(returnId))?.['Note']).startsWith(`${SCRIPT} \u202e`));
  desk.act(order, { type: 'buyer_cancel', atOnce: false, reason: SCRIPT });
  await runTasks(service, 'PullOrders');
  t.ok(attributesOf(await desk.order(order))['TikTokCancelRequestReason']?.includes(SCRIPT));
  for (const path of ['/connections', `/connections/${shop.connectionId}`]) {
    const page = await shop.browser.get(path);
    t.equal(page.status, 200);
    t.notOk(page.text.includes('<script>alert'), `${path} runs nothing of theirs`);
  }
  const history = await erp.call('GET', `ActivityEvents?logicbrokerkey=${keyOf(order)}`);
  t.match(history.headers.get('content-type'), /application\/json/);
});

await t.test('hostile paths and lists of keys are answered clearly', async (t) => {
  for (const path of ['Acknowledgements', 'Returns']) {
    for (const key of ['%00', '1e3', '-1', '99999999999999999999', '%F0%9F', "1'--", '__proto__', '0x10']) {
      const answer = await erp.call('GET', `${path}/${key}`);
      t.ok([400, 404].includes(answer.status), `${path}/${key}: ${answer.status}`);
      const put = await erp.call('PUT', `${path}/${key}/Status/Complete`);
      t.ok([400, 404].includes(put.status), `${path}/${key}/Status: ${put.status}`);
    }
    for (const LogicbrokerKeys of [
      ['a\u0000'],
      ['__proto__'],
      [{}],
      'all',
      null,
      Array.from({ length: 20_000 }, () => '1'),
    ]) {
      const body = { Status: 'Complete', OnlyIncreaseStatus: true, LogicbrokerKeys };
      const { status, text } = await erp.call('PUT', `${path}/Status`, { body });
      t.ok(
        [200, 400].includes(status),
        `${JSON.stringify(LogicbrokerKeys)?.slice(0, 40)}: ${status} ${text.slice(0, 200)}`,
      );
    }
  }
});

await t.test('and all the while nothing went wrong that nobody had thought of', (t) => {
  t.same(
    service.lines.filter((line) => line.includes('"level":"error"')),
    [],
  );
  t.end();
});
