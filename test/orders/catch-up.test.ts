import { somebody } from '../support/actors.js';
import t from 'tap';
import { catchUpOrders } from '../../src/orders/catch-up-orders.js';
import type { MovedPiece } from '../../src/orders/piece.js';
import { findWatermark } from '../../src/sync/flows/flows.js';
import { testDatabase } from '../support/database.js';
import { act, advance, changedAt, pieceOf, pieces, place, SKU } from './pieces-world.js';
import { startShop, type TestShop } from './shop.js';

const db = await testDatabase(t);

const catchUp = ({ deps, connection, api }: TestShop, signal?: AbortSignal) =>
  catchUpOrders(deps, {
    by: somebody,
    connection,
    api,
    now: () => new Date(),
    ...(signal ? { signal } : {}),
  });
const watermark = ({ connection }: TestShop) =>
  findWatermark(db.prisma, { connectionId: connection.id, name: 'pull-orders' });

await t.test('who decides by the orders sees TikTok’s now, and the pull goes on where it was', async (t) => {
  const shop = await startShop(t, db);
  const known = place(shop);
  await shop.pull();
  const mark = await watermark(shop);
  const news = place(shop, { paidMinutesAgo: 5 });
  act(shop, known, { type: 'buyer_cancel', atOnce: true });
  // What is read within the second of a change is read once more.
  advance(shop, 5);
  const caught = await catchUp(shop);
  t.match(caught, {
    isWhole: true,
    newest: await changedAt(shop, known),
    counts: { waiting: 1, updated: 1 },
  });
  t.ok(caught.readAt >= caught.newest!, 'it is as new as that');
  t.match(await pieceOf(shop, news), { cancelledAt: null });
  t.match(await pieceOf(shop, known), { cancelledBy: 'buyer' });
  t.same(await watermark(shop), mark, 'the mark is the pull’s own');
  t.match((await catchUp(shop)).counts, { waiting: 0, updated: 0 }, 'again it finds nothing');
  const report = await shop.pull();
  t.match(report.counts, { exported: 0, waiting: 0, updated: 0 });
  t.ok((await watermark(shop))! > mark!);
});

await t.test(
  'before the first pull it reads the last half hour, and says that this is not all',
  async (t) => {
    const shop = await startShop(t, db);
    place(shop, { paidMinutesAgo: 24 * 60 });
    t.match(await catchUp(shop), { isWhole: false });
    await shop.pull();
    t.match(await catchUp(shop), { isWhole: true });
    const stop = new AbortController();
    stop.abort();
    t.match(await catchUp(shop, stop.signal), { isWhole: false }, 'neither is it when it was stopped');
  },
);

await t.test('beside a pull and another of its kind every order comes once', async (t) => {
  const shop = await startShop(t, db);
  place(shop);
  await shop.pull();
  shop.simulator.control.generate(shop.shopId, { count: 130, paidMinutesAgo: 90 });
  await Promise.all([shop.pull(), catchUp(shop), catchUp(shop)]);
  t.equal(await shop.documentCount(), 131);
  t.match((await shop.pull()).counts, { exported: 0 });
});

await t.test('pieces that are new or newly cancelled are told of after their page, once', async (t) => {
  const shop = await startShop(t, db);
  const told: MovedPiece[][] = [];
  shop.deps.piecesMoved = async (connection, moved) => {
    t.match(connection, { id: shop.connection.id, shopId: shop.shopId });
    t.ok((await pieces(shop)).length > 0, 'what is told of is stored');
    told.push([...moved]);
    throw new Error('whoever is told may fail');
  };
  const order = place(shop, { quantity: 2 });
  await shop.pull();
  const { skuId, warehouseId, bornAt } = await pieceOf(shop, order);
  const piece = { skuId, sellerSku: SKU, warehouseId };
  const born = { ...piece, bornAt, cancelledAt: null, cancelledBy: null };
  t.same(told.splice(0), [[born, born]]);
  act(shop, order, { type: 'seller_cancel', unitIds: [order.unitIds[0]!] });
  await catchUp(shop);
  const cancelledAt = await changedAt(shop, order);
  t.same(told.splice(0), [[{ ...piece, bornAt: null, cancelledAt, cancelledBy: 'seller' }]]);
  act(shop, order, { type: 'seller_ship' });
  await shop.pull();
  t.same(told, [], 'a shipment moves nothing that can be sold');
});
