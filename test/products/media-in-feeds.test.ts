import { randomUUID } from 'node:crypto';
import t from 'tap';
import { storeProducts } from '../../src/catalogue/catalogue-store.js';
import type { ShopProduct } from '../../src/domain/product.js';
import type { Listing } from '../../src/domain/shop-listing.js';
import { keepEntity, settleEntity } from '../../src/products/compliance/entity-store.js';
import {
  claimSource,
  claimUpload,
  hashOfUrl,
  noteAnswer,
  releaseSource,
  settleUpload,
} from '../../src/products/media/media-store.js';
import type { ShopApi } from '../../src/tiktok/shop-api.js';
import { png } from '../simulator/support/listing-calls.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { csv, productApi } from './product-files.js';

const db = await testDatabase(t);
const listings = new Map<string, Listing>();
const shopApi = {
  readLatestListing: async (productId: string) => listings.get(productId) ?? null,
} as unknown as ShopApi;
const api = await productApi(t, db, {}, { openShop: async () => ({ api: shopApi }) as never });
const { sendFeed, itemOf, call } = api;
const { partnerId, connectionId, companyId } = api.seller;
const base = `/api/v3/Product/${partnerId}`;
const openId = `open-${connectionId}`;
const authorization = await db.prisma.authorization.create({
  data: { companyId, environment: 'simulator', appKey: 'app', openId },
});
await db.prisma.connection.update({
  where: { id: connectionId },
  data: { shopCipher: 'cipher', authorizationId: authorization.id },
});
const { shopId } = await db.prisma.connection.findUniqueOrThrow({ where: { id: connectionId } });
const account = { companyId, environment: 'simulator', appKey: 'app', openId };
const DAY = 24 * 3_600_000;

/** As ensureUploads leaves it. */
async function known(url: string, contentHash: string, uri: string | null): Promise<void> {
  const of = { companyId, urlHash: hashOfUrl(url) };
  await claimSource(db.prisma, companyId, of.urlHash);
  await noteAnswer(db.prisma, of, {
    content: { hash: contentHash, etag: null, modified: null },
    refusal: null,
  });
  await releaseSource(db.prisma, companyId, of.urlHash);
  const upload = { contentHash, use: 'MAIN_IMAGE' as const };
  await claimUpload(db.prisma, account, { ...upload, maxAgeMs: DAY });
  const answer = { url: `https://served.example/${uri}`, width: 600, height: 600, file: null };
  await settleUpload(
    db.prisma,
    account,
    upload,
    uri === null
      ? {
          refusal: {
            message: 'has 299 x 299 pixels; TikTok takes 300 to 4000 on each side here',
            code: '12052301',
            nearest: '300 pixels',
            next: 'Take a larger original',
          },
        }
      : { uri, answer },
  );
}

const headers = [
  'SKU',
  'Title',
  'Description',
  'Category',
  'Cost',
  'Weight',
  'Weight Unit',
  'Quantity',
  'Image 1',
  'Image 2',
];
const lamp = (sku: string, ...images: string[]) =>
  csv([
    headers,
    [
      sku,
      'A lamp for the desk with a long arm',
      '<p>Bright.</p>',
      '855056',
      '20.00',
      '1',
      'kg',
      '3',
      images[0] ?? '',
      images[1] ?? '',
    ],
  ]);

function form(content: Buffer, fileName: string) {
  const boundary = `form-${randomUUID()}`;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
          'Content-Type: image/jpeg\r\n\r\n',
      ),
      content,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  };
}

await t.test('a seller hands an image over and gets the name by which a feed calls it', async (t) => {
  const first = await call('POST', `${base}/Files`, form(png(500), 'front.jpg'));
  t.equal(first.statusCode, 201, first.body);
  const { Name, ...rest } = first.json().Body;
  t.match(rest, { Format: 'PNG', Width: 500, Height: 500, FileName: 'front.jpg' });
  const again = await call('POST', `${base}/Files`, {
    headers: { 'content-type': 'image/png' },
    payload: png(500),
  });
  t.equal(again.json().Body.Name, Name, 'the same content has the same name');
  t.match((await call('GET', `${base}/Files`)).json(), { TotalRecords: 1, Records: [{ Name }] });
  const { feed } = await sendFeed(lamp('FILE-1', Name));
  t.notOk((await itemOf(feed, 'FILE-1')).Findings.some(({ Rule }) => Rule === 'image-address'));
  const audit = await db.prisma.auditEntry.findFirst({ where: { action: 'product-file.kept' } });
  t.match(audit?.subject, Name);
});

await t.test('what is no image is refused at the door, and nothing of it is kept', async (t) => {
  const before = await db.prisma.mediaFile.count();
  for (const [content, says] of [
    [Buffer.from('<!DOCTYPE html><html></html>'), /a page/],
    [Buffer.from('GIF89a'.padEnd(60, '.')), /a GIF/],
    [png(500).subarray(0, 100), /in the middle/],
    [Buffer.alloc(0), /empty/],
    [Buffer.concat([png(500), Buffer.alloc(11_000_000)]), /10 MB/],
  ] as const) {
    const answer = await call('POST', `${base}/Files`, form(content, 'a.jpg'));
    t.equal(answer.statusCode, 400, answer.body);
    t.match(answer.body, says);
  }
  const huge = await call('POST', `${base}/Files`, form(Buffer.alloc(21 * 1024 * 1024), 'a.jpg'));
  t.equal(huge.statusCode, 413);
  t.equal(await db.prisma.mediaFile.count(), before);
});

await t.test('files are a matter of their company', async (t) => {
  const other = await createSeller(db);
  t.equal((await call('GET', `/api/v3/Product/${other.partnerId}/Files`)).statusCode, 404);
  t.equal(
    (await call('POST', `/api/v3/Product/${other.partnerId}/Files`, form(png(500), 'a'))).statusCode,
    404,
  );
  const { Name } = (await call('POST', `${base}/Files`, form(png(510), 'gone.png'))).json().Body;
  t.equal((await call('DELETE', `${base}/Files/${encodeURIComponent(Name)}`)).statusCode, 200);
  t.equal((await call('DELETE', `${base}/Files/${encodeURIComponent(Name)}`)).statusCode, 404);
});

await t.test(
  'the dry run shows images by their hash, and counts those that TikTok does not have',
  async (t) => {
    const [one, two, three] = [
      'https://cdn.example.com/1.jpg',
      'https://cdn.example.com/2.jpg',
      'https://cdn.example.com/3.jpg',
    ];
    await known(one, 'a'.repeat(64), 'tos-1');
    await known(two, 'b'.repeat(64), 'tos-2');
    const { feed } = await sendFeed(lamp('LAMP-1', one, two));
    const product: ShopProduct = {
      productId: '1729',
      title: 'Lamp',
      status: 'ACTIVATE',
      updatedAt: new Date(),
      skus: [{ skuId: '1', sellerSku: 'LAMP-1', price: '20.00', currency: 'USD', stock: [], status: null }],
    } as unknown as ShopProduct;
    await storeProducts(
      db.prisma,
      { environment: 'simulator', shopId: shopId ?? '' },
      [product],
      new Date(),
    ).catch(() => undefined);
    await db.prisma.wantedProduct.updateMany({
      where: { connectionId, name: 'LAMP-1' },
      data: { tiktokProductId: '1729', link: 'own' },
    });
    const listing = {
      productId: '1729',
      status: 'ACTIVATE',
      auditStatus: 'APPROVED',
      title: 'A lamp for the desk with a long arm',
      description: '<p>Bright.</p>',
      categoryId: '855056',
      brandId: null,
      images: ['tos-1', 'tos-2'],
      videoId: null,
      weight: { value: '1', unit: 'KILOGRAM' },
      dimensions: null,
      attributes: [],
      certificates: [],
      sizeChart: null,
      manufacturerIds: [],
      responsiblePersonIds: [],
      externalId: null,
      isCodAllowed: null,
      minimumOrder: null,
      deliveryOptionIds: [],
      skus: [
        {
          skuId: '1',
          sellerSku: 'LAMP-1',
          externalId: null,
          options: [],
          code: null,
          price: '20.00',
          currency: 'USD',
          stock: [],
          weight: null,
          dimensions: null,
        },
      ],
    } as Listing;
    listings.set('1729', listing);
    const run = async (of: number) => (await call('GET', `${base}/DryRun?feed=${of}`)).json().Body;
    t.match((await run(feed)).Products, [{ ProductId: 'LAMP-1', Outcome: 'Untouched' }], 'the same images');
    const changed = await sendFeed(lamp('LAMP-1', two, three));
    const body = await run(changed.feed);
    t.match(body.Summary, { ImagesToUpload: 1 });
    t.match(body.Products, [
      {
        Changes: [
          {
            Column: 'Image 1',
            From: 'sha256:aaaaaaaaaaaa tos-1 sha256:bbbbbbbbbbbb tos-2',
            To: `sha256:bbbbbbbbbbbb ${two} ${three}`,
          },
        ],
        ImagesToUpload: [{ Url: three, UseCase: 'MAIN_IMAGE' }],
      },
    ]);
  },
);

await t.test('a refused image is a finding of its row and column, and goes when it is mended', async (t) => {
  const bad = 'https://cdn.example.com/small.jpg';
  const { feed } = await sendFeed(lamp('LAMP-2', 'https://cdn.example.com/ok.jpg', bad));
  t.notOk((await itemOf(feed, 'LAMP-2')).Findings.some(({ Level }) => Level === 'error'));
  await known(bad, 'c'.repeat(64), null);
  const { productKey } = await db.prisma.wantedProduct.findFirstOrThrow({
    where: { connectionId, name: 'LAMP-2' },
  });
  await db.prisma.wantedProduct.updateMany({
    where: { connectionId, productKey },
    data: { checkedVersion: null },
  });
  const item = await itemOf(feed, 'LAMP-2');
  t.equal(item.IsCompliant, false);
  t.match(
    item.Findings.filter(({ Rule }) => Rule === 'image-refused'),
    [
      {
        Level: 'error',
        Column: 'Image 2',
        Row: 2,
        Value: bad,
        TikTokCode: '12052301',
        Nearest: '300 pixels',
      },
    ],
  );
  await db.prisma.$executeRaw`
    UPDATE media_sources SET fetched_at = fetched_at - interval '1 hour' WHERE url_hash = ${hashOfUrl(bad)}`;
  await db.prisma.$executeRaw`UPDATE wanted_products SET checked_at = checked_at - interval '1 hour'`;
  t.equal(
    (await itemOf(feed, 'LAMP-2')).IsCompliant,
    true,
    'it is looked at again, and the next push tries it',
  );
});

await t.test('an operator sees which manufacturers TikTok has, and what they were made from', async (t) => {
  const entity = await keepEntity(db.prisma, {
    connectionId,
    companyId,
    content: {
      kind: 'manufacturer',
      manufacturer: {
        name: 'Example Maker GmbH',
        tradeName: null,
        email: 'gpsr@example.test',
        phone: { countryCode: '+49', localNumber: '3012345678' },
        address: 'Musterstr. 1, 10115 Berlin',
        locale: 'de-DE',
      },
    },
    now: new Date(),
  });
  await settleEntity(db.prisma, entity.id, { state: 'made', tiktokId: '7001', reason: null });
  const list = (await call('GET', `${base}/Compliance`)).json();
  t.match(list, {
    TotalRecords: 1,
    Records: [
      {
        Kind: 'Manufacturer',
        State: 'Made',
        TikTokId: '7001',
        Content: { Name: 'Example Maker GmbH', Phone: { CountryCode: '+49' } },
      },
    ],
  });
  t.match((await call('GET', `${base}/Compliance/${entity.id}`)).json(), { Body: { Id: entity.id } });
  t.equal((await call('GET', `${base}/Compliance/999999`)).statusCode, 404);
});

await t.test('a seller has a manufacturer made once, by what it is, and hears what is missing', async (t) => {
  const Content = {
    Name: 'Second Maker GmbH',
    Email: 'gpsr@second.test',
    Phone: { CountryCode: '+49', LocalNumber: '30 7654321' },
    Address: 'Beispielweg 2, 10115 Berlin',
  };
  const make = (body: object) => call('POST', `${base}/Compliance`, { payload: body });
  const first = await make({ Kind: 'Manufacturer', Content });
  t.match(first.json(), {
    Body: { Kind: 'Manufacturer', State: 'Pending', Content: { Name: Content.Name } },
  });
  const { Id } = first.json().Body;
  t.equal(
    (await make({ Kind: 'Manufacturer', Content: { ...Content, Name: ` ${Content.Name} ` } })).json().Body.Id,
    Id,
  );
  t.equal(await db.prisma.outboxEntry.count({ where: { effect: 'create-compliance-entity' } }), 1);
  const bad = await make({
    Kind: 'ResponsiblePerson',
    Content: { Name: 'A', Email: 'nobody', Country: 'Spain' },
  });
  t.equal(bad.statusCode, 400);
  t.same(
    bad.json().Body[0].Details.map(({ Field }: { Field: string }) => Field),
    ['Content.Email', 'Content.Phone', 'Content.Street', 'Content.PostalCode', 'Content.Country'],
  );
});
