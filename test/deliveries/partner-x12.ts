import { readX12 } from '../../src/formats/x12-reader.js';
import { elementOf } from '../../src/formats/x12.js';
import { writeX12, type X12Line } from '../../src/formats/x12-writer.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { OURS, THEIRS, type FileWorld } from './file-world.js';

/** A file as the partner writes it. */
export function partnerFile(groupId: string, id: string, lines: X12Line[][], control: number): string {
  return writeX12(
    groupId,
    lines.map((each) => ({ id, lines: each })),
    {
      sender: THEIRS,
      receiver: OURS,
      separators: { element: '|', component: '>', repetition: null, terminator: '~' },
      characterSet: 'extended',
      version: '004010',
      isTest: false,
      wantsTa1: false,
    },
    { interchange: control, group: control },
    new Date('2026-11-30T10:00:00Z'),
  );
}

/** An 856 of one line in one parcel. */
export const asn = (po: string, number: string, tracking: string, sku = 'SHIRT'): X12Line[] => [
  ['BSN', '00', number, '20261130', '1005', '0001'],
  ['HL', '1', '', 'S', '1'],
  ['TD5', '', '2', 'UPSN'],
  ['DTM', '011', '20261130'],
  ['HL', '2', '1', 'O', '1'],
  ['PRF', po],
  ['HL', '3', '2', 'P', '1'],
  ['MAN', 'CP', tracking],
  ['HL', '4', '3', 'I', '0'],
  ['LIN', '1', 'VN', sku],
  ['SN1', '1', '1', 'EA'],
  ['CTT', '4', '1'],
];

/** The 997s that wait, as what they say of their groups. */
export async function answers({ call }: FileWorld): Promise<string[]> {
  const list = (await call('GET', 'Deliveries')).body['Records'] as JsonObject[];
  const texts: string[] = [];
  for (const { DeliveryId, Kind } of list) {
    if (Kind !== '997') continue;
    const { text } = await call('GET', `Deliveries/${String(DeliveryId)}/Content`, undefined, {
      accept: 'application/octet-stream',
    });
    const set = readX12(text)[0]?.groups[0]?.sets[0];
    const field = (name: string, at: number): string =>
      elementOf(
        set?.segments.find((one) => one.name === name),
        at,
      );
    texts.push(`${field('AK1', 1)} ${field('AK1', 2)} ${field('AK9', 1)}`);
  }
  return texts;
}
