import { createHmac } from 'node:crypto';
import t from 'tap';
import { DEMO_APP_KEY, DEMO_APP_SECRET } from '../../src/simulator/server.js';
import { harborGoods } from '../support/connect-shop.js';
import { until } from '../support/waiting.js';
import { startWebhookService, stopPolling } from '../support/webhook-service.js';

t.setTimeout(170_000);
const HOUR_SECONDS = 3_600;
const MINUTE_MS = 60_000;
const service = await startWebhookService(t);
const { erp, db, webhookUrl } = service;
const { control } = service.simulator;
const { shopId } = harborGoods;
const lines = [{ sellerSku: 'BY-WEBHOOK', quantity: 2 }];
await stopPolling(service);

const orderIds = async (): Promise<string[]> => (await erp.list('Orders')).map(({ PartnerPO }) => PartnerPO);
const hasOrder = (id: string) => async () => (await orderIds()).includes(id);
/** An order that the ERP has, told by a webhook. */
async function sell(): Promise<string> {
  const { id } = control.addOrder(shopId, { lines, paidMinutesAgo: 90 });
  await until('arrival of an order', hasOrder(id), MINUTE_MS);
  return id;
}
const hints = () => db.prisma.webhookHint.count();

await t.test('TikTok was told where to send, for every kind of event that is read here', (t) => {
  const registered = control.webhooks();
  t.equal(registered.length, 12);
  t.ok(registered.every((one) => one.address === webhookUrl && one.shopId === shopId));
  t.end();
});

await t.test(
  'an order is with the ERP within a minute of the end of its hold, with polling switched off',
  async (t) => {
    const { id } = control.addOrder(shopId, { lines, paidMinutesAgo: 0 });
    await until(
      'the order is known to wait',
      async () => (await db.prisma.order.count({ where: { tiktokOrderId: id, state: 'waiting' } })) === 1,
      MINUTE_MS,
    );
    control.setClock({ advanceSeconds: HOUR_SECONDS - 120 });
    await control.deliverPushes();
    t.notOk((await orderIds()).includes(id), 'not before its hour is over');
    control.setClock({ advanceSeconds: 121 });
    await until('arrival of the order', hasOrder(id), MINUTE_MS);
    t.equal((await orderIds()).filter((one) => one === id).length, 1);
  },
);

await t.test('a cancellation is with the ERP within a minute', async (t) => {
  const id = await sell();
  control.act(id, { type: 'system_cancel' });
  await until(
    'arrival of the cancellation',
    async () => (await erp.list('Acknowledgements')).some(({ PartnerPO }) => PartnerPO === id),
    MINUTE_MS,
  );
  t.pass();
});

await t.test('a request to cancel is on the order within a minute', async (t) => {
  const id = await sell();
  control.act(id, { type: 'buyer_cancel', reason: 'Better price available' });
  await until(
    'the request on the order',
    async () => (await db.prisma.event.count({ where: { linkKey: await linkKeyOf(id), typeId: 7 } })) === 1,
    MINUTE_MS,
  );
  t.pass();
});

async function linkKeyOf(tiktokOrderId: string): Promise<string> {
  const order = (await erp.list('Orders')).find(({ PartnerPO }) => PartnerPO === tiktokOrderId);
  return order?.Identifier.LinkKey ?? '';
}

await t.test('what is shipped elsewhere, and a return, are with the ERP within a minute', async (t) => {
  const id = await sell();
  control.act(id, { type: 'seller_ship' });
  const statusOf = async () =>
    (await erp.list('Orders')).find(({ PartnerPO }) => PartnerPO === id)?.StatusCode;
  await until('the order is complete', async () => (await statusOf()) === 1000, MINUTE_MS);
  control.act(id, { type: 'carrier_deliver' });
  control.act(id, { type: 'buyer_opens_return', returnType: 'RETURN_AND_REFUND' } as never);
  await until(
    'arrival of the return',
    async () => (await erp.list('Returns')).some(({ PartnerPO }) => PartnerPO === id),
    MINUTE_MS,
  );
  t.pass();
});

await t.test('events that come late, twice and in another order change nothing but the time', async (t) => {
  control.addPushFault({ kind: 'reordered', eventType: 'ORDER_STATUS_CHANGE', times: 1 });
  control.addPushFault({ kind: 'twice', eventType: 'ORDER_STATUS_CHANGE', times: 3 });
  const ids = [1, 2, 3].map(() => control.addOrder(shopId, { lines, paidMinutesAgo: 90 }).id);
  await until(
    'arrival of all of them',
    async () => {
      const known = await orderIds();
      return ids.every((id) => known.includes(id));
    },
    MINUTE_MS,
  );
  const known = await orderIds();
  t.equal(known.length, new Set(known).size, 'each once');
  control.clearPushFaults();
});

await t.test('a flood of forged calls is refused, stores nothing and asks TikTok nothing', async (t) => {
  await until('all hints are read', async () => (await hints()) === 0);
  const before = control.requests().length;
  const body = JSON.stringify({ type: 1, shop_id: shopId, data: { order_id: '576653688135258178' } });
  const signature = createHmac('sha256', 'a guess').update(DEMO_APP_KEY).update(body).digest('hex');
  const headers = [
    { authorization: signature },
    { authorization: 'x' },
    {},
    { authorization: signature.toUpperCase() },
  ];
  const statuses = await Promise.all(
    Array.from({ length: 400 }, async (_, nth) => {
      const answer = await fetch(webhookUrl, { method: 'POST', body, headers: { ...headers[nth % 4] } });
      return [answer.status, await answer.text()];
    }),
  );
  t.ok(statuses.every(([status, text]) => status === 401 && text === ''));
  t.equal(await hints(), 0);
  t.equal(control.requests().length, before);
});

await t.test('a body that is too large is not read', async (t) => {
  const body = 'x'.repeat(65 * 1024);
  const authorization = createHmac('sha256', DEMO_APP_SECRET).update(DEMO_APP_KEY).update(body).digest('hex');
  const answer = await fetch(webhookUrl, { method: 'POST', body, headers: { authorization } });
  t.equal(answer.status, 413);
});

await t.test('the same call sent a thousand times is read once', async (t) => {
  const id = await sell();
  await until('all hints are read', async () => (await hints()) === 0);
  const body = JSON.stringify({
    type: 1,
    shop_id: shopId,
    data: { order_id: id, order_status: 'CANCELLED' },
  });
  const authorization = createHmac('sha256', DEMO_APP_SECRET).update(DEMO_APP_KEY).update(body).digest('hex');
  const read = () => control.requests({ path: '/order/202507/orders' }).length;
  const before = read();
  for (let round = 0; round < 20; round++)
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const answer = await fetch(webhookUrl, { method: 'POST', body, headers: { authorization } });
        t.equal(answer.status, 200);
        await answer.text();
      }),
    );
  await until('all hints are read', async () => (await hints()) === 0);
  t.ok(read() - before <= 2, `${read() - before} reads`);
  const [order] = (await erp.list('Orders')).filter(({ PartnerPO }) => PartnerPO === id);
  t.equal(order?.StatusCode, 100, 'what the call says is no truth');
});

await t.test(
  'the word that the seller has removed the app stops nothing, TikTok’s refusal does, at once',
  async (t) => {
    const status = async () =>
      (await db.prisma.connection.findUniqueOrThrow({ where: { id: service.shop.connectionId } })).status;
    control.push({ shopId, eventType: 'SELLER_DEAUTHORIZATION', data: { message: 'not true' } });
    await control.deliverPushes();
    await until('the hint is read', async () => (await hints()) === 0);
    t.equal(await status(), 'active');
    const { openId } = control.shops().find(({ id }) => id === shopId) ?? { openId: '' };
    control.deauthorize({ openId });
    await until('the connection stops', async () => (await status()) === 'needs_reauthorization', MINUTE_MS);
    t.pass();
  },
);
