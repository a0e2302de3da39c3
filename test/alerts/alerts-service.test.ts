import t from 'tap';
import { checkMail } from '../../src/doctor/mail-check.js';
import { until } from '../support/waiting.js';
import { startService } from '../support/start-service.js';
import { createOrderDocuments } from '../support/builders.js';
import { openMailbox } from './mailbox.js';

t.setTimeout(170_000);
const mailbox = await openMailbox(t);
const MAIL_FROM = 'alerts@example.com';
const service = await startService(t, { environment: { SMTP_URL: mailbox.url, MAIL_FROM } });
const { erp, db, companyId, url } = service;
const connection = await db.prisma.connection.create({
  data: {
    companyId,
    name: 'Harbor',
    environment: 'simulator',
    status: 'paused',
    shopId: '749400000000000001',
  },
});
const seller = { companyId, connectionId: connection.id, partnerId: connection.partnerId };
const body = async <Body>(path: string, method = 'GET', data?: object) =>
  (await erp.call<{ Body: Body }>(method, path, data ? { body: data } : {})).json.Body;
const RECIPIENTS = 'Settings/AlertRecipients';

await t.test(
  'a failed document is a mail within two minutes, whose link ends that kind without a log-in',
  async (t) => {
    const id = Number(await body<string>(RECIPIENTS, 'POST', { Address: 'ops@example.com' }));
    await createOrderDocuments(db, seller, 2, () => ({ statusCode: 1200 }));
    await until('the mail', () => mailbox.mails.length > 0, 130_000, 100);
    const mail = mailbox.mails[0]?.text ?? '';
    t.match(mail, /2 orders of Harbor failed/);
    t.match(await body('Alerts?open=true'), [{ Kind: 'failed-documents', Count: 2, Next: /Explain/ }]);
    const link =
      /http:\/\/[^\s>]*\/alerts\/off\/\d+\/failed-documents\?signature=[\w-]+/.exec(mail)?.[0] ?? '';
    const { pathname, search } = new URL(link);
    const off = new URL(pathname + search, url).href;
    const shown = await fetch(off);
    t.equal(shown.status, 200);
    t.match(await shown.text(), /<form method="post">/);
    t.match(await body(`${RECIPIENTS}/${id}`), { KindsOff: [] }, 'to look changes nothing');
    for (const wrong of [
      off.slice(0, -2),
      off.replace('failed-documents', 'webhooks'),
      off.replace(`/${id}/`, `/${id + 1}/`),
    ])
      t.equal((await fetch(wrong, { method: 'POST' })).status, 404);
    t.match(await body(`${RECIPIENTS}/${id}`), { KindsOff: [] });
    // As a mail program asks (RFC 8058).
    const asked = await fetch(off, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    t.equal(asked.status, 200);
    t.match(await body(`${RECIPIENTS}/${id}`), { KindsOff: ['failed-documents'], LastOutcome: 'sent' });
    const changed = { Address: 'ops@example.com', Digest: 'daily', QuietFrom: '22:00', QuietTo: '07:00' };
    t.equal(await body(`${RECIPIENTS}/${id}`, 'PUT', changed), id);
    t.match(await body(RECIPIENTS), [
      { Id: id, KindsOff: [], Digest: 'daily', QuietFrom: '22:00', Enabled: true },
    ]);
    t.equal(await body(`${RECIPIENTS}/${id}`, 'DELETE'), id);
    t.equal((await fetch(off, { method: 'POST' })).status, 404, 'a link of somebody who is gone');
    const secrets = ['ops@example', 'pass%20word', 'pass word', search.split('=')[1] ?? ''];
    const leaks = service.lines.filter((line) => secrets.some((secret) => line.includes(secret)));
    t.same(leaks, [], 'no log names an address, the mail server’s password or a link');
  },
);

await t.test('doctor says whether mails leave', async (t) => {
  t.match(await checkMail(db, { smtpUrl: mailbox.url, mailFrom: MAIL_FROM }), { state: 'ok' });
  const wrong = mailbox.url.replace('connector:', 'somebody:');
  const finding = await checkMail(db, { smtpUrl: wrong, mailFrom: MAIL_FROM });
  t.match(finding, { state: 'fail', detail: /refuses the log-in/ });
  t.notMatch(JSON.stringify(finding), /pass/);
  t.match(await checkMail(db, { smtpUrl: 'smtp://127.0.0.1:1', mailFrom: MAIL_FROM }), { state: 'fail' });
  t.match(await checkMail(db, { smtpUrl: null, mailFrom: null }), { state: 'ok' });
  await body(RECIPIENTS, 'POST', { Address: 'ops@example.com' });
  t.match(await checkMail(db, { smtpUrl: null, mailFrom: null }), { state: 'warn', next: /SMTP_URL/ });
});
