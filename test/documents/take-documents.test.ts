import { somebody } from '../support/actors.js';
import pg from 'pg';
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

/** Every statement that the driver sends meanwhile. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  // The driver has many forms of this call.
  const prototype = pg.Client.prototype as unknown as Record<'query', (...given: unknown[]) => unknown>;
  const { query } = prototype;
  prototype.query = function counted(...given) {
    const [what] = given as [string | { text?: string }];
    sent.push(typeof what === 'string' ? what : (what.text ?? 'a stream'));
    return query.apply(this, given);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return sent;
}

/** How many statements of each sort, by their first words. */
function sortsOf(statements: readonly string[]): Record<string, number> {
  const sorts: Record<string, number> = {};
  for (const statement of statements) {
    const sort = statement.trim().replaceAll(/\s+/g, ' ').slice(0, 60);
    sorts[sort] = (sorts[sort] ?? 0) + 1;
  }
  return sorts;
}

async function orders(count: number): Promise<TestOrder[]> {
  const made: TestOrder[] = [];
  for (let index = 0; index < count; index++) made.push(await shop.order([{ sku: 'TEE', quantity: 1 }]));
  return made;
}

const acknowledge = (requests: { document: JsonObject }[]) =>
  takeAll(deps, acknowledgementTaking(acknowledgementDeps(deps)), sender, requests);
const acceptOf = ({ tiktokOrderId: PartnerPO }: TestOrder) =>
  sent({ PartnerPO, ...ackOf('A-1', [{ sku: 'TEE', accept: 1 }]) });
const cancelOf = ({ tiktokOrderId: PartnerPO }: TestOrder) =>
  sent({ PartnerPO, ...ackOf('A-2', [{ sku: 'TEE', cancel: 1 }], { ChangeReason: 'out_of_stock' }) });

for (const [what, documentOf, take] of [
  ['shipments', (order: TestOrder) => parcel(order, 'S-1'), ship],
  ['acceptances', acceptOf, acknowledge],
  ['cancellations', cancelOf, acknowledge],
] as const) {
  await t.test(`twelve ${what} cost as many statements as two`, async (t) => {
    const requestsOf = async (count: number) => (await orders(count)).map(documentOf);
    // What TikTok is asked for once a day is held afterwards.
    await take(await requestsOf(1));
    const [few, many] = [await requestsOf(2), await requestsOf(12)];
    const results: TakeResult[] = [];
    const asked = await statementsOf(async () => results.push(...(await take(few))));
    const askedOfMany = await statementsOf(async () => results.push(...(await take(many))));
    t.same(
      told(results),
      Array.from({ length: 14 }, () => 'new'),
    );
    t.ok(asked.length > 5, 'they were counted');
    t.same(sortsOf(askedOfMany), sortsOf(asked));
    const again: TakeResult[] = [];
    const repeated = await statementsOf(async () => again.push(...(await take(many))));
    t.same(new Set(told(again)), new Set(['known']));
    t.ok(repeated.length < asked.length / 2, `a repeat locks and writes nothing (${repeated.length})`);
  });
}

await t.test('in a batch with bad ones the good ones are taken in its order', async (t) => {
  const some = await orders(4);
  const [a, b, c, d] = some as [TestOrder, TestOrder, TestOrder, TestOrder];
  const results = await ship([
    parcel(c, 'S-1'),
    { document: {} },
    parcel(a, 'S-1', 7),
    parcel(d, 'S-1'),
    sent({
      PartnerPO: b.tiktokOrderId,
      ...shipmentOf('S-1', [{ sku: 'NONE', quantity: 1, tracking: 'X1' }]),
    }),
    parcel(b, 'S-2'),
    parcel(c, 'S-2'),
    parcel(a, 'S-2'),
  ]);
  t.same(
    results.map((result) => 'key' in result),
    [true, false, false, true, false, true, false, true],
  );
  const keys = results.flatMap((result) => ('key' in result ? [result.key] : []));
  t.same(
    keys,
    keys.toSorted((one, other) => one - other),
  );
  const entries = await db.prisma.outboxEntry.findMany({
    where: { documentKey: { in: keys } },
    orderBy: { id: 'asc' },
  });
  t.same(
    entries.map(({ documentKey }) => documentKey),
    keys,
    'TikTok is told in that order, too',
  );
  await world.settle();
  for (const order of some) t.equal(shop.effects(order).length, 1);
});
