import { somebody } from '../support/actors.js';
import t from 'tap';
import { lockDocuments } from '../../src/documents/document-store.js';
import { releaseShipments } from '../../src/shipments/change-shipment.js';
import type { FaultSpec } from '../../src/simulator/control/fault-spec.js';
import type { Database } from '../../src/store/database.js';
import { deliverEntry, type DeliverDeps } from '../../src/sync/effects/deliver-entry.js';
import { listWaitingForPerson, settleByPerson } from '../../src/sync/effects/outbox-decisions.js';
import { refusalOf, shipmentOf, startWorld, type TestOrder } from '../shipments/world.js';
import { ackOf, acknowledging } from './world.js';

t.setTimeout(120_000);
const world = await startWorld(t);
const { control } = world;
const us = await world.connect('US');
const indonesia = await world.connect('ID');
const usAcks = acknowledging(world, us);
const idAcks = acknowledging(world, indonesia);
const call = await usAcks.api(t);
const markets = [
  { shop: us, acks: usAcks },
  { shop: indonesia, acks: idAcks },
];

const goods = [
  { sku: 'KOPI', quantity: 2 },
  { sku: 'TEH', quantity: 1 },
];
const wholeOrder = [
  { sku: 'KOPI', cancel: 2 },
  { sku: 'TEH', cancel: 1 },
];
const cancelOf = (number: string, more: object = {}) =>
  ackOf(number, wholeOrder, { ChangeReason: 'Out of stock', ...more });
const sorted = (order: TestOrder) => order.unitIds.toSorted().join(',');

const calls = { method: 'POST', path: '/return_refund/202309/cancellations' };
/** The first call that matches is the search for an open request. */
const onCancel = { match: calls, skip: 1, times: 1 } as const;

await t.test('an order is cancelled at once, and ends as Cancelled when TikTok confirms it', async (t) => {
  for (const { shop, acks } of markets) {
    const order = await shop.order(goods);
    const { key } = await acks.send(order, cancelOf('A-1'));
    t.match(await acks.view(key), { status: 200 });
    t.equal(await acks.statusOf(order), 100, 'nothing moves before TikTok has decided');
    await world.settle();
    const ack = await acks.view(key);
    t.match(ack, { status: 1000, error: null, document: { Type: 2, StatusCode: 1000 } });
    t.match(ack.document['ExtendedAttributes'], [{ Name: 'TikTokCancelId', Value: /^\d+$/ }]);
    t.ok(ack.events.includes('Info TikTok has cancelled the order.'));
    t.equal(await acks.statusOf(order), 1100);
    t.same(acks.effects(order), [`cancelled: ${sorted(order)}`]);
  }
});

await t.test(
  'the same acknowledgement again is the same document, whatever has happened since',
  async (t) => {
    const order = await us.order(goods);
    const first = await usAcks.send(order, cancelOf('A-1'));
    t.same(await usAcks.send(order, cancelOf('A-1')), {
      key: first.key,
      created: false,
      remarks: [],
    });
    await world.settle();
    t.same(await usAcks.send(order, cancelOf('A-1')), {
      key: first.key,
      created: false,
      remarks: [],
    });
    const other = await refusalOf(usAcks.send(order, cancelOf('A-1', { ChangeReason: 'Bad address' })));
    t.match(other, { code: 'invalid-document', details: [{ field: 'AcknowledgementNumber' }] });
    t.match(await refusalOf(usAcks.send(order, cancelOf('A-2'))), { message: /cancelled already/ });
    t.equal(usAcks.effects(order).length, 1);
  },
);

await t.test('of ten cancellations at once one is taken, and the others are told which', async (t) => {
  const order = await us.order(goods);
  const numbers = Array.from({ length: 10 }, (_, index) => `A-${index}`);
  const results = await Promise.allSettled(numbers.map((number) => usAcks.send(order, cancelOf(number))));
  const taken = results.filter(({ status }) => status === 'fulfilled');
  t.equal(taken.length, 1);
  for (const result of results) {
    if (result.status === 'rejected') t.match(result.reason, { message: /is cancelling the order/ });
  }
  await world.settle();
  t.equal(usAcks.effects(order).length, 1);
});

await t.test('an open request of the buyer is approved, and needs no reason', async (t) => {
  for (const { shop, acks } of markets) {
    const order = await shop.order(goods);
    control.act(order.tiktokOrderId, { type: 'buyer_cancel' });
    await shop.pull(order.tiktokOrderId);
    const ack = await acks.settled(order, ackOf('A-1', wholeOrder));
    t.match(ack, { status: 1000 });
    t.ok(ack.events.some((event) => event.includes("approved the buyer's own request")));
    t.same(acks.effects(order), [`cancel_approved: ${sorted(order)}`]);
    t.equal(await acks.statusOf(order), 1100);
  }
});

await t.test('a request that no pull has seen yet is found before anything is sent', async (t) => {
  const order = await us.order(goods);
  control.act(order.tiktokOrderId, { type: 'buyer_cancel' });
  await usAcks.settled(order, cancelOf('A-1'));
  t.same(usAcks.effects(order), [`cancel_approved: ${sorted(order)}`]);
});

await t.test('a request for a part is approved, and the rest cancelled', async (t) => {
  const order = await us.order(goods);
  const [first, ...rest] = order.unitIds;
  control.act(order.tiktokOrderId, { type: 'buyer_cancel', unitIds: [first ?? ''] });
  const ack = await usAcks.settled(order, cancelOf('A-1'));
  t.match(ack, { status: 1000 });
  t.same(usAcks.effects(order), [`cancel_approved: ${first}`, `cancelled: ${rest.toSorted().join(',')}`]);
  t.equal(await usAcks.statusOf(order), 1100);
});

await t.test(
  'a request that is withdrawn in the moment of the approval is followed by a cancellation',
  async (t) => {
    const order = await us.order(goods);
    control.act(order.tiktokOrderId, { type: 'buyer_cancel' });
    await usAcks.send(order, cancelOf('A-1'));
    control.addFault({
      kind: 'act',
      when: 'before',
      orderId: order.tiktokOrderId,
      act: { type: 'buyer_withdraws_cancel' },
      match: { path: '/return_refund/*/approve' },
      times: 1,
    });
    await world.settle().finally(() => control.clearFaults());
    t.same(usAcks.effects(order), [`cancelled: ${sorted(order)}`]);
    t.equal(await usAcks.statusOf(order), 1100);
  },
);

await t.test('a withdrawn request without a reason of the seller’s own leaves the order alone', async (t) => {
  const order = await us.order(goods);
  control.act(order.tiktokOrderId, { type: 'buyer_cancel' });
  await us.pull(order.tiktokOrderId);
  const { key } = await usAcks.send(order, ackOf('A-1', wholeOrder));
  control.act(order.tiktokOrderId, { type: 'buyer_withdraws_cancel' });
  await world.settle();
  t.match(await usAcks.view(key), {
    status: 1200,
    error: /withdrawn.*new acknowledgement with a ChangeReason/,
  });
  t.equal(await usAcks.statusOf(order), 100);
  t.same(usAcks.effects(order), []);
});

await t.test('what is cancelled in TikTok already is a success, whoever did it', async (t) => {
  for (const act of ['seller_cancel', 'system_cancel', 'operator_cancel'] as const) {
    const order = await us.order(goods);
    const { key } = await usAcks.send(order, cancelOf('A-1'));
    control.act(order.tiktokOrderId, { type: act });
    await world.settle();
    const ack = await usAcks.view(key);
    t.match(ack, { status: 1000 });
    t.ok(ack.events.includes('Info TikTok had cancelled the order already.'));
    t.equal(await usAcks.statusOf(order), 1100);
    t.same(usAcks.effects(order), []);
  }
});

await t.test('shipped meanwhile: the document fails with TikTok’s reason, and the order stays', async (t) => {
  for (const { shop, acks } of markets) {
    const order = await shop.order(goods);
    const { key } = await acks.send(order, cancelOf('A-1'));
    control.act(order.tiktokOrderId, { type: 'seller_ship', trackingNumber: `HAND${order.key}` });
    control.act(order.tiktokOrderId, { type: 'carrier_collect' });
    await world.settle();
    const ack = await acks.view(key);
    t.match(ack, { status: 1200, error: /TikTok says/ });
    t.ok(ack.events.includes('Alert TikTok does not cancel the order; it stays as it is.'));
    t.equal(await acks.statusOf(order), 100);
    t.same(acks.effects(order), []);
  }
});

await t.test('a refused cancellation can be sent again, and given up', async (t) => {
  const order = await us.order(goods);
  const refused = { path: '/return_refund/202309/cancellations', method: 'POST' };
  control.addFault({ kind: 'error', code: 25001046, match: refused, skip: 1, times: 1 });
  const { key, error } = await usAcks.settled(order, cancelOf('A-1')).finally(() => control.clearFaults());
  t.match(error, /risk control/);
  const status = `v3/Acknowledgements/${key}/Status`;
  t.match((await call('GET', status)).json, { Body: { Status: 'Failed', ErrorMessage: /risk control/ } });
  t.equal((await call('PUT', `${status}/Complete`)).status, 400, 'TikTok decides about it');
  t.equal((await call('PUT', `${status}/Submitted`)).status, 200);
  t.equal((await usAcks.view(key)).status, 200);
  await world.settle();
  t.match(await usAcks.view(key), { status: 1000, error: null });
  t.equal(await usAcks.statusOf(order), 1100);
  t.equal(usAcks.effects(order).length, 1);
});

await t.test('a cancellation and a shipment do not cross', async (t) => {
  const carrier = { CarrierCode: 'UPS' };
  const parcel = (tracking: string) =>
    shipmentOf('S-1', [
      { sku: 'KOPI', quantity: 2, tracking, carrier },
      { sku: 'TEH', quantity: 1, tracking, carrier },
    ]);
  const shipped = await us.order(goods);
  await us.ship(shipped, parcel('CROSS1'));
  t.match(await refusalOf(usAcks.send(shipped, cancelOf('A-1'))), { message: /Ready to Ship/ });
  await usAcks.set({ cancelAfterReadyToShip: true });
  t.match(await refusalOf(usAcks.send(shipped, cancelOf('A-1'))), { message: /is on its way to TikTok/ });
  await world.settle();
  t.match(await usAcks.settled(shipped, cancelOf('A-1')), { status: 1000 }, 'in the US until In Transit');
  await usAcks.set({ cancelAfterReadyToShip: false });

  const cancelled = await us.order(goods);
  const both = await Promise.allSettled([
    usAcks.send(cancelled, cancelOf('A-1')),
    us.ship(cancelled, parcel('CROSS2')),
  ]);
  await world.settle();
  const shippedCount = us.effects(cancelled).length;
  t.equal(usAcks.effects(cancelled).length + shippedCount, 1, 'one of the two has happened');
  t.equal(await usAcks.statusOf(cancelled), shippedCount === 1 ? 1000 : 1100);
  t.ok(both.some(({ status }) => status === 'fulfilled'));
});

await t.test(
  'no parcel is taken while the order is being cancelled, and when that fails it can be sent',
  async (t) => {
    const parcelOf = (number: string, more: object = {}) =>
      shipmentOf(
        number,
        goods.map(({ sku, quantity }) => ({ sku, quantity, tracking: `HELD${number}` })),
        more,
      );
    const order = await us.order(goods);
    const { key: draft } = await us.ship(order, parcelOf('S-2', { StatusCode: -1 }));
    const { key } = await usAcks.send(order, cancelOf('A-1'));
    const refusal = {
      status: 400,
      code: 'rule-violated',
      message: `Acknowledgement ${key} is cancelling the order.`,
      details: [{ message: /^not-being-cancelled/, next: /Do not let the parcel leave/ }],
    };
    const shippingGate = async () => {
      const { Body } = (await call('GET', `v3/Orders/${order.key}/Explain`)).json as {
        Body: { ShippingGates: { Gate: string; Outcome: string; Reason: string }[] };
      };
      return Body.ShippingGates.find(({ Gate }) => Gate === 'not-being-cancelled');
    };
    t.match(
      await refusalOf(us.ship(order, parcelOf('S-1'))),
      refusal,
      'the cancellation waits in the outbox',
    );
    t.match(await shippingGate(), { Outcome: 'refuse', Reason: refusal.message });
    control.addFault({ kind: 'done_but_lost', answer: 'drop', ...onCancel });
    control.addFault({ kind: 'http', status: 503, match: { path: '/order/' } });
    await deliverEntry(world.deliver, await entryOf(order)).finally(() => control.clearFaults());
    t.equal(usAcks.effects(order).length, 1, 'TikTok has done it; the answer is lost');
    t.match(await refusalOf(us.ship(order, parcelOf('S-1'))), refusal, 'it is sent, and nobody knows');
    t.match(await refusalOf(submitDraft(draft)), refusal, 'a draft is not released either');
    await world.settle();
    t.equal(await usAcks.statusOf(order), 1100);
    t.same(us.effects(order), []);

    const kept = await us.order(goods);
    control.addFault({ kind: 'error', code: 25001046, ...onCancel });
    await usAcks.send(kept, cancelOf('A-1'));
    t.match(await refusalOf(us.ship(kept, parcelOf('S-3'))), { message: /is cancelling the order/ });
    await world.settle().finally(() => control.clearFaults());
    t.match(await us.shipped(kept, parcelOf('S-3')), { status: 1000 }, 'the very same shipment again');
    t.equal(await usAcks.statusOf(kept), 1000);
  },
);

await t.test('a shipment that failed is not sent again while its order is being cancelled', async (t) => {
  await usAcks.set({ cancelAfterReadyToShip: true });
  const order = await us.order(goods);
  const parcel = shipmentOf(
    'S-1',
    goods.map(({ sku, quantity }) => ({ sku, quantity, tracking: 'FAILED1' })),
  );
  control.addFault({ kind: 'error', code: 21011044, match: { path: '/fulfillment/' }, times: 1 });
  const { key, status } = await us.shipped(order, parcel).finally(() => control.clearFaults());
  t.equal(status, 1200);
  await usAcks.send(order, cancelOf('A-1'));
  t.match(await refusalOf(submitDraft(key)), { code: 'rule-violated', message: /is cancelling the order/ });
  await world.settle();
  t.equal(await usAcks.statusOf(order), 1100);
  t.same(us.effects(order), []);
  await usAcks.set({ cancelAfterReadyToShip: false });
});

/** The status Submitted, as the API sets it on one of the US shop's shipments. */
async function submitDraft(key: number): Promise<void> {
  const { companyId } = us;
  await world.db.transaction(async (tx) => {
    const heads = await lockDocuments(tx, { companyId, keys: [key] });
    await releaseShipments(world.deps, tx, heads, somebody);
  });
}

const storms: [name: string, faults: FaultSpec[]][] = [
  ['done but the answer never came', [{ kind: 'done_but_lost', answer: 'hang', ...onCancel }]],
  ['done but the connection broke', [{ kind: 'done_but_lost', answer: 'drop', ...onCancel }]],
  ['done but answered with 504', [{ kind: 'done_but_lost', answer: 'status', ...onCancel }]],
  ['cut off before anything was done', [{ kind: 'drop', ...onCancel }]],
  ['too many requests', [{ kind: 'error', code: 36009002, httpStatus: 429, retryAfterSec: 1, ...onCancel }]],
  ['internal errors of TikTok', [{ kind: 'error', code: 25001058, ...onCancel }]],
  ['somebody else has the lock', [{ kind: 'error', code: 25001028, ...onCancel }]],
  ['a storm of server errors', [{ kind: 'http', status: 503, times: 6 }]],
  [
    'done, lost, and then TikTok shows old copies',
    [
      { kind: 'done_but_lost', answer: 'drop', ...onCancel },
      { kind: 'stale_read', match: { path: '/order/' }, times: 3 },
      {
        kind: 'stale_read',
        match: { path: '/return_refund/202309/cancellations/search' },
        times: 3,
        skip: 1,
      },
    ],
  ],
];

for (const [name, faults] of storms) {
  await t.test(`one cancellation, one effect: ${name}`, async (t) => {
    for (const { shop, acks } of markets) {
      const order = await shop.order(goods);
      const { key } = await acks.send(order, cancelOf('A-1'));
      for (const fault of faults) control.addFault(fault);
      await world.settle().finally(() => control.clearFaults());
      t.match(await acks.view(key), { status: 1000, error: null });
      t.same(acks.effects(order), [`cancelled: ${sorted(order)}`]);
      t.equal(await acks.statusOf(order), 1100);
      t.ok((await callsFor(order)) > 1, 'the fault has struck');
    }
  });
}

await t.test('an approval whose answer is lost is one approval', async (t) => {
  const order = await us.order(goods);
  control.act(order.tiktokOrderId, { type: 'buyer_cancel' });
  await usAcks.send(order, cancelOf('A-1'));
  const match = { path: '/return_refund/*/approve' };
  control.addFault({ kind: 'done_but_lost', answer: 'drop', match, times: 1 });
  await world.settle().finally(() => control.clearFaults());
  t.same(usAcks.effects(order), [`cancel_approved: ${sorted(order)}`]);
  t.equal(await usAcks.statusOf(order), 1100);
});

await t.test('a process that dies between the call and its record leaves one cancellation', async (t) => {
  const order = await us.order(goods);
  const { key } = await usAcks.send(order, cancelOf('A-1'));
  const id = await entryOf(order);
  await t.rejects(deliverEntry(dyingAfterTheCall(world.deliver), id));
  t.equal(usAcks.effects(order).length, 1, 'TikTok has done it');
  t.equal((await usAcks.view(key)).status, 200, 'we do not know it');
  await world.db.prisma.outboxEntry.update({ where: { id }, data: { leaseUntil: new Date(0) } });
  await world.settle();
  t.match(await usAcks.view(key), { status: 1000 });
  t.equal(usAcks.effects(order).length, 1);
  t.equal(await usAcks.statusOf(order), 1100);
});

await t.test(
  'a shop that must be connected again keeps the cancellation and sends it afterwards',
  async (t) => {
    const shop = await world.connect('US');
    const acks = acknowledging(world, shop);
    const order = await shop.order(goods);
    const { id } = shop.connection;
    const setStatus = (status: string) =>
      world.db.prisma.connection.update({ where: { id }, data: { status } });
    await setStatus('needs_reauthorization');
    const { key } = await acks.send(order, cancelOf('A-1'));
    await deliverEntry(world.deliver, await entryOf(order));
    t.match(await acks.view(key), { status: 200 });
    await setStatus('active');
    await world.settle();
    t.match(await acks.view(key), { status: 1000 });
  },
);

await t.test('what nobody can tell waits for a person, who settles it either way', async (t) => {
  for (const [decision, status, orderStatus] of [
    [{ decision: 'done' }, 1000, 1100],
    [{ decision: 'not-done', reason: 'Seller Center shows it open.' }, 1200, 100],
  ] as const) {
    const order = await us.order(goods);
    const { key } = await usAcks.send(order, cancelOf('A-1'));
    const id = await entryOf(order);
    const state = { state: 'in_doubt', attempts: 1_000, readBacks: 5 };
    await world.db.prisma.outboxEntry.update({ where: { id }, data: state });
    await deliverEntry(world.deliver, id);
    const waiting = await listWaitingForPerson(world.db.prisma);
    t.match(waiting, [{ id, effect: 'cancel-order', documentKey: key }]);
    t.match(await usAcks.view(key), { status: 200, error: /In doubt/ });
    t.match(await refusalOf(usAcks.send(order, cancelOf('A-2'))), { message: /is cancelling the order/ });
    const choice = { by: somebody, companyId: us.companyId, id, now: world.clock.now() };
    await world.db.transaction((tx) => settleByPerson(tx, world.deliver.effects, choice, decision));
    t.equal((await usAcks.view(key)).status, status);
    t.equal(await usAcks.statusOf(order), orderStatus);
  }
});

async function entryOf(order: TestOrder): Promise<bigint> {
  const orderingKey = `order:${order.tiktokOrderId}`;
  const { id } = await world.db.prisma.outboxEntry.findFirstOrThrow({ where: { orderingKey } });
  return id;
}

async function callsFor(order: TestOrder): Promise<number> {
  return world.db.prisma.outboxAttempt.count({ where: { outboxId: await entryOf(order) } });
}

/** The process is gone when the outcome is to be written: no transaction of it ever commits. */
function dyingAfterTheCall(deps: DeliverDeps): DeliverDeps {
  const db: Database = {
    ...deps.db,
    transaction: () => Promise.reject(new Error('the process has died')),
  };
  return { ...deps, db };
}
