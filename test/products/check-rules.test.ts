import t from 'tap';
import type { Fields } from '../../src/products/content/product-fields.js';
import { wantedOf } from '../../src/products/content/wanted.js';
import { checkProduct, checkRules } from '../../src/products/checks/check-product.js';
import type { CheckContext } from '../../src/products/checks/listing-rules.js';
import { marketLimitsOf } from '../../src/products/specification/market-limits.js';
import { attribute, rules } from './product-files.js';

interface Case {
  /** The finding that is to come. */
  rule: string;
  product?: Fields;
  /** Of the first SKU. */
  sku?: Fields;
  skus?: { sku: string; fields: Fields }[];
  context?: Partial<CheckContext>;
  region?: string;
  code?: string | null;
  nearest?: string | null;
  message?: RegExp;
}

const good: Fields = {
  Title: 'Soft cotton shirt with a round neck for men and women',
  Description: '<p>Soft.</p>',
  Category: '601226',
  Weight: '0.2',
  'Weight Unit': 'KILOGRAM',
  ...Object.fromEntries(
    Array.from({ length: 5 }, (_, nth) => [`Image ${nth + 1}`, `https://cdn.example.com/${nth}.jpg`]),
  ),
};
const goodSku: Fields = { Cost: '19.99', Quantity: '5' };

function contextOf(region: string, changes: Partial<CheckContext> = {}): CheckContext {
  return {
    market: marketLimitsOf(region),
    category: { kind: 'rules', rules: rules() },
    brand: null,
    warehouses: ['Main', '7300001'],
    isCrossBorder: false,
    isListed: false,
    codeTwins: new Map(),
    ownHosts: [],
    now: new Date('2026-11-30T00:00:00Z'),
    ...changes,
  };
}

function findingsOf({ product = {}, sku = {}, skus, context = {}, region = 'US' }: Omit<Case, 'rule'>) {
  const list = skus ?? [{ sku: 'S-1', fields: { ...goodSku, ...sku } }];
  const wanted = wantedOf(
    {
      name: 'P',
      fields: { ...good, ...product },
      skus: list.map((each) => ({
        ...each,
        skuKey: each.sku.toLowerCase(),
        isRemoved: false,
        tiktokSkuId: null,
      })),
    },
    marketLimitsOf(region).currency,
  );
  const rows = new Map(list.map((each, nth) => [each.sku, nth + 2]));
  return checkProduct({ wanted, conflicts: [], row: 2, rows }, contextOf(region, context));
}

const of = (value: string, more: Fields = {}): Fields => ({
  'Option 1 Name': 'Color',
  'Option 1 Value': value,
  ...goodSku,
  ...more,
});
const demand = (changes: Parameters<typeof rules>[0]): Partial<CheckContext> => ({
  category: { kind: 'rules', rules: rules(changes) },
});
const battery = attribute('101610', 'Contains Batteries or Cells?', {
  values: [
    { id: '1', name: 'Batteries' },
    { id: '2', name: 'None' },
  ],
});
const certificate = {
  id: '77',
  name: 'Safety Data Sheet',
  isRequired: true,
  needsExpiry: true,
  details: 'Upload it.',
  sampleUrl: null,
  conditions: [],
};

const cases: Case[] = [
  { rule: 'title-missing', product: { Title: null }, code: '12052261' },
  {
    rule: 'title-too-long',
    product: { Title: 'word '.repeat(52).trim() },
    code: '12052051',
    nearest: 'word '.repeat(51).trim(),
  },
  {
    rule: 'title-too-short',
    product: { Title: 'Shirt with 24 characters' },
    region: 'SG',
    code: null,
    message: /24 characters.*25 in SG/,
  },
  {
    rule: 'title-text',
    product: { Title: 'A very soft cotton shirt 👕 for all of us here' },
    code: '12052931',
    nearest: 'A very soft cotton shirt for all of us here',
    message: /emoji/,
  },
  {
    rule: 'title-text',
    product: { Title: 'A soft&nbsp;shirt &amp; trousers of good cotton ware' },
    nearest: 'A soft shirt & trousers of good cotton ware',
    message: /HTML entity/,
  },
  {
    rule: 'title-text',
    product: { Title: 'A good shirt!!!!!!!!!! for everybody in the whole town' },
    nearest: 'A good shirt!!!!!!!!! for everybody in the whole town',
    message: /9 times/,
  },
  {
    rule: 'title-text',
    product: { Title: 'A shirt with a\u0007 bell in the middle of the title' },
    message: /control character/,
  },
  { rule: 'title-text', product: { Title: '*** !!! ???' }, message: /nothing but symbols/ },
  {
    rule: 'title-language',
    product: { Title: '柔软的棉质衬衫 soft cotton shirt of good quality' },
    code: '12052262',
  },
  { rule: 'title-quality', product: { Title: 'Short shirt' }, code: null },
  { rule: 'description-missing', product: { Description: null }, code: '12052015' },
  {
    rule: 'description-too-long',
    product: { Description: 'x'.repeat(10_001) },
    code: '12052013',
    message: /10008 characters/,
  },
  {
    rule: 'description-images',
    product: { Description: '<img src="https://cdn.example.com/a.jpg">'.repeat(31) },
    code: '12052056',
  },
  { rule: 'description-image-address', product: { Description: '<img src="/a.jpg">' }, code: '12052340' },
  { rule: 'description-active', product: { Description: '<p onclick="x()">Hi</p>' } },
  { rule: 'description-active', product: { Description: '<SCRIPT>x</SCRIPT>' } },
  { rule: 'formula', product: { Brand: '=cmd|x' } },
  {
    rule: 'option-name',
    sku: { 'Option 1 Name': 'A name of more than twenty', 'Option 1 Value': 'Red' },
    code: '12052933',
  },
  {
    rule: 'option-value',
    sku: { 'Option 1 Name': 'Color', 'Option 1 Value': 'Red ❤️' },
    code: '12052934',
    nearest: 'Red',
  },
  { rule: 'cross-border', context: { isCrossBorder: true }, code: '12052701' },
  { rule: 'category-missing', context: { category: { kind: 'missing' } }, code: '12052023' },
  {
    rule: 'category-unknown',
    context: { category: { kind: 'unknown', proposals: [{ id: '9', path: 'A > B' }] } },
    code: '12052025',
    nearest: '9',
  },
  { rule: 'category-not-read', context: { category: { kind: 'unread', reason: 'TikTok is away' } } },
  { rule: 'category-not-leaf', context: demand({ isLeaf: false }), code: '12052024' },
  { rule: 'category-prohibited', context: demand({ permissions: ['PROHIBITED'] }), code: '12052220' },
  {
    rule: 'category-invite-only',
    context: demand({ permissions: ['INVITE_ONLY'] }),
    region: 'GB',
    code: '12052226',
  },
  {
    rule: 'category-invite-only',
    context: demand({ permissions: ['INVITE_ONLY'] }),
    code: null,
    message: /PRE_APPROVED/,
  },
  { rule: 'category-not-main', context: demand({ permissions: ['NON_MAIN_CATEGORY'] }), code: '12052225' },
  {
    rule: 'brand',
    product: { Brand: 'Acne' },
    context: { brand: { id: null, nearest: 'Acme' } },
    code: '12052026',
    nearest: 'Acme',
  },
  {
    rule: 'brand',
    product: { Brand: 'Acme' },
    context: { brand: { id: '1', name: 'Acme', isAuthorized: false, isT1: true } },
    code: '12052201',
  },
  {
    rule: 'brand',
    product: { Brand: 'Acme' },
    context: { brand: { id: '1', name: 'Acme', isAuthorized: false, isT1: false } },
    code: null,
    message: /does not show/,
  },
  {
    rule: 'image-missing',
    product: Object.fromEntries(Array.from({ length: 5 }, (_, nth) => [`Image ${nth + 1}`, null])),
    code: '12052028',
  },
  { rule: 'image-address', product: { 'Image 1': 'http://127.0.0.1/a.jpg' }, message: /inside a network/ },
  { rule: 'image-address', product: { 'Image 1': 'http://[::ffff:10.0.0.1]/a.jpg' } },
  { rule: 'image-address', product: { 'Image 1': 'http://2130706433/a.jpg' } },
  { rule: 'image-address', product: { 'Image 1': 'http://metadata.google.internal/a.jpg' } },
  { rule: 'image-address', product: { 'Image 1': 'file:///etc/passwd' } },
  {
    rule: 'image-address',
    product: { 'Image 1': 'https://user:secret@cdn.example.com/a.jpg' },
    message: /password/,
  },
  {
    rule: 'image-address',
    sku: { 'Option 1 Name': 'Color', 'Option 1 Value': 'Red', 'Variant Image': 'http://192.168.1.1/a.jpg' },
  },
  { rule: 'image-few', product: { 'Image 2': null } },
  {
    rule: 'product-url',
    product: { 'Product Url': `https://shop.example.com/${'x'.repeat(200)}` },
    code: '12052238',
  },
  { rule: 'no-sku', skus: [], code: '12052902' },
  {
    rule: 'too-many-skus',
    skus: Array.from({ length: 101 }, (_, nth) => ({ sku: `S-${nth}`, fields: of(`C ${nth}`) })),
    region: 'SG',
    code: '12052050',
    message: /101.*100/,
  },
  {
    rule: 'sku-too-long',
    skus: [{ sku: 'X'.repeat(51), fields: goodSku }],
    code: '12052054',
    nearest: 'X'.repeat(50),
  },
  { rule: 'sku-blank', skus: [{ sku: 'A B', fields: goodSku }], nearest: 'A-B' },
  {
    rule: 'options-incomplete',
    skus: [
      { sku: 'A', fields: of('Red') },
      { sku: 'B', fields: goodSku },
    ],
    code: '12052550',
  },
  {
    rule: 'option-twice',
    sku: { 'Option 1 Name': 'Size', 'Option 1 Value': 'L', 'Option 2 Name': 'size', 'Option 2 Value': 'M' },
    code: '12052560',
  },
  {
    rule: 'combination-twice',
    skus: [
      { sku: 'A', fields: of('Red') },
      { sku: 'B', fields: of('red') },
    ],
    message: /options of A/,
  },
  {
    rule: 'variant-images',
    skus: [
      { sku: 'A', fields: of('Red', { 'Variant Image': 'https://cdn.example.com/r.jpg' }) },
      { sku: 'B', fields: of('Blue') },
    ],
    code: '12052522',
  },
  {
    rule: 'variant-images-spread',
    skus: ['M', 'L'].map((size) => ({
      sku: size,
      fields: {
        ...of('Red'),
        'Option 2 Name': 'Size',
        'Option 2 Value': size,
        'Variant Image': `https://cdn.example.com/${size}.jpg`,
      },
    })),
    code: '12052528',
  },
  { rule: 'external-id', product: { 'External Product Id': 'x'.repeat(1_000) } },
  { rule: 'price-missing', sku: { Cost: null }, code: '12052571' },
  { rule: 'price', sku: { Cost: '7600.01' }, code: '12052570', nearest: '7600' },
  { rule: 'price', sku: { Cost: '0' } },
  { rule: 'price', sku: { Cost: '100.5' }, region: 'JP', nearest: '101' },
  { rule: 'price', sku: { Cost: 'free' }, code: '12052012' },
  { rule: 'currency', sku: { Currency: 'EUR' }, code: '12052084' },
  { rule: 'list-price', sku: { 'List Price': '10' }, nearest: '19.99' },
  { rule: 'quantity', sku: { Quantity: '100000' }, code: '12052055', nearest: '99999' },
  { rule: 'quantity', sku: { Quantity: '1.5' } },
  { rule: 'quantity-zero', sku: { Quantity: '0' } },
  { rule: 'warehouse-unknown', sku: { 'Warehouse Code': 'Elsewhere' }, code: '12052097', message: /Main/ },
  { rule: 'code', sku: { GTIN: '12345678901', 'GTIN Type': 'UPC' }, code: '12052591', message: /11 digits/ },
  { rule: 'code', sku: { GTIN: '4006381333932', 'GTIN Type': 'EAN' }, nearest: '4006381333931' },
  {
    rule: 'code-twice',
    skus: ['A', 'B'].map((sku) => ({ sku, fields: of(sku, { GTIN: '4006381333931' }) })),
    code: '12052592',
  },
  {
    rule: 'code-twice',
    sku: { GTIN: '4006381333931' },
    context: { codeTwins: new Map([['4006381333931', ['OTHER', 'S-1']]]) },
    message: /OTHER/,
  },
  { rule: 'weight-missing', product: { Weight: null } },
  { rule: 'weight', product: { Weight: '0' }, code: '12052181' },
  { rule: 'weight', product: { Weight: '1', 'Weight Unit': null }, nearest: '1 POUND' },
  {
    rule: 'weight',
    product: { Weight: '1', 'Weight Unit': 'POUND' },
    region: 'GB',
    code: '12052916',
    nearest: '0.454 KILOGRAM',
  },
  { rule: 'weight', product: { Weight: '0.12345' }, nearest: '0.124 KILOGRAM' },
  { rule: 'dimensions-missing', context: demand({ needsDimensions: true }) },
  {
    rule: 'dimensions',
    product: { Length: '10.123', Width: '1', Height: '1', 'Dimension Unit': 'CENTIMETER' },
    nearest: '10.13 CENTIMETER',
  },
  {
    rule: 'mixed-units',
    product: { Length: '10', Width: '1', Height: '1', 'Dimension Unit': 'INCH' },
    code: '12052915',
    nearest: '25.4 CENTIMETER',
  },
  {
    rule: 'attribute-missing',
    context: demand({ attributes: [attribute('1', 'Material', { isRequired: true })] }),
    code: '12052104',
    message: /Material is required/,
  },
  {
    rule: 'attribute-missing-by-another',
    product: { 'Attribute:101610': 'Batteries' },
    context: demand({
      attributes: [
        battery,
        attribute('100216', 'Battery Type', { conditions: [{ attributeId: '101610', valueId: '1' }] }),
      ],
    }),
    code: '12052182',
    message: /since Contains Batteries or Cells\? is Batteries/,
  },
  {
    rule: 'attribute-sales-missing',
    context: demand({ attributes: [attribute('1', 'Size', { isSales: true, isRequired: true })] }),
  },
  {
    rule: 'attribute-value',
    product: { 'Attribute:Contains Batteries or Cells?': 'Bateries' },
    context: demand({ attributes: [battery] }),
    code: '12052240',
    nearest: 'Batteries',
  },
  {
    rule: 'attribute-too-many-values',
    product: { 'Attribute:101610': 'Batteries, None' },
    context: demand({ attributes: [battery] }),
    code: '12052246',
    nearest: 'Batteries',
  },
  {
    rule: 'attribute-text',
    product: { 'Attribute:Care': 'x'.repeat(2_001) },
    context: demand({ attributes: [attribute('1', 'Care', { isCustomizable: true })] }),
    code: '12052247',
  },
  {
    rule: 'attribute-number',
    product: { 'Attribute:Watts': '12 W' },
    context: demand({ attributes: [attribute('1', 'Watts', { isCustomizable: true, isNumber: true })] }),
    code: '12052256',
    nearest: '12',
  },
  {
    rule: 'attribute-unknown',
    product: { 'Attribute:Materiall': 'x' },
    context: demand({ attributes: [attribute('1', 'Material')] }),
    nearest: 'Material',
  },
  {
    rule: 'certificate-missing',
    context: demand({ certificates: [certificate] }),
    code: '12052105',
    message: /Upload it/,
  },
  { rule: 'certificate-unknown', product: { 'Certificate:5': 'https://cdn.example.com/a.pdf' } },
  {
    rule: 'certificates-too-many',
    product: Object.fromEntries(
      Array.from({ length: 11 }, (_, nth) => [`Certificate:${nth}`, 'https://cdn.example.com/a.pdf']),
    ),
  },
  {
    rule: 'certificate-expiry',
    product: { 'Certificate:77': 'https://cdn.example.com/a.pdf', 'Certificate:77 Expires': '2026-01-01' },
    code: '12052385',
    message: /expired/,
  },
  {
    rule: 'certificate-expiry',
    product: { 'Certificate:77': 'https://cdn.example.com/a.pdf' },
    context: demand({ certificates: [certificate] }),
    message: /needs the date/,
  },
  { rule: 'size-chart-missing', context: demand({ sizeChart: 'required' }), code: '12052673' },
  {
    rule: 'size-chart-unsupported',
    product: { 'Size Chart': '123' },
    context: demand({ sizeChart: 'none' }),
  },
  { rule: 'cash-on-delivery', product: { COD: 'yes' }, code: '12052222', nearest: 'false' },
  {
    rule: 'cash-on-delivery',
    product: { COD: 'true' },
    region: 'ID',
    context: demand({ isCodSupported: false }),
  },
  { rule: 'manufacturer-missing', context: demand({ needsManufacturer: true }), region: 'DE' },
  { rule: 'responsible-person-missing', context: demand({ needsResponsiblePerson: true }), region: 'DE' },
  { rule: 'minimum-order', product: { 'Minimum Order': '21' } },
  { rule: 'pre-sale', product: { 'Pre Sale Type': 'PRE_ORDER' } },
];

await t.test('a good product has no finding', async (t) => {
  t.same(findingsOf({}), []);
  t.same(findingsOf({ region: 'GB' }), []);
});

for (const { rule, code, nearest, message, ...given } of cases) {
  await t.test(
    `${rule} is found: ${JSON.stringify({ ...given.product, ...given.sku, region: given.region }).slice(0, 80)}`,
    async (t) => {
      const found = findingsOf(given).find((finding) => finding.rule === rule);
      t.ok(found, 'it is found');
      if (!found) return;
      t.ok(found.next.length > 5 && found.message.length > 5, 'it says the rule and what to do');
      if (code !== undefined) t.equal(found.code, code);
      if (nearest !== undefined) t.equal(found.nearest, nearest);
      if (message) t.match(found.message, message);
    },
  );
}

await t.test('every rule has a case here', async (t) => {
  const proved = new Set(cases.map(({ rule }) => rule));
  // Files have three options at most; another door might bring more.
  t.same(
    checkRules.map(({ name }) => name).filter((name) => !proved.has(name)),
    ['too-many-options'],
  );
});

await t.test('a nearest value is one that passes', async (t) => {
  for (const { rule, product, sku, nearest, ...given } of cases) {
    const field = Object.keys(product ?? {})[0];
    if (!nearest || !product || field === undefined || !/^(title-text|title-too-long)$/.test(rule)) continue;
    const again = findingsOf({
      ...given,
      product: { ...product, [field]: nearest },
      ...(sku ? { sku } : {}),
    });
    t.notOk(
      again.some((finding) => finding.rule === rule),
      `${rule}: ${nearest.slice(0, 40)}`,
    );
  }
});

await t.test('grams become kilograms and ounces pounds where the market has no others', async (t) => {
  t.same(findingsOf({ product: { Weight: '250', 'Weight Unit': 'GRAM' } }), []);
  t.same(findingsOf({ product: { Weight: '8', 'Weight Unit': 'OUNCE' } }), []);
});

await t.test('what is to be deleted needs nothing else', async (t) => {
  t.same(findingsOf({ product: { Title: null, Action: 'Delete' } }), []);
});
