/** Documents as files, and files for the ERP, on their pages: tried first, by the API's rules, in the name of the person. */
import t from 'tap';
import { createBrowser, type Answer, type Browser } from '../support/browser.js';
import { harborGoods } from '../support/connect-shop.js';
import type { ErpDocument } from '../support/erp.js';
import { createSellerWithKey } from '../support/service-world.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';

t.setTimeout(170_000);
const service = await startService(t);
const { db, companyId, erp } = service;
const { prisma } = db;
await service.connectShop(harborGoods);
let orders: ErpDocument[] = [];
await until('orders came in', async () => {
  orders = await erp.list('Orders');
  return orders.length >= 3;
});

async function adasBrowser(): Promise<Browser> {
  const browser = createBrowser(service.url);
  await browser.logIn(service.operator);
  return browser;
}

const tokenIn = ({ text }: Answer): string => /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';

/** A form as a browser sends it: fields in their order, then the file. */
function formOf(fields: Record<string, string>, content: string, name = 'file.csv'): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', new Blob([content]), name);
  return form;
}

async function upload(browser: Browser, fields: Record<string, string>, content: string): Promise<Answer> {
  const token = tokenIn(await browser.get('/files/upload'));
  const body = formOf({ _csrf: token, company: String(companyId), ...fields }, content);
  const answer = await browser.request('/files/upload', { method: 'POST', body });
  const location = answer.headers.get('location');
  return location ? browser.get(location) : answer;
}

const HEADER =
  'PartnerPO,ShipmentNumber,ShipmentLines.ItemIdentifier.SupplierSKU,ShipmentLines.Quantity,ShipmentInfos.TrackingNumber,ShipmentInfos.CarrierCode';
const linesOf = ({ PartnerPO, OrderLines }: ErpDocument, number: string, tracking: string): string[] =>
  OrderLines.map(
    ({ Quantity, ItemIdentifier }) =>
      `${PartnerPO},${number},${ItemIdentifier.SupplierSKU},${Quantity},${tracking},USPS`,
  );

await t.test('shipments are uploaded as a file: tried first, then applied from its page, once', async (t) => {
  const browser = await adasBrowser();
  const [first] = orders;
  const file = [
    HEADER,
    ...linesOf(first!, 'FILE-1', '9400111899560000000017'),
    '98,FILE-2,"<script>alert(1)</script>",1,9400111899560000000024,USPS',
  ].join('\n');
  const tried = await upload(browser, { kind: 'shipment', how: 'try' }, file);
  t.match(tried.text, /this was a dry run\. 1 of 2 documents would be taken/);
  t.match(tried.text, /row \d+, column PartnerPO/);
  t.equal(await prisma.document.count({ where: { type: 'shipment' } }), 0, 'nothing is there');
  const path = new URL(tried.url).pathname;
  t.match((await browser.get(`${path}/documents.csv`)).text, /Shipment,FILE-2/);
  await browser.get(path);
  const applied = await browser.post(`${path}/apply`);
  t.match(applied.text, /partly taken/);
  t.not(applied.url, tried.url, 'it is a file of its own');
  const shipment = await prisma.document.findFirstOrThrow({ where: { type: 'shipment' } });
  t.equal(shipment.reference, 'FILE-1');
  t.match(applied.text, new RegExp(`href="/shipments/${shipment.key}"`));
  const event = await prisma.event.findFirst({
    where: { documentKey: shipment.key },
    orderBy: { id: 'asc' },
  });
  t.match(event, { actorName: 'ada', actorVia: 'portal' });
  await until('TikTok has it', async () => (await erp.shipment(String(shipment.key))).StatusCode === 1000);
  await browser.get(path);
  t.equal((await browser.post(`${path}/apply`)).status, 404, 'its bytes are gone');
  t.equal(await prisma.document.count({ where: { type: 'shipment' } }), 1);
  t.match((await browser.get('/files')).text, /file\.csv/);
});

await t.test('acknowledgements are uploaded too, and what cannot be read says why', async (t) => {
  const browser = await adasBrowser();
  const [, second] = orders;
  const acknowledgement = {
    PartnerPO: second!.PartnerPO,
    AcknowledgementNumber: 'AK-FILE',
    Type: 1,
    AckLines: second!.OrderLines.map(({ ItemIdentifier, Quantity }) => ({ ItemIdentifier, Quantity })),
  };
  const taken = await upload(
    browser,
    { kind: 'acknowledgement', how: 'apply' },
    JSON.stringify([acknowledgement]),
  );
  t.match(taken.text, />taken</);
  t.equal((await erp.order(second!.Identifier.LogicbrokerKey)).StatusCode, 500);
  const broken = await upload(browser, { kind: 'return', how: 'try' }, '{"ReturnNumber": ');
  t.match(broken.text, /refused|would be taken/);
  const x12 = await fetch(`${service.url}/api/v3/Shipments/Import`, {
    method: 'POST',
    headers: { SubscriptionKey: service.key, 'content-type': 'text/csv' },
    body: 'ISA*00*          *00*          *12*5125550100     *ZZ*TIKTOKHUB      *261201*0000*U*00401*000000001*0*P*>~',
  });
  t.equal(x12.status, 400, 'the API does not take X12 for a file of one kind');
  t.match(await x12.text(), /Send it with POST EDI/);
  const empty = await upload(browser, { kind: 'shipment', how: 'try' }, '');
  t.equal(empty.status, 400);
  t.match(empty.text, /<a href="#file">The file is empty/);
});

await t.test('a file without the form’s own token is not taken, wherever the token stands', async (t) => {
  const browser = await adasBrowser();
  const token = tokenIn(await browser.get('/files/upload'));
  const rows = [prisma.documentFile, prisma.import] as unknown as { count(): Promise<number> }[];
  const count = async () => (await Promise.all(rows.map((table) => table.count()))).join();
  const before = await count();
  const other = createBrowser(service.url);
  await other.logIn(service.operator);
  const foreign = tokenIn(await other.get('/files/upload'));
  const shop = await prisma.connection.findFirstOrThrow();
  const fields = { company: String(companyId), kind: 'shipment', how: 'apply', shop: String(shop.id) };
  const late = formOf(fields, HEADER);
  late.set('_csrf', token);
  for (const path of ['/files/upload', '/inventory/upload']) {
    for (const [what, body] of [
      ['none', formOf(fields, HEADER)],
      ['a forged one', formOf({ _csrf: 'forged', ...fields }, HEADER)],
      ['one of another log-in', formOf({ _csrf: foreign, ...fields }, HEADER)],
      ['behind the file', late],
      ['no form with parts', new URLSearchParams({ _csrf: token, ...fields })],
    ] as const) {
      const answer = await browser.request(path, { method: 'POST', body });
      t.equal(answer.status, 403, `${path}: ${what}`);
    }
    const cross = await browser.request(path, {
      method: 'POST',
      body: formOf({ _csrf: token, ...fields }, HEADER),
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    t.equal(cross.status, 403, `${path}: from another site`);
  }
  t.equal(await count(), before, 'nothing was kept');
});

await t.test(
  'a profile makes files of orders; a file is seen, looked into, picked up, and had again',
  async (t) => {
    const browser = await adasBrowser();
    await browser.get('/deliveries/profiles');
    const form = { company: String(companyId), name: 'a b', channel: 'http', format: 'csv' };
    const wrong = await browser.post('/deliveries/profiles', { ...form, 'documents-order': 'yes' });
    t.equal(wrong.status, 400);
    t.match(wrong.text, /<a href="#name">/);
    await browser.get('/deliveries/profiles');
    const right = { ...form, name: 'erp-csv', 'documents-order': 'yes' };
    t.match((await browser.post('/deliveries/profiles', right)).text, /The profile is made/);
    t.match(await prisma.auditEntry.findFirst({ where: { action: 'settings.changed' } }), {
      actorName: 'ada',
    });
    await erp.call('GET', 'Deliveries?state=waiting');
    const waiting = await prisma.delivery.findFirstOrThrow({
      where: { state: 'waiting' },
      orderBy: { id: 'asc' },
    });
    t.match((await browser.get('/deliveries')).text, new RegExp(waiting.fileName));
    const path = `/deliveries/${waiting.id}`;
    t.match((await browser.get(path)).text, /to be picked up/);
    const content = await browser.post(`${path}/content`);
    t.match(content.headers.get('content-disposition'), /attachment/);
    t.match(content.text, /PartnerPO/);
    const looked = { action: 'buyer.shown', subject: `delivery ${waiting.id}` };
    t.match(await prisma.auditEntry.findFirst({ where: looked }), { actorName: 'ada' });
    await browser.get(path);
    t.match((await browser.post(`${path}/picked-up`)).text, /counts as picked up/);
    t.match(await prisma.document.findUnique({ where: { key: waiting.documentKey! } }), { statusCode: 200 });
    await browser.get(path);
    t.match((await browser.post(`${path}/replay`)).text, /waits to be picked up again/);
    t.equal((await prisma.delivery.findUniqueOrThrow({ where: { id: waiting.id } })).state, 'waiting');
    t.match(await prisma.auditEntry.findFirst({ where: { action: 'delivery.replayed' } }), {
      actorName: 'ada',
    });
    await browser.get('/deliveries/profiles');
    const days = { company: String(companyId), from: '2020-01-01', to: '', profile: 'erp-csv' };
    t.match((await browser.post('/deliveries/replay', days)).text, /waits to be picked up again/);
    await browser.get('/deliveries/profiles');
    await browser.post('/deliveries/profiles/remove', { company: String(companyId), name: 'erp-csv' });
    t.match((await browser.get('/deliveries/profiles')).text, /No document goes as a file/);
  },
);

await t.test('another company’s files are not there', async (t) => {
  const { companyId: other } = await createSellerWithKey(db, 'Another company');
  await prisma.operator.updateMany({ where: { login: 'ada' }, data: { role: 'seller', companyId: other } });
  const browser = await adasBrowser();
  const file = await prisma.documentFile.findFirstOrThrow();
  const delivery = await prisma.delivery.findFirstOrThrow();
  const paths = [`/files/${file.id}`, `/files/${file.id}/documents.csv`, `/deliveries/${delivery.id}`];
  for (const path of paths) t.equal((await browser.get(path)).status, 404, path);
  t.notMatch((await browser.get('/files')).text, /file\.csv/);
  t.notMatch((await browser.get('/deliveries')).text, new RegExp(delivery.fileName));
  await browser.get('/deliveries/profiles');
  for (const act of [
    `/files/${file.id}/apply`,
    `/deliveries/${delivery.id}/content`,
    `/deliveries/${delivery.id}/replay`,
  ])
    t.equal((await browser.post(act)).status, 404, act);
  const answer = await upload(browser, { kind: 'shipment', how: 'apply' }, HEADER);
  t.equal(answer.status, 400, 'the form names a company that is not in reach');
});
