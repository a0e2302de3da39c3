import { connect } from 'node:net';
import t from 'tap';
import { allocateKeys, createDocuments } from '../../src/documents/document-store.js';
import { itemsOf } from '../inventory/files.js';
import { testApi } from '../support/api.js';
import { orderDocument } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { rawRequest } from '../support/raw-request.js';

/** Calls as clients of Logicbroker's that others wrote make them, over sockets. */
const db = await testDatabase(t);
const api = await testApi(t, db);
const { app, seller, key } = api;
const url = await app.listen({ port: 0, host: '127.0.0.1' });
const days = [
  '2026-11-28T10:00:00Z',
  '2026-11-29T23:59:59.500Z',
  '2026-11-30T00:00:00Z',
  '2026-11-30T23:59:59Z',
];
const keys = await allocateKeys(db.prisma, days.length + 1);
await createDocuments(db.prisma, [
  ...days.map((day, index) => orderDocument(seller, keys[index]!, { documentDate: new Date(day) })),
  orderDocument(seller, keys[4]!, { statusCode: 1000, documentDate: new Date('2026-12-01T00:00:00Z') }),
]);
const headers = { SubscriptionKey: key };

async function get(path: string, more: Record<string, string> = {}) {
  const { text, ...answer } = await rawRequest(`${url}${path}`, { headers: { ...headers, ...more } });
  return { ...answer, json: JSON.parse(text) };
}
const count = async (query: string) => (await get(`/api/v3/Orders?${query}`)).json.TotalRecords as number;

await t.test(
  'a path with double slashes is the path, as base addresses that end in a slash make it',
  async (t) => {
    for (const path of ['/api//v3/Orders/Ready', '//api/v3//Orders', '/api/v2//orders///ready/']) {
      t.match(await get(path), { status: 200, json: { Records: [] } }, path);
    }
    t.equal((await get('/api//v3/Nothing')).status, 404);
    t.match((await get('/api//v3/Attachments')).json.Message, /no attachments here/);
  },
);

await t.test('a filter is understood however it is written', async (t) => {
  const spellings = [
    'Filters.status=1000',
    'filters.Status=1000',
    'filter.status=1000',
    'status=1000',
    'Filters[status]=1000',
    'Filters%5Bstatus%5D=1000',
    'filters_status=1000',
    'filters-status=1000',
    'FILTERS.STATUS=Complete',
    'statusCode=1000',
    'status_code=1000',
    'status[]=1000',
  ];
  for (const spelling of spellings) t.equal(await count(spelling), 1, spelling);
  t.equal((await get('/api/v3/Orders?page_size=2&Filters[page]=1')).json.Records.length, 2);
  t.equal(await count(`partner_po=5764607523034${String(keys[0]).padStart(5, '0')}`), 1);
  t.equal(await count(`partnerId=${seller.partnerId}`), 5, 'the shop, on either side');
  t.equal(await count(`Filters.partnerId=${seller.partnerId + 1}`), 0);
  const ready = await get(`/api/v3/Orders/Ready?partnerId=${seller.partnerId}`);
  t.equal(ready.json.TotalRecords, 4);
  t.equal((await get(`/api/v3/Orders?subscription_key=${key}&_=1764500000000`, {})).status, 200);
});

await t.test(
  'a name that no list knows is refused with those that there are, in every spelling',
  async (t) => {
    const paths = [
      '/api/v3/Orders?Filters.foo=1',
      '/api/v3/Orders?foo=1',
      '/api/v3/Orders/Ready?updatedSince=2026-01-01',
      '/api/v2/Orders/LogicbrokerKeys/Ready?limit=5',
      '/api/v1/Shipments?offset=5',
      '/api/v3/ActivityEvents?pageSize=5',
      '/api/v3/Deadlines?state=open',
      '/api/v1/Orders?advanced=x',
    ];
    for (const path of paths) {
      const { status, json } = await get(path);
      t.equal(status, 400, path);
      const name = /\?(\w+(?:\.\w+)?)=/.exec(path)![1];
      t.match(json.Body[0].Details[0], { Field: name, Next: /^Known here: .*page/ }, path);
    }
  },
);

await t.test(
  'on writes, and where one thing is read, an unknown name is told and does not stop the call',
  async (t) => {
    const path = `/api/v3/Orders/${keys[0]}/Status/Acknowledged?notify=false`;
    const answer = await rawRequest(`${url}${path}`, { method: 'PUT', headers });
    t.equal(answer.status, 200);
    t.match(answer.headers['warning'], '299 - "Not known here, and ignored: notify"');
    const one = await rawRequest(`${url}/api/v3/Orders/${keys[1]}?expand=all%22%0d%0a`, { headers });
    t.equal(one.status, 200);
    t.match(one.headers['warning'], /ignored: expand"$/);
    const known = await rawRequest(`${url}/api/v3/Orders/${keys[1]}`, { headers });
    t.equal(known.headers['warning'], undefined);
    const shipment = JSON.stringify({
      ShipmentNumber: 'S-1',
      ShipmentLines: [{ ItemIdentifier: {}, Quantity: 1 }],
    });
    const posted = await rawRequest(`${url}/api/v3/Orders/${keys[1]}/Shipments?sendEmail=true`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: shipment,
    });
    t.match(JSON.parse(posted.text), {
      Code: '201',
      Body: {
        TransformationResults: [{ Message: 'sendEmail in the query is not known here and was ignored.' }],
      },
    });
  },
);

await t.test('a date without a time is all of its day, at both ends', async (t) => {
  t.equal(await count('Filters.from=2026-11-30&Filters.to=2026-11-30'), 2);
  t.equal(await count('from=11/30/2026&to=11-30-2026'), 2, 'in American order too');
  t.equal(await count('Filters.to=2026-11-29'), 2);
  t.equal(await count('Filters.to=2026-11-30T00:00:00'), 3, 'a time is that time');
});

await t.test('what cannot be answered in the wanted format is a 406 that says what can', async (t) => {
  const path = '/api/v3/Orders';
  for (const accept of ['application/pdf', 'text/html', 'application/json;q=0', 'text/plain, image/png']) {
    const { status, json } = await get(path, { accept });
    t.equal(status, 406, accept);
    t.match(json.Body[0].Details[0], { Field: 'Accept', Next: /application\/json/ });
  }
  for (const accept of ['*/*', 'application/xml, application/json', 'text/html, */*;q=0.8', 'text/json'])
    t.equal((await get(path, { accept })).status, 200, accept);
});

await t.test('a path that Logicbroker has and this service has not says why', async (t) => {
  const paths: [method: string, path: string][] = [
    ['GET', '/api/v3/Attachments'],
    ['POST', '/api/v1/Attachments'],
    ['GET', '/api/v3/Attachments/5/Name'],
    ['GET', '/api/v3/Document/Search'],
    ['POST', '/api/v1/Product/7001'],
    ['PUT', '/api/v1/Product/7001/12'],
    ['GET', '/api/v3/Messages'],
    ['GET', '/api/v3/Users/Export'],
    ['POST', '/api/v3/Orders/Import'],
    ['GET', '/api/v3/Orders/1/PickList'],
  ];
  for (const [method, path] of paths) {
    const { status, text } = await rawRequest(`${url}${path}`, { method, headers });
    t.ok(status === 404 || status === 405, `${status} ${path}`);
    t.notMatch(JSON.parse(text).Message, /There is nothing at this path/, path);
  }
  const unknown = await get('/api/v3/Webhook');
  t.match(unknown.json.Message, 'There is nothing at this path');
});

/** What is sent byte by byte as a client has it. */
function raw(path: string, head: string[], body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.once('end', () => resolve(answer)).once('error', reject);
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer in time')));
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    const lines = [`POST ${path} HTTP/1.1`, 'Host: erp', 'Connection: close', `SubscriptionKey: ${key}`];
    socket.write([...lines, ...head, length, '', body].join('\r\n'));
  });
}

const boundary = '"0f7d3b0a-1111-2222-3333-444455556666"';
function form(...parts: [head: string[], content: string][]): [head: string[], body: string] {
  const mark = boundary.replaceAll('"', '');
  const texts = parts.map(([head, content]) => [`--${mark}`, ...head, '', content, ''].join('\r\n'));
  return [[`Content-Type: multipart/form-data; boundary=${boundary}`], `${texts.join('')}--${mark}--\r\n`];
}

await t.test('a file is a form part without a file name too', async (t) => {
  let quantity = 10;
  const csv = () => `SupplierSKU,Quantity\r\nFORM-1,${++quantity}\r\n`;
  const heads = [
    ['Content-Type: text/plain; charset=utf-8', 'Content-Disposition: form-data; name=file'],
    ['Content-Disposition: form-data; name="file"'],
    ['Content-Disposition: form-data; name="File"', 'Content-Type: text/csv'],
    ['Content-Disposition: form-data; name="stock"', 'Content-Type: text/csv'],
    ['Content-Disposition: form-data; name="file"; filename="inv.csv"'],
  ];
  for (const head of heads) {
    const [headers, body] = form([['Content-Disposition: form-data; name="note"'], 'monday'], [head, csv()]);
    const answer = await raw('/api/v1/Inventory/Broadcast', headers, body);
    t.match(answer, /^HTTP\/1\.1 200 /, head.join());
    t.match((await itemsOf(api)).get('FORM-1'), { Quantity: quantity }, head.join());
  }
  const [headers, body] = form([['Content-Disposition: form-data; name="note"'], 'monday']);
  t.match(await raw('/api/v1/Inventory/Broadcast', headers, body), /The form has no file/);
});

await t.test(
  'a file without a word about its type is taken where files are sent, and only there',
  async (t) => {
    let quantity = 50;
    const path = `/api/v3/Inventory/${seller.partnerId}`;
    const types = [
      [],
      ['Content-Type: application/x-www-form-urlencoded'],
      ['Content-Type: application/csv'],
    ];
    for (const head of types) {
      const answer = await raw(path, head, `SupplierSKU,Quantity\nPLAIN-1,${++quantity}\n`);
      t.match(answer, /^HTTP\/1\.1 200 /, `${head.join()} ${answer}`);
      t.match((await itemsOf(api)).get('PLAIN-1'), { Quantity: quantity });
    }
    const json = await raw(path, [], JSON.stringify([{ SupplierSKU: 'PLAIN-1', Quantity: 99 }]));
    t.match(json, /^HTTP\/1\.1 200 /, json);
    t.match((await itemsOf(api)).get('PLAIN-1'), { Quantity: 99 }, 'what it is tells its content');
    const strange = await raw(path, ['Content-Type: image/png'], 'x');
    t.match(strange, /^HTTP\/1\.1 415 /);
    t.match(strange, /text\/csv/, 'and what is taken there is named');
    const document = await raw('/api/v3/Acknowledgements', ['Content-Type: application/pdf'], 'a,b');
    t.match(document, /^HTTP\/1\.1 415 /);
  },
);
