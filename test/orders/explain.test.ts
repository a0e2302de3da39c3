import t from 'tap';
import { AppError } from '../../src/kernel/errors.js';
import { explainOrder } from '../../src/orders/explain-order.js';
import { lockOrderByDocument } from '../../src/orders/order-store.js';
import { claimUnits, markUnitsShipped, releaseUnits } from '../../src/orders/order-writes.js';
import { refreshOrderDocuments } from '../../src/orders/render-orders.js';
import { testDatabase } from '../support/database.js';
import { startShop, type TestShop } from './shop.js';

const db = await testDatabase(t);
const line = { sellerSku: 'TEE-RED-L', quantity: 1 };

function explain(shop: TestShop, tiktokOrderId: string) {
  return explainOrder(shop.deps, { companyId: shop.companyId, tiktokOrderId });
}

await t.test(
  'every order can be explained: exported, waiting, kept out, not pulled and unknown',
  async (t) => {
    const shop = await startShop(t, db);
    const add = (paidMinutesAgo: number, more: object = {}) =>
      shop.simulator.control.addOrder(shop.shopId, { lines: [line], paidMinutesAgo, ...more }).id;
    const exported = add(90);
    const waiting = add(5);
    const keptOut = add(90, { shippingType: 'TIKTOK' });
    await shop.pull();
    const late = add(90);

    const document = await shop.document(exported);
    const byKey = await explainOrder(shop.deps, { companyId: shop.companyId, key: document!.key });
    t.match(byKey, { tiktokOrderId: exported, state: 'exported', documentStatus: 'Submitted' });
    t.ok(byKey.gates.every(({ outcome }) => outcome === 'pass'));
    t.same(await explain(shop, exported), byKey, 'the same by either number');

    const held = await explain(shop, waiting);
    t.match(held, { state: 'waiting', documentKey: null, summary: /waits/ });
    t.ok(held.releaseAt && held.gates.some(({ outcome }) => outcome === 'wait') && held.nextSteps.length > 0);
    t.match(held.pull, { lastOutcome: 'done', lastSuccessAt: Date, nextAttemptAt: Date });
    t.match(held.connection, { id: shop.connection.id, status: 'active' });

    const refused = await explain(shop, keptOut);
    t.match(refused, { state: 'not_imported', summary: /TikTok Shipping/ });
    t.match(
      refused.gates.find(({ outcome }) => outcome === 'refuse'),
      { gate: 'shipped-by-seller', next: String },
    );

    t.match(await explain(shop, late), { state: 'not_pulled', tiktok: { status: 'AWAITING_SHIPMENT' } });
    t.match(await explain(shop, '123'), { state: 'unknown', gates: [], summary: /No pull has seen/ });
  },
);

await t.test('an order of another company is not there', async (t) => {
  const shop = await startShop(t, db);
  const { id } = shop.simulator.control.addOrder(shop.shopId, { lines: [line], paidMinutesAgo: 90 });
  await shop.pull();
  const stranger = await db.prisma.company.create({ data: { name: 'Stranger' } });
  const { key } = (await shop.document(id))!;
  await t.rejects(explainOrder(shop.deps, { companyId: stranger.id, key }), AppError);
  t.match(await explainOrder(shop.deps, { companyId: stranger.id, tiktokOrderId: id }), { state: 'unknown' });
  t.equal(
    await db.transaction((tx) => lockOrderByDocument(tx, { companyId: stranger.id, documentKey: key })),
    null,
  );
});

await t.test('a shop that cannot be asked is named instead of hiding the answer', async (t) => {
  const shop = await startShop(t, db);
  await db.prisma.connection.update({ where: { id: shop.connection.id }, data: { status: 'paused' } });
  const answer = await explain(shop, '123');
  t.match(answer.nextSteps[0], /Could not be asked: Harbor Goods/);
});

await t.test('pieces belong to one shipment at a time, and what shipped shows in the document', async (t) => {
  const shop = await startShop(t, db);
  const { id } = shop.simulator.control.addOrder(shop.shopId, {
    lines: [{ ...line, quantity: 3 }],
    paidMinutesAgo: 90,
  });
  await shop.pull();
  const { companyId } = shop;
  const { key: documentKey, version } = (await shop.document(id))!;
  await db.transaction(async (tx) => {
    const record = await lockOrderByDocument(tx, { companyId, documentKey });
    const orderId = record!.id;
    const [first, second, third] = record!.lines[0]!.unitIds as [string, string, string];
    t.equal(await claimUnits(tx, [{ orderId, unitIds: [first, second], shipmentKey: 1 }]), 2);
    t.equal(await claimUnits(tx, [{ orderId, unitIds: [second, third], shipmentKey: 2 }]), 1, 'one is taken');
    const trackingNumber = 'T1';
    await markUnitsShipped(tx, {
      orderId,
      unitIds: [first],
      packageId: 'P1',
      trackingNumber,
      shippedAt: new Date(),
    });
    await releaseUnits(tx, { orderId, shipmentKey: 1 });
    const after = await lockOrderByDocument(tx, { companyId, documentKey });
    t.same(
      after!.units.map(({ shipmentKey, packageId }) => [shipmentKey, packageId]),
      [
        [1, 'P1'],
        [null, null],
        [2, null],
      ],
      'what is shipped keeps its shipment',
    );
    await refreshOrderDocuments(tx, { companyId, orderIds: [orderId] });
  });
  const document = await shop.document(id);
  t.equal(document?.version, version + 1);
  t.match(document?.text, /^\{"StatusCode":100,.*"ShippedQuantity","Value":"1"/);
  t.match(document?.text, /"TikTokPackageId_","Value":"P1"/);
});
