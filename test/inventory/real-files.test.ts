import { deflateRawSync } from 'node:zlib';
import t from 'tap';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { itemsOf, upload } from './files.js';

const db = await testDatabase(t);

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : '-');

/** What the shop's items say after a file, by SKU: quantity and price. */
async function itemsAfter(api: TestApi, file: string | Uint8Array): Promise<Record<string, string>> {
  const { status, body } = await upload(api, file);
  if (status !== 200) throw new Error(body);
  const items = await itemsOf(api);
  return Object.fromEntries(
    [...items].map(([sku, { Quantity, Cost }]) => [sku, `${shown(Quantity)} ${shown(Cost)}`]),
  );
}

await t.test('numbers are read as the file proves that they are meant', async (t) => {
  const cases: [name: string, file: string, expected: Record<string, string>][] = [
    [
      'decimal commas',
      'SupplierSKU;Quantity;Cost\nA;0;9,90\nB;1.000;1.234,50\n',
      { A: '0 9.9', B: '1000 1234.5' },
    ],
    [
      'a group of thousands before the number that tells what it is',
      'SupplierSKU;Quantity;Cost\nA;1.000;1.234\nB;2;9,90\n',
      { A: '1000 1234', B: '2 9.9' },
    ],
    [
      'decimals of pieces before the number that tells what they are',
      'SupplierSKU,Quantity,Cost\nA,5.000,3.125\nB,0.000,9.90\n',
      { A: '5 3.125', B: '0 9.9' },
    ],
    ['English thousands', 'SupplierSKU,Quantity,Cost\nA,"1,250","1,234.50"\n', { A: '1250 1234.5' }],
    [
      'currencies before and behind, and other blanks',
      'SupplierSKU\tQuantity\tCost\nA\t1 250\t€ 9.90\nB\t1\u202f250\t9,90 EUR\nC\t3\tRp 63.000\nD\t3\t1\u2019234.50 CHF\n',
      { A: '1250 9.9', B: '1250 9.9', C: '3 -', D: '3 1234.5' },
    ],
    [
      'a number that could be two costs nothing but itself',
      'SupplierSKU,Quantity,Cost\nA,7,1.234\nB,"1,500",8\n',
      { A: '7 -', B: '- 8' },
    ],
    ['both signs prove nothing', 'SupplierSKU;Cost\nA;1,5\nB;2.5\nC;1.234\n', { A: '- 1.5', B: '- 2.5' }],
    [
      'brackets and a minus behind mean less than nothing',
      'SupplierSKU,Quantity\nA,(3)\nB,4-\nC,-1.5\n',
      { A: '0 -', B: '0 -', C: '0 -' },
    ],
  ];
  for (const [name, file, expected] of cases)
    t.same(await itemsAfter(await testApi(t, db), file), expected, name);
  const json = await testApi(t, db);
  const items = [
    { SupplierSKU: 'A', Quantity: 1, Cost: 1.234 },
    { SupplierSKU: 'B', Cost: 0.5, Quantity: 7 },
  ];
  const payload = JSON.stringify(items).replace('0.5', '1.999e1');
  const answer = await json.call('POST', `/api/v3/Inventory/${json.seller.partnerId}`, {
    payload: payload.replace(']', ',null,[]]'),
    headers: { 'content-type': 'application/json' },
  });
  t.match(answer.json().Imports[0].Counts, { Rows: 4, Errors: 2, Added: 2 }, 'what is no item is reported');
  t.same(
    await itemsAfter(json, 'SupplierSKU,Quantity\nA,2\n'),
    { A: '2 1.234', B: '7 19.99' },
    'numbers of JSON are typed',
  );
});

await t.test('rows are read as their writers mean them', async (t) => {
  const cases: [name: string, file: string, expected: Record<string, string>][] = [
    ['cells that are left out', 'SupplierSKU,Quantity,Cost\nA,1\nB,2,3\n', { A: '1 -', B: '2 3' }],
    ['separators behind the last column', 'SupplierSKU,Quantity\nA,1,,\nB,2,\n', { A: '1 -', B: '2 -' }],
    ['a last row without a line end', 'SupplierSKU,Quantity\nA,1\nB,2', { A: '1 -', B: '2 -' }],
    ['the declared separator', 'sep=;\nSupplierSKU;Quantity\nA,1;2\n', { 'A,1': '2 -' }],
    ['titles above the table', 'Stock report\n30 November 2026\n\nSupplierSKU;Quantity\nA;1\n', { A: '1 -' }],
    ['columns that nobody needs, twice', 'SupplierSKU,Note,Quantity,Note\nA,x,1,y\n', { A: '1 -' }],
    [
      "a spreadsheet's guards around texts",
      'SupplierSKU,Quantity\n"=""000123""","=""5"""\n\'000456,6\n',
      { '000123': '5 -', '000456': '6 -' },
    ],
    [
      'characters that cannot be seen',
      'SupplierSKU,Quantity\nTEE\u200b-RED,1\nCAFE\u0301,2\n\u200eMUG\u00a0BIG\u200f,3\n',
      { 'TEE-RED': '1 -', 'CAF\u00c9': '2 -', 'MUG BIG': '3 -' },
    ],
  ];
  for (const [name, file, expected] of cases)
    t.same(await itemsAfter(await testApi(t, db), file), expected, name);
  const api = await testApi(t, db);
  const cut = await upload(api, 'SupplierSKU,Quantity,Cost\nA,1,2\nB,2');
  t.match(cut.counts, { Rows: 2, Errors: 1, Added: 1 }, 'a file that is cut off in the middle of a row');
  const errors = await api.call('GET', `/api/v3/Inventory/Imports/${cut.id}/Errors`);
  t.match(errors.body, /the file ends in the middle of this row/);
  for (const encoding of ['utf16le', 'utf16be'] as const) {
    const bytes = Buffer.from('SupplierSKU,Quantity\nA,1\n', 'utf16le');
    t.same(
      await itemsAfter(await testApi(t, db), encoding === 'utf16le' ? bytes : bytes.swap16()),
      { A: '1 -' },
      `${encoding} without a mark`,
    );
  }
});

await t.test("columns are found by the names that sellers' own systems use", async (t) => {
  const cases: [name: string, file: string, expected: Record<string, string>][] = [
    [
      'Shopify, products',
      'Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price,Cost per item\na,A,S-1,5,9.90,4.00\n',
      { 'S-1': '5 9.9' },
    ],
    [
      'Shopify, inventory',
      'Handle,SKU,Incoming (not editable),Committed (not editable),Available (not editable),On hand (current)\na,S-1,9,2,5,7\n',
      { 'S-1': '5 -' },
    ],
    ['Amazon', 'item-name\tseller-sku\tprice\tquantity\nMug\tS-1\t9.90\t5\n', { 'S-1': '5 9.9' }],
    ['BigCommerce', 'Product Code/SKU,Price,Current Stock Level\nS-1,9.90,5\n', { 'S-1': '5 9.9' }],
    [
      'WooCommerce',
      'ID,Type,SKU,Stock,Regular price,Sale price\n1,simple,S-1,5,9.90,7.90\n',
      { 'S-1': '5 -' },
    ],
    ['a hand-made list', 'supplier_sku;Qty;Price\nS-1;5;9.90\n', { 'S-1': '5 9.9' }],
    ['Price and Cost', 'SupplierSKU,Quantity,Price,Cost\nS-1,5,9.90,4.00\n', { 'S-1': '5 -' }],
  ];
  for (const [name, file, expected] of cases)
    t.same(await itemsAfter(await testApi(t, db), file), expected, name);
  const api = await testApi(t, db);
  t.match((await upload(api, cases[4]![1])).body, /No price was taken: Regular price, Sale price/);
  t.match((await upload(api, 'Name,Colour\nA,red\n')).body, /columns found: Name, Colour/);
});

await t.test('a file of another kind is called what it is', async (t) => {
  const api = await testApi(t, db);
  const xls = Buffer.from('d0cf11e0a1b11ae1'.padEnd(1024, '0'), 'hex');
  const cases: [Buffer | string, RegExp][] = [
    [xls, /old Excel workbook \(\.xls\), or one that a password protects/],
    [Buffer.from('%PDF-1.7\n...'), /PDF/],
    [Buffer.from('89504e470d0a1a0a0000', 'hex'), /PNG/],
    ['<html><table><tr><td>SupplierSKU</td></tr></table></html>', /web page/],
    ['<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', /Excel 2003/],
    ['<?xml version="1.0"?><rss/>', /XML/],
    [Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from('S\0\0\0K\0\0\0')]), /UTF-32/],
    [deflateRawSync(Buffer.alloc(100_000, 'x\0')), /The file/],
  ];
  for (const [file, words] of cases) {
    const { status, body } = await upload(api, file);
    t.equal(status, 400, String(words));
    t.match(body, words);
  }
});
