import t, { type Test } from 'tap';
import { harborGoods, tokoPelangi, type ShopAccount } from '../support/connect-shop.js';
import { unitIdsOf, wholeShipment, type ErpDocument } from '../support/erp.js';
import { queueStores } from '../support/service-world.js';
import { startService, type Service } from '../support/start-service.js';
import { until as untilWithin } from '../support/waiting.js';

const HOUR_SECONDS = 3_600;
const parcels = [
  { account: harborGoods, carrier: 'USPS', tracking: '9400100000000000000777' },
  { account: tokoPelangi, carrier: 'JNE', tracking: 'JNE0000000777' },
];

t.setTimeout(170_000);
for (const { name, redisUrl, skip } of await queueStores(t)) {
  const options = { skip, timeout: 90_000 };
  await t.test(`the story of the README, with the queue on ${name}`, options, async (t) => {
    const roles = redisUrl ? 'apart' : 'all';
    const service = await startService(t, { redisUrl, roles });
    const shops = [];
    for (const { account } of parcels) shops.push(await service.connectShop(account));
    for (const shop of shops) await shop.pullOrders();
    await ordersArrive(t, service);
    await clientsOfEveryVersionAreServed(t, service);
    await heldOrdersArriveOnce(t, service);
    await ordersAreAcknowledged(t, service);
    for (const parcel of parcels) await shipmentReachesTikTok(t, service, parcel);
    await tasksAreShown(t, service);
    t.same(errorsIn(service.lines), []);
  });
}

async function ordersArrive(t: Test, service: Service): Promise<void> {
  const due = parcels.flatMap(({ account }) => idsOf(service, account, { paidMinutesAgo: 60 }));
  t.equal(due.length, 7, 'the orders of both shops');
  await until(
    'arrival of the orders that are due',
    async () => (await service.erp.list('Orders/Ready')).length >= due.length,
  );
  const ready = await service.erp.list('Orders/Ready');
  t.same(ready.map(({ PartnerPO }) => PartnerPO).toSorted(), due.toSorted());
  t.ok(ready.every(({ StatusCode }) => StatusCode === 100));
}

async function clientsOfEveryVersionAreServed(t: Test, { erp }: Service): Promise<void> {
  const numbers = (documents: ErpDocument[]): string[] => documents.map(({ PartnerPO }) => PartnerPO);
  const v3 = await erp.call<{ Records: ErpDocument[]; TotalRecords: number }>('GET', 'Orders/Ready');
  const v2 = await erp.call<{ Records: ErpDocument[] }>('GET', 'Orders/Ready', { version: 'v2' });
  const v1 = await erp.call<{ Code: string; Body: { SalesOrders: ErpDocument[] } }>('GET', 'orders/ready', {
    version: 'v1',
    keyAs: 'query',
  });
  t.equal(v3.json.TotalRecords, v3.json.Records.length);
  t.same(numbers(v2.json.Records), numbers(v3.json.Records));
  t.equal(v1.json.Code, '200');
  t.same(numbers(v1.json.Body.SalesOrders), numbers(v3.json.Records));
  const [first] = v3.json.Records;
  const key = first?.Identifier.LogicbrokerKey ?? '';
  t.same(await erp.order(key), first, 'one order is what the list shows');
  t.equal((await erp.call('GET', 'Orders/Ready', { keyAs: 'none' })).status, 401);
}

async function heldOrdersArriveOnce(t: Test, service: Service): Promise<void> {
  const { erp, simulator } = service;
  const held = parcels.flatMap(({ account }) => idsOf(service, account, { paidMinutesAgo: 0, lessThan: 60 }));
  t.equal(held.length, 2, 'one order of each shop is in its hour');
  for (const id of held) {
    const { json } = await erp.call<{ Body: Explanation }>('GET', `Explain?order=${id}`);
    t.match(json.Body, { TikTokOrderId: id, State: 'waiting' });
    const hold = json.Body.Gates.find(({ Gate }) => Gate === 'remorse-hold');
    t.match(hold, { Outcome: 'wait', Until: /^\d{4}-\d\d-\d\dT/ });
    const paidMs = Number(simulator.control.order(id)['paid_time']) * 1000;
    t.equal(Date.parse(hold?.Until ?? ''), paidMs + HOUR_SECONDS * 1000, 'an hour after the payment');
  }
  simulator.control.setClock({ advanceSeconds: HOUR_SECONDS });
  // Twice, so that an order that comes a second time would be seen.
  await erp.triggerAll();
  const known = async (): Promise<string[]> => (await erp.list('Orders')).map(({ PartnerPO }) => PartnerPO);
  await until('arrival of the held orders', async () => {
    const numbers = await known();
    return held.every((id) => numbers.includes(id));
  });
  await pulledAgain(service);
  const numbers = await known();
  t.equal(new Set(numbers).size, numbers.length, 'no order is there twice');
  t.equal(numbers.length, 9);
  const { json } = await erp.call<{ Body: Explanation }>('GET', `Explain?order=${held[0]}`);
  t.match(json.Body, { State: 'exported', LogicbrokerKey: /^\d+$/ });
}

interface Explanation {
  State: string;
  Gates: { Gate: string; Outcome: string; Until?: string }[];
}

async function ordersAreAcknowledged(t: Test, { erp }: Service): Promise<void> {
  const ready = await erp.list('Orders/Ready');
  const keys = ready.map(({ Identifier }) => Identifier.LogicbrokerKey);
  const body = { Status: 'Acknowledged', OnlyIncreaseStatus: true, LogicbrokerKeys: keys };
  const answer = await erp.call<{ Records: string[] }>('PUT', 'Orders/Status', { body });
  t.equal(answer.status, 200, answer.text);
  t.same(answer.json.Records.toSorted(), keys.toSorted());
  t.same(await erp.list('Orders/Ready'), [], 'what was taken is not offered again');
}

async function shipmentReachesTikTok(
  t: Test,
  service: Service,
  { account, carrier, tracking }: (typeof parcels)[number],
): Promise<void> {
  const { erp, simulator } = service;
  const mine = idsOf(service, account, { paidMinutesAgo: 60 });
  const order = (await erp.list('Orders')).find(({ PartnerPO }) => mine.includes(PartnerPO));
  if (!order) throw new Error(`${account.shopName} has no order`);
  const document = wholeShipment(order, { tracking, carrier });
  const key = await erp.ship(order, document);
  t.equal(await erp.ship(order, document), key, 'sent twice it is one shipment');
  await until('end of the shipment', async () => (await erp.shipment(key)).StatusCode >= 1000);
  t.equal((await erp.shipment(key)).StatusCode, 1000);
  t.equal((await erp.order(order.Identifier.LogicbrokerKey)).StatusCode, 1000);

  const effects = simulator.control.effects({ order: order.PartnerPO });
  t.match(effects, [{ trackingNumber: tracking, via: 'api', shopId: account.shopId }]);
  t.equal(effects.length, 1);
  t.same(effects[0]?.unitIds.toSorted(), unitIdsOf(order));
  t.equal(simulator.control.order(order.PartnerPO).status, 'AWAITING_COLLECTION');

  const events = await erp.call<{ Body: { ActivityEvents: { Summary: string }[] } }>(
    'GET',
    `Orders/${order.Identifier.LogicbrokerKey}/ActivityEvents`,
  );
  t.match(events.json.Body.ActivityEvents.map(({ Summary }) => Summary).join('\n'), /Complete/);
  const sent = await erp.call('GET', `ActivityEvents?logicbrokerkey=${key}`);
  t.ok(sent.text.includes(tracking), 'the history of the shipment names the tracking number');
}

async function tasksAreShown(t: Test, service: Service): Promise<void> {
  const tasks = await service.erp.tasks();
  t.same(
    [...new Set(tasks.map(({ PartnerName }) => PartnerName))].toSorted(),
    parcels.map(({ account }) => account.shopName).toSorted(),
  );
  t.ok(tasks.every(({ LastSuccess }) => LastSuccess));
}

/** Pulls once more and waits for the end of it. */
async function pulledAgain({ erp }: Service): Promise<void> {
  const lastOf = async (): Promise<string> =>
    JSON.stringify((await erp.tasks()).map(({ LastSuccess }) => LastSuccess));
  const before = await lastOf();
  await until('another pull of every shop', async () => {
    await erp.triggerAll();
    const [old, now] = [JSON.parse(before), JSON.parse(await lastOf())] as [string[], string[]];
    return now.every((time, index) => time > (old[index] ?? ''));
  });
}

/** TikTok ids of orders that the seller has to ship, by the time of their payment (of cash on delivery: the order's). */
function idsOf(
  { simulator }: Service,
  { shopId }: ShopAccount,
  { paidMinutesAgo, lessThan = Infinity }: { paidMinutesAgo: number; lessThan?: number },
): string[] {
  const nowSec = simulator.control.clock().nowMs / 1000;
  return simulator.control
    .orders({ shop: shopId })
    .filter(({ status }) => ['AWAITING_SHIPMENT', 'ON_HOLD'].includes(status))
    .filter(
      (order) => order['shipping_type'] === 'SELLER' && order['fulfillment_type'] === 'FULFILLMENT_BY_SELLER',
    )
    .filter((order) => {
      const minutes = (nowSec - Number(order['paid_time'] || order['create_time'])) / 60;
      return minutes >= paidMinutesAgo && minutes < lessThan;
    })
    .map(({ id }) => id);
}

function errorsIn(lines: string[]): string[] {
  return lines.filter((line) => line.includes('"level":"error"'));
}

/** At the pace of a client, not of a loop. */
function until(what: string, happened: () => Promise<boolean>): Promise<void> {
  return untilWithin(what, happened, 20_000, 100);
}
