import t from 'tap';
import { feedKindsOf } from '../../src/compose/feed-kinds.js';
import { findCaseTwins } from '../../src/catalogue/find-case-twins.js';
import { getConnection } from '../../src/connections/connection-store.js';
import { somebody } from '../support/actors.js';
import { noteArrivals } from '../../src/imports/import-arrivals.js';
import { matchSkus, usesMatching } from '../../src/inventory/matching/match-skus.js';
import { findOrderLine } from '../../src/orders/find-order-line.js';
import { systemClock } from '../../src/kernel/time.js';
import { takeItems } from '../imports/take-items.js';
import { createKey, testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { silentLog, startShop } from './shop.js';

t.setTimeout(120_000);
const db = await testDatabase(t);
const shop = await startShop(t, db);
Object.assign(shop.deps, { matchSkus, usesMatching, findTwins: findCaseTwins });
const { control } = shop.simulator;
const inventory = { db, clock: systemClock, log: silentLog };
const imports = { ...inventory, feedKinds: feedKindsOf(inventory) };

async function match(items: [supplierSku: string, merchantSku: string][]): Promise<void> {
  const connection = await getConnection(db.prisma, { id: shop.connection.id });
  const [arrival] = await noteArrivals(imports, [connection], {
    kind: 'matching',
    via: 'test',
    by: somebody,
  });
  const rows = items.map(([SupplierSKU, MerchantSKU]) => ({ SupplierSKU, MerchantSKU }));
  await takeItems(imports, arrival!, rows);
}

async function linesOf(skus: string[]): Promise<{ id: string; lines: [string, string][] }> {
  const lines = skus.map((sellerSku) => ({ sellerSku, quantity: 1 }));
  const { id } = control.addOrder(shop.shopId, { lines, paidMinutesAgo: 90 });
  await shop.pull();
  const found = (await shop.document(id))!.json['OrderLines'] as {
    ItemIdentifier: { SupplierSKU: string; PartnerSKU: string };
  }[];
  return { id, lines: found.map(({ ItemIdentifier: item }) => [item.PartnerSKU, item.SupplierSKU]) };
}

await t.test(
  'two SKUs that differ in case only are two lines, and a match names the one that is written so',
  async (t) => {
    await match([['ERP-1', 'Case-Test-1']]);
    const { lines } = await linesOf(['Case-Test-1', 'case-test-1']);
    t.strictSame(lines, [
      ['Case-Test-1', 'ERP-1'],
      ['case-test-1', 'case-test-1'],
    ]);
    const events = await shop.events('sku-case-twins');
    t.match(events, [/line 1: Case-Test-1 \(not case-test-1\); line 2: case-test-1 \(not Case-Test-1\)/]);
  },
);

await t.test('the other SKU is known from the catalogue when it is not on the order', async (t) => {
  for (const sellerSku of ['Mug-A', 'mug-a'])
    control.addProduct(shop.shopId, {
      title: sellerSku,
      skus: [{ sellerSku, price: '10.00' }],
    });
  await shop.pull({ flow: 'pull-catalogue' });
  await match([['ERP-MUG', 'Mug-A']]);
  t.strictSame((await linesOf(['mug-a'])).lines, [['mug-a', 'mug-a']], 'the wrong goods are not picked');
  t.match((await shop.events('sku-case-twins')).at(-1), /mug-a \(not Mug-A\)/);
  t.strictSame((await linesOf(['Mug-A'])).lines, [['Mug-A', 'ERP-MUG']]);
});

await t.test('without another SKU a match in another case is a match, as it was', async (t) => {
  await match([['ERP-TEE', 'tee-red-l']]);
  t.strictSame((await linesOf(['TEE-RED-L'])).lines, [['TEE-RED-L', 'ERP-TEE']]);
});

await t.test('DuplicateSkus tells SKUs that differ in case only from those that are the same', async (t) => {
  const { app } = await testApi(t, db);
  const answer = await app.inject({
    url: `/api/v3/Inventory/${shop.connection.partnerId}/DuplicateSkus`,
    headers: { subscriptionkey: await createKey(db, shop) },
  });
  const { Skus } = answer.json<{ Body: { DuplicateSkus: { Skus: object[] } } }>().Body.DuplicateSkus;
  t.match(
    Skus.filter((sku) => (sku as { MerchantSKU: string }).MerchantSKU.toLowerCase() === 'mug-a'),
    [
      { MerchantSKU: 'Mug-A', DiffersInCaseFrom: ['mug-a'], IsSent: true },
      { MerchantSKU: 'mug-a', DiffersInCaseFrom: ['Mug-A'], IsSent: true },
    ],
  );
});

await t.test(
  'what the ERP sends back means the line that is written so, else the one that differs in case only',
  async (t) => {
    const line = (lineNumber: string, sku: string) => ({ lineNumber, supplierSku: sku, merchantSku: sku });
    const name = (supplierSku: string) => ({ path: 'L', lineNumber: null, supplierSku, merchantSku: null });
    const find = (sku: string, skus: string[], caseSensitive = false) => {
      const lines = skus.map((each, index) => line(String(index + 1), each));
      const problems: { message: string }[] = [];
      return findOrderLine(lines, name(sku), problems, { caseSensitive })?.lineNumber ?? problems[0]?.message;
    };
    t.equal(find('tee-red-l', ['TEE-RED-L', 'MUG']), '1');
    t.equal(find('tee', ['TEE', 'tee']), '2');
    t.equal(find('Tee', ['TEE', 'tee']), 'SKU Tee is on lines 1 and 2 of the order');
    t.match(find('tee-red-l', ['TEE-RED-L'], true), /is not on the order/);
  },
);
