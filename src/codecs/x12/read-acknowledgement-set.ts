import { elementOf, type X12Segment, type X12Set } from '../../formats/x12.js';
import type { ErrorDetail } from '../../kernel/errors.js';
import type { JsonObject } from '../../logicbroker/json-reading.js';
import type { ReadDocument } from '../codec.js';
import type { X12Codes } from './partner.js';
import {
  dateOf,
  defined,
  find,
  itemOf,
  loopsOf,
  numberOf,
  placeOf,
  readDocument,
  type Loop,
} from './set-reading.js';

/** What a code of ACK01 says about its pieces. UNCONFIRMED: IR, ID, IQ and AC against a page of Logicbroker's. */
const SAYS: Readonly<Record<string, 'Quantity' | 'QuantityCancelled' | 'QuantityBackordered'>> = {
  IA: 'Quantity',
  IC: 'Quantity',
  IP: 'Quantity',
  IQ: 'Quantity',
  AC: 'Quantity',
  AR: 'Quantity',
  IB: 'QuantityBackordered',
  IR: 'QuantityCancelled',
  ID: 'QuantityCancelled',
};
const REJECTS = ['RD', 'RJ'];

/**
 * A purchase order acknowledgement (855). What the lines say counts more than BAK02, which speaks for lines without an ACK.
 * @param name of the set among all that the partner ever sent: the acknowledgement's number where BAK08 has none
 */
export function readAcknowledgementSet(set: X12Set, name: string, codes: X12Codes): ReadDocument {
  const { before, loops } = loopsOf(set, 'PO1', ['CTT', 'SE']);
  const bak = find(before, 'BAK');
  const field = (number: number): string => elementOf(bak, number);
  const problems: ErrorDetail[] = [];
  const places = new Map([
    ['', placeOf(bak ?? set.segments[0]!)],
    ...(bak
      ? ([
          ['PartnerPO', placeOf(bak, 3)],
          ['AcknowledgementNumber', placeOf(bak, 8)],
        ] as const)
      : []),
    ...loops.map(({ head }, index) => [`AckLines[${index}]`, placeOf(head)] as const),
  ]);
  const isRejected = REJECTS.includes(field(2));
  const lines = loops.map((loop) => readLine(loop, isRejected, codes, problems));
  const dates = [
    ['BAK04', field(4)],
    ['BAK09', field(9)],
  ] as const;
  // Which of the two is whose date differs between partners: both are kept, and neither is relied upon.
  const kept = dates.filter(([, value]) => value !== '').map(([Name, Value]) => ({ Name, Value }));
  const cancels = lines.find((line) => line['QuantityCancelled'] !== undefined);
  const document = defined({
    AcknowledgementNumber: field(8) || name,
    PartnerPO: field(3),
    ChangeReason: cancels?.['ChangeReason'],
    ScheduledShipDate: dateOf(elementOf(find(before, 'DTM', '068'), 2)),
    AckLines: lines,
    ExtendedAttributes: kept,
  });
  return readDocument('acknowledgement', document, problems, places);
}

function readLine(
  { head, rest }: Loop,
  isRejected: boolean,
  codes: X12Codes,
  problems: ErrorDetail[],
): JsonObject {
  const acks = rest.filter(({ name }) => name === 'ACK');
  const ordered = elementOf(head, 2);
  const counts: JsonObject = {};
  const said: string[] = [];
  for (const ack of acks) {
    const code = elementOf(ack, 1);
    const member = SAYS[code];
    if (!member) {
      problems.push(unknownCode(ack, code));
      continue;
    }
    said.push(code);
    const quantity = elementOf(ack, 2) || (acks.length === 1 ? ordered : '');
    const before = counts[member];
    const number = Number(quantity) + Number(before ?? 0);
    if (quantity === '')
      problems.push({ at: placeOf(ack, 2), message: 'is empty: of several ACK each says how many pieces' });
    else counts[member] = Number.isInteger(number) ? number : numberOf(quantity);
  }
  if (acks.length === 0) counts[isRejected ? 'QuantityCancelled' : 'Quantity'] = numberOf(ordered);
  const isCancelled = counts['QuantityCancelled'] !== undefined;
  const code = said.find((each) => SAYS[each] === 'QuantityCancelled') ?? '';
  return defined({
    LineNumber: elementOf(head, 1),
    ItemIdentifier: itemOf(head, 6, codes),
    QuantityUOM: elementOf(head, 3),
    ...counts,
    ChangeReason: isCancelled ? (codes.cancelReasons[code] ?? codes.cancelReason ?? undefined) : undefined,
  });
}

function unknownCode(ack: X12Segment, code: string): ErrorDetail {
  const isSubstitute = code === 'IS';
  return {
    at: placeOf(ack, 1),
    message: isSubstitute
      ? 'IS: TikTok sells no substitute'
      : `${code.slice(0, 10)} is no code that is known here`,
    next: `Send one of ${Object.keys(SAYS).join(', ')}`,
  };
}
