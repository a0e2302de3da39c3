import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import t from 'tap';
import { testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { errorsOf, itemsOf, upload, workbook } from './files.js';

const db = await testDatabase(t);

/** Words in the bytes of other encodings, which Node cannot write. */
const FILES: { encoding: string; bytes: string; sku: string }[] = [
  // Футболка красная
  {
    encoding: 'windows-1251',
    bytes: 'd4f3f2e1eeebeae020eaf0e0f1ede0ff',
    sku: '\u0424\u0443\u0442\u0431\u043e\u043b\u043a\u0430 \u043a\u0440\u0430\u0441\u043d\u0430\u044f',
  },
  // 红色大号
  { encoding: 'gb18030', bytes: 'bae8c9abb4f3bac5', sku: '\u9e3f\u8272\u5927\u53f7' },
  // シャツ赤
  { encoding: 'shift_jis', bytes: '835683838363 90d4'.replace(' ', ''), sku: '\u30b7\u30e3\u30c4\u8d64' },
  // Café-Größe-Señor
  {
    encoding: 'macintosh',
    bytes: '4361668e2d47729aa7652d5365966f72',
    sku: 'Caf\u00e9-Gr\u00f6\u00dfe-Se\u00f1or',
  },
];

await t.test(
  'a text that may be read in several ways is asked about, with what it says in each',
  async (t) => {
    for (const { encoding, bytes, sku } of FILES) {
      const api = await testApi(t, db);
      const file = Buffer.concat([
        Buffer.from('SupplierSKU,Quantity\nPLAIN,1\n'),
        Buffer.from(bytes, 'hex'),
        Buffer.from(',5\n'),
      ]);
      const asked = await upload(api, file);
      t.equal(asked.status, 400, encoding);
      t.match(asked.body, `as ${encoding} it reads: ${sku}`, encoding);
      t.match(asked.body, `?encoding=${encoding}`);
      t.equal((await itemsOf(api)).size, 0);
      const taken = await upload(api, file, { query: `?encoding=${encoding}` });
      t.equal(taken.status, 200, encoding);
      t.match((await itemsOf(api)).get(sku), { Quantity: 5 });
      const packed = await upload(api, gzipSync(file), { query: `?encoding=${encoding}` });
      t.match(packed.counts, { Unchanged: 2 }, 'also of a packed file');
    }
    const api = await testApi(t, db);
    const bad = await upload(api, 'SupplierSKU,Quantity\nA,1\n', { query: '?encoding=klingon' });
    t.equal(bad.status, 400);
    t.match(bad.body, /windows-1251/);
    for (const western of [
      'Größe XL',
      'crème brûlée',
      'SEÑOR Ñandú',
      'Tee ½ Zoll – blau',
      'O’Neill',
      'Ångström Øre',
    ]) {
      const latin = Buffer.from(western.replaceAll('–', '\u0096').replaceAll('’', '\u0092'), 'latin1');
      const file = Buffer.concat([Buffer.from('SupplierSKU,Quantity\n'), latin, Buffer.from(',5\n')]);
      t.equal((await upload(api, file)).status, 200, western);
      t.match((await itemsOf(api)).get(western), { Quantity: 5 });
    }
    const cut = Buffer.from('SupplierSKU,Quantity,Color\nGr\u00f6\u00dfe,5,rot\nB,1,gr\u00fc').subarray(
      0,
      -1,
    );
    t.equal((await upload(api, cut)).status, 200, 'UTF-8 that is cut in the middle of a letter stays UTF-8');
    t.ok((await itemsOf(api)).get('Gr\u00f6\u00dfe'));
    const broken = Buffer.concat([
      Buffer.from('SupplierSKU,Quantity\nA'),
      Buffer.from([0xff]),
      Buffer.from(',5\n'),
    ]);
    const refused = await upload(api, broken, { query: '?encoding=utf-8' });
    t.equal(refused.status, 400, 'a SKU with bytes that are no letter is none');
  },
);

await t.test('a table that comes packed is taken, and other archives are called what they are', async (t) => {
  const table = 'SupplierSKU;Quantity\nA;1.234\nB;9,5\nC;3\n';
  const zip = (files: Record<string, string>): Uint8Array =>
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
  for (const packed of [
    gzipSync(table),
    zip({ 'stock.csv': table }),
    zip({ '__MACOSX/._stock.csv': 'x', 'export/stock.TXT': table, '.DS_Store': 'x' }),
    gzipSync(Buffer.from(table, 'utf16le')),
    gzipSync('[{"SupplierSKU":"C","Quantity":3},{"SupplierSKU":"A","Quantity":1234}]'),
  ]) {
    const api = await testApi(t, db);
    t.equal((await upload(api, packed)).status, 200);
    const items = await itemsOf(api);
    t.match(items.get('C'), { Quantity: 3 });
    t.match(items.get('A'), { Quantity: 1234 });
  }
  const api = await testApi(t, db);
  const sheet = Buffer.from(
    workbook([
      ['SupplierSKU', 'Quantity'],
      ['A', 1],
    ]),
  );
  const bad: [Uint8Array, RegExp][] = [
    [zip({ 'a.csv': table, 'b.csv': table }), /zip that holds a\.csv, b\.csv/],
    [zip({ 'a.pdf': '%PDF' }), /zip that holds a\.pdf/],
    [zip({}), /binary data/],
    [
      zip({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<x/>' }),
      /OpenDocument/,
    ],
    [zip({ 'word/document.xml': '<x/>', '[Content_Types].xml': '<x/>' }), /Word/],
    [zip({ 'xl/workbook.bin': 'x', '[Content_Types].xml': '<x/>' }), /xlsb/],
    [gzipSync(sheet), /packed workbook/],
    [gzipSync(table).subarray(0, 30), /breaks off or is damaged/],
    [gzipSync(''), /empty/],
  ];
  for (const [file, words] of bad) {
    const { status, body } = await upload(api, file);
    t.equal(status, 400, String(words));
    t.match(body, words);
  }
});

/** A workbook with raw cells, `columns` wide. */
function rawWorkbook(
  rows: string[],
  { styles = '', sheets }: { styles?: string; sheets?: [string, string, string[]][] } = {},
) {
  const all = sheets ?? [['Stock', '', rows] as [string, string, string[]]];
  const relations = all
    .map((_, at) => `<Relationship Id="r${at}" Target="worksheets/Sheet${at + 1}.xml"/>`)
    .join('');
  const list = all
    .map(
      ([name, state], at) =>
        `<sheet name="${name}" sheetId="${at + 1}" ${state && `state="${state}"`} r:id="r${at}"/>`,
    )
    .join('');
  return zipSync({
    'xl/workbook.xml': strToU8(`<workbook xmlns:r="r"><sheets>${list}</sheets></workbook>`),
    'xl/_rels/workbook.xml.rels': strToU8(`<Relationships>${relations}</Relationships>`),
    'xl/styles.xml': strToU8(`<styleSheet>${styles}</styleSheet>`),
    ...Object.fromEntries(
      all.map(([, , lines], at) => [
        // Some tools write names in another case than they refer to.
        `xl/worksheets/sheet${at + 1}.xml`,
        strToU8(
          `<worksheet><sheetData>${lines.map((cells) => `<row>${cells}</row>`).join('')}</sheetData></worksheet>`,
        ),
      ]),
    ),
  });
}

const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
const number = (value: string, style = 0): string => `<c s="${style}"><v>${value}</v></c>`;
const header = text('SupplierSKU') + text('Quantity') + text('Cost') + text('NextAvailableDate');
const styles =
  '<numFmts><numFmt numFmtId="164" formatCode="000000"/><numFmt numFmtId="165" formatCode="&quot;SKU-&quot;0"/>' +
  '<numFmt numFmtId="166" formatCode="[$-407]dd/mm/yyyy;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
  '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/><xf numFmtId="166"/><xf numFmtId="2"/><xf numFmtId="3"/></cellXfs>';

await t.test('cells of a workbook that are not what they show are no SKUs', async (t) => {
  const api = await testApi(t, db);
  const one = number('1');
  const rows = [
    header,
    number('123456789012345678') + one,
    number('7', 1) + one,
    number('7', 2) + one,
    '<c t="b"><v>1</v></c>' + one,
    number('45992', 3) + one,
    number('7', 5) + one,
    '<c t="e"><v>#N/A</v></c>' + one,
    '<c><f>A1&amp;B1</f></c>' + one,
    number('4006381333931') + one,
    number('1234', 6) + one,
    text('000009') + one,
  ];
  const { status, counts, id } = await upload(api, rawWorkbook(rows, { styles }));
  t.equal(status, 200);
  t.match(counts, { Rows: 11, Errors: 8, Added: 3 });
  t.same([...(await itemsOf(api)).keys()].toSorted(), ['000009', '1234', '4006381333931']);
  const messages = (await errorsOf(api, id)).map(({ Message }) => Message);
  t.match(messages, [
    /15 digits/,
    /number 7, which the sheet shows as 000007/,
    /number 7, which the sheet shows otherwise/,
    /TRUE or FALSE/,
    /is a date/,
    /shows as 7\.00/,
    /formula failed/,
    /result the file does not hold/,
  ]);
});

await t.test('formulas without a result and dates are never taken for numbers', async (t) => {
  const api = await testApi(t, db);
  const rows = [
    header,
    text('A') + '<c><f>B9*2</f><v></v></c>' + number('9.5'),
    text('B') + '<c><f>B9*2</f><v>6</v></c><c><f t="shared" si="0"/></c>',
    text('C') + number('45992', 3),
    text('D') + number('5', 6) + number('1.5', 5) + number('45992', 4),
    text('E') + number('5') + '<c/>' + number('45992.75', 3),
    text('F') + '<c t="b"><v>1</v></c>',
    text('G') + '<c><f>&quot;7&quot;</f></c>',
    text('H') + '<c t="str"><f>IF(1,"","")</f><v></v></c>' + number('2'),
  ];
  const { counts, id } = await upload(api, rawWorkbook(rows, { styles }));
  t.match(counts, { Rows: 8, Errors: 2, Warned: 2 });
  const items = await itemsOf(api);
  t.match(items.get('A'), { Cost: 9.5 });
  t.notOk('Quantity' in items.get('A')!);
  t.match(items.get('B'), { Quantity: 6 });
  t.match(items.get('D'), { Quantity: 5, Cost: 1.5, NextAvailableDate: /^2025-12-01T00:00:00/ });
  t.match(items.get('E'), { NextAvailableDate: /^2025-12-01T18:00:00/ });
  t.match(items.get('G'), { Quantity: 7 });
  t.match(items.get('H'), { Cost: 2 });
  t.match(await errorsOf(api, id), [
    {
      Level: 'warning',
      SupplierSKU: 'A',
      Value: '=B9*2',
      Message: /formula whose result/,
      RowText: 'A,=B9*2,9.5,',
    },
    { Level: 'warning', SupplierSKU: 'B', Message: /formula whose result/ },
    { Level: 'error', SupplierSKU: 'C', Value: '2025-12-01', Message: /is a date/ },
    { Level: 'error', SupplierSKU: 'F', Message: /TRUE or FALSE/ },
  ]);
});

await t.test('the table is found on whichever sheet it stands, those first that can be seen', async (t) => {
  const table = [header, text('A') + number('1')];
  const old = [header, text('OLD') + number('1')];
  const notes = Array.from({ length: 40 }, (_, at) => text(`note ${at}`) + text('x'));
  const cases: [string, [string, string, string[]][], string, RegExp][] = [
    [
      'data behind notes',
      [
        ['Notes', '', notes],
        ['Data', '', table],
      ],
      'A',
      /Only the sheet Data was read, and not Notes/,
    ],
    [
      'a hidden first sheet',
      [
        ['Old', 'hidden', old],
        ['Now', '', table],
      ],
      'A',
      /Only the sheet Now/,
    ],
    [
      'a very hidden first sheet',
      [
        ['Old', 'veryHidden', old],
        ['Empty', '', []],
        ['Now', '', table],
      ],
      'A',
      /Now/,
    ],
    [
      'all but the hidden one empty',
      [
        ['Empty', '', [text('x')]],
        ['Data', 'hidden', table],
      ],
      'A',
      /Data/,
    ],
    [
      'two tables',
      [
        ['A', '', table],
        ['B', '', old],
      ],
      'A',
      /Only the sheet A was read, and not B/,
    ],
  ];
  for (const [name, sheets, sku, words] of cases) {
    const api = await testApi(t, db);
    const { status, json } = await upload(api, rawWorkbook([], { sheets, styles }));
    t.equal(status, 200, name);
    t.same([...(await itemsOf(api)).keys()], [sku], name);
    t.match(json.Imports[0].Warnings, [words], name);
  }
  const api = await testApi(t, db);
  const none = await upload(
    api,
    rawWorkbook([], {
      sheets: [
        ['Notes', '', notes],
        ['More', '', notes],
      ],
    }),
  );
  t.equal(none.status, 400);
  t.match(none.body, /no column SupplierSKU/);
});

await t.test('a form with two files is refused; one that nobody has filled in is no file', async (t) => {
  const api = await testApi(t, db);
  const form = (second: string) => ({
    payload: ['SupplierSKU,Quantity\nA,1\n', second]
      .map(
        (file, at) =>
          `--x\r\nContent-Disposition: form-data; name="file${at === 0 ? '' : '2'}"; filename="stock-${at}.csv"\r\n` +
          `Content-Type: text/csv\r\n\r\n${file}\r\n`,
      )
      .join('')
      .concat('--x--\r\n'),
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  });
  const url = `/api/v3/Inventory/${api.seller.partnerId}`;
  const two = await api.call('POST', url, form('SupplierSKU,Quantity\nB,1\n'));
  t.equal(two.statusCode, 400);
  t.match(two.body, /more than one file.*stock-0\.csv, stock-1\.csv/);
  t.equal((await itemsOf(api)).size, 0);
  t.equal((await api.call('POST', url, form(''))).statusCode, 200);
  t.same([...(await itemsOf(api)).keys()], ['A']);
});
