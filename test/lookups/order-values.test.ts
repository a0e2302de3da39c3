import t from 'tap';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { createKey, testApi } from '../support/api.js';
import { startWorld } from '../shipments/world.js';

t.setTimeout(180_000);
const world = await startWorld(t);
const { control, db } = world;
const us = await world.connect('US');
const { app } = await testApi(t, db, { clock: world.clock, domain: world.deps });
const key = await createKey(db, us);

const TABLES = 'v3/Settings/CustomLookupTables';

async function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: object) {
  const answer = await app.inject({
    method,
    url: `/api/${path}`,
    headers: { subscriptionkey: key, ...(payload ? { 'content-type': 'application/json' } : {}) },
    ...(payload ? { payload } : {}),
  });
  return { status: answer.statusCode, json: answer.json<JsonObject>(), text: answer.body };
}

const columns = (values: Record<string, string>) => ({
  Columns: Object.entries(values).map(([Title, Value]) => ({ Title, Value })),
});

async function tableOf(name: string, matches: Record<string, string>, added: string[]): Promise<void> {
  const answer = await call('PUT', `${TABLES}/${name}`, {
    Columns: [
      ...Object.entries(matches).map(([Title, Match]) => ({ Title, Match })),
      ...added.map((Title) => ({ Title })),
    ],
  });
  t.equal(answer.status, 200, answer.text);
}

interface Attributed {
  ExtendedAttributes?: { Name: string; Value: string }[];
}

function valueOf({ ExtendedAttributes = [] }: Attributed, name: string): string | null {
  const found = ExtendedAttributes.filter(({ Name }) => Name === name);
  t.ok(found.length <= 1, `${name} stands once`);
  return found[0]?.Value ?? null;
}

async function order(skus: string[], address: object = {}): Promise<{ key: number; id: string }> {
  const { id } = control.addOrder(us.shopId, {
    lines: skus.map((sellerSku) => ({ sellerSku, quantity: 1 })),
    paidMinutesAgo: 120,
    address,
  });
  await us.pull(id);
  const row = await db.prisma.order.findFirstOrThrow({ where: { tiktokOrderId: id } });
  return { key: row.documentKey ?? 0, id };
}

async function documentOf({
  key: orderKey,
}: {
  key: number;
}): Promise<Attributed & { OrderLines: Attributed[] }> {
  const { json } = await call('GET', `v3/Orders/${orderKey}`);
  return (json['Body'] as { SalesOrder: never }).SalesOrder;
}

await t.test(
  'values that are looked up by SKU are added to lines, by state and SKU together where a row says so',
  async (t) => {
    await tableOf('Customs', { SKU: 'OrderLines.ItemIdentifier.SupplierSKU', Zip: 'ShipToAddress.Zip' }, [
      'HsCode',
      'Origin',
    ]);
    const rows = `${TABLES}/customs/Lookups`;
    t.equal((await call('POST', rows, columns({ SKU: 'TEE', HsCode: '6109', Origin: 'PT' }))).status, 200);
    t.equal((await call('POST', rows, columns({ SKU: 'TEE', Zip: '99501', HsCode: '6109.10' }))).status, 200);
    t.equal(
      (await call('POST', rows, columns({ SKU: 'tee', HsCode: 'lower' }))).status,
      200,
      'written otherwise: another row',
    );
    const [home, far] = [await order(['TEE', 'MUG', 'tee']), await order(['TEE'], { postalCode: '99501' })];
    const { OrderLines: lines } = await documentOf(home);
    t.strictSame(
      lines.map((line) => [valueOf(line, 'HsCode'), valueOf(line, 'Origin')]),
      [
        ['6109', 'PT'],
        [null, null],
        ['lower', null],
      ],
      'the row that is written as the SKU is',
    );
    const [line] = (await documentOf(far)).OrderLines;
    t.strictSame(
      [valueOf(line!, 'HsCode'), valueOf(line!, 'Origin')],
      ['6109.10', null],
      'the row that names the most',
    );
  },
);

await t.test('values that are looked up by anything on the order are added to it', async (t) => {
  await tableOf('Depots', { Warehouse: 'ExtendedAttributes.TikTokWarehouseId' }, ['Depot']);
  await tableOf('Freight', { Option: 'ShipmentInfos.ServiceLevelDescription', Currency: 'Currency' }, [
    'Freight',
  ]);
  const before = await documentOf(await order(['MUG']));
  const warehouse = valueOf(before, 'TikTokWarehouseId') ?? '';
  const [info] = (before as unknown as { ShipmentInfos: { ServiceLevelDescription: string }[] })
    .ShipmentInfos;
  await call('POST', `${TABLES}/Depots/Lookups`, columns({ Warehouse: warehouse, Depot: 'EAST' }));
  await call(
    'POST',
    `${TABLES}/Freight/Lookups`,
    columns({ Option: info!.ServiceLevelDescription.toUpperCase(), Freight: 'F1' }),
  );
  await call('POST', `${TABLES}/Freight/Lookups`, columns({ Currency: 'EUR', Freight: 'F2' }));
  const after = await documentOf(await order(['MUG']));
  t.equal(valueOf(after, 'Depot'), 'EAST');
  t.equal(valueOf(after, 'Freight'), 'F1');
});

await t.test('a change counts for orders that come after it; an order keeps what it came with', async (t) => {
  const old = await order(['TEE']);
  const { json } = await call('GET', `${TABLES}/Customs/Lookups?pageSize=1`);
  const [first] = json['Records'] as { Id: number }[];
  t.match(json, { TotalRecords: 3, TotalPages: 3 });
  t.equal(
    (await call('PUT', `${TABLES}/Customs/Lookups/${first!.Id}`, columns({ SKU: 'TEE', HsCode: '0000' })))
      .status,
    200,
  );
  control.patchOrder(old.id, { address: { postalCode: '10001' } });
  world.clock.advance(5_000);
  await us.pull(old.id);
  const [kept] = (await documentOf(old)).OrderLines;
  t.equal(valueOf(kept!, 'HsCode'), '6109', 'rendered anew by a change in TikTok');
  const [later] = (await documentOf(await order(['TEE']))).OrderLines;
  t.equal(valueOf(later!, 'HsCode'), '0000');
  t.equal((await call('DELETE', `${TABLES}/Customs`)).status, 200);
  t.equal(valueOf((await documentOf(old)).OrderLines[0]!, 'HsCode'), '6109');
  t.equal(valueOf((await documentOf(await order(['TEE']))).OrderLines[0]!, 'HsCode'), null);
});

await t.test('a table or row that cannot be meant is refused, with every place that is wrong', async (t) => {
  const detailsOf = ({ json }: { json: JsonObject }) =>
    (json['Body'] as { Details: { Field: string; Message: string }[] }[])[0]!.Details.map(
      ({ Field, Message }) => `${Field}: ${Message}`,
    );
  const wrong = await call('PUT', `${TABLES}/Wrong`, {
    Columns: [{ Title: 'A', Match: 'ShipToAddress.Planet' }, { Title: 'a' }, { Title: 'TikTokSkuId' }],
  });
  t.equal(wrong.status, 400);
  t.match(detailsOf(wrong), [
    /^Columns\[0\]\.Match: ShipToAddress has no Planet; it has CompanyName, FirstName/,
    /^Columns\[1\]\.Title: stands twice/,
    /^Columns\[2\]\.Title: TikTokSkuId is a name that the service itself gives/,
  ]);
  t.match(
    detailsOf(await call('PUT', `${TABLES}/Wrong`, { Columns: [{ Title: 'A', Match: 'OrderLines' }] }))[0],
    /is no single value/,
  );
  t.equal((await call('PUT', `${TABLES}/carriers`, { Columns: [] })).status, 400, 'has a use of its own');
  const rows = `${TABLES}/Depots/Lookups`;
  t.match(detailsOf(await call('POST', rows, columns({ Warehouse: '1', Color: 'red' }))), [
    /^Columns\[1\]\.Title: Depots has no column Color; it has Warehouse, Depot/,
  ]);
  t.match(detailsOf(await call('POST', rows, columns({ Depot: 'X' })))[0], /one of Warehouse needs a value/);
  t.match(detailsOf(await call('POST', rows, columns({ Warehouse: '1' })))[0], /adds nothing/);
  t.match(
    detailsOf(await call('POST', rows, columns({ Warehouse: 'x'.repeat(201), Depot: 'X' })))[0],
    /200 characters/,
  );
  const moved = await call('PUT', `${TABLES}/Depots`, {
    Columns: [{ Title: 'Warehouse', Match: 'Currency' }, { Title: 'Depot' }],
  });
  t.equal(moved.status, 400, 'rows are found by the columns that there are');
});
