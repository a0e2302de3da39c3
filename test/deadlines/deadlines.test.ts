import { productFlows } from '../../src/compose/product-flows.js';
import { somebody } from '../support/actors.js';
import t, { type Test } from 'tap';
import { pullCancellations } from '../../src/cancellations/pull-cancellations.js';
import { deleteNotices, pageSql } from '../../src/deadlines/deadline-store.js';
import { raiseNotices } from '../../src/deadlines/raise-notices.js';
import { changeStatus, recordEvents } from '../../src/documents/document-store.js';
import { type FlowHandler } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow } from '../../src/sync/flows/run-flow.js';
import { DAY_MS, HOUR_MS } from '../../src/kernel/time.js';
import { createKey, testApi, type TestApi } from '../support/api.js';
import { createSeller, type Seller } from '../support/builders.js';
import { shipmentOf, type ShopWorld } from '../shipments/world.js';
import { startReturnWorld } from '../returns/world.js';
import { given } from './world.js';

const { world, ...returns } = await startReturnWorld(t);
const { db, clock, control } = world;

interface Shown {
  Kind: string;
  DueAt: string;
  HoursLeft: number;
  Overdue: boolean;
  LogicbrokerKey: string;
  PartnerPO: string;
  Reference: string;
  PartnerId: number;
  Status: string;
  WhatToDo: string;
  AtDeadline: string;
}

interface Page {
  Records: Shown[];
  TotalPages: number;
  TotalRecords: number;
}

/** Reads the list as the company of `seller`. */
async function lister(t: Test, companyId?: number) {
  const api: TestApi = await testApi(t, db, { clock });
  const key = companyId === undefined ? api.key : await createKey(db, { companyId });
  const call = (query: string, version = 'v3') =>
    api.app.inject({ url: `/api/${version}/Deadlines${query}`, headers: { subscriptionkey: key } });
  return {
    seller: api.seller,
    call,
    list: async (query = ''): Promise<Page> => {
      const answer = await call(query);
      if (answer.statusCode !== 200) throw new Error(answer.body);
      return answer.json();
    },
  };
}

const inHours = (hours: number): Date => new Date(clock.now().getTime() + hours * HOUR_MS);
const keysOf = ({ Records }: Page): number[] => Records.map(({ LogicbrokerKey }) => Number(LogicbrokerKey));

async function pullCancellationsOf({ companyId, connection }: ShopWorld): Promise<void> {
  const { log } = world.deps;
  const name = 'pull-cancellations';
  const { flowId } = await requestRun(db.prisma, {
    companyId,
    connectionId: connection.id,
    name,
    now: clock.now(),
  });
  const handlers = new Map<string, FlowHandler>([[name, (run) => pullCancellations(world.deps, run)]]);
  await runFlow({ flows: productFlows, db, clock, log, recordEvents, handlers }, flowId);
}

await t.test('an order stands on the list until TikTok has its last piece', async (t) => {
  const shop = await world.connect('US');
  const { list } = await lister(t, shop.companyId);
  const order = await shop.order([{ sku: 'TEE', quantity: 2 }]);
  const { Records } = await list();
  const document = JSON.parse((await shop.orderDocument(order)).body);
  t.equal(Records.length, 1);
  t.match(Records[0], {
    Kind: 'order-ship',
    DueAt: document.RequestedShipDate,
    LogicbrokerKey: String(order.key),
    PartnerPO: order.tiktokOrderId,
    Reference: document.OrderNumber,
    PartnerId: shop.connection.partnerId,
    Status: 'Submitted',
    Overdue: false,
    WhatToDo: /Ship 2 pieces/,
    AtDeadline: /late dispatch/,
  });
  await shop.shipped(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking: 'T1' }]));
  t.match((await list()).Records[0]?.WhatToDo, /Ship 1 piece:/);
  await shop.ship(order, shipmentOf('S-2', [{ sku: 'TEE', quantity: 1, tracking: 'T2' }]));
  t.match((await list()).Records[0]?.WhatToDo, /TikTok has not confirmed them yet/, 'stored is not shipped');
  await world.settle();
  t.same((await list()).Records, []);
});

await t.test('a buyer’s request to cancel stands on the list until it is decided', async (t) => {
  const shop = await world.connect('US');
  const { list } = await lister(t, shop.companyId);
  const order = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  control.act(order.tiktokOrderId, { type: 'buyer_cancel' });
  await pullCancellationsOf(shop);
  const { Records } = await list('?kind=cancellation-request');
  t.match(Records, [
    {
      LogicbrokerKey: String(order.key),
      PartnerPO: order.tiktokOrderId,
      WhatToDo: /POST Acknowledgements/,
      AtDeadline: /approves/,
    },
  ]);
  t.not(Records[0]?.Reference, order.tiktokOrderId, 'the reference is the request');
  clock.advance(5_000);
  control.act(order.tiktokOrderId, { type: 'seller_ship' });
  await shop.pull(order.tiktokOrderId);
  await pullCancellationsOf(shop);
  t.same((await list()).Records, [], 'shipping it in TikTok has rejected the request');
});

await t.test('a return stands on the list as long as TikTok waits for the seller', async (t) => {
  const shop = await world.connect('US');
  const { list } = await lister(t, shop.companyId);
  const made = await returns.received(shop);
  t.match((await list('?kind=return-answer')).Records, [
    {
      Kind: 'return-answer',
      LogicbrokerKey: String(made.key),
      Status: 'Under Review',
      WhatToDo: /Status\/600/,
    },
  ]);
  await returns.setStatus(shop, made.key, 600);
  t.match((await list('?kind=return-answer')).Records[0]?.WhatToDo, /Your answer is stored/);
  await world.settle();
  t.same((await list('?kind=return-answer')).Records, [], 'now the buyer has to send the goods');
});

await t.test('the most urgent is first, whatever it is, in every version', async (t) => {
  const { seller, list, call } = await lister(t);
  const [late] = await given(db, seller, { dueAt: inHours(30) });
  const [back] = await given(db, seller, { kind: 'return-answer', dueAt: inHours(20) });
  const [soon] = await given(db, seller, { dueAt: inHours(10) });
  const [request] = await given(db, seller, { kind: 'cancellation-request', dueAt: inHours(15) });
  const [passed] = await given(db, seller, { dueAt: inHours(-1) });
  const order = [passed, soon, request, back, late];
  t.same(keysOf(await list()), order);
  t.same(keysOf((await call('', 'v2')).json()), order);
  const first = (await call('', 'v1')).json().Body;
  t.match(first, { TotalRecords: 5, TotalPages: 1, CurrentPage: 0 });
  t.equal(first.Deadlines[0].LogicbrokerKey, String(passed));
  t.match((await list()).Records[0], { Overdue: true, HoursLeft: -1 });
});

await t.test('every filter narrows the list, and one that cannot be meant is refused by name', async (t) => {
  const { seller, list, call } = await lister(t);
  const now = clock.now();
  const [passed] = await given(db, seller, { dueAt: inHours(-2) });
  const [soon] = await given(db, seller, { dueAt: inHours(3) });
  const [request] = await given(db, seller, { kind: 'cancellation-request', dueAt: inHours(20) });
  const [back] = await given(db, seller, { kind: 'return-answer', dueAt: inHours(60) });
  const iso = (hours: number): string => new Date(now.getTime() + hours * HOUR_MS).toISOString();
  const cases: [query: string, keys: (number | undefined)[]][] = [
    ['?kind=order-ship', [passed, soon]],
    ['?Filters.Kind=RETURN-answer', [back]],
    ['?overdue=True', [passed]],
    ['?overdue=false', [soon, request, back]],
    ['?hoursLeft=4', [passed, soon]],
    ['?hoursLeft=24&overdue=false', [soon, request]],
    ['?hoursLeft=0', [passed]],
    [`?from=${iso(2)}&to=${iso(21)}`, [soon, request]],
    [`?partnerId=${seller.partnerId}`, [passed, soon, request, back]],
    [`?partnerId=${seller.partnerId + 1_000_000}`, []],
    ['?page=2000000000', []],
  ];
  for (const [query, keys] of cases) t.same(keysOf(await list(query)), keys, query);
  const wrong = [
    'kind=orders',
    'overdue=perhaps',
    'hoursLeft=-1',
    'hoursLeft=99999999999999999999',
    'from=yesterday',
    'partnerId=1.5',
    'page=-1',
    'pageSize=0',
    'kind=%00',
    'kind=__proto__',
    'kind=order-ship&kind=order-ship',
    'Filters.colour=red',
  ];
  for (const query of wrong) {
    const answer = await call(`?${query}`);
    t.equal(answer.statusCode, 400, query);
    const name = query.slice(0, query.indexOf('='));
    t.match(answer.body.toLowerCase(), name.toLowerCase(), `${query} is named`);
  }
});

await t.test('another company’s deadlines do not exist, whatever is asked', async (t) => {
  const ours = await lister(t);
  const theirs = await lister(t);
  for (const kind of ['order-ship', 'cancellation-request', 'return-answer'] as const)
    await given(db, ours.seller, { kind, dueAt: inHours(1) });
  t.equal((await ours.list()).TotalRecords, 3);
  for (const query of ['', `?partnerId=${ours.seller.partnerId}`, '?hoursLeft=24', '?pageSize=1&page=1'])
    t.match(await theirs.list(query), { Records: [], TotalRecords: 0 }, query);
});

await t.test(
  'what the ERP ignores, and what belongs to a closed connection, is not on the list',
  async (t) => {
    const { seller, list } = await lister(t);
    const [ignored, open] = await given(db, seller, { dueAt: inHours(5), count: 2 });
    await db.transaction((tx) =>
      changeStatus(tx, {
        by: somebody,
        companyId: seller.companyId,
        keys: [ignored ?? 0],
        type: 'order',
        to: 1400,
      }),
    );
    t.same(keysOf(await list()), [open]);
    await db.prisma.connection.update({ where: { id: seller.connectionId }, data: { status: 'closed' } });
    t.same(keysOf(await list()), []);
  },
);

await t.test('who walks through the pages misses nothing, whatever is settled meanwhile', async (t) => {
  const { seller, list } = await lister(t);
  const due = inHours(5);
  // Many have the same time, and two kinds are about it.
  const orders = await given(db, seller, { dueAt: due, count: 7 });
  const requests = await given(db, seller, { kind: 'cancellation-request', dueAt: due, count: 4 });
  const first = await list('?pageSize=4');
  t.match(first, { TotalRecords: 11, TotalPages: 3 });
  const gone = keysOf(first).slice(0, 3);
  await db.pool.query(
    'UPDATE order_units SET shipped_at = now() WHERE order_id IN (SELECT id FROM orders WHERE document_key = ANY($1))',
    [gone],
  );
  const walked = [
    ...keysOf(first),
    ...keysOf(await list('?pageSize=4&page=1')),
    ...keysOf(await list('?pageSize=4&page=2')),
  ];
  t.same(walked.toSorted(byNumber), [...orders, ...requests].toSorted(byNumber), 'each once');
  t.same(keysOf(await list('?pageSize=4&page=1')), walked.slice(4, 8), 'a page read again is the same');
});

await t.test(
  'each deadline is warned of once: at 24 hours, at 4 hours, and when it has passed',
  async (t) => {
    const seller = await createSeller(db);
    const [key] = await given(db, seller, { dueAt: inHours(30), pieces: 2 });
    t.same(await warnings(seller), [], 'there is time');
    clock.advance(7 * HOUR_MS);
    const [day] = await warnings(seller);
    t.match(day, {
      typeId: 110,
      level: 'Warning',
      documentKey: key,
      documentType: 'order',
      linkKey: `L-${key}`,
      senderId: seller.partnerId,
      additional: { Kind: 'order-ship', DueAt: /^\d{4}-.*Z$/, Threshold: '24h' },
      summary: /2 pieces must be shipped by .* less than 24 hours are left/,
      details: /Ship 2 pieces.*late dispatch/,
    });
    clock.advance(12 * HOUR_MS);
    t.equal((await warnings(seller)).length, 1, 'nothing between');
    clock.advance(8 * HOUR_MS);
    await Promise.all([1, 2, 3].map(() => raiseNotices({ db, clock })));
    t.same(thresholds(await warnings(seller)), ['24h', '4h'], 'of three workers at once one says it');
    clock.advance(4 * HOUR_MS);
    t.same(thresholds(await warnings(seller)), ['24h', '4h', 'past-due']);
    t.match((await warnings(seller)).at(-1), { typeId: 111, level: 'Alert', summary: /has passed/ });
    clock.advance(50 * HOUR_MS);
    t.equal((await warnings(seller)).length, 3, 'and never again');
  },
);

await t.test('each kind of deadline has an event of its own', async (t) => {
  const seller = await createSeller(db);
  await given(db, seller, { kind: 'cancellation-request', dueAt: inHours(20) });
  await given(db, seller, { kind: 'return-answer', dueAt: inHours(21) });
  await given(db, seller, { kind: 'cancellation-request', dueAt: inHours(-21) });
  await given(db, seller, { kind: 'return-answer', dueAt: inHours(-20) });
  const types = (await warnings(seller)).map(({ typeId, documentType }) => `${typeId} ${documentType}`);
  t.same(new Set(types), new Set(['112 order', '113 order', '114 return', '115 return']));
});

await t.test(
  'after a long stop only what applies now is said, and nothing about what is settled',
  async (t) => {
    const seller = await createSeller(db);
    await given(db, seller, { dueAt: inHours(-30) });
    await given(db, seller, { dueAt: inHours(2) });
    const [settled] = await given(db, seller, { dueAt: inHours(1) });
    await db.pool.query(
      'UPDATE order_units SET cancelled = true WHERE order_id = (SELECT id FROM orders WHERE document_key = $1)',
      [settled],
    );
    t.same(thresholds(await warnings(seller)), ['past-due', '4h']);
    // A clock that is set back must not repeat what was said.
    clock.advance(-10 * HOUR_MS);
    t.equal((await warnings(seller)).length, 2);
    clock.advance(10 * HOUR_MS);
  },
);

await t.test('a deadline that TikTok moves is warned of anew', async (t) => {
  const seller = await createSeller(db);
  const [key] = await given(db, seller, { dueAt: inHours(3) });
  t.same(thresholds(await warnings(seller)), ['4h']);
  await db.prisma.order.updateMany({ where: { documentKey: key ?? 0 }, data: { shipBy: inHours(40) } });
  t.same(thresholds(await warnings(seller)), ['4h'], 'it is far again');
  clock.advance(20 * HOUR_MS);
  t.same(thresholds(await warnings(seller)), ['4h', '24h']);
});

await t.test('a warning whose event cannot be written is given later', async (t) => {
  const seller = await createSeller(db);
  await given(db, seller, { dueAt: inHours(3) });
  await db.pool.query(`ALTER TABLE events ADD CONSTRAINT broken CHECK (type_id <> 110) NOT VALID`);
  await t.rejects(raiseNotices({ db, clock }));
  await db.pool.query('ALTER TABLE events DROP CONSTRAINT broken');
  t.same(thresholds(await warnings(seller)), ['4h']);
});

await t.test('warnings are forgotten when they are old and nothing is open any more', async (t) => {
  const seller = await createSeller(db);
  const [open, settled] = await given(db, seller, { dueAt: inHours(-60 * 24), count: 2 });
  t.equal((await warnings(seller)).length, 2);
  await db.prisma.order.updateMany({
    where: { documentKey: settled ?? 0 },
    data: { tiktokStatus: 'IN_TRANSIT' },
  });
  const before = new Date(clock.now().getTime() - 30 * DAY_MS);
  t.equal(await deleteNotices(db.prisma, before), 1);
  t.equal((await warnings(seller)).length, 2, `${open} is open still, and was warned of`);
});

await t.test('a page of 100,000 open orders is read by its index, and no more than it needs', async (t) => {
  const { seller, list } = await lister(t);
  const { companyId } = seller;
  await given(db, seller, { dueAt: inHours(10), stepMinutes: 1, count: 100_000 });
  await db.pool.query('ANALYZE documents, orders, order_units, cancellations, returns');
  const middle = (await list('?page=20&pageSize=500')).Records.at(-1);
  const place = {
    dueAt: new Date(middle?.DueAt ?? ''),
    key: Number(middle?.LogicbrokerKey),
    kind: 'order-ship',
    subjectId: 1n,
  } as const;
  for (const after of [undefined, place]) {
    const { text, values } = pageSql({ companyId }, { now: clock.now(), after, skip: 0, take: 100 });
    const { rows } = await db.pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
    const scans = scansOf(rows[0]['QUERY PLAN'][0].Plan).filter((scan) => scan['Relation Name'] === 'orders');
    const read = scans.filter((scan) => scan['Index Name'] === 'orders_ship_by_idx');
    t.equal(read.length, 1, 'by the index');
    t.ok(Number(read[0]?.['Actual Rows']) <= 101, 'only what is on the page is read');
    t.notOk(scans.some((scan) => scan['Node Type'] === 'Seq Scan'));
  }
  t.match(await list('?page=999&pageSize=100'), { TotalRecords: 100_000, TotalPages: 1_000 });
});

type PlanNode = Record<string, unknown> & { Plans?: PlanNode[] };

function scansOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(scansOf)];
}

/** Lets a worker look, and answers all warnings of the company, oldest first. */
async function warnings({ companyId }: Seller) {
  await raiseNotices({ db, clock });
  return db.prisma.event.findMany({ where: { companyId, category: 'Deadline' }, orderBy: { id: 'asc' } });
}

function thresholds(events: { additional: unknown }[]): string[] {
  return events.map(({ additional }) => (additional as { Threshold: string }).Threshold);
}

function byNumber(a: number, b: number): number {
  return a - b;
}

await t.test(
  'a refund-only request is an event on its order and on the list, until it is over',
  async (t) => {
    const shop = await world.connect('US');
    const { list } = await lister(t, shop.companyId);
    const given = await returns.requested(shop, { act: { returnType: 'REFUND' } });
    await returns.pull(shop);
    await returns.pull(shop);
    t.match((await list('?kind=refund-request')).Records, [
      {
        Kind: 'refund-request',
        LogicbrokerKey: String(given.order.key),
        Reference: given.returnId,
        WhatToDo: /Seller Center/,
      },
    ]);
    t.match((await list()).Records, [{ Kind: 'refund-request' }], 'among all others too');
    const told = async () =>
      (
        await db.prisma.event.findMany({
          where: { documentKey: given.order.key, typeId: { in: [131, 132] } },
        })
      ).map(({ typeId, summary }) => `${typeId} ${summary}`);
    const [asked, ...none] = await told();
    t.match(asked, new RegExp(`^131 The buyer asks for \\d+ piece.s.: request ${given.returnId} .REFUND`));
    t.same(none, [], 'once');
    clock.advance(72 * 3_600_000);
    await returns.pull(shop);
    t.same((await list('?kind=refund-request')).Records, [], 'TikTok has decided by itself');
    t.match((await told())[1], /^132 .*is over/);
  },
);
