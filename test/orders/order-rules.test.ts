import t from 'tap';
import { readSettings } from '../../src/connections/settings.js';
import { firstObstacle } from '../../src/kernel/gate.js';
import { updateOf } from '../../src/orders/order-changes.js';
import { explainImport, importObstacle, lookAgainAt, orderGates } from '../../src/orders/order-gates.js';
import { groupUnits } from '../../src/orders/order-lines.js';
import { compareIds } from '../../src/domain/order.js';
import {
  joinOrder,
  mergeUnits,
  splitOrder,
  unitsOfLines,
  type OrderRecord,
  type StoredOrderData,
} from '../../src/orders/order-record.js';
import { orderStatusCodes, type ShopOrder } from '../../src/domain/order.js';
import { keepRecipient } from '../../src/orders/recipient.js';
import { sampleOrder, sampleRecipient, sampleUnit } from './sample-order.js';

const settings = readSettings({});
const due = new Date('2026-01-01T01:01:00Z');

/** Gate and outcome that decide, or `export`. */
function decided(changes: Partial<ShopOrder>, now = due, stored: object = {}): string {
  const result = importObstacle({ order: sampleOrder(changes), settings: readSettings(stored), now });
  return result ? `${result.gate} ${result.outcome}` : 'export';
}

await t.test('the gates let through what the seller has to ship now, and nothing else', async (t) => {
  const table: [string, Partial<ShopOrder>, string][] = [
    ['as it should be', {}, 'export'],
    ['TikTok fulfils', { fulfillment: 'tiktok' }, 'fulfilled-by-seller refuse'],
    ['somebody else fulfils', { fulfillment: 'other' }, 'fulfilled-by-seller refuse'],
    ['TikTok Shipping', { shipping: 'tiktok' }, 'shipped-by-seller refuse'],
    ['unpaid', { status: 'UNPAID' }, 'awaiting-shipment wait'],
    ['on hold', { status: 'ON_HOLD' }, 'awaiting-shipment wait'],
    ['moved on', { status: 'AWAITING_COLLECTION' }, 'awaiting-shipment refuse'],
    ['partly shipped', { status: 'PARTIALLY_SHIPPING' }, 'awaiting-shipment refuse'],
    ['cancelled', { status: 'CANCELLED' }, 'awaiting-shipment refuse'],
    ['cancelled piece by piece', { units: [sampleUnit({ cancelled: true })] }, 'awaiting-shipment refuse'],
    ['a state of tomorrow', { status: 'PRE_ORDER' }, 'awaiting-shipment wait'],
    ['asked to cancel', { buyerRequestsCancel: true }, 'export'],
    ['a sample', { isSample: true, orderType: 'ZERO_LOTTERY' }, 'export'],
    ['no address', { recipient: null }, 'address-present wait'],
    ['hidden street', { recipient: sampleRecipient({ fullAddress: '1** E*' }) }, 'address-present wait'],
    ['hidden phone', { recipient: sampleRecipient({ phone: '(+1)213****00', masked: true }) }, 'export'],
  ];
  for (const [name, changes, expected] of table) t.equal(decided(changes), expected, name);
});

await t.test('the hold counts from payment, or from creation when no payment is shown', async (t) => {
  const second = 1_000;
  t.equal(decided({}, new Date(due.getTime() - second)), 'remorse-hold wait');
  t.equal(decided({ paidAt: null }, new Date('2026-01-01T01:00:00Z')), 'export');
  t.equal(decided({ paidAt: null }, new Date('2026-01-01T00:59:59Z')), 'remorse-hold wait');
  t.equal(decided({}, new Date('2026-01-01T00:11:00Z'), { remorseMinutes: 10 }), 'export');
  t.equal(decided({}, due, { remorseMinutes: 61 }), 'remorse-hold wait');
});

await t.test('the setting importCreatedAfter keeps older orders out', async (t) => {
  t.equal(decided({}, due, { importCreatedAfter: '2026-01-01T00:00:00Z' }), 'export');
  t.equal(decided({}, due, { importCreatedAfter: '2026-01-01T00:00:01Z' }), 'created-after refuse');
});

await t.test('a hidden address is waited for in steps, and an hour at most', async (t) => {
  const order = sampleOrder({ recipient: null });
  const after = (minutes: number) => {
    const facts = { order, settings, now: new Date(due.getTime() + minutes * 60_000) };
    const result = importObstacle(facts);
    const until = result?.outcome === 'wait' ? lookAgainAt({ ...result, outcome: 'wait' }, facts) : null;
    return until && (until.getTime() - due.getTime()) / 60_000;
  };
  t.equal(after(0), 15);
  t.equal(after(50), 60);
  t.equal(after(60), null, 'then it is exported as it is');
});

await t.test(
  'an order on hold is looked at again when the hold should be over, then at its next change',
  async (t) => {
    const order = sampleOrder({ status: 'ON_HOLD' });
    const at = (now: Date) => {
      const facts = { order, settings, now };
      const result = firstObstacle(orderGates, facts);
      return result?.outcome === 'wait' ? lookAgainAt({ ...result, outcome: 'wait' }, facts) : undefined;
    };
    t.same(at(new Date('2026-01-01T00:10:00Z')), due);
    t.equal(at(due), null);
  },
);

await t.test('every gate explains itself, with what to do where it does not pass', async (t) => {
  for (const status of [...Object.keys(orderStatusCodes), 'NEW_STATE']) {
    const results = explainImport({
      order: sampleOrder({ status, fulfillment: 'other', shipping: 'other', recipient: null }),
      settings,
      now: due,
    });
    t.equal(results.length, orderGates.length);
    for (const result of results) {
      t.ok(result.rule && result.reason, result.gate);
      if (result.outcome !== 'pass') t.ok(result.next, result.gate);
    }
  }
});

await t.test('pieces group by SKU, prices and gift flag, in order of first appearance', async (t) => {
  const lines = groupUnits(
    [
      sampleUnit({ unitId: '10' }),
      sampleUnit({ unitId: '7', skuId: 'b', merchantSku: 'B' }),
      sampleUnit({ unitId: '9' }),
      sampleUnit({ unitId: '11', salePrice: '16.00' }),
      sampleUnit({ unitId: '12', originalPrice: '21.00' }),
      sampleUnit({ unitId: '13', isGift: true }),
      sampleUnit({ unitId: '14', cancelled: true }),
      sampleUnit({ unitId: '15', skuId: 'nameless', merchantSku: '' }),
    ],
    new Map([['B', 'ERP-B']]),
  );
  t.same(
    lines.map(({ lineNumber, merchantSku, supplierSku, unitIds, quantity }) =>
      [lineNumber, merchantSku, supplierSku, unitIds.join(), quantity].join(' '),
    ),
    [
      '1 TEE-RED-L TEE-RED-L 9,10 2',
      '2 B ERP-B 7 1',
      '3 TEE-RED-L TEE-RED-L 11 1',
      '4 TEE-RED-L TEE-RED-L 12 1',
      '5 TEE-RED-L TEE-RED-L 13 1',
      '6 nameless nameless 15 1',
    ],
  );
  t.ok(compareIds('9', '10') < 0 && compareIds('10', '10') === 0);
});

await t.test('an order survives its columns', async (t) => {
  const order = sampleOrder();
  const { data, personal } = splitOrder(order, { constantAttributes: [], laterRecipient: null });
  const stored: [StoredOrderData, typeof personal] = JSON.parse(JSON.stringify([data, personal]));
  t.same(joinOrder(...stored), order);
  t.notMatch(
    JSON.stringify(data),
    /Sample Buyer|Example Ave|ring|chat\.example/,
    'no buyer in the plain column',
  );
});

await t.test('what is shipped, cancelled or claimed stays so when an older answer comes in', async (t) => {
  const shippedAt = new Date('2026-01-02T00:00:00Z');
  const [stored] = unitsOfLines([sampleUnit()], groupUnits([sampleUnit()], new Map()));
  const held = [
    { ...stored!, shippedAt, packageId: 'P', trackingNumber: 'T', shipmentKey: 5, cancelled: true },
    { ...stored!, unitId: 'not shown any more' },
  ];
  t.same(mergeUnits(held, [sampleUnit()]), held);
});

await t.test('an address is only replaced by one that can be delivered to', async (t) => {
  const held = sampleRecipient();
  t.equal(keepRecipient(held, null), held);
  t.equal(keepRecipient(held, sampleRecipient({ fullAddress: null, addressLines: [] })), held);
  t.equal(keepRecipient(held, sampleRecipient({ fullAddress: '1** E***' })), held);
  const moved = sampleRecipient({ fullAddress: '5 New St', phone: '(+1)2*****', name: null, masked: true });
  t.match(keepRecipient(held, moved), {
    fullAddress: '5 New St',
    phone: held.phone,
    name: held.name,
    masked: false,
  });
  t.same(keepRecipient(null, moved), moved);
});

await t.test('an address that comes too late is remembered until the old one is back', async (t) => {
  const record = { order: sampleOrder(), laterRecipient: null, units: [] } as unknown as OrderRecord;
  const late = sampleRecipient({ fullAddress: '5 New St' });
  const first = updateOf(record, sampleOrder({ recipient: late }), { fetched: true });
  t.match(first, { address: 'refused', laterRecipient: late, order: { recipient: sampleRecipient() } });
  const held = { ...record, laterRecipient: late };
  t.match(updateOf(held, sampleOrder({ recipient: late }), { fetched: true }), {
    address: 'same',
    laterRecipient: late,
  });
  t.match(updateOf(held, sampleOrder({ recipient: null }), { fetched: true }), { laterRecipient: late });
  t.equal(updateOf(held, sampleOrder(), { fetched: true }).laterRecipient, null);
  t.match(updateOf(record, sampleOrder({ recipient: late }), { fetched: false }), { address: 'replaced' });
});
