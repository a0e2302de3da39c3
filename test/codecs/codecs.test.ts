import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { codecs } from '../../src/codecs/codecs.js';
import type { FileKind } from '../../src/codecs/document-shape.js';
import { JsonNumber, parseJson, writeJson } from '../../src/formats/json.js';
import { AppError } from '../../src/kernel/errors.js';
import { readShipment } from '../../src/logicbroker/read-shipment.js';
import { anyDocument, ORDER } from './documents.js';

type FormatName = keyof typeof codecs;

const KINDS: FileKind[] = ['order', 'acknowledgement', 'shipment', 'return'];

async function backAndForth(name: FormatName, kind: FileKind, documents: string[]): Promise<unknown[]> {
  const { documents: read, problems } = await codecs[name].read(kind, codecs[name].write(kind, documents));
  const all = [...problems, ...read.flatMap((one) => one.problems)];
  if (all.length > 0) throw new Error(JSON.stringify(all));
  return read.map(({ document }) => document);
}

/** The same whatever the order of members; of tables also without what is empty. */
function canonical(value: unknown, isTable: boolean): unknown {
  if (value instanceof JsonNumber) return `number ${value.text}`;
  if (Array.isArray(value)) return value.map((each) => canonical(each, isTable));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .map(([name, each]) => [name, canonical(each, isTable)] as const)
    .filter(([, each]) => !isTable || each !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members);
}

function csv(text: string, kind: FileKind = 'shipment') {
  return codecs.csv.read(kind, Buffer.from(text));
}

async function refusal(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

await t.test('an order comes back from JSON and XML as it was, digit by digit', async (t) => {
  for (const name of ['json', 'xml'] as const) {
    const [document] = await backAndForth(name, 'order', [ORDER, ORDER]);
    t.equal(writeJson(document), ORDER, name);
  }
});

await t.test('an order comes back from CSV and XLSX with all that is said in it', async (t) => {
  for (const name of ['csv', 'xlsx'] as const) {
    const [document, ...more] = await backAndForth(name, 'order', [ORDER]);
    t.same(more, []);
    t.same(canonical(document, true), canonical(parseJson(ORDER), true), name);
  }
});

await t.test('whatever a document holds, XML says the same as JSON', async (t) => {
  for (const kind of KINDS)
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyDocument(kind, false), { minLength: 1, maxLength: 3 }),
        async (documents) => {
          const read = await backAndForth('xml', kind, documents);
          return read.map(writeJson).join() === documents.join();
        },
      ),
      { numRuns: 60 },
    );
  t.pass();
});

await t.test('members that the API does not name come back from XML with their types', async (t) => {
  const own =
    '{"ShipmentLines":[],"Own":{"a b":[1,"x",null,true,{"c":1.50}],"xmlns":"","__p":{}},"Note":null,"Zip":"  "}';
  const [document] = await backAndForth('xml', 'shipment', [own]);
  t.equal(writeJson(document), own);
});

await t.test('whatever a document holds, CSV and XLSX bring it back', async (t) => {
  for (const name of ['csv', 'xlsx'] as const)
    for (const kind of KINDS)
      await fc.assert(
        fc.asyncProperty(anyDocument(kind, true), async (document) => {
          const [read] = await backAndForth(name, kind, [document]);
          t.same(canonical(read, true), canonical(parseJson(document), true));
        }),
        { numRuns: 40 },
      );
});

await t.test('no cell of a CSV is a formula in a spreadsheet, and numbers stay numbers', async (t) => {
  const nasty = ['=1+1', '+1', '-1', '@x', ' =1', '\t=1', "'=1", '\u00a0=1'];
  for (const Note of nasty) {
    const text = codecs.csv
      .write('shipment', [JSON.stringify({ Note, TotalAmount: -5, ShipmentLines: [] })])
      .toString();
    const cell = /\r\n-5,"?([^"]*)"?/.exec(text)?.[1];
    t.match(cell, /^'/, JSON.stringify(Note));
  }
});

await t.test(
  'a CSV as Logicbroker has it: parcels on the rows, lists in the singular, other columns kept',
  async (t) => {
    const { documents, problems } = await csv(
      'PartnerPO;ShipmentNumber;ShipmentLine.LineNumber;ShipmentLines.ItemIdentifier.SupplierSKU;shipmentlines.quantity;ShipmentInfos.TrackingNumber;ShipmentInfos.CarrierCode;Batch;Shift\n' +
        '576461413038785752;S-1;1;00123;2;1Z999AA10123456784;UPS;B7;early\n' +
        '576461413038785753;S-2;1;MUG;1;9400111899560000000017;USPS;B7;late\n' +
        '576461413038785752;S-1;2;MUG;1;1Z999AA10123456795;UPS;B8;early\n',
    );
    t.same(problems, []);
    t.same(
      documents.map(({ document }) => document),
      [
        {
          PartnerPO: '576461413038785752',
          ShipmentNumber: 'S-1',
          ShipmentLines: [
            {
              ItemIdentifier: { SupplierSKU: '00123' },
              LineNumber: '1',
              Quantity: 2,
              ShipmentInfos: [{ TrackingNumber: '1Z999AA10123456784', CarrierCode: 'UPS' }],
              ExtendedAttributes: [{ Name: 'Batch', Value: 'B7' }],
            },
            {
              ItemIdentifier: { SupplierSKU: 'MUG' },
              LineNumber: '2',
              Quantity: 1,
              ShipmentInfos: [{ TrackingNumber: '1Z999AA10123456795', CarrierCode: 'UPS' }],
              ExtendedAttributes: [{ Name: 'Batch', Value: 'B8' }],
            },
          ],
          ExtendedAttributes: [{ Name: 'Shift', Value: 'early' }],
        },
        {
          PartnerPO: '576461413038785753',
          ShipmentNumber: 'S-2',
          ShipmentInfos: [{ TrackingNumber: '9400111899560000000017', CarrierCode: 'USPS' }],
          ShipmentLines: [{ ItemIdentifier: { SupplierSKU: 'MUG' }, LineNumber: '1', Quantity: 1 }],
          ExtendedAttributes: [
            { Name: 'Batch', Value: 'B7' },
            { Name: 'Shift', Value: 'late' },
          ],
        },
      ],
    );
    t.equal(readShipment(documents[0]!.document).lines[1]?.cartons[0]?.trackingNumber, '1Z999AA10123456795');
  },
);

await t.test('what is wrong names row, column and letter, and its neighbours are whole', async (t) => {
  const { documents } = await csv(
    'ShipmentNumber,PartnerPO,ShipmentLines.LineNumber,ShipmentLines.Quantity\n' +
      'S-1,5.76461E+17,1,1\nS-2,1000,1,two\nS-3,1000,1,1\nS-4,1000,1,1\nS-4,1000,2,"1,000"\n',
  );
  t.same(
    documents.map(({ problems }) => problems.map(({ at }) => at)),
    [
      [{ row: 2, column: 'PartnerPO', letter: 'B' }],
      [{ row: 3, column: 'ShipmentLines.Quantity', letter: 'D' }],
      [],
      [{ row: 6, column: 'ShipmentLines.Quantity', letter: 'D' }],
    ],
  );
  const found = documents[3]!.placed({
    field: 'ShipmentLines[1].LineNumber',
    message: 'is no line of the order',
  });
  t.same(found.at, { row: 6, column: 'ShipmentLines.LineNumber', letter: 'C' });
  t.same(documents[3]!.placed({ field: 'ShipmentLines[1].Price', message: 'x' }).at, { row: 6 });
});

await t.test('rows of one document that contradict each other are told with both rows', async (t) => {
  const { documents } = await csv(
    'ShipmentNumber,PartnerPO,Currency,ShipmentLines.LineNumber\nS-1,1000,USD,1\nS-1,1000,EUR,2\nS-1,1000,,3\n',
  );
  t.same(
    documents.map(({ problems }) => problems.map(({ at, message }) => [at, message])),
    [[[{ row: 3, column: 'Currency', letter: 'C' }, 'says something else than row 2 of the same document']]],
  );
});

await t.test('a row that nobody can read spoils the documents beside it, and no other', async (t) => {
  const head = 'ShipmentNumber,PartnerPO,ShipmentLines.LineNumber\n';
  const { documents, problems } = await csv(`${head}S-1,1,1\nS-2,1,1\nS-2,1,2,3,4\nS-3,1,1\nS-4,1,1\n`);
  t.same(
    problems.map(({ at }) => at),
    [{ row: 4 }],
  );
  t.same(
    documents.map((one) => one.problems.length),
    [0, 1, 1, 0],
  );
});

await t.test(
  'a table of which most rows cannot be read, or with many columns, costs no more than its size',
  async (t) => {
    const head = 'ShipmentNumber,ShipmentLines.LineNumber\n';
    t.match((await refusal(csv(`${head}${'S,1,2\n'.repeat(200_000)}`))).message, /cannot be read/);
    const names = Array.from({ length: 1_500 }, (_, at) => `Own${at}`).join();
    const { documents } = await csv(
      `ShipmentNumber,${names}\n${Array.from({ length: 500 }, (_, at) => `S${at}${','.repeat(1_500)}\n`).join('')}`,
    );
    t.equal(documents.length, 500);
  },
);

await t.test('a table that breaks off, has no header, or names a column twice changes nothing', async (t) => {
  const cases: [string, RegExp][] = [
    ['ShipmentNumber,PartnerPO,Note\nS-1,1,x\nS-2,1', /breaks off/],
    ['a,b\n1,2\n', /no header/],
    ['', /empty/],
    ['PartnerPO,partnerpo\n1,2\n', /cannot be read/],
    ['ShipmentLines.Quantity,ShipmentLine.Quantity\n1,2\n', /cannot be read/],
  ];
  for (const [text, message] of cases) t.match((await refusal(csv(text))).message, message, text);
});

await t.test(
  'XML with entities, endless depth, or an end that is missing is refused as a whole',
  async (t) => {
    const cases = [
      '<!DOCTYPE x [<!ENTITY a "aaaa">]><Shipments>&a;</Shipments>',
      '<a>'.repeat(100_000),
      '<Shipments><Shipment><ShipmentNumber>1</ShipmentNumber>',
      'no XML',
      '',
    ];
    for (const text of cases) {
      const error = await refusal(codecs.xml.read('shipment', Buffer.from(text)));
      t.equal(error.code, 'invalid-document', text.slice(0, 30));
    }
    const { documents } = await codecs.xml.read(
      'order',
      Buffer.from('<Shipment><Note>a</Note><Note>b</Note><TotalAmount>1,5</TotalAmount></Shipment>'),
    );
    t.same(
      documents.map(({ kind, problems }) => [kind, problems.map(({ field }) => field)]),
      [['shipment', ['Note', 'TotalAmount']]],
    );
  },
);

await t.test('hostile bytes of any format are read or refused, never anything else', async (t) => {
  const files = (['json', 'csv', 'xlsx', 'xml'] as const).map((name) => ({
    name,
    bytes: codecs[name].write('order', [ORDER]),
  }));
  const edits = fc.array(fc.tuple(fc.nat(3_000), fc.nat(20), fc.uint8Array({ maxLength: 12 })), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), edits, async ({ name, bytes }, changes) => {
      let hostile = bytes;
      for (const [at, length, put] of changes)
        hostile = Buffer.concat([hostile.subarray(0, at), put, hostile.subarray(at + length)]);
      try {
        await codecs[name].read('order', hostile);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'invalid-document') throw error;
      }
    }),
    { numRuns: 600 },
  );
  t.pass();
});

const xmllint = spawnSync('xmllint', ['--version']);
await t.test(
  'what is written is XML for others, too',
  { skip: xmllint.error ? 'xmllint is not installed' : false },
  async (t) => {
    const { status, stderr } = spawnSync('xmllint', ['--noout', '-'], {
      input: codecs.xml.write('order', [ORDER]),
    });
    t.equal(status, 0, String(stderr));
  },
);
