import fc from 'fast-check';
import t from 'tap';
import { readAcknowledgement } from '../../../src/logicbroker/read-acknowledgement.js';
import { readReturn } from '../../../src/logicbroker/read-return.js';
import { readShipment } from '../../../src/logicbroker/read-shipment.js';
import { usualCodes } from '../../../src/codecs/x12/partner.js';
import { readTa1 } from '../../../src/codecs/x12/read-receipts.js';
import { readGroup, readX12File, writeX12File } from '../../../src/codecs/x12/x12-documents.js';
import { AppError } from '../../../src/kernel/errors.js';
import {
  CONTROLS,
  fileOf,
  fileWith,
  partnerWith,
  readOnly,
  replyText,
  sampleFile,
  TIME,
} from './partner-file.js';

const SHIPPED = `BSN*00*SHIP1*20261123*1005*0001
HL*1**S*1
TD5**2*UPSN**UPS GROUND
DTM*011*20261123
HL*2*1*O*1
PRF*576461413038785752***20261123
HL*3*2*P*1
MAN*CP*1Z999AA10123456784
HL*4*3*I*0
LIN*1*VN*SKU-1
SN1*1*2*EA
CTT*4*2`;

await t.test('the real files of partners are accepted as the standard has them, and read', async (t) => {
  const names = [
    'x12-180-005040',
    'x12-846-004010-odd-delimiters',
    'x12-855-004010',
    'x12-856-004010vics-sopi',
    'x12-856-004060-soi',
  ];
  for (const name of names) {
    const read = readOnly(sampleFile(name));
    t.same(
      read.outcomes.map(({ result, findings }) => [result, findings]),
      [['A', []]],
      name,
    );
    t.match(replyText(read).at(-1), 'AK9*A*1*1*1', name);
  }
  const [sopi] = readOnly(sampleFile('x12-856-004010vics-sopi')).documents;
  t.match(readShipment(sopi!.document), {
    shipmentNumber: '521649209219',
    order: { partnerPo: 'SO/VINCE1' },
    lines: [
      {
        quantity: 1,
        cartons: [{ trackingNumber: '521649209219', quantity: 1, carrier: { carrierCode: 'FED2' } }],
      },
    ],
  });
  const [soi] = readOnly(sampleFile('x12-856-004060-soi')).documents;
  t.same(
    readShipment(soi!.document).lines.map((line) => [
      line.lineNumber,
      line.supplierSku,
      line.quantity,
      line.cartons[0]?.trackingNumber,
    ]),
    [
      ['1', '87787D', 24, '5787970539'],
      ['2', '99887D', 6, '5787970539'],
    ],
  );
  const [adobe] = readOnly(sampleFile('x12-855-004010')).documents;
  t.match(readAcknowledgement(adobe!.document), {
    order: { partnerPo: '0132710645' },
    lines: [{ accepted: 1, merchantSku: 'T05249' }],
  });
  const [lowes] = readOnly(sampleFile('x12-180-005040')).documents;
  t.match(readReturn(lowes!.document), {
    returnNumber: '123401',
    partnerPo: '0123456789',
    says: 'accept',
    lines: [{ quantity: 12 }],
  });
});

await t.test(
  'a ship notice becomes a shipment, with parcels by its tree and not by what BSN05 says',
  async (t) => {
    const read = readOnly(fileOf('SH', '856', SHIPPED.replace('0001\n', '0004\n')));
    t.same(
      read.documents.map(({ document, problems }) => ({ document, problems })),
      [
        {
          document: {
            ShipmentNumber: 'SHIP1',
            ShipmentDate: '2026-11-23T00:00:00Z',
            PartnerPO: '576461413038785752',
            OrderDate: '2026-11-23T00:00:00Z',
            ShipmentLines: [
              {
                LineNumber: '1',
                ItemIdentifier: { SupplierSKU: 'SKU-1' },
                Quantity: 2,
                QuantityUOM: 'EA',
                ShipmentInfos: [{ TrackingNumber: '1Z999AA10123456784', CarrierCode: 'UPSN', Qty: 2 }],
              },
            ],
          },
          problems: [],
        },
      ],
    );
    t.same(read.documents[0]!.placed({ field: 'ShipmentLines[0].Quantity', message: 'is too much' }), {
      at: { segment: 10, name: 'HL' },
      message: 'ShipmentLines[0].Quantity is too much',
    });
    const without = readOnly(
      fileOf(
        'SH',
        '856',
        SHIPPED.replace('HL*2*1*O', 'HL*2**O').replace('HL*3*2*P', 'HL*3**P').replace('HL*4*3*I', 'HL*4**I'),
      ),
    );
    t.same(
      without.documents[0]?.document,
      read.documents[0]?.document,
      'levels without a parent hang below the nearest higher one',
    );
  },
);

await t.test('where the tracking number of a parcel stands differs between partners', async (t) => {
  const forms: [string, string, string][] = [
    ['MAN*CP*1Z999AA10123456784', 'MAN*GM*00007121610006156802**CP*1Z999AA10123456784', 'second mark'],
    ['MAN*CP*1Z999AA10123456784', 'REF*CN*1Z999AA10123456784', 'reference of the parcel'],
    ['DTM*011', 'REF*2I*1Z999AA10123456784\nDTM*011', 'reference of the shipment'],
  ];
  for (const [from, to, name] of forms) {
    const base =
      name === 'reference of the shipment'
        ? SHIPPED.replace('MAN*CP*1Z999AA10123456784', 'MAN*GM*00007121610006156802')
        : SHIPPED;
    const [read] = readOnly(fileOf('SH', '856', base.replace(from, to))).documents;
    t.equal(readShipment(read!.document).lines[0]?.cartons[0]?.trackingNumber, '1Z999AA10123456784', name);
  }
  const lading = SHIPPED.replace('MAN*CP*1Z999AA10123456784\n', '').replace(
    'DTM*011',
    'REF*BM*BOL123456\nDTM*011',
  );
  const tracking = (codes: object): unknown =>
    readShipment(readOnly(fileOf('SH', '856', lading), codes).documents[0]!.document).lines[0]?.cartons[0]
      ?.trackingNumber;
  t.equal(tracking({}), null, 'a bill of lading is no tracking number');
  t.equal(tracking({ tracksByBillOfLading: true }), 'BOL123456');
});

await t.test('a line in two parcels is two cartons with their pieces, and never counts twice', async (t) => {
  const two = `BSN*00*S2*20261123*1005*0001
HL*1**S
HL*2*1*O
PRF*PO1
HL*3*2*P
MAN*CP*1Z999AA10123456784
HL*4*3*I
LIN*1*VN*SKU-1
SN1*1*2*EA
HL*5*2*P
MAN*CP*1Z999AA10123456795
HL*6*5*I
LIN*1*VN*SKU-1
SN1*1*1*EA
CTT*6*3`;
  const [read] = readOnly(fileOf('SH', '856', two)).documents;
  const { lines } = readShipment(read!.document);
  t.same(
    lines.map(({ quantity, cartons }) => [
      quantity,
      cartons.map((carton) => [carton.trackingNumber, carton.quantity]),
    ]),
    [
      [
        3,
        [
          ['1Z999AA10123456784', 2],
          ['1Z999AA10123456795', 1],
        ],
      ],
    ],
  );
  const below = `BSN*00*S3*20261123*1005*0002
HL*1**S
HL*2*1*O
PRF*PO1
HL*3*2*I
LIN*1*VN*SKU-1
SN1*1*3*EA
HL*4*3*P
MAN*CP*1Z999AA10123456784
HL*5*3*P
MAN*CP*1Z999AA10123456795`;
  const [unclear] = readOnly(fileOf('SH', '856', below)).documents;
  t.match(unclear?.problems, [
    { message: /1Z999AA10123456784 and 1Z999AA10123456795/, at: { segment: 6, name: 'HL' } },
  ]);
});

await t.test(
  'a ship notice for several orders is a shipment of each; totals and levels that do not fit stop it',
  async (t) => {
    const both = `${SHIPPED.replace('\nCTT*4*2', '')}
HL*5*1*O
PRF*PO-2
HL*6*5*I
LIN*1*SK*P-2
SN1*1*1*EA
CTT*6*3`;
    t.same(
      readOnly(fileOf('SH', '856', both)).documents.map(({ document, problems }) => [
        document['PartnerPO'],
        problems,
      ]),
      [
        ['576461413038785752', []],
        ['PO-2', []],
      ],
    );
    const wrong: [string, string, RegExp][] = [
      ['CTT*4*2', 'CTT*5*2', /counts other levels/],
      ['CTT*4*2', 'CTT*4*3', /adds up to other pieces/],
      ['HL*4*3*I', 'HL*4*9*I', /level 9/],
      ['HL*4*3*I', 'HL*3*3*I', /stands there twice/],
      ['BSN*00', 'BSN*01', /takes a shipment back/],
      ['SN1*1*2*EA', 'PID*F', /no number of pieces/],
    ];
    for (const [from, to, message] of wrong) {
      const { documents } = readOnly(fileOf('SH', '856', SHIPPED.replace(from, to)));
      t.match(documents[0]?.problems.map((problem) => problem.message).join('; '), message, to);
    }
  },
);

await t.test(
  'an acknowledgement says by its lines what is accepted, cancelled and comes later',
  async (t) => {
    const body = `BAK*00*AC*576461413038785752*20261123****ACK1*20261122
PO1*1*3*EA*9.99**VN*SKU-1
ACK*IA*2*EA*068*20261201
ACK*IB*1*EA
PO1*2*2*EA*9.99**VN*SKU-2
ACK*IR*2*EA
CTT*2`;
    const [read] = readOnly(fileOf('PR', '855', body), { cancelReasons: { IR: 'Out of stock' } }).documents;
    t.same(read?.problems, []);
    t.match(readAcknowledgement(read!.document), {
      acknowledgementNumber: 'ACK1',
      reason: 'Out of stock',
      lines: [
        { lineNumber: '1', supplierSku: 'SKU-1', accepted: 2, backordered: 1, cancelled: null },
        { lineNumber: '2', cancelled: 2, accepted: null },
      ],
    });
    t.same(read?.document['ExtendedAttributes'], [
      { Name: 'BAK04', Value: '20261123' },
      { Name: 'BAK09', Value: '20261122' },
    ]);
    const plain = (type: string): unknown => {
      const file = fileOf('PR', '855', `BAK*00*${type}*PO1*20261123\nPO1*1*3*EA*9.99**VN*SKU-1`);
      const { lines, acknowledgementNumber } = readAcknowledgement(readOnly(file).documents[0]!.document);
      return [acknowledgementNumber, lines[0]?.accepted, lines[0]?.cancelled];
    };
    t.same(plain('AD'), ['000000091-83-0001', 3, null], 'without BAK08 its control numbers name it');
    t.same(plain('RD'), ['000000091-83-0001', null, 3]);
    const odd = readOnly(fileOf('PR', '855', body.replace('ACK*IR', 'ACK*IS')));
    t.match(odd.documents[0]?.problems, [{ at: { name: 'ACK', element: 1 }, message: /substitute/ }]);
  },
);

await t.test(
  'a return of the seller accepts, and confirms the goods only by a code of the profile',
  async (t) => {
    const file = fileOf(
      'AN',
      '180',
      'BGN*00*4035228871802065472*20261123\nPRF*576461413038785752\nBLI*VN*SKU-1*1*EA\nRDR*CR***WRONG ITEM\nCTT*1',
    );
    const says = (codes: object): unknown => {
      const read = readOnly(file, codes);
      return [read.outcomes[0]?.result, readReturn(read.documents[0]!.document).says];
    };
    t.same(
      says({}),
      ['E', 'accept'],
      'a CTT, which the standard does not have there, is noted and read over',
    );
    t.same(says({ confirmsGoods: ['CR'] }), ['E', 'refund']);
  },
);

await t.test('an inventory message is rows with what can be sold, by warehouse', async (t) => {
  const body = `BIA*00*SI*INV1*20261123*1005
LIN*1*VN*SKU-1*UP*012345678905
CTP**DIS*9.99
REF*IO*WH1
QTY*17*99*EA
QTY*33*25*EA
LIN*2*VN*SKU-1
REF*IO*WH2
QTY*33*3*EA
LIN*3*VN*SKU-3
QTY*34*1*EA
CTT*3`;
  const { inventory, outcomes } = readOnly(fileOf('IB', '846', body));
  t.equal(outcomes[0]?.result, 'A');
  t.same(
    inventory.rows.map(({ cells }) => cells),
    [
      { SupplierSKU: 'SKU-1', UPC: '012345678905', Quantity: '25', Cost: '9.99', Warehouse: 'WH1' },
      { SupplierSKU: 'SKU-1', Quantity: '3', Warehouse: 'WH2' },
    ],
  );
  t.match(inventory.problems, [{ at: { segment: 11, name: 'LIN' } }]);
});

await t.test('every code of the acknowledgement has the fault that it stands for', async (t) => {
  const reply = (body: string, version = '004010'): string =>
    replyText(readOnly(fileOf('SH', '856', body, version)))
      .slice(1)
      .join(' ');
  t.equal(reply(SHIPPED), 'AK2*856*0001 AK5*A AK9*A*1*1*1');
  const cases: [from: string, to: string, expected: string][] = [
    ['DTM*011*2', 'XYZ*1\nDTM*011*2', 'AK3*XYZ*5**1 AK5*E*5 AK9*E*1*1*1'],
    ['DTM*011*2', 'BEG*00*SA*1**20261123\nDTM*011*2', 'AK3*BEG*5**6 AK5*E*5 AK9*E*1*1*1'],
    ['BSN*00*SHIP1*20261123*1005*0001\n', '', 'AK3*BSN*2**3 AK5*R*5 AK9*R*1*1*0'],
    ['PRF*576461413038785752***20261123', 'PRF*1\nPRF*2', 'AK3*PRF*8**5 AK5*E*5 AK9*E*1*1*1'],
    ['LIN*1*VN*SKU-1\nSN1*1*2*EA', 'SN1*1*2*EA\nLIN*1*VN*SKU-1', 'AK3*LIN*12**7 AK5*E*5 AK9*E*1*1*1'],
    ['BSN*00*SHIP1', 'BSN**SHIP1', 'AK3*BSN*2**8 AK4*1**1 AK5*R*5 AK9*R*1*1*0'],
    ['HL*4*3*I*0', 'HL*4*3*I*0*9', 'AK3*HL*10**8 AK4*5**3*9 AK5*E*5 AK9*E*1*1*1'],
    ['SHIP1', 'S', 'AK3*BSN*2**8 AK4*2**4*S AK5*E*5 AK9*E*1*1*1'],
    ['SHIP1', 'S'.repeat(31), `AK3*BSN*2**8 AK4*2**5*${'S'.repeat(31)} AK5*E*5 AK9*E*1*1*1`],
    ['SN1*1*2*EA', 'SN1*1*two*EA', 'AK3*SN1*12**8 AK4*2**6*two AK5*R*5 AK9*R*1*1*0'],
    ['DTM*011*20261123', 'DTM*011*20261399', 'AK3*DTM*5**8 AK4*2**8*20261399 AK5*R*5 AK9*R*1*1*0'],
    ['1005', '2599', 'AK3*BSN*2**8 AK4*4**9*2599 AK5*E*5 AK9*E*1*1*1'],
  ];
  for (const [from, to, expected] of cases)
    t.equal(reply(SHIPPED.replace(from, to)), `AK2*856*0001 ${expected}`, to);
  const file = fileOf('SH', '856', SHIPPED);
  const envelope = (from: string, to: string): string =>
    replyText(readOnly(file.replace(from, to)))
      .slice(1)
      .join(' ');
  t.equal(envelope('SE*14', 'SE*15'), 'AK2*856*0001 AK5*R*4 AK9*R*1*1*0');
  t.equal(envelope('SE*14*0001', 'SE*14*0002'), 'AK2*856*0001 AK5*R*3 AK9*R*1*1*0');
  t.equal(envelope('SE*14*0001~\n', ''), 'AK2*856*0001 AK5*R*2 AK9*R*1*1*0');
  t.equal(envelope('ST*856', 'ST*857'), 'AK2*857*0001 AK5*R*1 AK9*R*1*1*0');
  t.equal(envelope('GE*1', 'GE*2'), 'AK2*856*0001 AK5*A AK9*R*1*1*0*5');
});

await t.test('a set that is rejected brings nothing, and those beside it all that they say', async (t) => {
  const read = readOnly(
    fileWith('SH', [
      { set: '856', body: SHIPPED },
      { set: '856', body: SHIPPED.replace('BSN*00', 'BSN*') },
      { set: '856', body: SHIPPED.replace('SHIP1', 'SHIP3') },
    ]),
  );
  t.same(
    read.documents.map(({ document }) => document['ShipmentNumber']),
    ['SHIP1', 'SHIP3'],
  );
  t.equal(replyText(read).at(-1), 'AK9*P*3*3*2');
  const broken = readOnly(fileOf('SH', '856', SHIPPED).replace('GE*1*83', 'GE*1*84'));
  t.same(
    [broken.documents, replyText(broken).at(-1)],
    [[], 'AK9*R*1*1*0*4'],
    'a group whose own numbers differ brings nothing',
  );
});

await t.test(
  'a 997 of ours is one that the tables accept, and it is never acknowledged itself',
  async (t) => {
    const { reply } = readOnly(fileOf('SH', '856', SHIPPED.replace('BSN*00*SHIP1', 'BSN**S')));
    const partner = partnerWith();
    const answer = readOnly(writeX12File([reply!], partner, CONTROLS, TIME));
    t.equal(answer.group.id, 'FA');
    t.equal(answer.reply, null);
    t.same(
      answer.outcomes[0]?.findings.filter(({ name }) => name !== 'AK4'),
      [],
    );
    t.match(answer.receipts, [
      {
        groupId: 'SH',
        control: '83',
        result: 'rejected',
        sets: [{ id: '856', control: '0001', result: 'rejected' }],
      },
    ]);
  },
);

await t.test('997, 999 and TA1 of a partner say what became of ours', async (t) => {
  const read = (set: string, body: string): unknown => readOnly(fileOf('FA', set, body)).receipts;
  t.same(
    read(
      '997',
      'AK1*PO*41\nAK2*850*0001\nAK5*A\nAK2*850*0002\nAK3*BEG*2**8\nAK4*5*373*8*2026\nAK5*R*5\nAK9*P*2*2*1',
    ),
    [
      {
        groupId: 'PO',
        control: '41',
        result: 'partly',
        errors: [],
        sets: [
          { id: '850', control: '0001', result: 'accepted', errors: [] },
          {
            id: '850',
            control: '0002',
            result: 'rejected',
            errors: ['segment 2 (BEG): code 8', 'element 5: code 8', 'transaction set: code 5'],
          },
        ],
      },
    ],
  );
  t.match(read('999', 'AK1*PO*41\nAK2*850*0001\nIK5*E*5\nAK9*E*1*1*1'), [
    { result: 'with-errors', sets: [{ result: 'with-errors' }] },
  ]);
  t.match(
    read('997', 'AK1*PO*41\nAK9*A*1*1*1'),
    [{ result: 'accepted', sets: [] }],
    'a 997 may speak of the group alone',
  );
  const file = fileOf('FA', '997', 'AK1*PO*41\nAK9*A*1*1*1').replace(
    'GS*FA',
    'TA1*000000041*261123*1005*R*001~\nGS*FA',
  );
  t.same(readX12File(Buffer.from(file))[0]?.ta1.map(readTa1), [
    { control: '000000041', result: 'rejected', error: 'interchange: code 001' },
  ]);
});

await t.test(
  'hostile sets are read or refused by the reader of every kind, never anything else',
  async (t) => {
    const samples = [
      'x12-180-005040',
      'x12-846-004010-odd-delimiters',
      'x12-855-004010',
      'x12-856-004010vics-sopi',
      'x12-856-004060-soi',
    ].map((name) => sampleFile(name).toString());
    const puts = fc.constantFrom(
      'HL*1*1*S~',
      '~HL*9*9*P',
      '**',
      'LIN',
      'SN1*1*-1*EA~',
      'ACK*IR*9999999999999999*EA~',
      '~CTT*1*1',
      'BLI*',
      '0',
      '',
    );
    const edit = fc.tuple(fc.integer({ min: 150, max: 1_500 }), fc.nat(12), puts);
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        (text, edits) => {
          let hostile = text;
          for (const [at, length, put] of edits)
            hostile = hostile.slice(0, at) + put + hostile.slice(at + length);
          try {
            for (const { head, groups } of readX12File(Buffer.from(hostile)))
              for (const group of groups) {
                const { documents, reply } = readGroup(group, head.control, usualCodes);
                for (const each of documents)
                  each.placed({ field: 'ShipmentLines[3].Quantity', message: 'x' });
                if (reply) writeX12File([reply], partnerWith(), CONTROLS, TIME);
              }
          } catch (error) {
            if (!(error instanceof AppError) || error.code !== 'invalid-document') throw error;
          }
        },
      ),
      { numRuns: 1_500 },
    );
    t.pass();
  },
);
