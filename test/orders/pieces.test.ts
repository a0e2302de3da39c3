import { somebody } from '../support/actors.js';
import t from 'tap';
import { ingestOrders } from '../../src/orders/ingest-orders.js';
import { markUnitsShipped } from '../../src/orders/order-writes.js';
import type { ShopOrder } from '../../src/domain/order.js';
import type { MovedPiece } from '../../src/orders/piece.js';
import { readOpenPieces, readOrderNames, readPieces } from '../../src/orders/read-pieces.js';
import { recordOwnCancellation } from '../../src/cancellations/own-cancellation.js';
import { testDatabase } from '../support/database.js';
import { until } from '../support/waiting.js';
import {
  act,
  advance,
  changedAt,
  erpOf,
  EVER,
  FAR,
  pieceOf,
  pieces,
  piecesOf,
  place,
  SKU,
  touchedAt,
} from './pieces-world.js';
import { startShop } from './shop.js';

const db = await testDatabase(t);
const HOUR = 3600;

await t.test('the ledger follows a piece from the unpaid order until it is on its way', async (t) => {
  const shop = await startShop(t, db);
  const { call } = await erpOf(t, shop);
  const order = place(shop, { paidMinutesAgo: null });
  await shop.pull();
  const row = await shop.row(order.id);
  const unpaid = await pieceOf(shop, order);
  t.match(unpaid, { unitId: order.unitIds[0], orderId: String(row.id), sellerSku: SKU });
  t.same(unpaid.bornAt, row.tiktokCreatedAt, "born by TikTok's time");
  t.ok(unpaid.warehouseId, 'with the warehouse that TikTok takes it from');
  const nothing = {
    exportedAt: null,
    handedAt: null,
    shippedAt: null,
    leftAt: null,
    cancelledAt: null,
    cancelledBy: null,
    cancelReadyAt: null,
  };
  t.match(unpaid, nothing);
  t.equal(await shop.documentCount(), 0);
  t.same(await readOrderNames(db.prisma, [unpaid.orderId]), new Map([[unpaid.orderId, order.id]]));

  act(shop, order, { type: 'pay' });
  await shop.pull();
  t.match(await pieceOf(shop, order), nothing, 'on hold it is as open as before');
  advance(shop, 2 * HOUR);
  await shop.pull();
  const exported = await pieceOf(shop, order);
  t.same(exported.exportedAt, (await shop.row(order.id)).exportedAt);
  t.match(exported, { ...nothing, exportedAt: Date });

  const before = new Date(Date.now() - 1);
  await call('GET', 'v3/Orders/Ready');
  await until('handed', async () => (await pieceOf(shop, order)).handedAt !== null);
  const handed = await pieceOf(shop, order);
  t.ok(handed.handedAt! >= before && handed.handedAt! <= new Date(), 'handed when the answer left');

  act(shop, order, { type: 'seller_ship', trackingNumber: 'BY-HAND-1' });
  await shop.pull();
  const shipped = await pieceOf(shop, order);
  t.ok(shipped.shippedAt, 'shipped by TikTok’s word');
  t.equal(shipped.leftAt, null, 'but still with the seller');
  act(shop, order, { type: 'carrier_collect' });
  await shop.pull();
  const left = await pieceOf(shop, order);
  t.same(left, { ...shipped, leftAt: await changedAt(shop, order) });
  act(shop, order, { type: 'carrier_deliver' });
  await shop.pull();
  await call('GET', 'v3/Orders');
  t.same(await pieceOf(shop, order), left, 'nothing later moves any of its times');
});

await t.test(
  'a shipment that TikTok confirms to us counts at once, and its own time changes nothing',
  async (t) => {
    const shop = await startShop(t, db);
    const order = place(shop, { quantity: 2 });
    await shop.pull();
    const { id: orderId } = await shop.row(order.id);
    const shippedAt = new Date('2026-01-02T03:04:05Z');
    const unitIds = [order.unitIds[0]!];
    await db.transaction((tx) =>
      markUnitsShipped(tx, { orderId, unitIds, packageId: null, trackingNumber: 'OURS', shippedAt }),
    );
    const [first, second] = await piecesOf(shop, order);
    t.same(first?.shippedAt, shippedAt);
    t.equal(second?.shippedAt, null);
    act(shop, order, { type: 'seller_ship' });
    await shop.pull();
    const [again, other] = await piecesOf(shop, order);
    t.same(again?.shippedAt, shippedAt);
    t.ok(other?.shippedAt);
  },
);

await t.test('packages of one order leave one by one', async (t) => {
  const shop = await startShop(t, db);
  const order = place(shop, { quantity: 2 });
  await shop.pull();
  const { skuId, warehouseId } = await pieceOf(shop, order);
  const open = () => readOpenPieces(db.prisma, shop.connection, [skuId, 'another']);
  t.same(await open(), [{ skuId, warehouseId, count: 2 }]);
  const [first] = order.unitIds;
  act(shop, order, { type: 'seller_ship', unitIds: [first!] });
  await shop.pull();
  act(shop, order, { type: 'carrier_collect' });
  await shop.pull();
  t.equal((await shop.row(order.id)).tiktokStatus, 'PARTIALLY_SHIPPING');
  const [left, kept] = await piecesOf(shop, order);
  t.ok(left?.shippedAt && left.leftAt);
  t.match(kept, { shippedAt: null, leftAt: null });
  t.same(await open(), [{ skuId, warehouseId, count: 1 }], 'TikTok holds one of them');
});

await t.test('who cancelled a piece, when, and when the ERP was told', async (t) => {
  const shop = await startShop(t, db);
  const { call } = await erpOf(t, shop);
  const [young, unread, read, bySeller, unpaid] = [
    place(shop, { paidMinutesAgo: 5 }),
    place(shop),
    place(shop),
    place(shop),
    place(shop, { paidMinutesAgo: null }),
  ];
  await shop.pull();
  const key = (await shop.document(read.id))?.key;
  await call('GET', `v3/Orders/${key}`);
  await call('GET', `v2/Orders/${(await shop.document(bySeller.id))?.key}`);
  await until('handed', async () => (await pieces(shop)).filter(({ handedAt }) => handedAt).length === 2);
  act(shop, young, { type: 'buyer_cancel' });
  act(shop, unread, { type: 'buyer_cancel', atOnce: true });
  act(shop, read, { type: 'buyer_cancel', atOnce: true });
  act(shop, bySeller, { type: 'seller_cancel' });
  act(shop, unpaid, { type: 'system_cancel' });
  await shop.pull();
  for (const [order, cancelledBy] of [
    [young, 'buyer'],
    [unread, 'buyer'],
    [read, 'buyer'],
    [bySeller, 'seller'],
    [unpaid, 'system'],
  ] as const) {
    const cancelledAt = await changedAt(shop, order);
    t.match(await pieceOf(shop, order), { cancelledAt, cancelledBy, cancelReadyAt: null });
  }
  const open = async () => (await pieces(shop, FAR)).map(({ unitId }) => unitId).toSorted();
  t.same(
    await open(),
    [...read.unitIds, ...bySeller.unitIds].toSorted(),
    'what the ERP still counts as sold matters on, and what the seller says was never there',
  );

  const before = await pieces(shop);
  await shop.pull({ flow: 'pull-cancellations' });
  for (const order of [unread, read]) {
    const document = await db.prisma.document.findFirstOrThrow({
      where: { companyId: shop.companyId, type: 'acknowledgement', partnerPo: order.id },
    });
    t.same((await pieceOf(shop, order)).cancelReadyAt, document.documentDate, 'told by the document');
  }
  t.equal((await pieceOf(shop, bySeller)).cancelReadyAt, null, 'the seller’s own is not told');
  t.equal((await pieceOf(shop, young)).cancelReadyAt, null, 'of this one the ERP knows nothing');
  t.same(await open(), bySeller.unitIds);
  const times = (all: typeof before) =>
    all.map(({ unitId, cancelledAt, cancelledBy }) => [unitId, cancelledAt, cancelledBy]);
  t.same(times(await pieces(shop)), times(before), 'the list of cancellations moves no time that is known');
});

await t.test('a part that is cancelled before the export was never handed to anybody', async (t) => {
  const shop = await startShop(t, db);
  const { call } = await erpOf(t, shop);
  const order = place(shop, { quantity: 3, paidMinutesAgo: 5 });
  await shop.pull();
  const [first, second] = order.unitIds;
  act(shop, order, { type: 'buyer_cancel', atOnce: true, unitIds: [first!] });
  advance(shop, HOUR);
  await shop.pull();
  t.ok(await shop.document(order.id));
  await call('GET', 'v1/Orders');
  await until('handed', async () => (await pieces(shop)).some(({ handedAt }) => handedAt));
  act(shop, order, { type: 'buyer_cancel', atOnce: true, unitIds: [second!] });
  await shop.pull();
  const [early, late, kept] = await piecesOf(shop, order);
  t.match(early, { exportedAt: null, handedAt: null, cancelledBy: 'buyer' });
  t.match(late, { exportedAt: Date, handedAt: Date, cancelledBy: 'buyer' });
  t.match(kept, { exportedAt: Date, handedAt: Date, cancelledAt: null });
});

await t.test('a cancellation counts whichever of TikTok’s lists shows it first', async (t) => {
  const shop = await startShop(t, db);
  const moved: MovedPiece[] = [];
  shop.deps.piecesMoved = async (_connection, news) => void moved.push(...news);
  const [waiting, unseen] = [place(shop, { paidMinutesAgo: 5 }), place(shop, { paidMinutesAgo: 5 })];
  act(shop, unseen, { type: 'buyer_cancel' });
  const unseenAt = await changedAt(shop, unseen);
  await shop.pull({ flow: 'pull-cancellations' });
  t.same(await pieces(shop), [], 'a cancellation alone is no piece');
  advance(shop, 60);
  await shop.pull();
  t.match(await pieceOf(shop, unseen), { cancelledAt: unseenAt, cancelledBy: 'buyer' });

  moved.length = 0;
  act(shop, waiting, { type: 'system_cancel' });
  const waitingAt = await changedAt(shop, waiting);
  await shop.pull({ flow: 'pull-cancellations' });
  const told = { cancelledAt: waitingAt, cancelledBy: 'system' };
  t.match(await pieceOf(shop, waiting), told);
  t.match(moved, [{ sellerSku: SKU, bornAt: null, ...told }], 'and who has to know is told at once');
  await shop.pull();
  t.match(await pieceOf(shop, waiting), told);
});

await t.test(
  'the ERP’s own cancellation is the seller’s, unless TikTok says that it came too late',
  async (t) => {
    const shop = await startShop(t, db);
    const [own, late] = [place(shop), place(shop)];
    await shop.pull();
    const at = new Date('2026-02-03T04:05:06Z');
    for (const [order, byUs] of [
      [own, true],
      [late, false],
    ] as const) {
      const { id: orderId, documentKey } = await shop.row(order.id);
      await db.transaction((tx) =>
        recordOwnCancellation(tx, {
          by: somebody,
          companyId: shop.companyId,
          connectionId: shop.connection.id,
          orderId,
          acknowledgementKey: documentKey!,
          unitIds: order.unitIds,
          cancelIds: [],
          reason: 'seller_cancel_reason_out_of_stock',
          byUs,
          at,
        }),
      );
    }
    t.match(await pieceOf(shop, own), { cancelledAt: at, cancelledBy: 'seller', cancelReadyAt: at });
    t.match(await pieceOf(shop, late), { cancelledAt: at, cancelledBy: 'other', cancelReadyAt: at });
    act(shop, late, { type: 'buyer_cancel', atOnce: true });
    act(shop, own, { type: 'seller_cancel' });
    await shop.pull();
    t.match(await pieceOf(shop, late), { cancelledAt: at, cancelledBy: 'buyer' }, 'told better once');
    t.match(await pieceOf(shop, own), { cancelledAt: at, cancelledBy: 'seller' });
  },
);

await t.test('repeated, reordered and stale answers never step back, and touch nothing', async (t) => {
  const shop = await startShop(t, db);
  const order = place(shop, { quantity: 2 });
  const versions: ShopOrder[] = [];
  const look = async () => versions.push(...(await shop.api.getOrders([order.id])).orders);
  await look();
  act(shop, order, { type: 'buyer_cancel', atOnce: true, unitIds: [order.unitIds[0]!] });
  await look();
  act(shop, order, { type: 'seller_ship' });
  act(shop, order, { type: 'carrier_collect' });
  await look();
  const [first, second, third] = versions;
  const take = (...orders: ShopOrder[]) =>
    ingestOrders(shop.deps, shop.connection, orders, { by: somebody, readAt: new Date() });
  await take(first!);
  await take(third!, second!, third!);
  const known = await piecesOf(shop, order);
  t.match(known, [{ cancelledAt: third!.updatedAt }, { leftAt: third!.updatedAt, cancelledAt: null }]);
  const touched = await touchedAt(shop);
  for (const version of [second!, first!, third!]) await take(version);
  await shop.pull();
  t.same(await piecesOf(shop, order), known);
  t.same(await touchedAt(shop), touched, 'nothing new, nothing touched');

  // A piece that TikTok names twice in one answer is one piece.
  const again = place(shop);
  const [shown] = (await shop.api.getOrders([again.id])).orders;
  await take({
    ...shown!,
    units: [...shown!.units, ...shown!.units],
    fulfillment: 'seller',
    shipping: 'other',
  });
  t.equal((await piecesOf(shop, again)).length, 1);
});

await t.test(
  'the first pull learns of everything that TikTok has committed, and makes no documents of it',
  async (t) => {
    const importCreatedAfter = new Date(Date.now() - 24 * 3_600_000).toISOString();
    const shop = await startShop(t, db, { settings: { importCreatedAfter } });
    const MONTH = 30 * 24 * 60;
    const old = place(shop, { paidMinutesAgo: MONTH });
    const unpaid = place(shop, { paidMinutesAgo: null });
    const shipping = place(shop, { paidMinutesAgo: MONTH });
    act(shop, shipping, { type: 'seller_ship' });
    const partly = place(shop, { paidMinutesAgo: MONTH, quantity: 2 });
    act(shop, partly, { type: 'seller_ship', unitIds: [partly.unitIds[0]!] });
    const byTikTok = place(shop, { fulfillmentType: 'FULFILLMENT_BY_TIKTOK' });
    const labelled = place(shop, { shippingType: 'TIKTOK' });
    const gone = place(shop, { paidMinutesAgo: MONTH });
    act(shop, gone, { type: 'seller_ship' });
    act(shop, gone, { type: 'carrier_collect' });
    // The pull begins at the newest change of the shop: none of these is among the last ones.
    advance(shop, HOUR);
    const newest = place(shop, { paidMinutesAgo: 5 });
    await shop.pull();
    t.equal(await shop.documentCount(), 0);
    t.same(await shop.events('order-refused'), [], 'what nobody was ever shown is no news');
    const known = (await pieces(shop)).map(({ unitId }) => unitId).toSorted();
    const wanted = [old, unpaid, shipping, partly, labelled, newest]
      .flatMap(({ unitIds }) => unitIds)
      .toSorted();
    t.same(known, wanted);
    t.same(await piecesOf(shop, byTikTok), [], 'TikTok’s own warehouse is none of the seller’s');
    const [open] = await readOpenPieces(db.prisma, shop.connection, [(await pieceOf(shop, old)).skuId]);
    t.equal(open?.count, wanted.length);
    t.equal((await shop.pull()).outcome, 'nothing-to-do');
  },
);

await t.test('pieces are read by seller SKU and shop, and only as far back as they matter', async (t) => {
  const shop = await startShop(t, db);
  const other = await startShop(t, db);
  const order = place(shop);
  place(other);
  await shop.pull();
  await other.pull();
  act(shop, order, { type: 'seller_ship' });
  act(shop, order, { type: 'carrier_collect' });
  await shop.pull();
  const piece = await pieceOf(shop, order);
  const last = new Date(Math.max(...[piece.exportedAt, piece.shippedAt, piece.leftAt].map(Number)));
  t.equal((await pieces(shop, last)).length, 1);
  t.equal((await pieces(shop, new Date(last.getTime() + 1))).length, 0);
  t.equal((await pieces(other, FAR)).length, 1, 'an open one matters for ever');
  t.same(await readPieces(db.prisma, shop.connection, ['OTHER'], EVER), []);
  t.same(await readPieces(db.prisma, shop.connection, [], EVER), []);
});
