import t from 'tap';
import { storeProducts } from '../../src/catalogue/catalogue-store.js';
import type { ShopProduct } from '../../src/domain/product.js';
import type { Listing } from '../../src/domain/shop-listing.js';
import type { ShopApi } from '../../src/tiktok/shop-api.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { csv, productApi } from './product-files.js';

const db = await testDatabase(t);
/** What TikTok has, by the id of the product; every call that is not a question is one too many. */
const listings = new Map<string, Listing>();
const reads: string[] = [];
const shopApi = {
  readLatestListing: async (productId: string) => {
    reads.push(productId);
    return listings.get(productId);
  },
} as unknown as ShopApi;
const api = await productApi(t, db, {}, { openShop: async () => ({ api: shopApi }) as never });
const { sendFeed, itemsOf, itemOf, call } = api;
const { partnerId, connectionId, companyId } = api.seller;
const base = `/api/v3/Product/${partnerId}`;
await db.prisma.connection.update({
  where: { id: connectionId },
  data: {
    shopCipher: 'cipher',
    authorizationId: (
      await db.prisma.authorization.create({
        data: { companyId, environment: 'simulator', appKey: 'app', openId: `open-${connectionId}` },
      })
    ).id,
  },
});
const connection = await db.prisma.connection.findUniqueOrThrow({ where: { id: connectionId } });
const shop = { environment: 'simulator', shopId: connection.shopId ?? '' };

const shopify = csv([
  [
    'Handle',
    'Title',
    'Body (HTML)',
    'Vendor',
    'Product Category',
    'Option1 Name',
    'Option1 Value',
    'Variant SKU',
    'Variant Price',
    'Variant Inventory Qty',
    'Image Src',
  ],
  [
    'hood',
    'Warm hoodie of heavy cotton fleece',
    '<p>Warm.</p>',
    'My shop',
    'Apparel > Hoodies',
    'Size',
    'M',
    'H-M',
    '75.00',
    '3',
    'https://cdn.example.com/h.jpg',
  ],
  ['hood', '', '', '', '', '', 'L', 'H-L', '75.00', '4', ''],
]);

const template = {
  Conditions: [{ Field: 'Category Hint', Operator: 'contains', Value: 'hoodies' }],
  Fixed: { Category: '601226' },
  Defaults: {
    Weight: '0.6',
    'Weight Unit': 'kg',
    'Attribute:Materials': 'Cotton',
    'External Product Id': 'own-{Product}',
  },
};

await t.test('a template makes a file listable without touching its rows', async (t) => {
  const { feed } = await sendFeed(shopify);
  const rulesOf = async () =>
    (await itemOf(feed, 'hood')).Findings.filter(({ Level }) => Level === 'error').map(({ Rule }) => Rule);
  t.same((await rulesOf()).toSorted(), ['category-missing', 'weight-missing']);
  const saved = await call('PUT', `${base}/Templates/Hoodies`, { payload: template });
  t.equal(saved.statusCode, 200, saved.body);
  t.same(await rulesOf(), []);
  t.match(await itemsOf(feed, '?isCompliant=true'), [{ ProductId: 'hood' }]);
  t.match((await call('GET', `${base}/Templates`)).json(), {
    TotalRecords: 1,
    Records: [{ Name: 'Hoodies', Fixed: { Category: '601226' } }],
  });
});

await t.test('what a template says wrong is named, and what it does not match stays as it is', async (t) => {
  const bad = await call('PUT', `${base}/Templates/Bad`, {
    payload: { Conditions: [{ Operator: 'like' }], Fixed: { Category: 1e30 } },
  });
  t.equal(bad.statusCode, 400);
  for (const place of ['Conditions[0].Field', 'Conditions[0].Operator', 'Fixed.Category'])
    t.match(bad.body, place);
  const { feed } = await sendFeed(
    csv([
      ['SKU', 'Title', 'Category Hint'],
      ['LAMP', 'A lamp that no template is about', 'Lamps'],
    ]),
  );
  t.ok((await itemOf(feed, 'LAMP')).Findings.some(({ Rule }) => Rule === 'category-missing'));
});

await t.test('a template is copied to another shop of the company, and to nobody else', async (t) => {
  const second = await db.prisma.connection.create({
    data: {
      companyId,
      name: 'Second',
      environment: 'simulator',
      status: 'active',
      shopId: `7494${companyId}9`,
      shopName: 'Second',
      shopRegion: 'US',
    },
  });
  t.equal((await call('PUT', `${base}/Templates/Hoodies/CopyTo/${second.partnerId}`)).statusCode, 200);
  t.match((await call('GET', `/api/v3/Product/${second.partnerId}/Templates`)).json(), { TotalRecords: 1 });
  const foreign = await createSeller(db, 'Foreign');
  t.equal((await call('PUT', `${base}/Templates/Hoodies/CopyTo/${foreign.partnerId}`)).statusCode, 404);
});

await t.test(
  'a dry run says what would be created, with pictures and calls, and asks TikTok nothing for it',
  async (t) => {
    const answer = (await call('GET', `${base}/DryRun`)).json().Body;
    t.match(answer.Summary, {
      Created: 1,
      Blocked: 1,
      ImagesToUpload: 1,
      Calls: 1,
      QuotaUsed: 1,
      PlannedFinish: /^20/,
    });
    const line = answer.Products.find(({ ProductId }: { ProductId: string }) => ProductId === 'hood');
    t.match(line, {
      Outcome: 'Created',
      ImagesToUpload: [{ Url: 'https://cdn.example.com/h.jpg', UseCase: 'MAIN_IMAGE' }],
    });
    t.same(reads, []);
  },
);

function inTikTok(productId: string, title: string, skus: string[]): void {
  listings.set(productId, {
    productId,
    status: 'ACTIVATE',
    auditStatus: 'APPROVED',
    title,
    description: '<p>Warm.</p>',
    categoryId: '601226',
    brandId: null,
    images: ['tos/h'],
    videoId: null,
    weight: { value: '0.6', unit: 'KILOGRAM' },
    dimensions: null,
    attributes: [{ id: '100157', name: 'Materials', values: [{ id: '1', name: 'Cotton' }] }],
    certificates: [],
    sizeChart: null,
    manufacturerIds: [],
    responsiblePersonIds: [],
    externalId: 'own-hood',
    isCodAllowed: null,
    minimumOrder: null,
    deliveryOptionIds: [],
    skus: skus.map((sellerSku, nth) => ({
      skuId: `${productId}${nth}`,
      sellerSku,
      externalId: null,
      options: [
        {
          id: '1',
          name: 'Size',
          valueId: `${nth}`,
          valueName: sellerSku.slice(-1),
          imageUri: null,
          moreImageUris: [],
        },
      ],
      code: null,
      price: '70',
      currency: 'USD',
      stock: [{ warehouseId: 'w1', quantity: 1 }],
      weight: null,
      dimensions: null,
    })),
  });
}

async function mirror(productId: string, skus: string[]): Promise<void> {
  const product: ShopProduct = {
    productId,
    title: 'x',
    status: 'ACTIVATE',
    updatedAt: new Date('2026-11-30T00:00:00Z'),
    skus: skus.map((sellerSku, nth) => ({
      skuId: `${productId}${nth}`,
      sellerSku,
      status: 'NORMAL',
      price: null,
      currency: null,
      stock: [],
    })),
  };
  await db.prisma.$transaction((tx) => storeProducts(tx, shop, [product], new Date()));
}

const lineOf = async (name: string) =>
  (await call('GET', `${base}/DryRun`))
    .json()
    .Body.Products.find(({ ProductId }: { ProductId: string }) => ProductId === name);

await t.test(
  'a listing that TikTok had before is found by seller SKU, and waits until its difference was confirmed',
  async (t) => {
    inTikTok('1001', 'The title in TikTok of before', ['H-M', 'H-L']);
    await mirror('1001', ['H-M', 'H-L']);
    const line = await lineOf('hood');
    t.match(line, { Outcome: 'Unconfirmed', TikTokProductId: '1001', Next: /TakeOver/ });
    t.same(
      line.Changes.map(({ Column, From }: { Column: string; From: string }) => [Column, From]),
      [
        ['Title', 'The title in TikTok of before'],
        ['Image 1', 'tos/h'],
      ],
    );
    const text = (await call('GET', `${base}/DryRun`, { headers: { accept: 'text/csv' } })).body;
    t.match(text, 'hood,Unconfirmed,,Title,The title in TikTok of before,Warm hoodie of heavy cotton fleece');
    t.match((await call('PUT', `${base}/TakeOver/hood`)).json().Body, '1001');
    t.match(await lineOf('hood'), { Outcome: 'Changed', TikTokProductId: '1001' });
    t.match(
      await itemsOf((await sendFeed(shopify)).feed),
      [{ Status: 'Listed' }],
      'the link stays with the next file',
    );
  },
);

await t.test('of two listings with its seller SKU a person picks one', async (t) => {
  await sendFeed(
    csv([
      [
        'SKU',
        'Title',
        'Description',
        'Category',
        'Image 1',
        'Cost',
        'Weight',
        'Weight Unit',
        'Attribute:Materials',
      ],
      [
        'TWIN',
        'A shirt that stands in TikTok twice',
        'Text',
        '601226',
        'https://cdn.example.com/a.jpg',
        '5',
        '1',
        'kg',
        'Wool',
      ],
    ]),
  );
  for (const id of ['2001', '2002']) {
    inTikTok(id, 'Twin', ['TWIN']);
    await mirror(id, ['TWIN']);
  }
  t.match(await lineOf('TWIN'), { Outcome: 'Unclear', Candidates: ['2001', '2002'] });
  t.match((await call('PUT', `${base}/TakeOver/TWIN`)).json(), { Message: /Several/ });
  t.equal((await call('PUT', `${base}/TakeOver/TWIN?tikTokProductId=1001`)).statusCode, 400);
  t.equal((await call('PUT', `${base}/TakeOver/TWIN?tikTokProductId=2002`)).statusCode, 200);
  t.match((await lineOf('TWIN')).TikTokProductId, '2002');
  t.equal((await call('PUT', `${base}/TakeOver/nobody`)).statusCode, 404);
});
