import { readFile } from 'node:fs/promises';
import t from 'tap';
import { feedKindsOf } from '../../src/compose/feed-kinds.js';
import { readImport } from '../../src/imports/read-import.js';
import { receive } from '../../src/imports/receive.js';
import { systemClock } from '../../src/kernel/time.js';
import { somebody } from '../support/actors.js';
import { recordingLog } from '../support/logs.js';
import { testDatabase } from '../support/database.js';
import { csv, productApi } from './product-files.js';

const db = await testDatabase(t);
const api = await productApi(t, db);
const { sendFeed, itemsOf, itemOf, statusOf, call, base } = api;

const fixture = (name: string) =>
  readFile(new URL(`../../../test/fixtures/products/${name}`, import.meta.url));

const HEADER = [
  'Merchant SKU',
  'Parent SKU',
  'Title',
  'Description',
  'Category',
  'Image 1',
  'Option 1 Name',
  'Option 1 Value',
  'Cost',
  'Quantity',
  'Weight',
  'Weight Unit',
  'Attribute:Materials',
];
const shirt = (
  sku: string,
  parent: string,
  colour: string,
  title = 'Soft cotton shirt with a round neck for men',
) => [
  sku,
  parent,
  title,
  '<p>Soft.</p>',
  '601226',
  'https://cdn.example.com/shirt.jpg',
  'Color',
  colour,
  '19.99',
  '25',
  '0.2',
  'kg',
  'Cotton',
];

await t.test('rows of one parent are one product, and a valid one passes all checks', async (t) => {
  const { status, json, feed, counts } = await sendFeed(
    csv([HEADER, shirt('S-RED', 'SHIRT', 'Red'), shirt('S-BLUE', 'SHIRT', 'Blue')]),
  );
  t.equal(status, 200);
  t.match(json.Body, `Product feed ${feed} was taken in: 2 rows, 2 new`);
  t.match(counts, { Added: 2, Products: 1, ProductsAdded: 1, Errors: 0 });
  const [item] = await itemsOf(feed);
  t.match(item, { ProductId: 'SHIRT', IsCompliant: true, Skus: ['S-RED', 'S-BLUE'], Status: 'Draft' });
  t.equal(item?.Attributes['Title'], 'Soft cotton shirt with a round neck for men');
  t.equal(item?.Variants[1]?.Attributes['Option 1 Value'], 'Blue');
  t.match(await statusOf(feed), { Status: 'Complete', Products: 1, Compliant: 1, NotCompliant: 0 });
});

await t.test('the same file again changes nothing', async (t) => {
  const file = csv([HEADER, shirt('SAME-1', 'SAME', 'Red'), shirt('SAME-2', 'SAME', 'Blue')]);
  await sendFeed(file);
  const { counts, feed } = await sendFeed(file);
  t.match(counts, { Added: 0, Changed: 0, Unchanged: 2, ProductsChanged: 0 });
  t.equal((await itemsOf(feed)).length, 1, 'the newer feed has the product');
});

await t.test('an empty cell leaves its value, the word null clears it', async (t) => {
  await sendFeed(
    csv([
      [...HEADER, 'Brand'],
      [...shirt('KEEP-1', '', 'Red'), 'Acme'],
    ]),
  );
  const { feed, counts } = await sendFeed(
    csv([
      ['Merchant SKU', 'Title', 'Brand'],
      ['KEEP-1', '', 'null'],
    ]),
  );
  t.match(counts, { Changed: 1, Added: 0 });
  const item = await itemOf(feed, 'KEEP-1');
  t.match(item.Attributes, { Title: /^Soft/, Brand: null });
  t.equal(item.Variants[0]?.Attributes['Cost'], '19.99', 'what the file does not name stays');
});

await t.test('a file without parents is about the products that its SKUs belong to', async (t) => {
  await sendFeed(csv([HEADER, shirt('JOIN-1', 'JOIN', 'Red'), shirt('JOIN-2', 'JOIN', 'Blue')]));
  const { feed } = await sendFeed(
    csv([
      ['SKU', 'Cost'],
      ['join-2', '9.50'],
    ]),
  );
  const item = await itemOf(feed, 'JOIN');
  t.same(item.Skus, ['JOIN-1', 'JOIN-2']);
  t.equal(item.Variants.find(({ Id }) => /join-2/i.test(Id))?.Attributes['Cost'], '9.50');
});

await t.test('rows that contradict one another name both rows, and their product is not sent', async (t) => {
  const { feed } = await sendFeed(
    csv([
      HEADER,
      shirt('CON-1', 'CON', 'Red'),
      shirt('CON-2', 'CON', 'Blue', 'Another title of the same product here'),
    ]),
  );
  const [item] = await itemsOf(feed);
  t.equal(item?.IsCompliant, false);
  t.match(item?.Findings, [{ Rule: 'rows-differ', Column: 'Title', Row: 3, Message: /row 3 .* row 2/ }]);
  t.match((await itemsOf(feed, '?isCompliant=true')).length, 0);
  const { json } = { json: (await call('GET', `/api/v3/Inventory/Imports/${feed}/Errors`)).json() };
  t.match(json.Body, [{ Row: 3, Column: 'Title', Level: 'warning', Message: /row 2/ }]);
});

await t.test('whichever file arrived later counts, also where it is applied first', async (t) => {
  const feedKinds = feedKindsOf({ db, clock: systemClock, log: recordingLog() });
  const deps = { db, clock: systemClock, log: recordingLog(), feedKinds };
  const { companyId, connectionId } = api.seller;
  const by = somebody;
  const bring = (text: string) =>
    receive(
      deps,
      (async function* () {
        yield Buffer.from(text);
      })(),
      {
        companyId,
        connectionId,
        feedKind: 'product',
        via: 'test',
        name: null,
        by,
      },
    );
  const first = await bring(
    csv([
      ['SKU', 'Title', 'Brand'],
      ['LATE-1', 'The older title of this product', 'Older'],
    ]),
  );
  const second = await bring(
    csv([
      ['SKU', 'Title'],
      ['LATE-1', 'The newer title of this product'],
    ]),
  );
  await readImport(deps, second);
  await readImport(deps, first);
  const item = await itemOf(second, 'LATE-1');
  t.match(item.Attributes, { Title: 'The newer title of this product', Brand: 'Older' });
});

await t.test('a SKU that stands in two products, or on two variants, is an error of its row', async (t) => {
  const { feed, counts } = await sendFeed(
    csv([
      HEADER,
      shirt('TWO', 'P1', 'Red'),
      shirt('TWO', 'P2', 'Red'),
      shirt('VAR', 'P3', 'Red'),
      shirt('VAR', 'P3', 'Blue'),
    ]),
  );
  t.equal(counts['Errors'], 3);
  const errors = (await call('GET', `/api/v3/Inventory/Imports/${feed}/Errors`)).json().Body;
  t.match(errors, [
    { Row: 3, Message: /another product: row 2/ },
    { Row: 4, Message: /another variant: row 5/ },
    { Row: 5, Message: /another variant: row 4/ },
  ]);
});

await t.test(
  'with generateProductSkus SKUs are made of product and options, the same with every file',
  async (t) => {
    await db.prisma.connection.update({
      where: { id: api.seller.connectionId },
      data: { settings: { generateProductSkus: true } },
    });
    const file = csv([
      [
        'Handle',
        'Title',
        'Option1 Name',
        'Option1 Value',
        'Variant SKU',
        'Variant Price',
        'Image Src',
        'Image Position',
      ],
      [
        'boot',
        'Combat boot made of leather',
        'Size',
        '38',
        '',
        '99.00',
        'https://cdn.example.com/2.jpg',
        '2',
      ],
      ['boot', '', '', '39', '', '99.00', 'https://cdn.example.com/1.jpg', '1'],
      ['boot', '', '', '', '', '', 'https://cdn.example.com/3.jpg', '3'],
    ]);
    const { feed, counts } = await sendFeed(file);
    t.match(counts, { Added: 2, Products: 1, Errors: 0 });
    const item = await itemOf(feed, 'boot');
    t.same(item.Skus, ['boot-38', 'boot-39']);
    t.equal(
      item.Variants[1]?.Attributes['Option 1 Name'],
      'Size',
      'names of options stand on the first row only',
    );
    t.match(item.Attributes, {
      'Image 1': 'https://cdn.example.com/1.jpg',
      'Image 2': 'https://cdn.example.com/2.jpg',
      'Image 3': 'https://cdn.example.com/3.jpg',
    });
    t.match((await sendFeed(file)).counts, { Unchanged: 2, Added: 0 });
    await db.prisma.connection.update({ where: { id: api.seller.connectionId }, data: { settings: {} } });
  },
);

await t.test('children may stand before their parent (Magento)', async (t) => {
  const { feed } = await sendFeed(await fixture('magento-configurable.csv'));
  const item = await itemOf(feed, 'Configurable 1');
  t.match(item.Skus, ['Configurable 1-Option 1', 'Configurable 1-Option 2']);
  t.match(item.Variants[0]?.Attributes, {
    'Option 1 Name': 'test_configurable',
    'Option 1 Value': 'Option 1',
    Cost: '10',
  });
});

await t.test(
  "Amazon's parent gives common values and is no SKU; what differs between children are options",
  async (t) => {
    const { feed } = await sendFeed(await fixture('amazon-clothing.txt'));
    const item = await itemOf(feed, 'TEE-P');
    t.same(item.Skus, ['TEE-BLK-M', 'TEE-BLK-L']);
    t.match(item.Attributes, { Title: 'Classic Tee', Weight: '0.2', 'Weight Unit': 'KILOGRAM' });
    t.match(item.Variants[0]?.Attributes, { GTIN: '4006381333931', 'GTIN Type': 'EAN', Size: 'M' });
  },
);

await t.test('Akeneo has no row of the parent, and locales in its header', async (t) => {
  const { feed } = await sendFeed(await fixture('akeneo-variants.csv'));
  const item = await itemOf(feed, 'model-braided-hat');
  t.match(item, {
    Skus: ['braided-hat-m', 'braided-hat-xxxl'],
    Attributes: { Title: 'Braided hat', 'Weight Unit': 'GRAM' },
  });
});

await t.test('WooCommerce: parents by number, grouped products are none', async (t) => {
  const file = csv([
    [
      'ID',
      'Type',
      'SKU',
      'Name',
      'Description',
      'Weight (kg)',
      'Regular price',
      'Sale price',
      'Images',
      'Parent',
      'Attribute 1 name',
      'Attribute 1 value(s)',
    ],
    [
      '70',
      'variation',
      'W-RED',
      'Shirt - Red',
      '',
      '',
      '25',
      '20',
      'https://cdn.example.com/red.jpg',
      'id:65',
      'Color',
      'Red',
    ],
    [
      '71',
      'variation',
      'W-BLUE',
      'Shirt - Blue',
      '',
      '',
      '25',
      '',
      'https://cdn.example.com/blue.jpg',
      'id:65',
      'Color',
      'Blue',
    ],
    [
      '65',
      'variable',
      'W',
      'Shirt',
      'A shirt.',
      '0.2',
      '',
      '',
      'https://cdn.example.com/a.jpg, https://cdn.example.com/b.jpg',
      '',
      'Color',
      'Red, Blue',
    ],
    ['66', 'grouped', 'W-SET', 'Set', '', '', '', '', '', '', '', ''],
  ]);
  const { feed, counts, warnings } = await sendFeed(file);
  t.match(counts, { Products: 1, Added: 2, Errors: 1 });
  t.ok(warnings.some((text) => /Sale price.*promotions/.test(text)));
  const item = await itemOf(feed, 'W');
  t.match(item.Attributes, { Title: 'Shirt', 'Image 2': 'https://cdn.example.com/b.jpg' });
  t.match(item.Variants[0]?.Attributes, {
    Cost: '25',
    'Option 1 Value': 'Red',
    'Variant Image': 'https://cdn.example.com/red.jpg',
  });
});

await t.test(
  "TikTok's own template: five rows of explanations, units by its meta row, one name is one product",
  async (t) => {
    const keys = [
      'category',
      'brand',
      'product_name',
      'product_description',
      'main_image',
      'image_2',
      'property_name_1',
      'property_value_1',
      'parcel_weight',
      'parcel_length',
      'price',
      'quantity',
      'seller_sku',
      'product_property/100157',
    ];
    const row = (sku: string, size: string) => [
      '601226',
      '',
      'Cotton shirt of the template kind',
      'Text',
      'https://cdn.example.com/1.jpg',
      '',
      'Size',
      size,
      '0.5',
      '10',
      '12',
      '3',
      sku,
      'Cotton',
    ];
    const { feed, counts } = await sendFeed(
      csv([
        keys,
        ['V5.0.0', 'create_product', 'imperial', 'category_v2', ...keys.slice(4).map(() => '')],
        keys.map((key) => `Label of ${key}`),
        keys.map(() => 'Mandatory'),
        keys.map(() => 'Hint'),
        row('TPL-M', 'M'),
        row('TPL-L', 'L'),
      ]),
    );
    t.match(counts, { Rows: 2, Errors: 0, Products: 1 });
    const [item] = await itemsOf(feed);
    t.match(item, {
      Skus: ['TPL-M', 'TPL-L'],
      Attributes: { 'Weight Unit': 'POUND', 'Dimension Unit': 'INCH', 'Attribute:100157': 'Cotton' },
    });
  },
);

await t.test('Google Merchant: currency and unit in the cell, several pictures in one cell', async (t) => {
  const tsv = [
    [
      'id',
      'title',
      'description',
      'link',
      'image link',
      'additional image link',
      'price',
      'brand',
      'google product category',
      'shipping weight',
      'color',
      'size',
      'item group id',
    ],
    [
      'h-s',
      'Black hoodie with hood',
      'Warm.',
      'https://shop.example.com/h',
      'https://cdn.example.com/h.jpg',
      'https://cdn.example.com/h2.jpg,https://cdn.example.com/h3.jpg',
      '75.00 USD',
      'Acme',
      'Apparel',
      '1.13 lb',
      'Black',
      'S',
      'h',
    ],
    [
      'h-m',
      'Black hoodie with hood',
      'Warm.',
      'https://shop.example.com/h',
      'https://cdn.example.com/h.jpg',
      '',
      '75.00 USD',
      'Acme',
      'Apparel',
      '1.13 lb',
      'Black',
      'M',
      'h',
    ],
  ]
    .map((row) => row.join('\t'))
    .join('\n');
  const { feed } = await sendFeed(tsv);
  const item = await itemOf(feed, 'h');
  t.match(item.Attributes, {
    Weight: '1.13',
    'Weight Unit': 'POUND',
    'Image 3': 'https://cdn.example.com/h3.jpg',
    'Category Hint': 'Apparel',
  });
  t.match(item.Variants[0]?.Attributes, { Cost: '75.00', Currency: 'USD', Size: 'S' });
});

await t.test(
  'numbers of rows are no SKUs: a layout that is not understood is refused with its columns',
  async (t) => {
    const { status, json } = await sendFeed(
      csv([
        ['ID', 'Тип', 'Артикул', 'Имя'],
        ['40', 'simple', '', 'Платье'],
      ]),
    );
    t.equal(status, 400);
    t.match(JSON.stringify(json), 'Имя');
  },
);

await t.test('what the columns of an unknown layout mean is said once', async (t) => {
  const header = ['Тип', 'Артикул', 'Имя', 'Описание', 'Изображения', 'Цена'];
  const file = csv([
    header,
    ['simple', 'RU-1', 'Красивое платье из хлопка', 'Текст', 'https://cdn.example.com/1.jpg', '240'],
  ]);
  t.equal((await sendFeed(file)).status, 400);
  const layouts = (await call('GET', '/api/v3/Layouts')).json().Records;
  const layout = layouts.find(
    ({ Kind, Columns }: { Kind: string; Columns: object }) => Kind === 'product' && 'Артикул' in Columns,
  );
  t.match(layout, {
    State: 'proposed',
    Columns: { Артикул: 'Merchant SKU', Имя: 'Title', Описание: 'Description' },
  });
  const Columns = { ...layout.Columns, Тип: null, Изображения: 'Images', Цена: 'Cost' };
  t.equal(
    (await call('PUT', `/api/v3/Layouts/${layout.LayoutId}`, { payload: { Columns } })).statusCode,
    200,
  );
  const { feed } = await sendFeed(file);
  t.match(await itemOf(feed, 'RU-1'), {
    Attributes: { Title: /платье/, 'Image 1': 'https://cdn.example.com/1.jpg' },
    Variants: [{ Attributes: { Cost: '240' } }],
  });
});

await t.test('hostile cells stay texts, and a product of ten thousand rows stops nobody', async (t) => {
  const rows = Array.from({ length: 10_000 }, (_, nth) => shirt(`BIG-${nth}`, 'BIG', `Colour ${nth}`));
  const { feed, counts } = await sendFeed(
    csv([
      HEADER,
      ...rows,
      shirt('OK-1', 'OK', 'Red'),
      shirt('BAD-1', '__proto__', 'Red', '=HYPERLINK("http://x.example","a title that is long enough")'),
      [
        'BAD-2',
        '',
        'A title with \u0000 and \u0007 in its middle',
        '<script>alert(1)</script>',
        '601226',
        'http://169.254.169.254/latest',
        'Color',
        'Red',
        '1',
        '1',
        '1',
        'kg',
        'Cotton',
      ],
    ]),
  );
  t.equal(counts['Errors'], 9_000);
  const items = new Map((await itemsOf(feed)).map((item) => [item.ProductId, item]));
  t.match(items.get('OK'), { IsCompliant: true });
  t.match(items.get('BIG')?.Findings, [
    { Rule: 'too-many-skus', Message: /1000 SKUs; TikTok takes at most 300/ },
  ]);
  t.ok(items.get('__proto__')?.Findings.some(({ Rule }) => Rule === 'formula'));
  const rulesOf = (name: string) => items.get(name)?.Findings.map(({ Rule }) => Rule) ?? [];
  for (const rule of ['title-text', 'description-active', 'image-address'])
    t.ok(rulesOf('BAD-2').includes(rule), rule);
});

await t.test('a feed is sent by PUT: what passes is asked for, what does not stays a draft', async (t) => {
  const { feed } = await sendFeed(
    csv([HEADER, shirt('SEND-1', '', 'Red'), shirt('SEND-2', '', 'Red', 'x'.repeat(300))]),
  );
  const answer = (await call('PUT', `${base}/${feed}`)).json();
  t.match(answer.Body, '1 products of feed');
  t.match(answer.Body, '1 stay drafts');
  t.match(await statusOf(feed), { Asked: 1, NotCompliant: 1, Findings: [{ Level: 'error' }] });
});

await t.test('a product of a feed is read, changed and taken back', async (t) => {
  const { feed } = await sendFeed(
    csv([HEADER, shirt('EDIT-1', 'EDIT', 'Red'), shirt('EDIT-2', 'EDIT', 'Blue')]),
  );
  const url = `${base}/${feed}/Items/EDIT`;
  const put = await call('PUT', url, {
    payload: {
      Attributes: { Brand: 'Acme', Weight: 0.25 },
      Variants: [{ Id: 'EDIT-2', Attributes: { Cost: 7.1 } }],
    },
  });
  t.equal(put.statusCode, 200, put.body);
  t.match(put.json().Body, { Attributes: { Brand: 'Acme', Weight: '0.25', Title: /^Soft/ } });
  t.equal(put.json().Body.Variants[1].Attributes.Cost, '7.1');
  t.equal((await call('PUT', url, { payload: { Attributes: { Title: { a: 1 } } } })).statusCode, 400);
  t.equal((await call('DELETE', url)).statusCode, 200);
  t.equal((await call('GET', url)).statusCode, 404);
  t.match(
    (await sendFeed(csv([HEADER, shirt('EDIT-1', 'EDIT', 'Red')]))).counts,
    { Added: 1 },
    'a later file brings it back',
  );
});

await t.test('the drafts of a feed are taken back at once; another company sees none of it', async (t) => {
  const { feed } = await sendFeed(csv([HEADER, shirt('GONE-1', '', 'Red'), shirt('GONE-2', '', 'Red')]));
  const other = await productApi(t, db);
  t.equal((await other.call('GET', `${base}/${feed}`)).statusCode, 404);
  t.equal((await other.call('GET', `${other.base}/${feed}`)).statusCode, 404);
  t.match((await call('DELETE', `${base}/${feed}`)).json().Body, '2 drafts');
  t.equal((await itemsOf(feed)).length, 0);
});

await t.test("v3's SupplierProducts are the same SKUs one by one", async (t) => {
  const path = `/api/v3/Product/${api.seller.partnerId}/SupplierProducts`;
  const made = await call('POST', path, {
    payload: {
      Id: 'V3-1',
      Attributes: { Title: 'A title of a lamp that is long', Category: 855056, Cost: 12.5, Brand: null },
    },
  });
  t.equal(made.statusCode, 200, made.body);
  t.match(made.json(), {
    Id: 'V3-1',
    Attributes: { Title: /lamp/, Category: '855056', Cost: '12.5', Brand: null },
    ErrorMessage: /Description/,
  });
  const changed = await call('PUT', `${path}/v3-1`, { payload: { Attributes: { Description: 'Bright.' } } });
  t.match(changed.json().Attributes, { Title: /lamp/, Description: 'Bright.' });
  const list = (await call('GET', `${path}?parentSku=V3-1&syncStatus=NotSynced`)).json();
  t.match(list, { TotalRecords: 1, Records: [{ Id: 'V3-1' }] });
  t.equal((await call('GET', `${path}?syncStatus=never`)).statusCode, 400);
  t.equal((await call('DELETE', `${path}/V3-1`)).statusCode, 204);
  t.equal((await call('GET', `${path}/V3-1`)).statusCode, 404);
  t.equal((await call('PUT', `${path}/V3-1`, { payload: {} })).statusCode, 404);
});

await t.test('an export can be sent back as it is', async (t) => {
  const url = `/api/v3/Product/${api.seller.partnerId}/Exports/SupplierProducts`;
  const file = (await call('POST', url, { payload: {} })).json().Body as string;
  t.match(file.split('\r\n')[0], /^Merchant SKU,Parent SKU/);
  const { counts } = await sendFeed(file);
  t.match(counts, { Added: 0, Changed: 0 });
});

t.teardown(() => {
  for (const line of api.log.lines) if (line.level === 'error') console.error(line.facts);
});
