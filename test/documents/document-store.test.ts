import { somebody } from '../support/actors.js';
import t from 'tap';
import {
  allocateKeys,
  changeStatus,
  createDocuments,
  findChildrenByReference,
  findDocument,
  lockDocuments,
  recordEvents,
  replaceBodies,
} from '../../src/documents/document-store.js';
import { eventTypes } from '../../src/documents/event-types.js';
import { statusCodeOf, statusName } from '../../src/logicbroker/statuses.js';
import { isUniqueViolation } from '../../src/store/database.js';
import { createOrderDocuments, createSeller, orderDocument, shipmentDocument } from '../support/builders.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const seller = await createSeller(db);
const stranger = await createSeller(db, 'Stranger');

await t.test('a stored document comes back with its text to the letter', async (t) => {
  const [order] = await createOrderDocuments(db, seller, 1);
  const found = await findDocument(db, { companyId: seller.companyId, type: 'order', key: order!.key });
  t.equal(found?.body, order!.body);
  t.match(found, { version: 1, statusCode: 100, linkKey: order!.linkKey, parentKey: null });
  t.same(found?.documentDate, order!.documentDate);
});

await t.test('a document of another company or type does not exist', async (t) => {
  const [order] = await createOrderDocuments(db, seller, 1);
  t.equal(await findDocument(db, { companyId: stranger.companyId, type: 'order', key: order!.key }), null);
  t.equal(await findDocument(db, { companyId: seller.companyId, type: 'shipment', key: order!.key }), null);
  const keys = [order!.key];
  const changed = await db.transaction((tx) =>
    changeStatus(tx, { by: somebody, companyId: stranger.companyId, keys, type: 'order', to: 200 }),
  );
  t.same(changed, []);
});

await t.test('a text that the database could not splice is refused before anything is stored', async (t) => {
  const [key] = await allocateKeys(db.prisma, 1);
  const document = { ...orderDocument(seller, key!), body: '{"OrderNumber":"1","StatusCode":100}' };
  await t.rejects(createDocuments(db.prisma, [document]), /must start with/);
  t.equal(await db.prisma.document.count({ where: { key: key! } }), 0);
});

await t.test('a status change touches text, column, version and history of the changed only', async (t) => {
  const orders = await createOrderDocuments(db, seller, 3, (i) => ({ statusCode: i === 2 ? 500 : 100 }));
  const keys = orders.map(({ key }) => key);
  const changed = await db.transaction((tx) =>
    changeStatus(tx, {
      by: somebody,
      companyId: seller.companyId,
      keys,
      type: 'order',
      to: 200,
      onlyIncrease: true,
    }),
  );
  t.same(changed, keys.slice(0, 2));
  const first = await findDocument(db, { companyId: seller.companyId, type: 'order', key: keys[0]! });
  t.equal(first?.body, orders[0]!.body.replace('"StatusCode":100', '"StatusCode":200'));
  t.match(first, { statusCode: 200, version: 2 });
  const events = await db.prisma.event.findMany({
    where: { documentKey: { in: keys } },
    orderBy: { id: 'asc' },
  });
  t.same(
    events.map(({ summary, documentType, senderId }) => [summary, documentType, senderId]),
    [0, 1].map(() => ['Status changed from Submitted to Acknowledged', 'order', seller.partnerId]),
  );
});

await t.test('a reason stays while the document is failed and goes when it is tried again', async (t) => {
  const [order] = await createOrderDocuments(db, seller, 1);
  const keys = [order!.key];
  const head = { companyId: seller.companyId, keys, type: 'order' as const };
  const reasonNow = async () => (await lockDocuments(db.prisma, head))[0]?.errorMessage;
  await changeStatus(db.prisma, { by: somebody, ...head, to: 1200, errorMessage: 'TikTok refused it' });
  t.equal(await reasonNow(), 'TikTok refused it');
  t.same(await changeStatus(db.prisma, { by: somebody, ...head, to: 1200 }), []);
  t.equal(await reasonNow(), 'TikTok refused it');
  t.same(await changeStatus(db.prisma, { by: somebody, ...head, to: 100 }), keys);
  t.equal(await reasonNow(), null);
});

await t.test('a new text keeps the status of the row, and the same text keeps its version', async (t) => {
  const [order] = await createOrderDocuments(db, seller, 1);
  const { key } = order!;
  const head = { companyId: seller.companyId, type: 'order' as const };
  await changeStatus(db.prisma, { by: somebody, ...head, keys: [key], to: 500 });
  const body = '{"StatusCode":100,"OrderNumber":"other"}';
  await replaceBodies(db.prisma, [{ key, body, rendererVersion: 2 }]);
  const once = await findDocument(db, { ...head, key });
  t.match(once, { body: '{"StatusCode":500,"OrderNumber":"other"}', version: 3, statusCode: 500 });
  t.equal(once?.partnerPo, order!.partnerPo);
  await replaceBodies(db.prisma, [{ key, body, rendererVersion: 3 }]);
  t.equal((await findDocument(db, { ...head, key }))?.version, 3);
});

await t.test('one order takes a shipment number once', async (t) => {
  const [order] = await createOrderDocuments(db, seller, 1);
  const [first, second] = await allocateKeys(db.prisma, 2);
  const reference = 'S-1';
  await createDocuments(db.prisma, [shipmentDocument(seller, first!, order!, { reference })]);
  const again = createDocuments(db.prisma, [shipmentDocument(seller, second!, order!, { reference })]);
  t.ok(isUniqueViolation(await again.catch((error: unknown) => error)));
  const found = await findChildrenByReference(db.prisma, {
    companyId: seller.companyId,
    type: 'shipment',
    names: [
      { parentKey: order!.key, reference },
      { parentKey: order!.key, reference: 'S-2' },
    ],
  });
  t.same(
    found.map(({ key }) => key),
    [first],
  );
});

await t.test('an event takes what it does not say from its document', async (t) => {
  const [order] = await createOrderDocuments(db, seller, 1);
  const { companyId } = seller;
  await recordEvents(db.prisma, somebody, [
    {
      companyId,
      documentKey: order!.key,
      event: 'order-created',
      summary: 'Order imported',
      additional: { a: 1 },
    },
    { companyId, event: 'flow-failed', summary: 'Pull failed' },
  ]);
  const events = await db.prisma.event.findMany({ where: { companyId }, orderBy: { id: 'desc' }, take: 2 });
  t.match(events[0], { documentKey: null, level: 'Alert', summary: 'Pull failed' });
  t.match(events[1], { documentType: 'order', linkKey: order!.linkKey, additional: { a: 1 }, level: 'Info' });
});

await t.test('a status is understood as number, name or name without spaces', async (t) => {
  for (const text of ['500', 'Ready to Ship', 'readytoship', 'READY_TO_SHIP', ' Ready To Ship ']) {
    t.equal(statusCodeOf('order', text.trim()), 500, text);
  }
  t.equal(statusCodeOf('shipment', '-1'), -1);
  t.equal(statusCodeOf('shipment', 'Ready to Ship'), null);
  t.equal(statusCodeOf('order', '1'), null);
  t.equal(statusName('shipment', 200), 'Processing');
  t.equal(statusName('order', 77), '77');
});

await t.test('every type of event has a number of its own', async (t) => {
  const ids = Object.values(eventTypes).map(({ id }) => id);
  t.same(
    ids.filter((id, nth) => ids.indexOf(id) !== nth),
    [],
  );
});
