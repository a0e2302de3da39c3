import { elementOf, type X12Segment, type X12Set } from '../../formats/x12.js';
import type { ErrorDetail } from '../../kernel/errors.js';
import { text, type JsonObject } from '../../logicbroker/json-reading.js';
import type { ReadDocument } from '../codec.js';
import { levelsOf, upwards, type Level } from './shipment-tree.js';
import type { X12Codes } from './partner.js';
import { dateOf, defined, find, itemOf, numberOf, placeOf, readDocument } from './set-reading.js';

const TRACKING_REFERENCES = ['CN', '2I'];
const CANCELS = '01';

/** A ship notice (856): a shipment for each order in it. The parcels of a line are the levels above or below it that carry goods. */
export function readShipmentSet(set: X12Set, codes: X12Codes): ReadDocument[] {
  const problems: ErrorDetail[] = [];
  const { before, levels, after } = levelsOf(set, problems);
  const bsn = find(before, 'BSN');
  if (elementOf(bsn, 1) === CANCELS)
    problems.push({
      at: placeOf(bsn!, 1),
      message: '01 takes a shipment back, which TikTok does not know',
      next: 'Correct it in TikTok Seller Center',
    });
  const items = levels.filter(({ code }) => code === 'I');
  checkCounts(after, levels, items, problems);
  const orders = levels.filter(({ code }) => code === 'O');
  if (orders.length === 0)
    problems.push({ at: placeOf(bsn ?? set.segments[0]!), message: 'has no order (HL with O)' });
  for (const item of items)
    if (!upwards(item).some(({ code }) => code === 'O'))
      problems.push({ at: placeOf(item.head), message: 'belongs to no order' });
  return (orders.length > 0 ? orders : [null]).map((order) =>
    shipmentOf(order, { set, bsn, before, items, codes, problems }),
  );
}

interface Notice {
  set: X12Set;
  bsn: X12Segment | undefined;
  before: readonly X12Segment[];
  items: readonly Level[];
  codes: X12Codes;
  problems: readonly ErrorDetail[];
}

function shipmentOf(
  order: Level | null,
  { set, bsn, before, items, codes, problems: all }: Notice,
): ReadDocument {
  const problems = [...all];
  const places = new Map([['', placeOf(order?.head ?? bsn ?? set.segments[0]!)]]);
  if (bsn) places.set('ShipmentNumber', placeOf(bsn, 2));
  const prf = find(order?.segments ?? [], 'PRF');
  if (prf) places.set('PartnerPO', placeOf(prf, 1));
  const head = order ? upwards(order).flatMap(({ segments }) => segments) : [];
  const lines = new Map<string, JsonObject>();
  for (const item of items.filter((level) => upwards(level).some((above) => above === order))) {
    const line = lineOf(item, codes, problems);
    const key = JSON.stringify([line['LineNumber'], line['ItemIdentifier']]);
    const known = lines.get(key);
    if (known) addTo(known, line);
    else {
      places.set(`ShipmentLines[${lines.size}]`, placeOf(item.head));
      lines.set(key, line);
    }
  }
  const document = defined({
    ShipmentNumber: elementOf(bsn, 2),
    ShipmentDate: dateOf(elementOf(find([...head, ...before], 'DTM', '011'), 2)) ?? dateOf(elementOf(bsn, 3)),
    PartnerPO: elementOf(prf, 1),
    OrderDate: dateOf(elementOf(prf, 4)),
    BillofLading: elementOf(find(head, 'REF', 'BM'), 2),
    ShipmentLines: [...lines.values()],
  });
  return readDocument('shipment', document, problems, places);
}

/** The same line in another parcel. */
function addTo(line: JsonObject, more: JsonObject): void {
  line['Quantity'] = Number(line['Quantity'] ?? 0) + Number(more['Quantity'] ?? 0);
  line['ShipmentInfos'] = [
    ...(line['ShipmentInfos'] as JsonObject[]),
    ...(more['ShipmentInfos'] as JsonObject[]),
  ];
}

function lineOf(item: Level, codes: X12Codes, problems: ErrorDetail[]): JsonObject {
  const lin = find(item.segments, 'LIN');
  const sn1 = find(item.segments, 'SN1');
  if (!sn1 || numberOf(elementOf(sn1, 2)) === undefined)
    problems.push({
      at: sn1 ? placeOf(sn1, 2) : placeOf(item.head),
      message: 'says no number of pieces (SN102)',
    });
  const quantity = numberOf(elementOf(sn1, 2));
  return defined({
    LineNumber: elementOf(lin, 1) || elementOf(sn1, 1),
    ItemIdentifier: lin ? itemOf(lin, 2, codes) : {},
    Quantity: quantity,
    QuantityUOM: elementOf(sn1, 3),
    ShipmentInfos: parcelsOf(item, quantity, codes, problems),
  });
}

/** Parcels above a line carry all of its pieces; those below it say how many each has, where they are several. */
function parcelsOf(item: Level, quantity: unknown, codes: X12Codes, problems: ErrorDetail[]): JsonObject[] {
  const below = item.children.filter(({ code }) => code === 'P');
  if (below.length < 2) return [parcelOf(below[0] ?? item, quantity, codes)];
  const parcels = below.map((pack) =>
    parcelOf(pack, numberOf(elementOf(find(pack.segments, 'SN1'), 2)), codes),
  );
  const numbers = [...new Set(parcels.map((parcel) => text(parcel['TrackingNumber']) ?? 'no number'))];
  if (numbers.length === 1) return [{ ...parcels[0], Qty: quantity }];
  if (parcels.some((parcel) => parcel['Qty'] === undefined))
    problems.push({
      at: placeOf(item.head),
      message: `the line is in the parcels ${numbers.join(' and ').slice(0, 200)}, and nothing says how many pieces are in each`,
      next: 'Send an SN1 with each parcel, or an item level below each parcel',
    });
  return parcels;
}

function parcelOf(level: Level, quantity: unknown, codes: X12Codes): JsonObject {
  const chain = upwards(level);
  const td5 = chain.map(({ segments }) => find(segments, 'TD5')).find((segment) => segment !== undefined);
  const container = chain
    .map(({ segments }) => find(segments, 'MAN', 'GM'))
    .find((segment) => segment !== undefined);
  return defined({
    TrackingNumber: chain.map((each) => trackingOf(each, codes)).find((number) => number !== ''),
    ContainerCode: elementOf(container, 2),
    CarrierCode: elementOf(td5, 3) || elementOf(td5, 5),
    ClassCode: elementOf(td5, 12),
    Qty: quantity,
  });
}

/** MAN with CP, as its first or its second mark; REF with CN or 2I; a bill of lading where the partner's profile says so. */
function trackingOf({ segments, code }: Level, codes: X12Codes): string {
  const marks = segments.filter(({ name }) => name === 'MAN');
  const first = marks.find((mark) => elementOf(mark, 1) === 'CP');
  const second = marks.find((mark) => elementOf(mark, 4) === 'CP');
  const reference = find(segments, 'REF', ...TRACKING_REFERENCES);
  const lading = codes.tracksByBillOfLading && code === 'S' ? find(segments, 'REF', 'BM') : undefined;
  return elementOf(first, 2) || elementOf(second, 5) || elementOf(reference, 2) || elementOf(lading, 2);
}

/** Totals that say something else than what came: something is missing, and nobody knows what. */
function checkCounts(
  after: readonly X12Segment[],
  levels: readonly Level[],
  items: readonly Level[],
  problems: ErrorDetail[],
): void {
  const ctt = find(after, 'CTT');
  if (!ctt) return;
  const [count, sum] = [numberOf(elementOf(ctt, 1)), numberOf(elementOf(ctt, 2))];
  if (count !== undefined && ![levels.length, items.length].includes(Number(count)))
    problems.push({
      at: placeOf(ctt, 1),
      message: `counts other levels than the ${levels.length} that came`,
    });
  const shipped = items.reduce(
    (all, { segments }) => all + Number(numberOf(elementOf(find(segments, 'SN1'), 2)) ?? 0),
    0,
  );
  if (sum !== undefined && Math.abs(Number(sum) - shipped) > 1e-6)
    problems.push({ at: placeOf(ctt, 2), message: `adds up to other pieces than the ${shipped} that came` });
}
