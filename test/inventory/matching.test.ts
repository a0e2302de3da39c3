import { somebody } from '../support/actors.js';
import fc from 'fast-check';
import t from 'tap';
import { feedKindsOf } from '../../src/compose/feed-kinds.js';
import { announceImports } from '../../src/imports/announce-imports.js';
import { noteArrivals } from '../../src/imports/import-arrivals.js';
import { findSupplierSkus, matchSkus, usesMatching } from '../../src/inventory/matching/match-skus.js';
import { foldSku } from '../../src/domain/sku.js';
import { changeStatus } from '../../src/documents/document-store.js';
import { getConnection } from '../../src/connections/connection-store.js';
import { findOrderLine } from '../../src/orders/find-order-line.js';
import { explainOrder } from '../../src/orders/explain-order.js';
import { findOrderByDocument } from '../../src/orders/order-store.js';
import { systemClock } from '../../src/kernel/time.js';
import { silentLog, startShop, type TestShop } from '../orders/shop.js';
import { createKey, testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { takeItems } from '../imports/take-items.js';
import { errorsOf, itemsOf, upload } from './files.js';

const db = await testDatabase(t);
const inventory = { db, clock: systemClock, log: silentLog };
const imports = { ...inventory, feedKinds: feedKindsOf(inventory) };
const line = { sellerSku: 'TEE-RED-L', quantity: 1 };

async function matchingShop(t: Parameters<typeof startShop>[0], settings: object = {}): Promise<TestShop> {
  const shop = await startShop(t, db, { settings });
  Object.assign(shop.deps, { matchSkus, usesMatching });
  return shop;
}

async function match(shop: TestShop, items: [supplierSku: string, merchantSku: string][]): Promise<void> {
  const connection = await getConnection(db.prisma, { id: shop.connection.id });
  const [arrival] = await noteArrivals(imports, [connection], {
    kind: 'matching',
    via: 'test',
    by: somebody,
  });
  await takeItems(
    imports,
    arrival!,
    items.map(([SupplierSKU, MerchantSKU]) => ({ SupplierSKU, MerchantSKU })),
  );
}

function addOrder(shop: TestShop): string {
  return shop.simulator.control.addOrder(shop.shopId, { lines: [line], paidMinutesAgo: 90 }).id;
}

async function skusOf(shop: TestShop, orderId: string): Promise<object> {
  return (await shop.document(orderId))!.json['OrderLines'][0].ItemIdentifier;
}

await t.test('a matching file names items, whether it comes before the feed or after', async (t) => {
  const api = await testApi(t, db);
  await upload(api, 'SupplierSKU,Quantity\nERP-1,5\nERP-2,6\nERP-3,7\n');
  const { json, counts } = await upload(
    api,
    'Description;suppliersku;MERCHANTSKU\nx;erp-1;TT-1\ny;ERP-4;TT-4\nz;ERP-2;\n',
    { path: 'Matching' },
  );
  t.match(json.Body, /Matching file \d+ was taken in: 3 rows, 2 new, 0 changed, 0 unchanged, 1 with errors/);
  t.match(counts, { Unmatched: 2 });
  await upload(api, 'SupplierSKU,Quantity\nERP-4,8\n');
  const items = await itemsOf(api);
  t.match(items.get('ERP-1'), { MerchantSKU: 'TT-1' });
  t.match(items.get('ERP-4'), { MerchantSKU: 'TT-4' });
  t.same(
    [...(await itemsOf(api, '&mapped=false')).keys()].toSorted(),
    ['ERP-2', 'ERP-3'],
    'the unmatched report',
  );
  const { partnerId } = api.seller;
  const found = (await api.call('GET', `/api/v3/Inventory/${partnerId}/Match/tt-4`)).json();
  t.match(found.Body, { SupplierSKU: 'ERP-4', Quantity: 8 });
  const available = (await api.call('GET', '/api/v3/Inventory/Availability/TT-1')).json();
  t.match(available, { TotalRecords: 1, Records: [{ MerchantId: partnerId, Quantity: 5 }] });

  await api.call('DELETE', `/api/v3/Inventory/${partnerId}`);
  await upload(api, 'SupplierSKU,Quantity\nERP-1,1\n');
  t.match((await itemsOf(api)).get('ERP-1'), { MerchantSKU: 'TT-1' }, 'matches survive the removal of items');
  t.match((await api.call('DELETE', `/api/v3/Inventory/${partnerId}/Matching`)).json().Body, /^2 matches/);
  t.equal((await itemsOf(api, '&mapped=true')).size, 0);
});

/** Neither a file nor PostgreSQL holds one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What PostgreSQL makes of SKUs, under a collation that knows the letters of all languages. */
async function foldedByDatabase(skus: string[], collation: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ folded: string }>(
    `SELECT fold_sku(sku COLLATE "${collation}") AS folded FROM unnest($1::text[]) WITH ORDINALITY AS given (sku, nth)
     ORDER BY nth`,
    [skus],
  );
  return rows.map(({ folded }) => folded);
}

await t.test(
  'PostgreSQL and this program fold SKUs alike, whatever the letters and the locale',
  async (t) => {
    const { rows } = await db.pool.query<{ collname: string }>(
      `SELECT collname FROM pg_collation WHERE collname IN ('default', 'C', 'und-x-icu', 'tr-x-icu')`,
    );
    const collations = rows.map(({ collname }) => collname);
    t.ok(collations.includes('und-x-icu'), 'one that would fold Ä, were it asked to');
    const words = ['ÄPFEL', 'İSTANBUL', 'ΣΊΣΥΦΟΣ', 'ẞ', 'Ⅷ', 'Ａ', 'ꙀＡK', '𐐀', 'Kelvin K', 'Å Å', 'A\\B'];
    const sku = fc.oneof(
      fc.constantFrom(...words),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
    );
    const storable = fc.array(
      sku.filter((text) => !text.includes('\0') && !LONE_SURROGATE.test(text)),
      { minLength: 100, maxLength: 300 },
    );
    await fc.assert(
      fc.asyncProperty(storable, async (skus) => {
        const ours = skus.map((text) => foldSku(text, false));
        for (const collation of collations) {
          const theirs = await foldedByDatabase(skus, collation);
          const differing = skus.filter((_, index) => ours[index] !== theirs[index]);
          if (differing.length > 0) throw new Error(`${collation}: ${JSON.stringify(differing)}`);
        }
      }),
      { numRuns: 20 },
    );
  },
);

await t.test('a SKU is looked up by its key, not by reading all of them', async (t) => {
  const { seller } = await testApi(t, db);
  const ids = [seller.connectionId, seller.companyId];
  const many = `FROM generate_series(1, 5000) AS n`;
  const client = await db.pool.connect();
  const planOf = async (lookUp: string): Promise<string> => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${lookUp}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO sku_matches (connection_id, company_id, sku_key, supplier_sku, merchant_key, merchant_sku)
       SELECT $1, $2, 's' || n, 'S' || n, 'm' || n, 'M' || n ${many}`,
      ids,
    );
    await client.query(
      `INSERT INTO inventory_items (connection_id, company_id, sku_key, supplier_sku, quantity, version)
       SELECT $1, $2, 's' || n, 'S' || n, 1, n ${many}`,
      ids,
    );
    await client.query(
      `INSERT INTO catalog_skus (environment, shop_id, sku_id, product_id, seller_sku, seller_key, product_status,
         sku_status, warehouses, fingerprint, read_at, changed_at)
       SELECT 'test', 'shop', n, n, 'M' || n, 'm' || n, 'ACTIVATE', 'NORMAL', '[]', '', now(), now() ${many}`,
    );
    await client.query('ANALYZE sku_matches, inventory_items, catalog_skus');
    for (const where of [
      `sku_matches WHERE connection_id = ${seller.connectionId} AND merchant_key`,
      `sku_matches WHERE connection_id = ${seller.connectionId} AND sku_key`,
      `inventory_items WHERE connection_id = ${seller.connectionId} AND sku_key`,
      `catalog_skus WHERE environment = 'test' AND shop_id = 'shop' AND seller_key`,
    ]) {
      t.match(
        await planOf(`SELECT FROM ${where} = fold_sku('M7'::text)`),
        /Index Cond: .*_key = 'm7'/,
        where,
      );
    }
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

await t.test('only the letters A to Z lose their case, in files, look-ups and orders', async (t) => {
  const api = await testApi(t, db);
  await upload(api, 'SupplierSKU,Quantity\nÄPFEL,1\näpfel,2\nÄpfel,3\n');
  const { partnerId } = api.seller;
  t.same([...(await itemsOf(api)).keys()].toSorted(), ['Äpfel', 'äpfel'], 'the last spelling of each');
  const quantityOf = async (path: string) =>
    (await api.call('GET', `/api/v3/Inventory/${partnerId}/${path}`)).json().Body?.Quantity;
  t.equal(await quantityOf(`Item/${encodeURIComponent('ÄPFEL')}`), 3);
  t.equal(await quantityOf(`Item/${encodeURIComponent('äPFEL')}`), 2);
  await upload(api, 'SupplierSKU,MerchantSKU\näpfel,GRÖSSE\nÄPFEL,GRöSSE\n', { path: 'Matching' });
  t.equal(await quantityOf(`Match/${encodeURIComponent('grÖsse')}`), 2, 'äpfel');
  t.equal(await quantityOf(`Match/${encodeURIComponent('grösse')}`), 3, 'Äpfel');
  const { connectionId } = api.seller;
  t.same(
    await findSupplierSkus(db.prisma, connectionId, ['grÖSSE', 'Größe']),
    new Map([['grÖSSE', 'äpfel']]),
  );
});

await t.test('a SKU in TikTok has one supplier SKU: the last row wins, and the loser is told', async (t) => {
  const api = await testApi(t, db);
  await upload(api, 'SupplierSKU,Quantity\nA,1\nB,2\nC,3\n');
  const { id, counts } = await upload(api, 'SupplierSKU,MerchantSKU\nA,X\nB,x\nC,Z\nC,Y\n', {
    path: 'Matching',
  });
  t.match(counts, { Rows: 4, Errors: 1, Added: 2 });
  t.match(await errorsOf(api, id), [
    { Row: 2, Column: 'MerchantSKU', Message: 'is given to another SupplierSKU in row 3' },
  ]);
  const merchantSkus = async () =>
    Object.fromEntries([...(await itemsOf(api))].map(([sku, item]) => [sku, item['MerchantSKU'] ?? null]));
  t.same(await merchantSkus(), { A: null, B: 'x', C: 'Y' });
  await upload(api, 'SupplierSKU,MerchantSKU\nB,Y\nC,X\n', { path: 'Matching' });
  t.same(await merchantSkus(), { A: null, B: 'Y', C: 'X' }, 'two can change places');
  await upload(api, 'SupplierSKU,MerchantSKU\nA,Y\n', { path: 'Matching' });
  t.same(await merchantSkus(), { A: 'Y', B: null, C: 'X' }, 'and one can be taken over');
  const dry = await upload(api, 'SupplierSKU,MerchantSKU\nA,Q\n', {
    path: 'Matching',
    query: '?dryRun=true',
  });
  t.match(dry.counts, { Changed: 1 });
  t.match(await merchantSkus(), { A: 'Y' });
  t.equal((await upload(api, 'SupplierSKU,Quantity\nA,1\n', { path: 'Matching' })).status, 400);
});

await t.test('the settings of matching do what they say', async (t) => {
  const api = await testApi(t, db);
  const { connectionId } = api.seller;
  const set = (settings: object) =>
    db.prisma.connection.update({ where: { id: connectionId }, data: { settings } });
  await upload(api, 'SupplierSKU,MerchantSKU\nother,Same\n', { path: 'Matching' });

  await set({ ignoreUnmatched: true });
  const ignored = await upload(api, 'SupplierSKU,Quantity\nnew,1\nother,2\n');
  t.match(ignored.counts, { Added: 1, Ignored: 1 });

  await set({ autoMatch: true });
  await upload(api, 'SupplierSKU,Quantity\nSKU-1,1\nsame,2\n');
  const items = await itemsOf(api);
  t.match(items.get('SKU-1'), { MerchantSKU: 'SKU-1' });
  t.notOk('MerchantSKU' in items.get('same')!, 'the matching file has given it to another one');

  await set({ caseSensitiveSkus: true });
  const sensitive = await upload(api, 'SupplierSKU,Quantity\nsku-1,7\n');
  t.match(sensitive.counts, { Added: 1 });
  t.equal((await itemsOf(api)).get('SKU-1')?.['Quantity'], 1);
  await set({});
  await upload(api, 'SupplierSKU,Quantity\nSku-1,9\n');
  const joined = [...(await itemsOf(api)).values()].filter(
    (item) => String(item['SupplierSKU']).toLowerCase() === 'sku-1',
  );
  t.match(joined, [{ Quantity: 9 }], 'one again');

  await set({ latestFeedOnly: true });
  await upload(api, 'SupplierSKU,Quantity\nother,55\n');
  const unsent = await db.prisma.inventoryItem.findMany({
    where: { connectionId, unsentSince: { not: null } },
  });
  t.same(
    unsent.map(({ supplierSku }) => supplierSku),
    ['other'],
  );
});

await t.test('an order shows the ERP its own SKU, and TikTok’s beside it', async (t) => {
  const shop = await matchingShop(t);
  await match(shop, [['ERP-7', 'tee-red-l']]);
  const order = addOrder(shop);
  await shop.pull();
  t.match(await skusOf(shop, order), { SupplierSKU: 'ERP-7', PartnerSKU: 'TEE-RED-L' });
  t.same(await shop.events('sku-not-matched'), []);
});

await t.test(
  'a match that comes late completes what the ERP has not fetched, and tells it of the rest',
  async (t) => {
    const shop = await matchingShop(t);
    await match(shop, [['OTHER', 'OTHER-TT']]);
    const [fetched, waiting] = [addOrder(shop), addOrder(shop)];
    await shop.pull();
    t.match(await skusOf(shop, waiting), { SupplierSKU: 'TEE-RED-L', PartnerSKU: 'TEE-RED-L' });
    t.equal((await shop.events('sku-not-matched')).length, 2);
    const before = { fetched: (await shop.document(fetched))!, waiting: (await shop.document(waiting))! };
    await db.transaction((tx) =>
      changeStatus(tx, {
        by: somebody,
        companyId: shop.companyId,
        keys: [before.fetched.key],
        type: 'order',
        to: 200,
      }),
    );
    await match(shop, [['ERP-7', 'TEE-RED-L']]);
    t.match(await skusOf(shop, waiting), { SupplierSKU: 'ERP-7', PartnerSKU: 'TEE-RED-L' });
    t.equal((await shop.document(waiting))!.version, before.waiting.version + 1);
    t.match(await skusOf(shop, fetched), { SupplierSKU: 'TEE-RED-L' }, 'what was fetched stays');
    t.equal((await shop.events('sku-matched')).length, 2);

    const record = await findOrderByDocument(db, {
      companyId: shop.companyId,
      documentKey: before.fetched.key,
    });
    for (const supplierSku of ['ERP-7', 'TEE-RED-L']) {
      const name = { path: 'ShipmentLines[0]', lineNumber: null, supplierSku, merchantSku: null };
      t.ok(findOrderLine(record!.lines, name, []), `${supplierSku} is understood in what comes back`);
    }
    await match(shop, [['ERP-8', 'MORE']]);
    t.equal((await shop.events('sku-matched')).length, 2, 'told once');
  },
);

await t.test('an order that is handed out once more shows the match that came too late', async (t) => {
  const shop = await matchingShop(t);
  const { companyId } = shop;
  const { app } = await testApi(t, db);
  const subscriptionkey = await createKey(db, shop);
  const put = async (body: object) =>
    (
      await app.inject({
        method: 'PUT',
        url: '/api/v3/Orders/Status',
        headers: { subscriptionkey },
        payload: body,
      })
    ).statusCode;
  const orders = [addOrder(shop), addOrder(shop), addOrder(shop)] as const;
  await shop.pull();
  const keys = await Promise.all(orders.map(async (order) => String((await shop.document(order))!.key)));
  const [submitted = '', reviewed = '', ignored = ''] = keys;
  t.equal(await put({ Status: 'Acknowledged', LogicbrokerKeys: keys }), 200);
  t.equal(await put({ Status: 'Ignored', LogicbrokerKeys: [ignored] }), 200);
  await match(shop, [['ERP-7', 'TEE-RED-L']]);
  for (const order of orders) t.match(await skusOf(shop, order), { SupplierSKU: 'TEE-RED-L' });
  t.equal(await put({ Status: 'Acknowledged', LogicbrokerKeys: [ignored] }), 200);
  t.match(await skusOf(shop, orders[2]), { SupplierSKU: 'TEE-RED-L' }, 'fetched is fetched');
  t.equal((await shop.events('sku-matched')).length, 3);

  t.equal(await put({ Status: '100', LogicbrokerKeys: [submitted, ignored] }), 200);
  t.equal(await put({ Status: '150', LogicbrokerKeys: [reviewed] }), 200);
  for (const order of orders)
    t.match(await skusOf(shop, order), { SupplierSKU: 'ERP-7', PartnerSKU: 'TEE-RED-L' });
  t.equal((await shop.events('sku-matched')).length, 6, 'and the history says so');
  const record = await findOrderByDocument(db, { companyId, documentKey: Number(submitted) });
  const name = { path: 'ShipmentLines[0]', lineNumber: null, supplierSku: 'TEE-RED-L', merchantSku: null };
  t.ok(findOrderLine(record!.lines, name, []), 'what it was called before is still understood');

  const { version } = (await shop.document(orders[0]))!;
  t.equal(await put({ Status: 'Acknowledged', LogicbrokerKeys: [submitted] }), 200);
  t.equal(await put({ Status: '100', LogicbrokerKeys: [submitted] }), 200);
  t.equal((await shop.document(orders[0]))!.version, version + 2, 'nothing but the status changes any more');
  t.equal((await shop.events('sku-matched')).length, 6);
});

await t.test('orders are completed after a crash right behind the import', async (t) => {
  const shop = await matchingShop(t);
  const order = addOrder(shop);
  await shop.pull();
  t.same(await shop.events('sku-not-matched'), [], 'no news without any matching file');
  await match(shop, [['ERP-7', 'TEE-RED-L']]);
  // As it is when the process ends between the import's transaction and what follows from it.
  await db.prisma.$executeRaw`UPDATE order_lines l SET supplier_sku = merchant_sku FROM orders o
    WHERE o.id = l.order_id AND o.connection_id = ${shop.connection.id}`;
  await db.prisma.import.updateMany({
    where: { connectionId: shop.connection.id },
    data: { announcedAt: null },
  });
  t.equal(await announceImports(imports), 1);
  t.match(await skusOf(shop, order), { SupplierSKU: 'ERP-7' });
  t.equal(await announceImports(imports), 0);
});

await t.test('with parkUnmatched an order waits, visibly, until its match arrives', async (t) => {
  const shop = await matchingShop(t, { parkUnmatched: true });
  const order = addOrder(shop);
  await shop.pull();
  t.equal(await shop.document(order), null);
  t.match(await shop.row(order), { state: 'waiting', gate: 'sku-matched', gateReason: /TEE-RED-L/ });
  await shop.pull();
  t.equal((await shop.events('sku-not-matched')).length, 1, 'told once');
  const explanation = await explainOrder(
    { ...shop.deps, matchSkus },
    { companyId: shop.companyId, tiktokOrderId: order },
  );
  t.match(
    explanation.gates.find(({ gate }) => gate === 'sku-matched'),
    { outcome: 'wait', next: /matching file/ },
  );
  await match(shop, [['ERP-7', 'TEE-RED-L']]);
  const flow = await db.prisma.flow.findFirstOrThrow({
    where: { connectionId: shop.connection.id, name: 'pull-orders' },
  });
  t.ok(flow.requested > flow.requestedSeen, 'a pull was asked for');
  await shop.pull();
  t.match(await skusOf(shop, order), { SupplierSKU: 'ERP-7', PartnerSKU: 'TEE-RED-L' });
});
