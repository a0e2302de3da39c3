import { somebody } from '../support/actors.js';
import t from 'tap';
import { acknowledgementTaking } from '../../src/acknowledgements/create-acknowledgement.js';
import { acknowledgementDeps } from '../../src/compose/kinds.js';
import { parseJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { takeAll } from '../../src/orders/take-documents.js';
import type { TakeResult } from '../../src/orders/taking.js';
import { shipmentTaking } from '../../src/shipments/create-shipment.js';
import { ackOf } from '../acknowledgements/world.js';
import { shipmentOf, startWorld, type TestOrder } from '../shipments/world.js';

t.setTimeout(180_000);
const world = await startWorld(t);
const { db } = world;
const shop = await world.connect('US');
const woken: bigint[] = [];
const deps = { ...world.deps, wake: (id: bigint) => void woken.push(id) };

let parcels = 0;
function parcel(order: TestOrder, number: string, quantity = 1): { document: JsonObject } {
  const tracking = `94001118995600${String(++parcels).padStart(8, '0')}`;
  return sent({
    PartnerPO: order.tiktokOrderId,
    ...shipmentOf(number, [{ sku: 'TEE', quantity, tracking }]),
  });
}

function sent(document: object): { document: JsonObject } {
  return { document: parseJson(JSON.stringify(document)) as JsonObject };
}

const told = (results: readonly TakeResult[]) =>
  results.map((result) => ('error' in result ? result.error.message : result.created ? 'new' : 'known'));
const sender = { companyId: shop.companyId, by: somebody };
const ship = (requests: { document: JsonObject }[]) => takeAll(deps, shipmentTaking(deps), sender, requests);

await t.test(
  'of many documents each is taken or refused by itself, in the order that was sent',
  async (t) => {
    const [a, b] = [
      await shop.order([{ sku: 'TEE', quantity: 1 }]),
      await shop.order([{ sku: 'TEE', quantity: 1 }]),
    ];
    woken.length = 0;
    const results = await ship([
      parcel(a, 'S-1'),
      parcel({ ...a, tiktokOrderId: '1' }, 'S-1'),
      parcel(b, 'S-1', 5),
      parcel(b, 'S-2'),
    ]);
    t.same(told(results), [
      'new',
      'The order of the shipment cannot be found.',
      'The shipment does not fit its order.',
      'new',
    ]);
    const kept = await db.prisma.document.findMany({
      where: { type: 'shipment', companyId: shop.companyId },
    });
    t.equal(kept.length, 2, 'what is refused leaves nothing behind');
    t.equal(woken.length, 2, 'and what is taken wakes a worker after the commit');
    await world.settle();
    t.same(
      [(await shop.orderDocument(a)).statusCode, (await shop.orderDocument(b)).statusCode],
      [1000, 1000],
    );
  },
);

await t.test('several documents of one order see what the ones before them took', async (t) => {
  const order = await shop.order([{ sku: 'TEE', quantity: 2 }]);
  const twin = parcel(order, 'S-1');
  const results = await ship([twin, twin, parcel(order, 'S-1'), parcel(order, 'S-2'), parcel(order, 'S-3')]);
  t.same(told(results), [
    'new',
    'known',
    'The shipment with this number is on its way to TikTok, with another content.',
    'new',
    'The shipment does not fit its order.',
  ]);
  await world.settle();
  t.equal(shop.effects(order).length, 2);
});

await t.test('documents of many orders are stored with the statements of a few', async (t) => {
  const orders: TestOrder[] = [];
  for (let index = 0; index < 12; index++) orders.push(await shop.order([{ sku: 'TEE', quantity: 1 }]));
  const accepts = orders.map((order) =>
    sent({ PartnerPO: order.tiktokOrderId, ...ackOf('A-1', [{ sku: 'TEE', accept: 1 }]) }),
  );
  const inserts: string[] = [];
  const counting = {
    ...deps,
    db: {
      ...db,
      transaction: ((work) =>
        db.transaction((tx) =>
          work(
            new Proxy(tx, {
              get(target, name) {
                const own: unknown = Reflect.get(target, name);
                if (name !== '$executeRaw' && name !== '$queryRaw') return own;
                return (...given: [{ sql?: string } | TemplateStringsArray]) => {
                  inserts.push(
                    ('raw' in given[0] ? given[0].join('?') : (given[0].sql ?? '')).trim().slice(0, 40),
                  );
                  return (own as (...all: unknown[]) => unknown).apply(target, given);
                };
              },
            }),
          ),
        )) as typeof db.transaction,
    },
  };
  const results = await takeAll(counting, acknowledgementTaking(acknowledgementDeps(deps)), sender, accepts);
  t.same(new Set(told(results)), new Set(['new']));
  for (const table of ['documents', 'acknowledgements'])
    t.equal(inserts.filter((sql) => sql.startsWith(`INSERT INTO ${table} `)).length, 1, table);
  t.equal((await shop.orderDocument(orders[11]!)).statusCode, 500);
});
