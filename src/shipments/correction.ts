import type { CarrierHint, Carton, ShippableOrder, ShipmentInput } from '../domain/shipment.js';
import { AppError } from '../kernel/errors.js';
import { HOUR_MS, toIsoSeconds } from '../kernel/time.js';
import { object, objects, text, type JsonObject } from '../logicbroker/json-reading.js';
import type { OrderRecord } from '../orders/order-record.js';
import { planShipment } from './plan-shipment.js';
import { carrierOf } from './package-to-send.js';
import type { Correction, StoredPackage, StoredShipment } from './shipment-store.js';
import { sameTracking, trackingKey } from './tracking-number.js';

/** What TikTok has when a number was corrected. */
export interface CorrectedPackage {
  /** TikTok's id of the carrier. */
  providerId: string | null;
  requestId?: string | null;
}

/** What a changed document asks for about one package. */
export interface WantedCorrection {
  pack: StoredPackage;
  trackingNumber: string;
  carrier: CarrierHint;
}

interface Corrected {
  shipment: StoredShipment;
  packages: readonly StoredPackage[];
  record: Pick<OrderRecord, 'lines' | 'units'>;
}

/** TikTok: once per package, within 72 hours of shipping. */
const WINDOW_MS = 72 * HOUR_MS;

/**
 * Which packages a document gives other numbers, or another carrier. All else has to be as it was sent: what is in a parcel
 * cannot be changed any more.
 * @throws AppError rule-violated when something else differs, or TikTok would surely refuse; conflict while one is under way
 */
export function findCorrections(held: Corrected, input: ShipmentInput, now: Date): WantedCorrection[] {
  const wanted = cartonsOf(held, input);
  const corrections = [...groupsOf(held)].flatMap(([, packages], index) => {
    const carton = wanted[index];
    return carton ? packages.flatMap((pack) => changeOf(held, pack, carton)) : [];
  });
  for (const each of corrections) checkAllowed(held, each, now);
  return corrections;
}

type NewCarton = Pick<Carton, 'carrier'> & { trackingNumber: string };

/** The document's parcels in the order of ours, which they match piece by piece. */
function cartonsOf(held: Corrected, input: ShipmentInput): NewCarton[] {
  const groups = [...groupsOf(held).values()];
  // A document that was read back names what really went, the ERP's own what it wanted to send.
  for (const leftOut of [new Set<string>(), new Set(held.packages.flatMap((pack) => pack.leftOut))]) {
    const units = unitsOf(held, leftOut);
    const planned = tryPlan({ lines: held.record.lines, units }, input);
    const shape = (unitIds: readonly string[]) => shapeOf(units, unitIds);
    const fits =
      planned?.length === groups.length &&
      planned.every(
        ({ unitIds }, index) =>
          shape(unitIds) === shape((groups[index] ?? []).flatMap((pack) => pack.unitIds)),
      );
    if (fits) return planned;
  }
  const message = 'Of a shipment that TikTok has, only tracking numbers and their carriers can be changed.';
  throw new AppError('rule-violated', message, {
    details: [
      {
        field: 'ShipmentLines',
        message: 'the lines, their quantities or the pieces of a package differ from what was sent',
        next: 'Send the document as it was, with the right tracking number. What is still to be shipped goes as a new shipment.',
      },
    ],
  });
}

function unitsOf({ packages, record }: Corrected, leftOut: ReadonlySet<string>): ShippableOrder['units'] {
  const ids = new Set(packages.flatMap((pack) => pack.unitIds).filter((unitId) => !leftOut.has(unitId)));
  return record.units
    .filter(({ unitId }) => ids.has(unitId))
    .map((unit) => ({
      ...unit,
      cancelled: false,
      shipped: false,
      shipmentKey: null,
      packageId: null,
      trackingNumber: null,
    }));
}

/** Null for a document that does not fit these pieces. */
function tryPlan(order: ShippableOrder, { lines }: ShipmentInput) {
  try {
    return planShipment(order, lines, { model: 'mark-shipped', grain: 'unit' }).packages;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** How many pieces of each line. */
function shapeOf(units: ShippableOrder['units'], unitIds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const { unitId, lineNumber } of units) {
    if (!unitIds.includes(unitId)) continue;
    counts.set(lineNumber ?? '', (counts.get(lineNumber ?? '') ?? 0) + 1);
  }
  const shape = [...counts].map(([lineNumber, count]) => `${lineNumber}:${count}`);
  return shape.toSorted((a, b) => a.localeCompare(b)).join(',');
}

/** One parcel for the ERP may be several packages of TikTok's. In the order of the document that they were sent with. */
function groupsOf({ packages, shipment }: Corrected): Map<string, StoredPackage[]> {
  const groups = new Map<string, StoredPackage[]>();
  const place = ({ position }: StoredPackage) =>
    shipment.parts.findIndex((part) => part.position === position);
  for (const pack of packages.toSorted((a, b) => place(a) - place(b))) {
    const key = trackingKey(pack.trackingNumber);
    groups.set(key, [...(groups.get(key) ?? []), pack]);
  }
  return groups;
}

function changeOf(
  { shipment }: Corrected,
  pack: StoredPackage,
  { trackingNumber, carrier }: NewCarton,
): WantedCorrection[] {
  const { correction } = pack;
  const isUnderWay = correction?.state === 'pending' || correction?.state === 'in_doubt';
  const now = isUnderWay ? correction : { ...pack, carrier: carrierOf(shipment, pack.position) };
  const isSame = sameTracking(now.trackingNumber, trackingNumber) && sameCarrier(now.carrier, carrier);
  if (isSame) return [];
  if (isUnderWay) {
    throw new AppError(
      'conflict',
      `The tracking number is being corrected to ${correction.trackingNumber} just now.`,
      {
        details: [
          {
            field: 'TrackingNumber',
            message: `${correction.trackingNumber} was asked for at ${correction.askedAt}`,
            next: 'Wait until the shipment is Complete again; TikTok takes one correction.',
          },
        ],
      },
    );
  }
  return [{ pack, trackingNumber, carrier }];
}

function sameCarrier(a: CarrierHint, b: CarrierHint): boolean {
  return wordsOf(a) === wordsOf(b);
}

function wordsOf({ providerId, carrierCode, classCode }: CarrierHint): string {
  return [providerId, carrierCode, classCode].join('|').toLowerCase();
}

function checkAllowed(
  { record }: Corrected,
  { pack, trackingNumber: wanted }: WantedCorrection,
  now: Date,
): void {
  if (pack.state === 'pending' || pack.state === 'in_doubt') {
    throw new AppError('conflict', `Package ${pack.trackingNumber} is on its way to TikTok just now.`, {
      details: [
        {
          field: 'TrackingNumber',
          message: 'TikTok has not confirmed the package yet',
          next: 'Wait until the shipment is Complete, then correct it.',
        },
      ],
    });
  }
  // What TikTok has already needs no correction: the document follows.
  const problem = sameTracking(pack.tiktokTrackingNumber, wanted) ? null : whyNot(record, pack, now);
  if (problem === null) return;
  throw new AppError('rule-violated', 'TikTok takes no correction of this tracking number.', {
    details: [{ field: 'TrackingNumber', ...problem }],
  });
}

function whyNot(
  { units }: Corrected['record'],
  { state, trackingNumber, tiktokTrackingNumber, unitIds, correction }: StoredPackage,
  now: Date,
): { message: string; next: string } | null {
  if (state === 'refused') {
    const next = 'Send the shipment again with the right number.';
    return { message: `TikTok has not taken package ${trackingNumber}`, next };
  }
  if (correction?.state === 'done') {
    const message = `TikTok takes one correction of a package: ${correction.from} became ${correction.trackingNumber} (asked for at ${correction.askedAt})`;
    return { message, next: 'Tell the buyer the right number in TikTok Seller Center.' };
  }
  if (tiktokTrackingNumber !== null) {
    const message = `TikTok shows ${tiktokTrackingNumber} in place of ${trackingNumber}: Seller Center or another app has used the one correction of a package`;
    return { message, next: `Send it with ${tiktokTrackingNumber}, or correct it in TikTok Seller Center.` };
  }
  const times = units.flatMap((unit) => (unitIds.includes(unit.unitId) ? (unit.shippedAt ?? []) : []));
  const shippedAt = new Date(Math.min(...times.map((time) => time.getTime())));
  if (times.length === 0 || now.getTime() <= shippedAt.getTime() + WINDOW_MS) return null;
  const message = `TikTok takes a correction within 72 hours of shipping, which was ${toIsoSeconds(shippedAt)}`;
  return { message, next: 'Tell the buyer the right number in TikTok Seller Center.' };
}

/** The ERP's document with the corrected number, wherever it stands in it. */
export function correctedInput(input: JsonObject, { from, trackingNumber, carrier }: Correction): JsonObject {
  const correct = (infos: unknown) =>
    Array.isArray(infos) ? infos.map((info: unknown) => correctInfo(object(info))) : infos;
  const correctInfo = (info: JsonObject): JsonObject => {
    if (!sameTracking(text(info['TrackingNumber']), from)) return info;
    const { CarrierCode: _code, ClassCode: _class, ReceiverClassCode: _id, ...rest } = info;
    return {
      ...rest,
      TrackingNumber: trackingNumber,
      ...(sameTracking(text(info['ContainerCode']), from) ? { ContainerCode: trackingNumber } : {}),
      ...(carrier.carrierCode === null ? {} : { CarrierCode: carrier.carrierCode }),
      ...(carrier.classCode === null ? {} : { ClassCode: carrier.classCode }),
      ...(carrier.providerId === null ? {} : { ReceiverClassCode: carrier.providerId }),
    };
  };
  const lines = objects(input['ShipmentLines']).map((line) =>
    'ShipmentInfos' in line ? { ...line, ShipmentInfos: correct(line['ShipmentInfos']) } : line,
  );
  return {
    ...input,
    ShipmentLines: lines,
    ...('ShipmentInfos' in input ? { ShipmentInfos: correct(input['ShipmentInfos']) } : {}),
  };
}
