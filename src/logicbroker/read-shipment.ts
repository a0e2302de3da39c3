import { StatusCode } from './statuses.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { CarrierHint, Carton, ShipmentInput, ShipmentLine } from '../domain/shipment.js';
import { checkLength, readDate, wholePieces } from './field-reading.js';
import { object, objects, text, type JsonObject } from './json-reading.js';
import { readTracking, type ReadTracking } from './read-tracking.js';
import { isPackageId, isUnitIds, PACKAGE_ID } from './shipment-attributes.js';

/** Packages of one shipment, in all its lines: an order of a buyer has not nearly as many pieces. */
const MOST_CARTONS = 2_000;

/**
 * A v3 Shipment in our words (Logicbroker: Shipment standard). Each entry of a line's `ShipmentInfos` is one carton;
 * what a carton leaves out, and lines without cartons, take from the header's single `ShipmentInfos` entry.
 * @throws AppError invalid-document with every value that cannot be read
 */
export function readShipment(document: JsonObject): ShipmentInput {
  const problems: ErrorDetail[] = [];
  const header = objects(document['ShipmentInfos']);
  const lines = objects(document['ShipmentLines']);
  if (lines.length === 0)
    problems.push({ field: 'ShipmentLines', message: 'required: at least one line is shipped' });
  const cartonCount = lines.reduce((count, line) => count + objects(line['ShipmentInfos']).length, 0);
  if (cartonCount > MOST_CARTONS) throw tooManyCartons();
  const shipmentNumber = text(document['ShipmentNumber']);
  if (shipmentNumber === null)
    problems.push({ field: 'ShipmentNumber', message: 'required: your own number of this shipment' });
  checkLength(shipmentNumber, 'ShipmentNumber', problems);
  const identifier = object(document['Identifier']);
  const remarks: string[] = [];
  const input: ShipmentInput = {
    shipmentNumber: shipmentNumber ?? '',
    shipmentDate: readDate(document['ShipmentDate'], 'ShipmentDate', problems),
    isDraft: isDraftDocument(document),
    order: {
      linkKey: text(identifier['LinkKey']),
      partnerPo: text(document['PartnerPO']),
      sourceKey: text(identifier['SourceKey']),
    },
    lines: lines
      .map((line, index) => readLine(line, index, header, document, { problems, remarks }))
      .flatMap((line) => withoutEmpty(line, remarks)),
    remarks,
  };
  if (lines.length > 0 && input.lines.length === 0 && !input.isDraft)
    problems.push({ field: 'ShipmentLines[0].Quantity', message: 'no line of the shipment has any pieces' });
  for (const { path, trackingNumber } of input.lines.flatMap(({ cartons }) => cartons)) {
    checkLength(trackingNumber, `${path}.TrackingNumber`, problems);
  }
  if (!input.isDraft) checkHeaderSpeaksForAll(header, lines, problems);
  if (problems.length > 0)
    throw new AppError('invalid-document', 'The shipment cannot be read.', { details: problems });
  return input;
}

/** NetSuite adds cartons without pieces for further tracking numbers, and other clients list what they do not ship. */
function withoutEmpty(line: ShipmentLine, remarks: string[]): ShipmentLine[] {
  const full = line.cartons.filter(({ quantity }) => quantity !== 0);
  const isEmpty = (line.quantity ?? 0) === 0 && full.every(({ quantity }) => quantity === null);
  if (isEmpty && (line.quantity === 0 || full.length === 0)) {
    remarks.push(`${line.path} has 0 pieces and is ignored.`);
    return [];
  }
  // Nothing in any carton, though the line has pieces: a contradiction, for whoever plans the shipment.
  if (full.length === 0) return [line];
  for (const { path, quantity } of line.cartons)
    if (quantity === 0) remarks.push(`${path} has 0 pieces and is ignored.`);
  return [{ ...line, cartons: full }];
}

function tooManyCartons(): AppError {
  return new AppError('invalid-document', 'The shipment cannot be read.', {
    details: [{ field: 'ShipmentLines', message: `has more than ${MOST_CARTONS} ShipmentInfos in all` }],
  });
}

/** Whether the sender asks that the document be kept back. */
export function isDraftDocument(document: JsonObject): boolean {
  return Number(document['StatusCode'] ?? 0) === StatusCode.draft;
}

/** Logicbroker's NetSuite connector puts several packages into the header when it does not know what is in which. */
function checkHeaderSpeaksForAll(
  header: readonly JsonObject[],
  lines: readonly JsonObject[],
  problems: ErrorDetail[],
): void {
  const oneHasNone = lines.some((line) => objects(line['ShipmentInfos']).length === 0);
  if (header.length < 2 || !oneHasNone) return;
  problems.push({
    field: 'ShipmentInfos',
    message: `has ${header.length} packages: say in the ShipmentInfos of each line which pieces are in which package`,
  });
}

function readLine(
  line: JsonObject,
  index: number,
  header: readonly JsonObject[],
  document: JsonObject,
  { problems, remarks }: Notes,
): ShipmentLine {
  const path = `ShipmentLines[${index}]`;
  const item = object(line['ItemIdentifier']);
  const own = objects(line['ShipmentInfos']);
  const quantity = wholePieces(line['Quantity'], `${path}.Quantity`, problems);
  // One pallet speaks for all lines; of several it cannot be told which one a line is on.
  const single = header.length === 1 ? header[0] : undefined;
  const source = { single, named: namedPackage([line, path], [document, '']) };
  const notes = { problems, remarks };
  const cartons =
    own.length > 0
      ? own.map((info, at) => readCarton(info, `${path}.ShipmentInfos[${at}]`, source, notes))
      : [headerCarton(source, path, remarks)];
  return {
    path,
    lineNumber: text(line['LineNumber']),
    supplierSku: text(item['SupplierSKU']),
    merchantSku: text(item['PartnerSKU']),
    // Clients that leave the line's quantity to its cartons often write a zero there.
    quantity: quantity === 0 && own.some((info) => info['Qty'] != null) ? null : quantity,
    unitIds: unitIdsOf(line),
    cartons,
  };
}

/** What reading finds on the way. */
interface Notes {
  problems: ErrorDetail[];
  remarks: string[];
}

/** What a carton takes over where it says nothing itself. */
interface Fallback {
  single: JsonObject | undefined;
  named: NamedPackage | null;
}

function readCarton(
  info: JsonObject,
  path: string,
  fallback: Fallback,
  { problems, remarks }: Notes,
): Carton {
  const own = carrierOf(info, path);
  const inherited = carrierOf(fallback.single ?? {}, 'ShipmentInfos[0]');
  return {
    path,
    quantity: wholePieces(info['Qty'], `${path}.Qty`, problems),
    ...trackingOf(text(info['TrackingNumber']) ?? text(fallback.single?.['TrackingNumber']), path, remarks),
    carrier: isSilent(own) && !isSilent(inherited) ? inherited : own,
    ...(namedPackage([info, path]) ?? fallback.named ?? noPackage),
    unitIds: unitIdsOf(info),
  };
}

function headerCarton({ single, named }: Fallback, linePath: string, remarks: string[]): Carton {
  const path = single ? 'ShipmentInfos[0]' : `${linePath}.ShipmentInfos[0]`;
  return {
    path,
    quantity: null,
    ...trackingOf(text(single?.['TrackingNumber']), path, remarks),
    carrier: carrierOf(single ?? {}, path),
    ...(namedPackage([single ?? {}, path]) ?? named ?? noPackage),
    unitIds: [],
  };
}

function trackingOf(given: string | null, path: string, remarks: string[]): ReadTracking {
  const read = readTracking(given);
  const { trackingNumber, trackingProblem } = read;
  if (trackingProblem === null && trackingNumber !== null && trackingNumber !== given) {
    const remark = `${path}.TrackingNumber is read as ${trackingNumber}.`;
    if (!remarks.includes(remark)) remarks.push(remark);
  }
  return read;
}

function carrierOf(info: JsonObject, path: string): CarrierHint {
  return {
    path,
    providerId: text(info['ReceiverClassCode']),
    carrierCode: text(info['CarrierCode']),
    classCode: text(info['ClassCode']),
  };
}

function isSilent(carrier: CarrierHint): boolean {
  return carrier.providerId === null && carrier.carrierCode === null && carrier.classCode === null;
}

/** `1,2` or `1, 2`: as the order document lists them. */
function unitIdsOf(holder: JsonObject): string[] {
  const value = attributes(holder).find((each) => isUnitIds(each.name))?.value;
  return [...new Set((value ?? '').split(/[\s,;]+/).filter((id) => id !== ''))];
}

type NamedPackage = Pick<Carton, 'packageId' | 'packageIdPath'>;

const noPackage: NamedPackage = { packageId: null, packageIdPath: '' };

/** TikTok's package by the first of these parts of the document that names one, with the place where it stands. */
function namedPackage(...holders: readonly (readonly [JsonObject, path: string])[]): NamedPackage | null {
  for (const [holder, path] of holders) {
    const packageId = packageIdOf(holder);
    const place = `ExtendedAttributes.${PACKAGE_ID}`;
    if (packageId !== null) return { packageId, packageIdPath: path === '' ? place : `${path}.${place}` };
  }
  return null;
}

/** An ERP that echoes all package ids of the order has chosen none. */
function packageIdOf(holder: JsonObject): string | null {
  const ids = new Set(
    attributes(holder)
      .filter(({ name }) => isPackageId(name))
      .map(({ value }) => value),
  );
  const [id] = ids;
  return ids.size === 1 && id !== undefined ? id : null;
}

function attributes(holder: JsonObject): { name: string; value: string }[] {
  return objects(holder['ExtendedAttributes']).flatMap((each) => {
    const name = text(each['Name']);
    const value = text(each['Value']);
    return name !== null && value !== null ? [{ name, value }] : [];
  });
}
