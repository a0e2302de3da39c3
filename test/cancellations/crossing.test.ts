import fc from 'fast-check';
import t from 'tap';
import { messageOf } from '../../src/kernel/errors.js';
import type { ActSpec } from '../../src/simulator/control/act-spec.js';
import type { ShopWorld } from '../shipments/world.js';
import { refusalOf } from '../shipments/world.js';
import { liveThrough, story } from './crossing-model.js';
import {
  acknowledge,
  documentsOf,
  orderRow,
  placeOrder,
  ship,
  SKUS,
  startCrossing,
  type CrossingOrder,
} from './crossing-world.js';

const world = await startCrossing(t);
const { control, clock } = world;
const us = await world.connect('US');
const indonesia = await world.connect('ID');
const CANCEL = '/return_refund/202309/cancellations';
const SECOND_MS = 1_000;

/** An order that the ERP has, with `quantities` pieces of the two SKUs. */
async function imported(shop: ShopWorld, quantities: readonly number[] = [2]): Promise<CrossingOrder> {
  const order = placeOrder(world, shop, { quantities, paidMinutesAgo: 90 });
  await world.run(shop, 'pull-orders');
  return order;
}

function act({ tiktokOrderId }: CrossingOrder, what: ActSpec): void {
  clock.advance(5 * SECOND_MS);
  control.act(tiktokOrderId, what);
}

async function pullBoth(shop: ShopWorld): Promise<void> {
  clock.advance(5 * SECOND_MS);
  await world.run(shop, 'pull-orders');
  await world.run(shop, 'pull-cancellations');
}

const statusOf = async (shop: ShopWorld, order: CrossingOrder) =>
  (await orderRow(world, shop, order))?.document?.statusCode;

const apiEffects = ({ tiktokOrderId }: CrossingOrder, kind: string) =>
  control.effects({ order: tiktokOrderId, via: 'api' }).filter((effect) => effect.kind.startsWith(kind));

await t.test('a shipment that waits while its order is cancelled is not sent, and says so', async (t) => {
  for (const shop of [us, indonesia]) {
    const order = await imported(shop);
    await ship(world, shop, order, { number: `W${shop.companyId}`, skus: SKUS });
    act(order, { type: 'system_cancel' });
    await pullBoth(shop);
    t.equal(await statusOf(shop, order), 1100);
    control.clearRequests();
    await world.settle();
    const [shipment] = await documentsOf(world, shop, 'shipment', order);
    t.equal(shipment?.statusCode, 1200);
    t.match(shipment?.errorMessage, /Nothing was sent: the order was cancelled/);
    t.same(control.requests({ path: '/fulfillment' }), [], 'TikTok was not even asked');
    t.same(apiEffects(order, 'shipped'), []);
  }
});

await t.test('pieces that are cancelled while a shipment waits are left out of it', async (t) => {
  const order = await imported(us, [3]);
  const [first = '', ...rest] = order.units[SKUS[0]] ?? [];
  await ship(world, us, order, { number: 'PART', skus: SKUS });
  act(order, { type: 'system_cancel', unitIds: [first] });
  await pullBoth(us);
  await world.settle();
  const [shipment] = await documentsOf(world, us, 'shipment', order);
  t.equal(shipment?.statusCode, 1000);
  t.same(apiEffects(order, 'shipped')[0]?.unitIds.toSorted(), rest.toSorted());
  t.equal(await statusOf(us, order), 1000, 'shipped or cancelled, every piece');
  const row = await orderRow(world, us, order);
  t.equal(row?.units.find(({ unitId }) => unitId === first)?.shippedAt, null);
});

await t.test('the ERP’s own cancellation never comes back, even when the pull sees it first', async (t) => {
  const order = await imported(us);
  await acknowledge(world, us, order, { number: 'OWN', cancel: true });
  control.addFault({ kind: 'done_but_lost', match: { method: 'POST', path: CANCEL }, skip: 1, times: 1 });
  await world.deliverOnce();
  control.clearFaults();
  t.equal(apiEffects(order, 'cancel').length, 1, 'TikTok has done it; the answer is lost');
  await pullBoth(us);
  t.equal((await documentsOf(world, us, 'acknowledgement', order)).length, 1);
  await world.settle();
  await pullBoth(us);
  const [own, ...pulled] = await documentsOf(world, us, 'acknowledgement', order);
  t.equal(own?.statusCode, 1000);
  t.same(pulled, []);
  t.equal(apiEffects(order, 'cancel').length, 1);
  t.equal(await statusOf(us, order), 1100);
  const rows = await world.db.prisma.cancellation.findMany({ where: { tiktokOrderId: order.tiktokOrderId } });
  t.match(rows, [{ outcome: 'ours', acknowledgementKey: own?.key, role: 'seller' }]);
});

await t.test('both cancel at once: one cancellation, one acknowledgement', async (t) => {
  const order = await imported(us);
  await acknowledge(world, us, order, { number: 'BOTH', cancel: true });
  act(order, { type: 'buyer_cancel', atOnce: true });
  await pullBoth(us);
  await world.settle();
  await pullBoth(us);
  const acks = await documentsOf(world, us, 'acknowledgement', order);
  t.match(acks, [{ statusCode: 1000 }], 'the ERP’s own ends well, for the order is cancelled');
  t.equal(acks.length, 1);
  t.same(apiEffects(order, 'cancel'), []);
  t.equal(await statusOf(us, order), 1100);
});

await t.test('a buyer’s request that the ERP approves is the ERP’s own', async (t) => {
  const order = await imported(us);
  act(order, { type: 'buyer_cancel' });
  await pullBoth(us);
  await acknowledge(world, us, order, { number: 'APPROVE', cancel: true });
  await world.settle();
  await pullBoth(us);
  t.equal((await documentsOf(world, us, 'acknowledgement', order)).length, 1);
  t.equal(await statusOf(us, order), 1100);
  const row = await orderRow(world, us, order);
  t.equal(row?.cancelRequest, null);
  t.match(
    await world.db.prisma.event.findMany({ where: { documentKey: row?.documentKey ?? 0, typeId: 9 } }),
    [{ summary: /approved by acknowledgement/ }],
  );
});

await t.test('what TikTok cancels while the ERP’s own fails is told after all', async (t) => {
  const order = await imported(us, [1, 1]);
  const [first = ''] = order.units[SKUS[0]] ?? [];
  await acknowledge(world, us, order, { number: 'FAILS', cancel: true });
  act(order, { type: 'system_cancel', unitIds: [first] });
  await pullBoth(us);
  t.equal((await documentsOf(world, us, 'acknowledgement', order)).length, 1, 'waits for the own one');
  act(order, { type: 'seller_ship' });
  act(order, { type: 'carrier_collect' });
  await world.settle();
  await pullBoth(us);
  const acks = await documentsOf(world, us, 'acknowledgement', order);
  t.same(
    acks.map(({ statusCode, acknowledgement }) => [statusCode, acknowledgement?.unitIds.length]),
    [
      [1200, 2],
      [100, 1],
    ],
  );
});

await t.test(
  'an open request stops shipping until it is answered, in the US shipping answers it',
  async (t) => {
    const asked = await imported(indonesia);
    act(asked, { type: 'buyer_cancel' });
    // Paid 90 minutes ago: no longer free to cancel at once.
    await pullBoth(indonesia);
    const refusal = await refusalOf(ship(world, indonesia, asked, { number: 'ASKED', skus: SKUS }));
    t.match(refusal, { code: 'rule-violated', message: /The buyer asks to cancel.*approves it \d{4}-/ });
    act(asked, { type: 'buyer_withdraws_cancel' });
    await pullBoth(indonesia);
    await ship(world, indonesia, asked, { number: 'ASKED', skus: SKUS });
    await world.settle();
    t.equal(await statusOf(indonesia, asked), 1000);

    const shipped = await imported(us);
    act(shipped, { type: 'buyer_cancel' });
    await pullBoth(us);
    const key = await ship(world, us, shipped, { number: 'ANSWER', skus: SKUS });
    t.match(await world.db.prisma.event.findMany({ where: { documentKey: key, typeId: 44 } }), [
      { summary: /takes the shipment as a rejection/, level: 'Warning' },
    ]);
    await world.settle();
    await pullBoth(us);
    t.equal(await statusOf(us, shipped), 1000);
    t.equal((await orderRow(world, us, shipped))?.cancelRequest, null);
    t.same(await documentsOf(world, us, 'acknowledgement', shipped), []);
  },
);

/** To live through a failure again: `CROSSING_SEED` and `CROSSING_PATH` as the failure prints them. */
const seed = Number(process.env['CROSSING_SEED'] ?? Date.now() % 2 ** 31);
const path = process.env['CROSSING_PATH'];
const LONGEST_MS = 40_000;

await t.test('whatever crosses, both sides agree when everything has come to rest', async (t) => {
  t.comment(`CROSSING_SEED=${seed}`);
  let lived = 0;
  const property = fc.asyncProperty(story, async (told) => {
    const differences = await liveThrough(world, told.region === 'US' ? us : indonesia, told);
    lived += 1;
    if (differences.length > 0) throw new Error(differences.join('; '));
  });
  const { failed, errorInstance, counterexample, counterexamplePath } = await fc.check(property, {
    seed,
    ...(path === undefined ? {} : { path }),
    numRuns: 60,
    interruptAfterTimeLimit: LONGEST_MS,
  });
  t.comment(`${lived} stories`);
  const replay = `CROSSING_SEED=${seed} CROSSING_PATH=${counterexamplePath}`;
  t.notOk(failed, `${replay} ${messageOf(errorInstance)} ${JSON.stringify(counterexample)}`);
  t.ok(lived > 3, `${lived} stories were lived through`);
});
