import { somebody } from '../support/actors.js';
import t from 'tap';
import { explainCancellations } from '../../src/cancellations/explain-cancellations.js';
import { changeStatus } from '../../src/documents/document-store.js';
import { explainOrder } from '../../src/orders/explain-order.js';
import type { ActSpec } from '../../src/simulator/control/act-spec.js';
import type { FlowReport } from '../../src/sync/flows/run-flow.js';
import { testDatabase } from '../support/database.js';
import { startShop, type TestShop } from '../orders/shop.js';

const db = await testDatabase(t);
const SEARCH = '/return_refund/202309/cancellations/search';
const HOUR = 60;

interface Placed {
  id: string;
  unitIds: string[];
}

function place(shop: TestShop, { quantity = 1, paidMinutesAgo = 90, more = {} } = {}): Placed {
  const order = shop.simulator.control.addOrder(shop.shopId, {
    lines: [{ sellerSku: 'TEE-RED-L', quantity }],
    paidMinutesAgo,
    ...more,
  });
  return { id: order.id, unitIds: (order.line_items as { id: string }[]).map(({ id }) => id) };
}

/** An order that the ERP has. */
async function imported(shop: TestShop, options: { quantity?: number } = {}): Promise<Placed> {
  const order = place(shop, options);
  await shop.pull();
  return order;
}

function act(shop: TestShop, { id }: Placed, what: ActSpec): void {
  shop.simulator.control.setClock({ advanceSeconds: 5 });
  shop.simulator.control.act(id, what);
}

function advance(shop: TestShop, minutes: number): void {
  shop.simulator.control.setClock({ advanceSeconds: minutes * 60 });
}

const pullCancellations = (shop: TestShop): Promise<FlowReport> => shop.pull({ flow: 'pull-cancellations' });

interface Ack {
  key: number;
  status: number;
  json: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- asserted on field by field
}

async function acksOf(shop: TestShop, { id }: Placed): Promise<Ack[]> {
  const rows = await db.prisma.document.findMany({
    where: { companyId: shop.companyId, type: 'acknowledgement', partnerPo: id },
    orderBy: { key: 'asc' },
  });
  return rows.map(({ key, statusCode, body }) => ({ key, status: statusCode, json: JSON.parse(body) }));
}

async function statusOf(shop: TestShop, order: Placed): Promise<number | undefined> {
  return (await shop.document(order.id))?.json['StatusCode'];
}

function attribute(of: Ack['json'], name: string): string | undefined {
  return of['ExtendedAttributes']?.find(({ Name }: { Name: string }) => Name === name)?.Value;
}

async function attributeOf(shop: TestShop, order: Placed, name: string): Promise<string | undefined> {
  return attribute((await shop.document(order.id))?.json ?? {}, name);
}

await t.test('a cancelled order reaches the ERP as one acknowledgement, and ends at Cancelled', async (t) => {
  const shop = await startShop(t, db);
  const order = await imported(shop, { quantity: 2 });
  act(shop, order, { type: 'buyer_cancel', reason: 'No longer needed', atOnce: true });
  t.match((await pullCancellations(shop)).counts, { acknowledged: 1 });
  const [ack, ...more] = await acksOf(shop, order);
  t.same(more, []);
  t.equal(ack?.status, 100, 'it waits for the ERP to fetch it');
  t.equal(ack?.json['ChangeReason'], 'Order cancelled by system');
  t.equal(ack?.json['AckLines'][0].QuantityCancelled, 2);
  t.equal(attribute(ack?.json ?? {}, 'TikTokCancelReasonText'), 'No longer needed');
  t.equal(attribute(ack?.json ?? {}, 'TikTokCancelledBy'), 'BUYER');
  t.equal(await statusOf(shop, order), 1100);

  t.equal((await pullCancellations(shop)).outcome, 'nothing-to-do', 'again: nothing new');
  advance(shop, 10);
  await pullCancellations(shop);
  await shop.pull();
  t.equal((await acksOf(shop, order)).length, 1, 'the refund that completes is no second cancellation');
  t.equal(await statusOf(shop, order), 1100);
});

await t.test(
  'taken is what buyer, system and operator cancel; the seller’s own only by the setting',
  async (t) => {
    for (const pullSellerCancellations of [false, true]) {
      const shop = await startShop(t, db, { settings: { pullSellerCancellations } });
      const [system, operator, seller] = [await imported(shop), await imported(shop), await imported(shop)];
      act(shop, system, { type: 'system_cancel' });
      act(shop, operator, { type: 'operator_cancel' });
      act(shop, seller, { type: 'seller_cancel' });
      await shop.pull();
      await pullCancellations(shop);
      t.equal((await acksOf(shop, system)).length, 1);
      t.equal((await acksOf(shop, operator)).length, 1);
      t.equal((await acksOf(shop, seller)).length, pullSellerCancellations ? 1 : 0);
      t.equal(await statusOf(shop, seller), pullSellerCancellations ? 1100 : 100);
      t.match((await shop.document(seller.id))?.text, /"CancelledQuantity","Value":"1"/, 'the fact is shown');
      const [explained] = await explainCancellations(
        { db },
        { companyId: shop.companyId, tiktokOrderId: seller.id },
      );
      t.equal(explained?.outcome, pullSellerCancellations ? 'acknowledged' : 'seller-made');
      if (!pullSellerCancellations) {
        t.match((await shop.events('order-cancelled')).join(), /by the seller in TikTok; no acknowledgement/);
      }
    }
  },
);

await t.test('a partial cancellation cancels its pieces only, and each piece is told of once', async (t) => {
  const shop = await startShop(t, db);
  const order = await imported(shop, { quantity: 3 });
  const [first, second] = order.unitIds;
  act(shop, order, { type: 'system_cancel', unitIds: [first ?? ''] });
  await pullCancellations(shop);
  t.equal(await statusOf(shop, order), 100);
  t.match((await shop.document(order.id))?.text, /"CancelledQuantity","Value":"1"/);
  act(shop, order, { type: 'operator_cancel', unitIds: [second ?? ''] });
  act(shop, order, { type: 'buyer_cancel', atOnce: true });
  await pullCancellations(shop);
  const quantities = (await acksOf(shop, order)).map(({ json }) => json['AckLines'][0].QuantityCancelled);
  t.same(quantities, [1, 1, 1]);
  t.equal(await statusOf(shop, order), 1100, 'every piece is cancelled');
});

await t.test('what is cancelled after the rest was shipped completes the order', async (t) => {
  const shop = await startShop(t, db);
  const order = await imported(shop, { quantity: 2 });
  const [first, second] = order.unitIds;
  act(shop, order, { type: 'seller_ship', unitIds: [first ?? ''] });
  await shop.pull();
  t.equal(await statusOf(shop, order), 100);
  act(shop, order, { type: 'system_cancel', unitIds: [second ?? ''] });
  await shop.pull();
  t.equal(await statusOf(shop, order), 1000, 'with the order pull already');
  await pullCancellations(shop);
  t.equal((await acksOf(shop, order)).length, 1);
  t.equal(await statusOf(shop, order), 1000);
});

await t.test(
  'an order cancelled during its hold never reaches the seller, whoever sees it first',
  async (t) => {
    for (const region of ['US', 'ID']) {
      const shop = await startShop(t, db, { region });
      const held = place(shop, { paidMinutesAgo: 5 });
      await shop.pull();
      act(shop, held, { type: 'buyer_cancel' });
      await pullCancellations(shop);
      t.equal((await shop.row(held.id)).state, 'not_imported', 'kept out at once');
      t.equal((await shop.row(held.id)).gate, 'not-cancelled');
      t.equal((await shop.row(held.id)).personal, null);

      const unseen = place(shop, { paidMinutesAgo: 90 });
      act(shop, unseen, { type: 'system_cancel' });
      t.match((await pullCancellations(shop)).counts, { 'not-imported': 1 });
      // The order search still shows it as it was before: ready to be shipped.
      const match = { path: '/order/202309/orders/search' };
      shop.simulator.control.addFault({ kind: 'stale_read', match });
      advance(shop, 70);
      await shop.pull();
      shop.simulator.control.clearFaults();
      t.equal((await shop.row(unseen.id)).state, 'not_imported');
      t.equal(await shop.document(unseen.id), null);
      await shop.pull();
      await pullCancellations(shop);
      t.equal(await shop.documentCount(), 0, region);
      t.same(await acksOf(shop, unseen), []);

      const explain = (tiktokOrderId: string) =>
        explainOrder(
          { ...shop.deps, explainCancellations: (order) => explainCancellations({ db }, order) },
          { companyId: shop.companyId, tiktokOrderId },
        );
      for (const { id } of [held, unseen]) {
        const explanation = await explain(id);
        t.match(
          explanation.summary,
          /cancelled before it was imported \(cancellation \d+ by the (buyer|system)\)/,
        );
        t.match(explanation.gates.find(({ gate }) => gate === 'not-cancelled')?.outcome, 'refuse');
        t.equal(explanation.cancellations[0]?.outcome, 'not-imported');
      }
    }
  },
);

await t.test('pieces cancelled during the hold are on no line, and nobody is told of them', async (t) => {
  const shop = await startShop(t, db, { region: 'ID' });
  const order = place(shop, { quantity: 3, paidMinutesAgo: 5 });
  await shop.pull();
  act(shop, order, { type: 'system_cancel', unitIds: order.unitIds.slice(0, 1) });
  await pullCancellations(shop);
  advance(shop, 70);
  await shop.pull();
  await pullCancellations(shop);
  t.equal((await shop.document(order.id))?.json['OrderLines'][0].Quantity, 2);
  t.same(await acksOf(shop, order), []);
});

await t.test('a request is on the order with its deadline, and TikTok’s approval ends it', async (t) => {
  const shop = await startShop(t, db);
  const order = await imported(shop);
  act(shop, order, { type: 'buyer_cancel', reason: 'No longer needed' });
  await shop.pull();
  const [{ cancelId } = { cancelId: '' }] = await db.prisma.cancellation.findMany({
    where: { tiktokOrderId: order.id },
  });
  t.equal(await attributeOf(shop, order, 'TikTokCancelRequestId'), cancelId);
  t.equal(await attributeOf(shop, order, 'TikTokCancelRequestReason'), 'No longer needed');
  const deadline = Date.parse((await attributeOf(shop, order, 'TikTokCancelRequestDeadline')) ?? '');
  const in48Hours = shop.simulator.control.clock().nowMs + 48 * HOUR * 60_000;
  t.ok(Math.abs(deadline - in48Hours) < 60_000, 'TikTok waits 48 hours');
  t.equal(
    await attributeOf(shop, order, 'TikTokCancelRequestOutcome'),
    'approved automatically at the deadline',
  );
  await shop.pull();
  await pullCancellations(shop);
  t.equal((await shop.events('cancellation-requested')).length, 1, 'told once');
  t.equal(await statusOf(shop, order), 100);

  advance(shop, 48 * HOUR + 1);
  await pullCancellations(shop);
  t.equal(await attributeOf(shop, order, 'TikTokCancelRequestId'), undefined);
  t.equal((await acksOf(shop, order)).length, 1);
  t.equal(await statusOf(shop, order), 1100);
  t.match(await shop.events('cancellation-request-closed'), [/approved/]);
  await shop.pull();
  t.equal((await shop.events('cancellation-request-closed')).length, 1);
});

await t.test(
  'a request that is withdrawn, rejected or answered by shipping vanishes from the order',
  async (t) => {
    const endings: ActSpec[] = [
      { type: 'buyer_withdraws_cancel' },
      { type: 'seller_rejects_cancel' },
      { type: 'seller_ship' },
    ];
    for (const spelling of ['CANCELLATION_REQUEST_CANCEL', 'CANCELLATION_REQUEST_CANCELLED'] as const) {
      const shop = await startShop(t, db, { simulator: { behaviour: { cancelledSpelling: spelling } } });
      for (const [nth, ending] of endings.entries()) {
        const order = await imported(shop);
        act(shop, order, { type: 'buyer_cancel' });
        await shop.pull();
        t.ok(await attributeOf(shop, order, 'TikTokCancelRequestId'));
        act(shop, order, ending);
        await shop.pull();
        t.equal(await attributeOf(shop, order, 'TikTokCancelRequestId'), undefined, ending.type);
        t.equal((await shop.events('cancellation-request-closed')).length, nth + 1);
        await pullCancellations(shop);
        t.same(await acksOf(shop, order), []);
      }
    }
  },
);

await t.test('a request is found again when the pull that saw it broke off', async (t) => {
  const shop = await startShop(t, db);
  const order = await imported(shop);
  act(shop, order, { type: 'buyer_cancel' });
  shop.simulator.control.addFault({ kind: 'error', code: 36009003, match: { path: SEARCH } });
  t.equal((await shop.pull()).outcome, 'done', 'the orders are in all the same');
  t.equal(await attributeOf(shop, order, 'TikTokCancelRequestId'), undefined);
  shop.simulator.control.clearFaults();
  await shop.pull();
  t.ok(await attributeOf(shop, order, 'TikTokCancelRequestId'));
  t.equal((await shop.events('cancellation-requested')).length, 1);
});

await t.test('a request that is older than the connection is found by the first pull', async (t) => {
  const shop = await startShop(t, db);
  const order = place(shop);
  act(shop, order, { type: 'buyer_cancel' });
  await shop.pull();
  t.ok(await attributeOf(shop, order, 'TikTokCancelRequestId'), 'with the order itself');
  await pullCancellations(shop);
  t.equal((await shop.events('cancellation-requested')).length, 1);
});

await t.test(
  'repeated, reordered, stale and unreadable answers change nothing and stop nobody',
  async (t) => {
    const shop = await startShop(t, db);
    const { control } = shop.simulator;
    const orders = Array.from({ length: 60 }, () => place(shop));
    await shop.pull();
    for (const order of orders) control.act(order.id, { type: 'system_cancel' });
    advance(shop, 1);
    const match = { path: SEARCH };
    control.addFault({ kind: 'duplicate_page', match, times: 2 });
    control.addFault({ kind: 'reorder_page', match });
    control.addFault({ kind: 'ids_as_numbers', match });
    control.addFault({ kind: 'unknown_fields', match });
    await pullCancellations(shop);
    control.clearFaults();
    const count = () =>
      db.prisma.document.count({ where: { companyId: shop.companyId, type: 'acknowledgement' } });
    t.equal(await count(), 60, 'more than a page within one second');

    const late = place(shop);
    await shop.pull();
    act(shop, late, { type: 'system_cancel' });
    control.addFault({ kind: 'unknown_enum', field: 'cancel_status', value: 'SOMETHING_NEW', match });
    control.addFault({ kind: 'unknown_enum', field: 'cancel_type', value: 'REQUEST_CANCEL_REFUND', match });
    t.match((await pullCancellations(shop)).counts, { waiting: 1 });
    t.equal(await count(), 60, 'a status that nobody knows decides nothing');
    control.clearFaults();
    control.addFault({ kind: 'unknown_enum', field: 'cancel_type', value: 'REQUEST_CANCEL_REFUND', match });
    await pullCancellations(shop);
    t.equal(await count(), 61);
    control.clearFaults();

    const odd = place(shop);
    const sound = place(shop);
    await shop.pull();
    act(shop, odd, { type: 'system_cancel' });
    control.addFault({ kind: 'unknown_enum', field: 'cancel_status', value: '', match });
    t.ok(((await pullCancellations(shop)).counts['unreadable'] ?? 0) > 0);
    control.clearFaults();
    act(shop, sound, { type: 'system_cancel' });
    await pullCancellations(shop);
    t.equal(await count(), 63, 'also the one that could not be read before');
  },
);

await t.test('a pull that is stopped or crashes between two pages loses and doubles nothing', async (t) => {
  const shop = await startShop(t, db);
  const { control } = shop.simulator;
  const orders = Array.from({ length: 120 }, () => place(shop));
  await shop.pull();
  for (const order of orders) {
    control.setClock({ advanceSeconds: 1 });
    control.act(order.id, { type: 'system_cancel' });
  }
  const match = { path: SEARCH };
  // The search for open requests and for the newest change come first, then the second page breaks.
  control.addFault({ kind: 'error', code: 36009003, match, skip: 3, times: 5 });
  t.equal((await pullCancellations(shop)).outcome, 'failed');
  const count = () =>
    db.prisma.document.count({ where: { companyId: shop.companyId, type: 'acknowledgement' } });
  const kept = await count();
  t.ok(kept > 0 && kept < 120, `stopped after ${kept}`);
  control.clearFaults();
  await pullCancellations(shop);
  t.equal(await count(), 120);
  t.equal(await db.prisma.cancellation.count({ where: { companyId: shop.companyId } }), 120);
});

await t.test('a cancellation that its list shows late is asked for by its order', async (t) => {
  const shop = await startShop(t, db);
  const { control } = shop.simulator;
  await pullCancellations(shop);
  const [order, other] = [await imported(shop), await imported(shop)];
  act(shop, other, { type: 'system_cancel' });
  await pullCancellations(shop);
  act(shop, order, { type: 'system_cancel' });
  await shop.pull();
  // As if the list had left it out while the watermark went on.
  await db.prisma.flow.updateMany({
    where: { connectionId: shop.connection.id, name: 'pull-cancellations' },
    data: { watermark: new Date(control.clock().nowMs + 3 * 3_600_000) },
  });
  t.same(await acksOf(shop, order), []);
  await pullCancellations(shop);
  t.equal((await acksOf(shop, order)).length, 1);
  t.equal(await statusOf(shop, order), 1100);
});

await t.test('orders that are complete or set aside are told of a late cancellation, and stay', async (t) => {
  const shop = await startShop(t, db);
  for (const to of [1000, 1400]) {
    const order = await imported(shop);
    const key = (await shop.document(order.id))?.key ?? 0;
    await db.transaction((tx) =>
      changeStatus(tx, { by: somebody, companyId: shop.companyId, keys: [key], type: 'order', to }),
    );
    act(shop, order, { type: 'system_cancel' });
    await pullCancellations(shop);
    t.equal((await acksOf(shop, order)).length, 1);
    t.equal(await statusOf(shop, order), to);
  }
});

await t.test('a shop that moved to another company tells that company nothing of old orders', async (t) => {
  const shop = await startShop(t, db);
  const order = await imported(shop);
  const company = await db.prisma.company.create({ data: { name: 'Successor' } });
  const { connectAgain } = await import('../orders/shop.js');
  const connectionId = await connectAgain(shop, company.id);
  act(shop, order, { type: 'system_cancel' });
  await shop.pull({ flow: 'pull-cancellations', connectionId });
  t.equal(await db.prisma.document.count({ where: { companyId: company.id } }), 0);
  t.equal(await statusOf(shop, order), 100);
  t.same(
    await explainCancellations({ db }, { companyId: shop.companyId, tiktokOrderId: order.id }),
    [],
    'nor the other one of what is not its own any more',
  );
});
