import t from 'tap';
import { documentKinds } from '../../src/compose/kinds.js';
import { sweepsOf } from '../../src/compose/sweeps.js';
import { closeConnection } from '../../src/connections/manage-connection.js';
import { AppError } from '../../src/kernel/errors.js';
import { DAY_MS } from '../../src/kernel/time.js';
import { createSealer } from '../../src/store/secrets.js';
import { somebody } from '../support/actors.js';
import { harborGoods } from '../support/connect-shop.js';
import { wholeShipment, type ErpDocument } from '../support/erp.js';
import { silentLog } from '../support/logs.js';
import { runTasks } from '../support/run-tasks.js';
import { startService } from '../support/start-service.js';
import { acknowledgementOf, deskOf, keyOf, until } from '../scenarios/aftersales/seller-desk.js';
import { person, placesOf, type Person } from './people.js';

t.setTimeout(170_000);
const service = await startService(t);
const { erp, db, simulator } = service;
const { control } = simulator;
await service.connectShop(harborGoods);
const desk = deskOf(service);
await db.pool.query(`UPDATE connections SET settings = settings || '{"acceptInvoices": true}'`);

/** What the worker does each hour, some days later. */
async function sweepAfter(days: number): Promise<void> {
  // Contents of files that were read are deleted an hour later, on the database's clock.
  await db.pool.query("UPDATE blobs SET touched_at = touched_at - interval '2 hours'");
  const clock = { now: () => new Date(Date.now() + days * DAY_MS) };
  const kinds = documentKinds({
    db,
    clock,
    log: silentLog,
    findCancelling: async () => new Map<bigint, number>(),
    openShop: () => Promise.reject(new AppError('connection-not-ready', 'There is no shop.')),
  });
  const sealer = createSealer([{ id: 'test', bytes: Buffer.from(service.encryptionKey, 'base64') }]);
  for (const sweep of sweepsOf({ db, clock, log: silentLog, sealer, feedKinds: [], kinds }))
    if (!/resealed|retired/.test(sweep.name)) await sweep.run();
}

/** An order of somebody's, with all that a buyer can say in it. */
async function orderOf(who: Person): Promise<ErpDocument> {
  const { id } = control.addOrder(harborGoods.shopId, {
    lines: [{ sellerSku: 'TEE', quantity: 2 }],
    paidMinutesAgo: 90,
    shippingType: 'SELLER',
    buyerMessage: who.word('message'),
    cpf: who.cpf,
    cpfName: who.word('cpfname'),
    address: {
      name: `${who.first} ${who.last}`,
      firstName: who.first,
      lastName: who.last,
      phone: who.phone,
      line1: who.street,
      fullAddress: `${who.street}, ${who.city}`,
      postalCode: who.zip,
    },
  });
  control.patchOrder(id, { sellerNote: who.word('sellernote') });
  await runTasks(service, 'PullOrders');
  const order = (await erp.list('Orders')).find(({ PartnerPO }) => PartnerPO === id);
  if (!order) throw new Error('the order has not come');
  return order;
}

/** A shipment of all of it, full of people. */
function shipmentOf(order: ErpDocument, who: Person, number: string, tracking: string): object {
  return {
    ...wholeShipment(order, { tracking, carrier: 'USPS', number }),
    ShipToAddress: { FirstName: who.first, LastName: who.last, Address1: who.street, Email: who.email },
    Note: who.word('shipnote'),
    OwnField: { Deep: [who.word('shipown')] },
    ExtendedAttributes: [{ Name: 'GiftText', Value: who.word('shipattribute') }],
  };
}

async function completed(order: ErpDocument, who: Person): Promise<string> {
  const number = `S-${keyOf(order)}`;
  const key = await erp.ship(order, shipmentOf(order, who, number, `94001000000000${keyOf(order)}`));
  await until('the end of the shipment', async () => (await erp.shipment(key)).StatusCode >= 1000);
  desk.act(order, { type: 'carrier_deliver' });
  return key;
}

async function inTikTokCompleted(order: ErpDocument): Promise<void> {
  desk.act(order, { type: 'complete' });
  await runTasks(service, 'PullOrders', 'PullReturns');
}

const post = (path: string, body: object, key?: string) =>
  erp.call<{ Body: { LogicbrokerKey: string } }>('POST', path, {
    body,
    ...(key === undefined ? {} : { headers: { 'Idempotency-Key': key } }),
  });

const buyer = person();
const other = person();
let order: ErpDocument;
let shipmentKey: string;
let versionBefore: number;
let keptByNumber: { path: string; body: object; key: string }[];

await t.test('people come in by every door', async (t) => {
  order = await orderOf(buyer);
  const acknowledgement = acknowledgementOf(order, {
    number: 'A-1',
    accept: 'all',
    more: { Note: buyer.word('acknote'), BuyerName: buyer.word('ackname') },
  });
  const acknowledged = await post(
    'Acknowledgements',
    acknowledgement,
    buyer.word('idempotencykey').slice(0, 5),
  );
  t.equal(acknowledged.status, 201);
  const refused = await post(
    'Shipments',
    {
      ...wholeShipment(order, { tracking: '1', carrier: 'USPS', number: buyer.word('refusednumber') }),
      PartnerPO: buyer.word('refusedpo'),
    },
    'refused',
  );
  t.equal(refused.status, 400);
  control.addFault({
    kind: 'error',
    code: 21011025,
    message: `refused for ${buyer.word('tiktokname')}`,
    times: 1,
    match: { path: '/packages' },
  });
  shipmentKey = await completed(order, buyer).catch(() => '');
  const invoice = {
    InvoiceNumber: 'I-1',
    PartnerPO: order.PartnerPO,
    BillToAddress: { FirstName: buyer.word('billname'), Address1: buyer.street },
    InvoiceLines: [
      { ItemIdentifier: { SupplierSKU: 'TEE' }, Quantity: 2, Price: 19.9, Note: buyer.word('invoicenote') },
    ],
  };
  t.equal((await post('Invoices', invoice)).status, 201);
  const report = {
    LogicbrokerKey: Number(keyOf(order)),
    Summary: `Could not import ${buyer.word('eventsummary')}`,
    Details: buyer.word('eventdetails'),
    AdditionalData: JSON.stringify({ customer: buyer.word('eventdata') }),
  };
  t.equal((await post('ActivityEvents', report)).status, 200);
  const ofNoOrder = { Summary: buyer.word('loosesummary'), Details: buyer.word('loosedetails') };
  t.equal((await post('ActivityEvents', ofNoOrder)).status, 200);
  const csv = `SupplierSKU,Quantity\n${buyer.word('cell')},many\nTEE,5\n`;
  const form = new FormData();
  form.set('file', new Blob([csv]), `${buyer.word('file')}.csv`);
  await fetch(`${service.url}/api/v3/Inventory/Broadcast`, {
    method: 'POST',
    headers: { SubscriptionKey: service.key },
    body: form,
  });
  await db.pool.query(
    'INSERT INTO runs (started_at, flow_id, company_id, outcome, counts, error) SELECT now(), id, $1, $2, $3, $4 FROM flows LIMIT 1',
    [service.companyId, 'failed', '{}', `internal error for ${buyer.word('runerror')}`],
  );
  await db.pool.query('UPDATE flows SET last_error = $1', [buyer.word('flowerror')]);
  desk.act(order, { type: 'buyer_opens_return', note: buyer.word('returnnote') });
  await runTasks(service, 'PullReturns');
  keptByNumber = [
    { path: 'Acknowledgements', body: acknowledgement, key: acknowledged.json.Body.LogicbrokerKey },
  ];
  t.ok(shipmentKey, 'the shipment came through in the end');

  const places = await placesOf(db, buyer.texts());
  const nowhere = buyer.texts().filter((text) => !places.some((place) => place.startsWith(`${text} in`)));
  t.comment(`not stored at all: ${nowhere.map((text) => text.slice(0, 14)).join(', ')}`);
  for (const table of ['documents', 'orders', 'returns', 'shipments', 'acknowledgements', 'idempotency_keys'])
    t.ok(
      places.some((place) => place.endsWith(`in ${table}`)),
      `${table} holds people`,
    );
  t.ok(places.some((place) => /in events/.test(place)));
  t.ok(places.some((place) => /in import/.test(place)));
});

await t.test('an open return keeps the buyer known, and so does an order that has not ended', async (t) => {
  await sweepAfter(40);
  const places = await placesOf(db, [buyer.last]);
  t.ok(places.length > 0, 'the return is under way');
  const answer = await post(`Orders/${keyOf(order)}/ForgetBuyer`, {});
  t.equal(answer.status, 400);
  t.match(answer.text, /a return of it is under way/);
});

await t.test('after the end and the days of the company nothing of a person is left anywhere', async (t) => {
  const [asked] = control.returns({ order: order.PartnerPO });
  desk.act(order, { type: 'buyer_withdraws_return', returnId: asked?.return_id ?? '' } as never);
  await inTikTokCompleted(order);
  versionBefore = await versionOf(keyOf(order));
  await sweepAfter(20);
  t.not((await placesOf(db, [buyer.last])).length, 0, 'not before its time');
  await sweepAfter(40);
  t.same(await placesOf(db, buyer.texts()), []);
  t.equal(await versionOf(keyOf(order)), versionBefore + 1, 'the document has a new version');
});

await t.test(
  'what was done stays: numbers, goods, statuses, and the same content is known again',
  async (t) => {
    const now = await erp.order(keyOf(order));
    t.match(now, { StatusCode: 1000, PartnerPO: order.PartnerPO });
    t.equal(now.OrderLines.length, order.OrderLines.length);
    t.match(await erp.shipment(shipmentKey), { ShipmentLines: [{ Quantity: 2 }] });
    for (const { path, body, key } of keptByNumber) {
      const again = await post(path, body);
      t.equal(again.status, 201, again.text);
      t.equal(again.json.Body.LogicbrokerKey, key);
    }
    t.match(await desk.history(now), /Status changed/);
  },
);

await t.test('TikTok shows the buyer again, in pulls and on request: it is not stored', async (t) => {
  control.patchOrder(order.PartnerPO, {
    address: { name: `${buyer.first} ${buyer.last}`, line1: buyer.word('newstreet') },
    buyerMessage: buyer.word('newmessage'),
    sellerNote: buyer.word('newnote'),
  });
  await runTasks(service, 'PullOrders', 'PullCancellations', 'PullReturns');
  const asked = await erp.call('POST', `Orders/Pull?order=${order.PartnerPO}`);
  t.equal(asked.status, 200);
  await sweepAfter(40);
  t.same(await placesOf(db, buyer.texts()), []);
});

await t.test('a version that renders anew and a second sweep bring nobody back', async (t) => {
  await db.pool.query('UPDATE documents SET renderer_version = 0');
  await sweepAfter(40);
  t.same(await placesOf(db, buyer.texts()), []);
});

await t.test('a buyer is forgotten on request, with what the ERP adds later by its own age', async (t) => {
  const wanted = await orderOf(other);
  const early = await post(`Orders/${keyOf(wanted)}/ForgetBuyer`, {});
  t.equal(early.status, 400);
  t.match(early.text, /neither Complete nor Cancelled/);
  await completed(wanted, other);
  t.not((await placesOf(db, other.texts())).length, 0);
  const [first, twin] = await Promise.all([
    post(`Orders/${keyOf(wanted)}/ForgetBuyer`, {}),
    post(`Orders/${keyOf(wanted)}/ForgetBuyer`, {}),
  ]);
  t.equal(first.status, 200, first.text);
  t.equal(twin.status, 200, twin.text);
  t.same(await placesOf(db, other.texts()), []);
  t.match(await desk.history(wanted), /forgotten on request/);
  t.equal((await post('Orders/999999/ForgetBuyer', {})).status, 404);

  desk.act(wanted, { type: 'buyer_opens_return', note: other.word('latenote') });
  await runTasks(service, 'PullReturns', 'PullOrders');
  t.same(
    (await placesOf(db, [other.first, other.last, other.street, other.phone])).length,
    0,
    'the return brings the address of nobody',
  );
  t.not((await placesOf(db, other.texts())).length, 0, 'a new return is answered with what its buyer says');
  const late = {
    InvoiceNumber: 'I-late',
    PartnerPO: wanted.PartnerPO,
    BillToAddress: { FirstName: other.word('latename') },
    InvoiceLines: [],
  };
  t.equal((await post('Invoices', late)).status, 201);
  const refused = await post(
    'Shipments',
    shipmentOf(wanted, other, 'S-late', '9400100000000000099999'),
    'late',
  );
  t.equal(refused.status, 400, 'an ended order takes no shipment');
  const [asked] = control.returns({ order: wanted.PartnerPO });
  desk.act(wanted, { type: 'buyer_withdraws_return', returnId: asked?.return_id ?? '' } as never);
  await inTikTokCompleted(wanted);
  await sweepAfter(70);
  t.same(await placesOf(db, other.texts()), []);
});

await t.test(
  'pulls, re-reads and two sweeps at once end with nobody known, and so does a restored backup',
  async (t) => {
    const third = person();
    const raced = await orderOf(third);
    await completed(raced, third);
    await inTikTokCompleted(raced);
    await db.pool.query('CREATE TABLE public.backup_orders AS SELECT id, personal FROM orders');
    await db.pool.query('CREATE TABLE public.backup_documents AS SELECT key, body FROM documents');
    const changes = async (): Promise<void> => {
      for (let nth = 0; nth < 6; nth++) {
        control.patchOrder(raced.PartnerPO, {
          address: { line1: third.word(`street${nth}`) },
          buyerMessage: third.word(`message${nth}`),
        });
        control.setClock({ advanceSeconds: 2 });
        t.equal((await erp.call('POST', `Orders/Pull?order=${raced.PartnerPO}`)).status, 200);
      }
    };
    await Promise.all([changes(), sweepAfter(40), runTasks(service, 'PullOrders'), sweepAfter(40)]);
    await sweepAfter(40);
    const here = (places: string[]) => places.filter((place) => !place.includes('backup_'));
    t.same(here(await placesOf(db, third.texts())), []);

    await db.pool.query(
      'UPDATE orders o SET personal = b.personal, wiped_at = NULL FROM backup_orders b WHERE b.id = o.id',
    );
    await db.pool.query(
      'UPDATE documents d SET body = b.body, wiped_at = NULL FROM backup_documents b WHERE b.key = d.key',
    );
    t.not(here(await placesOf(db, third.texts())).length, 0);
    await sweepAfter(40);
    t.same(here(await placesOf(db, third.texts())), []);
    await db.pool.query('DROP TABLE public.backup_orders, public.backup_documents');
  },
);

await t.test('closing the connection forgets nobody whose order is open', async (t) => {
  const fourth = person();
  const open = await orderOf(fourth);
  const [connection] = await db.prisma.connection.findMany({ where: { status: 'active' } });
  await closeConnection(
    { db, clock: { now: () => new Date() } },
    { connectionId: connection?.id ?? 0, by: somebody },
  );
  await sweepAfter(400);
  t.match(JSON.stringify(await erp.order(keyOf(open))), fourth.street);
});

async function versionOf(key: string): Promise<number> {
  return (await db.prisma.document.findUniqueOrThrow({ where: { key: Number(key) } })).version;
}
