import fc from 'fast-check';
import t from 'tap';
import { codecs } from '../../src/codecs/codecs.js';
import { usualCodes } from '../../src/codecs/x12/partner.js';
import { readGroup, readX12File } from '../../src/codecs/x12/x12-documents.js';
import { AppError } from '../../src/kernel/errors.js';
import { changed, changes, fuzzRuns } from './mutations.js';
import { ORDER } from './documents.js';
import { sampleFile } from './x12/partner-file.js';
import { listFiles } from '../structure/source-files.js';

t.setTimeout(240_000);

/** Far above what a file of some kilobytes takes: what is looked for is a reading without an end. */
const HANG_MS = 15_000;
const SHIPMENTS = JSON.stringify([
  {
    PartnerPO: '576461413038785752',
    ShipmentNumber: 'S-1',
    ShipmentLines: [
      {
        ItemIdentifier: { SupplierSKU: 'A' },
        Quantity: 1,
        ShipmentInfos: [{ TrackingNumber: '1Z999AA10123456784', CarrierCode: 'UPS' }],
      },
    ],
  },
]);

type Read = (bytes: Buffer) => Promise<unknown>;

const documents = (['json', 'csv', 'xlsx', 'xml'] as const).flatMap((name) =>
  (
    [
      ['order', ORDER],
      ['shipment', JSON.stringify(JSON.parse(SHIPMENTS)[0])],
    ] as const
  ).map(([kind, text]) => ({
    name: `${name} ${kind}`,
    bytes: codecs[name].write(kind, [text, text]),
    read: ((bytes) => codecs[name].read(kind, bytes)) as Read,
  })),
);

const interchanges = listFiles('test/fixtures/x12')
  .filter((path) => path.endsWith('.edi'))
  .map((path) => {
    const name = path.split('/').at(-1)!.replace('.edi', '');
    return {
      name: `x12 ${name}`,
      bytes: sampleFile(name),
      // oxlint-disable-next-line require-await -- as the others
      read: async (bytes: Buffer): Promise<void> => {
        for (const { groups, head } of readX12File(bytes))
          for (const group of groups) readGroup(group, head.control, usualCodes);
      },
    };
  });

async function isReadOrRefused(read: Read, bytes: Buffer): Promise<void> {
  const startedMs = performance.now();
  try {
    await read(bytes);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid-document') throw error;
  }
  const tookMs = performance.now() - startedMs;
  if (tookMs > HANG_MS) throw new Error(`${bytes.length} bytes took ${Math.round(tookMs)} ms`);
}

for (const { name, bytes, read } of [...documents, ...interchanges])
  await t.test(`${name}: whatever happens to a file, it is read or refused`, async (t) => {
    await isReadOrRefused(read, bytes);
    await fc.assert(
      fc.asyncProperty(changes, (given) => isReadOrRefused(read, changed(bytes, given))),
      fuzzRuns(name.startsWith('xlsx') ? 150 : 400) as fc.Parameters<[Parameters<typeof changed>[1]]>,
    );
    t.ok(bytes.length > 100);
  });
