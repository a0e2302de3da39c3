import t from 'tap';
import {
  acceptingGates,
  cancellingGates,
  type AcknowledgementFacts,
} from '../../src/acknowledgements/acknowledgement-gates.js';
import { reasonsOf, tiktokReasonFor } from '../../src/acknowledgements/cancel-reasons.js';
import { chooseReason } from '../../src/acknowledgements/choose-reason.js';
import {
  planAcknowledgement,
  typeOf,
  type AcknowledgedOrder,
} from '../../src/acknowledgements/plan-acknowledgement.js';
import { AppError } from '../../src/kernel/errors.js';
import { firstObstacle } from '../../src/kernel/gate.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { readAcknowledgement } from '../../src/logicbroker/read-acknowledgement.js';

const order: AcknowledgedOrder = {
  lines: [
    { lineNumber: '1', supplierSku: 'ERP-TEE', merchantSku: 'TEE' },
    { lineNumber: '2', supplierSku: 'MUG', merchantSku: 'MUG' },
  ],
  units: [
    { unitId: '11', lineNumber: '1', cancelled: false },
    { unitId: '12', lineNumber: '1', cancelled: false },
    { unitId: '13', lineNumber: '2', cancelled: false },
    { unitId: '14', lineNumber: '2', cancelled: true },
  ],
};

interface Line {
  sku?: string;
  partnerSku?: string;
  number?: string;
  accept?: unknown;
  cancel?: unknown;
  back?: unknown;
  type?: number;
  reason?: string;
}

function ack(lines: Line[], more: JsonObject = {}): JsonObject {
  return {
    PartnerPO: '576',
    AcknowledgementNumber: 'A-1',
    AckLines: lines.map(({ sku, partnerSku, number, accept, cancel, back, type, reason }) => ({
      ItemIdentifier: { SupplierSKU: sku, PartnerSKU: partnerSku },
      LineNumber: number,
      Quantity: accept,
      QuantityCancelled: cancel,
      QuantityBackordered: back,
      Type: type,
      ChangeReason: reason,
    })),
    ...more,
  };
}

const plan = (lines: Line[], more: JsonObject = {}) =>
  planAcknowledgement(order, readAcknowledgement(ack(lines, more)));

const all: Line[] = [
  { sku: 'ERP-TEE', cancel: 2 },
  { sku: 'MUG', cancel: 1 },
];

function refusalOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

const findingsOf = (work: () => unknown) =>
  refusalOf(work).details.map(({ field, message }) => `${field}: ${message}`);

await t.test('cancelling all that is left cancels these pieces, line by line', async (t) => {
  t.same(plan(all), {
    kind: 'cancel',
    lines: [
      { path: 'AckLines[0]', lineNumber: '1', unitIds: ['11', '12'] },
      { path: 'AckLines[1]', lineNumber: '2', unitIds: ['13'] },
    ],
    unitIds: ['11', '12', '13'],
  });
});

await t.test('lines may be repeated, and named by number or by either SKU', async (t) => {
  const repeated = plan([
    { number: '1', cancel: 1 },
    { partnerSku: 'TEE', cancel: 1 },
    { number: '2', sku: 'MUG', cancel: 1 },
  ]);
  t.same(
    repeated.lines.map(({ unitIds }) => unitIds),
    [['11'], ['12'], ['13']],
  );
});

await t.test('a part of an order cannot be cancelled, and the text says so', async (t) => {
  for (const lines of [[{ sku: 'MUG', cancel: 1 }], [{ sku: 'ERP-TEE', cancel: 1 }, all[1]!]]) {
    const error = refusalOf(() => plan(lines));
    t.equal(error.code, 'rule-violated');
    t.match(error.details[0], { message: /of the 3 pieces that are left/, next: /Cancel all pieces/ });
  }
});

await t.test('accepting and cancelling do not go into one acknowledgement', async (t) => {
  for (const mix of [
    [
      { sku: 'ERP-TEE', cancel: 2 },
      { sku: 'MUG', accept: 1 },
    ],
    [
      { sku: 'ERP-TEE', cancel: 1, accept: 1 },
      { sku: 'MUG', cancel: 1 },
    ],
    [
      { sku: 'ERP-TEE', cancel: 2 },
      { sku: 'MUG', back: 1 },
    ],
  ]) {
    t.match(
      refusalOf(() => plan(mix)),
      { code: 'rule-violated', message: /cannot cancel some pieces/ },
    );
  }
});

await t.test('a piece that no line shows does not stand in the way of cancelling the rest', async (t) => {
  const units = [...order.units, { unitId: '15', lineNumber: null, cancelled: false }];
  const { unitIds } = planAcknowledgement({ ...order, units }, readAcknowledgement(ack(all)));
  t.same(unitIds, ['11', '12', '13', '15']);
});

await t.test(
  'every line and quantity is held against the order, and all problems are told at once',
  async (t) => {
    t.same(
      findingsOf(() =>
        plan([
          { sku: 'HAT', accept: 1 },
          { number: '7', accept: 1 },
          { number: '1', sku: 'MUG', accept: 1 },
          { accept: 1 },
          { sku: 'MUG' },
          { sku: 'MUG', accept: 0, cancel: 0 },
          { sku: 'MUG', accept: -1 },
        ]),
      ),
      [
        'AckLines[0].ItemIdentifier.SupplierSKU: SKU HAT is not on the order; it has ERP-TEE, MUG',
        'AckLines[1].LineNumber: the order has no line 7; it has 1, 2',
        'AckLines[2].ItemIdentifier.SupplierSKU: line 1 of the order is SKU ERP-TEE, not MUG',
        'AckLines[3].ItemIdentifier.SupplierSKU: required: a line needs a SupplierSKU, a PartnerSKU or a LineNumber',
        'AckLines[4].Quantity: says nothing about any piece',
        'AckLines[5].Quantity: says nothing about any piece',
        'AckLines[6].Quantity: must not be negative',
      ],
    );
  },
);

await t.test('no more pieces than are left, also when lines are repeated', async (t) => {
  t.same(
    findingsOf(() => plan([{ sku: 'MUG', cancel: 2 }])),
    ['AckLines[0].QuantityCancelled: 2 pieces of line 2, of which 1 are left that are not cancelled'],
  );
  const huge = [
    { sku: 'ERP-TEE', accept: 2 },
    { number: '1', back: 9007199254740991 },
  ];
  t.match(
    findingsOf(() => plan(huge)),
    [/^AckLines\[1\]\.QuantityBackordered: \d+ pieces of line 1, of which 2 are left/],
  );
});

await t.test('quantities that are none, and documents without lines or number, name the field', async (t) => {
  for (const bad of [1.5, '1e400', 'two', {}, [], true, Number.NaN]) {
    t.match(
      findingsOf(() => plan([{ sku: 'MUG', accept: bad }])),
      [/^AckLines\[0\]\.Quantity: must be a whole/],
    );
  }
  t.same(
    findingsOf(() => readAcknowledgement({ AckLines: [] })),
    [
      'AckLines: required: at least one line',
      'AcknowledgementNumber: required: your own number of this acknowledgement',
    ],
  );
  const long = ack([{ sku: 'MUG', accept: 1 }], { AcknowledgementNumber: 'A'.repeat(201) });
  t.match(
    findingsOf(() => readAcknowledgement(long)),
    [/AcknowledgementNumber: must have at most 200/],
  );
});

await t.test('the type follows from the quantities, and must not contradict them', async (t) => {
  const ordered = [{ quantity: 2 }, { quantity: 1 }];
  const derived = (lines: Line[], more: JsonObject = {}) =>
    typeOf(readAcknowledgement(ack(lines, more)), ordered);
  t.equal(derived(all), 2);
  t.equal(
    derived([
      { sku: 'ERP-TEE', accept: 2 },
      { sku: 'MUG', accept: 1 },
    ]),
    1,
  );
  t.equal(derived([{ sku: 'ERP-TEE', accept: 1 }]), 0);
  t.equal(derived([{ sku: 'ERP-TEE', back: 1 }]), 0);
  t.equal(derived(all, { Type: 0 }), 0, 'what was given stays');
  t.match(
    findingsOf(() => plan(all, { Type: 1 })),
    [/^Type: 1 accepts, but/],
  );
  t.match(
    findingsOf(() => plan([{ sku: 'MUG', accept: 1, type: 2 }])),
    [/^AckLines\[0\]\.Type: 2 rejects, but/],
  );
});

await t.test('accepting a part is accepting; only backordered pieces are not', async (t) => {
  t.equal(plan([{ sku: 'MUG', accept: 1 }]).kind, 'accept');
  t.equal(
    plan([
      { sku: 'MUG', accept: 1 },
      { sku: 'ERP-TEE', back: 2 },
    ]).kind,
    'accept',
  );
  t.match(plan([{ sku: 'ERP-TEE', back: 2 }]), { kind: 'backorder', unitIds: [] });
});

const documented = { partnerId: 7002, live: null, table: new Map() };
const reasonIn = (region: string, reason: string, tiktokStatus = 'AWAITING_SHIPMENT') => {
  const match = tiktokReasonFor(reason, { region, tiktokStatus, ...documented });
  return match && 'key' in match ? match.key : null;
};

await t.test('a standard reason becomes the key of the market and of the status', async (t) => {
  t.equal(reasonIn('US', 'Out of stock'), 'seller_cancel_reason_out_of_stock');
  t.equal(reasonIn('us', ' OUT-OF-STOCK. '), 'seller_cancel_reason_out_of_stock');
  t.equal(reasonIn('GB', 'Out of stock'), 'seller_cancel_reason_out_of_stock_uk');
  t.equal(reasonIn('UK', 'Bad address'), 'seller_cancel_paid_reason_address_not_deliver_uk');
  t.equal(reasonIn('DE', 'Invalid item cost'), 'seller_cancel_reason_wrong_price');
  for (const region of ['ID', 'MY', 'PH', 'SG', 'TH', 'VN']) {
    t.equal(reasonIn(region, 'Bad address'), null, `${region} has lost it on 31 August 2025`);
  }
  t.equal(reasonIn('JP', 'Fraud detected'), 'seller_cancel_order_reason_potential_fraud');
  t.equal(reasonIn('US', 'Fraud detected'), null, 'only Japan has it');
  t.equal(reasonIn('MX', 'Invalid item cost'), null);
  t.equal(reasonIn('BR', 'Invalid item cost'), null);
  t.equal(reasonIn('ID', 'Customer changed mind'), null);
  t.equal(reasonIn('PH', 'Customer changed mind'), 'seller_cancel_paid_reason_buyer_requested_cancellation');
  t.equal(reasonIn('US', 'Out of stock', 'UNPAID'), 'seller_cancel_unpaid_reason_out_of_stock');
  t.equal(reasonIn('GB', 'Out of stock', 'UNPAID'), 'seller_cancel_unpaid_reason_out_of_stock_uk');
  t.equal(reasonIn('US', 'Other'), null);
  t.equal(reasonIn('ZZ', 'Out of stock'), null, 'a market that nobody knows yet');
});

await t.test("TikTok's own keys are taken where they are good, and nowhere else", async (t) => {
  t.equal(reasonIn('US', 'seller_cancel_reason_out_of_stock'), 'seller_cancel_reason_out_of_stock');
  t.equal(reasonIn('US', 'seller_cancel_reason_out_of_stock_uk'), null);
  t.equal(reasonIn('US', 'seller_cancel_unpaid_reason_out_of_stock'), null);
  t.equal(reasonIn('SG', 'seller_cancel_paid_reason_address_not_deliver'), null);
  const counts = Object.fromEntries(
    ['US', 'GB', 'SG', 'MX', 'BR', 'JP', 'ID', 'FR'].map((region) => [region, reasonsOf(region).length]),
  );
  t.same(counts, { US: 8, GB: 6, SG: 4, MX: 6, BR: 7, JP: 9, ID: 5, FR: 8 });
});

const place = { region: 'US', tiktokStatus: 'AWAITING_SHIPMENT', ...documented };
const choose = (lines: Line[], more: JsonObject = {}, buyerAsks = false) =>
  chooseReason(readAcknowledgement(ack(lines, more)), place, { buyerAsks });

await t.test('the reason is the header’s, else the one of all lines', async (t) => {
  t.equal(choose(all, { ChangeReason: 'Bad address' }), 'seller_cancel_paid_reason_address_not_deliver');
  const reasons = (a: string, b: string) => [
    { sku: 'ERP-TEE', cancel: 2, reason: a },
    { sku: 'MUG', cancel: 1, reason: b },
  ];
  const outOfStock = 'seller_cancel_reason_out_of_stock';
  t.equal(choose(reasons('Out of stock', 'Discontinued item')), outOfStock, 'both mean the same to TikTok');
  t.match(
    findingsOf(() => choose(reasons('Out of stock', 'Bad address'))),
    [/the lines give several reasons/],
  );
  t.equal(
    choose(reasons('Bad address', 'Out of stock'), { ChangeReason: 'Out of stock' }),
    outOfStock,
    'the header decides',
  );
});

await t.test('without a reason, or with one that TikTok does not take, the list is told', async (t) => {
  const missing = refusalOf(() => choose(all));
  t.match(missing, {
    code: 'invalid-document',
    details: [{ field: 'ChangeReason', next: /Out of stock; .*seller_cancel/ }],
  });
  const unknown = refusalOf(() => choose([{ sku: 'MUG', cancel: 1, reason: 'Bored' }]));
  t.match(unknown.details, [
    { field: 'AckLines[0].ChangeReason', message: /"Bored" is no reason/, next: /Bad address/ },
  ]);
});

await t.test('who only grants the buyer’s own request needs no reason', async (t) => {
  t.equal(choose(all, {}, true), null);
  t.equal(choose(all, { ChangeReason: 'Bored' }, true), null);
  t.equal(choose(all, { ChangeReason: 'Out of stock' }, true), 'seller_cancel_reason_out_of_stock');
});

type Unit = AcknowledgementFacts['order']['units'][number];

const open: Unit = { cancelled: false, shipped: false, shipmentKey: null };
const facts = (
  changes: Partial<AcknowledgementFacts> = {},
  units: Unit[] = [open, open],
  tiktokStatus = 'AWAITING_SHIPMENT',
): AcknowledgementFacts => ({
  order: { tiktokStatus, units },
  orderStatusCode: 200,
  connection: { status: 'active', statusReason: null, shopRegion: 'US' },
  cancelAfterReadyToShip: false,
  cancellingKey: null,
  ...changes,
});
const obstacle = (given: AcknowledgementFacts) => firstObstacle(cancellingGates, given)?.gate ?? 'none';

await t.test('from Ready to Ship on nothing is cancelled, unless the setting allows it', async (t) => {
  for (const orderStatusCode of [100, 150, 200, 400, 1200, 1400])
    t.equal(obstacle(facts({ orderStatusCode })), 'none');
  for (const orderStatusCode of [500, 530, 600, 1000]) {
    t.equal(obstacle(facts({ orderStatusCode })), 'before-ready-to-ship', String(orderStatusCode));
    t.equal(obstacle(facts({ orderStatusCode, cancelAfterReadyToShip: true })), 'none');
  }
});

await t.test(
  'as long as TikTok allows it: until Awaiting Collection, in the US until In Transit',
  async (t) => {
    const allowing = { orderStatusCode: 500, cancelAfterReadyToShip: true };
    const indonesia = { ...allowing, connection: { ...facts().connection, shopRegion: 'ID' } };
    const shipped = [
      { ...open, shipped: true },
      { ...open, shipped: true },
    ];
    t.equal(obstacle(facts(allowing, shipped, 'AWAITING_COLLECTION')), 'none');
    t.equal(obstacle(facts(indonesia, shipped, 'AWAITING_COLLECTION')), 'tiktok-allows');
    t.equal(obstacle(facts(allowing, shipped)), 'none', 'shipped by ourselves, TikTok not read since');
    t.equal(obstacle(facts(indonesia, shipped)), 'tiktok-allows');
    for (const status of ['PARTIALLY_SHIPPING', 'IN_TRANSIT', 'DELIVERED', 'COMPLETED', 'NEW_STATUS']) {
      t.equal(obstacle(facts(allowing, [open], status)), 'tiktok-allows', status);
    }
    t.equal(
      obstacle(facts(allowing, [open, { ...open, shipped: true }])),
      'tiktok-allows',
      'some pieces are shipped',
    );
    t.equal(obstacle(facts({}, [open], 'ON_HOLD')), 'none');
  },
);

await t.test('cancelled, being cancelled and being shipped: each is said', async (t) => {
  t.equal(obstacle(facts({ orderStatusCode: 1100 })), 'not-cancelled');
  t.equal(obstacle(facts({}, [open], 'CANCELLED')), 'not-cancelled');
  t.equal(obstacle(facts({}, [{ ...open, cancelled: true }])), 'not-cancelled');
  const waiting = facts({ cancellingKey: 1007 });
  t.match(firstObstacle(cancellingGates, waiting), { gate: 'not-being-cancelled', next: /1007/ });
  t.match(firstObstacle(acceptingGates, waiting), { gate: 'not-being-cancelled' });
  const claimed = facts({}, [open, { ...open, shipmentKey: 1008 }]);
  t.match(firstObstacle(cancellingGates, claimed), { gate: 'not-being-shipped', reason: /1008/ });
});

await t.test(
  'a shop that is paused or must be connected again keeps cancellations waiting, a closed one refuses',
  async (t) => {
    const through = (status: 'paused' | 'needs_reauthorization' | 'closed') =>
      firstObstacle(cancellingGates, facts({ connection: { ...facts().connection, status } }))?.outcome;
    t.equal(through('paused'), 'wait');
    t.equal(through('needs_reauthorization'), 'wait');
    t.equal(through('closed'), 'refuse');
  },
);
