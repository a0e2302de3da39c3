import t from 'tap';
import { codecs } from '../../src/codecs/codecs.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { createOrderDocuments } from '../support/builders.js';
import { createKey, testApi } from '../support/api.js';
import { shipmentOf, startWorld } from '../shipments/world.js';

t.setTimeout(240_000);
const world = await startWorld(t);
const us = await world.connect('US');
const other = await world.connect('US');
const { app } = await testApi(t, world.db, { clock: world.clock, domain: world.deps });
const key = await createKey(world.db, us);
const XLSX = codecs.xlsx.mediaType;

type Method = 'GET' | 'POST' | 'PUT';

async function call(method: Method, url: string, headers: object, payload?: string | Buffer) {
  const answer = await app.inject({
    method,
    url: `/api/${url}`,
    headers: { subscriptionkey: key, ...headers },
    ...(payload !== undefined && { payload }),
  });
  return { status: answer.statusCode, text: answer.body, bytes: answer.rawPayload, headers: answer.headers };
}

const shirt = [{ sku: 'SHIRT', quantity: 1 }];
const csvOf = (...rows: string[]): string =>
  `PartnerPO,ShipmentNumber,ShipmentLines.ItemIdentifier.SupplierSKU,ShipmentLines.Quantity,ShipmentInfos.TrackingNumber,ShipmentInfos.CarrierCode\n${rows.join('\n')}\n`;

await t.test('an order is had in every format, and says the same in each', async (t) => {
  const order = await us.order(shirt);
  const json = await call('GET', `v3/Orders/${order.key}`, {});
  const wanted = (JSON.parse(json.text) as { Body: { SalesOrder: JsonObject } }).Body.SalesOrder;
  for (const version of ['v1', 'v2', 'v3']) {
    for (const [type, codec] of [
      ['application/xml', codecs.xml],
      ['text/xml', codecs.xml],
      ['text/csv', codecs.csv],
      [XLSX, codecs.xlsx],
    ] as const) {
      const one = await call('GET', `${version}/Orders/${order.key}`, { accept: type });
      t.equal(one.status, 200, type);
      t.match(one.headers['content-type'], codec.mediaType);
      const { documents } = await codec.read('order', one.bytes);
      t.equal(documents.length, 1);
      t.match(documents[0]?.document, { OrderNumber: wanted['OrderNumber'], Currency: wanted['Currency'] });
      const list = await call('GET', `${version}/Orders?partnerPO=${order.tiktokOrderId}`, { accept: type });
      t.equal((await codec.read('order', list.bytes)).documents.length, 1, `list as ${type}`);
      t.match(list.headers, { 'x-total-records': '1', 'x-total-pages': '1', 'x-current-page': '0' });
    }
  }
  t.match(json.headers['content-type'], /json/);
});

await t.test('JSON stays the answer wherever it is wanted as much', async (t) => {
  const order = await us.order(shirt);
  for (const accept of [
    '*/*',
    'application/xml, application/json',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/csv;q=0, application/json',
  ]) {
    const { headers } = await call('GET', `v3/Orders/${order.key}`, { accept });
    t.match(headers['content-type'], /^application\/json/, accept);
  }
  const { headers } = await call('GET', `v3/Orders/${order.key}`, { accept: 'text/csv, */*;q=0.1' });
  t.match(headers['content-type'], /^text\/csv/);
});

await t.test('406 and 415 list what is possible, and X12 is told to need a profile', async (t) => {
  const nothing = await call('GET', 'v3/Orders', { accept: 'image/png' });
  t.equal(nothing.status, 406);
  t.match(nothing.text, /application\/json, application\/xml, text\/csv, application\/vnd/);
  const x12 = await call('GET', 'v3/Orders/1', { accept: 'application/edi-x12' });
  t.equal(x12.status, 406);
  t.match(x12.text, /deliveryProfiles/);
  const sent = await call('POST', 'v3/Shipments', { 'content-type': 'application/pdf' }, 'x');
  t.equal(sent.status, 415);
  t.match(sent.text, /application\/json, application\/xml, text\/csv/);
  const elsewhere = await call('PUT', 'v3/Orders/Status', { 'content-type': 'application/xml' }, '<a/>');
  t.equal(elsewhere.status, 415, 'a call that takes no documents takes no XML either');
  t.match(
    (await call('GET', 'v3/Invoices', { accept: 'text/csv' })).text,
    /Answers come as application\/json/,
  );
});

await t.test('a shipment as XML or CSV is taken as the same one in JSON: twin rule included', async (t) => {
  const order = await us.order(shirt);
  const document = shipmentOf('S-XML', [{ sku: 'SHIRT', quantity: 1, tracking: '1Z999AA10123456784' }], {
    PartnerPO: order.tiktokOrderId,
  });
  const json = await call(
    'POST',
    'v3/Shipments',
    { 'content-type': 'application/json' },
    JSON.stringify(document),
  );
  t.equal(json.status, 201, json.text);
  for (const format of ['xml', 'csv', 'xlsx'] as const) {
    const bytes = codecs[format].write('shipment', [JSON.stringify(document)]);
    const again = await call('POST', 'v1/Shipments', { 'content-type': codecs[format].mediaType }, bytes);
    t.equal(again.status, 201, again.text);
    t.equal(key(again.text), key(json.text), `${format}: the same document`);
  }
  await world.settle();
  t.equal(us.effects(order).length, 1, 'TikTok was told once');

  function key(text: string): string {
    return (JSON.parse(text) as { Body: { LogicbrokerKey: string } }).Body.LogicbrokerKey;
  }
});

await t.test('an answer to a document in XML is XML where the caller takes nothing else', async (t) => {
  const order = await us.order(shirt);
  const xml = `<Shipment><PartnerPO>${order.tiktokOrderId}</PartnerPO><ShipmentNumber>X-1</ShipmentNumber><ShipmentLines><ShipmentLine><ItemIdentifier><SupplierSKU>SHIRT</SupplierSKU></ItemIdentifier><Quantity>1</Quantity><ShipmentInfos><ShipmentInfo><TrackingNumber>1Z999AA10123456785</TrackingNumber><CarrierCode>UPS</CarrierCode></ShipmentInfo></ShipmentInfos></ShipmentLine></ShipmentLines></Shipment>`;
  const headers = { accept: 'application/xml', 'content-type': 'application/xml; charset=utf-8' };
  const taken = await call('POST', 'v3/Shipments', headers, xml);
  t.equal(taken.status, 201, taken.text);
  t.match(taken.text, /<LBMessage><Code>201<\/Code>.*<LogicbrokerKey>\d+<\/LogicbrokerKey>/);
  const refused = await call(
    'POST',
    'v3/Shipments',
    headers,
    xml.replace('X-1', 'X-2').replace('SHIRT', 'NONE'),
  );
  t.equal(refused.status, 400);
  t.match(refused.text, /<Field>ShipmentLines\[0\]\.ItemIdentifier/);
  t.match((await call('GET', 'v3/Orders/99', headers)).text, /^<\?xml.*<Code>404<\/Code>/s);
});

await t.test(
  'one bad document of a file never stops its neighbours, and is told by row and column',
  async (t) => {
    const [first, second] = [await us.order(shirt), await us.order(shirt)];
    const foreign = await other.order(shirt);
    const csv = csvOf(
      `${first.tiktokOrderId},C-1,SHIRT,1,1Z999AA10123456786,UPS`,
      `${second.tiktokOrderId},C-2,SHIRT,many,1Z999AA10123456787,UPS`,
      `${foreign.tiktokOrderId},C-3,SHIRT,1,1Z999AA10123456788,UPS`,
      `${second.tiktokOrderId},C-4,SHIRT,1,1Z999AA10123456789,UPS`,
    );
    const answer = await call('POST', 'v3/Shipments', { 'content-type': 'text/csv' }, csv);
    t.equal(answer.status, 207, answer.text);
    const { Documents } = (JSON.parse(answer.text) as { Body: { Documents: JsonObject[] } }).Body;
    t.match(Documents, [
      { Number: 'C-1', LogicbrokerKey: /^\d+$/ },
      {
        Number: 'C-2',
        Details: [{ Field: 'row 3, column ShipmentLines.Quantity (D)', Message: /must be a number/ }],
      },
      { Number: 'C-3', Details: [{ Field: /^row 4, column PartnerPO/ }] },
      { Number: 'C-4', LogicbrokerKey: /^\d+$/ },
    ]);
    t.equal(
      await world.db.prisma.document.count({ where: { companyId: other.companyId, type: 'shipment' } }),
      0,
    );
    const none = await call(
      'POST',
      'v3/Shipments',
      { 'content-type': 'text/csv' },
      csvOf(`,N-1,SHIRT,1,T1,UPS`, `,N-2,SHIRT,1,T2,UPS`),
    );
    t.equal(none.status, 400, 'nothing was taken');
  },
);

await t.test('a file that breaks off, or is none, changes nothing', async (t) => {
  const order = await us.order(shirt);
  const before = await world.db.prisma.document.count({ where: { companyId: us.companyId } });
  const row = `${order.tiktokOrderId},B-1,SHIRT,1,1Z999AA10123456790,UPS`;
  for (const [type, text] of [
    ['text/csv', `${csvOf(row)}${order.tiktokOrderId},B-2,SH`],
    ['application/xml', '<Shipments><Shipment><PartnerPO>1</PartnerPO>'],
    ['application/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Shipment>&b;</Shipment>'],
    ['application/xml', '<Returns><Return/></Returns>'],
    ['text/csv', ''],
    [XLSX, 'PK no workbook'],
  ] as const) {
    const answer = await call('POST', 'v3/Shipments', { 'content-type': type }, text);
    t.equal(answer.status, 400, `${type} ${text.slice(0, 30)}: ${answer.text}`);
  }
  t.equal(await world.db.prisma.document.count({ where: { companyId: us.companyId } }), before);
});

await t.test('an Idempotency-Key goes with a file as with JSON', async (t) => {
  const order = await us.order(shirt);
  const headers = { 'content-type': 'text/csv', 'idempotency-key': 'file-1' };
  const csv = csvOf(`${order.tiktokOrderId},I-1,SHIRT,1,1Z999AA10123456791,UPS`);
  const first = await call('POST', 'v3/Shipments', headers, csv);
  t.equal(first.status, 201, first.text);
  const again = await call('POST', 'v3/Shipments', headers, csv);
  t.equal(again.headers['idempotent-replayed'], 'true');
  t.equal(again.text, first.text);
  t.equal((await call('POST', 'v3/Shipments', headers, csv.replace('I-1', 'I-2'))).status, 422);
});

await t.test('JSON is validated as ever, with the fields that it names', async (t) => {
  const headers = { 'content-type': 'application/json' };
  const wrong = await call('POST', 'v3/Shipments', headers, '{"ShipmentNumber":"Q","ShipmentLines":7}');
  t.equal(wrong.status, 400);
  t.match(wrong.text, /ShipmentLines: must be an array/);
  t.equal((await call('POST', 'v3/Shipments', {})).status, 400, 'no body at all');
  t.equal((await call('POST', 'v3/Shipments', { 'content-type': 'text/csv' }, '')).status, 400);
});

await t.test('an export is the file that was asked for: filter, keys, columns, delimiter', async (t) => {
  const headers = { 'content-type': 'application/json' };
  const order = await us.order(shirt);
  const ask = (body: object, more: object = {}) =>
    call('POST', 'v3/Orders/Export', { ...headers, ...more }, JSON.stringify(body));
  const byKey = await ask({ LogicbrokerKeys: [String(order.key)], FileType: 'csv' });
  t.equal(byKey.status, 200, byKey.text);
  const text = (JSON.parse(byKey.text) as { Body: string }).Body;
  t.match((await codecs.csv.read('order', Buffer.from(text))).documents, [
    { document: { PartnerPO: order.tiktokOrderId } },
  ]);
  const columns = await ask(
    {
      Filter: { partnerPO: order.tiktokOrderId },
      Delimiter: ';',
      Columns: [
        { SourceField: 'partnerpo', TargetField: 'Order' },
        { SourceField: 'OrderLine.ItemIdentifier.SupplierSKU', TargetField: 'SKU' },
        { SourceField: 'OrderLines.Quantity' },
      ],
    },
    { accept: 'text/csv' },
  );
  t.equal(columns.text, `Order;SKU;OrderLines.Quantity\r\n${order.tiktokOrderId};SHIRT;1\r\n`);
  for (const format of ['xml', 'json', 'xlsx'] as const) {
    const file = await ask({ Filter: {}, FileType: format }, { accept: codecs[format].mediaType });
    const { documents } = await codecs[format].read(
      'order',
      format === 'json' ? Buffer.from((JSON.parse(file.text) as { Body: string }).Body) : file.bytes,
    );
    t.ok(documents.length > 5, format);
  }
  t.equal((await ask({})).status, 400);
  t.equal((await ask({ Filter: {}, FileType: 'pdf' })).status, 400);
  t.equal((await ask({ Filter: { status: 'never' } })).status, 400);
  const foreign = await other.order(shirt);
  const none = await ask({ LogicbrokerKeys: [String(foreign.key)] }, { accept: 'text/csv' });
  t.notMatch(none.text, foreign.tiktokOrderId, "another company's order is not in it");
});

await t.test('an export of thousands of orders has each of them once', async (t) => {
  const seller = {
    companyId: us.companyId,
    connectionId: us.connection.id,
    partnerId: us.connection.partnerId,
  };
  await createOrderDocuments(world.db, seller, 2_000);
  const all = await call(
    'POST',
    'v3/Orders/Export',
    { 'content-type': 'application/json', accept: 'text/csv' },
    JSON.stringify({ Filter: {}, Columns: [{ SourceField: 'Identifier.LogicbrokerKey' }] }),
  );
  const rows = all.text.trim().split('\r\n').slice(1);
  const count = await world.db.prisma.document.count({ where: { companyId: us.companyId, type: 'order' } });
  t.equal(new Set(rows).size, count, 'each order once');
});
