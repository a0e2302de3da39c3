import { connect } from 'node:net';
import t from 'tap';
import type { PreviewPush } from '../../src/inventory/inventory-deps.js';
import { systemClock } from '../../src/kernel/time.js';
import { recordingLog } from '../support/logs.js';
import { testApi, type TestApi } from '../support/api.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { errorsOf, itemsOf, upload, workbook } from './files.js';

const db = await testDatabase(t);

async function eventsOf({ seller }: Pick<TestApi, 'seller'>): Promise<string[]> {
  const rows = await db.prisma.event.findMany({
    where: { connectionId: seller.connectionId },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ summary }) => summary);
}

async function setSettings({ seller }: Pick<TestApi, 'seller'>, settings: object): Promise<void> {
  await db.prisma.connection.update({ where: { id: seller.connectionId }, data: { settings } });
}

await t.test('a feed is taken in row by row, and a bad row never stops its neighbours', async (t) => {
  const api = await testApi(t, db);
  const { status, json, counts, id } = await upload(
    api,
    [
      'SupplierSKU,Quantity,Cost',
      '00042,5,19.90',
      'negative,-1,',
      'fraction,1.5,',
      'huge,99999999999,',
      'comma,1,"1,99"',
      'dollar,1,$5',
      'power,1,1e3',
      ',3,',
      'nothing,,',
      'short,3',
      'long,3,4,5',
      '1.23457E+12,3,',
      '"two\nlines",3,',
      'whole,7.00,',
      'price only,,5',
      '123456789012345678901234567890,0,0.5',
      `${'x'.repeat(201)},1,`,
      '',
      ',,',
      'last,2,3.123456',
      'fine,2,3.1234567',
    ].join('\r\n'),
  );
  t.equal(status, 200);
  t.match(json, { Code: '200', Message: 'OK' });
  t.match(json.Body, /Inventory feed \d+ was taken in: 19 rows, 12 new/);
  t.match(counts, { Rows: 19, Errors: 7, Warned: 4, Added: 12, Changed: 0, Unmatched: 12 });
  const items = await itemsOf(api);
  t.same([...items.keys()].toSorted(), [
    '00042',
    '123456789012345678901234567890',
    'comma',
    'dollar',
    'fine',
    'huge',
    'last',
    'negative',
    'power',
    'price only',
    'short',
    'whole',
  ]);
  t.match(items.get('00042'), { Quantity: 5, Cost: 19.9 });
  t.match(items.get('whole'), { Quantity: 7 });
  t.notOk('Quantity' in items.get('price only')!, 'a row with a price says nothing about the quantity');
  const errors = await errorsOf(api, id);
  t.same(
    errors.map(({ Level, Row, Column, Message }) => `${Level} ${Row} ${Column ?? '-'} ${Message}`),
    [
      'warning 3 Quantity is negative and counts as 0',
      'error 4 Quantity is not a whole number',
      'warning 5 Quantity is more than 2147483647 and counts as that many',
      'warning 8 Cost is not a price',
      'error 9 SupplierSKU is empty',
      'error 10 Quantity neither a quantity nor a cost is given',
      'error 12 - has 4 columns where the header has 3',
      'error 13 SupplierSKU looks like a number that a spreadsheet has rounded',
      'error 14 SupplierSKU has a character that is not text',
      'error 18 SupplierSKU has more than 200 characters',
      'warning 22 Cost is not a price',
    ],
  );
  t.ok(
    errors.every(({ Next }) => Next),
    'each says what to do',
  );
  const report = await api.call('GET', `/api/v1/inventory/imports/${id}/errors`, {
    headers: { accept: 'text/csv' },
  });
  t.match(report.headers['content-type'], 'text/csv');
  t.match(report.body, "3,Quantity,'-1,is negative", 'a spreadsheet runs no formula of it');
  t.same((await eventsOf(api)).toSorted(), [
    `Inventory feed ${id}: 19 rows, 12 new, 0 changed, 7 with errors`,
    `Inventory feed ${id}: 7 rows were not taken; of 4 rows a value was not taken as it stands there`,
  ]);
});

await t.test(
  'of a repeated SKU the last row that says a value wins, and an empty cell says nothing',
  async (t) => {
    const api = await testApi(t, db);
    await upload(api, 'SupplierSKU,Quantity,Cost,UPC\nA,1,10,111\nB,1,10,\na,2,,\n');
    const first = await itemsOf(api);
    t.match(
      first.get('a'),
      { Quantity: 2, Cost: 10, UPC: '111' },
      'what the last row leaves empty stands as before',
    );
    const { counts } = await upload(api, 'Cost,UPC,Quantity,suppliersku\n,222,,b\n12,,,A\n');
    t.match(counts, { Rows: 2, Errors: 1 }, 'a price or a quantity is needed');
    const { counts: again } = await upload(api, 'SupplierSKU,Quantity\nB,9\nA,3\nB,1\nA,2\n');
    t.match(
      again,
      { Rows: 4, Changed: 0, Unchanged: 2, Overridden: 2 },
      'what counts in the end was there before',
    );
    const items = await itemsOf(api);
    t.match(items.get('A'), { Quantity: 2, Cost: 12 });
    t.match(items.get('B'), { Quantity: 1, Cost: 10 });
  },
);

await t.test('any encoding, separator and format brings the same items', async (t) => {
  const text = 'Supplier SKU;Quantity;"Lead Time"\r\nGröße-€;4;"a;b"\r\n"Q""1";5;\r\n';
  const bom = Buffer.from([0xff, 0xfe]);
  const files: [string, Buffer | Uint8Array][] = [
    ['utf-8', Buffer.from(text)],
    ['utf-8 with BOM', Buffer.from(`\ufeff${text}`)],
    ['utf-16', Buffer.concat([bom, Buffer.from(text, 'utf16le')])],
    ['latin', Buffer.from(text.replaceAll('€', '\u0080'), 'latin1')],
    ['tabs and LF', Buffer.from(text.replaceAll('\r\n', '\n').replaceAll(';', '\t').replace('a\tb', 'a;b'))],
    [
      'xlsx',
      workbook(
        [
          ['SupplierSKU', 'Quantity', 'LeadTime'],
          [{ shared: 0 }, 4, 'a;b'],
          ['Q"1', 5, null],
        ],
        ['Größe-€'],
      ),
    ],
  ];
  for (const [name, file] of files) {
    const api = await testApi(t, db);
    const { status, json } = await upload(api, file);
    t.equal(status, 200, name);
    const items = await itemsOf(api);
    t.match(items.get('Größe-€'), { Quantity: 4, LeadTime: 'a;b' }, name);
    t.match(items.get('Q"1'), { Quantity: 5 }, name);
    t.equal(json.Imports[0].Warnings.length, name === 'latin' ? 1 : 0, name);
  }
});

await t.test('a JSON body and a bare CSV body are feeds too', async (t) => {
  const { call, seller, ...rest } = await testApi(t, db);
  const url = `/api/v3/Inventory/${seller.partnerId}`;
  const bodies: [object | string, string][] = [
    [
      [
        { supplierSku: '007', QUANTITY: 3, Cost: 1.1 },
        { SupplierSKU: 'B', Quantity: 'many' },
      ],
      'application/json',
    ],
    [{ data: [{ SupplierSKU: '008', Quantity: '4' }] }, 'application/json'],
    ['SupplierSKU,Quantity\n009,5\n', 'text/csv'],
  ];
  for (const [payload, type] of bodies) {
    const answer = await call('POST', url, { payload, headers: { 'content-type': type } });
    t.equal(answer.statusCode, 200);
  }
  const items = await itemsOf({ call, seller });
  t.same([...items.keys()], ['007', '008', '009']);
  t.match(items.get('007'), { Cost: 1.1 });
  for (const payload of ['{}', '[]', '7', '{"data":{}}', '[{"Quantity":1}]', '']) {
    const answer = await call('POST', url, { payload, headers: { 'content-type': 'application/json' } });
    t.equal(answer.statusCode, 400, payload);
  }
  t.ok(rest.log);
});

await t.test('a file that cannot be taken as a whole is refused, recorded and told of', async (t) => {
  const api = await testApi(t, db);
  const cases: [string, RegExp][] = [
    ['Quantity,Cost\n1,2\n', /no column SupplierSKU/],
    ['SupplierSKU,Quantity,QUANTITY\nA,1,2\n', /QUANTITY: stands in the header twice/],
    ['SupplierSKU,Color\nA,red\n', /neither a column Quantity nor Cost/],
    ['', /empty/],
    ['\u0000\u0001\u0002', /binary data/],
    ['"SupplierSKU,Quantity\nA,1\n', /header/],
  ];
  for (const [file, words] of cases) {
    const { status, body } = await upload(api, file);
    t.equal(status, 400, JSON.stringify(file));
    t.match(body, words);
  }
  t.equal((await itemsOf(api)).size, 0);
  const { json } = {
    json: (await api.call('GET', `/api/v3/Inventory/${api.seller.partnerId}/Imports`)).json(),
  };
  t.ok(
    json.Records.every(
      ({ State, Reason }: { State: string; Reason: string }) => State === 'refused' && Reason,
    ),
  );
  t.match((await eventsOf(api))[0], /was refused/);
  const noFile = await api.call('POST', `/api/v3/Inventory/${api.seller.partnerId}`, {
    payload: '--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n--x--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  });
  t.equal(noFile.statusCode, 400);
  const cut = await api.call('POST', `/api/v3/Inventory/${api.seller.partnerId}`, {
    payload: '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nSupplierSKU,Quan',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  });
  t.equal(cut.statusCode, 400, 'a form that ends in the middle');
});

await t.test('whatever stands in a file, the answer is clear and the service goes on', async (t) => {
  const api = await testApi(t, db);
  const nasty = [
    '\u0000',
    '\ud800',
    '\udfff x',
    '__proto__',
    'constructor',
    '\\N',
    '\\.',
    'a\tb',
    '=cmd()',
    '\u202e',
    '%s',
    "';--",
  ];
  const rows = nasty.map((text) => `${text},1,${text},${text},${text}`);
  const text = `SupplierSKU,Quantity,Color,Warehouse,${nasty[0]}\n${rows.join('\n')}\nfine,1,,,\n`;
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  const { status, counts, id } = await upload(api, utf16, {
    fileName: '../../etc/passwd',
    query: '?dryRun=False',
  });
  t.equal(status, 200);
  t.match(counts, { Rows: 13, Added: 8, Errors: 5 });
  t.ok((await itemsOf(api)).has('\\N'), 'a backslash is one');
  t.equal((await errorsOf(api, id)).length, 5);
  const noFiles = {
    zeros: Buffer.alloc(100_000),
    noise: Buffer.from([0xff, 0xfe, 0x00]),
    zip: Buffer.from('PK\u0003\u0004x'),
  };
  for (const [name, bytes] of Object.entries(noFiles)) {
    t.equal((await upload(api, bytes)).status, 400, name);
  }
  const long = await upload(
    api,
    `SupplierSKU,Quantity\nA,${'9'.repeat(60_000)}\n${'"'.repeat(300_001)}\nB,1\n`,
  );
  t.match(long.counts, { Added: 1, Errors: 2 });
});

await t.test(
  'unknown columns are ignored with a word, and cells that only inform never stop a quantity',
  async (t) => {
    const api = await testApi(t, db);
    const { json, counts } = await upload(
      api,
      'SupplierSKU,Quantity,Lager,Shelf,MSRP,NextAvailableDate,MerchantSKU\nA,1,5,7,cheap,soon,M\nB,2,5,7,12.50,2026-12-01,\n',
    );
    t.match(counts, { Rows: 2, Errors: 0, Added: 2 });
    const warnings: string[] = json.Imports[0].Warnings;
    t.match(warnings.join('\n'), /Columns that are not known were ignored: Lager, Shelf/);
    t.match(warnings.join('\n'), /MSRP: 1 value could not be read and was left out \(first in row 2\)/);
    t.match(warnings.join('\n'), /MerchantSKU has no effect in a feed/);
    const items = await itemsOf(api);
    t.match(items.get('B'), { MSRP: 12.5, NextAvailableDate: '2026-12-01T00:00:00.000Z' });
    t.notOk('MerchantSKU' in items.get('A')!);
  },
);

await t.test('quantities of several warehouses stay apart', async (t) => {
  const api = await testApi(t, db);
  const { id, counts } = await upload(
    api,
    [
      'SupplierSKU,Quantity,Warehouse,WarehouseQuantity,Warehouse2,Warehouse2Quantity,Warehouse25,Warehouse25Quantity',
      'default,5,,,,,,',
      'one,5,EAST,,,,,',
      'two,99,EAST,3,WEST,4,,',
      'three,,EAST,1,WEST,2,NORTH,3',
      'twice,,EAST,1,east,2,,',
      'none,,EAST,1,WEST,,,',
      'nameless,,,1,WEST,2,,',
      'bad,,EAST,-1,,,,',
    ].join('\n'),
  );
  t.match(counts, { Added: 8, Errors: 0, Warned: 4 });
  t.same(
    (await errorsOf(api, id)).map(({ Row, Message }) => `${Row} ${Message}`),
    [
      '6 stands in this row twice: the last quantity counts',
      '7 warehouse WEST has no quantity',
      '8 is a quantity without a warehouse',
      '9 is negative and counts as 0',
    ],
  );
  const items = await itemsOf(api);
  t.match(items.get('one'), { Quantity: 5, Warehouse: 'EAST', WarehouseQuantity: 5 });
  t.match(items.get('two'), {
    Quantity: 7,
    Warehouse: 'EAST',
    WarehouseQuantity: 3,
    Warehouse2: 'WEST',
    Warehouse2Quantity: 4,
  });
  t.match(items.get('three'), { Quantity: 6, Warehouse3: 'NORTH', Warehouse3Quantity: 3 });
  t.notOk('Warehouse' in items.get('default')!);
  t.match(items.get('twice'), { Quantity: 2, Warehouse: 'east' });
  t.match(items.get('none'), { Quantity: 1, Warehouse: 'EAST', Warehouse2: undefined });
  t.match(items.get('nameless'), { Quantity: 2, Warehouse: 'WEST', Warehouse2: undefined });
  t.match(items.get('bad'), { Quantity: 0, Warehouse: 'EAST' });
  const file = await api.call('GET', `/api/v3/Inventory/${api.seller.partnerId}`, {
    headers: { accept: 'text/csv' },
  });
  const { counts: back } = await upload(api, file.body);
  t.match(back, { Rows: 8, Errors: 0, Changed: 0, Unchanged: 8 }, 'a downloaded file goes back as it is');
});

await t.test('a dry run reports what would change and be sent, and changes nothing', async (t) => {
  const seen: number[] = [];
  const previewPush: PreviewPush = async (tx, connectionId) => {
    const [row] = await tx.query<{ sum: number }>(
      'SELECT sum(quantity)::int AS sum FROM inventory_items WHERE connection_id = $1',
      [connectionId],
    );
    seen.push(row!.sum);
    return { quantities: 2 };
  };
  const plain = await testApi(t, db);
  const api = await testApi(t, db, {
    inventory: { db, clock: { now: () => new Date() }, log: plain.log, previewPush },
  });
  await upload(api, 'SupplierSKU,Quantity\nA,1\nB,2\n');
  const before = await db.prisma.inventoryItem.findMany({ where: { connectionId: api.seller.connectionId } });
  const { json, counts, id } = await upload(api, 'SupplierSKU,Quantity\nA,0\nC,30\nD,x\n', {
    query: '?dryRun=true',
  });
  t.match(json.Body, /was tried and changed nothing: 3 rows, 1 new, 1 changed/);
  t.match(counts, { Added: 1, Changed: 1, Zeroed: 1, Errors: 1 });
  t.match(json.Imports[0], { State: 'tried', DryRun: true, WouldSend: { quantities: 2 } });
  t.same(seen, [32], 'the push was asked about the items as they would be');
  t.equal((await errorsOf(api, id)).length, 1);
  const after = await db.prisma.inventoryItem.findMany({ where: { connectionId: api.seller.connectionId } });
  t.same(after, before);
  t.equal((await eventsOf(api)).length, 1, 'a dry run is nobody’s news');
});

await t.test('only what changed is to be sent', async (t) => {
  const api = await testApi(t, db);
  const { connectionId } = api.seller;
  await upload(api, 'SupplierSKU,Quantity,Cost,Color\nA,1,5,red\nB,2,5,red\n');
  await db.prisma.inventoryItem.updateMany({ where: { connectionId }, data: { unsentSince: null } });
  const versions = async () =>
    new Map(
      (await db.prisma.inventoryItem.findMany({ where: { connectionId } })).map((item) => [
        item.supplierSku,
        item,
      ]),
    );
  const before = await versions();
  await upload(api, 'SupplierSKU,Quantity,Cost,Color\nA,1,5,blue\nB,3,5,red\n');
  const after = await versions();
  t.equal(after.get('A')!.version, before.get('A')!.version, 'a colour is not sent');
  t.equal(after.get('A')!.unsentSince, null);
  t.ok(after.get('B')!.version > before.get('B')!.version);
  const since = after.get('B')!.unsentSince;
  t.ok(since);
  await upload(api, 'SupplierSKU,Quantity\nB,4\n');
  t.same((await versions()).get('B')!.unsentSince, since, 'the oldest unsent change counts');
});

await t.test(
  'the brake holds a feed that would empty the shop, until somebody says that it is meant so',
  async (t) => {
    const api = await testApi(t, db);
    await setSettings(api, { spikeBrakePercent: 40 });
    const feed = (quantities: number[]) =>
      `SupplierSKU,Quantity\n${quantities.map((quantity, index) => `S${index},${quantity}`).join('\n')}\n`;
    await upload(api, feed([5, 5, 5, 5, 5]));
    t.equal(
      (await upload(api, feed([0, 0, 5, 5, 6]))).json.Imports[0].State,
      'applied',
      '40 % is not more than 40 %',
    );
    await upload(api, feed([5, 5, 5, 5, 5]));
    const held = await upload(api, feed([0, 0, 500, 5, 7]));
    t.match(held.json.Imports[0], {
      State: 'held',
      Reason:
        /2 SKUs would fall to 0, 1 rise tenfold .* of 5 .*went in at once|2 SKUs with quantities of 0 went in/,
    });
    t.match((await itemsOf(api)).get('S4'), { Quantity: 5 }, 'nothing but zeros of it is applied');
    t.match((await eventsOf(api)).at(-1), /waits to be confirmed/);

    const newer = await upload(api, feed([0, 0, 0, 0, 8]));
    t.equal(newer.json.Imports[0].State, 'held');
    const stranger = await testApi(t, db);
    t.equal((await stranger.call('PUT', `/api/v3/Inventory/Imports/${newer.id}/Confirm`)).statusCode, 404);
    t.equal((await api.call('PUT', `/api/v3/Inventory/Imports/${newer.id}/Confirm`)).statusCode, 200);
    const items = await itemsOf(api);
    t.match(items.get('S2'), { Quantity: 0 });
    t.match(items.get('S4'), { Quantity: 8 });
    t.equal(await db.prisma.inventoryHeldRow.count({ where: { importId: newer.id } }), 0);
    t.equal((await api.call('PUT', `/api/v3/Inventory/Imports/${newer.id}/Confirm`)).statusCode, 400, 'once');
  },
);

await t.test('ZeroOut empties everything at once, Resend marks it, and DELETE sends nothing', async (t) => {
  const told: [number, boolean][] = [];
  const plain = await testApi(t, db);
  const api = await testApi(t, db, {
    inventory: {
      db,
      clock: { now: () => new Date() },
      log: plain.log,
      inventoryChanged: async (id, { urgent }) => void told.push([id, urgent]),
    },
  });
  const { connectionId, partnerId } = api.seller;
  await setSettings(api, { spikeBrakePercent: 10 });
  await upload(
    api,
    'SupplierSKU,Quantity,Warehouse,Warehouse2,WarehouseQuantity,Warehouse2Quantity\nA,5,,,,\nB,,X,Y,2,3\n',
  );
  const held = await upload(api, 'SupplierSKU,Quantity\nA,0\n');
  t.equal(held.json.Imports[0].State, 'held');
  t.equal((await api.call('PUT', `/api/v3/inventory/${partnerId}/zeroout`)).statusCode, 200);
  const items = await itemsOf(api);
  t.match(items.get('A'), { Quantity: 0 });
  t.match(
    items.get('B'),
    { Quantity: 0, Warehouse: undefined, Warehouse2: undefined },
    'in whatever warehouse',
  );
  t.same(told.at(-1), [connectionId, true]);
  t.equal((await api.call('PUT', `/api/v3/Inventory/Imports/${held.id}/Confirm`)).statusCode, 200);
  t.match((await itemsOf(api)).get('A'), { Quantity: 0 }, 'what was held raises nothing');

  await db.prisma.inventoryItem.updateMany({
    where: { connectionId },
    data: { unsentSince: null, resend: false, merchantSku: 'M', matchedBy: 'file' },
  });
  t.match((await api.call('PUT', `/api/v3/Inventory/${partnerId}/Resend`)).json().Body, /^2 items/);
  t.equal(
    await db.prisma.inventoryItem.count({
      where: { connectionId, resend: true, unsentSince: { not: null } },
    }),
    2,
  );
  const before = told.length;
  t.match((await api.call('DELETE', `/api/v3/Inventory/${partnerId}`)).json().Body, /^2 items were removed/);
  t.equal(told.length, before, 'nobody is told to send');
  t.equal((await itemsOf(api)).size, 0);
});

await t.test('a broadcast reaches every open shop of the company, and no other', async (t) => {
  const api = await testApi(t, db);
  const { companyId } = api.seller;
  const other = await db.prisma.connection.create({
    data: { companyId, name: 'Second', environment: 'simulator', status: 'active', shopId: `b${companyId}` },
  });
  await db.prisma.connection.create({
    data: { companyId, name: 'Old', environment: 'simulator', status: 'closed' },
  });
  const stranger = await createSeller(db, 'Stranger');
  const { status, json } = await upload(api, 'SupplierSKU,Quantity\nA,1\n', { path: '/Broadcast' });
  t.equal(status, 200);
  t.same(
    json.Imports.map(({ PartnerId }: { PartnerId: number }) => PartnerId),
    [api.seller.partnerId, other.partnerId],
  );
  t.equal(await db.prisma.inventoryItem.count({ where: { connectionId: stranger.connectionId } }), 0);
  const all = await api.call('POST', '/api/v3/Inventory/All/Export', { payload: { FileType: 'JSON' } });
  t.equal(JSON.parse(all.json().Body).length, 2);
});

await t.test('downloads can be narrowed, and name what they cannot do', async (t) => {
  const api = await testApi(t, db);
  const url = `/api/v2/Inventory/${api.seller.partnerId}`;
  await upload(api, 'SupplierSKU,Quantity,Cost\n=1+1,1,2\nB,,3\n');
  const lines = async (query: string) =>
    (await api.call('GET', `${url}${query}`)).json().Body.trim().split('\r\n').length - 1;
  t.equal(await lines(''), 1, 'without a quantity only on request');
  t.equal(await lines('?includeNullQuantity=True'), 2);
  t.equal(await lines('?mapped=false'), 1);
  t.equal(await lines('?MAPPED=true'), 0);
  t.equal(await lines('?modifiedAfter=2100-01-01'), 0);
  t.equal((await api.call('GET', `${url}?fileType=edi`)).statusCode, 400);
  t.equal((await api.call('GET', `${url}?modifiedAfter=soon`)).statusCode, 400);
  const semicolons = await api.call('POST', `${url}/Export`, {
    payload: { Delimiter: ';', IncludeNullQuantity: true },
  });
  t.match(semicolons.json().Body, '\r\nB;;');
  const filtered = await api.call('POST', `${url}/Export`, { payload: { Filter: { Field: 'Cost' } } });
  t.equal(filtered.statusCode, 400);
  t.equal((await api.call('GET', `${url}/Item/${encodeURIComponent('=1+1')}`)).json().Body.Quantity, 1);
  t.equal((await api.call('GET', `${url}/item/b`)).json().Body.SupplierSKU, 'B');
  for (const path of ['Item/nobody', 'Match/nobody', 'Item/%00', 'Item/%F0%9F']) {
    t.ok([400, 404].includes((await api.call('GET', `${url}/${path}`)).statusCode), path);
  }
});

await t.test(
  'the same Idempotency-Key with the same file is taken once, with another file refused',
  async (t) => {
    const api = await testApi(t, db);
    const headers = { 'idempotency-key': 'feed-1' };
    const first = await upload(api, 'SupplierSKU,Quantity\nA,1\n', { headers });
    const again = await upload(api, 'SupplierSKU,Quantity\nA,1\n', { headers });
    t.equal(again.id, first.id);
    t.equal((await upload(api, 'SupplierSKU,Quantity\nA,2\n', { headers })).status, 422);
  },
);

await t.test('an upload that breaks off changes nothing and leaves nothing', async (t) => {
  const api = await testApi(t, db);
  await upload(api, 'SupplierSKU,Quantity\nA,1\n');
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  const gone = new Promise((resolve) =>
    api.app.server.once('connection', (peer) => peer.once('close', resolve)),
  );
  const row = `A,0\n${'x'.repeat(50)},5\n`;
  socket.write(
    `POST /api/v3/Inventory/${api.seller.partnerId} HTTP/1.1\r\nHost: x\r\nSubscriptionKey: ${api.key}\r\n` +
      `Content-Type: text/csv\r\nContent-Length: 10000000\r\n\r\nSupplierSKU,Quantity\n${row.repeat(2_000)}`,
    () => socket.destroy(),
  );
  await gone;
  const { counts } = await upload(api, 'SupplierSKU,Quantity\nA,1\n');
  t.match(counts, { Unchanged: 1 }, 'and nobody waits for it');
  t.equal((await itemsOf(api)).size, 1);
});

await t.test('two feeds of one shop at once leave the later one whole', async (t) => {
  const api = await testApi(t, db);
  const feed = (quantity: number) =>
    `SupplierSKU,Quantity\n${Array.from({ length: 3_000 }, (_, index) => `S${index},${quantity}`).join('\n')}\n`;
  const answers = await Promise.all([upload(api, feed(1)), upload(api, feed(2)), upload(api, feed(3))]);
  t.same(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  const quantities = new Set([...(await itemsOf(api)).values()].map(({ Quantity }) => Quantity));
  t.equal(quantities.size, 1, 'of one feed, not a mix');
});

await t.test(
  'who waits too long for the file before is told to come back, and has changed nothing',
  async (t) => {
    const inventory = { db, clock: systemClock, log: recordingLog(), lockPatienceMs: 100 };
    const api = await testApi(t, db, { inventory });
    const { partnerId, connectionId } = api.seller;
    await upload(api, 'SupplierSKU,Quantity\nA,1\n');
    const before = await db.pool.connect();
    try {
      await before.query('BEGIN');
      await before.query('SELECT FROM inventory_states WHERE connection_id = $1 FOR UPDATE', [connectionId]);
      const base = `/api/v3/Inventory/${partnerId}`;
      const csv = { 'content-type': 'text/csv' };
      const answers = [
        await api.call('POST', base, { payload: 'SupplierSKU,Quantity\nA,2\n', headers: csv }),
        await api.call('POST', `${base}/Matching`, {
          payload: 'SupplierSKU,MerchantSKU\nA,T\n',
          headers: csv,
        }),
        await api.call('PUT', `${base}/ZeroOut`),
        await api.call('DELETE', base),
      ];
      for (const answer of answers) {
        t.equal(answer.statusCode, 409);
        t.equal(answer.headers['retry-after'], '1');
        t.match(answer.json(), { Body: [{ Reason: 'conflict', Errors: [/Send it again in a moment/] }] });
      }
    } finally {
      await before.query('ROLLBACK');
      before.release();
    }
    t.match((await itemsOf(api)).get('A'), { Quantity: 1, MerchantSKU: undefined });
    t.match((await upload(api, 'SupplierSKU,Quantity\nA,2\n')).counts, { Changed: 1 }, 'and then it goes on');
  },
);

await t.test('a shop of another company is not found by any call', async (t) => {
  const api = await testApi(t, db);
  const { partnerId } = await createSeller(db, 'Owner');
  const mine = await upload(api, 'SupplierSKU,Quantity\nA,1\n');
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/Item/A'],
    ['GET', '/Match/A'],
    ['GET', '/Imports'],
    ['DELETE', '/Matching'],
    ['PUT', '/Resend'],
    ['PUT', '/ZeroOut'],
  ] as const) {
    t.equal(
      (await api.call(method, `/api/v3/Inventory/${partnerId}${path}`)).statusCode,
      404,
      `${method} ${path}`,
    );
  }
  const foreign = { ...api, seller: { ...api.seller, partnerId } };
  t.equal((await upload(foreign, 'SupplierSKU,Quantity\nA,1\n')).status, 404);
  t.equal((await upload(foreign, 'SupplierSKU,MerchantSKU\nA,1\n', { path: 'Matching' })).status, 404);
  const stranger = await testApi(t, db);
  for (const path of ['', '/Errors']) {
    t.equal((await stranger.call('GET', `/api/v3/Inventory/Imports/${mine.id}${path}`)).statusCode, 404);
  }
  t.equal((await api.call('GET', '/api/v3/Inventory/99999999999')).statusCode, 400);
});

await t.test('PostgreSQL knows how large a first feed was before anything is decided about it', async (t) => {
  const api = await testApi(t, db);
  const rows = Array.from({ length: 1_500 }, (_, n) => `FIRST-${n},1`);
  t.match((await upload(api, `SupplierSKU,Quantity\n${rows.join('\n')}\n`)).counts, { Added: 1_500 });
  const [table] = await db.prisma.$queryRaw<{ rows: number }[]>`
    SELECT reltuples::int AS rows FROM pg_class WHERE oid = 'inventory_items'::regclass`;
  t.ok(table && table.rows >= 1_500, `${table?.rows} rows`);
});
