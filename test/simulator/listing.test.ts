import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { coloured, listingShop, png, sku } from './support/listing-calls.js';
import { first, ids, rows, textOf, type Json } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;

const states = (product: Json): unknown[] => [product['status'], (product['audit'] as Json)['status']];

await t.test('a product is created, waits for its audit, and is on sale once that has passed', async (t) => {
  for (const region of ['US', 'ID', 'GB', 'DE', 'JP', 'MX', 'BR', 'TH', 'SG']) {
    const shop = listingShop(simulator, region);
    const body = await shop.body();
    const made = await shop.create(body);
    t.equal(made.code, 0, `${region} ${made.message}`);
    if (made.code !== 0) continue;
    const id = textOf(made.data['product_id']);
    const waiting = (await shop.product(id)).data;
    t.strictSame(states(waiting), ['PENDING', 'AUDITING'], region);
    control.setClock({ advanceSeconds: 301 });
    const live = (await shop.product(id)).data;
    t.strictSame(states(live), ['ACTIVATE', 'APPROVED'], region);
    t.equal(live['title'], body['title']);
    t.strictSame(ids(live['skus']), ids(made.data['skus']));
    t.equal(first(live['category_chains'])['parent_id'], '0');
    const price = first(live['skus'])['price'] as Json;
    t.equal(Number(price['sale_price']), Number((first(body['skus'])['price'] as Json)['amount']));
    t.notOk('amount' in price, 'a price is read under another name than it is written');
  }
});

await t.test('what a create says is what Get Product gives back', async (t) => {
  const shop = listingShop(simulator);
  const image = await shop.image('ATTRIBUTE_IMAGE');
  const { id } = await shop.live({
    external_product_id: 'our-1',
    skus: [
      sku(simulator, shop, 'MUG-RED', {
        sales_attributes: [
          { id: '100000', value_id: '1729592969714', sku_img: { uri: image } },
          { name: 'Handle', value_name: 'Big' },
        ],
        identifier_code: { type: 'UPC', code: '012345678905' },
        external_sku_id: 'ours-red',
      }),
    ],
  });
  const { data } = await shop.product(id);
  t.equal(data['external_product_id'], 'our-1');
  const [red] = rows(data['skus']);
  t.match(red, {
    seller_sku: 'MUG-RED',
    external_sku_id: 'ours-red',
    identifier_code: { type: 'UPC', code: '012345678905' },
    inventory: [{ warehouse_id: shop.warehouse, quantity: 20 }],
  });
  const [colour, handle] = rows(red?.['sales_attributes']);
  t.match(colour, { id: '100000', name: 'Color', value_id: '1729592969714', value_name: 'Red' });
  t.match(colour?.['sku_img'], { uri: image, width: 600, height: 600 });
  t.match(handle, { name: 'Handle', value_name: 'Big' });
  t.match(textOf(handle?.['id']), /^\d{15,}$/, 'TikTok gives its own attribute an id');
});

await t.test('an image is what its bytes say, and belongs to one use', async (t) => {
  const shop = listingShop(simulator);
  const good = await shop.upload(png(640, 480), 'DESCRIPTION_IMAGE');
  t.match(good.data, { width: 640, height: 480, use_case: 'DESCRIPTION_IMAGE' });
  const square = await shop.upload(png(900, 300), 'MAIN_IMAGE');
  t.match(square.data, { width: 900, height: 900 }, 'a long one becomes square');
  t.equal((await shop.upload(Buffer.alloc(0), 'MAIN_IMAGE')).code, 12038002);
  t.equal((await shop.upload(Buffer.from('just words'), 'MAIN_IMAGE')).code, 12038004);
  const page = await shop.upload(Buffer.from('<!DOCTYPE html><html></html>'), 'MAIN_IMAGE');
  t.equal(page.code, 12038015, 'a page in place of an image');
  t.match(page.message, /JPG, JPEG, PNG, WEBP, HEIC, BMP/);
  t.equal((await shop.upload(png(600).subarray(0, 20), 'MAIN_IMAGE')).code, 12038004, 'cut');
  t.equal(
    (await shop.upload(Buffer.concat([png(300), Buffer.alloc(11_000_000)]), 'MAIN_IMAGE')).code,
    12038005,
  );
  const tiny = await shop.upload(png(99), 'MAIN_IMAGE');
  t.strictSame([tiny.code, /100 x 100 to 20000 x 20000/.test(tiny.message)], [12038014, true]);
  t.equal((await shop.upload(png(300), 'POSTER')).code, 36009004);

  const body = await shop.body();
  const small = await shop.image('MAIN_IMAGE', 299);
  t.notSame(small, '', 'a small one passes the upload');
  const refused = await shop.create({ ...body, main_images: [{ uri: small }] });
  t.strictSame(
    [refused.code, refused.message.includes(small)],
    [12052301, true],
    'and fails with the product',
  );
  const other = await shop.image('ATTRIBUTE_IMAGE');
  t.equal((await shop.create({ ...body, main_images: [{ uri: other }] })).code, 12052300);
  t.equal(
    (await shop.create({ ...body, main_images: [{ uri: 'https://shop.example/a.jpg' }] })).code,
    12052300,
  );
  t.equal(
    (await shop.check({ ...body, main_images: [{ uri: 'tos-nowhere/1' }] })).data['check_result'],
    'FAILED',
  );
});

await t.test('a call that takes files refuses JSON, and one that takes JSON refuses files', async (t) => {
  const shop = listingShop(simulator);
  const json = await shop.call('POST', '/product/202309/images/upload', { body: { data: 'x' }, cipher: '' });
  t.equal(json.code, 36009022);
  const body = { rawBody: Buffer.from('--x\r\n'), contentType: 'multipart/form-data; boundary=x' };
  t.equal((await shop.call('POST', '/product/202309/products', body)).code, 36009022);
  t.equal((await shop.call('POST', '/product/202309/images/upload', { ...body, cipher: '' })).code, 36009022);
  t.equal((await shop.call('POST', '/product/202309/images/upload', body)).code, 36009004, 'no shop_cipher');
});

await t.test('a file is taken by its name and its bytes', async (t) => {
  const shop = listingShop(simulator);
  const pdf = Buffer.from('%PDF-1.7\n1 0 obj');
  t.match((await shop.uploadFile(pdf, 'certificate.pdf')).data, { name: 'certificate.pdf', format: 'PDF' });
  t.equal((await shop.uploadFile(pdf, 'my certificate.pdf')).code, 12019105);
  t.equal((await shop.uploadFile(pdf, 'my.certificate.pdf')).code, 12019105);
  t.equal((await shop.uploadFile(pdf, 'film.mp4')).code, 12019105, 'the bytes are of another kind');
  t.equal((await shop.uploadFile(pdf, '')).code, 12019104);
  t.equal((await shop.uploadFile(Buffer.alloc(0), 'a.pdf')).code, 12019103);
  const large = Buffer.concat([pdf, Buffer.alloc(21 * 1024 * 1024)]);
  t.equal((await shop.uploadFile(large, 'large.pdf')).code, 12038005, 'beyond the limit of other bodies');
});

await t.test('a create that is sent again with its key makes nothing twice', async (t) => {
  const shop = listingShop(simulator);
  const body = { ...(await shop.body()), idempotency_key: 'k-1' };
  const [one, two] = [await shop.create(body), await shop.create(body)];
  t.strictSame(two.data, one.data);
  t.equal(control.products(shop.shopId).length, 1);
  const other = await shop.create({ ...body, title: 'Another mug of stoneware with a handle' });
  t.equal(other.data['product_id'], one.data['product_id'], 'the first answer, whatever is sent');
  control.setBehaviour({ keyOfOtherContent: 'refused' });
  t.equal((await shop.create({ ...body, title: 'A third mug' })).code, 12052910);
  control.setBehaviour({ keyOfOtherContent: 'first_answer' });
  control.setClock({ advanceSeconds: 90_000 });
  t.not((await shop.create(body)).data['product_id'], one.data['product_id'], 'a key is not known for ever');
  const wrong = { ...body, idempotency_key: 'k-2', skus: [] };
  t.equal((await shop.create(wrong)).code, 12052902);
  t.equal((await shop.create({ ...body, idempotency_key: 'k-2' })).code, 0, 'a refusal keeps no key');
});

await t.test('a draft may lack what a listing needs, and is not reviewed', async (t) => {
  const shop = listingShop(simulator);
  const made = await shop.create({ ...(await shop.body({ main_images: [] })), save_mode: 'AS_DRAFT' });
  t.equal(made.code, 0, made.message);
  const id = textOf(made.data['product_id']);
  t.strictSame(states((await shop.product(id)).data), ['DRAFT', 'NONE']);
  t.equal((await shop.changeStatus('activate', [id])).code, 0);
  t.strictSame(states((await shop.product(id)).data), ['DRAFT', 'NONE'], 'a draft is not activated');
  t.equal((await shop.partialEdit(id, { title: 'Stoneware mug, now complete' })).code, 12052028);
  const images = [{ uri: await shop.image('MAIN_IMAGE') }];
  t.equal((await shop.partialEdit(id, { main_images: images })).code, 0);
  control.setClock({ advanceSeconds: 301 });
  t.strictSame(states((await shop.product(id)).data), ['ACTIVATE', 'APPROVED']);
});

await t.test(
  'SKUs that an edit adds wait for its audit, and cannot be seen or restocked before',
  async (t) => {
    const shop = listingShop(simulator);
    const { id, skus } = await shop.live({
      skus: [coloured(simulator, shop, 'Red'), coloured(simulator, shop, 'Blue')],
    });
    const live = (await shop.product(id)).data;
    const kept = rows(live['skus']).map((one) => ({
      id: one['id'],
      seller_sku: one['seller_sku'],
      sales_attributes: rows(one['sales_attributes']).map((a) => ({ id: a['id'], value_id: a['value_id'] })),
    }));
    const edited = await shop.partialEdit(id, { skus: [...kept, coloured(simulator, shop, 'Green')] });
    t.equal(edited.code, 0, edited.message);
    t.strictSame(edited.data['audit'], { status: 'AUDITING' });
    const green = ids(edited.data['skus'])[2] ?? '';
    t.strictSame(
      ids((await shop.product(id)).data['skus']),
      skus,
      'the old version is what Get Product shows',
    );
    const review = await shop.product(id, { return_under_review_version: 'true' });
    t.strictSame(ids(review.data['skus']), [...skus, green]);
    t.strictSame(rows(review.data['skus'])[2]?.['inventory'], [
      { warehouse_id: shop.warehouse, quantity: 20 },
    ]);
    const stock = await shop.updateInventory(id, [{ id: green, inventory: [{ quantity: 5 }] }]);
    t.match(first(stock.data['errors']), { detail: { extra_errors: [{ code: 12052556 }] } });
    control.setClock({ advanceSeconds: 301 });
    t.strictSame(ids((await shop.product(id)).data['skus']), [...skus, green]);
    t.equal((await shop.product(id, { return_under_review_version: 'true' })).code, 12052547);
    t.equal(
      (await shop.product(id, { return_under_review_version: 'true', return_draft_version: 'true' })).code,
      36009004,
    );
  },
);
