/** Webhooks and alerts on their pages: what the API can do with them, by its use cases, in the name of the person. */
import t from 'tap';
import { createBrowser, type Browser } from '../support/browser.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';
import { createSellerWithKey } from '../support/service-world.js';
import { isSigned, startReceiver } from '../webhooks/receiver.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { erpOf } from '../support/actors.js';

t.setTimeout(170_000);
const service = await startService(t, {
  environment: { NODE_ENV: 'development', PRIVATE_HOSTS: '127.0.0.1' },
});
const { db, companyId } = service;
const { prisma } = db;
const tell = () =>
  db.transaction((tx) =>
    recordEvents(tx, erpOf(companyId), [
      { companyId, event: 'company-changed', summary: 'Renamed <b>it</b>.' },
    ]),
  );

async function adasBrowser(): Promise<Browser> {
  const browser = createBrowser(service.url);
  await browser.logIn(service.operator);
  return browser;
}

await t.test(
  'a webhook is made on its page; its secret is shown once, and a reload makes nothing',
  async (t) => {
    const browser = await adasBrowser();
    const receiver = await startReceiver(t);
    t.match((await browser.get('/webhooks')).text, /No address is told of changes/);
    await browser.get('/webhooks/new');
    const wrong = await browser.post('/webhooks', {
      company: String(companyId),
      Address: 'ftp://erp.example.com/kept',
      Topic: 'company',
    });
    t.equal(wrong.status, 400);
    t.match(wrong.text, /<a href="#Address">Address must be an https address/);
    t.match(wrong.text, /value="ftp:\/\/erp\.example\.com\/kept"/, 'what was typed stands there still');
    const form = { company: String(companyId), Address: receiver.url, Topic: 'company' };
    const made = await browser.post('/webhooks', form);
    const secret = /class="key">\s*(whsec_[\w+/=]+)/.exec(made.text)?.[1] ?? '';
    t.ok(secret, made.text.slice(0, 500));
    const path = new URL(made.url).pathname;
    t.notMatch((await browser.get(made.url)).text, 'whsec_', 'the same address again shows it no more');
    t.equal(await prisma.webhookSubscription.count(), 1, 'and makes none');

    await tell();
    await until('the message', () => receiver.received.length === 1);
    t.ok(isSigned(receiver.received[0]!, secret));
    await until('it is known', async () => /taken/.test((await browser.get(path)).text));
    const page = await browser.get(path);
    t.match(page.text, /Renamed &lt;b&gt;it&lt;\/b&gt;/);
    const [message] = receiver.ids();
    const calls = await browser.get(`${path}/messages/${message?.split('_').at(-1)}`);
    t.match(calls.text, /answered 204/);
    await browser.post(`${path}/replay`, { message: message ?? '' });
    await until('the replay', () => receiver.received.length === 2);
    t.equal(receiver.ids()[1], message, 'under its own id');

    await browser.get(path);
    const tested = await browser.post(`${path}/test`);
    t.match(tested.text, /The receiver has taken it: answered 204/);
    t.match(receiver.ids()[2], /^msg_test_/);
    await browser.get(tested.url);
    t.equal(receiver.received.length, 3, 'loading the answer again sends no other test');

    await browser.get(path);
    const rotated = await browser.post(`${path}/rotate`, { hours: '1' });
    const other = /class="key">\s*(whsec_[\w+/=]+)/.exec(rotated.text)?.[1] ?? '';
    t.not(other, secret);
    t.notMatch((await browser.get(rotated.url)).text, other);
    t.equal(await prisma.auditEntry.count({ where: { action: 'webhook.secret-rotated' } }), 1);
  },
);

await t.test(
  'what a receiver does not take is seen, switched off, and sent again when it is well',
  async (t) => {
    const browser = await adasBrowser();
    const receiver = await startReceiver(t);
    receiver.answer(503);
    await browser.get('/webhooks/new');
    const form = { company: String(companyId), Address: `${receiver.url}?token=t0ps3cret`, Topic: '*' };
    const path = new URL((await browser.post('/webhooks', form)).url).pathname;
    await tell();
    await until('the call', () => receiver.received.length > 0);
    await until('it is seen', async () => /answered 503/.test((await browser.get(path)).text));
    t.notMatch((await browser.get('/webhooks')).text, 't0ps3cret', 'no list shows what the address hides');
    await browser.get(path);
    const off = await browser.post(path, { Address: form.Address, Topic: '*', Enabled: 'no' });
    t.match(off.text, /switched off/);
    receiver.answer(204);
    await browser.post(path, { Address: form.Address, Topic: '*', Enabled: 'yes' });
    const { length } = receiver.received;
    await until('it is sent again', () => receiver.received.length > length);
    await browser.get(path);
    t.equal((await browser.post(`${path}/replay`, { from: 'nonsense' })).status, 400);
    await browser.get(path);
    const wide = await browser.post(`${path}/replay`, { from: '2000-01-01T00:00', to: '' });
    t.match(wide.text, /on their way again/);
    await browser.get(path);
    t.equal((await browser.post(`${path}/remove`, {})).status, 400, 'not without the box');
    await browser.get(path);
    t.match((await browser.post(`${path}/remove`, { sure: 'yes' })).text, /The webhook is removed/);
    t.equal((await browser.get(path)).status, 404);
  },
);

await t.test('an alert is seen while it lasts and afterwards, and leads to what is wrong', async (t) => {
  const browser = await adasBrowser();
  const { connectionId } = await service.connectShop({
    email: 'id@seller.example',
    region: 'ID',
    isUs: false,
    shopName: 'Toko Pelangi',
    shopId: '7495000000000000002',
  });
  t.match((await browser.get('/alerts')).text, /Nothing is wrong/);
  const alert = {
    companyId,
    kind: 'failed-documents',
    cause: `${connectionId}:order`,
    connectionId,
    title: '2 orders of <i>Toko</i> failed.',
    next: 'Look at them.',
    link: `/orders?view=problems&shop=${connectionId}`,
    count: 2,
    beganAt: new Date(),
  };
  const { id } = await prisma.alert.create({ data: alert });
  const open = await browser.get('/alerts');
  t.match(open.text, /2 orders of &lt;i&gt;Toko&lt;\/i&gt; failed/);
  t.equal((await browser.get(alert.link)).status, 200);
  await prisma.alert.update({ where: { id }, data: { endedAt: new Date(), count: 0 } });
  t.match((await browser.get('/alerts?view=over')).text, /Toko/);
  t.notMatch((await browser.get('/alerts')).text, 'Toko&lt;');
});

await t.test(
  'who is told is set with the API’s rules, mutes kinds, and is hidden from who only looks',
  async (t) => {
    const browser = await adasBrowser();
    await browser.get('/alerts/recipients/new');
    const form = {
      company: String(companyId),
      Digest: 'at-once',
      TimeZone: 'Mars/Base',
      Address: 'ops@example.com',
    };
    const wrong = await browser.post('/alerts/recipients', { ...form, 'off-webhooks': 'yes' });
    t.equal(wrong.status, 400);
    t.match(wrong.text, /Time zone must be a name such as Europe\/Berlin/);
    t.match(wrong.text, /name="off-webhooks"\s+value="yes"\s+checked/);
    const zoned = { ...form, TimeZone: 'Europe/Berlin', QuietFrom: '22:00', QuietTo: '07:00' };
    const made = await browser.post('/alerts/recipients', { ...zoned, 'off-webhooks': 'yes' });
    t.match(made.text, /ops@example\.com/);
    const recipient = await prisma.alertRecipient.findFirstOrThrow();
    t.match(recipient, { kindsOff: ['webhooks'], quietFrom: 22 * 60, quietTo: 7 * 60, digest: 'at-once' });
    const path = `/alerts/recipients/${recipient.id}`;
    t.match((await browser.get(path)).text, /value="22:00"/);
    await browser.post(path, { ...zoned, Enabled: 'no', 'off-products': 'yes' });
    t.match(await prisma.alertRecipient.findFirst(), { state: 'off', kindsOff: ['products'] });
    await prisma.operator.updateMany({ where: { login: 'ada' }, data: { role: 'reader' } });
    const page = await browser.get('/alerts');
    t.notMatch(page.text, 'ops@example.com');
    t.equal((await browser.get(path)).status, 403);
    await prisma.operator.updateMany({ where: { login: 'ada' }, data: { role: 'operator' } });
    await browser.get(path);
    await browser.post(`${path}/remove`);
    t.match(await prisma.alertRecipient.findFirst(), { state: 'deleted', address: '' });
    const rows = await prisma.auditEntry.findMany({ where: { action: { startsWith: 'alert-recipient.' } } });
    t.same(
      rows.map(({ action, actorName, actorVia }) => [action, actorName, actorVia]),
      ['created', 'changed', 'removed'].map((what) => [`alert-recipient.${what}`, 'ada', 'portal']),
    );
  },
);

await t.test('another company’s webhooks, recipients and alerts are not there', async (t) => {
  const { companyId: other } = await createSellerWithKey(db, 'Another company');
  const { id } = await prisma.webhookSubscription.create({
    data: { companyId: other, address: 'https://theirs.example/', topic: '*', format: 'json', position: 0n },
  });
  const theirs = await prisma.alertRecipient.create({
    data: { companyId: other, address: 'theirs@example.com', digest: 'daily', timeZone: 'UTC' },
  });
  await prisma.operator.updateMany({ where: { login: 'ada' }, data: { role: 'seller', companyId } });
  const browser = await adasBrowser();
  for (const path of [`/webhooks/${id}`, `/webhooks/${id}/messages/1`, `/alerts/recipients/${theirs.id}`])
    t.equal((await browser.get(path)).status, 404, path);
  await browser.get('/webhooks');
  t.equal((await browser.post(`/webhooks/${id}/remove`, { sure: 'yes' })).status, 404);
  for (const path of ['/webhooks', '/alerts']) t.notMatch((await browser.get(path)).text, /theirs/, path);
  const form = { company: String(other), Address: 'https://mine.example/', Topic: '*' };
  await browser.get('/webhooks/new');
  t.equal((await browser.post('/webhooks', form)).status, 400);
  t.equal(await prisma.webhookSubscription.count({ where: { companyId: other } }), 1);
});
