/** View Feed Specifications: what people read of what TikTok demands. */
import t from 'tap';
import { harborGoods } from '../support/connect-shop.js';
import { startService } from '../support/start-service.js';

t.setTimeout(170_000);
const service = await startService(t);
const shop = await service.connectShop(harborGoods);
const page = `/connections/${shop.connectionId}`;

await t.test('a person finds the specification of a category from the page of the shop', async (t) => {
  const start = await shop.browser.get(page);
  t.match(start.text, /View Feed Specifications/);
  const empty = await shop.browser.get(`${page}/products/specification`);
  t.match(empty.text, /Products › Product Feeds › View Feed/);
  const found = await shop.browser.get(`${page}/products/specification?category=3000512`);
  t.match(found.text, /Phones &amp; Electronics &gt; Mobile Phone Accessories &gt; Power Banks/);
  t.match(found.text, /Attribute:Battery Type/);
  t.match(found.text, /Required when Attribute:Contains Batteries or Cells\? is Batteries/);
  t.match(found.text, /Read from TikTok \d{4}-\d\d-\d\d/);
  const template = await shop.browser.get(`${page}/products/template?categories=3000512&format=csv`);
  t.match(template.text, /Merchant SKU/);
});

await t.test('a title gets the proposal of TikTok, and hostile text stays text', async (t) => {
  const proposed = await shop.browser.get(`${page}/products/specification?title=mens+t-shirt`);
  t.match(proposed.text, /T-shirts/);
  const hostile = await shop.browser.get(
    `${page}/products/specification?category=${encodeURIComponent('"><script>alert(1)</script>')}`,
  );
  t.notMatch(hostile.text, /<script>/);
  t.match(hostile.text, /There is no category/);
});
