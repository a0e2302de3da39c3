import t from 'tap';
import { createKey, testApi } from '../support/api.js';
import { startWorld, type TestOrder } from '../shipments/world.js';
import { ackOf } from './world.js';

t.setTimeout(120_000);
const world = await startWorld(t);
const { db, control } = world;
const shop = await world.connect('US');
const { app } = await testApi(t, db, { clock: world.clock, domain: world.deps });
const headers = { subscriptionkey: await createKey(db, shop) };

function post(order: TestOrder, document: object) {
  const payload = { ...document, PartnerPO: order.tiktokOrderId };
  return app.inject({ method: 'POST', url: '/api/v3/Acknowledgements', headers, payload });
}
const cancelling = (reason: string) => ackOf('A-1', [{ sku: 'TEE', cancel: 1 }], { ChangeReason: reason });

async function failed(): Promise<{ order: TestOrder; key: number }> {
  const order = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  const answer = await post(order, cancelling('Out of stock'));
  control.addFault({
    kind: 'error',
    code: 25001003,
    match: { method: 'POST', path: '/return_refund/*/cancellations' },
  });
  await world.settle().finally(() => control.clearFaults());
  return { order, key: Number(answer.json().Body.LogicbrokerKey) };
}
const statusOf = async (key: number) =>
  (await db.prisma.document.findUniqueOrThrow({ where: { key } })).statusCode;

await t.test('a failed cancellation is sent again under its number with another reason', async (t) => {
  const { order, key } = await failed();
  t.equal(await statusOf(key), 1200);
  const answer = await post(order, cancelling('Item recall'));
  t.equal(answer.json().Body.LogicbrokerKey, String(key), answer.body);
  const other = await post(order, cancelling('Out of stock'));
  t.equal(other.statusCode, 409, 'not while TikTok has not decided');
  t.notMatch(other.body, /already exists/);
  await world.settle();
  t.equal(await statusOf(key), 1000);
  t.equal((await shop.orderDocument(order)).statusCode, 1100);
  t.match(
    (await post(order, cancelling('Out of stock'))).json().Message,
    /^This acknowledgement already exists/,
  );
});

await t.test(
  'in place of a failed cancellation the order may be accepted under the same number',
  async (t) => {
    const { order, key } = await failed();
    const answer = await post(order, ackOf('A-1', [{ sku: 'TEE', accept: 1 }]));
    t.equal(answer.json().Body.LogicbrokerKey, String(key), answer.body);
    t.equal(await statusOf(key), 1000);
    t.equal((await shop.orderDocument(order)).statusCode, 500);
    await world.settle();
    t.equal((await shop.orderDocument(order)).statusCode, 500, 'nothing of the cancellation is left');
  },
);
