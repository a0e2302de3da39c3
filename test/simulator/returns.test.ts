import { join } from 'node:path';

import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { openAftersalesShop, type AftersalesShop } from './support/aftersales-world.js';
import { documentedShapes } from './support/documented-shapes.js';
import { clientFor, first, rows, textOf, type Json, type Reply } from './support/mini-client.js';
import { neverSeen, parseShape, violations } from './support/shape.js';

const simulator = await startSimulator({ fast: true, seed: 'empty' });
t.teardown(() => simulator.close());
const { control } = simulator;
const start = control.clock().nowMs;
const behaviour = { ...control.behaviour() };
t.beforeEach(() => {
  control.setClock({ now: start, frozen: true });
  control.setBehaviour(behaviour);
});

const HOUR = 3600;
const PENDING = 'RETURN_OR_REFUND_REQUEST_PENDING';
const SUCCESS = 'RETURN_OR_REFUND_REQUEST_SUCCESS';
const COMPLETE = 'RETURN_OR_REFUND_REQUEST_COMPLETE';
const CANCEL = 'RETURN_OR_REFUND_REQUEST_CANCEL';
const REJECTED = 'REFUND_OR_RETURN_REQUEST_REJECT';

const shopIn = (region: string): AftersalesShop => openAftersalesShop(simulator, region);
const advance = (seconds: number): unknown => control.setClock({ advanceSeconds: seconds });

interface Asked {
  shop: AftersalesShop;
  orderId: string;
  returnId: string;
  units: string[];
}

async function asked(
  returnType: 'REFUND' | 'RETURN_AND_REFUND' | 'REPLACEMENT',
  region = 'US',
): Promise<Asked> {
  const shop = shopIn(region);
  const { id, units } = shop.sellDelivered();
  control.act(id, { type: 'buyer_opens_return', returnType });
  return { shop, orderId: id, returnId: textOf((await shop.returnOf(id))['return_id']), units };
}

const approve = (at: Asked, decision: string, more: object = {}, query = {}): Promise<Reply> =>
  at.shop.post(`returns/${at.returnId}/approve`, { decision, ...more }, query);
const reject = (at: Asked, decision: string, reject_reason: string, query = {}): Promise<Reply> =>
  at.shop.post(`returns/${at.returnId}/reject`, { decision, reject_reason, comment: 'no' }, query);
const statusOf = async (at: Asked): Promise<unknown> => (await at.shop.returnOf(at.orderId))['return_status'];
const nextAction = async (at: Asked): Promise<unknown> =>
  first((await at.shop.returnOf(at.orderId))['seller_next_action_response'])['action'];
const effectsOf = (at: Asked): [string, string, string][] =>
  control
    .effects({ order: at.orderId })
    .filter(({ caseId }) => caseId === at.returnId)
    .map(({ kind, via, decision }) => [kind, via, decision]);

await t.test('returns have the documented fields with the documented types', async (t) => {
  const shape = parseShape(documentedShapes.searchReturns);
  const seen: unknown[] = [];
  const look = async ({ shop }: Asked): Promise<void> => {
    const reply = await shop.post('returns/search', {});
    t.strictSame(violations(shape, reply.data), []);
    seen.push(reply.data);
  };
  const goods = await asked('RETURN_AND_REFUND');
  await approve(goods, 'APPROVE_RETURN');
  control.act(goods.orderId, { type: 'buyer_ships_return', trackingNumber: 'BACK', providerName: 'UPS' });
  await look(goods);
  control.act(goods.orderId, { type: 'buyer_withdraws_return' });
  control.act(goods.orderId, { type: 'buyer_opens_return' });
  await look(goods);
  const money = await asked('REFUND', 'ID');
  await approve(money, 'OFFER_PARTIAL_REFUND', { partial_refund: { currency: 'IDR', amount: '9' } });
  control.act(money.orderId, { type: 'buyer_answers_offer', accept: false });
  const answer = await reject(money, 'REJECT_REFUND', 'reverse_reject_request_reason_1');
  t.strictSame([answer.code, answer.data], [0, {}]);
  control.act(money.orderId, { type: 'buyer_opens_arbitration' });
  await look(money);
  t.strictSame(neverSeen(shape, seen), ['data.return_orders[].combined_return_id']);

  const records = await goods.shop.call('GET', `/return_refund/202309/returns/${goods.returnId}/records`);
  t.strictSame(violations(parseShape(documentedShapes.returnRecords), records.data), []);
  control.setBehaviour({ combinedReturn: 'text' });
  t.equal((await goods.shop.returnOf(goods.orderId))['is_combined_return'], 'false ');
});

await t.test('goods come back and the money goes out, asked step by step', async (t) => {
  const at = await asked('RETURN_AND_REFUND');
  const { shop, orderId, units } = at;
  const opened = await shop.returnOf(orderId);
  t.match(opened, {
    return_type: 'RETURN_AND_REFUND',
    return_status: PENDING,
    role: 'BUYER',
    return_reason: 'ecom_order_delivered_refund_and_return_reason_wrong_product',
    return_reason_text: 'Wrong product was sent',
    seller_next_action_response: [
      { action: 'SELLER_RESPOND_RETURN', deadline: Number(opened['create_time']) + 48 * HOUR },
    ],
  });
  t.strictSame(
    rows(opened['return_line_items']).map((line) => line['order_line_item_id']),
    units,
  );
  advance(60);
  t.strictSame((await approve(at, 'APPROVE_RETURN')).data, {});
  t.equal(await statusOf(at), 'AWAITING_BUYER_SHIP');
  t.equal(await nextAction(at), undefined, 'it is the turn of the buyer');
  control.act(orderId, { type: 'buyer_ships_return', trackingNumber: 'BACK1' });
  t.match(await shop.returnOf(orderId), {
    return_status: 'BUYER_SHIPPED_ITEM',
    return_tracking_number: 'BACK1',
    return_provider_name: 'USPS',
    seller_next_action_response: [{ action: 'SELLER_RESPOND_RECEIVE_PACKAGE' }],
  });
  advance(24 * HOUR);
  control.act(orderId, { type: 'carrier_delivers_return' });
  const delivered = await shop.returnOf(orderId);
  t.equal(
    first(delivered['seller_next_action_response'])['deadline'],
    Number(delivered['update_time']) + 48 * HOUR,
    'the time runs anew from the delivery',
  );
  t.equal((await approve(at, 'APPROVE_RECEIVED_PACKAGE')).code, 0);
  t.equal(await statusOf(at), SUCCESS);
  t.equal((await shop.order(orderId))['status'], 'DELIVERED', 'a return leaves the order as it is');
  advance(behaviour.refundSec);
  t.equal(await statusOf(at), COMPLETE);
  t.equal((await shop.order(orderId))['status'], 'COMPLETED', 'refunded as a whole');
  t.strictSame(effectsOf(at), [
    ['return_approved', 'api', 'APPROVE_RETURN'],
    ['return_approved', 'api', 'APPROVE_RECEIVED_PACKAGE'],
  ]);
  const records = await shop.call('GET', `/return_refund/202309/returns/${at.returnId}/records`);
  t.strictSame(
    rows(records.data['records']).map((record) => record['role']),
    ['Buyer', 'Seller', 'Buyer', 'System', 'Seller', 'System'],
  );
  t.ok(rows(records.data['records']).every((record) => record['event'] === 'ORDER_RETURN'));
});

await t.test('nobody answers: TikTok does, at each step at its time', async (t) => {
  const at = await asked('RETURN_AND_REFUND');
  const openedSec = Number((await at.shop.returnOf(at.orderId))['create_time']);
  advance(48 * HOUR);
  t.match(await at.shop.returnOf(at.orderId), {
    return_status: 'AWAITING_BUYER_SHIP',
    update_time: openedSec + 48 * HOUR,
  });
  control.act(at.orderId, { type: 'buyer_ships_return' });
  advance(48 * HOUR - 5);
  t.equal(await statusOf(at), 'BUYER_SHIPPED_ITEM');
  advance(5);
  t.equal(await statusOf(at), SUCCESS);
  t.strictSame(effectsOf(at), [
    ['return_approved', 'platform', 'APPROVE_RETURN'],
    ['return_approved', 'platform', 'APPROVE_RECEIVED_PACKAGE'],
  ]);

  const money = await asked('REFUND');
  advance(48 * HOUR + behaviour.refundSec);
  t.equal(await statusOf(money), COMPLETE, 'two steps at once, each at its time');

  const goods = await asked('REPLACEMENT');
  advance(24 * HOUR);
  t.equal(await statusOf(goods), 'REPLACEMENT_REQUEST_COMPLETE');

  const late = await asked('RETURN_AND_REFUND');
  await approve(late, 'APPROVE_RETURN');
  advance(behaviour.buyerAnswerSec);
  t.equal(await statusOf(late), CANCEL, 'the buyer sent nothing');

  const refused = await asked('REFUND');
  await reject(refused, 'REJECT_REFUND', 'reverse_reject_request_reason_1');
  t.equal(await statusOf(refused), REJECTED);
  advance(behaviour.buyerAnswerSec);
  t.equal(await statusOf(refused), CANCEL, 'the buyer did not object');
});

await t.test('a decision has to fit the type of the request and its step', async (t) => {
  const cases: [type: Parameters<typeof asked>[0], decision: string, code: number][] = [
    ['REFUND', 'APPROVE_RETURN', 25020004],
    ['REFUND', 'APPROVE_RECEIVED_PACKAGE', 25020004],
    ['REFUND', 'APPROVE_REPLACEMENT', 25020004],
    ['REFUND', 'APPROVE_REFUND', 0],
    ['RETURN_AND_REFUND', 'APPROVE_REFUND', 25020004],
    ['RETURN_AND_REFUND', 'APPROVE_RECEIVED_PACKAGE', 25020003],
    ['RETURN_AND_REFUND', 'APPROVE_RETURN', 0],
    ['REPLACEMENT', 'APPROVE_RETURN', 25020004],
    ['REPLACEMENT', 'OFFER_PARTIAL_REFUND', 25020004],
    ['REPLACEMENT', 'ISSUE_REPLACEMENT_REFUND', 0],
    ['RETURN_AND_REFUND', 'REFUND_EVERYTHING', 36009004],
  ];
  for (const [type, decision, code] of cases) {
    const at = await asked(type);
    t.equal((await approve(at, decision)).code, code, `${type} ${decision}`);
    t.equal(effectsOf(at).length, code === 0 ? 1 : 0);
  }
  const refusals: [type: Parameters<typeof asked>[0], decision: string, reason: string, code: number][] = [
    ['REFUND', 'REJECT_RETURN', 'reverse_reject_request_reason_1', 25020004],
    ['REFUND', 'REJECT_REFUND', 'nonsense', 25001014],
    ['REFUND', 'REJECT_REFUND', 'reverse_reject_return_parcel_reason_1', 25001057],
    ['REFUND', 'REJECT_REFUND', 'reverse_reject_request_reason_2', 0],
    ['RETURN_AND_REFUND', 'REJECT_RECEIVED_PACKAGE', 'reverse_reject_return_parcel_reason_1', 25020003],
    ['RETURN_AND_REFUND', 'REJECT_RETURN', 'seller_reject_apply_item_is_correct', 0],
    ['REPLACEMENT', 'REJECT_REPLACEMENT', 'reverse_reject_request_reason_3', 0],
  ];
  for (const [type, decision, reason, code] of refusals) {
    const at = await asked(type);
    t.equal((await reject(at, decision, reason)).code, code, `${type} ${decision} ${reason}`);
  }
});

await t.test('what was decided already is told from what is over', async (t) => {
  const at = await asked('RETURN_AND_REFUND');
  await approve(at, 'APPROVE_RETURN');
  t.equal((await approve(at, 'APPROVE_RETURN')).code, 25020010);
  t.equal((await reject(at, 'REJECT_RETURN', 'reverse_reject_request_reason_1')).code, 25020010);
  t.equal((await approve(at, 'APPROVE_RECEIVED_PACKAGE')).code, 25020003, 'nothing was sent yet');
  control.act(at.orderId, { type: 'buyer_ships_return' });
  await approve(at, 'APPROVE_RECEIVED_PACKAGE');
  t.equal((await approve(at, 'APPROVE_RECEIVED_PACKAGE')).code, 25020011);
  const late = 'reverse_reject_return_parcel_reason_4';
  t.equal((await reject(at, 'REJECT_RECEIVED_PACKAGE', late)).code, 25020011);
  t.equal((await approve(at, 'APPROVE_RETURN')).code, 25020010);
  const gone = await asked('REFUND');
  control.act(gone.orderId, { type: 'buyer_withdraws_return' });
  t.equal((await approve(gone, 'APPROVE_REFUND')).code, 25020009);
  t.equal(effectsOf(at).length, 2);
});

await t.test('the same key is one decision, whatever became of the first answer', async (t) => {
  t.teardown(() => control.clearFaults());
  const at = await asked('REFUND');
  const query = { idempotency_key: 'k1' };
  control.addFault({ kind: 'done_but_lost', times: 1, match: { path: '/return_refund/*/approve' } });
  await t.rejects(approve(at, 'APPROVE_REFUND', {}, query));
  for (const attempt of [1, 2])
    t.equal((await approve(at, 'APPROVE_REFUND', {}, query)).code, 0, `attempt ${attempt}`);
  t.match(control.effects({ order: at.orderId, kind: 'return_approved' }), [
    { idempotencyKey: 'k1', decision: 'APPROVE_REFUND', via: 'api', caseId: at.returnId, unitIds: at.units },
  ]);
  t.equal(effectsOf(at).length, 1);
  const other = await asked('REFUND');
  const key = { idempotency_key: 'k2' };
  t.equal((await reject(other, 'REJECT_REFUND', 'nonsense', key)).code, 25001014);
  const good = 'reverse_reject_request_reason_1';
  t.equal((await reject(other, 'REJECT_REFUND', good, key)).code, 0, 'a refusal does not use the key up');
  t.equal((await reject(other, 'REJECT_REFUND', good, key)).code, 0);
  t.equal((await reject(other, 'REJECT_REFUND', good)).code, 25020003);
});

await t.test('the seller may leave the goods to the buyer', async (t) => {
  const at = await asked('RETURN_AND_REFUND');
  t.equal((await approve(at, 'APPROVE_RETURN', { buyer_keep_item: true })).code, 0);
  t.match(await at.shop.returnOf(at.orderId), { return_status: SUCCESS, can_buyer_keep_item: true });
});

await t.test('a part of the money is offered, declined, offered again and taken', async (t) => {
  const at = await asked('REFUND');
  const offer = (amount: string, currency = 'USD'): Promise<Reply> =>
    approve(at, 'OFFER_PARTIAL_REFUND', { partial_refund: { currency, amount } });
  t.equal((await approve(at, 'OFFER_PARTIAL_REFUND')).code, 36009004, 'no amount');
  for (const [amount, currency, code] of [
    ['100', 'USD', 25005005],
    ['0', 'USD', 25001001],
    ['5', 'EUR', 25001001],
    ['5.001', 'USD', 25001001],
    ['-5', 'USD', 25001001],
  ] as const)
    t.equal((await offer(amount, currency)).code, code, `${amount} ${currency}`);
  t.equal((await offer('5')).code, 0);
  t.match(await at.shop.returnOf(at.orderId), {
    return_status: 'AWAITING_BUYER_RESPONSE',
    seller_proposed_return_type: 'PARTIAL_REFUND',
    partial_refund: { currency: 'USD', amount: '5.00' },
    buyer_rejected_partial_refund: false,
  });
  t.equal((await approve(at, 'APPROVE_REFUND')).code, 25007007, 'a negotiation is open');
  control.act(at.orderId, { type: 'buyer_answers_offer', accept: false });
  t.match(await at.shop.returnOf(at.orderId), {
    return_status: PENDING,
    buyer_rejected_partial_refund: true,
    seller_next_action_response: [{ action: 'SELLER_RESPOND_REFUND' }],
  });
  t.equal((await offer('7.01')).code, 0);
  control.act(at.orderId, { type: 'buyer_answers_offer', accept: true });
  const taken = await at.shop.returnOf(at.orderId);
  t.match(taken, { return_status: SUCCESS, refund_amount: { refund_total: '7.01', refund_tax: '0.00' } });
  const parts = rows(taken['return_line_items']).map((line) => line['refund_amount'] as Json);
  t.strictSame(
    parts.map((part) => part['refund_total']),
    ['2.34', '2.34', '2.33'],
  );
  const silent = await asked('REFUND');
  await approve(silent, 'OFFER_PARTIAL_REFUND', { partial_refund: { currency: 'USD', amount: '1' } });
  advance(behaviour.buyerAnswerSec);
  t.equal(await statusOf(silent), PENDING);
});

await t.test('refused goods and requests go to arbitration', async (t) => {
  const parcel = 'reverse_reject_return_parcel_reason_5';
  const request = 'reverse_reject_request_reason_1';
  const cases = [
    ['REFUND', 'SUPPORT_BUYER', SUCCESS],
    ['REFUND', 'SUPPORT_SELLER', CANCEL],
    ['REFUND', 'CLOSED', CANCEL],
    ['RETURN_AND_REFUND', 'SUPPORT_BUYER', 'AWAITING_BUYER_SHIP'],
    ['RETURN_AND_REFUND', 'SUPPORT_SELLER', CANCEL],
    ['REPLACEMENT', 'SUPPORT_BUYER', 'REPLACEMENT_REQUEST_REFUND_SUCCESS'],
    ['REPLACEMENT', 'SUPPORT_SELLER', 'REPLACEMENT_REQUEST_CANCEL'],
  ] as const;
  for (const [type, result, status] of cases) {
    const at = await asked(type);
    const decision = type === 'RETURN_AND_REFUND' ? 'REJECT_RETURN' : `REJECT_${type}`;
    t.equal((await reject(at, decision, request)).code, 0);
    control.act(at.orderId, { type: 'buyer_opens_arbitration' });
    t.equal((await at.shop.returnOf(at.orderId))['arbitration_status'], 'IN_PROGRESS');
    advance(30 * HOUR * 5);
    t.equal((await approve(at, 'APPROVE_REFUND')).code, 25011010, 'it is out of the hands of the seller');
    control.act(at.orderId, { type: 'platform_decides', result });
    const decided = await at.shop.returnOf(at.orderId);
    t.match(decided, { arbitration_status: result, return_status: status }, `${type} ${result}`);
  }
  const at = await asked('RETURN_AND_REFUND');
  await approve(at, 'APPROVE_RETURN');
  control.act(at.orderId, { type: 'buyer_ships_return' });
  t.equal((await reject(at, 'REJECT_RECEIVED_PACKAGE', request)).code, 25001057);
  t.equal((await reject(at, 'REJECT_RECEIVED_PACKAGE', parcel)).code, 0);
  t.equal(await statusOf(at), 'REJECT_RECEIVE_PACKAGE');
  control.act(at.orderId, { type: 'buyer_opens_arbitration' });
  control.act(at.orderId, { type: 'platform_decides', result: 'SUPPORT_BUYER' });
  t.equal(await statusOf(at), SUCCESS, 'the goods are back already');
});

await t.test('customer service may take a request over; its deadline stands still then', async (t) => {
  const at = await asked('RETURN_AND_REFUND');
  control.act(at.orderId, { type: 'platform_takes_over' });
  t.equal((await approve(at, 'APPROVE_RETURN')).code, 25011010);
  t.equal(await nextAction(at), undefined);
  advance(100 * HOUR);
  t.equal(await statusOf(at), PENDING);
  control.act(at.orderId, { type: 'platform_decides', result: 'SUPPORT_BUYER' });
  t.equal(await statusOf(at), 'AWAITING_BUYER_SHIP');
});

await t.test('a replacement is a new order free of charge that names the former one', async (t) => {
  const at = await asked('REPLACEMENT');
  const before = (await at.shop.search()).data['total_count'];
  t.equal((await approve(at, 'APPROVE_REPLACEMENT')).code, 0);
  t.equal(await statusOf(at), 'REPLACEMENT_REQUEST_COMPLETE');
  const orders = await at.shop.search();
  t.equal(orders.data['total_count'], Number(before) + 1);
  t.match(rows(orders.data['orders'])[0], {
    is_replacement_order: true,
    replaced_order_id: at.orderId,
    payment: { total_amount: '0.00' },
  });
  t.equal((await at.shop.order(at.orderId))['is_replacement_order'], false);
  t.equal((await approve(at, 'APPROVE_REPLACEMENT')).code, 25020010);
});

await t.test('a buyer returns only what has arrived, and every piece once', async (t) => {
  const shop = shopIn('US');
  const { id, red, blue } = shop.sell();
  const open = (act: object = {}): unknown => control.act(id, { type: 'buyer_opens_return', ...act });
  t.throws(() => open(), /not possible/, 'not shipped');
  control.act(id, { type: 'seller_ship' });
  t.throws(() => open(), /not possible/, 'not delivered');
  open({ returnType: 'REFUND', unitIds: [blue] });
  control.act(id, { type: 'carrier_deliver' });
  t.throws(() => open({ unitIds: [blue] }), /not possible/, 'asked for already');
  open({ unitIds: red, reason: "Item doesn't fit", note: 'Too small.' });
  const [money, goods] = await shop.returns({ order_ids: [id] });
  t.equal(goods?.['return_reason'], "buyer_return_and_refund_item_doesn't_fit");
  t.match(money, { refund_amount: { refund_subtotal: '7.00' } });
  t.match(goods, { refund_amount: { refund_subtotal: '20.00' } });
  const path = `/return_refund/202309/returns/${textOf(goods?.['return_id'])}/records`;
  t.match((await shop.call('GET', path)).data['records'], [{ note: 'Too small.' }]);
  control.act(id, { type: 'buyer_withdraws_return' });
  open({ unitIds: red });
  const [, former, again] = await shop.returns({ order_ids: [id] });
  t.equal(again?.['pre_return_id'], former?.['return_id']);
  t.equal(former?.['next_return_id'], again?.['return_id']);
  t.match(former, { return_status: CANCEL });
});

await t.test('when goods count only from their delivery, the seller has to wait for them', async (t) => {
  control.setBehaviour({ receiveFrom: 'delivery' });
  const at = await asked('RETURN_AND_REFUND');
  await approve(at, 'APPROVE_RETURN');
  control.act(at.orderId, { type: 'buyer_ships_return' });
  t.equal(await nextAction(at), undefined);
  t.equal((await approve(at, 'APPROVE_RECEIVED_PACKAGE')).code, 25011013);
  advance(160 * HOUR);
  t.equal(await statusOf(at), 'BUYER_SHIPPED_ITEM', 'nothing happens by itself on the way');
  control.act(at.orderId, { type: 'carrier_delivers_return' });
  t.equal(await nextAction(at), 'SELLER_RESPOND_RECEIVE_PACKAGE');
  t.equal((await approve(at, 'APPROVE_RECEIVED_PACKAGE')).code, 0);
});

await t.test('the reasons against a return depend on its step and market', async (t) => {
  const reasons = async (at: Asked): Promise<string[]> => {
    const query = { return_or_cancel_id: at.returnId };
    const reply = await at.shop.call('GET', '/return_refund/202309/reject_reasons', { query });
    return rows(reply.data['reasons']).map(({ name }) => textOf(name));
  };
  const us = await asked('RETURN_AND_REFUND');
  t.ok((await reasons(us)).includes('reverse_reject_request_reason_1'));
  await approve(us, 'APPROVE_RETURN');
  control.act(us.orderId, { type: 'buyer_ships_return' });
  const parcel = await reasons(us);
  t.ok(parcel.every((name) => name.startsWith('reverse_reject_return_parcel_reason_')));
  t.ok((await reasons(await asked('REFUND', 'GB'))).every((name) => name.endsWith('_uk')));
});

await t.test('sellers answer in Seller Center too', async (t) => {
  const at = await asked('RETURN_AND_REFUND');
  const { orderId } = at;
  t.throws(
    () => control.act(orderId, { type: 'seller_answers_return', decision: 'APPROVE_REFUND' }),
    /not possible/,
  );
  control.act(orderId, { type: 'seller_answers_return', decision: 'APPROVE_RETURN' });
  control.act(orderId, { type: 'buyer_ships_return' });
  control.act(orderId, {
    type: 'seller_answers_return',
    decision: 'REJECT_RECEIVED_PACKAGE',
    reason: 'Used',
  });
  t.equal(await statusOf(at), 'REJECT_RECEIVE_PACKAGE');
  t.strictSame(effectsOf(at), [
    ['return_approved', 'seller_center', 'APPROVE_RETURN'],
    ['return_rejected', 'seller_center', 'REJECT_RECEIVED_PACKAGE'],
  ]);
  const money = await asked('REFUND');
  const offer = { type: 'seller_answers_return', decision: 'OFFER_PARTIAL_REFUND' } as const;
  t.throws(() => control.act(money.orderId, { ...offer, partialRefund: 'much' }), /not an amount/);
  control.act(money.orderId, { ...offer, partialRefund: '3' });
  t.match(await money.shop.returnOf(money.orderId), { partial_refund: { amount: '3.00' } });
});

await t.test('returns are found by every documented filter, and paged', async (t) => {
  const shop = shopIn('US');
  const made: string[] = [];
  for (let count = 0; count < 12; count++) {
    const { id } = shop.sellDelivered(count === 0 ? { buyerUserId: '99' } : {});
    const returnType = count === 0 ? 'REFUND' : 'RETURN_AND_REFUND';
    control.act(id, { type: 'buyer_opens_return', returnType });
    made.push(id);
    advance(10);
  }
  const [one = '', two = ''] = made;
  const orders = async (body: object, query?: Record<string, string>): Promise<unknown[]> =>
    (await shop.returns(body, query)).map((item) => item['order_id']);
  const opened = await shop.returnOf(one);
  const created = Number(opened['create_time']);
  t.strictSame(await orders({}), made, 'oldest first');
  t.strictSame(await orders({ return_ids: [opened['return_id']] }), [one]);
  t.strictSame(await orders({ buyer_user_ids: ['99'] }), [one]);
  t.strictSame(await orders({ return_types: ['REFUND'] }), [one]);
  t.strictSame(await orders({ create_time_ge: created + 1, create_time_lt: created + 15 }), [two]);
  control.act(two, { type: 'platform_takes_over' });
  t.equal((await orders({ arbitration_status: ['IN_PROGRESS'] })).length, 0);
  const offer = { decision: 'OFFER_PARTIAL_REFUND', partial_refund: { currency: 'USD', amount: '1' } };
  await shop.post(`returns/${textOf(opened['return_id'])}/approve`, offer);
  t.strictSame(await orders({ seller_proposed_return_type: ['PARTIAL_REFUND'] }), [one]);
  t.strictSame(await orders({ return_status: ['AWAITING_BUYER_RESPONSE'] }), [one]);
  t.strictSame(
    (await orders({}, { sort_field: 'update_time', sort_order: 'DESC', page_size: '10' })).slice(0, 2),
    [two, one],
  );
  const page = await shop.post('returns/search', {});
  t.strictSame([rows(page.data['return_orders']).length, page.data['total_count']], [10, 12]);
  const rest = await orders({}, { page_token: textOf(page.data['next_page_token']) });
  t.strictSame(rest, made.slice(10));
  for (const [page_size, code] of [
    ['10', 0],
    ['50', 0],
    ['9', 98001004],
    ['51', 98001004],
  ] as const)
    t.equal((await shop.post('returns/search', {}, { page_size })).code, code, page_size);
  t.equal((await shop.post('returns/search', { return_status: ['RETURN_OR_REFUND_CANCEL'] })).code, 36009004);
});

await t.test("another shop's return cannot be read or answered", async (t) => {
  const at = await asked('REFUND');
  const other = { ...at, shop: shopIn('US') };
  t.strictSame(await other.shop.returns({ return_ids: [at.returnId] }), []);
  t.equal((await approve(other, 'APPROVE_REFUND')).code, 25020005);
  t.equal((await reject(other, 'REJECT_REFUND', 'reverse_reject_request_reason_1')).code, 25020005);
  const records = `/return_refund/202309/returns/${at.returnId}/records`;
  t.equal((await other.shop.call('GET', records)).code, 25020005);
  t.equal((await approve({ ...at, returnId: '1' }, 'APPROVE_REFUND')).code, 25007006);
});

await t.test('what may be asked for is told per piece, and why not', async (t) => {
  const shop = shopIn('US');
  const { id, blue, red } = shop.sell();
  const eligible = async (user?: string): Promise<Map<string, unknown[]>> => {
    const query = user === undefined ? {} : { initiate_aftersale_user: user };
    const path = `/return_refund/202309/orders/${id}/aftersale_eligibility`;
    const reply = await shop.call('GET', path, { query });
    const shape = parseShape(documentedShapes.eligibility);
    t.strictSame(violations(shape, reply.data), []);
    t.strictSame(neverSeen(shape, [reply.data]), []);
    const lines = rows(reply.data['sku_eligibility']).flatMap((sku) => rows(sku['line_item_eligibility']));
    const found = new Map<string, unknown[]>();
    for (const line of lines.filter((row) => row['eligible'] === true)) {
      const type = textOf(line['request_type']);
      found.set(type, [...(found.get(type) ?? []), ...(line['order_line_items_ids'] as unknown[])]);
    }
    return found;
  };
  t.strictSame([...(await eligible())], [['CANCEL', [...red, blue]]]);
  control.act(id, { type: 'seller_cancel', unitIds: [blue] });
  control.act(id, { type: 'seller_ship' });
  t.strictSame([...(await eligible('BUYER')).keys()], ['RETURN']);
  t.strictSame((await eligible('SELLER')).get('CANCEL'), red, 'US sellers until the carrier has it');
  control.act(id, { type: 'carrier_deliver' });
  control.act(id, { type: 'buyer_opens_return', unitIds: red.slice(0, 1) });
  t.strictSame(
    [...(await eligible('BUYER'))],
    [
      ['RETURN', red.slice(1)],
      ['RETURN_AND_REFUND', red.slice(1)],
    ],
  );
});

await t.test('a seller creates a return, and asks first what it would cost', async (t) => {
  const shop = shopIn('US');
  const { id, red } = shop.sellDelivered();
  const order_line_item_ids = red;
  const reason = 'ecom_order_delivered_refund_and_return_reason_wrong_product_seller';
  const preview = await shop.post('refunds/calculate', {
    order_id: id,
    request_type: 'REFUND',
    reason_name: reason,
    order_line_item_ids,
  });
  t.strictSame(violations(parseShape(documentedShapes.calculateRefund), preview.data), []);
  t.strictSame(neverSeen(parseShape(documentedShapes.calculateRefund), [preview.data]), []);
  t.match(preview.data, { order_refund_amount: { refund_subtotal: '20.00', refund_total: '21.66' } });
  const create = (more: object, query = {}): Promise<Reply> =>
    shop.post(
      'returns',
      { order_id: id, order_line_item_ids, return_reason: reason, return_type: 'REFUND', ...more },
      query,
    );
  t.equal((await create({ refund_total: '30', currency: 'USD' })).code, 25005005);
  t.equal((await create({ return_reason: 'because' })).code, 25001014);
  t.equal((await create({ return_type: 'ALL' })).code, 36009004);
  const key = { idempotency_key: 'c' };
  const made = await create({ refund_total: '20.01', currency: 'USD' }, key);
  t.strictSame(violations(parseShape(documentedShapes.createReturn), made.data), []);
  t.strictSame([made.code, made.data['return_status']], [0, SUCCESS]);
  t.strictSame((await create({ refund_total: '20.01', currency: 'USD' }, key)).data, made.data);
  t.equal((await create({})).code, 25001011, 'once per piece');
  t.match(await shop.returnOf(id), { role: 'SELLER', refund_amount: { refund_total: '20.01' } });
  t.match(control.effects({ order: id, kind: 'return_created' }), [{ via: 'api', idempotencyKey: 'c' }]);
  t.equal(control.effects({ order: id, kind: 'return_created' }).length, 1);
  const goods = shop.sellDelivered();
  const body = { order_id: goods.id, return_reason: reason, return_type: 'RETURN_AND_REFUND' };
  t.equal((await shop.post('returns', body)).data['return_status'], 'AWAITING_BUYER_SHIP');
  t.equal((await shop.post('returns', { ...body, order_id: shop.sell().id })).code, 25001003);
});

await t.test('returns and their deadlines survive a restart', async (t) => {
  const stateFile = join(t.testdir({}), 'state.json');
  const one = await startSimulator({ stateFile, fast: true });
  const demo = first(one.control.returns());
  t.match(demo, { return_status: PENDING, order_id: /^\d+$/ });
  await one.close();
  const two = await startSimulator({ stateFile, fast: true });
  t.strictSame(first(two.control.returns()), demo);
  two.control.setClock({ advanceSeconds: 48 * HOUR });
  t.equal(first(two.control.returns())['return_status'], 'AWAITING_BUYER_SHIP');
  await two.close();
});

await t.test('many cancellations and returns are made at once', async (t) => {
  const shop = shopIn('US');
  const input = { count: 60, cancelRequests: 20, cancelled: 15, returnRequests: 10 };
  control.generate(shop.shopId, input);
  t.equal((await shop.cancellations({ cancel_types: ['BUYER_CANCEL'] })).length, 20);
  t.equal((await shop.cancellations({ cancel_types: ['CANCEL'] })).length, 15);
  t.equal((await shop.returns()).length, 10);
  t.equal(control.cancellations({ shop: shop.shopId }).length, 35);
  t.equal(control.orders({ shop: shop.shopId, status: 'AWAITING_SHIPMENT' }).length, 35);
  t.throws(() => control.generate(shop.shopId, { ...input, count: 10 }), /more cancellations/);
});

await t.test('the demo has a request to cancel and a return that wait for the seller', async (t) => {
  const own = await startSimulator({ fast: true });
  t.teardown(() => own.close());
  const us = clientFor(own, 'Harbor Goods');
  const search = async (what: string): Promise<Json> =>
    (await us.call('POST', `/return_refund/202309/${what}/search`, { body: {} })).data;
  const pending = rows((await search('cancellations'))['cancellations']).filter(
    (item) => item['cancel_type'] === 'BUYER_CANCEL',
  );
  t.match(pending, [{ cancel_status: 'CANCELLATION_REQUEST_PENDING' }]);
  t.match(await us.order(textOf(pending[0]?.['order_id'])), {
    status: 'AWAITING_SHIPMENT',
    is_buyer_request_cancel: true,
  });
  const [wanted] = rows((await search('returns'))['return_orders']);
  t.match(wanted, { return_type: 'RETURN_AND_REFUND', return_status: PENDING });
  t.equal((await us.order(textOf(wanted?.['order_id'])))['status'], 'DELIVERED');
  t.strictSame(own.control.effects(), [], 'what was there before is no effect');
});

await t.test('answers about returns can be bent as all others', async (t) => {
  t.teardown(() => control.clearFaults());
  const at = await asked('REFUND');
  const match = { path: '/return_refund/' };
  control.addFault({ kind: 'ids_as_numbers', times: 1, match });
  const numbers = (await at.shop.post('returns/search', {})).text;
  t.match(
    numbers,
    new RegExp(`"return_id":${at.returnId},"order_id":${at.orderId},`),
    'every digit is there',
  );
  control.addFault({ kind: 'unknown_fields', times: 1, match });
  t.ok('field_of_tomorrow' in (await at.shop.returnOf(at.orderId)));
  control.addFault({ kind: 'unknown_enum', field: 'return_status', value: 'IN_ORBIT', times: 1, match });
  t.equal(await statusOf(at), 'IN_ORBIT');
  control.addFault({
    kind: 'act',
    when: 'before',
    orderId: at.orderId,
    act: { type: 'buyer_withdraws_return' },
    times: 1,
    match,
  });
  t.equal((await approve(at, 'APPROVE_REFUND')).code, 25020009, 'the buyer was quicker');
});

await t.test('a second page is bound to its query, and may be the first one again', async (t) => {
  t.teardown(() => control.clearFaults());
  const shop = shopIn('US');
  control.generate(shop.shopId, { count: 25, returnRequests: 25 });
  const page = async (page_token = ''): Promise<[ids: unknown[], next: string]> => {
    const query = { page_size: '10', ...(page_token === '' ? {} : { page_token }) };
    const { data } = await shop.post('returns/search', {}, query);
    return [rows(data['return_orders']).map((item) => item['return_id']), textOf(data['next_page_token'])];
  };
  control.addFault({ kind: 'duplicate_page', times: 1, match: { path: '/return_refund/' } });
  const [one, again] = await page();
  const [same, second] = await page(again);
  t.strictSame(same, one);
  const [two, third] = await page(second);
  const [three, end] = await page(third);
  t.equal(new Set([...one, ...two, ...three]).size, 25);
  t.equal(end, '');
  const wrong = await shop.post('returns/search', {}, { page_size: '11', page_token: second });
  t.equal(wrong.code, 36009004);
  const elsewhere = await shop.post('cancellations/search', {}, { page_size: '10', page_token: second });
  t.equal(elsewhere.code, 36009004, 'a token of another list');
});
