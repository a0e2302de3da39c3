import fc from 'fast-check';
import t from 'tap';
import { createCsvBytesReader } from '../../src/formats/csv-bytes.js';
import type { TextEncoding } from '../../src/formats/encoding-names.js';
import { createFeedRows, dropFeedRows } from '../../src/inventory/feed/feed-rows.js';
import { inventoryFeed } from '../../src/inventory/feed/inventory-feed.js';
import { stageRows } from '../../src/imports/stage-rows.js';
import type { TableSource } from '../../src/imports/table-source.js';
import { bulkTransaction } from '../../src/store/bulk-transaction.js';
import { recordingLog } from '../support/logs.js';
import { systemClock } from '../../src/kernel/time.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const kind = inventoryFeed({ db, clock: systemClock, log: recordingLog() });

interface Given {
  text: string;
  encoding: TextEncoding;
  pieceBytes: number;
  caseSensitive: boolean;
}

function sourceOf({ text, encoding, pieceBytes }: Given): TableSource {
  const bytes = Buffer.from(text, encoding === 'utf-16le' ? 'utf16le' : 'utf8');
  return {
    bytes: bytes.length,
    warnings: [],
    decimalSign: null,
    async *read(handlers) {
      const reader = createCsvBytesReader(encoding, handlers);
      // The header tells the separator, so that it comes in one piece.
      for (let at = 0, end = 128; at < bytes.length; at = end, end += pieceBytes) {
        reader.write(bytes.subarray(at, end));
        yield;
      }
      reader.end();
    },
  };
}

/** What the store has of a feed, and what is said about it. */
async function taken(given: Given): Promise<string> {
  return bulkTransaction(db, async (tx) => {
    const table = await createFeedRows(tx, 0);
    const { caseSensitive } = given;
    const report = await stageRows(tx, sourceOf(given), { kind, table, caseSensitive });
    const rows = await tx.query(`SELECT * FROM ${table} ORDER BY row_number`);
    await dropFeedRows(tx, table);
    return JSON.stringify({ report, rows }, null, 1);
  });
}

const sku = fc.oneof(
  { weight: 25, arbitrary: fc.stringMatching(/^[A-Za-z0-9_#./-]{1,12}$/) },
  fc.constantFrom(
    '',
    ' a ',
    'a+b',
    '1e+5',
    'back\\slash',
    '"q,1"',
    'Größe',
    'x'.repeat(60),
    'X'.repeat(61),
    '\\N',
  ),
);
const quantity = fc.oneof(
  { weight: 25, arbitrary: fc.nat(2_000).map(String) },
  fc.constantFrom(
    '',
    '007',
    '999999999',
    '1000000000',
    '2147483648',
    '-1',
    '1.0',
    '1.5',
    ' 3',
    'x',
    '1e3',
    '"5"',
  ),
);
const cost = fc.oneof(
  { weight: 25, arbitrary: fc.constantFrom('10.99', '0', '5', '0.000001', '00.10') },
  fc.constantFrom(
    '',
    '5.',
    '.5',
    '1.1234567',
    '1.1000000',
    '999999999999',
    '9999999999999',
    '-1',
    '$1',
    '1,5',
    '1.2.3',
  ),
);
const other = fc.oneof(
  { weight: 25, arbitrary: fc.constant('') },
  fc.constantFrom('any', '"two\nlines"', ' ', '"open'),
);

await t.test(
  'a plain row means the same as one that is read cell by cell, however the file is cut',
  async (t) => {
    const headers = fc.constantFrom(
      ['SupplierSKU', 'Quantity', 'Cost'],
      ['Cost', 'SupplierSKU', 'Quantity'],
      ['SupplierSKU', 'Quantity'],
      ['Color', 'SupplierSKU', 'Cost'],
      ['SupplierSKU', 'Quantity', 'Unknown', 'Cost', 'MerchantSKU', 'UPC'],
      ['SupplierSKU', 'Quantity', 'Cost', 'Warehouse', 'WarehouseQuantity'],
    );
    const rows = fc.array(
      fc.tuple(
        sku,
        quantity,
        cost,
        other,
        fc.oneof({ weight: 25, arbitrary: fc.constant(0) }, fc.constantFrom(-1, 1)),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(
        headers,
        rows,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        fc.record({
          closed: fc.boolean(),
          caseSensitive: fc.boolean(),
          pieceBytes: fc.integer({ min: 2, max: 400 }),
        }),
        async (header, cells, delimiter, end, { closed, caseSensitive, pieceBytes }) => {
          const lines = cells.map(([itsSku, itsQuantity, itsCost, itsOther, more]) => {
            const values: Record<string, string> = {
              SupplierSKU: itsSku,
              Quantity: itsQuantity,
              Cost: itsCost,
            };
            const fields = header.map((name) => values[name] ?? itsOther);
            if (more === 1) fields.push('more');
            return (more === -1 ? fields.slice(1) : fields).join(delimiter);
          });
          const text = [header.join(delimiter), ...lines].join(end) + (closed ? end : '');
          const given = { text, caseSensitive, pieceBytes: pieceBytes * 2 };
          // Of UTF-16 no line is plain.
          const plain = await taken({ ...given, encoding: 'utf-8' });
          const cellByCell = await taken({ ...given, encoding: 'utf-16le' });
          if (plain !== cellByCell) throw new Error(`${JSON.stringify(text)}: ${plain} is not ${cellByCell}`);
        },
      ),
      { numRuns: 300 },
    );
    t.pass('all of them');
  },
);

await t.test('plain rows of a file go in in few blocks, with the numbers of their rows', async (t) => {
  const lines = Array.from({ length: 20_000 }, (_, nth) =>
    nth % 7_000 === 0 ? `"S-${nth}",${nth},` : `S-${nth},${nth},1.5`,
  );
  const text = `SupplierSKU,Quantity,Cost\n${lines.join('\n')}\n`;
  const found = await bulkTransaction(db, async (tx) => {
    const blocks: number[] = [];
    const counting = {
      ...tx,
      copyFrom: (sql: string) => {
        const stream = tx.copyFrom(sql);
        const write = stream.write.bind(stream) as (chunk: Buffer | string) => boolean;
        stream.write = ((chunk: Buffer | string) => {
          blocks.push(chunk.length);
          return write(chunk);
        }) as typeof stream.write;
        return stream;
      },
    };
    const source = sourceOf({ text, encoding: 'utf-8', pieceBytes: 65_536, caseSensitive: false });
    const table = await createFeedRows(tx, 0);
    const { staged } = await stageRows(counting, source, { kind, table, caseSensitive: false });
    const [row] = await tx.query<{ wrong: number }>(
      `SELECT count(*) FILTER (WHERE quantity <> row_number - 2 OR sku_key <> 's-' || quantity)::int AS wrong FROM ${table}`,
    );
    await dropFeedRows(tx, table);
    return { staged, blocks: blocks.length, wrong: row?.wrong };
  });
  t.equal(found.staged, 20_000);
  t.equal(found.wrong, 0);
  t.ok(found.blocks <= 12, `${found.blocks} blocks`);
});
