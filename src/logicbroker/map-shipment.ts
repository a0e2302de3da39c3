import { AppError, type ErrorDetail } from '../errors.js';
import type {
  CarrierHint,
  Carton,
  PlannedPart,
  ShipmentInput,
  ShipmentLine,
} from '../shipments/shipment.js';
import { toIsoSeconds } from '../time.js';

/** Raised by whoever changes what `renderShipment` writes; stored documents of older versions are rendered anew. */
export const SHIPMENT_RENDERER_VERSION = 1;

/** A parsed v3 document. Numbers that are not small integers are objects that keep their text. */
export type JsonObject = { [name: string]: unknown };

const DRAFT = -1;
const UNIT_IDS = 'TikTokOrderLineId';
/** The article writes it with the underscore; several get a number behind it. */
const PACKAGE_ID = 'TikTokPackageId_';
const PACKAGE_ID_PATTERN = /^TikTokPackageId_\d*$/i;
/** How .NET clients write a date that nobody has set. */
const UNSET_DATE = '0001-01-01';

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
  const shipmentNumber = text(document['ShipmentNumber']);
  if (shipmentNumber === null)
    problems.push({ field: 'ShipmentNumber', message: 'required: your own number of this shipment' });
  const identifier = object(document['Identifier']);
  const input: ShipmentInput = {
    shipmentNumber: shipmentNumber ?? '',
    shipmentDate: date(document['ShipmentDate'], 'ShipmentDate', problems),
    isDraft: isDraftDocument(document),
    order: {
      linkKey: text(identifier['LinkKey']),
      partnerPo: text(document['PartnerPO']),
      sourceKey: text(identifier['SourceKey']),
    },
    lines: lines.map((line, index) => readLine(line, index, header, document, problems)),
  };
  if (problems.length > 0)
    throw new AppError('invalid-document', 'The shipment cannot be read.', { details: problems });
  return input;
}

/** Whether the sender asks that the document be kept back. */
export function isDraftDocument(document: JsonObject): boolean {
  return Number(document['StatusCode'] ?? 0) === DRAFT;
}

function readLine(
  line: JsonObject,
  index: number,
  header: readonly JsonObject[],
  document: JsonObject,
  problems: ErrorDetail[],
): ShipmentLine {
  const path = `ShipmentLines[${index}]`;
  const item = object(line['ItemIdentifier']);
  const own = objects(line['ShipmentInfos']);
  const quantity = whole(line['Quantity'], `${path}.Quantity`, problems);
  // One pallet speaks for all lines; of several it cannot be told which one a line is on.
  const single = header.length === 1 ? header[0] : undefined;
  const packageId = packageIdOf(line) ?? packageIdOf(document);
  const source = { single, packageId };
  const cartons =
    own.length > 0
      ? own.map((info, at) => readCarton(info, `${path}.ShipmentInfos[${at}]`, source, problems))
      : [headerCarton(single, path, packageId)];
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

function readCarton(
  info: JsonObject,
  path: string,
  fallback: { single: JsonObject | undefined; packageId: string | null },
  problems: ErrorDetail[],
): Carton {
  const own = carrierOf(info, path);
  const inherited = carrierOf(fallback.single ?? {}, 'ShipmentInfos[0]');
  return {
    path,
    quantity: whole(info['Qty'], `${path}.Qty`, problems),
    trackingNumber: text(info['TrackingNumber']) ?? text(fallback.single?.['TrackingNumber']),
    carrier: isSilent(own) && !isSilent(inherited) ? inherited : own,
    packageId: packageIdOf(info) ?? fallback.packageId,
    unitIds: unitIdsOf(info),
  };
}

function headerCarton(
  single: JsonObject | undefined,
  linePath: string,
  packageId: string | null,
): Carton {
  const path = single ? 'ShipmentInfos[0]' : `${linePath}.ShipmentInfos[0]`;
  return {
    path,
    quantity: null,
    trackingNumber: text(single?.['TrackingNumber']),
    carrier: carrierOf(single ?? {}, path),
    packageId: packageIdOf(single ?? {}) ?? packageId,
    unitIds: [],
  };
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
  const value = attributes(holder).find((each) => each.name.toLowerCase() === UNIT_IDS.toLowerCase())?.value;
  return [...new Set((value ?? '').split(/[\s,;]+/).filter((id) => id !== ''))];
}

/** An ERP that echoes all package ids of the order has chosen none. */
function packageIdOf(holder: JsonObject): string | null {
  const ids = new Set(
    attributes(holder)
      .filter(({ name }) => PACKAGE_ID_PATTERN.test(name))
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

function object(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}

/** Text without surrounding blanks; numbers as they were written; empty is absent. */
function text(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number' && !isNumberText(value)) return null;
  const trimmed = String(value).trim();
  return trimmed === '' ? null : trimmed;
}

function isNumberText(value: unknown): value is { toString(): string } {
  return (
    typeof value === 'object' && value !== null && /^-?\d/.test(String(value)) && !Number.isNaN(Number(value))
  );
}

/** Zero and less are read as they are; the plan judges them, which knows what they are about. */
function whole(value: unknown, field: string, problems: ErrorDetail[]): number | null {
  if (value === undefined || value === null) return null;
  const number = typeof value === 'number' || isNumberText(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  problems.push({
    field,
    message: `must be a whole number of pieces, not ${String(text(value) ?? typeof value)}`,
  });
  return null;
}

/** Without a zone it is UTC. */
function date(value: unknown, field: string, problems: ErrorDetail[]): Date | null {
  const given = text(value);
  if (given === null || given.startsWith(UNSET_DATE)) return null;
  const zoned = /(z|[+-]\d\d:?\d\d)$/i.test(given) || !given.includes('T') ? given : `${given}Z`;
  const parsed = new Date(zoned);
  if (!Number.isNaN(parsed.getTime())) return parsed;
  problems.push({ field, message: 'must be a date such as 2026-01-31T12:00:00Z' });
  return null;
}

/** What a shipment's document is made of. */
export interface ShipmentFacts {
  key: number;
  companyId: number;
  partnerId: number;
  statusCode: number;
  order: {
    linkKey: string;
    sourceKey: string | null;
    partnerPo: string | null;
    orderNumber: string;
    lines: readonly { lineNumber: string; supplierSku: string; merchantSku: string }[];
  };
  documentDate: Date;
  shipmentDate: Date;
  /** As the ERP sent it. */
  input: JsonObject;
  /** Which pieces are where; empty for a draft. */
  parts: readonly PlannedPart[];
  packages: readonly { position: number; trackingNumber: string; tiktokPackageId: string | null }[];
}

/**
 * The v3 Shipment as the ERP reads it back: all that it sent, completed by the order's own words, the chosen units and,
 * once TikTok has answered, the package ids. `StatusCode` is the first member (see documents/document.ts).
 */
export function renderShipment(facts: ShipmentFacts): JsonObject {
  const { input, order } = facts;
  const { StatusCode: _status, Identifier: identifier, ...rest } = input;
  return {
    StatusCode: facts.statusCode,
    Identifier: {
      ...object(identifier),
      SourceKey: text(object(identifier)['SourceKey']) ?? order.sourceKey,
      LogicbrokerKey: String(facts.key),
      LinkKey: order.linkKey,
    },
    ...rest,
    SenderCompanyId: facts.companyId,
    ReceiverCompanyId: facts.partnerId,
    DocumentDate: toIsoSeconds(facts.documentDate),
    ShipmentDate: toIsoSeconds(facts.shipmentDate),
    OrderNumber: text(input['OrderNumber']) ?? order.orderNumber,
    PartnerPO: order.partnerPo ?? text(input['PartnerPO']),
    ShipmentLines: objects(input['ShipmentLines']).map((line, index) => renderLine(line, index, facts)),
    ExtendedAttributes: withPackageIds(input['ExtendedAttributes'], packageIds(facts)),
  };
}

function renderLine(line: JsonObject, index: number, facts: ShipmentFacts): JsonObject {
  const linePath = `ShipmentLines[${index}]`;
  const parts = facts.parts.filter((part) => part.linePath === linePath);
  const orderLine = facts.order.lines.find((each) => each.lineNumber === parts[0]?.lineNumber);
  if (parts.length === 0 || !orderLine) return line;
  const unitIds = parts.flatMap((part) => part.unitIds);
  return {
    ...line,
    ItemIdentifier: {
      ...object(line['ItemIdentifier']),
      SupplierSKU: orderLine.supplierSku,
      PartnerSKU: orderLine.merchantSku,
    },
    LineNumber: orderLine.lineNumber,
    Quantity: unitIds.length,
    ShipmentInfos: parts.map((part) => renderCarton(part, line, facts)),
    ExtendedAttributes: replaceAttributes(line['ExtendedAttributes'], isUnitIds, [
      { Name: UNIT_IDS, Value: unitIds.join(',') },
    ]),
  };
}

function renderCarton(part: PlannedPart, line: JsonObject, facts: ShipmentFacts): JsonObject {
  const at = /\.ShipmentInfos\[(\d+)\]$/.exec(part.path)?.[1];
  const [single] = objects(facts.input['ShipmentInfos']);
  const given = (at === undefined ? single : objects(line['ShipmentInfos'])[Number(at)]) ?? {};
  const packed = facts.packages.find((each) => each.position === part.position);
  const trackingNumber = text(given['TrackingNumber']) ?? packed?.trackingNumber;
  const packageId = packed?.tiktokPackageId;
  return {
    ...given,
    TrackingNumber: trackingNumber,
    ContainerCode: text(given['ContainerCode']) ?? trackingNumber,
    Qty: part.unitIds.length,
    ...(packageId
      ? { ExtendedAttributes: withPackageIds(given['ExtendedAttributes'], [packageId]) }
      : {}),
  };
}

/** In the order of the packages; empty until TikTok has named the first. */
function packageIds(facts: ShipmentFacts): string[] {
  const ids = facts.packages
    .toSorted((a, b) => a.position - b.position)
    .flatMap(({ tiktokPackageId }) => (tiktokPackageId === null ? [] : [tiktokPackageId]));
  return [...new Set(ids)];
}

function withPackageIds(given: unknown, ids: readonly string[]): JsonObject[] | undefined {
  if (ids.length === 0) return Array.isArray(given) ? objects(given) : undefined;
  const named = ids.map((id, index) => ({
    Name: ids.length === 1 ? PACKAGE_ID : `${PACKAGE_ID}${index + 1}`,
    Value: id,
  }));
  return replaceAttributes(given, (name) => PACKAGE_ID_PATTERN.test(name), named);
}

function isUnitIds(name: string): boolean {
  return name.toLowerCase() === UNIT_IDS.toLowerCase();
}

function replaceAttributes(
  given: unknown,
  isReplaced: (name: string) => boolean,
  added: readonly { Name: string; Value: string }[],
): JsonObject[] {
  return [...objects(given).filter((each) => !isReplaced(text(each['Name']) ?? '')), ...added];
}
