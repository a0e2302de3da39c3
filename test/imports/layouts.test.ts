import t from 'tap';
import { errorsOf, itemsOf, upload, workbook } from '../inventory/files.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);

interface LayoutBody {
  LayoutId: string;
  Kind: string;
  State: string;
  Columns: Record<string, string | null>;
  Fields: string[];
}

async function layoutsOf({ call }: Pick<TestApi, 'call'>): Promise<LayoutBody[]> {
  return (await call('GET', '/api/v3/Layouts')).json().Records;
}

/** The call that an answer names, as somebody copies it. */
async function callNamed({ call }: Pick<TestApi, 'call'>, text: string) {
  const [, url, body] = /PUT (\/api\/v3\/Layouts\/[\w-]+) (\{.*?\}\})/.exec(text) ?? [];
  if (!url || !body) throw new Error(text);
  return call('PUT', url, { payload: JSON.parse(body), headers: { 'content-type': 'application/json' } });
}

const confirm = async ({ call }: Pick<TestApi, 'call'>, id: string, columns: object) =>
  call('PUT', `/api/v3/Layouts/${id}`, {
    payload: { Columns: columns },
    headers: { 'content-type': 'application/json' },
  });

const nextOf = (json: { Errors?: unknown; Body?: unknown }): string =>
  JSON.stringify(json)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll(String.raw`\\`, '');

async function warehouse({ seller }: TestApi, id: string, name: string): Promise<void> {
  const connection = await db.prisma.connection.findUniqueOrThrow({ where: { id: seller.connectionId } });
  await db.prisma.shopWarehouse.create({
    data: {
      environment: connection.environment,
      shopId: connection.shopId!,
      warehouseId: id,
      name,
      type: 'SALES_WAREHOUSE',
      effectStatus: 'ENABLED',
      isDefault: false,
      readAt: new Date(),
      changedAt: new Date(),
    },
  });
}

await t.test(
  'unknown columns are asked about once, with what they seem to mean and the call that says so',
  async (t) => {
    const api = await testApi(t, db);
    const file = 'Art-Nr neu;Bezeichnung;Lagerbestand HH\nA-1;Mug;5\nA-2;Cup;7\n';
    const asked = await upload(api, file);
    t.equal(asked.status, 400);
    t.match(asked.body, /columns found: Art-Nr neu, Bezeichnung, Lagerbestand HH/);
    t.match(asked.body, /Art-Nr neu = SupplierSKU, Lagerbestand HH = Quantity/);
    const [proposed] = await layoutsOf(api);
    t.match(proposed, {
      Kind: 'feed',
      State: 'proposed',
      Columns: { 'Art-Nr neu': 'SupplierSKU', Bezeichnung: null, 'Lagerbestand HH': 'Quantity' },
    });
    const answer = await callNamed(api, nextOf(asked.json));
    t.equal(answer.statusCode, 200);
    const taken = await upload(api, file);
    t.equal(taken.status, 200);
    t.match(taken.json.Imports[0], { Layout: proposed!.LayoutId, Counts: { Added: 2, Errors: 0 } });
    const turned = await upload(api, 'Lagerbestand HH,Art-Nr neu,Bezeichnung\nx,A-1,Mug\n9,A-2,Cup\n');
    t.equal(turned.status, 200, 'the order of the columns does not matter');
    t.match((await itemsOf(api)).get('A-2'), { Quantity: 9 });
    t.match(
      await errorsOf(api, turned.id),
      [{ Column: 'Lagerbestand HH', Value: 'x' }],
      'reports use the names of the file',
    );
    t.equal((await api.call('DELETE', `/api/v3/Layouts/${proposed!.LayoutId}`)).statusCode, 200);
    t.equal((await upload(api, file)).status, 400, 'what was removed is asked about again');
    const events = await db.prisma.event.findMany({ where: { companyId: api.seller.companyId } });
    t.equal(
      events.filter(({ summary }) => /layout/i.test(summary)).length,
      2,
      'who said so is in the history',
    );
  },
);

await t.test('of several prices none is taken until one is chosen, and quantities go on', async (t) => {
  const api = await testApi(t, db);
  const file = 'SKU,Stock,Regular price,Sale price\nS-1,5,9.90,7.90\n';
  const before = await upload(api, file);
  t.equal(before.status, 200);
  t.match((await itemsOf(api)).get('S-1'), { Quantity: 5 });
  t.notOk('Cost' in (await itemsOf(api)).get('S-1')!);
  t.match(before.json.Body, /No price was taken: Regular price, Sale price/);
  const [layout] = await layoutsOf(api);
  t.match(layout, {
    State: 'proposed',
    Columns: { SKU: 'SupplierSKU', Stock: 'Quantity', 'Regular price': null },
  });
  await callNamed(api, before.json.Body as string);
  t.match((await upload(api, file)).json.Body, /^(?!.*No price)/);
  t.match((await itemsOf(api)).get('S-1'), { Cost: 9.9 });
  await confirm(api, layout!.LayoutId, { 'Sale price': 'Cost' });
  await upload(api, file);
  t.match(
    (await itemsOf(api)).get('S-1'),
    { Cost: 7.9 },
    'what is said later takes the place of what was said',
  );
  const prices = await upload(api, 'SKU,Price,Cost\nS-1,9.90,7.90\n');
  t.equal(prices.status, 400);
  t.match(nextOf(prices.json), /PUT \/api\/v3\/Layouts\/feed-/, 'a file of prices alone is asked about too');
});

await t.test('one column per warehouse is known by the shop, or by what is said of it', async (t) => {
  const api = await testApi(t, db);
  await warehouse(api, '7001', 'Delhi Warehouse');
  await warehouse(api, '7002', 'Jaypore');
  const wide = await upload(
    api,
    'SKU,Delhi Warehouse,JAYPORE,Note\nW-1,5,7,x\nW-2,0,not stocked,\nW-3,,,\nW-4,3,many,\n',
  );
  t.equal(wide.status, 200);
  t.match(wide.counts, { Rows: 4, Errors: 1, Warned: 1, Added: 3 });
  const items = await itemsOf(api);
  t.match(items.get('W-1'), {
    Quantity: 12,
    Warehouse: 'Delhi Warehouse',
    WarehouseQuantity: 5,
    Warehouse2: 'Jaypore',
    Warehouse2Quantity: 7,
  });
  t.match(items.get('W-2'), { Quantity: 0, Warehouse: 'Delhi Warehouse' });
  t.match(items.get('W-4'), { Quantity: 3 }, 'a bad cell leaves the others alone');

  const unknown = await upload(api, 'SKU,Kiel,Ulm\nK-1,1,2\nK-2,3,not stocked\n');
  t.equal(unknown.status, 400);
  t.match(nextOf(unknown.json), /"Kiel":"Quantity in Kiel","Ulm":"Quantity in Ulm"/);
  const [layout] = await layoutsOf(api);
  await confirm(api, layout!.LayoutId, { Kiel: 'quantity in 7001', Ulm: 'Quantity in Jaypore' });
  t.equal((await upload(api, 'SKU,Kiel,Ulm\nK-1,1,2\n')).status, 200);
  t.match((await itemsOf(api)).get('K-1'), {
    Warehouse: '7001',
    Warehouse2: 'Jaypore',
    Warehouse2Quantity: 2,
  });

  const both = await upload(api, 'SKU,Location,Quantity,Jaypore\nB-1,Delhi Warehouse,4,9\n');
  t.match(both.json.Body, /rows name a warehouse each.*Jaypore/);
  t.match((await itemsOf(api)).get('B-1'), { Quantity: 4, Warehouse: 'Delhi Warehouse' });
  const headers = await upload(api, 'SKU,Quantity in EAST,Quantity in WEST\nQ-1,1,2\n');
  t.equal(headers.status, 200, 'a header may say it itself');
});

await t.test('a layout says only what its header and its kind have', async (t) => {
  const api = await testApi(t, db);
  await upload(api, 'Kennung,Wert A,Wert B\nxy 1,a,b\nxy 2,c,d\n');
  const [{ LayoutId: id } = { LayoutId: '' }] = await layoutsOf(api);
  const bad: [object, RegExp][] = [
    [{ Nummer: 'SupplierSKU' }, /no column of this layout.*Kennung, Wert A, Wert B/],
    [{ Kennung: 'Colour of the sky' }, /is no field.*SupplierSKU/],
    [{ Kennung: 'SupplierSKU', 'Wert A': 'Quantity', 'Wert B': 'Quantity' }, /given to two columns/],
    [{ Kennung: 'SupplierSKU' }, /neither a column Quantity nor Cost/],
  ];
  for (const [columns, words] of bad) {
    const answer = await confirm(api, id, columns);
    t.equal(answer.statusCode, 400, JSON.stringify(columns));
    t.match(answer.body, words);
  }
  const other = await testApi(t, db);
  t.equal(
    (await confirm(other, id, { Kennung: 'SupplierSKU' })).statusCode,
    404,
    "another company's is none",
  );
  t.equal((await confirm(api, 'feed-0000000000000000', {})).statusCode, 404);
  t.equal((await confirm(api, 'x', {})).statusCode, 404);
  t.equal((await api.call('DELETE', `/api/v3/Layouts/${id}`)).statusCode, 200);
  t.equal((await api.call('GET', '/api/v2/Layouts')).statusCode, 404, 'an addition stands in v3');
});

await t.test(
  'each kind of feed has its own, in every format, and also where titles stand above',
  async (t) => {
    const api = await testApi(t, db);
    const path = 'Matching';
    const sheet = workbook([
      ['Kanalliste', null, null],
      ['ERP', 'Name', 'TikTok Code'],
      ['E-1', 'Mug', 'T-1'],
      ['E-2', 'Cup', 'T-2'],
    ]);
    const asked = await upload(api, sheet, { path });
    t.equal(asked.status, 400);
    const [layout] = await layoutsOf(api);
    t.match(layout, {
      Kind: 'matching',
      Columns: { ERP: 'SupplierSKU', Name: null, 'TikTok Code': 'MerchantSKU' },
    });
    await confirm(api, layout!.LayoutId, {});
    const taken = await upload(api, sheet, { path });
    t.match(taken.json.Imports[0], { State: 'applied', Counts: { Added: 2 } });
    const json = '[{"ERP":"E-3","Name":"x","TikTok Code":"T-3"}]';
    t.match((await upload(api, json, { path })).counts, { Added: 1 });
    t.equal((await upload(api, sheet)).status, 400, 'a matching list is no feed');
    const twice = await upload(api, 'Nr,Zahl,Zahl\nA 1,1,2\nA 2,3,4\n');
    t.equal(twice.status, 400);
    const [doubled] = await layoutsOf(api);
    t.same(Object.keys(doubled!.Columns).toSorted(), ['Nr', 'Zahl', 'Zahl (2)']);
    await confirm(api, doubled!.LayoutId, { Nr: 'SupplierSKU', Zahl: null, 'Zahl (2)': 'Quantity' });
    t.equal((await upload(api, 'Nr,Zahl,Zahl\nA 1,1,2\nA 2,3,4\n')).status, 200);
    t.match((await itemsOf(api)).get('A 2'), { Quantity: 4 });
  },
);
