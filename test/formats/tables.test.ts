import fc from 'fast-check';
import { open, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import {
  createCsvReader,
  sniffDelimiter,
  sniffLineEnd,
  type Delimiter,
} from '../../src/formats/csv-reader.js';
import { readAll, type RowProblem } from '../../src/formats/table.js';
import { createEncodingProbe, createTextDecoding } from '../../src/formats/text-encoding.js';
import { readXlsx } from '../../src/formats/xlsx-reader.js';
import { rangesOf } from './read-workbook.js';
import { workbook } from '../inventory/files.js';

interface Read {
  rows: string[][];
  numbers: number[];
  problems: [RowProblem, number][];
}

/** Reads a text in pieces of the given length. */
function readCsv(text: string, pieceLength = text.length || 1, delimiter: Delimiter = ','): Read {
  const read: Read = { rows: [], numbers: [], problems: [] };
  const reader = createCsvReader(delimiter, sniffLineEnd(text), {
    row(fields, count, number) {
      read.rows.push(fields.slice(0, count));
      read.numbers.push(number);
    },
    problem: (problem, number) => read.problems.push([problem, number]),
  });
  for (let at = 0; at < text.length; at += pieceLength) reader.write(text.slice(at, at + pieceLength));
  reader.end();
  return read;
}

await t.test('what was written as CSV is read the same, wherever the pieces are cut', (t) => {
  const field = fc.string({
    unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', ' ', 'é', '\t', '0'),
    maxLength: 6,
  });
  const row = fc.array(field, { minLength: 2, maxLength: 5 });
  const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  // Like most writers: quotes only where they are needed. A blank first line would be no row.
  const written = (value: string): string => (/["\r\n,]/.test(value) ? quoted(value) : value);
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (rows, end, length, closed) => {
        const text = rows.map((cells) => cells.map(written).join(',')).join(end) + (closed ? end : '');
        const expected = rows.filter((cells) => cells.join('') !== '' || cells.length > 1);
        const read = readCsv(text.includes('\n') ? text : `${text}\n`, length);
        return JSON.stringify(read.rows) === JSON.stringify(expected) && read.problems.length === 0;
      },
    ),
    { numRuns: 500 },
  );
  t.pass();
  t.end();
});

await t.test('rows are numbered as a spreadsheet shows them', (t) => {
  const read = readCsv('SupplierSKU,Quantity\r\n\r\nA,1\r\n"B\r\nb",2\r\nC,3');
  t.same(read.rows, [
    ['SupplierSKU', 'Quantity'],
    ['A', '1'],
    ['B\r\nb', '2'],
    ['C', '3'],
  ]);
  t.same(read.numbers, [1, 3, 4, 5]);
  t.end();
});

await t.test('a row of bad form costs itself only', (t) => {
  for (const length of [1, 7, 1_000_000]) {
    const long = 'x'.repeat(70_000);
    const read = readCsv(`A,1\n"open,2\nB,3\n"C"x,4\nD,5\n${long},6\nE,"7"\n"${long}",8\nF,9\n`, length);
    t.same(
      read.rows,
      [
        ['A', '1'],
        ['B', '3'],
        ['D', '5'],
        ['E', '7'],
        ['F', '9'],
      ],
      `pieces of ${length}`,
    );
    t.same(
      read.problems.map(([, number]) => number),
      [2, 4, 6, 8],
    );
  }
  t.same(readCsv('A,1\n"open,2').problems, [['open-quote', 2]]);
  t.same(readCsv('a,"x""y",""\n').rows, [['a', 'x"y', '']]);
  t.same(readCsv('5" pipe,1\n').rows, [['5" pipe', '1']], 'a quote within a field is one');
  t.end();
});

await t.test('separator and line end are found in the header', (t) => {
  t.equal(sniffDelimiter('SupplierSKU;Quantity;"a,b,c,d"\n1,2,3,4'), ';');
  t.equal(sniffDelimiter('SupplierSKU\tQuantity\n'), '\t');
  t.equal(sniffDelimiter('SupplierSKU|Quantity\n'), '|');
  t.equal(sniffDelimiter('SupplierSKU\n'), ',');
  t.same(
    readCsv('A,1\rB,2\r').rows,
    [
      ['A', '1'],
      ['B', '2'],
    ],
    'old Macintosh files',
  );
  t.end();
});

await t.test('every encoding is recognised, and characters survive any cut', (t) => {
  const text = 'Größe;Zoë;日本;😀;€\n';
  const utf16 = Buffer.from(text, 'utf16le');
  const cases: [string, Buffer, string][] = [
    ['utf-8', Buffer.from(text), text],
    ['utf-8', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]), text],
    ['utf-16le', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), text],
    ['utf-16be', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]), text],
    ['windows-1252', Buffer.from([0x47, 0x72, 0xf6, 0xdf, 0x65, 0x80]), 'Größe€'],
    ['windows-1252', Buffer.from([0x41, 0xc3]), 'AÃ'],
  ];
  for (const [encoding, bytes, expected] of cases) {
    for (const length of [1, 2, 3, 5, bytes.length]) {
      const probe = createEncodingProbe();
      for (let at = 0; at < bytes.length; at += length) probe.push(bytes.subarray(at, at + length));
      const finding = probe.finding();
      t.equal(finding.encoding, encoding);
      const decoding = createTextDecoding(finding.encoding ?? 'utf-8');
      let read = '';
      for (let at = finding.bomBytes; at < bytes.length; at += length) {
        read += decoding.write(bytes.subarray(at, Math.min(bytes.length, at + length)));
      }
      t.equal(read + decoding.end(), expected, `${encoding} in pieces of ${length}`);
    }
  }
  t.end();
});

async function readWorkbook(bytes: Uint8Array): Promise<Read> {
  const path = join(tmpdir(), `workbook-${process.pid}-${Math.random()}`);
  await writeFile(path, bytes);
  const handle = await open(path);
  await unlink(path);
  const read: Read = { rows: [], numbers: [], problems: [] };
  try {
    await readAll(
      readXlsx(await rangesOf(handle), {
        row(fields, count, number) {
          read.rows.push(fields.slice(0, count));
          read.numbers.push(number);
        },
        problem: (problem, number) => read.problems.push([problem, number]),
      }),
    );
  } finally {
    await handle.close();
  }
  return read;
}

await t.test('a workbook is read as what its cells hold', async (t) => {
  const read = await readWorkbook(
    workbook(
      [
        ['SKU', { shared: 0 }, 'Cost'],
        ['0042', 7, 19.99],
        ['A&amp;B', null, 0.30000000000000004],
        [],
        [123456789012345, 1e12, 5],
      ],
      ['Quantity'],
    ),
  );
  t.same(read.rows, [
    ['SKU', 'Quantity', 'Cost'],
    ['0042', '7', '19.99'],
    ['A&B', '', '0.3'],
    ['123456789012345', '1000000000000', '5'],
  ]);
  t.same(read.numbers, [1, 2, 3, 5]);
});

await t.test('a hostile workbook is refused, not unpacked', async (t) => {
  const entity =
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>';
  const bomb = ' '.repeat(70 * 1_048_576);
  const cases: Record<string, Uint8Array> = {
    entities: workbook([['SKU']], [], { 'xl/worksheets/stock.xml': entity }),
    'a bomb of texts': workbook([['SKU']], [], { 'xl/sharedStrings.xml': `<sst>${bomb}</sst>` }),
    'too many columns': workbook([['SKU']], [], {
      'xl/worksheets/stock.xml':
        '<worksheet><sheetData><row r="1"><c r="ZZZZ1"><v>1</v></c></row></sheetData></worksheet>',
    }),
    'no sheet': workbook([['SKU']], [], { 'xl/_rels/workbook.xml.rels': '<Relationships/>' }),
    'cut off': workbook([['SKU']]).subarray(0, 300),
    'no zip': Buffer.from('PK\u0003\u0004 but nothing else'),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    await t.rejects(readWorkbook(bytes), { code: 'invalid-document' }, name);
  }
});
