import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { keepAlerts } from '../../src/alerts/keep-alerts.js';
import { alertKinds } from '../../src/alerts/alert-kinds.js';
import { createRecipient } from '../../src/alerts/manage-recipients.js';
import { alertFlows, recipientOf, sendAlertsFlow } from '../../src/alerts/recipient-subject.js';
import { sendAlerts } from '../../src/alerts/send-alerts.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { createMailDoor } from '../../src/outbound/mail-door.js';
import { createSealer } from '../../src/store/secrets.js';
import type { FlowHandler } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow } from '../../src/sync/flows/run-flow.js';
import { erpOf } from '../support/actors.js';
import { createOrderDocuments, createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { silentLog } from '../support/logs.js';
import { startShop } from '../orders/shop.js';
import { forgetLinkSecrets } from '../../src/alerts/recipient-store.js';
import { openMailbox } from './mailbox.js';

t.setTimeout(120_000);
const db = await testDatabase(t, { prismaConnections: 12 });
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const base = 'https://connector.example.com';

/** A seller, a mailbox, and a clock that is moved by hand. */
async function alertWorld(t: Test, recipient: object = {}) {
  await db.pool.query('UPDATE alerts SET ended_at = now(), count = 0');
  await db.pool.query("UPDATE connections SET status = 'closed'");
  const seller = await createSeller(db, 'Harbor');
  const { companyId, connectionId } = seller;
  const mailbox = await openMailbox(t);
  const mail = createMailDoor({ url: mailbox.url, from: 'Alerts <alerts@example.com>' });
  t.teardown(() => mail.close());
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  const sealer = createSealer([{ id: 'test', bytes: randomBytes(32) }]);
  const deps = { db, clock, sealer };
  const by = erpOf(companyId);
  const id = await createRecipient(deps, { companyId, by }, { Address: 'ops@example.com', ...recipient });
  const handlers = new Map<string, FlowHandler>([
    [sendAlertsFlow.name, (run) => sendAlerts({ db, sealer, mail, base: () => base }, run)],
  ]);
  const runDeps = { db, clock, log: silentLog, flows: alertFlows, recordEvents, handlers };
  const keep = () => keepAlerts({ db, clock });
  const send = async () => {
    const choice = { companyId, now: clock.now(), subject: recipientOf(id), name: sendAlertsFlow.name };
    const asked = await requestRun(db.prisma, { ...choice, flows: alertFlows }).catch((error: unknown) => {
      if ((error as { code?: unknown }).code === 'connection-not-ready') return null;
      throw error;
    });
    return asked && runFlow(runDeps, asked.flowId);
  };
  return {
    ...seller,
    ...deps,
    by,
    mailbox,
    recipient: id,
    keep,
    send,
    setClock: (at: Date) => (offsetMs = at.getTime() - Date.now()),
    advance: (ms: number) => (offsetMs += ms),
    /** Minute by minute, as the worker does. */
    async pass(minutes: number, each: () => Promise<unknown> = async () => undefined) {
      for (let nth = 0; nth < minutes; nth++) {
        offsetMs += MINUTE_MS;
        await each();
        await keep();
        await send();
      }
    },
    fail: (count = 1) =>
      createOrderDocuments(db, seller, count, () => ({ statusCode: 1200 })).then((orders) =>
        db.prisma.document.updateMany({
          where: { key: { in: orders.map(({ key }) => key) } },
          data: { errorMessage: 'Ada Lovelace of 12 Main Street is unknown' },
        }),
      ),
    heal: () => db.pool.query('UPDATE documents SET status_code = 1000 WHERE company_id = $1', [companyId]),
    setFlow: (failures: number) =>
      db.pool.query(
        `INSERT INTO flows (subject_kind, subject_id, connection_id, name, lane, failures)
         VALUES ('connection', $1, $1, 'pull-orders', 'urgent', $2)
         ON CONFLICT (subject_kind, subject_id, name) DO UPDATE SET failures = $2`,
        [connectionId, failures],
      ),
    alerts: () => db.prisma.alert.findMany({ where: { companyId }, orderBy: { id: 'asc' } }),
    events: (typeId: number) => db.prisma.event.findMany({ where: { companyId, typeId } }),
  };
}

await t.test('what is wrong is told once while it lasts, and once when it is over', async (t) => {
  const world = await alertWorld(t);
  const { mailbox } = world;
  await world.fail(3);
  await world.pass(30, () => world.fail(1));
  t.equal(mailbox.mails.length, 1, 'one mail, though more fail each minute');
  const [first] = mailbox.mails;
  t.same(first?.to, ['ops@example.com']);
  t.match(first?.text, /Subject: 4 orders of Harbor shop failed\./);
  t.match(first?.text, /Next: See GET Orders\?status=Failed/);
  t.match(first?.text, `${base}/orders?view=problems&shop=${world.connectionId}`);
  t.match(first?.text, `${base}/alerts/off/${world.recipient}/failed-documents?signature=`);
  t.match(first?.text, 'List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  t.notMatch(first?.text, /Ada|Lovelace|Main Street/, 'nothing personal');
  await world.heal();
  await world.pass(5);
  t.equal(mailbox.mails.length, 1, 'not over at once: it may come back');
  await world.pass(20);
  t.equal(mailbox.mails.length, 2);
  t.match(mailbox.mails[1]?.text, /Subject: Over: /);
  t.match(mailbox.mails[1]?.text, /It lasted from .* to /);
  t.equal((await world.events(185)).length, 1, 'webhooks are told as well');
  t.equal((await world.events(186)).length, 1);
});

await t.test('what comes and goes is one alert', async (t) => {
  const world = await alertWorld(t);
  for (let nth = 0; nth < 10; nth++) {
    await world.setFlow(5);
    await world.pass(3);
    await world.setFlow(0);
    await world.pass(3);
  }
  t.equal((await world.alerts()).length, 1);
  t.equal(world.mailbox.mails.length, 1);
});

await t.test('every kind is found where it is, with what to do and where', async (t) => {
  const world = await alertWorld(t, { Digest: 'hourly' });
  const { companyId, connectionId } = world;
  const other = await createSeller(db, 'Second');
  await db.pool.query('UPDATE connections SET company_id = $1, status = $2 WHERE id = $3', [
    companyId,
    'needs_reauthorization',
    other.connectionId,
  ]);
  await world.fail();
  await world.setFlow(3);
  const day = new Date(Date.now() - 25 * HOUR_MS);
  const feed = { companyId, connectionId, kind: 'feed', receivedAt: day, finishedAt: day };
  await db.prisma.import.create({ data: { ...feed, state: 'held' } });
  await db.prisma.import.create({ data: { ...feed, state: 'applied', counts: { rows: 9, errors: 2 } } });
  await db.pool.query(
    `INSERT INTO inventory_items (connection_id, company_id, sku_key, supplier_sku, version)
     VALUES ($1, $2, 'x', 'X', 1)`,
    [connectionId, companyId],
  );
  await db.pool.query(
    `INSERT INTO outbox (company_id, connection_id, target_id, effect, natural_key, ordering_key, lane, payload, state)
     VALUES ($1, $2, $2, 'ship', 'n', 'o', 'urgent', '{}', 'needs_person')`,
    [companyId, connectionId],
  );
  await db.prisma.webhookSubscription.create({
    data: {
      companyId,
      address: 'https://erp.example',
      topic: '*',
      format: 'json',
      position: 0n,
      state: 'disabled',
    },
  });
  await db.prisma.productPush.create({
    data: { companyId, connectionId, productKey: 'p', state: 'refused', version: 1n, updatedAt: day },
  });
  await db.prisma.wantedProduct.create({
    data: {
      companyId,
      connectionId,
      productKey: 'p',
      name: 'P',
      fields: {},
      arrivals: {},
      importId: 1,
      version: 1n,
      updatedAt: day,
    },
  });
  const file = { companyId, connectionId, profile: 'edi', channel: 'sftp', format: 'x12', kind: 'order' };
  await db.prisma.delivery.create({
    data: { ...file, fileName: 'a.edi', state: 'rejected', createdAt: new Date() },
  });
  await world.keep();
  const alerts = await world.alerts();
  const kinds = new Set(alerts.map(({ kind }) => kind));
  // Of deadlines is the next test.
  t.same(
    [...kinds].toSorted(),
    Object.keys(alertKinds)
      .filter((kind) => kind !== 'deadlines')
      .toSorted(),
  );
  t.ok(
    alerts.every(({ next, title, link }) => next.length > 10 && title.length > 10 && link.startsWith('/')),
  );
  await world.send();
  t.equal(world.mailbox.mails.length, 1, 'one mail for all');
  for (const { title } of alerts) t.match(world.mailbox.mails[0]?.text, title);
  await db.pool.query('UPDATE companies SET feed_alert_hours = 0 WHERE id = $1', [companyId]);
  await world.pass(15);
  const feeds = (await world.alerts()).filter(({ kind }) => kind === 'no-feed');
  t.ok(
    feeds.every(({ endedAt }) => endedAt),
    'a setting says after how many hours, or never',
  );
});

await t.test('a deadline is told four hours before it ends, and no sooner', async (t) => {
  const world = await alertWorld(t);
  const shop = await startShop(t, db);
  shop.simulator.control.generate(shop.shopId, { count: 2, paidMinutesAgo: 90 });
  await shop.pull();
  const { rows } = await db.pool.query<{ at: Date }>(
    'SELECT min(due_at) AS at FROM open_deadlines WHERE connection_id = $1',
    [shop.connection.id],
  );
  const due = rows[0]!.at.getTime();
  const told = async (at: number) => {
    await keepAlerts({ db, clock: { now: () => new Date(at) } });
    const where = { companyId: shop.companyId, kind: 'deadlines' };
    return db.prisma.alert.findMany({ where });
  };
  t.same(await told(due - 4 * HOUR_MS - MINUTE_MS), []);
  const [alert, ...others] = await told(due - 4 * HOUR_MS + MINUTE_MS);
  t.same(others, []);
  t.match(alert, {
    title: /^[12] deadlines? of .+ \(order-ship\) ends? within four hours/,
    next: /GET Deadlines/,
    connectionId: shop.connection.id,
  });
  t.same(world.mailbox.mails, [], 'another company hears nothing of it');
});

await t.test('a key that is given up ends the links of earlier mails, and mails go on', async (t) => {
  const world = await alertWorld(t);
  await world.fail();
  await world.keep();
  await world.send();
  const linkOf = (text: string | undefined): string => /alerts\/off\/\S+/.exec(text ?? '')?.[0] ?? '';
  const before = linkOf(world.mailbox.mails[0]?.text);
  t.ok((await forgetLinkSecrets(db.prisma, 'test')).includes(world.recipient));
  await world.setFlow(3);
  await world.pass(10);
  await world.send();
  t.equal(world.mailbox.mails.length, 2);
  const after = linkOf(world.mailbox.mails[1]?.text);
  t.ok(before && after);
  t.not(after.split('=')[1], before.split('=')[1]);
});

await t.test('a mailbox that was away for a day gets one mail afterwards', async (t) => {
  const world = await alertWorld(t);
  const { mailbox } = world;
  mailbox.set('away');
  let nth = 0;
  await world.pass(24 * 6, async () => {
    world.advance(9 * MINUTE_MS);
    // What is wrong changes all the time.
    await world.setFlow((nth += 1) % 6 < 3 ? 5 : 0);
    if (nth % 10 === 0) await world.fail();
  });
  t.equal(mailbox.mails.length, 0);
  t.ok(mailbox.connections() < 40, `${mailbox.connections()} tries in a day`);
  t.equal((await world.events(187)).length, 1, 'told once in the history');
  mailbox.set('here');
  world.advance(HOUR_MS);
  await world.send();
  await world.send();
  t.equal(mailbox.mails.length, 1, 'no storm');
  t.ok(mailbox.mails[0]!.text.length < 30_000);
  t.match(mailbox.mails[0]?.text, /orders of Harbor shop failed/);
  t.equal((await world.events(188)).length, 1);
});

await t.test('an address that is refused for good is switched off', async (t) => {
  const world = await alertWorld(t);
  world.mailbox.set('refuses');
  await world.fail();
  await world.pass(15, async () => void world.advance(HOUR_MS));
  const row = await db.prisma.alertRecipient.findUniqueOrThrow({ where: { id: world.recipient } });
  t.match(row, { state: 'off', stateReason: /refuses the address \(550\)/ });
  t.ok(world.mailbox.connections() <= 12);
  t.notMatch(JSON.stringify(await world.events(187)), /ops@example/);
});

await t.test('quiet hours and daily mails go by the clock of the recipient', async (t) => {
  const night = { TimeZone: 'Asia/Tokyo', QuietFrom: '22:00', QuietTo: '07:00' };
  const world = await alertWorld(t, night);
  // 23:30 in Tokyo.
  world.setClock(new Date('2026-11-30T14:30:00Z'));
  await world.fail();
  await world.pass(10);
  t.equal(world.mailbox.mails.length, 0);
  world.setClock(new Date('2026-11-30T21:59:00Z'));
  await world.send();
  t.equal(world.mailbox.mails.length, 0);
  world.setClock(new Date('2026-11-30T22:01:00Z'));
  await world.send();
  t.equal(world.mailbox.mails.length, 1, 'after seven in the morning there');

  const daily = await alertWorld(t, { Digest: 'daily', TimeZone: 'America/New_York' });
  daily.setClock(new Date('2026-11-30T12:30:00Z'));
  await daily.fail();
  await daily.pass(5);
  t.equal(daily.mailbox.mails.length, 0, 'not before eight in the morning');
  await daily.pass(60);
  t.equal(daily.mailbox.mails.length, 1);
  await daily.setFlow(9);
  await daily.pass(120);
  t.equal(daily.mailbox.mails.length, 1, 'the rest tomorrow');
  daily.advance(DAY_MS);
  await daily.send();
  t.equal(daily.mailbox.mails.length, 2);
});

await t.test('two workers send one mail', async (t) => {
  const world = await alertWorld(t);
  await world.fail();
  await Promise.all([world.keep(), world.keep(), world.keep()]);
  await Promise.all([world.send(), world.send(), world.send()]);
  await world.send();
  t.equal((await world.alerts()).length, 1);
  t.equal(world.mailbox.mails.length, 1);
});

await t.test('what a recipient has switched off is not sent', async (t) => {
  const world = await alertWorld(t, { KindsOff: ['failed-documents'] });
  await world.fail();
  await world.setFlow(4);
  await world.pass(2);
  t.equal(world.mailbox.mails.length, 1);
  t.notMatch(world.mailbox.mails[0]?.text, 'orders of Harbor shop failed');
  const wrong = {
    Address: 'a@b.example, c@d.example',
    KindsOff: ['nothing'],
    TimeZone: 'Mars/Base',
    Digest: 'x',
  };
  await t.rejects(createRecipient(world, { companyId: world.companyId, by: world.by }, wrong), {
    code: 'invalid-document',
    details: [{ field: 'Address' }, { field: 'Digest' }, { field: 'KindsOff' }, { field: 'TimeZone' }],
  });
  for (const Address of ['a@b.example\nBcc: c@d.example', '<a@b.example>', 'nobody'])
    await t.rejects(createRecipient(world, { companyId: world.companyId, by: world.by }, { Address }), {
      code: 'invalid-document',
    });
});
