import t from 'tap';
import type { ShopProduct } from '../../src/domain/product.js';
import { storeProducts } from '../../src/catalogue/catalogue-store.js';
import { pullCatalogue } from '../../src/catalogue/pull-catalogue.js';
import { checkPrice } from '../../src/catalogue/price-limits.js';
import { readSpan, type Span } from '../../src/catalogue/read-products.js';
import type { ProductSearch } from '../../src/tiktok/product-calls.js';
import { testDatabase } from '../support/database.js';
import { startPushWorld, type PushWorld } from '../inventory/push-world.js';

const db = await testDatabase(t);

function mirrored(shop: PushWorld, where: object = {}): Promise<number> {
  return db.prisma.catalogProduct.count({ where: { shopId: shop.shopId, ...where } });
}

/** As if the last full compare were long ago. */
async function forgetCompare(shop: PushWorld): Promise<void> {
  await db.prisma.$executeRaw`
    UPDATE flows SET cursor = NULL WHERE connection_id = ${shop.connection.id} AND name = 'pull-catalogue'`;
}

await t.test('more products than TikTok lists in one search are read, each once', async (t) => {
  const shop = await startPushWorld(t, db);
  const { control } = shop.simulator;
  control.generateProducts(shop.shopId, { count: 12_000, spreadMinutes: 60_000 });
  control.generateProducts(shop.shopId, { count: 300, spreadMinutes: 0, skuPrefix: 'SAME' });
  const first = await shop.readCatalogue();
  t.equal(first.outcome, 'done', String(first.error));
  t.equal(await mirrored(shop), 12_300);
  t.equal(await db.prisma.catalogSku.count({ where: { shopId: shop.shopId } }), 12_300);
  const [product] = control.products(shop.shopId, { limit: 1 });
  control.patchProduct(product?.id ?? '', { status: 'SELLER_DEACTIVATED' });
  const second = await shop.readCatalogue();
  t.match(second.counts, { changed: 1 }, 'and then only what changed');
});

await t.test('a product is gone only when TikTok says so, not when a listing misses it', async (t) => {
  const shop = await startPushWorld(t, db, {
    simulator: { behaviour: { productSearchShowsDeleted: false } },
  });
  const { control } = shop.simulator;
  shop.addProduct(['STAYS']);
  const gone = shop.addProduct(['GOES']);
  await shop.readCatalogue();
  // A listing without anything, as TikTok answers now and then.
  await forgetCompare(shop);
  const empty = await pullWith(shop, { listing: 'empty' });
  t.equal(empty.outcome, 'nothing-to-do', String(empty.error));
  t.equal(await mirrored(shop, { status: 'ACTIVATE' }), 2, 'an empty listing proves nothing');

  control.patchProduct(gone.id, { status: 'DELETED' });
  await shop.readCatalogue();
  t.equal(await mirrored(shop, { status: 'ACTIVATE' }), 2, 'not listed any more');
  await forgetCompare(shop);
  t.match(await shop.readCatalogue(), { counts: { changed: 1 } });
  t.equal(await mirrored(shop, { status: 'DELETED' }), 1, 'the daily compare asks for it by its id');
});

await t.test('an older answer never overwrites a newer one, and a removed SKU is seen', async (t) => {
  const shop = await startPushWorld(t, db);
  const product = (minute: number, status: string, skus: string[]): ShopProduct => ({
    productId: '1',
    title: 'With \0 in it',
    status,
    updatedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)),
    skus: skus.map((sellerSku) => ({
      skuId: `S-${sellerSku}`,
      sellerSku,
      status: 'NORMAL',
      price: '1.50',
      currency: 'USD',
      stock: [{ warehouseId: 'W', quantity: 3 }],
    })),
  });
  const take = (...products: ShopProduct[]) =>
    db.transaction((tx) => storeProducts(tx, shop.connection, products, new Date()));
  t.same(await take(product(5, 'ACTIVATE', ['A', 'B'])), { changed: 2, unchanged: 0 });
  t.same(await take(product(5, 'ACTIVATE', ['A', 'B'])), { changed: 0, unchanged: 2 });
  await take(product(4, 'DRAFT', ['A']));
  const names = async (): Promise<string[]> =>
    (
      await db.prisma.catalogSku.findMany({
        where: { shopId: shop.shopId, sellerSku: { in: ['A', 'B', 'C'] }, skuStatus: { not: 'REMOVED' } },
        orderBy: { sellerSku: 'asc' },
      })
    ).map(({ sellerSku, productStatus }) => `${sellerSku} ${productStatus}`);
  t.same(await names(), ['A ACTIVATE', 'B ACTIVATE']);
  // The same product twice on one page, as pages overlap.
  t.same(await take(product(6, 'ACTIVATE', ['A', 'B']), product(7, 'ACTIVATE', ['A', 'C'])), {
    changed: 2,
    unchanged: 1,
  });
  t.same(await names(), ['A ACTIVATE', 'C ACTIVATE']);
});

await t.test('a read of the catalogue that is stopped goes on where it was', async (t) => {
  const shop = await startPushWorld(t, db);
  shop.simulator.control.generateProducts(shop.shopId, { count: 11_000, spreadMinutes: 30_000 });
  const report = await pullWith(shop, { stopAfter: 70 });
  t.equal(report.outcome, 'interrupted');
  const before = await mirrored(shop);
  t.ok(before > 1_000 && before < 11_000, `${before} are there`);
  const { cursor, watermark } = await db.prisma.flow.findFirstOrThrow({
    where: { connectionId: shop.connection.id, name: 'pull-catalogue' },
  });
  t.equal(watermark, null, 'what was not read as a whole is not taken for read');
  t.match(cursor, { walk: { isFull: true, spans: Array } });
  const calls = await pullWith(shop, {});
  t.equal(calls.outcome, 'done', String(calls.error));
  t.ok(calls.searches < 90, `${calls.searches} searches for the rest`);
  t.equal(await mirrored(shop), 11_000);
});

await t.test(
  'a second in which everything changed is split by creation, then taken as far as it goes',
  async (t) => {
    const searches: ProductSearch[] = [];
    const at = '2026-01-01T00:00:00.000Z';
    const api = {
      searchProducts: async (search: ProductSearch) => {
        searches.push(search);
        return { products: [], unreadable: 0, nextPageToken: null, totalCount: 9_000, serverTime: null };
      },
    };
    const span: Span = { from: at, to: at };
    const { halves } = await readSpan(api, span, async () => undefined);
    t.match(halves, [{ from: at, to: at, created: { from: null } }, { created: { to: at } }]);
    const second: Span = { from: at, to: at, created: { from: at, to: at } };
    t.same(await readSpan(api, second, async () => undefined), { halves: null });
  },
);

await t.test('prices have the decimals and limits of their region', async (t) => {
  const cases: [cost: string, region: string, expected: string | RegExp, crossBorder?: boolean][] = [
    ['19.900000', 'US', '19.90'],
    ['7600', 'US', '7600.00'],
    ['7600.01', 'US', /0\.01 to 7600/],
    ['800.01', 'US', /0\.01 to 800/, true],
    ['0', 'US', /0\.01 to 7600/],
    ['1.999', 'US', /more than the 2 decimals/],
    ['1500', 'ID', '1500'],
    ['1500.50', 'ID', /0 decimals of IDR/],
    ['99', 'ID', /100 to 100000000/],
    ['134.5', 'GB', '134.50', true],
    ['134.51', 'GB', /0\.01 to 134\.5/, true],
    ['29.99', 'TH', /30 to 260000/],
    ['29.99', 'TH', '29.99', true],
    ['500000', 'JP', '500000'],
    ['0.5', 'BR', '0.50'],
    ['0.49', 'BR', /0\.5 to 10000/],
    ['50000.01', 'MX', /1 to 50000/],
    ['6300', 'IE', '6300.00'],
    ['5', 'XX', /currency of region XX is not known/],
    ['1e3', 'US', /not a number/],
  ];
  for (const [cost, region, expected, crossBorder = false] of cases) {
    const price = checkPrice(cost, { region, crossBorder, skuCurrency: null });
    const answer = price.ok ? price.amount : price.reason;
    t.match(answer, expected, `${cost} in ${region}`);
    if (typeof expected === 'string') t.equal(answer, expected);
  }
  t.match(checkPrice('5', { region: 'XX', crossBorder: false, skuCurrency: 'PLN' }), { currency: 'PLN' });
});

/** Runs the pull with a listing that misbehaves, or is told to stop after so many searches. */
async function pullWith(
  shop: PushWorld,
  { listing, stopAfter = Infinity }: { listing?: 'empty'; stopAfter?: number },
) {
  const stop = new AbortController();
  let searches = 0;
  const report = await shop.run(
    'pull-catalogue',
    (run) =>
      pullCatalogue(
        {
          ...shop.deps,
          async openShop(connectionId, lane) {
            const opened = await shop.deps.openShop(connectionId, lane);
            const searchProducts: typeof opened.api.searchProducts = async (search) => {
              searches += 1;
              if (searches === stopAfter) stop.abort();
              const page = await opened.api.searchProducts(search);
              return listing === 'empty'
                ? { ...page, products: [], totalCount: 0, nextPageToken: null }
                : page;
            };
            return { ...opened, api: { ...opened.api, searchProducts } };
          },
        },
        run,
      ),
    { stop: stop.signal },
  );
  return { ...report, searches };
}
