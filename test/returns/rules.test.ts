import t from 'tap';
import { AppError } from '../../src/kernel/errors.js';
import { explainGates, firstObstacle } from '../../src/kernel/gate.js';
import { readReturn } from '../../src/logicbroker/read-return.js';
import { returnReasonCode } from '../../src/logicbroker/return-reasons.js';
import { renderReturn } from '../../src/logicbroker/map-return.js';
import { cannotRefuse, checkAnswer } from '../../src/domain/return-answer.js';
import { compareReturn } from '../../src/returns/compare-return.js';
import { buyersWords } from '../../src/returns/read-details.js';
import { answerGates, importObstacle, type AnswerFacts } from '../../src/returns/return-gates.js';
import { openAction, questionOf, standingOf } from '../../src/returns/return-life-cycle.js';
import { groupReturnUnits } from '../../src/returns/return-lines.js';
import { returnOf, type ReturnAnswer } from '../../src/returns/return-record.js';
import type { ShopReturn } from '../../src/domain/return.js';
import { mapReturn, mapReturnRecord } from '../../src/tiktok/map/return-mapping.js';
import { UnreadableError } from '../../src/tiktok/wire/read.js';

type Json = Record<string, unknown>;

const refund = (total: string): Json => ({
  currency: 'USD',
  refund_total: total,
  refund_subtotal: '17.00',
  refund_shipping_fee: '0.00',
  refund_tax: '1.40',
  retail_delivery_fee: '0.1',
  buyer_service_fee: '',
});

/** As TikTok's documentation shows a request, with values of our own. */
const wireReturn = (changes: Json = {}): Json => ({
  return_id: '4035318504086604777',
  order_id: '576461413038785752',
  return_type: 'RETURN_AND_REFUND',
  return_status: 'RETURN_OR_REFUND_REQUEST_PENDING',
  arbitration_status: 'CLOSED',
  role: 'BUYER',
  return_reason: 'ecom_order_delivered_refund_and_return_reason_wrong_product',
  return_reason_text: 'Wrong item was sent',
  shipment_type: 'PLATFORM',
  handover_method: 'DROP_OFF',
  return_tracking_number: '',
  return_provider_id: '',
  can_buyer_keep_item: false,
  create_time: 1768010400,
  update_time: 1768010400,
  seller_next_action_response: [{ action: 'SELLER_RESPOND_RETURN', deadline: 1768183200 }],
  refund_amount: refund('36.80'),
  is_combined_return: 'true ',
  combined_return_id: 4035309948547073,
  pre_return_id: '1',
  next_return_id: '',
  seller_proposed_return_type: 'PARTIAL_REFUND',
  partial_refund: { currency: 'USD', amount: '10' },
  buyer_rejected_partial_refund: true,
  return_warehouse_address: { full_address: '100 Example Ave' },
  return_line_items: ['11', '12'].map((id) => ({
    return_line_item_id: id,
    order_line_item_id: `5${id}`,
    sku_id: '2729',
    seller_sku: 'TEE-RED-L',
    product_name: 'Sample tee',
    sku_name: 'Red, L',
    product_image: { url: 'https://images.example/tee.jpg' },
    refund_amount: refund('18.4'),
  })),
  ...changes,
});

const shownReturn = (changes: Partial<ShopReturn> = {}): ShopReturn => ({
  ...mapReturn(wireReturn({ arbitration_status: '' })),
  ...changes,
});

const answer = (step: ReturnAnswer['step'], state: ReturnAnswer['state']): ReturnAnswer => ({
  step,
  decision: step === 'accept' ? 'APPROVE_RETURN' : 'APPROVE_RECEIVED_PACKAGE',
  contentHash: null,
  state,
  reason: state === 'refused' ? 'TikTok said no.' : null,
  askedAt: new Date(0),
});

const asks = (action: string): ShopReturn['nextActions'] => [{ action, deadline: new Date(1768183200_000) }];

await t.test('every field of a request arrives in its place', (t) => {
  const { units, ...shown } = mapReturn(wireReturn());
  t.strictSame(shown, {
    returnId: '4035318504086604777',
    tiktokOrderId: '576461413038785752',
    type: 'return-and-refund',
    typeText: 'RETURN_AND_REFUND',
    stage: 'requested',
    statusText: 'RETURN_OR_REFUND_REQUEST_PENDING',
    role: 'BUYER',
    reason: 'ecom_order_delivered_refund_and_return_reason_wrong_product',
    reasonText: 'Wrong item was sent',
    arbitration: 'CLOSED',
    nextActions: asks('SELLER_RESPOND_RETURN'),
    refund: {
      currency: 'USD',
      total: '36.80',
      subTotal: '17.00',
      shippingFee: '0.00',
      tax: '1.40',
      retailDeliveryFee: '0.1',
      buyerServiceFee: null,
    },
    trackingNumber: null,
    providerId: null,
    providerName: null,
    shipmentType: 'PLATFORM',
    handoverMethod: 'DROP_OFF',
    returnMethod: null,
    shippingDocument: null,
    warehouseAddress: '100 Example Ave',
    buyerMayKeepItem: false,
    previousReturnId: '1',
    nextReturnId: null,
    isCombined: true,
    combinedReturnId: '4035309948547073',
    proposedType: 'PARTIAL_REFUND',
    partialRefund: { currency: 'USD', amount: '10' },
    buyerRejectedOffer: true,
    createdAt: new Date(1768010400_000),
    updatedAt: new Date(1768010400_000),
  });
  t.match(units, [{ returnUnitId: '11', unitId: '511', imageUrl: 'https://images.example/tee.jpg' }, {}]);
  t.strictSame(returnOf(JSON.parse(JSON.stringify(mapReturn(wireReturn())))), mapReturn(wireReturn()));
  t.end();
});

await t.test('all spellings of a status mean the same, and new ones are kept', (t) => {
  const stages: Record<string, string[]> = {
    requested: ['RETURN_OR_REFUND_REQUEST_PENDING', 'REPLACEMENT_REQUEST_PENDING'],
    rejected: ['REFUND_OR_RETURN_REQUEST_REJECT', 'REQUEST_REJECTED'],
    'goods-rejected': ['REJECT_RECEIVE_PACKAGE', 'RECEIVE_REJECTED'],
    refunding: ['RETURN_OR_REFUND_REQUEST_SUCCESS', 'REQUEST_SUCCESS', 'REPLACEMENT_REQUEST_REFUND_SUCCESS'],
    completed: ['RETURN_OR_REFUND_REQUEST_COMPLETE', 'REPLACEMENT_REQUEST_COMPLETE'],
    closed: [
      'RETURN_OR_REFUND_REQUEST_CANCEL',
      'RETURN_OR_REFUND__REQUEST_CANCELLED',
      'RETURN_OR_REFUND_CANCEL',
      'REPLACEMENT_REQUEST_CANCEL',
    ],
    unknown: ['SOMETHING_NEW'],
  };
  for (const [stage, spellings] of Object.entries(stages)) {
    for (const status of spellings) {
      t.match(mapReturn(wireReturn({ return_status: status })), { stage, statusText: status });
    }
  }
  t.equal(mapReturn(wireReturn({ return_type: 'SOMETHING_NEW' })).type, 'other');
  t.end();
});

await t.test('a request without what it cannot be handled by is put aside by the field’s name', (t) => {
  for (const field of ['return_id', 'order_id', 'return_status', 'update_time', 'return_line_items']) {
    t.throws(() => mapReturn(wireReturn({ [field]: null })), new UnreadableError(`${field} is missing`));
  }
  const odd = { refund_amount: { refund_total: 'ten' } };
  t.throws(
    () => mapReturn(wireReturn(odd)),
    new UnreadableError('refund_amount.refund_total is not an amount'),
  );
  t.throws(() => mapReturn(wireReturn({ update_time: 1e300 })), UnreadableError, 'a time that is none');
  t.end();
});

await t.test('the buyer’s words are the buyer’s, not what others wrote into the history', (t) => {
  const entries = [
    { role: 'Seller', note: 'We look into it', images: [{ url: 'seller.jpg' }] },
    { role: 'Buyer', note: '', images: [{ url: 'a.jpg' }, { url: 'a.jpg' }], videos: [{ url: 'v.mp4' }] },
    { role: 'BUYER', note: 'It is torn', images: [{}] },
  ].map((entry) => mapReturnRecord(entry));
  t.strictSame(buyersWords(entries), { note: 'It is torn', imageUrls: ['a.jpg'], videoUrls: ['v.mp4'] });
  t.strictSame(buyersWords([]), { note: null, imageUrls: [], videoUrls: [] });
  t.end();
});

await t.test('TikTok’s reasons have Logicbroker’s numbers, whatever stands before and behind them', (t) => {
  const codes: [key: string | null, code: string][] = [
    ['ecom_order_delivered_refund_and_return_reason_wrong_product', '1'],
    ['ecom_order_delivered_refund_and_return_reason_wrong_product_uk', '1'],
    ['ecom_order_delivered_refund_and_return_reason_missing_product', '2'],
    ['ecom_order_delivered_refund_reason_damaged', '3'],
    ['buyer_return_and_refund_shipping_box_damaged,_but_item_is_ok', '3'],
    ['buyer_return_and_refund_item_arrived_too_late', '5'],
    ['ecom_order_delivered_refund_and_return_reason_not_match_description', '9'],
    ['ecom_order_delivered_refund_and_return_reason_defective', '10'],
    ["buyer_return_and_refund_item_doesn't_fit", '13'],
    ['buyer_return_and_refund_color_or_pattern_not_as_expected', '14'],
    ['ecom_order_delivered_refund_and_return_reason_no_need', '15'],
    ['something_new', '16'],
    [null, '16'],
  ];
  for (const [key, code] of codes) t.equal(returnReasonCode(key), code, String(key));
  t.end();
});

await t.test('where a document stands follows from TikTok’s status and our answers', (t) => {
  const wanted = asks('SELLER_RESPOND_RECEIVE_PACKAGE');
  const table: [shown: Partial<ShopReturn>, answers: ReturnAnswer[], status: number | null][] = [
    [{ stage: 'requested' }, [], 150],
    [{ stage: 'requested', nextActions: [] }, [], 150],
    [{ stage: 'requested' }, [answer('accept', 'pending')], 200],
    [{ stage: 'requested' }, [answer('accept', 'in_doubt')], 200],
    [{ stage: 'requested' }, [answer('accept', 'refused')], 1200],
    [{ stage: 'requested' }, [answer('accept', 'sent')], 600],
    [{ stage: 'offered' }, [], 600],
    [{ stage: 'awaiting-goods' }, [], 600],
    [{ stage: 'awaiting-goods' }, [answer('accept', 'pending')], 600],
    [{ stage: 'awaiting-goods' }, [answer('accept', 'refused')], 600],
    [{ stage: 'goods-under-way' }, [answer('accept', 'sent')], 600],
    [{ stage: 'goods-under-way', nextActions: wanted }, [answer('refund', 'pending')], 200],
    [{ stage: 'goods-under-way', nextActions: wanted }, [answer('refund', 'refused')], 1200],
    [{ stage: 'goods-under-way', nextActions: wanted }, [answer('refund', 'sent')], 1000],
    [{ stage: 'rejected' }, [], 1400],
    [{ stage: 'goods-rejected' }, [answer('accept', 'sent')], 1400],
    [{ stage: 'refunding' }, [answer('refund', 'pending')], 1000],
    [{ stage: 'completed' }, [answer('accept', 'refused')], 1000],
    [{ stage: 'closed' }, [answer('accept', 'pending')], 1400],
    [{ stage: 'unknown' }, [answer('accept', 'sent')], null],
  ];
  for (const [changes, answers, status] of table) {
    const standing = standingOf({ shown: shownReturn(changes), answers });
    t.equal(
      standing.to,
      status,
      `${changes.stage} with ${answers.map(({ step, state }) => `${step} ${state}`).join()}`,
    );
    t.equal(
      standing.errorMessage !== null,
      status === 1400 || status === 1200 || answers[0]?.state === 'in_doubt',
    );
  }
  t.end();
});

await t.test('giving money back is never what a plain yes means', (t) => {
  t.match(questionOf(shownReturn()), { step: 'accept', decision: 'APPROVE_RETURN' });
  for (const action of ['SELLER_RESPOND_RECEIVE_PACKAGE', 'SELLER_RESPOND_REFUND']) {
    t.equal(questionOf(shownReturn({ nextActions: asks(action) }))?.step, 'refund', action);
  }
  for (const action of ['SELLER_RESPOND_REPLACEMENT', 'SOMETHING_NEW', 'constructor']) {
    t.equal(questionOf(shownReturn({ nextActions: asks(action) })), null, action);
  }
  t.equal(questionOf(shownReturn({ stage: 'goods-under-way', nextActions: [] })), null);
  t.end();
});

await t.test('an answered action is no open one, also while TikTok still shows it', (t) => {
  const shown = shownReturn();
  t.match(openAction({ shown, answers: [] }), { action: 'SELLER_RESPOND_RETURN' });
  t.match(openAction({ shown, answers: [answer('accept', 'pending')] }), { action: 'SELLER_RESPOND_RETURN' });
  t.equal(openAction({ shown, answers: [answer('accept', 'sent')] }), null);
  const next = shownReturn({ stage: 'goods-under-way', nextActions: asks('SELLER_RESPOND_RECEIVE_PACKAGE') });
  t.match(openAction({ shown: next, answers: [answer('accept', 'sent')] }), { deadline: Date });
  t.end();
});

await t.test('the gates say who may answer what, in words', (t) => {
  const active = { status: 'active', statusReason: null } as const;
  const decide = (changes: Partial<ShopReturn>, step: ReturnAnswer['step'], answers: ReturnAnswer[] = []) =>
    firstObstacle(answerGates, {
      record: { shown: shownReturn(changes), answers },
      step,
      connection: active,
    });
  const back: Partial<ShopReturn> = {
    stage: 'goods-under-way',
    nextActions: asks('SELLER_RESPOND_RECEIVE_PACKAGE'),
  };
  t.equal(decide({}, 'accept'), null);
  t.equal(decide(back, 'refund', [answer('accept', 'sent')]), null);
  t.match(decide({}, 'refund'), { gate: 'asked-for', outcome: 'refuse' });
  t.match(decide(back, 'accept'), { gate: 'asked-for', next: /1000/ });
  t.match(decide({ stage: 'awaiting-goods', nextActions: [] }, 'refund'), { next: /has sent the goods/ });
  t.match(decide({ stage: 'offered', nextActions: [] }, 'accept'), {
    gate: 'asked-for',
    next: /Seller Center/,
  });
  t.match(decide({ arbitration: 'IN_PROGRESS' }, 'accept'), { gate: 'seller-decides' });
  t.match(decide({ stage: 'rejected' }, 'accept'), { gate: 'not-rejected' });
  t.match(decide({ stage: 'closed' }, 'accept'), { gate: 'still-open', reason: /closed/ });
  t.match(decide({ stage: 'completed' }, 'refund'), { gate: 'still-open', reason: /money/ });
  t.match(decide({ type: 'refund' }, 'refund'), { gate: 'answered-here', next: /Seller Center until/ });
  const paused = { status: 'paused', statusReason: null } as const;
  const record = { shown: shownReturn(), answers: [] };
  const facts: AnswerFacts = { record, step: 'accept', connection: paused };
  t.match(firstObstacle(answerGates, facts), { gate: 'connection-active', outcome: 'wait' });
  t.ok(explainGates(answerGates, facts).every(({ rule, reason }) => rule.length > 0 && reason.length > 0));
  t.match(importObstacle({ shown: shownReturn({ type: 'other' }), settings: { pullOtherReturns: false } }), {
    outcome: 'refuse',
  });
  t.equal(
    importObstacle({ shown: shownReturn({ type: 'refund' }), settings: { pullOtherReturns: true } }),
    null,
  );
  t.end();
});

await t.test('what TikTok shows decides whether a decision is still to be sent', (t) => {
  const state = (changes: Partial<ShopReturn>, decision: ReturnAnswer['decision'] = 'APPROVE_RETURN') =>
    compareReturn(shownReturn(changes), decision).state;
  t.equal(state({}), 'not-done');
  t.equal(state({ stage: 'awaiting-goods', nextActions: [] }), 'done');
  t.equal(state({ stage: 'goods-under-way', nextActions: asks('SELLER_RESPOND_RECEIVE_PACKAGE') }), 'done');
  t.equal(state({ stage: 'refunding' }, 'APPROVE_RECEIVED_PACKAGE'), 'done');
  t.equal(state({ stage: 'awaiting-goods', nextActions: [] }, 'APPROVE_RECEIVED_PACKAGE'), 'refused');
  t.equal(state({ nextActions: asks('SELLER_RESPOND_REFUND') }), 'refused', 'never another decision');
  t.equal(state({ stage: 'closed' }), 'refused');
  t.equal(state({ stage: 'rejected' }), 'refused');
  t.equal(state({ arbitration: 'IN_PROGRESS' }), 'refused');
  t.equal(state({ stage: 'unknown' }), 'unknown');
  t.equal(compareReturn(undefined, 'APPROVE_RETURN').state, 'unknown');
  t.end();
});

await t.test('pieces go into the lines of their order; strays are numbered on', (t) => {
  const { units } = shownReturn();
  const orderLine = {
    lineNumber: '2',
    productId: '900',
    skuId: '2729',
    merchantSku: 'TEE-RED-L',
    supplierSku: 'ERP-1',
    productName: 'Tee',
    skuName: 'Red',
    isGift: false,
    originalPrice: '20',
    salePrice: '17',
    unitIds: ['511', '599'],
    quantity: 2,
  };
  const [first, second, ...none] = groupReturnUnits(units, [orderLine], new Map([['TEE-RED-L', 'ERP-9']]));
  t.match(first, {
    lineNumber: '2',
    productId: '900',
    supplierSku: 'ERP-1',
    unitIds: ['511'],
    returnUnitIds: ['11'],
  });
  t.match(second, { lineNumber: '3', productId: null, supplierSku: 'ERP-9', returnUnitIds: ['12'] });
  t.strictSame(none, []);
  t.equal(groupReturnUnits(units, [], new Map()).length, 1);
  t.end();
});

await t.test('amounts are written with TikTok’s digits, and absent things not at all', (t) => {
  const shown = shownReturn();
  const text = renderReturn({
    key: 1001,
    statusCode: 150,
    linkKey: 'L-1',
    senderCompanyId: 1,
    receiverCompanyId: 2,
    documentDate: new Date(0),
    shown,
    lines: groupReturnUnits(shown.units, [], new Map()).map((line) => ({ ...line, salePrice: '17.10' })),
    words: null,
    orderedAt: null,
    nextAction: openAction({ shown, answers: [] }),
  });
  t.match(text, /"Price":17\.10,/);
  t.match(text, /"Name":"Refund_Amount","Value":"36\.80"/);
  t.match(text, /"Name":"TikTokResponseDeadline","Value":"2026-01-12T02:00:00Z"/);
  t.match(text, /"Name":"TikTokRequestTimestamp","Value":"1768010400"/);
  t.notMatch(text, /null|undefined|TikTokReturnTrackingId|OrderDate/);
  t.end();
});

await t.test('an answer speaks about the whole request or says what is wrong, field by field', (t) => {
  const shown = shownReturn();
  const lines = groupReturnUnits(shown.units, [], new Map([['TEE-RED-L', 'ERP-1']]));
  const check = (document: Json): string[] => {
    try {
      checkAnswer(readReturn({ ReturnNumber: shown.returnId, ...document }), { shown, lines });
      return [];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return error.details.map(({ field }) => field ?? '');
    }
  };
  const line = (more: Json, sku = 'ERP-1') => ({
    ReturnLines: [{ ItemIdentifier: { SupplierSKU: sku }, ...more }],
  });
  const amount = (value: string) => ({ ExtendedAttributes: [{ Name: 'Refund_Amount', Value: value }] });
  t.strictSame(check({ ReturnLines: [] }), [], 'nothing named is everything');
  t.strictSame(check(line({ Quantity: 2 })), []);
  t.strictSame(check(line({ Quantity: 2 }, 'TEE-RED-L')), [], 'the merchant SKU is understood');
  t.strictSame(check({ ReturnLines: [{ ItemIdentifier: {}, LineNumber: '01' }] }), []);
  t.strictSame(check({ ReturnLines: [], ...amount('36.8') }), [], 'the same amount with fewer zeros');
  t.strictSame(check({ ReturnLines: [], ...amount('36.79') }), ['ExtendedAttributes.Refund_Amount']);
  t.strictSame(check({ ReturnLines: [], ...amount('NaN') }), ['ExtendedAttributes.Refund_Amount']);
  t.strictSame(check(line({ Quantity: 1 })), ['ReturnLines[0].Quantity']);
  t.strictSame(check(line({ Quantity: 0 })), ['ReturnLines[0].Quantity']);
  t.strictSame(check(line({ LineNumber: '7' })), ['ReturnLines[0].LineNumber']);
  t.strictSame(check(line({ LineNumber: '1' }, 'OTHER')), ['ReturnLines[0].ItemIdentifier.SupplierSKU']);
  t.strictSame(check({ ReturnLines: [...line({}).ReturnLines, ...line({}).ReturnLines] }), [
    'ReturnLines[0].Quantity',
  ]);
  t.strictSame(check(line({ Quantity: 'x' })), ['ReturnLines[0].Quantity']);
  t.strictSame(check({ ReturnNumber: null }), ['ReturnNumber']);
  t.end();
});

await t.test('a no is heard however it is said, and echoes of a document are none', (t) => {
  const read = (more: Json) => readReturn({ ReturnNumber: '1', ReturnLines: [], ...more });
  const attribute = (Name: string, Value: string) => ({ ExtendedAttributes: [{ Name, Value }] });
  for (const no of [
    { StatusCode: 1100 },
    { StatusCode: 1200 },
    { StatusCode: 1400 },
    attribute('Decision', 'REJECT_RETURN'),
    attribute('ReturnStatus', 'refused'),
    { ReturnLines: [{ ItemIdentifier: {}, ...attribute('Response', 'Denied') }] },
  ]) {
    t.not(read(no).refusedAt, null, JSON.stringify(no));
  }
  t.equal(read(attribute('TikTokReturnStatus', 'REJECT_RECEIVE_PACKAGE')).refusedAt, null);
  t.match(cannotRefuse('StatusCode'), { status: 400, details: [{ next: /TikTok Seller Center/ }] });
  t.equal(read({ StatusCode: 600 }).says, 'accept');
  t.equal(read({ StatusCode: 1000 }).says, 'refund');
  for (const silent of [0, 100, 150, 200]) t.equal(read({ StatusCode: silent }).says, null);
  t.throws(() => read({ StatusCode: 42 }), AppError);
  t.end();
});
