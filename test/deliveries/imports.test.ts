import t from 'tap';
import { codecs } from '../../src/codecs/codecs.js';
import { insertFile } from '../../src/deliveries/received-file-store.js';
import { systemActor } from '../../src/companies/actor.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { startWorld } from '../shipments/world.js';
import { fileWorld } from './file-world.js';

t.setTimeout(240_000);
const world = await startWorld(t);
const us = await world.connect('US');
const own = await fileWorld(t, world, us);
const other = await fileWorld(t, world, await world.connect('US'));
const shirt = [{ sku: 'SHIRT', quantity: 1 }];
const HEADER =
  'PartnerPO,ShipmentNumber,ShipmentLines.ItemIdentifier.SupplierSKU,ShipmentLines.Quantity,ShipmentInfos.TrackingNumber,ShipmentInfos.CarrierCode';
const csv = { 'content-type': 'text/csv' };
let numbers = 0;
const row = (po: string, number: string): string =>
  `${po},${number},SHIRT,1,1Z999AA1012345${++numbers + 7000},UPS`;
const bodyOf = ({ body }: { body: JsonObject }) => body['Body'] as JsonObject;
const shipments = () =>
  world.db.prisma.document.count({ where: { companyId: us.companyId, type: 'shipment' } });

await t.test(
  'an import takes what is good, counts what is not, and says why by row and column',
  async (t) => {
    const [first, second] = [await us.order(shirt), await us.order(shirt)];
    const file = [
      HEADER,
      row(first.tiktokOrderId, 'A-1'),
      row('99', 'A-2'),
      row(second.tiktokOrderId, 'A-3'),
    ];
    const answer = await own.call('POST', 'Shipments/Import', file.join('\n'), csv);
    t.equal(answer.status, 200, answer.text);
    t.match(bodyOf(answer), {
      State: 'partly-taken',
      Documents: 3,
      Taken: 2,
      Refused: 1,
      Format: 'csv',
      Via: 'http',
    });
    const id = String(bodyOf(answer)['ImportId']);
    const errors = await own.call('GET', `Imports/${id}/Errors`);
    t.match(errors.body['Body'], [{ Number: 'A-2', Errors: [/row 3, column PartnerPO \(A\)/] }]);
    t.equal((await other.call('GET', `Imports/${id}`)).status, 404);
    t.match(
      (await own.events()).filter((line) => line.startsWith('Alert File')),
      [/2 of 3 documents were taken/],
    );
    const again = await own.call('POST', 'Shipments/Import', file.join('\n'), csv);
    t.match(bodyOf(again), { Taken: 2, Refused: 1 }, 'sent again they are the same documents');
    t.equal(await shipments(), 2);
  },
);

await t.test('a dry run says the same, and nothing is there afterwards', async (t) => {
  const order = await us.order(shirt);
  const before = await shipments();
  const text = [HEADER, row(order.tiktokOrderId, 'D-1'), row('98', 'D-2')].join('\n');
  const tried = await own.call('POST', 'Shipments/Import?dryRun=true', text, csv);
  t.match(bodyOf(tried), { State: 'tried', Taken: 1, Refused: 1, DryRun: true });
  t.equal(await shipments(), before);
  t.equal(
    await world.db.prisma.outboxEntry.count({ where: { documentKey: { gt: 0 }, state: 'pending' } }),
    2,
  );
});

await t.test('CreateImport says first what the columns are, and takes one file', async (t) => {
  const order = await us.order(shirt);
  const created = await own.call('POST', 'Shipments/CreateImport', {
    FileType: 'csv',
    Columns: [
      { SourceField: 'Bestellung', TargetField: 'PartnerPO' },
      { SourceField: 'Lieferschein', TargetField: 'ShipmentNumber' },
      { SourceField: 'Artikel', TargetField: 'ShipmentLines.ItemIdentifier.SupplierSKU' },
      { SourceField: 'Menge', TargetField: 'ShipmentLines.Quantity' },
      { SourceField: 'Paket', TargetField: 'ShipmentInfos.TrackingNumber' },
      { SourceField: 'Dienst', TargetField: 'ShipmentInfos.CarrierCode' },
    ],
  });
  const id = String(created.body['Body']);
  t.match(bodyOf(await own.call('GET', `Imports/${id}`)), { State: 'created' });
  const text = `Bestellung;Lieferschein;Artikel;Menge;Paket;Dienst\n${row(order.tiktokOrderId, 'C-1').replaceAll(',', ';')}\n`;
  t.equal((await other.call('POST', `Shipments/Import?importId=${id}`, text, csv)).status, 404);
  const taken = await own.call('POST', `Shipments/Import?importId=${id}`, text, csv);
  t.match(bodyOf(taken), { State: 'taken', Taken: 1 }, taken.text);
  t.equal((await own.call('POST', `Shipments/Import?importId=${id}`, text, csv)).status, 409);
});

await t.test('acknowledgements and XML go the same road, CustomXML too', async (t) => {
  const order = await us.order(shirt);
  const ack = {
    PartnerPO: order.tiktokOrderId,
    AcknowledgementNumber: 'AK-1',
    Type: 1,
    AckLines: [{ ItemIdentifier: { SupplierSKU: 'SHIRT' }, Quantity: 1 }],
  };
  const xml = codecs.xml.write('acknowledgement', [JSON.stringify(ack)]).toString();
  const answer = await own.call('POST', 'Acknowledgements/Import', xml, {
    'content-type': 'application/xml',
  });
  t.match(bodyOf(answer), { State: 'taken', Format: 'xml', Type: 'Acknowledgement' }, answer.text);
  t.equal((await us.orderDocument(order)).statusCode, 500);
  const custom = await own.call('POST', 'Acknowledgements/CustomXML', xml, {
    'content-type': 'application/xml',
  });
  t.match(custom.body['Body'], /1 of 1 documents/);
  const bad = await own.call('POST', 'Acknowledgements/CustomXML', xml.replace(order.tiktokOrderId, '1'), {
    'content-type': 'application/xml',
  });
  t.equal(bad.status, 400, bad.text);
});

await t.test('a file that breaks off, is empty or is none changes nothing', async (t) => {
  const order = await us.order(shirt);
  const before = await shipments();
  for (const text of [
    `${HEADER}\n${row(order.tiktokOrderId, 'B-1')}\n${order.tiktokOrderId},B-2,SH`,
    'no table at all',
    `${HEADER}\n`,
  ]) {
    const answer = await own.call('POST', 'Shipments/Import', text, csv);
    t.match(bodyOf(answer), { State: 'refused', Taken: 0, Reason: String }, text);
  }
  t.equal((await own.call('POST', 'Shipments/Import', '', csv)).status, 400);
  t.equal(await shipments(), before);
});

await t.test('a file whose reader has ended is read by somebody else', async (t) => {
  const { readDueFiles } = await import('../../src/deliveries/read-received.js');
  const order = await us.order(shirt);
  const now = new Date();
  const id = await insertFile(world.db.prisma, {
    companyId: us.companyId,
    by: systemActor('test', 'sweep'),
    kind: 'shipment',
    via: 'sftp',
    format: 'csv',
    name: 'lost.csv',
    bytes: Buffer.from([HEADER, row(order.tiktokOrderId, 'L-1'), row('97', 'L-2')].join('\n')),
    readAt: now,
    now,
  });
  await readDueFiles(own.files);
  t.match(bodyOf(await own.call('GET', `Imports/${id}`)), { State: 'partly-taken', Taken: 1 });
});
