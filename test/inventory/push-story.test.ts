import t from 'tap';
import { harborGoods } from '../support/connect-shop.js';
import { createErp } from '../support/erp.js';
import { createSellerWithKey } from '../support/service-world.js';
import { startService, type Service } from '../support/start-service.js';
import { until } from '../support/waiting.js';

const GENERATED = 60;
const STOCK_CALL = '/product/202309/products/*/inventory/update';

interface Explained {
  Body: {
    InventoryExplanation: {
      Summary: string;
      Gates: { Gate: string; Outcome: string }[];
      TikTok: { ProductStatus: string } | null;
      SentQuantities: { Quantity: number }[];
      Wanted: {
        Uploaded: number;
        Wanted: number;
        Shown: number;
        Decision: string;
        NotKnownToCount: { TikTokOrderId: string; Pieces: number }[];
      }[];
    };
  };
}

interface NotSent {
  Body: {
    NotSent: {
      TotalRecords: number;
      Reasons: { Gate: string; Count: number }[];
      Items: { SupplierSKU: string; Gate: string; Next: string }[];
    };
  };
}

t.setTimeout(150_000);
const service = await startService(t, { environment: { TIKTOK_RATE_FACTOR: '50' } });
const { erp, db, simulator } = service;
const { control } = simulator;
const { shopId } = harborGoods;
const { connectionId } = await service.connectShop(harborGoods);
const settings = { autoMatch: true, pushOnChange: true };
const { partnerId } = await db.prisma.connection.update({ where: { id: connectionId }, data: { settings } });
const shop = `Inventory/${partnerId}`;
await flowDone(service, 'pull-catalogue');

/** Pieces that buyers have ordered and the ERP was not told of yet: TikTok has sold them, a count still has them. */
const ordered = control.stock(shopId, 'TEE-RED-L')[0]?.committed ?? 0;
t.ok(ordered > 0);

await t.test('an upload is in TikTok seconds later where the connection pushes on change', async (t) => {
  const before = control.stock(shopId, 'MUG-BLUE').at(0);
  await upload([
    { SupplierSKU: 'TEE-RED-L', Quantity: 7, Cost: 21.5 },
    { SupplierSKU: '=NOBODY', Quantity: 1 },
  ]);
  await until('the stock in TikTok', () => availableOf('TEE-RED-L') === 7 - ordered);
  await until('the price in TikTok', () => control.stock(shopId, 'TEE-RED-L')[0]?.price === '21.50');
  t.same(control.stock(shopId, 'MUG-BLUE').at(0), before, 'nothing else has changed');
});

await t.test('a dry run tells what would be sent, and why the rest would not', async (t) => {
  const items = [
    { SupplierSKU: 'TEE-RED-L', Quantity: 9, Cost: 21.5 },
    { SupplierSKU: 'NOT-THERE', Quantity: 1 },
    { SupplierSKU: 'MUG-BLUE-OLD', Quantity: 1 },
  ];
  const answer = await erp.call<{ Imports: { WouldSend: object }[] }>('POST', `${shop}?dryRun=true`, {
    body: items,
  });
  t.match(
    answer.json.Imports,
    [
      {
        WouldSend: {
          quantities: 1,
          prices: 0,
          notSent: 2,
          'notSent.exists-in-tiktok': 2,
          calls: 1,
          seconds: 1,
        },
      },
    ],
    answer.text,
  );
  t.equal((await db.prisma.inventoryItem.findMany({ where: { connectionId, quantity: 9 } })).length, 0);
});

await t.test('every item says why it is, or is not, in TikTok', async (t) => {
  await until('the verdict', async () => (await notSent()).Items[0]?.Gate === 'exists-in-tiktok');
  const sent = await explain('tee-red-l');
  t.match(sent.Summary, /in TikTok as it was uploaded/);
  t.match(sent.TikTok, { ProductStatus: 'ACTIVATE' });
  t.match(sent.SentQuantities, [{ Quantity: 7 - ordered }]);
  t.match(sent.Wanted, [{ Uploaded: 7, Wanted: 7 - ordered, Shown: 7 - ordered, Decision: 'same' }]);
  const known = sent.Wanted.flatMap(({ NotKnownToCount }) => NotKnownToCount);
  t.equal(
    known.reduce((sum, { Pieces }) => sum + Pieces, 0),
    ordered,
    'each order that was taken off is named',
  );
  for (const gate of [
    'connection-active',
    'uploaded',
    'matched',
    'exists-in-tiktok',
    'product-live',
    'warehouse',
  ])
    t.ok(
      sent.Gates.some(({ Gate, Outcome }) => Gate === gate && Outcome === 'pass'),
      gate,
    );
  const missing = await explain('=NOBODY');
  t.match(missing.Summary, /TikTok shows no product/);
  t.equal((await erp.call('GET', `${shop}/Item/nothing/Explain`)).status, 404);
  t.equal((await erp.call('GET', `${shop}/Item/%00/Explain`)).status, 404);

  const report = await notSent();
  t.equal(report.TotalRecords, 1);
  t.match(report.Reasons, [{ Gate: 'exists-in-tiktok', Count: 1 }]);
  t.match(report.Items, [{ SupplierSKU: '=NOBODY', Next: /Create the product/ }]);
  const csv = await erp.call('GET', `${shop}/NotSent?fileType=csv`);
  t.match(csv.headers.get('content-type'), /text\/csv/);
  t.match(csv.text, /^SupplierSKU,MerchantSKU,State,Gate,/);
  t.match(csv.text, /\n'=NOBODY,'=NOBODY,refused,exists-in-tiktok,/, 'no cell is a formula');
  t.equal((await erp.call('GET', `${shop}/NotSent?fileType=xml`)).status, 400);
  const fresh = await erp.call('GET', `${shop}/Freshness`);
  t.match(fresh.json, { Body: { Freshness: { SecondsBehind: 0, Pending: 0, Refused: 1 } } });
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  t.match(metrics, /connector_inventory_oldest_pending_seconds 0/);
});

await t.test('another company learns nothing of our items', async (t) => {
  const stranger = createErp(service.url, (await createSellerWithKey(db, 'Somebody else')).key);
  for (const path of ['Item/TEE-RED-L/Explain', 'NotSent', 'Freshness', 'DuplicateSkus']) {
    const answer = await stranger.call('GET', `${shop}/${path}`);
    t.equal(answer.status, 404, path);
    t.notMatch(answer.text, /TEE-RED-L|Harbor/);
  }
});

await t.test('seller SKUs that two live products share are reported', async (t) => {
  const product = { title: 'A product of the tests that sells', skus: [{ sellerSku: 'DOUBLE' }] };
  control.addProduct(shopId, product);
  control.addProduct(shopId, product);
  await runTask('PullCatalogue');
  await until('the report', async () => {
    const { json } = await erp.call<{ Body: { DuplicateSkus: { Skus: { MerchantSKU: string }[] } } }>(
      'GET',
      `${shop}/DuplicateSkus`,
    );
    return json.Body.DuplicateSkus.Skus.filter(({ MerchantSKU }) => MerchantSKU === 'DOUBLE').length === 2;
  });
  t.pass();
});

await t.test('whatever goes wrong in the middle of a push, TikTok ends with the newest values', async (t) => {
  const { firstSellerSku } = control.generateProducts(shopId, {
    count: GENERATED,
    skusPerProduct: 2,
    skuPrefix: 'FIRE',
    createdMinutesAgo: 1,
  });
  t.match(firstSellerSku, /^FIRE-/);
  await runTask('PullCatalogue');
  const skus = control.stock(shopId).map(({ sellerSku }) => sellerSku);
  const fire = skus.filter((sku) => sku.startsWith('FIRE-'));
  await until('the mirror', async () => {
    const known = await db.prisma.catalogSku.count({ where: { shopId, sellerSku: { startsWith: 'FIRE-' } } });
    return known === fire.length;
  });
  const match = { path: STOCK_CALL };
  control.addFault({ kind: 'expire_token', match, skip: 5, times: 1 });
  control.addFault({ kind: 'done_but_lost', match, skip: 15, times: 2 });
  const tooMany = { kind: 'error', code: 36009002, httpStatus: 429, retryAfterSec: 1 } as const;
  control.addFault({ ...tooMany, match, skip: 30, times: 1 });
  control.addFault({ kind: 'error', code: 12052881, match, skip: 40, times: 1 });
  await upload(fire.map((sku, nth) => ({ SupplierSKU: sku, Quantity: nth, Cost: Number(costOf(nth)) })));
  // While that is under way some change again.
  await upload(fire.slice(0, 10).map((sku) => ({ SupplierSKU: sku, Quantity: 500 })));
  const wanted = (nth: number): number => (nth < 10 ? 500 : nth);
  const wrong = (): string[] =>
    fire.filter((sku, nth) => availableOf(sku) !== wanted(nth) || priceOf(sku) !== costOf(nth));
  const deadline = Date.now() + 60_000;
  while (wrong().length > 0 && Date.now() < deadline) {
    // What waits for its time is asked for now, as an operator would.
    await db.prisma.$executeRaw`
      UPDATE inventory_items SET retry_at = now() WHERE connection_id = ${connectionId} AND retry_at IS NOT NULL`;
    await runTask('PushInventory');
    await flowDone(service, 'push-inventory');
  }
  t.same(wrong(), [], 'SKU by SKU');
});

await t.test('a cross-border shop gets the price that buyers see, within its own limits', async (t) => {
  const email = 'afar@seller.example';
  const { openId } = control.addSeller({ name: 'Afar', email, password: 'demo', baseRegion: 'US' });
  const shopName = 'Afar Cross Border';
  const afar = control.addShop({ name: shopName, region: 'US', sellerType: 'CROSS_BORDER', openId });
  const skus = ['AFAR-1', 'AFAR-2'].map((sellerSku) => ({ sellerSku, price: '10.00', stock: 5 }));
  control.addProduct(afar.id, { title: 'A product that comes from afar', skus });
  const connected = await service.connectShop({
    email,
    region: 'US',
    isUs: true,
    shopName,
    shopId: afar.id,
  });
  const { partnerId: afarId } = await db.prisma.connection.update({
    where: { id: connected.connectionId },
    data: { settings },
  });
  await until(
    'the mirror',
    async () => (await db.prisma.catalogSku.count({ where: { shopId: afar.id } })) === 2,
  );
  const answer = await erp.call('POST', `Inventory/${afarId}`, {
    body: [
      { SupplierSKU: 'AFAR-1', Quantity: 3, Cost: 12.5 },
      { SupplierSKU: 'AFAR-2', Quantity: 4, Cost: 800.01 },
    ],
  });
  t.equal(answer.status, 200, answer.text);
  const inTikTok = (sku: string) => control.stock(afar.id, sku)[0];
  await until('the price in TikTok', () => inTikTok('AFAR-1')?.price === '12.50');
  await until('the stock in TikTok', () => inTikTok('AFAR-2')?.available === 4);
  const dear = await erp.call<Explained>('GET', `Inventory/${afarId}/Item/AFAR-2/Explain`);
  t.match(
    dear.json.Body.InventoryExplanation.Gates.find(({ Gate }) => Gate === 'price-valid'),
    { Outcome: 'refuse', Reason: /800/ },
    'a local shop could ask for more',
  );
  t.equal(inTikTok('AFAR-2')?.price, '10.00');
  const prices = (): number =>
    control.productEffects({ shop: afar.id, kind: 'price_updated' }).effects.length;
  t.equal(prices(), 1);
  for (const [job, flow] of [
    ['PullCatalogue', 'pull-catalogue'],
    ['PushInventory', 'push-inventory'],
  ] as const) {
    await runTask(job, shopName);
    await flowDone(service, flow, connected.connectionId);
  }
  t.equal(prices(), 1, 'read back as TikTok shows it to such sellers, nothing differs');
});

await t.test('the panic button empties the shop at once, whatever else waits', async (t) => {
  const answer = await erp.call('PUT', `${shop}/ZeroOut`);
  t.equal(answer.status, 200, answer.text);
  const listed = await db.prisma.inventoryItem.findMany({
    where: { connectionId },
    select: { supplierSku: true },
  });
  const known = new Set(listed.map(({ supplierSku }) => supplierSku));
  const live = control.stock(shopId).filter(({ sellerSku }) => known.has(sellerSku));
  t.ok(live.length > GENERATED);
  await until('empty shelves', () => live.every(({ sellerSku }) => availableOf(sellerSku) === 0), 30_000);
  t.pass();
});

function costOf(nth: number): string {
  return (5 + nth / 100).toFixed(2);
}

await t.test('while items wait, Freshness and Run now tell when they will be in TikTok', async (t) => {
  await until('nothing waits', async () => (await freshness()).Pending === 0, 60_000);
  // The push is not woken; no other setting changes, which would open all items again.
  await db.prisma.$executeRaw`
    UPDATE connections SET settings = settings || '{"pushOnChange": false}' WHERE id = ${connectionId}`;
  const blockUntil = (time: number) =>
    db.prisma.budget.updateMany({
      where: { shopId, endpoint: { endsWith: '/inventory/update' } },
      data: { blockedUntil: new Date(time) },
    });
  await blockUntil(Date.now() + 3_600_000);
  await upload([{ SupplierSKU: 'TEE-RED-L', Quantity: 11 }]);
  const text = /1 call takes about (1 h|59 min).*, until 20/;
  t.match(await freshness(), {
    Pending: 1,
    Expected: { Calls: 1, CallsPerSecond: Number, FinishAt: String, Text: text },
  });
  const task = (await erp.tasks()).find(
    ({ JobName, PartnerName }) => JobName === 'PushInventory' && PartnerName === harborGoods.shopName,
  );
  const ran = await erp.call('PUT', `Settings/ScheduledTasks/Trigger?id=${task?.Id}`);
  t.match(ran.json, { Body: text }, ran.text);

  await blockUntil(Date.now());
  await until('the stock in TikTok', async () => {
    await runTask('PushInventory');
    return availableOf('TEE-RED-L') === 11 - ordered;
  });
  await until('nothing is expected any more', async () => (await freshness()).Expected === undefined);
});

async function freshness(): Promise<{ Pending: number; Expected?: object }> {
  const { json } = await erp.call<{ Body: { Freshness: { Pending: number; Expected?: object } } }>(
    'GET',
    `${shop}/Freshness`,
  );
  return json.Body.Freshness;
}

async function upload(items: object[]): Promise<void> {
  const answer = await erp.call('POST', shop, { body: items });
  if (answer.status >= 300) throw new Error(answer.text);
}

async function explain(sku: string): Promise<Explained['Body']['InventoryExplanation']> {
  const answer = await erp.call<Explained>('GET', `${shop}/Item/${encodeURIComponent(sku)}/Explain`);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json.Body.InventoryExplanation;
}

async function notSent(): Promise<NotSent['Body']['NotSent']> {
  return (await erp.call<NotSent>('GET', `${shop}/NotSent`)).json.Body.NotSent;
}

async function runTask(jobName: string, shopName = harborGoods.shopName): Promise<void> {
  const task = (await erp.tasks()).find(
    ({ JobName, PartnerName }) => JobName === jobName && PartnerName === shopName,
  );
  await erp.call('PUT', `Settings/ScheduledTasks/Trigger?id=${task?.Id}`);
}

/** No run under way and none asked for, after at least one success. */
async function flowDone({ db: store }: Service, name: string, shop = connectionId): Promise<void> {
  await until(`${name} is done`, async () => {
    const flow = await store.prisma.flow.findFirstOrThrow({ where: { connectionId: shop, name } });
    const isIdle = flow.leaseUntil === null && flow.requested <= flow.requestedSeen;
    return isIdle && flow.lastSuccessAt !== null;
  });
}

function availableOf(sellerSku: string): number | undefined {
  return control.stock(shopId, sellerSku)[0]?.available;
}

function priceOf(sellerSku: string): string | undefined {
  return control.stock(shopId, sellerSku)[0]?.price;
}
