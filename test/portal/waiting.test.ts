import { somebody } from '../support/actors.js';
/** What waits for a person is shown where he looks, with the facts, and is settled there. */
import t from 'tap';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { documentKinds, effectsOf } from '../../src/compose/kinds.js';
import { toEntry } from '../../src/sync/effects/entry-row.js';
import { systemClock } from '../../src/kernel/time.js';
import { recordingLog } from '../support/logs.js';
import { harborGoods } from '../support/connect-shop.js';
import { wholeShipment } from '../support/erp.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';

t.setTimeout(170_000);
const service = await startService(t);
const { db, erp, simulator } = service;
const shop = await service.connectShop(harborGoods);
await until('orders', async () => (await erp.list('Orders/Ready')).length >= 3, 60_000);
const orders = await erp.list('Orders/Ready');
const page = `/connections/${shop.connectionId}`;
const WHY = 'TikTok was asked 5 times <whether> it was done';

/** Ships an order whose effect then stands as it does when TikTok gave no clear answer for too long. */
async function doubtful(index: number): Promise<{ key: string; entry: string }> {
  await db.prisma.connection.update({ where: { id: shop.connectionId }, data: { status: 'paused' } });
  const document = wholeShipment(orders[index]!, {
    tracking: `94001118995600000${index}`,
    carrier: 'USPS',
    number: `S-${index}`,
  });
  const key = await erp.ship(orders[index]!, document);
  const row = await db.prisma.outboxEntry.findFirstOrThrow({ where: { documentKey: Number(key) } });
  const kinds = documentKinds({
    db,
    clock: systemClock,
    log: recordingLog(),
    findCancelling,
    openShop: () => Promise.reject(new Error('nobody calls TikTok here')),
  });
  const effects = effectsOf(kinds);
  await db.transaction(async (tx) => {
    await effects.get(row.effect)!.settle(tx, toEntry(row), { state: 'needs_person', why: WHY }, somebody);
    await tx.outboxEntry.update({ where: { id: row.id }, data: { state: 'needs_person', lastError: WHY } });
  });
  await db.prisma.outboxAttempt.create({
    data: {
      outboxId: row.id,
      startedAt: new Date(),
      kind: 'send',
      outcome: 'in-doubt',
      tiktokCode: '36009003',
      requestId: '2026113012345600ABCDEF',
      message: 'Internal error.',
    },
  });
  await db.prisma.connection.update({ where: { id: shop.connectionId }, data: { status: 'active' } });
  return { key, entry: String(row.id) };
}

const statusOf = async (key: string): Promise<number> => (await erp.shipment(key)).StatusCode;
const statusText = async (key: string): Promise<string> =>
  (await erp.call('GET', `Shipments/${key}/Status`)).text;

await t.test(
  'the page shows the effect with its facts; the document and the metrics tell of it',
  async (t) => {
    t.notMatch((await shop.browser.get(page)).text, 'Waits for a person', 'nothing waits yet');
    const { key, entry } = await doubtful(0);
    const { text } = await shop.browser.get(page);
    for (const fact of [
      'Waits for a person',
      'Mark a package as shipped',
      `entry ${entry}`,
      `S-0 (key ${key})`,
      'TikTok was asked 5 times &lt;whether&gt; it was done',
      '36009003 Internal error.',
      '2026113012345600ABCDEF',
    ]) {
      t.match(text, fact);
    }
    t.match(await statusText(key), /Waits for a person.*command outbox/s);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    t.match(metrics, /connector_outbox_oldest_needs_person_seconds (?!0\n)\d/);

    const asked = await shop.browser.post(`${page}/effects/${entry}`, { decision: 'ask' });
    t.match(asked.text, 'TikTok is asked again');
    await until('the end of the shipment', async () => (await statusOf(key)) === 1000, 60_000);
    t.notMatch((await shop.browser.get(page)).text, 'Waits for a person');
    t.equal(simulator.control.effects({ order: orders[0]!.PartnerPO }).length, 1);
  },
);

await t.test('who has looked in Seller Center settles it on the page', async (t) => {
  const done = await doubtful(1);
  const at = `${page}/effects/${done.entry}`;
  await shop.browser.get(page);
  t.equal((await shop.browser.post(at, { decision: 'done' })).status, 400, 'not without the tick');
  t.equal((await shop.browser.post(at, { decision: 'forget', sure: 'yes' })).status, 400);
  t.equal(
    (await shop.browser.request(at, { method: 'POST' })).status,
    403,
    'not without the token of the page',
  );
  t.match((await shop.browser.post(at, { decision: 'done', sure: 'yes' })).text, 'Decided.');
  t.equal(await statusOf(done.key), 1000);
  t.equal((await shop.browser.post(at, { decision: 'done', sure: 'yes' })).status, 409, 'once only');
  t.equal(simulator.control.effects({ order: orders[1]!.PartnerPO }).length, 0, 'nothing was sent');

  const given = await doubtful(2);
  const gone = `${page}/effects/${given.entry}`;
  await shop.browser.get(page);
  t.equal((await shop.browser.post(gone, { decision: 'not-done' })).status, 400, 'not without a reason');
  await shop.browser.post(gone, { decision: 'not-done', reason: 'The parcel was lost.' });
  t.equal(await statusOf(given.key), 1200);
  t.match(await statusText(given.key), 'The parcel was lost.');
});

await t.test('an entry is settled on the page of its own connection only', async (t) => {
  const { entry } = await doubtful(1).catch(() => ({ entry: '999999' }));
  const other = await shop.browser.post('/connections', {
    companyId: String(service.companyId),
    name: 'Other',
    baseUrl: simulator.url,
    isUs: 'yes',
  });
  const { pathname } = new URL(other.url);
  t.equal((await shop.browser.post(`${pathname}/effects/${entry}`, { decision: 'ask' })).status, 409);
  t.equal((await shop.browser.post(`${page}/effects/x`, { decision: 'ask' })).status, 409);
});
