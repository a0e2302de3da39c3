import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { listingShop, sku } from './support/listing-calls.js';
import { first, ids, rows, textOf, type Json } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;

// Names of the fields in answers of a shop in Vietnam, July 2026.
const seenProduct =
  'audit brand category_chains create_time description has_draft id is_cod_allowed is_not_for_sale is_pre_owned is_replicated main_images manufacturer_ids package_dimensions package_weight product_attributes product_status product_tags recommended_categories responsible_person_ids shipping_insurance_requirement skus status subscribe_info title update_time';
const seenSku =
  'global_listing_policy id inventory price sales_attributes seller_sku sku_dimensions sku_weight status_info';
const seenImage = 'height thumb_urls uri urls width';
const seenFound =
  'audit create_time has_draft id is_not_for_sale product_tags recommended_categories sales_regions skus status title update_time';

/** Names that are missing. */
const missing = (names: string, value: Json): string[] => names.split(' ').filter((name) => !(name in value));

await t.test('a product has the fields that were seen live', async (t) => {
  const shop = listingShop(simulator, 'VN');
  const brands = await shop.call('GET', '/product/202309/brands', { query: { page_size: '100' } });
  const brand = rows(brands.data['brands']).find((one) => one['is_t1_brand'] !== true);
  const { id } = await shop.live({ brand_id: brand?.['id'] });
  const { data } = await shop.product(id);
  t.strictSame(missing(seenProduct, data), []);
  t.strictSame(missing(seenSku, first(data['skus'])), []);
  t.strictSame(missing(seenImage, first(data['main_images'])), []);
  t.match(data, { product_status: 'ACTIVATE', shipping_insurance_requirement: 'NOT_SUPPORTED' });
  t.strictSame(data['brand'], { id: brand?.['id'], name: brand?.['name'] });
  t.match(first(data['skus']), {
    global_listing_policy: { inventory_type: 'EXCLUSIVE', price_sync: false },
    price: { currency: 'VND', sale_price: '100000', tax_exclusive_price: '100000' },
    sku_weight: { unit: 'KILOGRAM', value: '0.5' },
  });
  const found = await shop.call('POST', '/product/202309/products/search', {
    query: { page_size: '10' },
    body: { seller_skus: ['MUG-1'] },
  });
  t.strictSame(missing(seenFound, first(found.data['products'])), []);
});

await t.test('what was taken live is taken here', async (t) => {
  const shop = listingShop(simulator, 'VN');
  const { package_dimensions: _size, ...body } = await shop.body();
  const price = { amount: '100000', currency: 'VND' };
  const inventory = [{ warehouse_id: shop.warehouse, quantity: 100 }];
  const weight = { package_weight: { value: '500', unit: 'GRAM' } };
  const made = await shop.create({
    ...body,
    ...weight,
    skus: [{ seller_sku: 'water-bottle-100ml', inventory, price, list_price: price }],
  });
  t.equal(made.code, 0, made.message);
  const [skuId = ''] = ids(made.data['skus']);
  t.strictSame(made.data['skus'], [{ id: skuId, seller_sku: 'water-bottle-100ml' }]);
  t.strictSame(made.data['warnings'], []);
  const id = textOf(made.data['product_id']);
  control.setClock({ advanceSeconds: 301 });
  control.setBehaviour({ productAuditSec: 0 });
  const { main_images: _images, ...blank } = body;
  const path = `/product/202309/products/${id}`;
  const edited = await shop.call('PUT', path, {
    body: {
      ...blank,
      ...weight,
      title: 'Authentic stainless steel water bottle 750ml',
      skus: [{ inventory, price }],
    },
  });
  control.setBehaviour({ productAuditSec: 300 });
  t.equal(edited.code, 0, edited.message);
  t.strictSame(edited.data['audit'], { status: 'APPROVED' });
  const [next = ''] = ids(edited.data['skus']);
  t.strictSame(edited.data['skus'], [{ id: next }]);
  t.not(next, skuId, 'the SKU is another one');
  const priced = await shop.updatePrice(id, [{ id: next, price: { amount: '80000', currency: 'VND' } }]);
  t.strictSame(priced.data, {});
  const stocked = await shop.updateInventory(id, [{ id: next, inventory: [{ quantity: 15 }] }]);
  t.strictSame(stocked.data, {});
});

await t.test('a product that nobody has listed can be edited like any other', async (t) => {
  for (const region of ['US', 'ID', 'GB', 'DE']) {
    const shop = listingShop(simulator, region);
    const { id } = control.addProduct(shop.shopId, {
      title: 'Made in Seller Center, long before any app came',
      skus: [{ sellerSku: 'OLD-1' }, { sellerSku: 'OLD-2' }],
    });
    const edited = await shop.partialEdit(id, { title: 'Made in Seller Center, and changed by an app' });
    t.equal(edited.code, 0, `${region} ${edited.message}`);
    control.setClock({ advanceSeconds: 301 });
    const { data } = await shop.product(id);
    t.strictSame(
      [data['title'], rows(data['skus']).map((one) => one['seller_sku'])],
      ['Made in Seller Center, and changed by an app', ['OLD-1', 'OLD-2']],
    );
  }
});

await t.test('images may have a rate of their own', async (t) => {
  const limited = await startSimulator({ rateLimits: { perSecond: 1000, burst: 1000 } });
  t.teardown(() => limited.close());
  limited.control.setRateLimits({ calls: [{ path: '/product/{version}/images', perSecond: 1 }] });
  const shop = listingShop(limited);
  const codes: number[] = [];
  for (let count = 0; count < 2; count++)
    codes.push((await shop.upload(Buffer.from('x'), 'MAIN_IMAGE')).code);
  t.strictSame(codes, [12038004, 36009002]);
  t.equal((await shop.searchProducts()).code, 0);
  t.equal((await shop.create({ skus: [sku(limited, shop, 'A')] })).code, 12052025, 'other calls are free');
});

await t.test('versions, drafts and uploads survive a saved state', async (t) => {
  const shop = listingShop(simulator);
  const { id } = await shop.live();
  await shop.partialEdit(id, { title: 'Stoneware mug, under review' });
  const saved: unknown = JSON.parse(JSON.stringify(control.snapshot()));
  control.restore(saved);
  t.match(control.versions(id), { review: { title: 'Stoneware mug, under review' } });
  t.equal((await shop.create(await shop.body())).code, 0, 'images are known');
  control.setClock({ advanceSeconds: 301 });
  t.equal((await shop.product(id)).data['title'], 'Stoneware mug, under review');
});

await t.test('a seed shows a product in every state, and its page has buttons for it', async (t) => {
  const seeded = await startSimulator({ fast: true, seed: 'products' });
  t.teardown(() => seeded.close());
  const shop = seeded.control.shops().find(({ name }) => name === 'Every Listing DE');
  const products = seeded.control.products(shop?.id ?? '');
  t.equal(products.length, 12);
  t.equal(new Set(products.map(({ status, audit }) => `${status} ${audit}`)).size, 11);
  const page = await (await fetch(seeded.url)).text();
  for (const button of ['Audit passes', 'Audit refuses', 'TikTok deactivates', 'Appeal granted'])
    t.ok(page.includes(button), button);
  const waiting = products.find(({ status, audit }) => status === 'PENDING' && audit === 'AUDITING');
  const press = (act: string): Promise<Response> =>
    fetch(`${seeded.url}/_pages/acts`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ product: waiting?.id ?? '', act }),
    });
  t.equal((await press('audit_passes')).status, 400);
  t.equal((await press('audit_refuses')).status, 303);
  t.equal(seeded.control.product(waiting?.id ?? '').status, 'FAILED');
  t.equal((await press('audit_approves')).status, 409);
});
