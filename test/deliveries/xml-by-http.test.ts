import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { testApi } from '../support/api.js';
import { startWorld } from '../shipments/world.js';
import { fileWorld } from './file-world.js';

t.setTimeout(120_000);
const skip = spawnSync('xmllint', ['--version']).error
  ? 'xmllint is not installed: apt-get install libxml2-utils'
  : false;
const folder = mkdtempSync(join(tmpdir(), 'xml-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

await t.test(
  'the schema is served to everybody, and whatever the API answers in XML is valid by it',
  { skip },
  async (t) => {
    const world = await startWorld(t);
    const shop = await world.connect('US');
    const own = await fileWorld(t, world, shop);
    const { app } = await testApi(t, world.db, { clock: world.clock, domain: world.deps });
    const schema = await app.inject({ method: 'GET', url: '/schemas/documents.xsd' });
    t.equal(schema.statusCode, 200);
    t.match(schema.headers['content-type'], /xml/);
    writeFileSync(join(folder, 'documents.xsd'), schema.body);
    const order = await shop.order([{ sku: 'SHIRT', quantity: 1 }]);
    const accept = { accept: 'application/xml' };
    const shipment = `<Shipment><PartnerPO>${order.tiktokOrderId}</PartnerPO><ShipmentNumber>S-1</ShipmentNumber>
    <ShipmentLines><ShipmentLine><ItemIdentifier><SupplierSKU>SHIRT</SupplierSKU></ItemIdentifier><Quantity>1</Quantity>
    <ShipmentInfos><ShipmentInfo><TrackingNumber>1Z999AA10123456784</TrackingNumber><CarrierCode>UPS</CarrierCode></ShipmentInfo></ShipmentInfos>
    </ShipmentLine></ShipmentLines><Own><Thing>1</Thing></Own></Shipment>`;
    const xml = { ...accept, 'content-type': 'application/xml' };
    const answers = [
      await own.call('GET', `Orders/${order.key}`, undefined, accept),
      await own.call('GET', 'Orders/Ready', undefined, accept),
      await own.call('POST', 'Shipments', shipment, xml),
      await own.call(
        'POST',
        'Shipments',
        shipment.replace('S-1', 'S-2').replace(order.tiktokOrderId, '4711'),
        xml,
      ),
      await own.call('GET', 'Shipments', undefined, accept),
      await own.call('GET', 'Orders/999999', undefined, accept),
      await own.call('POST', 'Orders/Export', { FileType: 'xml', Filter: {} }, accept),
    ];
    for (const [at, { text }] of answers.entries()) {
      t.match(text, /^<\?xml/, `answer ${at}`);
      const { status, stderr } = spawnSync(
        'xmllint',
        ['--noout', '--schema', join(folder, 'documents.xsd'), '-'],
        {
          input: text,
          encoding: 'utf8',
        },
      );
      t.equal(status, 0, stderr.slice(0, 1_000));
    }
  },
);
