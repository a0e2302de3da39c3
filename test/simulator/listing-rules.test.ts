import t from 'tap';

import { listingRules } from '../../src/simulator/listing/listing-rules.js';
import { startSimulator } from '../../src/simulator/server.js';
import { coloured, listingShop, png, sku, type ListingShop } from './support/listing-calls.js';
import { first, rows, textOf, type Json } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;

const provoked = new Set<number>();
const shops = new Map<string, ListingShop>();
const shopIn = (region: string): ListingShop => {
  const shop = shops.get(region) ?? listingShop(simulator, region);
  shops.set(region, shop);
  control.patchListing(shop.shopId, { tier: 'PRO' });
  return shop;
};

/** What is changed about a good listing, and what a create answers then. */
type Case = readonly [
  what: string,
  code: number,
  change: (body: Json, shop: ListingShop) => object,
  region?: string,
];

const repeated = (text: string, times: number): string => text.repeat(times);
const withSku =
  (extra: object): Case[2] =>
  (_, shop) => ({ skus: [sku(simulator, shop, 'S-1', extra)] });
const withSkus =
  (...extras: object[]): Case[2] =>
  (_, shop) => ({ skus: extras.map((extra, index) => sku(simulator, shop, `S-${index}`, extra)) });
const values = (...pairs: [name: string, value: string][]): object => ({
  sales_attributes: pairs.map(([name, value]) => ({ name, value_name: value })),
});
const US_PRICE = { currency: 'USD' };
const addDays = (days: number): number => Math.floor(control.clock().nowMs / 1000) + days * 86_400;

const texts: Case[] = [
  ['a title of nothing', 12052261, () => ({ title: ' ' })],
  ['a title of 256 characters', 12052051, () => ({ title: repeated('Mug ', 64) })],
  ['a title of 24 characters in Singapore', 12052051, () => ({ title: repeated('Mugs', 6) }), 'SG'],
  ['a title with an emoji', 12052931, () => ({ title: 'Stoneware mug with a big handle 🙂' })],
  ['a title with &nbsp;', 12052931, () => ({ title: 'Stoneware&nbsp;mug with a big handle' })],
  [
    'a title with ten equal characters',
    12052931,
    () => ({ title: `Stoneware mug ${repeated('o', 10)} big` }),
  ],
  ['a title of symbols', 12052931, () => ({ title: '!!! --- ///' })],
  ['a title with a control character', 12052931, () => ({ title: 'Stoneware mug\u0007 with a handle' })],
  ['a title in Chinese', 12052262, () => ({ title: '马克杯 stoneware mug with a handle' })],
  ['no description', 12052015, () => ({ description: undefined })],
  ['a description over 10,000', 12052013, () => ({ description: `<p>${repeated('ab ', 3400)}</p>` })],
  ['a description that is cut', 12052344, () => ({ description: '<p>A mug</p><p' })],
  ['a description in Chinese', 12052346, () => ({ description: '<p>马克杯 of stoneware</p>' })],
  ['a description with an emoji', 12052932, () => ({ description: '<p>A mug 🙂</p>' })],
];

const categories: Case[] = [
  ['no category', 12052025, () => ({ category_id: undefined })],
  ['a category that is no number', 12052002, () => ({ category_id: 'mugs' })],
  ['v1 in a market of v2', 12052217, () => ({ category_version: 'v1' })],
  ['a category that nobody has', 12052023, () => ({ category_id: '99999999' })],
  ['a category that is no leaf', 12052024, () => ({ category_id: '3000910' })],
  ['a prohibited category', 12052220, () => ({ category_id: '3001411' })],
  ['a category outside of the main one', 12052225, () => ({ category_id: '3001311' })],
  ['Tokopedia in the US', 12052330, () => ({ listing_platforms: ['TOKOPEDIA'] })],
];

const images: Case[] = [
  ['no images', 12052028, () => ({ main_images: [] })],
  [
    'ten images',
    12052306,
    ({ main_images: one }) => ({ main_images: Array.from({ length: 10 }, () => first(one)) }),
  ],
  ['an image of the seller', 12052300, () => ({ main_images: [{ uri: 'https://shop.example/1.jpg' }] })],
  [
    'an image of the seller in the description',
    12052340,
    () => ({ description: '<p>Mug</p><img src="https://shop.example/1.jpg" width="10" height="10" />' }),
  ],
  [
    'an image of a variant that nobody uploaded',
    12052520,
    withSku({
      sales_attributes: [{ name: 'Glaze', value_name: 'Red', sku_img: { uri: 'tos-nowhere/1' } }],
    }),
  ],
  ['a video that nobody uploaded', 12052360, () => ({ video: { id: 'v09' } })],
];

const attributes: Case[] = [
  ['an attribute without id', 12052241, () => ({ product_attributes: [{ id: ' '.trim(), values: [] }] })],
];

const packages: Case[] = [
  ['no weight', 12019011, () => ({ package_weight: undefined })],
  ['a weight in words', 12052006, () => ({ package_weight: { value: 'heavy', unit: 'KILOGRAM' } })],
  [
    'four decimals of a kilogram',
    12052006,
    () => ({ package_weight: { value: '0.1234', unit: 'KILOGRAM' } }),
  ],
  ['a weight of 0', 12052181, () => ({ package_weight: { value: '0', unit: 'KILOGRAM' } })],
  ['pounds in Germany', 12019061, () => ({ package_weight: { value: '1', unit: 'POUND' } }), 'DE'],
  ['no size', 12019012, () => ({ package_dimensions: undefined })],
  ['a length of three decimals', 12052005, () => ({ package_dimensions: box({ length: '1.234' }) })],
  ['a width in words', 12052004, () => ({ package_dimensions: box({ width: 'wide' }) })],
  ['a negative height', 12052003, () => ({ package_dimensions: box({ height: '-1' }) })],
  ['a height of 0', 12052116, () => ({ package_dimensions: box({ height: '0' }) })],
  ['kilograms with inches', 12052915, () => ({ package_dimensions: box({ unit: 'INCH' }) })],
  ['a weight of a SKU in Brazil', 12052910, withSku({ sku_weight: { value: '1', unit: 'KILOGRAM' } }), 'BR'],
];

function box(change: object): object {
  return { length: '12', width: '10', height: '10', unit: 'CENTIMETER', ...change };
}

const skus: Case[] = [
  ['no SKU', 12052902, () => ({ skus: [] })],
  [
    '301 SKUs',
    12052050,
    (_, shop) => ({
      skus: Array.from({ length: 301 }, (__, index) => coloured(simulator, shop, `C${index}`)),
    }),
  ],
  [
    '101 SKUs in Thailand',
    12052050,
    (_, shop) => ({
      skus: Array.from({ length: 101 }, (__, index) => coloured(simulator, shop, `C${index}`)),
    }),
    'TH',
  ],
  ['a SKU id on create', 12052557, withSku({ id: '1729300000000000001' })],
  ['a seller SKU of 51 characters', 12052054, withSku({ seller_sku: repeated('x', 51) })],
  ['a seller SKU with a space', 12052910, withSku({ seller_sku: 'MUG 1' })],
  ['a GTIN without type', 12052600, withSku({ identifier_code: { code: '012345678905' } })],
  [
    'one GTIN twice',
    12052592,
    withSkus(
      { ...values(['Glaze', 'Red']), identifier_code: { code: '012345678905', type: 'UPC' } },
      { ...values(['Glaze', 'Blue']), identifier_code: { code: '012345678905', type: 'UPC' } },
    ),
  ],
  ['a URL that is none', 12052235, withSku({ external_urls: ['shop'] })],
  [
    'a URL of 201 characters',
    12052238,
    withSku({ external_urls: [`https://shop.example/${repeated('x', 190)}`] }),
  ],
  ['a long external id', 12052910, withSku({ external_sku_id: repeated('x', 1000) })],
];

const variants: Case[] = [
  ['four attributes', 12052525, withSku(values(['A', '1'], ['B', '1'], ['C', '1'], ['D', '1']))],
  ['an attribute without name', 12052241, withSku({ sales_attributes: [{ value_name: 'Red' }] })],
  ['an attribute that nobody has', 12052527, withSku({ sales_attributes: [{ id: '7', value_name: 'Red' }] })],
  ['a name of 21 characters', 12052242, withSku(values([repeated('ab', 11), 'Red']))],
  ['a name of symbols', 12052933, withSku(values(['///', 'Red']))],
  ['a Chinese name', 12052243, withSku(values(['颜色 x', 'Red']))],
  ['a value without name', 12052248, withSku({ sales_attributes: [{ name: 'Glaze' }] })],
  ['a value that nobody has', 12052529, withSku({ sales_attributes: [{ id: '100000', value_id: '1' }] })],
  ['a value of 51 characters', 12052249, withSku(values(['Glaze', repeated('abc', 17)]))],
  ['a value with an emoji', 12052934, withSku(values(['Glaze', 'Red 🙂']))],
  ['a Chinese value', 12052554, withSku(values(['Glaze', '红 red']))],
  ['one attribute twice', 12052560, withSku(values(['Glaze', 'Red'], ['Glaze', 'Blue']))],
  ['other attributes from SKU to SKU', 12052550, withSkus(values(['Glaze', 'Red']), values(['Size', 'Big']))],
  ['one combination twice', 12052560, withSkus(values(['Glaze', 'Red']), values(['Glaze', 'Red']))],
  ['two SKUs without attributes', 12052559, withSkus({}, {})],
];

const prices: Case[] = [
  ['no price', 12052571, withSku({ price: undefined })],
  ['another currency', 12052084, withSku({ price: { amount: '10', currency: 'EUR' } })],
  ['no amount', 12052073, withSku({ price: US_PRICE })],
  ['an amount in words', 12052073, withSku({ price: { ...US_PRICE, amount: '10,00' } })],
  ['a sale price in words', 12052092, withSku({ price: { ...US_PRICE, amount: '10', sale_price: 'ten' } })],
  ['a price of 0', 12052570, withSku({ price: { ...US_PRICE, amount: '0' } })],
  ['a price above the limit', 12052570, withSku({ price: { ...US_PRICE, amount: '7600.01' } })],
  ['29 baht', 12052570, withSku({ price: { amount: '29', currency: 'THB' } }), 'TH'],
  ['a list price in words', 12052375, withSku({ list_price: { amount: 'much', currency: 'USD' } })],
  ['a list price above the limit', 12052383, withSku({ list_price: { amount: '7601', currency: 'USD' } })],
];

const stock: Case[] = [
  ['no stock', 12052486, withSku({ inventory: undefined })],
  ['a warehouse that nobody has', 12052097, withSku({ inventory: [{ warehouse_id: '1', quantity: 1 }] })],
  [
    "another shop's warehouse",
    12052530,
    (_, shop) => ({
      skus: [
        sku(simulator, shop, 'S', { inventory: [{ warehouse_id: shopIn('DE').warehouse, quantity: 1 }] }),
      ],
    }),
  ],
  [
    'the warehouse for returns',
    12052532,
    (_, shop) => {
      const back = control.warehouses(shop.shopId).find(({ type }) => type === 'RETURN_WAREHOUSE')?.id;
      return { skus: [sku(simulator, shop, 'S', { inventory: [{ warehouse_id: back, quantity: 1 }] })] };
    },
  ],
  [
    'a stock of 0',
    12052055,
    (_, shop) => ({
      skus: [sku(simulator, shop, 'S', { inventory: [{ warehouse_id: shop.warehouse, quantity: 0 }] })],
    }),
  ],
  [
    'a stock of 100,000',
    12052055,
    (_, shop) => ({
      skus: [sku(simulator, shop, 'S', { inventory: [{ warehouse_id: shop.warehouse, quantity: 100_000 }] })],
    }),
  ],
];

const preSale = (type: string, time?: object): object => ({
  pre_sale: { type, ...(time === undefined ? {} : { fulfillment_type: time }) },
});
const sales: Case[] = [
  ['COD where there is none', 12052222, () => ({ is_cod_allowed: true })],
  [
    'a pre-sale without type',
    12019096,
    withSku({ pre_sale: { fulfillment_type: { handling_duration_days: 5 } } }),
  ],
  ['no pre-sale with a time', 12019094, withSku(preSale('NONE', { handling_duration_days: 5 }))],
  ['a pre-order without time', 12019095, withSku(preSale('PRE_ORDER'))],
  ['a pre-order in a category without', 12019099, withSku(preSale('PRE_ORDER', { release_date: 1 })), 'DE'],
  ['an order of 21 pieces', 12052706, () => ({ minimum_order_quantity: 21 })],
  ['an order of 2 pieces outside of Indonesia', 12052706, () => ({ minimum_order_quantity: 2 })],
  ['a long external id', 12052910, () => ({ external_product_id: repeated('x', 1000) })],
  ['a unit count of 0 in the EU', 12052361, withSku({ sku_unit_count: '0' }), 'DE'],
];

const compliance: Case[] = [
  ['a manufacturer that nobody knows', 12052284, () => ({ manufacturer_ids: ['1'] }), 'DE'],
  ['one manufacturer twice', 12052295, () => ({ manufacturer_ids: ['1', '1'] }), 'DE'],
  [
    '11 manufacturers',
    12052283,
    () => ({ manufacturer_ids: Array.from({ length: 11 }, (_, i) => String(i)) }),
    'DE',
  ],
  ['a person that nobody knows', 12052289, () => ({ responsible_person_ids: ['1'] }), 'DE'],
  ['one person twice', 12052296, () => ({ responsible_person_ids: ['1', '1'] }), 'DE'],
  [
    '11 persons',
    12052288,
    () => ({ responsible_person_ids: Array.from({ length: 11 }, (_, i) => String(i)) }),
    'DE',
  ],
  ['a certificate of no kind', 12052655, () => ({ certifications: [{ id: '1' }] })],
  ['a template of no size chart', 12052128, () => ({ size_chart: { template: { id: '1' } } })],
  [
    'a size chart that nobody uploaded',
    12052670,
    () => ({ size_chart: { image: { uri: 'tos-nowhere/1' } } }),
  ],
];

const refusedCreate = async (name: string, code: number, shop: ListingShop, body: object): Promise<void> => {
  const reply = await shop.create(body);
  t.equal(reply.code, code, `${name}: ${reply.message}`);
  provoked.add(reply.code);
};

await t.test('a create names what is wrong with the code that TikTok documents', async (t) => {
  const cases = [
    texts,
    categories,
    images,
    attributes,
    packages,
    skus,
    variants,
    prices,
    stock,
    sales,
    compliance,
  ];
  for (const [what, code, change, region = 'US'] of cases.flat()) {
    const shop = shopIn(region);
    const body = await shop.body();
    const reply = await shop.create({ ...body, ...change(body, shop) });
    t.equal(reply.code, code, `${what}: ${reply.message}`);
    provoked.add(reply.code);
  }
  t.equal(control.products(shopIn('US').shopId).length, 0, 'nothing is made');
});

await t.test('a listing is held against what its category asks for at that moment', async (t) => {
  const shop = shopIn('US');
  const body = await shop.body();
  const category = textOf(body['category_id']);
  const own = rows(body['product_attributes']);
  const values = [
    { id: '1', name: 'Yes' },
    { id: '2', name: 'No' },
  ];
  const change = control.changeRules({
    regions: ['US'],
    categoryIds: [category],
    changes: [
      { kind: 'attribute', attribute: { id: '900', name: 'Sharp', values } },
      {
        kind: 'attribute',
        attribute: {
          id: '901',
          name: 'Blade',
          isCustomizable: true,
          conditions: [{ attributeId: '900', valueId: '1' }],
        },
      },
      {
        kind: 'attribute',
        attribute: { id: '902', name: 'Litres', isCustomizable: true, format: 'POSITIVE_INT_OR_DECIMAL' },
      },
      {
        kind: 'certificate',
        certificate: { id: '950', name: 'Glaze', isRequired: false, needsExpiry: true },
      },
      {
        kind: 'rules',
        rules: { specialTypes: ['PRE_ORDER', 'MADE_TO_ORDER', 'CUSTOM'], manufacturerRequired: false },
      },
    ],
  });
  const given = (...more: Json[]): Json => ({ ...body, product_attributes: [...own, ...more] });
  const one = (id: string, ...chosen: object[]): Json => ({ id, values: chosen });
  const wrong: [string, number, Json][] = [
    ['an attribute twice', 12052254, given(one('900', { id: '2' }), one('900', { id: '2' }))],
    ['two values where one is allowed', 12052246, given(one('900', { id: '1' }, { id: '2' }))],
    ['a value twice', 12052253, given(one('900', { id: '1' }, { id: '1' }))],
    ['a value of the seller twice', 12052251, given(one('901', { name: 'a' }, { name: 'a' }))],
    ['a value of the seller where there is none', 12052240, given(one('900', { name: 'Perhaps' }))],
    ['a value without name', 12052248, given(one('901', {}))],
    ['a value over 2,000', 12052249, given(one('901', { name: 'ab '.repeat(700) }))],
    ['a value with an emoji', 12052935, given(one('901', { name: 'Steel 🙂' }))],
    ['a Chinese value', 12052250, given(one('901', { name: '钢 steel' }))],
    ['a required attribute is missing', 12052104, { ...body, product_attributes: own.slice(1) }],
    ['an answer asks for another attribute', 12052182, given(one('900', { id: '1' }))],
    [
      'an answer forbids another attribute',
      12052183,
      given(one('900', { id: '2' }), one('901', { name: 'Steel' })),
    ],
  ];
  for (const [what, code, sent] of wrong) {
    const reply = await shop.create(sent);
    t.equal(reply.code, code, `${what}: ${reply.message}`);
    provoked.add(reply.code);
  }
  const conditional = await shop.create(given(one('900', { id: '1' })));
  t.match(conditional.message, /'Blade'.*'Yes'.*'Sharp'/, 'the message names both');

  const special: [number, object][] = [
    [12019097, preSale('PRE_ORDER', { handling_duration_days: 5 })],
    [12019098, preSale('MADE_TO_ORDER', { release_date: 5 })],
    [12052712, preSale('MADE_TO_ORDER', { handling_duration_days: 15 })],
    [12052269, preSale('PRE_ORDER', { release_date: addDays(61) })],
  ];
  for (const [code, extra] of special) {
    const reply = await shop.create({ ...body, skus: [sku(simulator, shop, 'P', extra)] });
    t.equal(reply.code, code, reply.message);
    provoked.add(reply.code);
  }
  const [red, blue] = [coloured(simulator, shop, 'Red'), coloured(simulator, shop, 'Blue')];
  const mixed = [{ ...red, ...preSale('PRE_ORDER', { release_date: addDays(30) }) }, blue];
  await refusedCreate('kinds of pre-sale mixed', 12019100, shop, { ...body, skus: mixed });

  const pdf = (await shop.uploadFile(Buffer.from('%PDF-1.7'), 'glaze.pdf')).data['id'];
  const file = { id: pdf, name: 'glaze.pdf', format: 'PDF' };
  const papers: [number, Json][] = [
    [
      12052656,
      {
        certifications: [
          { id: '950', files: [file] },
          { id: '950', files: [file] },
        ],
      },
    ],
    [
      12052658,
      { certifications: [{ id: '950', files: [{ ...file, id: 'v0' }], expiration_date: addDays(9) }] },
    ],
    [12052385, { certifications: [{ id: '950', files: [file] }] }],
    [12052385, { certifications: [{ id: '950', files: [file], expiration_date: addDays(-1) }] }],
    [12052650, { certifications: [{ id: '950', images: [{ uri: 'tos-nowhere/1' }] }] }],
    [12052671, { size_chart: { image: { uri: await shop.image('SIZE_CHART_IMAGE', 800) } } }],
  ];
  for (const [code, extra] of papers) await refusedCreate('papers', code, shop, { ...body, ...extra });
  control.dropRuleChange(change.id);

  const stricter = control.changeRules({
    inSeconds: 600,
    regions: ['US'],
    categoryIds: [category],
    changes: [
      { kind: 'certificate', certificate: { id: '951', name: 'Food', isRequired: true } },
      { kind: 'rules', rules: { sizeChart: 'required' } },
    ],
  });
  t.equal((await shop.create(body)).code, 0, 'not yet');
  control.setClock({ advanceSeconds: 601 });
  await refusedCreate('a certificate', 12052105, shop, body);
  const paper = { certifications: [{ id: '951', files: [file] }] };
  await refusedCreate('a size chart', 12052673, shop, { ...body, ...paper });
  const chart = { size_chart: { image: { uri: await shop.image('SIZE_CHART_IMAGE', 1100) } } };
  control.setBehaviour({ sizeChartQuality: 'refused' });
  await refusedCreate('the quality of the chart', 5001001, shop, { ...body, ...paper, ...chart });
  control.setBehaviour({ sizeChartQuality: 'passes' });
  t.equal((await shop.create({ ...body, ...paper, ...chart })).code, 0);
  control.dropRuleChange(stricter.id);
});

await t.test('EU goods name who made them and who answers for them', async (t) => {
  const shop = shopIn('DE');
  const body = await shop.body();
  const change = control.changeRules({
    regions: ['DE'],
    categoryIds: [textOf(body['category_id'])],
    changes: [{ kind: 'rules', rules: { manufacturerRequired: true, responsiblePersonRequired: true } }],
  });
  await refusedCreate('a manufacturer', 12052282, shop, body);
  const phone = { country_code: '+49', local_number: '3012345678' };
  const maker = await shop.call('POST', '/product/202409/compliance/manufacturers', {
    cipher: '',
    body: {
      name: 'Maker',
      email: 'a@b.test',
      phone_number: phone,
      address: 'Weg 1, Berlin',
      locale: 'de-DE',
    },
  });
  t.equal(maker.code, 0, maker.message);
  const manufacturer_ids = [maker.data['manufacturer_id']];
  await refusedCreate('a person', 12052287, shop, { ...body, manufacturer_ids });
  const person = await shop.call('POST', '/product/202409/compliance/responsible_persons', {
    cipher: '',
    body: {
      name: 'Person',
      email: 'a@b.test',
      phone_number: phone,
      address: { street_address_line1: 'Weg 1', postal_code: '10115', country: 'DE' },
      locale: 'de-DE',
    },
  });
  t.equal(person.code, 0, person.message);
  const responsible_person_ids = [person.data['responsible_person_id']];
  t.equal((await shop.create({ ...body, manufacturer_ids, responsible_person_ids })).code, 0);
  control.dropRuleChange(change.id);
  const other = listingShop(simulator, 'FR');
  const foreign = await other.body();
  await refusedCreate('a foreign maker', 12052285, other, { ...foreign, manufacturer_ids });
  await refusedCreate('a foreign person', 12052290, other, { ...foreign, responsible_person_ids });
});

await t.test('TikTok drops a brand, a GTIN and values that do not fit, and says so', async (t) => {
  const shop = shopIn('US');
  const body = await shop.body();
  const own = rows(body['product_attributes']);
  const wrong = {
    ...body,
    brand_id: '123',
    product_attributes: [...own, { id: '999999', values: [{ name: 'x' }] }],
    skus: [sku(simulator, shop, 'G', { identifier_code: { type: 'UPC', code: '12345678901' } })],
  };
  const made = await shop.create(wrong);
  t.equal(made.code, 0, made.message);
  const warnings = rows(made.data['warnings']).map(({ message }) => textOf(message));
  t.equal(warnings.length, 3);
  t.match(warnings[0], /^The \[brand_id\]:123 field is incorrect and has been automatically cleared/);
  const { data } = await shop.product(textOf(made.data['product_id']));
  t.notOk('brand' in data);
  t.notOk('identifier_code' in first(data['skus']));
  t.equal(rows(data['product_attributes']).length, own.length);
  control.setBehaviour({ wrongValues: 'refused' });
  await refusedCreate('a brand', 12052026, shop, wrong);
  const { brand_id: _brand, ...branded } = wrong;
  await refusedCreate('an attribute', 12052247, shop, branded);
  await refusedCreate('a GTIN', 12052591, shop, { ...branded, product_attributes: own });
  const isbn = { skus: [sku(simulator, shop, 'G', { identifier_code: { type: 'ISBN', code: '12X' } })] };
  await refusedCreate('an ISBN', 12052598, shop, { ...body, ...isbn });
  const unknown = own.map(({ id }) => ({ id, values: [{ id: '424242' }] }));
  await refusedCreate('a value', 12052529, shop, { ...body, product_attributes: unknown });
  const change = control.changeRules({
    categoryIds: [textOf(body['category_id'])],
    changes: [
      {
        kind: 'attribute',
        attribute: { id: '903', name: 'Litres', isCustomizable: true, format: 'POSITIVE_INT_OR_DECIMAL' },
      },
    ],
  });
  const litres = [...own, { id: '903', values: [{ name: 'two' }] }];
  await refusedCreate('a number', 12052256, shop, { ...body, product_attributes: litres });
  control.setBehaviour({ wrongValues: 'cleared' });
  t.match(rows((await shop.create({ ...body, product_attributes: litres })).data['warnings'])[0], {
    message: /\[product_attributes.values.name\]:two/,
  });
  control.dropRuleChange(change.id);
  const brands = await shop.call('GET', '/product/202309/brands', { query: { page_size: '100' } });
  const protectedOne = rows(brands.data['brands']).find((brand) => brand['is_t1_brand'] === true);
  await refusedCreate('a protected brand', 12052201, shop, { ...body, brand_id: protectedOne?.['id'] });
});

await t.test('images of variants stand on one attribute, for every value of it', async (t) => {
  const shop = shopIn('US');
  const uri = await shop.image('ATTRIBUTE_IMAGE');
  const body = await shop.body();
  const one = (name: string, value: string, image?: object): Json => ({ name, value_name: value, ...image });
  const pictured = { sku_img: { uri } };
  const set = (...lists: Json[][]): Json => ({
    ...body,
    skus: lists.map((sales_attributes, index) => sku(simulator, shop, `V-${index}`, { sales_attributes })),
  });
  const more = { supplementary_sku_images: Array.from({ length: 9 }, () => ({ uri })) };
  await refusedCreate(
    'two attributes',
    12052528,
    shop,
    set([one('A', '1', pictured), one('B', '1', pictured)]),
  );
  await refusedCreate('one value without', 12052522, shop, set([one('A', '1', pictured)], [one('A', '2')]));
  await refusedCreate('more without the first', 12052357, shop, set([one('A', '1', more)]));
  await refusedCreate('nine more', 12052356, shop, set([one('A', '1', { ...pictured, ...more })]));
  t.equal((await shop.create(set([one('A', '1', pictured)], [one('A', '2', pictured)]))).code, 0);

  control.setBehaviour({ imageRatios: 'kept' });
  const long = textOf((await shop.upload(png(300, 900), 'MAIN_IMAGE')).data['uri']);
  await refusedCreate('a long image', 12052305, shop, { ...body, main_images: [{ uri: long }] });
  const thin = textOf((await shop.upload(png(300, 900), 'ATTRIBUTE_IMAGE')).data['uri']);
  await refusedCreate('a long variant', 12052524, shop, set([one('A', '1', { sku_img: { uri: thin } })]));
  control.setBehaviour({ imageRatios: 'converted' });
  const large = textOf((await shop.upload(png(4001, 3500), 'MAIN_IMAGE')).data['uri']);
  await refusedCreate('a large image', 12052302, shop, { ...body, main_images: [{ uri: large }] });
  const small = await shop.image('MAIN_IMAGE', 200);
  await refusedCreate('a small image', 12052301, shop, { ...body, main_images: [{ uri: small }] });
  const { url } = (await shop.upload(png(600), 'DESCRIPTION_IMAGE')).data;
  const html = (tag: string): object => ({ ...body, description: `<p>Mug</p>${tag}` });
  const tag = `<img src="${textOf(url)}" width="9" height="9"/>`;
  await refusedCreate('31 images', 12052056, shop, html(tag.repeat(31)));
  await refusedCreate('no width', 12052348, shop, html(`<img src="${textOf(url)}" height="9"/>`));
  await refusedCreate(
    'a width of 4,000',
    12052341,
    shop,
    html(`<img src="${textOf(url)}" width="4000" height="9"/>`),
  );
  t.equal((await shop.create(html(`<img src="${textOf(url)}" width="600" height="600"/>`))).code, 0);
});

await t.test('an edit may not touch what was settled with the submission', async (t) => {
  const shop = shopIn('US');
  const code = { type: 'UPC', code: '012345678905' };
  const { id, skus } = await shop.live({ skus: [sku(simulator, shop, 'E-1', { identifier_code: code })] });
  const [skuId] = skus;
  const plain = { id: skuId, seller_sku: 'E-1' };
  const refused = async (what: string, expected: number, body: object): Promise<void> => {
    const reply = await shop.partialEdit(id, body);
    t.equal(reply.code, expected, `${what}: ${reply.message}`);
    provoked.add(reply.code);
  };
  await refused('no GTIN', 12052593, { skus: [plain] });
  await refused('another GTIN', 12052593, {
    skus: [{ ...plain, identifier_code: { ...code, code: '036000291452' } }],
  });
  const same = { ...plain, identifier_code: code };
  await refused('a first attribute', 12019019, { skus: [{ ...same, ...values(['Glaze', 'Red']) }] });
  await refused('an unknown SKU', 12052557, { skus: [{ ...same, id: '17' }] });
  await refused('a SKU twice', 12052553, { skus: [same, same] });
  const west = control.addWarehouse(shop.shopId, { name: 'West' });
  await refused('another warehouse', 12052533, {
    skus: [{ ...same, inventory: [{ warehouse_id: west.id, quantity: 1 }] }],
  });
  control.patchWarehouse(shop.shopId, west.id, { effectStatus: 'DISABLED' });
  await refused('a disabled warehouse', 12052531, {
    skus: [{ ...same, inventory: [{ warehouse_id: west.id, quantity: 1 }] }],
  });
  control.patchSku(skuId ?? '', { promotion: { endsInSeconds: 3600 } });
  await refused('a price in a promotion', 12052038, {
    skus: [{ ...same, price: { amount: '9', currency: 'USD' } }],
  });
  control.patchSku(skuId ?? '', { promotion: null });
  for (const [editLock, expected] of [
    ['appeal', 12052308],
    ['auction', 12052371],
    ['limited', 12052922],
    ['migration', 12052332],
    ['gift', 12052163],
  ] as const) {
    control.patchProduct(id, { editLock });
    t.equal((await shop.partialEdit(id, { title: 'Stoneware mug, locked' })).code, expected, editLock);
  }
  control.patchProduct(id, { editLock: null });
  control.setBehaviour({ categoryChange: 'refused' });
  const { skus: _skus, ...body } = await shop.body();
  const moved = await shop.edit(id, { ...body, category_id: '3000912', skus: [same] });
  t.equal(moved.code, 12052158, moved.message);
  provoked.add(moved.code);
  control.setBehaviour({ categoryChange: 'accepted' });
});

await t.test('the list of SKUs may be locked, and may have to name the stock of all', async (t) => {
  const shop = shopIn('US');
  const skus = [coloured(simulator, shop, 'Red'), coloured(simulator, shop, 'Blue')];
  const { id } = await shop.live({ skus });
  const kept = rows((await shop.product(id)).data['skus']).map((one) => ({
    id: one['id'],
    sales_attributes: rows(one['sales_attributes']).map((a) => ({ id: a['id'], value_id: a['value_id'] })),
  }));
  const refused = async (expected: number, sent: object[]): Promise<void> => {
    const reply = await shop.partialEdit(id, { skus: sent });
    t.equal(reply.code, expected, reply.message);
    provoked.add(reply.code);
  };
  const more = [...kept, coloured(simulator, shop, 'Green')];
  control.setBehaviour({ stockInEdits: 'all_skus' });
  await refused(12019022, more);
  control.setBehaviour({ stockInEdits: 'per_sku' });
  control.patchProduct(id, { editLock: 'skus' });
  await refused(12019056, more);
  await refused(12019057, kept.slice(1));
  control.patchProduct(id, { editLock: null });
  const west = control.addWarehouse(shop.shopId, { name: 'West' });
  const inventory = [shop.warehouse, west.id].map((warehouse_id, index) => ({
    warehouse_id,
    quantity: 1,
    handling_time: index + 1,
  }));
  const body = await shop.body();
  const other = { ...body, skus: [sku(simulator, shop, 'H', { inventory })] };
  await refusedCreate('two handling times', 12052490, shop, other);
});

await t.test('what a product is, pre-order or not, is settled once it was submitted in the US', async (t) => {
  const shop = shopIn('US');
  const body = await shop.body();
  const change = control.changeRules({
    categoryIds: [textOf(body['category_id'])],
    changes: [{ kind: 'rules', rules: { specialTypes: ['PRE_ORDER', 'MADE_TO_ORDER', 'CUSTOM'] } }],
  });
  const make = async (extra: object): Promise<{ id: string; one: Json }> => {
    const { id, skus } = await shop.live({ skus: [sku(simulator, shop, 'K', extra)] });
    return { id, one: { id: skus[0], seller_sku: 'K' } };
  };
  const plain = await make({});
  const ordered = await make(preSale('PRE_ORDER', { release_date: addDays(30) }));
  const edits: [number, string, Json][] = [
    [12052315, plain.id, { ...plain.one, ...preSale('PRE_ORDER', { release_date: addDays(30) }) }],
    [12052314, plain.id, { ...plain.one, ...preSale('MADE_TO_ORDER', { handling_duration_days: 5 }) }],
    [12052329, ordered.id, ordered.one],
  ];
  for (const [code, id, one] of edits) {
    const reply = await shop.partialEdit(id, { skus: [one] });
    t.equal(reply.code, code, reply.message);
    provoked.add(reply.code);
  }
  control.dropRuleChange(change.id);
});

await t.test(
  'a shop without warehouses, a cross-border shop and a used external id are refused',
  async (t) => {
    const shop = listingShop(simulator);
    const body = await shop.body({ external_product_id: 'one' });
    t.equal((await shop.create(body)).code, 0);
    await refusedCreate('the external id', 12052996, shop, body);
    for (const { id } of control.warehouses(shop.shopId).filter(({ type }) => type === 'RETURN_WAREHOUSE'))
      control.patchWarehouse(shop.shopId, id, { effectStatus: 'DISABLED' });
    const { external_product_id: _used, ...fresh } = body;
    await refusedCreate('no return warehouse', 12052535, shop, fresh);
    control.patchWarehouse(shop.shopId, shop.warehouse, { effectStatus: 'DISABLED' });
    await refusedCreate('no warehouse', 12052115, shop, fresh);
    const [global] = control.shops().filter(({ sellerType }) => sellerType === 'CROSS_BORDER');
    const abroad = listingShop(simulator, 'GB', 'CROSS_BORDER');
    t.ok(global);
    await refusedCreate('a cross-border shop', 12052701, abroad, fresh);
  },
);

await t.test('invite-only: waits after its audit in the US, is refused elsewhere', async (t) => {
  const us = shopIn('US');
  const change = control.changeRules({
    categoryIds: [
      textOf((await us.body())['category_id']),
      textOf((await shopIn('TH').body())['category_id']),
    ],
    changes: [{ kind: 'permission', statuses: ['INVITE_ONLY'] }],
  });
  const { id } = await us.live();
  const { data } = await us.product(id);
  t.match(data, {
    status: 'PENDING',
    audit: { status: 'PRE_APPROVED', pre_approved_reasons: ['RESTRICTED_CATEGORY_PENDING'] },
  });
  await refusedCreate('invite-only in Thailand', 12052226, shopIn('TH'), await shopIn('TH').body());
  control.dropRuleChange(change.id);
});

await t.test(
  'a category of the other tree is told apart, and a list price or grams elsewhere by switch',
  async (t) => {
    const gb = shopIn('GB');
    const body = await gb.body();
    const swapped = body['category_version'] === 'v1' ? 'v2' : 'v1';
    await refusedCreate('the other tree', 12052230, gb, { ...body, category_version: swapped });
    const vn = shopIn('VN');
    const grams = {
      ...(await vn.body()),
      package_weight: { value: '500', unit: 'GRAM' },
      skus: [sku(simulator, vn, 'W', { list_price: { amount: '100000', currency: 'VND' } })],
    };
    t.equal((await vn.create(grams)).code, 0, 'both were seen live');
    control.setBehaviour({ gramsElsewhere: 'refused' });
    await refusedCreate('grams', 12052916, vn, grams);
    control.setBehaviour({ gramsElsewhere: 'accepted', listPriceElsewhere: 'refused' });
    await refusedCreate('a list price', 12052376, vn, grams);
    control.setBehaviour({ listPriceElsewhere: 'dropped' });
  },
);

await t.test('the listing check knows little, makes nothing and counts nothing', async (t) => {
  const shop = listingShop(simulator);
  const good = await shop.check(await shop.body());
  t.strictSame(good.data, { check_result: 'PASS', fail_reasons: [] });
  const bad = await shop.check({
    ...(await shop.body()),
    title: 'Mug 🙂',
    package_weight: { value: '1', unit: 'POUND' },
    skus: [sku(simulator, shop, 'S', { price: { amount: '0', currency: 'USD' } })],
  });
  t.equal(bad.data['check_result'], 'FAILED');
  t.strictSame(
    rows(bad.data['fail_reasons']).map(({ code }) => code),
    [12052931, 12052915],
    'all that it knows',
  );
  t.equal(control.products(shop.shopId).length, 0);
  const unknown = await shop.check({ ...(await shop.body()), main_images: [{ uri: 'tos-nowhere/1' }] });
  t.equal(first(unknown.data['fail_reasons'])['code'], 12052722);
});

await t.test(
  'a shop lists so many products a day as its tier allows, and goes on the next day',
  async (t) => {
    const shop = listingShop(simulator);
    control.patchListing(shop.shopId, { tier: 'BEGINNER', createdToday: 98 });
    const body = await shop.body();
    const answers: number[] = [];
    for (let count = 0; count < 3; count++) answers.push((await shop.create(body)).code);
    t.strictSame(answers, [0, 0, 12052093]);
    t.equal((await shop.create({ ...body, save_mode: 'AS_DRAFT' })).code, 0, 'a draft is no listing');
    control.setClock({ advanceSeconds: 86_400 });
    t.equal((await shop.create(body)).code, 0);
    control.setBehaviour({ refusedListings: 'count' });
    control.patchListing(shop.shopId, { createdToday: 99 });
    t.equal((await shop.create({ ...body, title: '' })).code, 12052261);
    t.equal((await shop.create(body)).code, 12052093, 'a refused one counts, with the switch');
    control.setBehaviour({ refusedListings: 'free', editsCount: true });
    const [product] = control.products(shop.shopId, { status: 'ACTIVATE' });
    const edited = await shop.partialEdit(product?.id ?? '', { title: 'Stoneware mug, edited at the limit' });
    t.equal(edited.code, 12052093, 'so do edits, with the switch');
    control.setBehaviour({ editsCount: false });
  },
);

/** Rules that no call of these tests can break, with the reason. */
const unreachable: Record<number, string> = {
  12052424: 'cross-border shops cannot create, and have no local products to edit here',
  12052657: 'eleven certificates of one category: tried below',
};

await t.test('every rule is broken by some listing', async (t) => {
  const shop = shopIn('US');
  const body = await shop.body();
  const kinds = Array.from({ length: 11 }, (_, index) => String(9000 + index));
  const change = control.changeRules({
    categoryIds: [textOf(body['category_id'])],
    changes: kinds.map((id) => ({
      kind: 'certificate' as const,
      certificate: { id, name: id, isRequired: false },
    })),
  });
  await refusedCreate('11 certificates', 12052657, shop, {
    ...body,
    certifications: kinds.map((id) => ({ id })),
  });
  control.dropRuleChange(change.id);
  const codes = new Set(listingRules.flatMap(({ code }) => (typeof code === 'number' ? [code] : [])));
  t.ok(codes.size > 90, `${codes.size} codes`);
  t.strictSame(
    [...codes]
      .filter((code) => !provoked.has(code) && !(code in unreachable))
      .toSorted((one, other) => one - other),
    [],
  );
});
