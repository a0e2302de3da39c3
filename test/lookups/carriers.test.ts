import t from 'tap';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { createKey, testApi } from '../support/api.js';
import { shipmentOf, startWorld, type ShopWorld, type TestOrder } from '../shipments/world.js';

t.setTimeout(180_000);
const world = await startWorld(t);
const { control, db } = world;
const us = await world.connect('US');
const other = await world.connect('US');
const { app } = await testApi(t, db, { clock: world.clock, domain: world.deps });
const keys = new Map<number, string>();
for (const shop of [us, other]) keys.set(shop.companyId, await createKey(db, shop));

const ROWS = 'v3/Settings/CustomLookupTables/Carriers/Lookups';

async function call(
  shop: ShopWorld,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  payload?: object | string,
): Promise<{ status: number; json: JsonObject }> {
  const answer = await app.inject({
    method,
    url: `/api/${path}`,
    headers: {
      subscriptionkey: keys.get(shop.companyId) ?? '',
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, json: answer.json<JsonObject>() };
}

let trackings = 0;
const nextTracking = () => `1Z${String(++trackings).padStart(16, '0')}`;

function ship(
  shop: ShopWorld,
  { key }: TestOrder,
  carrier: object,
  number = 'S-1',
  tracking = nextTracking(),
) {
  const document = shipmentOf(number, [{ sku: 'SHIRT', quantity: 1, tracking, carrier }]);
  return call(shop, 'POST', `v3/Orders/${key}/Shipments`, document);
}

function findingOf({ json }: { json: JsonObject }): { Field: string; Message: string; Next: string } {
  const [body] = json['Body'] as { Details: { Field: string; Message: string; Next: string }[] }[];
  return body!.Details[0]!;
}

/** The call that a refusal offers: method, path and body, as a person copies them. */
function offered(next: string): { method: 'POST' | 'PUT'; path: string; body: string } {
  const found = /(POST|PUT) \/api\/(\S+) (\{.*\})/.exec(next);
  if (!found) throw new Error(`no call in: ${next}`);
  const [, method, path = '', body = ''] = found;
  return { method: method as 'POST' | 'PUT', path, body };
}

const row = (carrier: string, provider: string, partnerId?: number) => ({
  Columns: [
    { Title: 'Carrier', Value: carrier },
    { Title: 'TikTokProvider', Value: provider },
    ...(partnerId === undefined ? [] : [{ Title: 'PartnerId', Value: String(partnerId) }]),
  ],
});

async function rowsOf(shop: ShopWorld): Promise<{ Id: number; LastModified: string; ModifiedBy: string }[]> {
  return (await call(shop, 'GET', ROWS)).json['Records'] as never;
}

const providerOf = async (order: TestOrder) =>
  String((control.order(order.tiktokOrderId) as unknown as JsonObject)['shipping_provider']);

await t.test(
  'the refusal of an unknown carrier offers the call that teaches it, ready to be sent',
  async (t) => {
    const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
    const tracking = nextTracking();
    const refused = await ship(us, order, { ClassCode: 'UPS Ground' }, 'S-1', tracking);
    t.equal(refused.status, 400);
    const { Message, Next } = findingOf(refused);
    t.match(Message, /UPS Ground is not one that TikTok accepts/);
    const { method, path, body } = offered(Next);
    t.equal(`${method} ${path}`, `POST ${ROWS}`);
    t.equal((await call(us, method, path, body)).status, 200);
    t.equal((await ship(us, order, { ClassCode: 'UPS Ground' }, 'S-1', tracking)).status, 201);
    await world.settle();
    t.strictSame(us.effects(order), [`${tracking}: ${order.unitIds.join(',')}`]);
    t.equal(await providerOf(order), 'UPS');
  },
);

await t.test(
  'a spelling that tells no carrier is offered with a place to fill in, which is not taken as it is',
  async (t) => {
    const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
    const refused = await ship(us, order, { CarrierCode: 'Truck 7' });
    const { path, body } = offered(findingOf(refused).Next);
    const unfilled = await call(us, 'POST', path, body);
    t.equal(unfilled.status, 400);
    t.match(findingOf(unfilled).Message, /TikTokProvider: put a value in the place of <name or id/);
    const filled = body.replace(/<[^>]*>/, 'OnTrac');
    t.equal((await call(us, 'POST', path, filled)).status, 200);
    t.equal((await ship(us, order, { CarrierCode: 'TRUCK-7' })).status, 201, 'in any spelling');
    await world.settle();
    t.equal(await providerOf(order), 'OnTrac');
  },
);

await t.test(
  'the row of a shop goes before the row of all shops, and before what TikTok calls so itself',
  async (t) => {
    const { partnerId } = us.connection;
    t.equal((await call(us, 'POST', ROWS, row('FedEx', 'USPS'))).status, 200);
    const first = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
    t.equal((await ship(us, first, { CarrierCode: 'FedEx' })).status, 201);
    t.equal((await call(us, 'POST', ROWS, row('FedEx', 'LaserShip', partnerId))).status, 200);
    const second = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
    t.equal((await ship(us, second, { CarrierCode: 'fedex' })).status, 201);
    await world.settle();
    t.strictSame([await providerOf(first), await providerOf(second)], ['USPS', 'LaserShip']);
    const foreign = await call(us, 'POST', ROWS, row('GLS', 'UPS', other.connection.partnerId));
    t.equal(foreign.status, 400);
    t.match(findingOf(foreign).Message, /PartnerId \d+ is none of your shops/);
  },
);

await t.test(
  'a row that names a provider that TikTok does not list any more is told, with the call that mends it',
  async (t) => {
    const answer = await call(us, 'POST', ROWS, row('Night Owl', 'Owl Express'));
    const id = Number(answer.json['Body']);
    const order = await us.order([{ sku: 'SHIRT', quantity: 1 }]);
    const refused = await ship(us, order, { CarrierCode: 'Night Owl' });
    t.equal(refused.status, 400);
    const { Message, Next } = findingOf(refused);
    t.match(
      Message,
      new RegExp(
        `row ${id} of your table Carriers says that Night Owl is Owl Express, which is not a carrier`,
      ),
    );
    const { method, path, body } = offered(Next);
    t.equal(`${method} ${path}`, `PUT ${ROWS}/${id}`);
    t.equal((await call(us, method, path, body.replace(/<[^>]*>/, 'UPS'))).status, 200);
    t.equal((await ship(us, order, { CarrierCode: 'Night Owl' })).status, 201);
  },
);

await t.test(
  'two writers: one row for one spelling, and nobody writes over what he has not read',
  async (t) => {
    const both = await Promise.all([1, 2].map(() => call(us, 'POST', ROWS, row('Two Writers', 'UPS'))));
    t.strictSame(
      both.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409],
    );
    const refused = both.find(({ status }) => status === 409)!;
    const id = Number(both.find(({ status }) => status === 200)!.json['Body']);
    t.match(findingOf(refused).Next, new RegExp(`Lookups/${id}$`));
    const read = (await rowsOf(us)).find((each) => each.Id === id)!;
    const first = await call(us, 'PUT', `${ROWS}/${id}`, {
      ...row('Two Writers', 'USPS'),
      LastModified: read.LastModified,
    });
    t.equal(first.status, 200);
    const second = await call(us, 'PUT', `${ROWS}/${id}`, {
      ...row('Two Writers', 'FedEx'),
      LastModified: read.LastModified,
    });
    t.equal(second.status, 409);
    t.match(findingOf(second), {
      Field: 'LastModified',
      Message: /primary API key changed the row|API key changed the row/,
    });
    t.equal(
      (await call(us, 'PUT', `${ROWS}/${id}`, row('Two Writers', 'FedEx'))).status,
      200,
      'the last write counts',
    );
    const year1 = { ...row('Two Writers', 'UPS'), Id: 0, LastModified: '0001-01-01T00:00:00' };
    t.equal((await call(us, 'PUT', `${ROWS}/${id}`, year1)).status, 200, 'no time at all, in .NET');
  },
);

await t.test(
  'rows are the company’s own, and every change of them is in the history with who made it',
  async (t) => {
    const [row0] = await rowsOf(us);
    t.ok(row0);
    t.match(await rowsOf(other), []);
    for (const [method, body] of [
      ['PUT', row('X', 'UPS')],
      ['DELETE', undefined],
    ] as const)
      t.equal((await call(other, method, `${ROWS}/${row0!.Id}`, body)).status, 404);
    const events = await db.prisma.event.findMany({
      where: { companyId: us.companyId, typeId: 140 },
      orderBy: { id: 'asc' },
    });
    t.match(events[0], {
      summary: /^Row \d+ of table Carriers was added$/,
      actorKind: 'key',
      category: 'Settings',
    });
    t.match(JSON.stringify(events[0]!.additional), /UPS Ground/);
    const count = (await rowsOf(us)).length;
    t.equal((await call(us, 'DELETE', `${ROWS}/${row0!.Id}`)).status, 200);
    t.equal((await rowsOf(us)).length, count - 1);
    t.equal((await call(us, 'DELETE', ROWS)).status, 200);
    t.strictSame(await rowsOf(us), []);
    const tables = await call(us, 'GET', 'v3/Settings/CustomLookupTables');
    t.match(tables.json, { Records: [{ Name: 'Carriers' }, { Name: 'CancelReasons' }], TotalRecords: 2 });
    const unknown = await call(us, 'GET', 'v3/Settings/CustomLookupTables/Nothing/Lookups');
    t.equal(unknown.status, 404);
    t.match(findingOf(unknown).Message, /there are Carriers, CancelReasons/);
  },
);
