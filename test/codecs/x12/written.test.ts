import fc from 'fast-check';
import t from 'tap';
import { checkSet } from '../../../src/codecs/x12/check-set.js';
import type { X12Partner } from '../../../src/codecs/x12/partner.js';
import { writeSet, writeX12File, type X12Kind } from '../../../src/codecs/x12/x12-documents.js';
import { parseJson } from '../../../src/formats/json.js';
import { readX12 } from '../../../src/formats/x12-reader.js';
import { AppError } from '../../../src/kernel/errors.js';
import { object, type JsonObject } from '../../../src/logicbroker/json-reading.js';
import { anyDocument, ORDER } from '../documents.js';
import { CONTROLS, partnerWith, TIME } from './partner-file.js';

const order = object(parseJson(ORDER));

function written(kind: X12Kind, document: JsonObject, partner: X12Partner): string[] {
  const { body } = writeSet(kind, document, partner);
  const text = writeX12File([body], partner, CONTROLS, TIME).toString();
  const [interchange] = readX12(text);
  const [set] = interchange?.groups[0]?.sets ?? [];
  const { element } = partner.envelope.separators;
  return (set?.segments ?? []).slice(1, -1).map(({ name, elements }) => [name, ...elements].join(element));
}

/** What the standard says to everything that was written; 860 is in no table of ours but for its elements. */
function faultsOf(kind: X12Kind, document: JsonObject, partner: X12Partner): unknown[] {
  const { body } = writeSet(kind, document, partner);
  const text = writeX12File([body], partner, CONTROLS, TIME).toString();
  return readX12(text).flatMap(({ refusal, groups }) => [
    ...(refusal ? [refusal] : []),
    ...groups.flatMap(({ faults, sets, version }) => [
      ...faults,
      ...sets.flatMap((set) => [...set.faults, ...checkSet(set, version)]),
    ]),
  ]);
}

function cancelled(lines: number): JsonObject {
  return {
    AcknowledgementNumber: '4035227006978003456',
    PartnerPO: '576461413038785752',
    OrderDate: '2026-11-23T09:00:00Z',
    AcknowledgementDate: '2026-11-23T10:00:00Z',
    Type: lines > 1 ? 2 : 0,
    ChangeReason: 'Order cancelled by system',
    AckLines: Array.from({ length: lines }, (_, at) => ({
      ItemIdentifier: { SupplierSKU: `SKU-${at + 1}`, PartnerSKU: `P-${at + 1}` },
      LineNumber: String(at + 1),
      QuantityCancelled: 2,
      QuantityUOM: 'EA',
    })),
  };
}

await t.test(
  'an order with asterisks, line breaks and emoji is a purchase order that says the same',
  async (t) => {
    const document = {
      ...order,
      OrderLines: (order['OrderLines'] as JsonObject[]).with(0, {
        ...(order['OrderLines'] as JsonObject[])[0],
        ItemIdentifier: { SupplierSKU: '00123', PartnerSKU: 'TEE=1' },
      }),
    };
    const partner = partnerWith({
      characterSet: 'utf-8',
      separators: { element: '*', component: '>', repetition: null, terminator: '~' },
    });
    t.same(written('order', document, partner), [
      'BEG*00*DS*576461413038785752**20261123',
      'CUR*ZZ*USD',
      'REF*CO*576461413038785752',
      'REF*ZZ*TikTokCreatedTimestamp*1795424400000',
      'REF*ZZ*TikTokDistrict*Travis',
      'SAC*C*G821***499',
      'SAC*A*C310***200**********SellerDiscount',
      'SAC*A*C310***100**********PlatformDiscount',
      'DTM*010*20261125',
      'TD5*****Standard',
      'TXI*TX*1.65',
      'N9*L1*GFT',
      'MSG*-please ring',
      'N1*ST*Zoë "Z" DXe   😀',
      'N3*1 Main St Apt 2, rear',
      'N4*Austin*TX*00701*US',
      'PER*IC**TE*(+1)213-XXX-1234',
      'PO1*1*2*EA*9.9**VN*00123*SK*TEE=1',
      'CTP**RTL*12',
      'PID*F****Tee <red  & more',
      'REF*ZZ*TikTokOrderLineId*577086512123486582,577086512123486583',
      'PO1*2*1*EA*5**VN*MUG-BLUE*SK*MUG-BLUE',
      'PID*F****Mug',
      'CTT*2*3',
      'AMT*TT*28.44',
    ]);
  },
);

await t.test(
  'everything that is written stands the tables of both versions, whatever the document holds',
  async (t) => {
    const versions = fc.constantFrom('004010', '005010');
    const sets = fc.constantFrom(
      { element: '*', component: '>', repetition: null, terminator: '~' },
      { element: '|', component: ':', repetition: '^', terminator: '\n' },
    );
    let refused = 0;
    let count = 0;
    for (const kind of ['order', 'return'] as const)
      fc.assert(
        fc.property(
          anyDocument(kind, false),
          versions,
          sets,
          fc.constantFrom('basic', 'extended', 'utf-8'),
          (text, version, separators, characterSet) => {
            const partner = partnerWith({ version, separators, characterSet: characterSet as 'basic' });
            const number = '576461413038785752';
            const document: JsonObject = {
              ...object(parseJson(text)),
              PartnerPO: number,
              OrderDate: '2026-11-23',
              ReturnDate: '2026-11-24',
              TypeCode: 'DS',
              Currency: 'USD',
            };
            const lines = kind === 'order' ? 'OrderLines' : 'ReturnLines';
            // Ids of items that X12 cannot carry are refused, which is another promise.
            document[lines] = (document[lines] as JsonObject[]).map((line) => ({
              ...line,
              ItemIdentifier: { SupplierSKU: 'SKU-1' },
              Quantity: 2,
              LineNumber: '1',
              Price: 5,
            }));
            if ((document[lines] as unknown[]).length === 0)
              document[lines] = [{ ItemIdentifier: { SupplierSKU: 'SKU-1' }, Quantity: 1 }];
            count += 1;
            try {
              const faults = faultsOf(kind, document, partner);
              if (faults.length > 0) throw new Error(JSON.stringify(faults));
            } catch (error) {
              if (!(error instanceof AppError)) throw error;
              refused += 1;
            }
          },
        ),
        { numRuns: 150 },
      );
    t.ok(refused < count * 0.7, `${refused} of ${count} had ids that X12 cannot carry`);
  },
);

await t.test(
  'an id that X12 would change or cut is refused with its place, and never sent as another',
  async (t) => {
    const skus: [string, RegExp][] = [
      ['A*B', /cannot stand in PO107/],
      ['x'.repeat(49), /longer than the 48 characters that PO107 holds/],
      ['漢字', /cannot stand in PO107/],
    ];
    for (const [SupplierSKU, message] of skus) {
      const document = { ...order, OrderLines: [{ ItemIdentifier: { SupplierSKU }, Quantity: 1 }] };
      try {
        writeSet('order', document, partnerWith());
        t.fail(SupplierSKU);
      } catch (error) {
        const [detail] = (error as AppError).details;
        t.match(detail?.message, message);
        t.match(detail?.at, { name: 'PO1', element: 7 });
      }
    }
    const other = partnerWith({
      separators: { element: '|', component: ':', repetition: null, terminator: '~' },
    });
    t.match(
      written(
        'order',
        { ...order, OrderLines: [{ ItemIdentifier: { SupplierSKU: 'A*B' }, Quantity: 1 }] },
        other,
      ),
      /VN\|A\*B/,
    );
  },
);

await t.test(
  'a return says who, what and why, what has to be done first, and has no total unless the partner wants one',
  async (t) => {
    const document: JsonObject = {
      ReturnNumber: '4035228871802065472',
      PartnerPO: '576461413038785752',
      ReturnDate: '2026-11-23T10:00:00Z',
      Note: 'too\nsmall',
      ReturnLines: [
        {
          ItemIdentifier: { SupplierSKU: 'SKU-1', PartnerSKU: 'P-1' },
          Quantity: 1,
          Price: 9.99,
          ReturnReason: 'WRONG ITEM',
          ReturnReasonCode: '10',
        },
      ],
      ExtendedAttributes: Array.from({ length: 12 }, (_, at) => ({
        Name: at === 11 ? 'TikTokNextAction' : `A${at}`,
        Value: 'x',
      })),
    };
    const lines = written('return', document, partnerWith());
    t.same(
      lines.filter((line) => !line.startsWith('N9*ZZ*A')),
      [
        'BGN*00*4035228871802065472*20261123',
        'PRF*576461413038785752',
        'N9*ZZ*TikTokNextAction*x',
        'NTE*ADD*too small',
        'BLI*VN*SKU-1*1*EA*PUR*9.99**IN*P-1',
        'RDR*CR*10**WRONG ITEM',
      ],
    );
    t.match(writeSet('return', document, partnerWith()).remarks.join(), /A9, A10/);
    t.match(written('return', document, partnerWith({}, { countsReturnLines: true })).at(-1), 'CTT*1');
  },
);

await t.test(
  'a cancellation goes as the set that the profile names, and without one it fails loudly',
  async (t) => {
    t.same(written('cancellation', cancelled(2), partnerWith()), [
      'BCH*01*DS*576461413038785752***20261123*****20261123',
      'REF*ZZ*ChangeReason*Order cancelled by system',
      'POC*1*DI*2**EA***VN*SKU-1*SK*P-1',
      'POC*2*DI*2**EA***VN*SKU-2*SK*P-2',
      'CTT*2',
    ]);
    const as855 = partnerWith({}, { cancellations: '855' });
    t.same(written('cancellation', cancelled(1), as855), [
      'BAK*00*AC*576461413038785752*20261123****4035227006978003456*20261123',
      'REF*ZZ*ChangeReason*Order cancelled by system',
      'PO1*1*2*EA***VN*SKU-1*SK*P-1',
      'ACK*IR*2*EA',
      'CTT*1',
    ]);
    t.same(faultsOf('cancellation', cancelled(2), as855), []);
    t.same(faultsOf('cancellation', cancelled(2), partnerWith()), []);
    t.throws(() => writeSet('cancellation', cancelled(1), partnerWith({}, { cancellations: null })), {
      code: 'configuration-invalid',
    });
  },
);

function refusalOf(document: JsonObject): unknown {
  try {
    writeSet('order', document, partnerWith());
  } catch (error) {
    return (error as AppError).details;
  }
  return 'written';
}

await t.test(
  'a segment of which nothing is left is not written, and what a set cannot be without is told',
  async (t) => {
    const address = { FirstName: 'Zoe', Address1: '~~', City: 'x', State: 'Bangkok', Email: '\u200b' };
    const lines = written(
      'order',
      { ...order, OrderLines: [], Note: '\n', ShipToAddress: address },
      partnerWith(),
    );
    t.same(
      lines.filter((line) => /^(N\d|MSG|PER)/.test(line)),
      ['N1*ST*Zoe', 'N4*****SP*Bangkok'],
    );
    t.match(refusalOf({ ...order, OrderLines: [], OrderDate: null, DocumentDate: null }), [
      { at: { segment: 2, name: 'BEG', element: 5 } },
    ]);
  },
);

await t.test('the same document, numbers and time give the same bytes', async (t) => {
  const file = (): string =>
    writeX12File(
      [
        writeSet(
          'order',
          order,
          partnerWith({ separators: { element: '|', component: ':', repetition: null, terminator: '~' } }),
        ).body,
      ],
      partnerWith(),
      CONTROLS,
      TIME,
    ).toString('base64');
  t.equal(file(), file());
});

await t.test('long values go on in further segments, and lists are cut between two ids', async (t) => {
  const ids = Array.from({ length: 9 }, (_, at) => `57708651212348658${at}`).join(',');
  const line = {
    ItemIdentifier: { SupplierSKU: 'S' },
    Quantity: 9,
    ExtendedAttributes: [{ Name: 'TikTokOrderLineId', Value: ids }],
  };
  const references = written('order', { ...order, OrderLines: [line] }, partnerWith()).filter((each) =>
    each.includes('TikTokOrderLineId'),
  );
  t.ok(references.length > 1);
  t.equal(references.map((each) => each.split('*')[3]).join(), ids);
});
