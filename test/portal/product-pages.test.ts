/** A product feed from its file to the sale on the pages, and a listing that was there before, taken over after a look. */
import t from 'tap';
import { handMugPictureOver, mugColumns } from '../products/mug.js';
import { createBrowser, type Answer, type Browser } from '../support/browser.js';
import { harborGoods } from '../support/connect-shop.js';
import { createSellerWithKey } from '../support/service-world.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';

t.setTimeout(170_000);
const service = await startService(t, { environment: { TIKTOK_RATE_FACTOR: '50' } });
const { db, simulator, companyId } = service;
const { prisma } = db;
const { control } = simulator;
control.setBehaviour({ productAuditSec: 1 });
const { connectionId } = await service.connectShop(harborGoods);
const { partnerId } = await prisma.connection.findUniqueOrThrow({ where: { id: connectionId } });
await until('the catalogue', async () => {
  const flow = await prisma.flow.findFirst({ where: { connectionId, name: 'pull-catalogue' } });
  return flow?.watermark != null;
});

async function adasBrowser(): Promise<Browser> {
  const browser = createBrowser(service.url);
  await browser.logIn(service.operator);
  return browser;
}

async function upload(browser: Browser, how: 'try' | 'apply', content: string): Promise<Answer> {
  const page = await browser.get(`/inventory/upload?shop=${connectionId}&kind=product`);
  t.match(page.text, /<option value="product" selected/, 'the kind is chosen');
  const form = new FormData();
  form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '');
  form.set('shop', String(connectionId));
  form.set('kind', 'product');
  form.set('how', how);
  form.set('file', new Blob([content]), 'products.csv');
  const answer = await browser.request('/inventory/upload', { method: 'POST', body: form });
  return browser.get(answer.headers.get('location') ?? '/none');
}

const common = { ...mugColumns, 'Image 1': await handMugPictureOver(service, partnerId) };
const csvOf = (rows: Record<string, string>[]): string => {
  const names = Object.keys(rows[0] ?? {});
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
    .map((cells) => cells.map((cell) => `"${cell}"`).join(','))
    .join('\n');
};
const good = {
  'Merchant SKU': 'PAGE-MUG',
  Title: 'Stoneware mug with a glazed inside and a big handle',
  ...common,
};
const bad = { ...good, 'Merchant SKU': 'PAGE-BAD', Category: 'No such category' };

await t.test(
  'a feed is tried, applied, looked into and sent; the product is seen until it is on sale',
  async (t) => {
    const browser = await adasBrowser();
    const file = csvOf([good, bad]);
    const tried = await upload(browser, 'try', file);
    t.match(tried.text, /this was a dry run/);
    t.equal(await prisma.wantedProduct.count(), 0, 'and changes nothing');
    const applied = await upload(browser, 'apply', file);
    const feed = new URL(applied.url).pathname;
    await until(
      'the checks',
      async () => (await prisma.wantedProduct.count({ where: { checkedVersion: null } })) === 0,
    );
    const page = await browser.get(feed);
    t.match(page.text, /2 products, 1 in order, 0 to be sent or sent/);
    t.match(page.text, /not sent/, 'what is wrong, by kind');
    const problems = await browser.get(`/products?shop=${connectionId}&view=problems`);
    t.match(problems.text, /PAGE-BAD/);
    t.notMatch(problems.text, /PAGE-MUG/);
    await browser.get(feed);
    const sent = await browser.post(`${feed}/send`);
    t.match(sent.text, /1 products of feed \d+ are to be sent; 1 stay drafts, since checks found errors/);
    t.match(await prisma.auditEntry.findFirst({ where: { action: 'product-feed.sent' } }), {
      actorName: 'ada',
    });
    await until('the product', () => control.stock(harborGoods.shopId, 'PAGE-MUG').length === 1);
    const item = `/products/item?shop=${connectionId}&product=PAGE-MUG`;
    await until('its number here', async () =>
      /<dt>Product in TikTok<\/dt>/.test((await browser.get(item)).text),
    );
    const product = await browser.get(item);
    t.match(product.text, /Why it is, or is not, on sale/);
    t.match(product.text, /in TikTok/);
    t.match(product.text, /Calls to TikTok/);
    t.match((await browser.get(`/products?shop=${connectionId}`)).text, /product=PAGE-MUG/);
    const badItem = await browser.get(`/products/item?shop=${connectionId}&product=PAGE-BAD`);
    t.match(badItem.text, /What the checks found/);
    await browser.get(feed);
    t.match(
      (await browser.post(`${feed}/take-back`)).text,
      /1 drafts of feed \d+ were taken back; 1 products are in TikTok/,
    );
  },
);

await t.test(
  'a listing that was there before changes only after somebody has seen the difference',
  async (t) => {
    const browser = await adasBrowser();
    const sku = 'TEE-RED-L';
    const [before] = control.stock(harborGoods.shopId, sku);
    t.ok(before, 'the simulator has it');
    await upload(browser, 'apply', csvOf([{ ...good, 'Merchant SKU': sku }]));
    await until(
      'the checks',
      async () => (await prisma.wantedProduct.count({ where: { checkedVersion: null } })) === 0,
    );
    const item = `/products/item?shop=${connectionId}&product=${sku}`;
    t.match((await browser.get(item)).text, /What sending would change/);
    const changes = await browser.get(`/products/changes?shop=${connectionId}&product=${sku}`);
    t.match(changes.text, /unconfirmed|unclear|blocked/, changes.text.slice(-3_000));
    t.equal(
      await prisma.outboxEntry.count({ where: { orderingKey: `product ${sku}` } }),
      0,
      'nothing was sent',
    );
    const picked = /name="picked" value="(\d+)"/.exec(changes.text)?.[1] ?? '';
    const taken = await browser.post('/products/take-over', {
      shop: String(connectionId),
      product: sku,
      picked,
    });
    t.match(taken.text, /The listing is changed from here from now on/);
    const wanted = await prisma.wantedProduct.findFirstOrThrow({ where: { name: sku } });
    t.ok(wanted.confirmedAt);
    t.match(await prisma.auditEntry.findFirst({ where: { action: 'product.taken-over' } }), {
      actorName: 'ada',
    });
  },
);

await t.test('another company’s products are not there', async (t) => {
  const { companyId: other } = await createSellerWithKey(db, 'Another company');
  await prisma.operator.updateMany({ where: { login: 'ada' }, data: { role: 'seller', companyId: other } });
  const browser = await adasBrowser();
  const query = `?shop=${connectionId}&product=PAGE-MUG`;
  for (const path of [
    `/products?shop=${connectionId}`,
    `/products/item${query}`,
    `/products/changes${query}`,
  ])
    t.equal((await browser.get(path)).status, 404, path);
  await browser.get('/account');
  const form = { shop: String(connectionId), product: 'PAGE-MUG', picked: '' };
  for (const path of ['/products/send', '/products/take-over'])
    t.equal((await browser.post(path, form)).status, 404, path);
  t.not(other, companyId);
});
