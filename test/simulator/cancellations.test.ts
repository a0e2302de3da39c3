import { join } from 'node:path';

import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { openAftersalesShop, type AftersalesShop } from './support/aftersales-world.js';
import { documentedShapes } from './support/documented-shapes.js';
import { clientFor, first, ids, rows, textOf, type Json } from './support/mini-client.js';
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
const PENDING = 'CANCELLATION_REQUEST_PENDING';
const SUCCESS = 'CANCELLATION_REQUEST_SUCCESS';
const COMPLETE = 'CANCELLATION_REQUEST_COMPLETE';
const CANCELLED = 'CANCELLATION_REQUEST_CANCEL';
const outOfStock = 'seller_cancel_reason_out_of_stock';

const shopIn = (region: string): AftersalesShop => openAftersalesShop(simulator, region);
const advance = (seconds: number): unknown => control.setClock({ advanceSeconds: seconds });
const effectsOf = (order: string): [string, string][] =>
  control.effects({ order }).map(({ kind, via }) => [kind, via]);
const unitsIn = (item: Json): unknown[] =>
  rows(item['cancel_line_items']).map((line) => line['order_line_item_id']);
const lineStatus = async (shop: AftersalesShop, id: string): Promise<unknown[]> =>
  rows((await shop.order(id))['line_items']).map((line) => line['display_status']);

await t.test('cancellations have the documented fields with the documented types', async (t) => {
  const shape = parseShape(documentedShapes.searchCancellations);
  const seen: unknown[] = [];
  for (const region of ['US', 'ID']) {
    const shop = shopIn(region);
    const answer = await shop.cancel(shop.sell().id, outOfStock);
    t.strictSame(violations(parseShape(documentedShapes.cancelOrder), answer.data), []);
    t.strictSame(neverSeen(parseShape(documentedShapes.cancelOrder), [answer.data]), []);
    control.act(shop.sell().id, { type: 'buyer_cancel' });
    const reply = await shop.post('cancellations/search', {});
    t.strictSame(violations(shape, reply.data), []);
    seen.push(reply.data);
  }
  t.strictSame(neverSeen(shape, seen), []);
});

await t.test('a seller cancels a whole order: units, order and cancellation agree', async (t) => {
  const shop = shopIn('US');
  const { id, units } = shop.sell();
  const reply = await shop.cancel(id, outOfStock);
  t.strictSame([reply.code, reply.data['cancel_status']], [0, SUCCESS]);
  const order = await shop.order(id);
  t.match(order, {
    status: 'CANCELLED',
    cancel_reason: 'Out of stock',
    cancellation_initiator: 'SELLER',
    cancel_time: order['update_time'],
    line_items: units.map((unit) => ({ id: unit, display_status: 'CANCELLED', cancel_user: 'SELLER' })),
  });
  const item = await shop.cancellationOf(id);
  t.match(item, {
    cancel_id: reply.data['cancel_id'],
    order_id: id,
    cancel_type: 'CANCEL',
    cancel_status: SUCCESS,
    role: 'SELLER',
    cancel_reason: outOfStock,
    cancel_reason_text: 'Out of stock',
  });
  t.strictSame(unitsIn(item), units);
  t.equal(new Set(rows(item['cancel_line_items']).map((line) => line['cancel_line_item_id'])).size, 3);
  t.notOk('seller_next_action_response' in item);
  t.match(control.effects({ order: id }), [
    { kind: 'cancelled', via: 'api', caseId: item['cancel_id'], unitIds: units },
  ]);
  t.equal((await shop.cancel(id, outOfStock)).code, 25001051, 'cancelled already');
  t.equal(control.effects({ order: id }).length, 1);

  control.setClock({ advanceSeconds: behaviour.refundSec });
  const done = await shop.cancellationOf(id);
  t.equal(done['cancel_status'], COMPLETE, 'the money is back');
  t.equal(done['update_time'], Number(item['update_time']) + behaviour.refundSec);
});

await t.test('refunds add up: pieces make the cancellation, and the whole order what was paid', async (t) => {
  const amounts = (value: unknown): number[] => {
    const amount = value as Json;
    return ['refund_total', 'refund_subtotal', 'refund_shipping_fee', 'refund_tax'].map((name) =>
      Math.round(Number(amount[name]) * 100),
    );
  };
  for (const region of ['US', 'GB', 'ID']) {
    const shop = shopIn(region);
    const { id } = shop.sell();
    await shop.cancel(id, region === 'GB' ? `${outOfStock}_uk` : outOfStock);
    const item = await shop.cancellationOf(id);
    const whole = amounts(item['refund_amount']);
    const parts = rows(item['cancel_line_items']).map((line) => amounts(line['refund_amount']));
    t.strictSame(
      whole.map((_, index) => parts.reduce((sum, part) => sum + (part[index] ?? 0), 0)),
      whole,
      region,
    );
    const [total, ...rest] = whole;
    t.equal(
      rest.reduce((sum, part) => sum + part, 0),
      total,
    );
    const payment = (await shop.order(id))['payment'] as Json;
    t.equal((item['refund_amount'] as Json)['refund_total'], payment['total_amount'], region);
  }
  const us = shopIn('US');
  const unpaid = us.sell({ paidMinutesAgo: null });
  control.act(unpaid.id, { type: 'buyer_cancel' });
  const refund = (await us.cancellationOf(unpaid.id))['refund_amount'];
  t.match(refund, { refund_total: '0.00' }, 'nothing was paid');
});

await t.test('a part can be cancelled in US and UK only, and only for want of stock', async (t) => {
  const us = shopIn('US');
  const { id, red, blue } = us.sell();
  const part = { order_line_item_ids: [blue] };
  const otherReason = 'seller_cancel_reason_wrong_price';
  t.equal((await us.cancel(id, otherReason, part)).code, 25005010);
  t.equal((await us.cancel(id, outOfStock, part)).code, 0);
  t.strictSame(await lineStatus(us, id), ['AWAITING_SHIPMENT', 'AWAITING_SHIPMENT', 'CANCELLED']);
  t.match(await us.order(id), { status: 'AWAITING_SHIPMENT', cancel_reason: undefined });
  t.equal((await us.cancel(id, outOfStock, part)).code, 25001011, 'this piece is cancelled');
  const sku = rows((await us.order(id))['line_items'])[0]?.['sku_id'];
  t.equal((await us.cancel(id, outOfStock, { skus: [{ sku_id: sku, quantity: 3 }] })).code, 25001011);
  const both = { skus: [{ sku_id: sku, quantity: 1 }], order_line_item_ids: [red[1]] };
  t.equal((await us.cancel(id, outOfStock, both)).code, 0, 'as in the sample of the documentation');
  t.equal((await us.cancel(id, otherReason)).code, 0, 'the rest is the whole of what is left');
  t.equal((await us.order(id))['status'], 'CANCELLED');
  const cancelled = (await us.cancellations({ order_ids: [id] })).map(unitsIn);
  t.strictSame(cancelled, [[blue], [red[1]], [red[0]]]);

  const uk = shopIn('GB');
  t.equal((await uk.cancel(uk.sell().id, `${outOfStock}_uk`, { skus: [] })).code, 0);
  const inUk = uk.sell();
  t.equal((await uk.cancel(inUk.id, `${outOfStock}_uk`, { order_line_item_ids: inUk.red })).code, 0);
  for (const region of ['ID', 'DE', 'MX', 'JP']) {
    const shop = shopIn(region);
    const sold = shop.sell();
    t.equal((await shop.cancel(sold.id, outOfStock, { order_line_item_ids: sold.red })).code, 25005010);
  }
});

await t.test('who names what does not fit is told so, and nothing happens', async (t) => {
  const us = shopIn('US');
  const other = shopIn('US');
  const { id, blue, red } = us.sell();
  const sku = rows((await us.order(id))['line_items'])[0]?.['sku_id'];
  const unpaid = us.sell({ paidMinutesAgo: null }).id;
  const cases: [name: string, body: object, code: number][] = [
    ['unknown order', { order_id: '1', cancel_reason: outOfStock }, 25007006],
    ["another shop's order", { order_id: other.sell().id, cancel_reason: outOfStock }, 25020005],
    ['unknown reason', { order_id: id, cancel_reason: 'because' }, 25001014],
    [
      "a buyer's reason",
      { order_id: id, cancel_reason: 'ecom_order_to_ship_canceled_reason_better_price' },
      25001015,
    ],
    [
      'a reason for unpaid orders',
      { order_id: id, cancel_reason: 'seller_cancel_unpaid_reason_out_of_stock' },
      25001021,
    ],
    ['the reason of another market', { order_id: id, cancel_reason: `${outOfStock}_uk` }, 25001021],
    ['unpaid', { order_id: unpaid, cancel_reason: 'seller_cancel_unpaid_reason_out_of_stock' }, 25001003],
    ['unknown unit', { order_id: id, cancel_reason: outOfStock, order_line_item_ids: ['1'] }, 25001001],
    [
      'unknown SKU',
      { order_id: id, cancel_reason: outOfStock, skus: [{ sku_id: '1', quantity: 1 }] },
      25001001,
    ],
    [
      'units and SKUs that disagree',
      {
        order_id: id,
        cancel_reason: outOfStock,
        skus: [{ sku_id: sku, quantity: 1 }],
        order_line_item_ids: [blue],
      },
      25001001,
    ],
    ['no reason', { order_id: id }, 36009004],
    ['a number for an id', { order_id: 1, cancel_reason: outOfStock }, 36009004],
    [
      'no quantity',
      { order_id: id, cancel_reason: outOfStock, skus: [{ sku_id: sku, quantity: 0 }] },
      36009004,
    ],
  ];
  for (const [name, body, code] of cases) t.equal((await us.post('cancellations', body)).code, code, name);
  t.strictSame(control.effects({ order: id }), []);
  t.strictSame(await us.cancellations({ order_ids: [id] }), []);
  t.equal((await us.order(id))['status'], 'AWAITING_SHIPMENT');
  t.equal(red.length, 2);
});

await t.test('each market has its own reasons', async (t) => {
  const fit: [region: string, reason: string, code: number][] = [
    ['MX', 'seller_cancel_reason_wrong_price', 25001021],
    ['MX', 'seller_cancel_paid_reason_buyer_requested_cancellation', 0],
    ['SG', 'seller_cancel_paid_reason_address_not_deliver', 25001021],
    ['SG', 'seller_cancel_unable_to_deliver_to_buyer_address', 25001021],
    ['ID', 'seller_cancel_paid_reason_address_not_deliver', 25001021],
    ['MX', 'seller_cancel_paid_reason_address_not_deliver', 0],
    ['ID', 'seller_cancel_paid_reason_buyer_requested_cancellation', 25001021],
    ['JP', 'seller_cancel_order_reason_potential_fraud', 0],
    ['US', 'seller_cancel_order_reason_potential_fraud', 25001021],
    ['DE', 'seller_cancel_paid_reason_address_not_deliver', 0],
    ['GB', 'seller_cancel_paid_reason_address_not_deliver_uk', 0],
    ['GB', 'seller_cancel_paid_reason_address_not_deliver', 25001021],
  ];
  for (const [region, reason, code] of fit) {
    const shop = shopIn(region);
    t.equal((await shop.cancel(shop.sell().id, reason)).code, code, `${region} ${reason}`);
  }
  control.setBehaviour({ sellerCancelUnpaid: 'allowed' });
  const us = shopIn('US');
  const { id } = us.sell({ paidMinutesAgo: null });
  t.equal((await us.cancel(id, outOfStock)).code, 25001021);
  t.equal((await us.cancel(id, 'seller_cancel_unpaid_reason_out_of_stock')).code, 0);
});

await t.test('a seller may cancel until shipping, in the US until the carrier has the goods', async (t) => {
  for (const [region, whenShipped] of [
    ['US', 0],
    ['ID', 25001045],
    ['GB', 25001045],
  ] as const) {
    const shop = shopIn(region);
    const reason = region === 'GB' ? `${outOfStock}_uk` : outOfStock;
    const held = shop.sell({ paidMinutesAgo: 10 });
    t.equal((await shop.cancel(held.id, reason)).code, 0, `${region}: in the first hour`);
    const shipped = shop.sell();
    control.act(shipped.id, { type: 'seller_ship' });
    t.equal((await shop.cancel(shipped.id, reason)).code, whenShipped, `${region}: shipped`);
    const collected = shop.sell();
    control.act(collected.id, { type: 'seller_ship' });
    control.act(collected.id, { type: 'carrier_collect' });
    t.equal((await shop.cancel(collected.id, reason)).code, 25001045, `${region}: on its way`);
    control.act(collected.id, { type: 'carrier_deliver' });
    control.act(collected.id, { type: 'complete' });
    t.equal((await shop.cancel(collected.id, reason)).code, 25001051, `${region}: completed`);
  }
  const us = shopIn('US');
  const { id, blue } = us.sell();
  await us.markShipped(id, 'PART', [blue]);
  t.equal((await us.cancel(id, outOfStock)).code, 0, 'shipped in part');
  const [pack] = ids((await us.order(id))['packages']);
  const detail = await us.call('GET', `/fulfillment/202309/packages/${pack ?? ''}`);
  t.equal(detail.data['package_status'], 'CANCELLED');
});

await t.test('a buyer cancels at once in the first hour, and has to ask afterwards', async (t) => {
  const cases: [region: string, extra: object, type: string, status: string][] = [
    ['US', { paidMinutesAgo: null }, 'CANCEL', SUCCESS],
    ['US', { paidMinutesAgo: 10 }, 'CANCEL', SUCCESS],
    ['US', {}, 'BUYER_CANCEL', PENDING],
    ['ID', { paidMinutesAgo: 10 }, 'CANCEL', SUCCESS],
    ['ID', {}, 'BUYER_CANCEL', PENDING],
  ];
  for (const [region, extra, type, status] of cases) {
    const shop = shopIn(region);
    const { id } = shop.sell(extra);
    control.act(id, { type: 'buyer_cancel' });
    const label = `${region} ${JSON.stringify(extra)}`;
    t.match(
      await shop.cancellationOf(id),
      {
        cancel_type: type,
        cancel_status: status,
        role: 'BUYER',
        cancel_reason: 'ecom_order_to_ship_canceled_reason_no_longer_needed',
        cancel_reason_text: 'No longer needed',
      },
      label,
    );
    const asked = status === PENDING;
    const order = await shop.order(id);
    t.strictSame([order['is_buyer_request_cancel'], order['status'] === 'CANCELLED'], [asked, !asked], label);
    if (!asked) t.equal(order['cancellation_initiator'], 'BUYER');
  }
  const shop = shopIn('US');
  const shipped = shop.sell();
  control.act(shipped.id, { type: 'seller_ship' });
  t.throws(() => control.act(shipped.id, { type: 'buyer_cancel' }), /not possible/);
  const asked = shop.sell();
  control.act(asked.id, { type: 'buyer_cancel' });
  t.throws(() => control.act(asked.id, { type: 'buyer_cancel' }), /not possible/, 'asked already');
});

await t.test('an approved request cancels what it asks for, exactly once per key', async (t) => {
  const us = shopIn('US');
  const { id, units } = us.sell();
  control.act(id, { type: 'buyer_cancel', reason: 'Better price available' });
  const request = await us.cancellationOf(id);
  const before = await us.order(id);
  t.equal(before['request_cancel_time'], request['create_time']);
  const [action] = rows(request['seller_next_action_response']);
  t.strictSame(action, {
    action: 'SELLER_RESPOND_CANCEL',
    deadline: Number(request['create_time']) + 48 * HOUR,
  });
  advance(60);
  const path = `cancellations/${textOf(request['cancel_id'])}/approve`;
  for (const attempt of [1, 2]) {
    const reply = await us.post(path, undefined, { idempotency_key: 'once' });
    t.strictSame([reply.code, reply.data], [0, {}], `attempt ${attempt}`);
  }
  t.equal((await us.post(path)).code, 25020010, 'without the key it has been approved already');
  t.equal((await us.post(path, {}, { idempotency_key: 'another' })).code, 25020010);
  t.match(control.effects({ order: id }), [
    {
      kind: 'cancel_approved',
      via: 'api',
      caseId: request['cancel_id'],
      idempotencyKey: 'once',
      unitIds: units,
    },
  ]);
  t.equal(control.effects({ order: id }).length, 1);
  const order = await us.order(id);
  t.match(order, {
    status: 'CANCELLED',
    is_buyer_request_cancel: false,
    cancellation_initiator: 'BUYER',
    cancel_reason: 'Better price available',
    update_time: Number(before['update_time']) + 60,
  });
  t.equal((await us.cancellationOf(id))['cancel_status'], SUCCESS);
  control.act(id, { type: 'refund_completes' });
  t.equal((await us.cancellationOf(id))['cancel_status'], COMPLETE);
});

await t.test('a request that nobody answers is granted after 48 hours, stamped with that time', async (t) => {
  const us = shopIn('US');
  const { id } = us.sell();
  control.act(id, { type: 'buyer_cancel' });
  const asked = Number((await us.cancellationOf(id))['create_time']);
  advance(48 * HOUR - 2);
  t.equal((await us.cancellationOf(id))['cancel_status'], PENDING);
  advance(72 * HOUR);
  t.match(await us.cancellationOf(id), {
    cancel_status: COMPLETE,
    update_time: asked + 48 * HOUR + behaviour.refundSec,
  });
  t.match(await us.order(id), { status: 'CANCELLED', cancel_time: asked + 48 * HOUR });
  t.strictSame(effectsOf(id), [['cancel_approved', 'platform']]);

  control.setBehaviour({ cancelAnswerSec: 24 * HOUR });
  const quick = us.sell();
  control.act(quick.id, { type: 'buyer_cancel' });
  advance(24 * HOUR);
  t.equal((await us.order(quick.id))['status'], 'CANCELLED', 'some documents say 24 hours');
});

await t.test('a request may cover some units; then the rest of the order lives on', async (t) => {
  const uk = shopIn('GB');
  const { id, blue } = uk.sell();
  control.act(id, { type: 'buyer_cancel', unitIds: [blue] });
  const request = await uk.cancellationOf(id);
  t.strictSame(unitsIn(request), [blue]);
  t.equal((await uk.post(`cancellations/${textOf(request['cancel_id'])}/approve`)).code, 0);
  t.strictSame(await lineStatus(uk, id), ['AWAITING_SHIPMENT', 'AWAITING_SHIPMENT', 'CANCELLED']);
  t.equal((await uk.markShipped(id, 'REST')).code, 0);
  t.equal((await uk.order(id))['status'], 'AWAITING_COLLECTION');
});

await t.test('a rejected request leaves the order as it was, and the buyer may ask again', async (t) => {
  const uk = shopIn('GB');
  const { id } = uk.sell();
  control.act(id, { type: 'buyer_cancel' });
  const request = textOf((await uk.cancellationOf(id))['cancel_id']);
  const reasons = await uk.call('GET', '/return_refund/202309/reject_reasons', {
    query: { return_or_cancel_id: request, locale: 'en-GB' },
  });
  t.strictSame(violations(parseShape(documentedShapes.rejectReasons), reasons.data), []);
  t.strictSame(neverSeen(parseShape(documentedShapes.rejectReasons), [reasons.data]), []);
  t.ok(rows(reasons.data['reasons']).every(({ name }) => textOf(name).endsWith('_uk')));
  const reject = (reject_reason: string, query = {}): Promise<{ code: number }> =>
    uk.post(`cancellations/${request}/reject`, { reject_reason, comment: 'packed', images: [] }, query);
  t.equal((await reject('nonsense')).code, 25001014);
  t.equal((await reject('reverse_reject_request_reason_1')).code, 25001057);
  const good = textOf(rows(reasons.data['reasons'])[0]?.['name']);
  const key = { idempotency_key: 'r' };
  t.strictSame([(await reject(good, key)).code, (await reject(good, key)).code], [0, 0]);
  t.equal((await reject(good)).code, 25011011);
  t.equal((await uk.post(`cancellations/${request}/approve`)).code, 25020009);
  t.strictSame(effectsOf(id), [['cancel_rejected', 'api']]);
  t.match(await uk.order(id), { status: 'AWAITING_SHIPMENT', is_buyer_request_cancel: false });
  t.equal((await uk.cancellationOf(id))['cancel_status'], CANCELLED);
  control.act(id, { type: 'buyer_cancel' });
  t.strictSame(
    (await uk.cancellations({ order_ids: [id] })).map((item) => item['cancel_status']),
    [CANCELLED, PENDING],
  );
  control.setBehaviour({ usRejectCancel: 'refused' });
  const us = shopIn('US');
  const asked = us.sell();
  control.act(asked.id, { type: 'buyer_cancel' });
  const path = `cancellations/${textOf((await us.cancellationOf(asked.id))['cancel_id'])}/reject`;
  const body = { reject_reason: 'seller_reject_apply_product_has_been_packed' };
  t.equal((await us.post(path, body)).code, 25011011, 'TikTok asks US apps not to call it any more');
});

await t.test('a withdrawn request cannot be answered any more', async (t) => {
  const us = shopIn('US');
  const { id } = us.sell();
  control.act(id, { type: 'buyer_cancel' });
  const request = textOf((await us.cancellationOf(id))['cancel_id']);
  control.act(id, { type: 'buyer_withdraws_cancel' });
  t.equal((await us.post(`cancellations/${request}/approve`)).code, 25020009);
  t.match(await us.order(id), { status: 'AWAITING_SHIPMENT', is_buyer_request_cancel: false });
  advance(60 * HOUR);
  t.equal((await us.order(id))['status'], 'AWAITING_SHIPMENT', 'its deadline does not count');
});

await t.test('the two spellings of a cancellation that came to nothing', async (t) => {
  const us = shopIn('US');
  const { id } = us.sell();
  control.act(id, { type: 'buyer_cancel' });
  control.act(id, { type: 'buyer_withdraws_cancel' });
  const find = (status: string): Promise<{ code: number; data: Json }> =>
    us.post('cancellations/search', { cancel_status: [status] });
  t.equal((await find(CANCELLED)).data['total_count'], 1);
  t.equal((await find('CANCELLATION_REQUEST_CANCELLED')).code, 36009004, 'the filter knows one of them');
  control.setBehaviour({ cancelledSpelling: 'CANCELLATION_REQUEST_CANCELLED' });
  const found = await find(CANCELLED);
  t.match(found.data['cancellations'], [{ cancel_status: 'CANCELLATION_REQUEST_CANCELLED' }]);
});

await t.test('shipping rejects an open request in the US; elsewhere it is in the way', async (t) => {
  const us = shopIn('US');
  const { id } = us.sell();
  control.act(id, { type: 'buyer_cancel' });
  const request = textOf((await us.cancellationOf(id))['cancel_id']);
  t.equal((await us.markShipped(id, 'ANYWAY')).code, 0);
  t.equal((await us.cancellationOf(id))['cancel_status'], CANCELLED);
  t.equal((await us.post(`cancellations/${request}/approve`)).code, 25001045);
  t.strictSame(effectsOf(id), [['shipped', 'api']]);
  advance(60 * HOUR);
  t.equal((await us.order(id))['status'], 'AWAITING_COLLECTION');

  const uk = shopIn('GB');
  const blocked = uk.sell();
  control.act(blocked.id, { type: 'buyer_cancel' });
  t.equal((await uk.markShipped(blocked.id, 'NO')).code, 21008044);
  t.equal((await uk.cancellationOf(blocked.id))['cancel_status'], PENDING);
});

await t.test('a seller who cancels while a request waits: refused, or it is overtaken', async (t) => {
  const us = shopIn('US');
  const { id } = us.sell();
  control.act(id, { type: 'buyer_cancel' });
  t.equal((await us.cancel(id, outOfStock)).code, 25001011);
  control.setBehaviour({ sellerCancelMeetsRequest: 'overtakes' });
  t.equal((await us.cancel(id, outOfStock)).code, 0);
  t.strictSame(
    (await us.cancellations({ order_ids: [id] })).map((item) => [item['cancel_type'], item['cancel_status']]),
    [
      ['BUYER_CANCEL', CANCELLED],
      ['CANCEL', SUCCESS],
    ],
  );
  t.match(await us.order(id), { cancellation_initiator: 'SELLER', is_buyer_request_cancel: false });
});

await t.test('the hold may end while a request waits', async (t) => {
  const us = shopIn('US');
  const { id } = us.sell({ paidMinutesAgo: 50 });
  control.act(id, { type: 'buyer_cancel', atOnce: false });
  t.match(await us.order(id), { status: 'ON_HOLD', is_buyer_request_cancel: true });
  advance(11 * 60);
  t.match(await us.order(id), { status: 'AWAITING_SHIPMENT', is_buyer_request_cancel: true });
  advance(48 * HOUR);
  t.equal((await us.order(id))['status'], 'CANCELLED');
});

await t.test('platform, staff and sellers in Seller Center cancel whole orders and pieces', async (t) => {
  const us = shopIn('US');
  const cases = [
    ['system_cancel', 'SYSTEM', 'SYSTEM', 'SYSTEM', 'platform'],
    ['operator_cancel', 'SYSTEM', 'OPERATOR', 'SYSTEM', 'platform'],
    ['seller_cancel', 'SELLER', 'SELLER', 'SELLER', 'seller_center'],
  ] as const;
  for (const [type, role, cancel_user, cancellation_initiator, via] of cases) {
    const { id, red, blue } = us.sell();
    control.act(id, { type, unitIds: [blue] });
    t.match(await us.cancellationOf(id), { role, cancel_type: 'CANCEL' }, type);
    t.match(rows((await us.order(id))['line_items'])[2], { display_status: 'CANCELLED', cancel_user });
    control.act(id, { type, unitIds: red });
    t.match(await us.order(id), { status: 'CANCELLED', cancellation_initiator });
    const twice = ['cancelled', via];
    t.strictSame(effectsOf(id), [twice, twice]);
  }
  const { id } = us.sell();
  control.act(id, { type: 'system_cancel' });
  t.match(await us.cancellationOf(id), {
    cancel_reason: 'platform_cancel',
    cancel_reason_text: 'Order cancelled by system',
  });
  const asked = us.sell();
  control.act(asked.id, { type: 'buyer_cancel' });
  control.act(asked.id, { type: 'seller_approves_cancel' });
  t.strictSame(effectsOf(asked.id), [['cancel_approved', 'seller_center']]);
  const rejected = us.sell();
  control.act(rejected.id, { type: 'buyer_cancel' });
  control.act(rejected.id, { type: 'seller_rejects_cancel' });
  t.strictSame(effectsOf(rejected.id), [['cancel_rejected', 'seller_center']]);
});

await t.test('cancellations are found by every documented filter, and paged', async (t) => {
  const us = shopIn('US');
  const one = us.sell({ buyerUserId: '77' });
  control.act(one.id, { type: 'buyer_cancel' });
  const made = [one.id];
  for (let count = 0; count < 12; count++) {
    advance(10);
    const { id } = us.sell();
    control.act(id, { type: 'system_cancel' });
    made.push(id);
  }
  const orders = async (body: object, query?: Record<string, string>): Promise<unknown[]> =>
    (await us.cancellations(body, query)).map((item) => item['order_id']);
  const request = await us.cancellationOf(one.id);
  const created = Number(request['create_time']);
  t.strictSame(await orders({}), made, 'oldest first');
  t.strictSame(await orders({}, { sort_order: 'DESC', page_size: '1' }), made.slice(-1));
  t.strictSame(await orders({ cancel_ids: [request['cancel_id']] }), [one.id]);
  t.strictSame(await orders({ order_ids: made.slice(1, 3) }), made.slice(1, 3));
  t.strictSame(await orders({ buyer_user_ids: ['77'], locale: 'en-US' }), [one.id]);
  t.strictSame(await orders({ cancel_types: ['BUYER_CANCEL'] }), [one.id]);
  t.strictSame(await orders({ cancel_status: [PENDING] }), [one.id]);
  t.strictSame(
    await orders({ create_time_ge: created + 10, create_time_lt: created + 30 }),
    made.slice(1, 3),
  );
  control.act(one.id, { type: 'buyer_withdraws_cancel' });
  t.strictSame(await orders({ update_time_ge: created + 115 }), [one.id, made[12]]);
  t.strictSame(
    (await orders({}, { sort_field: 'update_time', page_size: '50' })).at(-1),
    made[12],
    'the same second: in the order of creation',
  );
  const first = await us.post('cancellations/search', {});
  t.strictSame(
    [rows(first.data['cancellations']).length, first.data['total_count']],
    [10, 13],
    'ten by default',
  );
  const token = textOf(first.data['next_page_token']);
  const second = await us.post('cancellations/search', {}, { page_token: token });
  t.strictSame([rows(second.data['cancellations']).length, second.data['next_page_token']], [3, '']);
  t.equal((await us.post('cancellations/search', { order_ids: made }, { page_token: token })).code, 36009004);
  for (const [page_size, code] of [
    ['50', 0],
    ['1', 0],
    ['51', 98001004],
    ['0', 98001004],
    ['ten', 98001004],
  ] as const)
    t.equal((await us.post('cancellations/search', {}, { page_size })).code, code, page_size);
  t.equal((await us.post('cancellations/search', { cancel_types: ['X'] })).code, 36009004);
  t.equal((await us.post('cancellations/search', { order_ids: [1] })).code, 36009004);
  t.strictSame(await shopIn('US').cancellations(), [], "another shop's are not there");
});

await t.test("another shop's cancellation cannot be read or answered", async (t) => {
  const us = shopIn('US');
  const other = shopIn('US');
  const { id } = us.sell();
  control.act(id, { type: 'buyer_cancel' });
  const cancelId = textOf((await us.cancellationOf(id))['cancel_id']);
  t.strictSame(await other.cancellations({ cancel_ids: [cancelId] }), []);
  t.equal((await other.post(`cancellations/${cancelId}/approve`)).code, 25020005);
  t.equal((await other.post('cancellations/1/approve')).code, 25007006);
  const foreign = await other.call('GET', '/return_refund/202309/reject_reasons', {
    query: { return_or_cancel_id: cancelId },
  });
  t.equal(foreign.code, 25020005);
  t.strictSame(control.effects({ order: id }), []);
});

await t.test('what was done although the answer was lost is done once', async (t) => {
  const us = shopIn('US');
  t.teardown(() => control.clearFaults());
  const { id } = us.sell();
  const match = { path: '/return_refund/' };
  control.addFault({ kind: 'done_but_lost', times: 1, match });
  await t.rejects(us.cancel(id, outOfStock));
  t.equal((await us.cancel(id, outOfStock)).code, 25001051);
  t.equal(control.effects({ order: id }).length, 1);

  const asked = us.sell();
  control.act(asked.id, { type: 'buyer_cancel' });
  const path = `cancellations/${textOf((await us.cancellationOf(asked.id))['cancel_id'])}/approve`;
  control.addFault({ kind: 'done_but_lost', times: 1, match: { path: '/return_refund/*/approve' } });
  await t.rejects(us.post(path, undefined, { idempotency_key: 'k' }));
  t.equal((await us.post(path, undefined, { idempotency_key: 'k' })).code, 0, 'the same answer again');
  t.equal(control.effects({ order: asked.id }).length, 1);
});

await t.test('a stale search misses what is new and shows the former state of the rest', async (t) => {
  const us = shopIn('US');
  t.teardown(() => control.clearFaults());
  const { id } = us.sell();
  const later = us.sell();
  control.act(id, { type: 'buyer_cancel' });
  advance(60);
  control.act(id, { type: 'buyer_withdraws_cancel' });
  control.act(later.id, { type: 'buyer_cancel' });
  control.addFault({ kind: 'stale_read', times: 1 });
  const seen = await us.cancellations();
  t.strictSame(
    seen.map((item) => [item['order_id'], item['cancel_status']]),
    [[id, PENDING]],
  );
  t.strictSame(
    (await us.cancellations()).map((item) => item['cancel_status']),
    [CANCELLED, PENDING],
  );
});

await t.test('cancellations, deadlines and keys survive a restart', async (t) => {
  const stateFile = join(t.testdir({}), 'state.json');
  const one = await startSimulator({ stateFile, fast: true });
  const before = clientFor(one, 'Harbor Goods');
  const sell = (): string =>
    one.control.addOrder(before.shopId, {
      lines: [{ sellerSku: 'TEE-RED-L', quantity: 1 }],
      paidMinutesAgo: 90,
    }).id;
  const [asked, answered] = [sell(), sell()];
  one.control.act(asked, { type: 'buyer_cancel' });
  one.control.act(answered, { type: 'buyer_cancel' });
  const find = async (client: typeof before, order: string): Promise<Json> =>
    first(
      (
        await client.call('POST', '/return_refund/202309/cancellations/search', {
          body: { order_ids: [order] },
        })
      ).data['cancellations'],
    );
  const path = `/return_refund/202309/cancellations/${textOf((await find(before, answered))['cancel_id'])}/approve`;
  const query = { idempotency_key: 'kept' };
  t.equal((await before.call('POST', path, { query })).code, 0);
  await one.close();

  const two = await startSimulator({ stateFile, fast: true });
  const after = clientFor(two, 'Harbor Goods');
  t.equal((await after.call('POST', path, { query })).code, 0, 'the key is known');
  t.equal((await after.call('POST', path)).code, 25020010);
  t.equal(two.control.effects({ order: answered, via: 'api' }).length, 1);
  t.equal((await find(after, asked))['cancel_status'], PENDING);
  two.control.setClock({ advanceSeconds: 49 * HOUR });
  t.equal((await find(after, asked))['cancel_status'], COMPLETE, 'what was due stays due');
  t.equal((await find(after, answered))['cancel_status'], COMPLETE);
  await two.close();
});

await t.test('a state of before there were cancellations can still be read', async (t) => {
  const own = await startSimulator({ fast: true });
  t.teardown(() => own.close());
  const saved = JSON.parse(JSON.stringify(own.control.snapshot())) as Record<string, unknown>;
  delete saved['aftersales'];
  const counters = saved['counters'] as Record<string, number>;
  for (const kind of ['cancel', 'cancel_line', 'return', 'return_line']) delete counters[kind];
  own.control.restore(saved);
  const client = clientFor(own, 'Harbor Goods');
  const order = own.control.orders({ status: 'AWAITING_SHIPMENT' })[0]?.id ?? '';
  own.control.act(order, { type: 'system_cancel' });
  const reply = await client.call('POST', '/return_refund/202309/cancellations/search', { body: {} });
  t.match(first(reply.data['cancellations'])['cancel_id'], /^40354\d+$/);
});
