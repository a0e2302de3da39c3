import t from 'tap';
import { testDatabase } from '../support/database.js';
import { productApi } from './product-files.js';

const db = await testDatabase(t);
const { sendFeed, itemsOf, itemOf } = await productApi(t, db);
const xml = (text: string) => sendFeed(text, { fileName: 'products.xml' });

await t.test("a shop's feed for price comparison is read as it is", async (t) => {
  const { status, feed, json } = await xml(`<?xml version="1.0" encoding="UTF-8"?>
    <rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>My shop</title>
    <item><g:id>TEE-RED</g:id><g:item_group_id>TEE</g:item_group_id>
      <g:title><![CDATA[Soft cotton shirt & more for men]]></g:title><g:description>Soft &amp; warm.</g:description>
      <g:image_link>https://cdn.example.com/1.jpg</g:image_link>
      <g:additional_image_link>https://cdn.example.com/2.jpg</g:additional_image_link>
      <g:additional_image_link>https://cdn.example.com/3.jpg</g:additional_image_link>
      <g:price>19.99 USD</g:price><g:color>Red</g:color></item>
    <item><g:id>TEE-BLUE</g:id><g:item_group_id>TEE</g:item_group_id><g:title>Soft cotton shirt &amp; more for men</g:title>
      <g:price>19.99 USD</g:price><g:color>Blue</g:color></item>
    </channel></rss>`);
  t.equal(status, 200, JSON.stringify(json));
  const item = await itemOf(feed, 'TEE');
  t.same(item.Skus, ['TEE-RED', 'TEE-BLUE']);
  t.match(item.Attributes, {
    Title: 'Soft cotton shirt & more for men',
    'Image 1': 'https://cdn.example.com/1.jpg',
    'Image 3': 'https://cdn.example.com/3.jpg',
  });
});

await t.test('rows may be attributes, and named elements are attributes of the product', async (t) => {
  const { feed, json } = await xml(`<products><product sku="LAMP" title="A lamp for the desk with a long arm">
    <price>20.00</price><param name="Power">5 W</param></product></products>`);
  t.match(json.Imports?.[0]?.Counts, { Rows: 1 }, JSON.stringify(json));
  t.match((await itemOf(feed, 'LAMP')).Attributes, { 'Attribute:Power': '5 W' });
});

await t.test('XML that is made to harm is refused, and says why', async (t) => {
  const entity = `<?xml version="1.0"?><!DOCTYPE products [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
    <products><product><sku>&b;</sku></product></products>`;
  const outside = `<?xml version="1.0"?><!DOCTYPE p SYSTEM "http://169.254.169.254/x"><products><product><sku>A</sku></product></products>`;
  const deep = `<products>${'<a>'.repeat(100)}${'</a>'.repeat(100)}</products>`;
  const cut = `<products><product><sku>A</sku></product><product><sku>B`;
  const names = `<products><product>${Array.from({ length: 1_200 }, (_, n) => `<n${n}>x</n${n}>`).join('')}</product></products>`;
  const long = `<products><product><sku>${'x'.repeat(400_000)}</sku></product></products>`;
  for (const [name, text] of Object.entries({ entity, outside, deep, cut, names, long })) {
    const { status, json } = await xml(text);
    t.equal(status, 400, `${name}: ${JSON.stringify(json).slice(0, 200)}`);
  }
  const { status, feed } = await xml(
    `<products><product><sku>FINE</sku><title>${'y'.repeat(90_000)}</title></product><product><sku>OK</sku><title>A lamp for the desk</title></product></products>`,
  );
  t.equal(status, 200, 'a row that is too long costs itself only');
  t.match(
    (await itemsOf(feed)).map(({ ProductId }) => ProductId),
    ['OK'],
  );
});
