import t, { type Test } from 'tap';
import { readAll } from '../../src/formats/table.js';
import { readXlsx } from '../../src/formats/xlsx-reader.js';
import type { ByteRanges } from '../../src/formats/zip-file.js';
import { forgetRules } from '../../src/products/specification/category-store.js';
import { rulesOf } from '../../src/products/specification/held-rules.js';
import { requireActive, getConnection } from '../../src/connections/connection-store.js';
import { findCategory, treeOf } from '../../src/products/specification/category-tree.js';
import { marketLimitsOf } from '../../src/products/specification/market-limits.js';
import type { SpecificationDeps } from '../../src/products/specification/specification-deps.js';
import { startShop, type TestShop } from '../orders/shop.js';
import { testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);

type Json = Record<string, unknown>;

interface SpecShop extends TestShop {
  spec: SpecificationDeps;
  /** Time passes, here and at TikTok. */
  advance(ms: number): void;
  /** Asks our API as the seller's ERP does. @returns status and parsed answer */
  ask(path: string): Promise<{ status: number; body: Json; text: string; raw: Buffer }>;
  /** Calls that reached TikTok with this in their path. */
  calls(part: string): number;
}

async function specShop(t: Test, region: string): Promise<SpecShop> {
  const shop = await startShop(t, db, { region });
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  const openShop = shop.opener(clock);
  const seller = { companyId: shop.companyId } as never;
  const api = await testApi(t, db, { clock, openShop, seller });
  return {
    ...shop,
    spec: { db, clock, openShop },
    advance(ms) {
      offsetMs += ms;
      shop.simulator.control.setClock({ advanceSeconds: Math.ceil(ms / 1000) });
    },
    async ask(path) {
      const partner = shop.connection.partnerId;
      const answer = await api.call('GET', `/api/v3/Product/${partner}/${path}`);
      const isJson = String(answer.headers['content-type']).includes('json');
      return {
        status: answer.statusCode,
        body: isJson ? answer.json<Json>() : {},
        text: answer.payload,
        raw: answer.rawPayload,
      };
    },
    calls: (part) =>
      shop.simulator.control.requests({}).filter((request) => request.path.includes(part)).length,
  };
}

const attributesIn = (body: Json): Json[] => (body['Body'] as Json)['Attributes'] as Json[];
const called = (list: Json[], name: string): Json | undefined => list.find((one) => one['Name'] === name);

await t.test('a specification names every column with what TikTok demands of it in the market', async (t) => {
  const shop = await specShop(t, 'US');
  const { status, body } = await shop.ask('Specification?category=3000512');
  t.equal(status, 200, JSON.stringify(body));
  t.match(body['Body'], {
    CategoryId: '3000512',
    CategoryPath: 'Phones & Electronics > Mobile Phone Accessories > Power Banks',
    CategoryVersion: 'v2',
    Region: 'US',
    Outcome: 'listed',
    MostSkus: 300,
    Missing: [],
    DailyLimits: { Beginner: 100, Pro: null },
  });
  const attributes = attributesIn(body);
  t.match(called(attributes, 'Title'), {
    ValidationRules: [{ Type: 'Required' }, { Type: 'Length', Parameters: { Minimum: '1', Maximum: '255' } }],
  });
  t.match(called(attributes, 'Cost'), {
    ValidationRules: [
      { Type: 'Required' },
      { Type: 'Range', Parameters: { Minimum: '0.01', Maximum: '7600' } },
      { Type: 'Decimals', Parameters: { Maximum: '2' } },
    ],
  });
  t.match(called(attributes, 'Weight Unit'), { Options: ['POUND', 'KILOGRAM'], Editor: 'list' });
  t.ok(called(attributes, 'List Price'));
  t.notOk(called(attributes, 'COD'), 'not in the US');
  t.match(called(attributes, 'Attribute:Contains Batteries or Cells?'), {
    DestinationId: '101610',
    Editor: 'list',
    ValidationRules: [{ Type: 'Required' }, { Type: 'OneOf' }],
  });
  t.match(
    called(attributes, 'Attribute:How Batteries Are Packed'),
    {
      ValidationRules: [
        {
          Type: 'Required',
          ErrorMessage:
            'Required when Attribute:Battery Type is Lithium Ion or Attribute:Battery Type is Lithium Metal.',
          Conditions: [
            { Type: 'Equals', Field: 'Attribute:Battery Type', Parameters: { Value: 'Lithium Ion' } },
            {},
          ],
        },
        {},
      ],
    },
    'the third link of a chain',
  );
  const option = called(attributes, 'Option 1 Name') as { ValidationRules: { Type: string }[] };
  t.match(option, {
    Options: ['Color', 'Specification'],
    Description: /Required for a product with several SKUs\./,
  });
  t.notOk(
    option.ValidationRules.some(({ Type }) => Type === 'Required'),
    'a product of one SKU is listed without options',
  );
  t.match(called(attributes, 'Certificate:8657871226457059076'), {
    FriendlyName: "FCC Supplier's Declaration of Conformity",
    Description: /issued by the manufacturer or importer/,
  });
});

await t.test('each market has its own limits, units, entities and currency', async (t) => {
  const germany = await specShop(t, 'DE');
  const toys = attributesIn((await germany.ask('Specification?category=3000422')).body);
  t.match(called(toys, 'Manufacturer'), { ValidationRules: [{ Type: 'Required' }] });
  t.match(called(toys, 'Responsible Person'), { ValidationRules: [{ Type: 'Required' }] });
  t.match(called(toys, 'Dimension Unit'), { Options: ['CENTIMETER'] });
  t.match((await germany.ask('Specification?category=3000811')).body, {
    Body: { Fees: ['PFAND (required)'] },
  });

  const indonesia = await specShop(t, 'ID');
  const boots = attributesIn((await indonesia.ask('Specification?category=600574')).body);
  t.match(called(boots, 'Title'), {
    ValidationRules: [{}, { Parameters: { Minimum: '25', Maximum: '255' } }],
  });
  t.match(called(boots, 'Cost'), {
    ValidationRules: [{}, { Parameters: { Minimum: '100' } }, { Parameters: { Maximum: '0' } }],
  });
  t.match(called(boots, 'Size Chart'), { ValidationRules: [{ Type: 'Required' }] });
  t.ok(called(boots, 'COD'));
  t.match(called(boots, 'Length'), { ValidationRules: [{ Type: 'Range' }, {}] }, 'optional there');
  t.notOk(called(boots, 'Manufacturer'));
});

await t.test(
  'a category is found by id, path, end of path or name, however its steps are joined',
  async (t) => {
    const shop = await specShop(t, 'US');
    const find = async (text: string): Promise<unknown> => {
      const { body } = await shop.ask(`Specification?category=${encodeURIComponent(text)}`);
      return (body['Body'] as Json | null)?.['CategoryId'] ?? body;
    };
    const balloons = '3000431';
    for (const text of [
      balloons,
      'Toys & Hobbies > Party Supplies > Balloons / Helium & "Confetti"',
      'toys & hobbies/party supplies/balloons / helium & "confetti"',
      'Toys and Hobbies'.replace('and', '&') + ' | Party Supplies | Balloons/Helium & ”Confetti”',
      'Balloons / Helium & "Confetti"',
      'Party Supplies > Balloons / Helium & "Confetti"',
    ])
      t.equal(await find(text), balloons, text);
    const several = await shop.ask('Specification?category=T-shirts');
    t.equal(several.status, 400);
    t.match(several.text, /Several categories are called/);
    t.match(several.text, /3000111: Menswear & Underwear > Men's Tops > T-shirts/);
    const inner = await shop.ask('Specification?category=3000110');
    t.equal(inner.status, 400);
    t.match(inner.text, /has categories below it/);
    t.match(inner.text, /3000113/);
    const typo = await shop.ask('Specification?category=Mens%20shirts%20and%20tops');
    t.equal(typo.status, 400);
    t.match(typo.text, /3000112/, 'the nearest are named');
    const nothing = await shop.ask('Specification?category=%22%2F%2F%22');
    t.equal(nothing.status, 400);
    t.match(nothing.text, /There is no category/);
    t.match((await shop.ask('Specification')).text, /names no category/);
  },
);

await t.test('TikTok proposes a category for a title', async (t) => {
  const shop = await specShop(t, 'US');
  const { body } = await shop.ask('Specification?title=Cotton%20t-shirt%20for%20men%20in%20black');
  t.match(body, { Body: { CategoryId: '3000111' } });
  const none = await shop.ask('Specification?title=Qzx');
  t.equal(none.status, 409);
});

await t.test('what a shop may not list is refused with what to do, by market', async (t) => {
  const us = await specShop(t, 'US');
  t.match((await us.ask('Specification?category=3001212')).body, {
    Body: { Outcome: 'waits', Advice: /PRE_APPROVED/, Next: /Qualification Center/ },
  });
  const britain = await specShop(t, 'GB');
  const invited = await britain.ask('Specification?category=3001212');
  t.equal(invited.status, 400);
  t.match(invited.text, /12052226[^]*Qualification Center/);
  const germany = await specShop(t, 'DE');
  t.match((await germany.ask('Specification?category=3001411')).text, /forbids this category/);
  t.match((await germany.ask('Specification?category=3000721')).text, /account manager/);
});

await t.test('a cross-border shop is refused with the reason of the article', async (t) => {
  const shop = await specShop(t, 'GB');
  await db.prisma.connection.update({
    where: { id: shop.connection.id },
    data: { sellerType: 'CROSS_BORDER' },
  });
  for (const path of [
    'Specification?category=3000111',
    'Categories',
    'AttributeSets',
    'Attributes',
    'Brands?name=A',
  ]) {
    const { status, text } = await shop.ask(path);
    t.equal(status, 400, path);
    t.match(text, /local shops, not for cross-border shops/);
  }
});

await t.test('rules are kept, read again by age, on demand and after a refusal', async (t) => {
  const shop = await specShop(t, 'US');
  const { control } = shop.simulator;
  const ask = async (more = ''): Promise<Json[]> =>
    attributesIn((await shop.ask(`Specification?category=3000911${more}`)).body);
  await ask();
  const read = shop.calls('/rules');
  await ask();
  t.equal(shop.calls('/rules'), read, 'asked once');
  control.changeRules({
    categoryIds: ['3000911'],
    changes: [{ kind: 'attribute', attribute: { id: '77', name: 'Glaze', isRequired: true } }],
  });
  t.notOk(called(await ask(), 'Attribute:Glaze'));
  t.notOk(called(await ask('&fresh=true'), 'Attribute:Glaze'), 'read a moment ago');
  shop.advance(61_000);
  t.ok(called(await ask('&fresh=true'), 'Attribute:Glaze'));
  control.changeRules({ categoryIds: ['3000911'], changes: [{ kind: 'no_attribute', attributeId: '77' }] });
  shop.advance(25 * 3_600_000);
  t.notOk(called(await ask(), 'Attribute:Glaze'), 'older than a day');
  control.changeRules({
    categoryIds: ['3000911'],
    changes: [{ kind: 'rules', rules: { sizeChart: 'required' } }],
  });
  await forgetRules(db.prisma, shop.connection.id, '3000911');
  t.ok(called(await ask(), 'Size Chart'), 'a refusal makes it forget');
  control.patchShop(shop.shopId, { isInactive: true });
  shop.advance(25 * 3_600_000);
  const connection = requireActive(await getConnection(db.prisma, { id: shop.connection.id }));
  const held = await rulesOf(shop.spec, connection, '3000911').catch((error: unknown) => error);
  t.match(held, { categoryId: '3000911' }, 'TikTok out of reach leaves the old ones');
});

await t.test('the override of the category version wins over the table', async (t) => {
  const shop = await specShop(t, 'GB');
  t.match((await shop.ask('Specification?category=3000911')).body, { Body: { CategoryVersion: 'v2' } });
  await db.prisma.connection.update({
    where: { id: shop.connection.id },
    data: { settings: { categoryVersion: 'v1' } },
  });
  t.match((await shop.ask('Specification?category=500711')).body, { Body: { CategoryVersion: 'v1' } });
});

await t.test('a missing prerequisite is said once for the shop, in words', async (t) => {
  const shop = await specShop(t, 'US');
  shop.simulator.control.patchListing(shop.shopId, {
    createdToday: 200,
    failedItems: [{ item: 'BANk_ACCOUNT', reasons: ['Add a bank account.'] }],
  });
  t.match((await shop.ask('Specification?category=3000911')).body, {
    Body: {
      IsLimitReached: true,
      Missing: [
        { Item: 'PRODUCT_QUANTITY_LIMIT', Next: /next day/ },
        { Item: 'BANk_ACCOUNT', Reasons: ['Add a bank account.'], Next: /bank account/ },
      ],
    },
  });
});

await t.test(
  'the catalogue of the contract has the tree, and the columns of what was asked for',
  async (t) => {
    const shop = await specShop(t, 'ID');
    const { body } = await shop.ask('Categories');
    const records = body['Records'] as Json[];
    t.equal(records.length, 2163);
    t.match(
      records.find((one) => one['Id'] === '600080'),
      { ParentId: '858888', Level: 3, Children: 0, Path: /> Rak Wine$/, AttributeSet: '600080' },
    );
    t.match((await shop.ask('AttributeSets')).body, { Records: [] });
    await shop.ask('Specification?category=600574');
    await shop.ask('Specification?category=600080');
    const sets = (await shop.ask('AttributeSets')).body['Records'] as Json[];
    t.same(sets.map((one) => String(one['Name'])).toSorted(), ['600080', '600574']);
    const attributes = (await shop.ask('Attributes')).body['Records'] as Json[];
    t.match(called(attributes, 'Title'), { System: true, CustomAttributes: /600574/ });
  },
);

await t.test('a template for several categories is a workbook that the service reads itself', async (t) => {
  const shop = await specShop(t, 'US');
  shop.simulator.control.changeRules({
    categoryIds: ['3000911'],
    changes: [
      {
        kind: 'attribute',
        attribute: {
          id: '78',
          name: '=HYPERLINK("http://evil.example")',
          values: [
            { id: '1', name: '=cmd|A1' },
            { id: '2', name: '</t><x>&"\u0000\ud800' },
          ],
        },
      },
    ],
  });
  const file = await shop.ask('Specification/Template?categories=3000911,3000512');
  t.equal(file.status, 200, file.text.slice(0, 300));
  const rows: string[][] = [];
  const bytes: ByteRanges = {
    bytes: file.raw.length,
    async *pieces(start, end) {
      yield file.raw.subarray(start, end);
    },
  };
  await readAll(
    readXlsx(bytes, {
      row: (fields, count) => void rows.push(fields.slice(0, count)),
      problem: (problem) => t.fail(problem),
    }),
  );
  t.ok(rows[0]?.includes('Merchant SKU'), JSON.stringify(rows[0]));
  t.ok(rows[0]?.includes('Attribute:Battery Type'));
  t.ok(rows[0]?.includes('Attribute:=HYPERLINK("http://evil.example")'), 'text, no formula');
  t.equal(rows.length, 1);
  const csv = await shop.ask('Specification/Template?categories=3000911&format=csv');
  t.equal(csv.text.trim().split('\r\n').length, 1, 'the header only');
  const fields = await shop.ask('Specification/Template?categories=3000911&format=fields');
  t.notMatch(fields.text, /(^|,|")=/m, 'no cell begins like a formula');
  t.equal((await shop.ask('Specification/Template?categories=3000911&format=exe')).status, 400);
  t.equal((await shop.ask('Specification/Template?categories=,')).status, 400);
});

await t.test('a brand says what becomes of a product that names it', async (t) => {
  const shop = await specShop(t, 'US');
  t.match((await shop.ask('Brands?name=vega')).body, { Body: [{ Name: 'Vega Mobile', Outcome: 'refused' }] });
  t.match((await shop.ask('Brands?name=Amber%20W')).body, { Body: [{ Outcome: 'hidden' }] });
  const [vega] = (await shop.ask('Brands?name=vega&category=3000911')).body['Body'] as Json[];
  shop.simulator.control.patchListing(shop.shopId, { authorizedBrands: [String(vega?.['Id'])] });
  t.match((await shop.ask('Brands?name=vega')).body, { Body: [{ Outcome: 'shown' }] });
});

await t.test('ten thousand options of an attribute are told and fit into a template', async (t) => {
  const shop = await specShop(t, 'US');
  const values = Array.from({ length: 10_000 }, (_, index) => ({
    id: String(index),
    name: `Option ${index}`,
  }));
  shop.simulator.control.changeRules({
    categoryIds: ['3000911'],
    changes: [{ kind: 'attribute', attribute: { id: '79', name: 'Model', values } }],
  });
  const { status, body } = await shop.ask('Specification?category=3000911');
  t.equal(status, 200);
  const { Options: options = [] } = called(attributesIn(body), 'Attribute:Model') ?? {};
  t.equal((options as unknown[]).length, 10_000);
  t.equal((await shop.ask('Specification/Template?categories=3000911')).status, 200);
});

await t.test('a circle of parents and a parent that is missing end a path, and nothing hangs', async (t) => {
  const category = (id: string, parentId: string | null, name: string) => ({
    id,
    parentId,
    name,
    isLeaf: true,
    permissions: ['AVAILABLE'],
  });
  const tree = treeOf([category('1', '2', 'One'), category('2', '1', 'Two'), category('3', '9', 'Three')]);
  t.same(tree.byId.get('1')?.path, ['Two', 'One']);
  t.same(tree.byId.get('3')?.path, ['Three']);
  t.match(findCategory(tree, 'Two > One'), { kind: 'leaf', category: { id: '1' } });
  t.match(findCategory(tree, '/'.repeat(100_000)), { kind: 'none' });
});

await t.test('a market that is not in the table has the narrowest limits', async (t) => {
  for (const region of ['ZZ', '', 'constructor', '__proto__']) {
    const limits = marketLimitsOf(region);
    t.match(limits, { isKnown: false, title: [25, 255], mostSkus: 100, currency: null, price: null }, region);
  }
  t.match(marketLimitsOf('uk'), { region: 'GB', isKnown: true, currency: 'GBP' });
});
