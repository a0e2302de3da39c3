import { somebody } from '../support/actors.js';
import t from 'tap';
import { cancellationPull } from '../../src/cancellations/pull-cancellations.js';
import { orderPull } from '../../src/orders/pull-orders.js';
import { returnPull } from '../../src/returns/pull-returns.js';
import type { EventTypeName } from '../../src/documents/event-types.js';
import { findWatermark } from '../../src/sync/flows/flows.js';
import { readNow } from '../../src/sync/pull/read-now.js';
import { OVERLAP_MS } from '../../src/sync/pull/read-pages.js';
import type { ShopApi } from '../../src/tiktok/shop-api.js';
import { startShop, type TestShop } from '../orders/shop.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);

/** Amounts with more digits than any column holds, and a year that PostgreSQL does not know. */
const HUGE = '9'.repeat(40);
const NEVER = new Date(8.64e15);

interface Item {
  updatedAt: Date;
}

/** One kind of item that is pulled, for promises that hold for all kinds. */
interface Kind {
  flow: string;
  event: EventTypeName;
  /** Makes one in TikTok. @returns its id there */
  make(shop: TestShop): Promise<string> | string;
  /** The shop's API with what it answers about these items changed. */
  changing(api: ShopApi, change: (items: Item[]) => Item[]): Partial<ShopApi>;
  idOf(item: Item): string;
  /** The same item with a value that cannot be stored. */
  spoilt: (item: Item) => Item;
  /** The same item a stage further in its life, within the same second. */
  further(item: Item): Item;
  /** What is stored of an item; null when nothing is. */
  stage(shop: TestShop, id: string): Promise<string | null>;
  /** What `further` makes of it. */
  furtherStage: string;
}

function place(shop: TestShop): string {
  const lines = [{ sellerSku: 'TEE-RED-L', quantity: 1 }];
  return shop.simulator.control.addOrder(shop.shopId, { lines, paidMinutesAgo: 90 }).id;
}

function act(shop: TestShop, id: string, type: string): void {
  shop.simulator.control.setClock({ advanceSeconds: 5 });
  shop.simulator.control.act(id, { type } as Parameters<typeof shop.simulator.control.act>[1]);
}

/** A kind with the types of its own items. */
function kindOf<T extends Item>(
  kind: Omit<Kind, 'changing' | 'idOf' | 'spoilt' | 'further'> & {
    changing(api: ShopApi, change: (items: T[]) => T[]): Partial<ShopApi>;
    idOf(item: T): string;
    spoilt: (item: T) => T;
    further(item: T): T;
  },
): Kind {
  return kind as unknown as Kind;
}

const byTime = { pageSize: 10, sort: 'update_time', order: 'DESC' } as const;

const kinds = {
  orders: kindOf<Awaited<ReturnType<ShopApi['searchOrders']>>['orders'][number]>({
    flow: 'pull-orders',
    event: 'order-refused',
    make: place,
    changing: (api, change) => ({
      async searchOrders(search) {
        const page = await api.searchOrders(search);
        return { ...page, orders: change(page.orders) };
      },
      async getOrders(ids) {
        const answer = await api.getOrders(ids);
        return { ...answer, orders: change(answer.orders) };
      },
    }),
    idOf: ({ tiktokOrderId }) => tiktokOrderId,
    spoilt: (order) => ({ ...order, amounts: { ...order.amounts, total: HUGE } }),
    further: (order) => ({ ...order, status: 'AWAITING_COLLECTION' }),
    furtherStage: 'AWAITING_COLLECTION',
    async stage({ companyId }, tiktokOrderId) {
      const row = await db.prisma.order.findFirst({ where: { companyId, tiktokOrderId } });
      return row?.tiktokStatus ?? null;
    },
  }),
  cancellations: kindOf<Awaited<ReturnType<ShopApi['searchCancellations']>>['cancellations'][number]>({
    flow: 'pull-cancellations',
    event: 'cancellation-unreadable',
    async make(shop) {
      const order = place(shop);
      await shop.pull();
      act(shop, order, 'buyer_cancel');
      const page = await shop.api.searchCancellations({ ...byTime, orderIds: [order] });
      return page.cancellations[0]?.cancelId ?? '';
    },
    changing: (api, change) => ({
      async searchCancellations(search) {
        const page = await api.searchCancellations(search);
        return { ...page, cancellations: change(page.cancellations) };
      },
    }),
    idOf: ({ cancelId }) => cancelId,
    spoilt: (shown) => ({ ...shown, answerBy: NEVER }),
    further: (shown) => ({ ...shown, status: 'withdrawn', statusText: 'CANCELLATION_REQUEST_CANCEL' }),
    furtherStage: 'CANCELLATION_REQUEST_CANCEL',
    async stage({ companyId }, cancelId) {
      const row = await db.prisma.cancellation.findFirst({ where: { companyId, cancelId } });
      return row?.statusText ?? null;
    },
  }),
  returns: kindOf<Awaited<ReturnType<ShopApi['searchReturns']>>['returns'][number]>({
    flow: 'pull-returns',
    event: 'return-unreadable',
    async make(shop) {
      const order = place(shop);
      await shop.pull();
      for (const type of ['seller_ship', 'carrier_deliver', 'buyer_opens_return']) act(shop, order, type);
      const page = await shop.api.searchReturns({ ...byTime, orderIds: [order] });
      return page.returns[0]?.returnId ?? '';
    },
    changing: (api, change) => ({
      async searchReturns(search) {
        const page = await api.searchReturns(search);
        return { ...page, returns: change(page.returns) };
      },
    }),
    idOf: ({ returnId }) => returnId,
    spoilt: (shown) => ({ ...shown, createdAt: NEVER }),
    further: (shown) => ({ ...shown, stage: 'closed', statusText: 'RETURN_OR_REFUND_REQUEST_CANCEL' }),
    furtherStage: 'closed',
    async stage({ companyId }, returnId) {
      const row = await db.prisma.return.findFirst({ where: { companyId, returnId } });
      return row?.stage ?? null;
    },
  }),
};

for (const [name, kind] of Object.entries(kinds)) {
  const { flow } = kind;

  await t.test(`${name}: one that cannot be stored keeps no other one out, and comes later`, async (t) => {
    const shop = await startShop(t, db);
    const ids = [await kind.make(shop), await kind.make(shop), await kind.make(shop)];
    // The one that was made last: pulling orders takes in cancellations that are asked for.
    const [before, after, bad] = ids as [string, string, string];
    const spoil = (items: Item[]): Item[] =>
      items.map((item) => (kind.idOf(item) === bad ? kind.spoilt(item) : item));
    for (const _twice of [1, 2]) {
      const report = await shop.pull({ flow, change: (api) => kind.changing(api, spoil) });
      t.match(report.outcome, /^(done|nothing-to-do)$/, String(report.error));
    }
    t.ok((await kind.stage(shop, before)) && (await kind.stage(shop, after)), 'its neighbours are in');
    t.equal(await kind.stage(shop, bad), null);
    const told = await shop.events(kind.event);
    t.equal(told.length, 1, 'told once');
    t.match(told[0], new RegExp(`${bad} of TikTok cannot be read: one of its values cannot be stored`));
    // Long after: the window of the pull has moved on.
    const where = { connectionId: shop.connection.id, name: flow };
    await db.prisma.flow.updateMany({ where, data: { watermark: new Date(Date.now() + 60_000) } });
    await shop.pull({ flow });
    t.ok(await kind.stage(shop, bad), 'it comes in once it can be stored');
  });

  await t.test(
    `${name}: of two copies of one second the further one counts, wherever it stands`,
    async (t) => {
      for (const isFirst of [true, false]) {
        const shop = await startShop(t, db);
        const id = await kind.make(shop);
        const twice = (items: Item[]): Item[] =>
          items.flatMap((item) => (isFirst ? [kind.further(item), item] : [item, kind.further(item)]));
        await shop.pull({ flow, change: (api) => kind.changing(api, twice) });
        t.equal(await kind.stage(shop, id), kind.furtherStage);
      }
    },
  );

  await t.test(`${name}: the run history’s window goes from the overlap to TikTok’s now`, async (t) => {
    const shop = await startShop(t, db);
    await kind.make(shop);
    const first = await shop.pull({ flow });
    t.equal(first.results[0]?.windowFrom, undefined, 'a first pull has no beginning');
    const watermark = await findWatermark(db.prisma, { connectionId: shop.connection.id, name: flow });
    await kind.make(shop);
    shop.simulator.control.setClock({ advanceSeconds: 600 });
    const { results } = await shop.pull({ flow });
    const [result] = results;
    t.equal(result?.windowFrom?.getTime(), Number(watermark?.getTime()) - OVERLAP_MS);
    const nowMs = shop.simulator.control.clock().nowMs;
    t.ok(Math.abs(Number(result?.windowTo?.getTime()) - nowMs) < 60_000, 'up to TikTok’s now');
  });

  await t.test(`${name}: a shop that had none yet misses none of its first ones`, async (t) => {
    const shop = await startShop(t, db);
    await shop.pull();
    await shop.pull({ flow });
    const mark = await findWatermark(db.prisma, { connectionId: shop.connection.id, name: flow });
    t.ok(mark && mark.getTime() < Date.now() - 12 * 3_600_000, 'with room for a clock that is off');
    const id = await kind.make(shop);
    await shop.pull({ flow });
    t.ok(await kind.stage(shop, id));
  });
}

await t.test('a hint names an item: it is read and taken in at once, beside the pull', async (t) => {
  const shop = await startShop(t, db);
  const { deps, connection, api } = shop;
  await shop.pull();
  const source = { connection, api };
  const now = () => new Date();
  const mark = await findWatermark(db.prisma, { connectionId: connection.id, name: 'pull-orders' });
  const [order, neighbour] = [place(shop), place(shop)];
  const read = await readNow(orderPull, { by: somebody, deps, source, now }, [order, '1']);
  t.match(read, { items: [{ tiktokOrderId: order }], counts: { exported: 1 } });
  const version = (await shop.document(order))?.version;
  t.ok(version);
  t.equal(await shop.document(neighbour), null, 'nothing else is read');
  t.same(await findWatermark(db.prisma, { connectionId: connection.id, name: 'pull-orders' }), mark);
  await readNow(orderPull, { by: somebody, deps, source, now }, [order]);
  t.equal((await shop.document(order))?.version, version, 'and the same hint again changes nothing');

  const cancelId = await kinds.cancellations.make(shop);
  await readNow(cancellationPull, { by: somebody, deps, source, now }, [cancelId]);
  t.ok(await kinds.cancellations.stage(shop, cancelId));
  const returnId = await kinds.returns.make(shop);
  await readNow(returnPull, { by: somebody, deps, source, now }, [returnId]);
  t.ok(await kinds.returns.stage(shop, returnId));

  // One that cannot be stored is left to the pull, and is no failure of the one who hints.
  const spoilt = kinds.orders.changing(api, (items) => items.map(kinds.orders.spoilt));
  const bad = place(shop);
  const left = await readNow(
    orderPull,
    { by: somebody, deps, source: { connection, api: { ...api, ...spoilt } }, now },
    [bad],
  );
  t.same(left.counts, {});
  await shop.pull();
  t.ok(await shop.document(bad));
});

await t.test('a cancellation that cannot be stored does not stop the pull of orders', async (t) => {
  const shop = await startShop(t, db);
  const order = place(shop);
  await shop.pull();
  act(shop, order, 'buyer_cancel');
  const { cancellations } = kinds;
  const change = (api: ShopApi) => cancellations.changing(api, (items) => items.map(cancellations.spoilt));
  const report = await shop.pull({ change });
  t.match(report.outcome, /^(done|nothing-to-do)$/, String(report.error));
});

await t.test('a product that cannot be stored keeps no other one out of the catalogue', async (t) => {
  const shop = await startShop(t, db);
  for (const sellerSku of ['GOOD', 'BAD', 'FINE']) {
    const skus = [{ sellerSku, price: '10.00', stock: 1 }];
    shop.simulator.control.addProduct(shop.shopId, { title: `A product named ${sellerSku} to sell`, skus });
  }
  const spoil = <P extends { skus: { sellerSku: string }[] }>(product: P): P => ({
    ...product,
    skus: product.skus.map((sku) => (sku.sellerSku === 'BAD' ? { ...sku, price: HUGE } : sku)),
  });
  const change = (api: ShopApi): Partial<ShopApi> => ({
    async searchProducts(search) {
      const page = await api.searchProducts(search);
      return { ...page, products: page.products.map(spoil) };
    },
    getProduct: async (id) => spoil(await api.getProduct(id)),
  });
  const report = await shop.pull({ flow: 'pull-catalogue', change });
  t.match(report, { outcome: 'done', counts: { unreadable: 1 } }, String(report.error));
  const skus = await db.prisma.catalogSku.findMany({ where: { shopId: shop.shopId } });
  t.same(skus.map(({ sellerSku }) => sellerSku).toSorted(), ['FINE', 'GOOD']);
});
