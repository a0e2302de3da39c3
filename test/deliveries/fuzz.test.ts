import fc from 'fast-check';
import t from 'tap';
import { codecs } from '../../src/codecs/codecs.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { changed, changes, fuzzRuns } from '../codecs/mutations.js';
import { testApi } from '../support/api.js';
import { startWorld } from '../shipments/world.js';
import { fileWorld, x12Profile } from './file-world.js';
import { asn, partnerFile } from './partner-x12.js';

t.setTimeout(300_000);
const world = await startWorld(t);
const shop = await world.connect('US');
const own = await fileWorld(t, world, shop);
await own.setProfiles(x12Profile());
const { app } = await testApi(t, world.db, { clock: world.clock, domain: world.deps });
const orders = [
  await shop.order([{ sku: 'SHIRT', quantity: 50 }]),
  await shop.order([{ sku: 'SHIRT', quantity: 50 }]),
];

const shipment = (po: string, number: string): string =>
  JSON.stringify({
    PartnerPO: po,
    ShipmentNumber: number,
    ShipmentLines: [
      {
        ItemIdentifier: { SupplierSKU: 'SHIRT' },
        Quantity: 1,
        ShipmentInfos: [{ TrackingNumber: '1Z999AA10123456784', CarrierCode: 'UPS' }],
      },
    ],
  });
const TYPES = {
  json: 'application/json',
  csv: 'text/csv',
  xml: 'application/xml',
  xlsx: codecs.xlsx.mediaType,
};

async function shipments(): Promise<number> {
  return world.db.prisma.document.count({ where: { companyId: shop.companyId, type: 'shipment' } });
}

/** Sends a file and holds what the answer says against what is there afterwards. */
async function send(url: string, type: string, bytes: Buffer): Promise<void> {
  const before = await shipments();
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v3/${url}`,
    headers: { subscriptionkey: own.key, 'content-type': type },
    payload: bytes,
  });
  if (answer.statusCode >= 500) throw new Error(`${answer.statusCode} ${answer.body.slice(0, 500)}`);
  const made = (await shipments()) - before;
  const { Taken, State, Results } =
    answer.statusCode === 200 ? (answer.json<{ Body: JsonObject }>().Body ?? {}) : { Taken: 0 };
  const known = (Results as { Type: string; Errors?: string[] }[] | undefined) ?? [];
  const taken = known.filter((one) => one.Type === 'Shipment' && !one.Errors).length;
  if (made > taken)
    throw new Error(`${made} shipments are there, ${taken} (${String(Taken)}, ${String(State)}) were told`);
}

await t.test(
  'X12 where documents of another format are wanted is refused, and says where it belongs',
  async (t) => {
    const answer = await own.call('POST', 'Shipments/Import', 'ISA*00*', { 'content-type': 'text/csv' });
    t.equal(answer.status, 400);
    t.match(answer.text, /is X12.*POST EDI/);
  },
);

let round = 0;

for (const format of ['json', 'csv', 'xml', 'xlsx'] as const)
  await t.test(`${format} by HTTP: an import answers, and what it has not told has no effect`, async (t) => {
    await fc.assert(
      fc.asyncProperty(changes, async (given) => {
        round += 1;
        const documents = orders.map(({ tiktokOrderId }, at) => shipment(tiktokOrderId, `F-${round}-${at}`));
        const bytes = changed(codecs[format].write('shipment', documents), given);
        if (bytes.length > 0) await send(`Shipments/Import`, TYPES[format], bytes);
      }),
      fuzzRuns(40) as fc.Parameters<[Parameters<typeof changed>[1]]>,
    );
    t.ok(round > 0);
  });

await t.test(
  'X12 by HTTP: an interchange is answered or refused, and what it has not told has no effect',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(changes, async (given) => {
        round += 1;
        const sets = orders.map(({ tiktokOrderId }, at) =>
          asn(tiktokOrderId, `X-${round}-${at}`, `1Z999AA1012345${round + 1000}`),
        );
        await send(
          'EDI',
          'application/edi-x12',
          changed(Buffer.from(partnerFile('SH', '856', sets, 1_000 + round)), given),
        );
      }),
      fuzzRuns(60) as fc.Parameters<[Parameters<typeof changed>[1]]>,
    );
    t.ok(round > 0);
  },
);
